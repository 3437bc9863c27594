/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>
#include <systemd/sd-bus.h>

G_BEGIN_DECLS

/* A method that somebody called. It is ended once, by what returns or fails; that takes it. */
typedef struct _AhoyBusCall AhoyBusCall;

AhoyBusCall *ahoy_bus_call_new (sd_bus_message *message);
GVariant *ahoy_bus_call_read_arguments (AhoyBusCall *self, GError **error);
const char *ahoy_bus_call_get_sender (AhoyBusCall *self);
int ahoy_bus_call_take_descriptor (AhoyBusCall *self, guint index, GError **error);
void ahoy_bus_call_return (AhoyBusCall *self, GVariant *values);
void ahoy_bus_call_return_descriptor (AhoyBusCall *self, int descriptor);
void ahoy_bus_call_fail (AhoyBusCall *self, GError *error);

G_END_DECLS
