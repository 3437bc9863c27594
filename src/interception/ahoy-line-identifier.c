/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-line-identifier.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-digest.h"
#include "ahoy-error.h"
#include "ahoy-uri.h"

#define TOKEN_BYTES 16

/**
 * AhoyLineIdentifier:
 *
 * Knows endpoints by a token that we gave away: the parameter `line` of the Request-URI, or of To.
 * Who registers with a server on behalf of an endpoint writes the token into the Contact; calls
 * that the server sends there bring it back. It is added with the name `line`.
 *
 * A token is as hard to guess as a password, and is shown to whom we register with.
 *
 * Since: 0.1
 */
struct _AhoyLineIdentifier {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
  GHashTable *lines; /* token → name of the endpoint */
};

static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyLineIdentifier, ahoy_line_identifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER,
                                                      identifier_iface_init))

static AhoyEndpoint *
find (AhoyLineIdentifier *self, const char *text)
{
  g_autoptr (AhoyUri) uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  const char *token = uri != NULL ? ahoy_uri_get_param (uri, "line") : NULL;
  const char *name = token != NULL ? g_hash_table_lookup (self->lines, token) : NULL;
  AhoyEndpoint *endpoint =
      name != NULL ? ahoy_endpoint_registry_lookup (self->endpoints, name) : NULL;

  return endpoint != NULL && ahoy_endpoint_is_identified_by (endpoint, "line") ? endpoint : NULL;
}

static AhoyEndpoint *
ahoy_line_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  AhoyLineIdentifier *self = AHOY_LINE_IDENTIFIER (identifier);
  g_autofree char *uri = NULL;
  g_autofree char *to = NULL;
  AhoyEndpoint *endpoint;

  if (g_hash_table_size (self->lines) == 0) {
    return NULL;
  }
  uri = ahoy_message_dup_request_uri (request);
  endpoint = find (self, uri);
  if (endpoint == NULL) {
    to = ahoy_message_dup_to_uri (request);
    endpoint = find (self, to);
  }
  return endpoint != NULL ? g_object_ref (endpoint) : NULL;
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = ahoy_line_identifier_identify;
}

static void
ahoy_line_identifier_finalize (GObject *object)
{
  AhoyLineIdentifier *self = AHOY_LINE_IDENTIFIER (object);

  g_hash_table_unref (self->lines);
  g_clear_object (&self->endpoints);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_line_identifier_parent_class)->finalize (object);
}

static void
ahoy_line_identifier_class_init (AhoyLineIdentifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_line_identifier_finalize;
}

static void
ahoy_line_identifier_init (AhoyLineIdentifier *self)
{
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_line_identifier_new:
 * @endpoints: the endpoints that lines name
 *
 * Returns: (transfer full): a new identifier, without lines
 *
 * Since: 0.1
 */
AhoyEndpointIdentifier *
ahoy_line_identifier_new (AhoyEndpointRegistry *endpoints)
{
  AhoyLineIdentifier *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_LINE_IDENTIFIER, NULL);
  self->endpoints = g_object_ref (endpoints);
  return AHOY_ENDPOINT_IDENTIFIER (self);
}

/**
 * ahoy_line_identifier_add_line:
 * @self: an identifier
 * @endpoint: the name of an endpoint, which may come later
 *
 * Makes a new token for an endpoint.
 *
 * Returns: (transfer full) (nullable): the token, letters and digits, to be written into a Contact
 *   as the parameter `line`; %NULL when the system has no randomness
 *
 * Since: 0.1
 */
char *
ahoy_line_identifier_add_line (AhoyLineIdentifier *self, const char *endpoint)
{
  char *token;

  g_return_val_if_fail (AHOY_IS_LINE_IDENTIFIER (self), NULL);
  g_return_val_if_fail (endpoint != NULL, NULL);

  token = ahoy_digest_make_random (TOKEN_BYTES);
  if (token != NULL) {
    g_hash_table_insert (self->lines, g_strdup (token), g_strdup (endpoint));
  }
  return token;
}

/**
 * ahoy_line_identifier_restore_line:
 * @self: an identifier
 * @token: a token of ahoy_line_identifier_add_line(), of an earlier time
 * @endpoint: the name of the endpoint
 * @error: return location for an error
 *
 * Takes a token again, after a restart.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when another endpoint has the token, or
 *   with %AHOY_ERROR_INVALID_ARGUMENTS when it is none
 *
 * Since: 0.1
 */
gboolean
ahoy_line_identifier_restore_line (AhoyLineIdentifier *self, const char *token,
                                   const char *endpoint, GError **error)
{
  const char *owner;

  g_return_val_if_fail (AHOY_IS_LINE_IDENTIFIER (self), FALSE);
  g_return_val_if_fail (token != NULL && endpoint != NULL, FALSE);

  if (strlen (token) != 2 * TOKEN_BYTES || strspn (token, "0123456789abcdef") != strlen (token)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The token of a line of endpoint “%s” is not %d hexadecimal digits", endpoint,
                 2 * TOKEN_BYTES);
    return FALSE;
  }
  owner = g_hash_table_lookup (self->lines, token);
  if (owner != NULL && !g_str_equal (owner, endpoint)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "The token of a line of endpoint “%s” is one of endpoint “%s” already", endpoint,
                 owner);
    return FALSE;
  }
  g_hash_table_insert (self->lines, g_strdup (token), g_strdup (endpoint));
  return TRUE;
}

/**
 * ahoy_line_identifier_remove_line:
 * @self: an identifier
 * @token: a token
 *
 * Nobody is known by the token any more.
 *
 * Returns: whether somebody was
 *
 * Since: 0.1
 */
gboolean
ahoy_line_identifier_remove_line (AhoyLineIdentifier *self, const char *token)
{
  g_return_val_if_fail (AHOY_IS_LINE_IDENTIFIER (self), FALSE);
  g_return_val_if_fail (token != NULL, FALSE);

  return g_hash_table_remove (self->lines, token);
}
