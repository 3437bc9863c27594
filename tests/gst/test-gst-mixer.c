/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ahoy-gst-mixer.h"
#include "goertzel.h"

#define RATE 8000
#define BLOCK 160
#define TICKS 50

static void
sine (gint16 *samples, guint tick, double frequency, double amplitude)
{
  for (guint i = 0; i < BLOCK; i++) {
    samples[i] = (gint16)lrint (amplitude * sin (2 * G_PI * frequency * (tick * BLOCK + i) / RATE));
  }
}

typedef struct {
  double frequency;
  double amplitude;
} Voice;

/* Lets members speak for a second; gives what each of them heard, one after the other. */
static gint16 *
talk (AhoyGstMixer *mixer, const int *members, const Voice *voices, guint n)
{
  gint16 *heard = g_new0 (gint16, (gsize)n * TICKS * BLOCK);

  for (guint tick = 0; tick < TICKS; tick++) {
    ahoy_gst_mixer_begin (mixer, BLOCK);
    for (guint i = 0; i < n; i++) {
      gint16 samples[BLOCK];

      if (voices[i].amplitude > 0) {
        sine (samples, tick, voices[i].frequency, voices[i].amplitude);
        ahoy_gst_mixer_put (mixer, members[i], samples);
      }
    }
    for (guint i = 0; i < n; i++) {
      ahoy_gst_mixer_take (mixer, members[i], heard + ((gsize)i * TICKS + tick) * BLOCK);
    }
  }
  return heard;
}

static double
hears (const gint16 *heard, guint member, double frequency)
{
  return goertzel_amplitude (heard + (gsize)member * TICKS * BLOCK, TICKS * BLOCK, RATE, frequency);
}

static const Voice three[] = { { 400, 3000 }, { 900, 4000 }, { 1500, 5000 } };

static void
test_each_hears_the_others (void)
{
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (8);
  int members[3];
  g_autofree gint16 *heard = NULL;

  for (guint i = 0; i < 3; i++) {
    members[i] = ahoy_gst_mixer_add (mixer);
  }
  g_assert_cmpuint (ahoy_gst_mixer_get_n_members (mixer), ==, 3);
  heard = talk (mixer, members, three, 3);
  for (guint i = 0; i < 3; i++) {
    for (guint k = 0; k < 3; k++) {
      double expected = i == k ? 0 : three[k].amplitude;

      g_assert_cmpfloat_with_epsilon (hears (heard, i, three[k].frequency), expected, 10);
    }
  }
}

static void
test_sum_is_exact (void)
{
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (4);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  gint16 said[4][BLOCK], heard[BLOCK];

  for (guint i = 0; i < 4; i++) {
    g_assert_cmpint (ahoy_gst_mixer_add (mixer), ==, (int)i);
  }
  for (guint tick = 0; tick < 100; tick++) {
    ahoy_gst_mixer_begin (mixer, BLOCK);
    for (guint i = 0; i < 4; i++) {
      for (guint k = 0; k < BLOCK; k++) {
        said[i][k] = (gint16)g_rand_int_range (rand, -8000, 8000);
      }
      ahoy_gst_mixer_put (mixer, (int)i, said[i]);
    }
    for (guint i = 0; i < 4; i++) {
      ahoy_gst_mixer_take (mixer, (int)i, heard);
      for (guint k = 0; k < BLOCK; k++) {
        g_assert_cmpint (heard[k], ==,
                         said[0][k] + said[1][k] + said[2][k] + said[3][k] - said[i][k]);
      }
    }
    ahoy_gst_mixer_take_all (mixer, heard);
    g_assert_cmpint (heard[7], ==, said[0][7] + said[1][7] + said[2][7] + said[3][7]);
  }
}

static void
test_muted_deaf_and_gain (void)
{
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (8);
  int members[3];
  g_autofree gint16 *heard = NULL;

  for (guint i = 0; i < 3; i++) {
    members[i] = ahoy_gst_mixer_add (mixer);
  }
  ahoy_gst_mixer_set_muted (mixer, members[0], TRUE);
  ahoy_gst_mixer_set_deaf (mixer, members[1], TRUE);
  ahoy_gst_mixer_set_gain (mixer, members[2], AHOY_GST_MIXER_UNITY / 2);
  heard = talk (mixer, members, three, 3);
  g_assert_cmpfloat_with_epsilon (hears (heard, 2, 400), 0, 10);
  g_assert_cmpfloat_with_epsilon (hears (heard, 2, 900), 4000, 10);
  g_assert_cmpfloat_with_epsilon (hears (heard, 0, 1500), 2500, 10);
  g_assert_cmpfloat (goertzel_rms (heard + TICKS * BLOCK, TICKS * BLOCK), ==, 0);
}

/* Twenty loud voices: what is heard is turned down, not cut off. */
static void
test_too_loud_is_turned_down (void)
{
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (32);
  int members[21];
  Voice voices[21] = { 0 };
  g_autofree gint16 *heard = NULL;
  const gint16 *listener;
  double in_band = 0, all;
  guint n_cut = 0;

  for (guint i = 0; i < 21; i++) {
    members[i] = ahoy_gst_mixer_add (mixer);
    voices[i].frequency = 300 + 100 * i;
    voices[i].amplitude = i < 20 ? 9000 : 0;
  }
  heard = talk (mixer, members, voices, 21);
  listener = heard + (gsize)20 * TICKS * BLOCK;
  for (guint i = 0; i < 20; i++) {
    double amplitude = goertzel_amplitude (listener + TICKS * BLOCK / 2, TICKS * BLOCK / 2, RATE,
                                           voices[i].frequency);

    in_band += amplitude * amplitude / 2;
  }
  all = goertzel_rms (listener + TICKS * BLOCK / 2, TICKS * BLOCK / 2);
  for (guint i = TICKS * BLOCK / 2; i < TICKS * BLOCK; i++) {
    n_cut += abs (listener[i]) >= G_MAXINT16;
  }
  g_assert_cmpfloat (sqrt (in_band) / all, >, 0.98);
  g_assert_cmpuint (n_cut, <, TICKS * BLOCK / 2 / 100);
}

static void
test_limiter_lets_go (void)
{
  static const Voice loud[] = { { 400, 30000 }, { 410, 30000 }, { 500, 0 } };
  static const Voice normal[] = { { 400, 3000 }, { 900, 0 }, { 500, 0 } };
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (8);
  int members[3];

  for (guint i = 0; i < 3; i++) {
    members[i] = ahoy_gst_mixer_add (mixer);
  }
  g_free (talk (mixer, members, loud, 3));
  g_free (talk (mixer, members, normal, 3));
  {
    g_autofree gint16 *heard = talk (mixer, members, normal, 3);

    g_assert_cmpfloat_with_epsilon (hears (heard, 2, 400), 3000, 10);
  }
}

static void
test_speaker_and_level (void)
{
  static const Voice first[] = { { 400, 8000 }, { 900, 200 }, { 500, 0 } };
  static const Voice second[] = { { 400, 200 }, { 900, 8000 }, { 500, 0 } };
  static const Voice nobody[] = { { 400, 20 }, { 900, 30 }, { 500, 0 } };
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (8);
  int members[3];

  for (guint i = 0; i < 3; i++) {
    members[i] = ahoy_gst_mixer_add (mixer);
  }
  g_assert_cmpint (ahoy_gst_mixer_get_speaker (mixer), ==, -1);
  g_free (talk (mixer, members, nobody, 3));
  g_assert_cmpint (ahoy_gst_mixer_get_speaker (mixer), ==, -1);
  g_free (talk (mixer, members, first, 3));
  g_assert_cmpint (ahoy_gst_mixer_get_speaker (mixer), ==, members[0]);
  /* A sine of a quarter of full scale: -12 dB, and 3 dB less for a sine. */
  g_assert_cmpint (ahoy_gst_mixer_get_level (mixer, members[0]), ==, -15);
  g_assert_cmpint (ahoy_gst_mixer_get_level (mixer, members[2]), ==, -127);
  g_free (talk (mixer, members, second, 3));
  g_assert_cmpint (ahoy_gst_mixer_get_speaker (mixer), ==, members[1]);
  g_free (talk (mixer, members, nobody, 3));
  g_assert_cmpint (ahoy_gst_mixer_get_speaker (mixer), ==, members[1]);
  ahoy_gst_mixer_remove (mixer, members[1]);
  g_assert_cmpint (ahoy_gst_mixer_get_speaker (mixer), ==, -1);
}

static void
test_members_come_and_go (void)
{
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (3);
  gint16 samples[BLOCK], heard[BLOCK];
  int a, b, c;

  a = ahoy_gst_mixer_add (mixer);
  b = ahoy_gst_mixer_add (mixer);
  c = ahoy_gst_mixer_add (mixer);
  g_assert_cmpint (ahoy_gst_mixer_add (mixer), ==, -1);
  for (guint i = 0; i < BLOCK; i++) {
    samples[i] = 1000;
  }
  ahoy_gst_mixer_begin (mixer, BLOCK);
  ahoy_gst_mixer_put (mixer, a, samples);
  ahoy_gst_mixer_put (mixer, b, samples);
  /* In the middle of a tick. */
  ahoy_gst_mixer_remove (mixer, a);
  ahoy_gst_mixer_take (mixer, c, heard);
  g_assert_cmpint (heard[0], ==, 1000);
  ahoy_gst_mixer_take (mixer, b, heard);
  g_assert_cmpint (heard[0], ==, 0);
  a = ahoy_gst_mixer_add (mixer);
  g_assert_cmpint (a, >=, 0);
  ahoy_gst_mixer_take (mixer, a, heard);
  g_assert_cmpint (heard[BLOCK - 1], ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mixer/each-hears-the-others", test_each_hears_the_others);
  g_test_add_func ("/mixer/sum-is-exact", test_sum_is_exact);
  g_test_add_func ("/mixer/members-are-muted-deaf-or-softer", test_muted_deaf_and_gain);
  g_test_add_func ("/mixer/too-loud-is-turned-down", test_too_loud_is_turned_down);
  g_test_add_func ("/mixer/is-not-turned-down-for-ever", test_limiter_lets_go);
  g_test_add_func ("/mixer/knows-who-speaks", test_speaker_and_level);
  g_test_add_func ("/mixer/members-come-and-go", test_members_come_and_go);
  return g_test_run ();
}
