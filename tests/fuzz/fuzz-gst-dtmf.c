/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-gst-dtmf.h"
#include "fuzz.h"

#define HEAD 4 /* size, timestamp moved by, marker and time moved by */

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

static void
check_payload (const uint8_t *data)
{
  AhoyGstDtmfPayload payload, again;
  guint8 written[AHOY_GST_DTMF_PAYLOAD_SIZE];

  g_assert_true (ahoy_gst_dtmf_payload_read (&payload, data, AHOY_GST_DTMF_PAYLOAD_SIZE));
  ahoy_gst_dtmf_payload_write (&payload, written);
  g_assert_true (ahoy_gst_dtmf_payload_read (&again, written, sizeof written));
  g_assert_cmpuint (payload.event, ==, again.event);
  g_assert_cmpuint (payload.volume, ==, again.volume);
  g_assert_cmpuint (payload.duration, ==, again.duration);
  g_assert_cmpint (payload.end, ==, again.end);
}

static guint
listen_to (AhoyGstDtmfReceiver *receiver, gint64 now)
{
  AhoyGstDtmfEvent event;
  guint n = 0;

  while (ahoy_gst_dtmf_receiver_pop (receiver, now, &event)) {
    g_assert_cmpint (ahoy_gst_dtmf_digit_to_event (event.digit), >=, 0);
    g_assert_cmpuint (event.volume, <=, 63);
    n++;
  }
  return n;
}

/* A sequence of packets, of which each has at most eight digits, and none is heard twice. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (AhoyGstDtmfReceiver) receiver = ahoy_gst_dtmf_receiver_new (8000);
  guint32 timestamp = 0;
  gint64 now = 0;
  guint n_packets = 0, n_heard = 0;

  while (size >= HEAD) {
    gsize length = MIN (data[0] & 0x3f, size - HEAD);

    timestamp += (guint32)(gint32)(gint16)(data[1] | data[2] << 8);
    now += (data[3] & 0x7f) * 4 * G_TIME_SPAN_MILLISECOND;
    if (length >= AHOY_GST_DTMF_PAYLOAD_SIZE) {
      check_payload (data + HEAD);
    }
    ahoy_gst_dtmf_receiver_push (receiver, timestamp, (data[3] & 0x80) != 0, data + HEAD, length,
                                 now);
    n_packets++;
    if ((data[0] & 0x40) != 0) {
      n_heard += listen_to (receiver, now);
    }
    data += HEAD + length;
    size -= HEAD + length;
  }
  n_heard += listen_to (receiver, now + G_TIME_SPAN_SECOND);
  g_assert_cmpuint (n_heard, <=, 8 * n_packets);
  g_assert_cmpint (ahoy_gst_dtmf_receiver_get_pressed (receiver), ==, 0);

  return 0;
}
