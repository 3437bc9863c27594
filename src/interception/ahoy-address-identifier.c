/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-address-identifier.h"

#include "ahoy-census.h"

/**
 * AhoyAddressIdentifier:
 *
 * Knows endpoints by the address that a request really comes from, and their key `match`. It is
 * added with the name `ip`.
 *
 * Since: 0.1
 */
struct _AhoyAddressIdentifier {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
};

static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyAddressIdentifier, ahoy_address_identifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER,
                                                      identifier_iface_init))

static AhoyEndpoint *
ahoy_address_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  AhoyAddressIdentifier *self = AHOY_ADDRESS_IDENTIFIER (identifier);
  g_autoptr (GSocketAddress) source = ahoy_message_get_source (request);
  AhoyEndpoint *endpoint;

  if (!G_IS_INET_SOCKET_ADDRESS (source)) {
    return NULL;
  }
  endpoint = ahoy_endpoint_registry_lookup_by_address (
      self->endpoints, g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));
  if (endpoint == NULL || !ahoy_endpoint_is_identified_by (endpoint, "ip")) {
    return NULL;
  }
  return g_object_ref (endpoint);
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = ahoy_address_identifier_identify;
}

static void
ahoy_address_identifier_finalize (GObject *object)
{
  g_clear_object (&AHOY_ADDRESS_IDENTIFIER (object)->endpoints);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_address_identifier_parent_class)->finalize (object);
}

static void
ahoy_address_identifier_class_init (AhoyAddressIdentifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_address_identifier_finalize;
}

static void
ahoy_address_identifier_init (AhoyAddressIdentifier *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_address_identifier_new:
 * @endpoints: the endpoints to look for
 *
 * Returns: (transfer full): a new identifier
 *
 * Since: 0.1
 */
AhoyEndpointIdentifier *
ahoy_address_identifier_new (AhoyEndpointRegistry *endpoints)
{
  AhoyAddressIdentifier *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_ADDRESS_IDENTIFIER, NULL);
  self->endpoints = g_object_ref (endpoints);
  return AHOY_ENDPOINT_IDENTIFIER (self);
}
