/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "goertzel.h"

#include <complex.h>
#include <math.h>

/* Goertzel's filter over samples under a Hann window, which keeps what lies beside out. */
double
goertzel_amplitude (const gint16 *samples, gsize n_samples, guint rate, double frequency)
{
  double angle = 2 * G_PI * frequency / rate;
  double coefficient = 2 * cos (angle);
  double before = 0, before_that = 0;

  for (gsize i = 0; i < n_samples; i++) {
    double window = 0.5 - 0.5 * cos (2 * G_PI * (i + 0.5) / n_samples);
    double now = samples[i] * window + coefficient * before - before_that;

    before_that = before;
    before = now;
  }
  /* The window lets half of the amplitude through, and a sine has half of it at each sign. */
  return 4 / (double)n_samples
         * sqrt (MAX (
             before * before + before_that * before_that - coefficient * before * before_that, 0));
}

/* Fourier transform of @n values, a power of two, @step apart in @in. */
static void
transform (const double complex *in, double complex *out, gsize n, gsize step)
{
  if (n == 1) {
    out[0] = in[0];
    return;
  }
  transform (in, out, n / 2, 2 * step);
  transform (in + step, out + n / 2, n / 2, 2 * step);
  for (gsize i = 0; i < n / 2; i++) {
    double complex even = out[i];
    double complex odd = out[i + n / 2] * cexp (-2 * I * G_PI * i / n);

    out[i] = even + odd;
    out[i + n / 2] = even - odd;
  }
}

/* The strongest line of the spectrum above 20 Hz. */
static double
find_line (const gint16 *samples, gsize n_samples, guint rate, double *width)
{
  g_autofree double complex *in = NULL, *out = NULL;
  gsize n = 1, best = 0;

  while (n < n_samples) {
    n *= 2;
  }
  in = g_new0 (double complex, n);
  out = g_new0 (double complex, n);
  for (gsize i = 0; i < n_samples; i++) {
    in[i] = samples[i] * (0.5 - 0.5 * cos (2 * G_PI * (i + 0.5) / n_samples));
  }
  transform (in, out, n, 1);
  *width = (double)rate / n;
  for (gsize i = (gsize)(20 / *width); i < n / 2; i++) {
    if (cabs (out[i]) > cabs (out[best]) || best == 0) {
      best = i;
    }
  }
  return best * *width;
}

/* The strongest frequency between 20 Hz and half the rate: a line of the spectrum, and then by
 * narrowing around it. */
double
goertzel_dominant (const gint16 *samples, gsize n_samples, guint rate, double *amplitude)
{
  double width, best, low, high;

  best = find_line (samples, n_samples, rate, &width);
  low = best - width;
  high = best + width;
  while (high - low > 0.01) {
    double third = (high - low) / 3;

    if (goertzel_amplitude (samples, n_samples, rate, low + third)
        < goertzel_amplitude (samples, n_samples, rate, high - third)) {
      low += third;
    } else {
      high -= third;
    }
  }
  best = (low + high) / 2;
  if (amplitude != NULL) {
    *amplitude = goertzel_amplitude (samples, n_samples, rate, best);
  }
  return best;
}

/* The @window samples in which a tone is strongest: what was recorded while the machine stood still
 * has holes, which say nothing of the tone. */
const gint16 *
goertzel_find_clearest (const gint16 *samples, gsize n_samples, guint rate, double frequency,
                        gsize window)
{
  const gint16 *best = samples;
  double strongest = -1;

  g_assert_cmpuint (n_samples, >=, window);
  for (gsize at = 0; at + window <= n_samples; at += window / 4) {
    double amplitude = goertzel_amplitude (samples + at, window, rate, frequency);

    if (amplitude > strongest) {
      strongest = amplitude;
      best = samples + at;
    }
  }
  return best;
}

double
goertzel_rms (const gint16 *samples, gsize n_samples)
{
  double sum = 0;

  for (gsize i = 0; i < n_samples; i++) {
    sum += (double)samples[i] * samples[i];
  }
  return n_samples > 0 ? sqrt (sum / n_samples) : 0;
}
