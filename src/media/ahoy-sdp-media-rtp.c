/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-decimal-private.h"
#include "ahoy-sdp-grammar-private.h"
#include "ahoy-sdp-media-private.h"

/* What is particular to RTP in an AhoySdpMedia: payload formats and RTCP. */

/* The rest of the first attribute @name that speaks of @format, or NULL. */
static const char *
find_for_format (const AhoySdpSection *section, const char *name, const char *format)
{
  for (guint i = 0; i < section->attributes->len; i++) {
    const AhoySdpAttribute *attribute = &g_array_index (section->attributes, AhoySdpAttribute, i);
    const char *rest;

    if (!g_str_equal (attribute->name, name))
      continue;
    rest = ahoy_sdp_after_word (attribute->value, format);
    if (rest != NULL)
      return rest;
  }

  return NULL;
}

/* Ends @text at its first slash; returns what follows, or NULL. */
static char *
cut_at_slash (char *text)
{
  char *slash = text != NULL ? strchr (text, '/') : NULL;

  if (slash == NULL)
    return NULL;

  *slash = '\0';
  return slash + 1;
}

/* encoding/clock-rate[/channels]; NULL if @rtpmap is something else. */
static AhoySdpFormat *
parse_rtpmap (guint payload_type, const char *rtpmap, const char *fmtp)
{
  g_autofree char *encoding = g_strchomp (g_strdup (rtpmap));
  char *rate = cut_at_slash (encoding);
  char *count = cut_at_slash (rate);
  guint64 clock_rate;
  guint64 channels = 1;

  if (!ahoy_sdp_is_token (encoding))
    return NULL;
  if (!ahoy_sdp_parse_number (rate, G_MAXINT32, &clock_rate) || clock_rate == 0)
    return NULL;
  if (count != NULL && (!ahoy_sdp_parse_number (count, 255, &channels) || channels == 0))
    return NULL;

  return ahoy_sdp_format_new (payload_type, encoding, clock_rate, channels, fmtp);
}

static AhoySdpFormat *
build_format (AhoySdpSection *section, const char *format)
{
  g_autoptr (AhoySdpFormat) fixed = NULL;
  const char *rtpmap;
  const char *fmtp;
  guint64 payload_type;

  if (!ahoy_sdp_parse_number (format, 127, &payload_type))
    return NULL;

  rtpmap = find_for_format (section, "rtpmap", format);
  fmtp = find_for_format (section, "fmtp", format);
  if (rtpmap != NULL)
    return parse_rtpmap (payload_type, rtpmap, fmtp);

  fixed = ahoy_sdp_format_new_static (payload_type);
  if (fixed == NULL || fmtp == NULL)
    return g_steal_pointer (&fixed);

  return ahoy_sdp_format_new (payload_type, ahoy_sdp_format_get_encoding (fixed),
                              ahoy_sdp_format_get_clock_rate (fixed),
                              ahoy_sdp_format_get_channels (fixed), fmtp);
}

static GPtrArray *
build_formats (AhoySdpSection *section, const char *const *names)
{
  GPtrArray *formats =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_sdp_format_unref);

  for (gsize i = 0; names[i] != NULL; i++) {
    AhoySdpFormat *format = build_format (section, names[i]);

    if (format != NULL)
      g_ptr_array_add (formats, format);
  }
  return formats;
}

static gpointer
ref_format (gconstpointer format, gpointer user_data)
{
  return ahoy_sdp_format_ref ((AhoySdpFormat *) format);
}

/* a=rtcp:port [IN IP4|IP6 address] (RFC 3605). */
static gboolean
parse_rtcp (AhoySdpMedia *self, guint *port, char **address)
{
  const char *value = ahoy_sdp_media_get_attribute (self, "rtcp");
  g_auto (GStrv) words = NULL;
  guint64 number;
  guint n_words;

  if (value == NULL)
    return FALSE;

  words = g_strsplit (value, " ", 5);
  n_words = g_strv_length (words);
  if (n_words != 1 && n_words != 4)
    return FALSE;
  if (!ahoy_sdp_parse_number (words[0], G_MAXUINT16, &number))
    return FALSE;
  if (n_words == 4 && (!g_str_equal (words[1], "IN") || !ahoy_sdp_is_address (words[2], words[3])))
    return FALSE;

  if (port != NULL)
    *port = number;
  if (address != NULL)
    *address = n_words == 4 ? g_strdup (words[3]) : NULL;

  return TRUE;
}

/**
 * ahoy_sdp_media_get_rtp_formats:
 * @self: a media description
 *
 * Gets what is known of the payload types of the `m=` line, in its order: from `a=rtpmap` and
 * `a=fmtp`, or from the static table of RFC 3551. A payload type whose codec nobody says is left
 * out.
 *
 * Returns: (transfer container) (element-type AhoySdpFormat): the formats, empty if this is not
 *   RTP; the array drops its references when it goes
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_sdp_media_get_rtp_formats (AhoySdpMedia *self)
{
  AhoySdpSection *section;
  GPtrArray *copy;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  if (!ahoy_sdp_media_is_rtp (self))
    return g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_sdp_format_unref);

  section = ahoy_sdp_media_get_section (self);
  if (section->rtp_formats == NULL)
    section->rtp_formats = build_formats (section, ahoy_sdp_media_get_formats (self));
  copy = g_ptr_array_copy (section->rtp_formats, ref_format, NULL);
  g_ptr_array_set_free_func (copy, (GDestroyNotify) ahoy_sdp_format_unref);
  return copy;
}

/**
 * ahoy_sdp_media_get_rtp_format:
 * @self: a media description
 * @payload_type: an RTP payload type
 *
 * Gets what is known of one payload type of the `m=` line.
 *
 * Returns: (transfer full) (nullable): the format, or %NULL if the line does not name it or its
 *   codec is not known
 *
 * Since: 0.1
 */
AhoySdpFormat *
ahoy_sdp_media_get_rtp_format (AhoySdpMedia *self, guint payload_type)
{
  char digits[AHOY_DECIMAL_SIZE];
  const char *name = ahoy_decimal (payload_type, digits);

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  if (!ahoy_sdp_media_is_rtp (self) || !ahoy_sdp_media_has_format (self, name))
    return NULL;

  return build_format (ahoy_sdp_media_get_section (self), name);
}

/**
 * ahoy_sdp_media_add_rtp_format:
 * @self: a media description
 * @format: a format whose payload type is not in use in @self
 *
 * Adds @format to the end of the `m=` line, with its `a=rtpmap` and, if it has parameters,
 * `a=fmtp`.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_add_rtp_format (AhoySdpMedia *self, AhoySdpFormat *format)
{
  char digits[3][AHOY_DECIMAL_SIZE];
  g_autofree char *rtpmap = NULL;
  const char *name;
  const char *fmtp;
  guint channels;

  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (format != NULL);

  name = ahoy_decimal (ahoy_sdp_format_get_payload_type (format), digits[0]);
  g_return_if_fail (!ahoy_sdp_media_has_format (self, name));

  channels = ahoy_sdp_format_get_channels (format);
  rtpmap = g_strconcat (name, " ", ahoy_sdp_format_get_encoding (format), "/",
                        ahoy_decimal (ahoy_sdp_format_get_clock_rate (format), digits[1]),
                        channels > 1 ? "/" : NULL, ahoy_decimal (channels, digits[2]), NULL);

  ahoy_sdp_media_add_format (self, name);
  ahoy_sdp_media_add_attribute (self, "rtpmap", rtpmap);

  fmtp = ahoy_sdp_format_get_fmtp (format);
  if (fmtp != NULL && *fmtp != '\0') {
    g_autofree char *value = g_strconcat (name, " ", fmtp, NULL);
    ahoy_sdp_media_add_attribute (self, "fmtp", value);
  }
}

/**
 * ahoy_sdp_media_has_rtcp_mux:
 * @self: a media description
 *
 * Tells whether RTCP shares the port of RTP, or may share it (RFC 5761).
 *
 * Returns: %TRUE if the stream has `a=rtcp-mux`
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_has_rtcp_mux (AhoySdpMedia *self)
{
  return ahoy_sdp_media_has_attribute (self, "rtcp-mux");
}

/**
 * ahoy_sdp_media_get_rtcp_port:
 * @self: a media description
 *
 * Gets the port for RTCP when it is not multiplexed: from `a=rtcp` (RFC 3605), else the port after
 * that of RTP.
 *
 * Returns: the port, or 0 if the stream is rejected or there is no such port
 *
 * Since: 0.1
 */
guint
ahoy_sdp_media_get_rtcp_port (AhoySdpMedia *self)
{
  guint port = 0;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), 0);

  if (ahoy_sdp_media_get_port (self) == 0)
    return 0;
  if (parse_rtcp (self, &port, NULL))
    return port;

  return (ahoy_sdp_media_get_port (self) + 1) & G_MAXUINT16;
}

/**
 * ahoy_sdp_media_get_rtcp_address:
 * @self: a media description
 *
 * Gets the address for RTCP: from `a=rtcp` (RFC 3605), else that of the stream.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if there is none
 *
 * Since: 0.1
 */
char *
ahoy_sdp_media_get_rtcp_address (AhoySdpMedia *self)
{
  g_autofree char *address = NULL;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  if (parse_rtcp (self, NULL, &address) && address != NULL)
    return g_steal_pointer (&address);

  return g_strdup (ahoy_sdp_media_get_address (self));
}
