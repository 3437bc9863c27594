/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-set.h"

#include "ahoy-error.h"

/**
 * AhoyConfigSet:
 *
 * Objects of the configuration, each once, in the order in which they stand in the files.
 *
 * Since: 0.1
 */
struct _AhoyConfigSet {
  GObject parent_instance;
  GQueue objects;     /* AhoyConfigObject */
  GHashTable *labels; /* type, a blank and the name, to the link in objects */
};

G_DEFINE_FINAL_TYPE (AhoyConfigSet, ahoy_config_set, G_TYPE_OBJECT)

static void
ahoy_config_set_finalize (GObject *object)
{
  AhoyConfigSet *self = AHOY_CONFIG_SET (object);

  g_hash_table_unref (self->labels);
  g_queue_clear_full (&self->objects, g_object_unref);
  G_OBJECT_CLASS (ahoy_config_set_parent_class)->finalize (object);
}

static void
ahoy_config_set_class_init (AhoyConfigSetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_config_set_finalize;
}

static void
ahoy_config_set_init (AhoyConfigSet *self)
{
  g_queue_init (&self->objects);
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * ahoy_config_set_new:
 *
 * Returns: (transfer full): an empty set
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_config_set_new (void)
{
  return g_object_new (AHOY_TYPE_CONFIG_SET, NULL);
}

static char *
label_of (const char *type_name, const char *name)
{
  return g_strconcat (type_name, " ", name, NULL);
}

/**
 * ahoy_config_set_add:
 * @self: a set
 * @object: (transfer none): an object of the configuration, which is sealed
 * @error: return location for an error: %AHOY_ERROR_EXISTS when the set has an object of that type
 *   and name
 *
 * Returns: %TRUE when the object was added
 *
 * Since: 0.1
 */
gboolean
ahoy_config_set_add (AhoyConfigSet *self, AhoyConfigObject *object, GError **error)
{
  g_autofree char *label = NULL;

  g_return_val_if_fail (AHOY_IS_CONFIG_SET (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (object), FALSE);

  label
      = label_of (ahoy_config_object_get_type_name (object), ahoy_config_object_get_name (object));
  if (g_hash_table_contains (self->labels, label)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "%s is there already", label);
    return FALSE;
  }
  ahoy_config_object_seal (object);
  g_queue_push_tail (&self->objects, g_object_ref (object));
  g_hash_table_insert (self->labels, g_steal_pointer (&label), self->objects.tail);
  return TRUE;
}

/**
 * ahoy_config_set_remove:
 * @self: a set
 * @type_name: the type, such as `endpoint`
 * @name: the name; empty where there is only one of the type
 *
 * Returns: %TRUE when there was such an object
 *
 * Since: 0.1
 */
gboolean
ahoy_config_set_remove (AhoyConfigSet *self, const char *type_name, const char *name)
{
  g_autofree char *label = NULL;
  GList *link;

  g_return_val_if_fail (AHOY_IS_CONFIG_SET (self), FALSE);
  g_return_val_if_fail (type_name != NULL && name != NULL, FALSE);

  label = label_of (type_name, name);
  link = g_hash_table_lookup (self->labels, label);
  if (link == NULL)
    return FALSE;
  g_object_unref (link->data);
  g_queue_delete_link (&self->objects, link);
  g_hash_table_remove (self->labels, label);
  return TRUE;
}

/**
 * ahoy_config_set_lookup:
 * @self: a set
 * @type_name: the type, such as `endpoint`
 * @name: the name; empty where there is only one of the type
 *
 * Returns: (transfer none) (nullable): the object; %NULL when there is none
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_config_set_lookup (AhoyConfigSet *self, const char *type_name, const char *name)
{
  g_autofree char *label = NULL;
  GList *link;

  g_return_val_if_fail (AHOY_IS_CONFIG_SET (self), NULL);
  g_return_val_if_fail (type_name != NULL && name != NULL, NULL);

  label = label_of (type_name, name);
  link = g_hash_table_lookup (self->labels, label);
  return link != NULL ? link->data : NULL;
}

/**
 * ahoy_config_set_list:
 * @self: a set
 * @type_name: (nullable): the type, such as `endpoint`; %NULL for all
 *
 * Returns: (transfer container) (element-type AhoyConfigObject): the objects, in their order
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_config_set_list (AhoyConfigSet *self, const char *type_name)
{
  GPtrArray *list;

  g_return_val_if_fail (AHOY_IS_CONFIG_SET (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  for (GList *link = self->objects.head; link != NULL; link = link->next) {
    if (type_name == NULL
        || g_strcmp0 (ahoy_config_object_get_type_name (link->data), type_name) == 0)
      g_ptr_array_add (list, g_object_ref (link->data));
  }
  return list;
}

/**
 * ahoy_config_set_get_length:
 * @self: a set
 *
 * Returns: the number of objects
 *
 * Since: 0.1
 */
guint
ahoy_config_set_get_length (AhoyConfigSet *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_SET (self), 0);

  return self->objects.length;
}
