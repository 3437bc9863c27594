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
 */

/* After this time without a packet the other side sends silence of its own, so that ways through
 * NATs stay open. */
#define SILENCE (500 * 1000)

struct _AhoyGstRelay {
  AhoyGstChannel *to;
  AhoyGstListener *listener; /* NULL as long as nothing has to be decoded */
  gboolean decoding;         /* the last sound went to the listener */
  gint64 last_sent;          /* when a packet was sent on, 0 for never */
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

/* Takes a listener, and gives back the one before, to be freed in the owner's thread. */
AhoyGstListener *
ahoy_gst_relay_swap_listener (AhoyGstRelay *self, AhoyGstListener *listener)
{
  AhoyGstListener *before = self->listener;

  self->listener = listener;
  return before;
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
  self->decoding = format->codec != to->send.codec || !as_it_is;
  if (!self->decoding) {
    send_on (self, packet, to->send.payload_type, duration_of (packet, format, from->ptime), now);
    return TRUE;
  }
  if (self->listener == NULL) {
    return FALSE;
  }
  ahoy_gst_listener_take (self->listener, packet, now);
  return TRUE;
}

/* Whether the other side has nothing to say of its own, for packets are sent on. */
gboolean
ahoy_gst_relay_is_flowing (AhoyGstRelay *self, gint64 now)
{
  return !self->decoding && self->last_sent != 0 && now - self->last_sent < SILENCE;
}

/* What the other side is to say now; FALSE when nothing was decoded. */
gboolean
ahoy_gst_relay_pull (AhoyGstRelay *self, gint16 *samples, guint n_samples, guint rate, gint64 now)
{
  if (!self->decoding || self->listener == NULL) {
    return FALSE;
  }
  ahoy_gst_listener_pull (self->listener, samples, n_samples, rate, now);
  return TRUE;
}
