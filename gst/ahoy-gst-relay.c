/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-relay-private.h"

#include "ahoy-gst-channel-private.h"

/*
 * One way between two streams that are joined. A packet whose codec the other side wants is sent on
 * with another header; one in another codec goes to a listener, and the other side takes what is
 * heard there, frame by frame, in its own time.
 *
 * From one to the other no frame is lost, and none is added, so that time stamps go on as those of
 * the sender. Where decoding begins, the other side is silent for as long as the listener has to
 * wait, which is less than two frames. Where it ends, what waits goes out at once, before the
 * packet that passes as it is.
 */

/* After this time without a packet the other side sends silence of its own, so that ways through
 * NATs stay open. */
#define SILENCE (500 * 1000)

/* How long it may take until the first sound is decoded; time stamps go on as if nothing was. */
#define MAX_START (80 * 1000)

/* A packet that is so much older than the last one that was sent on comes too late. */
#define MAX_BEHIND 64

struct _AhoyGstRelay {
  AhoyGstChannel *to;
  AhoyGstListener *listener; /* NULL as long as nothing has to be decoded */
  gboolean unneeded;         /* the listener has to go as soon as packets pass */
  gboolean decoding;         /* the last sound went to the listener */
  gboolean starting;         /* and nothing of it was heard yet */
  gint64 last_sent;          /* when a packet was sent on, 0 for never */
  gint64 last_pulled;        /* when something was decoded */
  guint32 last_ssrc;         /* of the last packet that was sent on, as it came */
  guint16 last_sequence;
  guint32 last_timestamp;
  guint last_clock_rate;
};

AhoyGstRelay *
ahoy_gst_relay_new (AhoyGstListener *listener)
{
  AhoyGstRelay *self = g_new0 (AhoyGstRelay, 1);

  self->listener = listener;
  return self;
}

void
ahoy_gst_relay_free (AhoyGstRelay *self)
{
  g_clear_pointer (&self->listener, ahoy_gst_listener_free);
  g_free (self);
}

void
ahoy_gst_relay_set_target (AhoyGstRelay *self, AhoyGstChannel *to)
{
  self->to = to;
}

AhoyGstChannel *
ahoy_gst_relay_get_target (AhoyGstRelay *self)
{
  return self->to;
}

/*
 * Takes a listener, or NULL when none is needed any more, and gives back what is to be freed in the
 * owner's thread. What waits is still heard, and so is what the peer sends until it knows.
 */
AhoyGstListener *
ahoy_gst_relay_swap_listener (AhoyGstRelay *self, AhoyGstListener *listener)
{
  AhoyGstListener *before = self->listener;

  self->unneeded = listener == NULL;
  if (listener == NULL) {
    return NULL;
  }
  if (before != NULL && ahoy_gst_listener_merge (before, listener)) {
    return listener;
  }
  self->listener = listener;
  return before;
}

/* The listener when it has nothing to do any more, to be freed in the owner's thread; else NULL. */
AhoyGstListener *
ahoy_gst_relay_steal_unneeded (AhoyGstRelay *self)
{
  return self->unneeded && !self->decoding ? g_steal_pointer (&self->listener) : NULL;
}

static void
send_on (AhoyGstRelay *self, const AhoyGstRtpPacket *packet, guint payload_type, guint32 duration,
         gint64 now)
{
  self->last_sent = now;
  if (ahoy_gst_channel_can_relay (self->to)) {
    ahoy_gst_rtp_session_relay (ahoy_gst_channel_get_rtp (self->to), packet, payload_type,
                                duration, now);
  }
}

/* Digits keep their packets when both sides have one clock, and nothing of its own stands between
 * them; else they are made anew. */
static gboolean
passes_digits (AhoyGstRelay *self, const AhoyGstStreamConfig *from)
{
  const AhoyGstStreamConfig *to = ahoy_gst_channel_get_config (self->to);

  return to->dtmf_send >= 0 && to->dtmf_rate == from->dtmf_rate && !self->decoding;
}

/* Whether a digit that came has to be sent anew, now that it is over. */
gboolean
ahoy_gst_relay_wants_digit (AhoyGstRelay *self, const AhoyGstStreamConfig *from)
{
  const AhoyGstStreamConfig *to = ahoy_gst_channel_get_config (self->to);

  return to != NULL && to->dtmf_send >= 0 && !passes_digits (self, from);
}

static guint32
duration_of (const AhoyGstRtpPacket *packet, const AhoyGstFormat *format, guint ptime)
{
  gboolean octets = format->codec->clock_rate == 8000 && packet->payload_size >= 80;

  return octets ? (guint32) packet->payload_size : format->codec->clock_rate / 1000 * ptime;
}

/* Whether sound in this format is sent on as it came. */
static gboolean
passes (AhoyGstRelay *self, const AhoyGstFormat *format, gboolean as_it_is)
{
  const AhoyGstStreamConfig *to = ahoy_gst_channel_get_config (self->to);

  return as_it_is && to != NULL && format->codec == to->send.codec;
}

/* Whether the other side has to say something that waits before a packet in @format, which is NULL
 * for a digit, passes. It is to be asked again after each frame. What nobody pulled is old. */
gboolean
ahoy_gst_relay_drain (AhoyGstRelay *self, const AhoyGstFormat *format, gboolean as_it_is,
                      gint64 now)
{
  return self->decoding && self->listener != NULL && format != NULL &&
         now - MAX (self->last_sent, self->last_pulled) < SILENCE &&
         passes (self, format, as_it_is) &&
         ahoy_gst_listener_drain (self->listener, ahoy_gst_channel_get_config (self->to)->ptime);
}

/* Whether what came after it was sent on already. */
static gboolean
is_behind (AhoyGstRelay *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  gint16 ahead = (gint16) (packet->sequence - self->last_sequence);

  return !self->decoding && self->last_sent != 0 && now - self->last_sent < SILENCE &&
         packet->ssrc == self->last_ssrc && ahead <= 0 && ahead > -MAX_BEHIND;
}

static void
decode (AhoyGstRelay *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  if (self->decoding) {
    ahoy_gst_listener_take (self->listener, packet, now);
    return;
  }
  self->decoding = TRUE;
  self->starting = self->last_sent != 0;
  ahoy_gst_listener_reset (self->listener);
  ahoy_gst_listener_take (self->listener, packet, now);
  if (packet->ssrc == self->last_ssrc && now - self->last_sent < SILENCE) {
    ahoy_gst_listener_note (self->listener, self->last_clock_rate, self->last_timestamp,
                            self->last_sent);
  }
}

/*
 * Takes a packet that came, in @format, which is NULL for a digit. It is sent on only if the sound
 * is to be heard @as_it_is. FALSE: it has to be decoded, and nobody is there to do that.
 */
gboolean
ahoy_gst_relay_take (AhoyGstRelay *self, const AhoyGstStreamConfig *from,
                     const AhoyGstRtpPacket *packet, const AhoyGstFormat *format,
                     gboolean as_it_is, gint64 now)
{
  const AhoyGstStreamConfig *to = ahoy_gst_channel_get_config (self->to);

  if (to == NULL) {
    return TRUE; /* nothing is agreed on there yet */
  }
  if (format == NULL) {
    if (packet->payload_type == from->dtmf_receive && passes_digits (self, from)) {
      send_on (self, packet, (guint) to->dtmf_send, 0, now);
    }
    return TRUE;
  }
  if (passes (self, format, as_it_is)) {
    self->decoding = FALSE;
    self->last_ssrc = packet->ssrc;
    self->last_sequence = packet->sequence;
    self->last_timestamp = packet->timestamp;
    self->last_clock_rate = format->codec->clock_rate;
    send_on (self, packet, to->send.payload_type, duration_of (packet, format, from->ptime), now);
    return TRUE;
  }
  if (self->listener == NULL) {
    self->decoding = TRUE;
    return FALSE;
  }
  if (!is_behind (self, packet, now)) {
    decode (self, packet, now);
  }
  return TRUE;
}

/* Whether packets were sent on a moment ago, and what follows is heard in a moment. */
static gboolean
is_starting (AhoyGstRelay *self, gint64 now)
{
  const AhoyGstStreamConfig *to = ahoy_gst_channel_get_config (self->to);

  self->starting = self->starting && self->listener != NULL && to != NULL &&
                   now - self->last_sent < MAX_START &&
                   ahoy_gst_listener_is_filling (self->listener, to->ptime, now);
  return self->starting;
}

/* Whether the other side has nothing to say of its own, for packets are sent on. */
gboolean
ahoy_gst_relay_is_flowing (AhoyGstRelay *self, gint64 now)
{
  if (self->decoding) {
    return is_starting (self, now);
  }
  return self->last_sent != 0 && now - self->last_sent < SILENCE;
}

/* What the other side is to say now; FALSE when nothing was decoded. */
gboolean
ahoy_gst_relay_pull (AhoyGstRelay *self, gint16 *samples, guint n_samples, guint rate, gint64 now)
{
  if (!self->decoding || self->listener == NULL) {
    return FALSE;
  }
  self->last_pulled = now;
  ahoy_gst_listener_pull (self->listener, samples, n_samples, rate, now);
  return TRUE;
}
