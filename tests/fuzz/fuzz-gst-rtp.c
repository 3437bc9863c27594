/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>
#include <sys/socket.h>

#include "ahoy-gst-rtp-session-private.h"
#include "fuzz.h"

#define HEAD 3 /* size, who it comes from and where to, time moved by */

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

/* What was read as a report and is written again, says the same. */
static void
check_report (const guint8 *data, gsize size)
{
  AhoyGstRtcpReport report;
  AhoyGstRtcpReport again;
  guint8 written[AHOY_GST_RTCP_MAX_PACKET];

  if (!ahoy_gst_rtcp_parse (&report, data, size)) {
    return;
  }
  g_assert_cmpuint (report.n_blocks, <=, AHOY_GST_RTCP_MAX_BLOCKS);
  report.n_blocks = MIN (report.n_blocks, 8);
  for (guint i = report.n_blocks; i < AHOY_GST_RTCP_MAX_BLOCKS; i++) {
    memset (&report.blocks[i], 0, sizeof report.blocks[i]);
  }
  size = ahoy_gst_rtcp_write (&report, "fuzz", written);
  g_assert_cmpuint (size, <=, sizeof written);
  g_assert_true (ahoy_gst_rtcp_parse (&again, written, size));
  g_assert_true (memcmp (&report, &again, sizeof report) == 0);
}

static AhoyGstRtpSession *
make_session (gboolean symmetric)
{
  static const guint8 types[] = { 0, 8, 96, 101 };
  /* Sockets without an address: what is sent fails, and leaves the machine alone. */
  AhoyGstRtpSession *session =
      ahoy_gst_rtp_session_new (socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), -1, "fuzz",
                                symmetric);
  AhoyGstAddress peer;

  ahoy_gst_address_parse (&peer, "127.0.0.1", 0);
  ahoy_gst_rtp_session_set_remote (session, &peer, &peer, TRUE);
  ahoy_gst_rtp_session_set_clock_rate (session, 8000);
  ahoy_gst_rtp_session_allow_payload_types (session, types, G_N_ELEMENTS (types));
  return session;
}

static void
receive (AhoyGstRtpSession *session, const uint8_t *data, gsize length, guint how, gint64 now)
{
  g_autofree guint8 *copy = g_malloc (MAX (length, 1));
  AhoyGstRtpPacket packet;
  AhoyGstAddress from;
  char host[16];

  g_snprintf (host, sizeof host, "127.0.0.%u", 1 + (how & 3));
  ahoy_gst_address_parse (&from, host, 0);
  memcpy (copy, data, length);
  if ((how & 4) != 0) {
    ahoy_gst_rtp_session_receive_rtcp (session, copy, length, &from, now);
  } else if (ahoy_gst_rtp_session_receive (session, copy, length, &from, now, &packet)) {
    g_assert_true (packet.payload >= copy + AHOY_GST_RTP_HEADER);
    g_assert_true (packet.payload + packet.payload_size <= copy + length);
    ahoy_gst_rtp_session_relay (session, &packet, packet.payload_type, 160, now);
  }
}

/* A sequence of packets on both ports, from four hosts. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (AhoyGstRtpSession) session = make_session (size % 2 == 0);
  AhoyGstRtpStatistics statistics;
  gint64 now = G_USEC_PER_SEC;

  check_report (data, size);
  while (size >= HEAD) {
    gsize length = MIN (data[0], size - HEAD);

    now += data[2] * 10000;
    receive (session, data + HEAD, length, data[1], now);
    ahoy_gst_rtp_session_tick (session, now);
    data += HEAD + length;
    size -= HEAD + length;
  }
  ahoy_gst_rtp_session_get_statistics (session, &statistics);
  g_assert_cmpfloat (statistics.mos, >=, 0);
  g_assert_cmpfloat (statistics.mos, <=, 4.5);
  return 0;
}
