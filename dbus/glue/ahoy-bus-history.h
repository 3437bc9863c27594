/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_HISTORY (ahoy_bus_history_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusHistory, ahoy_bus_history, AHOY_BUS, HISTORY, GObject)

AhoyBusHistory *ahoy_bus_history_new (AhoyCore *core, AhoyBusLink *link);
void ahoy_bus_history_close (AhoyBusHistory *self);
const AhoyBusInterface *ahoy_bus_history_get_interface (void);

G_END_DECLS
