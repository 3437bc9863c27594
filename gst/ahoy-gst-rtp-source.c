/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-source-private.h"

#include <string.h>

#define SEQUENCES (1u << 16)
#define MAX_DROPOUT 3000
#define MAX_MISORDER 100
#define NO_SEQUENCE (SEQUENCES + 1)

static void
restart (AhoyGstRtpSource *self, guint16 sequence)
{
  self->base_sequence = sequence;
  self->max_sequence = sequence;
  self->bad_sequence = NO_SEQUENCE;
  self->cycles = 0;
  self->received = 0;
  self->expected_prior = 0;
  self->received_prior = 0;
}

/* Begins to count a source with its first packet, which is still to be received. */
void
ahoy_gst_rtp_source_init (AhoyGstRtpSource *self, const AhoyGstRtpPacket *packet, guint clock_rate)
{
  memset (self, 0, sizeof *self);
  self->active = TRUE;
  self->ssrc = packet->ssrc;
  self->clock_rate = clock_rate;
  restart (self, packet->sequence);
  self->max_sequence = (guint16) (packet->sequence - 1);
  self->cycles = packet->sequence == 0 ? (guint32) -SEQUENCES : 0;
}

/* RFC 3550 appendix A.1, without probation: who sends to us was agreed on. */
static gboolean
update_sequence (AhoyGstRtpSource *self, guint16 sequence)
{
  guint16 delta = (guint16) (sequence - self->max_sequence);

  if (delta > 0 && delta < MAX_DROPOUT) {
    if (sequence < self->max_sequence) {
      self->cycles += SEQUENCES;
    }
    self->max_sequence = sequence;
  } else if (delta == 0 || delta > SEQUENCES - MAX_MISORDER) {
    self->late++;
  } else if (sequence == self->bad_sequence) {
    restart (self, sequence);
  } else {
    self->bad_sequence = (sequence + 1) & (SEQUENCES - 1);
    return FALSE;
  }
  return TRUE;
}

/* RFC 3550 appendix A.8, with a fraction of the clock's unit. */
static void
update_jitter (AhoyGstRtpSource *self, guint32 timestamp, gint64 now)
{
  guint64 arrival = (guint64) now * self->clock_rate / G_USEC_PER_SEC;
  guint32 transit = (guint32) arrival - timestamp;

  if (self->has_transit) {
    gint32 difference = (gint32) (transit - self->transit);

    /* A jump of more than a second is no jitter: the sender began a new clock. */
    if (ABS ((gint64) difference) < self->clock_rate) {
      self->jitter += (ABS ((double) difference) - self->jitter) / 16;
    }
  }
  self->transit = transit;
  self->has_transit = TRUE;
}

/* Counts a packet; FALSE when its sequence number jumps, so that it is not to be used. */
gboolean
ahoy_gst_rtp_source_receive (AhoyGstRtpSource *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  if (!update_sequence (self, packet->sequence)) {
    return FALSE;
  }
  self->received++;
  self->octets += packet->payload_size;
  self->last_received = now;
  if (self->clock_rate != 0) {
    update_jitter (self, packet->timestamp, now);
  }
  return TRUE;
}

/* Another codec: jitter so far is kept in time, and the next packet compares with nothing. */
void
ahoy_gst_rtp_source_set_clock_rate (AhoyGstRtpSource *self, guint clock_rate)
{
  if (clock_rate == self->clock_rate) {
    return;
  }
  self->jitter = self->clock_rate != 0 ? self->jitter * clock_rate / self->clock_rate : 0;
  self->clock_rate = clock_rate;
  self->has_transit = FALSE;
}

void
ahoy_gst_rtp_source_take_report (AhoyGstRtpSource *self, const AhoyGstRtcpReport *report,
                                 gint64 now)
{
  if (report->is_sender) {
    self->last_sr = (guint32) (report->ntp >> 16);
    self->last_sr_time = now;
  }
}

guint64
ahoy_gst_rtp_source_get_expected (const AhoyGstRtpSource *self)
{
  return (guint32) (self->cycles + self->max_sequence - self->base_sequence + 1);
}

/* Below 0 when more packets came twice than were lost. */
gint64
ahoy_gst_rtp_source_get_lost (const AhoyGstRtpSource *self)
{
  return self->active ? (gint64) ahoy_gst_rtp_source_get_expected (self) - (gint64) self->received
                      : 0;
}

guint
ahoy_gst_rtp_source_get_jitter_us (const AhoyGstRtpSource *self)
{
  return self->clock_rate != 0 ? (guint) (self->jitter * G_USEC_PER_SEC / self->clock_rate) : 0;
}

/* A report block of what came since the last one (RFC 3550 appendix A.3). */
void
ahoy_gst_rtp_source_make_block (AhoyGstRtpSource *self, AhoyGstRtcpBlock *block, gint64 now)
{
  guint64 expected = ahoy_gst_rtp_source_get_expected (self);
  gint64 expected_now = (gint64) (expected - self->expected_prior);
  gint64 lost_now = expected_now - (gint64) (self->received - self->received_prior);

  self->expected_prior = expected;
  self->received_prior = self->received;
  block->ssrc = self->ssrc;
  block->fraction_lost = 0;
  if (expected_now > 0 && lost_now > 0) {
    block->fraction_lost = (guint8) MIN ((lost_now << 8) / expected_now, 255);
  }
  block->lost = (gint32) CLAMP (ahoy_gst_rtp_source_get_lost (self), -0x800000, 0x7fffff);
  block->highest = self->cycles + self->max_sequence;
  block->jitter = (guint32) self->jitter;
  block->last_sr = self->last_sr;
  block->delay = 0;
  if (self->last_sr_time != 0) {
    block->delay = (guint32) ((now - self->last_sr_time) * 65536 / G_USEC_PER_SEC);
  }
}

/*
 * The mean opinion score of ITU-T G.107 for G.711: @loss is a fraction from 0 to 1, lost at random,
 * @delay_us the way from mouth to ear.
 */
double
ahoy_gst_rtp_get_mos (double loss, guint delay_us)
{
  const double robustness = 25.1; /* Bpl of G.711 with concealment */
  double delay = delay_us / 1000.0;
  double percent = CLAMP (loss, 0, 1) * 100;
  double impairment = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  double r = 93.2 - impairment - 95 * percent / (percent + robustness);

  if (r <= 0) {
    return 1;
  }
  if (r >= 100) {
    return 4.5;
  }
  return MAX (1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r), 1);
}
