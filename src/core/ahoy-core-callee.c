/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-core-private.h"
#include "ahoy-name-addr.h"

/* Calls of programs to somebody of ours: they go to where he is, and not to ourselves. */

/* Whether the URI leads to this daemon: a domain of ours, or an address that we listen at. */
static gboolean
leads_here (AhoyCore *self, AhoyUri *uri)
{
  const char *host = ahoy_uri_get_host (uri);
  guint port = ahoy_uri_get_port (uri);

  if (host == NULL || !ahoy_domain_registry_is_local (self->domains, host)) {
    return FALSE;
  }
  if (port == 0 && !g_hostname_is_ip_address (host)) {
    return TRUE;
  }
  for (guint i = 0; i < self->transports->len; i++) {
    if (ahoy_transport_get_port (self->transports->pdata[i]) == (port != 0 ? port : 5060)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* The name of an endpoint of ours that @target may be; NULL: it is a URI of others. */
static char *
find_name (AhoyCore *self, const char *target)
{
  g_autoptr (AhoyNameAddr) address = NULL;
  AhoyUri *uri;

  if (strpbrk (target, ":@<\" ") == NULL) {
    return g_strdup (target);
  }
  address = ahoy_name_addr_parse (target, NULL);
  uri = address != NULL ? ahoy_name_addr_get_uri (address) : NULL;
  if (uri == NULL || ahoy_uri_get_user (uri) == NULL || !leads_here (self, uri)) {
    return NULL;
  }
  return g_uri_unescape_string (ahoy_uri_get_user (uri), NULL);
}

/*
 * An endpoint of ours that is called, and its contacts; NULL: somebody else is. An endpoint that
 * calls over a server of its own means names of that server: @own_server.
 */
AhoyDialTarget *
ahoy_core_find_callee (AhoyCore *self, const char *target, gboolean own_server)
{
  g_autofree char *name = find_name (self, target);

  if (name == NULL || ahoy_endpoint_registry_lookup (self->endpoints, name) == NULL ||
      (own_server && strpbrk (target, ":@<") == NULL)) {
    return NULL;
  }
  return ahoy_dial_target_new (self->endpoints, self->location, name);
}
