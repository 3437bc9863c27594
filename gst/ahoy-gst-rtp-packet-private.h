/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_GST_RTP_HEADER 12
#define AHOY_GST_RTP_MAX_PACKET 2048

/* One RTP packet; the payload lies in the buffer that was parsed. */
typedef struct {
  guint8 payload_type;
  gboolean marker;
  guint16 sequence;
  guint32 timestamp;
  guint32 ssrc;
  guint8 *payload;
  gsize payload_size;
} AhoyGstRtpPacket;

gboolean ahoy_gst_rtp_packet_parse (AhoyGstRtpPacket *self, guint8 *data, gsize size);
void ahoy_gst_rtp_packet_write_header (const AhoyGstRtpPacket *self, guint8 *data);
gboolean ahoy_gst_rtp_packet_is_rtcp (const guint8 *data, gsize size);

G_END_DECLS
