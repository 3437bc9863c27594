/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-config.h"
#include "ahoy-route-program.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ROUTE_TABLE (ahoy_route_table_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRouteTable, ahoy_route_table, AHOY, ROUTE_TABLE, GObject)

/**
 * AhoyRouteConditionFunc:
 * @condition: a condition, such as `registered:alice`
 * @user_data: what was given with the function
 *
 * Judges a condition of a route.
 *
 * Returns: whether it holds now
 *
 * Since: 0.1
 */
typedef gboolean (*AhoyRouteConditionFunc) (const char *condition, gpointer user_data);

AHOY_API
AhoyRouteTable *ahoy_route_table_new (AhoyRouteStepRegistry *registry);
AHOY_API
gboolean ahoy_route_table_add (AhoyRouteTable *self, AhoyRouteConfig *route, GError **error);
AHOY_API
void ahoy_route_table_set_condition_func (AhoyRouteTable *self, AhoyRouteConditionFunc func,
                                          gpointer user_data, GDestroyNotify destroy);
AHOY_API
AhoyRouteConfig *ahoy_route_table_find (AhoyRouteTable *self, const char *context,
                                        const char *endpoint, const char *user,
                                        AhoyRouteProgram **program);
AHOY_API
gboolean ahoy_route_table_may_follow (AhoyRouteTable *self, const char *context,
                                      const char *endpoint, const char *user);
AHOY_API
gboolean ahoy_route_table_has_context (AhoyRouteTable *self, const char *context);
AHOY_API
guint ahoy_route_table_get_length (AhoyRouteTable *self);

G_END_DECLS
