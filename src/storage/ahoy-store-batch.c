/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-batch.h"

/**
 * AhoyStoreBatch:
 *
 * Changes of a store that are made together or not at all.
 *
 * Since: 0.1
 */
struct _AhoyStoreBatch {
  GObject parent_instance;
  char *origin;
  GArray *items; /* Item */
};

typedef struct {
  AhoyStoreOperation operation;
  AhoyConfigObject *object; /* NULL for a deletion, and for a change of some keys */
  GVariant *keys;           /* a{ss}; NULL unless some keys change */
  char *type_name;
  char *name;
  guint64 expected_revision;
} Item;

G_DEFINE_FINAL_TYPE (AhoyStoreBatch, ahoy_store_batch, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyStoreOperation, ahoy_store_operation,
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_OPERATION_CREATE, "create"),
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_OPERATION_UPDATE, "update"),
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_OPERATION_DELETE, "delete"))

static void
item_clear (gpointer data)
{
  Item *item = data;

  g_clear_object (&item->object);
  g_clear_pointer (&item->keys, g_variant_unref);
  g_clear_pointer (&item->type_name, g_free);
  g_clear_pointer (&item->name, g_free);
}

static void
ahoy_store_batch_finalize (GObject *object)
{
  AhoyStoreBatch *self = AHOY_STORE_BATCH (object);

  g_free (self->origin);
  g_array_unref (self->items);
  G_OBJECT_CLASS (ahoy_store_batch_parent_class)->finalize (object);
}

static void
ahoy_store_batch_class_init (AhoyStoreBatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_batch_finalize;
}

static void
ahoy_store_batch_init (AhoyStoreBatch *self)
{
  self->items = g_array_new (FALSE, TRUE, sizeof (Item));
  g_array_set_clear_func (self->items, item_clear);
}

/**
 * ahoy_store_batch_new:
 * @origin: who makes the changes, such as the name of a node; those who watch are told
 *
 * Returns: (transfer full): a batch without changes
 *
 * Since: 0.1
 */
AhoyStoreBatch *
ahoy_store_batch_new (const char *origin)
{
  AhoyStoreBatch *self;

  g_return_val_if_fail (origin != NULL, NULL);

  self = g_object_new (AHOY_TYPE_STORE_BATCH, NULL);
  self->origin = g_strdup (origin);
  return self;
}

static void
add_item (AhoyStoreBatch *self, AhoyStoreOperation operation, AhoyConfigObject *object,
          const char *type_name, const char *name, guint64 expected_revision)
{
  Item item = { operation, object, NULL, g_strdup (type_name), g_strdup (name), expected_revision };

  if (object != NULL)
    ahoy_config_object_seal (g_object_ref (object));
  g_array_append_val (self->items, item);
}

/**
 * ahoy_store_batch_create:
 * @self: a batch
 * @object: (transfer none): a new object, which is sealed
 *
 * Adds the making of an object. When there is one of that type and name, the batch fails with
 * %AHOY_ERROR_EXISTS.
 *
 * Since: 0.1
 */
void
ahoy_store_batch_create (AhoyStoreBatch *self, AhoyConfigObject *object)
{
  g_return_if_fail (AHOY_IS_STORE_BATCH (self));
  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (object));

  add_item (self, AHOY_STORE_OPERATION_CREATE, object, ahoy_config_object_get_type_name (object),
            ahoy_config_object_get_name (object), AHOY_STORE_ANY_REVISION);
}

/**
 * ahoy_store_batch_update:
 * @self: a batch
 * @object: (transfer none): what the object of that type and name is to be; it is sealed
 * @expected_revision: the revision that the change was made from, or %AHOY_STORE_ANY_REVISION
 *
 * Adds the change of an object. When there is none of that type and name, the batch fails with
 * %AHOY_ERROR_NOT_FOUND; when it has another revision, with %AHOY_ERROR_CONFLICT.
 *
 * Since: 0.1
 */
void
ahoy_store_batch_update (AhoyStoreBatch *self, AhoyConfigObject *object, guint64 expected_revision)
{
  g_return_if_fail (AHOY_IS_STORE_BATCH (self));
  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (object));

  add_item (self, AHOY_STORE_OPERATION_UPDATE, object, ahoy_config_object_get_type_name (object),
            ahoy_config_object_get_name (object), expected_revision);
}

/**
 * ahoy_store_batch_change:
 * @self: a batch
 * @type_name: the type of an object, such as `endpoint`
 * @name: its name; empty where there is only one of the type
 * @keys: the keys that change, with the texts of their values as they would stand in a file, of
 *   type `a{ss}`; a floating reference is taken
 * @expected_revision: the revision that the change was made from, or %AHOY_STORE_ANY_REVISION
 *
 * Adds the change of some keys of an object; the others stay as they are when it is made. Beside
 * the errors of ahoy_store_batch_update(), the batch fails with %AHOY_ERROR_NOT_FOUND for an
 * unknown key, and with %AHOY_ERROR_INVALID_ARGUMENTS for a value that a key cannot have.
 *
 * Since: 0.1
 */
void
ahoy_store_batch_change (AhoyStoreBatch *self, const char *type_name, const char *name,
                         GVariant *keys, guint64 expected_revision)
{
  Item *item;

  g_return_if_fail (AHOY_IS_STORE_BATCH (self));
  g_return_if_fail (type_name != NULL && name != NULL);
  g_return_if_fail (keys != NULL && g_variant_is_of_type (keys, G_VARIANT_TYPE ("a{ss}")));

  add_item (self, AHOY_STORE_OPERATION_UPDATE, NULL, type_name, name, expected_revision);
  item = &g_array_index (self->items, Item, self->items->len - 1);
  item->keys = g_variant_ref_sink (keys);
}

/**
 * ahoy_store_batch_delete:
 * @self: a batch
 * @type_name: the type of an object, such as `endpoint`
 * @name: its name; empty where there is only one of the type
 * @expected_revision: the revision that is to go, or %AHOY_STORE_ANY_REVISION
 *
 * Adds the deletion of an object. When there is none of that type and name, the batch fails with
 * %AHOY_ERROR_NOT_FOUND; when it has another revision, with %AHOY_ERROR_CONFLICT.
 *
 * Since: 0.1
 */
void
ahoy_store_batch_delete (AhoyStoreBatch *self, const char *type_name, const char *name,
                         guint64 expected_revision)
{
  g_return_if_fail (AHOY_IS_STORE_BATCH (self));
  g_return_if_fail (type_name != NULL && name != NULL);

  add_item (self, AHOY_STORE_OPERATION_DELETE, NULL, type_name, name, expected_revision);
}

static Item *
get_item (AhoyStoreBatch *self, guint index)
{
  g_return_val_if_fail (AHOY_IS_STORE_BATCH (self), NULL);
  g_return_val_if_fail (index < self->items->len, NULL);

  return &g_array_index (self->items, Item, index);
}

/**
 * ahoy_store_batch_get_origin:
 * @self: a batch
 *
 * Returns: (transfer none): who makes the changes
 *
 * Since: 0.1
 */
const char *
ahoy_store_batch_get_origin (AhoyStoreBatch *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_BATCH (self), NULL);

  return self->origin;
}

/**
 * ahoy_store_batch_get_length:
 * @self: a batch
 *
 * Returns: the number of changes
 *
 * Since: 0.1
 */
guint
ahoy_store_batch_get_length (AhoyStoreBatch *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_BATCH (self), 0);

  return self->items->len;
}

/**
 * ahoy_store_batch_get_operation:
 * @self: a batch
 * @index: the place of a change, from 0
 *
 * Returns: what is done
 *
 * Since: 0.1
 */
AhoyStoreOperation
ahoy_store_batch_get_operation (AhoyStoreBatch *self, guint index)
{
  Item *item = get_item (self, index);

  return item != NULL ? item->operation : AHOY_STORE_OPERATION_CREATE;
}

/**
 * ahoy_store_batch_get_object:
 * @self: a batch
 * @index: the place of a change, from 0
 *
 * Returns: (transfer none) (nullable): what the object is to be; %NULL for a deletion, and where
 *   only some keys change, see ahoy_store_batch_get_keys()
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_store_batch_get_object (AhoyStoreBatch *self, guint index)
{
  Item *item = get_item (self, index);

  return item != NULL ? item->object : NULL;
}

/**
 * ahoy_store_batch_get_keys:
 * @self: a batch
 * @index: the place of a change, from 0
 *
 * Returns: (transfer none) (nullable): the keys that change and their texts, of type `a{ss}`; %NULL
 *   where the object changes as a whole
 *
 * Since: 0.1
 */
GVariant *
ahoy_store_batch_get_keys (AhoyStoreBatch *self, guint index)
{
  Item *item = get_item (self, index);

  return item != NULL ? item->keys : NULL;
}

static AhoyConfigObject *
change_keys (AhoyConfigObject *present, GVariant *keys, GError **error)
{
  g_autoptr (AhoyConfigObject) object = ahoy_config_object_copy (present);
  GVariantIter iter;
  const char *key, *text;

  g_variant_iter_init (&iter, keys);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &text)) {
    if (!ahoy_config_object_set_text (object, key, text, error))
      return NULL;
  }
  return g_steal_pointer (&object);
}

/**
 * ahoy_store_batch_make_object:
 * @self: a batch
 * @index: the place of a change, from 0
 * @present: (nullable): what the object is now; %NULL where there is none
 * @object: (out) (transfer full) (nullable): what the object is to be; %NULL for a deletion
 * @error: return location for an error of a key or of the object as a whole
 *
 * For those who implement a backend: what a change makes of an object.
 *
 * Returns: %TRUE when the change can be made
 *
 * Since: 0.1
 */
gboolean
ahoy_store_batch_make_object (AhoyStoreBatch *self, guint index, AhoyConfigObject *present,
                              AhoyConfigObject **object, GError **error)
{
  Item *item = get_item (self, index);
  g_autoptr (AhoyConfigObject) made = NULL;
  g_autofree char *label = NULL;

  g_return_val_if_fail (item != NULL && object != NULL, FALSE);
  g_return_val_if_fail (present == NULL || AHOY_IS_CONFIG_OBJECT (present), FALSE);
  g_return_val_if_fail (item->keys == NULL || present != NULL, FALSE);

  *object = NULL;
  if (item->operation == AHOY_STORE_OPERATION_DELETE)
    return TRUE;
  made = item->keys != NULL ? change_keys (present, item->keys, error)
                            : g_object_ref (item->object);
  if (made == NULL)
    return FALSE;
  if (ahoy_config_object_validate (made, error)) {
    *object = g_steal_pointer (&made);
    return TRUE;
  }
  label = ahoy_config_object_dup_label (made);
  g_prefix_error (error, "%s: ", label);
  return FALSE;
}

/**
 * ahoy_store_batch_get_type_name:
 * @self: a batch
 * @index: the place of a change, from 0
 *
 * Returns: (transfer none): the type of the object
 *
 * Since: 0.1
 */
const char *
ahoy_store_batch_get_type_name (AhoyStoreBatch *self, guint index)
{
  Item *item = get_item (self, index);

  return item != NULL ? item->type_name : NULL;
}

/**
 * ahoy_store_batch_get_name:
 * @self: a batch
 * @index: the place of a change, from 0
 *
 * Returns: (transfer none): the name of the object
 *
 * Since: 0.1
 */
const char *
ahoy_store_batch_get_name (AhoyStoreBatch *self, guint index)
{
  Item *item = get_item (self, index);

  return item != NULL ? item->name : NULL;
}

/**
 * ahoy_store_batch_get_expected_revision:
 * @self: a batch
 * @index: the place of a change, from 0
 *
 * Returns: the revision that the object has to have; %AHOY_STORE_ANY_REVISION for any
 *
 * Since: 0.1
 */
guint64
ahoy_store_batch_get_expected_revision (AhoyStoreBatch *self, guint index)
{
  Item *item = get_item (self, index);

  return item != NULL ? item->expected_revision : 0;
}
