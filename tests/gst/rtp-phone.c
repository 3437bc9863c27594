/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "rtp-phone.h"

#include <string.h>
#include <unistd.h>

#include "ahoy-gst-g711.h"

void
rtp_phone_init (RtpPhone *self, const char *host)
{
  socklen_t size = sizeof self->address;
  int room = 4 << 20;

  memset (self, 0, sizeof *self);
  self->pcm = g_array_new (FALSE, FALSE, sizeof (gint16));
  self->sequence = 65500; /* the numbers begin anew soon */
  g_assert_true (ahoy_gst_address_parse (&self->address, host, 0));
  self->fd = socket (self->address.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  g_assert_cmpint (self->fd, >=, 0);
  setsockopt (self->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  g_assert_cmpint (bind (self->fd, &self->address.any, ahoy_gst_address_get_size (&self->address)),
                   ==, 0);
  g_assert_cmpint (getsockname (self->fd, &self->address.any, &size), ==, 0);
}

void
rtp_phone_clear (RtpPhone *self)
{
  close (self->fd);
  g_array_unref (self->pcm);
}

void
rtp_phone_send_raw (RtpPhone *self, const guint8 *data, gsize size)
{
  g_assert_cmpint (sendto (self->fd, data, size, 0, &self->peer.any,
                           ahoy_gst_address_get_size (&self->peer)),
                   ==, (gssize) size);
}

void
rtp_phone_send (RtpPhone *self, guint payload_type, const guint8 *payload, gsize size,
                guint duration)
{
  guint8 data[AHOY_GST_RTP_HEADER + 960];
  AhoyGstRtpPacket packet = { .payload_type = (guint8) payload_type, .ssrc = 0xabcdef01,
                              .sequence = self->sequence++, .timestamp = self->timestamp };

  self->timestamp += duration;
  ahoy_gst_rtp_packet_write_header (&packet, data);
  memcpy (data + AHOY_GST_RTP_HEADER, payload, size);
  rtp_phone_send_raw (self, data, AHOY_GST_RTP_HEADER + size);
}

static void
take (RtpPhone *self, const AhoyGstRtpPacket *packet)
{
  gint16 samples[960];
  gsize n = MIN (packet->payload_size, G_N_ELEMENTS (samples));

  if (self->received == 0 || packet->ssrc != self->ssrc) {
    self->sources++;
  } else if (packet->sequence != (guint16) (self->last_sequence + 1)) {
    self->gaps++;
  }
  if (self->received > 0 && packet->timestamp != self->next_timestamp) {
    self->skips++;
  }
  self->next_timestamp = packet->timestamp + (guint32) n;
  self->received++;
  self->ssrc = packet->ssrc;
  self->last_sequence = packet->sequence;
  self->last_timestamp = packet->timestamp;
  self->payload_type = packet->payload_type;
  if (packet->payload_type == 0 || packet->payload_type == 8) {
    ahoy_gst_g711_decode (packet->payload_type == 8 ? AHOY_GST_G711_ALAW : AHOY_GST_G711_ULAW,
                          packet->payload, samples, n);
    g_array_append_vals (self->pcm, samples, (guint) n);
  }
}

/* Takes what is there; how many packets of RTP that were. */
guint
rtp_phone_receive (RtpPhone *self)
{
  guint8 data[2048];
  gssize size;
  guint n = 0;

  while ((size = recv (self->fd, data, sizeof data, MSG_DONTWAIT)) > 0) {
    AhoyGstRtpPacket packet;

    if (!ahoy_gst_rtp_packet_is_rtcp (data, (gsize) size) &&
        ahoy_gst_rtp_packet_parse (&packet, data, (gsize) size)) {
      take (self, &packet);
      n++;
    }
  }
  return n;
}
