/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_AGENT_REGISTRAR (ahoy_bus_agent_registrar_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgentRegistrar, ahoy_bus_agent_registrar, AHOY_BUS,
                      AGENT_REGISTRAR, GObject)

AhoyBusAgentRegistrar *ahoy_bus_agent_registrar_new (AhoyBusAgents *agents);

G_END_DECLS
