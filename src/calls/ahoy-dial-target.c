/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-dial-private.h"
#include "ahoy-name-addr.h"

/* Where somebody is who is to be called: at a URI, or at the contacts of an endpoint. */

static void
fail (AhoyDialTarget *self, guint status, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
fail (AhoyDialTarget *self, guint status, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  self->status = status;
  self->reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

static void
add_uri (AhoyDialTarget *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *completed =
      strchr (text, ':') == NULL ? g_strconcat ("sip:", text, NULL) : g_strdup (text);
  g_autoptr (AhoyNameAddr) address = ahoy_name_addr_parse (completed, &error);

  if (address == NULL) {
    fail (self, 404, "“%s” is no address: %s", text, error->message);
    return;
  }
  if (ahoy_uri_get_scheme (ahoy_name_addr_get_uri (address)) == AHOY_URI_SCHEME_TEL) {
    fail (self, 404, "“%s” says no host; write <sip:%s@example.org;user=phone> with the host of "
          "the gateway", text, ahoy_uri_get_number (ahoy_name_addr_get_uri (address)));
    return;
  }
  g_ptr_array_add (self->uris, ahoy_uri_to_string (ahoy_name_addr_get_uri (address)));
}

static void
add_contacts (AhoyDialTarget *self, AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  const char *contacts = ahoy_config_object_get_string (config, "contact");
  g_autoptr (GPtrArray) list =
      contacts != NULL ? ahoy_name_addr_parse_list (contacts, NULL) : NULL;
  const char *name = ahoy_endpoint_get_name (endpoint);
  guint limit = ahoy_config_object_get_number (config, "call-limit");

  self->endpoint = g_object_ref (endpoint);
  if (ahoy_endpoint_get_maintenance (endpoint)) {
    fail (self, 480, "the endpoint “%s” is in maintenance", name);
    return;
  }
  if (limit > 0 && ahoy_endpoint_get_active_sessions (endpoint) >= limit) {
    fail (self, 486, "the endpoint “%s” has %u calls, and may not have more (call-limit)", name,
          limit);
    return;
  }
  for (guint i = 0; list != NULL && i < list->len; i++) {
    g_ptr_array_add (self->uris, ahoy_uri_to_string (ahoy_name_addr_get_uri (list->pdata[i])));
  }
  if (self->uris->len == 0) {
    fail (self, 480, "the endpoint “%s” has no contact", name);
  }
}

AhoyDialTarget *
ahoy_dial_target_new (AhoyEndpointRegistry *endpoints, const char *text)
{
  AhoyDialTarget *self = g_new0 (AhoyDialTarget, 1);
  AhoyEndpoint *endpoint;

  self->uris = g_ptr_array_new_with_free_func (g_free);
  if (strpbrk (text, ":@<") != NULL) {
    add_uri (self, text);
    return self;
  }
  endpoint = ahoy_endpoint_registry_lookup (endpoints, text);
  if (endpoint == NULL) {
    fail (self, 404, "there is no endpoint “%s”", text);
    return self;
  }
  add_contacts (self, endpoint);
  return self;
}

void
ahoy_dial_target_free (AhoyDialTarget *self)
{
  g_clear_object (&self->endpoint);
  g_ptr_array_unref (self->uris);
  g_free (self->reason);
  g_free (self);
}
