/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-datastore.h"

/**
 * AhoyDatastore:
 *
 * What extensions keep with something that is not theirs, such as a session: objects and data by
 * name. Each is let go of exactly once: when it is replaced or removed, or with the store.
 *
 * Anything may be done with the store while something in it is destroyed. A name begins with the
 * name of the extension, as in `voicemail/greeting`, so that two never meet.
 *
 * Since: 0.1
 */
struct _AhoyDatastore {
  GObject parent_instance;

  GHashTable *items; /* name → Item */
  guint64 next_name;
  gboolean closed; /* being destroyed: nothing is kept any more */
};

typedef struct {
  gpointer data;
  GDestroyNotify destroy;
  gboolean is_object;
} Item;

G_DEFINE_FINAL_TYPE (AhoyDatastore, ahoy_datastore, G_TYPE_OBJECT)

static void
item_free (Item *item)
{
  if (item->destroy != NULL) {
    item->destroy (item->data);
  }
  g_free (item);
}

/* Takes the item out before anybody is told, so that whoever is told finds the store in order. */
static Item *
take (AhoyDatastore *self, const char *name)
{
  g_autofree char *key = NULL;
  Item *item = NULL;

  g_hash_table_steal_extended (self->items, name, (gpointer *) &key, (gpointer *) &item);
  return item;
}

static void
put (AhoyDatastore *self, const char *name, gpointer data, GDestroyNotify destroy,
     gboolean is_object)
{
  Item *item = g_new (Item, 1);
  Item *old;

  item->data = data;
  item->destroy = destroy;
  item->is_object = is_object;
  if (self->closed) {
    item_free (item);
    return;
  }
  old = take (self, name);
  g_hash_table_insert (self->items, g_strdup (name), item);
  g_clear_pointer (&old, item_free);
}

static void
ahoy_datastore_dispose (GObject *object)
{
  AhoyDatastore *self = AHOY_DATASTORE (object);

  self->closed = TRUE;
  ahoy_datastore_clear (self);
  G_OBJECT_CLASS (ahoy_datastore_parent_class)->dispose (object);
}

static void
ahoy_datastore_finalize (GObject *object)
{
  AhoyDatastore *self = AHOY_DATASTORE (object);

  g_hash_table_unref (self->items);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_datastore_parent_class)->finalize (object);
}

static void
ahoy_datastore_class_init (AhoyDatastoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_datastore_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_datastore_finalize;
}

static void
ahoy_datastore_init (AhoyDatastore *self)
{
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->next_name = 1;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_datastore_new:
 *
 * Returns: (transfer full): an empty store
 *
 * Since: 0.1
 */
AhoyDatastore *
ahoy_datastore_new (void)
{
  return g_object_new (AHOY_TYPE_DATASTORE, NULL);
}

/**
 * ahoy_datastore_set_object:
 * @self: a store
 * @name: a name, not empty
 * @object: what to keep; the store takes a reference
 *
 * Keeps an object. What had the name before is let go of.
 *
 * Since: 0.1
 */
void
ahoy_datastore_set_object (AhoyDatastore *self, const char *name, GObject *object)
{
  g_return_if_fail (AHOY_IS_DATASTORE (self));
  g_return_if_fail (name != NULL && *name != '\0');
  g_return_if_fail (G_IS_OBJECT (object));

  put (self, name, g_object_ref (object), g_object_unref, TRUE);
}

/**
 * ahoy_datastore_add_object:
 * @self: a store
 * @object: what to keep; the store takes a reference
 *
 * Keeps an object under a name that nothing else has, for who wants to keep several of a kind.
 *
 * Returns: (transfer full): the name
 *
 * Since: 0.1
 */
char *
ahoy_datastore_add_object (AhoyDatastore *self, GObject *object)
{
  char *name = NULL;

  g_return_val_if_fail (AHOY_IS_DATASTORE (self), NULL);
  g_return_val_if_fail (G_IS_OBJECT (object), NULL);

  do {
    g_free (name);
    name = g_strdup_printf ("%s/%" G_GUINT64_FORMAT, G_OBJECT_TYPE_NAME (object),
                            self->next_name++);
  } while (g_hash_table_contains (self->items, name));
  ahoy_datastore_set_object (self, name, object);
  return name;
}

/**
 * ahoy_datastore_set_data_full: (skip)
 * @self: a store
 * @name: a name, not empty
 * @data: what to keep
 * @destroy: (nullable): called with @data when it is replaced or removed or the store goes, exactly
 *   once
 *
 * Keeps data, as the specification's `ast_sip_session_add_cookie` does. What had the name before is
 * let go of.
 *
 * Since: 0.1
 */
void
ahoy_datastore_set_data_full (AhoyDatastore *self, const char *name, gpointer data,
                              GDestroyNotify destroy)
{
  g_return_if_fail (AHOY_IS_DATASTORE (self));
  g_return_if_fail (name != NULL && *name != '\0');

  put (self, name, data, destroy, FALSE);
}

/**
 * ahoy_datastore_get_object:
 * @self: a store
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the object of that name; %NULL when there is none
 *
 * Since: 0.1
 */
GObject *
ahoy_datastore_get_object (AhoyDatastore *self, const char *name)
{
  Item *item;

  g_return_val_if_fail (AHOY_IS_DATASTORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  item = g_hash_table_lookup (self->items, name);
  return item != NULL && item->is_object ? G_OBJECT (item->data) : NULL;
}

/**
 * ahoy_datastore_get_data: (skip)
 * @self: a store
 * @name: a name
 *
 * Returns: (nullable): the data or object of that name; %NULL when there is none
 *
 * Since: 0.1
 */
gpointer
ahoy_datastore_get_data (AhoyDatastore *self, const char *name)
{
  Item *item;

  g_return_val_if_fail (AHOY_IS_DATASTORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  item = g_hash_table_lookup (self->items, name);
  return item != NULL ? item->data : NULL;
}

/**
 * ahoy_datastore_steal_data: (skip)
 * @self: a store
 * @name: a name
 *
 * Takes the data or object of that name out; its destroy notify is not called.
 *
 * Returns: (nullable): what was kept, now the caller's; %NULL when there was none
 *
 * Since: 0.1
 */
gpointer
ahoy_datastore_steal_data (AhoyDatastore *self, const char *name)
{
  g_autofree Item *item = NULL;

  g_return_val_if_fail (AHOY_IS_DATASTORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  item = take (self, name);
  return item != NULL ? item->data : NULL;
}

/**
 * ahoy_datastore_contains:
 * @self: a store
 * @name: a name
 *
 * Returns: whether something has that name
 *
 * Since: 0.1
 */
gboolean
ahoy_datastore_contains (AhoyDatastore *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_DATASTORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return g_hash_table_contains (self->items, name);
}

/**
 * ahoy_datastore_remove:
 * @self: a store
 * @name: a name
 *
 * Lets go of what has that name.
 *
 * Returns: whether there was something
 *
 * Since: 0.1
 */
gboolean
ahoy_datastore_remove (AhoyDatastore *self, const char *name)
{
  Item *item;

  g_return_val_if_fail (AHOY_IS_DATASTORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  item = take (self, name);
  if (item == NULL) {
    return FALSE;
  }
  item_free (item);
  return TRUE;
}

/**
 * ahoy_datastore_clear:
 * @self: a store
 *
 * Lets go of everything that is kept at this moment, in no order.
 *
 * Since: 0.1
 */
void
ahoy_datastore_clear (AhoyDatastore *self)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (AhoyDatastore) hold = NULL;

  g_return_if_fail (AHOY_IS_DATASTORE (self));

  hold = g_object_ref (self);
  names = ahoy_datastore_list_names (self);
  for (gsize i = 0; names[i] != NULL; i++) {
    ahoy_datastore_remove (self, names[i]); /* unless another one's destroy removed it */
  }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * ahoy_datastore_list_names:
 * @self: a store
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of what is kept, sorted
 *
 * Since: 0.1
 */
char **
ahoy_datastore_list_names (AhoyDatastore *self)
{
  GPtrArray *names;
  GHashTableIter iter;
  gpointer name;

  g_return_val_if_fail (AHOY_IS_DATASTORE (self), NULL);

  names = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}
