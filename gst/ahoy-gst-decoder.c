/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-gst-chain.h"
#include "ahoy-gst-concealer.h"
#include "ahoy-gst-decoder.h"
#include "ahoy-gst-g711.h"

#define MAX_OPUS_DURATION 5760 /* 120 ms (RFC 6716 §3.2.5) */

struct _AhoyGstDecoder {
  const AhoyGstCodec *codec;
  AhoyGstG711Law law;
  AhoyGstChain *chain; /* NULL: G.711 */
  guint64 n_samples;   /* decoded so far */
  gboolean conceals;   /* the element does it itself */
  AhoyGstConcealer concealer;
};

static AhoyGstChain *
make_chain (const AhoyGstCodec *codec, gboolean conceals, GError **error)
{
  g_autofree char *raw = NULL;
  GstElement *element = NULL;

  /* Whoever comes first: nobody waits for GStreamer who needs none of its codecs. */
  if (gst_init_check (NULL, NULL, NULL)) {
    element = gst_element_factory_make (codec->decoder, NULL);
  }
  if (element == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "There is no GStreamer element %s; install %s", codec->decoder, codec->package);
    return NULL;
  }
  /* A peer may send as much rubbish as it likes. */
  g_object_set (element, "max-errors", -1, "plc", conceals, NULL);
  raw = g_strdup_printf ("audio/x-raw, format=S16LE, layout=interleaved, rate=%u, channels=1",
                         codec->sample_rate);
  return ahoy_gst_chain_new (element, codec->caps, raw, error);
}

/**
 * ahoy_gst_decoder_new:
 * @codec: an audio codec
 * @error: why there is none
 *
 * Returns: (transfer full): a decoder; %NULL with @error set
 */
AhoyGstDecoder *
ahoy_gst_decoder_new (const AhoyGstCodec *codec, GError **error)
{
  g_autoptr (AhoyGstDecoder) self = NULL;

  g_return_val_if_fail (codec != NULL && codec->kind == AHOY_GST_CODEC_AUDIO, NULL);

  self = g_new0 (AhoyGstDecoder, 1);
  self->codec = codec;
  self->law = codec->static_payload_type == 8 ? AHOY_GST_G711_ALAW : AHOY_GST_G711_ULAW;
  self->conceals = codec->decoder != NULL && strcmp (codec->decoder, "opusdec") == 0;
  if (!self->conceals) {
    ahoy_gst_concealer_init (&self->concealer, codec->sample_rate);
  }
  if (codec->decoder != NULL) {
    self->chain = make_chain (codec, self->conceals, error);
    if (self->chain == NULL) {
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

/**
 * ahoy_gst_decoder_free:
 * @self: (transfer full): a decoder
 */
void
ahoy_gst_decoder_free (AhoyGstDecoder *self)
{
  if (self == NULL) {
    return;
  }
  ahoy_gst_chain_free (self->chain);
  g_free (self);
}

/* RFC 6716 §3.1: the first byte says how long a frame is, and how many there are. */
static guint
get_opus_duration (const guint8 *payload, gsize size)
{
  static const guint silk[] = { 480, 960, 1920, 2880 };
  guint config, frame, n_frames;

  if (size < 1) {
    return 0;
  }
  config = payload[0] >> 3;
  frame = config < 12 ? silk[config & 3] : config < 16 ? silk[config & 1] : 120u << (config & 3);
  n_frames = (payload[0] & 3) == 0 ? 1 : 2;
  if ((payload[0] & 3) == 3) {
    n_frames = size < 2 ? 0 : payload[1] & 0x3f;
  }
  return frame * n_frames <= MAX_OPUS_DURATION ? frame * n_frames : 0;
}

/**
 * ahoy_gst_decoder_get_duration:
 * @self: a decoder
 * @payload: (array length=size): a payload
 * @size: its size in bytes
 *
 * Returns: how long it lasts, in units of the clock rate; 0 if it cannot be valid
 */
guint
ahoy_gst_decoder_get_duration (AhoyGstDecoder *self, const guint8 *payload, gsize size)
{
  g_return_val_if_fail (self != NULL && (payload != NULL || size == 0), 0);

  if (self->conceals) {
    return get_opus_duration (payload, size);
  }
  /* G.722 too: a byte is two samples, and two samples are one unit. */
  return (guint)MIN (size, G_MAXUINT16);
}

static GstClockTime
to_time (AhoyGstDecoder *self, guint64 n_samples)
{
  return gst_util_uint64_scale (n_samples, GST_SECOND, self->codec->sample_rate);
}

/* Time stands at what came out, so that the element never sees a hole of its own. */
static guint
finish (AhoyGstDecoder *self, gssize n_bytes)
{
  guint n = (guint)(MAX (n_bytes, 0) / (gssize)sizeof (gint16));

  self->n_samples += n;
  return n;
}

/**
 * ahoy_gst_decoder_decode:
 * @self: a decoder
 * @payload: (array length=size): a payload
 * @size: its size in bytes
 * @samples: (out caller-allocates) (array length=max_samples): room; 5760 samples are always enough
 *   for Opus, and two a byte for all others
 * @max_samples: how much room
 *
 * Returns: how many mono samples at the codec's sample rate came out; 0 if the payload is not valid
 */
guint
ahoy_gst_decoder_decode (AhoyGstDecoder *self, const guint8 *payload, gsize size, gint16 *samples,
                         guint max_samples)
{
  guint ratio, n;
  GstClockTime time, duration;

  g_return_val_if_fail (self != NULL && samples != NULL && (payload != NULL || size == 0), 0);

  n = ahoy_gst_decoder_get_duration (self, payload, size);
  ratio = self->codec->sample_rate / self->codec->clock_rate;
  if (n == 0 || n * ratio > max_samples) {
    return 0;
  }
  if (self->chain == NULL) {
    ahoy_gst_g711_decode (self->law, payload, samples, n);
  } else {
    time = to_time (self, self->n_samples);
    duration = to_time (self, self->n_samples + n * ratio) - time;
    n = finish (self, ahoy_gst_chain_push (self->chain, payload, size, time, duration, samples,
                                           max_samples * sizeof *samples));
  }
  if (!self->conceals) {
    ahoy_gst_concealer_take (&self->concealer, samples, n);
  }
  return n;
}

/**
 * ahoy_gst_decoder_conceal:
 * @self: a decoder
 * @samples: (out caller-allocates) (array length=n_samples): room
 * @n_samples: how many samples are missing
 *
 * Makes up for a payload that was lost. All of @samples is filled.
 *
 * Returns: @n_samples
 */
guint
ahoy_gst_decoder_conceal (AhoyGstDecoder *self, gint16 *samples, guint n_samples)
{
  GstClockTime time;
  guint n;

  g_return_val_if_fail (self != NULL && samples != NULL, 0);

  if (!self->conceals) {
    ahoy_gst_concealer_conceal (&self->concealer, samples, n_samples);
    return n_samples;
  }
  time = to_time (self, self->n_samples);
  n = finish (self, ahoy_gst_chain_push_gap (self->chain, time,
                                             to_time (self, self->n_samples + n_samples) - time,
                                             samples, n_samples * sizeof *samples));
  memset (samples + n, 0, (n_samples - n) * sizeof *samples);
  return n_samples;
}
