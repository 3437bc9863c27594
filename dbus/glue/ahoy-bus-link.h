/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-bus-wire.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_LINK (ahoy_bus_link_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusLink, ahoy_bus_link, AHOY_BUS, LINK, GObject)

AhoyBusLink *ahoy_bus_link_open (const char *address, GError **error);
GDBusConnection *ahoy_bus_link_get_connection (AhoyBusLink *self);
AhoyBusWire *ahoy_bus_link_begin_signal (AhoyBusLink *self, const char *path,
                                         const char *interface, const char *member,
                                         const char *signature);
void ahoy_bus_link_end_signal (AhoyBusLink *self);
void ahoy_bus_link_emit (AhoyBusLink *self, const char *path, const char *interface,
                         const char *member, GVariant *arguments);
void ahoy_bus_link_set_gather (AhoyBusLink *self, void (*gather) (gpointer user_data),
                               gpointer user_data);
void ahoy_bus_link_want_flush (AhoyBusLink *self);
void ahoy_bus_link_flush (AhoyBusLink *self);
void ahoy_bus_link_close (AhoyBusLink *self);

G_END_DECLS
