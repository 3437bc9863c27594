/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyGstWavWriterEncoding:
 * @AHOY_GST_WAV_WRITER_PCM: 16-bit samples
 * @AHOY_GST_WAV_WRITER_ULAW: G.711 µ-law, half the size
 * @AHOY_GST_WAV_WRITER_ALAW: G.711 A-law, half the size
 *
 * How samples stand in the file.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_GST_WAV_WRITER_PCM,
  AHOY_GST_WAV_WRITER_ULAW,
  AHOY_GST_WAV_WRITER_ALAW,
} AhoyGstWavWriterEncoding;

#define AHOY_GST_TYPE_WAV_WRITER (ahoy_gst_wav_writer_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGstWavWriter, ahoy_gst_wav_writer, AHOY_GST, WAV_WRITER, GObject)

AHOY_API
AhoyGstWavWriter *ahoy_gst_wav_writer_new (const char *path, AhoyGstWavWriterEncoding encoding,
                                           guint rate, guint channels, GError **error);
AHOY_API
AhoyGstWavWriter *ahoy_gst_wav_writer_new_at (int folder, const char *path,
                                              AhoyGstWavWriterEncoding encoding, guint rate,
                                              guint channels, GError **error);
AHOY_API
AhoyGstWavWriter *ahoy_gst_wav_writer_new_for_fd (int fd, const char *name,
                                                  AhoyGstWavWriterEncoding encoding, guint rate,
                                                  guint channels, GError **error);
AHOY_API
AhoyGstWavWriter *ahoy_gst_wav_writer_append (const char *path, int folder, guint rate,
                                              guint channels, GError **error);
AHOY_API
guint ahoy_gst_wav_writer_get_rate (AhoyGstWavWriter *self);
AHOY_API
gboolean ahoy_gst_wav_writer_push (AhoyGstWavWriter *self, const gint16 *samples, guint n_frames);
AHOY_API
guint64 ahoy_gst_wav_writer_get_n_frames (AhoyGstWavWriter *self);
AHOY_API
guint64 ahoy_gst_wav_writer_get_n_dropped (AhoyGstWavWriter *self);
AHOY_API
gboolean ahoy_gst_wav_writer_has_failed (AhoyGstWavWriter *self);
AHOY_API
void ahoy_gst_wav_writer_close_async (AhoyGstWavWriter *self, GAsyncReadyCallback callback,
                                      gpointer user_data);
AHOY_API
gboolean ahoy_gst_wav_writer_close_finish (AhoyGstWavWriter *self, GAsyncResult *result,
                                           GError **error);

G_END_DECLS
