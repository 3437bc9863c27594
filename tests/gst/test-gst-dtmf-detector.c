/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <string.h>

#include "ahoy-gst-dtmf-detector.h"
#include "ahoy-gst-dtmf-tones-private.h"
#include "ahoy-gst-g711.h"
#include "ahoy-gst-tone-source.h"

#define ALL "0123456789*#ABCD"

static const guint rates[] = { 8000, 16000, 48000 };

typedef struct {
  AhoyGstDtmfDetector *detector;
  guint rate;
  GRand *rand;
  double noise;
  gboolean over_ulaw;
  GString *heard;
  AhoyGstDtmfEvent last;
} Line;

static void
line_init (Line *line, guint rate)
{
  *line = (Line){ .detector = ahoy_gst_dtmf_detector_new (rate),
                  .rate = rate,
                  .rand = g_rand_new_with_seed (697),
                  .heard = g_string_new (NULL) };
}

static void
line_clear (Line *line)
{
  ahoy_gst_dtmf_detector_free (line->detector);
  g_rand_free (line->rand);
  g_string_free (line->heard, TRUE);
}

static void
hear (Line *line, gint16 *samples, guint n)
{
  AhoyGstDtmfEvent event;

  for (guint i = 0; i < n; i++) {
    double sample = samples[i] + line->noise * g_rand_double_range (line->rand, -1, 1);

    samples[i] = (gint16)CLAMP (sample, G_MININT16, G_MAXINT16);
  }
  if (line->over_ulaw) {
    guint8 codes[960];

    ahoy_gst_g711_encode (AHOY_GST_G711_ULAW, samples, codes, n);
    ahoy_gst_g711_decode (AHOY_GST_G711_ULAW, codes, samples, n);
  }
  ahoy_gst_dtmf_detector_push (line->detector, samples, n);
  while (ahoy_gst_dtmf_detector_pop (line->detector, &event)) {
    g_string_append_c (line->heard, event.digit);
    line->last = event;
  }
}

/* Plays a tone, as text that a tone source understands, for a time. */
static void
play (Line *line, const char *tone, guint duration_ms)
{
  g_autoptr (AhoyGstToneSource) source
      = tone != NULL ? ahoy_gst_tone_source_new (tone, NULL) : NULL;

  g_assert_true (tone == NULL || source != NULL);
  for (guint ms = 0; ms < duration_ms; ms += 10) {
    gint16 samples[480] = { 0 };
    guint n = line->rate / 100;

    if (source != NULL) {
      ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (source), samples, n, line->rate);
    }
    hear (line, samples, n);
  }
}

static void
dial (Line *line, const char *digits, int low_level, int high_level, guint on, guint off)
{
  for (; *digits != '\0'; digits++) {
    g_autofree char *tone = NULL;
    guint low, high;

    g_assert_true (ahoy_gst_dtmf_get_frequencies (*digits, &low, &high));
    tone = g_strdup_printf ("%u=%d+%u=%d", low, low_level, high, high_level);
    play (line, tone, on);
    play (line, NULL, off);
  }
}

static void
test_all_digits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    Line line;

    line_init (&line, rates[i]);
    dial (&line, ALL, -10, -8, 80, 80);
    g_assert_cmpstr (line.heard->str, ==, ALL);
    g_assert_cmpuint (line.last.duration_ms, >=, 60);
    g_assert_cmpuint (line.last.duration_ms, <=, 100);
    line_clear (&line);
  }
}

static void
test_repeated_and_long_digits (void)
{
  Line line;

  line_init (&line, 8000);
  dial (&line, "5555", -10, -10, 60, 60);
  g_assert_cmpstr (line.heard->str, ==, "5555");
  dial (&line, "7", -10, -10, 3000, 100);
  g_assert_cmpstr (line.heard->str, ==, "55557");
  g_assert_cmpuint (line.last.duration_ms, >=, 2970);
  g_assert_cmpuint (line.last.duration_ms, <=, 3030);
  g_assert_cmpuint (line.last.volume, >=, 5);
  g_assert_cmpuint (line.last.volume, <=, 9);
  line_clear (&line);
}

static void
test_pressed_while_it_sounds (void)
{
  Line line;

  line_init (&line, 8000);
  play (&line, "770+1336", 60);
  g_assert_cmpint (ahoy_gst_dtmf_detector_get_pressed (line.detector), ==, '5');
  g_assert_cmpuint (line.heard->len, ==, 0);
  play (&line, NULL, 60);
  g_assert_cmpint (ahoy_gst_dtmf_detector_get_pressed (line.detector), ==, 0);
  g_assert_cmpstr (line.heard->str, ==, "5");
  line_clear (&line);
}

/* From loud to faint, crooked within what ITU-T Q.24 allows, through G.711 and with noise 15 dB
 * below. */
static void
test_bad_lines (void)
{
  static const struct {
    int low, high;
  } levels[] = { { -3, -3 }, { -10, -10 }, { -20, -20 }, { -30, -30 }, { -15, -12 }, { -12, -18 } };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    Line line;

    line_init (&line, 8000);
    line.over_ulaw = TRUE;
    line.noise = 32767 * pow (10, (levels[i].low - 15) / 20.0);
    dial (&line, ALL ALL, levels[i].low, levels[i].high, 60, 60);
    g_assert_cmpstr (line.heard->str, ==, ALL ALL);
    line_clear (&line);
  }
}

static void
test_off_frequency (void)
{
  Line line;

  line_init (&line, 8000);
  /* 1.5 % off must be heard, 5 % must not (Q.24: 1.5 and 3.5 %). */
  play (&line, "781+1316", 100);
  play (&line, NULL, 100);
  g_assert_cmpstr (line.heard->str, ==, "5");
  play (&line, "808+1403", 100);
  play (&line, NULL, 100);
  g_assert_cmpstr (line.heard->str, ==, "5");
  line_clear (&line);
}

/* Tones of the network, single tones, voice-like harmonics, noise, silence: none is a digit. */
static void
test_nothing_else_is_a_digit (void)
{
  static const char *const tones[]
      = { "dial",     "us:dial", "us:busy",         "information", "697",
          "1209",     "1000",    "100+200+300",     "2100",        "us:ringing",
          "697+1000", "440=-3",  "697=-10+1209=-30" };
  Line line;

  line_init (&line, 8000);
  for (guint i = 0; i < G_N_ELEMENTS (tones); i++) {
    play (&line, tones[i], 1000);
  }
  line.noise = 10000;
  play (&line, NULL, 60000);
  line.noise = 0;
  for (guint pitch = 80; pitch < 400; pitch++) {
    gint16 samples[800];

    for (guint n = 0; n < G_N_ELEMENTS (samples); n++) {
      double sum = 0;

      for (guint k = 1; k * pitch < 3400; k++) {
        sum += sin (2 * G_PI * pitch * k * n / 8000.0 + k * k) / k;
      }
      samples[n] = (gint16)(5000 * sum);
    }
    hear (&line, samples, G_N_ELEMENTS (samples));
  }
  play (&line, NULL, 100);
  g_assert_cmpstr (line.heard->str, ==, "");
  line_clear (&line);
}

static void
test_unfetched_digits_are_bounded (void)
{
  Line line;
  AhoyGstDtmfEvent event;
  gint16 samples[800] = { 0 };
  guint n = 0;

  line_init (&line, 8000);
  for (guint i = 0; i < 100; i++) {
    for (guint k = 0; k < 800; k++) {
      samples[k] = (gint16)(k < 400 ? 5000
                                          * (sin (2 * G_PI * 697 * k / 8000.0)
                                             + sin (2 * G_PI * 1209 * k / 8000.0))
                                    : 0);
    }
    ahoy_gst_dtmf_detector_push (line.detector, samples, 800);
  }
  while (ahoy_gst_dtmf_detector_pop (line.detector, &event)) {
    g_assert_cmpint (event.digit, ==, '1');
    n++;
  }
  g_assert_cmpuint (n, ==, 16);
  line_clear (&line);
}

/* What a stream sends as tones another hears, at any rate and in blocks of a frame; pauses are
 * silent. */
static void
test_own_tones (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (AhoyGstDtmfTones) tones = ahoy_gst_dtmf_tones_new ();
    g_autoptr (GString) heard = g_string_new (NULL);
    guint n = rates[i] / 50;
    gint16 samples[960];
    AhoyGstDtmfEvent digit;

    g_assert_false (ahoy_gst_dtmf_tones_pull (tones, samples, n, rates[i]));
    g_assert_cmpuint (ahoy_gst_dtmf_tones_queue (tones, ALL "," ALL, 80, 60), ==, 33);
    while (ahoy_gst_dtmf_tones_pull (tones, samples, n, rates[i])) {
      ahoy_gst_dtmf_tones_push (tones, samples, n, rates[i]);
      while (ahoy_gst_dtmf_tones_pop (tones, &digit)) {
        g_string_append_c (heard, digit.digit);
        g_assert_cmpuint (digit.duration_ms, >=, 60);
        g_assert_cmpuint (digit.duration_ms, <=, 100);
      }
    }
    g_assert_false (ahoy_gst_dtmf_tones_is_busy (tones));
    g_assert_cmpstr (heard->str, ==, ALL ALL);
  }
}

/* A queue that is full takes no more. */
static void
test_tones_are_bounded (void)
{
  g_autoptr (AhoyGstDtmfTones) tones = ahoy_gst_dtmf_tones_new ();
  guint n = 0;

  for (guint i = 0; i < 20; i++) {
    n += ahoy_gst_dtmf_tones_queue (tones, ALL, 40, 40);
  }
  g_assert_cmpuint (n, ==, AHOY_GST_DTMF_QUEUE_SIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtmf-detector/hears-all-digits-at-every-rate", test_all_digits);
  g_test_add_func ("/dtmf-detector/tells-repeated-from-long", test_repeated_and_long_digits);
  g_test_add_func ("/dtmf-detector/says-what-is-pressed", test_pressed_while_it_sounds);
  g_test_add_func ("/dtmf-detector/hears-over-bad-lines", test_bad_lines);
  g_test_add_func ("/dtmf-detector/is-as-exact-as-it-must", test_off_frequency);
  g_test_add_func ("/dtmf-detector/takes-nothing-else-for-a-digit", test_nothing_else_is_a_digit);
  g_test_add_func ("/dtmf-detector/unfetched-digits-are-bounded",
                   test_unfetched_digits_are_bounded);
  g_test_add_func ("/dtmf-detector/hears-our-own-tones", test_own_tones);
  g_test_add_func ("/dtmf-detector/tones-to-send-are-bounded", test_tones_are_bounded);
  return g_test_run ();
}
