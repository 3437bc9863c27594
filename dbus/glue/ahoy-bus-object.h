/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-interface.h"
#include "ahoy-bus-link.h"

G_BEGIN_DECLS

#define AHOY_BUS_OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

#define AHOY_BUS_TYPE_OBJECT (ahoy_bus_object_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusObject, ahoy_bus_object, AHOY_BUS, OBJECT, GObject)

/* What an object needs of the one who exports it. */
typedef struct {
  AhoyBusLink *link;
  void (*schedule) (AhoyBusObject *object, gpointer user_data);
  gpointer user_data;
} AhoyBusOutlet;

/* One of its interfaces, and what stands behind. */
typedef struct {
  const AhoyBusInterface *interface;
  GObject *target;
  guint64 dirty; /* a bit for each property */
} AhoyBusFacet;

AhoyBusObject *ahoy_bus_object_new (const char *path);
void ahoy_bus_object_add (AhoyBusObject *self, const AhoyBusInterface *interface, gpointer target);
const char *ahoy_bus_object_get_path (AhoyBusObject *self);

void ahoy_bus_object_changed (AhoyBusObject *self, const AhoyBusInterface *interface,
                              guint property);
void ahoy_bus_object_emit (AhoyBusObject *self, const AhoyBusInterface *interface,
                           const char *signal, GVariant *arguments);

/* for the hub */
void ahoy_bus_object_set_outlet (AhoyBusObject *self, const AhoyBusOutlet *outlet);
AhoyBusFacet *ahoy_bus_object_find (AhoyBusObject *self, const char *interface);
AhoyBusFacet *ahoy_bus_object_get_facet (AhoyBusObject *self, guint index);
void ahoy_bus_object_announce (AhoyBusObject *self, const char *manager);
void ahoy_bus_object_withdraw (AhoyBusObject *self, const char *manager);
void ahoy_bus_object_flush (AhoyBusObject *self);
void ahoy_bus_object_skip (AhoyBusObject *self);
void ahoy_bus_object_forget (AhoyBusObject *self);

G_END_DECLS
