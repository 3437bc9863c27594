/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-route-step-registry.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE_ROUTE_CONFIG (ahoy_message_route_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessageRouteConfig, ahoy_message_route_config, AHOY,
                      MESSAGE_ROUTE_CONFIG, AhoyConfigObject)

AHOY_API
AhoyMessageRouteConfig *ahoy_message_route_config_new (const char *name);
AHOY_API
AhoyRouteStepRegistry *ahoy_message_route_config_get_steps (void);

G_END_DECLS
