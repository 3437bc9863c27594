/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-speech-private.h"
#include "ahoy-gst-stream-private.h"

G_BEGIN_DECLS

/* What the files of a stream know of it. */
struct _AhoyGstStream {
  GObject parent_instance;

  AhoyGstEngine *engine; /* not a reference; NULL when the stream is closed */
  AhoyGstChannel *channel;
  guint worker;
  gboolean moving;
  gboolean closing;
  GQueue waiting; /* Step: while the channel is on its way */
  char *address;
  guint port;
  gboolean has_rtcp;
  AhoyGstStreamConfig config;
  gboolean configured;
  double volume[2]; /* by AhoyMediaSound */
  gboolean echo;
  gboolean has_echoer; /* the echo is not as loud as what comes */
  AhoyGstPair *pair; /* with another one; NULL when it is alone */
  AhoyGstRoom *room; /* not a reference: it counts its streams; NULL when it is in none */
  gboolean muted;
  gboolean tapped; /* as it was told last */
  guint n_playing; /* sources that are not over */
  guint n_recordings; /* begun and not ended: at most one, and those that are being stopped */
  AhoyGstWavWriter *recorder; /* of the one that is not to stop; not a reference */
  gboolean paused;            /* that one */
  gboolean records_sent;      /* what the peer is sent is in it too */
  AhoyGstSpeech *speech; /* a text that will play; NULL for none */
  AhoyGstRtpStatistics last; /* when it is over */
};

/* ahoy-gst-stream.c */
gboolean ahoy_gst_stream_is_open (AhoyGstStream *self);
gboolean ahoy_gst_stream_check_open (AhoyGstStream *self, GError **error);
AhoyGstListener *ahoy_gst_stream_make_listener (AhoyGstStream *self);
AhoyGstListener *ahoy_gst_stream_make_sent_listener (AhoyGstStream *self);
void ahoy_gst_stream_update_tapped (AhoyGstStream *self);

/* ahoy-gst-stream-sound.c */
void ahoy_gst_stream_init_sound (AhoyMediaStreamInterface *iface);
void ahoy_gst_stream_update_echo (AhoyGstStream *self, gboolean renew);

/* ahoy-gst-stream-play.c */
void ahoy_gst_stream_init_playing (AhoyMediaStreamInterface *iface);

/* ahoy-gst-stream-record.c */
void ahoy_gst_stream_init_recording (AhoyMediaStreamInterface *iface);
void ahoy_gst_stream_end_recording (AhoyGstStream *self);
void ahoy_gst_stream_on_recorded (AhoyGstStream *self, AhoyGstWavWriter *writer);

G_END_DECLS
