/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_AGENT_IDENTIFIER (ahoy_bus_agent_identifier_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgentIdentifier, ahoy_bus_agent_identifier, AHOY_BUS,
                      AGENT_IDENTIFIER, GObject)

AhoyBusAgentIdentifier *ahoy_bus_agent_identifier_new (AhoyBusAgents *agents);

G_END_DECLS
