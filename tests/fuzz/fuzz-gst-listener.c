/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-gst-listener-private.h"
#include "fuzz.h"

/*
 * What a peer may send in the codecs that were agreed on: payloads of any content and length, in
 * any order, are heard as sound of the length that is asked for. Input: steps of a byte that says
 * which payload type (two bits), how far the sequence number goes on (two bits), and whether a
 * frame is heard afterwards; a byte for the size; the payload.
 */
#define MAX_USES 2000 /* decoders are made anew after so many inputs */
#define FRAME 320     /* 20 ms at 16 kHz */
#define RATE 16000

static AhoyGstListener *listener;
static guint n_uses;
static gint64 now = G_USEC_PER_SEC;
static guint16 sequence;
static guint32 timestamp;
static AhoyGstFormat formats[5];

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  formats[0] = (AhoyGstFormat){ ahoy_gst_codec_find ("opus", 48000, 2), 96 };
  formats[1] = (AhoyGstFormat){ ahoy_gst_codec_find ("G722", 8000, 1), 9 };
  formats[2] = (AhoyGstFormat){ ahoy_gst_codec_find ("PCMA", 8000, 1), 8 };
  formats[3] = (AhoyGstFormat){ ahoy_gst_codec_find ("PCMU", 8000, 1), 0 };
  formats[4] = (AhoyGstFormat){ ahoy_gst_codec_find ("CN", 8000, 1), 13 };

  return 0;
}

static AhoyGstListener *
get_listener (void)
{
  guint n = 0;
  AhoyGstFormat known[G_N_ELEMENTS (formats)];

  if (listener != NULL && ++n_uses % MAX_USES != 0) {
    return listener;
  }
  g_clear_pointer (&listener, ahoy_gst_listener_free);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (ahoy_gst_codec_is_available (formats[i].codec)) {
      known[n++] = formats[i];
    }
  }
  listener = ahoy_gst_listener_new (known, n);
  return listener;
}

static void
hear (AhoyGstListener *self)
{
  gint16 samples[FRAME + 1];

  samples[FRAME] = 12345;
  ahoy_gst_listener_pull (self, samples, FRAME, RATE, now);
  g_assert_cmpint (samples[FRAME], ==, 12345);
  now += 20 * G_TIME_SPAN_MILLISECOND;
}

static void
take (AhoyGstListener *self, guint step, uint8_t *payload, size_t size)
{
  const AhoyGstFormat *format = &formats[(step & 0x20) != 0 ? 4 : step & 3];
  AhoyGstRtpPacket packet = { .ssrc = 1, .payload_type = format->payload_type,
                              .payload = payload, .payload_size = size };

  sequence = (guint16) (sequence + (step >> 2 & 3));
  timestamp += (step >> 2 & 3) * format->codec->clock_rate / 50;
  packet.sequence = sequence;
  packet.timestamp = timestamp;
  ahoy_gst_listener_take (self, &packet, now);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  AhoyGstListener *self = get_listener ();

  while (size >= 2) {
    guint step = data[0];
    size_t length = MIN (data[1], size - 2);
    /* In memory of just its size, so that a step beyond its end is seen. */
    g_autofree uint8_t *payload = g_memdup2 (data + 2, length);

    take (self, step, payload, length);
    if ((step & 0x10) != 0) {
      hear (self);
    }
    data += 2 + length;
    size -= 2 + length;
  }
  hear (self);

  return 0;
}
