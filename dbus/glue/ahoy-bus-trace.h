/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_TRACE (ahoy_bus_trace_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusTrace, ahoy_bus_trace, AHOY_BUS, TRACE, GObject)

AhoyBusTrace *ahoy_bus_trace_new (AhoyCore *core, AhoyBusLink *link, gboolean may_write);
void ahoy_bus_trace_close (AhoyBusTrace *self);
const AhoyBusInterface *ahoy_bus_trace_get_interface (void);

G_END_DECLS
