/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-codec.h"

G_BEGIN_DECLS

/* Makes samples of payloads, and something like them where a payload is missing; on one thread at a
 * time. */
typedef struct _AhoyGstDecoder AhoyGstDecoder;

AhoyGstDecoder *ahoy_gst_decoder_new (const AhoyGstCodec *codec, GError **error);
void ahoy_gst_decoder_free (AhoyGstDecoder *self);
guint ahoy_gst_decoder_get_duration (AhoyGstDecoder *self, const guint8 *payload, gsize size);
guint ahoy_gst_decoder_decode (AhoyGstDecoder *self, const guint8 *payload, gsize size,
                               gint16 *samples, guint max_samples);
guint ahoy_gst_decoder_conceal (AhoyGstDecoder *self, gint16 *samples, guint n_samples);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstDecoder, ahoy_gst_decoder_free)

G_END_DECLS
