/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-dtmf.h"

#define LOST_END (250 * G_TIME_SPAN_MILLISECOND) /* of silence: updates come at least every 50 ms  \
                                                  */
#define FORGET (2 * G_TIME_SPAN_SECOND)          /* then an older timestamp is a new event again */
#define SEGMENT 0xffffu
#define MAX_EVENTS 16
#define MAX_PACKED 8

struct _AhoyGstDtmfReceiver {
  guint clock_rate;
  gboolean pressed;
  AhoyGstDtmfPayload current;
  guint64 before;  /* the current event's duration before its segment */
  guint32 segment; /* timestamp of the newest event, or of its newest segment */
  gboolean has_segment;
  gint64 heard;

  AhoyGstDtmfEvent events[MAX_EVENTS];
  guint first, n_events;
  AhoyGstDtmfReceiverStats stats;
};

/**
 * ahoy_gst_dtmf_receiver_new:
 * @clock_rate: of the telephone-event format, in Hz
 *
 * Returns: (transfer full): a receiver
 */
AhoyGstDtmfReceiver *
ahoy_gst_dtmf_receiver_new (guint clock_rate)
{
  AhoyGstDtmfReceiver *self;

  g_return_val_if_fail (clock_rate > 0, NULL);

  self = g_new0 (AhoyGstDtmfReceiver, 1);
  self->clock_rate = clock_rate;
  return self;
}

/**
 * ahoy_gst_dtmf_receiver_free:
 * @self: (transfer full): a receiver
 */
void
ahoy_gst_dtmf_receiver_free (AhoyGstDtmfReceiver *self)
{
  g_free (self);
}

/* Digits that nobody fetched give way to none: the sender of a flood gains nothing. */
static void
release (AhoyGstDtmfReceiver *self, gboolean complete)
{
  guint64 units = self->before + self->current.duration;
  AhoyGstDtmfEvent *event;

  self->pressed = FALSE;
  if (self->n_events == MAX_EVENTS) {
    self->stats.overflow++;
    return;
  }
  event = &self->events[(self->first + self->n_events++) % MAX_EVENTS];
  event->digit = ahoy_gst_dtmf_event_to_digit (self->current.event);
  event->volume = self->current.volume;
  event->complete = complete;
  event->duration_ms = (guint)MIN (units * 1000 / self->clock_rate, G_MAXUINT);
}

static void
press (AhoyGstDtmfReceiver *self, guint32 timestamp, const AhoyGstDtmfPayload *payload)
{
  self->pressed = TRUE;
  self->has_segment = TRUE;
  self->segment = timestamp;
  self->before = 0;
  self->current = *payload;
}

/* Whether an event at a later timestamp is the current one going on: the next segment of a long
 * one, or the next packet of a sender that moves the timestamp on within an event. */
static gboolean
goes_on (AhoyGstDtmfReceiver *self, guint32 later, gboolean marker,
         const AhoyGstDtmfPayload *payload)
{
  return !marker && payload->event == self->current.event
         && (later == SEGMENT || later <= self->current.duration + self->clock_rate / 50);
}

static void
take (AhoyGstDtmfReceiver *self, guint32 timestamp, gboolean marker,
      const AhoyGstDtmfPayload *payload)
{
  gint32 later = (gint32)(timestamp - self->segment);

  if (!self->has_segment || (later > 0 && !self->pressed)) {
    press (self, timestamp, payload);
    return;
  }
  if (later < 0) {
    self->stats.late++;
    return;
  }
  if (later > 0 && goes_on (self, (guint32)later, marker, payload)) {
    self->before += (guint32)later;
    self->segment = timestamp;
    self->current = *payload;
    return;
  }
  if (later > 0) {
    release (self, FALSE);
    press (self, timestamp, payload);
    return;
  }
  if (self->pressed && payload->event == self->current.event) {
    self->current.duration = MAX (self->current.duration, payload->duration);
    self->current.volume = payload->volume;
  }
}

/* What was not heard of for a while is over. */
static void
check_time (AhoyGstDtmfReceiver *self, gint64 now)
{
  if (self->pressed && now - self->heard > LOST_END) {
    release (self, FALSE);
  }
  if (!self->pressed && now - self->heard > FORGET) {
    self->has_segment = FALSE;
  }
}

/**
 * ahoy_gst_dtmf_receiver_push:
 * @self: a receiver
 * @timestamp: of the RTP packet
 * @marker: of the RTP packet
 * @payload: (array length=size): of the RTP packet
 * @size: its size in bytes
 * @now: the time of arrival in microseconds
 *
 * Takes a packet of the telephone-event format, in whatever order they come. It may hold several
 * events, one after the other (RFC 4733 §2.5.1.5).
 */
void
ahoy_gst_dtmf_receiver_push (AhoyGstDtmfReceiver *self, guint32 timestamp, gboolean marker,
                             const guint8 *payload, gsize size, gint64 now)
{
  AhoyGstDtmfPayload event;
  guint n_events;

  g_return_if_fail (self != NULL && (payload != NULL || size == 0));

  /* A packet of the digit that is pressed tells that it goes on, however late we look at it. */
  if (!self->pressed || timestamp != self->segment) {
    check_time (self, now);
  }
  if (size < AHOY_GST_DTMF_PAYLOAD_SIZE) {
    self->stats.malformed++;
    return;
  }
  n_events = size % AHOY_GST_DTMF_PAYLOAD_SIZE == 0 ? size / AHOY_GST_DTMF_PAYLOAD_SIZE : 1;
  for (guint i = 0; i < MIN (n_events, MAX_PACKED); i++) {
    ahoy_gst_dtmf_payload_read (&event, payload + i * AHOY_GST_DTMF_PAYLOAD_SIZE,
                                AHOY_GST_DTMF_PAYLOAD_SIZE);
    if (ahoy_gst_dtmf_event_to_digit (event.event) == '\0') {
      self->stats.unknown++;
      return;
    }
    take (self, timestamp, marker, &event);
    if (self->pressed && self->segment == timestamp) {
      self->heard = now;
    }
    if (!event.end) {
      return;
    }
    if (self->pressed && self->segment == timestamp && self->current.event == event.event) {
      release (self, TRUE);
    }
    timestamp += event.duration;
  }
}

/**
 * ahoy_gst_dtmf_receiver_pop:
 * @self: a receiver
 * @now: the time in microseconds, of the same clock as that of the packets
 * @event: (out caller-allocates): a digit
 *
 * Fetches the next digit that was released. To be called after each packet and at each tick, so
 * that a digit whose end was lost is found over.
 *
 * Returns: whether there was one
 */
gboolean
ahoy_gst_dtmf_receiver_pop (AhoyGstDtmfReceiver *self, gint64 now, AhoyGstDtmfEvent *event)
{
  g_return_val_if_fail (self != NULL && event != NULL, FALSE);

  check_time (self, now);
  if (self->n_events == 0) {
    return FALSE;
  }
  *event = self->events[self->first];
  self->first = (self->first + 1) % MAX_EVENTS;
  self->n_events--;
  return TRUE;
}

/**
 * ahoy_gst_dtmf_receiver_reset:
 * @self: a receiver
 *
 * To be called when the SSRC changes: a digit that is pressed is over, and timestamps begin anew.
 */
void
ahoy_gst_dtmf_receiver_reset (AhoyGstDtmfReceiver *self)
{
  g_return_if_fail (self != NULL);

  if (self->pressed) {
    release (self, FALSE);
  }
  self->has_segment = FALSE;
}

/**
 * ahoy_gst_dtmf_receiver_get_pressed:
 * @self: a receiver
 *
 * Returns: the digit that is pressed at this moment; 0 for none
 */
char
ahoy_gst_dtmf_receiver_get_pressed (AhoyGstDtmfReceiver *self)
{
  g_return_val_if_fail (self != NULL, '\0');

  return self->pressed ? ahoy_gst_dtmf_event_to_digit (self->current.event) : '\0';
}

/**
 * ahoy_gst_dtmf_receiver_get_stats:
 * @self: a receiver
 *
 * Returns: (transfer none): what was not a digit
 */
const AhoyGstDtmfReceiverStats *
ahoy_gst_dtmf_receiver_get_stats (AhoyGstDtmfReceiver *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->stats;
}
