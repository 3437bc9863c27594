/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-listener-private.h"

#include <string.h>

#include "ahoy-gst-comfort-noise.h"
#include "ahoy-gst-decoder.h"
#include "ahoy-gst-jitter-buffer.h"
#include "ahoy-gst-resampler.h"

#define N_PACKETS 64
#define MAX_PAYLOAD 1600 /* 200 ms of G.711 or G.722 (RFC 3551 §4.2) */
#define MIN_DELAY_MS 20
#define MAX_DELAY_MS 300
#define MAX_PACKET_SAMPLES 5760 /* 120 ms of Opus */
#define NOISE_CLOCK 8000 /* of PT 13 (RFC 3389 §4) */
#define NOISE_DURATION 160 /* units of the clock: a packet of noise has no length of its own */
#define MAX_READY (2 * MAX_PACKET_SAMPLES)
#define MAX_VOICES (2 * AHOY_GST_MAX_FORMATS) /* of an agreement, and of those before */

typedef struct {
  AhoyGstFormat format;
  AhoyGstDecoder *decoder;
} Voice;

struct _AhoyGstListener {
  Voice voices[MAX_VOICES];
  guint n_voices;
  Voice *current; /* the one that is heard; NULL before anything came */
  int noise_type; /* payload type of comfort noise, -1 for none */
  AhoyGstComfortNoise noise;
  gboolean noisy; /* the sender pauses, and said what the pause sounds like */
  AhoyGstJitterBuffer *buffer;
  AhoyGstResampler *resampler;
  gint64 now;
  gboolean draining; /* what waits is pulled without regard to its time */
  gboolean sounds; /* the last pull had more than silence */
  gboolean sounded; /* and the one before */
  gint16 ready[MAX_READY];
  guint n_ready;
};

/* Makes decoders, which may take a while: not on a worker. */
AhoyGstListener *
ahoy_gst_listener_new (const AhoyGstFormat *formats, guint n_formats)
{
  AhoyGstListener *self = g_new0 (AhoyGstListener, 1);

  ahoy_gst_comfort_noise_init (&self->noise);
  self->noise_type = -1;
  for (guint i = 0; i < MIN (n_formats, AHOY_GST_MAX_FORMATS); i++) {
    g_autoptr (GError) error = NULL;
    AhoyGstDecoder *decoder;

    if (formats[i].codec->kind == AHOY_GST_CODEC_COMFORT_NOISE) {
      self->noise_type = formats[i].payload_type;
      continue;
    }
    decoder = ahoy_gst_decoder_new (formats[i].codec, &error);
    if (decoder == NULL) {
      g_warning ("What comes in %s is not heard: %s", formats[i].codec->name, error->message);
      continue;
    }
    self->voices[self->n_voices++] = (Voice){ formats[i], decoder };
  }
  return self;
}

void
ahoy_gst_listener_free (AhoyGstListener *self)
{
  for (guint i = 0; i < self->n_voices; i++) {
    ahoy_gst_decoder_free (self->voices[i].decoder);
  }
  g_clear_pointer (&self->buffer, ahoy_gst_jitter_buffer_free);
  g_clear_pointer (&self->resampler, ahoy_gst_resampler_free);
  g_free (self);
}

static Voice *
find_voice (AhoyGstListener *self, guint payload_type)
{
  for (guint i = 0; i < self->n_voices; i++) {
    if (self->voices[i].format.payload_type == payload_type) {
      return &self->voices[i];
    }
  }
  return NULL;
}

/*
 * Takes the decoders of @other too: what was agreed on anew. Packets that wait, and those of the
 * last agreement that are under way, are heard as before. FALSE: there is no room, or a payload
 * type means something else, and nothing was taken. The rest of @other is still to be freed.
 */
gboolean
ahoy_gst_listener_merge (AhoyGstListener *self, AhoyGstListener *other)
{
  if (self->n_voices + other->n_voices > MAX_VOICES) {
    return FALSE;
  }
  for (guint i = 0; i < other->n_voices; i++) {
    Voice *known = find_voice (self, other->voices[i].format.payload_type);

    if (known != NULL && known->format.codec != other->voices[i].format.codec) {
      return FALSE;
    }
  }
  for (guint i = other->n_voices; i > 0; i--) {
    Voice *voice = &other->voices[i - 1];

    if (find_voice (self, voice->format.payload_type) == NULL) {
      self->voices[self->n_voices++] = *voice;
      *voice = other->voices[--other->n_voices];
    }
  }
  self->noise_type = other->noise_type;
  return TRUE;
}

static guint fetch (gpointer user_data, gint16 *samples, guint n_samples);

/* Another clock, or another rate of samples: what was waiting is given up. */
static void
set_current (AhoyGstListener *self, Voice *voice)
{
  const AhoyGstCodec *codec = voice->format.codec;
  const AhoyGstCodec *before = self->current != NULL ? self->current->format.codec : NULL;

  self->current = voice;
  if (before == NULL || before->clock_rate != codec->clock_rate) {
    g_clear_pointer (&self->buffer, ahoy_gst_jitter_buffer_free);
    self->buffer = ahoy_gst_jitter_buffer_new (codec->clock_rate, N_PACKETS, MAX_PAYLOAD,
                                               MIN_DELAY_MS, MAX_DELAY_MS);
  }
  if (before == NULL || before->sample_rate != codec->sample_rate) {
    g_clear_pointer (&self->resampler, ahoy_gst_resampler_free);
    self->resampler = ahoy_gst_resampler_new (codec->sample_rate, fetch, self);
    self->n_ready = 0;
  }
}

/* The voice among which noise stands: the one that is heard, or the first of the noise's clock. */
static Voice *
find_noise_voice (AhoyGstListener *self)
{
  for (guint i = 0; self->current == NULL && i < self->n_voices; i++) {
    if (self->voices[i].format.codec->clock_rate == NOISE_CLOCK) {
      return &self->voices[i];
    }
  }
  return self->current != NULL && self->current->format.codec->clock_rate == NOISE_CLOCK
             ? self->current
             : NULL;
}

void
ahoy_gst_listener_take (AhoyGstListener *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  gboolean is_noise = packet->payload_type == self->noise_type;
  Voice *voice = is_noise ? find_noise_voice (self) : find_voice (self, packet->payload_type);
  AhoyGstJitterPacket in = { .ssrc = packet->ssrc, .sequence = packet->sequence,
                             .timestamp = packet->timestamp, .marker = packet->marker,
                             .payload_type = packet->payload_type, .arrival = now,
                             .payload = packet->payload, .size = packet->payload_size };

  if (voice == NULL) {
    return;
  }
  in.duration = is_noise ? NOISE_DURATION
                         : ahoy_gst_decoder_get_duration (voice->decoder, in.payload, in.size);
  if (in.duration == 0) {
    return;
  }
  if (voice != self->current) {
    set_current (self, voice);
  }
  if (ahoy_gst_jitter_buffer_push (self->buffer, &in) == AHOY_GST_JITTER_LATE && is_noise) {
    /* The pause goes on: what it sounds like is not too late to know. */
    self->noisy = ahoy_gst_comfort_noise_take (&self->noise, in.payload, in.size);
  }
}

/* A packet of noise says how a pause sounds from now on. */
static guint
begin_noise (AhoyGstListener *self, const AhoyGstJitterPacket *packet)
{
  const AhoyGstCodec *codec = self->current->format.codec;
  guint n = MIN (packet->duration * codec->sample_rate / codec->clock_rate,
                 MAX_READY - self->n_ready);

  self->noisy = ahoy_gst_comfort_noise_take (&self->noise, packet->payload, packet->size);
  if (self->noisy) {
    ahoy_gst_comfort_noise_make (&self->noise, self->ready + self->n_ready, n);
  }
  return self->noisy ? n : 0;
}

static guint
decode (AhoyGstListener *self, const AhoyGstJitterPacket *packet)
{
  Voice *voice = find_voice (self, packet->payload_type);

  if (packet->payload_type == self->noise_type) {
    return begin_noise (self, packet);
  }
  self->noisy = FALSE;

  /* A packet of a codec before, with samples of another rate, is passed over. */
  if (voice == NULL ||
      voice->format.codec->sample_rate != self->current->format.codec->sample_rate) {
    return 0;
  }
  return ahoy_gst_decoder_decode (voice->decoder, packet->payload, packet->size,
                                  self->ready + self->n_ready, MAX_READY - self->n_ready);
}

/* One step of the buffer, which asks for @n_samples: at least one is ready afterwards. */
static void
add_next (AhoyGstListener *self, guint n_samples)
{
  const AhoyGstCodec *codec = self->current->format.codec;
  AhoyGstJitterPacket packet = { 0 };
  guint units = MAX ((guint) ((guint64) n_samples * codec->clock_rate / codec->sample_rate), 1);
  AhoyGstJitterPull pulled =
      self->draining ? ahoy_gst_jitter_buffer_drain (self->buffer, units, &packet)
                     : ahoy_gst_jitter_buffer_pull (self->buffer, self->now, units, &packet);
  guint n = pulled == AHOY_GST_JITTER_PACKET ? decode (self, &packet) : 0;

  if (n == 0) {
    n = packet.duration * codec->sample_rate / codec->clock_rate;
    n = CLAMP (n, 1, MAX_READY - self->n_ready);
    self->sounds |= self->noisy || pulled != AHOY_GST_JITTER_SILENCE;
    if (self->noisy) {
      ahoy_gst_comfort_noise_make (&self->noise, self->ready + self->n_ready, n);
    } else if (pulled == AHOY_GST_JITTER_SILENCE) {
      memset (self->ready + self->n_ready, 0, n * sizeof *self->ready);
    } else {
      ahoy_gst_decoder_conceal (self->current->decoder, self->ready + self->n_ready, n);
    }
  } else {
    self->sounds = TRUE;
  }
  self->n_ready += n;
}

/* Samples of the current codec's rate. */
static guint
fetch (gpointer user_data, gint16 *samples, guint n_samples)
{
  AhoyGstListener *self = user_data;

  n_samples = MIN (n_samples, MAX_PACKET_SAMPLES);
  while (self->n_ready < n_samples) {
    add_next (self, n_samples - self->n_ready);
  }
  memcpy (samples, self->ready, n_samples * sizeof *samples);
  self->n_ready -= n_samples;
  memmove (self->ready, self->ready + n_samples, self->n_ready * sizeof *self->ready);
  return n_samples;
}

/* What is to be heard now, at a rate; always as much as is asked for. */
void
ahoy_gst_listener_pull (AhoyGstListener *self, gint16 *samples, guint n_samples, guint rate,
                        gint64 now)
{
  guint n = 0;

  self->now = now;
  self->sounded = self->sounds;
  self->sounds = self->n_ready > 0;
  if (self->current != NULL) {
    n = rate == self->current->format.codec->sample_rate
            ? fetch (self, samples, n_samples)
            : ahoy_gst_resampler_pull (self->resampler, samples, n_samples, rate);
  }
  memset (samples + n, 0, (n_samples - n) * sizeof *samples);
}

/* Whether there was nothing but silence in what was pulled last. What stays in the filter between
 * two rates counts as sound for one more pull. */
gboolean
ahoy_gst_listener_is_silent (AhoyGstListener *self)
{
  return !self->sounds && !self->sounded;
}

/* A packet of the same sender came elsewhere, before: its time tells how late the first was. */
void
ahoy_gst_listener_note (AhoyGstListener *self, guint clock_rate, guint32 timestamp, gint64 arrival)
{
  if (self->current != NULL && self->current->format.codec->clock_rate == clock_rate) {
    ahoy_gst_jitter_buffer_note (self->buffer, timestamp, arrival);
  }
}

/* Whether something waits that is to be heard soon, and nothing is heard yet. */
gboolean
ahoy_gst_listener_is_filling (AhoyGstListener *self, guint ms, gint64 now)
{
  return self->current != NULL && self->n_ready == 0 &&
         ahoy_gst_jitter_buffer_is_filling (self->buffer, now,
                                            self->current->format.codec->clock_rate / 1000 * ms);
}

/* From now on what waits is pulled without regard to its time. Whether at least half of a frame is
 * left; the rest of it is made up. */
gboolean
ahoy_gst_listener_drain (AhoyGstListener *self, guint ms)
{
  self->draining = TRUE;
  return self->current != NULL &&
         (!ahoy_gst_jitter_buffer_is_empty (self->buffer) ||
          self->n_ready * 2 >= self->current->format.codec->sample_rate / 1000 * MAX (ms, 1));
}

/* Forgets what waits, and begins with the next packet. */
void
ahoy_gst_listener_reset (AhoyGstListener *self)
{
  self->draining = FALSE;
  self->noisy = FALSE;
  self->n_ready = 0;
  if (self->buffer != NULL) {
    ahoy_gst_jitter_buffer_reset (self->buffer);
  }
}

/* Packets that came when their time was over. */
guint64
ahoy_gst_listener_get_late (AhoyGstListener *self)
{
  AhoyGstJitterStats stats = { 0 };

  if (self->buffer != NULL) {
    ahoy_gst_jitter_buffer_get_stats (self->buffer, &stats);
  }
  return stats.late;
}
