/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <arpa/inet.h>
#include <string.h>

#include "ahoy-uri-private.h"

/* When two URIs are the same: RFC 3261 section 19.1.4 and RFC 3966 section 4. */

static char *
normalize_nullable (const char *raw)
{
  return raw != NULL ? ahoy_uri_normalize (raw) : NULL;
}

/* Both NULL, or both the same but for needless escapes. */
static gboolean
raw_equal (const char *a, const char *b, gboolean with_case)
{
  g_autofree char *normal_a = normalize_nullable (a);
  g_autofree char *normal_b = normalize_nullable (b);

  if (normal_a == NULL || normal_b == NULL)
    return normal_a == normal_b;

  return with_case ? strcmp (normal_a, normal_b) == 0
                   : g_ascii_strcasecmp (normal_a, normal_b) == 0;
}

/* One spelling of a host: names in small letters, IPv6 addresses in their shortest form. */
static char *
normalize_host (const char *host)
{
  char shortest[INET6_ADDRSTRLEN];
  struct in6_addr binary;

  if (inet_pton (AF_INET6, host, &binary) != 1)
    return g_ascii_strdown (host, -1);

  return g_strdup (inet_ntop (AF_INET6, &binary, shortest, sizeof shortest));
}

static gboolean
host_equal (const char *a, const char *b)
{
  g_autofree char *normal_a = normalize_host (a);
  g_autofree char *normal_b = normalize_host (b);

  return g_str_equal (normal_a, normal_b);
}

/* A parameter that changes where a request goes or what it is, and so counts although only one of
 * two URIs has it. Others that only one has are ignored. */
static gboolean
param_must_be_in_both (const char *name)
{
  static const char *const names[] = { "user", "ttl", "method", "maddr", "transport" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  }

  return FALSE;
}

static gboolean
sip_params_match (GArray *params, GArray *others)
{
  for (guint i = 0; i < params->len; i++) {
    const AhoyUriPair *pair = &g_array_index (params, AhoyUriPair, i);
    const AhoyUriPair *other = ahoy_uri_find_pair (others, pair->name);

    if (other == NULL && param_must_be_in_both (pair->name))
      return FALSE;
    if (other != NULL && !raw_equal (pair->raw_value, other->raw_value, FALSE))
      return FALSE;
  }

  return TRUE;
}

static guint
count_header (GArray *headers, const AhoyUriPair *wanted)
{
  guint count = 0;

  for (guint i = 0; i < headers->len; i++) {
    const AhoyUriPair *header = &g_array_index (headers, AhoyUriPair, i);

    if (g_ascii_strcasecmp (header->name, wanted->name) == 0 &&
        raw_equal (header->raw_value, wanted->raw_value, TRUE))
      count++;
  }

  return count;
}

/* Headers are never ignored; their order does not count. */
static gboolean
headers_equal (GArray *headers, GArray *others)
{
  if (headers->len != others->len)
    return FALSE;

  for (guint i = 0; i < headers->len; i++) {
    const AhoyUriPair *header = &g_array_index (headers, AhoyUriPair, i);

    if (count_header (headers, header) != count_header (others, header))
      return FALSE;
  }

  return TRUE;
}

static gboolean
sip_equal (const AhoyUri *a, const AhoyUri *b)
{
  return raw_equal (a->raw_user, b->raw_user, TRUE) &&
         raw_equal (a->raw_password, b->raw_password, TRUE) && host_equal (a->host, b->host) &&
         a->port == b->port && sip_params_match (a->params, b->params) &&
         sip_params_match (b->params, a->params) && headers_equal (a->headers, b->headers);
}

static gboolean
tel_param_equal (const AhoyUriPair *a, const AhoyUriPair *b)
{
  gboolean is_number = g_ascii_strcasecmp (a->name, "ext") == 0 ||
                       (g_ascii_strcasecmp (a->name, "phone-context") == 0 && a->value[0] == '+');
  g_autofree char *digits_a = NULL;
  g_autofree char *digits_b = NULL;

  if (!is_number || a->raw_value == NULL || b->raw_value == NULL)
    return raw_equal (a->raw_value, b->raw_value, FALSE);

  digits_a = ahoy_uri_strip_separators (a->value);
  digits_b = ahoy_uri_strip_separators (b->value);

  return g_ascii_strcasecmp (digits_a, digits_b) == 0;
}

/* Every parameter must be in both. */
static gboolean
tel_equal (const AhoyUri *a, const AhoyUri *b)
{
  if (g_ascii_strcasecmp (a->number, b->number) != 0 || a->params->len != b->params->len)
    return FALSE;

  for (guint i = 0; i < a->params->len; i++) {
    const AhoyUriPair *pair = &g_array_index (a->params, AhoyUriPair, i);
    const AhoyUriPair *other = ahoy_uri_find_pair (b->params, pair->name);

    if (other == NULL || !tel_param_equal (pair, other))
      return FALSE;
  }

  return TRUE;
}

/**
 * ahoy_uri_equal:
 * @self: a URI
 * @other: another URI
 *
 * Tells whether both name the same thing by the rules of their scheme: RFC 3261 section 19.1.4 for
 * `sip:` and `sips:`, RFC 3966 section 4 for `tel:`, the same text for others. Since some
 * parameters are ignored when only one URI has them, A = B and B = C does not mean A = C.
 *
 * Returns: %TRUE if they do
 *
 * Since: 0.1
 */
gboolean
ahoy_uri_equal (AhoyUri *self, AhoyUri *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  if (self == other)
    return TRUE;
  if (!g_str_equal (self->scheme_name, other->scheme_name))
    return FALSE;

  switch (self->scheme) {
  case AHOY_URI_SCHEME_SIP:
  case AHOY_URI_SCHEME_SIPS:
    return sip_equal (self, other);
  case AHOY_URI_SCHEME_TEL:
    return tel_equal (self, other);
  case AHOY_URI_SCHEME_OTHER:
  default:
    return g_str_equal (self->opaque, other->opaque);
  }
}

/**
 * ahoy_uri_hash:
 * @self: a URI
 *
 * Gets a hash value: URIs that are equal have the same. It looks at scheme, user, host, port or
 * number.
 *
 * Returns: the hash value
 *
 * Since: 0.1
 */
guint
ahoy_uri_hash (AhoyUri *self)
{
  g_autofree char *user = NULL;
  g_autofree char *rest = NULL;

  g_return_val_if_fail (self != NULL, 0);

  switch (self->scheme) {
  case AHOY_URI_SCHEME_SIP:
  case AHOY_URI_SCHEME_SIPS:
    user = normalize_nullable (self->raw_user);
    rest = normalize_host (self->host);
    break;
  case AHOY_URI_SCHEME_TEL:
    rest = g_ascii_strdown (self->number, -1);
    break;
  case AHOY_URI_SCHEME_OTHER:
  default:
    rest = g_strdup (self->opaque);
    break;
  }

  return g_str_hash (self->scheme_name) ^ (user != NULL ? g_str_hash (user) * 31 : 0) ^
         g_str_hash (rest) ^ (self->port << 16);
}
