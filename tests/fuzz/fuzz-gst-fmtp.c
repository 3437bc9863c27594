/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-gst-codec.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

/* Our answer is read back as what both sides know. */
static void
check_answer (const AhoyGstCodec *codec, const AhoyGstCodecParams *params, const char *answer)
{
  AhoyGstCodecParams own, answered;

  g_assert_true (g_str_is_ascii (answer));
  g_assert_null (strpbrk (answer, "\r\n"));
  if (codec->kind == AHOY_GST_CODEC_EVENTS) {
    g_autofree char *all = ahoy_gst_codec_make_fmtp (codec, NULL);

    ahoy_gst_codec_read_fmtp (codec, all, &own);
    ahoy_gst_codec_read_fmtp (codec, answer, &answered);
    g_assert_cmphex (answered.events, ==, params->events & own.events);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup (data != NULL ? (const char *)data : "", size);

  for (guint i = 0; i < ahoy_gst_codec_get_n (); i++) {
    const AhoyGstCodec *codec = ahoy_gst_codec_get (i);
    g_autofree char *answer = ahoy_gst_codec_make_fmtp (codec, text);
    AhoyGstCodecParams params;

    ahoy_gst_codec_read_fmtp (codec, text, &params);
    g_assert_true (params.max_bit_rate == 0
                   || (params.max_bit_rate >= 6000 && params.max_bit_rate <= 510000));
    g_assert_true (params.max_playback_rate == 0
                   || (params.max_playback_rate >= 8000 && params.max_playback_rate <= 48000));
    if (answer != NULL) {
      check_answer (codec, &params, answer);
    }
    ahoy_gst_codec_find (text, codec->clock_rate, codec->channels);
  }

  return 0;
}
