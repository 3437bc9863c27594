/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-worker-private.h"

struct _AhoyStoreWorker {
  char *path;
  AhoyWorkPool *pool;
  AhoyWorkQueue *queue;
  AhoyStoreDatabase *database; /* the queue's while there is work */
};

AhoyStoreWorker *
ahoy_store_worker_new (AhoyWorkPool *pool, const char *path)
{
  AhoyStoreWorker *self = g_new0 (AhoyStoreWorker, 1);

  self->path = g_strdup (path);
  self->pool = g_object_ref (pool);
  self->queue = ahoy_work_queue_new (pool, path);
  self->database = ahoy_store_database_new (path);
  return self;
}

static void
close_in_worker (gpointer data)
{
  g_clear_pointer ((AhoyStoreDatabase **) data, ahoy_store_database_free);
}

/* Where the pool was stopped, nobody else uses the database. */
static void
close_here (gpointer data)
{
  close_in_worker (data);
  g_free (data);
}

void
ahoy_store_worker_free (AhoyStoreWorker *self)
{
  AhoyStoreDatabase **database = g_new0 (AhoyStoreDatabase *, 1);

  *database = self->database;
  ahoy_work_queue_push (self->queue, close_in_worker, NULL, database, close_here, NULL);
  g_object_unref (self->queue);
  g_object_unref (self->pool);
  g_free (self->path);
  g_free (self);
}

const char *
ahoy_store_worker_get_path (AhoyStoreWorker *self)
{
  return self->path;
}

AhoyStoreDatabase *
ahoy_store_worker_get_database (AhoyStoreWorker *self)
{
  return self->database;
}

gboolean
ahoy_store_worker_push (AhoyStoreWorker *self, AhoyTaskFunc work, AhoyTaskFunc done, gpointer data,
                        GDestroyNotify destroy)
{
  return ahoy_work_queue_push (self->queue, work, done, data, destroy, NULL) != 0;
}
