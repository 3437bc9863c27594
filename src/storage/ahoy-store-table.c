/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-table-private.h"

#include <string.h>

#include "ahoy-error.h"

guint64
ahoy_store_table_start_revision (void)
{
  return g_get_real_time ();
}

/* What the object would be after the changes so far, which @changed has by label. */
static AhoyConfigObject *
find_object (AhoyConfigSet *objects, GHashTable *changed, const char *type_name, const char *name)
{
  g_autofree char *label = g_strconcat (type_name, " ", name, NULL);
  AhoyStoreChange *change = g_hash_table_lookup (changed, label);

  return change != NULL ? ahoy_store_change_get_object (change)
                        : ahoy_config_set_lookup (objects, type_name, name);
}

static gboolean
check_presence (AhoyStoreBatch *batch, guint index, AhoyConfigObject *present, GError **error)
{
  const char *type_name = ahoy_store_batch_get_type_name (batch, index);
  const char *name = ahoy_store_batch_get_name (batch, index);
  gboolean creation = ahoy_store_batch_get_operation (batch, index) == AHOY_STORE_OPERATION_CREATE;
  guint64 expected = ahoy_store_batch_get_expected_revision (batch, index);

  if (creation && present != NULL)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "%s %s is there already; change it, or choose another name", type_name, name);
  else if (!creation && present == NULL)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "there is no %s %s", type_name, name);
  else if (!creation && expected != AHOY_STORE_ANY_REVISION
           && expected != ahoy_config_object_get_revision (present))
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFLICT,
                 "%s %s was changed by somebody else; read it again", type_name, name);
  else
    return TRUE;
  return FALSE;
}

static AhoyConfigObject *
make_record (AhoyConfigObject *object, guint64 revision)
{
  AhoyConfigObject *record = ahoy_config_object_copy (object);

  ahoy_config_object_set_revision (record, revision);
  ahoy_config_object_seal (record);
  return record;
}

GPtrArray *
ahoy_store_table_prepare (AhoyConfigSet *objects, AhoyStoreBatch *batch, guint64 *revision,
                          GError **error)
{
  g_autoptr (GPtrArray) changes
      = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_store_change_unref);
  g_autoptr (GHashTable) changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *origin = ahoy_store_batch_get_origin (batch);

  for (guint i = 0; i < ahoy_store_batch_get_length (batch); i++) {
    const char *type_name = ahoy_store_batch_get_type_name (batch, i);
    const char *name = ahoy_store_batch_get_name (batch, i);
    AhoyConfigObject *present = find_object (objects, changed, type_name, name);
    g_autoptr (AhoyConfigObject) object = NULL;
    g_autoptr (AhoyConfigObject) record = NULL;

    if (!check_presence (batch, i, present, error)
        || !ahoy_store_batch_make_object (batch, i, present, &object, error))
      return NULL;
    *revision += 1;
    record = object != NULL ? make_record (object, *revision) : NULL;
    g_ptr_array_add (changes, ahoy_store_change_new (present, record, *revision, origin));
    g_hash_table_replace (changed, g_strconcat (type_name, " ", name, NULL),
                          changes->pdata[changes->len - 1]);
  }
  return g_steal_pointer (&changes);
}

/* Adds what became of those that are in @next; those that are new or equal keep their order. */
static void
compare_next (AhoyConfigSet *objects, AhoyConfigObject *object, AhoyConfigSet *next,
              guint64 *revision, const char *origin, GPtrArray *changes)
{
  AhoyConfigObject *present = ahoy_config_set_lookup (
      objects, ahoy_config_object_get_type_name (object), ahoy_config_object_get_name (object));
  gboolean equal = present != NULL && ahoy_config_object_equal (present, object);
  g_autoptr (AhoyConfigObject) record = NULL;

  *revision += equal ? 0 : 1;
  record = make_record (object, equal ? ahoy_config_object_get_revision (present) : *revision);
  ahoy_config_set_replace (next, record);
  if (!equal)
    g_ptr_array_add (changes, ahoy_store_change_new (present, record, *revision, origin));
}

GPtrArray *
ahoy_store_table_compare (AhoyConfigSet *objects, AhoyConfigSet *next, guint64 *revision,
                          const char *origin)
{
  g_autoptr (GPtrArray) before = ahoy_config_set_list (objects, NULL);
  g_autoptr (GPtrArray) after = ahoy_config_set_list (next, NULL);
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_store_change_unref);

  for (guint i = 0; i < before->len; i++) {
    AhoyConfigObject *object = before->pdata[i];

    if (ahoy_config_set_lookup (next, ahoy_config_object_get_type_name (object),
                                ahoy_config_object_get_name (object))
        != NULL)
      continue;
    *revision += 1;
    g_ptr_array_add (changes, ahoy_store_change_new (object, NULL, *revision, origin));
  }
  for (guint i = 0; i < after->len; i++)
    compare_next (objects, after->pdata[i], next, revision, origin, changes);
  return changes;
}

/* What was copied from elsewhere says nothing about where it stands now. */
static void
adopt (AhoyStoreChange **change, const char *file)
{
  AhoyConfigObject *object = ahoy_store_change_get_object (*change);
  g_autoptr (AhoyConfigObject) record = NULL;
  AhoyStoreChange *adopted;

  if (object == NULL)
    return;
  record = ahoy_config_object_copy (object);
  ahoy_config_object_set_origin (record, file, 0);
  ahoy_config_object_seal (record);
  adopted = ahoy_store_change_new (ahoy_store_change_get_previous (*change), record,
                                   ahoy_store_change_get_revision (*change),
                                   ahoy_store_change_get_origin (*change));
  ahoy_store_change_unref (*change);
  *change = adopted;
}

void
ahoy_store_table_adopt (GPtrArray *changes, const char *file)
{
  for (guint i = 0; i < changes->len; i++)
    adopt ((AhoyStoreChange **)&changes->pdata[i], file);
}

void
ahoy_store_table_commit (AhoyConfigSet *objects, GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++) {
    AhoyConfigObject *object = ahoy_store_change_get_object (changes->pdata[i]);

    if (object != NULL)
      ahoy_config_set_replace (objects, object);
    else
      ahoy_config_set_remove (objects, ahoy_store_change_get_type_name (changes->pdata[i]),
                              ahoy_store_change_get_name (changes->pdata[i]));
  }
}

void
ahoy_store_table_announce (AhoyStoreBackend *backend, GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    ahoy_store_backend_announce (backend, changes->pdata[i]);
}

GPtrArray *
ahoy_store_table_find (AhoyConfigSet *objects, AhoyStoreQuery *query)
{
  const char *type_name = ahoy_store_query_get_type_name (query);
  const char *name = ahoy_store_query_get_name (query);
  guint limit = ahoy_store_query_get_limit (query);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) all = NULL;

  if (name != NULL) {
    AhoyConfigObject *object = ahoy_config_set_lookup (objects, type_name, name);

    if (object != NULL && ahoy_store_query_matches (query, object))
      g_ptr_array_add (found, g_object_ref (object));
    return found;
  }
  all = ahoy_config_set_list (objects, type_name);
  for (guint i = 0; i < all->len && (limit == 0 || found->len < limit); i++) {
    if (ahoy_store_query_matches (query, all->pdata[i]))
      g_ptr_array_add (found, g_object_ref (all->pdata[i]));
  }
  return found;
}

void
ahoy_store_table_query_async (AhoyStoreBackend *backend, AhoyConfigSet *objects,
                              AhoyStoreQuery *query, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (backend, cancellable, callback, user_data);

  if (g_task_return_error_if_cancelled (task))
    return;
  g_task_return_pointer (task, ahoy_store_table_find (objects, query),
                         (GDestroyNotify)g_ptr_array_unref);
}

GPtrArray *
ahoy_store_table_query_finish (AhoyStoreBackend *backend, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, backend), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
ahoy_store_table_apply_finish (AhoyStoreBackend *backend, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, backend), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
