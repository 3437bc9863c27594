/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGING_CONFIG (ahoy_messaging_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessagingConfig, ahoy_messaging_config, AHOY, MESSAGING_CONFIG,
                      AhoyConfigObject)

AHOY_API
AhoyMessagingConfig *ahoy_messaging_config_new (void);

G_END_DECLS
