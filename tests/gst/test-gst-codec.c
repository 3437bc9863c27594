/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "ahoy-gst-codec.h"
#include "ahoy-gst-decoder.h"
#include "ahoy-gst-encoder.h"
#include "goertzel.h"

#define N_PACKETS 50
#define MAX_SAMPLES 5760

static const struct {
  const char *name;
  guint clock_rate, channels;
  double worst_noise; /* of a sine, as a share of it */
} codecs[] = {
  { "opus", 48000, 2, 0.3 },
  { "G722", 8000, 1, 0.25 },
  { "PCMA", 8000, 1, 0.03 },
  { "PCMU", 8000, 1, 0.03 },
};

static const AhoyGstCodec *
find (guint i)
{
  const AhoyGstCodec *codec
      = ahoy_gst_codec_find (codecs[i].name, codecs[i].clock_rate, codecs[i].channels);

  g_assert_nonnull (codec);
  return codec;
}

static AhoyGstEncoder *
encoder_new (const AhoyGstCodec *codec, const AhoyGstCodecParams *params, guint ptime)
{
  g_autoptr (GError) error = NULL;
  AhoyGstEncoder *encoder = ahoy_gst_encoder_new (codec, params, ptime, &error);

  g_assert_no_error (error);
  return encoder;
}

static AhoyGstDecoder *
decoder_new (const AhoyGstCodec *codec)
{
  g_autoptr (GError) error = NULL;
  AhoyGstDecoder *decoder = ahoy_gst_decoder_new (codec, &error);

  g_assert_no_error (error);
  return decoder;
}

static void
sine (gint16 *samples, guint n_samples, guint first, guint rate, double frequency)
{
  for (guint i = 0; i < n_samples; i++) {
    samples[i] = (gint16)lrint (8000 * sin (2 * G_PI * frequency * (first + i) / rate));
  }
}

static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL) {
    n++;
  }
  return n;
}

/* What is left when the tone is taken out, as a share of it. */
static double
noise_share (const gint16 *samples, gsize n, guint rate, double frequency)
{
  double amplitude = goertzel_amplitude (samples, n, rate, frequency);
  double all = goertzel_rms (samples, n);
  double tone = amplitude / sqrt (2);

  return sqrt (MAX (all * all - tone * tone, 0)) / all;
}

/* Each packet that goes in comes out at once, with all its samples. */
static void
send_tone (guint index, guint ptime, double frequency)
{
  const AhoyGstCodec *codec = find (index);
  guint n = codec->sample_rate * ptime / 1000;
  g_autoptr (AhoyGstEncoder) encoder = encoder_new (codec, NULL, ptime);
  g_autoptr (AhoyGstDecoder) decoder = decoder_new (codec);
  g_autofree gint16 *heard = g_new0 (gint16, (gsize)N_PACKETS * n + MAX_SAMPLES);
  double amplitude;
  gsize n_heard;

  for (guint i = 0; i < N_PACKETS; i++) {
    gint16 samples[MAX_SAMPLES];
    guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
    gsize size;

    sine (samples, n, i * n, codec->sample_rate, frequency);
    size = ahoy_gst_encoder_encode (encoder, samples, n, payload, sizeof payload);
    g_assert_cmpuint (size, >, 0);
    if (codec->clock_rate == 8000) {
      g_assert_cmpuint (size, ==, 8 * ptime);
    }
    g_assert_cmpuint (ahoy_gst_decoder_get_duration (decoder, payload, size), ==,
                      codec->clock_rate * ptime / 1000);
    g_assert_cmpuint (ahoy_gst_decoder_decode (decoder, payload, size, heard + i * n, MAX_SAMPLES),
                      ==, n);
  }
  /* Without the first quarter, where codecs settle. */
  n_heard = (gsize)N_PACKETS * n;
  g_assert_cmpfloat_with_epsilon (
      goertzel_dominant (heard + n_heard / 4, n_heard / 2, codec->sample_rate, &amplitude),
      frequency, 1);
  g_assert_cmpfloat_with_epsilon (amplitude, 8000, 800);
  g_assert_cmpfloat (noise_share (heard + n_heard / 4, n_heard / 2, codec->sample_rate, frequency),
                     <, codecs[index].worst_noise);
}

static void
test_tone_goes_through (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  static const guint ptimes[] = { 10, 20, 40, 60, 100, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (ptimes); i++) {
    if (ahoy_gst_codec_choose_ptime (find (index), ptimes[i], 0) == ptimes[i]) {
      send_tone (index, ptimes[i], 440);
      send_tone (index, ptimes[i], find (index)->sample_rate > 8000 ? 5000 : 1700);
    }
  }
}

static void
test_no_thread (void)
{
  guint before = count_threads ();

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    g_autoptr (AhoyGstEncoder) encoder = encoder_new (find (i), NULL, 20);
    g_autoptr (AhoyGstDecoder) decoder = decoder_new (find (i));

    g_assert_cmpuint (count_threads (), ==, before);
  }
}

/* Loses one packet in ten; all samples are there all the same, and the tone goes on. */
static void
test_loss_is_concealed (gconstpointer data)
{
  const AhoyGstCodec *codec = find (GPOINTER_TO_UINT (data));
  guint n = codec->sample_rate / 50;
  g_autoptr (AhoyGstEncoder) encoder = encoder_new (codec, NULL, 20);
  g_autoptr (AhoyGstDecoder) decoder = decoder_new (codec);
  g_autofree gint16 *heard = g_new0 (gint16, (gsize)N_PACKETS * n + MAX_SAMPLES);
  double quietest = 32767;

  for (guint i = 0; i < N_PACKETS; i++) {
    gint16 samples[MAX_SAMPLES];
    guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
    gsize size;

    sine (samples, n, i * n, codec->sample_rate, 400);
    size = ahoy_gst_encoder_encode (encoder, samples, n, payload, sizeof payload);
    if (i % 10 == 9) {
      g_assert_cmpuint (ahoy_gst_decoder_conceal (decoder, heard + i * n, n), ==, n);
    } else {
      g_assert_cmpuint (
          ahoy_gst_decoder_decode (decoder, payload, size, heard + i * n, MAX_SAMPLES), ==, n);
    }
    if (i > 5) {
      quietest = MIN (quietest, goertzel_rms (heard + i * n, n));
    }
  }
  g_assert_cmpfloat (quietest, >, 2000);
  g_assert_cmpfloat_with_epsilon (
      goertzel_dominant (heard + 5 * n, (N_PACKETS - 5) * n, codec->sample_rate, NULL), 400, 3);
}

static void
test_rubbish_does_no_harm (gconstpointer data)
{
  const AhoyGstCodec *codec = find (GPOINTER_TO_UINT (data));
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (AhoyGstEncoder) encoder = encoder_new (codec, NULL, 20);
  g_autoptr (AhoyGstDecoder) decoder = decoder_new (codec);
  g_autofree gint16 *samples = g_new0 (gint16, MAX_SAMPLES);
  guint n = codec->sample_rate / 50, n_decoded = 0;

  for (guint i = 0; i < 3000; i++) {
    guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
    gsize size = (gsize)g_rand_int_range (rand, 0, i % 2 == 0 ? 20 : sizeof payload);

    for (gsize k = 0; k < size; k++) {
      payload[k] = (guint8)g_rand_int (rand);
    }
    if (i % 5 == 0) {
      ahoy_gst_decoder_conceal (decoder, samples, (guint)g_rand_int_range (rand, 1, 2880));
    }
    g_assert_cmpuint (ahoy_gst_decoder_decode (decoder, payload, size, samples,
                                               (guint)g_rand_int_range (rand, 1, MAX_SAMPLES)),
                      <=, MAX_SAMPLES);
  }
  /* And then it still decodes. */
  for (guint i = 0; i < 10; i++) {
    guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
    gsize size;

    sine (samples, n, i * n, codec->sample_rate, 440);
    size = ahoy_gst_encoder_encode (encoder, samples, n, payload, sizeof payload);
    n_decoded += ahoy_gst_decoder_decode (decoder, payload, size, samples, MAX_SAMPLES);
  }
  g_assert_cmpuint (n_decoded, ==, 10 * n);
  g_assert_cmpfloat (goertzel_rms (samples, n), >, 3000);
}

static void
test_durations_of_opus (void)
{
  static const struct {
    const char *payload;
    gsize size;
    guint duration;
  } cases[] = {
    { "\x08", 1, 960 },      { "\x00", 1, 480 },      { "\x18", 1, 2880 },
    { "\x60", 1, 480 },      { "\x68", 1, 960 },      { "\x80", 1, 120 },
    { "\xf8", 1, 960 },      { "\xf9", 1, 1920 },     { "\xfa", 1, 1920 },
    { "\xfb\x03", 2, 2880 }, { "\xfb\x06", 2, 5760 }, { "\xfb\x07", 2, 0 },
    { "\xfb", 1, 0 },        { "\x1b\x3f", 2, 0 },    { "", 0, 0 },
    { "\x83\x30", 2, 5760 }, { "\xfb\x00", 2, 0 },
  };
  g_autoptr (AhoyGstDecoder) decoder = decoder_new (find (0));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (
        ahoy_gst_decoder_get_duration (decoder, (const guint8 *)cases[i].payload, cases[i].size),
        ==, cases[i].duration);
  }
}

static void
test_table (void)
{
  g_assert_cmpstr (ahoy_gst_codec_find_static (0)->name, ==, "PCMU");
  g_assert_cmpstr (ahoy_gst_codec_find_static (8)->name, ==, "PCMA");
  g_assert_cmpstr (ahoy_gst_codec_find_static (9)->name, ==, "G722");
  g_assert_cmpstr (ahoy_gst_codec_find_static (13)->name, ==, "CN");
  g_assert_null (ahoy_gst_codec_find_static (18));
  g_assert_null (ahoy_gst_codec_find_static (96));
  g_assert_nonnull (ahoy_gst_codec_find ("pcmu", 8000, 0));
  g_assert_null (ahoy_gst_codec_find ("PCMU", 16000, 1));
  g_assert_null (ahoy_gst_codec_find ("opus", 48000, 1));
  g_assert_cmpuint (ahoy_gst_codec_find ("G722", 8000, 1)->sample_rate, ==, 16000);
  g_assert_nonnull (ahoy_gst_codec_find ("Telephone-Event", 48000, 1));
  for (guint i = 0; i < ahoy_gst_codec_get_n (); i++) {
    g_assert_true (ahoy_gst_codec_is_available (ahoy_gst_codec_get (i)));
  }
}

static void
test_ptime (void)
{
  static const struct {
    guint codec, wanted, max, chosen;
  } cases[] = {
    { 0, 0, 0, 20 },   { 0, 30, 0, 20 },   { 0, 50, 0, 40 },   { 0, 100, 0, 60 },
    { 0, 10, 0, 10 },  { 0, 60, 20, 20 },  { 0, 3, 0, 10 },    { 0, 200, 0, 60 },
    { 1, 0, 0, 20 },   { 1, 30, 0, 20 },   { 1, 10, 0, 20 },   { 1, 60, 40, 40 },
    { 1, 150, 0, 140 }, { 2, 0, 0, 20 },   { 2, 30, 0, 30 },   { 2, 35, 0, 30 },
    { 2, 5, 0, 10 },   { 3, 200, 0, 200 }, { 3, 20, 10, 10 },  { 3, 20, 5, 20 },
    { 3, 4294967295u, 0, 200 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (
        ahoy_gst_codec_choose_ptime (find (cases[i].codec), cases[i].wanted, cases[i].max), ==,
        cases[i].chosen);
  }
}

static void
test_fmtp_of_opus (void)
{
  AhoyGstCodecParams params;
  g_autofree char *own = ahoy_gst_codec_make_fmtp (find (0), NULL);

  ahoy_gst_codec_read_fmtp (find (0), NULL, &params);
  g_assert_false (params.use_inband_fec);
  ahoy_gst_codec_read_fmtp (find (0),
                            " UseInbandFec=1 ;usedtx= 1;maxaveragebitrate=20000; cbr=1;"
                            "maxplaybackrate=16000;sprop-stereo=1;unknown;=;x=y;;",
                            &params);
  g_assert_true (params.use_inband_fec);
  g_assert_true (params.use_dtx);
  g_assert_true (params.constant_bit_rate);
  g_assert_cmpuint (params.max_bit_rate, ==, 20000);
  g_assert_cmpuint (params.max_playback_rate, ==, 16000);
  ahoy_gst_codec_read_fmtp (find (0),
                            "useinbandfec=yes;usedtx=0;maxaveragebitrate=99999999999999999999;"
                            "maxplaybackrate=-1",
                            &params);
  g_assert_false (params.use_inband_fec);
  g_assert_false (params.use_dtx);
  g_assert_cmpuint (params.max_bit_rate, ==, 0);
  g_assert_cmpuint (params.max_playback_rate, ==, 0);
  g_assert_nonnull (strstr (own, "useinbandfec=1"));
  g_assert_nonnull (strstr (own, "stereo=0"));
  g_assert_null (ahoy_gst_codec_make_fmtp (find (3), "anything"));
}

static void
test_fmtp_of_events (void)
{
  static const struct {
    const char *offered, *answer;
  } cases[] = {
    { NULL, "0-16" },
    { "0-15", "0-15" },
    { "0-16", "0-16" },
    { "0-11,16", "0-11,16" },
    { "0-15,66,70", "0-15" },
    { " 1 , 3-4 ", "1,3-4" },
    { "66", NULL },
    { "", NULL },
    { "x", NULL },
    { "0-", NULL },
    { "5-3", NULL },
    { "0-99999999999999999999", "0-16" },
    { "-5", NULL },
  };
  const AhoyGstCodec *codec = ahoy_gst_codec_find ("telephone-event", 8000, 1);
  AhoyGstCodecParams params;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *answer = ahoy_gst_codec_make_fmtp (codec, cases[i].offered);

    g_assert_cmpstr (answer, ==, cases[i].answer);
  }
  ahoy_gst_codec_read_fmtp (codec, NULL, &params);
  g_assert_cmphex (params.events, ==, 0xffff);
  ahoy_gst_codec_read_fmtp (codec, "0-15,16", &params);
  g_assert_cmphex (params.events, ==, 0x1ffff);
}

static void
make_noise (gint16 *samples, guint n, GRand *rand)
{
  for (guint i = 0; i < n; i++) {
    samples[i] = (gint16)g_rand_int_range (rand, -9000, 9000);
  }
}

/* The peer's wishes reach the encoder: fewer bits, and nothing in silence. */
static void
test_params_of_opus (void)
{
  AhoyGstCodecParams params = { .max_bit_rate = 8000, .use_inband_fec = TRUE, .use_dtx = TRUE };
  g_autoptr (AhoyGstEncoder) plain = encoder_new (find (0), NULL, 20);
  g_autoptr (AhoyGstEncoder) wished = encoder_new (find (0), &params, 20);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
  gint16 samples[960];
  gsize n_plain = 0, n_wished = 0;
  guint n_sent = 0;

  for (guint i = 0; i < 100; i++) {
    make_noise (samples, 960, rand);
    n_plain += ahoy_gst_encoder_encode (plain, samples, 960, payload, sizeof payload);
    n_wished += ahoy_gst_encoder_encode (wished, samples, 960, payload, sizeof payload);
  }
  g_assert_cmpuint (n_wished, <, n_plain / 2);
  memset (samples, 0, sizeof samples);
  for (guint i = 0; i < 200; i++) {
    n_sent += ahoy_gst_encoder_encode (wished, samples, 960, payload, sizeof payload) > 0;
  }
  g_test_message ("%u of 200 silent packets are sent", n_sent);
  g_assert_cmpuint (n_sent, <, 50);
}

/* Noise that was encoded for a narrow-band player has nothing above 4 kHz. */
static void
test_bandwidth_of_opus (void)
{
  static const guint rates[] = { 0, 8000 };
  double high[2];

  for (guint r = 0; r < 2; r++) {
    AhoyGstCodecParams params = { .max_playback_rate = rates[r] };
    g_autoptr (AhoyGstEncoder) encoder = encoder_new (find (0), &params, 20);
    g_autoptr (AhoyGstDecoder) decoder = decoder_new (find (0));
    g_autoptr (GRand) rand = g_rand_new_with_seed (1);
    gint16 heard[960 * 20 + MAX_SAMPLES];

    for (guint i = 0; i < 20; i++) {
      guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
      gint16 samples[960];
      gsize size;

      make_noise (samples, 960, rand);
      size = ahoy_gst_encoder_encode (encoder, samples, 960, payload, sizeof payload);
      ahoy_gst_decoder_decode (decoder, payload, size, heard + i * 960, MAX_SAMPLES);
    }
    high[r] = 0;
    for (double frequency = 5000; frequency < 7000; frequency += 50) {
      high[r] += goertzel_amplitude (heard + 4800, 960 * 15, 48000, frequency);
    }
  }
  g_assert_cmpfloat (high[1], <, high[0] / 20);
}

static void
test_without_plugins (void)
{
  if (g_test_subprocess ()) {
    for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
      g_assert_cmpint (ahoy_gst_codec_is_available (find (i)), ==, i >= 2);
    }
    return;
  }
  g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", "/nonexistent", TRUE);
  g_setenv ("GST_PLUGIN_PATH_1_0", "/nonexistent", TRUE);
  g_setenv ("GST_REGISTRY_1_0", "/nonexistent/registry", TRUE);
  g_test_trap_subprocess (NULL, 30 * G_TIME_SPAN_SECOND, 0);
  g_unsetenv ("GST_PLUGIN_SYSTEM_PATH_1_0");
  g_unsetenv ("GST_PLUGIN_PATH_1_0");
  g_unsetenv ("GST_REGISTRY_1_0");
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!g_test_subprocess ()) {
    ahoy_gst_codec_warm_up ();
  }
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    g_autofree char *tone = g_strdup_printf ("/codec/%s/tone-goes-through", codecs[i].name);
    g_autofree char *loss = g_strdup_printf ("/codec/%s/loss-is-concealed", codecs[i].name);
    g_autofree char *rubbish = g_strdup_printf ("/codec/%s/rubbish-does-no-harm", codecs[i].name);

    g_test_add_data_func (tone, GUINT_TO_POINTER (i), test_tone_goes_through);
    g_test_add_data_func (loss, GUINT_TO_POINTER (i), test_loss_is_concealed);
    g_test_add_data_func (rubbish, GUINT_TO_POINTER (i), test_rubbish_does_no_harm);
  }
  g_test_add_func ("/codec/needs-no-thread", test_no_thread);
  g_test_add_func ("/codec/opus/packets-say-their-duration", test_durations_of_opus);
  g_test_add_func ("/codec/is-found-in-the-table", test_table);
  g_test_add_func ("/codec/chooses-its-packet-time", test_ptime);
  g_test_add_func ("/codec/opus/reads-its-parameters", test_fmtp_of_opus);
  g_test_add_func ("/codec/opus/does-what-the-peer-wants", test_params_of_opus);
  g_test_add_func ("/codec/opus/encodes-what-can-be-played", test_bandwidth_of_opus);
  g_test_add_func ("/codec/events/are-answered-by-those-in-common", test_fmtp_of_events);
  g_test_add_func ("/codec/is-not-offered-without-its-element", test_without_plugins);
  return g_test_run ();
}
