/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-identifier.h"

/**
 * AhoyEndpointIdentifier:
 *
 * Finds out which endpoint a request comes from: by the user in From, by its source address, by
 * whatever somebody thinks of.
 *
 * Identifiers are asked in their order, see ahoy_identification_add_identifier(); the first that
 * knows an endpoint wins. What an identifier goes by may be forged: whether the request proves
 * itself is for #AhoyAuthenticator to say.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyEndpointIdentifier, ahoy_endpoint_identifier, G_TYPE_OBJECT)

static AhoyEndpoint *
real_identify (AhoyEndpointIdentifier *self, AhoyMessage *request)
{
  return NULL;
}

static void
ahoy_endpoint_identifier_default_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = real_identify;
}

/**
 * ahoy_endpoint_identifier_identify: (virtual identify)
 * @self: an identifier
 * @request: a request outside of dialogs
 *
 * Names the endpoint that a request comes from. An identifier that has to ask somebody else first
 * calls ahoy_identification_defer() and returns %NULL.
 *
 * Returns: (transfer full) (nullable): the endpoint, or %NULL when it is not known to this
 *   identifier
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_endpoint_identifier_identify (AhoyEndpointIdentifier *self, AhoyMessage *request)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT_IDENTIFIER (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);

  return AHOY_ENDPOINT_IDENTIFIER_GET_IFACE (self)->identify (self, request);
}
