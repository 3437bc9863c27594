/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-store-database-private.h"
#include "ahoy-work-queue.h"

G_BEGIN_DECLS

/* A database, and the queue by which one thread of a pool at a time has it. Nobody waits for the
 * disk but that thread, which closes it in the end. */
typedef struct _AhoyStoreWorker AhoyStoreWorker;

AhoyStoreWorker *ahoy_store_worker_new (AhoyWorkPool *pool, const char *path);
/* The database is closed behind what is pushed already. */
void ahoy_store_worker_free (AhoyStoreWorker *self);

const char *ahoy_store_worker_get_path (AhoyStoreWorker *self);
/* For what is pushed; for others only as long as nothing is. */
AhoyStoreDatabase *ahoy_store_worker_get_database (AhoyStoreWorker *self);
/* As ahoy_work_queue_push(). */
gboolean ahoy_store_worker_push (AhoyStoreWorker *self, AhoyTaskFunc work, AhoyTaskFunc done,
                                 gpointer data, GDestroyNotify destroy);

G_END_DECLS
