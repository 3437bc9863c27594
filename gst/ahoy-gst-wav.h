/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What RIFF WAVE files are read and written here. */
typedef enum {
  AHOY_GST_WAV_PCM8,
  AHOY_GST_WAV_PCM16,
  AHOY_GST_WAV_ULAW,
  AHOY_GST_WAV_ALAW,
} AhoyGstWavEncoding;

typedef struct {
  AhoyGstWavEncoding encoding;
  guint channels; /* 1 or 2 */
  guint rate;     /* Hz */
  guint frame_size;
  gint64 data_offset;
  guint64 data_size; /* whole frames, within the file */
} AhoyGstWavFormat;

#define AHOY_GST_WAV_MAX_HEADER 58

gboolean ahoy_gst_wav_read_header (AhoyGstWavFormat *self, int fd, const char *name,
                                   GError **error);
void ahoy_gst_wav_to_mono (const AhoyGstWavFormat *self, const guint8 *frames, gint16 *samples,
                           gsize n_frames);
void ahoy_gst_wav_init_format (AhoyGstWavFormat *self, AhoyGstWavEncoding encoding, guint rate,
                               guint channels);
void ahoy_gst_wav_write_header (const AhoyGstWavFormat *self, guint8 *header);
void ahoy_gst_wav_from_pcm (const AhoyGstWavFormat *self, const gint16 *samples, guint8 *frames,
                            gsize n_samples);

G_END_DECLS
