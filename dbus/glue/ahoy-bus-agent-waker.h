/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

/* Has agents wake phones that are called and sleep. */
#define AHOY_BUS_TYPE_AGENT_WAKER (ahoy_bus_agent_waker_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgentWaker, ahoy_bus_agent_waker, AHOY_BUS, AGENT_WAKER, GObject)

AhoyBusAgentWaker *ahoy_bus_agent_waker_new (AhoyBusAgents *agents);

G_END_DECLS
