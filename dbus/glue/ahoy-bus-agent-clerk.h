/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_AGENT_CLERK (ahoy_bus_agent_clerk_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgentClerk, ahoy_bus_agent_clerk, AHOY_BUS, AGENT_CLERK, GObject)

AhoyBusAgentClerk *ahoy_bus_agent_clerk_new (AhoyBusAgents *agents);

G_END_DECLS
