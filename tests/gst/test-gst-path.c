/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <string.h>

#include "ahoy-gst-codec.h"
#include "ahoy-gst-decoder.h"
#include "ahoy-gst-encoder.h"
#include "ahoy-gst-jitter-buffer.h"
#include "ahoy-gst-tone-source.h"
#include "goertzel.h"

/* One direction of a call without sockets, in virtual time: a tone is encoded, crosses a bad
 * network, waits in a jitter buffer, is decoded or concealed, and is listened to. */

#define SECONDS 20
#define TICK (20 * G_TIME_SPAN_MILLISECOND)
#define N_TICKS (SECONDS * 50)
#define FREQUENCY 440
#define MAX_BLOCK 5760
#define MAX_UNDER_WAY 64

typedef struct {
  gint64 arrival;
  guint16 sequence;
  guint32 timestamp;
  guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
  gsize size;
} UnderWay;

typedef struct {
  const AhoyGstCodec *codec;
  guint ptime;
  double loss;
  double jitter_ms;
} Path;

typedef struct {
  Path path;
  AhoyGstAudioSource *source;
  AhoyGstEncoder *encoder;
  AhoyGstDecoder *decoder;
  AhoyGstJitterBuffer *buffer;
  GRand *rand;
  UnderWay under_way[MAX_UNDER_WAY];
  guint16 sequence;
  guint32 timestamp;
  gint16 ready[2 * MAX_BLOCK];
  guint n_ready;
  gint16 *heard;
  gsize n_heard;
} Call;

static void
call_init (Call *call, const Path *path)
{
  memset (call, 0, sizeof *call);
  call->path = *path;
  call->source
      = AHOY_GST_AUDIO_SOURCE (ahoy_gst_tone_source_new (G_STRINGIFY (FREQUENCY) "=-10", NULL));
  call->encoder = ahoy_gst_encoder_new (path->codec, NULL, path->ptime, NULL);
  call->decoder = ahoy_gst_decoder_new (path->codec, NULL);
  call->buffer = ahoy_gst_jitter_buffer_new (path->codec->clock_rate, 64,
                                             AHOY_GST_ENCODER_MAX_PAYLOAD, 20, 200);
  call->rand = g_rand_new_with_seed (path->codec->sample_rate + path->ptime);
  call->heard = g_new0 (gint16, (gsize)path->codec->sample_rate * SECONDS + MAX_BLOCK);
  g_assert_nonnull (call->encoder);
  g_assert_nonnull (call->decoder);
}

static void
call_clear (Call *call)
{
  g_object_unref (call->source);
  ahoy_gst_encoder_free (call->encoder);
  ahoy_gst_decoder_free (call->decoder);
  ahoy_gst_jitter_buffer_free (call->buffer);
  g_rand_free (call->rand);
  g_free (call->heard);
}

static void
send_packet (Call *call, gint64 now)
{
  guint n = call->path.codec->sample_rate * call->path.ptime / 1000;
  gint16 samples[MAX_BLOCK];
  UnderWay packet = { .sequence = call->sequence++, .timestamp = call->timestamp };

  call->timestamp += call->path.codec->clock_rate * call->path.ptime / 1000;
  g_assert_true (
      ahoy_gst_audio_source_pull (call->source, samples, n, call->path.codec->sample_rate));
  packet.size
      = ahoy_gst_encoder_encode (call->encoder, samples, n, packet.payload, sizeof packet.payload);
  g_assert_cmpuint (packet.size, >, 0);
  packet.arrival = now + 20 * G_TIME_SPAN_MILLISECOND
                   - (gint64)(call->path.jitter_ms * log (1 - g_rand_double (call->rand))
                              * G_TIME_SPAN_MILLISECOND);
  if (g_rand_double (call->rand) < call->path.loss) {
    return;
  }
  for (guint i = 0; i < MAX_UNDER_WAY; i++) {
    if (call->under_way[i].size == 0) {
      call->under_way[i] = packet;
      return;
    }
  }
  g_assert_not_reached ();
}

static UnderWay *
find_arrived (Call *call, gint64 now)
{
  UnderWay *first = NULL;

  for (guint i = 0; i < MAX_UNDER_WAY; i++) {
    UnderWay *packet = &call->under_way[i];

    if (packet->size > 0 && packet->arrival <= now
        && (first == NULL || packet->arrival < first->arrival)) {
      first = packet;
    }
  }
  return first;
}

static void
receive_packets (Call *call, gint64 now)
{
  UnderWay *arrived;

  while ((arrived = find_arrived (call, now)) != NULL) {
    AhoyGstJitterPacket packet = {
      .sequence = arrived->sequence,
      .timestamp = arrived->timestamp,
      .duration = ahoy_gst_decoder_get_duration (call->decoder, arrived->payload, arrived->size),
      .arrival = arrived->arrival,
      .payload = arrived->payload,
      .size = arrived->size,
    };

    g_assert_cmpuint (packet.duration, ==, call->path.codec->clock_rate * call->path.ptime / 1000);
    ahoy_gst_jitter_buffer_push (call->buffer, &packet);
    arrived->size = 0;
  }
}

static void
fill (Call *call, gint64 now)
{
  guint ratio = call->path.codec->sample_rate / call->path.codec->clock_rate;
  gint16 *out = call->ready + call->n_ready;
  AhoyGstJitterPacket packet;
  AhoyGstJitterPull pulled
      = ahoy_gst_jitter_buffer_pull (call->buffer, now, call->path.codec->clock_rate / 50, &packet);

  if (pulled == AHOY_GST_JITTER_PACKET) {
    call->n_ready
        += ahoy_gst_decoder_decode (call->decoder, packet.payload, packet.size, out, MAX_BLOCK);
    return;
  }
  if (pulled == AHOY_GST_JITTER_CONCEAL) {
    call->n_ready += ahoy_gst_decoder_conceal (call->decoder, out, packet.duration * ratio);
    return;
  }
  memset (out, 0, packet.duration * ratio * sizeof *out);
  call->n_ready += packet.duration * ratio;
}

static void
listen_once (Call *call, gint64 now)
{
  guint n = call->path.codec->sample_rate / 50;

  while (call->n_ready < n) {
    fill (call, now);
  }
  memcpy (call->heard + call->n_heard, call->ready, n * sizeof *call->ready);
  call->n_heard += n;
  call->n_ready -= n;
  memmove (call->ready, call->ready + n, call->n_ready * sizeof *call->ready);
}

static void
call_run (Call *call)
{
  for (guint tick = 0; tick < N_TICKS; tick++) {
    gint64 now = (gint64)tick * TICK + G_TIME_SPAN_SECOND;

    if (tick * 20 % call->path.ptime == 0) {
      send_packet (call, now);
    }
    receive_packets (call, now + 7 * G_TIME_SPAN_MILLISECOND);
    listen_once (call, now + 7 * G_TIME_SPAN_MILLISECOND);
  }
}

/* The share of 20 ms blocks in which the tone cannot be heard. */
static double
count_holes (Call *call)
{
  guint n = call->path.codec->sample_rate / 50, n_holes = 0;
  double expected = 32767 * pow (10, (-10 - 3.14) / 20) / sqrt (2);

  for (guint i = 25; i < N_TICKS; i++) {
    n_holes += goertzel_rms (call->heard + i * n, n) < expected / 4;
  }
  return (double)n_holes / (N_TICKS - 25);
}

static void
check_path (const char *name, guint clock_rate, guint channels, guint ptime, double loss,
            double jitter_ms)
{
  Path path = { ahoy_gst_codec_find (name, clock_rate, channels), ptime, loss, jitter_ms };
  g_autofree Call *call = g_new0 (Call, 1);
  AhoyGstJitterStats stats;
  gsize from, n;
  double amplitude, frequency, holes;

  call_init (call, &path);
  call_run (call);
  from = call->n_heard / 20;
  n = call->n_heard - from;
  frequency = goertzel_dominant (call->heard + from, n, path.codec->sample_rate, &amplitude);
  holes = count_holes (call);
  ahoy_gst_jitter_buffer_get_stats (call->buffer, &stats);
  g_test_message ("%s %u ms, loss %.0f %%, jitter %.0f ms: %.2f Hz, amplitude %.0f, holes %.1f %%, "
                  "lost %" G_GUINT64_FORMAT " late %" G_GUINT64_FORMAT ", delay %u ms",
                  name, ptime, loss * 100, jitter_ms, frequency, amplitude, holes * 100, stats.lost,
                  stats.late, stats.delay_ms);
  g_assert_cmpuint (call->n_heard, ==, (gsize)path.codec->sample_rate * SECONDS);
  g_assert_cmpfloat_with_epsilon (frequency, FREQUENCY, 1);
  if (loss == 0 && jitter_ms == 0) {
    g_assert_cmpfloat (holes, ==, 0);
    g_assert_cmpuint (stats.lost + stats.concealed, ==, 0);
    g_assert_cmpfloat_with_epsilon (amplitude, 7218, 720);
  }
  /* What is concealed sounds; only what follows a longer loss may be silent. */
  g_assert_cmpfloat (holes, <=, 0.02);
  call_clear (call);
}

static const struct {
  const char *name;
  guint clock_rate, channels, ptime;
} codecs[] = {
  { "PCMU", 8000, 1, 20 }, { "PCMA", 8000, 1, 20 },  { "PCMA", 8000, 1, 60 },
  { "G722", 8000, 1, 20 }, { "opus", 48000, 2, 20 }, { "opus", 48000, 2, 40 },
};

static void
test_good_network (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    check_path (codecs[i].name, codecs[i].clock_rate, codecs[i].channels, codecs[i].ptime, 0, 0);
  }
}

static void
test_jitter (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    check_path (codecs[i].name, codecs[i].clock_rate, codecs[i].channels, codecs[i].ptime, 0, 10);
  }
}

static void
test_loss (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    /* Of packets of 60 ms one lost is heard. */
    double loss = codecs[i].ptime > 20 ? 0.01 : 0.05;

    check_path (codecs[i].name, codecs[i].clock_rate, codecs[i].channels, codecs[i].ptime, loss, 5);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ahoy_gst_codec_warm_up ();
  g_test_add_func ("/path/tone-crosses-a-good-network", test_good_network);
  g_test_add_func ("/path/tone-survives-jitter", test_jitter);
  g_test_add_func ("/path/tone-survives-loss", test_loss);
  return g_test_run ();
}
