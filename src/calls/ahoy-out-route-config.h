/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_OUT_ROUTE_CONFIG (ahoy_out_route_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyOutRouteConfig, ahoy_out_route_config, AHOY, OUT_ROUTE_CONFIG,
                      AhoyConfigObject)

AHOY_API
AhoyOutRouteConfig *ahoy_out_route_config_new (const char *name);

G_END_DECLS
