/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-gst-resampler.h"

#define HALF_WIDTH 12  /* of the filter, in samples of the lower rate */
#define CUTOFF 0.94    /* of half the lower rate */
#define MAX_PHASES 640 /* 11025 to 48000 has them; stranger ratios are rounded to this grid */
#define MAX_RATIO 24
#define MAX_TAPS (2 * HALF_WIDTH * MAX_RATIO)
#define BUFFER (MAX_TAPS + 1024)

struct _AhoyGstResampler {
  AhoyGstResamplerFetch fetch;
  gpointer user_data;
  guint in_rate;
  guint out_rate; /* 0 before the first pull */

  guint n_phases, step; /* one output sample is step / n_phases input samples */
  guint n_taps;
  float *filters; /* n_taps for each phase */

  float buffer[BUFFER];
  guint n_buffered;
  guint at; /* the first sample under the filter */
  guint phase;
};

/**
 * ahoy_gst_resampler_new:
 * @in_rate: of what @fetch gives, in Hz
 * @fetch: fills in at most as many samples as it is asked for, and says how many
 * @user_data: for @fetch
 *
 * Returns: (transfer full): a resampler
 */
AhoyGstResampler *
ahoy_gst_resampler_new (guint in_rate, AhoyGstResamplerFetch fetch, gpointer user_data)
{
  AhoyGstResampler *self;

  g_return_val_if_fail (in_rate > 0 && fetch != NULL, NULL);

  self = g_new0 (AhoyGstResampler, 1);
  self->in_rate = in_rate;
  self->fetch = fetch;
  self->user_data = user_data;
  return self;
}

/**
 * ahoy_gst_resampler_free:
 * @self: (transfer full): a resampler
 */
void
ahoy_gst_resampler_free (AhoyGstResampler *self)
{
  if (self == NULL) {
    return;
  }
  g_free (self->filters);
  g_free (self);
}

static guint
greatest_common_divisor (guint a, guint b)
{
  while (b != 0) {
    guint rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

static double
sinc (double x)
{
  return fabs (x) < 1e-9 ? 1 : sin (G_PI * x) / (G_PI * x);
}

/* Blackman's window over -1 to 1. */
static double
window (double x)
{
  return fabs (x) >= 1 ? 0 : 0.42 + 0.5 * cos (G_PI * x) + 0.08 * cos (2 * G_PI * x);
}

static void
make_filter (AhoyGstResampler *self, guint phase, double cutoff)
{
  float *taps = self->filters + phase * self->n_taps;
  double half = self->n_taps / 2, sum = 0;

  for (guint i = 0; i < self->n_taps; i++) {
    double distance = i - (half - 1) - (double)phase / self->n_phases;
    double value = sinc (distance * cutoff) * window (distance / half);

    taps[i] = (float)value;
    sum += value;
  }
  for (guint i = 0; i < self->n_taps; i++) {
    taps[i] = (float)(taps[i] / sum);
  }
}

/* Moves the beginning of the filter @more samples back, into silence if need be. */
static void
widen (AhoyGstResampler *self, guint more)
{
  guint missing = more - MIN (more, self->at);

  missing = MIN (missing, BUFFER - self->n_buffered);
  memmove (self->buffer + missing, self->buffer, self->n_buffered * sizeof *self->buffer);
  memset (self->buffer, 0, missing * sizeof *self->buffer);
  self->n_buffered += missing;
  self->at += missing;
  self->at -= MIN (more, self->at);
}

static void
set_out_rate (AhoyGstResampler *self, guint rate)
{
  guint divisor = greatest_common_divisor (self->in_rate, rate);
  double ratio = CLAMP ((double)self->in_rate / rate, 1, MAX_RATIO);
  guint n_taps = 2 * (guint)ceil (HALF_WIDTH * ratio);

  self->out_rate = rate;
  self->n_phases = rate / divisor;
  self->step = self->in_rate / divisor;
  if (self->n_phases > MAX_PHASES) {
    self->n_phases = MAX_PHASES;
    self->step = (guint)MAX ((guint64)self->in_rate * MAX_PHASES / rate, 1);
  }
  self->phase = 0;
  /* The middle of the filter stays where it is; before the beginning there is silence. */
  if (n_taps > self->n_taps) {
    widen (self, n_taps / 2 - (self->n_taps > 0 ? self->n_taps / 2 : 1));
  } else {
    self->at += (self->n_taps - n_taps) / 2;
  }
  self->n_taps = n_taps;
  g_free (self->filters);
  self->filters = g_new (float, self->n_phases *n_taps);
  for (guint i = 0; i < self->n_phases; i++) {
    make_filter (self, i, CUTOFF / ratio);
  }
}

/* Drops what the filter has passed and fetches what it lacks. */
static gboolean
refill (AhoyGstResampler *self)
{
  gint16 fetched[512];
  guint passed = MIN (self->at, self->n_buffered), wanted, n;

  memmove (self->buffer, self->buffer + passed, (self->n_buffered - passed) * sizeof *self->buffer);
  self->n_buffered -= passed;
  self->at -= passed;
  wanted = MIN (G_N_ELEMENTS (fetched), BUFFER - self->n_buffered);
  n = self->fetch (self->user_data, fetched, wanted);
  for (guint i = 0; i < n; i++) {
    self->buffer[self->n_buffered++] = fetched[i];
  }
  return n > 0;
}

static gint16
filter (AhoyGstResampler *self)
{
  const float *samples = self->buffer + self->at;
  const float *taps = self->filters + self->phase * self->n_taps;
  float sum = 0;

  for (guint i = 0; i < self->n_taps; i++) {
    sum += samples[i] * taps[i];
  }
  return (gint16)lrintf (CLAMP (sum, (float)G_MININT16, (float)G_MAXINT16));
}

/**
 * ahoy_gst_resampler_pull:
 * @self: a resampler
 * @samples: (out caller-allocates) (array length=n_samples): room
 * @n_samples: how many samples are wanted
 * @rate: of these, in Hz
 *
 * Returns: how many samples could be made from what was fetched
 */
guint
ahoy_gst_resampler_pull (AhoyGstResampler *self, gint16 *samples, guint n_samples, guint rate)
{
  g_return_val_if_fail (self != NULL && samples != NULL && rate > 0, 0);

  if (rate == self->in_rate && self->out_rate == 0) {
    return self->fetch (self->user_data, samples, n_samples);
  }
  if (rate != self->out_rate) {
    set_out_rate (self, rate);
  }
  for (guint i = 0; i < n_samples; i++) {
    while (self->n_buffered < self->at + self->n_taps) {
      if (!refill (self)) {
        return i;
      }
    }
    samples[i] = filter (self);
    self->phase += self->step;
    self->at += self->phase / self->n_phases;
    self->phase %= self->n_phases;
  }
  return n_samples;
}

/**
 * ahoy_gst_resampler_get_delay:
 * @self: a resampler
 *
 * Returns: how many samples must follow the last one until it has passed the filter
 */
guint
ahoy_gst_resampler_get_delay (AhoyGstResampler *self)
{
  return self->n_taps / 2;
}
