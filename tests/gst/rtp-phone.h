/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-rtp-packet-private.h"
#include "ahoy-gst-address-private.h"

/* A peer that speaks plain RTP by a socket of its own, in the thread of the test. */
typedef struct {
  int fd;
  AhoyGstAddress address;
  AhoyGstAddress peer;
  guint16 sequence;
  guint32 timestamp;
  guint received;
  guint16 last_sequence;
  guint32 last_timestamp;
  guint32 ssrc;
  guint8 payload_type;
  guint gaps;    /* in the sequence numbers */
  guint skips;   /* in the time stamps, of sound in G.711 */
  guint32 next_timestamp;
  guint sources; /* how many SSRCs came */
  GArray *pcm;   /* gint16 at 8000 Hz */
} RtpPhone;

void rtp_phone_init (RtpPhone *self, const char *host);
void rtp_phone_clear (RtpPhone *self);
void rtp_phone_send (RtpPhone *self, guint payload_type, const guint8 *payload, gsize size,
                     guint duration);
void rtp_phone_send_raw (RtpPhone *self, const guint8 *data, gsize size);
guint rtp_phone_receive (RtpPhone *self);
