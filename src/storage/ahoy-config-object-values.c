/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-object-private.h"

/* How C code reads the values of AhoyConfigObject: by the name of the key. An unknown name is a
 * programmer's error. */

/**
 * ahoy_config_object_get_string:
 * @self: an object of the configuration
 * @key: the name of a text, a secret or a list of URIs
 *
 * Returns: (transfer none) (nullable): the value, without escapes, until the key changes; %NULL
 *   when it is empty
 *
 * Since: 0.1
 */
const char *
ahoy_config_object_get_string (AhoyConfigObject *self, const char *key)
{
  const AhoyConfigKeyInfo *info;
  const GValue *value = ahoy_config_object_peek_known (self, key, &info);

  g_return_val_if_fail (value != NULL && G_VALUE_HOLDS_STRING (value), NULL);

  return g_value_get_string (value);
}

/**
 * ahoy_config_object_get_boolean:
 * @self: an object of the configuration
 * @key: the name of a boolean
 *
 * Returns: the value
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_get_boolean (AhoyConfigObject *self, const char *key)
{
  const GValue *value = ahoy_config_object_peek_value (self, key, AHOY_CONFIG_KIND_BOOLEAN);

  return value != NULL ? g_value_get_boolean (value) : FALSE;
}

/**
 * ahoy_config_object_get_number:
 * @self: an object of the configuration
 * @key: the name of a number
 *
 * Returns: the value
 *
 * Since: 0.1
 */
guint
ahoy_config_object_get_number (AhoyConfigObject *self, const char *key)
{
  const GValue *value = ahoy_config_object_peek_value (self, key, AHOY_CONFIG_KIND_NUMBER);

  return value != NULL ? g_value_get_uint (value) : 0;
}

/**
 * ahoy_config_object_get_duration:
 * @self: an object of the configuration
 * @key: the name of a duration
 *
 * Returns: the value in microseconds, as #AhoyScheduler takes it; the property holds it in the unit
 *   that ahoy_config_key_get_unit() tells
 *
 * Since: 0.1
 */
gint64
ahoy_config_object_get_duration (AhoyConfigObject *self, const char *key)
{
  const AhoyConfigKeyInfo *info;
  const GValue *value = ahoy_config_object_peek_known (self, key, &info);

  g_return_val_if_fail (value != NULL && info->kind == AHOY_CONFIG_KIND_DURATION, 0);

  if (g_strcmp0 (info->unit, "ms") == 0)
    return (gint64)g_value_get_uint (value) * 1000;
  return (gint64)g_value_get_uint (value) * G_USEC_PER_SEC;
}

/**
 * ahoy_config_object_get_choice:
 * @self: an object of the configuration
 * @key: the name of a choice
 *
 * Returns: the value, of the enumeration that is the type of the property
 *
 * Since: 0.1
 */
int
ahoy_config_object_get_choice (AhoyConfigObject *self, const char *key)
{
  const GValue *value = ahoy_config_object_peek_value (self, key, AHOY_CONFIG_KIND_CHOICE);

  return value != NULL ? g_value_get_enum (value) : 0;
}

/**
 * ahoy_config_object_get_choices:
 * @self: an object of the configuration
 * @key: the name of a set of choices
 *
 * Returns: the flags, of the type of the property
 *
 * Since: 0.1
 */
guint
ahoy_config_object_get_choices (AhoyConfigObject *self, const char *key)
{
  const GValue *value = ahoy_config_object_peek_value (self, key, AHOY_CONFIG_KIND_CHOICES);

  return value != NULL ? g_value_get_flags (value) : 0;
}

/**
 * ahoy_config_object_get_list:
 * @self: an object of the configuration
 * @key: the name of a list
 *
 * Returns: (transfer none) (array zero-terminated=1): the elements, without escapes, until the key
 *   changes; never %NULL
 *
 * Since: 0.1
 */
const char *const *
ahoy_config_object_get_list (AhoyConfigObject *self, const char *key)
{
  static const char *const none[] = { NULL };
  const GValue *value = ahoy_config_object_peek_value (self, key, AHOY_CONFIG_KIND_LIST);
  const char *const *list = value != NULL ? g_value_get_boxed (value) : NULL;

  return list != NULL ? list : none;
}

/**
 * ahoy_config_object_list_contains:
 * @self: an object of the configuration
 * @key: the name of a list
 * @element: what is looked for; letter case counts
 *
 * Returns: %TRUE when the list has the element
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_list_contains (AhoyConfigObject *self, const char *key, const char *element)
{
  g_return_val_if_fail (element != NULL, FALSE);

  return g_strv_contains (ahoy_config_object_get_list (self, key), element);
}
