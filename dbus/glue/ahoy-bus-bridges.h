/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-sessions.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_BRIDGES (ahoy_bus_bridges_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusBridges, ahoy_bus_bridges, AHOY_BUS, BRIDGES, GObject)

AhoyBusBridges *ahoy_bus_bridges_new (AhoyBusHub *hub, AhoyCore *core, AhoyBusSessions *sessions,
                                      GError **error);
void ahoy_bus_bridges_close (AhoyBusBridges *self);
const AhoyBusInterface *ahoy_bus_bridges_get_interface (void);
char *ahoy_bus_bridges_make_path (AhoyBridge *bridge);

G_END_DECLS
