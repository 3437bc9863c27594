/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-codec.h"

G_BEGIN_DECLS

#define AHOY_GST_ENCODER_MAX_PAYLOAD 1600 /* bytes: 200 ms of G.711 (RFC 3551 §4.2) */

/* Makes payloads of samples; on one thread at a time. */
typedef struct _AhoyGstEncoder AhoyGstEncoder;

AhoyGstEncoder *ahoy_gst_encoder_new (const AhoyGstCodec *codec, const AhoyGstCodecParams *params,
                                      guint ptime, GError **error);
void ahoy_gst_encoder_free (AhoyGstEncoder *self);
gsize ahoy_gst_encoder_encode (AhoyGstEncoder *self, const gint16 *samples, guint n_samples,
                               guint8 *payload, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstEncoder, ahoy_gst_encoder_free)

G_END_DECLS
