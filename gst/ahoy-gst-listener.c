/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-listener-private.h"

#include <string.h>

#include "ahoy-gst-concealer.h"
#include "ahoy-gst-g711.h"
#include "ahoy-gst-jitter-buffer.h"

#define N_PACKETS 64
#define MAX_PAYLOAD 960
#define MIN_DELAY_MS 20
#define MAX_DELAY_MS 300
#define MAX_READY (2 * 2880)

struct _AhoyGstListener {
  AhoyGstJitterBuffer *buffer;
  AhoyGstConcealer concealer;
  guint rate;
  gboolean alaw[128]; /* which law a payload type has */
  gint16 ready[MAX_READY];
  guint n_ready;
};

/* For codecs of one sample per unit of the clock: G.711. */
AhoyGstListener *
ahoy_gst_listener_new (guint clock_rate)
{
  AhoyGstListener *self = g_new0 (AhoyGstListener, 1);

  self->rate = clock_rate;
  self->buffer = ahoy_gst_jitter_buffer_new (clock_rate, N_PACKETS, MAX_PAYLOAD, MIN_DELAY_MS,
                                             MAX_DELAY_MS);
  ahoy_gst_concealer_init (&self->concealer, clock_rate);
  return self;
}

void
ahoy_gst_listener_free (AhoyGstListener *self)
{
  ahoy_gst_jitter_buffer_free (self->buffer);
  g_free (self);
}

/* Samples a second of what is pulled. */
guint
ahoy_gst_listener_get_rate (AhoyGstListener *self)
{
  return self->rate;
}

void
ahoy_gst_listener_take (AhoyGstListener *self, const AhoyGstRtpPacket *packet,
                        const AhoyGstFormat *format, gint64 now)
{
  AhoyGstJitterPacket in = { .ssrc = packet->ssrc, .sequence = packet->sequence,
                             .timestamp = packet->timestamp, .marker = packet->marker,
                             .payload_type = packet->payload_type, .arrival = now,
                             .duration = (guint) packet->payload_size,
                             .payload = packet->payload, .size = packet->payload_size };

  self->alaw[packet->payload_type] = g_str_equal (format->name, "PCMA");
  ahoy_gst_jitter_buffer_push (self->buffer, &in);
}

static void
add_packet (AhoyGstListener *self, const AhoyGstJitterPacket *packet)
{
  gint16 *out = self->ready + self->n_ready;
  guint n = (guint) MIN (packet->size, MAX_READY - self->n_ready);

  ahoy_gst_g711_decode (self->alaw[packet->payload_type] ? AHOY_GST_G711_ALAW : AHOY_GST_G711_ULAW,
                        packet->payload, out, n);
  ahoy_gst_concealer_take (&self->concealer, out, n);
  self->n_ready += n;
}

/* One step of the buffer: at least one sample more is ready afterwards. */
static void
add_next (AhoyGstListener *self, guint n_samples, gint64 now)
{
  AhoyGstJitterPacket packet = { 0 };
  AhoyGstJitterPull pulled =
      ahoy_gst_jitter_buffer_pull (self->buffer, now, n_samples, &packet);
  guint n = packet.duration > 0 ? packet.duration : n_samples;

  if (pulled == AHOY_GST_JITTER_PACKET && packet.size > 0) {
    add_packet (self, &packet);
    return;
  }
  n = MIN (n, MAX_READY - self->n_ready);
  if (pulled == AHOY_GST_JITTER_CONCEAL) {
    ahoy_gst_concealer_conceal (&self->concealer, self->ready + self->n_ready, n);
  } else {
    memset (self->ready + self->n_ready, 0, n * sizeof *self->ready);
  }
  self->n_ready += n;
}

/* What is to be heard now; always as much as is asked for. */
void
ahoy_gst_listener_pull (AhoyGstListener *self, gint16 *samples, guint n_samples, gint64 now)
{
  n_samples = MIN (n_samples, MAX_READY / 2);
  while (self->n_ready < n_samples) {
    add_next (self, n_samples, now);
  }
  memcpy (samples, self->ready, n_samples * sizeof *samples);
  self->n_ready -= n_samples;
  memmove (self->ready, self->ready + n_samples, self->n_ready * sizeof *self->ready);
}

/* Packets that came when their time was over. */
guint64
ahoy_gst_listener_get_late (AhoyGstListener *self)
{
  AhoyGstJitterStats stats;

  ahoy_gst_jitter_buffer_get_stats (self->buffer, &stats);
  return stats.late;
}
