/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-object-private.h"
#include "ahoy-config-secret-private.h"
#include "ahoy-config-value-private.h"

/* How a class of AhoyConfigObject says which keys its objects have. */

#define KEY_FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)
#define FIRST_KEY_ID 100

/* The order of the property ids is that of the schema. */
static GParamSpec *
add_key (AhoyConfigObjectClass *klass, GParamSpec *key, AhoyConfigKind kind)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  if (object_class->set_property == NULL)
    object_class->set_property = ahoy_config_object_set_property;
  if (object_class->get_property == NULL)
    object_class->get_property = ahoy_config_object_get_property;
  ahoy_config_key_attach (key, kind);
  g_object_class_install_property (object_class, FIRST_KEY_ID + klass->n_keys++, key);
  return key;
}

/**
 * ahoy_config_object_class_add_text: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next three
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @default_text: (nullable): the value when nobody sets it
 *
 * Adds a key that holds a text.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_text (AhoyConfigObjectClass *klass, const char *name, const char *nick,
                                   const char *blurb, const char *default_text)
{
  return add_key (klass, g_param_spec_string (name, nick, blurb, default_text, KEY_FLAGS),
                  AHOY_CONFIG_KIND_TEXT);
}

/**
 * ahoy_config_object_class_add_boolean: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next two
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @default_value: the value when nobody sets it
 *
 * Adds a key that is `yes` or `no`.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_boolean (AhoyConfigObjectClass *klass, const char *name,
                                      const char *nick, const char *blurb, gboolean default_value)
{
  return add_key (klass, g_param_spec_boolean (name, nick, blurb, default_value, KEY_FLAGS),
                  AHOY_CONFIG_KIND_BOOLEAN);
}

/**
 * ahoy_config_object_class_add_number: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next two
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @minimum: the smallest value
 * @maximum: the largest value
 * @default_value: the value when nobody sets it
 *
 * Adds a key that holds a number.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_number (AhoyConfigObjectClass *klass, const char *name,
                                     const char *nick, const char *blurb, guint minimum,
                                     guint maximum, guint default_value)
{
  GParamSpec *key
      = g_param_spec_uint (name, nick, blurb, minimum, maximum, default_value, KEY_FLAGS);

  return add_key (klass, key, AHOY_CONFIG_KIND_NUMBER);
}

/**
 * ahoy_config_object_class_add_duration: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next three
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @unit: what the property counts: `s` or `ms`
 * @minimum: the shortest duration, in @unit
 * @maximum: the longest duration, in @unit
 * @default_value: the duration when nobody sets it, in @unit
 *
 * Adds a key that holds a duration.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_duration (AhoyConfigObjectClass *klass, const char *name,
                                       const char *nick, const char *blurb, const char *unit,
                                       guint minimum, guint maximum, guint default_value)
{
  GParamSpec *key
      = g_param_spec_uint (name, nick, blurb, minimum, maximum, default_value, KEY_FLAGS);

  return ahoy_config_key_set_unit (add_key (klass, key, AHOY_CONFIG_KIND_DURATION), unit);
}

/**
 * ahoy_config_object_class_add_choice: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next two
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @enum_type: an enumeration, whose nicks are what is written
 * @default_value: the value when nobody sets it
 *
 * Adds a key that holds one of some words.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_choice (AhoyConfigObjectClass *klass, const char *name,
                                     const char *nick, const char *blurb, GType enum_type,
                                     int default_value)
{
  GParamSpec *key = g_param_spec_enum (name, nick, blurb, enum_type, default_value, KEY_FLAGS);

  return add_key (klass, key, AHOY_CONFIG_KIND_CHOICE);
}

/**
 * ahoy_config_object_class_add_choices: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next two
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @flags_type: flags, whose nicks are what is written
 * @default_value: the value when nobody sets it
 *
 * Adds a key that holds some of some words, in no order.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_choices (AhoyConfigObjectClass *klass, const char *name,
                                      const char *nick, const char *blurb, GType flags_type,
                                      guint default_value)
{
  GParamSpec *key = g_param_spec_flags (name, nick, blurb, flags_type, default_value, KEY_FLAGS);

  return add_key (klass, key, AHOY_CONFIG_KIND_CHOICES);
}

/**
 * ahoy_config_object_class_add_list: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next three
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @default_text: (nullable): the list when nobody sets it, such as `username;ip`
 *
 * Adds a key that holds texts in order.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_list (AhoyConfigObjectClass *klass, const char *name, const char *nick,
                                   const char *blurb, const char *default_text)
{
  GParamSpec *key = g_param_spec_boxed (name, nick, blurb, G_TYPE_STRV, KEY_FLAGS);
  AhoyConfigKeyInfo *info;

  add_key (klass, key, AHOY_CONFIG_KIND_LIST);
  info = (AhoyConfigKeyInfo *)ahoy_config_key_peek (key);
  g_value_init (&info->default_value, G_TYPE_STRV);
  g_value_take_boxed (&info->default_value,
                      ahoy_config_text_split (default_text != NULL ? default_text : "", NULL));
  return key;
}

/**
 * ahoy_config_object_class_add_uri_list: (skip)
 * @klass: the class, while it is initialised
 * @name: the name of the key and of its property; a static string, as are the next two
 * @nick: what the key is called in a dialog
 * @blurb: one sentence that says what the key does
 * @check: what judges the list
 *
 * Adds a key that holds name-addrs with commas between them (RFC 3261 section 25.1). The value
 * stays a text; ahoy_name_addr_parse_list() reads it.
 *
 * Returns: (transfer none): the key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_add_uri_list (AhoyConfigObjectClass *klass, const char *name,
                                       const char *nick, const char *blurb,
                                       AhoyConfigCheckFunc check)
{
  GParamSpec *key = g_param_spec_string (name, nick, blurb, NULL, KEY_FLAGS);

  return ahoy_config_key_set_check (add_key (klass, key, AHOY_CONFIG_KIND_URI_LIST), check);
}

/* In the order in which they were added. */
static GPtrArray *
make_keys (AhoyConfigObjectClass *klass)
{
  g_autofree GParamSpec **all = NULL;
  GPtrArray *keys;
  guint n_all;

  all = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n_all);
  keys = g_ptr_array_sized_new (n_all);
  for (guint i = 0; i < n_all; i++) {
    if (ahoy_config_key_peek (all[i]) != NULL)
      g_ptr_array_add (keys, all[i]);
  }
  return keys;
}

/**
 * ahoy_config_object_class_list_keys: (skip)
 * @klass: a class
 *
 * Returns: (transfer container) (element-type GParamSpec): the keys of its objects, in the order in
 *   which the class added them
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_config_object_class_list_keys (AhoyConfigObjectClass *klass)
{
  static GMutex lock;
  static GHashTable *known; /* class → its keys: a class lives as long as the process */
  GPtrArray *keys;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT_CLASS (klass), NULL);

  g_mutex_lock (&lock);
  if (known == NULL)
    known = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
  keys = g_hash_table_lookup (known, klass);
  if (keys == NULL || keys->len != klass->n_keys) {
    keys = make_keys (klass);
    g_hash_table_replace (known, klass, keys);
  }
  keys = g_ptr_array_copy (keys, NULL, NULL);
  g_mutex_unlock (&lock);
  return keys;
}

/**
 * ahoy_config_object_class_plan_keys:
 * @klass: a class, while it is initialised
 * @names: (array zero-terminated=1): names of its keys
 *
 * Says of several keys that nothing reads them yet, as ahoy_config_key_set_planned() does of one.
 *
 * Since: 0.1
 */
void
ahoy_config_object_class_plan_keys (AhoyConfigObjectClass *klass, const char *const *names)
{
  g_return_if_fail (AHOY_IS_CONFIG_OBJECT_CLASS (klass) && names != NULL);

  for (gsize i = 0; names[i] != NULL; i++)
    ahoy_config_key_set_planned (ahoy_config_object_class_find_key (klass, names[i]));
}

/**
 * ahoy_config_object_class_find_key: (skip)
 * @klass: a class
 * @key: the name of a key, as it stands in files
 *
 * Returns: (transfer none) (nullable): the key; %NULL when its objects have none of that name
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_object_class_find_key (AhoyConfigObjectClass *klass, const char *key)
{
  g_autoptr (GPtrArray) keys = NULL;
  const AhoyConfigKeyInfo *info;
  GParamSpec *found;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT_CLASS (klass), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  found = g_object_class_find_property (G_OBJECT_CLASS (klass), key);
  info = found != NULL ? ahoy_config_key_peek (found) : NULL;
  if (info != NULL && strcmp (info->name, key) == 0)
    return found;

  keys = ahoy_config_object_class_list_keys (klass);
  for (guint i = 0; i < keys->len; i++) {
    if (strcmp (ahoy_config_key_get_name (keys->pdata[i]), key) == 0)
      return keys->pdata[i];
  }
  return NULL;
}

static GParamSpec *
find_secret (AhoyConfigObjectClass *klass, const char *name, const char *suffix)
{
  g_autofree char *key = NULL;
  GParamSpec *found;

  if (!g_str_has_suffix (name, suffix))
    return NULL;
  key = g_strndup (name, strlen (name) - strlen (suffix));
  found = ahoy_config_object_class_find_key (klass, key);
  return found != NULL && ahoy_config_key_is_secret (found) ? found : NULL;
}

GParamSpec *
ahoy_config_object_class_resolve_key (AhoyConfigObjectClass *klass, const char *name)
{
  GParamSpec *key = ahoy_config_object_class_find_key (klass, name);

  if (key == NULL)
    key = find_secret (klass, name, AHOY_CONFIG_SECRET_FILE);
  if (key == NULL)
    key = find_secret (klass, name, AHOY_CONFIG_SECRET_CREDENTIAL);
  if (key == NULL)
    key = find_secret (klass, name, AHOY_CONFIG_SECRET_SERVICE);
  return key;
}

/* Returns (transfer full): all names that ahoy_config_object_class_resolve_key() knows. */
char **
ahoy_config_object_class_list_names (AhoyConfigObjectClass *klass)
{
  g_autoptr (GPtrArray) keys = ahoy_config_object_class_list_keys (klass);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < keys->len; i++) {
    const char *name = ahoy_config_key_get_name (keys->pdata[i]);
    g_autofree char *file = g_strconcat (name, AHOY_CONFIG_SECRET_FILE, NULL);
    g_autofree char *credential = g_strconcat (name, AHOY_CONFIG_SECRET_CREDENTIAL, NULL);
    g_autofree char *secret = g_strconcat (name, AHOY_CONFIG_SECRET_SERVICE, NULL);

    g_strv_builder_add (names, name);
    if (ahoy_config_key_is_secret (keys->pdata[i]))
      g_strv_builder_add_many (names, file, credential, secret, NULL);
  }
  return g_strv_builder_end (names);
}
