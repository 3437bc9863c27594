/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-gst-chain.h"
#include "ahoy-gst-encoder.h"
#include "ahoy-gst-g711.h"

#define OPUS_BIT_RATE 32000
#define OPUS_COMPLEXITY 5 /* 10 costs twice as much and is hardly heard */
#define OPUS_EXPECTED_LOSS                                                                         \
  5 /* percent; without it there is no redundancy to correct errors with                           \
     */

#define LARGEST_EMPTY 2 /* bytes: with DTX, Opus says so that nothing need be sent */

struct _AhoyGstEncoder {
  const AhoyGstCodec *codec;
  AhoyGstG711Law law;
  AhoyGstChain *chain; /* NULL: G.711 */
  guint64 n_samples;   /* encoded so far */
};

/* What the peer cannot play need not be encoded (RFC 7587 §6.1: maxplaybackrate). */
static const char *
choose_bandwidth (const AhoyGstCodecParams *params)
{
  guint rate = params != NULL ? params->max_playback_rate : 0;

  if (rate == 0 || rate >= 48000) {
    return "auto";
  }
  return rate < 12000   ? "narrowband"
         : rate < 16000 ? "mediumband"
         : rate < 24000 ? "wideband"
                        : "superwideband";
}

static void
set_up_opus (GstElement *element, const AhoyGstCodecParams *params, guint ptime)
{
  gboolean fec = params != NULL && params->use_inband_fec;
  guint bit_rate = OPUS_BIT_RATE;

  if (params != NULL && params->max_bit_rate > 0) {
    bit_rate = MIN (bit_rate, params->max_bit_rate);
  }
  g_object_set (element, "bitrate", (int)bit_rate, "complexity", OPUS_COMPLEXITY, "inband-fec", fec,
                "packet-loss-percentage", fec ? OPUS_EXPECTED_LOSS : 0, "dtx",
                params != NULL && params->use_dtx, NULL);
  gst_util_set_object_arg (G_OBJECT (element), "audio-type", "voice");
  gst_util_set_object_arg (G_OBJECT (element), "bitrate-type",
                           params != NULL && params->constant_bit_rate ? "cbr" : "constrained-vbr");
  gst_util_set_object_arg (G_OBJECT (element), "bandwidth", choose_bandwidth (params));
  gst_util_set_object_arg (G_OBJECT (element), "frame-size",
                           ptime == 10   ? "10"
                           : ptime == 40 ? "40"
                           : ptime == 60 ? "60"
                                         : "20");
}

static AhoyGstChain *
make_chain (const AhoyGstCodec *codec, const AhoyGstCodecParams *params, guint ptime,
            GError **error)
{
  g_autofree char *raw = NULL;
  GstElement *element = NULL;

  /* Whoever comes first: nobody waits for GStreamer who needs none of its codecs. */
  if (gst_init_check (NULL, NULL, NULL)) {
    element = gst_element_factory_make (codec->encoder, NULL);
  }
  if (element == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "There is no GStreamer element %s; install %s", codec->encoder, codec->package);
    return NULL;
  }
  if (strcmp (codec->encoder, "opusenc") == 0) {
    set_up_opus (element, params, ptime);
  }
  raw = g_strdup_printf ("audio/x-raw, format=S16LE, layout=interleaved, rate=%u, channels=1",
                         codec->sample_rate);
  return ahoy_gst_chain_new (element, raw, codec->caps, error);
}

/**
 * ahoy_gst_encoder_new:
 * @codec: an audio codec
 * @params: (nullable): what the peer wants
 * @ptime: how much goes into a packet, in milliseconds, after ahoy_gst_codec_choose_ptime()
 * @error: why there is none
 *
 * Returns: (transfer full): an encoder; %NULL with @error set
 */
AhoyGstEncoder *
ahoy_gst_encoder_new (const AhoyGstCodec *codec, const AhoyGstCodecParams *params, guint ptime,
                      GError **error)
{
  g_autoptr (AhoyGstEncoder) self = NULL;

  g_return_val_if_fail (codec != NULL && codec->kind == AHOY_GST_CODEC_AUDIO, NULL);

  self = g_new0 (AhoyGstEncoder, 1);
  self->codec = codec;
  self->law = codec->static_payload_type == 8 ? AHOY_GST_G711_ALAW : AHOY_GST_G711_ULAW;
  if (codec->encoder != NULL) {
    self->chain = make_chain (codec, params, ptime, error);
    if (self->chain == NULL) {
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

/**
 * ahoy_gst_encoder_free:
 * @self: (transfer full): an encoder
 */
void
ahoy_gst_encoder_free (AhoyGstEncoder *self)
{
  if (self == NULL) {
    return;
  }
  ahoy_gst_chain_free (self->chain);
  g_free (self);
}

/**
 * ahoy_gst_encoder_encode:
 * @self: an encoder
 * @samples: (array length=n_samples): mono samples at the codec's sample rate
 * @n_samples: as many as a packet holds
 * @payload: (out caller-allocates) (array length=size): room for the payload
 * @size: how much room
 *
 * Returns: the size of the payload; 0 if nothing is to be sent for this time, as in silence with
 * DTX
 */
gsize
ahoy_gst_encoder_encode (AhoyGstEncoder *self, const gint16 *samples, guint n_samples,
                         guint8 *payload, gsize size)
{
  GstClockTime time, duration;
  gssize n;

  g_return_val_if_fail (self != NULL && samples != NULL && payload != NULL, 0);

  if (self->chain == NULL) {
    n_samples = (guint)MIN (n_samples, size);
    ahoy_gst_g711_encode (self->law, samples, payload, n_samples);
    return n_samples;
  }
  time = gst_util_uint64_scale (self->n_samples, GST_SECOND, self->codec->sample_rate);
  self->n_samples += n_samples;
  duration = gst_util_uint64_scale (self->n_samples, GST_SECOND, self->codec->sample_rate) - time;
  n = ahoy_gst_chain_push (self->chain, samples, n_samples * sizeof *samples, time, duration,
                           payload, size);
  return n > LARGEST_EMPTY ? (gsize)n : 0;
}
