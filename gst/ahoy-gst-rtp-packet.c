/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-packet-private.h"

#include <string.h>

#define VERSION 2
#define HAS_PADDING 0x20
#define HAS_EXTENSION 0x10

static guint16
read_16 (const guint8 *data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

static guint32
read_32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

static void
write_32 (guint8 *data, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (data, &value, sizeof value);
}

/* Where the payload begins, behind contributing sources and extension; 0 when it is outside. */
static gsize
find_payload (const guint8 *data, gsize size)
{
  gsize at = AHOY_GST_RTP_HEADER + 4 * (gsize) (data[0] & 0x0f);

  if ((data[0] & HAS_EXTENSION) != 0) {
    if (at + 4 > size) {
      return 0;
    }
    at += 4 + 4 * (gsize) read_16 (data + at + 2);
  }
  return at <= size ? at : 0;
}

/* Reads a packet from the network (RFC 3550 §5.1); FALSE when it is none. */
gboolean
ahoy_gst_rtp_packet_parse (AhoyGstRtpPacket *self, guint8 *data, gsize size)
{
  gsize begin;
  gsize padding = 0;

  if (size < AHOY_GST_RTP_HEADER || data[0] >> 6 != VERSION) {
    return FALSE;
  }
  begin = find_payload (data, size);
  if (begin == 0) {
    return FALSE;
  }
  if ((data[0] & HAS_PADDING) != 0) {
    padding = data[size - 1];
    if (padding == 0 || begin + padding > size) {
      return FALSE;
    }
  }
  self->marker = data[1] >> 7;
  self->payload_type = data[1] & 0x7f;
  self->sequence = read_16 (data + 2);
  self->timestamp = read_32 (data + 4);
  self->ssrc = read_32 (data + 8);
  self->payload = data + begin;
  self->payload_size = size - begin - padding;
  return TRUE;
}

/* Writes a plain header of AHOY_GST_RTP_HEADER octets. */
void
ahoy_gst_rtp_packet_write_header (const AhoyGstRtpPacket *self, guint8 *data)
{
  data[0] = VERSION << 6;
  data[1] = (guint8) ((self->marker ? 0x80 : 0) | (self->payload_type & 0x7f));
  data[2] = (guint8) (self->sequence >> 8);
  data[3] = (guint8) self->sequence;
  write_32 (data + 4, self->timestamp);
  write_32 (data + 8, self->ssrc);
}

/* Tells RTCP from RTP on one port (RFC 5761 §4). */
gboolean
ahoy_gst_rtp_packet_is_rtcp (const guint8 *data, gsize size)
{
  return size >= 2 && data[1] >= 192 && data[1] <= 223;
}
