/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_TRANSPORTS (ahoy_bus_transports_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusTransports, ahoy_bus_transports, AHOY_BUS, TRANSPORTS, GObject)

AhoyBusTransports *ahoy_bus_transports_new (AhoyBusHub *hub, AhoyCore *core, GError **error);
void ahoy_bus_transports_close (AhoyBusTransports *self);
const AhoyBusInterface *ahoy_bus_transports_get_interface (void);

char *ahoy_bus_escape (const char *name);

G_END_DECLS
