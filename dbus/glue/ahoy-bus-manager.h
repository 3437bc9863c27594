/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"
#include "ahoy-bus-messages.h"
#include "ahoy-bus-sessions.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_MANAGER (ahoy_bus_manager_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusManager, ahoy_bus_manager, AHOY_BUS, MANAGER, GObject)

AhoyBusManager *ahoy_bus_manager_new (AhoyConfigurator *configurator);
void ahoy_bus_manager_attach (AhoyBusManager *self, AhoyBusHub *hub, AhoyBusObject *root,
                              AhoyBusSessions *sessions, AhoyBusAgents *agents,
                              AhoyBusMessages *messages);
void ahoy_bus_manager_set_state (AhoyBusManager *self, const char *state);
const AhoyBusInterface *ahoy_bus_manager_get_interface (void);

G_END_DECLS
