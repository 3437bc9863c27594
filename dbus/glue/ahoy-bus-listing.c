/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-listing.h"

#include <string.h>

#include "ahoy-bus-error.h"
#include "ahoy.h"

/*
 * Lists of objects: all at once, as every program on the bus knows how to ask, and in pages.
 *
 * An array of D-Bus holds 64 MiB at most. A bus cuts off who sends more, and then the daemon is on
 * no bus any more; so it is counted here. GVariant's size of a value is at least half of that which
 * it has in a message of D-Bus (docs/decisions/090-many-objects.md).
 */

/* In GVariant's bytes. */
#define MOST_BYTES (28 * 1024 * 1024)
/* While they are put together calls wait. */
#define MOST_OBJECTS 50000
#define PAGE_OBJECTS 1000
/* Who asks for a few things gets them at once. */
#define PAGE_LEAST 50
/* In µs: what a page takes does not keep calls waiting. */
#define PAGE_TIME 5000

/* Returns: (transfer floating): an `a{sv}` */
static GVariant *
read_properties (const AhoyBusFacet *facet)
{
  const AhoyBusInterface *interface = facet->interface;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (interface->begin != NULL) {
    interface->begin (facet->target);
  }
  for (guint i = 0; interface->properties[i].name != NULL; i++) {
    g_autoptr (GVariant) value = ahoy_bus_interface_get (interface, facet->target, i);

    g_variant_builder_add (&builder, "{sv}", interface->properties[i].name, value);
  }
  if (interface->end != NULL) {
    interface->end (facet->target);
  }
  return g_variant_builder_end (&builder);
}

/* Returns: (transfer floating): a `{oa{sa{sv}}}` */
static GVariant *
read_object (AhoyBusObject *object)
{
  GVariantBuilder builder;
  AhoyBusFacet *facet;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sa{sv}}"));
  for (guint i = 0; (facet = ahoy_bus_object_get_facet (object, i)) != NULL; i++) {
    g_variant_builder_add (&builder, "{s@a{sv}}", facet->interface->info->name,
                           read_properties (facet));
  }
  return g_variant_new ("{o@a{sa{sv}}}", ahoy_bus_object_get_path (object),
                        g_variant_builder_end (&builder));
}

static void
refuse (AhoyBusHub *hub, AhoyBusCall *call)
{
  ahoy_bus_return_new_error (call, AHOY_ERROR_LIMIT_EXCEEDED,
                             "The %u objects are too many for one answer; ask for them in pages, "
                             "by ListManagedObjects of org.ahoy.Ahoy1.Manager",
                             ahoy_bus_hub_get_n_objects (hub));
}

/* GetManagedObjects of org.freedesktop.DBus.ObjectManager */
void
ahoy_bus_listing_return_all (AhoyBusHub *hub, AhoyBusCall *call)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  const char *after = "";
  AhoyBusObject *object;
  gsize bytes = 0;

  if (ahoy_bus_hub_get_n_objects (hub) > MOST_OBJECTS) {
    refuse (hub, call);
    return;
  }
  while ((object = ahoy_bus_hub_get_next (hub, after)) != NULL) {
    GVariant *entry = read_object (object);

    bytes += g_variant_get_size (entry);
    g_variant_builder_add_value (&builder, entry);
    if (bytes > MOST_BYTES) {
      refuse (hub, call);
      return;
    }
    after = ahoy_bus_object_get_path (object);
  }
  ahoy_bus_call_return (call, g_variant_new ("(a{oa{sa{sv}}})", &builder));
}

/* ListManagedObjects of org.ahoy.Ahoy1.Manager: those with @interface behind the path @after, ""
 * for the first ones; @most of them, 0 for as many as are good for one answer. */
void
ahoy_bus_listing_return_page (AhoyBusHub *hub, const char *interface, const char *after,
                              guint most, AhoyBusCall *call)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(oa{sv})"));
  const char *prefix = ahoy_bus_hub_find_prefix (hub, interface);
  gint64 end = g_get_monotonic_time () + PAGE_TIME;
  const char *last = "";
  AhoyBusObject *object;
  guint count = 0;

  if (prefix == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "No objects have an interface “%s”; write one such as "
                               "org.ahoy.Ahoy1.Endpoint",
                               interface);
    return;
  }
  most = most == 0 ? PAGE_OBJECTS : MIN (most, PAGE_OBJECTS);
  after = strcmp (after, prefix) < 0 ? prefix : after;
  while ((object = ahoy_bus_hub_get_next (hub, after)) != NULL &&
         g_str_has_prefix (ahoy_bus_object_get_path (object), prefix)) {
    const AhoyBusFacet *facet = ahoy_bus_object_find (object, interface);

    after = ahoy_bus_object_get_path (object);
    if (facet == NULL) {
      continue;
    }
    if (count == most || (count >= PAGE_LEAST && g_get_monotonic_time () > end)) {
      ahoy_bus_call_return (call, g_variant_new ("(a(oa{sv})s)", &builder, last));
      return;
    }
    g_variant_builder_add (&builder, "(o@a{sv})", after, read_properties (facet));
    last = after;
    count++;
  }
  ahoy_bus_call_return (call, g_variant_new ("(a(oa{sv})s)", &builder, ""));
}
