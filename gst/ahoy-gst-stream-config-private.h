/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-address-private.h"
#include "ahoy-gst-codec.h"

G_BEGIN_DECLS

#define AHOY_GST_MAX_FORMATS 16

/* One payload format as both sides agreed on it. */
typedef struct {
  const AhoyGstCodec *codec;
  guint8 payload_type;
} AhoyGstFormat;

/* What both sides of a stream agreed on; plain data that goes from thread to thread. */
typedef struct {
  AhoyGstAddress rtp;
  AhoyGstAddress rtcp;
  gboolean mux;
  gboolean sends;
  gboolean receives;
  guint ptime; /* ms */
  AhoyGstFormat send;
  AhoyGstCodecParams wishes; /* of the peer, for what is sent */
  guint n_receive;
  AhoyGstFormat receive[AHOY_GST_MAX_FORMATS]; /* the first is the one that is expected */
  int dtmf_send;                               /* payload type, -1 for none */
  int dtmf_receive;
  guint dtmf_rate;
  gboolean inband; /* digits are tones in the sound */
  gboolean direct; /* the peer sends to somebody else; nothing is said on our own */
} AhoyGstStreamConfig;

G_END_DECLS
