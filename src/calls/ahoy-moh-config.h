/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyMohOrder:
 * @AHOY_MOH_ORDER_LISTED: as they are listed, those of a folder by their names
 * @AHOY_MOH_ORDER_RANDOM: in an order of its own for each listener
 *
 * In which order pieces of music play.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_MOH_ORDER_LISTED,
  AHOY_MOH_ORDER_RANDOM,
} AhoyMohOrder;

#define AHOY_TYPE_MOH_ORDER (ahoy_moh_order_get_type ())
AHOY_API
GType ahoy_moh_order_get_type (void);

#define AHOY_TYPE_MOH_CONFIG (ahoy_moh_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMohConfig, ahoy_moh_config, AHOY, MOH_CONFIG, AhoyConfigObject)

AHOY_API
AhoyMohConfig *ahoy_moh_config_new (const char *name);

G_END_DECLS
