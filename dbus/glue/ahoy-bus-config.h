/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-interface.h"
#include "ahoy-bus-object.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_CONFIG (ahoy_bus_config_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusConfig, ahoy_bus_config, AHOY_BUS, CONFIG, GObject)

AhoyBusConfig *ahoy_bus_config_new (AhoyConfigurator *configurator);
void ahoy_bus_config_attach (AhoyBusConfig *self, AhoyBusObject *root);
const AhoyBusInterface *ahoy_bus_config_get_interface (void);

G_END_DECLS
