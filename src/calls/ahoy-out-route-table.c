/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-out-route-table.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-opening-hours-private.h"
#include "ahoy-route-pattern-private.h"

/**
 * AhoyOutRouteTable:
 *
 * Finds as which endpoint a number is called: the routes out in the order in which they were added,
 * and of one that matches and holds now the first endpoint that can call. Where none of its
 * endpoints can, the next route is tried.
 *
 * Since: 0.1
 */
struct _AhoyOutRouteTable {
  GObject parent_instance;
  GPtrArray *routes; /* Route */
};

typedef struct {
  AhoyConfigObject *config;
  AhoyRoutePattern *pattern;
  GArray *times; /* AhoyOpeningHours; empty: always */
} Route;

G_DEFINE_FINAL_TYPE (AhoyOutRouteTable, ahoy_out_route_table, G_TYPE_OBJECT)

static void
route_free (gpointer data)
{
  Route *route = data;

  g_clear_object (&route->config);
  g_clear_pointer (&route->pattern, ahoy_route_pattern_free);
  g_array_unref (route->times);
  g_free (route);
}

static void
ahoy_out_route_table_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_OUT_ROUTE_TABLE (object)->routes);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_out_route_table_parent_class)->finalize (object);
}

static void
ahoy_out_route_table_class_init (AhoyOutRouteTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_out_route_table_finalize;
}

static void
ahoy_out_route_table_init (AhoyOutRouteTable *self)
{
  self->routes = g_ptr_array_new_with_free_func (route_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_out_route_table_new:
 *
 * Returns: (transfer full): a table without routes
 *
 * Since: 0.1
 */
AhoyOutRouteTable *
ahoy_out_route_table_new (void)
{
  return g_object_new (AHOY_TYPE_OUT_ROUTE_TABLE, NULL);
}

/**
 * ahoy_out_route_table_add:
 * @self: a table
 * @route: (transfer none): a route out, behind those that are there; it is not changed any more
 * @error: return location for an error
 *
 * Returns: %TRUE when the route was added; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when its match
 *   or its times cannot be read
 *
 * Since: 0.1
 */
gboolean
ahoy_out_route_table_add (AhoyOutRouteTable *self, AhoyOutRouteConfig *route, GError **error)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (route);
  const char *match, *const *times;
  Route *made;

  g_return_val_if_fail (AHOY_IS_OUT_ROUTE_TABLE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_OUT_ROUTE_CONFIG (route), FALSE);

  ahoy_config_object_seal (config);
  match = ahoy_config_object_get_string (config, "match");
  times = ahoy_config_object_get_list (config, "times");
  made = g_new0 (Route, 1);
  made->config = g_object_ref (config);
  made->times = g_array_new (FALSE, FALSE, sizeof (AhoyOpeningHours));
  made->pattern = ahoy_route_pattern_parse (match != NULL ? match : "", error);
  if (made->pattern == NULL) {
    route_free (made);
    return FALSE;
  }
  for (gsize i = 0; times != NULL && times[i] != NULL; i++) {
    AhoyOpeningHours hours;

    if (!ahoy_opening_hours_parse (times[i], &hours, error)) {
      route_free (made);
      return FALSE;
    }
    g_array_append_val (made->times, hours);
  }
  g_ptr_array_add (self->routes, made);
  return TRUE;
}

static gboolean
holds (const Route *route, GDateTime *when)
{
  for (guint i = 0; i < route->times->len; i++) {
    if (ahoy_opening_hours_contain (&g_array_index (route->times, AhoyOpeningHours, i), when)) {
      return TRUE;
    }
  }
  return route->times->len == 0;
}

/**
 * ahoy_out_route_table_find:
 * @self: a table
 * @number: a number
 * @when: the time of the call, in the time zone of the routes
 * @func: (scope call) (closure user_data): says which endpoints can call now
 * @user_data: for @func
 * @route: (out) (optional) (transfer full) (nullable): the name of the route
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the name of the endpoint that calls; %NULL without an error
 *   where no route is for @number now, and with %AHOY_ERROR_UNREACHABLE where some are, and none of
 *   their endpoints can call
 *
 * Since: 0.1
 */
char *
ahoy_out_route_table_find (AhoyOutRouteTable *self, const char *number, GDateTime *when,
                           AhoyOutRouteFunc func, gpointer user_data, char **route, GError **error)
{
  const Route *last = NULL;

  g_return_val_if_fail (AHOY_IS_OUT_ROUTE_TABLE (self), NULL);
  g_return_val_if_fail (number != NULL && when != NULL && func != NULL, NULL);

  if (route != NULL) {
    *route = NULL;
  }
  for (guint i = 0; i < self->routes->len; i++) {
    const Route *one = self->routes->pdata[i];
    const char *const *endpoints = ahoy_config_object_get_list (one->config, "endpoints");

    if (!ahoy_route_pattern_matches (one->pattern, number) || !holds (one, when)) {
      continue;
    }
    last = one;
    for (gsize n = 0; endpoints != NULL && endpoints[n] != NULL; n++) {
      if (func (endpoints[n], user_data)) {
        if (route != NULL) {
          *route = g_strdup (ahoy_config_object_get_name (one->config));
        }
        return g_strdup (endpoints[n]);
      }
    }
  }
  if (last != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_UNREACHABLE,
                 "“%s” cannot be called: no endpoint of the out-route “%s” can call now", number,
                 ahoy_config_object_get_name (last->config));
  }
  return NULL;
}
