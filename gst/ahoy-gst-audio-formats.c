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
#define DIGITS_8000 101
#define DIGITS_OTHER 110

/* The names of the codecs that can be sent and heard here, best first. */
const char *const *
ahoy_gst_audio_formats_get_known (void)
{
  static const char *names[32];
  static gsize once;

  if (g_once_init_enter (&once)) {
    guint n = 0;

    for (guint i = 0; i < ahoy_gst_codec_get_n () && n < G_N_ELEMENTS (names) - 1; i++) {
      const AhoyGstCodec *codec = ahoy_gst_codec_get (i);

      if (codec->kind == AHOY_GST_CODEC_AUDIO && ahoy_gst_codec_is_available (codec)) {
        names[n++] = codec->name;
      }
    }
    g_once_init_leave (&once, 1);
  }
  return names;
}

static const AhoyGstCodec *
find_known (const char *name)
{
  for (guint i = 0; i < ahoy_gst_codec_get_n (); i++) {
    const AhoyGstCodec *codec = ahoy_gst_codec_get (i);

    if (codec->kind == AHOY_GST_CODEC_AUDIO && g_ascii_strcasecmp (codec->name, name) == 0) {
      return ahoy_gst_codec_is_available (codec) ? codec : NULL;
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

/* Comfort noise (RFC 3389) with the clock that is known here, that of payload type 13. */
static const AhoyGstCodec *
noise_of (AhoySdpFormat *format)
{
  const char *name = ahoy_sdp_format_get_encoding (format);
  const AhoyGstCodec *codec =
      name != NULL ? ahoy_gst_codec_find (name, ahoy_sdp_format_get_clock_rate (format),
                                          ahoy_sdp_format_get_channels (format))
                   : NULL;

  return codec != NULL && codec->kind == AHOY_GST_CODEC_COMFORT_NOISE ? codec : NULL;
}

static const AhoyGstCodec *
known_of (AhoySdpFormat *format)
{
  const char *name = ahoy_sdp_format_get_encoding (format);
  const AhoyGstCodec *codec =
      name != NULL ? ahoy_gst_codec_find (name, ahoy_sdp_format_get_clock_rate (format),
                                          ahoy_sdp_format_get_channels (format))
                   : NULL;

  if (codec == NULL || codec->kind != AHOY_GST_CODEC_AUDIO) {
    return NULL;
  }
  return ahoy_gst_codec_is_available (codec) ? codec : NULL;
}

static gboolean
is_wanted (AhoySdpFormat *format, const char *const *codecs)
{
  const AhoyGstCodec *codec = known_of (format);

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

/* Whether a codec of that clock is there: digits need one beside them (RFC 4733 §2.1). */
static gboolean
has_clock (AhoySdpMedia *media, guint clock_rate)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);

  for (guint i = 0; i < formats->len; i++) {
    if (!is_digits (formats->pdata[i]) && noise_of (formats->pdata[i]) == NULL &&
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

static void
add_codec (AhoySdpMedia *local, const AhoyGstCodec *codec)
{
  g_autofree char *fmtp = ahoy_gst_codec_make_fmtp (codec, NULL);
  guint wanted = codec->static_payload_type >= 0 ? (guint) codec->static_payload_type
                                                 : FIRST_DYNAMIC;

  add_format (local, codec->name, wanted, codec->clock_rate, codec->channels, fmtp);
}

/* Adds what is not there yet: the codecs in their order, and digits for each of their clocks. */
void
ahoy_gst_audio_formats_offer (AhoySdpMedia *local, const char *const *codecs, gboolean digits)
{
  for (gsize i = 0; codecs[i] != NULL; i++) {
    const AhoyGstCodec *codec = find_known (codecs[i]);

    if (codec != NULL && !has_codec (local, codec->name, codec->clock_rate)) {
      add_codec (local, codec);
    }
  }
  for (gsize i = 0; digits && codecs[i] != NULL; i++) {
    const AhoyGstCodec *codec = find_known (codecs[i]);

    if (codec != NULL && !has_codec (local, TELEPHONE_EVENT, codec->clock_rate)) {
      add_format (local, TELEPHONE_EVENT, codec->clock_rate == 8000 ? DIGITS_8000 : DIGITS_OTHER,
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

static void
answer_codec (AhoySdpMedia *local, AhoySdpFormat *offered)
{
  const AhoyGstCodec *codec = known_of (offered);
  g_autofree char *fmtp =
      ahoy_gst_codec_make_fmtp (codec, ahoy_sdp_format_get_fmtp (offered));
  g_autoptr (AhoySdpFormat) format =
      ahoy_sdp_format_new (ahoy_sdp_format_get_payload_type (offered), codec->name,
                           codec->clock_rate, codec->channels, fmtp);

  ahoy_sdp_media_add_rtp_format (local, format);
}

static void
answer_digits (AhoySdpMedia *local, AhoySdpFormat *offered)
{
  guint rate = ahoy_sdp_format_get_clock_rate (offered);

  if (is_digits (offered) && has_clock (local, rate) && !has_codec (local, TELEPHONE_EVENT, rate)) {
    g_autoptr (AhoySdpFormat) format =
        ahoy_sdp_format_new (ahoy_sdp_format_get_payload_type (offered), TELEPHONE_EVENT, rate, 1,
                             DIGIT_EVENTS);

    ahoy_sdp_media_add_rtp_format (local, format);
  }
}

/* Comfort noise is taken where there is sound of its clock. It is heard, and not sent. */
static void
answer_noise (AhoySdpMedia *local, AhoySdpFormat *offered)
{
  const AhoyGstCodec *codec = noise_of (offered);

  if (codec != NULL && has_clock (local, codec->clock_rate) &&
      !has_codec (local, codec->name, codec->clock_rate)) {
    g_autoptr (AhoySdpFormat) format =
        ahoy_sdp_format_new (ahoy_sdp_format_get_payload_type (offered), codec->name,
                             codec->clock_rate, codec->channels, NULL);

    ahoy_sdp_media_add_rtp_format (local, format);
  }
}

/* Takes what both have, in the order and with the payload types of the offer (RFC 3264 §6.1);
 * FALSE when that is nothing to be heard. */
gboolean
ahoy_gst_audio_formats_answer (AhoySdpMedia *local, AhoySdpMedia *remote,
                               const char *const *codecs, gboolean digits)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (remote);
  guint n = 0;

  remove_formats (local);
  for (guint i = 0; i < formats->len && n < AHOY_GST_MAX_FORMATS; i++) {
    if (is_wanted (formats->pdata[i], codecs)) {
      answer_codec (local, formats->pdata[i]);
      n++;
    }
  }
  for (guint i = 0; i < formats->len && n > 0; i++) {
    answer_noise (local, formats->pdata[i]);
  }
  for (guint i = 0; digits && i < formats->len && n > 0; i++) {
    answer_digits (local, formats->pdata[i]);
  }
  return n > 0;
}

static void
set_format (AhoyGstFormat *out, AhoySdpFormat *format)
{
  out->codec = known_of (format);
  out->payload_type = (guint8) ahoy_sdp_format_get_payload_type (format);
}

/* What the peer wants is sent: its first format that stands on our side too. */
static gboolean
read_send (AhoyGstStreamConfig *config, AhoySdpMedia *local, AhoySdpMedia *remote)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (remote);

  for (guint i = 0; i < formats->len; i++) {
    const AhoyGstCodec *codec = known_of (formats->pdata[i]);

    if (codec != NULL && has_codec (local, codec->name, codec->clock_rate)) {
      set_format (&config->send, formats->pdata[i]);
      ahoy_gst_codec_read_fmtp (codec, ahoy_sdp_format_get_fmtp (formats->pdata[i]),
                                &config->wishes);
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

/* Comfort noise comes last: nobody expects it first. */
static void
read_noise (AhoyGstStreamConfig *config, AhoySdpMedia *local)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (local);

  for (guint i = 0; i < formats->len && config->n_receive < AHOY_GST_MAX_FORMATS; i++) {
    const AhoyGstCodec *codec = noise_of (formats->pdata[i]);

    if (codec != NULL) {
      config->receive[config->n_receive++] = (AhoyGstFormat){
        codec, (guint8) ahoy_sdp_format_get_payload_type (formats->pdata[i])
      };
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
choose_ptime (const AhoyGstCodec *codec, AhoySdpMedia *remote, guint ptime)
{
  guint wanted = ahoy_sdp_media_get_ptime (remote);

  return ahoy_gst_codec_choose_ptime (codec, wanted != 0 ? wanted : ptime,
                                      ahoy_sdp_media_get_maxptime (remote));
}

static void
read_addresses (AhoyGstStreamConfig *config, AhoySdpMedia *local, AhoySdpMedia *remote)
{
  g_autofree char *rtcp_host = ahoy_sdp_media_get_rtcp_address (remote);

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
  if (config->n_receive > 0) {
    read_noise (config, local);
  }
  read_addresses (config, local, remote);
  config->sends = (direction & AHOY_SDP_DIRECTION_SENDONLY) != 0 &&
                  !ahoy_sdp_media_is_held_2543 (remote);
  config->receives = (direction & AHOY_SDP_DIRECTION_RECVONLY) != 0;
  config->ptime = choose_ptime (config->send.codec, remote, ptime);
  config->dtmf_rate = config->send.codec->clock_rate;
  config->dtmf_send = find_digits (remote, config->dtmf_rate);
  config->dtmf_receive = find_digits (local, config->dtmf_rate);
  return TRUE;
}
