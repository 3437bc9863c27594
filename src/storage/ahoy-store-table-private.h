/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-set.h"
#include "ahoy-store-backend.h"
#include "ahoy-store-batch.h"
#include "ahoy-store-change.h"
#include "ahoy-store-query.h"

G_BEGIN_DECLS

/* What backends that hold all of their objects in memory share. */

/* A revision that is larger than all that were given before, also before a restart. */
guint64 ahoy_store_table_start_revision (void);

/* The changes that @batch makes to @objects, without making them; NULL with an error when it
 * cannot. Each new object has a revision from *@revision, which is counted up. */
GPtrArray *ahoy_store_table_prepare (AhoyConfigSet *objects, AhoyStoreBatch *batch,
                                     guint64 *revision, GError **error);
/* The changes that make @next of @objects; the objects of @next are replaced by those of @objects
 * where they are equal, and by copies with a revision elsewhere. */
GPtrArray *ahoy_store_table_compare (AhoyConfigSet *objects, AhoyConfigSet *next, guint64 *revision,
                                     const char *origin);
/* The objects of @changes stand in @file from now on. */
void ahoy_store_table_adopt (GPtrArray *changes, const char *file);
void ahoy_store_table_commit (AhoyConfigSet *objects, GPtrArray *changes);
void ahoy_store_table_announce (AhoyStoreBackend *backend, GPtrArray *changes);

/* What fits a query; owns its objects. */
GPtrArray *ahoy_store_table_find (AhoyConfigSet *objects, AhoyStoreQuery *query);

/* What a backend does for a query, and for the results of both of its operations. */
void ahoy_store_table_query_async (AhoyStoreBackend *backend, AhoyConfigSet *objects,
                                   AhoyStoreQuery *query, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ahoy_store_table_query_finish (AhoyStoreBackend *backend, GAsyncResult *result,
                                          GError **error);
gboolean ahoy_store_table_apply_finish (AhoyStoreBackend *backend, GAsyncResult *result,
                                        GError **error);

G_END_DECLS
