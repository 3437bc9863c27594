/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-gst-jitter-buffer.h"
#include "fuzz.h"

#define RECORD 8
#define RATE 8000
#define INTERVAL 160
#define N_SLOTS 16
#define SIZE 32
#define TICK (20 * G_TIME_SPAN_MILLISECOND)

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

/* A record: what to do, SSRC, sequence, timestamp moved by, duration, time moved by. */
static void
read_packet (const uint8_t *data, AhoyGstJitterPacket *packet)
{
  static const guint8 payload[SIZE + 1];
  gint32 moved = (gint16)(data[4] | data[5] << 8);

  packet->ssrc = data[1] & 1;
  packet->sequence = (guint16)(data[2] | data[3] << 8);
  packet->timestamp += (guint32)((data[1] & 2) != 0 ? moved << 16 : moved);
  packet->duration = (data[1] & 4) != 0 ? INTERVAL : data[6] * 64u;
  packet->payload = payload;
  packet->size = data[6] % (SIZE + 2);
}

static void
check_out (const AhoyGstJitterPacket *packet)
{
  g_assert_cmpuint (packet->size, <=, SIZE);
  for (gsize i = 0; i < packet->size; i++) {
    g_assert_cmpuint (packet->payload[i], ==, 0);
  }
}

static void
pull (AhoyGstJitterBuffer *buffer, gint64 now)
{
  AhoyGstJitterPacket packet;

  switch (ahoy_gst_jitter_buffer_pull (buffer, now, INTERVAL, &packet)) {
  case AHOY_GST_JITTER_PACKET:
    check_out (&packet);
    break;
  case AHOY_GST_JITTER_CONCEAL:
    g_assert_cmpuint (packet.duration, >, 0);
    g_assert_cmpuint (packet.duration, <=, INTERVAL);
    break;
  case AHOY_GST_JITTER_SILENCE:
    g_assert_cmpuint (packet.duration, ==, INTERVAL);
    break;
  }
}

/* Whatever came before, a good sender is heard after a while. */
static void
check_good_sender (AhoyGstJitterBuffer *buffer, gint64 now)
{
  guint n_heard = 0;

  for (guint i = 0; i < 200; i++, now += TICK) {
    guint8 payload[4] = { 0 };
    AhoyGstJitterPacket packet = { .ssrc = 77,
                                   .sequence = (guint16)i,
                                   .timestamp = i * INTERVAL,
                                   .duration = INTERVAL,
                                   .arrival = now,
                                   .payload = payload,
                                   .size = sizeof payload };

    ahoy_gst_jitter_buffer_push (buffer, &packet);
    n_heard += ahoy_gst_jitter_buffer_pull (buffer, now + 1000, INTERVAL, &packet)
               == AHOY_GST_JITTER_PACKET;
  }
  g_assert_cmpuint (n_heard, >=, 150);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (AhoyGstJitterBuffer) buffer
      = ahoy_gst_jitter_buffer_new (RATE, N_SLOTS, SIZE, 20, 200);
  AhoyGstJitterPacket packet = { 0 };
  AhoyGstJitterStats stats;
  gint64 now = G_TIME_SPAN_SECOND;

  for (; size >= RECORD; data += RECORD, size -= RECORD) {
    AhoyGstJitterPacket out;

    now += data[7] * 2 * G_TIME_SPAN_MILLISECOND;
    if ((data[0] & 1) != 0) {
      read_packet (data, &packet);
      packet.arrival = now;
      ahoy_gst_jitter_buffer_push (buffer, &packet);
    }
    if ((data[0] & 2) != 0) {
      pull (buffer, now);
    }
    if ((data[0] & 4) != 0 && ahoy_gst_jitter_buffer_pop (buffer, now, &out)) {
      check_out (&out);
    }
    if ((data[0] & 8) != 0) {
      g_assert_cmpint (ahoy_gst_jitter_buffer_get_deadline (buffer), >=, -G_TIME_SPAN_DAY * 36500);
    }
  }
  ahoy_gst_jitter_buffer_get_stats (buffer, &stats);
  g_assert_cmpuint (stats.target_ms, <=, 200);
  check_good_sender (buffer, now + G_TIME_SPAN_SECOND);

  return 0;
}
