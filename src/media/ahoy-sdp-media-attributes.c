/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-media-private.h"

#include <string.h>

#include "ahoy-sdp-grammar-private.h"

/* The attributes of an AhoySdpMedia, and those among them that have a meaning of their own. */

static const char *const direction_names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

static gboolean
section_get_direction (const AhoySdpSection *section, AhoySdpDirection *direction)
{
  for (guint i = 0; i < section->attributes->len; i++) {
    const char *name = g_array_index (section->attributes, AhoySdpAttribute, i).name;

    for (guint n = 0; n < G_N_ELEMENTS (direction_names); n++) {
      if (g_str_equal (name, direction_names[n])) {
        *direction = n;
        return TRUE;
      }
    }
  }

  return FALSE;
}

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

/* encoding/clock-rate[/channels]; NULL if @rtpmap is something else. */
static AhoySdpFormat *
parse_rtpmap (guint payload_type, const char *rtpmap, const char *fmtp)
{
  g_auto (GStrv) parts = g_strsplit (rtpmap, "/", 4);
  guint n_parts = g_strv_length (parts);
  guint64 clock_rate;
  guint64 channels = 1;

  if (n_parts < 2 || n_parts > 3)
    return NULL;
  g_strchomp (parts[n_parts - 1]);
  if (!ahoy_sdp_is_token (parts[0]))
    return NULL;
  if (!ahoy_sdp_parse_number (parts[1], G_MAXINT32, &clock_rate) || clock_rate == 0)
    return NULL;
  if (n_parts == 3 && (!ahoy_sdp_parse_number (parts[2], 255, &channels) || channels == 0))
    return NULL;

  return ahoy_sdp_format_new (payload_type, parts[0], clock_rate, channels, fmtp);
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

/* The number an attribute holds; 0 if it is not there or no such number. Fractions, which RFC 4566
 * allows for ptime, lose what stands after the point. */
static guint
get_milliseconds (AhoySdpMedia *self, const char *name)
{
  const char *value = ahoy_sdp_media_get_attribute (self, name);
  g_autofree char *digits = NULL;
  guint64 number;

  if (value == NULL)
    return 0;

  digits = g_strndup (value, strspn (value, "0123456789"));
  if (!ahoy_sdp_parse_number (digits, 60 * 1000, &number))
    return 0;

  return number;
}

static void
set_milliseconds (AhoySdpMedia *self, const char *name, guint milliseconds)
{
  g_autofree char *value = NULL;

  if (milliseconds == 0) {
    ahoy_sdp_media_remove_attribute (self, name);
    return;
  }

  value = g_strdup_printf ("%u", milliseconds);
  ahoy_sdp_media_set_attribute (self, name, value);
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
 * Returns: (transfer container) (element-type AhoySdpFormat): the formats, empty if this is not RTP;
 *   the array drops its references when it goes
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_sdp_media_get_rtp_formats (AhoySdpMedia *self)
{
  g_autoptr (GPtrArray) formats = NULL;
  const char *const *names;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  formats = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_sdp_format_unref);
  if (!ahoy_sdp_media_is_rtp (self))
    return g_steal_pointer (&formats);

  names = ahoy_sdp_media_get_formats (self);
  for (gsize i = 0; names[i] != NULL; i++) {
    AhoySdpFormat *format = build_format (ahoy_sdp_media_get_section (self), names[i]);

    if (format != NULL)
      g_ptr_array_add (formats, format);
  }

  return g_steal_pointer (&formats);
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
  g_autofree char *name = NULL;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  name = g_strdup_printf ("%u", payload_type);
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
  g_autofree char *name = NULL;
  g_autofree char *rtpmap = NULL;
  const char *fmtp;

  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (format != NULL);

  name = g_strdup_printf ("%u", ahoy_sdp_format_get_payload_type (format));
  g_return_if_fail (!ahoy_sdp_media_has_format (self, name));

  rtpmap = g_strdup_printf ("%s %s/%u", name, ahoy_sdp_format_get_encoding (format),
                            ahoy_sdp_format_get_clock_rate (format));
  if (ahoy_sdp_format_get_channels (format) > 1) {
    g_autofree char *mono = g_steal_pointer (&rtpmap);
    rtpmap = g_strdup_printf ("%s/%u", mono, ahoy_sdp_format_get_channels (format));
  }

  ahoy_sdp_media_add_format (self, name);
  ahoy_sdp_media_add_attribute (self, "rtpmap", rtpmap);

  fmtp = ahoy_sdp_format_get_fmtp (format);
  if (fmtp != NULL && *fmtp != '\0') {
    g_autofree char *value = g_strdup_printf ("%s %s", name, fmtp);
    ahoy_sdp_media_add_attribute (self, "fmtp", value);
  }
}

/**
 * ahoy_sdp_media_get_attribute:
 * @self: a media description
 * @name: the attribute's name; case counts
 *
 * Gets the value of the first attribute of that name of the stream itself.
 *
 * Returns: (transfer none) (nullable): the value, empty for a property attribute, or %NULL if it is
 *   not there
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_get_attribute (AhoySdpMedia *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return ahoy_sdp_section_get_attribute (ahoy_sdp_media_get_section (self), name);
}

/**
 * ahoy_sdp_media_has_attribute:
 * @self: a media description
 * @name: the attribute's name; case counts
 *
 * Tells whether the stream itself has an attribute of that name.
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_has_attribute (AhoySdpMedia *self, const char *name)
{
  return ahoy_sdp_media_get_attribute (self, name) != NULL;
}

/**
 * ahoy_sdp_media_get_attribute_values:
 * @self: a media description
 * @name: the attribute's name; case counts
 *
 * Gets the values of all attributes of that name, as for `candidate` or `crypto`, in their order.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values, empty if there are none
 *
 * Since: 0.1
 */
char **
ahoy_sdp_media_get_attribute_values (AhoySdpMedia *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return ahoy_sdp_section_dup_values (ahoy_sdp_media_get_section (self), name);
}

/**
 * ahoy_sdp_media_get_n_attributes:
 * @self: a media description
 *
 * Gets the number of attributes of the stream itself.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
ahoy_sdp_media_get_n_attributes (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), 0);

  return ahoy_sdp_media_get_section (self)->attributes->len;
}

/**
 * ahoy_sdp_media_get_nth_attribute:
 * @self: a media description
 * @index: which attribute, from 0
 * @name: (out) (optional) (transfer none): where to put the name
 * @value: (out) (optional) (transfer none): where to put the value, empty for a property attribute
 *
 * Gets one attribute by its place. The strings are valid until @self changes.
 *
 * Returns: %FALSE if there are not that many
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_get_nth_attribute (AhoySdpMedia *self,
                                  guint index,
                                  const char **name,
                                  const char **value)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), FALSE);

  return ahoy_sdp_section_get_nth_attribute (ahoy_sdp_media_get_section (self), index, name, value);
}

/**
 * ahoy_sdp_media_add_attribute:
 * @self: a media description
 * @name: the attribute's name, a token
 * @value: (nullable): the value, one line of UTF-8 text; %NULL or empty for a property attribute
 *
 * Adds an attribute after those that are there. A description takes 256 of them.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_add_attribute (AhoySdpMedia *self, const char *name, const char *value)
{
  AhoySdpSection *section;

  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (ahoy_sdp_attribute_is_valid (name, value));

  section = ahoy_sdp_media_get_section (self);
  g_return_if_fail (section->attributes->len < AHOY_SDP_MAX_ATTRIBUTES);

  ahoy_sdp_section_add_attribute (section, name, value);
}

/**
 * ahoy_sdp_media_set_attribute:
 * @self: a media description
 * @name: the attribute's name, a token
 * @value: (nullable): the value, one line of UTF-8 text; %NULL or empty for a property attribute
 *
 * Sets the one attribute of that name; others of the same name go.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_attribute (AhoySdpMedia *self, const char *name, const char *value)
{
  AhoySdpSection *section;

  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (ahoy_sdp_attribute_is_valid (name, value));

  section = ahoy_sdp_media_get_section (self);
  g_return_if_fail (section->attributes->len < AHOY_SDP_MAX_ATTRIBUTES ||
                    ahoy_sdp_section_get_attribute (section, name) != NULL);

  ahoy_sdp_section_set_attribute (section, name, value);
}

/**
 * ahoy_sdp_media_remove_attribute:
 * @self: a media description
 * @name: the attribute's name; case counts
 *
 * Takes away all attributes of that name.
 *
 * Returns: how many there were
 *
 * Since: 0.1
 */
guint
ahoy_sdp_media_remove_attribute (AhoySdpMedia *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  return ahoy_sdp_section_remove_attribute (ahoy_sdp_media_get_section (self), name);
}

/**
 * ahoy_sdp_media_get_bandwidth:
 * @self: a media description
 * @type: the type, such as `AS` (kbit/s) or `TIAS` (bit/s)
 *
 * Gets a `b=` line of the stream itself.
 *
 * Returns: the bandwidth in the unit of @type, or -1 if there is no such line
 *
 * Since: 0.1
 */
int
ahoy_sdp_media_get_bandwidth (AhoySdpMedia *self, const char *type)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), -1);
  g_return_val_if_fail (type != NULL, -1);

  return ahoy_sdp_section_get_bandwidth (ahoy_sdp_media_get_section (self), type);
}

/**
 * ahoy_sdp_media_set_bandwidth:
 * @self: a media description
 * @type: the type, such as `AS` (kbit/s) or `TIAS` (bit/s); a token
 * @value: the bandwidth in the unit of @type, or -1 to take the line away
 *
 * Sets a `b=` line.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_bandwidth (AhoySdpMedia *self, const char *type, int value)
{
  AhoySdpSection *section;

  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (ahoy_sdp_is_token (type));

  section = ahoy_sdp_media_get_section (self);
  g_return_if_fail (value < 0 || section->bandwidths->len < AHOY_SDP_MAX_BANDWIDTHS);

  ahoy_sdp_section_set_bandwidth (section, type, value);
}

/**
 * ahoy_sdp_media_get_direction:
 * @self: a media description
 *
 * Gets the direction that rules the stream: its own attribute, else the session's, else
 * `sendrecv`. A stream on hold in the manner of RFC 2543 does not receive, whatever its attribute
 * says.
 *
 * Returns: the direction, as seen by the side that wrote the description
 *
 * Since: 0.1
 */
AhoySdpDirection
ahoy_sdp_media_get_direction (AhoySdpMedia *self)
{
  AhoySdpDirection direction = AHOY_SDP_DIRECTION_SENDRECV;
  AhoySdpSection *session_section;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), AHOY_SDP_DIRECTION_INACTIVE);

  session_section = ahoy_sdp_media_get_session_section (self);
  if (!section_get_direction (ahoy_sdp_media_get_section (self), &direction) &&
      session_section != NULL)
    section_get_direction (session_section, &direction);

  if (ahoy_sdp_media_is_held_2543 (self))
    direction &= ~AHOY_SDP_DIRECTION_RECVONLY;

  return direction;
}

/**
 * ahoy_sdp_media_set_direction:
 * @self: a media description
 * @direction: the direction, as seen by the side that writes the description
 *
 * Sets the direction attribute of the stream.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_direction (AhoySdpMedia *self, AhoySdpDirection direction)
{
  AhoySdpSection *section;

  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));

  section = ahoy_sdp_media_get_section (self);
  for (gsize i = 0; i < G_N_ELEMENTS (direction_names); i++)
    ahoy_sdp_section_remove_attribute (section, direction_names[i]);

  ahoy_sdp_media_add_attribute (self, ahoy_sdp_direction_to_string (direction), NULL);
}

/**
 * ahoy_sdp_media_is_held_2543:
 * @self: a media description
 *
 * Tells whether the side that wrote the description put the stream on hold in the old manner, with
 * the address `0.0.0.0` or `::` (RFC 3264 section 8.4). With ICE that address only means that the
 * candidates are still to come (RFC 8840), and is no hold.
 *
 * Returns: %TRUE if the stream is on hold by its address
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_is_held_2543 (AhoySdpMedia *self)
{
  const char *address;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), FALSE);

  address = ahoy_sdp_media_get_address (self);
  if (address == NULL || (!g_str_equal (address, "0.0.0.0") && !g_str_equal (address, "::")))
    return FALSE;

  return ahoy_sdp_media_lookup_attribute (self, "ice-ufrag") == NULL;
}

/**
 * ahoy_sdp_media_get_ptime:
 * @self: a media description
 *
 * Gets the length of audio in a packet that the writer of the description would like to receive.
 *
 * Returns: the time in milliseconds, or 0 if the description does not say it
 *
 * Since: 0.1
 */
guint
ahoy_sdp_media_get_ptime (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), 0);

  return get_milliseconds (self, "ptime");
}

/**
 * ahoy_sdp_media_set_ptime:
 * @self: a media description
 * @ptime: the time in milliseconds, or 0 to take the attribute away
 *
 * Sets the length of audio in a packet.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_ptime (AhoySdpMedia *self, guint ptime)
{
  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));

  set_milliseconds (self, "ptime", ptime);
}

/**
 * ahoy_sdp_media_get_maxptime:
 * @self: a media description
 *
 * Gets the greatest length of audio in a packet that the writer of the description takes.
 *
 * Returns: the time in milliseconds, or 0 if the description does not say it
 *
 * Since: 0.1
 */
guint
ahoy_sdp_media_get_maxptime (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), 0);

  return get_milliseconds (self, "maxptime");
}

/**
 * ahoy_sdp_media_set_maxptime:
 * @self: a media description
 * @maxptime: the time in milliseconds, or 0 to take the attribute away
 *
 * Sets the greatest length of audio in a packet.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_maxptime (AhoySdpMedia *self, guint maxptime)
{
  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));

  set_milliseconds (self, "maxptime", maxptime);
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

/**
 * ahoy_sdp_media_get_mid:
 * @self: a media description
 *
 * Gets the name of the stream for grouping (`a=mid`, RFC 5888).
 *
 * Returns: (transfer none) (nullable): the name, or %NULL
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_get_mid (AhoySdpMedia *self)
{
  return ahoy_sdp_media_get_attribute (self, "mid");
}

/**
 * ahoy_sdp_media_get_label:
 * @self: a media description
 *
 * Gets the label of the stream (`a=label`, RFC 4574).
 *
 * Returns: (transfer none) (nullable): the label, or %NULL
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_get_label (AhoySdpMedia *self)
{
  return ahoy_sdp_media_get_attribute (self, "label");
}
