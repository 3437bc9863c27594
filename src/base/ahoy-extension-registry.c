/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-extension-private.h"

/**
 * AhoyExtension:
 *
 * An object in an #AhoyExtensionRegistry, with what was said of it when it was added. It does not
 * change.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (AhoyExtension, ahoy_extension, ahoy_extension_ref, ahoy_extension_unref)

/**
 * AhoyExtensionSnapshot:
 *
 * The extensions of one interface in their order, as they were at one moment. Walking it is safe
 * whatever is added or removed meanwhile.
 *
 * Since: 0.1
 */
struct _AhoyExtensionSnapshot {
  gatomicrefcount ref_count;
  GPtrArray *entries;
};

G_DEFINE_BOXED_TYPE (AhoyExtensionSnapshot, ahoy_extension_snapshot, ahoy_extension_snapshot_ref,
                     ahoy_extension_snapshot_unref)

/**
 * AhoyExtensionRegistry:
 *
 * Where extensions are found: for each interface a list of objects in a defined order. Every
 * application reads its own interface only.
 *
 * The order is that of registration, changed by the names that an extension wants to be before or
 * after.
 *
 * Since: 0.1
 */
struct _AhoyExtensionRegistry {
  GObject parent_instance;

  GHashTable *lists; /* GType → AhoyExtensionSnapshot */
  guint next_serial;
  AhoyExtensionTally *tally;
};

enum { SIGNAL_ADDED, SIGNAL_REMOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyExtensionRegistry, ahoy_extension_registry, G_TYPE_OBJECT)

/**
 * ahoy_extension_ref:
 * @self: an extension
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyExtension *
ahoy_extension_ref (AhoyExtension *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * ahoy_extension_unref:
 * @self: (transfer full): an extension
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
ahoy_extension_unref (AhoyExtension *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count)) {
    return;
  }
  g_object_unref (self->object);
  g_free (self->name);
  g_strfreev (self->before);
  g_strfreev (self->after);
  g_strfreev (self->methods);
  g_rc_box_release (self->tally);
  g_free (self);
}

/**
 * ahoy_extension_get_object:
 * @self: an extension
 *
 * Returns: (transfer none): the object
 *
 * Since: 0.1
 */
GObject *
ahoy_extension_get_object (AhoyExtension *self)
{
  return self->object;
}

/**
 * ahoy_extension_get_name:
 * @self: an extension
 *
 * Returns: (transfer none): its name
 *
 * Since: 0.1
 */
const char *
ahoy_extension_get_name (AhoyExtension *self)
{
  return self->name;
}

/**
 * ahoy_extension_get_methods:
 * @self: an extension
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the methods it wants to see; %NULL
 *   for all
 *
 * Since: 0.1
 */
const char *const *
ahoy_extension_get_methods (AhoyExtension *self)
{
  return (const char *const *) self->methods;
}

/**
 * ahoy_extension_matches:
 * @self: an extension
 * @method: a SIP method
 *
 * Returns: whether the extension wants to see messages of that method
 *
 * Since: 0.1
 */
gboolean
ahoy_extension_matches (AhoyExtension *self, const char *method)
{
  return self->methods == NULL || g_strv_contains ((const char *const *) self->methods, method);
}

/**
 * ahoy_extension_snapshot_ref:
 * @self: a snapshot
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyExtensionSnapshot *
ahoy_extension_snapshot_ref (AhoyExtensionSnapshot *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * ahoy_extension_snapshot_unref:
 * @self: (transfer full): a snapshot
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
ahoy_extension_snapshot_unref (AhoyExtensionSnapshot *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count)) {
    return;
  }
  g_ptr_array_unref (self->entries);
  g_free (self);
}

/**
 * ahoy_extension_snapshot_get_length:
 * @self: a snapshot
 *
 * Returns: the number of extensions
 *
 * Since: 0.1
 */
guint
ahoy_extension_snapshot_get_length (AhoyExtensionSnapshot *self)
{
  return self->entries->len;
}

/**
 * ahoy_extension_snapshot_get:
 * @self: a snapshot
 * @index: a position, less than the length
 *
 * Returns: (transfer none): the extension at that position
 *
 * Since: 0.1
 */
AhoyExtension *
ahoy_extension_snapshot_get (AhoyExtensionSnapshot *self, guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);

  return self->entries->pdata[index];
}

static AhoyExtensionSnapshot *
snapshot_new (void)
{
  AhoyExtensionSnapshot *self = g_new0 (AhoyExtensionSnapshot, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_extension_unref);
  return self;
}

static void
ahoy_extension_registry_finalize (GObject *object)
{
  AhoyExtensionRegistry *self = AHOY_EXTENSION_REGISTRY (object);

  g_hash_table_unref (self->lists);
  g_rc_box_release (self->tally);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_extension_registry_parent_class)->finalize (object);
}

static void
ahoy_extension_registry_class_init (AhoyExtensionRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_extension_registry_finalize;

  /**
   * AhoyExtensionRegistry::extension-added:
   * @self: the registry
   * @interface_type: the interface
   * @extension: what was added
   *
   * An extension was added.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ADDED] =
      g_signal_new ("extension-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_GTYPE, G_TYPE_OBJECT);
  /**
   * AhoyExtensionRegistry::extension-removed:
   * @self: the registry
   * @interface_type: the interface
   * @extension: what was removed
   *
   * An extension was removed.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REMOVED] =
      g_signal_new ("extension-removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_GTYPE, G_TYPE_OBJECT);
}

static void
ahoy_extension_registry_init (AhoyExtensionRegistry *self)
{
  self->lists = g_hash_table_new_full (NULL, NULL, NULL,
                                       (GDestroyNotify) ahoy_extension_snapshot_unref);
  self->tally = g_rc_box_new0 (AhoyExtensionTally);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_extension_registry_new:
 *
 * Returns: (transfer full): an empty registry
 *
 * Since: 0.1
 */
AhoyExtensionRegistry *
ahoy_extension_registry_new (void)
{
  return g_object_new (AHOY_TYPE_EXTENSION_REGISTRY, NULL);
}

static gboolean
comes_before (const AhoyExtension *one, const AhoyExtension *other)
{
  return (one->before != NULL &&
          g_strv_contains ((const char *const *) one->before, other->name)) ||
         (other->after != NULL && g_strv_contains ((const char *const *) other->after, one->name));
}

/* Is anything that is still to be placed meant to come before @candidate? */
static gboolean
has_to_wait (GPtrArray *left, const AhoyExtension *candidate)
{
  for (guint i = 0; i < left->len; i++) {
    if (left->pdata[i] != candidate && comes_before (left->pdata[i], candidate)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* What stands in a cycle waits for something that waits too; everything else that is left only
 * waits for the cycle. */
static char *
name_cycle (GPtrArray *left)
{
  g_autoptr (GPtrArray) walk = g_ptr_array_new ();
  g_autoptr (GString) names = g_string_new (NULL);
  AhoyExtension *at = left->pdata[0];
  guint begin;

  while (!g_ptr_array_find (walk, at, &begin)) {
    g_ptr_array_add (walk, at);
    for (guint i = 0; i < left->len; i++) {
      if (left->pdata[i] != at && comes_before (left->pdata[i], at)) {
        at = left->pdata[i];
        break;
      }
    }
  }
  for (guint i = walk->len; i > begin; i--) {
    g_string_append_printf (names, "%s → ", ((AhoyExtension *) walk->pdata[i - 1])->name);
  }
  g_string_append (names, ((AhoyExtension *) walk->pdata[walk->len - 1])->name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* Orders by registration, as far as before and after allow. NULL with an error for a cycle. */
static AhoyExtensionSnapshot *
sort_entries (GPtrArray *entries, GError **error)
{
  g_autoptr (AhoyExtensionSnapshot) sorted = snapshot_new ();
  g_autoptr (GPtrArray) left = g_ptr_array_copy (entries, NULL, NULL);

  g_ptr_array_set_free_func (left, NULL);
  while (left->len > 0) {
    guint best = left->len;

    for (guint i = 0; i < left->len; i++) {
      const AhoyExtension *entry = left->pdata[i];

      if (!has_to_wait (left, entry) &&
          (best == left->len || entry->serial < ((AhoyExtension *) left->pdata[best])->serial)) {
        best = i;
      }
    }
    if (best == left->len) {
      g_autofree char *cycle = name_cycle (left);

      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The extensions want to be before one another in a circle: %s", cycle);
      return NULL;
    }
    g_ptr_array_add (sorted->entries, ahoy_extension_ref (left->pdata[best]));
    g_ptr_array_remove_index (left, best);
  }
  return g_steal_pointer (&sorted);
}

static AhoyExtension *
find_by_name (AhoyExtensionSnapshot *list, const char *name)
{
  for (guint i = 0; list != NULL && i < list->entries->len; i++) {
    AhoyExtension *entry = list->entries->pdata[i];

    if (g_str_equal (entry->name, name)) {
      return entry;
    }
  }
  return NULL;
}

static AhoyExtension *
extension_new (AhoyExtensionRegistry *self, GObject *object, const char *name,
               const char *const *before, const char *const *after, const char *const *methods)
{
  AhoyExtension *entry = g_new0 (AhoyExtension, 1);

  g_atomic_ref_count_init (&entry->ref_count);
  entry->object = g_object_ref (object);
  entry->name = g_strdup (name);
  entry->before = g_strdupv ((char **) before);
  entry->after = g_strdupv ((char **) after);
  entry->methods = g_strdupv ((char **) methods);
  entry->serial = self->next_serial++;
  entry->tally = g_rc_box_acquire (self->tally);
  return entry;
}

/**
 * ahoy_extension_registry_add:
 * @self: a registry
 * @interface_type: the interface that the extension is added for
 * @extension: an object that implements it
 * @name: a name, not used yet for that interface
 * @before: (nullable) (array zero-terminated=1): names of extensions that come later
 * @after: (nullable) (array zero-terminated=1): names of extensions that come first
 * @methods: (nullable) (array zero-terminated=1): the SIP methods it wants to see; %NULL for all
 * @error: return location for an error
 *
 * Adds an extension. Names in @before and @after that nobody has are ignored, until somebody has
 * them.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when the name is taken, or with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when the object does not implement the interface or the order
 *   would be a circle; the registry is then as it was
 *
 * Since: 0.1
 */
gboolean
ahoy_extension_registry_add (AhoyExtensionRegistry *self, GType interface_type, GObject *extension,
                             const char *name, const char *const *before, const char *const *after,
                             const char *const *methods, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (AhoyExtension) entry = NULL;
  AhoyExtensionSnapshot *list;
  AhoyExtensionSnapshot *sorted;

  g_return_val_if_fail (AHOY_IS_EXTENSION_REGISTRY (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (extension), FALSE);
  g_return_val_if_fail (name != NULL && *name != '\0', FALSE);

  list = g_hash_table_lookup (self->lists, GSIZE_TO_POINTER (interface_type));
  if (!G_TYPE_CHECK_INSTANCE_TYPE (extension, interface_type)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The extension “%s” (%s) does not implement %s", name,
                 G_OBJECT_TYPE_NAME (extension), g_type_name (interface_type));
    return FALSE;
  }
  if (find_by_name (list, name) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "There is a %s named “%s” already",
                 g_type_name (interface_type), name);
    return FALSE;
  }

  entry = extension_new (self, extension, name, before, after, methods);
  entries = g_ptr_array_new ();
  for (guint i = 0; list != NULL && i < list->entries->len; i++) {
    g_ptr_array_add (entries, list->entries->pdata[i]);
  }
  g_ptr_array_add (entries, entry);
  sorted = sort_entries (entries, error);
  if (sorted == NULL) {
    return FALSE;
  }
  g_hash_table_insert (self->lists, GSIZE_TO_POINTER (interface_type), sorted);
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, interface_type, extension);
  return TRUE;
}

/**
 * ahoy_extension_registry_remove:
 * @self: a registry
 * @interface_type: the interface that the extension was added for
 * @extension: the extension
 *
 * Removes an extension. Who walks a snapshot still meets it there.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_extension_registry_remove (AhoyExtensionRegistry *self, GType interface_type,
                                GObject *extension)
{
  g_autoptr (GObject) hold = NULL;
  AhoyExtensionSnapshot *list;
  AhoyExtensionSnapshot *rest;

  g_return_val_if_fail (AHOY_IS_EXTENSION_REGISTRY (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (extension), FALSE);

  list = g_hash_table_lookup (self->lists, GSIZE_TO_POINTER (interface_type));
  if (list == NULL) {
    return FALSE;
  }
  hold = g_object_ref (extension);
  rest = snapshot_new ();
  for (guint i = 0; i < list->entries->len; i++) {
    AhoyExtension *entry = list->entries->pdata[i];

    if (entry->object != extension) {
      g_ptr_array_add (rest->entries, ahoy_extension_ref (entry));
    }
  }
  if (rest->entries->len == list->entries->len) {
    ahoy_extension_snapshot_unref (rest);
    return FALSE;
  }
  g_hash_table_insert (self->lists, GSIZE_TO_POINTER (interface_type), rest);
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, interface_type, extension);
  return TRUE;
}

/**
 * ahoy_extension_registry_lookup:
 * @self: a registry
 * @interface_type: an interface
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the extension of that name; %NULL when there is none
 *
 * Since: 0.1
 */
GObject *
ahoy_extension_registry_lookup (AhoyExtensionRegistry *self, GType interface_type, const char *name)
{
  AhoyExtension *entry;

  g_return_val_if_fail (AHOY_IS_EXTENSION_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  entry = find_by_name (g_hash_table_lookup (self->lists, GSIZE_TO_POINTER (interface_type)), name);
  return entry != NULL ? entry->object : NULL;
}

/**
 * ahoy_extension_registry_snapshot:
 * @self: a registry
 * @interface_type: an interface
 *
 * Takes the list of extensions as it is now, at the price of a reference.
 *
 * Returns: (transfer full): the extensions of that interface in their order
 *
 * Since: 0.1
 */
AhoyExtensionSnapshot *
ahoy_extension_registry_snapshot (AhoyExtensionRegistry *self, GType interface_type)
{
  AhoyExtensionSnapshot *list;

  g_return_val_if_fail (AHOY_IS_EXTENSION_REGISTRY (self), NULL);

  list = g_hash_table_lookup (self->lists, GSIZE_TO_POINTER (interface_type));
  if (list == NULL) {
    list = snapshot_new ();
    g_hash_table_insert (self->lists, GSIZE_TO_POINTER (interface_type), list);
  }
  return ahoy_extension_snapshot_ref (list);
}

/**
 * ahoy_extension_registry_get_slow_calls:
 * @self: a registry
 *
 * Returns: how many calls into extensions took longer than 50 ms, those that were removed included
 *
 * Since: 0.1
 */
guint64
ahoy_extension_registry_get_slow_calls (AhoyExtensionRegistry *self)
{
  g_return_val_if_fail (AHOY_IS_EXTENSION_REGISTRY (self), 0);

  return self->tally->slow_calls;
}
