/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-encoder.h"
#include "ahoy-gst-gain-private.h"
#include "ahoy-gst-listener-private.h"
#include "ahoy-gst-relay-private.h"
#include "ahoy-gst-rtp-session-private.h"
#include "ahoy-gst-stream-config-private.h"
#include "ahoy-gst-table-private.h"
#include "ahoy-gst-wav-writer.h"
#include "ahoy-gst-worker-private.h"
#include "ahoy-media-stream.h"

G_BEGIN_DECLS

/* What a channel tells its owner, in the owner's thread. */
typedef enum {
  AHOY_GST_EVENT_MOVED,
  AHOY_GST_EVENT_DETACHED, /* the last one: the channel is the owner's again */
  AHOY_GST_EVENT_LATCHED,
  AHOY_GST_EVENT_DIGIT,
  AHOY_GST_EVENT_PLAYED,
  AHOY_GST_EVENT_RECORDED,
  AHOY_GST_EVENT_LEFT, /* something is to be freed, which may take a while */
  AHOY_GST_EVENT_UNHEARD, /* what comes has to be decoded for the one it is joined with */
} AhoyGstEventKind;

typedef struct {
  AhoyGstEventKind kind;
  gpointer owner;
  char digit[2];
  guint duration_ms;
  gboolean complete;
  gpointer object; /* a reference that comes back to the owner */
  GDestroyNotify destroy;
} AhoyGstEvent;

/* What was agreed on, and who makes it; encoder and listener are taken. */
typedef struct {
  AhoyGstStreamConfig config;
  AhoyGstEncoder *encoder;   /* NULL: as before */
  AhoyGstListener *listener; /* NULL: as before */
  AhoyGstListener *sent_listener; /* NULL: as before */
} AhoyGstAgreement;

/* A recording, and what it needs; all is taken. */
typedef struct {
  AhoyGstWavWriter *writer;
  guint rate;
  AhoyGstListener *listener; /* NULL before anything is agreed on */
  AhoyGstListener *sent_listener; /* NULL too when only what comes is recorded */
  AhoyMediaRecording how;
} AhoyGstRecording;

typedef struct {
  AhoyMediaSound sound;
  int gain;
} AhoyGstVolume;

/* What joins a channel with another one; all is taken. */
typedef struct {
  AhoyGstChannel *other;
  AhoyGstRelay *there;
  AhoyGstRelay *back;
} AhoyGstJoint;

typedef struct {
  char *digits;
  guint duration_ms;
} AhoyGstDigits;

typedef void (*AhoyGstEventFunc) (const AhoyGstEvent *event);
typedef void (*AhoyGstChannelFunc) (AhoyGstChannel *self, gpointer data);

/* In the owner's thread */
AhoyGstChannel *ahoy_gst_channel_new (AhoyGstRtpSession *rtp, AhoyGstHandOver *home,
                                      AhoyGstEventFunc func, gpointer owner);
void ahoy_gst_channel_free (AhoyGstChannel *self);
void ahoy_gst_channel_attach (AhoyGstChannel *self, AhoyGstWorker *worker);
void ahoy_gst_channel_run (AhoyGstChannel *self, AhoyGstWorker *worker, AhoyGstChannelFunc func,
                           gpointer data);
void ahoy_gst_channel_run_soon (AhoyGstChannel *self, AhoyGstWorker *worker,
                                AhoyGstChannelFunc func, gpointer data);
void ahoy_gst_channel_read_statistics (AhoyGstChannel *self, AhoyGstRtpStatistics *statistics);

/* Functions for ahoy_gst_channel_run() */
void ahoy_gst_channel_configure (AhoyGstChannel *self, gpointer data); /* AhoyGstAgreement */
void ahoy_gst_channel_move (AhoyGstChannel *self, gpointer data);      /* AhoyGstWorker */
void ahoy_gst_channel_detach (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_set_echo (AhoyGstChannel *self, gpointer data);  /* boolean */
void ahoy_gst_channel_set_muted (AhoyGstChannel *self, gpointer data); /* boolean */
void ahoy_gst_channel_set_keeps_digits (AhoyGstChannel *self, gpointer data); /* boolean */
void ahoy_gst_channel_set_volume (AhoyGstChannel *self, gpointer data); /* AhoyGstVolume */
void ahoy_gst_channel_set_echoer (AhoyGstChannel *self, gpointer data); /* AhoyGstListener, taken */
void ahoy_gst_channel_play (AhoyGstChannel *self, gpointer data); /* AhoyGstAudioSource, taken */
void ahoy_gst_channel_stop_playing (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_record (AhoyGstChannel *self, gpointer data); /* AhoyGstRecording */
void ahoy_gst_channel_stop_recording (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_pause_recording (AhoyGstChannel *self, gpointer data); /* boolean */
void ahoy_gst_channel_send_digits (AhoyGstChannel *self, gpointer data); /* AhoyGstDigits */
void ahoy_gst_channel_join (AhoyGstChannel *self, gpointer data); /* AhoyGstJoint */
void ahoy_gst_channel_part (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_wait (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_go_on (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_set_relay_listener (AhoyGstChannel *self, gpointer data); /* taken */
void ahoy_gst_channel_sit (AhoyGstChannel *self, gpointer data); /* AhoyGstSeat, taken */
void ahoy_gst_channel_stand_up (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_set_seat_listener (AhoyGstChannel *self, gpointer data); /* taken */

/* What a table needs of a channel that sits there, on the worker */
void ahoy_gst_channel_read_waiting (AhoyGstChannel *self, gint64 offset, gint64 now);
void ahoy_gst_channel_shape_heard (AhoyGstChannel *self, gint16 *samples, guint n_samples);

/* What a relay needs of the channel it sends by, on the worker */
gboolean ahoy_gst_channel_can_relay (AhoyGstChannel *self);
AhoyGstRtpSession *ahoy_gst_channel_get_rtp (AhoyGstChannel *self);
const AhoyGstStreamConfig *ahoy_gst_channel_get_config (AhoyGstChannel *self);

G_END_DECLS
