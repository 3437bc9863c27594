/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-sessions.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_ENDPOINTS (ahoy_bus_endpoints_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusEndpoints, ahoy_bus_endpoints, AHOY_BUS, ENDPOINTS, GObject)

AhoyBusEndpoints *ahoy_bus_endpoints_new (AhoyBusHub *hub, AhoyCore *core,
                                          AhoyBusSessions *sessions, GError **error);
void ahoy_bus_endpoints_close (AhoyBusEndpoints *self);
const AhoyBusInterface *ahoy_bus_endpoints_get_interface (void);

G_END_DECLS
