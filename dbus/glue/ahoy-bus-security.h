/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_SECURITY (ahoy_bus_security_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusSecurity, ahoy_bus_security, AHOY_BUS, SECURITY, GObject)

AhoyBusSecurity *ahoy_bus_security_new (AhoyCore *core, AhoyBusLink *link);
void ahoy_bus_security_close (AhoyBusSecurity *self);
const AhoyBusInterface *ahoy_bus_security_get_interface (void);

G_END_DECLS
