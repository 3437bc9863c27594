/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-session.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_SESSIONS (ahoy_bus_sessions_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusSessions, ahoy_bus_sessions, AHOY_BUS, SESSIONS, GObject)

AhoyBusSessions *ahoy_bus_sessions_new (AhoyBusHub *hub, AhoyCore *core, GError **error);
void ahoy_bus_sessions_set_linger (AhoyBusSessions *self, gint64 linger);
AhoyBusSession *ahoy_bus_sessions_lookup (AhoyBusSessions *self, AhoySession *session);
void ahoy_bus_sessions_close (AhoyBusSessions *self);

G_END_DECLS
