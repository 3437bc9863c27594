/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-beep-private.h"

#include <math.h>

/* 1400 Hz for 200 ms, as devices that record telephone calls have beeped since 1947. */
#define FREQUENCY 1400
#define DURATION_MS 200
#define EDGE_MS 5
#define AMPLITUDE 3000 /* -21 dB of the largest sample */

/* Begins, or begins again. */
void
ahoy_gst_beep_start (AhoyGstBeep *self)
{
  *self = (AhoyGstBeep){ .on = TRUE };
}

gboolean
ahoy_gst_beep_is_heard (const AhoyGstBeep *self)
{
  return self->on;
}

/* Adds what is heard of it now; the rate does not change in between. */
void
ahoy_gst_beep_mix (AhoyGstBeep *self, gint16 *samples, guint n_samples, guint rate)
{
  guint length = rate / 1000 * DURATION_MS;
  guint edge = rate / 1000 * EDGE_MS;

  for (guint i = 0; i < n_samples && self->on; i++) {
    guint left = length - self->n_done;
    guint from_edge = MIN (MIN (self->n_done, left), edge);
    double tone = sin (2 * G_PI * FREQUENCY * self->n_done / rate);
    int sum = samples[i] + (int) (AMPLITUDE * tone * from_edge / edge);

    samples[i] = (gint16) CLAMP (sum, G_MININT16, G_MAXINT16);
    self->on = ++self->n_done < length;
  }
}
