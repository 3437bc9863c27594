/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Packets of one RTP stream, put in order and given out in time. Two ways of use, one at a time:
 *
 * - who relays or echoes calls pop() after each push() and at the deadline: packets in order pass
 * at once, and only a gap is waited for;
 * - who decodes, mixes or records calls pull() by its own clock, and is told when to conceal.
 *
 * All memory is allocated at the beginning. Times are in microseconds, of one clock. */
typedef struct _AhoyGstJitterBuffer AhoyGstJitterBuffer;

typedef struct {
  guint32 ssrc;
  guint16 sequence;
  guint32 timestamp;
  guint8 payload_type;
  gboolean marker;
  guint duration; /* in units of the clock rate */
  gint64 arrival;
  const guint8 *payload; /* of a packet that came out: valid until the next push */
  gsize size;
} AhoyGstJitterPacket;

typedef enum {
  AHOY_GST_JITTER_TAKEN,
  AHOY_GST_JITTER_LATE,      /* its time is over */
  AHOY_GST_JITTER_DUPLICATE, /* it was here before */
  AHOY_GST_JITTER_REFUSED,   /* too large, or out of any order */
} AhoyGstJitterPush;

typedef enum {
  AHOY_GST_JITTER_SILENCE, /* the sender sends nothing, or not yet: play comfort noise */
  AHOY_GST_JITTER_PACKET,
  AHOY_GST_JITTER_CONCEAL, /* play something like the last packet, for the duration that is said */
} AhoyGstJitterPull;

typedef struct {
  guint64 received;
  guint64 lost; /* not there when it was their turn */
  guint64 late; /* of these, arrived afterwards */
  guint64 duplicates;
  guint64 reordered;
  guint64 refused;
  guint64 concealed; /* pulls that had to be */
  guint64 expanded;  /* of these, to wait longer */
  guint64 skipped;   /* packets given up to wait less */
  guint64 restarts;
  guint delay_ms;  /* between the earliest arrival of a packet and its playing */
  guint target_ms; /* what it ought to be */
} AhoyGstJitterStats;

AhoyGstJitterBuffer *ahoy_gst_jitter_buffer_new (guint clock_rate, guint n_packets,
                                                 gsize packet_size, guint min_ms, guint max_ms);
void ahoy_gst_jitter_buffer_free (AhoyGstJitterBuffer *self);
void ahoy_gst_jitter_buffer_reset (AhoyGstJitterBuffer *self);
AhoyGstJitterPush ahoy_gst_jitter_buffer_push (AhoyGstJitterBuffer *self,
                                               const AhoyGstJitterPacket *packet);
gboolean ahoy_gst_jitter_buffer_pop (AhoyGstJitterBuffer *self, gint64 now,
                                     AhoyGstJitterPacket *packet);
gint64 ahoy_gst_jitter_buffer_get_deadline (AhoyGstJitterBuffer *self);
AhoyGstJitterPull ahoy_gst_jitter_buffer_pull (AhoyGstJitterBuffer *self, gint64 now,
                                               guint interval, AhoyGstJitterPacket *packet);
void ahoy_gst_jitter_buffer_note (AhoyGstJitterBuffer *self, guint32 timestamp, gint64 arrival);
gboolean ahoy_gst_jitter_buffer_is_filling (AhoyGstJitterBuffer *self, gint64 now,
                                            guint interval);
gboolean ahoy_gst_jitter_buffer_is_empty (AhoyGstJitterBuffer *self);
AhoyGstJitterPull ahoy_gst_jitter_buffer_drain (AhoyGstJitterBuffer *self, guint interval,
                                                AhoyGstJitterPacket *packet);
void ahoy_gst_jitter_buffer_get_stats (AhoyGstJitterBuffer *self, AhoyGstJitterStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstJitterBuffer, ahoy_gst_jitter_buffer_free)

G_END_DECLS
