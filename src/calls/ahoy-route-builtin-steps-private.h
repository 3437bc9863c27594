/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-step-registry.h"

G_BEGIN_DECLS

void ahoy_route_builtin_steps_add (AhoyRouteStepRegistry *registry);

G_END_DECLS
