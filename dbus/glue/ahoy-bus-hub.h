/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-object.h"

G_BEGIN_DECLS

#define AHOY_BUS_ROOT "/org/ahoy/Ahoy1"

char *ahoy_bus_make_path (const char *kind, const char *name);

#define AHOY_BUS_TYPE_HUB (ahoy_bus_hub_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusHub, ahoy_bus_hub, AHOY_BUS, HUB, GObject)

AhoyBusHub *ahoy_bus_hub_new (AhoyBusLink *link, AhoyBusObject *root, GError **error);
void ahoy_bus_hub_set_trusting (AhoyBusHub *self, gboolean trusting);
gboolean ahoy_bus_hub_is_trusting (AhoyBusHub *self);
guint ahoy_bus_hub_add_tree (AhoyBusHub *self, const char *prefix,
                             const AhoyBusInterface *interface, GError **error);
void ahoy_bus_hub_remove_tree (AhoyBusHub *self, const char *prefix, guint tree);
void ahoy_bus_hub_add (AhoyBusHub *self, AhoyBusObject *object);
void ahoy_bus_hub_remove (AhoyBusHub *self, AhoyBusObject *object);
AhoyBusObject *ahoy_bus_hub_lookup (AhoyBusHub *self, const char *path);
AhoyBusObject *ahoy_bus_hub_get_next (AhoyBusHub *self, const char *after);
guint ahoy_bus_hub_get_n_objects (AhoyBusHub *self);
const char *ahoy_bus_hub_find_prefix (AhoyBusHub *self, const char *interface);
void ahoy_bus_hub_flush (AhoyBusHub *self);
void ahoy_bus_hub_speak (AhoyBusHub *self);
void ahoy_bus_hub_close (AhoyBusHub *self);

G_END_DECLS
