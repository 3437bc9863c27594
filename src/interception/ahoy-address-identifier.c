/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-address-identifier.h"

#include "ahoy-census.h"
#include "ahoy-endpoint-registry-private.h"
#include "ahoy-identify-rules-private.h"

/**
 * AhoyAddressIdentifier:
 *
 * Knows endpoints by the address that a request really comes from, and their key `match` or that of
 * objects `[identify]`. The narrowest network counts. It is added with the name `ip`.
 *
 * Since: 0.1
 */
struct _AhoyAddressIdentifier {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
  AhoyIdentifyRules *rules;
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
  GInetAddress *address;
  AhoyEndpoint *endpoint;
  AhoyEndpoint *ruled = NULL;
  guint length = 0;
  guint ruled_length = 0;

  if (!G_IS_INET_SOCKET_ADDRESS (source)) {
    return NULL;
  }
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source));
  endpoint = ahoy_endpoint_registry_find_by_address (self->endpoints, address, &length);
  if (endpoint != NULL && !ahoy_endpoint_is_identified_by (endpoint, "ip")) {
    endpoint = NULL;
  }
  if (self->rules != NULL) {
    ruled = ahoy_identify_rules_find_by_address (self->rules, address, request, &ruled_length);
  }
  if (ruled != NULL && (endpoint == NULL || ruled_length >= length)) {
    endpoint = ruled;
  }
  return endpoint != NULL ? g_object_ref (endpoint) : NULL;
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
  g_clear_object (&AHOY_ADDRESS_IDENTIFIER (object)->rules);
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

/**
 * ahoy_address_identifier_set_rules:
 * @self: an identifier
 * @rules: (nullable): the objects `[identify]` to look through; %NULL for none, as at first
 *
 * Says whether objects `[identify]` are looked through too. Of networks of the same length theirs
 * comes before that of an endpoint's own `match`.
 *
 * Since: 0.1
 */
void
ahoy_address_identifier_set_rules (AhoyAddressIdentifier *self, AhoyIdentifyRules *rules)
{
  g_return_if_fail (AHOY_IS_ADDRESS_IDENTIFIER (self));
  g_return_if_fail (rules == NULL || AHOY_IS_IDENTIFY_RULES (rules));

  g_set_object (&self->rules, rules);
}
