/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-call.h"

#include <gio/gunixfdlist.h>

/* Its unique name. */
const char *
ahoy_bus_call_get_sender (AhoyBusCall *self)
{
  return g_dbus_method_invocation_get_sender (self);
}

/* @values is a tuple, or NULL; a floating one is taken. */
void
ahoy_bus_call_return (AhoyBusCall *self, GVariant *values)
{
  g_dbus_method_invocation_return_value (self, values);
}

/* Returns one descriptor, which is taken. */
void
ahoy_bus_call_return_descriptor (AhoyBusCall *self, int descriptor)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new_from_array (&descriptor, 1);

  g_dbus_method_invocation_return_value_with_unix_fd_list (self, g_variant_new ("(h)", 0), list);
}

/* Takes @error, which has a name on the bus. */
void
ahoy_bus_call_fail (AhoyBusCall *self, GError *error)
{
  g_dbus_method_invocation_take_error (self, error);
}
