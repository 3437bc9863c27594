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
