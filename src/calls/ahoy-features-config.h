/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_FEATURES_CONFIG (ahoy_features_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyFeaturesConfig, ahoy_features_config, AHOY, FEATURES_CONFIG,
                      AhoyConfigObject)

AHOY_API
AhoyFeaturesConfig *ahoy_features_config_new (void);

G_END_DECLS
