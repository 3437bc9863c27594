/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-audio-source.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_TONE_SOURCE (ahoy_gst_tone_source_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGstToneSource, ahoy_gst_tone_source, AHOY_GST, TONE_SOURCE,
                      AhoyGstAudioSource)

AHOY_API
AhoyGstToneSource *ahoy_gst_tone_source_new (const char *description, GError **error);

G_END_DECLS
