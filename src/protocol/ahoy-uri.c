/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-decimal-private.h"
#include "ahoy-uri-private.h"

G_DEFINE_ENUM_TYPE (AhoyUriScheme, ahoy_uri_scheme,
                    G_DEFINE_ENUM_VALUE (AHOY_URI_SCHEME_OTHER, "other"),
                    G_DEFINE_ENUM_VALUE (AHOY_URI_SCHEME_SIP, "sip"),
                    G_DEFINE_ENUM_VALUE (AHOY_URI_SCHEME_SIPS, "sips"),
                    G_DEFINE_ENUM_VALUE (AHOY_URI_SCHEME_TEL, "tel"))

G_DEFINE_BOXED_TYPE (AhoyUri, ahoy_uri, ahoy_uri_ref, ahoy_uri_unref)

static void
pair_clear (AhoyUriPair *pair)
{
  g_free (pair->raw_name);
  g_free (pair->raw_value);
  g_free (pair->name);
  g_free (pair->value);
}

static void
uri_clear (AhoyUri *self)
{
  g_free (self->scheme_name);
  g_free (self->raw_user);
  g_free (self->user);
  g_free (self->plain_user);
  g_free (self->raw_password);
  g_free (self->password);
  g_free (self->host);
  g_free (self->opaque);
  g_array_unref (self->params);
  g_array_unref (self->headers);
  g_free (self->number);
  g_free (self->text);
}

static GArray *
pairs_new (void)
{
  GArray *pairs = g_array_new (FALSE, TRUE, sizeof (AhoyUriPair));

  g_array_set_clear_func (pairs, (GDestroyNotify) pair_clear);

  return pairs;
}

AhoyUri *
ahoy_uri_new_empty (void)
{
  AhoyUri *self = g_atomic_rc_box_new0 (AhoyUri);

  self->params = pairs_new ();
  self->headers = pairs_new ();

  return self;
}

void
ahoy_uri_add_pair (GArray *pairs, const char *raw_name, const char *raw_value)
{
  AhoyUriPair pair = {
    .raw_name = g_strdup (raw_name),
    .raw_value = g_strdup (raw_value),
    .name = ahoy_uri_unescape (raw_name),
    .value = raw_value != NULL ? ahoy_uri_unescape (raw_value) : g_strdup (""),
  };

  g_array_append_val (pairs, pair);
}

/* The first of that name, without regard to case. */
const AhoyUriPair *
ahoy_uri_find_pair (GArray *pairs, const char *name)
{
  for (guint i = 0; i < pairs->len; i++) {
    const AhoyUriPair *pair = &g_array_index (pairs, AhoyUriPair, i);

    if (g_ascii_strcasecmp (pair->name, name) == 0)
      return pair;
  }

  return NULL;
}

static void
append_pairs (GString *text, GArray *pairs, const char *first, const char *next)
{
  for (guint i = 0; i < pairs->len; i++) {
    const AhoyUriPair *pair = &g_array_index (pairs, AhoyUriPair, i);

    g_string_append (text, i == 0 ? first : next);
    g_string_append (text, pair->raw_name);
    if (pair->raw_value != NULL) {
      g_string_append_c (text, '=');
      g_string_append (text, pair->raw_value);
    }
  }
}

static char *
compose (const AhoyUri *self)
{
  char digits[AHOY_DECIMAL_SIZE];
  GString *text = g_string_new (self->scheme_name);

  g_string_append_c (text, ':');
  if (self->opaque != NULL)
    g_string_append (text, self->opaque);
  if (self->raw_user != NULL)
    g_string_append (text, self->raw_user);
  if (self->raw_password != NULL) {
    g_string_append_c (text, ':');
    g_string_append (text, self->raw_password);
  }
  if (self->host != NULL) {
    gboolean is_ip6 = strchr (self->host, ':') != NULL;

    g_string_append (text, self->raw_user != NULL ? "@" : "");
    g_string_append (text, is_ip6 ? "[" : "");
    g_string_append (text, self->host);
    g_string_append (text, is_ip6 ? "]" : "");
  }
  if (self->port != 0) {
    g_string_append_c (text, ':');
    g_string_append (text, ahoy_decimal (self->port, digits));
  }
  append_pairs (text, self->params, ";", ";");
  append_pairs (text, self->headers, "?", "&");

  return g_string_free (text, FALSE);
}

/* The number, if this is a telephone number in either of its two spellings. */
static char *
find_number (const AhoyUri *self)
{
  const AhoyUriPair *param;

  if (self->scheme == AHOY_URI_SCHEME_TEL)
    return ahoy_uri_strip_separators (self->raw_user);

  param = ahoy_uri_find_pair (self->params, "user");
  if (self->plain_user == NULL || param == NULL || g_ascii_strcasecmp (param->value, "phone") != 0)
    return NULL;

  return ahoy_uri_is_phone_digits (self->plain_user, NULL)
             ? ahoy_uri_strip_separators (self->plain_user)
             : NULL;
}

/* Derives the rest from the raw parts. */
void
ahoy_uri_complete (AhoyUri *self)
{
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->plain_user, g_free);
  g_clear_pointer (&self->password, g_free);
  g_clear_pointer (&self->number, g_free);
  g_clear_pointer (&self->text, g_free);

  if (self->raw_user != NULL) {
    g_autofree char *raw = g_strndup (self->raw_user, strcspn (self->raw_user, ";"));

    self->user = ahoy_uri_unescape (self->raw_user);
    self->plain_user = ahoy_uri_unescape (raw);
  }
  if (self->raw_password != NULL)
    self->password = ahoy_uri_unescape (self->raw_password);
  self->number = find_number (self);
  self->text = compose (self);
}

static char **
list_names (GArray *pairs)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < pairs->len; i++)
    g_strv_builder_add (builder, g_array_index (pairs, AhoyUriPair, i).name);

  return g_strv_builder_end (builder);
}

/**
 * ahoy_uri_ref:
 * @self: a URI
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_ref (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * ahoy_uri_unref:
 * @self: (transfer full): a URI
 *
 * Drops a reference; the last one frees @self.
 *
 * Since: 0.1
 */
void
ahoy_uri_unref (AhoyUri *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) uri_clear);
}

/**
 * ahoy_uri_to_string:
 * @self: a URI
 *
 * Writes the URI: the scheme in small letters, everything else as it was written.
 *
 * Returns: (transfer full): the text, ASCII only
 *
 * Since: 0.1
 */
char *
ahoy_uri_to_string (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup (self->text);
}

/**
 * ahoy_uri_get_scheme:
 * @self: a URI
 *
 * Gets the scheme.
 *
 * Returns: the scheme
 *
 * Since: 0.1
 */
AhoyUriScheme
ahoy_uri_get_scheme (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, AHOY_URI_SCHEME_OTHER);

  return self->scheme;
}

/**
 * ahoy_uri_get_scheme_name:
 * @self: a URI
 *
 * Gets the scheme's name in small letters, without the colon.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_scheme_name (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->scheme_name;
}

/**
 * ahoy_uri_get_user:
 * @self: a URI
 *
 * Gets the user, unescaped; for `tel:` the number as it was written. Control characters stay
 * escaped, and bytes that are not UTF-8 become U+FFFD.
 *
 * Returns: (transfer none) (nullable): the user, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_user (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->user;
}

/**
 * ahoy_uri_get_raw_user:
 * @self: a URI
 *
 * Gets the user as it was written, with its escapes.
 *
 * Returns: (transfer none) (nullable): the user, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_raw_user (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->raw_user;
}

/**
 * ahoy_uri_get_user_without_options:
 * @self: a URI
 *
 * Gets the user, unescaped, up to its first semicolon: `1234` of `sip:1234;phone-context=x@host`. A
 * semicolon that is escaped belongs to the user.
 *
 * Returns: (transfer none) (nullable): the user, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_user_without_options (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->plain_user;
}

/**
 * ahoy_uri_get_password:
 * @self: a URI
 *
 * Gets the password, unescaped. RFC 3261 section 19.1.1 advises against its use.
 *
 * Returns: (transfer none) (nullable): the password, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_password (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->password;
}

/**
 * ahoy_uri_get_host:
 * @self: a URI
 *
 * Gets the host: a name, an IPv4 address, or an IPv6 address without brackets.
 *
 * Returns: (transfer none) (nullable): the host, or %NULL if this is neither `sip:` nor `sips:`
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_host (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host;
}

/**
 * ahoy_uri_get_port:
 * @self: a URI
 *
 * Gets the port.
 *
 * Returns: 1 to 65535, or 0 if the URI does not say it
 *
 * Since: 0.1
 */
guint
ahoy_uri_get_port (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

/**
 * ahoy_uri_get_opaque:
 * @self: a URI
 *
 * Gets what follows the scheme of a URI that is none of `sip:`, `sips:` and `tel:`.
 *
 * Returns: (transfer none) (nullable): the rest as it was written, or %NULL
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_opaque (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->opaque;
}

/**
 * ahoy_uri_get_param:
 * @self: a URI
 * @name: the name of a parameter, without regard to case
 *
 * Gets the value of a parameter, unescaped.
 *
 * Returns: (transfer none) (nullable): the value, empty if the parameter stands without one, or
 *   %NULL if it is not there
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_param (AhoyUri *self, const char *name)
{
  const AhoyUriPair *pair;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  pair = ahoy_uri_find_pair (self->params, name);

  return pair != NULL ? pair->value : NULL;
}

/**
 * ahoy_uri_has_param:
 * @self: a URI
 * @name: the name of a parameter, without regard to case
 *
 * Tells whether a parameter is there, with or without a value.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
ahoy_uri_has_param (AhoyUri *self, const char *name)
{
  return ahoy_uri_get_param (self, name) != NULL;
}

/**
 * ahoy_uri_list_params:
 * @self: a URI
 *
 * Gets the names of the parameters, unescaped, in their order.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, empty if there are none
 *
 * Since: 0.1
 */
char **
ahoy_uri_list_params (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return list_names (self->params);
}

/**
 * ahoy_uri_get_header:
 * @self: a URI
 * @name: the name of a header, without regard to case
 *
 * Gets the value of the first header of that name, unescaped.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL if it is not there
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_header (AhoyUri *self, const char *name)
{
  const AhoyUriPair *pair;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  pair = ahoy_uri_find_pair (self->headers, name);

  return pair != NULL ? pair->value : NULL;
}

/**
 * ahoy_uri_list_headers:
 * @self: a URI
 *
 * Gets the names of the headers, unescaped, in their order; a name may stand there more than once.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, empty if there are none
 *
 * Since: 0.1
 */
char **
ahoy_uri_list_headers (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return list_names (self->headers);
}

/**
 * ahoy_uri_get_transport:
 * @self: a URI
 *
 * Gets the value of the parameter `transport`, as it was written.
 *
 * Returns: (transfer none) (nullable): the transport, or %NULL if the URI does not say it
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_transport (AhoyUri *self)
{
  return ahoy_uri_get_param (self, "transport");
}

/**
 * ahoy_uri_has_lr:
 * @self: a URI
 *
 * Tells whether the parameter `lr` is there, with any value: the host is a loose router (RFC 3261
 * section 16.12).
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
ahoy_uri_has_lr (AhoyUri *self)
{
  return ahoy_uri_get_param (self, "lr") != NULL;
}

/**
 * ahoy_uri_is_phone_number:
 * @self: a URI
 *
 * Tells whether this is a telephone number: `tel:`, or `user=phone` with a user that is one.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
ahoy_uri_is_phone_number (AhoyUri *self)
{
  return ahoy_uri_get_number (self) != NULL;
}

/**
 * ahoy_uri_get_number:
 * @self: a URI
 *
 * Gets the telephone number without separators and parameters, with its `+` if it is a global one.
 *
 * Returns: (transfer none) (nullable): the number, or %NULL if this is none
 *
 * Since: 0.1
 */
const char *
ahoy_uri_get_number (AhoyUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->number;
}
