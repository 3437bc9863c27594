/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store.h"

#include <string.h>

#include "ahoy-config-problem.h"
#include "ahoy-error.h"
#include "ahoy-store-cache.h"

/**
 * AhoyStore:
 *
 * All objects, wherever they are kept. Each type has one or more backends; an object of the first
 * hides one of the same name in a later one. Changes go to the backend that has the object, new
 * objects to the first that can write.
 *
 * Since: 0.1
 */
struct _AhoyStore {
  GObject parent_instance;
  GPtrArray *mounts; /* Mount */
};

/* A backend and what it is for. */
typedef struct {
  AhoyStoreBackend *backend;
  char *name;
  char **types; /* NULL for all */
  gulong handler;
} Mount;

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyStore, ahoy_store, G_TYPE_OBJECT)

static void
mount_free (gpointer data)
{
  Mount *mount = data;

  g_signal_handler_disconnect (mount->backend, mount->handler);
  g_object_unref (mount->backend);
  g_free (mount->name);
  g_strfreev (mount->types);
  g_free (mount);
}

static void
ahoy_store_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_STORE (object)->mounts);
  G_OBJECT_CLASS (ahoy_store_parent_class)->finalize (object);
}

static void
ahoy_store_class_init (AhoyStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_finalize;

  /**
   * AhoyStore::changed:
   * @self: a store
   * @change: what became of an object
   *
   * An object was created, changed or deleted in one of the backends.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", AHOY_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_STORE_CHANGE);
}

static void
ahoy_store_init (AhoyStore *self)
{
  self->mounts = g_ptr_array_new_with_free_func (mount_free);
}

/**
 * ahoy_store_new:
 *
 * Returns: (transfer full): a store without backends
 *
 * Since: 0.1
 */
AhoyStore *
ahoy_store_new (void)
{
  return g_object_new (AHOY_TYPE_STORE, NULL);
}

/* -- backends ------------------------------------------------------------------------------- */

static void
on_changed (AhoyStoreBackend *backend, AhoyStoreChange *change, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0, change);
}

/**
 * ahoy_store_add_backend:
 * @self: a store
 * @backend: (transfer none): where objects are kept; the same kind of backend may be added many
 *   times
 * @name: what the backend is called
 * @types: (nullable) (array zero-terminated=1): the types of objects that it keeps; %NULL for all
 * @error: return location for an error: %AHOY_ERROR_EXISTS when there is a backend of that name
 *
 * Adds a backend behind those that are there.
 *
 * Returns: %TRUE when it was added
 *
 * Since: 0.1
 */
gboolean
ahoy_store_add_backend (AhoyStore *self, AhoyStoreBackend *backend, const char *name,
                        const char *const *types, GError **error)
{
  Mount *mount;

  g_return_val_if_fail (AHOY_IS_STORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_STORE_BACKEND (backend), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  for (guint i = 0; i < self->mounts->len; i++) {
    if (strcmp (((Mount *)self->mounts->pdata[i])->name, name) == 0) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                   "the store has a backend “%s” already; choose another name", name);
      return FALSE;
    }
  }
  mount = g_new0 (Mount, 1);
  mount->backend = g_object_ref (backend);
  mount->name = g_strdup (name);
  mount->types = g_strdupv ((char **)types);
  mount->handler = g_signal_connect (backend, "changed", G_CALLBACK (on_changed), self);
  g_ptr_array_add (self->mounts, mount);
  return TRUE;
}

/**
 * ahoy_store_list_backends:
 * @self: a store
 *
 * Returns: (transfer full): the names of the backends, in their order
 *
 * Since: 0.1
 */
char **
ahoy_store_list_backends (AhoyStore *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (AHOY_IS_STORE (self), NULL);

  for (guint i = 0; i < self->mounts->len; i++)
    g_strv_builder_add (names, ((Mount *)self->mounts->pdata[i])->name);
  return g_strv_builder_end (names);
}

/**
 * ahoy_store_get_backend:
 * @self: a store
 * @name: what the backend is called
 *
 * Returns: (transfer none) (nullable): the backend; %NULL when there is none of that name
 *
 * Since: 0.1
 */
AhoyStoreBackend *
ahoy_store_get_backend (AhoyStore *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_STORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->mounts->len; i++) {
    Mount *mount = self->mounts->pdata[i];

    if (strcmp (mount->name, name) == 0)
      return mount->backend;
  }
  return NULL;
}

static gboolean
keeps (Mount *mount, const char *type_name)
{
  return mount->types == NULL || g_strv_contains ((const char *const *)mount->types, type_name);
}

/**
 * ahoy_store_keeps:
 * @self: a store
 * @name: what a backend is called
 * @type_name: a type of objects
 *
 * Returns: %TRUE when there is a backend of that name, and it keeps objects of the type
 *
 * Since: 0.1
 */
gboolean
ahoy_store_keeps (AhoyStore *self, const char *name, const char *type_name)
{
  g_return_val_if_fail (AHOY_IS_STORE (self), FALSE);
  g_return_val_if_fail (name != NULL && type_name != NULL, FALSE);

  for (guint i = 0; i < self->mounts->len; i++) {
    Mount *mount = self->mounts->pdata[i];

    if (strcmp (mount->name, name) == 0)
      return keeps (mount, type_name);
  }
  return FALSE;
}

/**
 * ahoy_store_reload:
 * @self: a store
 *
 * To be called when the configuration is read again: caches of which
 * #AhoyStoreCache:expire-on-reload says so forget what they keep.
 *
 * Since: 0.1
 */
void
ahoy_store_reload (AhoyStore *self)
{
  g_return_if_fail (AHOY_IS_STORE (self));

  for (guint i = 0; i < self->mounts->len; i++) {
    Mount *mount = self->mounts->pdata[i];

    if (AHOY_IS_STORE_CACHE (mount->backend))
      ahoy_store_cache_reload (AHOY_STORE_CACHE (mount->backend));
  }
}

/**
 * ahoy_store_load:
 * @self: a store
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what is wrong
 *   in the backends
 *
 * Reads all objects of all backends in the calling thread, which waits for the disk: for a program
 * that begins. An object hides one of the same type and name in a later backend.
 *
 * Returns: (transfer full): the objects, all of which are sealed
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_store_load (AhoyStore *self, GPtrArray **problems)
{
  g_autoptr (GPtrArray) found
      = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
  AhoyConfigSet *all;

  g_return_val_if_fail (AHOY_IS_STORE (self), NULL);

  all = ahoy_config_set_new ();
  for (guint i = 0; i < self->mounts->len; i++) {
    Mount *mount = self->mounts->pdata[i];
    g_autoptr (AhoyConfigSet) part = ahoy_store_backend_read_all (mount->backend, found);
    g_autoptr (GPtrArray) objects = ahoy_config_set_list (part, NULL);

    for (guint k = 0; k < objects->len; k++) {
      if (keeps (mount, ahoy_config_object_get_type_name (objects->pdata[k])))
        ahoy_config_set_add (all, objects->pdata[k], NULL); /* but what is hidden */
    }
  }
  if (problems != NULL)
    *problems = g_steal_pointer (&found);
  return all;
}

/* The backends of a type, as they are now. */
static GPtrArray *
list_backends (AhoyStore *self, const char *type_name)
{
  GPtrArray *backends = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->mounts->len; i++) {
    Mount *mount = self->mounts->pdata[i];

    if (keeps (mount, type_name))
      g_ptr_array_add (backends, g_object_ref (mount->backend));
  }
  return backends;
}

/* -- queries -------------------------------------------------------------------------------- */

typedef struct {
  AhoyStoreQuery *query;
  GPtrArray *backends;
  guint index;
  GPtrArray *found;
  GHashTable *names;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_object_unref (search->query);
  g_ptr_array_unref (search->backends);
  g_ptr_array_unref (search->found);
  g_hash_table_unref (search->names);
  g_free (search);
}

static gboolean
is_enough (Search *search)
{
  guint limit = ahoy_store_query_get_limit (search->query);

  return search->index >= search->backends->len || (limit > 0 && search->found->len >= limit);
}

static void
take_found (Search *search, GPtrArray *found)
{
  guint limit = ahoy_store_query_get_limit (search->query);

  for (guint i = 0; i < found->len; i++) {
    const char *name = ahoy_config_object_get_name (found->pdata[i]);

    if ((limit == 0 || search->found->len < limit)
        && g_hash_table_add (search->names, g_strdup (name)))
      g_ptr_array_add (search->found, g_object_ref (found->pdata[i]));
  }
}

static void search_next (GTask *task);

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GPtrArray) found = NULL;
  Search *search = g_task_get_task_data (task);
  GError *error = NULL;

  found = ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (source), result, &error);
  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  take_found (search, found);
  search->index++;
  search_next (task);
}

static void
search_next (GTask *task)
{
  Search *search = g_task_get_task_data (task);

  if (is_enough (search))
    g_task_return_pointer (task, g_ptr_array_ref (search->found),
                           (GDestroyNotify)g_ptr_array_unref);
  else
    ahoy_store_backend_query_async (search->backends->pdata[search->index], search->query,
                                    g_task_get_cancellable (task), on_found, g_object_ref (task));
}

/**
 * ahoy_store_query_async:
 * @self: a store
 * @query: what is looked for
 * @cancellable: (nullable): ends the search
 * @callback: (scope async): called with the result
 * @user_data: data for @callback
 *
 * Looks for objects in all backends of the type. An object that another one hides is not found, if
 * the other one fits the query too.
 *
 * Since: 0.1
 */
void
ahoy_store_query_async (AhoyStore *self, AhoyStoreQuery *query, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Search *search;

  g_return_if_fail (AHOY_IS_STORE (self));
  g_return_if_fail (AHOY_IS_STORE_QUERY (query));

  task = g_task_new (self, cancellable, callback, user_data);
  search = g_new0 (Search, 1);
  search->query = g_object_ref (query);
  search->backends = list_backends (self, ahoy_store_query_get_type_name (query));
  search->found = g_ptr_array_new_with_free_func (g_object_unref);
  search->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_task_data (task, search, search_free);
  search_next (task);
}

/**
 * ahoy_store_query_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error of the backend
 *
 * Returns: (transfer container) (element-type AhoyConfigObject) (nullable): what was found; all of
 *   them are sealed and know their revision
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_store_query_finish (AhoyStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ahoy_store_get_async:
 * @self: a store
 * @type_name: the type of an object, such as `endpoint`
 * @name: its name; empty where there is only one of the type
 * @cancellable: (nullable): ends the search
 * @callback: (scope async): called with the result
 * @user_data: data for @callback
 *
 * Looks for one object.
 *
 * Since: 0.1
 */
void
ahoy_store_get_async (AhoyStore *self, const char *type_name, const char *name,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (AhoyStoreQuery) query = NULL;

  g_return_if_fail (AHOY_IS_STORE (self));
  g_return_if_fail (type_name != NULL && name != NULL);

  query = ahoy_store_query_new_for_name (type_name, name);
  ahoy_store_query_set_limit (query, 1);
  ahoy_store_query_async (self, query, cancellable, callback, user_data);
}

/**
 * ahoy_store_get_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error: %AHOY_ERROR_NOT_FOUND when there is no such object
 *
 * Returns: (transfer full) (nullable): the object, which is sealed and knows its revision
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_store_get_finish (AhoyStore *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) found = ahoy_store_query_finish (self, result, error);
  Search *search;

  if (found == NULL)
    return NULL;
  if (found->len > 0)
    return g_object_ref (found->pdata[0]);

  search = g_task_get_task_data (G_TASK (result));
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "there is no %s %s",
               ahoy_store_query_get_type_name (search->query),
               ahoy_store_query_get_name (search->query));
  return NULL;
}

/* -- changes -------------------------------------------------------------------------------- */

/* Finds the one backend that a batch is for, change by change and backend by backend. */
typedef struct {
  AhoyStoreBatch *batch;
  guint index;
  GHashTable *known;   /* labels of those before */
  GPtrArray *backends; /* of the type of the change */
  guint backend_index;
  AhoyStoreBackend *target;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_object_unref (change->batch);
  g_hash_table_unref (change->known);
  g_clear_pointer (&change->backends, g_ptr_array_unref);
  g_clear_object (&change->target);
  g_free (change);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (ahoy_store_backend_apply_finish (AHOY_STORE_BACKEND (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* An earlier change of the batch decides about this object. */
static gboolean
is_known (Change *change)
{
  return !g_hash_table_add (
      change->known,
      g_strconcat (ahoy_store_batch_get_type_name (change->batch, change->index), " ",
                   ahoy_store_batch_get_name (change->batch, change->index), NULL));
}

static void locate_next (GTask *task);

static void
take_target (GTask *task, AhoyStoreBackend *backend)
{
  Change *change = g_task_get_task_data (task);

  if (change->target != NULL && change->target != backend) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                             "the changes belong to several backends, which cannot make them "
                             "together; make them one after the other");
    return;
  }
  g_set_object (&change->target, backend);
  g_clear_pointer (&change->backends, g_ptr_array_unref);
  change->index++;
  locate_next (task);
}

/* No backend has the object. */
static void
take_absent (GTask *task)
{
  Change *change = g_task_get_task_data (task);
  const char *type_name = ahoy_store_batch_get_type_name (change->batch, change->index);

  if (ahoy_store_batch_get_operation (change->batch, change->index)
      != AHOY_STORE_OPERATION_CREATE) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "there is no %s %s", type_name,
                             ahoy_store_batch_get_name (change->batch, change->index));
    return;
  }
  for (guint i = 0; i < change->backends->len; i++) {
    if (ahoy_store_backend_can_write (change->backends->pdata[i], type_name)) {
      take_target (task, change->backends->pdata[i]);
      return;
    }
  }
  g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                           "no backend of the store writes objects of type %s; change the files",
                           type_name);
}

static void
on_located (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *change = g_task_get_task_data (task);
  g_autoptr (GPtrArray) found = NULL;
  GError *error = NULL;

  found = ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (source), result, &error);
  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (found->len > 0) {
    take_target (task, AHOY_STORE_BACKEND (source));
    return;
  }
  change->backend_index++;
  locate_next (task);
}

static void
locate_next (GTask *task)
{
  Change *change = g_task_get_task_data (task);
  AhoyStore *self = g_task_get_source_object (task);
  g_autoptr (AhoyStoreQuery) query = NULL;
  const char *type_name;

  while (change->backends == NULL && change->index < ahoy_store_batch_get_length (change->batch)
         && is_known (change))
    change->index++;
  if (change->index >= ahoy_store_batch_get_length (change->batch)) {
    if (change->target != NULL)
      ahoy_store_backend_apply_async (change->target, change->batch, g_task_get_cancellable (task),
                                      on_applied, g_object_ref (task));
    else
      g_task_return_boolean (task, TRUE);
    return;
  }

  type_name = ahoy_store_batch_get_type_name (change->batch, change->index);
  if (change->backends == NULL) {
    change->backends = list_backends (self, type_name);
    change->backend_index = 0;
  }
  if (change->backend_index >= change->backends->len) {
    take_absent (task);
    return;
  }
  query = ahoy_store_query_new_for_name (type_name,
                                         ahoy_store_batch_get_name (change->batch, change->index));
  ahoy_store_backend_query_async (change->backends->pdata[change->backend_index], query,
                                  g_task_get_cancellable (task), on_located, g_object_ref (task));
}

/**
 * ahoy_store_apply_async:
 * @self: a store
 * @batch: changes
 * @cancellable: (nullable): ends the waiting, but not what has begun
 * @callback: (scope async): called when the changes cannot be lost any more, or could not be made
 * @user_data: data for @callback
 *
 * Makes all changes, or none. All of them have to be for one backend.
 *
 * Since: 0.1
 */
void
ahoy_store_apply_async (AhoyStore *self, AhoyStoreBatch *batch, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Change *change;

  g_return_if_fail (AHOY_IS_STORE (self));
  g_return_if_fail (AHOY_IS_STORE_BATCH (batch));

  task = g_task_new (self, cancellable, callback, user_data);
  change = g_new0 (Change, 1);
  change->batch = g_object_ref (batch);
  change->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_task_data (task, change, change_free);
  locate_next (task);
}

/**
 * ahoy_store_apply_finish:
 * @self: a store
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
ahoy_store_apply_finish (AhoyStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- one object ----------------------------------------------------------------------------- */

/**
 * ahoy_store_create_async:
 * @self: a store
 * @object: (transfer none): a new object, which is sealed
 * @origin: who makes the change; those who watch are told
 * @cancellable: (nullable): ends the waiting, but not what has begun
 * @callback: (scope async): called when it is done; ends with ahoy_store_apply_finish()
 * @user_data: data for @callback
 *
 * Makes one object, as ahoy_store_batch_create() does.
 *
 * Since: 0.1
 */
void
ahoy_store_create_async (AhoyStore *self, AhoyConfigObject *object, const char *origin,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new (origin);

  ahoy_store_batch_create (batch, object);
  ahoy_store_apply_async (self, batch, cancellable, callback, user_data);
}

/**
 * ahoy_store_update_async:
 * @self: a store
 * @object: (transfer none): what the object of that type and name is to be; it is sealed
 * @expected_revision: the revision that the change was made from, or %AHOY_STORE_ANY_REVISION
 * @origin: who makes the change; those who watch are told
 * @cancellable: (nullable): ends the waiting, but not what has begun
 * @callback: (scope async): called when it is done; ends with ahoy_store_apply_finish()
 * @user_data: data for @callback
 *
 * Changes one object, as ahoy_store_batch_update() does.
 *
 * Since: 0.1
 */
void
ahoy_store_update_async (AhoyStore *self, AhoyConfigObject *object, guint64 expected_revision,
                         const char *origin, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new (origin);

  ahoy_store_batch_update (batch, object, expected_revision);
  ahoy_store_apply_async (self, batch, cancellable, callback, user_data);
}

/**
 * ahoy_store_delete_async:
 * @self: a store
 * @type_name: the type of an object, such as `endpoint`
 * @name: its name; empty where there is only one of the type
 * @expected_revision: the revision that is to go, or %AHOY_STORE_ANY_REVISION
 * @origin: who makes the change; those who watch are told
 * @cancellable: (nullable): ends the waiting, but not what has begun
 * @callback: (scope async): called when it is done; ends with ahoy_store_apply_finish()
 * @user_data: data for @callback
 *
 * Deletes one object, as ahoy_store_batch_delete() does.
 *
 * Since: 0.1
 */
void
ahoy_store_delete_async (AhoyStore *self, const char *type_name, const char *name,
                         guint64 expected_revision, const char *origin, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new (origin);

  ahoy_store_batch_delete (batch, type_name, name, expected_revision);
  ahoy_store_apply_async (self, batch, cancellable, callback, user_data);
}
