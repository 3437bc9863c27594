/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-dtmf-tones-private.h"

#include <math.h>

#include "ahoy-gst-dtmf-detector.h"

#define PAUSE ','
#define PAUSE_MS 500
/* -9 dBm0 and -7 dBm0, where 3.14 dBm0 is the largest sine: the high tone is louder, for lines take
 * more of it (ITU-T Q.23). */
#define LOW_AMPLITUDE 8100
#define HIGH_AMPLITUDE 10200

typedef struct {
  char digit;
  guint duration_ms;
  guint gap_ms;
} Item;

struct _AhoyGstDtmfTones {
  Item items[AHOY_GST_DTMF_QUEUE_SIZE];
  guint first, n_items;

  guint low, high;   /* Hz; 0: silence */
  double low_angle;
  double high_angle;
  double sound;      /* seconds of the digit that are left */
  double gap;        /* seconds of silence after it */

  AhoyGstDtmfDetector *detector;
  guint detector_rate;
};

AhoyGstDtmfTones *
ahoy_gst_dtmf_tones_new (void)
{
  return g_new0 (AhoyGstDtmfTones, 1);
}

void
ahoy_gst_dtmf_tones_free (AhoyGstDtmfTones *self)
{
  g_clear_pointer (&self->detector, ahoy_gst_dtmf_detector_free);
  g_free (self);
}

/* Sends digits, a comma is a pause; how many of them there was room for. */
guint
ahoy_gst_dtmf_tones_queue (AhoyGstDtmfTones *self, const char *digits, guint duration_ms,
                           guint gap_ms)
{
  guint n = 0;

  for (; digits[n] != '\0' && self->n_items < AHOY_GST_DTMF_QUEUE_SIZE; n++) {
    guint last = (self->first + self->n_items++) % AHOY_GST_DTMF_QUEUE_SIZE;

    self->items[last] = (Item){ digits[n], duration_ms, gap_ms };
  }
  return n;
}

gboolean
ahoy_gst_dtmf_tones_is_busy (AhoyGstDtmfTones *self)
{
  return self->n_items > 0 || self->sound > 0 || self->gap > 0;
}

static void
begin_next (AhoyGstDtmfTones *self)
{
  Item item = self->items[self->first];

  self->first = (self->first + 1) % AHOY_GST_DTMF_QUEUE_SIZE;
  self->n_items--;
  self->low_angle = self->high_angle = 0;
  if (ahoy_gst_dtmf_get_frequencies (item.digit, &self->low, &self->high)) {
    self->sound = item.duration_ms / 1000.0;
    self->gap = item.gap_ms / 1000.0;
  } else {
    self->gap = item.digit == PAUSE ? PAUSE_MS / 1000.0 : 0;
  }
}

static gint16
next_sample (AhoyGstDtmfTones *self, double step)
{
  double sample;

  if (self->sound <= 0 && self->gap <= 0 && self->n_items > 0) {
    begin_next (self);
  }
  if (self->sound <= 0) {
    self->gap -= step;
    return 0;
  }
  self->sound -= step;
  sample = LOW_AMPLITUDE * sin (self->low_angle) + HIGH_AMPLITUDE * sin (self->high_angle);
  self->low_angle += 2 * G_PI * self->low * step;
  self->high_angle += 2 * G_PI * self->high * step;
  return (gint16) lrint (sample);
}

/* What is to be sent in place of the sound; FALSE when there are no digits to send. */
gboolean
ahoy_gst_dtmf_tones_pull (AhoyGstDtmfTones *self, gint16 *samples, guint n_samples, guint rate)
{
  if (!ahoy_gst_dtmf_tones_is_busy (self)) {
    return FALSE;
  }
  for (guint i = 0; i < n_samples; i++) {
    samples[i] = next_sample (self, 1.0 / rate);
  }
  return TRUE;
}

/* Listens to what comes. */
void
ahoy_gst_dtmf_tones_push (AhoyGstDtmfTones *self, const gint16 *samples, guint n_samples,
                          guint rate)
{
  if (self->detector == NULL || self->detector_rate != rate) {
    g_clear_pointer (&self->detector, ahoy_gst_dtmf_detector_free);
    self->detector = ahoy_gst_dtmf_detector_new (rate);
    self->detector_rate = rate;
  }
  ahoy_gst_dtmf_detector_push (self->detector, samples, n_samples);
}

gboolean
ahoy_gst_dtmf_tones_pop (AhoyGstDtmfTones *self, AhoyGstDtmfEvent *event)
{
  return self->detector != NULL && ahoy_gst_dtmf_detector_pop (self->detector, event);
}
