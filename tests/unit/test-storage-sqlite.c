/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-fixture.h"

#define WATCHDOG 60 /* seconds */

static const StoreSetup sqlite = { "sqlite", STORE_SQLITE };
static const StoreSetup store_of_sqlite = { "store-of-sqlite", STORE_SQLITE, TRUE };

/* Warnings are kept while this is set, and end the test otherwise. */
static GString *warnings;

static GLogWriterOutput
keep_warning (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if (warnings == NULL)
    return g_log_writer_default (level, fields, n_fields, user_data);
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append (warnings, fields[i].value);
  }
  return G_LOG_WRITER_HANDLED;
}

/* The file as another program sees it. */
static sqlite3 *
open_file (Fixture *fixture)
{
  g_autofree char *path = path_of (fixture, DATABASE);
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  return handle;
}

static void
run_sql (sqlite3 *handle, const char *sql)
{
  char *message = NULL;

  sqlite3_exec (handle, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

static int
ask (sqlite3 *handle, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  int number;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return number;
}

static void
test_file_is_private (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { DATABASE, DATABASE "-wal", DATABASE "-shm" };
  sqlite3 *handle;

  create (fixture, "bob", "x");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = path_of (fixture, names[i]);
    GStatBuf status;

    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  }
  handle = open_file (fixture);
  g_assert_cmpint (ask (handle, "PRAGMA application_id"), ==, 0x41686f79);
  g_assert_cmpint (ask (handle, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (ask (handle, "SELECT count(*) FROM object WHERE origin = 'test'"), ==, 1);
  sqlite3_close (handle);
}

/* A secret that stands elsewhere is not copied, and one that was changed is gone. */
static void
test_secrets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) changed = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "x");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", "x");
  g_autoptr (AhoyConfigObject) found = NULL;
  g_autofree char *secret = path_of (fixture, "secret");
  g_autofree char *path = path_of (fixture, DATABASE);
  g_autofree char *content = NULL;
  gsize length;

  put_file (fixture, "secret", "geheim\n");
  g_assert_true (ahoy_config_object_set_text (bob, "password-file", secret, NULL));
  g_assert_true (ahoy_config_object_set_text (carol, "password", "sesame-open", NULL));
  ahoy_store_batch_create (batch, bob);
  ahoy_store_batch_create (batch, carol);
  assert_applied (fixture, batch);
  ahoy_store_batch_change (changed, "endpoint", "carol",
                           g_variant_new_parsed ("{'password': 'other'}"),
                           AHOY_STORE_ANY_REVISION);
  assert_applied (fixture, changed);

  reopen (fixture); /* the log is in the file now */
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_null (memmem (content, length, "geheim", 6));
  g_assert_null (memmem (content, length, "sesame-open", 11));
  g_assert_nonnull (memmem (content, length, secret, strlen (secret)));
  found = get (fixture, "endpoint", "bob");
  g_assert_true (ahoy_config_object_equal (found, bob));
}

/* Whoever lost its password must not be let in without one. */
static void
test_an_object_without_its_secret_is_left_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) twin = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) deletion = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "x");
  g_autoptr (AhoyConfigObject) none = NULL;
  g_autofree char *secret = path_of (fixture, "secret");
  g_autofree char *said = NULL;
  GLogLevelFlags fatal;

  put_file (fixture, "secret", "geheim\n");
  g_assert_true (ahoy_config_object_set_text (bob, "password-file", secret, NULL));
  ahoy_store_batch_create (batch, bob);
  assert_applied (fixture, batch);
  g_assert_cmpint (g_unlink (secret), ==, 0);
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  warnings = g_string_new (NULL);
  none = get (fixture, "endpoint", "bob");
  g_log_set_always_fatal (fatal);
  said = g_string_free (g_steal_pointer (&warnings), FALSE);
  g_assert_nonnull (strstr (said, "is left out: endpoint bob: password-file: "));
  g_assert_null (none);
  assert_changes (fixture, "+bob ");
  ahoy_store_batch_create (twin, bob);
  assert_refused (fixture, twin, AHOY_ERROR_EXISTS, "there already");
  ahoy_store_batch_delete (deletion, "endpoint", "bob", AHOY_STORE_ANY_REVISION);
  assert_applied (fixture, deletion);
  assert_changes (fixture, "-bob ");
}

/* -- files that are not ours to change ------------------------------------------------------ */

static void
assert_refused_and_left_alone (Fixture *fixture, AhoyError code, const char *says)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = make_endpoint ("bob", "x");
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of (fixture, DATABASE);
  g_autofree char *log = path_of (fixture, DATABASE "-wal");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize n_before, n_after;

  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  ahoy_store_batch_create (batch, object);
  assert_refused (fixture, batch, code, path);
  assert_refused (fixture, batch, code, says);
  set = ahoy_store_sqlite_load (AHOY_STORE_SQLITE (fixture->backend), &error);
  g_assert_null (set);
  g_assert_error (error, AHOY_ERROR, code);
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
}

static void
test_another_programs_database (Fixture *fixture, gconstpointer data)
{
  sqlite3 *handle;

  put_file (fixture, DATABASE, "");
  handle = open_file (fixture);
  run_sql (handle, "CREATE TABLE bookmark (url TEXT)");
  sqlite3_close (handle);
  assert_refused_and_left_alone (fixture, AHOY_ERROR_NOT_SUPPORTED, "belongs to another program");
}

static void
test_newer_database (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, DATABASE);
  sqlite3 *handle;

  create (fixture, "bob", "x");
  reopen (fixture);
  handle = open_file (fixture);
  run_sql (handle, "PRAGMA user_version = 77; PRAGMA journal_mode = DELETE");
  sqlite3_close (handle);
  assert_changes (fixture, "+bob ");
  assert_refused_and_left_alone (fixture, AHOY_ERROR_NOT_SUPPORTED,
                                 "a newer Ahoy made it (version 77, this one knows 3)");
}

static void
test_no_database (Fixture *fixture, gconstpointer data)
{
  put_file (fixture, DATABASE, "This is a letter, and long enough to be taken for something else "
                               "by whoever looks at its length alone, which is not enough.\n");
  assert_refused_and_left_alone (fixture, AHOY_ERROR_FAILED, "damaged, or no database");
}

/* The pages behind the head are noise. */
static void
test_damaged_database (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, DATABASE);
  g_autofree char *content = NULL;
  g_autofree char *after = NULL;
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autoptr (GError) error = NULL;
  gsize length, n_after;

  for (guint i = 0; i < 200; i++) {
    g_autofree char *name = g_strdup_printf ("endpoint-with-a-long-name-%u", i);

    create (fixture, name, "x");
  }
  reopen (fixture);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  memset (content + 4096, 0xa5, length - 4096);
  g_assert_true (g_file_set_contents (path, content, length, NULL));
  g_string_truncate (fixture->changes, 0);
  set = ahoy_store_sqlite_load (AHOY_STORE_SQLITE (fixture->backend), &error);
  g_assert_null (set);
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, "malformed"));
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (content, length, after, n_after);
}

/* -- changes that cannot be written --------------------------------------------------------- */

static void
assert_context (Fixture *fixture, const char *name, const char *expected)
{
  g_autoptr (AhoyConfigObject) found = get (fixture, "endpoint", name);

  if (expected == NULL)
    g_assert_null (found);
  else
    g_assert_cmpstr (ahoy_config_object_get_string (found, "context"), ==, expected);
}

/* Neither what queries find nor what another program would read differs from before. */
static void
assert_unchanged (Fixture *fixture)
{
  sqlite3 *handle = open_file (fixture);

  g_assert_cmpint (ask (handle, "SELECT count(*) FROM object"), ==, 1);
  g_assert_cmpint (ask (handle, "SELECT count(*) FROM setting WHERE value = 'old'"), ==, 1);
  g_assert_cmpint (ask (handle, "SELECT count(*) FROM setting WHERE value = 'new'"), ==, 0);
  sqlite3_close (handle);
  assert_context (fixture, "bob", "old");
  assert_context (fixture, "carol", NULL);
}

static AhoyStoreBatch *
make_changes (void)
{
  AhoyStoreBatch *changes = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "new");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", "x");

  ahoy_store_batch_update (changes, bob, AHOY_STORE_ANY_REVISION);
  ahoy_store_batch_create (changes, carol);
  return changes;
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) changes = make_changes ();
  g_autofree char *path = path_of (fixture, DATABASE);
  g_autofree char *log = path_of (fixture, DATABASE "-wal");
  GStatBuf status;

  create (fixture, "bob", "old");
  assert_changes (fixture, "+bob ");
  g_assert_cmpint (g_stat (log, &status), ==, 0);
  limit_files (status.st_size);
  assert_refused (fixture, changes, AHOY_ERROR_FAILED, path);
  assert_refused (fixture, changes, AHOY_ERROR_FAILED, g_strerror (EFBIG));
  limit_files (RLIM_INFINITY);
  assert_unchanged (fixture);
  assert_applied (fixture, changes);
  assert_changes (fixture, "~bob +carol ");
  reopen (fixture);
  assert_context (fixture, "bob", "new");
  assert_context (fixture, "carol", "x");
}

static void
test_locked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) changes = make_changes ();
  sqlite3 *handle;

  create (fixture, "bob", "old");
  assert_changes (fixture, "+bob ");
  handle = open_file (fixture);
  run_sql (handle, "BEGIN IMMEDIATE");
  assert_refused (fixture, changes, AHOY_ERROR_TIMEOUT, "end that program");
  assert_unchanged (fixture);
  run_sql (handle, "ROLLBACK");
  sqlite3_close (handle);
  assert_applied (fixture, changes);
  assert_changes (fixture, "~bob +carol ");
}

/* A batch that cannot be made does not take the others of its transaction with it. */
static void
test_a_bad_batch_fails_alone (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[30] = { NULL };

  create (fixture, "bob", "old");
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
    g_autofree char *name = g_strdup_printf ("e%u", i);
    g_autoptr (AhoyConfigObject) object = make_endpoint (i % 3 == 0 ? "bob" : name, "new");

    ahoy_store_batch_create (batch, object);
    ahoy_store_backend_apply_async (fixture->backend, batch, NULL, on_done, &results[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = NULL;

    wait_for (&results[i]);
    ahoy_store_backend_apply_finish (fixture->backend, results[i], &error);
    if (i % 3 == 0)
      g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
    else
      g_assert_no_error (error);
    g_object_unref (results[i]);
  }
  reopen (fixture);
  assert_context (fixture, "bob", "old");
  assert_context (fixture, "e1", "new");
  assert_context (fixture, "e3", NULL);
}

#define MANY 1000

/* What waits together is written together: a transaction is two pieces of work. */
static void
test_waiting_batches_share_a_transaction (Fixture *fixture, gconstpointer data)
{
  g_autofree GAsyncResult **results = g_new0 (GAsyncResult *, MANY);
  g_autoptr (GVariant) statistics = NULL;
  guint64 n_works = 0;

  for (guint i = 0; i < MANY; i++) {
    g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
    g_autofree char *name = g_strdup_printf ("e%u", i);
    g_autoptr (AhoyConfigObject) object = make_endpoint (name, "x");

    ahoy_store_batch_create (batch, object);
    ahoy_store_backend_apply_async (fixture->backend, batch, NULL, on_done, &results[i]);
  }
  for (guint i = 0; i < MANY; i++) {
    g_autoptr (GError) error = NULL;

    wait_for (&results[i]);
    ahoy_store_backend_apply_finish (fixture->backend, results[i], &error);
    g_assert_no_error (error);
    g_object_unref (results[i]);
  }
  statistics = ahoy_work_pool_get_statistics (fixture->pool);
  g_assert_true (g_variant_lookup (statistics, "done", "t", &n_works));
  g_test_message ("%d batches in %" G_GUINT64_FORMAT " transactions", MANY, n_works / 2);
  g_assert_cmpuint (n_works, <, MANY);
}

static void
test_a_folder_that_cannot_be_made (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = make_endpoint ("bob", "x");
  g_autofree char *path = path_of (fixture, "state");

  put_file (fixture, "state", "this is no folder");
  ahoy_store_batch_create (batch, object);
  assert_refused (fixture, batch, AHOY_ERROR_FAILED, g_strerror (ENOTDIR));
  assert_refused (fixture, batch, AHOY_ERROR_FAILED, "its folder may be written");
  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_applied (fixture, batch);
}

/* Nothing is written when the threads are gone, and who asked is told. */
static void
test_stopped_pool (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = make_endpoint ("bob", "x");
  g_autofree char *path = path_of (fixture, DATABASE);

  ahoy_work_pool_stop (fixture->pool);
  ahoy_store_batch_create (batch, object);
  assert_refused (fixture, batch, AHOY_ERROR_INVALID_STATE, "is not used any more");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_all_at_the_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyCoreSettings) core = ahoy_core_settings_new ();
  g_autoptr (AhoyConfigSet) none = NULL;
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autoptr (GError) error = NULL;
  AhoyConfigObject *bob;

  none = ahoy_store_sqlite_load (AHOY_STORE_SQLITE (fixture->backend), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ahoy_config_set_get_length (none), ==, 0);
  create (fixture, "bob", "x");
  g_object_set (core, "realm", "example.org", NULL);
  ahoy_store_batch_create (batch, AHOY_CONFIG_OBJECT (core));
  assert_applied (fixture, batch);
  reopen (fixture);
  set = ahoy_store_sqlite_load (AHOY_STORE_SQLITE (fixture->backend), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ahoy_config_set_get_length (set), ==, 2);
  bob = ahoy_config_set_lookup (set, "endpoint", "bob");
  g_assert_true (ahoy_config_object_is_sealed (bob));
  g_assert_nonnull (ahoy_config_set_lookup (set, "core", ""));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/storage/sqlite/" name, Fixture, &sqlite, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  umask (0077); /* secrets are read from files */
  g_log_set_writer_func (keep_warning, NULL, NULL);
  alarm (WATCHDOG);

  ADD ("file-is-private", test_file_is_private);
  ADD ("secrets-are-kept-by-their-source-and-wiped", test_secrets);
  ADD ("an-object-without-its-secret-is-left-out", test_an_object_without_its_secret_is_left_out);
  ADD ("another-programs-database-is-left-alone", test_another_programs_database);
  ADD ("newer-database-is-left-alone", test_newer_database);
  ADD ("no-database-is-left-alone", test_no_database);
  ADD ("damaged-database-is-left-alone", test_damaged_database);
  ADD ("full-disk-changes-nothing", test_full_disk);
  g_test_add ("/storage/store-of-sqlite/full-disk-changes-nothing", Fixture, &store_of_sqlite,
              set_up, test_full_disk, tear_down);
  ADD ("locked-database-changes-nothing", test_locked);
  ADD ("a-bad-batch-fails-alone", test_a_bad_batch_fails_alone);
  ADD ("waiting-batches-share-a-transaction", test_waiting_batches_share_a_transaction);
  ADD ("a-folder-that-cannot-be-made", test_a_folder_that_cannot_be_made);
  ADD ("a-stopped-pool-writes-nothing", test_stopped_pool);
  ADD ("all-at-the-start", test_all_at_the_start);

  return g_test_run ();
}
