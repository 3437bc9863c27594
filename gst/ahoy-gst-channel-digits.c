/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-channel-struct-private.h"

#include <string.h>

/* Digits of a channel: as events, or as sound. */

#define DIGIT_GAP 60 /* ms */
#define DIGIT_DURATION 100
#define DIGIT_VOLUME 10 /* -dBm0 */

/* Most calls never send a digit, nor get one. */
static AhoyGstDtmfSender *
digit_sender (AhoyGstChannel *self)
{
  if (self->dtmf_sender == NULL && self->dtmf_rate != 0) {
    self->dtmf_sender = ahoy_gst_dtmf_sender_new (self->dtmf_rate);
  }
  return self->dtmf_sender;
}

static AhoyGstDtmfReceiver *
digit_receiver (AhoyGstChannel *self)
{
  if (self->dtmf_receiver == NULL) {
    self->dtmf_receiver = ahoy_gst_dtmf_receiver_new (self->dtmf_rate);
  }
  return self->dtmf_receiver;
}

/* A digit that came as events; one that is a tone goes on with the sound. An echo that sends no
 * packets back makes it anew. */
static void
relay_digit (AhoyGstChannel *self, char digit, guint duration)
{
  const char digits[] = { digit, '\0' };
  AhoyGstChannel *to = self->relay != NULL ? ahoy_gst_relay_get_target (self->relay) : NULL;

  duration = CLAMP (duration, AHOY_GST_DTMF_MIN_DURATION, AHOY_GST_DTMF_MAX_DURATION);
  if (self->echo && self->echoer != NULL && digit_sender (self) != NULL) {
    ahoy_gst_dtmf_sender_queue (self->dtmf_sender, digits, duration, DIGIT_GAP, DIGIT_VOLUME,
                                NULL);
  }
  if (to != NULL && to->tones != NULL) {
    ahoy_gst_dtmf_tones_queue (to->tones, digits, duration, DIGIT_GAP);
  } else if (to != NULL && ahoy_gst_relay_wants_digit (self->relay, &self->config) &&
             digit_sender (to) != NULL) {
    ahoy_gst_dtmf_sender_queue (to->dtmf_sender, digits, duration, DIGIT_GAP, DIGIT_VOLUME, NULL);
  }
}

static void
tell_digit (AhoyGstChannel *self, const AhoyGstDtmfEvent *digit)
{
  ahoy_gst_channel_tell (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_DIGIT,
                                                .digit = { digit->digit, 0 },
                                                .duration_ms = digit->duration_ms });
}

void
ahoy_gst_channel_pop_digits (AhoyGstChannel *self, gint64 now)
{
  AhoyGstDtmfEvent digit;

  while (self->dtmf_receiver != NULL &&
         ahoy_gst_dtmf_receiver_pop (self->dtmf_receiver, now, &digit)) {
    tell_digit (self, &digit);
    if (!self->keeps_digits) {
      relay_digit (self, digit.digit, digit.duration_ms);
    }
  }
}

void
ahoy_gst_channel_take_digit (AhoyGstChannel *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  ahoy_gst_dtmf_receiver_push (digit_receiver (self), packet->timestamp, packet->marker,
                               packet->payload, packet->payload_size, now);
  ahoy_gst_channel_pop_digits (self, now);
}

gboolean
ahoy_gst_channel_send_digit (AhoyGstChannel *self, guint8 *payload, guint32 timestamp,
                             guint duration, gint64 now)
{
  AhoyGstDtmfPacket digit;

  if (self->dtmf_sender == NULL || self->config.dtmf_send < 0 ||
      !ahoy_gst_dtmf_sender_pull (self->dtmf_sender, timestamp, duration, &digit)) {
    return FALSE;
  }
  memcpy (payload, digit.payload, sizeof digit.payload);
  ahoy_gst_rtp_session_send (self->rtp, payload, sizeof digit.payload,
                             (guint) self->config.dtmf_send, digit.marker, digit.timestamp, now);
  return TRUE;
}

void
ahoy_gst_channel_listen_for_digits (AhoyGstChannel *self, const gint16 *samples, guint n,
                                    guint rate)
{
  AhoyGstDtmfEvent digit;

  ahoy_gst_dtmf_tones_push (self->tones, samples, n, rate);
  while (ahoy_gst_dtmf_tones_pop (self->tones, &digit)) {
    tell_digit (self, &digit);
  }
}

gboolean
ahoy_gst_channel_is_sending_digits (AhoyGstChannel *self)
{
  return (self->dtmf_sender != NULL && ahoy_gst_dtmf_sender_is_busy (self->dtmf_sender)) ||
         (self->tones != NULL && ahoy_gst_dtmf_tones_is_busy (self->tones));
}

/* Digits have the clock of the sound they stand among (RFC 4733 §2.1). */
void
ahoy_gst_channel_set_dtmf_rate (AhoyGstChannel *self, guint rate)
{
  g_clear_pointer (&self->dtmf_sender, ahoy_gst_dtmf_sender_free);
  g_clear_pointer (&self->dtmf_receiver, ahoy_gst_dtmf_receiver_free);
  self->dtmf_rate = rate;
}

/* Digits become sound, or events again. What hears them beside a recording stays. */
void
ahoy_gst_channel_set_inband (AhoyGstChannel *self, gboolean inband)
{
  if (inband && self->tones == NULL) {
    self->tones = ahoy_gst_dtmf_tones_new ();
  } else if (!inband && self->tones != NULL) {
    g_clear_pointer (&self->tones, ahoy_gst_dtmf_tones_free);
    if (self->recorder == NULL) {
      ahoy_gst_channel_set_listener (self, NULL);
    }
  }
}

void
ahoy_gst_channel_send_digits (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstDigits *order = data;
  g_autofree char *digits = order->digits;
  g_autoptr (GError) error = NULL;
  guint duration = order->duration_ms != 0 ? order->duration_ms : DIGIT_DURATION;

  duration = CLAMP (duration, AHOY_GST_DTMF_MIN_DURATION, AHOY_GST_DTMF_MAX_DURATION);
  if (self->tones != NULL) {
    ahoy_gst_dtmf_tones_queue (self->tones, digits, duration, DIGIT_GAP);
  } else if (digit_sender (self) != NULL &&
      !ahoy_gst_dtmf_sender_queue (self->dtmf_sender, digits, duration, DIGIT_GAP, DIGIT_VOLUME,
                                   &error)) {
    g_warning ("Digits are not sent: %s", error->message);
  }
}
