/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-config-set.h"
#include "ahoy-store-batch.h"
#include "ahoy-store-change.h"
#include "ahoy-store-query.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STORE_BACKEND (ahoy_store_backend_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyStoreBackend, ahoy_store_backend, AHOY, STORE_BACKEND, GObject)

/**
 * AhoyStoreBackendInterface:
 * @can_write: whether objects of a type can be created here
 * @apply_async: makes all changes of a batch, or none
 * @apply_finish: tells what became of it
 * @query_async: looks for objects
 * @query_finish: tells what was found; the array owns its objects, which are sealed
 * @read_all: reads all objects in the calling thread, which waits for the disk, and adds
 *   #AhoyConfigProblem to @problems; for a program that begins
 *
 * Where objects are kept. Callbacks run in the thread-default main context of the caller. A change
 * is announced by #AhoyStoreBackend::changed when it will not be lost any more, before the callback
 * of @apply_async.
 *
 * Since: 0.1
 */
struct _AhoyStoreBackendInterface {
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  gboolean (*can_write) (AhoyStoreBackend *self, const char *type_name);
  void (*apply_async) (AhoyStoreBackend *self, AhoyStoreBatch *batch, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*apply_finish) (AhoyStoreBackend *self, GAsyncResult *result, GError **error);
  void (*query_async) (AhoyStoreBackend *self, AhoyStoreQuery *query, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*query_finish) (AhoyStoreBackend *self, GAsyncResult *result, GError **error);
  AhoyConfigSet *(*read_all) (AhoyStoreBackend *self, GPtrArray *problems);

  /*< private >*/
  gpointer padding[7];
};

AHOY_API
gboolean ahoy_store_backend_can_write (AhoyStoreBackend *self, const char *type_name);
AHOY_API
void ahoy_store_backend_apply_async (AhoyStoreBackend *self, AhoyStoreBatch *batch,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
AHOY_API
gboolean ahoy_store_backend_apply_finish (AhoyStoreBackend *self, GAsyncResult *result,
                                          GError **error);
AHOY_API
void ahoy_store_backend_query_async (AhoyStoreBackend *self, AhoyStoreQuery *query,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
AHOY_API
GPtrArray *ahoy_store_backend_query_finish (AhoyStoreBackend *self, GAsyncResult *result,
                                            GError **error);
AHOY_API
AhoyConfigSet *ahoy_store_backend_read_all (AhoyStoreBackend *self, GPtrArray *problems);
AHOY_API
void ahoy_store_backend_announce (AhoyStoreBackend *self, AhoyStoreChange *change);

G_END_DECLS
