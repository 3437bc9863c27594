/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-error.h"
#include "ahoy-gst-dtmf.h"

#define PAUSE_MS 500
#define LONG_PAUSE_MS 2000
#define END_PACKETS 3   /* RFC 4733 §2.5.1.4 */
#define SEGMENT 0xffffu /* RFC 4733 §2.5.1.3 */

typedef struct {
  guint8 event;
  guint8 volume;
  gboolean pause;
  gboolean held; /* until it is let go */
  gboolean let_go;
  guint32 duration; /* in units of the clock rate, as all that follows */
  guint gap;        /* the silence after it */
} Item;

typedef enum { IDLE, SOUNDING, ENDING, WAITING } State;

struct _AhoyGstDtmfSender {
  guint clock_rate;
  Item items[AHOY_GST_DTMF_QUEUE_SIZE];
  guint first, n_items;

  State state;
  Item item;
  guint32 start;
  guint32 segment; /* where the current segment began */
  guint32 until;   /* WAITING: the time of the next item */
  gboolean first_packet;
  guint repeats; /* ENDING: packets left */
  AhoyGstDtmfPacket last;
};

/**
 * ahoy_gst_dtmf_sender_new:
 * @clock_rate: of the telephone-event format, in Hz; that of the audio it stands in
 *
 * Returns: (transfer full): a sender with nothing to send
 */
AhoyGstDtmfSender *
ahoy_gst_dtmf_sender_new (guint clock_rate)
{
  AhoyGstDtmfSender *self;

  g_return_val_if_fail (clock_rate > 0, NULL);

  self = g_new0 (AhoyGstDtmfSender, 1);
  self->clock_rate = clock_rate;
  return self;
}

/**
 * ahoy_gst_dtmf_sender_free:
 * @self: (transfer full): a sender
 */
void
ahoy_gst_dtmf_sender_free (AhoyGstDtmfSender *self)
{
  g_free (self);
}

static guint
to_units (AhoyGstDtmfSender *self, guint milliseconds)
{
  return (guint)((guint64)milliseconds * self->clock_rate / 1000);
}

static void
append (AhoyGstDtmfSender *self, Item item)
{
  self->items[(self->first + self->n_items++) % AHOY_GST_DTMF_QUEUE_SIZE] = item;
}

static gboolean
check_volume (guint volume, GError **error)
{
  if (volume > 63) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "DTMF volume %u is not between 0 and 63 (-dBm0); 10 is usual", volume);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_room (AhoyGstDtmfSender *self, gsize n_items, GError **error)
{
  if (n_items > AHOY_GST_DTMF_QUEUE_SIZE - self->n_items) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%" G_GSIZE_FORMAT " more DTMF digits do not fit behind the %u that wait; "
                 "at most %u may wait, send fewer at a time",
                 n_items, self->n_items, AHOY_GST_DTMF_QUEUE_SIZE);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_digit (AhoyGstDtmfSender *self, char digit, Item *item)
{
  int event = ahoy_gst_dtmf_digit_to_event (digit);

  if (digit == 'w' || digit == 'W' || digit == ',') {
    item->pause = TRUE;
    item->duration = to_units (self, digit == ',' ? LONG_PAUSE_MS : PAUSE_MS);
    item->gap = 0;
    return TRUE;
  }
  item->event = (guint8)event;
  return event >= 0;
}

/* Looks at every digit before one is queued, so that a string is sent whole or not at all. */
static gsize
count_digits (AhoyGstDtmfSender *self, const char *digits, GError **error)
{
  gsize n = 0;

  for (; digits[n] != '\0'; n++) {
    Item item = { 0 };

    if (!read_digit (self, digits[n], &item)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "Character %" G_GSIZE_FORMAT " of the DTMF string is no digit; "
                   "use 0-9, *, #, A-D, ! for flash, w and , for pauses",
                   n + 1);
      return 0;
    }
  }
  if (n == 0) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "The DTMF string is empty; give at least one digit");
  }
  return n;
}

/**
 * ahoy_gst_dtmf_sender_queue:
 * @self: a sender
 * @digits: 0-9, *, #, A-D, ! (flash), and w (500 ms) or , (2 s) for a pause
 * @duration_ms: how long each digit sounds, 40 to 60000 milliseconds
 * @gap_ms: the silence after each digit in milliseconds, at most 60000
 * @volume: 0 to 63 in -dBm0
 * @error: what was wrong with the digits
 *
 * Queues digits behind those that wait.
 *
 * Returns: whether all of them are queued; otherwise none is
 */
gboolean
ahoy_gst_dtmf_sender_queue (AhoyGstDtmfSender *self, const char *digits, guint duration_ms,
                            guint gap_ms, guint volume, GError **error)
{
  gsize n_items;

  g_return_val_if_fail (self != NULL && digits != NULL, FALSE);

  if (duration_ms < AHOY_GST_DTMF_MIN_DURATION || duration_ms > AHOY_GST_DTMF_MAX_DURATION
      || gap_ms > AHOY_GST_DTMF_MAX_DURATION) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A DTMF duration of %u ms with a gap of %u ms cannot be sent; "
                 "a digit lasts %u to %u ms and a gap at most as long",
                 duration_ms, gap_ms, AHOY_GST_DTMF_MIN_DURATION, AHOY_GST_DTMF_MAX_DURATION);
    return FALSE;
  }
  n_items = count_digits (self, digits, error);
  if (n_items == 0 || !check_volume (volume, error) || !check_room (self, n_items, error)) {
    return FALSE;
  }
  for (gsize i = 0; i < n_items; i++) {
    Item item = { .volume = (guint8)volume,
                  .duration = to_units (self, duration_ms),
                  .gap = to_units (self, gap_ms) };

    read_digit (self, digits[i], &item);
    append (self, item);
  }
  return TRUE;
}

/**
 * ahoy_gst_dtmf_sender_press:
 * @self: a sender
 * @digit: 0-9, *, #, A-D or !
 * @volume: 0 to 63 in -dBm0
 * @error: what was wrong with the digit
 *
 * Queues a digit that sounds until ahoy_gst_dtmf_sender_release() or a minute has passed.
 *
 * Returns: whether it is queued
 */
gboolean
ahoy_gst_dtmf_sender_press (AhoyGstDtmfSender *self, char digit, guint volume, GError **error)
{
  Item item = { .volume = (guint8)volume, .held = TRUE };
  int event = ahoy_gst_dtmf_digit_to_event (digit);

  g_return_val_if_fail (self != NULL, FALSE);

  if (event < 0) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "The pressed key is no DTMF digit; use 0-9, *, #, A-D or !");
    return FALSE;
  }
  if (!check_volume (volume, error) || !check_room (self, 1, error)) {
    return FALSE;
  }
  item.event = (guint8)event;
  item.duration = to_units (self, AHOY_GST_DTMF_MAX_DURATION);
  item.gap = to_units (self, AHOY_GST_DTMF_MIN_DURATION);
  append (self, item);
  return TRUE;
}

static void
let_go (Item *item)
{
  item->let_go |= item->held;
}

/**
 * ahoy_gst_dtmf_sender_release:
 * @self: a sender
 *
 * Ends the digits that were pressed, each after at least 40 ms.
 */
void
ahoy_gst_dtmf_sender_release (AhoyGstDtmfSender *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->n_items; i++) {
    let_go (&self->items[(self->first + i) % AHOY_GST_DTMF_QUEUE_SIZE]);
  }
  let_go (&self->item);
}

/**
 * ahoy_gst_dtmf_sender_clear:
 * @self: a sender
 *
 * Forgets the digits that wait. The one that sounds is ended properly.
 */
void
ahoy_gst_dtmf_sender_clear (AhoyGstDtmfSender *self)
{
  g_return_if_fail (self != NULL);

  self->n_items = 0;
  self->item.let_go = TRUE;
}

/**
 * ahoy_gst_dtmf_sender_is_busy:
 * @self: a sender
 *
 * Returns: whether there is something to send or a gap to keep
 */
gboolean
ahoy_gst_dtmf_sender_is_busy (AhoyGstDtmfSender *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state != IDLE || self->n_items > 0;
}

static void
wait_until (AhoyGstDtmfSender *self, guint32 until)
{
  self->state = WAITING;
  self->until = until;
}

static void
take_next (AhoyGstDtmfSender *self, guint32 timestamp)
{
  self->item = self->items[self->first];
  self->first = (self->first + 1) % AHOY_GST_DTMF_QUEUE_SIZE;
  self->n_items--;
  if (self->item.pause) {
    wait_until (self, timestamp + self->item.duration);
    return;
  }
  self->state = SOUNDING;
  self->start = self->segment = timestamp;
  self->first_packet = TRUE;
}

/* A segment that is full ends without end bit, and the next begins where it ended. It is said once
 * only: the timestamp of the next one tells its length too. */
static void
fill_packet (AhoyGstDtmfSender *self, guint32 elapsed, AhoyGstDtmfPacket *packet)
{
  AhoyGstDtmfPayload payload = { .event = self->item.event, .volume = self->item.volume };
  guint32 duration;

  if (self->item.let_go) {
    guint32 shortest = to_units (self, AHOY_GST_DTMF_MIN_DURATION);

    self->item.duration = MIN (self->item.duration, MAX (elapsed, shortest));
  }
  duration = MIN (elapsed, self->item.duration) - (self->segment - self->start);
  packet->timestamp = self->segment;
  packet->marker = self->first_packet;
  payload.duration = (guint16)MIN (duration, SEGMENT);
  payload.end = duration <= SEGMENT && elapsed >= self->item.duration;
  ahoy_gst_dtmf_payload_write (&payload, packet->payload);
  self->last = *packet;
  self->last.marker = FALSE;
  self->first_packet = FALSE;
  if (payload.end) {
    self->state = ENDING;
    self->repeats = END_PACKETS - 1;
  } else if (duration > SEGMENT) {
    self->segment += SEGMENT;
  }
}

static void
repeat_end (AhoyGstDtmfSender *self, AhoyGstDtmfPacket *packet)
{
  *packet = self->last;
  if (--self->repeats == 0) {
    wait_until (self, self->start + self->item.duration + self->item.gap);
  }
}

/**
 * ahoy_gst_dtmf_sender_pull:
 * @self: a sender
 * @timestamp: of the audio packet that would be sent now
 * @interval: how much audio that packet would hold, in units of the clock rate
 * @packet: (out caller-allocates): what to send instead
 *
 * Asks for the packet of this interval. To be called once for each.
 *
 * Returns: whether @packet is to be sent; if not, audio is
 */
gboolean
ahoy_gst_dtmf_sender_pull (AhoyGstDtmfSender *self, guint32 timestamp, guint interval,
                           AhoyGstDtmfPacket *packet)
{
  g_return_val_if_fail (self != NULL && packet != NULL, FALSE);

  if (self->state == WAITING && (gint32)(timestamp - self->until) >= 0) {
    self->state = IDLE;
  }
  if (self->state == IDLE && self->n_items > 0) {
    take_next (self, timestamp);
  }
  if (self->state == SOUNDING) {
    fill_packet (self, timestamp - self->start + interval, packet);
    return TRUE;
  }
  if (self->state == ENDING) {
    repeat_end (self, packet);
    return TRUE;
  }
  return FALSE;
}
