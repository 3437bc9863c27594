/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-grammar-private.h"
#include "ahoy-sdp-session-private.h"

/* The lines c, b and a of the session level of an AhoySdpSession. */

/**
 * ahoy_sdp_session_get_connection:
 * @self: a session description
 *
 * Gets the `c=` line of the session level.
 *
 * Returns: (transfer full) (nullable): the line without `c=`, such as `IN IP4 192.0.2.1`, or %NULL
 *   if there is none
 *
 * Since: 0.1
 */
char *
ahoy_sdp_session_get_connection (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return ahoy_sdp_section_dup_connection (ahoy_sdp_session_get_section (self));
}

/**
 * ahoy_sdp_session_get_address:
 * @self: a session description
 *
 * Gets the address of the session level, which streams without a `c=` line of their own inherit.
 *
 * Returns: (transfer none) (nullable): the address without TTL, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_address (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return ahoy_sdp_session_get_section (self)->address;
}

/**
 * ahoy_sdp_session_get_address_type:
 * @self: a session description
 *
 * Gets the type of what [method@Ahoy.SdpSession.get_address] gives.
 *
 * Returns: (transfer none) (nullable): `IP4`, `IP6`, or %NULL if there is no address
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_address_type (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);

  return ahoy_sdp_session_get_section (self)->address_type;
}

/**
 * ahoy_sdp_session_set_address:
 * @self: a session description
 * @address: (nullable): an IPv4 or IPv6 address without brackets, a host name, or %NULL
 *
 * Gives the session level a `c=` line, or takes it away.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_address (AhoySdpSession *self, const char *address)
{
  const char *type = ahoy_sdp_address_type (address);

  g_return_if_fail (AHOY_IS_SDP_SESSION (self));
  g_return_if_fail (address == NULL || type != NULL);

  ahoy_sdp_section_set_connection (ahoy_sdp_session_get_section (self), type, address,
                                   address != NULL ? "" : NULL);
}

/**
 * ahoy_sdp_session_get_attribute:
 * @self: a session description
 * @name: the attribute's name; case counts
 *
 * Gets the value of the first attribute of that name of the session level.
 *
 * Returns: (transfer none) (nullable): the value, empty for a property attribute, or %NULL if it is
 *   not there
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_session_get_attribute (AhoySdpSession *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return ahoy_sdp_section_get_attribute (ahoy_sdp_session_get_section (self), name);
}

/**
 * ahoy_sdp_session_has_attribute:
 * @self: a session description
 * @name: the attribute's name; case counts
 *
 * Tells whether the session level has an attribute of that name.
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_session_has_attribute (AhoySdpSession *self, const char *name)
{
  return ahoy_sdp_session_get_attribute (self, name) != NULL;
}

/**
 * ahoy_sdp_session_get_attribute_values:
 * @self: a session description
 * @name: the attribute's name; case counts
 *
 * Gets the values of all attributes of that name, as for `group`, in their order.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values, empty if there are none
 *
 * Since: 0.1
 */
char **
ahoy_sdp_session_get_attribute_values (AhoySdpSession *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return ahoy_sdp_section_dup_values (ahoy_sdp_session_get_section (self), name);
}

/**
 * ahoy_sdp_session_get_n_attributes:
 * @self: a session description
 *
 * Gets the number of attributes of the session level.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
ahoy_sdp_session_get_n_attributes (AhoySdpSession *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), 0);

  return ahoy_sdp_session_get_section (self)->attributes->len;
}

/**
 * ahoy_sdp_session_get_nth_attribute:
 * @self: a session description
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
ahoy_sdp_session_get_nth_attribute (AhoySdpSession *self,
                                    guint index,
                                    const char **name,
                                    const char **value)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), FALSE);

  return ahoy_sdp_section_get_nth_attribute (ahoy_sdp_session_get_section (self), index, name,
                                             value);
}

/**
 * ahoy_sdp_session_add_attribute:
 * @self: a session description
 * @name: the attribute's name, a token
 * @value: (nullable): the value, one line of UTF-8 text; %NULL or empty for a property attribute
 *
 * Adds an attribute after those that are there. A description takes 256 of them.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_add_attribute (AhoySdpSession *self, const char *name, const char *value)
{
  AhoySdpSection *section;

  g_return_if_fail (AHOY_IS_SDP_SESSION (self));
  g_return_if_fail (ahoy_sdp_attribute_is_valid (name, value));

  section = ahoy_sdp_session_get_section (self);
  g_return_if_fail (section->attributes->len < AHOY_SDP_MAX_ATTRIBUTES);

  ahoy_sdp_section_add_attribute (section, name, value);
}

/**
 * ahoy_sdp_session_set_attribute:
 * @self: a session description
 * @name: the attribute's name, a token
 * @value: (nullable): the value, one line of UTF-8 text; %NULL or empty for a property attribute
 *
 * Sets the one attribute of that name; others of the same name go.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_attribute (AhoySdpSession *self, const char *name, const char *value)
{
  AhoySdpSection *section;

  g_return_if_fail (AHOY_IS_SDP_SESSION (self));
  g_return_if_fail (ahoy_sdp_attribute_is_valid (name, value));

  section = ahoy_sdp_session_get_section (self);
  g_return_if_fail (section->attributes->len < AHOY_SDP_MAX_ATTRIBUTES ||
                    ahoy_sdp_section_get_attribute (section, name) != NULL);

  ahoy_sdp_section_set_attribute (section, name, value);
}

/**
 * ahoy_sdp_session_remove_attribute:
 * @self: a session description
 * @name: the attribute's name; case counts
 *
 * Takes away all attributes of that name.
 *
 * Returns: how many there were
 *
 * Since: 0.1
 */
guint
ahoy_sdp_session_remove_attribute (AhoySdpSession *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  return ahoy_sdp_section_remove_attribute (ahoy_sdp_session_get_section (self), name);
}

/**
 * ahoy_sdp_session_get_bandwidth:
 * @self: a session description
 * @type: the type, such as `AS` (kbit/s) or `TIAS` (bit/s)
 *
 * Gets a `b=` line of the session level.
 *
 * Returns: the bandwidth in the unit of @type, or -1 if there is no such line
 *
 * Since: 0.1
 */
int
ahoy_sdp_session_get_bandwidth (AhoySdpSession *self, const char *type)
{
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (self), -1);
  g_return_val_if_fail (type != NULL, -1);

  return ahoy_sdp_section_get_bandwidth (ahoy_sdp_session_get_section (self), type);
}

/**
 * ahoy_sdp_session_set_bandwidth:
 * @self: a session description
 * @type: the type, such as `AS` (kbit/s) or `TIAS` (bit/s); a token
 * @value: the bandwidth in the unit of @type, or -1 to take the line away
 *
 * Sets a `b=` line.
 *
 * Since: 0.1
 */
void
ahoy_sdp_session_set_bandwidth (AhoySdpSession *self, const char *type, int value)
{
  AhoySdpSection *section;

  g_return_if_fail (AHOY_IS_SDP_SESSION (self));
  g_return_if_fail (ahoy_sdp_is_token (type));

  section = ahoy_sdp_session_get_section (self);
  g_return_if_fail (value < 0 ||
                    ahoy_sdp_section_get_n_bandwidths (section) < AHOY_SDP_MAX_BANDWIDTHS);

  ahoy_sdp_section_set_bandwidth (section, type, value);
}
