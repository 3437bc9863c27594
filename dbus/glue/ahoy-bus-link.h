/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>
#include <systemd/sd-bus.h>

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_LINK (ahoy_bus_link_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusLink, ahoy_bus_link, AHOY_BUS, LINK, GObject)

AhoyBusLink *ahoy_bus_link_open (const char *address, GError **error);
sd_bus *ahoy_bus_link_get_bus (AhoyBusLink *self);
gboolean ahoy_bus_link_is_open (AhoyBusLink *self);
gboolean ahoy_bus_link_request_name (AhoyBusLink *self, const char *name, gboolean replace,
                                     GError **error);
void ahoy_bus_link_release_name (AhoyBusLink *self, const char *name);
gboolean ahoy_bus_link_has_owner (AhoyBusLink *self, const char *name);

sd_bus_message *ahoy_bus_link_new_signal (AhoyBusLink *self, const char *path,
                                          const char *interface, const char *member);
void ahoy_bus_link_send (AhoyBusLink *self, sd_bus_message *message, const char *receiver,
                         int result);
void ahoy_bus_link_emit (AhoyBusLink *self, const char *receiver, const char *path,
                         const char *interface, const char *member, GVariant *arguments);

void ahoy_bus_link_set_gather (AhoyBusLink *self, void (*gather) (gpointer user_data),
                               gpointer user_data);
void ahoy_bus_link_want_gather (AhoyBusLink *self);
void ahoy_bus_link_flush (AhoyBusLink *self);
void ahoy_bus_link_close (AhoyBusLink *self);

G_END_DECLS
