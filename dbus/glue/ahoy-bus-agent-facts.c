/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-facts.h"

#include <gio/gio.h>

/* What an agent is told of a request. Nothing of it is a secret: a proof is left out. */

static void
add (GVariantBuilder *builder, const char *name, char *value)
{
  g_autofree char *taken = value;

  if (taken != NULL && *taken != '\0') {
    g_variant_builder_add (builder, "{ss}", name, taken);
  }
}

static void
add_source (GVariantBuilder *builder, AhoyMessage *request)
{
  GSocketAddress *source = ahoy_message_get_source (request);
  GInetSocketAddress *address;

  if (!G_IS_INET_SOCKET_ADDRESS (source)) {
    return;
  }
  address = G_INET_SOCKET_ADDRESS (source);
  add (builder, "source-address",
       g_inet_address_to_string (g_inet_socket_address_get_address (address)));
  add (builder, "source-port",
       g_strdup_printf ("%u", (guint) g_inet_socket_address_get_port (address)));
}

/* Whom the request says to be: of the first credentials, without what proves it. */
static void
add_credentials (GVariantBuilder *builder, AhoyMessage *request)
{
  g_autoptr (GPtrArray) list = ahoy_message_list_credentials (request, FALSE, NULL);
  AhoyCredentials *first;

  if (list == NULL || list->len == 0) {
    return;
  }
  first = list->pdata[0];
  add (builder, "auth-username", g_strdup (ahoy_credentials_get_username (first)));
  add (builder, "auth-realm", g_strdup (ahoy_credentials_get_realm (first)));
  add (builder, "auth-algorithm",
       g_strdup (ahoy_digest_algorithm_to_string (ahoy_credentials_get_algorithm (first))));
}

/* @endpoint: who the request seems to come from, or NULL. Returns: (transfer full): `a{ss}` */
GVariant *
ahoy_bus_agent_facts_new (AhoyMessage *request, AhoyEndpoint *endpoint)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  add (&builder, "method", g_strdup (ahoy_message_get_method (request)));
  add (&builder, "request-uri", ahoy_message_dup_request_uri (request));
  add (&builder, "from", ahoy_message_dup_from_uri (request));
  add (&builder, "to", ahoy_message_dup_to_uri (request));
  add (&builder, "contact", ahoy_message_dup_contact_uri (request));
  add (&builder, "call-id", ahoy_message_dup_call_id (request));
  add (&builder, "user-agent", ahoy_message_get_header (request, "User-Agent"));
  add (&builder, "transport", g_strdup (ahoy_message_get_transport (request)));
  add_source (&builder, request);
  add_credentials (&builder, request);
  if (endpoint != NULL) {
    add (&builder, "endpoint", g_strdup (ahoy_endpoint_get_name (endpoint)));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
