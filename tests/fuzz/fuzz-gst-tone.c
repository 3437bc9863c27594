/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-gst-tone-source.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint rates[] = { 8000, 16000, 48000 };
  g_autofree char *text = g_strndup (data != NULL ? (const char *)data : "", size);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyGstToneSource) tone = ahoy_gst_tone_source_new (text, &error);
  gint16 samples[960];

  g_assert_true ((tone != NULL) == (error == NULL));
  if (tone == NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  for (guint i = 0; i < 30; i++) {
    guint rate = rates[i / 10];

    ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (tone), samples, rate / 50, rate);
  }
  ahoy_gst_audio_source_stop (AHOY_GST_AUDIO_SOURCE (tone));
  ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (tone), samples, 160, 8000);
  g_assert_false (ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (tone), samples, 160, 8000));

  return 0;
}
