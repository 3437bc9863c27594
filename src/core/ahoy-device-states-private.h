/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-registry.h"
#include "ahoy-event-bus.h"
#include "ahoy-session-service.h"

G_BEGIN_DECLS

typedef struct _AhoyDeviceStates AhoyDeviceStates;

AhoyDeviceStates *ahoy_device_states_new (AhoyEventBus *events, AhoySessionService *sessions,
                                          AhoyEndpointRegistry *endpoints);
void ahoy_device_states_free (AhoyDeviceStates *self);

G_END_DECLS
