/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-rtcp-private.h"
#include "ahoy-gst-rtp-packet-private.h"

G_BEGIN_DECLS

/* What is counted of one source that sends to us (RFC 3550 §6.4.1, appendix A). */
typedef struct {
  gboolean active;
  guint32 ssrc;
  guint clock_rate;
  guint16 max_sequence;
  guint32 cycles;
  guint32 base_sequence;
  guint32 bad_sequence;
  guint64 received;
  guint64 octets;
  guint64 late;
  guint64 expected_prior;
  guint64 received_prior;
  guint32 transit;
  gboolean has_transit;
  double jitter; /* in units of the clock */
  gint64 last_received;

  /* from its sender reports */
  guint32 last_sr;
  gint64 last_sr_time;
} AhoyGstRtpSource;

void ahoy_gst_rtp_source_init (AhoyGstRtpSource *self, const AhoyGstRtpPacket *packet,
                               guint clock_rate);
gboolean ahoy_gst_rtp_source_receive (AhoyGstRtpSource *self, const AhoyGstRtpPacket *packet,
                                      gint64 now);
void ahoy_gst_rtp_source_set_clock_rate (AhoyGstRtpSource *self, guint clock_rate);
void ahoy_gst_rtp_source_take_report (AhoyGstRtpSource *self, const AhoyGstRtcpReport *report,
                                      gint64 now);
guint64 ahoy_gst_rtp_source_get_expected (const AhoyGstRtpSource *self);
gint64 ahoy_gst_rtp_source_get_lost (const AhoyGstRtpSource *self);
guint ahoy_gst_rtp_source_get_jitter_us (const AhoyGstRtpSource *self);
void ahoy_gst_rtp_source_make_block (AhoyGstRtpSource *self, AhoyGstRtcpBlock *block, gint64 now);
double ahoy_gst_rtp_get_mos (double loss, guint delay_us);

G_END_DECLS
