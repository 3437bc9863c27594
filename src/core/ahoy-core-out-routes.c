/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"

/* [out-route NAME]: as which endpoint a number is called when nobody says it. Their order counts,
 * so all are made anew as a whole. */

static void
finish_out_routes (AhoyCoreChange *change, gboolean touched)
{
  g_autoptr (AhoyOutRouteTable) table = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (!touched && !change->first) {
    return;
  }
  table = ahoy_out_route_table_new ();
  list = ahoy_config_set_list (change->to, "out-route");
  for (guint i = 0; i < list->len; i++) {
    g_autoptr (GError) error = NULL;

    if (!ahoy_out_route_table_add (table, AHOY_OUT_ROUTE_CONFIG (list->pdata[i]), &error)) {
      ahoy_core_change_fail (change, list->pdata[i], NULL, error);
    }
  }
  g_set_object (&change->core->out_routes, table);
}

const AhoyCorePart ahoy_core_out_route_part = {
  .type = "out-route",
  .finish = finish_out_routes,
};

/* A server that does not know us any more will not take a call. */
static gboolean
is_refused (AhoyCore *self, const char *endpoint)
{
  AhoyRegistration *registration =
      self->registrations != NULL
          ? ahoy_registration_service_lookup_for (self->registrations, endpoint)
          : NULL;
  AhoyRegistrationState state =
      registration != NULL ? ahoy_registration_get_state (registration)
                           : AHOY_REGISTRATION_UNREGISTERED;

  return state == AHOY_REGISTRATION_REJECTED || state == AHOY_REGISTRATION_FAILED;
}

/* Whoever did not register can be called as; a gateway that is asked and says nothing cannot. */
static gboolean
is_silent (AhoyCore *self, AhoyEndpoint *endpoint)
{
  g_auto (GStrv) aors = NULL;

  if (ahoy_endpoint_get_state (endpoint) != AHOY_ENDPOINT_UNREACHABLE) {
    return FALSE;
  }
  aors = ahoy_location_list_aors_for (self->location, endpoint);
  for (gsize i = 0; aors[i] != NULL; i++) {
    g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (self->location, aors[i]);

    if (contacts->len > 0) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
can_call (const char *name, gpointer user_data)
{
  AhoyCore *self = user_data;
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (self->endpoints, name);
  guint limit;

  if (endpoint == NULL || ahoy_endpoint_get_state (endpoint) == AHOY_ENDPOINT_DISABLED ||
      ahoy_endpoint_get_maintenance (endpoint) || is_refused (self, name)) {
    return FALSE;
  }
  limit = ahoy_config_object_get_number (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                         "call-limit");
  return (limit == 0 || ahoy_endpoint_get_active_sessions (endpoint) < limit) &&
         !is_silent (self, endpoint);
}

/**
 * ahoy_core_choose_endpoint:
 * @self: a core
 * @target: a number as somebody wrote it, a user name, or a tel URI
 * @out_route: (out) (optional) (transfer full) (nullable): the name of the `[out-route]` that says
 *   so; %NULL for the default endpoint
 * @error: return location for an error
 *
 * As whom @target would be called when nobody says it: by the first `[out-route]` that matches the
 * number, as `[rewrite]` for all endpoints makes it, and holds now, the first of its endpoints that
 * can call: it is not in maintenance, has not as many calls as it may, answers where it is asked
 * (`qualify-frequency`), and its registration is not refused. Without such a route it is the key
 * `default-endpoint`.
 *
 * Returns: (transfer full) (nullable): the name of an endpoint; %NULL without an error where there
 *   is no default one either, and with %AHOY_ERROR_UNREACHABLE where there are routes, and none of
 *   their endpoints can call
 *
 * Since: 0.1
 */
char *
ahoy_core_choose_endpoint (AhoyCore *self, const char *target, char **out_route, GError **error)
{
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree char *number = NULL;
  char *endpoint = NULL;
  const char *fallback;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  if (out_route != NULL) {
    *out_route = NULL;
  }
  if (g_ascii_strncasecmp (target, "tel:", 4) == 0) {
    target += 4;
  }
  if (strpbrk (target, ":@<>\"") == NULL) {
    now = g_date_time_new_now_local ();
    number = ahoy_number_rewriter_rewrite (self->rewriter, NULL, target, NULL);
    endpoint = ahoy_out_route_table_find (self->out_routes, number, now, can_call, self, out_route,
                                          &reason);
  }
  if (endpoint != NULL || reason != NULL) {
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
    }
    return endpoint;
  }
  fallback = self->settings != NULL
                 ? ahoy_config_object_get_string (self->settings, "default-endpoint")
                 : NULL;
  return fallback != NULL && *fallback != '\0' ? g_strdup (fallback) : NULL;
}
