/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ahoy.h"

#define WATCHDOG 60 /* seconds */
#define OWN_FILE "90-ahoyd.conf"

/* The first part runs on every backend, and on each of them through a store. */
typedef struct {
  const char *name;
  gboolean keyfile;
  gboolean through_store;
  gboolean pool;
} Kind;

static const Kind kinds[] = {
  { "memory", FALSE, FALSE },
  { "keyfile", TRUE, FALSE },
  { "store-of-memory", FALSE, TRUE },
  { "store-of-keyfile", TRUE, TRUE },
  { "keyfile-of-pool", TRUE, FALSE, TRUE },
};

typedef struct {
  const Kind *kind;
  char *folder;
  AhoyConfigSchema *schema;
  AhoyWorkPool *pool; /* who writes the files; NULL for GLib */
  AhoyStoreBackend *backend;
  AhoyStore *store; /* NULL when the backend is asked itself */
  GString *changes; /* “+bob ”, “~bob ”, “-bob ” */
  guint64 last_revision;
  char *last_origin;
} Fixture;

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

static void
assert_changes (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->changes->str, ==, expected);
  g_string_truncate (fixture->changes, 0);
}

static char *
path_of (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static AhoyStoreBackend *
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

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->kind = data;
  fixture->folder = g_dir_make_tmp ("ahoy-store-XXXXXX", NULL);
  fixture->schema = ahoy_configuration_make_schema ();
  fixture->changes = g_string_new (NULL);
  if (fixture->kind->pool) {
    g_autoptr (AhoyDispatcher) dispatcher = ahoy_dispatcher_new (NULL);

    fixture->pool = ahoy_work_pool_new (dispatcher, 2);
  }
  if (fixture->kind->keyfile)
    fixture->backend = make_keyfile (fixture);
  else
    fixture->backend = AHOY_STORE_BACKEND (ahoy_store_memory_new ());
  if (fixture->kind->through_store) {
    fixture->store = ahoy_store_new ();
    g_assert_true (ahoy_store_add_backend (fixture->store, fixture->backend, "one", NULL, NULL));
    g_signal_connect (fixture->store, "changed", G_CALLBACK (on_changed), fixture);
  } else {
    g_signal_connect (fixture->backend, "changed", G_CALLBACK (on_changed), fixture);
  }
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

static void
tear_down (Fixture *fixture, gconstpointer data)
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
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_clear_object (&fixture->schema);
  g_string_free (fixture->changes, TRUE);
  g_free (fixture->last_origin);
}

/* -- waiting -------------------------------------------------------------------------------- */

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
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

static GPtrArray *
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

static AhoyConfigObject *
get (Fixture *fixture, const char *type_name, const char *name)
{
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new_for_name (type_name, name);
  g_autoptr (GPtrArray) found = query (fixture, wanted);

  g_assert_cmpuint (found->len, <=, 1);
  return found->len > 0 ? g_object_ref (found->pdata[0]) : NULL;
}

static void
assert_applied (Fixture *fixture, AhoyStoreBatch *batch)
{
  g_autoptr (GError) error = NULL;

  apply (fixture, batch, &error);
  g_assert_no_error (error);
}

static void
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

static AhoyConfigObject *
make_endpoint (const char *name, const char *context)
{
  AhoyEndpointConfig *endpoint = ahoy_endpoint_config_new (name);

  g_object_set (endpoint, "context", context, NULL);
  return AHOY_CONFIG_OBJECT (endpoint);
}

static void
create (Fixture *fixture, const char *name, const char *context)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = make_endpoint (name, context);

  ahoy_store_batch_create (batch, object);
  assert_applied (fixture, batch);
}

/* -- every backend -------------------------------------------------------------------------- */

static void
test_create_get_update_delete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) update = ahoy_store_batch_new ("node-1");
  g_autoptr (AhoyStoreBatch) deletion = ahoy_store_batch_new ("node-2");
  g_autoptr (AhoyConfigObject) first = NULL;
  g_autoptr (AhoyConfigObject) changed = NULL;
  g_autoptr (AhoyConfigObject) second = NULL;
  g_autoptr (AhoyConfigObject) gone = NULL;

  create (fixture, "bob", "one");
  assert_changes (fixture, "+bob ");
  first = get (fixture, "endpoint", "bob");
  g_assert_cmpstr (ahoy_config_object_get_string (first, "context"), ==, "one");
  g_assert_true (ahoy_config_object_is_sealed (first));
  g_assert_cmpuint (ahoy_config_object_get_revision (first), ==, fixture->last_revision);

  changed = ahoy_config_object_copy (first);
  g_object_set (changed, "context", "two", NULL);
  ahoy_store_batch_update (update, changed, ahoy_config_object_get_revision (first));
  assert_applied (fixture, update);
  assert_changes (fixture, "~bob ");
  g_assert_cmpstr (fixture->last_origin, ==, "node-1");
  second = get (fixture, "endpoint", "bob");
  g_assert_cmpstr (ahoy_config_object_get_string (second, "context"), ==, "two");
  g_assert_cmpuint (ahoy_config_object_get_revision (second), >,
                    ahoy_config_object_get_revision (first));
  g_assert_cmpstr (ahoy_config_object_get_string (first, "context"), ==, "one");

  ahoy_store_batch_delete (deletion, "endpoint", "bob", ahoy_config_object_get_revision (second));
  assert_applied (fixture, deletion);
  assert_changes (fixture, "-bob ");
  gone = get (fixture, "endpoint", "bob");
  g_assert_null (gone);
}

static void
test_a_batch_is_all_or_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) whole = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", "x");
  g_autoptr (AhoyConfigObject) carol_again = make_endpoint ("carol", "y");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "z");
  g_autoptr (AhoyConfigObject) none = NULL;
  g_autoptr (AhoyConfigObject) found = NULL;

  create (fixture, "bob", "one");
  assert_changes (fixture, "+bob ");
  ahoy_store_batch_create (batch, carol);
  ahoy_store_batch_delete (batch, "endpoint", "bob", 1);
  assert_refused (fixture, batch, AHOY_ERROR_CONFLICT, "changed by somebody else");
  none = get (fixture, "endpoint", "carol");
  g_assert_null (none);

  ahoy_store_batch_create (whole, carol);
  ahoy_store_batch_update (whole, carol_again, AHOY_STORE_ANY_REVISION);
  ahoy_store_batch_delete (whole, "endpoint", "bob", AHOY_STORE_ANY_REVISION);
  ahoy_store_batch_create (whole, bob);
  assert_applied (fixture, whole);
  assert_changes (fixture, "+carol ~carol -bob +bob ");
  found = get (fixture, "endpoint", "carol");
  g_assert_cmpstr (ahoy_config_object_get_string (found, "context"), ==, "y");
}

static void
test_what_cannot_be_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) twin = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) nobody = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) deletion = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) stale = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) broken = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) empty = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "x");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", "x");
  g_autoptr (AhoyRouteConfig) route = ahoy_route_config_new ("r");

  create (fixture, "bob", "one");
  assert_changes (fixture, "+bob ");
  ahoy_store_batch_create (twin, bob);
  assert_refused (fixture, twin, AHOY_ERROR_EXISTS, "endpoint bob is there already");
  ahoy_store_batch_update (nobody, carol, AHOY_STORE_ANY_REVISION);
  assert_refused (fixture, nobody, AHOY_ERROR_NOT_FOUND, "there is no endpoint carol");
  ahoy_store_batch_delete (deletion, "endpoint", "carol", AHOY_STORE_ANY_REVISION);
  assert_refused (fixture, deletion, AHOY_ERROR_NOT_FOUND, "there is no endpoint carol");
  ahoy_store_batch_update (stale, bob, 1);
  assert_refused (fixture, stale, AHOY_ERROR_CONFLICT, "read it again");
  ahoy_store_batch_create (broken, AHOY_CONFIG_OBJECT (route));
  assert_refused (fixture, broken, AHOY_ERROR_CONFIGURATION_INVALID, "route r: a route needs");
  assert_applied (fixture, empty);
  assert_changes (fixture, "");
}

static guint
count (Fixture *fixture, const char *field, AhoyStoreCondition condition, const char *text,
       guint limit)
{
  g_autoptr (AhoyStoreQuery) wanted = ahoy_store_query_new ("endpoint");
  g_autoptr (GPtrArray) found = NULL;

  g_assert_true (ahoy_store_query_add (wanted, field, condition, text, NULL));
  ahoy_store_query_set_limit (wanted, limit);
  found = query (fixture, wanted);
  return found->len;
}

static void
test_queries (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) dave = make_endpoint ("dave", "home");
  g_autoptr (AhoyAorConfig) aor = ahoy_aor_config_new ("bob");
  g_autoptr (AhoyStoreQuery) bad = ahoy_store_query_new ("endpoint");
  g_autoptr (GError) error = NULL;

  create (fixture, "bob", "work");
  create (fixture, "bert", "work");
  g_assert_true (ahoy_config_object_set_text (dave, "match", "10.0.0.0/8;192.0.2.1", NULL));
  g_assert_true (ahoy_config_object_set_text (dave, "password", "geheim", NULL));
  ahoy_store_batch_create (batch, dave);
  ahoy_store_batch_create (batch, AHOY_CONFIG_OBJECT (aor));
  assert_applied (fixture, batch);

  g_assert_cmpuint (count (fixture, "context", AHOY_STORE_CONDITION_EQUAL, "work", 0), ==, 2);
  g_assert_cmpuint (count (fixture, "context", AHOY_STORE_CONDITION_EQUAL, "work", 1), ==, 1);
  g_assert_cmpuint (count (fixture, "context", AHOY_STORE_CONDITION_LIKE, "?o*e", 0), ==, 1);
  g_assert_cmpuint (count (fixture, "name", AHOY_STORE_CONDITION_LIKE, "b*", 0), ==, 2);
  g_assert_cmpuint (count (fixture, "name", AHOY_STORE_CONDITION_MATCHES, "^(bob|dave)$", 0), ==,
                    2);
  g_assert_cmpuint (count (fixture, "name", AHOY_STORE_CONDITION_EQUAL, "bob", 0), ==, 1);
  g_assert_cmpuint (count (fixture, "ptime", AHOY_STORE_CONDITION_EQUAL, "20", 0), ==, 3);
  g_assert_cmpuint (count (fixture, "match", AHOY_STORE_CONDITION_EQUAL, "192.0.2.1", 0), ==, 1);
  g_assert_cmpuint (count (fixture, "password", AHOY_STORE_CONDITION_EQUAL, "geheim", 0), ==, 0);
  g_assert_cmpuint (count (fixture, "password", AHOY_STORE_CONDITION_LIKE, "*", 0), ==, 0);
  g_assert_cmpuint (count (fixture, "nonsense", AHOY_STORE_CONDITION_LIKE, "*", 0), ==, 0);
  g_assert_false (ahoy_store_query_add (bad, "name", AHOY_STORE_CONDITION_MATCHES, "(", &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

/* All of them are on their way at once, and each of them holds. */
static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[20] = { NULL };
  g_autoptr (AhoyStoreQuery) all = ahoy_store_query_new ("endpoint");
  g_autoptr (GPtrArray) found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
    g_autofree char *name = g_strdup_printf ("e%u", i);
    g_autoptr (AhoyConfigObject) object = make_endpoint (name, "x");

    ahoy_store_batch_create (batch, object);
    ahoy_store_backend_apply_async (fixture->backend, batch, NULL, on_done, &results[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = NULL;

    wait_for (&results[i]);
    ahoy_store_backend_apply_finish (fixture->backend, results[i], &error);
    g_assert_no_error (error);
    g_object_unref (results[i]);
  }
  found = query (fixture, all);
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (results));
  if (fixture->pool != NULL) {
    g_autoptr (GVariant) statistics = ahoy_work_pool_get_statistics (fixture->pool);
    guint64 done = 0;

    g_assert_true (g_variant_lookup (statistics, "done", "t", &done));
    g_assert_cmpuint (done, ==, G_N_ELEMENTS (results));
  }
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

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = make_endpoint ("bob", "x");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyConfigObject) found = NULL;

  ahoy_store_batch_create (batch, object);
  g_cancellable_cancel (cancellable);
  ahoy_store_backend_apply_async (fixture->backend, batch, cancellable, on_done, &result);
  wait_for (&result);
  g_assert_false (ahoy_store_backend_apply_finish (fixture->backend, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  found = get (fixture, "endpoint", "bob");
  g_assert_null (found);
}

/* -- key files ------------------------------------------------------------------------------ */

static void
put_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = path_of (fixture, name);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (parent, 0700);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

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

/* Files may grow to so many octets and no further, as on a disk that fills up. */
static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
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

/* -- several backends in a store ------------------------------------------------------------ */

static void
test_backends_in_order (void)
{
  g_autoptr (AhoyStore) store = ahoy_store_new ();
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autofree char *folder = g_dir_make_tmp ("ahoy-store-XXXXXX", NULL);
  g_autoptr (AhoyStoreKeyfile) files = ahoy_store_keyfile_new (schema, folder, NULL);
  g_autoptr (AhoyStoreMemory) memory = ahoy_store_memory_new ();
  g_autoptr (AhoyStoreMemory) aors = ahoy_store_memory_new ();
  const char *const endpoints[] = { "endpoint", NULL };
  const char *const aor_types[] = { "aor", NULL };
  Fixture fixture = { .folder = folder, .store = store, .changes = g_string_new (NULL) };
  g_autoptr (AhoyStoreBatch) twin = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) both = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) nowhere = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) bob = make_endpoint ("bob", "memory");
  g_autoptr (AhoyConfigObject) dave = make_endpoint ("dave", "memory");
  g_autoptr (AhoyAorConfig) aor = ahoy_aor_config_new ("x");
  g_autoptr (AhoyAuthConfig) auth = ahoy_auth_config_new ("x");
  g_autoptr (AhoyStoreQuery) all = ahoy_store_query_new ("endpoint");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  put_file (&fixture, "ahoy.conf", "[endpoint bob]\ncontext=files\n");
  g_ptr_array_unref (ahoy_store_keyfile_load (files));
  g_assert_true (
      ahoy_store_add_backend (store, AHOY_STORE_BACKEND (files), "files", endpoints, NULL));
  g_assert_true (
      ahoy_store_add_backend (store, AHOY_STORE_BACKEND (memory), "memory", endpoints, NULL));
  g_assert_true (
      ahoy_store_add_backend (store, AHOY_STORE_BACKEND (aors), "aors", aor_types, NULL));
  g_assert_false (
      ahoy_store_add_backend (store, AHOY_STORE_BACKEND (aors), "aors", aor_types, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
  g_clear_error (&error);
  names = ahoy_store_list_backends (store);
  g_assert_cmpuint (g_strv_length (names), ==, 3);

  create (&fixture, "carol", "memory");
  ahoy_store_batch_create (twin, bob);
  assert_refused (&fixture, twin, AHOY_ERROR_NOT_SUPPORTED, "read-only");
  ahoy_store_batch_create (both, dave);
  ahoy_store_batch_create (both, AHOY_CONFIG_OBJECT (aor));
  assert_refused (&fixture, both, AHOY_ERROR_NOT_SUPPORTED, "several backends");
  ahoy_store_batch_create (nowhere, AHOY_CONFIG_OBJECT (auth));
  assert_refused (&fixture, nowhere, AHOY_ERROR_NOT_SUPPORTED, "no backend of the store writes");

  found = query (&fixture, all);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (ahoy_config_object_get_string (found->pdata[0], "context"), ==, "files");

  ahoy_store_get_async (store, "endpoint", "nobody", NULL, on_done, &result);
  wait_for (&result);
  g_assert_null (ahoy_store_get_finish (store, result, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND);
  g_string_free (fixture.changes, TRUE);
  remove_folder (folder);
}

static void
add_shared (const Kind *kind, const char *name, void (*function) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/storage/store/%s/%s", kind->name, name);

  g_test_add (path, Fixture, kind, set_up, function, tear_down);
}

#define ADD_KEYFILE(name, function)                                                                \
  g_test_add ("/storage/keyfile/" name, Fixture, &kinds[1], set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  alarm (WATCHDOG);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    add_shared (&kinds[i], "create-get-update-delete", test_create_get_update_delete);
    add_shared (&kinds[i], "a-batch-is-all-or-nothing", test_a_batch_is_all_or_nothing);
    add_shared (&kinds[i], "what-cannot-be-is-refused", test_what_cannot_be_is_refused);
    add_shared (&kinds[i], "queries", test_queries);
    add_shared (&kinds[i], "many-at-once", test_many_at_once);
    add_shared (&kinds[i], "cancelled", test_cancelled);
  }
  ADD_KEYFILE ("own-file-holds-what-was-written", test_own_file_holds_what_was_written);
  ADD_KEYFILE ("files-of-people-are-not-changed", test_files_of_people_are_not_changed);
  ADD_KEYFILE ("own-file-is-not-taken-from-people", test_own_file_is_not_taken_from_people);
  ADD_KEYFILE ("a-folder-that-cannot-be-written", test_a_folder_that_cannot_be_written);
  ADD_KEYFILE ("full-disk-changes-nothing", test_full_disk);
  g_test_add ("/storage/store-of-keyfile/full-disk-changes-nothing", Fixture, &kinds[3], set_up,
              test_full_disk, tear_down);
  g_test_add ("/storage/keyfile-of-pool/a-stopped-pool-writes-nothing", Fixture, &kinds[4], set_up,
              test_stopped_pool, tear_down);
  ADD_KEYFILE ("default-goes-with-the-first-file", test_default_goes_with_the_first_file);
  ADD_KEYFILE ("reload-tells-what-changed", test_reload_tells_what_changed);
  ADD_KEYFILE ("reload-while-writing", test_reload_while_writing);
  g_test_add_func ("/storage/store/backends-in-order", test_backends_in_order);

  return g_test_run ();
}
