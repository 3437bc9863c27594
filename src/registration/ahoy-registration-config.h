/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_REGISTRATION_CONFIG (ahoy_registration_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRegistrationConfig, ahoy_registration_config, AHOY, REGISTRATION_CONFIG,
                      AhoyConfigObject)

AHOY_API
AhoyRegistrationConfig *ahoy_registration_config_new (const char *name);

G_END_DECLS
