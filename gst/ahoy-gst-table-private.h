/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-audio-source.h"
#include "ahoy-gst-listener-private.h"
#include "ahoy-gst-wav-writer.h"
#include "ahoy-gst-worker-private.h"

G_BEGIN_DECLS

typedef struct _AhoyGstChannel AhoyGstChannel;

#define AHOY_GST_TABLE_MAX_SEATS 256

/* Where the channels of a room meet, on one worker. */
typedef struct _AhoyGstTable AhoyGstTable;

/* The place of one channel at a table; from there it hears all others. */
typedef struct _AhoyGstSeat AhoyGstSeat;

/* What a table tells its owner, in the owner's thread. */
typedef enum {
  AHOY_GST_TABLE_SPEAKER,  /* @object: the seat of the one who speaks, if it is still there */
  AHOY_GST_TABLE_PLAYED,   /* @object: the source, a reference */
  AHOY_GST_TABLE_RECORDED, /* @object: the writer, a reference */
  AHOY_GST_TABLE_ENDED,    /* the last one: the table is the owner's again */
} AhoyGstTableEventKind;

typedef struct {
  AhoyGstTableEventKind kind;
  gpointer owner;
  gpointer object;
} AhoyGstTableEvent;

typedef void (*AhoyGstTableEventFunc) (const AhoyGstTableEvent *event);
typedef void (*AhoyGstTableFunc) (AhoyGstTable *self, gpointer data);

/* A recording of all; the writer is taken. */
typedef struct {
  AhoyGstWavWriter *writer;
  guint rate; /* 48000 at most */
} AhoyGstTableRecording;

/* How loud one is for others, and what it hears. */
typedef struct {
  AhoyGstSeat *seat;
  guint gain; /* in 4096ths */
  gboolean muted;
  gboolean deaf;
} AhoyGstSeatState;

/* In the owner's thread */
AhoyGstTable *ahoy_gst_table_new (AhoyGstHandOver *home, AhoyGstTableEventFunc func,
                                  gpointer owner);
void ahoy_gst_table_free (AhoyGstTable *self);
void ahoy_gst_table_run (AhoyGstTable *self, AhoyGstWorker *worker, AhoyGstTableFunc func,
                         gpointer data);
AhoyGstSeat *ahoy_gst_seat_new (AhoyGstTable *table, AhoyGstListener *listener);
void ahoy_gst_seat_free (AhoyGstSeat *self);

/* Functions for ahoy_gst_table_run() */
void ahoy_gst_table_begin (AhoyGstTable *self, gpointer data);      /* AhoyGstWorker */
void ahoy_gst_table_end (AhoyGstTable *self, gpointer data);
void ahoy_gst_table_set_rate (AhoyGstTable *self, gpointer data);   /* number */
void ahoy_gst_table_set_state (AhoyGstTable *self, gpointer data);  /* AhoyGstSeatState, taken */
void ahoy_gst_table_play (AhoyGstTable *self, gpointer data);       /* AhoyGstAudioSource, taken */
void ahoy_gst_table_stop_playing (AhoyGstTable *self, gpointer data);
void ahoy_gst_table_record (AhoyGstTable *self, gpointer data);     /* AhoyGstTableRecording */
void ahoy_gst_table_stop_recording (AhoyGstTable *self, gpointer data);

/* On the worker, for the channel that sits there */
void ahoy_gst_seat_sit (AhoyGstSeat *self, AhoyGstChannel *channel);
void ahoy_gst_seat_leave (AhoyGstSeat *self);
void ahoy_gst_seat_take (AhoyGstSeat *self, const AhoyGstRtpPacket *packet, gint64 now);
void ahoy_gst_seat_pull (AhoyGstSeat *self, gint16 *samples, guint n_samples, guint rate);
AhoyGstListener *ahoy_gst_seat_swap_listener (AhoyGstSeat *self, AhoyGstListener *listener);

G_END_DECLS
