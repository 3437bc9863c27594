/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-session-private.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_INTERVAL (5 * G_USEC_PER_SEC)
/* A pause in what is sent that is longer than this is made up for in the time stamp. */
#define MAX_SEND_GAP (100 * 1000)
/* A new source of the peer replaces one that was heard this long ago at once. */
#define SOURCE_SILENCE (200 * 1000)
#define MAX_RELAY_JUMP 1000
/* In 1/65536 s */
#define MAX_ROUND_TRIP (10 * 65536)
#define CLOCK_SLACK (65536 / 100)
/* What a listener waits for besides the network: a frame, and the codec. */
#define OWN_DELAY_US 40000

struct _AhoyGstRtpSession {
  int rtp_fd;
  int rtcp_fd;
  char *cname;
  AhoyGstRtpLatch latch;
  gboolean mux;
  AhoyGstAddress signalled_rtcp;
  AhoyGstAddress learned_rtcp;
  guint64 allowed[2]; /* payload types, a bit each */
  guint clock_rate;

  /* what goes */
  guint32 ssrc;
  guint16 sequence;       /* of the next packet */
  guint32 next_timestamp; /* of the next frame */
  guint32 last_duration;
  gint64 last_sent; /* µs, 0 before anything */
  guint64 packets_sent;
  guint64 octets_sent;
  gboolean relaying;
  guint32 relay_ssrc;
  guint16 relay_sequence;
  guint32 relay_timestamp;
  guint32 event_timestamp; /* of the last digit that was relayed, as it came */
  guint32 event_sent;      /* and as it went */
  AhoyGstRtpTap tap;       /* NULL for none */
  gpointer tap_data;

  /* what comes */
  AhoyGstRtpSource source;
  AhoyGstRtpStatistics past; /* of sources before this one */
  guint32 new_ssrc;
  guint16 new_sequence;
  gboolean has_new;
  guint64 dropped;

  /* reports */
  gint64 interval;
  gint64 next_report;
  guint64 packets_reported[2]; /* sent at the last two reports */
  guint round_trip;
  gint64 remote_lost;
  guint remote_jitter;
};

/* Takes both sockets; @rtcp_fd is -1 when RTCP shares the port of RTP. */
AhoyGstRtpSession *
ahoy_gst_rtp_session_new (int rtp_fd, int rtcp_fd, const char *cname, gboolean symmetric)
{
  AhoyGstRtpSession *self = g_new0 (AhoyGstRtpSession, 1);

  self->rtp_fd = rtp_fd;
  self->rtcp_fd = rtcp_fd;
  self->cname = g_strdup (cname);
  self->ssrc = g_random_int ();
  self->sequence = (guint16) g_random_int_range (0, 1 << 15);
  self->next_timestamp = g_random_int ();
  self->interval = DEFAULT_INTERVAL;
  self->allowed[0] = self->allowed[1] = G_MAXUINT64;
  ahoy_gst_rtp_latch_init (&self->latch, symmetric);
  return self;
}

void
ahoy_gst_rtp_session_free (AhoyGstRtpSession *self)
{
  close (self->rtp_fd);
  if (self->rtcp_fd >= 0) {
    close (self->rtcp_fd);
  }
  g_free (self->cname);
  g_free (self);
}

int
ahoy_gst_rtp_session_get_rtp_fd (AhoyGstRtpSession *self)
{
  return self->rtp_fd;
}

int
ahoy_gst_rtp_session_get_rtcp_fd (AhoyGstRtpSession *self)
{
  return self->rtcp_fd;
}

guint32
ahoy_gst_rtp_session_get_ssrc (AhoyGstRtpSession *self)
{
  return self->ssrc;
}

/* What the peer's description says; own source and numbers stay as they are. */
void
ahoy_gst_rtp_session_set_remote (AhoyGstRtpSession *self, const AhoyGstAddress *rtp,
                                 const AhoyGstAddress *rtcp, gboolean mux)
{
  if (ahoy_gst_rtp_latch_set_signalled (&self->latch, rtp)) {
    memset (&self->learned_rtcp, 0, sizeof self->learned_rtcp);
  }
  self->signalled_rtcp = *rtcp;
  self->mux = mux;
}

void
ahoy_gst_rtp_session_set_clock_rate (AhoyGstRtpSession *self, guint clock_rate)
{
  self->clock_rate = clock_rate;
  ahoy_gst_rtp_source_set_clock_rate (&self->source, clock_rate);
}

/* Packets of all other payload types are dropped. */
void
ahoy_gst_rtp_session_allow_payload_types (AhoyGstRtpSession *self, const guint8 *types,
                                          guint n_types)
{
  self->allowed[0] = self->allowed[1] = 0;
  for (guint i = 0; i < n_types; i++) {
    self->allowed[(types[i] >> 6) & 1] |= G_GUINT64_CONSTANT (1) << (types[i] & 63);
  }
}

/* The mean time between reports in µs; 5 s unless set (RFC 3550 §6.2). */
void
ahoy_gst_rtp_session_set_report_interval (AhoyGstRtpSession *self, gint64 interval)
{
  self->interval = interval;
  self->next_report = 0;
}

static gboolean
is_allowed (AhoyGstRtpSession *self, guint payload_type)
{
  return (self->allowed[payload_type >> 6] >> (payload_type & 63) & 1) != 0;
}

static void
remember_source (AhoyGstRtpSession *self)
{
  self->past.packets_received += self->source.received;
  self->past.octets_received += self->source.octets;
  self->past.packets_late += self->source.late;
  self->past.packets_lost += ahoy_gst_rtp_source_get_lost (&self->source);
}

/* Whether a packet of another source than before begins a new one: at once when the old one is
 * silent, else with its second packet in a row. */
static gboolean
is_new_source (AhoyGstRtpSession *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  gboolean follows = self->has_new && self->new_ssrc == packet->ssrc &&
                     packet->sequence == (guint16) (self->new_sequence + 1);

  self->has_new = TRUE;
  self->new_ssrc = packet->ssrc;
  self->new_sequence = packet->sequence;
  return follows || !self->source.active || now - self->source.last_received > SOURCE_SILENCE;
}

static gboolean
receive_packet (AhoyGstRtpSession *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  if (!self->source.active || self->source.ssrc != packet->ssrc) {
    if (!is_new_source (self, packet, now)) {
      return FALSE;
    }
    remember_source (self);
    ahoy_gst_rtp_source_init (&self->source, packet, self->clock_rate);
    self->has_new = FALSE;
  }
  return ahoy_gst_rtp_source_receive (&self->source, packet, now);
}

/* Looks at what came on the RTP port; TRUE when it is a packet to be heard. */
gboolean
ahoy_gst_rtp_session_receive (AhoyGstRtpSession *self, guint8 *data, gsize size,
                              const AhoyGstAddress *from, gint64 now, AhoyGstRtpPacket *packet)
{
  if (ahoy_gst_rtp_packet_is_rtcp (data, size)) {
    ahoy_gst_rtp_session_receive_rtcp (self, data, size, from, now);
    return FALSE;
  }
  if (!ahoy_gst_rtp_packet_parse (packet, data, size) ||
      !is_allowed (self, packet->payload_type) ||
      !ahoy_gst_rtp_latch_accept (&self->latch, from, now) ||
      !receive_packet (self, packet, now)) {
    self->dropped++;
    return FALSE;
  }
  return TRUE;
}

static void
take_block (AhoyGstRtpSession *self, const AhoyGstRtcpBlock *block)
{
  guint32 now = (guint32) (ahoy_gst_rtcp_get_ntp () >> 16);
  gint32 round_trip = (gint32) (now - block->last_sr - block->delay);

  self->remote_lost = block->lost;
  if (self->clock_rate != 0) {
    self->remote_jitter =
        (guint) ((guint64) block->jitter * G_USEC_PER_SEC / self->clock_rate);
  }
  /* Clocks of two machines differ a little; what is further below 0, or absurd, is not believed. */
  if (block->last_sr != 0 && round_trip > -CLOCK_SLACK && round_trip < MAX_ROUND_TRIP) {
    self->round_trip = (guint) ((guint64) MAX (round_trip, 1) * G_USEC_PER_SEC / 65536);
  }
}

/* Looks at what came on the RTCP port, or as RTCP on that of RTP (RFC 5761). */
void
ahoy_gst_rtp_session_receive_rtcp (AhoyGstRtpSession *self, const guint8 *data, gsize size,
                                   const AhoyGstAddress *from, gint64 now)
{
  AhoyGstRtcpReport report;

  if (!ahoy_gst_rtcp_parse (&report, data, size) ||
      (ahoy_gst_address_is_set (&self->latch.target) &&
       !ahoy_gst_address_equal_host (from, &self->latch.target))) {
    self->dropped++;
    return;
  }
  if (self->latch.symmetric) {
    self->learned_rtcp = *from;
  }
  if (self->source.active && report.ssrc == self->source.ssrc) {
    ahoy_gst_rtp_source_take_report (&self->source, &report, now);
  }
  for (guint i = 0; i < report.n_blocks; i++) {
    if (report.blocks[i].ssrc == self->ssrc) {
      take_block (self, &report.blocks[i]);
    }
  }
}

static guint32
to_units (AhoyGstRtpSession *self, gint64 duration)
{
  return (guint32) ((guint64) MAX (duration, 0) * self->clock_rate / G_USEC_PER_SEC);
}

/*
 * The time stamp of the frame that is sent now. After a pause it has gone on with the clock, and
 * @spurt says that a marker is due (RFC 3551 §4.1).
 */
guint32
ahoy_gst_rtp_session_begin_frame (AhoyGstRtpSession *self, gint64 now, gboolean *spurt)
{
  gint64 gap = now - self->last_sent;

  *spurt = self->last_sent == 0;
  if (self->last_sent != 0 && gap > MAX_SEND_GAP) {
    guint32 units = to_units (self, gap);

    self->next_timestamp += units > self->last_duration ? units - self->last_duration : 0;
    self->last_sent = now;
    *spurt = TRUE;
  }
  return self->next_timestamp;
}

/* The next frame begins @duration units of the clock later. */
void
ahoy_gst_rtp_session_end_frame (AhoyGstRtpSession *self, guint32 duration, gint64 now)
{
  self->next_timestamp += duration;
  self->last_duration = duration;
  self->last_sent = now;
}

static gboolean
can_send_to (const AhoyGstAddress *address)
{
  return ahoy_gst_address_is_set (address) && !ahoy_gst_address_is_any_host (address) &&
         ahoy_gst_address_get_port (address) != 0;
}

/* Writes the header before the payload: the buffer has AHOY_GST_RTP_HEADER octets of room there. */
static gboolean
send_packet (AhoyGstRtpSession *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  guint8 *data = packet->payload - AHOY_GST_RTP_HEADER;
  const AhoyGstAddress *to = &self->latch.target;

  if (!can_send_to (to)) {
    return FALSE;
  }
  ahoy_gst_rtp_packet_write_header (packet, data);
  if (sendto (self->rtp_fd, data, packet->payload_size + AHOY_GST_RTP_HEADER,
              MSG_DONTWAIT | MSG_NOSIGNAL, &to->any, ahoy_gst_address_get_size (to)) < 0) {
    return FALSE;
  }
  self->packets_sent++;
  self->octets_sent += packet->payload_size;
  if (self->tap != NULL) {
    self->tap (self->tap_data, packet, now);
  }
  return TRUE;
}

/* Who is to see each packet that was sent; NULL for nobody. */
void
ahoy_gst_rtp_session_set_tap (AhoyGstRtpSession *self, AhoyGstRtpTap tap, gpointer data)
{
  self->tap = tap;
  self->tap_data = data;
}

/* Sends a payload; AHOY_GST_RTP_HEADER octets before it are overwritten. */
gboolean
ahoy_gst_rtp_session_send (AhoyGstRtpSession *self, guint8 *payload, gsize size,
                           guint payload_type, gboolean marker, guint32 timestamp, gint64 now)
{
  AhoyGstRtpPacket packet = { .payload_type = (guint8) payload_type, .marker = marker,
                              .sequence = self->sequence, .timestamp = timestamp,
                              .ssrc = self->ssrc, .payload = payload, .payload_size = size };

  self->relaying = FALSE;
  if (!send_packet (self, &packet, now)) {
    return FALSE;
  }
  self->sequence++;
  return TRUE;
}

static void
begin_relay (AhoyGstRtpSession *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  gboolean spurt;

  self->relay_timestamp =
      ahoy_gst_rtp_session_begin_frame (self, now, &spurt) - packet->timestamp;
  self->relay_sequence = (guint16) (self->sequence - packet->sequence);
  self->relay_ssrc = packet->ssrc;
  self->relaying = TRUE;
}

/* All packets of a digit have one time stamp, even if something of our own came between them. */
static void
keep_event (AhoyGstRtpSession *self, const AhoyGstRtpPacket *packet, AhoyGstRtpPacket *out)
{
  if (packet->timestamp == self->event_timestamp && !packet->marker) {
    out->timestamp = self->event_sent;
  }
  self->event_timestamp = packet->timestamp;
  self->event_sent = out->timestamp;
}

/*
 * Sends a packet of somebody else on as our own: the header is rewritten in its place, and gaps
 * and order stay as they came.
 */
gboolean
ahoy_gst_rtp_session_relay (AhoyGstRtpSession *self, const AhoyGstRtpPacket *packet,
                            guint payload_type, guint32 duration, gint64 now)
{
  AhoyGstRtpPacket out = *packet;
  gint16 ahead = (gint16) (packet->sequence + self->relay_sequence - self->sequence);

  if (!self->relaying || self->relay_ssrc != packet->ssrc || ABS ((int) ahead) > MAX_RELAY_JUMP) {
    begin_relay (self, packet, now);
    ahead = 0;
    out.marker = packet->marker || duration > 0;
  }
  out.payload_type = (guint8) payload_type;
  out.ssrc = self->ssrc;
  out.sequence = (guint16) (packet->sequence + self->relay_sequence);
  out.timestamp = packet->timestamp + self->relay_timestamp;
  if (duration == 0) {
    keep_event (self, packet, &out);
  }
  if (!send_packet (self, &out, now)) {
    return FALSE;
  }
  if (ahead >= 0) {
    self->sequence = (guint16) (out.sequence + 1);
    self->next_timestamp = out.timestamp + duration;
    self->last_duration = duration;
    self->last_sent = now;
  }
  return TRUE;
}

static AhoyGstAddress
rtcp_target (AhoyGstRtpSession *self)
{
  AhoyGstAddress target = self->latch.target;

  if (self->mux || !ahoy_gst_address_is_set (&target)) {
    return target;
  }
  if (ahoy_gst_address_is_set (&self->learned_rtcp) &&
      ahoy_gst_address_equal_host (&self->learned_rtcp, &target)) {
    return self->learned_rtcp;
  }
  if (!self->latch.latched || ahoy_gst_address_equal_host (&target, &self->latch.signalled)) {
    return self->signalled_rtcp;
  }
  ahoy_gst_address_set_port (&target, ahoy_gst_address_get_port (&target) + 1);
  return target;
}

static void
send_report (AhoyGstRtpSession *self, gboolean bye, gint64 now)
{
  AhoyGstAddress to = rtcp_target (self);
  AhoyGstRtcpReport report = { .ssrc = self->ssrc, .bye = bye };
  guint8 data[AHOY_GST_RTCP_MAX_PACKET];
  gsize size;
  int fd = self->mux || self->rtcp_fd < 0 ? self->rtp_fd : self->rtcp_fd;

  if (!can_send_to (&to)) {
    return;
  }
  report.is_sender = self->packets_sent > self->packets_reported[1];
  if (report.is_sender) {
    report.ntp = ahoy_gst_rtcp_get_ntp ();
    report.timestamp = self->next_timestamp - self->last_duration +
                       to_units (self, now - self->last_sent);
    report.packets = (guint32) self->packets_sent;
    report.octets = (guint32) self->octets_sent;
  }
  if (self->source.active && self->source.received > self->source.received_prior) {
    ahoy_gst_rtp_source_make_block (&self->source, &report.blocks[report.n_blocks++], now);
  }
  self->packets_reported[1] = self->packets_reported[0];
  self->packets_reported[0] = self->packets_sent;
  size = ahoy_gst_rtcp_write (&report, self->cname, data);
  if (sendto (fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL, &to.any,
              ahoy_gst_address_get_size (&to)) < 0) {
    g_debug ("A report to port %u was not sent: %s", ahoy_gst_address_get_port (&to),
             g_strerror (errno));
  }
}

/* Half to one and a half of the interval, with the compensation of RFC 3550 §6.3.1. */
static gint64
random_interval (AhoyGstRtpSession *self, double factor)
{
  return (gint64) (self->interval * factor * g_random_double_range (0.5, 1.5) / (M_E - 1.5));
}

/* Sends a report when one is due; to be called some times a second, on hold too. */
void
ahoy_gst_rtp_session_tick (AhoyGstRtpSession *self, gint64 now)
{
  if (self->next_report == 0) {
    self->next_report = now + random_interval (self, 0.5);
  } else if (now >= self->next_report) {
    send_report (self, FALSE, now);
    self->next_report = now + random_interval (self, 1);
  }
}

/* Says goodbye, if anything was sent at all (RFC 3550 §6.3.7). */
void
ahoy_gst_rtp_session_send_bye (AhoyGstRtpSession *self, gint64 now)
{
  if (self->packets_sent > 0) {
    send_report (self, TRUE, now);
  }
}

static double
estimate_mos (AhoyGstRtpSession *self, const AhoyGstRtpStatistics *so_far)
{
  double lost = (double) MAX (so_far->packets_lost, 0);
  double expected = lost + (double) so_far->packets_received;

  return expected > 0 ? ahoy_gst_rtp_get_mos (lost / expected, self->round_trip / 2 +
                                                                   2 * so_far->jitter +
                                                                   OWN_DELAY_US)
                      : 0;
}

void
ahoy_gst_rtp_session_get_statistics (AhoyGstRtpSession *self, AhoyGstRtpStatistics *out)
{
  *out = self->past;
  out->packets_sent = self->packets_sent;
  out->octets_sent = self->octets_sent;
  out->packets_received += self->source.received;
  out->octets_received += self->source.octets;
  out->packets_lost += ahoy_gst_rtp_source_get_lost (&self->source);
  out->packets_late += self->source.late;
  out->packets_dropped = self->dropped;
  out->jitter = ahoy_gst_rtp_source_get_jitter_us (&self->source);
  out->round_trip = self->round_trip;
  out->remote_lost = self->remote_lost;
  out->remote_jitter = self->remote_jitter;
  out->latched = self->latch.latched &&
                 !ahoy_gst_address_equal (&self->latch.target, &self->latch.signalled);
  out->remote = self->latch.target;
  out->mos = estimate_mos (self, out);
}
