/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-contact-route.h"

#include "ahoy-error.h"
#include "ahoy-next-hop.h"
#include "ahoy-uri.h"

/* The way of a request to a contact: over the proxies that it registered through, or over the NAT
 * that it registered from. */

/* Whether the URI asks for the transport protocol that the contact registered by. */
static gboolean
is_protocol_of (AhoyContact *self, AhoyUri *uri)
{
  const char *transport = ahoy_uri_get_param (uri, "transport");
  AhoyTransportProtocol protocol = transport != NULL
                                       ? ahoy_transport_protocol_from_string (transport)
                                       : AHOY_TRANSPORT_PROTOCOL_UDP;

  return protocol == ahoy_contact_get_protocol (self);
}

/* Whether its URI is not the one that it gave, but was made of where it registered from. */
static gboolean
is_rewritten (AhoyContact *self)
{
  return !g_str_equal (ahoy_contact_get_registered_uri (self), ahoy_contact_get_uri (self));
}

/* RFC 5626 §5.3: it asked to be reached by the flow that it registered over. */
static gboolean
is_outbound (AhoyContact *self)
{
  return ahoy_contact_get_reg_id (self) > 0 && ahoy_contact_get_instance (self) != NULL;
}

/*
 * Where the contact registered from, if it is to be reached there: because its address was taken
 * for one of a NAT, because it asked for it (RFC 5626 §5.3), or because there is a connection,
 * which saves to make one.
 */
static AhoyNextHop *
find_next_hop (AhoyContact *self)
{
  g_autoptr (GSocketConnectable) source = NULL;
  const char *received = ahoy_contact_get_received (self);
  AhoyTransportProtocol protocol = ahoy_contact_get_protocol (self);
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (ahoy_contact_get_uri (self), NULL);
  const char *host;
  guint16 port;

  if (received == NULL || uri == NULL) {
    return NULL;
  }
  source = g_network_address_parse (received, 0, NULL);
  if (source == NULL) {
    return NULL;
  }
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (source));
  port = g_network_address_get_port (G_NETWORK_ADDRESS (source));
  if (is_rewritten (self) || is_outbound (self) ||
      (ahoy_transport_protocol_is_reliable (protocol) && is_protocol_of (self, uri))) {
    return ahoy_next_hop_new_connection (protocol, host, port);
  }
  return NULL;
}

/**
 * ahoy_contact_route_request:
 * @self: a contact
 * @request: a request that was not sent yet; its Request-URI is to be that of the contact
 * @error: return location for an error
 *
 * Sends a request the way that leads to a contact. The proxies that it registered through become
 * Route headers, behind those that the request has already (RFC 3327 section 5.3). Without any
 * Route, a contact that is behind a NAT, or that registered over a connection, is reached where its
 * registration came from: see ahoy_message_set_next_hop(). The request leaves by the transport that
 * the registration came by, if it goes to the same place.
 *
 * Returns: %TRUE; %FALSE with %AHOY_ERROR_INVALID_STATE when the request was sent already, or with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when what Path said is no Route
 *
 * Since: 0.1
 */
gboolean
ahoy_contact_route_request (AhoyContact *self, AhoyMessage *request, GError **error)
{
  const char *const *path;
  g_autoptr (AhoyNextHop) hop = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), FALSE);

  path = ahoy_contact_get_path (self);
  for (gsize i = 0; path != NULL && path[i] != NULL; i++) {
    if (!ahoy_message_add_header (request, "Route", path[i], error)) {
      return FALSE;
    }
  }
  if (ahoy_message_is_sealed (request)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The request to %s was sent already; make another one",
                 ahoy_contact_get_uri (self));
    return FALSE;
  }
  if (!ahoy_message_has_header (request, "Route")) {
    hop = find_next_hop (self);
  }
  ahoy_message_set_next_hop (request, hop, ahoy_contact_get_transport (self));
  return TRUE;
}
