/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <pthread.h>

#include "ahoy-gst-audio-source.h"
#include "ahoy-gst-beep-private.h"
#include "ahoy-gst-channel-private.h"
#include "ahoy-gst-dtmf-tones-private.h"

G_BEGIN_DECLS

/* What the files of a channel know of it. */
struct _AhoyGstChannel {
  AhoyGstRtpSession *rtp;
  AhoyGstHandOver *home;
  AhoyGstEventFunc func;
  gpointer owner;

  AhoyGstWorker *worker;
  AhoyGstWatch *rtp_watch; /* NULL: at a table, on its way, or waiting */
  gboolean waiting;        /* to be joined: what comes waits in the socket */
  AhoyGstWatch *rtcp_watch;
  AhoyGstWatch *tick;
  guint tick_ms;

  gboolean configured;
  AhoyGstStreamConfig config;
  AhoyGstFormat *before; /* of the last agreement: may still be under way; NULL at the first one */
  guint n_before;
  gboolean echo;
  gboolean keeps_digits; /* events that come stay here */
  AhoyGstListener *echoer; /* when an echo is louder or softer than what came */
  gboolean muted;
  int volume[2];           /* gains, by AhoyMediaSound */
  AhoyGstGain sent_gain;
  AhoyGstGain fed_gain;    /* of what is heard where it is joined, or comes back */
  AhoyGstGain record_gain;
  AhoyGstAudioSource *source; /* what plays; a reference on the way to and fro */
  gboolean stopping;
  AhoyGstEncoder *encoder;
  gboolean skipped;           /* the encoder had nothing to send */
  AhoyGstWavWriter *recorder; /* as the source */
  guint record_rate;
  AhoyMediaRecording record_how;
  gboolean record_paused;
  AhoyGstListener *sent_listener; /* while what is sent is recorded */
  guint beep_wait;                /* ms until the next one that tells of a recording */
  AhoyGstBeep beep;
  AhoyGstListener *listener;  /* while somebody hears */
  AhoyGstDtmfTones *tones;    /* when digits are sound; NULL when they are events */
  AhoyGstDtmfSender *dtmf_sender; /* since digits were first sent */
  guint dtmf_rate;                /* 0 before anything was agreed on */
  AhoyGstDtmfReceiver *dtmf_receiver; /* since one first came */
  guint due_ms; /* since the last frame was sent */
  gint64 last_echo;
  AhoyGstRelay *relay; /* to the channel this one is joined with */
  AhoyGstRelay *feed;  /* from that channel, its own */
  AhoyGstSeat *seat;   /* at the table of a room */
  gboolean unheard;    /* somebody was asked for a listener of the relay */
  gboolean latched;
  guint publish;

  /* A mutex of pthread: ThreadSanitizer knows it, and the worker only ever tries it. */
  pthread_mutex_t lock;
  AhoyGstRtpStatistics published;
};

/* Samples of a frame of 200 ms at 16 kHz; one of 60 ms at 48 kHz has less. */
#define AHOY_GST_CHANNEL_MAX_SAMPLES 3200

/* ahoy-gst-channel.c */
void ahoy_gst_channel_tell (AhoyGstChannel *self, const AhoyGstEvent *event);
void ahoy_gst_channel_take_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet,
                                   gint64 now);
void ahoy_gst_channel_watch_rtp (AhoyGstChannel *self, AhoyGstWorker *worker);
void ahoy_gst_channel_leave (AhoyGstChannel *self, gpointer object, GDestroyNotify destroy);

/* ahoy-gst-channel-digits.c */
void ahoy_gst_channel_set_dtmf_rate (AhoyGstChannel *self, guint rate);
void ahoy_gst_channel_set_inband (AhoyGstChannel *self, gboolean inband);
void ahoy_gst_channel_take_digit (AhoyGstChannel *self, const AhoyGstRtpPacket *packet,
                                  gint64 now);
void ahoy_gst_channel_pop_digits (AhoyGstChannel *self, gint64 now);
void ahoy_gst_channel_listen_for_digits (AhoyGstChannel *self, const gint16 *samples, guint n,
                                         guint rate);
gboolean ahoy_gst_channel_send_digit (AhoyGstChannel *self, guint8 *payload, guint32 timestamp,
                                      guint duration, gint64 now);
gboolean ahoy_gst_channel_is_sending_digits (AhoyGstChannel *self);

/* ahoy-gst-channel-joint.c */
void ahoy_gst_channel_echo_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet,
                                   gint64 now);
void ahoy_gst_channel_relay_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet,
                                    gint64 now);
gboolean ahoy_gst_channel_is_echoing (AhoyGstChannel *self, gint64 now);
gboolean ahoy_gst_channel_is_fed (AhoyGstChannel *self, gint64 now);
gboolean ahoy_gst_channel_is_direct (AhoyGstChannel *self);

/* ahoy-gst-channel-record.c */
void ahoy_gst_channel_set_listener (AhoyGstChannel *self, AhoyGstListener *listener);
void ahoy_gst_channel_hear_frame (AhoyGstChannel *self, gint64 now);
void ahoy_gst_channel_set_sent_listener (AhoyGstChannel *self, AhoyGstListener *listener);
gboolean ahoy_gst_channel_has_beeps (AhoyGstChannel *self);
void ahoy_gst_channel_end_recording (AhoyGstChannel *self);

/* ahoy-gst-channel-send.c */
void ahoy_gst_channel_send_frame (AhoyGstChannel *self, gint64 now);
void ahoy_gst_channel_end_playing (AhoyGstChannel *self, gboolean complete);

G_END_DECLS
