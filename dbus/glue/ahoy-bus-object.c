/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-object.h"

#include "ahoy.h"

#define AHOY_BUS_OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

/*
 * An object on the bus. Changes of properties are remembered, and told once per turn of the loop,
 * before the signals of the same turn.
 */
typedef struct {
  const AhoyBusInterface *interface;
  GObject *target;
  guint64 dirty; /* a bit for each property */
} Facet;

typedef struct {
  const AhoyBusInterface *interface;
  const char *name;
  GVariant *arguments;
} PendingSignal;

struct _AhoyBusObject {
  GObject parent_instance;

  char *path;
  GArray *facets;
  GArray *pending;
  AhoyBusOutlet outlet;
  gboolean scheduled;
};

G_DEFINE_FINAL_TYPE (AhoyBusObject, ahoy_bus_object, G_TYPE_OBJECT)

static void
clear_facet (gpointer data)
{
  g_clear_object (&((Facet *) data)->target);
}

static void
clear_pending (gpointer data)
{
  g_clear_pointer (&((PendingSignal *) data)->arguments, g_variant_unref);
}

static void
ahoy_bus_object_dispose (GObject *object)
{
  AhoyBusObject *self = AHOY_BUS_OBJECT (object);

  ahoy_bus_object_forget (self);
  g_array_set_size (self->facets, 0);
  G_OBJECT_CLASS (ahoy_bus_object_parent_class)->dispose (object);
}

static void
ahoy_bus_object_finalize (GObject *object)
{
  AhoyBusObject *self = AHOY_BUS_OBJECT (object);

  g_array_unref (self->facets);
  g_array_unref (self->pending);
  g_free (self->path);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_bus_object_parent_class)->finalize (object);
}

static void
ahoy_bus_object_class_init (AhoyBusObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_object_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_object_finalize;
}

static void
ahoy_bus_object_init (AhoyBusObject *self)
{
  self->facets = g_array_sized_new (FALSE, TRUE, sizeof (Facet), 1);
  g_array_set_clear_func (self->facets, clear_facet);
  self->pending = g_array_new (FALSE, TRUE, sizeof (PendingSignal));
  g_array_set_clear_func (self->pending, clear_pending);
  ahoy_census_enter (G_OBJECT (self));
}

AhoyBusObject *
ahoy_bus_object_new (const char *path)
{
  AhoyBusObject *self = g_object_new (AHOY_BUS_TYPE_OBJECT, NULL);

  self->path = g_strdup (path);
  return self;
}

/* @target is a GObject; the functions of @interface get it. */
void
ahoy_bus_object_add (AhoyBusObject *self, const AhoyBusInterface *interface, gpointer target)
{
  Facet facet = { interface, g_object_ref (target), 0 };

  g_array_append_val (self->facets, facet);
}

const char *
ahoy_bus_object_get_path (AhoyBusObject *self)
{
  return self->path;
}

static Facet *
find_facet (AhoyBusObject *self, const AhoyBusInterface *interface)
{
  for (guint i = 0; i < self->facets->len; i++) {
    Facet *facet = &g_array_index (self->facets, Facet, i);

    if (facet->interface == interface) {
      return facet;
    }
  }
  return NULL;
}

static void
schedule (AhoyBusObject *self)
{
  if (!self->scheduled && self->outlet.schedule != NULL) {
    self->scheduled = TRUE;
    self->outlet.schedule (self, self->outlet.user_data);
  }
}

/* The value that stands at the end of the turn is told. */
void
ahoy_bus_object_changed (AhoyBusObject *self, const AhoyBusInterface *interface, guint property)
{
  Facet *facet = find_facet (self, interface);

  if (facet != NULL) {
    facet->dirty |= G_GUINT64_CONSTANT (1) << property;
    schedule (self);
  }
}

/* Sends a signal at the end of the turn, after what changed. */
void
ahoy_bus_object_emit (AhoyBusObject *self, const AhoyBusInterface *interface, const char *signal,
                      GVariant *arguments)
{
  PendingSignal pending = { interface, signal,
                            arguments != NULL ? g_variant_ref_sink (arguments) : NULL };

  g_array_append_val (self->pending, pending);
  schedule (self);
}

void
ahoy_bus_object_set_outlet (AhoyBusObject *self, const AhoyBusOutlet *outlet)
{
  self->outlet = *outlet;
}

const AhoyBusInterface *
ahoy_bus_object_find (AhoyBusObject *self, const char *interface, gpointer *target)
{
  for (guint i = 0; i < self->facets->len; i++) {
    Facet *facet = &g_array_index (self->facets, Facet, i);

    if (g_str_equal (facet->interface->info->name, interface)) {
      *target = facet->target;
      return facet->interface;
    }
  }
  return NULL;
}

/* Returns: (transfer full): as GDBusSubtreeIntrospectFunc wants it */
GDBusInterfaceInfo **
ahoy_bus_object_dup_infos (AhoyBusObject *self)
{
  GDBusInterfaceInfo **infos = g_new0 (GDBusInterfaceInfo *, self->facets->len + 1);

  for (guint i = 0; i < self->facets->len; i++) {
    const AhoyBusInterface *interface = g_array_index (self->facets, Facet, i).interface;

    infos[i] = g_dbus_interface_info_ref ((GDBusInterfaceInfo *) interface->info);
  }
  return infos;
}

/* Returns: (transfer floating): an `a{sa{sv}}` of all interfaces and properties */
GVariant *
ahoy_bus_object_describe (AhoyBusObject *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sa{sv}}"));
  for (guint i = 0; i < self->facets->len; i++) {
    Facet *facet = &g_array_index (self->facets, Facet, i);

    g_variant_builder_add (&builder, "{s@a{sv}}", facet->interface->info->name,
                           ahoy_bus_interface_get_all (facet->interface, facet->target));
  }
  return g_variant_builder_end (&builder);
}

/* Tells that the object is there, and all of its properties: nothing is left to be told of them. */
void
ahoy_bus_object_announce (AhoyBusObject *self, const char *manager)
{
  AhoyBusWire *wire =
      ahoy_bus_link_begin_signal (self->outlet.link, manager, AHOY_BUS_OBJECT_MANAGER,
                                  "InterfacesAdded", "oa{sa{sv}}");
  guint all;

  ahoy_bus_wire_add_string (wire, self->path);
  all = ahoy_bus_wire_begin_array (wire, 8);
  for (guint i = 0; i < self->facets->len; i++) {
    Facet *facet = &g_array_index (self->facets, Facet, i);
    guint properties;

    ahoy_bus_wire_align (wire, 8);
    ahoy_bus_wire_add_string (wire, facet->interface->info->name);
    properties = ahoy_bus_wire_begin_array (wire, 8);
    ahoy_bus_interface_begin (facet->interface, facet->target);
    for (guint j = 0; facet->interface->properties[j].name != NULL; j++) {
      ahoy_bus_interface_write (facet->interface, facet->target, j, wire);
    }
    ahoy_bus_interface_end (facet->interface, facet->target);
    ahoy_bus_wire_end_array (wire, properties, 8);
    facet->dirty = 0;
  }
  ahoy_bus_wire_end_array (wire, all, 8);
  ahoy_bus_link_end_signal (self->outlet.link);
}

/* Tells that the object goes. */
void
ahoy_bus_object_withdraw (AhoyBusObject *self, const char *manager)
{
  AhoyBusWire *wire =
      ahoy_bus_link_begin_signal (self->outlet.link, manager, AHOY_BUS_OBJECT_MANAGER,
                                  "InterfacesRemoved", "oas");
  guint all;

  ahoy_bus_wire_add_string (wire, self->path);
  all = ahoy_bus_wire_begin_array (wire, 4);
  for (guint i = 0; i < self->facets->len; i++) {
    ahoy_bus_wire_add_string (wire, g_array_index (self->facets, Facet, i).interface->info->name);
  }
  ahoy_bus_wire_end_array (wire, all, 4);
  ahoy_bus_link_end_signal (self->outlet.link);
}

static void
flush_facet (AhoyBusObject *self, Facet *facet)
{
  guint64 dirty = facet->dirty;
  AhoyBusWire *wire;
  guint array;

  if (dirty == 0) {
    return;
  }
  facet->dirty = 0;
  wire = ahoy_bus_link_begin_signal (self->outlet.link, self->path,
                                     "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                     "sa{sv}as");
  ahoy_bus_wire_add_string (wire, facet->interface->info->name);
  array = ahoy_bus_wire_begin_array (wire, 8);
  ahoy_bus_interface_begin (facet->interface, facet->target);
  for (guint i = 0; dirty != 0; i++, dirty >>= 1) {
    if ((dirty & 1) != 0) {
      ahoy_bus_interface_write (facet->interface, facet->target, i, wire);
    }
  }
  ahoy_bus_interface_end (facet->interface, facet->target);
  ahoy_bus_wire_end_array (wire, array, 8);
  /* Nothing is invalidated without its new value. */
  ahoy_bus_wire_end_array (wire, ahoy_bus_wire_begin_array (wire, 4), 4);
  ahoy_bus_link_end_signal (self->outlet.link);
}

/* Tells what changed, then the signals. */
void
ahoy_bus_object_flush (AhoyBusObject *self)
{
  g_autoptr (GArray) pending = NULL;

  if (self->outlet.link == NULL) {
    return;
  }
  self->scheduled = FALSE;
  for (guint i = 0; i < self->facets->len; i++) {
    flush_facet (self, &g_array_index (self->facets, Facet, i));
  }
  if (self->pending->len == 0) {
    return;
  }
  pending = g_steal_pointer (&self->pending);
  self->pending = g_array_new (FALSE, TRUE, sizeof (PendingSignal));
  g_array_set_clear_func (self->pending, clear_pending);
  for (guint i = 0; i < pending->len; i++) {
    PendingSignal *at = &g_array_index (pending, PendingSignal, i);

    ahoy_bus_link_emit (self->outlet.link, self->path, at->interface->info->name, at->name,
                        at->arguments);
  }
}

/* Nothing is told any more. */
void
ahoy_bus_object_forget (AhoyBusObject *self)
{
  memset (&self->outlet, 0, sizeof self->outlet);
  self->scheduled = FALSE;
  g_array_set_size (self->pending, 0);
  for (guint i = 0; i < self->facets->len; i++) {
    g_array_index (self->facets, Facet, i).dirty = 0;
  }
}
