/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy.h"

#define SAMPLE "ahoy.conf.sample"

static AhoyConfigSet *
read_text (AhoyConfigSchema *schema, const char *text)
{
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autoptr (GPtrArray) problems = NULL;

  ahoy_config_reader_add_text (reader, SAMPLE, text, -1);
  set = ahoy_config_reader_read (reader);
  problems = ahoy_config_reader_list_problems (reader);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *line = ahoy_config_problem_to_string (problems->pdata[i]);

    g_test_message ("%s", line);
  }
  g_assert_cmpuint (problems->len, ==, 0);
  return g_steal_pointer (&set);
}

/* `meson test -C build core-configuration` fails after a change of the schema; then
 * `build/tests/unit/test-core-configuration --write-sample > data/ahoy.conf.sample`. */
static void
test_sample_is_up_to_date (void)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, SAMPLE, NULL);
  g_autofree char *expected = ahoy_config_schema_write_sample (schema);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyConfigSet) set = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  set = read_text (schema, text);
  g_assert_cmpuint (ahoy_config_set_get_length (set), ==, 0);
}

static gboolean
is_source (const char *line)
{
  return (strstr (line, "password") != NULL || strstr (line, "secret") != NULL)
         && (g_str_has_suffix (line, "-file=") || g_str_has_suffix (line, "-credential=")
             || (g_str_has_suffix (line, "-secret=") && strcmp (line, "#nonce-secret=") != 0));
}

/* Takes away the # before groups and keys, but not that before sentences and sources of secrets. */
static void
replace (char **line, const char *from, const char *to)
{
  if (strcmp (*line, from) != 0)
    return;
  g_free (*line);
  *line = g_strdup (to);
}

static char *
uncomment (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '#' && lines[i][1] != ' ' && lines[i][1] != '\0' && !is_source (lines[i]))
      memmove (lines[i], lines[i] + 1, strlen (lines[i]));
    replace (&lines[i], "match=", "match=192.0.2.1");
    replace (&lines[i], "do=", "do=reject");
    replace (&lines[i], "replace=", "replace=1");
    replace (&lines[i], "endpoints=", "endpoints=NAME");
    replace (&lines[i], "members=", "members=NAME");
    replace (&lines[i], "path=", "path=other.db");
    replace (&lines[i], "server=", "server=<sip:192.0.2.1>");
    replace (&lines[i], "username=", "username=x");
    replace (&lines[i], "password=", "password=x");
    replace (&lines[i], "endpoint=", "endpoint=NAME");
    replace (&lines[i], "permit=", "permit=192.0.2.0/24");
  }
  return g_strjoinv ("\n", lines);
}

/* Every key of every type stands in the sample, and what stands there is its default. */
static void
test_sample_holds_every_key (void)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autofree char *sample = ahoy_config_schema_write_sample (schema);
  g_autofree char *text = uncomment (sample);
  g_autoptr (AhoyConfigSet) set = read_text (schema, text);
  g_auto (GStrv) types = ahoy_config_schema_list_types (schema);

  g_assert_cmpuint (ahoy_config_set_get_length (set), ==, g_strv_length (types));
  for (gsize i = 0; types[i] != NULL; i++) {
    g_autoptr (GPtrArray) objects = ahoy_config_set_list (set, types[i]);
    g_autoptr (GPtrArray) keys = NULL;
    AhoyConfigObject *object;

    g_assert_cmpuint (objects->len, ==, 1);
    object = objects->pdata[0];
    keys = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (object));
    for (guint n = 0; n < keys->len; n++)
      g_assert_true (ahoy_config_object_is_set (object, ahoy_config_key_get_name (keys->pdata[n])));
  }
}

static void
test_schema_is_described (void)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) keys = ahoy_config_schema_describe (schema, "endpoint", &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (g_variant_is_of_type (keys, G_VARIANT_TYPE ("a(ssss)")));
  text = g_variant_print (keys, FALSE);
  g_assert_nonnull (strstr (text, "('ptime', '10 to 200 ms', '20', "));
  g_assert_nonnull (strstr (text, "('session-expires', 'duration, 90s to 1d', '30min', "));
  g_assert_nonnull (strstr (text, "('password', 'secret', '', "));
  g_assert_nonnull (strstr (text, "('allow-transfer', 'one of no, yes, ask', 'yes', "));

  g_assert_null (ahoy_config_schema_describe (schema, "endpiont", &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (ahoy_config_schema_make_object (schema, "endpiont", "x", &error));
  g_assert_nonnull (strstr (error->message, "did you mean “endpoint”?"));
  g_clear_error (&error);
  g_assert_false (ahoy_config_schema_add_type (schema, AHOY_TYPE_AOR_CONFIG, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "--write-sample") == 0) {
    g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
    g_autofree char *sample = ahoy_config_schema_write_sample (schema);

    g_print ("%s", sample);
    return 0;
  }

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/configuration/sample-is-up-to-date", test_sample_is_up_to_date);
  g_test_add_func ("/core/configuration/sample-holds-every-key", test_sample_holds_every_key);
  g_test_add_func ("/core/configuration/schema-is-described", test_schema_is_described);

  return g_test_run ();
}
