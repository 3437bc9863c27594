/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void
on_changed (GObject *source, AhoyStoreChange *change, gpointer user_data)
{
  static const char marks[] = "+~-";
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->changes, "%c%s ",
                          marks[ahoy_store_change_get_operation (change)],
                          ahoy_store_change_get_name (change));
  g_assert_cmpuint (ahoy_store_change_get_revision (change), >, fixture->last_revision);
  fixture->last_revision = ahoy_store_change_get_revision (change);
  g_free (fixture->last_origin);
  fixture->last_origin = g_strdup (ahoy_store_change_get_origin (change));
}

void
assert_changes (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->changes->str, ==, expected);
  g_string_truncate (fixture->changes, 0);
}

char *
path_of (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

AhoyStoreBackend *
make_keyfile (Fixture *fixture)
{
  AhoyStoreKeyfile *keyfile = ahoy_store_keyfile_new (fixture->schema, fixture->folder, OWN_FILE);
  g_autoptr (GPtrArray) problems = ahoy_store_keyfile_load (keyfile);

  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (problems->pdata[i]);

    g_test_message ("%s", text);
  }
  if (fixture->pool != NULL)
    ahoy_store_keyfile_set_work_pool (keyfile, fixture->pool);
  return AHOY_STORE_BACKEND (keyfile);
}

AhoyStoreBackend *
make_sqlite (Fixture *fixture)
{
  g_autofree char *path = path_of (fixture, DATABASE);

  return AHOY_STORE_BACKEND (ahoy_store_sqlite_new (fixture->schema, fixture->pool, path));
}

static AhoyStoreBackend *
make_backend (Fixture *fixture)
{
  switch (fixture->setup->kind) {
  case STORE_KEYFILE:
    return make_keyfile (fixture);
  case STORE_SQLITE:
    return make_sqlite (fixture);
  case STORE_MEMORY:
  default:
    return AHOY_STORE_BACKEND (ahoy_store_memory_new ());
  }
}

static AhoyStoreBackend *
make_cache (Fixture *fixture, AhoyStoreBackend *backend)
{
  g_autoptr (AhoyScheduler) clock = ahoy_scheduler_new_virtual ();
  AhoyStoreCache *cache = ahoy_store_cache_new (backend, clock);

  g_object_set (cache, "full-backend-cache", fixture->setup->full, NULL);
  g_object_unref (backend);
  return AHOY_STORE_BACKEND (cache);
}

static void
make_store (Fixture *fixture)
{
  if (fixture->setup->pool || fixture->setup->kind == STORE_SQLITE) {
    fixture->dispatcher = ahoy_dispatcher_new (NULL);
    fixture->pool = ahoy_work_pool_new (fixture->dispatcher, 2);
  }
  fixture->backend = make_backend (fixture);
  if (fixture->setup->cached)
    fixture->backend = make_cache (fixture, fixture->backend);
  if (fixture->setup->through_store) {
    fixture->store = ahoy_store_new ();
    g_assert_true (ahoy_store_add_backend (fixture->store, fixture->backend, "one", NULL, NULL));
    g_signal_connect (fixture->store, "changed", G_CALLBACK (on_changed), fixture);
  } else {
    g_signal_connect (fixture->backend, "changed", G_CALLBACK (on_changed), fixture);
  }
}

static void
drop_store (Fixture *fixture)
{
  if (fixture->store != NULL)
    g_signal_handlers_disconnect_by_data (fixture->store, fixture);
  g_signal_handlers_disconnect_by_data (fixture->backend, fixture);
  g_clear_object (&fixture->store);
  if (fixture->pool != NULL)
    ahoy_work_pool_stop (fixture->pool);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_object_add_weak_pointer (G_OBJECT (fixture->backend), (gpointer *)&fixture->backend);
  g_object_unref (fixture->backend);
  g_assert_null (fixture->backend);
  g_clear_object (&fixture->pool);
  g_clear_object (&fixture->dispatcher);
}

void
reopen (Fixture *fixture)
{
  drop_store (fixture);
  make_store (fixture);
}

void
set_up (Fixture *fixture, gconstpointer setup)
{
  fixture->setup = setup;
  fixture->folder = g_dir_make_tmp ("ahoy-store-XXXXXX", NULL);
  fixture->schema = ahoy_configuration_make_schema ();
  fixture->changes = g_string_new (NULL);
  make_store (fixture);
}

void
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

void
tear_down (Fixture *fixture, gconstpointer setup)
{
  drop_store (fixture);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_clear_object (&fixture->schema);
  g_string_free (fixture->changes, TRUE);
  g_free (fixture->last_origin);
}

/* -- waiting -------------------------------------------------------------------------------- */

void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
apply (Fixture *fixture, AhoyStoreBatch *batch, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (fixture->store != NULL) {
    ahoy_store_apply_async (fixture->store, batch, NULL, on_done, &result);
    wait_for (&result);
    return ahoy_store_apply_finish (fixture->store, result, error);
  }
  ahoy_store_backend_apply_async (fixture->backend, batch, NULL, on_done, &result);
  wait_for (&result);
  return ahoy_store_backend_apply_finish (fixture->backend, result, error);
}

GPtrArray *
query (Fixture *fixture, AhoyStoreQuery *wanted)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *found;

  if (fixture->store != NULL) {
    ahoy_store_query_async (fixture->store, wanted, NULL, on_done, &result);
    wait_for (&result);
    found = ahoy_store_query_finish (fixture->store, result, &error);
  } else {
    ahoy_store_backend_query_async (fixture->backend, wanted, NULL, on_done, &result);
    wait_for (&result);
    found = ahoy_store_backend_query_finish (fixture->backend, result, &error);
  }
  g_assert_no_error (error);
  return found;
}

AhoyConfigObject *
get (Fixture *fixture, const char *type_name, const char *name)
{
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new_for_name (type_name, name);
  g_autoptr (GPtrArray) found = query (fixture, wanted);

  g_assert_cmpuint (found->len, <=, 1);
  return found->len > 0 ? g_object_ref (found->pdata[0]) : NULL;
}

void
assert_applied (Fixture *fixture, AhoyStoreBatch *batch)
{
  g_autoptr (GError) error = NULL;

  apply (fixture, batch, &error);
  g_assert_no_error (error);
}

void
assert_refused (Fixture *fixture, AhoyStoreBatch *batch, AhoyError code, const char *says)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (apply (fixture, batch, &error));
  g_assert_error (error, AHOY_ERROR, code);
  if (strstr (error->message, says) == NULL) {
    g_test_message ("“%s” does not say “%s”", error->message, says);
    g_test_fail ();
  }
  assert_changes (fixture, "");
}

AhoyConfigObject *
make_endpoint (const char *name, const char *context)
{
  AhoyEndpointConfig *endpoint = ahoy_endpoint_config_new (name);

  g_object_set (endpoint, "context", context, NULL);
  return AHOY_CONFIG_OBJECT (endpoint);
}

void
create (Fixture *fixture, const char *name, const char *context)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = make_endpoint (name, context);

  ahoy_store_batch_create (batch, object);
  assert_applied (fixture, batch);
}

/* -- files ---------------------------------------------------------------------------------- */

void
put_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = path_of (fixture, name);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (parent, 0700);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* Files may grow to so many octets and no further, as on a disk that fills up. */
void
limit_files (rlim_t size)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}
