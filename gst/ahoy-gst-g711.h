/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The two laws of ITU-T G.711; at 8000 Hz, one byte a sample. */
typedef enum {
  AHOY_GST_G711_ULAW,
  AHOY_GST_G711_ALAW,
} AhoyGstG711Law;

void ahoy_gst_g711_encode (AhoyGstG711Law law, const gint16 *pcm, guint8 *codes, gsize n_samples);
void ahoy_gst_g711_decode (AhoyGstG711Law law, const guint8 *codes, gint16 *pcm, gsize n_samples);
void ahoy_gst_g711_transcode (AhoyGstG711Law from, const guint8 *codes, guint8 *out,
                              gsize n_samples);
guint8 ahoy_gst_g711_get_silence (AhoyGstG711Law law);

G_END_DECLS
