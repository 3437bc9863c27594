/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-store-backend.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STORE (ahoy_store_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStore, ahoy_store, AHOY, STORE, GObject)

AHOY_API
AhoyStore *ahoy_store_new (void);
AHOY_API
gboolean ahoy_store_add_backend (AhoyStore *self, AhoyStoreBackend *backend, const char *name,
                                 const char *const *types, GError **error);
AHOY_API
char **ahoy_store_list_backends (AhoyStore *self);
AHOY_API
AhoyStoreBackend *ahoy_store_get_backend (AhoyStore *self, const char *name);
AHOY_API
gboolean ahoy_store_keeps (AhoyStore *self, const char *name, const char *type_name);
AHOY_API
void ahoy_store_reload (AhoyStore *self);
AHOY_API
AhoyConfigSet *ahoy_store_load (AhoyStore *self, GPtrArray **problems);
AHOY_API
void ahoy_store_get_async (AhoyStore *self, const char *type_name, const char *name,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
AHOY_API
AhoyConfigObject *ahoy_store_get_finish (AhoyStore *self, GAsyncResult *result, GError **error);
AHOY_API
void ahoy_store_query_async (AhoyStore *self, AhoyStoreQuery *query, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
GPtrArray *ahoy_store_query_finish (AhoyStore *self, GAsyncResult *result, GError **error);
AHOY_API
void ahoy_store_apply_async (AhoyStore *self, AhoyStoreBatch *batch, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_store_apply_finish (AhoyStore *self, GAsyncResult *result, GError **error);
AHOY_API
void ahoy_store_create_async (AhoyStore *self, AhoyConfigObject *object, const char *origin,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
AHOY_API
void ahoy_store_update_async (AhoyStore *self, AhoyConfigObject *object, guint64 expected_revision,
                              const char *origin, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
void ahoy_store_delete_async (AhoyStore *self, const char *type_name, const char *name,
                              guint64 expected_revision, const char *origin,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);

G_END_DECLS
