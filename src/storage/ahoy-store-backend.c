/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-backend.h"

/**
 * AhoyStoreBackend:
 *
 * A place where objects are kept: memory, files, a database. #AhoyStore puts several together.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyStoreBackend, ahoy_store_backend, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
ahoy_store_backend_default_init (AhoyStoreBackendInterface *iface)
{
  /**
   * AhoyStoreBackend::changed:
   * @self: a backend
   * @change: what became of an object
   *
   * An object was created, changed or deleted.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", AHOY_TYPE_STORE_BACKEND, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_STORE_CHANGE);
}

/**
 * ahoy_store_backend_can_write:
 * @self: a backend
 * @type_name: the type of objects, such as `endpoint`
 *
 * Returns: %TRUE when objects of the type can be created here
 *
 * Since: 0.1
 */
gboolean
ahoy_store_backend_can_write (AhoyStoreBackend *self, const char *type_name)
{
  g_return_val_if_fail (AHOY_IS_STORE_BACKEND (self), FALSE);
  g_return_val_if_fail (type_name != NULL, FALSE);

  return AHOY_STORE_BACKEND_GET_IFACE (self)->can_write (self, type_name);
}

/**
 * ahoy_store_backend_apply_async:
 * @self: a backend
 * @batch: changes
 * @cancellable: (nullable): ends the waiting, but not what has begun
 * @callback: (scope async): called when the changes cannot be lost any more, or could not be made
 * @user_data: data for @callback
 *
 * Makes all changes, or none.
 *
 * Since: 0.1
 */
void
ahoy_store_backend_apply_async (AhoyStoreBackend *self, AhoyStoreBatch *batch,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (AHOY_IS_STORE_BACKEND (self));
  g_return_if_fail (AHOY_IS_STORE_BATCH (batch));

  AHOY_STORE_BACKEND_GET_IFACE (self)->apply_async (self, batch, cancellable, callback, user_data);
}

/**
 * ahoy_store_backend_apply_finish:
 * @self: a backend
 * @result: what the callback was given
 * @error: return location for an error: %AHOY_ERROR_EXISTS, %AHOY_ERROR_NOT_FOUND,
 *   %AHOY_ERROR_CONFLICT, %AHOY_ERROR_CONFIGURATION_INVALID or %AHOY_ERROR_NOT_SUPPORTED; then
 *   nothing was changed
 *
 * Returns: %TRUE when all changes were made
 *
 * Since: 0.1
 */
gboolean
ahoy_store_backend_apply_finish (AhoyStoreBackend *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_STORE_BACKEND (self), FALSE);

  return AHOY_STORE_BACKEND_GET_IFACE (self)->apply_finish (self, result, error);
}

/**
 * ahoy_store_backend_query_async:
 * @self: a backend
 * @query: what is looked for
 * @cancellable: (nullable): ends the search
 * @callback: (scope async): called with the result
 * @user_data: data for @callback
 *
 * Looks for objects.
 *
 * Since: 0.1
 */
void
ahoy_store_backend_query_async (AhoyStoreBackend *self, AhoyStoreQuery *query,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (AHOY_IS_STORE_BACKEND (self));
  g_return_if_fail (AHOY_IS_STORE_QUERY (query));

  AHOY_STORE_BACKEND_GET_IFACE (self)->query_async (self, query, cancellable, callback, user_data);
}

/**
 * ahoy_store_backend_query_finish:
 * @self: a backend
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type AhoyConfigObject) (nullable): what was found; all of
 *   them are sealed
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_store_backend_query_finish (AhoyStoreBackend *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_STORE_BACKEND (self), NULL);

  return AHOY_STORE_BACKEND_GET_IFACE (self)->query_finish (self, result, error);
}

/**
 * ahoy_store_backend_read_all:
 * @self: a backend
 * @problems: (element-type AhoyConfigProblem): where it is added what is wrong
 *
 * Reads all objects in the calling thread, which waits for the disk: for a program that begins. A
 * backend that cannot be read has none, and a problem. What differs from before is announced where
 * the backend knows what was before.
 *
 * Returns: (transfer full): the objects, all of which are sealed
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_store_backend_read_all (AhoyStoreBackend *self, GPtrArray *problems)
{
  AhoyStoreBackendInterface *iface;

  g_return_val_if_fail (AHOY_IS_STORE_BACKEND (self), NULL);
  g_return_val_if_fail (problems != NULL, NULL);

  iface = AHOY_STORE_BACKEND_GET_IFACE (self);
  return iface->read_all != NULL ? iface->read_all (self, problems) : ahoy_config_set_new ();
}

/**
 * ahoy_store_backend_announce:
 * @self: a backend
 * @change: what became of an object
 *
 * Emits #AhoyStoreBackend::changed; for those who implement a backend.
 *
 * Since: 0.1
 */
void
ahoy_store_backend_announce (AhoyStoreBackend *self, AhoyStoreChange *change)
{
  g_return_if_fail (AHOY_IS_STORE_BACKEND (self));
  g_return_if_fail (change != NULL);

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, change);
}
