/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_REGISTRATIONS (ahoy_bus_registrations_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusRegistrations, ahoy_bus_registrations, AHOY_BUS, REGISTRATIONS,
                      GObject)

AhoyBusRegistrations *ahoy_bus_registrations_new (AhoyBusHub *hub, AhoyCore *core, GError **error);
void ahoy_bus_registrations_close (AhoyBusRegistrations *self);
const AhoyBusInterface *ahoy_bus_registrations_get_interface (void);

G_END_DECLS
