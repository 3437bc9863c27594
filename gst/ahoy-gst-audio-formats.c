/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-audio-formats-private.h"

#include <string.h>

#define TELEPHONE_EVENT "telephone-event"
#define DIGIT_EVENTS "0-16"
#define FIRST_DYNAMIC 96
#define LAST_DYNAMIC 127
#define MIN_PTIME 5
#define MAX_PTIME 60

/* How a codec is written in a description. */
typedef struct {
  const char *name;
  guint payload_type; /* to be asked for; others are taken as they come */
  guint clock_rate;
  guint channels;
  const char *fmtp;
} Known;

static const Known known[] = {
  { "PCMU", 0, 8000, 1, NULL },
  { "PCMA", 8, 8000, 1, NULL },
};

/* The names of the codecs that can be sent and heard. */
const char *const *
ahoy_gst_audio_formats_get_known (void)
{
  static const char *names[G_N_ELEMENTS (known) + 1];

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    names[i] = known[i].name;
  }
  return names;
}

static const Known *
find_known (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_ascii_strcasecmp (known[i].name, name) == 0) {
      return &known[i];
    }
  }
  return NULL;
}

static gboolean
is_digits (AhoySdpFormat *format)
{
  const char *name = ahoy_sdp_format_get_encoding (format);

  return name != NULL && g_ascii_strcasecmp (name, TELEPHONE_EVENT) == 0;
}

static const Known *
known_of (AhoySdpFormat *format)
{
  const char *name = ahoy_sdp_format_get_encoding (format);
  const Known *codec = name != NULL ? find_known (name) : NULL;

  if (codec == NULL || ahoy_sdp_format_get_clock_rate (format) != codec->clock_rate) {
    return NULL;
  }
  return MAX (ahoy_sdp_format_get_channels (format), 1) == codec->channels ? codec : NULL;
}

/* A codec that is wanted here; %NULL codecs want all. */
static gboolean
is_wanted (AhoySdpFormat *format, const char *const *codecs)
{
  const Known *codec = known_of (format);

  for (gsize i = 0; codec != NULL && codecs[i] != NULL; i++) {
    if (g_ascii_strcasecmp (codecs[i], codec->name) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Whether the peer offers at least one codec of @codecs. */
gboolean
ahoy_gst_audio_formats_have_common (AhoySdpMedia *remote, const char *const *codecs)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (remote);

  for (guint i = 0; i < formats->len; i++) {
    if (is_wanted (formats->pdata[i], codecs)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
has_codec (AhoySdpMedia *media, const char *name, guint clock_rate)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);

  for (guint i = 0; i < formats->len; i++) {
    const char *encoding = ahoy_sdp_format_get_encoding (formats->pdata[i]);

    if (encoding != NULL && g_ascii_strcasecmp (encoding, name) == 0 &&
        ahoy_sdp_format_get_clock_rate (formats->pdata[i]) == clock_rate) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_used (AhoySdpMedia *media, guint payload_type)
{
  char text[8];

  g_snprintf (text, sizeof text, "%u", payload_type);
  return ahoy_sdp_media_has_format (media, text);
}

/* A payload type that keeps the meaning it had (RFC 3264 §8.3.2), or one that is free. */
static void
add_format (AhoySdpMedia *media, const char *name, guint wanted, guint clock_rate, guint channels,
            const char *fmtp)
{
  g_autoptr (AhoySdpFormat) format = NULL;

  for (guint i = FIRST_DYNAMIC; is_used (media, wanted) && i <= LAST_DYNAMIC; i++) {
    wanted = i;
  }
  if (!is_used (media, wanted)) {
    format = ahoy_sdp_format_new (wanted, name, clock_rate, channels, fmtp);
    ahoy_sdp_media_add_rtp_format (media, format);
  }
}

/* Adds what is not there yet: the codecs in their order, and digits for each of their clocks. */
void
ahoy_gst_audio_formats_offer (AhoySdpMedia *local, const char *const *codecs)
{
  for (gsize i = 0; codecs[i] != NULL; i++) {
    const Known *codec = find_known (codecs[i]);

    if (codec != NULL && !has_codec (local, codec->name, codec->clock_rate)) {
      add_format (local, codec->name, codec->payload_type, codec->clock_rate, codec->channels,
                  codec->fmtp);
    }
  }
  for (gsize i = 0; codecs[i] != NULL; i++) {
    const Known *codec = find_known (codecs[i]);

    if (codec != NULL && !has_codec (local, TELEPHONE_EVENT, codec->clock_rate)) {
      add_format (local, TELEPHONE_EVENT, codec->clock_rate == 8000 ? 101 : 110,
                  codec->clock_rate, 1, DIGIT_EVENTS);
    }
  }
}

static void
remove_formats (AhoySdpMedia *media)
{
  g_auto (GStrv) formats = g_strdupv ((char **) ahoy_sdp_media_get_formats (media));

  for (gsize i = 0; formats[i] != NULL; i++) {
    ahoy_sdp_media_remove_format (media, formats[i]);
  }
}

/* Takes what both have, in the order and with the payload types of the offer (RFC 3264 §6.1);
 * FALSE when that is nothing to be heard. */
gboolean
ahoy_gst_audio_formats_answer (AhoySdpMedia *local, AhoySdpMedia *remote,
                               const char *const *codecs)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (remote);
  guint n = 0;

  remove_formats (local);
  for (guint i = 0; i < formats->len && n < AHOY_GST_MAX_FORMATS; i++) {
    if (is_wanted (formats->pdata[i], codecs)) {
      g_autoptr (AhoySdpFormat) format = ahoy_sdp_format_ref (formats->pdata[i]);

      ahoy_sdp_media_add_rtp_format (local, format);
      n++;
    }
  }
  for (guint i = 0; i < formats->len && n > 0; i++) {
    guint rate = ahoy_sdp_format_get_clock_rate (formats->pdata[i]);
    guint payload_type = ahoy_sdp_format_get_payload_type (formats->pdata[i]);

    if (is_digits (formats->pdata[i]) && !has_codec (local, TELEPHONE_EVENT, rate)) {
      g_autoptr (AhoySdpFormat) digits =
          ahoy_sdp_format_new (payload_type, TELEPHONE_EVENT, rate, 1, DIGIT_EVENTS);

      ahoy_sdp_media_add_rtp_format (local, digits);
    }
  }
  return n > 0;
}

static void
set_format (AhoyGstFormat *out, AhoySdpFormat *format)
{
  const Known *codec = known_of (format);

  g_strlcpy (out->name, codec->name, sizeof out->name);
  out->payload_type = (guint8) ahoy_sdp_format_get_payload_type (format);
  out->clock_rate = codec->clock_rate;
  out->channels = codec->channels;
}

/* What the peer wants is sent: its first format that stands on our side too. */
static gboolean
read_send (AhoyGstStreamConfig *config, AhoySdpMedia *local, AhoySdpMedia *remote)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (remote);

  for (guint i = 0; i < formats->len; i++) {
    const Known *codec = known_of (formats->pdata[i]);

    if (codec != NULL && has_codec (local, codec->name, codec->clock_rate)) {
      set_format (&config->send, formats->pdata[i]);
      return TRUE;
    }
  }
  return FALSE;
}

static void
read_receive (AhoyGstStreamConfig *config, AhoySdpMedia *local)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (local);

  for (guint i = 0; i < formats->len && config->n_receive < AHOY_GST_MAX_FORMATS; i++) {
    if (known_of (formats->pdata[i]) != NULL) {
      set_format (&config->receive[config->n_receive++], formats->pdata[i]);
    }
  }
}

/* The payload type of digits with a clock; -1 when there is none. */
static int
find_digits (AhoySdpMedia *media, guint clock_rate)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);

  for (guint i = 0; i < formats->len; i++) {
    if (is_digits (formats->pdata[i]) &&
        ahoy_sdp_format_get_clock_rate (formats->pdata[i]) == clock_rate) {
      return (int) ahoy_sdp_format_get_payload_type (formats->pdata[i]);
    }
  }
  return -1;
}

/* How long a frame is that the peer wants, in ms. */
static guint
choose_ptime (AhoySdpMedia *remote, guint ptime)
{
  guint wanted = ahoy_sdp_media_get_ptime (remote);
  guint maximum = ahoy_sdp_media_get_maxptime (remote);

  wanted = wanted != 0 ? wanted : ptime;
  if (maximum >= MIN_PTIME) {
    wanted = MIN (wanted, maximum);
  }
  return CLAMP (wanted / MIN_PTIME * MIN_PTIME, MIN_PTIME, MAX_PTIME);
}

static void
read_addresses (AhoyGstStreamConfig *config, AhoySdpMedia *local, AhoySdpMedia *remote)
{
  g_autofree char *rtcp_host = ahoy_sdp_media_get_rtcp_address (remote);

  /* A host name is not looked up: then nothing is sent until packets say where the peer is. */
  ahoy_gst_address_parse (&config->rtp, ahoy_sdp_media_get_address (remote),
                          ahoy_sdp_media_get_port (remote));
  ahoy_gst_address_parse (&config->rtcp, rtcp_host, ahoy_sdp_media_get_rtcp_port (remote));
  config->mux = ahoy_sdp_media_has_rtcp_mux (local) && ahoy_sdp_media_has_rtcp_mux (remote);
}

/* What both descriptions together mean for the stream; FALSE when nothing is common. */
gboolean
ahoy_gst_audio_formats_read (AhoyGstStreamConfig *config, AhoySdpMedia *local, AhoySdpMedia *remote,
                             guint ptime)
{
  AhoySdpDirection direction =
      ahoy_sdp_media_get_direction (local) &
      ahoy_sdp_direction_reverse (ahoy_sdp_media_get_direction (remote));

  memset (config, 0, sizeof *config);
  if (!read_send (config, local, remote)) {
    return FALSE;
  }
  read_receive (config, local);
  read_addresses (config, local, remote);
  config->sends = (direction & AHOY_SDP_DIRECTION_SENDONLY) != 0 &&
                  !ahoy_sdp_media_is_held_2543 (remote);
  config->receives = (direction & AHOY_SDP_DIRECTION_RECVONLY) != 0;
  config->ptime = choose_ptime (remote, ptime);
  config->dtmf_rate = config->send.clock_rate;
  config->dtmf_send = find_digits (remote, config->send.clock_rate);
  config->dtmf_receive = find_digits (local, config->send.clock_rate);
  return TRUE;
}
