/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-memory.h"

#include "ahoy-store-table-private.h"

/**
 * AhoyStoreMemory:
 *
 * Keeps objects in memory; they are gone with the process.
 *
 * Since: 0.1
 */
struct _AhoyStoreMemory {
  GObject parent_instance;
  AhoyConfigSet *objects;
  guint64 revision;
};

static void backend_init (AhoyStoreBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyStoreMemory, ahoy_store_memory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_STORE_BACKEND, backend_init))

static void
ahoy_store_memory_finalize (GObject *object)
{
  g_clear_object (&AHOY_STORE_MEMORY (object)->objects);
  G_OBJECT_CLASS (ahoy_store_memory_parent_class)->finalize (object);
}

static void
ahoy_store_memory_class_init (AhoyStoreMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_memory_finalize;
}

static void
ahoy_store_memory_init (AhoyStoreMemory *self)
{
  self->objects = ahoy_config_set_new ();
  self->revision = ahoy_store_table_start_revision ();
}

static gboolean
can_write (AhoyStoreBackend *backend, const char *type_name)
{
  return TRUE;
}

static void
apply_async (AhoyStoreBackend *backend, AhoyStoreBatch *batch, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  AhoyStoreMemory *self = AHOY_STORE_MEMORY (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) changes = NULL;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  changes = ahoy_store_table_prepare (self->objects, batch, &self->revision, &error);
  if (changes == NULL) {
    g_task_return_error (task, error);
    return;
  }
  ahoy_store_table_commit (self->objects, changes);
  ahoy_store_table_announce (backend, changes);
  g_task_return_boolean (task, TRUE);
}

static void
query_async (AhoyStoreBackend *backend, AhoyStoreQuery *query, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  ahoy_store_table_query_async (backend, AHOY_STORE_MEMORY (backend)->objects, query, cancellable,
                                callback, user_data);
}

static AhoyConfigSet *
load (AhoyStoreBackend *backend, GPtrArray *problems)
{
  return ahoy_config_set_copy (AHOY_STORE_MEMORY (backend)->objects);
}

static void
backend_init (AhoyStoreBackendInterface *iface)
{
  iface->can_write = can_write;
  iface->apply_async = apply_async;
  iface->apply_finish = ahoy_store_table_apply_finish;
  iface->query_async = query_async;
  iface->query_finish = ahoy_store_table_query_finish;
  iface->read_all = load;
}

/**
 * ahoy_store_memory_new:
 *
 * Returns: (transfer full): an empty backend
 *
 * Since: 0.1
 */
AhoyStoreMemory *
ahoy_store_memory_new (void)
{
  return g_object_new (AHOY_TYPE_STORE_MEMORY, NULL);
}
