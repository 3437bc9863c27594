/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-rtp-latch-private.h"
#include "ahoy-gst-rtp-source-private.h"

G_BEGIN_DECLS

/* What was counted, to be copied from thread to thread. */
typedef struct {
  guint64 packets_sent;
  guint64 octets_sent;
  guint64 packets_received;
  guint64 octets_received;
  gint64 packets_lost;
  guint64 packets_late;
  guint64 packets_dropped; /* invalid, or from strangers */
  guint jitter;
  guint round_trip;
  gint64 remote_lost;
  guint remote_jitter;
  double mos;
  gboolean latched;
  AhoyGstAddress remote;
} AhoyGstRtpStatistics;

/*
 * One RTP session of one stream: its own source, the peer's, and RTCP (RFC 3550). It lives on one
 * thread at a time and owns its two sockets.
 */
typedef struct _AhoyGstRtpSession AhoyGstRtpSession;
typedef void (*AhoyGstRtpTap) (gpointer data, const AhoyGstRtpPacket *packet, gint64 now);

AhoyGstRtpSession *ahoy_gst_rtp_session_new (int rtp_fd, int rtcp_fd, const char *cname,
                                             gboolean symmetric);
void ahoy_gst_rtp_session_free (AhoyGstRtpSession *self);
int ahoy_gst_rtp_session_get_rtp_fd (AhoyGstRtpSession *self);
int ahoy_gst_rtp_session_get_rtcp_fd (AhoyGstRtpSession *self);

/* What was agreed on */
void ahoy_gst_rtp_session_set_remote (AhoyGstRtpSession *self, const AhoyGstAddress *rtp,
                                      const AhoyGstAddress *rtcp, gboolean mux);
void ahoy_gst_rtp_session_set_tap (AhoyGstRtpSession *self, AhoyGstRtpTap tap, gpointer data);
void ahoy_gst_rtp_session_set_clock_rate (AhoyGstRtpSession *self, guint clock_rate);
void ahoy_gst_rtp_session_allow_payload_types (AhoyGstRtpSession *self, const guint8 *types,
                                               guint n_types);
void ahoy_gst_rtp_session_set_report_interval (AhoyGstRtpSession *self, gint64 interval);

/* What comes */
gboolean ahoy_gst_rtp_session_receive (AhoyGstRtpSession *self, guint8 *data, gsize size,
                                       const AhoyGstAddress *from, gint64 now,
                                       AhoyGstRtpPacket *packet);
void ahoy_gst_rtp_session_receive_rtcp (AhoyGstRtpSession *self, const guint8 *data, gsize size,
                                        const AhoyGstAddress *from, gint64 now);

/* What goes */
guint32 ahoy_gst_rtp_session_get_ssrc (AhoyGstRtpSession *self);
guint32 ahoy_gst_rtp_session_begin_frame (AhoyGstRtpSession *self, gint64 now, gboolean *spurt);
gboolean ahoy_gst_rtp_session_send (AhoyGstRtpSession *self, guint8 *frame, gsize size,
                                    guint payload_type, gboolean marker, guint32 timestamp,
                                    gint64 now);
void ahoy_gst_rtp_session_end_frame (AhoyGstRtpSession *self, guint32 duration, gint64 now);
gboolean ahoy_gst_rtp_session_relay (AhoyGstRtpSession *self, const AhoyGstRtpPacket *packet,
                                     guint payload_type, guint32 duration, gint64 now);
void ahoy_gst_rtp_session_tick (AhoyGstRtpSession *self, gint64 now);
void ahoy_gst_rtp_session_send_bye (AhoyGstRtpSession *self, gint64 now);

void ahoy_gst_rtp_session_get_statistics (AhoyGstRtpSession *self, AhoyGstRtpStatistics *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstRtpSession, ahoy_gst_rtp_session_free)

G_END_DECLS
