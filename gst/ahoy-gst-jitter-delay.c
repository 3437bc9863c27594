/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <string.h>

#include "ahoy-gst-jitter-delay.h"

#define BIN (10 * G_TIME_SPAN_MILLISECOND)
#define MARGIN BIN                      /* the puller's clock has its own grid */
#define WINDOW (4 * G_TIME_SPAN_SECOND) /* short enough to follow a clock that drifts */
#define JUMP (2 * G_TIME_SPAN_SECOND)   /* no network does that; the sender began anew */
#define MEMORY 500                      /* packets */
#define IN_TIME 0.98                    /* the share of packets that is waited for */

/**
 * ahoy_gst_jitter_delay_init:
 * @self: (out caller-allocates): an estimate
 * @min_ms: the least to wait, in milliseconds
 * @max_ms: the most to wait, in milliseconds
 */
void
ahoy_gst_jitter_delay_init (AhoyGstJitterDelay *self, guint min_ms, guint max_ms)
{
  memset (self, 0, sizeof *self);
  self->min_target = min_ms * G_TIME_SPAN_MILLISECOND;
  self->max_target = max_ms * G_TIME_SPAN_MILLISECOND;
  self->target = self->min_target;
}

/**
 * ahoy_gst_jitter_delay_restart:
 * @self: an estimate
 *
 * Forgets how media time and arrival belong together, and keeps how much that varies: it is the
 * same network.
 */
void
ahoy_gst_jitter_delay_restart (AhoyGstJitterDelay *self)
{
  self->started = FALSE;
}

static void
begin (AhoyGstJitterDelay *self, gint64 transit, gint64 arrival)
{
  self->started = TRUE;
  self->fastest = self->fastest_now = self->fastest_before = transit;
  self->window_end = arrival + WINDOW;
}

static void
track_fastest (AhoyGstJitterDelay *self, gint64 transit, gint64 arrival)
{
  if (arrival >= self->window_end) {
    self->fastest_before = self->fastest_now;
    self->fastest_now = transit;
    self->window_end = arrival + WINDOW;
  }
  self->fastest_now = MIN (self->fastest_now, transit);
  self->fastest = MIN (self->fastest_now, self->fastest_before);
}

static void
count (AhoyGstJitterDelay *self, gint64 late)
{
  guint bin = (guint)CLAMP (late / BIN, 0, AHOY_GST_JITTER_BINS - 1);
  guint seen = 0, wanted;

  self->bins[bin]++;
  if (++self->n_counted >= MEMORY) {
    self->n_counted = 0;
    for (guint i = 0; i < AHOY_GST_JITTER_BINS; i++) {
      self->bins[i] /= 2;
      self->n_counted += self->bins[i];
    }
  }
  wanted = (guint)(self->n_counted * IN_TIME);
  for (bin = 0; bin < AHOY_GST_JITTER_BINS - 1; bin++) {
    seen += self->bins[bin];
    if (seen > wanted || seen == self->n_counted) {
      break;
    }
  }
  self->target = CLAMP (bin * BIN + MARGIN, self->min_target, self->max_target);
}

/**
 * ahoy_gst_jitter_delay_add:
 * @self: an estimate
 * @media_time: of a packet, in microseconds
 * @arrival: of it, in microseconds
 *
 * Returns: %FALSE if the sender's time jumped; the estimate then begins with this packet
 */
gboolean
ahoy_gst_jitter_delay_add (AhoyGstJitterDelay *self, gint64 media_time, gint64 arrival)
{
  gint64 transit = arrival - media_time;

  if (!self->started) {
    begin (self, transit, arrival);
    return TRUE;
  }
  if (ABS (transit - self->fastest) > JUMP) {
    begin (self, transit, arrival);
    return FALSE;
  }
  track_fastest (self, transit, arrival);
  count (self, transit - self->fastest);
  return TRUE;
}

/**
 * ahoy_gst_jitter_delay_expect:
 * @self: an estimate
 * @media_time: of a packet, in microseconds
 *
 * Returns: when the packet arrives at the earliest, in microseconds
 */
gint64
ahoy_gst_jitter_delay_expect (AhoyGstJitterDelay *self, gint64 media_time)
{
  return media_time + self->fastest;
}
