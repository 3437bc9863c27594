/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-anonymous-identifier.h"

#include "ahoy-census.h"
#include "ahoy-uri.h"

/**
 * AhoyAnonymousIdentifier:
 *
 * Takes everybody for the endpoint `anonymous`, when there is one; where that has networks in its
 * key `match`, only those who come from there. Requests for a domain of ours are of
 * `anonymous@example.org` before, when there is one. It is added with the name `anonymous`, behind
 * all others.
 *
 * Since: 0.1
 */
struct _AhoyAnonymousIdentifier {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
  AhoyDomainRegistry *domains;
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
try (AhoyAnonymousIdentifier *self, const char *name, AhoyMessage *request)
{
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (self->endpoints, name);

  return endpoint != NULL && ahoy_endpoint_get_state (endpoint) != AHOY_ENDPOINT_DISABLED &&
                 may_come_from (self, endpoint, request)
             ? g_object_ref (endpoint)
             : NULL;
}

/* The guests of the domain that the request is for. */
static AhoyEndpoint *
try_domain (AhoyAnonymousIdentifier *self, AhoyMessage *request)
{
  g_autofree char *text = ahoy_message_dup_request_uri (request);
  g_autoptr (AhoyUri) uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  const char *host = uri != NULL ? ahoy_uri_get_host (uri) : NULL;
  AhoyDomainConfig *domain =
      host != NULL ? ahoy_domain_registry_lookup (self->domains, host) : NULL;
  g_autofree char *name = NULL;

  if (domain == NULL) {
    return NULL;
  }
  name = g_strconcat ("anonymous@", ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (domain)),
                      NULL);
  return try (self, name, request);
}

static AhoyEndpoint *
ahoy_anonymous_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  AhoyAnonymousIdentifier *self = AHOY_ANONYMOUS_IDENTIFIER (identifier);
  AhoyEndpoint *endpoint = self->domains != NULL ? try_domain (self, request) : NULL;

  return endpoint != NULL ? endpoint : try (self, "anonymous", request);
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
  g_clear_object (&AHOY_ANONYMOUS_IDENTIFIER (object)->domains);
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

/**
 * ahoy_anonymous_identifier_set_domains:
 * @self: an identifier
 * @domains: (nullable): the domains that are ours; %NULL for none, as at first
 *
 * Says for which domains endpoints such as `anonymous@example.org` are looked for.
 *
 * Since: 0.1
 */
void
ahoy_anonymous_identifier_set_domains (AhoyAnonymousIdentifier *self, AhoyDomainRegistry *domains)
{
  g_return_if_fail (AHOY_IS_ANONYMOUS_IDENTIFIER (self));
  g_return_if_fail (domains == NULL || AHOY_IS_DOMAIN_REGISTRY (domains));

  g_set_object (&self->domains, domains);
}
