/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-port-allocator.h"
#include "ahoy-gst-rtp-session-private.h"

#define RATE 8000
#define FRAME 160

static AhoyGstAddress
address (const char *host, guint port)
{
  AhoyGstAddress self;

  g_assert_true (ahoy_gst_address_parse (&self, host, port));
  return self;
}

static void
make_packet (guint8 *data, guint32 ssrc, guint16 sequence, guint32 timestamp)
{
  AhoyGstRtpPacket packet = { .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc };

  ahoy_gst_rtp_packet_write_header (&packet, data);
}

static void
test_packet (void)
{
  guint8 data[64] = { 0 };
  AhoyGstRtpPacket packet = { .payload_type = 101, .marker = TRUE, .sequence = 65534,
                              .timestamp = 0xfedcba98, .ssrc = 0x12345678 };
  AhoyGstRtpPacket read = { 0 };

  ahoy_gst_rtp_packet_write_header (&packet, data);
  g_assert_true (ahoy_gst_rtp_packet_parse (&read, data, sizeof data));
  g_assert_cmpuint (read.payload_type, ==, 101);
  g_assert_true (read.marker);
  g_assert_cmpuint (read.sequence, ==, 65534);
  g_assert_cmphex (read.timestamp, ==, 0xfedcba98);
  g_assert_cmphex (read.ssrc, ==, 0x12345678);
  g_assert_cmpuint (read.payload_size, ==, sizeof data - 12);
  g_assert_false (ahoy_gst_rtp_packet_is_rtcp (data, sizeof data));
  data[0] |= 0x20; /* padding of 4 */
  data[63] = 4;
  g_assert_true (ahoy_gst_rtp_packet_parse (&read, data, sizeof data));
  g_assert_cmpuint (read.payload_size, ==, sizeof data - 16);
  data[0] = 0x92; /* two contributing sources, extension of one word */
  data[20 + 3] = 1;
  g_assert_true (ahoy_gst_rtp_packet_parse (&read, data, sizeof data));
  g_assert_cmpuint (read.payload_size, ==, sizeof data - 12 - 8 - 8);
}

static void
test_hostile_packet (void)
{
  guint8 data[64] = { 0x80 };
  AhoyGstRtpPacket read;

  for (gsize size = 0; size < 12; size++) {
    g_assert_false (ahoy_gst_rtp_packet_parse (&read, data, size));
  }
  data[0] = 0x40; /* version 1 */
  g_assert_false (ahoy_gst_rtp_packet_parse (&read, data, sizeof data));
  data[0] = 0x8f; /* more sources than octets */
  g_assert_false (ahoy_gst_rtp_packet_parse (&read, data, 60));
  data[0] = 0x90; /* an extension behind the end */
  data[14] = data[15] = 0xff;
  g_assert_false (ahoy_gst_rtp_packet_parse (&read, data, sizeof data));
  g_assert_false (ahoy_gst_rtp_packet_parse (&read, data, 14));
  data[0] = 0xa0; /* padding that is more than there is, or none */
  data[63] = 53;
  g_assert_false (ahoy_gst_rtp_packet_parse (&read, data, sizeof data));
  data[63] = 0;
  g_assert_false (ahoy_gst_rtp_packet_parse (&read, data, sizeof data));
}

/* Random octets, and mutations of what is valid: nothing is read outside, which ASan sees, since
 * each lies in a block of its very size. */
static void
test_garbage (void)
{
  guint taken = 0;

  for (guint i = 0; i < 200000; i++) {
    gsize size = (gsize) g_test_rand_int_range (0, 120);
    g_autofree guint8 *data = g_malloc (MAX (size, 1));
    AhoyGstRtpPacket packet;
    AhoyGstRtcpReport report;

    for (gsize j = 0; j < size; j++) {
      data[j] = (guint8) g_test_rand_int ();
    }
    if (size >= 4 && i % 2 == 0) {
      data[0] = (guint8) (0x80 | (data[0] & 0x3f));
      data[1] = (guint8) (200 + data[1] % 5);
      data[2] = 0;
      data[3] %= 30;
    }
    if (ahoy_gst_rtp_packet_parse (&packet, data, size)) {
      g_assert_true (packet.payload >= data + 12);
      g_assert_cmpuint ((gsize) (packet.payload - data) + packet.payload_size, <=, size);
      taken++;
    }
    if (ahoy_gst_rtcp_parse (&report, data, size)) {
      g_assert_cmpuint (report.n_blocks, <=, AHOY_GST_RTCP_MAX_BLOCKS);
      taken++;
    }
  }
  g_test_message ("%u of 200000 were taken for packets", taken);
  g_assert_cmpuint (taken, >, 100);
}

static void
test_rtcp (void)
{
  guint8 data[AHOY_GST_RTCP_MAX_PACKET];
  AhoyGstRtcpReport report = { .ssrc = 7, .is_sender = TRUE, .ntp = 0x0123456789abcdef,
                               .timestamp = 8, .packets = 9, .octets = 10, .n_blocks = 1,
                               .bye = TRUE };
  AhoyGstRtcpReport read;
  gsize size;

  report.blocks[0] = (AhoyGstRtcpBlock){ .ssrc = 11, .fraction_lost = 12, .lost = -3,
                                         .highest = 14, .jitter = 15, .last_sr = 16,
                                         .delay = 17 };
  size = ahoy_gst_rtcp_write (&report, "a-name", data);
  g_assert_cmpuint (size % 4, ==, 0);
  g_assert_true (ahoy_gst_rtp_packet_is_rtcp (data, size));
  g_assert_true (ahoy_gst_rtcp_parse (&read, data, size));
  g_assert_true (memcmp (&read, &report, sizeof read) == 0);
  for (gsize part = 0; part < size; part++) {
    if (ahoy_gst_rtcp_parse (&read, data, part)) {
      g_assert_cmpuint (part % 4, ==, 0); /* only where one of its packets ends */
    }
  }
  g_assert_false (ahoy_gst_rtcp_parse (&read, data + 28 + 24, size - 28 - 24)); /* SDES first */
}

static void
receive_all (AhoyGstRtpSource *source, guint16 first, guint n, guint drop)
{
  for (guint i = 0; i < n; i++) {
    AhoyGstRtpPacket packet = { .sequence = (guint16) (first + i), .timestamp = i * FRAME,
                                .ssrc = 1, .payload_size = FRAME };

    if (i == 0 && !source->active) {
      ahoy_gst_rtp_source_init (source, &packet, RATE);
    }
    if (drop == 0 || i % drop != drop - 1) {
      ahoy_gst_rtp_source_receive (source, &packet, i * 20000);
    }
  }
}

static void
test_loss (void)
{
  AhoyGstRtpSource source = { 0 };
  AhoyGstRtcpBlock block;

  receive_all (&source, 65000, 1001, 10); /* over the end of the numbers */
  g_assert_cmpuint (ahoy_gst_rtp_source_get_expected (&source), ==, 1001);
  g_assert_cmpint (ahoy_gst_rtp_source_get_lost (&source), ==, 100);
  g_assert_cmpuint (source.received, ==, 901);
  g_assert_cmpuint (ahoy_gst_rtp_source_get_jitter_us (&source), ==, 0);
  ahoy_gst_rtp_source_make_block (&source, &block, 0);
  g_assert_cmpuint (block.fraction_lost, ==, 100 * 256 / 1001);
  g_assert_cmpuint (block.highest, ==, 65000 + 1000);
  ahoy_gst_rtp_source_make_block (&source, &block, 0);
  g_assert_cmpuint (block.fraction_lost, ==, 0);
  g_assert_cmpint (block.lost, ==, 100);
}

static void
test_duplicates (void)
{
  AhoyGstRtpSource source = { 0 };

  receive_all (&source, 0, 50, 0);
  receive_all (&source, 40, 10, 0);
  g_assert_cmpint (ahoy_gst_rtp_source_get_lost (&source), ==, -10);
  g_assert_cmpuint (source.late, ==, 10);
}

/* A jump of the numbers is believed only when it goes on (RFC 3550 A.1). */
static void
test_jump (void)
{
  AhoyGstRtpSource source = { 0 };
  AhoyGstRtpPacket packet = { .sequence = 30000, .ssrc = 1 };

  receive_all (&source, 100, 10, 0);
  g_assert_false (ahoy_gst_rtp_source_receive (&source, &packet, 0));
  packet.sequence = 110;
  g_assert_true (ahoy_gst_rtp_source_receive (&source, &packet, 0));
  packet.sequence = 30000;
  g_assert_false (ahoy_gst_rtp_source_receive (&source, &packet, 0));
  packet.sequence = 30001;
  g_assert_true (ahoy_gst_rtp_source_receive (&source, &packet, 0));
  g_assert_cmpint (ahoy_gst_rtp_source_get_lost (&source), ==, 0);
}

/* Packets that are by turns 10 ms early and late: the difference is 20 ms, and the mean goes there
 * by sixteenths (RFC 3550 A.8). */
static void
test_jitter (void)
{
  AhoyGstRtpSource source = { 0 };

  for (guint i = 0; i < 400; i++) {
    AhoyGstRtpPacket packet = { .sequence = (guint16) i, .timestamp = i * FRAME, .ssrc = 1 };

    if (i == 0) {
      ahoy_gst_rtp_source_init (&source, &packet, RATE);
    }
    ahoy_gst_rtp_source_receive (&source, &packet, i * 20000 + (i % 2) * 20000);
  }
  g_assert_cmpuint (ahoy_gst_rtp_source_get_jitter_us (&source), >, 19900);
  g_assert_cmpuint (ahoy_gst_rtp_source_get_jitter_us (&source), <=, 20000);
}

/* Points of the curve of ITU-T G.107 for G.711. */
static void
test_mos (void)
{
  g_assert_cmpfloat_with_epsilon (ahoy_gst_rtp_get_mos (0, 0), 4.41, 0.01);
  g_assert_cmpfloat_with_epsilon (ahoy_gst_rtp_get_mos (0, 150000), 4.33, 0.02);
  g_assert_cmpfloat_with_epsilon (ahoy_gst_rtp_get_mos (0.05, 50000), 3.91, 0.05);
  g_assert_cmpfloat (ahoy_gst_rtp_get_mos (0.3, 50000), <, 2.3);
  g_assert_cmpfloat (ahoy_gst_rtp_get_mos (1, 3000000), ==, 1);
}

static void
test_latch (void)
{
  AhoyGstAddress signalled = address ("192.0.2.1", 4000);
  AhoyGstAddress real = address ("198.51.100.7", 5000);
  AhoyGstAddress stranger = address ("203.0.113.9", 6000);
  AhoyGstAddress six = address ("2001:db8::1", 5000);
  AhoyGstRtpLatch latch;
  const gint64 s = G_USEC_PER_SEC;

  ahoy_gst_rtp_latch_init (&latch, TRUE);
  g_assert_true (ahoy_gst_rtp_latch_accept (&latch, &stranger, 0)); /* nothing is known yet */
  g_assert_true (ahoy_gst_rtp_latch_set_signalled (&latch, &signalled));
  g_assert_false (ahoy_gst_rtp_latch_accept (&latch, &six, s));
  g_assert_true (ahoy_gst_rtp_latch_accept (&latch, &real, s));
  g_assert_true (ahoy_gst_address_equal (&latch.target, &real));
  for (guint i = 0; i < 100; i++) { /* a stranger cannot take over what flows */
    g_assert_true (ahoy_gst_rtp_latch_accept (&latch, &real, s + i * 20000));
    g_assert_false (ahoy_gst_rtp_latch_accept (&latch, &stranger, s + i * 20000));
  }
  /* the peer moved */
  g_assert_false (ahoy_gst_rtp_latch_accept (&latch, &stranger, 10 * s));
  g_assert_false (ahoy_gst_rtp_latch_accept (&latch, &stranger, 10 * s));
  g_assert_true (ahoy_gst_rtp_latch_accept (&latch, &stranger, 10 * s));
  g_assert_true (ahoy_gst_address_equal (&latch.target, &stranger));
  /* the described address wins, and a new description begins anew */
  g_assert_true (ahoy_gst_rtp_latch_accept (&latch, &signalled, 10 * s));
  g_assert_true (ahoy_gst_address_equal (&latch.target, &signalled));
  g_assert_false (ahoy_gst_rtp_latch_set_signalled (&latch, &signalled));
  g_assert_true (ahoy_gst_rtp_latch_set_signalled (&latch, &real));
  g_assert_true (ahoy_gst_address_equal (&latch.target, &real));
}

static void
test_no_latch (void)
{
  AhoyGstAddress signalled = address ("192.0.2.1", 4000);
  AhoyGstAddress other_port = address ("192.0.2.1", 4444);
  AhoyGstAddress stranger = address ("203.0.113.9", 6000);
  AhoyGstRtpLatch latch;

  ahoy_gst_rtp_latch_init (&latch, FALSE);
  ahoy_gst_rtp_latch_set_signalled (&latch, &signalled);
  g_assert_true (ahoy_gst_rtp_latch_accept (&latch, &other_port, 0));
  g_assert_false (ahoy_gst_rtp_latch_accept (&latch, &stranger, 0));
  g_assert_true (ahoy_gst_address_equal (&latch.target, &signalled));
}

typedef struct {
  int fd;
  int rtcp_fd;
  guint port;
} Pair;

static Pair
allocate (AhoyGstPortAllocator *allocator, const char *host)
{
  g_autoptr (GError) error = NULL;
  Pair pair;

  ahoy_gst_port_allocator_allocate (allocator, host, TRUE, &pair.fd, &pair.rtcp_fd, &pair.port,
                                    &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pair.port % 2, ==, 0);
  return pair;
}

static void
close_pair (Pair *pair)
{
  close (pair->fd);
  close (pair->rtcp_fd);
}

/* The range is one that the kernel has just found free; others may take ports of it meanwhile. */
static void
test_ports (void)
{
  g_autoptr (AhoyGstPortAllocator) any = ahoy_gst_port_allocator_new (0, 0);
  g_autoptr (AhoyGstPortAllocator) range = NULL;
  g_autoptr (GError) error = NULL;
  Pair first = allocate (any, "127.0.0.1");
  Pair six = allocate (any, "::1");
  Pair got[2];
  Pair more;

  close_pair (&six);
  close_pair (&first);
  g_assert_cmpuint (ahoy_gst_port_allocator_get_n_used (any), >=, 1);
  first.port = MIN (first.port, 65530);
  range = ahoy_gst_port_allocator_new (first.port, first.port + 3);
  ahoy_gst_port_allocator_set_quarantine (range, (gint64) G_USEC_PER_SEC * 3600);
  got[0] = allocate (range, "127.0.0.1");
  g_assert_cmpuint (got[0].port, >=, first.port);
  ahoy_gst_port_allocator_release (range, got[0].port);
  close_pair (&got[0]);
  if (ahoy_gst_port_allocator_allocate (range, "127.0.0.1", TRUE, &got[1].fd, &got[1].rtcp_fd,
                                        &got[1].port, NULL)) {
    g_assert_cmpuint (got[1].port, !=, got[0].port); /* that one rests */
    close_pair (&got[1]);
  }
  g_assert_false (ahoy_gst_port_allocator_allocate (range, "127.0.0.1", TRUE, &more.fd,
                                                    &more.rtcp_fd, &more.port, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);
  g_assert_false (ahoy_gst_port_allocator_allocate (any, "localhost", TRUE, &more.fd,
                                                    &more.rtcp_fd, &more.port, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

/* Two sessions on loopback, each the peer of the other. */
typedef struct {
  AhoyGstRtpSession *sessions[2];
  AhoyGstAddress rtp[2];
  AhoyGstAddress rtcp[2];
} Link;

static void
link_up (Link *link, const char *host, gboolean mux)
{
  g_autoptr (AhoyGstPortAllocator) allocator = ahoy_gst_port_allocator_new (0, 0);

  for (guint i = 0; i < 2; i++) {
    Pair pair = allocate (allocator, host);

    link->rtp[i] = address (host, pair.port);
    link->rtcp[i] = address (host, pair.port + 1);
    if (mux) {
      close (pair.rtcp_fd);
      pair.rtcp_fd = -1;
    }
    link->sessions[i] = ahoy_gst_rtp_session_new (pair.fd, pair.rtcp_fd, "test", TRUE);
    ahoy_gst_rtp_session_set_clock_rate (link->sessions[i], RATE);
  }
  for (guint i = 0; i < 2; i++) {
    ahoy_gst_rtp_session_set_remote (link->sessions[i], &link->rtp[!i], &link->rtcp[!i], mux);
  }
}

static void
link_down (Link *link)
{
  ahoy_gst_rtp_session_free (link->sessions[0]);
  ahoy_gst_rtp_session_free (link->sessions[1]);
}

static gboolean
send_frame (Link *link, guint from, gint64 now)
{
  guint8 data[AHOY_GST_RTP_HEADER + FRAME] = { 0 };
  gboolean spurt;
  guint32 timestamp = ahoy_gst_rtp_session_begin_frame (link->sessions[from], now, &spurt);
  gboolean sent = ahoy_gst_rtp_session_send (link->sessions[from], data + AHOY_GST_RTP_HEADER,
                                             FRAME, 0, spurt, timestamp, now);

  ahoy_gst_rtp_session_end_frame (link->sessions[from], FRAME, now);
  return sent;
}

static gssize
read_from (int fd, guint8 *data, gsize size, AhoyGstAddress *from)
{
  socklen_t length = sizeof *from;

  return recvfrom (fd, data, size, MSG_DONTWAIT, &from->any, &length);
}

static gboolean
receive_frame (Link *link, guint to, gint64 now, AhoyGstRtpPacket *packet)
{
  static guint8 data[AHOY_GST_RTP_MAX_PACKET];
  AhoyGstAddress from;
  gssize size = read_from (ahoy_gst_rtp_session_get_rtp_fd (link->sessions[to]), data,
                           sizeof data, &from);

  g_assert_cmpint (size, >, 0);
  return ahoy_gst_rtp_session_receive (link->sessions[to], data, (gsize) size, &from, now, packet);
}

static void
receive_report (Link *link, guint to, gboolean mux, gint64 now)
{
  guint8 data[AHOY_GST_RTCP_MAX_PACKET];
  AhoyGstAddress from;
  int fd = mux ? ahoy_gst_rtp_session_get_rtp_fd (link->sessions[to])
               : ahoy_gst_rtp_session_get_rtcp_fd (link->sessions[to]);
  gssize size = read_from (fd, data, sizeof data, &from);

  g_assert_cmpint (size, >, 0);
  if (mux) {
    AhoyGstRtpPacket packet;

    g_assert_false (ahoy_gst_rtp_session_receive (link->sessions[to], data, (gsize) size, &from,
                                                  now, &packet));
  } else {
    ahoy_gst_rtp_session_receive_rtcp (link->sessions[to], data, (gsize) size, &from, now);
  }
}

/* Reports go to and fro; a delay between them is no part of the round trip. */
static void
run_reports (const char *host, gboolean mux)
{
  Link link;
  AhoyGstRtpPacket packet;
  AhoyGstRtpStatistics statistics;
  gint64 now = g_get_monotonic_time ();

  link_up (&link, host, mux);
  for (guint i = 0; i < 50; i++) {
    now = g_get_monotonic_time ();
    g_assert_true (send_frame (&link, 0, now));
    g_assert_true (send_frame (&link, 1, now));
    g_assert_true (receive_frame (&link, 0, now, &packet));
    g_assert_true (receive_frame (&link, 1, now, &packet));
  }
  for (guint i = 0; i < 2; i++) {
    ahoy_gst_rtp_session_set_report_interval (link.sessions[i], 1);
    ahoy_gst_rtp_session_tick (link.sessions[i], now);
  }
  now = g_get_monotonic_time ();
  ahoy_gst_rtp_session_tick (link.sessions[0], now + 10);
  receive_report (&link, 1, mux, now);
  now = g_get_monotonic_time ();
  ahoy_gst_rtp_session_tick (link.sessions[1], now + 10);
  receive_report (&link, 0, mux, now);
  ahoy_gst_rtp_session_get_statistics (link.sessions[0], &statistics);
  g_test_message ("round trip %u µs, MOS %.2f", statistics.round_trip, statistics.mos);
  g_assert_cmpuint (statistics.packets_sent, ==, 50);
  g_assert_cmpuint (statistics.packets_received, ==, 50);
  g_assert_cmpuint (statistics.octets_received, ==, 50 * FRAME);
  g_assert_cmpuint (statistics.round_trip, >, 0);
  g_assert_cmpuint (statistics.round_trip, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (statistics.packets_lost, ==, 0);
  g_assert_cmpint (statistics.remote_lost, ==, 0);
  g_assert_cmpuint (statistics.packets_dropped, ==, 0);
  ahoy_gst_rtp_session_send_bye (link.sessions[0], now);
  receive_report (&link, 1, mux, now);
  link_down (&link);
}

static void
test_reports (void)
{
  run_reports ("127.0.0.1", FALSE);
  run_reports ("::1", FALSE);
  run_reports ("127.0.0.1", TRUE);
}

/* After a pause the time stamp has gone on with the clock; number and source are as before. */
static void
test_pause (void)
{
  Link link;
  AhoyGstRtpPacket before;
  AhoyGstRtpPacket after;
  gint64 now = 1000000;

  link_up (&link, "127.0.0.1", FALSE);
  send_frame (&link, 0, now);
  receive_frame (&link, 1, now, &before);
  g_assert_true (before.marker);
  send_frame (&link, 0, now + 20000);
  receive_frame (&link, 1, now, &after);
  g_assert_false (after.marker);
  g_assert_cmpuint (after.timestamp - before.timestamp, ==, FRAME);
  send_frame (&link, 0, now + (gint64) 60 * G_USEC_PER_SEC);
  receive_frame (&link, 1, now, &after);
  g_assert_true (after.marker);
  g_assert_cmpuint (after.timestamp - before.timestamp, ==, 60 * RATE);
  g_assert_cmpuint ((guint16) (after.sequence - before.sequence), ==, 2);
  g_assert_cmphex (after.ssrc, ==, before.ssrc);
  link_down (&link);
}

static gboolean
inject (Link *link, guint to, guint32 ssrc, guint16 sequence, gint64 now)
{
  guint8 data[64] = { 0 };
  AhoyGstRtpPacket packet;

  make_packet (data, ssrc, sequence, sequence * FRAME);
  return ahoy_gst_rtp_session_receive (link->sessions[to], data, sizeof data, &link->rtp[!to], now,
                                       &packet);
}

static void
test_new_source (void)
{
  Link link;
  AhoyGstRtpStatistics statistics;

  link_up (&link, "127.0.0.1", FALSE);
  g_assert_true (inject (&link, 0, 1, 10, 20000));
  g_assert_true (inject (&link, 0, 1, 12, 40000));
  g_assert_false (inject (&link, 0, 2, 500, 50000)); /* a forged packet takes nothing over */
  g_assert_true (inject (&link, 0, 1, 13, 60000));
  g_assert_false (inject (&link, 0, 2, 501 + 5, 70000));
  g_assert_true (inject (&link, 0, 2, 502 + 5, 80000)); /* goes on: a new one */
  g_assert_true (inject (&link, 0, 3, 9, 5000000));     /* the old one is silent */
  ahoy_gst_rtp_session_get_statistics (link.sessions[0], &statistics);
  g_assert_cmpuint (statistics.packets_received, ==, 5);
  g_assert_cmpint (statistics.packets_lost, ==, 1);
  g_assert_cmpuint (statistics.packets_dropped, ==, 2);
  link_down (&link);
}

/* A relay keeps gaps and order, and goes on from what was sent before. */
static void
test_relay (void)
{
  static const guint16 numbers[] = { 7, 8, 10, 9, 11 };
  Link link;
  AhoyGstRtpPacket got;
  guint16 first = 0;
  guint32 first_timestamp = 0;

  link_up (&link, "127.0.0.1", FALSE);
  send_frame (&link, 0, 1000);
  receive_frame (&link, 1, 1000, &got);
  first = (guint16) (got.sequence + 1);
  first_timestamp = got.timestamp + FRAME;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    guint8 data[12 + 8] = { 0 };
    AhoyGstRtpPacket packet = { .sequence = numbers[i], .timestamp = numbers[i] * FRAME,
                                .ssrc = 99, .payload = data + 12, .payload_size = 8 };

    ahoy_gst_rtp_session_relay (link.sessions[0], &packet, 0, FRAME, 20000);
    receive_frame (&link, 1, 20000, &got);
    g_assert_cmphex (got.ssrc, ==, ahoy_gst_rtp_session_get_ssrc (link.sessions[0]));
    g_assert_cmpuint (got.sequence, ==, (guint16) (first + numbers[i] - 7));
    g_assert_cmpuint (got.timestamp, ==, first_timestamp + (numbers[i] - 7u) * FRAME);
  }
  send_frame (&link, 0, 40000);
  receive_frame (&link, 1, 40000, &got);
  g_assert_cmpuint (got.sequence, ==, (guint16) (first + 5));
  g_assert_cmpuint (got.timestamp, ==, first_timestamp + 5 * FRAME);
  link_down (&link);
}

static void
test_payload_types (void)
{
  static const guint8 types[] = { 8, 101 };
  Link link;
  AhoyGstRtpStatistics statistics;

  link_up (&link, "127.0.0.1", FALSE);
  ahoy_gst_rtp_session_allow_payload_types (link.sessions[0], types, 2);
  g_assert_false (inject (&link, 0, 1, 10, 20000)); /* type 0 was not agreed on */
  ahoy_gst_rtp_session_get_statistics (link.sessions[0], &statistics);
  g_assert_false (statistics.latched);
  g_assert_cmpuint (statistics.packets_dropped, ==, 1);
  link_down (&link);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/rtp/packet", test_packet);
  g_test_add_func ("/gst/rtp/hostile packets", test_hostile_packet);
  g_test_add_func ("/gst/rtp/garbage", test_garbage);
  g_test_add_func ("/gst/rtp/reports are read as written", test_rtcp);
  g_test_add_func ("/gst/rtp/loss", test_loss);
  g_test_add_func ("/gst/rtp/duplicates", test_duplicates);
  g_test_add_func ("/gst/rtp/a jump of the numbers", test_jump);
  g_test_add_func ("/gst/rtp/jitter", test_jitter);
  g_test_add_func ("/gst/rtp/mos", test_mos);
  g_test_add_func ("/gst/rtp/latch", test_latch);
  g_test_add_func ("/gst/rtp/no latch", test_no_latch);
  g_test_add_func ("/gst/rtp/ports", test_ports);
  g_test_add_func ("/gst/rtp/reports and round trip", test_reports);
  g_test_add_func ("/gst/rtp/a pause", test_pause);
  g_test_add_func ("/gst/rtp/a new source", test_new_source);
  g_test_add_func ("/gst/rtp/relay", test_relay);
  g_test_add_func ("/gst/rtp/payload types", test_payload_types);
  return g_test_run ();
}
