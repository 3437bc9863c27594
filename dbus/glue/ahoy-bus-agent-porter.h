/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

/* Has agents say whether a call may be transferred, for endpoints with allow-transfer=ask. */
#define AHOY_BUS_TYPE_AGENT_PORTER (ahoy_bus_agent_porter_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgentPorter, ahoy_bus_agent_porter, AHOY_BUS, AGENT_PORTER, GObject)

AhoyBusAgentPorter *ahoy_bus_agent_porter_new (AhoyBusAgents *agents);

G_END_DECLS
