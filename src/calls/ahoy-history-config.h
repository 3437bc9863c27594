/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_HISTORY_CONFIG (ahoy_history_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyHistoryConfig, ahoy_history_config, AHOY, HISTORY_CONFIG,
                      AhoyConfigObject)

AHOY_API
AhoyHistoryConfig *ahoy_history_config_new (void);

G_END_DECLS
