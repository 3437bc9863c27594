/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-bus-call.h"

G_BEGIN_DECLS

typedef struct _AhoyBusObject AhoyBusObject;

/*
 * An interface of the bus as tables: what D-Bus knows of it, and the functions behind. The order of
 * @properties numbers them; both tables end with a name of NULL.
 */
typedef struct {
  const char *name;
  GVariant *(*get) (gpointer target);
} AhoyBusProperty;

typedef struct {
  const char *name;
  /* Ends @call, now or later. */
  void (*handle) (gpointer target, GVariant *arguments, AhoyBusCall *call);
} AhoyBusMethod;

typedef struct {
  const GDBusInterfaceInfo *info;
  const AhoyBusProperty *properties;
  const AhoyBusMethod *methods;
  /* Around reading several properties at once; may be NULL, both or none. */
  void (*begin) (gpointer target);
  void (*end) (gpointer target);
} AhoyBusInterface;

GVariant *ahoy_bus_interface_get (const AhoyBusInterface *self, gpointer target, guint index);
int ahoy_bus_interface_find (const AhoyBusInterface *self, const char *property);
int ahoy_bus_interface_append (const AhoyBusInterface *self, gpointer target, guint64 which,
                               sd_bus_message *message);
const AhoyBusMethod *ahoy_bus_interface_find_method (const AhoyBusInterface *self,
                                                     const char *method);
sd_bus_vtable *ahoy_bus_interface_make_vtable (const AhoyBusInterface *self,
                                               sd_bus_message_handler_t on_method,
                                               sd_bus_property_get_t on_get);
void ahoy_bus_interface_free_vtable (sd_bus_vtable *vtable);
gboolean ahoy_bus_interface_is_complete (const AhoyBusInterface *self, GError **error);

G_END_DECLS
