/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Writes D-Bus messages, one after the other, as they cross the wire. Zeroed, it is empty;
 * ahoy_bus_wire_clear() ends it.
 */
typedef struct {
  GByteArray *bytes;
  guint32 serial;
  guint message; /* where the one that is written begins */
  guint body;
} AhoyBusWire;

void ahoy_bus_wire_clear (AhoyBusWire *self);

void ahoy_bus_wire_begin_signal (AhoyBusWire *self, const char *path, const char *interface,
                                 const char *member, const char *signature);
void ahoy_bus_wire_end_signal (AhoyBusWire *self);

void ahoy_bus_wire_align (AhoyBusWire *self, guint alignment);
void ahoy_bus_wire_add_string (AhoyBusWire *self, const char *text);
void ahoy_bus_wire_add_value (AhoyBusWire *self, GVariant *value);
void ahoy_bus_wire_add_variant (AhoyBusWire *self, GVariant *value);
guint ahoy_bus_wire_begin_array (AhoyBusWire *self, guint alignment);
void ahoy_bus_wire_end_array (AhoyBusWire *self, guint array, guint alignment);

G_END_DECLS
