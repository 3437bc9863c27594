/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-object.h"

#include "ahoy.h"

/*
 * An object on the bus. Changes of properties are remembered, and told once per turn of the loop,
 * before the signals of the same turn.
 */
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
  g_clear_object (&((AhoyBusFacet *) data)->target);
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
  self->facets = g_array_sized_new (FALSE, TRUE, sizeof (AhoyBusFacet), 1);
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
  AhoyBusFacet facet = { interface, g_object_ref (target), 0 };

  g_array_append_val (self->facets, facet);
}

const char *
ahoy_bus_object_get_path (AhoyBusObject *self)
{
  return self->path;
}

static AhoyBusFacet *
find_facet (AhoyBusObject *self, const AhoyBusInterface *interface)
{
  for (guint i = 0; i < self->facets->len; i++) {
    AhoyBusFacet *facet = &g_array_index (self->facets, AhoyBusFacet, i);

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
  AhoyBusFacet *facet = find_facet (self, interface);

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

/* Returns: (transfer none) (nullable): the object has it as long as it lives */
AhoyBusFacet *
ahoy_bus_object_find (AhoyBusObject *self, const char *interface)
{
  for (guint i = 0; i < self->facets->len; i++) {
    AhoyBusFacet *facet = &g_array_index (self->facets, AhoyBusFacet, i);

    if (g_str_equal (facet->interface->info->name, interface)) {
      return facet;
    }
  }
  return NULL;
}

/* Returns: (transfer none) (nullable): what was added as the @index-th */
AhoyBusFacet *
ahoy_bus_object_get_facet (AhoyBusObject *self, guint index)
{
  return index < self->facets->len ? &g_array_index (self->facets, AhoyBusFacet, index) : NULL;
}

static int
append_facet (sd_bus_message *message, AhoyBusFacet *facet)
{
  int result = sd_bus_message_open_container (message, SD_BUS_TYPE_DICT_ENTRY, "sa{sv}");

  if (result >= 0) {
    result = sd_bus_message_append_basic (message, 's', facet->interface->info->name);
  }
  if (result >= 0) {
    result = ahoy_bus_interface_append (facet->interface, facet->target, G_MAXUINT64, message);
  }
  return result >= 0 ? sd_bus_message_close_container (message) : result;
}

/* Tells that the object is there, and all of its properties: nothing is left to be told of them. */
void
ahoy_bus_object_announce (AhoyBusObject *self, const char *manager)
{
  sd_bus_message *message = ahoy_bus_link_new_signal (self->outlet.link, manager,
                                                      AHOY_BUS_OBJECT_MANAGER, "InterfacesAdded");
  int result;

  if (message == NULL) {
    return;
  }
  result = sd_bus_message_append_basic (message, 'o', self->path);
  if (result >= 0) {
    result = sd_bus_message_open_container (message, SD_BUS_TYPE_ARRAY, "{sa{sv}}");
  }
  for (guint i = 0; result >= 0 && i < self->facets->len; i++) {
    AhoyBusFacet *facet = &g_array_index (self->facets, AhoyBusFacet, i);

    facet->dirty = 0;
    result = append_facet (message, facet);
  }
  if (result >= 0) {
    result = sd_bus_message_close_container (message);
  }
  ahoy_bus_link_send (self->outlet.link, message, NULL, result);
}

/* Tells that the object goes. */
void
ahoy_bus_object_withdraw (AhoyBusObject *self, const char *manager)
{
  sd_bus_message *message = ahoy_bus_link_new_signal (self->outlet.link, manager,
                                                      AHOY_BUS_OBJECT_MANAGER, "InterfacesRemoved");
  int result;

  if (message == NULL) {
    return;
  }
  result = sd_bus_message_append_basic (message, 'o', self->path);
  if (result >= 0) {
    result = sd_bus_message_open_container (message, SD_BUS_TYPE_ARRAY, "s");
  }
  for (guint i = 0; result >= 0 && i < self->facets->len; i++) {
    const AhoyBusFacet *facet = &g_array_index (self->facets, AhoyBusFacet, i);

    result = sd_bus_message_append_basic (message, 's', facet->interface->info->name);
  }
  if (result >= 0) {
    result = sd_bus_message_close_container (message);
  }
  ahoy_bus_link_send (self->outlet.link, message, NULL, result);
}

static void
flush_facet (AhoyBusObject *self, AhoyBusFacet *facet)
{
  guint64 dirty = facet->dirty;
  sd_bus_message *message;
  int result;

  if (dirty == 0) {
    return;
  }
  facet->dirty = 0;
  message = ahoy_bus_link_new_signal (self->outlet.link, self->path,
                                      "org.freedesktop.DBus.Properties", "PropertiesChanged");
  if (message == NULL) {
    return;
  }
  result = sd_bus_message_append_basic (message, 's', facet->interface->info->name);
  if (result >= 0) {
    result = ahoy_bus_interface_append (facet->interface, facet->target, dirty, message);
  }
  if (result >= 0) {
    /* Nothing is invalidated without its new value. */
    result = sd_bus_message_append_strv (message, NULL);
  }
  ahoy_bus_link_send (self->outlet.link, message, NULL, result);
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
    flush_facet (self, &g_array_index (self->facets, AhoyBusFacet, i));
  }
  if (self->pending->len == 0) {
    return;
  }
  pending = g_steal_pointer (&self->pending);
  self->pending = g_array_new (FALSE, TRUE, sizeof (PendingSignal));
  g_array_set_clear_func (self->pending, clear_pending);
  for (guint i = 0; i < pending->len; i++) {
    PendingSignal *at = &g_array_index (pending, PendingSignal, i);

    ahoy_bus_link_emit (self->outlet.link, NULL, self->path, at->interface->info->name, at->name,
                        at->arguments);
  }
}

/* What there is to be told is told to nobody. */
void
ahoy_bus_object_skip (AhoyBusObject *self)
{
  self->scheduled = FALSE;
  g_array_set_size (self->pending, 0);
  for (guint i = 0; i < self->facets->len; i++) {
    g_array_index (self->facets, AhoyBusFacet, i).dirty = 0;
  }
}

/* Nothing is told any more. */
void
ahoy_bus_object_forget (AhoyBusObject *self)
{
  memset (&self->outlet, 0, sizeof self->outlet);
  ahoy_bus_object_skip (self);
}
