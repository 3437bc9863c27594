/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <string.h>

#include "ahoy-gst-gain-private.h"
#include "ahoy-media-stream.h"

#define FRAME 160
#define LOUDEST (16 * AHOY_GST_GAIN_UNITY)

static void
fill (gint16 *samples)
{
  static const gint16 edges[] = { G_MININT16, -32767, -2049, -2048, -1, 0, 1, 2047, 2048, 32767 };

  for (guint i = 0; i < FRAME; i++) {
    samples[i] = i < G_N_ELEMENTS (edges) ? edges[i] : (gint16) g_test_rand_int ();
  }
}

/* A gain that holds: each sample as arithmetic says, cut off at what a sample can say. */
static void
test_every_gain (void)
{
  const int gains[] = { 0, 1, 2048, 4095, 4096, 4097, 8192, LOUDEST - 1, LOUDEST };

  for (guint k = 0; k < G_N_ELEMENTS (gains); k++) {
    AhoyGstGain gain = { gains[k] };
    gint16 before[FRAME];
    gint16 after[FRAME];

    fill (before);
    memcpy (after, before, sizeof after);
    ahoy_gst_gain_apply (&gain, gains[k], after, FRAME);
    g_assert_cmpint (gain.now, ==, gains[k]);
    for (guint i = 0; i < FRAME; i++) {
      double wanted = trunc ((double) before[i] * gains[k] / AHOY_GST_GAIN_UNITY);

      g_assert_cmpint (after[i], ==, (int) CLAMP (wanted, -32768, 32767));
    }
  }
}

/* On its way to another gain it makes no step, and arrives with the last sample. */
static void
test_ramp (void)
{
  static const int pairs[][2] = { { AHOY_GST_GAIN_UNITY, 0 }, { 0, AHOY_GST_GAIN_UNITY },
                                  { AHOY_GST_GAIN_UNITY, LOUDEST }, { LOUDEST, 0 } };

  for (guint k = 0; k < G_N_ELEMENTS (pairs); k++) {
    AhoyGstGain gain = { pairs[k][0] };
    int before = 1000 * pairs[k][0] / AHOY_GST_GAIN_UNITY;
    int largest = ABS (1000 * (pairs[k][1] - pairs[k][0]) / AHOY_GST_GAIN_UNITY) / FRAME + 2;
    gint16 samples[FRAME];

    for (guint i = 0; i < FRAME; i++) {
      samples[i] = 1000;
    }
    ahoy_gst_gain_apply (&gain, pairs[k][1], samples, FRAME);
    for (guint i = 0; i < FRAME; i++) {
      g_assert_cmpint (ABS (samples[i] - before), <=, largest);
      before = samples[i];
    }
    g_assert_cmpint (before, ==, 1000 * pairs[k][1] / AHOY_GST_GAIN_UNITY);
    g_assert_cmpint (gain.now, ==, pairs[k][1]);
  }
}

static void
test_nothing (void)
{
  AhoyGstGain gain = AHOY_GST_GAIN_INIT;

  ahoy_gst_gain_apply (&gain, 0, NULL, 0);
  g_assert_cmpint (gain.now, ==, 0);
}

static void
test_from_volume (void)
{
  g_assert_cmpint (ahoy_gst_gain_from_volume (0), ==, 0);
  g_assert_cmpint (ahoy_gst_gain_from_volume (0.5), ==, AHOY_GST_GAIN_UNITY / 2);
  g_assert_cmpint (ahoy_gst_gain_from_volume (1), ==, AHOY_GST_GAIN_UNITY);
  g_assert_cmpint (ahoy_gst_gain_from_volume (AHOY_MEDIA_STREAM_MAX_VOLUME), ==, LOUDEST);
  g_assert_cmpint (ahoy_gst_gain_from_volume (1e30), ==, LOUDEST);
  g_assert_cmpint (ahoy_gst_gain_from_volume (-1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gain/every-gain-is-exact-and-cut-off", test_every_gain);
  g_test_add_func ("/gain/no-step-on-the-way", test_ramp);
  g_test_add_func ("/gain/no-samples", test_nothing);
  g_test_add_func ("/gain/from-volume", test_from_volume);
  return g_test_run ();
}
