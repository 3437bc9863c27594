/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-offline.h"

#include <json-glib/json-glib.h>

#include "ahoy.h"

/* What ahoyd says of a configuration without being a daemon: ahoyd --check and --schema. */

static void
print_json (GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (JsonNode) node = json_gvariant_serialize (owned);
  g_autofree char *text = json_to_string (node, TRUE);

  g_print ("%s\n", text);
}

static guint
count_errors (GPtrArray *problems)
{
  guint errors = 0;

  for (guint i = 0; i < problems->len; i++) {
    errors += ahoy_config_problem_get_severity (problems->pdata[i]) == AHOY_CONFIG_SEVERITY_ERROR;
  }
  return errors;
}

static void
print_problems (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (problems->pdata[i]);

    g_print ("%s\n", text);
  }
}

/* What a problem does not have, such as a line, is left out. */
static GVariant *
describe_problem (AhoyConfigProblem *problem)
{
  gboolean is_error = ahoy_config_problem_get_severity (problem) == AHOY_CONFIG_SEVERITY_ERROR;
  const struct {
    const char *name;
    const char *text;
  } texts[] = {
    { "file", ahoy_config_problem_get_file (problem) },
    { "object", ahoy_config_problem_get_object (problem) },
    { "key", ahoy_config_problem_get_key (problem) },
    { "message", ahoy_config_problem_get_message (problem) },
  };
  guint line = ahoy_config_problem_get_line (problem);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "severity", "s", is_error ? "error" : "warning");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (texts[i].text != NULL) {
      g_variant_dict_insert (&dict, texts[i].name, "s", texts[i].text);
    }
  }
  if (line > 0) {
    g_variant_dict_insert (&dict, "line", "u", line);
  }
  return g_variant_dict_end (&dict);
}

static void
add_problems (GVariantBuilder *builder, GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++) {
    g_variant_builder_add_value (builder, describe_problem (problems->pdata[i]));
  }
}

static void
print_check (const char *folder, guint n_objects, GPtrArray *unreadable, GPtrArray *unusable)
{
  guint errors = count_errors (unreadable) + count_errors (unusable);
  GVariantBuilder problems;
  GVariantDict dict;

  g_variant_builder_init (&problems, G_VARIANT_TYPE ("aa{sv}"));
  add_problems (&problems, unreadable);
  add_problems (&problems, unusable);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "folder", "s", folder);
  g_variant_dict_insert (&dict, "objects", "u", n_objects);
  g_variant_dict_insert (&dict, "errors", "u", errors);
  g_variant_dict_insert (&dict, "warnings", "u", unreadable->len + unusable->len - errors);
  g_variant_dict_insert_value (&dict, "problems", g_variant_builder_end (&problems));
  print_json (g_variant_dict_end (&dict));
}

/* Prints each problem as file:line: object: key: message, or all as JSON; whether there is no error
 * among them. */
gboolean
ahoy_offline_check (const char *folder, gboolean json)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyCore) core = ahoy_core_new (NULL);
  g_autoptr (AhoyConfigSet) configuration = NULL;
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) unusable = NULL;
  guint errors;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR) && json) {
    unreadable = g_ptr_array_new ();
    print_check (folder, 0, unreadable, unreadable);
    return TRUE;
  }
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_print ("%s: there is no such folder; the built-in default holds\n", folder);
    return TRUE;
  }
  configuration = ahoy_configuration_read_folder (schema, folder, &unreadable);
  ahoy_configuration_expand (configuration, unreadable);
  ahoy_core_check (core, configuration, &unusable);
  errors = count_errors (unreadable) + count_errors (unusable);
  if (json) {
    print_check (folder, ahoy_config_set_get_length (configuration), unreadable, unusable);
    return errors == 0;
  }
  print_problems (unreadable);
  print_problems (unusable);
  g_print ("%s: %u objects, %u errors, %u warnings\n", folder,
           ahoy_config_set_get_length (configuration), errors,
           unreadable->len + unusable->len - errors);
  return errors == 0;
}

/* Prints the objects that the files stand for; whether there is no error in them. */
gboolean
ahoy_offline_expand (const char *folder)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (AhoyConfigSet) configuration =
      ahoy_configuration_read_folder (schema, folder, &problems);
  g_autofree char *text = NULL;

  ahoy_configuration_expand (configuration, problems);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *problem = ahoy_config_problem_to_string (problems->pdata[i]);

    g_printerr ("%s\n", problem);
  }
  text = ahoy_configuration_dup_text (configuration);
  g_print ("%s", text);
  return count_errors (problems) == 0;
}

static void
print_type (AhoyConfigSchema *schema, const char *type)
{
  AhoyConfigObjectClass *klass = ahoy_config_schema_find_class (schema, type);
  g_autoptr (GVariant) keys = ahoy_config_schema_describe (schema, type, NULL);
  GVariantIter iter;
  const char *name;
  const char *value;
  const char *standard;
  const char *purpose;

  g_print (klass->singleton ? "\n  [%s]  %s\n\n" : "\n  [%s NAME]  %s\n\n", type,
           klass->description);
  g_variant_iter_init (&iter, keys);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &name, &value, &standard, &purpose)) {
    g_print ("  %s=%s\n      %s (%s)\n", name, standard, purpose, value);
  }
}

/* {"description": …, "named": …, "keys": [{"name": …, "values": …, "default": …, "purpose": …}]} */
static GVariant *
describe_type (AhoyConfigSchema *schema, const char *type)
{
  AhoyConfigObjectClass *klass = ahoy_config_schema_find_class (schema, type);
  g_autoptr (GVariant) keys = ahoy_config_schema_describe (schema, type, NULL);
  GVariantBuilder list;
  GVariantDict dict;
  GVariantIter iter;
  const char *name;
  const char *values;
  const char *standard;
  const char *purpose;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{ss}"));
  g_variant_iter_init (&iter, keys);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &name, &values, &standard, &purpose)) {
    g_variant_builder_open (&list, G_VARIANT_TYPE ("a{ss}"));
    g_variant_builder_add (&list, "{ss}", "name", name);
    g_variant_builder_add (&list, "{ss}", "values", values);
    g_variant_builder_add (&list, "{ss}", "default", standard);
    g_variant_builder_add (&list, "{ss}", "purpose", purpose);
    g_variant_builder_close (&list);
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "description", "s", klass->description);
  g_variant_dict_insert (&dict, "named", "b", !klass->singleton);
  g_variant_dict_insert_value (&dict, "keys", g_variant_builder_end (&list));
  return g_variant_dict_end (&dict);
}

/* Prints each key: its default, what it does, what may be written; of one type, or of all; as text,
 * or as JSON. */
gboolean
ahoy_offline_print_schema (const char *type, gboolean json)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_auto (GStrv) types = ahoy_config_schema_list_types (schema);
  gboolean found = FALSE;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; types[i] != NULL; i++) {
    if (type == NULL || *type == '\0' || g_str_equal (type, types[i])) {
      if (json) {
        g_variant_dict_insert_value (&dict, types[i], describe_type (schema, types[i]));
      } else {
        print_type (schema, types[i]);
      }
      found = TRUE;
    }
  }
  if (found && json) {
    print_json (g_variant_dict_end (&dict));
    return TRUE;
  }
  g_variant_dict_clear (&dict);
  if (found) {
    g_print ("\n");
  } else {
    g_autofree char *known = g_strjoinv (", ", types);

    g_printerr ("ahoyd: “%s” is no type of object; the types are %s\n", type, known);
  }
  return found;
}
