/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-audio-source.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_WAV_SOURCE (ahoy_gst_wav_source_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGstWavSource, ahoy_gst_wav_source, AHOY_GST, WAV_SOURCE,
                      AhoyGstAudioSource)

AHOY_API
AhoyGstWavSource *ahoy_gst_wav_source_new (const char *path, gboolean repeat, GError **error);
AHOY_API
AhoyGstWavSource *ahoy_gst_wav_source_new_for_fd (int fd, const char *name, gboolean repeat,
                                                  GError **error);
AHOY_API
guint ahoy_gst_wav_source_get_rate (AhoyGstWavSource *self);
AHOY_API
gint64 ahoy_gst_wav_source_get_duration (AhoyGstWavSource *self);
AHOY_API
guint ahoy_gst_wav_source_get_n_underruns (AhoyGstWavSource *self);
AHOY_API
gboolean ahoy_gst_wav_source_is_ready (AhoyGstWavSource *self, guint duration_ms);

G_END_DECLS
