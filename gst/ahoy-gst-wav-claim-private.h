/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* That a recording of this program has the name of a file, from its begin until the file is whole.
 * Two names are one when they are the same in the same folder, whatever path leads there. */
typedef struct _AhoyGstWavClaim AhoyGstWavClaim;

/* @place is the name, by which path whatsoever, and @shown how messages have it. NULL with
 * AHOY_ERROR_EXISTS where another recording has it. One that is ending, ahoy_gst_wav_claim_end(),
 * is in the way of those only that go on with the file itself. */
AhoyGstWavClaim *ahoy_gst_wav_claim_new (const char *place, const char *shown, gboolean appends,
                                         GError **error);
void ahoy_gst_wav_claim_free (AhoyGstWavClaim *self);

/* Who records, as others are told: “session 7”. */
void ahoy_gst_wav_claim_set_owner (AhoyGstWavClaim *self, const char *owner);
/* Nothing is recorded any more but what is under way. */
void ahoy_gst_wav_claim_end (AhoyGstWavClaim *self);
/* Whether nobody had the name before who has it still: files become whole in this order. */
gboolean ahoy_gst_wav_claim_is_first (AhoyGstWavClaim *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstWavClaim, ahoy_gst_wav_claim_free)

G_END_DECLS
