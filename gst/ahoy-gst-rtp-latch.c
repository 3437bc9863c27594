/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-latch-private.h"

#include <string.h>

/*
 * Symmetric RTP: a peer behind a NAT names an address in its description that nobody can reach, so
 * its packets say where it is. The same would let a stranger take over a call, so:
 *
 * - Before the description came, packets are taken from everybody and nothing is learned for good.
 * - The first valid packet decides (RFC 7362 §4); after it, others are dropped.
 * - The address of the description wins whenever packets come from it.
 * - Another takes over only after the latched one was silent for SILENCE, with MIN_PACKETS in
 *   a row: a peer that moved. A stranger cannot take a stream that flows.
 * - A new address in a later description begins anew.
 * - Without symmetric RTP only packets from the described host are taken, from any port of it.
 */
#define SILENCE (2 * G_USEC_PER_SEC)
#define MIN_PACKETS 3

void
ahoy_gst_rtp_latch_init (AhoyGstRtpLatch *self, gboolean symmetric)
{
  memset (self, 0, sizeof *self);
  self->symmetric = symmetric;
}

/* TRUE when this is another address than before, to which is sent from now on. */
gboolean
ahoy_gst_rtp_latch_set_signalled (AhoyGstRtpLatch *self, const AhoyGstAddress *address)
{
  if (ahoy_gst_address_is_set (&self->signalled) &&
      ahoy_gst_address_equal (&self->signalled, address)) {
    return FALSE;
  }
  self->signalled = *address;
  self->target = *address;
  self->latched = FALSE;
  self->n_candidate = 0;
  return TRUE;
}

static gboolean
latch (AhoyGstRtpLatch *self, const AhoyGstAddress *from, gint64 now)
{
  self->target = *from;
  self->latched = TRUE;
  self->last_received = now;
  self->n_candidate = 0;
  return TRUE;
}

static gboolean
try_candidate (AhoyGstRtpLatch *self, const AhoyGstAddress *from, gint64 now)
{
  if (now - self->last_received < SILENCE) {
    self->n_candidate = 0;
    return FALSE;
  }
  if (self->n_candidate == 0 || !ahoy_gst_address_equal (&self->candidate, from)) {
    self->candidate = *from;
    self->n_candidate = 0;
  }
  if (++self->n_candidate < MIN_PACKETS) {
    return FALSE;
  }
  return latch (self, from, now);
}

/* Whether a valid packet from an address is to be used; it may change where is sent to. */
gboolean
ahoy_gst_rtp_latch_accept (AhoyGstRtpLatch *self, const AhoyGstAddress *from, gint64 now)
{
  if (!ahoy_gst_address_is_set (&self->signalled)) {
    return TRUE;
  }
  if (from->any.sa_family != self->signalled.any.sa_family) {
    return FALSE;
  }
  if (!self->symmetric) {
    return ahoy_gst_address_equal_host (from, &self->signalled);
  }
  if (self->latched && ahoy_gst_address_equal (from, &self->target)) {
    self->last_received = now;
    self->n_candidate = 0;
    return TRUE;
  }
  if (!self->latched || ahoy_gst_address_equal (from, &self->signalled)) {
    return latch (self, from, now);
  }
  return try_candidate (self, from, now);
}
