/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_AGENT_AUTHENTICATOR (ahoy_bus_agent_authenticator_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgentAuthenticator, ahoy_bus_agent_authenticator, AHOY_BUS,
                      AGENT_AUTHENTICATOR, GObject)

AhoyBusAgentAuthenticator *ahoy_bus_agent_authenticator_new (AhoyBusAgents *agents);

G_END_DECLS
