/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-offline.h"

#include "ahoy.h"

/* What ahoyd says of a configuration without being a daemon: ahoyd --check and --schema. */

static guint
print_problems (GPtrArray *problems)
{
  guint errors = 0;

  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (problems->pdata[i]);

    g_print ("%s\n", text);
    errors += ahoy_config_problem_get_severity (problems->pdata[i]) == AHOY_CONFIG_SEVERITY_ERROR;
  }
  return errors;
}

/* Prints each problem as file:line: object: key: message; whether there is no error among them. */
gboolean
ahoy_offline_check (const char *folder)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyCore) core = ahoy_core_new (NULL);
  g_autoptr (AhoyConfigSet) configuration = NULL;
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) unusable = NULL;
  guint errors;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_print ("%s: there is no such folder; the built-in default holds\n", folder);
    return TRUE;
  }
  configuration = ahoy_configuration_read_folder (schema, folder, &unreadable);
  ahoy_core_check (core, configuration, &unusable);
  errors = print_problems (unreadable) + print_problems (unusable);
  g_print ("%s: %u objects, %u errors, %u warnings\n", folder,
           ahoy_config_set_get_length (configuration), errors,
           unreadable->len + unusable->len - errors);
  return errors == 0;
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

/* Prints each key: its default, what it does, what may be written; of one type, or of all. */
gboolean
ahoy_offline_print_schema (const char *type)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_auto (GStrv) types = ahoy_config_schema_list_types (schema);
  gboolean found = FALSE;

  for (guint i = 0; types[i] != NULL; i++) {
    if (type == NULL || *type == '\0' || g_str_equal (type, types[i])) {
      print_type (schema, types[i]);
      found = TRUE;
    }
  }
  if (found) {
    g_print ("\n");
  } else {
    g_autofree char *known = g_strjoinv (", ", types);

    g_printerr ("ahoyd: “%s” is no type of object; the types are %s\n", type, known);
  }
  return found;
}
