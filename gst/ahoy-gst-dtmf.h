/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Digits as RTP events (RFC 4733). Both ends of it are plain state machines without clock, thread
 * or allocation per packet: time comes in with each call. */

#define AHOY_GST_DTMF_PAYLOAD_SIZE 4
#define AHOY_GST_DTMF_QUEUE_SIZE 128
#define AHOY_GST_DTMF_MIN_DURATION 40    /* ms */
#define AHOY_GST_DTMF_MAX_DURATION 60000 /* ms */

/* The payload format of RFC 4733 §2.3. */
typedef struct {
  guint8 event;
  gboolean end;
  guint8 volume;    /* 0 to 63, in -dBm0 */
  guint16 duration; /* in units of the clock rate */
} AhoyGstDtmfPayload;

gboolean ahoy_gst_dtmf_payload_read (AhoyGstDtmfPayload *self, const guint8 *data, gsize size);
void ahoy_gst_dtmf_payload_write (const AhoyGstDtmfPayload *self, guint8 *data);
char ahoy_gst_dtmf_event_to_digit (guint event);
int ahoy_gst_dtmf_digit_to_event (char digit);

/* A packet to send instead of audio; the sequence number is the stream's next one. */
typedef struct {
  guint32 timestamp;
  gboolean marker;
  guint8 payload[AHOY_GST_DTMF_PAYLOAD_SIZE];
} AhoyGstDtmfPacket;

typedef struct _AhoyGstDtmfSender AhoyGstDtmfSender;

AhoyGstDtmfSender *ahoy_gst_dtmf_sender_new (guint clock_rate);
void ahoy_gst_dtmf_sender_free (AhoyGstDtmfSender *self);
gboolean ahoy_gst_dtmf_sender_queue (AhoyGstDtmfSender *self, const char *digits, guint duration_ms,
                                     guint gap_ms, guint volume, GError **error);
gboolean ahoy_gst_dtmf_sender_press (AhoyGstDtmfSender *self, char digit, guint volume,
                                     GError **error);
void ahoy_gst_dtmf_sender_release (AhoyGstDtmfSender *self);
void ahoy_gst_dtmf_sender_clear (AhoyGstDtmfSender *self);
gboolean ahoy_gst_dtmf_sender_is_busy (AhoyGstDtmfSender *self);
gboolean ahoy_gst_dtmf_sender_pull (AhoyGstDtmfSender *self, guint32 timestamp, guint interval,
                                    AhoyGstDtmfPacket *packet);

/* A digit that was pressed and released. */
typedef struct {
  char digit; /* 0-9 * # A-D, or ! for hook flash */
  guint8 volume;
  gboolean complete; /* FALSE: its end was lost, the duration is what was seen */
  guint duration_ms;
} AhoyGstDtmfEvent;

typedef struct {
  guint64 malformed;
  guint64 unknown; /* events that are no digit */
  guint64 late;    /* of a digit before the current one */
  guint64 overflow;
} AhoyGstDtmfReceiverStats;

typedef struct _AhoyGstDtmfReceiver AhoyGstDtmfReceiver;

AhoyGstDtmfReceiver *ahoy_gst_dtmf_receiver_new (guint clock_rate);
void ahoy_gst_dtmf_receiver_free (AhoyGstDtmfReceiver *self);
void ahoy_gst_dtmf_receiver_reset (AhoyGstDtmfReceiver *self);
void ahoy_gst_dtmf_receiver_push (AhoyGstDtmfReceiver *self, guint32 timestamp, gboolean marker,
                                  const guint8 *payload, gsize size, gint64 now);
gboolean ahoy_gst_dtmf_receiver_pop (AhoyGstDtmfReceiver *self, gint64 now,
                                     AhoyGstDtmfEvent *event);
char ahoy_gst_dtmf_receiver_get_pressed (AhoyGstDtmfReceiver *self);
const AhoyGstDtmfReceiverStats *ahoy_gst_dtmf_receiver_get_stats (AhoyGstDtmfReceiver *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstDtmfSender, ahoy_gst_dtmf_sender_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstDtmfReceiver, ahoy_gst_dtmf_receiver_free)

G_END_DECLS
