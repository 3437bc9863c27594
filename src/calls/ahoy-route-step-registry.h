/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-step-definition.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ROUTE_STEP_REGISTRY (ahoy_route_step_registry_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRouteStepRegistry, ahoy_route_step_registry, AHOY, ROUTE_STEP_REGISTRY,
                      GObject)

AHOY_API
AhoyRouteStepRegistry *ahoy_route_step_registry_new (void);
AHOY_API
AhoyRouteStepRegistry *ahoy_route_step_registry_get_default (void);
AHOY_API
gboolean ahoy_route_step_registry_add (AhoyRouteStepRegistry *self,
                                       AhoyRouteStepDefinition *definition, GError **error);
AHOY_API
gboolean ahoy_route_step_registry_remove (AhoyRouteStepRegistry *self, const char *name);
AHOY_API
AhoyRouteStepDefinition *ahoy_route_step_registry_lookup (AhoyRouteStepRegistry *self,
                                                          const char *name);
AHOY_API
char **ahoy_route_step_registry_list_names (AhoyRouteStepRegistry *self);

G_END_DECLS
