/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-registry.h"
#include "ahoy-location.h"

G_BEGIN_DECLS

typedef struct _AhoyEndpointStates AhoyEndpointStates;

AhoyEndpointStates *ahoy_endpoint_states_new (AhoyLocation *location,
                                              AhoyEndpointRegistry *endpoints);
void ahoy_endpoint_states_free (AhoyEndpointStates *self);
void ahoy_endpoint_states_set_registrar (AhoyEndpointStates *self, gboolean there);
GPtrArray *ahoy_endpoint_states_list (AhoyEndpointStates *self, const char *aor);
void ahoy_endpoint_states_update (AhoyEndpointStates *self, const char *name);

G_END_DECLS
