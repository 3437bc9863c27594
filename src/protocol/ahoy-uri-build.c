/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-uri-private.h"

/* URIs out of parts and of other URIs. */

static void
pairs_copy (GArray *copy, GArray *pairs)
{
  for (guint i = 0; i < pairs->len; i++) {
    const AhoyUriPair *pair = &g_array_index (pairs, AhoyUriPair, i);
    ahoy_uri_add_pair (copy, pair->raw_name, pair->raw_value);
  }
}

/* The raw parts only; ahoy_uri_complete() is to follow. */
static AhoyUri *
copy_raw (const AhoyUri *self)
{
  AhoyUri *copy = ahoy_uri_new_empty ();

  copy->scheme = self->scheme;
  copy->scheme_name = g_strdup (self->scheme_name);
  copy->raw_user = g_strdup (self->raw_user);
  copy->raw_password = g_strdup (self->raw_password);
  copy->host = g_strdup (self->host);
  copy->port = self->port;
  copy->opaque = g_strdup (self->opaque);
  pairs_copy (copy->params, self->params);
  pairs_copy (copy->headers, self->headers);

  return copy;
}

static void
remove_param (AhoyUri *self, const char *name)
{
  for (guint i = self->params->len; i > 0; i--) {
    if (g_ascii_strcasecmp (g_array_index (self->params, AhoyUriPair, i - 1).name, name) == 0)
      g_array_remove_index (self->params, i - 1);
  }
}

static gboolean
may_have_params (const AhoyUri *self, const char *name)
{
  if (self->scheme == AHOY_URI_SCHEME_OTHER || name == NULL || *name == '\0')
    return FALSE;
  if (self->scheme != AHOY_URI_SCHEME_TEL)
    return TRUE;

  for (const char *p = name; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && *p != '-')
      return FALSE;
  }

  return TRUE;
}

/**
 * ahoy_uri_new_sip:
 * @user: (nullable): the user, not escaped and not empty, or %NULL for none
 * @host: a host name, an IPv4 address, or an IPv6 address without brackets
 * @port: the port, or 0 for none
 *
 * Makes a `sip:` URI.
 *
 * Returns: (transfer full): a new URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_new_sip (const char *user, const char *host, guint port)
{
  AhoyUri *self;

  g_return_val_if_fail (user == NULL || *user != '\0', NULL);
  g_return_val_if_fail (host != NULL && ahoy_uri_is_host (host), NULL);
  g_return_val_if_fail (port <= G_MAXUINT16, NULL);

  self = ahoy_uri_new_empty ();
  self->scheme = AHOY_URI_SCHEME_SIP;
  self->scheme_name = g_strdup ("sip");
  self->raw_user = user != NULL ? ahoy_uri_escape (user, AHOY_URI_USER_CHARS) : NULL;
  self->host = g_strdup (host);
  self->port = port;
  ahoy_uri_complete (self);

  return self;
}

/**
 * ahoy_uri_with_user:
 * @self: a `sip:` or `sips:` URI
 * @user: (nullable): the user, not escaped and not empty, or %NULL for none
 *
 * Makes a URI like @self with another user and without password.
 *
 * Returns: (transfer full): a new URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_with_user (AhoyUri *self, const char *user)
{
  AhoyUri *copy;

  g_return_val_if_fail (self != NULL && self->host != NULL, NULL);
  g_return_val_if_fail (user == NULL || *user != '\0', NULL);

  copy = copy_raw (self);
  g_clear_pointer (&copy->raw_password, g_free);
  g_clear_pointer (&copy->raw_user, g_free);
  if (user != NULL)
    copy->raw_user = ahoy_uri_escape (user, AHOY_URI_USER_CHARS);
  ahoy_uri_complete (copy);

  return copy;
}

/**
 * ahoy_uri_with_host:
 * @self: a `sip:` or `sips:` URI
 * @host: a host name, an IPv4 address, or an IPv6 address without brackets
 * @port: the port, or 0 for none
 *
 * Makes a URI like @self with another host and port.
 *
 * Returns: (transfer full): a new URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_with_host (AhoyUri *self, const char *host, guint port)
{
  AhoyUri *copy;

  g_return_val_if_fail (self != NULL && self->host != NULL, NULL);
  g_return_val_if_fail (host != NULL && ahoy_uri_is_host (host), NULL);
  g_return_val_if_fail (port <= G_MAXUINT16, NULL);

  copy = copy_raw (self);
  g_free (copy->host);
  copy->host = g_strdup (host);
  copy->port = port;
  ahoy_uri_complete (copy);

  return copy;
}

/**
 * ahoy_uri_with_param:
 * @self: a `sip:`, `sips:` or `tel:` URI
 * @name: the name of a parameter, not escaped; for `tel:` letters, digits and hyphens
 * @value: (nullable): the value, not escaped and not empty, or %NULL for none
 *
 * Makes a URI like @self in which the parameter has that value, at the end of the parameters.
 *
 * Returns: (transfer full): a new URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_with_param (AhoyUri *self, const char *name, const char *value)
{
  g_autofree char *raw_name = NULL;
  g_autofree char *raw_value = NULL;
  AhoyUri *copy;

  g_return_val_if_fail (self != NULL && may_have_params (self, name), NULL);
  g_return_val_if_fail (value == NULL || *value != '\0', NULL);
  g_return_val_if_fail (self->params->len < AHOY_URI_MAX_PAIRS ||
                            ahoy_uri_find_pair (self->params, name) != NULL,
                        NULL);

  raw_name = ahoy_uri_escape (name, AHOY_URI_PARAM_CHARS);
  if (value != NULL)
    raw_value = ahoy_uri_escape (value, AHOY_URI_PARAM_CHARS);

  copy = copy_raw (self);
  remove_param (copy, name);
  ahoy_uri_add_pair (copy->params, raw_name, raw_value);
  ahoy_uri_complete (copy);

  return copy;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  static const char *const first[] = { "isub", "postd", NULL };
  const AhoyUriPair *one = *(AhoyUriPair *const *) a;
  const AhoyUriPair *other = *(AhoyUriPair *const *) b;

  for (gsize i = 0; first[i] != NULL; i++) {
    gboolean is_one = g_ascii_strcasecmp (one->name, first[i]) == 0;
    gboolean is_other = g_ascii_strcasecmp (other->name, first[i]) == 0;

    if (is_one || is_other)
      return is_one ? -1 : 1;
  }
  return g_ascii_strcasecmp (one->name, other->name);
}

/* A number and its parameters as a user part, always in the same order and in small letters. */
static char *
make_subscriber (AhoyUri *number)
{
  g_autoptr (GPtrArray) params = g_ptr_array_new ();
  g_autofree char *digits = ahoy_uri_escape (number->number, AHOY_URI_USER_CHARS);
  GString *user = g_string_new (digits);

  for (guint i = 0; i < number->params->len; i++)
    g_ptr_array_add (params, &g_array_index (number->params, AhoyUriPair, i));
  g_ptr_array_sort (params, compare_names);
  for (guint i = 0; i < params->len; i++) {
    const AhoyUriPair *pair = params->pdata[i];
    g_autofree char *name = g_ascii_strdown (pair->name, -1);
    g_autofree char *value = g_ascii_strdown (pair->value, -1);
    /* What would end the value or the user part is escaped. */
    g_autofree char *escaped = ahoy_uri_escape (value, "&+$,?/");

    g_string_append_printf (user, ";%s%s%s", name, *escaped != '\0' ? "=" : "", escaped);
  }
  return g_string_free (user, FALSE);
}

/**
 * ahoy_uri_with_number:
 * @self: a `sip:` or `sips:` URI: where the number is reached, such as a gateway
 * @number: a `tel:` URI
 *
 * Makes a URI that calls a telephone number by way of a host (RFC 3261 section 19.1.6): the number
 * without visual separators and its parameters are the user, and there is `user=phone`. The
 * parameters of @self stay, such as `transport`, and its headers do not.
 *
 * Returns: (transfer full): a new URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_with_number (AhoyUri *self, AhoyUri *number)
{
  AhoyUri *copy;

  g_return_val_if_fail (self != NULL && self->host != NULL, NULL);
  g_return_val_if_fail (number != NULL && number->scheme == AHOY_URI_SCHEME_TEL, NULL);
  g_return_val_if_fail (self->params->len < AHOY_URI_MAX_PAIRS, NULL);

  copy = copy_raw (self);
  g_clear_pointer (&copy->raw_password, g_free);
  g_free (copy->raw_user);
  copy->raw_user = make_subscriber (number);
  g_array_set_size (copy->headers, 0);
  remove_param (copy, "user");
  remove_param (copy, "lr");
  ahoy_uri_add_pair (copy->params, "user", "phone");
  ahoy_uri_complete (copy);

  return copy;
}

/**
 * ahoy_uri_without_param:
 * @self: a URI
 * @name: the name of a parameter, without regard to case
 *
 * Makes a URI like @self in which the parameter is not.
 *
 * Returns: (transfer full): a new URI, or @self with one more reference if it is not there anyway
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_without_param (AhoyUri *self, const char *name)
{
  AhoyUri *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (ahoy_uri_find_pair (self->params, name) == NULL)
    return ahoy_uri_ref (self);

  copy = copy_raw (self);
  remove_param (copy, name);
  ahoy_uri_complete (copy);

  return copy;
}

/**
 * ahoy_uri_without_params:
 * @self: a URI
 *
 * Makes a URI like @self without parameters and headers, for use as an identity.
 *
 * Returns: (transfer full): a new URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_without_params (AhoyUri *self)
{
  AhoyUri *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = copy_raw (self);
  g_array_set_size (copy->params, 0);
  g_array_set_size (copy->headers, 0);
  ahoy_uri_complete (copy);

  return copy;
}

/**
 * ahoy_uri_without_headers:
 * @self: a URI
 *
 * Makes a URI like @self without headers, as a Request-URI must be (RFC 3261 section 19.1.1).
 *
 * Returns: (transfer full): a new URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_without_headers (AhoyUri *self)
{
  AhoyUri *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = copy_raw (self);
  g_array_set_size (copy->headers, 0);
  ahoy_uri_complete (copy);

  return copy;
}
