/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-rtp-session-private.h"
#include "ahoy-gst-stream-config-private.h"
#include "ahoy-gst-worker-private.h"

G_BEGIN_DECLS

/* Samples a second of a recording. */
#define AHOY_GST_RECORD_RATE 8000

typedef struct _AhoyGstChannel AhoyGstChannel;

/* What a channel tells its owner, in the owner's thread. */
typedef enum {
  AHOY_GST_EVENT_MOVED,
  AHOY_GST_EVENT_DETACHED, /* the last one: the channel is the owner's again */
  AHOY_GST_EVENT_LATCHED,
  AHOY_GST_EVENT_DIGIT,
  AHOY_GST_EVENT_PLAYED,
  AHOY_GST_EVENT_RECORDED,
} AhoyGstEventKind;

typedef struct {
  AhoyGstEventKind kind;
  gpointer owner;
  char digit[2];
  guint duration_ms;
  gboolean complete;
  gpointer object; /* a reference that comes back to the owner */
} AhoyGstEvent;

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
void ahoy_gst_channel_read_statistics (AhoyGstChannel *self, AhoyGstRtpStatistics *statistics);

/* Functions for ahoy_gst_channel_run() */
void ahoy_gst_channel_configure (AhoyGstChannel *self, gpointer data); /* AhoyGstStreamConfig */
void ahoy_gst_channel_move (AhoyGstChannel *self, gpointer data);      /* AhoyGstWorker */
void ahoy_gst_channel_detach (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_set_echo (AhoyGstChannel *self, gpointer data);  /* boolean */
void ahoy_gst_channel_set_muted (AhoyGstChannel *self, gpointer data); /* boolean */
void ahoy_gst_channel_play (AhoyGstChannel *self, gpointer data); /* AhoyGstAudioSource, taken */
void ahoy_gst_channel_stop_playing (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_record (AhoyGstChannel *self, gpointer data); /* AhoyGstWavWriter, taken */
void ahoy_gst_channel_stop_recording (AhoyGstChannel *self, gpointer data);
void ahoy_gst_channel_send_digits (AhoyGstChannel *self, gpointer data); /* AhoyGstDigits */

G_END_DECLS
