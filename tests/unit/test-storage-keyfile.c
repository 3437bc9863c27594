/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <sys/stat.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "store-fixture.h"

#define WATCHDOG 60 /* seconds */

static const StoreSetup keyfile = { "keyfile", STORE_KEYFILE };
static const StoreSetup store_of_keyfile = { "store-of-keyfile", STORE_KEYFILE, TRUE };
static const StoreSetup keyfile_of_pool = { "keyfile-of-pool", STORE_KEYFILE, .pool = TRUE };

static char *
read_own_file (Fixture *fixture)
{
  g_autofree char *path = path_of (fixture, "conf.d/" OWN_FILE);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static guint
reload (Fixture *fixture)
{
  g_autoptr (GPtrArray) problems = ahoy_store_keyfile_load (AHOY_STORE_KEYFILE (fixture->backend));

  return problems->len;
}

/* What another process would read is what this one knows. */
static void
assert_persistent (Fixture *fixture)
{
  g_autoptr (AhoyStoreBackend) other = make_keyfile (fixture);
  g_autoptr (AhoyConfigSet) known
      = ahoy_store_keyfile_get_objects (AHOY_STORE_KEYFILE (fixture->backend));
  g_autoptr (AhoyConfigSet) read = ahoy_store_keyfile_get_objects (AHOY_STORE_KEYFILE (other));
  g_autoptr (GPtrArray) objects = ahoy_config_set_list (known, NULL);

  g_assert_cmpuint (ahoy_config_set_get_length (known), ==, ahoy_config_set_get_length (read));
  for (guint i = 0; i < objects->len; i++) {
    AhoyConfigObject *object = objects->pdata[i];
    AhoyConfigObject *twin = ahoy_config_set_lookup (
        read, ahoy_config_object_get_type_name (object), ahoy_config_object_get_name (object));

    g_assert_nonnull (twin);
    g_assert_true (ahoy_config_object_equal (object, twin));
  }
}

static void
test_own_file_holds_what_was_written (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", " a;b\\ ");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", NULL);
  g_autoptr (AhoyCoreSettings) core = ahoy_core_settings_new ();
  g_autofree char *secret = path_of (fixture, "secret");
  g_autofree char *path = path_of (fixture, "conf.d/" OWN_FILE);
  g_autofree char *text = NULL;
  g_autofree char *source = g_strconcat ("password-file=", secret, NULL);
  GStatBuf status;

  put_file (fixture, "ahoy.conf", "[defaults endpoint]\nptime=40\ndtmf-mode=info\n");
  put_file (fixture, "secret", "geheim\n");
  g_assert_cmpuint (reload (fixture), ==, 0);
  g_assert_true (ahoy_config_object_set_text (bob, "password-file", secret, NULL));
  g_assert_true (ahoy_config_object_set_text (bob, "dtmf-mode", "info", NULL));
  g_assert_true (ahoy_config_object_set_text (carol, "password", "a\\\\b", NULL));
  g_object_set (core, "realm", "example.com", NULL);
  ahoy_store_batch_create (batch, bob);
  ahoy_store_batch_create (batch, carol);
  ahoy_store_batch_create (batch, AHOY_CONFIG_OBJECT (core));
  assert_applied (fixture, batch);

  text = read_own_file (fixture);
  g_assert_true (g_str_has_prefix (text, "# Written by Ahoy;"));
  g_assert_nonnull (strstr (text, source));
  g_assert_null (strstr (text, "geheim"));
  g_assert_nonnull (strstr (text, "ptime=20\n"));
  g_assert_null (strstr (text, "[endpoint bob]\ndtmf-mode"));
  g_assert_nonnull (strstr (text, "[core]\nrealm=example.com\n"));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  assert_persistent (fixture);
  g_assert_cmpuint (reload (fixture), ==, 0);
  assert_changes (fixture, "+bob +carol + ");
}

static void
test_files_of_people_are_not_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) twin = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "x");
  g_autofree char *expected = NULL;

  put_file (fixture, "ahoy.conf", "\n[endpoint bob]\n");
  reload (fixture);
  assert_changes (fixture, "+bob ");
  g_assert_cmpstr (fixture->last_origin, ==, "files");
  ahoy_store_batch_update (batch, bob, AHOY_STORE_ANY_REVISION);
  expected = g_strdup_printf ("endpoint bob stands in %s/ahoy.conf:2, which", fixture->folder);
  assert_refused (fixture, batch, AHOY_ERROR_NOT_SUPPORTED, expected);
  ahoy_store_batch_create (twin, bob);
  assert_refused (fixture, twin, AHOY_ERROR_EXISTS, "there already");
}

static void
test_own_file_is_not_taken_from_people (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "x");

  ahoy_store_batch_create (batch, bob);
  put_file (fixture, "conf.d/" OWN_FILE, "[endpoint carol]\n");
  assert_refused (fixture, batch, AHOY_ERROR_CONFLICT, "reload first");
  g_assert_cmpuint (reload (fixture), ==, 0);
  assert_changes (fixture, "+carol ");
  assert_refused (fixture, batch, AHOY_ERROR_NOT_SUPPORTED, "was not written by Ahoy");

  put_file (fixture, "conf.d/" OWN_FILE,
            "# Written by Ahoy; what is changed here by hand may be lost.\n"
            "[endpoint carol]\n"
            "ptime=x\n");
  g_assert_cmpuint (reload (fixture), ==, 1);
  assert_changes (fixture, "-carol ");
  assert_refused (fixture, batch, AHOY_ERROR_NOT_SUPPORTED, "has an error in line 3");

  put_file (fixture, "conf.d/" OWN_FILE,
            "# Written by Ahoy; what is changed here by hand may be lost.\n");
  g_assert_cmpuint (reload (fixture), ==, 0);
  assert_applied (fixture, batch);
  assert_persistent (fixture);
}

static void
test_a_folder_that_cannot_be_written (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "x");
  g_autoptr (AhoyConfigObject) found = NULL;

  put_file (fixture, "conf.d", "this is no folder");
  ahoy_store_batch_create (batch, bob);
  assert_refused (fixture, batch, AHOY_ERROR_FAILED, "cannot be used");
  found = get (fixture, "endpoint", "bob");
  g_assert_null (found);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Nothing changes when the file cannot be written whole: neither what we know, nor what others
 * read, and nothing half written is left. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) changes = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "new");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", "x");
  g_autoptr (AhoyConfigObject) known = NULL;
  g_autoptr (AhoyConfigObject) unknown = NULL;
  g_autofree char *folder = path_of (fixture, "conf.d");
  g_autofree char *path = path_of (fixture, "conf.d/" OWN_FILE);
  g_autofree char *expected = g_strdup_printf ("the file “%s” was not written", path);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  create (fixture, "bob", "old");
  assert_changes (fixture, "+bob ");
  before = read_own_file (fixture);
  ahoy_store_batch_update (changes, bob, AHOY_STORE_ANY_REVISION);
  ahoy_store_batch_create (changes, carol);
  limit_files (10);
  assert_refused (fixture, changes, AHOY_ERROR_FAILED, expected);
  assert_refused (fixture, changes, AHOY_ERROR_FAILED, g_strerror (EFBIG));
  limit_files (RLIM_INFINITY);

  after = read_own_file (fixture);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpuint (count_files (folder), ==, 1);
  known = get (fixture, "endpoint", "bob");
  unknown = get (fixture, "endpoint", "carol");
  g_assert_cmpstr (ahoy_config_object_get_string (known, "context"), ==, "old");
  g_assert_null (unknown);
  assert_persistent (fixture);

  assert_applied (fixture, changes);
  assert_changes (fixture, "~bob +carol ");
  assert_persistent (fixture);
}

static void
test_reload_tells_what_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyConfigObject) before = NULL;
  g_autoptr (AhoyConfigObject) after = NULL;

  put_file (fixture, "ahoy.conf",
            "[endpoint a]\n[endpoint b]\nptime=30\n[endpoint c]\npassword=x\n");
  reload (fixture);
  assert_changes (fixture, "+a +b +c ");
  before = get (fixture, "endpoint", "b");
  put_file (fixture, "ahoy.conf",
            "# moved\n[endpoint c]\npassword=y\n"
            "[endpoint b]\nptime = 30\n[endpoint d]\n");
  reload (fixture);
  assert_changes (fixture, "-a ~c +d ");
  after = get (fixture, "endpoint", "b");
  g_assert_cmpuint (ahoy_config_object_get_revision (before), ==,
                    ahoy_config_object_get_revision (after));
  g_assert_cmpuint (ahoy_config_object_get_line (after), ==, 4);
}

static void
test_reload_while_writing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "x");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyConfigObject) found = NULL;

  ahoy_store_batch_create (batch, bob);
  ahoy_store_backend_apply_async (fixture->backend, batch, NULL, on_done, &result);
  reload (fixture);
  wait_for (&result);
  ahoy_store_backend_apply_finish (fixture->backend, result, &error);
  g_assert_no_error (error);
  found = get (fixture, "endpoint", "bob");
  g_assert_nonnull (found);
  assert_persistent (fixture);
  create (fixture, "carol", "y");
  assert_persistent (fixture);
}

static void
test_default_goes_with_the_first_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("node-1");
  g_autoptr (AhoyStoreBatch) deletion = ahoy_store_batch_new ("node-1");
  g_autoptr (AhoyConfigObject) guest = make_endpoint ("guest", "mine");
  g_autofree char *own_file = path_of (fixture, "conf.d/" OWN_FILE);

  ahoy_store_keyfile_set_default (AHOY_STORE_KEYFILE (fixture->backend), "built-in default",
                                  "[endpoint guest]\n[endpoint other]\n");
  g_assert_cmpuint (reload (fixture), ==, 0);
  assert_changes (fixture, "+guest +other ");
  ahoy_store_batch_delete (deletion, "endpoint", "other", AHOY_STORE_ANY_REVISION);
  assert_refused (fixture, deletion, AHOY_ERROR_NOT_FOUND, "there is no endpoint other");
  ahoy_store_batch_create (batch, guest);
  assert_applied (fixture, batch);
  assert_changes (fixture, "-other ~guest ");
  g_assert_cmpstr (fixture->last_origin, ==, "node-1");
  assert_persistent (fixture);

  g_unlink (own_file);
  reload (fixture);
  assert_changes (fixture, "~guest +other ");
  put_file (fixture, "ahoy.conf", "");
  reload (fixture);
  assert_changes (fixture, "-guest -other ");
}

/* Nothing is written when the threads are gone, and who asked is told. */
static void
test_stopped_pool (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = make_endpoint ("bob", "x");
  g_autofree char *path = path_of (fixture, "conf.d/" OWN_FILE);

  ahoy_work_pool_stop (fixture->pool);
  ahoy_store_batch_create (batch, object);
  assert_refused (fixture, batch, AHOY_ERROR_INVALID_STATE, "was not written");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/storage/keyfile/" name, Fixture, &keyfile, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  umask (0077); /* secrets are read from files */
  alarm (WATCHDOG);

  ADD ("own-file-holds-what-was-written", test_own_file_holds_what_was_written);
  ADD ("files-of-people-are-not-changed", test_files_of_people_are_not_changed);
  ADD ("own-file-is-not-taken-from-people", test_own_file_is_not_taken_from_people);
  ADD ("a-folder-that-cannot-be-written", test_a_folder_that_cannot_be_written);
  ADD ("full-disk-changes-nothing", test_full_disk);
  g_test_add ("/storage/store-of-keyfile/full-disk-changes-nothing", Fixture, &store_of_keyfile,
              set_up, test_full_disk, tear_down);
  g_test_add ("/storage/keyfile-of-pool/a-stopped-pool-writes-nothing", Fixture, &keyfile_of_pool,
              set_up, test_stopped_pool, tear_down);
  ADD ("default-goes-with-the-first-file", test_default_goes_with_the_first_file);
  ADD ("reload-tells-what-changed", test_reload_tells_what_changed);
  ADD ("reload-while-writing", test_reload_while_writing);

  return g_test_run ();
}
