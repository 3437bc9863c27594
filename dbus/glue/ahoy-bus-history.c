/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-history.h"

#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"

/* The history of calls on the bus. */
struct _AhoyBusHistory {
  GObject parent_instance;

  AhoyCallHistory *history;
  AhoyBusLink *link;
};

G_DEFINE_FINAL_TYPE (AhoyBusHistory, ahoy_bus_history, G_TYPE_OBJECT)

static void
on_added (AhoyCallHistory *history, GPtrArray *records, gpointer user_data)
{
  AhoyBusHistory *self = user_data;
  GVariantBuilder ids;

  g_variant_builder_init (&ids, G_VARIANT_TYPE ("at"));
  for (guint i = 0; i < records->len; i++) {
    g_variant_builder_add (&ids, "t", ((AhoyCallRecord *) records->pdata[i])->id);
  }
  ahoy_bus_link_emit (self->link, NULL, AHOY_BUS_ROOT, org_ahoy_ahoy1_history_interface.name,
                      "Added", g_variant_new ("(at)", &ids));
}

static void
on_queried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoyBusCall *call = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records =
      ahoy_call_history_query_finish (AHOY_CALL_HISTORY (source), result, &error);
  GVariantBuilder list;

  if (records == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++) {
    g_variant_builder_add_value (&list, ahoy_call_record_to_variant (records->pdata[i]));
  }
  ahoy_bus_call_return (call, g_variant_new ("(aa{sv})", &list));
}

static void
handle_query (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusHistory *self = target;
  g_autoptr (GVariant) filter = g_variant_get_child_value (arguments, 0);

  ahoy_call_history_query_async (self->history, filter, NULL, on_queried, call);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoyBusCall *call = user_data;
  GError *error = NULL;
  gssize count = ahoy_call_history_delete_finish (AHOY_CALL_HISTORY (source), result, &error);

  if (count < 0) {
    ahoy_bus_return_error (call, error);
  } else {
    ahoy_bus_call_return (call, g_variant_new ("(t)", (guint64) count));
  }
}

static void
handle_delete (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusHistory *self = target;
  g_autoptr (GVariant) filter = g_variant_get_child_value (arguments, 0);

  ahoy_call_history_delete_async (self->history, filter, NULL, on_deleted, call);
}

static const AhoyBusProperty properties[] = { { NULL, NULL } };

static const AhoyBusMethod methods[] = {
  { "Query", handle_query },
  { "Delete", handle_delete },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_history_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_history_get_interface (void)
{
  return &interface;
}

static void
ahoy_bus_history_dispose (GObject *object)
{
  AhoyBusHistory *self = AHOY_BUS_HISTORY (object);

  ahoy_bus_history_close (self);
  g_clear_object (&self->history);
  g_clear_object (&self->link);
  G_OBJECT_CLASS (ahoy_bus_history_parent_class)->dispose (object);
}

static void
ahoy_bus_history_class_init (AhoyBusHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_history_dispose;
}

static void
ahoy_bus_history_init (AhoyBusHistory *self)
{
}

AhoyBusHistory *
ahoy_bus_history_new (AhoyCore *core, AhoyBusLink *link)
{
  AhoyBusHistory *self = g_object_new (AHOY_BUS_TYPE_HISTORY, NULL);

  self->history = g_object_ref (ahoy_core_get_history (core));
  self->link = g_object_ref (link);
  g_signal_connect (self->history, "added", G_CALLBACK (on_added), self);
  return self;
}

/* Tells nothing any more. */
void
ahoy_bus_history_close (AhoyBusHistory *self)
{
  if (self->history != NULL) {
    g_signal_handlers_disconnect_by_data (self->history, self);
  }
}
