/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-outlet-private.h"

#include <string.h>

#include "ahoy-gst-resampler.h"

#define CAPACITY 19200 /* 400 ms at 48 kHz */

struct _AhoyGstOutlet {
  guint rate; /* of what is put; 0 before anything was */
  AhoyGstResampler *resampler;
  guint n_samples;
  gint16 samples[CAPACITY];
};

AhoyGstOutlet *
ahoy_gst_outlet_new (void)
{
  return g_new0 (AhoyGstOutlet, 1);
}

void
ahoy_gst_outlet_free (AhoyGstOutlet *self)
{
  if (self == NULL) {
    return;
  }
  g_clear_pointer (&self->resampler, ahoy_gst_resampler_free);
  g_free (self);
}

static guint
fetch (gpointer user_data, gint16 *samples, guint n_samples)
{
  AhoyGstOutlet *self = user_data;

  n_samples = MIN (n_samples, self->n_samples);
  memcpy (samples, self->samples, n_samples * sizeof *samples);
  self->n_samples -= n_samples;
  memmove (self->samples, self->samples + n_samples, self->n_samples * sizeof *self->samples);
  return n_samples;
}

void
ahoy_gst_outlet_put (AhoyGstOutlet *self, const gint16 *samples, guint n_samples, guint rate)
{
  guint lost;

  if (rate != self->rate) {
    g_clear_pointer (&self->resampler, ahoy_gst_resampler_free);
    self->resampler = ahoy_gst_resampler_new (rate, fetch, self);
    self->rate = rate;
    self->n_samples = 0;
  }
  n_samples = MIN (n_samples, CAPACITY);
  lost = self->n_samples + n_samples > CAPACITY ? self->n_samples + n_samples - CAPACITY : 0;
  self->n_samples -= lost;
  memmove (self->samples, self->samples + lost, self->n_samples * sizeof *self->samples);
  memcpy (self->samples + self->n_samples, samples, n_samples * sizeof *samples);
  self->n_samples += n_samples;
}

void
ahoy_gst_outlet_take (AhoyGstOutlet *self, gint16 *samples, guint n_samples, guint rate)
{
  guint n = self->resampler != NULL
                ? ahoy_gst_resampler_pull (self->resampler, samples, n_samples, rate)
                : 0;

  memset (samples + n, 0, (n_samples - n) * sizeof *samples);
}

/* What was put and not taken is lost. */
void
ahoy_gst_outlet_clear (AhoyGstOutlet *self)
{
  self->n_samples = 0;
}
