/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-channel-struct-private.h"

/* A channel that is joined with another one, or with itself: an echo. */

/* An echo that hears nothing sends silence, so that ways through NATs open and stay open. */
#define ECHO_SILENCE (500 * 1000)

/* What is sent at once at most where decoding ends: as much as a listener holds back. */
#define MAX_DRAIN_MS 300

/* The format of a payload type: what was agreed on, or what was before, which may be under way. */
static const AhoyGstFormat *
find_format (AhoyGstChannel *self, guint payload_type)
{
  for (guint i = 0; i < self->config.n_receive; i++) {
    if (self->config.receive[i].payload_type == payload_type) {
      return &self->config.receive[i];
    }
  }
  for (guint i = 0; i < self->n_before; i++) {
    if (self->before[i].payload_type == payload_type) {
      return &self->before[i];
    }
  }
  return NULL;
}

/* The packet goes back; when it is to be louder or softer, what is heard in it. */
void
ahoy_gst_channel_echo_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  const AhoyGstFormat *format = find_format (self, packet->payload_type);
  guint32 duration = (guint32) packet->payload_size;

  if (format == NULL) {
    duration = 0; /* a digit: many packets of one time stamp */
  } else if (format->codec->clock_rate != 8000 ||
             format->codec->kind == AHOY_GST_CODEC_COMFORT_NOISE) {
    duration = format->codec->clock_rate / 1000 * self->config.ptime;
  }
  if (self->echoer != NULL) {
    ahoy_gst_listener_take (self->echoer, packet, now);
    return;
  }
  if (ahoy_gst_beep_is_heard (&self->beep)) {
    return;
  }
  self->last_echo = now;
  ahoy_gst_rtp_session_relay (self->rtp, packet, packet->payload_type, duration, now);
}

/* What was to be decoded, and waits, goes before a packet that passes as it is. */
static void
drain (AhoyGstChannel *self, AhoyGstChannel *to, const AhoyGstFormat *format, gboolean as_it_is,
       gint64 now)
{
  for (guint ms = 0; ms < MAX_DRAIN_MS && ahoy_gst_channel_can_relay (to) &&
                     !ahoy_gst_channel_is_direct (to) &&
                     ahoy_gst_relay_drain (self->relay, format, as_it_is, now);
       ms += MAX (to->config.ptime, 1)) {
    ahoy_gst_channel_send_frame (to, now);
  }
}

void
ahoy_gst_channel_relay_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  const AhoyGstFormat *format = find_format (self, packet->payload_type);
  AhoyGstChannel *to = ahoy_gst_relay_get_target (self->relay);
  gboolean as_it_is = self->volume[AHOY_MEDIA_SOUND_RECEIVED] == AHOY_GST_GAIN_UNITY &&
                      to->volume[AHOY_MEDIA_SOUND_SENT] == AHOY_GST_GAIN_UNITY &&
                      !ahoy_gst_channel_has_beeps (self) && !ahoy_gst_channel_has_beeps (to);

  drain (self, to, format, as_it_is, now);
  if (!ahoy_gst_relay_take (self->relay, &self->config, packet, format, as_it_is, now) &&
      !self->unheard) {
    self->unheard = TRUE;
    ahoy_gst_channel_tell (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_UNHEARD });
  }
  ahoy_gst_channel_leave (self, ahoy_gst_relay_steal_unneeded (self->relay),
                          (GDestroyNotify) ahoy_gst_listener_free);
}

/* An echo says nothing of its own while it has something to send back. */
gboolean
ahoy_gst_channel_is_echoing (AhoyGstChannel *self, gint64 now)
{
  return self->echo && self->echoer == NULL && !self->muted && self->source == NULL &&
         !ahoy_gst_beep_is_heard (&self->beep) &&
         !ahoy_gst_channel_is_sending_digits (self) && now - self->last_echo < ECHO_SILENCE;
}

/* Nor does one to which packets are sent on. */
gboolean
ahoy_gst_channel_is_fed (AhoyGstChannel *self, gint64 now)
{
  return self->feed != NULL && ahoy_gst_relay_is_flowing (self->feed, now) &&
         ahoy_gst_channel_can_relay (self);
}

/* Whether its peer, or that of the other one, sends to somebody else: packets that still come are
 * sent on, and nothing is said besides. */
gboolean
ahoy_gst_channel_is_direct (AhoyGstChannel *self)
{
  AhoyGstChannel *other = self->relay != NULL ? ahoy_gst_relay_get_target (self->relay) : NULL;

  return (self->config.direct || (other != NULL && other->config.direct)) &&
         self->source == NULL && !ahoy_gst_channel_is_sending_digits (self);
}

/* Takes what leads to another channel of the same worker, and back. */
void
ahoy_gst_channel_join (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstJoint *joint = data;

  self->relay = joint->other->feed = joint->there;
  self->feed = joint->other->relay = joint->back;
  self->unheard = joint->other->unheard = FALSE;
  ahoy_gst_relay_set_target (joint->there, joint->other);
  ahoy_gst_relay_set_target (joint->back, self);
}

/* Both of the channels that are joined are alone again. */
void
ahoy_gst_channel_part (AhoyGstChannel *self, gpointer data)
{
  AhoyGstChannel *other = self->relay != NULL ? ahoy_gst_relay_get_target (self->relay) : NULL;

  if (other == NULL) {
    return;
  }
  ahoy_gst_channel_leave (self, self->relay, (GDestroyNotify) ahoy_gst_relay_free);
  ahoy_gst_channel_leave (self, self->feed, (GDestroyNotify) ahoy_gst_relay_free);
  self->relay = self->feed = NULL;
  other->relay = other->feed = NULL;
}

/* It is to be joined as soon as both are on one worker, which takes as long as the owner is busy:
 * what comes until then waits in the socket. */
void
ahoy_gst_channel_wait (AhoyGstChannel *self, gpointer data)
{
  if (self->seat == NULL && self->rtp_watch != NULL) {
    self->waiting = TRUE;
    ahoy_gst_worker_unwatch (self->worker, g_steal_pointer (&self->rtp_watch));
  }
}

void
ahoy_gst_channel_go_on (AhoyGstChannel *self, gpointer data)
{
  if (self->waiting) {
    self->waiting = FALSE;
    ahoy_gst_channel_watch_rtp (self, self->worker);
  }
}

/* Takes what decodes for the other channel; NULL for nothing. */
void
ahoy_gst_channel_set_relay_listener (AhoyGstChannel *self, gpointer data)
{
  AhoyGstListener *listener = data;

  if (self->relay != NULL) {
    listener = ahoy_gst_relay_swap_listener (self->relay, listener);
  }
  self->unheard = FALSE;
  ahoy_gst_channel_leave (self, listener, (GDestroyNotify) ahoy_gst_listener_free);
}

/* Whether packets of others may go out here: nothing else is to be heard. */
gboolean
ahoy_gst_channel_can_relay (AhoyGstChannel *self)
{
  return self->configured && self->config.sends && !self->muted && self->source == NULL &&
         !ahoy_gst_channel_is_sending_digits (self);
}

void
ahoy_gst_channel_set_echo (AhoyGstChannel *self, gpointer data)
{
  self->echo = GPOINTER_TO_INT (data);
}

/* Takes what hears the packets that go back; NULL when they go back as they are. */
void
ahoy_gst_channel_set_echoer (AhoyGstChannel *self, gpointer data)
{
  ahoy_gst_channel_leave (self, self->echoer, (GDestroyNotify) ahoy_gst_listener_free);
  self->echoer = data;
}
