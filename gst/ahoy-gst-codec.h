/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  AHOY_GST_CODEC_AUDIO,
  AHOY_GST_CODEC_COMFORT_NOISE, /* RFC 3389 */
  AHOY_GST_CODEC_EVENTS,        /* RFC 4733 */
} AhoyGstCodecKind;

/* A row of the table of what can be sent and received. */
typedef struct {
  const char *name; /* as in a=rtpmap; compare without case */
  AhoyGstCodecKind kind;
  int static_payload_type; /* -1: dynamic */
  guint clock_rate;        /* of timestamps */
  guint sample_rate;       /* of the samples that go in and out */
  guint channels;          /* as in a=rtpmap; samples are always mono */
  guint default_ptime;     /* ms */
  const char *encoder;     /* GStreamer elements; NULL: own code */
  const char *decoder;
  const char *caps;    /* of the encoded side */
  const char *package; /* where the elements come from in Debian */
} AhoyGstCodec;

/* What the peer wants to receive, from its a=fmtp. */
typedef struct {
  guint max_bit_rate; /* 0: no wish */
  gboolean use_inband_fec;
  gboolean use_dtx;
  gboolean constant_bit_rate;
  guint max_playback_rate; /* Hz; 0: no wish */
  guint32 events;          /* bit n: event n */
} AhoyGstCodecParams;

guint ahoy_gst_codec_get_n (void);
const AhoyGstCodec *ahoy_gst_codec_get (guint index);
const AhoyGstCodec *ahoy_gst_codec_find (const char *name, guint clock_rate, guint channels);
const AhoyGstCodec *ahoy_gst_codec_find_static (guint payload_type);
gboolean ahoy_gst_codec_is_available (const AhoyGstCodec *self);
void ahoy_gst_codec_warm_up (void);
guint ahoy_gst_codec_choose_ptime (const AhoyGstCodec *self, guint wanted, guint max);
void ahoy_gst_codec_read_fmtp (const AhoyGstCodec *self, const char *fmtp,
                               AhoyGstCodecParams *params);
char *ahoy_gst_codec_make_fmtp (const AhoyGstCodec *self, const char *offered);

G_END_DECLS
