/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-contact-route.h"
#include "ahoy-core-private.h"

/* The module “qualify”: whether contacts can be reached. */

/* As the endpoint would send it: its From, its headers and its way out. */
static AhoyMessage *
make_question (AhoyEndpoint *endpoint, AhoyContact *contact, char **listener, gpointer user_data,
               GError **error)
{
  AhoyCore *self = user_data;
  const char *uri = ahoy_contact_get_uri (contact);
  g_autoptr (AhoyMessage) request = NULL;

  *listener = NULL;
  if (endpoint == NULL) {
    g_autofree char *domain = ahoy_core_find_domain (self, NULL);
    g_autofree char *from = g_strconcat ("sip:", domain, NULL);

    request = ahoy_stack_create_request (self->stack, "OPTIONS", uri, from, NULL, error);
  } else {
    AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
    const char *transport = ahoy_config_object_get_string (config, "transport");

    *listener = transport != NULL && *transport != '\0' ? g_strdup (transport) : NULL;
    request = ahoy_core_create_request (self, ahoy_endpoint_get_name (endpoint), "OPTIONS", uri,
                                        error);
  }
  if (request == NULL || !ahoy_contact_route_request (contact, request, error)) {
    return NULL;
  }
  return g_steal_pointer (&request);
}

static void
set_pace (AhoyCore *self)
{
  if (self->settings != NULL) {
    ahoy_qualifier_set_pace (self->qualifier,
                             ahoy_config_object_get_duration (self->settings, "qualify-gap"),
                             ahoy_config_object_get_number (self->settings, "qualify-peers"));
  }
}

static void
on_reconfigured (AhoyCore *self, gpointer user_data)
{
  set_pace (self);
}

static void
on_object_changed (AhoyCore *self, const char *type, const char *name, const char *what,
                   gpointer user_data)
{
  if (g_str_equal (type, "endpoint") || g_str_equal (type, "aor")) {
    ahoy_qualifier_update (self->qualifier, name);
  }
}

static gboolean
start (AhoyCore *self, GError **error)
{
  self->qualifier = ahoy_qualifier_new (self->stack, self->location, self->endpoints);
  ahoy_qualifier_set_request_func (self->qualifier, make_question, self, NULL);
  set_pace (self);
  g_signal_connect (self, "reconfigured", G_CALLBACK (on_reconfigured), NULL);
  g_signal_connect (self, "object-changed", G_CALLBACK (on_object_changed), NULL);
  ahoy_qualifier_start (self->qualifier);
  return TRUE;
}

static void
stop (AhoyCore *self)
{
  g_autoptr (AhoyQualifier) qualifier = g_steal_pointer (&self->qualifier);

  g_signal_handlers_disconnect_by_func (self, on_reconfigured, NULL);
  g_signal_handlers_disconnect_by_func (self, on_object_changed, NULL);
  ahoy_qualifier_stop (qualifier);
}

const AhoyCoreModule ahoy_core_qualify_module = {
  .name = "qualify",
  .summary = "whether contacts can be reached",
  .start = start,
  .stop = stop,
};

/**
 * ahoy_core_get_qualifier:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what finds out whether contacts can be reached; %NULL before
 *   the start, and when the module `qualify` is not loaded
 *
 * Since: 0.1
 */
AhoyQualifier *
ahoy_core_get_qualifier (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->qualifier;
}
