/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-schema.h"

#include <string.h>

#include "ahoy-config-object-private.h"
#include "ahoy-config-value-private.h"
#include "ahoy-error.h"

/**
 * AhoyConfigSchema:
 *
 * The types of objects that a configuration may have: classes of #AhoyConfigObject. Readers, stores
 * and what describes the configuration to people go by it.
 *
 * Since: 0.1
 */
struct _AhoyConfigSchema {
  GObject parent_instance;
  GPtrArray *classes; /* AhoyConfigObjectClass, in the order in which they were added */
};

G_DEFINE_FINAL_TYPE (AhoyConfigSchema, ahoy_config_schema, G_TYPE_OBJECT)

static void
ahoy_config_schema_finalize (GObject *object)
{
  AhoyConfigSchema *self = AHOY_CONFIG_SCHEMA (object);

  g_ptr_array_unref (self->classes);
  G_OBJECT_CLASS (ahoy_config_schema_parent_class)->finalize (object);
}

static void
ahoy_config_schema_class_init (AhoyConfigSchemaClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_config_schema_finalize;
}

static void
ahoy_config_schema_init (AhoyConfigSchema *self)
{
  self->classes = g_ptr_array_new_with_free_func (g_type_class_unref);
}

/**
 * ahoy_config_schema_new:
 *
 * Returns: (transfer full): a schema without any type
 *
 * Since: 0.1
 */
AhoyConfigSchema *
ahoy_config_schema_new (void)
{
  return g_object_new (AHOY_TYPE_CONFIG_SCHEMA, NULL);
}

/**
 * ahoy_config_schema_add_type:
 * @self: a schema
 * @type: a class of #AhoyConfigObject that is not abstract
 * @error: return location for an error: %AHOY_ERROR_EXISTS when there is a type of that name
 *
 * Returns: %TRUE when the type was added
 *
 * Since: 0.1
 */
gboolean
ahoy_config_schema_add_type (AhoyConfigSchema *self, GType type, GError **error)
{
  AhoyConfigObjectClass *klass;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (self), FALSE);
  g_return_val_if_fail (g_type_is_a (type, AHOY_TYPE_CONFIG_OBJECT), FALSE);
  g_return_val_if_fail (!G_TYPE_IS_ABSTRACT (type), FALSE);

  klass = g_type_class_ref (type);
  if (klass->type_name == NULL || ahoy_config_schema_find_class (self, klass->type_name) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "the class %s cannot be added: the type “%s” is there already", g_type_name (type),
                 klass->type_name);
    g_type_class_unref (klass);
    return FALSE;
  }
  g_ptr_array_add (self->classes, klass);
  return TRUE;
}

/**
 * ahoy_config_schema_list_types:
 * @self: a schema
 *
 * Returns: (transfer full): the names of the types, such as `endpoint`, in the order in which they
 *   were added
 *
 * Since: 0.1
 */
char **
ahoy_config_schema_list_types (AhoyConfigSchema *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (self), NULL);

  for (guint i = 0; i < self->classes->len; i++)
    g_strv_builder_add (names, ((AhoyConfigObjectClass *)self->classes->pdata[i])->type_name);
  return g_strv_builder_end (names);
}

/**
 * ahoy_config_schema_find_class: (skip)
 * @self: a schema
 * @type_name: the name of a type, such as `endpoint`
 *
 * Returns: (transfer none) (nullable): the class; %NULL when there is no such type
 *
 * Since: 0.1
 */
AhoyConfigObjectClass *
ahoy_config_schema_find_class (AhoyConfigSchema *self, const char *type_name)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (self), NULL);
  g_return_val_if_fail (type_name != NULL, NULL);

  for (guint i = 0; i < self->classes->len; i++) {
    AhoyConfigObjectClass *klass = self->classes->pdata[i];

    if (strcmp (klass->type_name, type_name) == 0)
      return klass;
  }
  return NULL;
}

/**
 * ahoy_config_schema_find_type:
 * @self: a schema
 * @type_name: the name of a type, such as `endpoint`
 *
 * Returns: the type of its objects; %G_TYPE_INVALID when there is no such type
 *
 * Since: 0.1
 */
GType
ahoy_config_schema_find_type (AhoyConfigSchema *self, const char *type_name)
{
  AhoyConfigObjectClass *klass = ahoy_config_schema_find_class (self, type_name);

  return klass != NULL ? G_TYPE_FROM_CLASS (klass) : G_TYPE_INVALID;
}

static gboolean
refuse_type (AhoyConfigSchema *self, const char *type_name, GError **error)
{
  g_auto (GStrv) names = ahoy_config_schema_list_types (self);
  g_autofree char *suggestion = ahoy_config_suggest (type_name, (const char *const *)names);
  g_autofree char *list = g_strjoinv (", ", names);
  g_autofree char *remedy = g_strdup_printf ("; the types are %s", list);

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "“%s” is no type of object%s", type_name,
               *suggestion != '\0' ? suggestion : remedy);
  return FALSE;
}

static gboolean
check_name (AhoyConfigObjectClass *klass, const char *name, GError **error)
{
  if (klass->singleton && *name != '\0') {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "there is only one %s, and it has no name; write [%s]", klass->type_name,
                 klass->type_name);
    return FALSE;
  }
  if (!klass->singleton && *name == '\0') {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "an object of type %s needs a name; write [%s NAME]", klass->type_name,
                 klass->type_name);
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_config_schema_make_object:
 * @self: a schema
 * @type_name: the name of a type, such as `endpoint`
 * @name: the name of the object; empty where there is only one of the type
 * @error: return location for an error: %AHOY_ERROR_NOT_FOUND for an unknown type,
 *   %AHOY_ERROR_INVALID_ARGUMENTS for a name that it cannot have
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_config_schema_make_object (AhoyConfigSchema *self, const char *type_name, const char *name,
                                GError **error)
{
  AhoyConfigObjectClass *klass;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (self), NULL);
  g_return_val_if_fail (type_name != NULL && name != NULL, NULL);

  klass = ahoy_config_schema_find_class (self, type_name);
  if (klass == NULL) {
    refuse_type (self, type_name, error);
    return NULL;
  }
  if (!check_name (klass, name, error))
    return NULL;
  return g_object_new (G_TYPE_FROM_CLASS (klass), "name", name, NULL);
}
