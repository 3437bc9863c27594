/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auth-identifier.h"

#include "ahoy-census.h"
#include "ahoy-credentials.h"

/**
 * AhoyAuthIdentifier:
 *
 * Knows endpoints by the user name in Authorization or Proxy-Authorization (RFC 3261 §22), which
 * may be another one than that in From. It is added with the name `auth`.
 *
 * A first request has no credentials: somebody unknown has to get a challenge, which is what
 * `unknown-source=401` says. Whether the credentials are right is for the authenticator to say.
 *
 * Since: 0.1
 */
struct _AhoyAuthIdentifier {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
};

static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyAuthIdentifier, ahoy_auth_identifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER,
                                                      identifier_iface_init))

static AhoyEndpoint *
find_in (AhoyAuthIdentifier *self, const char *value)
{
  g_autoptr (GPtrArray) list = ahoy_credentials_parse_list (value, NULL);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const char *username = ahoy_credentials_get_username (list->pdata[i]);
    AhoyEndpoint *endpoint =
        username != NULL ? ahoy_endpoint_registry_lookup_by_username (self->endpoints, username)
                         : NULL;

    if (endpoint != NULL && !ahoy_endpoint_is_anonymous (endpoint) &&
        ahoy_endpoint_is_identified_by (endpoint, "auth")) {
      return endpoint;
    }
  }
  return NULL;
}

static AhoyEndpoint *
ahoy_auth_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  static const char *const headers[] = { "Authorization", "Proxy-Authorization" };

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_auto (GStrv) values = ahoy_message_get_headers (request, headers[i]);

    for (gsize k = 0; values != NULL && values[k] != NULL; k++) {
      AhoyEndpoint *endpoint = find_in (AHOY_AUTH_IDENTIFIER (identifier), values[k]);

      if (endpoint != NULL) {
        return g_object_ref (endpoint);
      }
    }
  }
  return NULL;
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = ahoy_auth_identifier_identify;
}

static void
ahoy_auth_identifier_finalize (GObject *object)
{
  g_clear_object (&AHOY_AUTH_IDENTIFIER (object)->endpoints);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_auth_identifier_parent_class)->finalize (object);
}

static void
ahoy_auth_identifier_class_init (AhoyAuthIdentifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_auth_identifier_finalize;
}

static void
ahoy_auth_identifier_init (AhoyAuthIdentifier *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_auth_identifier_new:
 * @endpoints: the endpoints to look for
 *
 * Returns: (transfer full): a new identifier
 *
 * Since: 0.1
 */
AhoyEndpointIdentifier *
ahoy_auth_identifier_new (AhoyEndpointRegistry *endpoints)
{
  AhoyAuthIdentifier *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_AUTH_IDENTIFIER, NULL);
  self->endpoints = g_object_ref (endpoints);
  return AHOY_ENDPOINT_IDENTIFIER (self);
}
