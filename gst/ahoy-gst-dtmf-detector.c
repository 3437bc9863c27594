/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-gst-dtmf-detector.h"

#define BLOCK_MS 12.75 /* 102 samples at 8000 Hz: as wide as the frequencies lie apart */
#define N_FREQUENCIES 4
#define MAX_EVENTS 16

#define WEAKEST 130.0     /* amplitude of each tone: -45 dBm0 */
#define NORMAL_TWIST 6.3  /* 8 dB: power of the low tone against the high one */
#define REVERSE_TWIST 2.5 /* 4 dB: the other way */
#define APART 6.3         /* 8 dB: the tone against the others of its group */
#define PURITY 0.72       /* the share of both tones in all that is heard; speech has less */

static const guint low_frequencies[N_FREQUENCIES] = { 697, 770, 852, 941 };
static const guint high_frequencies[N_FREQUENCIES] = { 1209, 1336, 1477, 1633 };
static const char keys[] = "123A456B789C*0#D";

typedef struct {
  double coefficient;
  double before, before_that;
} Filter;

struct _AhoyGstDtmfDetector {
  guint rate;
  guint block;
  guint n_samples; /* in the block so far */
  double energy;
  Filter low[N_FREQUENCIES];
  Filter high[N_FREQUENCIES];

  char last;    /* what the last block held; 0 for nothing */
  char pressed; /* what two blocks in a row held */
  guint n_blocks;
  double power; /* of the last block that held it */

  AhoyGstDtmfEvent events[MAX_EVENTS];
  guint first, n_events;
};

static void
init_filter (Filter *self, guint frequency, guint rate)
{
  self->coefficient = 2 * cos (2 * G_PI * frequency / rate);
}

/**
 * ahoy_gst_dtmf_detector_new:
 * @rate: of the samples, in Hz
 *
 * Returns: (transfer full): a detector
 */
AhoyGstDtmfDetector *
ahoy_gst_dtmf_detector_new (guint rate)
{
  AhoyGstDtmfDetector *self;

  g_return_val_if_fail (rate >= 8000, NULL);

  self = g_new0 (AhoyGstDtmfDetector, 1);
  self->rate = rate;
  self->block = (guint)(rate * BLOCK_MS / 1000);
  for (guint i = 0; i < N_FREQUENCIES; i++) {
    init_filter (&self->low[i], low_frequencies[i], rate);
    init_filter (&self->high[i], high_frequencies[i], rate);
  }
  return self;
}

/**
 * ahoy_gst_dtmf_detector_free:
 * @self: (transfer full): a detector
 */
void
ahoy_gst_dtmf_detector_free (AhoyGstDtmfDetector *self)
{
  g_free (self);
}

static void
feed (Filter *self, double sample)
{
  double now = sample + self->coefficient * self->before - self->before_that;

  self->before_that = self->before;
  self->before = now;
}

/* The square of the tone's amplitude; the filter begins anew. */
static double
finish (Filter *self, guint n)
{
  double power = self->before * self->before + self->before_that * self->before_that
                 - self->coefficient * self->before * self->before_that;

  self->before = self->before_that = 0;
  return power * 4 / ((double)n * n);
}

static guint
strongest (const double *powers)
{
  guint best = 0;

  for (guint i = 1; i < N_FREQUENCIES; i++) {
    if (powers[i] > powers[best]) {
      best = i;
    }
  }
  return best;
}

static gboolean
stands_out (const double *powers, guint best)
{
  for (guint i = 0; i < N_FREQUENCIES; i++) {
    if (i != best && powers[i] * APART > powers[best]) {
      return FALSE;
    }
  }
  return powers[best] > WEAKEST * WEAKEST;
}

/* What the block holds. */
static char
judge (AhoyGstDtmfDetector *self)
{
  double low[N_FREQUENCIES], high[N_FREQUENCIES], both;
  double energy = self->energy * 2 / self->block;
  guint row, column;

  for (guint i = 0; i < N_FREQUENCIES; i++) {
    low[i] = finish (&self->low[i], self->block);
    high[i] = finish (&self->high[i], self->block);
  }
  self->energy = 0;
  row = strongest (low);
  column = strongest (high);
  both = low[row] + high[column];
  if (!stands_out (low, row) || !stands_out (high, column) || low[row] > high[column] * NORMAL_TWIST
      || high[column] > low[row] * REVERSE_TWIST || both < PURITY * energy) {
    return '\0';
  }
  self->power = both;
  return keys[row * N_FREQUENCIES + column];
}

/* The level of both tones in -dBm0; a sine of full scale has 3.14 dBm0. */
static guint8
to_volume (double power)
{
  double dbm0 = 10 * log10 (power / (32767.0 * 32767.0)) + 3.14;

  return (guint8)CLAMP (-dbm0, 0, 63);
}

static void
release (AhoyGstDtmfDetector *self)
{
  AhoyGstDtmfEvent event = {
    .digit = self->pressed,
    .volume = to_volume (self->power),
    .complete = TRUE,
    .duration_ms = (guint)(self->n_blocks * BLOCK_MS),
  };

  self->pressed = '\0';
  if (self->n_events < MAX_EVENTS) {
    self->events[(self->first + self->n_events++) % MAX_EVENTS] = event;
  }
}

/* One block more or less makes or breaks no digit: it takes two alike to begin it, and two others
 * to end it. */
static void
end_block (AhoyGstDtmfDetector *self)
{
  char found = judge (self);

  if (self->pressed != '\0') {
    self->n_blocks++;
    if (found != self->pressed && self->last != self->pressed) {
      self->n_blocks -= 2;
      release (self);
    }
  }
  if (self->pressed == '\0' && found != '\0' && found == self->last) {
    self->pressed = found;
    self->n_blocks = 2;
  }
  self->last = found;
}

/**
 * ahoy_gst_dtmf_detector_push:
 * @self: a detector
 * @samples: (array length=n_samples): what was heard
 * @n_samples: how many samples
 */
void
ahoy_gst_dtmf_detector_push (AhoyGstDtmfDetector *self, const gint16 *samples, guint n_samples)
{
  g_return_if_fail (self != NULL && (samples != NULL || n_samples == 0));

  for (guint i = 0; i < n_samples; i++) {
    double sample = samples[i];

    for (guint n = 0; n < N_FREQUENCIES; n++) {
      feed (&self->low[n], sample);
      feed (&self->high[n], sample);
    }
    self->energy += sample * sample;
    if (++self->n_samples == self->block) {
      self->n_samples = 0;
      end_block (self);
    }
  }
}

/**
 * ahoy_gst_dtmf_detector_pop:
 * @self: a detector
 * @event: (out caller-allocates): a digit; its duration is right to within 20 ms
 *
 * Fetches the next digit that was released.
 *
 * Returns: whether there was one
 */
gboolean
ahoy_gst_dtmf_detector_pop (AhoyGstDtmfDetector *self, AhoyGstDtmfEvent *event)
{
  g_return_val_if_fail (self != NULL && event != NULL, FALSE);

  if (self->n_events == 0) {
    return FALSE;
  }
  *event = self->events[self->first];
  self->first = (self->first + 1) % MAX_EVENTS;
  self->n_events--;
  return TRUE;
}

/**
 * ahoy_gst_dtmf_detector_get_pressed:
 * @self: a detector
 *
 * Returns: the digit that is heard at this moment; 0 for none
 */
char
ahoy_gst_dtmf_detector_get_pressed (AhoyGstDtmfDetector *self)
{
  g_return_val_if_fail (self != NULL, '\0');

  return self->pressed;
}

/**
 * ahoy_gst_dtmf_get_frequencies:
 * @digit: 0-9, *, #, A-D
 * @low: (out): the frequency of its row, in Hz
 * @high: (out): the frequency of its column, in Hz
 *
 * Returns: whether there is a tone of that digit (ITU-T Q.23)
 */
gboolean
ahoy_gst_dtmf_get_frequencies (char digit, guint *low, guint *high)
{
  const char *key = digit != '\0' ? strchr (keys, g_ascii_toupper (digit)) : NULL;

  if (key == NULL) {
    return FALSE;
  }
  *low = low_frequencies[(key - keys) / N_FREQUENCIES];
  *high = high_frequencies[(key - keys) % N_FREQUENCIES];
  return TRUE;
}
