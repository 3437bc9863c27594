/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy.h"

G_BEGIN_DECLS

GVariant *ahoy_bus_agent_facts_new (AhoyMessage *request, AhoyEndpoint *endpoint);

G_END_DECLS
