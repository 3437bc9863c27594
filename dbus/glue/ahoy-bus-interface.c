/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-interface.h"

#include <string.h>

#include "ahoy-bus-variant.h"
#include "ahoy.h"

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

static int
append_entry (const AhoyBusInterface *self, gpointer target, guint index, sd_bus_message *message)
{
  g_autoptr (GVariant) value = ahoy_bus_interface_get (self, target, index);
  int result = sd_bus_message_open_container (message, SD_BUS_TYPE_DICT_ENTRY, "sv");

  if (result >= 0) {
    result = sd_bus_message_append_basic (message, 's', self->properties[index].name);
  }
  if (result >= 0) {
    result = ahoy_bus_variant_append_in_variant (message, value);
  }
  return result >= 0 ? sd_bus_message_close_container (message) : result;
}

/* Appends an `a{sv}` of the properties whose bits are set in @which. Returns -errno on failure. */
int
ahoy_bus_interface_append (const AhoyBusInterface *self, gpointer target, guint64 which,
                           sd_bus_message *message)
{
  int result = sd_bus_message_open_container (message, SD_BUS_TYPE_ARRAY, "{sv}");

  if (self->begin != NULL) {
    self->begin (target);
  }
  for (guint i = 0; result >= 0 && which != 0 && self->properties[i].name != NULL;
       i++, which >>= 1) {
    if ((which & 1) != 0) {
      result = append_entry (self, target, i, message);
    }
  }
  if (self->end != NULL) {
    self->end (target);
  }
  return result >= 0 ? sd_bus_message_close_container (message) : result;
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

static void
append_names (GString *names, GString *types, GDBusArgInfo *const *arguments)
{
  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++) {
    g_string_append (types, arguments[i]->signature);
    g_string_append_len (names, arguments[i]->name, (gssize) strlen (arguments[i]->name) + 1);
  }
}

static void
fill_method (sd_bus_vtable *entry, const GDBusMethodInfo *info, sd_bus_message_handler_t on_method)
{
  g_autoptr (GString) in = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  GString *names = g_string_new (NULL);

  append_names (names, in, info->in_args);
  append_names (names, out, info->out_args);
  entry->type = _SD_BUS_VTABLE_METHOD;
  entry->x.method.member = info->name;
  entry->x.method.signature = g_intern_string (in->str);
  entry->x.method.result = g_intern_string (out->str);
  entry->x.method.handler = on_method;
  entry->x.method.names = g_string_free (names, FALSE);
}

static void
fill_signal (sd_bus_vtable *entry, const GDBusSignalInfo *info)
{
  g_autoptr (GString) types = g_string_new (NULL);
  GString *names = g_string_new (NULL);

  append_names (names, types, info->args);
  entry->type = _SD_BUS_VTABLE_SIGNAL;
  entry->x.signal.member = info->name;
  entry->x.signal.signature = g_intern_string (types->str);
  entry->x.signal.names = g_string_free (names, FALSE);
}

static guint64
flags_of (const GDBusPropertyInfo *info)
{
  const char *emits = g_dbus_annotation_info_lookup (
      info->annotations, "org.freedesktop.DBus.Property.EmitsChangedSignal");

  if (g_strcmp0 (emits, "const") == 0) {
    return SD_BUS_VTABLE_PROPERTY_CONST;
  }
  return g_strcmp0 (emits, "false") == 0 ? 0 : SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;
}

static guint
count (gpointer list)
{
  gpointer *at = list;
  guint n = 0;

  while (at != NULL && at[n] != NULL) {
    n++;
  }
  return n;
}

/*
 * Makes of the tables what sd-bus wants. Who may call is for the policy of the bus to say.
 *
 * Returns: for ahoy_bus_interface_free_vtable()
 */
sd_bus_vtable *
ahoy_bus_interface_make_vtable (const AhoyBusInterface *self, sd_bus_message_handler_t on_method,
                                sd_bus_property_get_t on_get)
{
  const sd_bus_vtable begin = SD_BUS_VTABLE_START (SD_BUS_VTABLE_UNPRIVILEGED);
  const GDBusInterfaceInfo *info = self->info;
  guint n = count (info->methods) + count (info->signals) + count (info->properties);
  sd_bus_vtable *vtable = g_new0 (sd_bus_vtable, n + 2);
  sd_bus_vtable *at = vtable;

  *at++ = begin;
  for (guint i = 0; i < count (info->methods); i++) {
    fill_method (at++, info->methods[i], on_method);
  }
  for (guint i = 0; i < count (info->signals); i++) {
    fill_signal (at++, info->signals[i]);
  }
  for (guint i = 0; i < count (info->properties); i++, at++) {
    at->type = _SD_BUS_VTABLE_PROPERTY;
    at->flags = flags_of (info->properties[i]);
    at->x.property.member = info->properties[i]->name;
    at->x.property.signature = info->properties[i]->signature;
    at->x.property.get = on_get;
  }
  at->type = _SD_BUS_VTABLE_END;
  return vtable;
}

void
ahoy_bus_interface_free_vtable (sd_bus_vtable *vtable)
{
  for (sd_bus_vtable *at = vtable; at->type != _SD_BUS_VTABLE_END; at++) {
    if (at->type == _SD_BUS_VTABLE_METHOD) {
      g_free ((char *) at->x.method.names);
    } else if (at->type == _SD_BUS_VTABLE_SIGNAL) {
      g_free ((char *) at->x.signal.names);
    }
  }
  g_free (vtable);
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
