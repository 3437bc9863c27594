/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-transports.h"

#include "ahoy-bus-interfaces.h"

/* The transports on the bus. They are what the core has: an AhoyTransport is its own target. */
struct _AhoyBusTransports {
  GObject parent_instance;

  AhoyBusHub *hub;
  AhoyCore *core;
  GPtrArray *objects; /* AhoyBusObject */
  guint tree;
};

G_DEFINE_FINAL_TYPE (AhoyBusTransports, ahoy_bus_transports, G_TYPE_OBJECT)

static GVariant *
get_name (gpointer target)
{
  return g_variant_new_string (ahoy_transport_get_name (target));
}

static GVariant *
get_protocol (gpointer target)
{
  return g_variant_new_string (
      ahoy_transport_protocol_to_string (ahoy_transport_get_protocol (target)));
}

static GVariant *
get_address (gpointer target)
{
  return g_variant_new_string (ahoy_transport_get_address (target));
}

static GVariant *
get_port (gpointer target)
{
  return g_variant_new_uint16 (ahoy_transport_get_port (target));
}

static GVariant *
get_connections (gpointer target)
{
  return g_variant_new_uint32 (ahoy_transport_count_connections (target));
}

static const AhoyBusProperty properties[] = {
  { "Name", get_name },
  { "Protocol", get_protocol },
  { "Address", get_address },
  { "Port", get_port },
  { "Connections", get_connections },
  { NULL, NULL },
};

static const AhoyBusMethod methods[] = { { NULL, NULL } };

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_transport_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_transports_get_interface (void)
{
  return &interface;
}

static void
on_transport_added (AhoyCore *core, AhoyTransport *transport, gpointer user_data)
{
  AhoyBusTransports *self = user_data;
  g_autofree char *path = ahoy_bus_make_path ("transport", ahoy_transport_get_name (transport));
  AhoyBusObject *object = ahoy_bus_object_new (path);

  ahoy_bus_object_add (object, &interface, transport);
  ahoy_bus_hub_add (self->hub, object);
  g_ptr_array_add (self->objects, object);
}

static void
on_transport_removed (AhoyCore *core, AhoyTransport *transport, gpointer user_data)
{
  AhoyBusTransports *self = user_data;
  g_autofree char *path = ahoy_bus_make_path ("transport", ahoy_transport_get_name (transport));

  for (guint i = 0; i < self->objects->len; i++) {
    if (g_str_equal (ahoy_bus_object_get_path (self->objects->pdata[i]), path)) {
      ahoy_bus_hub_remove (self->hub, self->objects->pdata[i]);
      g_ptr_array_remove_index (self->objects, i);
      return;
    }
  }
}

static void
ahoy_bus_transports_dispose (GObject *object)
{
  AhoyBusTransports *self = AHOY_BUS_TRANSPORTS (object);

  ahoy_bus_transports_close (self);
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_object (&self->core);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ahoy_bus_transports_parent_class)->dispose (object);
}

static void
ahoy_bus_transports_class_init (AhoyBusTransportsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_transports_dispose;
}

static void
ahoy_bus_transports_init (AhoyBusTransports *self)
{
  self->objects = g_ptr_array_new_with_free_func (g_object_unref);
}

AhoyBusTransports *
ahoy_bus_transports_new (AhoyBusHub *hub, AhoyCore *core, GError **error)
{
  g_autoptr (AhoyBusTransports) self = g_object_new (AHOY_BUS_TYPE_TRANSPORTS, NULL);
  g_autoptr (GPtrArray) transports = ahoy_core_list_transports (core);

  self->hub = g_object_ref (hub);
  self->core = g_object_ref (core);
  self->tree = ahoy_bus_hub_add_tree (hub, AHOY_BUS_ROOT "/transport", &interface,
                                      error);
  if (self->tree == 0) {
    return NULL;
  }
  for (guint i = 0; i < transports->len; i++) {
    on_transport_added (core, transports->pdata[i], self);
  }
  g_signal_connect_object (core, "transport-added", G_CALLBACK (on_transport_added), self, 0);
  g_signal_connect_object (core, "transport-removed", G_CALLBACK (on_transport_removed), self, 0);
  return g_steal_pointer (&self);
}

void
ahoy_bus_transports_close (AhoyBusTransports *self)
{
  if (self->tree == 0) {
    return;
  }
  g_signal_handlers_disconnect_by_data (self->core, self);
  for (guint i = 0; i < self->objects->len; i++) {
    ahoy_bus_hub_remove (self->hub, self->objects->pdata[i]);
  }
  g_ptr_array_set_size (self->objects, 0);
  ahoy_bus_hub_remove_tree (self->hub, AHOY_BUS_ROOT "/transport", self->tree);
  self->tree = 0;
}
