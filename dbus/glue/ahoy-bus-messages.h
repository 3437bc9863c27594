/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-interface.h"
#include "ahoy-bus-link.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_MESSAGES (ahoy_bus_messages_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusMessages, ahoy_bus_messages, AHOY_BUS, MESSAGES, GObject)

AhoyBusMessages *ahoy_bus_messages_new (AhoyCore *core, AhoyBusLink *link);
void ahoy_bus_messages_send (AhoyBusMessages *self, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_messages_set_receive (AhoyBusMessages *self, GVariant *arguments, AhoyBusCall *call);
const AhoyBusInterface *ahoy_bus_messages_get_interface (void);
void ahoy_bus_messages_close (AhoyBusMessages *self);

G_END_DECLS
