/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-call.h"
#include "ahoy-bus-sessions.h"

G_BEGIN_DECLS

typedef struct _AhoyBusDial AhoyBusDial;

AhoyBusDial *ahoy_bus_dial_new (AhoyCore *core, AhoyBusHub *hub, AhoyBusSessions *sessions);
void ahoy_bus_dial_free (AhoyBusDial *self);

/* Each ends the call, now or later. */
void ahoy_bus_dial_handle_dial (AhoyBusDial *self, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_dial_handle_dial_with_options (AhoyBusDial *self, GVariant *arguments,
                                             AhoyBusCall *call);
void ahoy_bus_dial_handle_originate (AhoyBusDial *self, GVariant *arguments, AhoyBusCall *call);

G_END_DECLS
