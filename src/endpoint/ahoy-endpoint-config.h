/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-aor-config.h"
#include "ahoy-auth-config.h"
#include "ahoy-config-object.h"
#include "ahoy-endpoint-types.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ENDPOINT_CONFIG (ahoy_endpoint_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyEndpointConfig, ahoy_endpoint_config, AHOY, ENDPOINT_CONFIG,
                      AhoyConfigObject)

AHOY_API
AhoyEndpointConfig *ahoy_endpoint_config_new (const char *name);
AHOY_API
AhoyAorConfig *ahoy_endpoint_config_make_aor (AhoyEndpointConfig *self);
AHOY_API
AhoyAuthConfig *ahoy_endpoint_config_make_auth (AhoyEndpointConfig *self);

G_END_DECLS
