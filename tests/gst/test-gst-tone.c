/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-gst-tone-source.h"
#include "ahoy-tone-zone.h"
#include "goertzel.h"

static AhoyGstAudioSource *
tone (const char *description)
{
  g_autoptr (GError) error = NULL;
  AhoyGstToneSource *source = ahoy_gst_tone_source_new (description, &error);

  g_assert_no_error (error);
  return AHOY_GST_AUDIO_SOURCE (source);
}

/* Pulls @duration_ms in blocks of 20 ms. */
static gint16 *
hear (AhoyGstAudioSource *source, guint rate, guint duration_ms, gsize *n_samples)
{
  guint block = rate / 50;
  gint16 *samples;

  *n_samples = (gsize)rate * duration_ms / 1000;
  samples = g_new0 (gint16, *n_samples + block);
  for (gsize at = 0; at < *n_samples; at += block) {
    ahoy_gst_audio_source_pull (source, samples + at, block, rate);
  }
  return samples;
}

static double
level (int dbm0)
{
  return 32767 * pow (10, (dbm0 - 3.14) / 20);
}

static void
assert_near (double value, double expected, double tolerance)
{
  g_assert_cmpfloat_with_epsilon (value, expected, tolerance);
}

static void
test_frequency_and_level (void)
{
  static const guint rates[] = { 8000, 16000, 44100, 48000 };
  static const guint frequencies[] = { 20, 425, 440, 1004, 2100, 3900 };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++) {
    for (guint f = 0; f < G_N_ELEMENTS (frequencies); f++) {
      g_autofree char *text = g_strdup_printf ("%u", frequencies[f]);
      g_autoptr (AhoyGstAudioSource) source = tone (text);
      g_autofree gint16 *samples = NULL;
      gsize n;
      double amplitude;

      samples = hear (source, rates[r], 400, &n);
      assert_near (goertzel_dominant (samples, n, rates[r], &amplitude), frequencies[f], 1);
      assert_near (amplitude, level (-13), level (-13) * 0.02);
    }
  }
}

static void
test_two_frequencies (void)
{
  g_autoptr (AhoyGstAudioSource) source = tone ("440=-10+480=-20");
  g_autofree gint16 *samples = NULL;
  gsize n;

  samples = hear (source, 8000, 1000, &n);
  assert_near (goertzel_amplitude (samples, n, 8000, 440), level (-10), level (-10) * 0.02);
  assert_near (goertzel_amplitude (samples, n, 8000, 480), level (-20), level (-20) * 0.02);
  g_assert_cmpfloat (goertzel_amplitude (samples, n, 8000, 600), <, 5);
}

static void
test_cadence (void)
{
  g_autoptr (AhoyGstAudioSource) source = tone ("440+480@500/250");
  g_autofree gint16 *samples = NULL;
  gsize n;

  samples = hear (source, 8000, 3000, &n);
  for (gsize at = 0; at < n; at += 6000) {
    /* Without the ramps of 5 ms at both ends. */
    g_assert_cmpfloat (goertzel_rms (samples + at + 50, 3900), >, 3000);
    g_assert_cmpfloat (goertzel_rms (samples + at + 4050, 1900), ==, 0);
  }
}

static void
test_named_tones (void)
{
  static const struct {
    const char *name;
    guint frequency, on, off;
  } named[] = {
    { "dial", 425, 4000, 0 },          { "busy", 425, 500, 500 },
    { "ringing", 425, 1000, 4000 },    { "congestion", 425, 250, 250 },
    { "fr:ringing", 440, 1500, 3500 }, { "de:busy", 425, 480, 480 },
    { "de:ringing", 425, 1000, 4000 }, { "uk:busy", 400, 375, 375 },
    { "us:ringing", 440, 2000, 4000 }, { "440", 440, 4000, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (named); i++) {
    g_autoptr (AhoyGstAudioSource) source = tone (named[i].name);
    g_autofree gint16 *samples = NULL;
    gsize n;

    samples = hear (source, 8000, named[i].on + named[i].off + 100, &n);
    assert_near (goertzel_amplitude (samples, named[i].on * 8, 8000, named[i].frequency),
                 level (-13), level (-13) * 0.1);
    if (named[i].off > 0) {
      g_assert_cmpfloat (goertzel_rms (samples + named[i].on * 8 + 50, named[i].off * 8 - 50), ==,
                         0);
      g_assert_cmpfloat (goertzel_rms (samples + (named[i].on + named[i].off) * 8 + 50, 600), >,
                         1000);
    }
    g_assert_false (ahoy_gst_audio_source_is_finished (source));
  }
}

static void
test_tone_without_silence_ends (void)
{
  g_autoptr (AhoyGstAudioSource) source = tone ("1000@300");
  gint16 samples[160];
  guint n_blocks = 0;

  while (ahoy_gst_audio_source_pull (source, samples, 160, 8000)) {
    n_blocks++;
    g_assert_cmpuint (n_blocks, <, 100);
  }
  g_assert_true (ahoy_gst_audio_source_is_finished (source));
  g_assert_cmpuint (n_blocks, ==, 16);
  g_assert_cmpfloat (goertzel_rms (samples, 160), ==, 0);
}

/* The largest change from sample to sample that a sum of these sines can make, and a little. */
static void
assert_no_click (const gint16 *samples, gsize n_samples, double steepest)
{
  for (gsize i = 1; i < n_samples; i++) {
    g_assert_cmpint (abs (samples[i] - samples[i - 1]), <=, (int)(steepest * 1.05) + 2);
  }
}

static double
steepness (guint frequency, guint rate)
{
  return level (-13) * 2 * sin (G_PI * frequency / rate);
}

static void
test_no_click_at_any_change (void)
{
  static const struct {
    const char *description;
    double steepest;
  } described[] = {
    { "1000@53/31", 0.7654 },
    { "950@330,1400@330,1800@330/1000", 1.2989 },
    { "697+1209@71/59", 0.5403 + 0.9140 },
    { "1700@33,300@41,1200@57/10", 1.2394 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (described); i++) {
    g_autoptr (AhoyGstAudioSource) source = tone (described[i].description);
    g_autofree gint16 *samples = NULL;
    gsize n;

    samples = hear (source, 8000, 3000, &n);
    assert_no_click (samples, n, level (-13) * described[i].steepest);
  }
}

static void
test_stop_without_click (void)
{
  for (guint offset = 1; offset < 160; offset += 13) {
    g_autoptr (AhoyGstAudioSource) source = tone ("440");
    gint16 samples[480] = { 0 };

    ahoy_gst_audio_source_pull (source, samples, offset, 8000);
    ahoy_gst_audio_source_pull (source, samples, 160, 8000);
    ahoy_gst_audio_source_stop (source);
    g_assert_true (ahoy_gst_audio_source_pull (source, samples + 160, 160, 8000));
    assert_no_click (samples, 480, steepness (440, 8000));
    g_assert_cmpint (samples[319], ==, 0);
    g_assert_false (ahoy_gst_audio_source_pull (source, samples, 160, 8000));
    g_assert_true (ahoy_gst_audio_source_is_finished (source));
  }
}

/* As when a call changes its codec from G.711 to G.722 while it rings. */
static void
test_rate_changes_in_the_middle (void)
{
  g_autoptr (AhoyGstAudioSource) source = tone ("440@1000/1000");
  g_autofree gint16 *narrow = NULL, *wide = NULL, *silent = NULL;
  gsize n_narrow, n_wide, n_silent;

  narrow = hear (source, 8000, 500, &n_narrow);
  wide = hear (source, 16000, 500, &n_wide);
  silent = hear (source, 8000, 900, &n_silent);
  assert_near (goertzel_dominant (narrow, n_narrow, 8000, NULL), 440, 1);
  assert_near (goertzel_dominant (wide, n_wide, 16000, NULL), 440, 1);
  g_assert_cmpint (abs (wide[0] - narrow[n_narrow - 1]), <=, (int)steepness (440, 8000) + 2);
  g_assert_cmpfloat (goertzel_rms (silent + 80, n_silent - 160), ==, 0);
}

static void
test_many_rate_changes (void)
{
  static const guint rates[] = { 8000, 16000, 48000, 44100, 11025 };
  g_autoptr (AhoyGstAudioSource) source = tone ("440@97/53,480@11/10");
  gint16 samples[960];

  for (guint i = 0; i < 5000; i++) {
    guint rate = rates[i % G_N_ELEMENTS (rates)];

    g_assert_true (ahoy_gst_audio_source_pull (source, samples, rate / 50, rate));
  }
  ahoy_gst_audio_source_stop (source);
  ahoy_gst_audio_source_pull (source, samples, 160, 8000);
  g_assert_false (ahoy_gst_audio_source_pull (source, samples, 160, 8000));
}

static void
test_refused (void)
{
  static const char *const refused[] = {
    "",
    "ding",
    "us:ding",
    "xx:busy",
    "19",
    "3901",
    "440@",
    "440@9",
    "440@500/",
    "440@/5",
    "440+",
    "+440",
    "440,480",
    "440@500,",
    "440@600001",
    "440=10",
    "440=-61",
    "440=-",
    "1+2",
    "440 ",
    "440@500/500x",
    "99999999999999999999",
    "440@99999999999999",
    "400+500+600+700+800",
    "busy,busy",
    "\xff\xfe",
    "440@500\xff",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("text %u", i);
    g_assert_null (ahoy_gst_tone_source_new (refused[i], &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static void
test_too_many_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("440@100/100");

  for (guint i = 1; i < 16; i++) {
    g_string_append (text, ",440@100/100");
  }
  g_object_unref (tone (text->str));
  g_string_append (text, ",440@100");
  g_assert_null (ahoy_gst_tone_source_new (text->str, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

/* Each country has each tone, and all of them can be played. */
static void
test_countries (void)
{
  static const char *const names[] = { "dial", "ring", "ringing", "busy", "congestion",
                                       "call-waiting", "information", "confirm", "beep" };
  g_auto (GStrv) zones = ahoy_tone_zone_list ();

  g_assert_cmpuint (g_strv_length (zones), >=, 30);
  for (gsize i = 0; zones[i] != NULL; i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (names); j++) {
      g_autofree char *text = g_strconcat (zones[i], ":", names[j], NULL);
      g_autoptr (AhoyGstAudioSource) source = tone (text);
    }
  }
  g_assert_cmpstr (ahoy_tone_zone_get_country ("jp"), ==, "Japan");
  g_assert_cmpstr (ahoy_tone_zone_find ("de", "busy"), ==, "425@480/480");
  g_assert_cmpstr (ahoy_tone_zone_find ("de", "dial"), ==, "425");
  g_assert_null (ahoy_tone_zone_find ("zz", "dial"));
  g_assert_null (ahoy_tone_zone_find ("de", "country"));
  g_assert_false (ahoy_tone_zone_exists (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tone/has-its-frequency-and-level", test_frequency_and_level);
  g_test_add_func ("/tone/two-frequencies-sound-together", test_two_frequencies);
  g_test_add_func ("/tone/keeps-its-cadence", test_cadence);
  g_test_add_func ("/tone/has-names-by-country", test_named_tones);
  g_test_add_func ("/tone/without-silence-ends", test_tone_without_silence_ends);
  g_test_add_func ("/tone/does-not-click", test_no_click_at_any_change);
  g_test_add_func ("/tone/stops-without-click", test_stop_without_click);
  g_test_add_func ("/tone/rate-may-change", test_rate_changes_in_the_middle);
  g_test_add_func ("/tone/rate-may-change-often", test_many_rate_changes);
  g_test_add_func ("/tone/wrong-text-is-refused", test_refused);
  g_test_add_func ("/tone/too-many-parts-are-refused", test_too_many_parts);
  g_test_add_func ("/gst/tone/countries", test_countries);
  return g_test_run ();
}
