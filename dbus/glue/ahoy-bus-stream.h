/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_STREAM (ahoy_bus_stream_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusStream, ahoy_bus_stream, AHOY_BUS, STREAM, GObject)

AhoyBusStream *ahoy_bus_stream_new (AhoyBusHub *hub, const char *session_path,
                                    AhoySessionStream *stream);
void ahoy_bus_stream_remove (AhoyBusStream *self);
void ahoy_bus_stream_changed (AhoyBusStream *self);
AhoySessionStream *ahoy_bus_stream_get_stream (AhoyBusStream *self);
const AhoyBusInterface *ahoy_bus_stream_get_interface (void);

G_END_DECLS
