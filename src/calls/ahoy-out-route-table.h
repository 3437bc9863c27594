/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-out-route-config.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyOutRouteFunc:
 * @endpoint: the name of an endpoint
 * @user_data: what was given with the function
 *
 * Says who can call.
 *
 * Returns: whether the endpoint exists and can call now
 *
 * Since: 0.1
 */
typedef gboolean (*AhoyOutRouteFunc) (const char *endpoint, gpointer user_data);

#define AHOY_TYPE_OUT_ROUTE_TABLE (ahoy_out_route_table_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyOutRouteTable, ahoy_out_route_table, AHOY, OUT_ROUTE_TABLE, GObject)

AHOY_API
AhoyOutRouteTable *ahoy_out_route_table_new (void);
AHOY_API
gboolean ahoy_out_route_table_add (AhoyOutRouteTable *self, AhoyOutRouteConfig *route,
                                   GError **error);
AHOY_API
char *ahoy_out_route_table_find (AhoyOutRouteTable *self, const char *number, GDateTime *when,
                                 AhoyOutRouteFunc func, gpointer user_data, char **route,
                                 GError **error);

G_END_DECLS
