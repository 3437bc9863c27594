/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-writer-private.h"

#include <string.h>

#include "ahoy-config-object-private.h"

static gboolean
is_same (AhoyConfigObject *object, AhoyConfigObject *base, GParamSpec *key)
{
  g_autofree char *object_key = NULL;
  g_autofree char *base_key = NULL;
  g_autofree char *text = ahoy_config_object_dup_stored_text (object, key, &object_key);
  g_autofree char *base_text = NULL;

  if (base == NULL)
    return FALSE;
  base_text = ahoy_config_object_dup_stored_text (base, key, &base_key);
  return base_text != NULL && strcmp (text, base_text) == 0 && strcmp (object_key, base_key) == 0;
}

static void
append_key (GString *into, AhoyConfigObject *object, AhoyConfigObject *base, GParamSpec *key)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (!ahoy_config_object_is_set (object, ahoy_config_key_get_name (key))
      || is_same (object, base, key))
    return;
  text = ahoy_config_object_dup_stored_text (object, key, &name);
  g_string_append_printf (into, "%s=%s\n", name, text);
  explicit_bzero (text, strlen (text));
}

/* A key that the object leaves to its default, but [defaults type] sets, has to be set to the
 * former. */
static void
append_default (GString *into, AhoyConfigObject *object, AhoyConfigObject *base, GParamSpec *key)
{
  const char *name = ahoy_config_key_get_name (key);
  g_autofree char *text = NULL;

  if (base == NULL || ahoy_config_object_is_set (object, name)
      || !ahoy_config_object_is_set (base, name))
    return;
  text = ahoy_config_key_dup_default (key);
  g_string_append_printf (into, "%s=%s\n", name, text);
}

void
ahoy_config_writer_append (GString *into, AhoyConfigObject *object, AhoyConfigObject *base)
{
  g_autoptr (GPtrArray) keys
      = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (object));
  g_autofree char *label = ahoy_config_object_dup_label (object);

  g_string_append_printf (into, "\n[%s]\n", label);
  for (guint i = 0; i < keys->len; i++) {
    append_key (into, object, base, keys->pdata[i]);
    append_default (into, object, base, keys->pdata[i]);
  }
}

/* A secret of elsewhere says where; one that stands here is not shown. */
static void
append_shown (GString *into, AhoyConfigObject *object, GParamSpec *key)
{
  g_autofree char *name = NULL;
  g_autofree char *text = ahoy_config_object_dup_stored_text (object, key, &name);

  if (text == NULL)
    return;
  if (ahoy_config_key_is_secret (key) && strcmp (name, ahoy_config_key_get_name (key)) == 0)
    g_string_append_printf (into, "# %s is set, and not shown\n", name);
  else
    g_string_append_printf (into, "%s=%s\n", name, text);
  explicit_bzero (text, strlen (text));
}

/**
 * ahoy_config_object_to_text:
 * @self: an object of the configuration
 *
 * Returns: (transfer full): the object as a group of a file, with the keys that were set; instead
 *   of a secret a comment says that there is one
 *
 * Since: 0.1
 */
char *
ahoy_config_object_to_text (AhoyConfigObject *self)
{
  g_autoptr (GPtrArray) keys = NULL;
  g_autofree char *label = NULL;
  GString *text;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);

  keys = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (self));
  label = ahoy_config_object_dup_label (self);
  text = g_string_new (NULL);
  g_string_append_printf (text, "[%s]\n", label);
  for (guint i = 0; i < keys->len; i++)
    append_shown (text, self, keys->pdata[i]);
  return g_string_free (text, FALSE);
}
