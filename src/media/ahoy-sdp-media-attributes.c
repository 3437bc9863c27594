/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-media-private.h"

#include <string.h>

#include "ahoy-decimal-private.h"
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
  char digits[AHOY_DECIMAL_SIZE];

  if (milliseconds == 0) {
    ahoy_sdp_media_remove_attribute (self, name);
    return;
  }

  ahoy_sdp_media_set_attribute (self, name, ahoy_decimal (milliseconds, digits));
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
  g_return_if_fail (value < 0 ||
                    ahoy_sdp_section_get_n_bandwidths (section) < AHOY_SDP_MAX_BANDWIDTHS);

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
