/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <gst/gst.h>
#include <string.h>

#include "ahoy-gst-codec.h"
#include "ahoy-gst-decoder.h"
#include "ahoy-gst-encoder.h"

#define EVENTS_DEFAULT 0xffffu /* 0-15: what counts without a=fmtp (RFC 4733 §2.4.1) */
#define EVENTS_OWN 0x1ffffu    /* and flash */
#define MIN_BIT_RATE 6000      /* RFC 7587 §6.1 */
#define MAX_BIT_RATE 510000
#define MAX_PTIME 200 /* RFC 3551 §4.2; less for Opus, whose frames end at 60 ms */

/* In the order in which they are offered by default: the best first. */
static const AhoyGstCodec codecs[] = {
  { "opus", AHOY_GST_CODEC_AUDIO, -1, 48000, 48000, 2, 20, "opusenc", "opusdec",
    "audio/x-opus, channel-mapping-family=0, channels=1, rate=48000", "gstreamer1.0-plugins-base" },
  /* Its clock rate is 8000 by an old mistake (RFC 3551 §4.5.2). */
  { "G722", AHOY_GST_CODEC_AUDIO, 9, 8000, 16000, 1, 20, "avenc_g722", "avdec_g722",
    "audio/G722, channels=1, rate=16000", "gstreamer1.0-libav" },
  { "PCMA", AHOY_GST_CODEC_AUDIO, 8, 8000, 8000, 1, 20, NULL, NULL, NULL, NULL },
  { "PCMU", AHOY_GST_CODEC_AUDIO, 0, 8000, 8000, 1, 20, NULL, NULL, NULL, NULL },
  { "CN", AHOY_GST_CODEC_COMFORT_NOISE, 13, 8000, 8000, 1, 20, NULL, NULL, NULL, NULL },
  { "telephone-event", AHOY_GST_CODEC_EVENTS, -1, 8000, 8000, 1, 20, NULL, NULL, NULL, NULL },
  { "telephone-event", AHOY_GST_CODEC_EVENTS, -1, 48000, 48000, 1, 20, NULL, NULL, NULL, NULL },
};

static gboolean available[G_N_ELEMENTS (codecs)];

/* Sends a frame through both ways: elements load their libraries at first use, which no call shall
 * wait for. */
static gboolean
try_codec (const AhoyGstCodec *codec, GError **error)
{
  g_autoptr (AhoyGstEncoder) encoder = ahoy_gst_encoder_new (codec, NULL, 20, error);
  g_autoptr (AhoyGstDecoder) decoder = NULL;
  gint16 samples[960] = { 0 };
  guint8 payload[AHOY_GST_ENCODER_MAX_PAYLOAD];
  gsize size;

  if (encoder == NULL) {
    return FALSE;
  }
  decoder = ahoy_gst_decoder_new (codec, error);
  if (decoder == NULL) {
    return FALSE;
  }
  size = ahoy_gst_encoder_encode (encoder, samples, codec->sample_rate / 50, payload,
                                  sizeof payload);
  ahoy_gst_decoder_decode (decoder, payload, size, samples, G_N_ELEMENTS (samples));
  return TRUE;
}

static gpointer
try_all (gpointer data)
{
  g_autoptr (GError) init_error = NULL;
  gboolean has_gstreamer = gst_init_check (NULL, NULL, &init_error);

  if (!has_gstreamer) {
    g_warning ("GStreamer cannot be used, only G.711 is offered: %s", init_error->message);
  }
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    g_autoptr (GError) error = NULL;

    available[i] = codecs[i].encoder == NULL || (has_gstreamer && try_codec (&codecs[i], &error));
    if (error != NULL) {
      g_message ("The codec %s is not offered: %s", codecs[i].name, error->message);
    }
  }
  return NULL;
}

/**
 * ahoy_gst_codec_warm_up:
 *
 * Initialises GStreamer and tries each codec once, which may take a second: to be called at the
 * start, off the media workers. Codecs whose elements are missing are named in the log.
 */
void
ahoy_gst_codec_warm_up (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, try_all, NULL);
}

/**
 * ahoy_gst_codec_is_available:
 * @self: a codec
 *
 * Returns: whether it can be offered here
 */
gboolean
ahoy_gst_codec_is_available (const AhoyGstCodec *self)
{
  ahoy_gst_codec_warm_up ();
  return available[self - codecs];
}

/**
 * ahoy_gst_codec_get_n:
 *
 * Returns: how many codecs the table has
 */
guint
ahoy_gst_codec_get_n (void)
{
  return G_N_ELEMENTS (codecs);
}

/**
 * ahoy_gst_codec_get:
 * @index: a number below that of ahoy_gst_codec_get_n()
 *
 * Returns: (transfer none): a codec; those that are preferred first
 */
const AhoyGstCodec *
ahoy_gst_codec_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (codecs), NULL);

  return &codecs[index];
}

/**
 * ahoy_gst_codec_find:
 * @name: as in a=rtpmap
 * @clock_rate: as in a=rtpmap
 * @channels: as in a=rtpmap; 0 and 1 are the same
 *
 * Returns: (transfer none) (nullable): the codec of an a=rtpmap
 */
const AhoyGstCodec *
ahoy_gst_codec_find (const char *name, guint clock_rate, guint channels)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (g_ascii_strcasecmp (codecs[i].name, name) == 0 && codecs[i].clock_rate == clock_rate
        && codecs[i].channels == MAX (channels, 1)) {
      return &codecs[i];
    }
  }
  return NULL;
}

/**
 * ahoy_gst_codec_find_static:
 * @payload_type: a payload type without a=rtpmap
 *
 * Returns: (transfer none) (nullable): the codec that RFC 3551 says it is
 */
const AhoyGstCodec *
ahoy_gst_codec_find_static (guint payload_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (codecs[i].static_payload_type == (int)payload_type) {
      return &codecs[i];
    }
  }
  return NULL;
}

/**
 * ahoy_gst_codec_choose_ptime:
 * @self: a codec
 * @wanted: milliseconds of a=ptime; 0 for none
 * @max: milliseconds of a=maxptime; 0 for none
 *
 * Returns: how many milliseconds to send in a packet: 10 to 200, with Opus 10 to 60
 */
guint
ahoy_gst_codec_choose_ptime (const AhoyGstCodec *self, guint wanted, guint max)
{
  static const guint opus[] = { 60, 40, 20, 10 };
  guint ptime = wanted > 0 ? wanted : self->default_ptime;

  ptime = CLAMP (ptime, 10, MAX_PTIME);
  if (max >= 10) {
    ptime = MIN (ptime, max);
  }
  if (self->encoder == NULL) {
    return ptime / 10 * 10;
  }
  if (self->clock_rate == 8000) {
    return MAX (ptime / 20 * 20, 20);
  }
  for (guint i = 0; i < G_N_ELEMENTS (opus); i++) {
    if (ptime >= opus[i]) {
      return opus[i];
    }
  }
  return self->default_ptime;
}

/* Reads a number between @min and @max; anything else is as if it were not there. */
static guint
read_number (const char *text, guint min, guint max)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, min, max, &number, NULL)) {
    return 0;
  }
  return (guint)number;
}

static guint32
read_events (const char *fmtp)
{
  g_auto (GStrv) ranges = g_strsplit (fmtp, ",", 64);
  guint32 events = 0;

  for (guint i = 0; ranges[i] != NULL; i++) {
    const char *range = g_strstrip (ranges[i]);
    char *end;
    guint64 first = g_ascii_strtoull (range, &end, 10), last = first;

    if (end == range || (*end == '-' && !g_ascii_isdigit (end[1]))) {
      continue;
    }
    if (*end == '-') {
      last = g_ascii_strtoull (end + 1, NULL, 10);
    }
    for (guint64 event = first; event <= MIN (last, 31); event++) {
      events |= 1u << event;
    }
  }
  return events;
}

static void
read_opus (const char *name, const char *value, AhoyGstCodecParams *params)
{
  gboolean on = strcmp (value, "1") == 0;

  if (g_ascii_strcasecmp (name, "useinbandfec") == 0) {
    params->use_inband_fec = on;
  } else if (g_ascii_strcasecmp (name, "usedtx") == 0) {
    params->use_dtx = on;
  } else if (g_ascii_strcasecmp (name, "cbr") == 0) {
    params->constant_bit_rate = on;
  } else if (g_ascii_strcasecmp (name, "maxaveragebitrate") == 0) {
    params->max_bit_rate = read_number (value, MIN_BIT_RATE, MAX_BIT_RATE);
  } else if (g_ascii_strcasecmp (name, "maxplaybackrate") == 0) {
    params->max_playback_rate = read_number (value, 8000, 48000);
  }
}

/**
 * ahoy_gst_codec_read_fmtp:
 * @self: a codec
 * @fmtp: (nullable): parameters of a=fmtp without the payload type, as the peer sent them
 * @params: (out caller-allocates): what they say
 *
 * Reads what the peer wants. What is unknown or out of range is left out, as RFC 7587 §6.1 and RFC
 * 4733 §2.4.1 say.
 */
void
ahoy_gst_codec_read_fmtp (const AhoyGstCodec *self, const char *fmtp, AhoyGstCodecParams *params)
{
  g_auto (GStrv) parts = NULL;

  memset (params, 0, sizeof *params);
  if (self->kind == AHOY_GST_CODEC_EVENTS) {
    params->events = fmtp != NULL ? read_events (fmtp) : EVENTS_DEFAULT;
    return;
  }
  if (fmtp == NULL || strcmp (self->name, "opus") != 0) {
    return;
  }
  parts = g_strsplit (fmtp, ";", 64);
  for (guint i = 0; parts[i] != NULL; i++) {
    char *equals = strchr (parts[i], '=');

    if (equals != NULL) {
      *equals = '\0';
      read_opus (g_strstrip (parts[i]), g_strstrip (equals + 1), params);
    }
  }
}

static char *
write_events (guint32 events)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint first = 0; first < 32; first++) {
    guint last = first;

    if ((events & 1u << first) == 0) {
      continue;
    }
    while (last < 31 && (events & 1u << (last + 1)) != 0) {
      last++;
    }
    g_string_append_printf (text, "%s%u", text->len > 0 ? "," : "", first);
    if (last > first) {
      g_string_append_printf (text, "-%u", last);
    }
    first = last;
  }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/**
 * ahoy_gst_codec_make_fmtp:
 * @self: a codec
 * @offered: (nullable): the parameters of the offer that is answered; %NULL for an offer
 *
 * Returns: (transfer full) (nullable): the parameters of our a=fmtp: what we want to receive
 */
char *
ahoy_gst_codec_make_fmtp (const AhoyGstCodec *self, const char *offered)
{
  if (self->kind == AHOY_GST_CODEC_EVENTS) {
    return write_events (offered != NULL ? read_events (offered) & EVENTS_OWN : EVENTS_OWN);
  }
  if (strcmp (self->name, "opus") == 0) {
    return g_strdup ("useinbandfec=1;stereo=0;sprop-stereo=0");
  }
  return NULL;
}
