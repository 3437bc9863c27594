/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-anonymous-identifier.h"

#include "ahoy-census.h"

/**
 * AhoyAnonymousIdentifier:
 *
 * Takes everybody for the endpoint `anonymous`, when there is one; where that has networks in its
 * key `match`, only those who come from there. It is added with the name `anonymous`, behind all
 * others.
 *
 * Since: 0.1
 */
struct _AhoyAnonymousIdentifier {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
};

static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyAnonymousIdentifier, ahoy_anonymous_identifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER,
                                                      identifier_iface_init))

static gboolean
may_come_from (AhoyAnonymousIdentifier *self, AhoyEndpoint *endpoint, AhoyMessage *request)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  const char *const *match = ahoy_config_object_get_list (config, "match");
  g_autoptr (GSocketAddress) source = NULL;

  if (match == NULL || match[0] == NULL) {
    return TRUE;
  }
  source = ahoy_message_get_source (request);
  return G_IS_INET_SOCKET_ADDRESS (source) &&
         ahoy_endpoint_registry_is_source (
             self->endpoints, endpoint,
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));
}

static AhoyEndpoint *
ahoy_anonymous_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  AhoyAnonymousIdentifier *self = AHOY_ANONYMOUS_IDENTIFIER (identifier);
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (self->endpoints, "anonymous");

  if (endpoint == NULL || ahoy_endpoint_get_state (endpoint) == AHOY_ENDPOINT_DISABLED ||
      !may_come_from (self, endpoint, request)) {
    return NULL;
  }
  return g_object_ref (endpoint);
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = ahoy_anonymous_identifier_identify;
}

static void
ahoy_anonymous_identifier_finalize (GObject *object)
{
  g_clear_object (&AHOY_ANONYMOUS_IDENTIFIER (object)->endpoints);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_anonymous_identifier_parent_class)->finalize (object);
}

static void
ahoy_anonymous_identifier_class_init (AhoyAnonymousIdentifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_anonymous_identifier_finalize;
}

static void
ahoy_anonymous_identifier_init (AhoyAnonymousIdentifier *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_anonymous_identifier_new:
 * @endpoints: the endpoints to look for
 *
 * Returns: (transfer full): a new identifier
 *
 * Since: 0.1
 */
AhoyEndpointIdentifier *
ahoy_anonymous_identifier_new (AhoyEndpointRegistry *endpoints)
{
  AhoyAnonymousIdentifier *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_ANONYMOUS_IDENTIFIER, NULL);
  self->endpoints = g_object_ref (endpoints);
  return AHOY_ENDPOINT_IDENTIFIER (self);
}
