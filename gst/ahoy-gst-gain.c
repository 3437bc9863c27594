/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-gain-private.h"

#include "ahoy-media-stream.h"

/**
 * ahoy_gst_gain_from_volume:
 * @volume: 0 for silence, 1 for as it is, at most #AHOY_MEDIA_STREAM_MAX_VOLUME
 *
 * Returns: the gain; what is out of range is brought into it
 */
int
ahoy_gst_gain_from_volume (double volume)
{
  return (int) (CLAMP (volume, 0, AHOY_MEDIA_STREAM_MAX_VOLUME) * AHOY_GST_GAIN_UNITY + 0.5);
}

/* The largest gain is 16: even times -32768 the product has 32 bits. */
static inline gint16
scale (gint16 sample, int gain)
{
  return (gint16) CLAMP (sample * gain / AHOY_GST_GAIN_UNITY, G_MININT16, G_MAXINT16);
}

/**
 * ahoy_gst_gain_apply:
 * @self: where the gain is now; it is at @wanted afterwards
 * @wanted: the gain, of ahoy_gst_gain_from_volume()
 * @samples: (array length=n_samples): samples, which are made louder or softer; those that would be
 *   too loud become the loudest there are
 * @n_samples: how many
 *
 * Costs nothing as long as the gain is and stays 1.
 */
void
ahoy_gst_gain_apply (AhoyGstGain *self, int wanted, gint16 *samples, guint n_samples)
{
  gint64 step = wanted - self->now;

  if (step == 0 && wanted == AHOY_GST_GAIN_UNITY) {
    return;
  }
  for (guint i = 0; step == 0 && i < n_samples; i++) {
    samples[i] = scale (samples[i], wanted);
  }
  for (guint i = 0; step != 0 && i < n_samples; i++) {
    samples[i] = scale (samples[i], self->now + (int) (step * (i + 1) / n_samples));
  }
  self->now = wanted;
}
