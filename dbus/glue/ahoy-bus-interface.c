/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-interface.h"

#include "ahoy.h"

void
ahoy_bus_interface_begin (const AhoyBusInterface *self, gpointer target)
{
  if (self->begin != NULL) {
    self->begin (target);
  }
}

void
ahoy_bus_interface_end (const AhoyBusInterface *self, gpointer target)
{
  if (self->end != NULL) {
    self->end (target);
  }
}

GVariant *
ahoy_bus_interface_get (const AhoyBusInterface *self, gpointer target, guint index)
{
  return g_variant_take_ref (self->properties[index].get (target));
}

/* The number of a property, -1 for one that the table does not have. */
int
ahoy_bus_interface_find (const AhoyBusInterface *self, const char *property)
{
  for (int i = 0; self->properties[i].name != NULL; i++) {
    if (g_str_equal (self->properties[i].name, property)) {
      return i;
    }
  }
  return -1;
}

/* Returns: (transfer floating): an `a{sv}` */
GVariant *
ahoy_bus_interface_get_all (const AhoyBusInterface *self, gpointer target)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ahoy_bus_interface_begin (self, target);
  for (guint i = 0; self->properties[i].name != NULL; i++) {
    g_autoptr (GVariant) value = ahoy_bus_interface_get (self, target, i);

    g_variant_builder_add (&builder, "{sv}", self->properties[i].name, value);
  }
  ahoy_bus_interface_end (self, target);
  return g_variant_builder_end (&builder);
}

/* Writes an entry of an `a{sv}`. */
void
ahoy_bus_interface_write (const AhoyBusInterface *self, gpointer target, guint index,
                          AhoyBusWire *wire)
{
  g_autoptr (GVariant) value = ahoy_bus_interface_get (self, target, index);

  ahoy_bus_wire_align (wire, 8);
  ahoy_bus_wire_add_string (wire, self->properties[index].name);
  ahoy_bus_wire_add_variant (wire, value);
}

const AhoyBusMethod *
ahoy_bus_interface_find_method (const AhoyBusInterface *self, const char *method)
{
  for (const AhoyBusMethod *at = self->methods; at->name != NULL; at++) {
    if (g_str_equal (at->name, method)) {
      return at;
    }
  }
  return NULL;
}

/* Whether there is a function behind each member that the XML promises. */
gboolean
ahoy_bus_interface_is_complete (const AhoyBusInterface *self, GError **error)
{
  for (guint i = 0; self->info->properties != NULL && self->info->properties[i] != NULL; i++) {
    if (ahoy_bus_interface_find (self, self->info->properties[i]->name) < 0) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "Nothing is behind the property %s.%s",
                   self->info->name, self->info->properties[i]->name);
      return FALSE;
    }
  }
  for (guint i = 0; self->info->methods != NULL && self->info->methods[i] != NULL; i++) {
    if (ahoy_bus_interface_find_method (self, self->info->methods[i]->name) == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "Nothing is behind the method %s.%s",
                   self->info->name, self->info->methods[i]->name);
      return FALSE;
    }
  }
  return TRUE;
}
