/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <string.h>

#include "ahoy-gst-codec.h"
#include "ahoy-gst-decoder.h"
#include "ahoy-gst-dtmf-detector.h"
#include "ahoy-gst-encoder.h"
#include "ahoy-gst-g711.h"
#include "ahoy-gst-jitter-buffer.h"
#include "ahoy-gst-mixer.h"
#include "ahoy-gst-tone-source.h"

/* What each piece of the media library costs for 20 ms of one call, in microseconds. Not a test. */

#define ROUNDS 20000

static gint16 samples[960];
static guint8 codes[1280];

static void
report (const char *name, gint64 start, guint rounds)
{
  g_print ("%-28s %8.3f us\n", name, (double)(g_get_monotonic_time () - start) / rounds);
}

static void
bench_g711 (void)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < ROUNDS; i++) {
    ahoy_gst_g711_encode (AHOY_GST_G711_ALAW, samples, codes, 160);
  }
  report ("G.711 encode", start, ROUNDS);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < ROUNDS; i++) {
    ahoy_gst_g711_decode (AHOY_GST_G711_ALAW, codes, samples, 160);
  }
  report ("G.711 decode", start, ROUNDS);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < ROUNDS; i++) {
    ahoy_gst_g711_transcode (AHOY_GST_G711_ALAW, codes, codes, 160);
  }
  report ("G.711 transcode", start, ROUNDS);
}

static void
bench_jitter_buffer (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = ahoy_gst_jitter_buffer_new (8000, 64, 512, 20, 200);
  AhoyGstJitterPacket packet = { .duration = 160, .payload = codes, .size = 160 }, out;
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < ROUNDS; i++) {
    packet.sequence = (guint16)i;
    packet.timestamp = i * 160;
    packet.arrival = (gint64)i * 20000;
    ahoy_gst_jitter_buffer_push (buffer, &packet);
    ahoy_gst_jitter_buffer_pull (buffer, packet.arrival + 1000, 160, &out);
  }
  report ("jitter buffer push and pull", start, ROUNDS);
}

static void
bench_sources (void)
{
  g_autoptr (AhoyGstToneSource) tone = ahoy_gst_tone_source_new ("440+480", NULL);
  g_autoptr (AhoyGstDtmfDetector) detector = ahoy_gst_dtmf_detector_new (8000);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < ROUNDS; i++) {
    ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (tone), samples, 160, 8000);
  }
  report ("tone of two frequencies", start, ROUNDS);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < ROUNDS; i++) {
    ahoy_gst_dtmf_detector_push (detector, samples, 160);
  }
  report ("DTMF detector", start, ROUNDS);
}

static void
bench_mixer (guint n_members)
{
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (n_members);
  g_autofree char *name = g_strdup_printf ("mixer, per member of %u", n_members);
  guint rounds = ROUNDS / n_members;
  gint64 start;

  for (guint i = 0; i < n_members; i++) {
    ahoy_gst_mixer_add (mixer);
  }
  start = g_get_monotonic_time ();
  for (guint i = 0; i < rounds; i++) {
    gint16 heard[160];

    ahoy_gst_mixer_begin (mixer, 160);
    for (guint k = 0; k < n_members; k++) {
      ahoy_gst_mixer_put (mixer, (int)k, samples);
    }
    for (guint k = 0; k < n_members; k++) {
      ahoy_gst_mixer_take (mixer, (int)k, heard);
    }
  }
  report (name, start, rounds * n_members);
}

static void
bench_codec (const AhoyGstCodec *codec)
{
  g_autoptr (AhoyGstEncoder) encoder = ahoy_gst_encoder_new (codec, NULL, 20, NULL);
  g_autoptr (AhoyGstDecoder) decoder = ahoy_gst_decoder_new (codec, NULL);
  g_autofree char *encode = g_strdup_printf ("%s encoder", codec->name);
  g_autofree char *decode = g_strdup_printf ("%s decoder", codec->name);
  guint rounds = ROUNDS / 10, n = codec->sample_rate / 50;
  gint16 heard[5760];
  gsize size = 0;
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < rounds; i++) {
    size = ahoy_gst_encoder_encode (encoder, samples, n, codes, sizeof codes);
  }
  report (encode, start, rounds);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < rounds; i++) {
    ahoy_gst_decoder_decode (decoder, codes, size, heard, G_N_ELEMENTS (heard));
  }
  report (decode, start, rounds);
}

int
main (int argc, char **argv)
{
  ahoy_gst_codec_warm_up ();
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
    samples[i] = (gint16)(6000 * sin (i * 0.17) + 2000 * sin (i * 0.41));
  }
  bench_g711 ();
  bench_jitter_buffer ();
  bench_mixer (3);
  bench_mixer (30);
  for (guint i = 0; i < ahoy_gst_codec_get_n (); i++) {
    const AhoyGstCodec *codec = ahoy_gst_codec_get (i);

    if (codec->kind == AHOY_GST_CODEC_AUDIO && ahoy_gst_codec_is_available (codec)) {
      bench_codec (codec);
    }
  }
  bench_sources ();
  return 0;
}
