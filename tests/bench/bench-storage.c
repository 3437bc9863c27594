/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 *
 * How long it takes until 100 000 endpoints are there: from key files, beside reading the same
 * bytes; from a database, beside a bare SELECT of the same rows by SQLite. And how fast batches are
 * written that wait together, beside one transaction each.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "ahoy.h"

#define N_FILES 10
#define N_BATCHES 1000

static guint n_endpoints = 100000;

static void
append_endpoint (GString *text, guint number)
{
  g_string_append_printf (text,
                          "\n[endpoint e%u]\nusername=e%u\npassword=secret-%u\ncontext=demo\n"
                          "codecs=PCMU;PCMA\n",
                          number, number, number);
}

static void
write_files (const char *folder)
{
  g_autofree char *parts = g_build_filename (folder, "conf.d", NULL);

  g_mkdir_with_parents (parts, 0700);
  for (guint part = 0; part < N_FILES; part++) {
    g_autofree char *path = g_strdup_printf ("%s/part%u.conf", parts, part);
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint i = part * (n_endpoints / N_FILES); i < (part + 1) * (n_endpoints / N_FILES); i++)
      append_endpoint (text, i);
    g_assert_true (g_file_set_contents (path, text->str, text->len, NULL));
  }
}

static double
since (gint64 begun)
{
  return (g_get_monotonic_time () - begun) / 1e6;
}

static double
read_bytes (const char *folder)
{
  gint64 begun = g_get_monotonic_time ();

  for (guint part = 0; part < N_FILES; part++) {
    g_autofree char *path = g_strdup_printf ("%s/conf.d/part%u.conf", folder, part);
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  }
  return since (begun);
}

static void
measure_files (AhoyConfigSchema *schema, const char *folder)
{
  g_autoptr (AhoyStoreKeyfile) keyfile = ahoy_store_keyfile_new (schema, folder, NULL);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (AhoyConfigSet) set = NULL;
  double bytes, objects;
  gint64 begun;

  read_bytes (folder);
  bytes = read_bytes (folder);
  begun = g_get_monotonic_time ();
  problems = ahoy_store_keyfile_load (keyfile);
  objects = since (begun);
  g_assert_cmpuint (problems->len, ==, 0);
  set = ahoy_store_keyfile_get_objects (keyfile);
  g_assert_cmpuint (ahoy_config_set_get_length (set), ==, n_endpoints);
  g_print ("%u endpoints from key files: %.2f s (aim: less than 5 s); reading their bytes: %.4f s, "
           "1 to %.0f\n",
           n_endpoints, objects, bytes, objects / bytes);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  ahoy_store_backend_apply_finish (AHOY_STORE_BACKEND (source), result, &error);
  g_assert_no_error (error);
  *(guint *)user_data -= 1;
}

static void
fill (AhoyStoreBackend *backend)
{
  gint64 begun = g_get_monotonic_time ();
  guint n_left = 1;
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("bench");

  for (guint i = 0; i < n_endpoints; i++) {
    g_autofree char *name = g_strdup_printf ("e%u", i);
    g_autofree char *password = g_strdup_printf ("secret-%u", i);
    g_autoptr (AhoyEndpointConfig) endpoint = ahoy_endpoint_config_new (name);

    g_object_set (endpoint, "username", name, "password", password, "context", "demo", NULL);
    ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (endpoint), "codecs", "PCMU;PCMA", NULL);
    ahoy_store_batch_create (batch, AHOY_CONFIG_OBJECT (endpoint));
  }
  ahoy_store_backend_apply_async (backend, batch, NULL, on_applied, &n_left);
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_print ("%u endpoints into a database, in one batch: %.2f s\n", n_endpoints, since (begun));
}

/* All rows that a load needs, and nothing made of them. */
static double
select_all (const char *path)
{
  gint64 begun = g_get_monotonic_time ();
  sqlite3 *handle = NULL;
  sqlite3_stmt *statement = NULL;
  guint n_rows = 0;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_prepare_v2 (handle,
                          "SELECT o.id, o.type, o.name, o.revision, s.key, s.value FROM object o "
                          "LEFT JOIN setting s ON s.object = o.id ORDER BY o.id",
                          -1, &statement, NULL),
      ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW) {
    for (int column = 0; column < 6; column++)
      sqlite3_column_text (statement, column);
    n_rows++;
  }
  g_assert_cmpuint (n_rows, ==, n_endpoints * 4);
  sqlite3_finalize (statement);
  sqlite3_close (handle);
  return since (begun);
}

static void
measure_database (AhoyConfigSchema *schema, AhoyWorkPool *pool, const char *path)
{
  g_autoptr (AhoyStoreSqlite) database = ahoy_store_sqlite_new (schema, pool, path);
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autoptr (GError) error = NULL;
  double bare, objects;
  gint64 begun;

  select_all (path);
  bare = select_all (path);
  begun = g_get_monotonic_time ();
  set = ahoy_store_sqlite_load (database, &error);
  objects = since (begun);
  g_assert_no_error (error);
  g_assert_cmpuint (ahoy_config_set_get_length (set), ==, n_endpoints);
  g_print ("%u endpoints from a database: %.2f s (aim: less than 2 s); a SELECT of their rows: "
           "%.2f s, 1 to %.1f\n",
           n_endpoints, objects, bare, objects / bare);
}

static double
write_batches (AhoyStoreBackend *backend, const char *prefix, guint n_at_once)
{
  gint64 begun = g_get_monotonic_time ();
  guint n_left = 0;

  for (guint i = 0; i < N_BATCHES; i++) {
    g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("bench");
    g_autofree char *name = g_strdup_printf ("%s%u", prefix, i);
    g_autoptr (AhoyAorConfig) aor = ahoy_aor_config_new (name);

    ahoy_store_batch_create (batch, AHOY_CONFIG_OBJECT (aor));
    n_left++;
    ahoy_store_backend_apply_async (backend, batch, NULL, on_applied, &n_left);
    while (n_left >= n_at_once)
      g_main_context_iteration (NULL, TRUE);
  }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  return since (begun);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      remove_folder (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("ahoy-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "ahoy.db", NULL);
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyDispatcher) dispatcher = ahoy_dispatcher_new (NULL);
  g_autoptr (AhoyWorkPool) pool = ahoy_work_pool_new (dispatcher, 2);
  AhoyStoreSqlite *database = ahoy_store_sqlite_new (schema, pool, path);
  double alone, together;

  if (argc > 1)
    n_endpoints = atoi (argv[1]) / N_FILES * N_FILES;
  write_files (folder);
  measure_files (schema, folder);
  fill (AHOY_STORE_BACKEND (database));
  measure_database (schema, pool, path);
  alone = write_batches (AHOY_STORE_BACKEND (database), "alone", 1);
  together = write_batches (AHOY_STORE_BACKEND (database), "together", N_BATCHES);
  g_print ("%u batches one after the other: %.0f/s; at once: %.0f/s, %.1f to 1\n", N_BATCHES,
           N_BATCHES / alone, N_BATCHES / together, alone / together);
  g_object_unref (database);
  ahoy_work_pool_stop (pool);
  remove_folder (folder);
  return 0;
}
