/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-schema.h"
#include "ahoy-error.h"

/* What tells people of the schema: the description over the bus, and the sample file. */

/* Such as “duration, 90s to 1d” or “one of no, yes, ask”. */
static char *
describe_value (GParamSpec *key)
{
  g_autofree char *range = ahoy_config_key_dup_range (key);
  g_auto (GStrv) choices = ahoy_config_key_list_choices (key);
  g_autofree char *list = g_strjoinv (", ", choices);
  const char *unit = ahoy_config_key_get_unit (key);

  switch (ahoy_config_key_get_kind (key)) {
  case AHOY_CONFIG_KIND_BOOLEAN:
    return g_strdup ("yes or no");
  case AHOY_CONFIG_KIND_NUMBER:
    return g_strdup_printf ("%s%s%s", range, unit != NULL ? " " : "", unit != NULL ? unit : "");
  case AHOY_CONFIG_KIND_DURATION:
    return g_strdup_printf ("duration, %s", range);
  case AHOY_CONFIG_KIND_CHOICE:
    return g_strdup_printf ("one of %s", list);
  case AHOY_CONFIG_KIND_CHOICES:
    return g_strdup_printf ("some of %s, with ; between them", list);
  case AHOY_CONFIG_KIND_LIST:
    return g_strdup ("list, with ; between its elements");
  case AHOY_CONFIG_KIND_URI_LIST:
    return g_strdup ("addresses, with commas between them");
  case AHOY_CONFIG_KIND_TEXT:
  default:
    return g_strdup (ahoy_config_key_is_secret (key) ? "secret" : "text");
  }
}

/**
 * ahoy_config_schema_describe:
 * @self: a schema
 * @type_name: the name of a type, such as `endpoint`
 * @error: return location for an error: %AHOY_ERROR_NOT_FOUND for an unknown type
 *
 * Returns: (transfer full) (nullable): the keys, of type `a(ssss)`: name, what may be written,
 *   default, and what the key does
 *
 * Since: 0.1
 */
GVariant *
ahoy_config_schema_describe (AhoyConfigSchema *self, const char *type_name, GError **error)
{
  AhoyConfigObjectClass *klass;
  g_autoptr (GPtrArray) keys = NULL;
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (self), NULL);
  g_return_val_if_fail (type_name != NULL, NULL);

  klass = ahoy_config_schema_find_class (self, type_name);
  if (klass == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "“%s” is no type of object", type_name);
    return NULL;
  }
  keys = ahoy_config_object_class_list_keys (klass);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssss)"));
  for (guint i = 0; i < keys->len; i++) {
    GParamSpec *key = keys->pdata[i];
    g_autofree char *value = describe_value (key);
    g_autofree char *default_text = ahoy_config_key_dup_default (key);

    g_variant_builder_add (&builder, "(ssss)", ahoy_config_key_get_name (key), value, default_text,
                           g_param_spec_get_blurb (key));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* -- the sample ----------------------------------------------------------------------------- */

#define SAMPLE_COLUMNS 98

/* Appends @text as comment lines. */
static void
append_comment (GString *into, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gsize column = SAMPLE_COLUMNS;

  for (gsize i = 0; words[i] != NULL; i++) {
    gsize length = g_utf8_strlen (words[i], -1);

    if (column + 1 + length > SAMPLE_COLUMNS) {
      g_string_append (into, i == 0 ? "# " : "\n# ");
      column = 2;
    } else {
      g_string_append_c (into, ' ');
      column++;
    }
    g_string_append (into, words[i]);
    column += length;
  }
  g_string_append_c (into, '\n');
}

static const char *
reload_text (GParamSpec *key)
{
  switch (ahoy_config_key_get_reload (key)) {
  case AHOY_CONFIG_RELOAD_RESTART:
    return "; a change needs a restart";
  case AHOY_CONFIG_RELOAD_REMAKE:
  case AHOY_CONFIG_RELOAD_NEW_CALLS:
  default:
    return "";
  }
}

static void
append_key (GString *into, GParamSpec *key)
{
  g_autofree char *value = describe_value (key);
  g_autofree char *default_text = ahoy_config_key_dup_default (key);
  g_autofree char *comment = NULL;
  g_autofree char *blurb = g_strdup (g_param_spec_get_blurb (key));

  blurb[0] = g_ascii_toupper (blurb[0]);
  comment = g_strdup_printf ("%s (%s%s)%s.", blurb, value, reload_text (key),
                             ahoy_config_key_is_planned (key) ? "; without effect yet" : "");
  append_comment (into, comment);
  g_string_append_printf (into, "#%s=%s\n", ahoy_config_key_get_name (key), default_text);
  if (ahoy_config_key_is_secret (key))
    g_string_append_printf (into, "#%s-file=\n#%s-credential=\n#%s-secret=\n",
                            ahoy_config_key_get_name (key), ahoy_config_key_get_name (key),
                            ahoy_config_key_get_name (key));
}

static void
append_type (GString *into, AhoyConfigObjectClass *klass)
{
  g_autoptr (GPtrArray) keys = ahoy_config_object_class_list_keys (klass);
  g_autofree char *comment
      = g_strdup_printf ("%c%s.", g_ascii_toupper (klass->description[0]), klass->description + 1);

  g_string_append_c (into, '\n');
  append_comment (into, comment);
  if (klass->singleton)
    g_string_append_printf (into, "#[%s]\n", klass->type_name);
  else
    g_string_append_printf (into, "#[%s NAME]\n", klass->type_name);
  for (guint i = 0; i < keys->len; i++) {
    g_string_append (into, "\n");
    append_key (into, keys->pdata[i]);
  }
}

/**
 * ahoy_config_schema_write_sample:
 * @self: a schema
 *
 * Writes a configuration that holds every key with its default and its description. All of it is
 * comments: whoever wants to change something takes away the `#` before a group and a key.
 *
 * Returns: (transfer full): the text of a file
 *
 * Since: 0.1
 */
char *
ahoy_config_schema_write_sample (AhoyConfigSchema *self)
{
  g_auto (GStrv) types = NULL;
  GString *text;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (self), NULL);

  text = g_string_new (
      "# SPDX-License-Identifier: LGPL-2.1-or-later\n"
      "#\n"
      "# Configuration of Ahoy: every key with its default. Take away the # before a group and a\n"
      "# key to change it.\n"
      "#\n"
      "# A group is one object, [type name]. A template, [type name](!), is used by\n"
      "# [type other](template). [defaults type] holds for all objects of a type. At the top\n"
      "# of a file, include=FILE reads another one. Lists have ; between their elements, where "
      "\\;\n"
      "# is a plain one. Durations are seconds, or 500ms, 90s, 5min, 1h, 2d. White space at both\n"
      "# ends of a value does not count; \\s does. A backslash is \\\\.\n");
  types = ahoy_config_schema_list_types (self);
  for (gsize i = 0; types[i] != NULL; i++)
    append_type (text, ahoy_config_schema_find_class (self, types[i]));
  return g_string_free (text, FALSE);
}
