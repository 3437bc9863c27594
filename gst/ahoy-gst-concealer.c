/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-gst-concealer.h"

#define SHORTEST_MS 2.5 /* pitch of 400 Hz */
#define LONGEST_MS 15.0 /* and of 66 Hz */
#define WINDOW_MS 20.0  /* over which periods are compared */
#define FULL_MS 10      /* before it fades */
#define SILENT_MS 60    /* when it has */
#define BLEND_MS 4      /* back into what is real */

/**
 * ahoy_gst_concealer_init:
 * @self: (out caller-allocates): a concealer
 * @rate: of the samples, 8000 or 16000 Hz
 */
void
ahoy_gst_concealer_init (AhoyGstConcealer *self, guint rate)
{
  g_return_if_fail (rate <= AHOY_GST_CONCEALER_MAX_RATE);

  memset (self, 0, sizeof *self);
  self->rate = rate;
}

static void
remember (AhoyGstConcealer *self, const gint16 *samples, guint n_samples)
{
  guint size = AHOY_GST_CONCEALER_HISTORY;

  if (n_samples >= size) {
    memcpy (self->history, samples + n_samples - size, size * sizeof *samples);
    return;
  }
  memmove (self->history, self->history + n_samples, (size - n_samples) * sizeof *samples);
  memcpy (self->history + size - n_samples, samples, n_samples * sizeof *samples);
}

/* How alike the end of the history is to what was @lag samples before. */
static double
likeness (AhoyGstConcealer *self, guint lag, guint window)
{
  const gint16 *now = self->history + AHOY_GST_CONCEALER_HISTORY - window;
  const gint16 *before = now - lag;
  gint64 product = 0, energy = 1;

  for (guint i = 0; i < window; i += 2) {
    product += (gint64)now[i] * before[i];
    energy += (gint64)before[i] * before[i];
  }
  return product > 0 ? (double)product / sqrt ((double)energy) : 0;
}

static guint
find_period (AhoyGstConcealer *self)
{
  guint shortest = (guint)(self->rate * SHORTEST_MS / 1000);
  guint longest = (guint)(self->rate * LONGEST_MS / 1000);
  guint window = (guint)(self->rate * WINDOW_MS / 1000);
  guint best = longest;
  double most = 0;

  for (guint lag = shortest; lag <= longest; lag++) {
    double found = likeness (self, lag, window);

    /* Multiples of a period are as alike as itself; the shortest wins unless clearly beaten. */
    if (found > most * 1.005) {
      most = found;
      best = lag;
    }
  }
  return best;
}

/* The last period, its end blended into what stood before its beginning, so that it can follow
 * itself. */
static void
begin (AhoyGstConcealer *self)
{
  const gint16 *end = self->history + AHOY_GST_CONCEALER_HISTORY;
  guint n = find_period (self);
  guint blend = n / 4;

  memcpy (self->period, end - n, n * sizeof *end);
  for (guint i = 0; i < blend; i++) {
    int weight = (int)(i + 1), whole = (int)blend + 1;
    int old = end[(int)i - (int)blend];
    int older = end[(int)i - (int)blend - (int)n];

    self->period[n - blend + i] = (gint16)((old * (whole - weight) + older * weight) / whole);
  }
  self->n_period = n;
  self->position = 0;
  self->n_concealed = 0;
}

static gint16
next_sample (AhoyGstConcealer *self)
{
  int full = (int)self->rate * FULL_MS / 1000;
  int silent = (int)self->rate * SILENT_MS / 1000;
  int left = MIN (silent - (int)self->n_concealed, silent - full);
  gint16 sample = self->period[self->position];

  self->position = (self->position + 1) % self->n_period;
  if (left <= 0) {
    return 0;
  }
  self->n_concealed++;
  return (gint16)(sample * left / (silent - full));
}

/**
 * ahoy_gst_concealer_conceal:
 * @self: a concealer
 * @samples: (out caller-allocates) (array length=n_samples): filled with something like what was
 *   before
 * @n_samples: how many were lost
 */
void
ahoy_gst_concealer_conceal (AhoyGstConcealer *self, gint16 *samples, guint n_samples)
{
  if (self->n_period == 0) {
    begin (self);
  }
  for (guint i = 0; i < n_samples; i++) {
    samples[i] = next_sample (self);
  }
  remember (self, samples, n_samples);
}

/**
 * ahoy_gst_concealer_take:
 * @self: a concealer
 * @samples: (inout) (array length=n_samples): samples that were not lost; the first ones after a
 *   loss are blended with what replaced it
 * @n_samples: how many
 */
void
ahoy_gst_concealer_take (AhoyGstConcealer *self, gint16 *samples, guint n_samples)
{
  if (self->n_period > 0) {
    int blend = (int)MIN (n_samples, self->rate * BLEND_MS / 1000);

    for (int i = 0; i < blend; i++) {
      samples[i]
          = (gint16)((samples[i] * (i + 1) + next_sample (self) * (blend - i)) / (blend + 1));
    }
    self->n_period = 0;
  }
  remember (self, samples, n_samples);
}
