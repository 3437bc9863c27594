/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ahoy-gst-comfort-noise.h"
#include "ahoy-gst-concealer.h"
#include "goertzel.h"

static const guint rates[] = { 8000, 16000 };

/* A voice-like sum of harmonics. */
static void
voice (gint16 *samples, guint n_samples, guint rate, double pitch)
{
  for (guint i = 0; i < n_samples; i++) {
    double sum = 0;

    for (guint n = 1; n <= 6; n++) {
      sum += sin (2 * G_PI * pitch * n * i / rate + n) / n;
    }
    samples[i] = (gint16)lrint (4000 * sum);
  }
}

static double
difference (const gint16 *one, const gint16 *other, guint n_samples)
{
  g_autofree gint16 *rest = g_new (gint16, n_samples);

  for (guint i = 0; i < n_samples; i++) {
    rest[i] = (gint16)CLAMP (one[i] - other[i], G_MININT16, G_MAXINT16);
  }
  return goertzel_rms (rest, n_samples);
}

/* The first 10 ms of a loss in a steady voice are close to what was lost. */
static void
test_steady_voice_goes_on (void)
{
  static const double pitches[] = { 80, 100, 125, 180, 220, 310 };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++) {
    for (guint p = 0; p < G_N_ELEMENTS (pitches); p++) {
      guint block = rates[r] / 50;
      gint16 samples[6 * 320], heard[320];
      AhoyGstConcealer concealer;

      voice (samples, 6 * block, rates[r], pitches[p]);
      ahoy_gst_concealer_init (&concealer, rates[r]);
      for (guint i = 0; i < 5; i++) {
        ahoy_gst_concealer_take (&concealer, samples + i * block, block);
      }
      ahoy_gst_concealer_conceal (&concealer, heard, block);
      g_assert_cmpfloat (difference (heard, samples + 5 * block, block / 2), <,
                         0.35 * goertzel_rms (samples + 5 * block, block / 2));
    }
  }
}

static void
test_good_samples_are_left_alone (void)
{
  gint16 samples[1600], copy[1600];
  AhoyGstConcealer concealer;

  voice (samples, 1600, 8000, 110);
  memcpy (copy, samples, sizeof copy);
  ahoy_gst_concealer_init (&concealer, 8000);
  for (guint i = 0; i < 10; i++) {
    ahoy_gst_concealer_take (&concealer, samples + i * 160, 160);
  }
  g_assert_cmpmem (samples, sizeof samples, copy, sizeof copy);
}

static void
test_long_loss_fades (void)
{
  gint16 samples[1600], heard[800];
  AhoyGstConcealer concealer;

  voice (samples, 1600, 8000, 110);
  ahoy_gst_concealer_init (&concealer, 8000);
  ahoy_gst_concealer_take (&concealer, samples, 1600);
  for (guint i = 0; i < 5; i++) {
    ahoy_gst_concealer_conceal (&concealer, heard + i * 160, 160);
  }
  for (guint i = 1; i < 3; i++) {
    g_assert_cmpfloat (goertzel_rms (heard + i * 160, 160), <,
                       goertzel_rms (heard + (i - 1) * 160, 160));
  }
  g_assert_cmpfloat (goertzel_rms (heard + 480, 320), ==, 0);
}

/* 10 % of the packets are lost; no step from sample to sample is larger than twice what the signal
 * itself makes. */
static void
test_no_clicks (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (711);
  gint16 samples[160 * 500];
  AhoyGstConcealer concealer;
  int steepest = 0;
  gint16 last = 0;

  voice (samples, G_N_ELEMENTS (samples), 8000, 133);
  for (guint i = 1; i < G_N_ELEMENTS (samples); i++) {
    steepest = MAX (steepest, abs (samples[i] - samples[i - 1]));
  }
  ahoy_gst_concealer_init (&concealer, 8000);
  for (guint i = 0; i < 500; i++) {
    gint16 *block = samples + i * 160;

    if (i > 5 && g_rand_double (rand) < 0.1) {
      ahoy_gst_concealer_conceal (&concealer, block, 160);
    } else {
      ahoy_gst_concealer_take (&concealer, block, 160);
    }
    for (guint n = 0; n < 160; n++) {
      if (i > 0 || n > 0) {
        g_assert_cmpint (abs (block[n] - last), <=, 2 * steepest);
      }
      last = block[n];
    }
  }
}

static void
test_extremes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  gint16 samples[320];
  AhoyGstConcealer concealer;

  ahoy_gst_concealer_init (&concealer, 16000);
  ahoy_gst_concealer_conceal (&concealer, samples, 320);
  g_assert_cmpfloat (goertzel_rms (samples, 320), ==, 0);
  for (guint i = 0; i < 2000; i++) {
    guint n = (guint)g_rand_int_range (rand, 0, 320);

    for (guint k = 0; k < n; k++) {
      samples[k] = g_rand_boolean (rand) ? G_MAXINT16 : G_MININT16;
    }
    if (g_rand_boolean (rand)) {
      ahoy_gst_concealer_take (&concealer, samples, n);
    } else {
      ahoy_gst_concealer_conceal (&concealer, samples, n);
    }
  }
}

/* RFC 3389 §3: the level is in -dBov, whatever the shape. */
static void
test_noise_has_its_level (void)
{
  static const char *const shapes[]
      = { "", "\x7f\x7f", "\x20", "\xd0\x60\x90", "\xa0\x40\xb0\x70\x80\x90\x60\x7f\x88\x77" };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    for (guint level = 20; level <= 60; level += 20) {
      gint16 samples[16000];
      guint8 payload[16] = { (guint8)level };
      AhoyGstComfortNoise noise;

      memcpy (payload + 1, shapes[i], strlen (shapes[i]));
      ahoy_gst_comfort_noise_init (&noise);
      g_assert_true (ahoy_gst_comfort_noise_take (&noise, payload, 1 + strlen (shapes[i])));
      ahoy_gst_comfort_noise_make (&noise, samples, G_N_ELEMENTS (samples));
      g_assert_cmpfloat_with_epsilon (
          20 * log10 (goertzel_rms (samples, G_N_ELEMENTS (samples)) / 32767), -(double)level, 1);
    }
  }
}

static double
high_share (const char *shape, gsize size)
{
  gint16 samples[16000], changes[15999];
  AhoyGstComfortNoise noise;

  ahoy_gst_comfort_noise_init (&noise);
  g_assert_true (ahoy_gst_comfort_noise_take (&noise, (const guint8 *)shape, size));
  ahoy_gst_comfort_noise_make (&noise, samples, G_N_ELEMENTS (samples));
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    changes[i] = (gint16)((samples[i + 1] - samples[i]) / 2);
  }
  return goertzel_rms (changes, G_N_ELEMENTS (changes))
         / goertzel_rms (samples, G_N_ELEMENTS (samples));
}

static void
test_noise_has_its_shape (void)
{
  double white = high_share ("\x1e", 1);

  /* A first coefficient of -0.8 makes it dull, one of 0.8 sharp. */
  g_assert_cmpfloat (high_share ("\x1e\x1a", 2), <, 0.6 * white);
  g_assert_cmpfloat (high_share ("\x1e\xe4", 2), >, 1.2 * white);
}

static void
test_hostile_noise (void)
{
  guint8 payload[300];
  gint16 samples[8000];
  AhoyGstComfortNoise noise;

  ahoy_gst_comfort_noise_init (&noise);
  g_assert_false (ahoy_gst_comfort_noise_take (&noise, payload, 0));
  ahoy_gst_comfort_noise_make (&noise, samples, 160);
  g_assert_cmpfloat (goertzel_rms (samples, 160), ==, 0);
  memset (payload, 0xff, sizeof payload);
  g_assert_true (ahoy_gst_comfort_noise_take (&noise, payload, sizeof payload));
  ahoy_gst_comfort_noise_make (&noise, samples, G_N_ELEMENTS (samples));
  memset (payload, 0, sizeof payload);
  g_assert_true (ahoy_gst_comfort_noise_take (&noise, payload, sizeof payload));
  ahoy_gst_comfort_noise_make (&noise, samples, G_N_ELEMENTS (samples));
  for (guint i = 0; i < G_N_ELEMENTS (noise.state); i++) {
    g_assert_true (isfinite (noise.state[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/concealer/steady-voice-goes-on", test_steady_voice_goes_on);
  g_test_add_func ("/concealer/good-samples-are-left-alone", test_good_samples_are_left_alone);
  g_test_add_func ("/concealer/long-loss-fades", test_long_loss_fades);
  g_test_add_func ("/concealer/loss-does-not-click", test_no_clicks);
  g_test_add_func ("/concealer/extremes-do-no-harm", test_extremes);
  g_test_add_func ("/comfort-noise/has-its-level", test_noise_has_its_level);
  g_test_add_func ("/comfort-noise/has-its-shape", test_noise_has_its_shape);
  g_test_add_func ("/comfort-noise/hostile-description-does-no-harm", test_hostile_noise);
  return g_test_run ();
}
