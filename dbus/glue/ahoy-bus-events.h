/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_EVENTS (ahoy_bus_events_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusEvents, ahoy_bus_events, AHOY_BUS, EVENTS, GObject)

AhoyBusEvents *ahoy_bus_events_new (AhoyCore *core, AhoyBusLink *link);
void ahoy_bus_events_close (AhoyBusEvents *self);
const AhoyBusInterface *ahoy_bus_events_get_interface (void);

G_END_DECLS
