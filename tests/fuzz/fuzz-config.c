/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-config-writer-private.h"
#include "ahoy.h"
#include "fuzz.h"

/* A configuration that comes from anybody: it is read, what is read is written, and reading that
 * gives the same objects. */

static AhoyConfigSchema *schema;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE); /* secrets of nobody */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  schema = ahoy_configuration_make_schema ();

  return 0;
}

static void
check_problems (AhoyConfigReader *reader)
{
  g_autoptr (GPtrArray) problems = ahoy_config_reader_list_problems (reader);

  g_assert_cmpuint (problems->len, <=, 1000);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (problems->pdata[i]);

    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_null (strpbrk (text, "\r\n"));
    g_assert_cmpuint (ahoy_config_problem_get_line (problems->pdata[i]), >, 0);
  }
}

/* Secrets from files are not written again: they are there no more when somebody reads it. */
static gboolean
reads_files (const char *text)
{
  return strstr (text, "-file") != NULL || strstr (text, "-credential") != NULL
         || strstr (text, "-secret") != NULL;
}

static void
check_round_trip (AhoyConfigSet *set)
{
  g_autoptr (GPtrArray) objects = ahoy_config_set_list (set, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  g_autoptr (AhoyConfigSet) again = NULL;

  for (guint i = 0; i < objects->len; i++)
    ahoy_config_writer_append (text, objects->pdata[i], NULL);
  if (reads_files (text->str))
    return;

  ahoy_config_reader_add_text (reader, "again", text->str, text->len);
  again = ahoy_config_reader_read (reader);
  g_assert_cmpuint (ahoy_config_reader_get_n_errors (reader), ==, 0);
  g_assert_cmpuint (ahoy_config_set_get_length (again), ==, objects->len);
  for (guint i = 0; i < objects->len; i++) {
    AhoyConfigObject *object = objects->pdata[i];
    AhoyConfigObject *twin = ahoy_config_set_lookup (
        again, ahoy_config_object_get_type_name (object), ahoy_config_object_get_name (object));

    g_assert_nonnull (twin);
    g_assert_true (ahoy_config_object_equal (object, twin));
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  g_autoptr (AhoyConfigSet) set = NULL;

  ahoy_config_reader_add_text (reader, "fuzz", data != NULL ? (const char *)data : "", size);
  set = ahoy_config_reader_read (reader);
  check_problems (reader);
  check_round_trip (set);

  return 0;
}
