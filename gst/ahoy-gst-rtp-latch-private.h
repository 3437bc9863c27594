/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-address-private.h"

G_BEGIN_DECLS

/* Where RTP is sent to and taken from. */
typedef struct {
  gboolean symmetric;
  gboolean latched;
  AhoyGstAddress signalled; /* of the peer's description; not set before it came */
  AhoyGstAddress target;    /* where is sent to */
  gint64 last_received;     /* from the target, µs */
  AhoyGstAddress candidate; /* who wants to take its place */
  guint n_candidate;
} AhoyGstRtpLatch;

void ahoy_gst_rtp_latch_init (AhoyGstRtpLatch *self, gboolean symmetric);
gboolean ahoy_gst_rtp_latch_set_signalled (AhoyGstRtpLatch *self, const AhoyGstAddress *address);
gboolean ahoy_gst_rtp_latch_accept (AhoyGstRtpLatch *self, const AhoyGstAddress *from, gint64 now);

G_END_DECLS
