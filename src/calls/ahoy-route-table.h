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

AHOY_API
AhoyRouteTable *ahoy_route_table_new (AhoyRouteStepRegistry *registry);
AHOY_API
gboolean ahoy_route_table_add (AhoyRouteTable *self, AhoyRouteConfig *route, GError **error);
AHOY_API
AhoyRouteConfig *ahoy_route_table_find (AhoyRouteTable *self, const char *context,
                                        const char *endpoint, const char *user,
                                        AhoyRouteProgram **program);
AHOY_API
gboolean ahoy_route_table_has_context (AhoyRouteTable *self, const char *context);
AHOY_API
guint ahoy_route_table_get_length (AhoyRouteTable *self);

G_END_DECLS
