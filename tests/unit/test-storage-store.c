/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>
#include <unistd.h>

#include "store-fixture.h"

#define WATCHDOG 60 /* seconds */

/* The first part runs on every backend, and on each of them through a store. */
static const StoreSetup setups[] = {
  { "memory", STORE_MEMORY },
  { "keyfile", STORE_KEYFILE },
  { "keyfile-of-pool", STORE_KEYFILE, .pool = TRUE },
  { "sqlite", STORE_SQLITE },
  { "cache-of-memory", STORE_MEMORY, .cached = TRUE },
  { "cache-of-keyfile", STORE_KEYFILE, .cached = TRUE },
  { "cache-of-sqlite", STORE_SQLITE, .cached = TRUE },
  { "full-cache-of-memory", STORE_MEMORY, .cached = TRUE, .full = TRUE },
  { "full-cache-of-keyfile", STORE_KEYFILE, .cached = TRUE, .full = TRUE },
  { "full-cache-of-sqlite", STORE_SQLITE, .cached = TRUE, .full = TRUE },
  { "store-of-memory", STORE_MEMORY, TRUE },
  { "store-of-keyfile", STORE_KEYFILE, TRUE },
  { "store-of-sqlite", STORE_SQLITE, TRUE },
};

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

#define MANY 1000
#define MANY_FILES 100 /* each writes the file anew */

/* All of them are on their way at once: half of them are new, the others fight for one object, of
 * which each revision is given once. */
static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  const guint n = fixture->setup->kind == STORE_KEYFILE ? MANY_FILES : MANY;
  g_autofree GAsyncResult **results = g_new0 (GAsyncResult *, n);
  g_autoptr (AhoyStoreQuery) all = ahoy_store_query_new ("endpoint");
  g_autoptr (AhoyConfigObject) shared = NULL;
  g_autoptr (GPtrArray) found = NULL;
  guint n_won = 0;

  create (fixture, "shared", "x");
  shared = get (fixture, "endpoint", "shared");
  for (guint i = 0; i < n; i++) {
    g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
    g_autofree char *name = g_strdup_printf ("e%u", i);
    g_autoptr (AhoyConfigObject) object = make_endpoint (i % 2 == 0 ? name : "shared", name);

    if (i % 2 == 0)
      ahoy_store_batch_create (batch, object);
    else
      ahoy_store_batch_update (batch, object, ahoy_config_object_get_revision (shared));
    ahoy_store_backend_apply_async (fixture->backend, batch, NULL, on_done, &results[i]);
  }
  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;

    wait_for (&results[i]);
    if (ahoy_store_backend_apply_finish (fixture->backend, results[i], &error))
      n_won += i % 2;
    else
      g_assert_error (error, AHOY_ERROR, AHOY_ERROR_CONFLICT);
    g_assert_true (error == NULL || i % 2 == 1);
    g_object_unref (results[i]);
  }
  g_assert_cmpuint (n_won, ==, 1);
  found = query (fixture, all);
  g_assert_cmpuint (found->len, ==, n / 2 + 1);
}

static void
change (Fixture *fixture, const char *key, const char *text, guint64 expected, AhoyError code,
        const char *says)
{
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  GVariantBuilder keys;

  g_variant_builder_init (&keys, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&keys, "{ss}", key, text);
  ahoy_store_batch_change (batch, "endpoint", "bob", g_variant_builder_end (&keys), expected);
  if (says == NULL)
    assert_applied (fixture, batch);
  else
    assert_refused (fixture, batch, code, says);
}

/* Who changes one key does not undo what somebody else did to another one. */
static void
test_some_keys_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) both = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) carol = make_endpoint ("carol", "x");
  g_autoptr (AhoyConfigObject) first = NULL;
  g_autoptr (AhoyConfigObject) bob = NULL;
  g_autoptr (AhoyConfigObject) new_carol = NULL;

  change (fixture, "ptime", "30", AHOY_STORE_ANY_REVISION, AHOY_ERROR_NOT_FOUND,
          "there is no endpoint bob");
  create (fixture, "bob", "one");
  assert_changes (fixture, "+bob ");
  first = get (fixture, "endpoint", "bob");
  change (fixture, "ptime", "30", ahoy_config_object_get_revision (first), 0, NULL);
  assert_changes (fixture, "~bob ");
  change (fixture, "caller-id", "Bob; the \\\\ one", AHOY_STORE_ANY_REVISION, 0, NULL);
  assert_changes (fixture, "~bob ");
  change (fixture, "ptime", "40", ahoy_config_object_get_revision (first), AHOY_ERROR_CONFLICT,
          "changed by somebody else");
  change (fixture, "ptime", "x", AHOY_STORE_ANY_REVISION, AHOY_ERROR_INVALID_ARGUMENTS,
          "endpoint bob: ptime: ");
  change (fixture, "ptmie", "20", AHOY_STORE_ANY_REVISION, AHOY_ERROR_NOT_FOUND, "ptime");
  bob = get (fixture, "endpoint", "bob");
  g_assert_cmpstr (ahoy_config_object_get_string (bob, "context"), ==, "one");
  g_assert_cmpuint (ahoy_config_object_get_number (bob, "ptime"), ==, 30);

  ahoy_store_batch_create (both, carol);
  ahoy_store_batch_change (both, "endpoint", "carol",
                           g_variant_new_parsed ("{'context': 'y', 'ptime': '60'}"),
                           AHOY_STORE_ANY_REVISION);
  assert_applied (fixture, both);
  assert_changes (fixture, "+carol ~carol ");
  new_carol = get (fixture, "endpoint", "carol");
  g_assert_cmpstr (ahoy_config_object_get_string (new_carol, "context"), ==, "y");
  g_assert_cmpuint (ahoy_config_object_get_number (new_carol, "ptime"), ==, 60);
}

/* A program that begins again finds what there was, in its order, and revisions go on. */
static void
test_reopened (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStoreBatch) deletion = ahoy_store_batch_new ("test");
  g_autoptr (AhoyStoreBatch) secret = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) dave = make_endpoint ("dave", " a;b\\ ");
  g_autoptr (AhoyConfigObject) found = NULL;
  g_autoptr (AhoyStoreQuery) all = ahoy_store_query_new ("endpoint");
  g_autoptr (GPtrArray) list = NULL;
  gboolean lasts = fixture->setup->kind != STORE_MEMORY;

  create (fixture, "bob", "one");
  create (fixture, "carol", "one");
  create (fixture, "alice", "one");
  change (fixture, "ptime", "30", AHOY_STORE_ANY_REVISION, 0, NULL);
  ahoy_store_batch_delete (deletion, "endpoint", "carol", AHOY_STORE_ANY_REVISION);
  assert_applied (fixture, deletion);
  g_assert_true (ahoy_config_object_set_text (dave, "password", "geheim", NULL));
  ahoy_store_batch_create (secret, dave);
  assert_applied (fixture, secret);
  assert_changes (fixture, "+bob +carol +alice ~bob -carol +dave ");

  reopen (fixture);
  list = query (fixture, all);
  g_assert_cmpuint (list->len, ==, lasts ? 3 : 0);
  for (guint i = 0; i < list->len; i++) {
    static const char *const names[] = { "bob", "alice", "dave" };

    g_assert_cmpstr (ahoy_config_object_get_name (list->pdata[i]), ==, names[i]);
  }
  found = get (fixture, "endpoint", "dave");
  g_assert_true (!lasts || ahoy_config_object_equal (found, dave));
  create (fixture, "erin", "two");
  assert_changes (fixture, "+erin ");
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
add_shared (const StoreSetup *setup, const char *name, void (*function) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/storage/store/%s/%s", setup->name, name);

  g_test_add (path, Fixture, setup, set_up, function, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  alarm (WATCHDOG);

  for (gsize i = 0; i < G_N_ELEMENTS (setups); i++) {
    add_shared (&setups[i], "create-get-update-delete", test_create_get_update_delete);
    add_shared (&setups[i], "a-batch-is-all-or-nothing", test_a_batch_is_all_or_nothing);
    add_shared (&setups[i], "what-cannot-be-is-refused", test_what_cannot_be_is_refused);
    add_shared (&setups[i], "queries", test_queries);
    add_shared (&setups[i], "many-at-once", test_many_at_once);
    add_shared (&setups[i], "some-keys-change", test_some_keys_change);
    add_shared (&setups[i], "reopened", test_reopened);
    add_shared (&setups[i], "cancelled", test_cancelled);
  }
  g_test_add_func ("/storage/store/backends-in-order", test_backends_in_order);

  return g_test_run ();
}
