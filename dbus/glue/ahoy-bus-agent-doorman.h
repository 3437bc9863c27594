/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_AGENT_DOORMAN (ahoy_bus_agent_doorman_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgentDoorman, ahoy_bus_agent_doorman, AHOY_BUS, AGENT_DOORMAN,
                      GObject)

AhoyBusAgentDoorman *ahoy_bus_agent_doorman_new (AhoyBusAgents *agents);

G_END_DECLS
