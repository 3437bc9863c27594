/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_GST_RTCP_MAX_PACKET 512
#define AHOY_GST_RTCP_MAX_BLOCKS 31

/* What one side says about one source of the other (RFC 3550 §6.4.1). */
typedef struct {
  guint32 ssrc;
  guint8 fraction_lost;
  gint32 lost;
  guint32 highest;
  guint32 jitter;
  guint32 last_sr;
  guint32 delay;
} AhoyGstRtcpBlock;

/* A compound packet, as far as it is of interest here. */
typedef struct {
  guint32 ssrc;
  gboolean is_sender;
  guint64 ntp;
  guint32 timestamp;
  guint32 packets;
  guint32 octets;
  guint n_blocks;
  AhoyGstRtcpBlock blocks[AHOY_GST_RTCP_MAX_BLOCKS];
  gboolean bye;
} AhoyGstRtcpReport;

gboolean ahoy_gst_rtcp_parse (AhoyGstRtcpReport *report, const guint8 *data, gsize size);
gsize ahoy_gst_rtcp_write (const AhoyGstRtcpReport *report, const char *cname, guint8 *data);
guint64 ahoy_gst_rtcp_get_ntp (void);

G_END_DECLS
