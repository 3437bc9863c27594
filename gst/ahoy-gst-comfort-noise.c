/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-gst-comfort-noise.h"

#define MAX_LEVEL 127 /* -dBov; all above is as silent */

/**
 * ahoy_gst_comfort_noise_init:
 * @self: (out caller-allocates): a generator that is silent so far
 */
void
ahoy_gst_comfort_noise_init (AhoyGstComfortNoise *self)
{
  memset (self, 0, sizeof *self);
  self->seed = 1;
}

/**
 * ahoy_gst_comfort_noise_take:
 * @self: a generator
 * @payload: (array length=size): of a packet of the CN format
 * @size: its size in bytes
 *
 * Takes a description: the level, and the shape as reflection coefficients (RFC 3389 §3). What goes
 * beyond twelve of them is left out.
 *
 * Returns: whether it was one
 */
gboolean
ahoy_gst_comfort_noise_take (AhoyGstComfortNoise *self, const guint8 *payload, gsize size)
{
  double power = 1, level;

  if (size < 1) {
    return FALSE;
  }
  level = MIN (payload[0] & 0x7f, MAX_LEVEL);
  self->order = (guint)MIN (size - 1, AHOY_GST_COMFORT_NOISE_MAX_ORDER);
  for (guint i = 0; i < self->order; i++) {
    /* 255 is reserved. */
    int index = MIN (payload[i + 1], 254);

    self->reflection[i] = 258.0 * (index - 127) / 32768;
    power *= 1 - self->reflection[i] * self->reflection[i];
  }
  /* 0 dBov is the power of the largest square wave; a uniform random number has a third of its
   * square. */
  self->gain = G_MAXINT16 * pow (10, -level / 20) * sqrt (3 * power);
  self->described = TRUE;
  return TRUE;
}

static double
next_random (AhoyGstComfortNoise *self)
{
  self->seed = self->seed * 1664525u + 1013904223u;
  return (gint32)self->seed / 2147483648.0;
}

/* The all-pole lattice. Each coefficient is below 1, so it is stable. */
static double
shape (AhoyGstComfortNoise *self, double sample)
{
  for (int i = (int)self->order - 1; i >= 0; i--) {
    sample -= self->reflection[i] * self->state[i];
    if (i + 1 < (int)self->order) {
      self->state[i + 1] = self->state[i] + self->reflection[i] * sample;
    }
  }
  self->state[0] = sample;
  return sample;
}

/**
 * ahoy_gst_comfort_noise_make:
 * @self: a generator
 * @samples: (out caller-allocates) (array length=n_samples): room
 * @n_samples: how many
 */
void
ahoy_gst_comfort_noise_make (AhoyGstComfortNoise *self, gint16 *samples, guint n_samples)
{
  if (!self->described) {
    memset (samples, 0, n_samples * sizeof *samples);
    return;
  }
  for (guint i = 0; i < n_samples; i++) {
    double sample = shape (self, next_random (self) * self->gain);

    samples[i] = (gint16)lrint (CLAMP (sample, G_MININT16, G_MAXINT16));
  }
}
