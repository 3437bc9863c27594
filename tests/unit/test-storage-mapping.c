/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>
#include <unistd.h>

#include "ahoy-store-mapping-private.h"
#include "store-fixture.h"

#define WATCHDOG 60 /* seconds */

/* The fixture's own backend is not used here: the mapping makes others, in its folder. */
static const StoreSetup memory = { "memory", STORE_MEMORY, .pool = TRUE };

static AhoyConfigSet *
read_text (Fixture *fixture, const char *text, guint n_errors)
{
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (fixture->schema);
  AhoyConfigSet *set;

  ahoy_config_reader_add_text (reader, "test.conf", text, -1);
  set = ahoy_config_reader_read (reader);
  g_assert_cmpuint (ahoy_config_reader_get_n_errors (reader), ==, n_errors);
  return set;
}

/* A store as a program has it that begins with this configuration. */
static AhoyStore *
make_store (Fixture *fixture, const char *text, char **complaints)
{
  g_autoptr (AhoyScheduler) scheduler = ahoy_scheduler_new_virtual ();
  g_autofree char *state = path_of (fixture, "state");
  g_autoptr (AhoyStoreMapping) mapping
      = ahoy_store_mapping_new (fixture->schema, fixture->pool, scheduler, state);
  g_autoptr (AhoyConfigSet) configuration = read_text (fixture, text, 0);
  AhoyStore *store = ahoy_store_new ();
  g_autoptr (GPtrArray) problems
      = ahoy_store_mapping_add_backends (mapping, configuration, store);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *line = ahoy_config_problem_to_string (problems->pdata[i]);

    g_string_append_printf (all, "%s\n", line);
  }
  if (complaints != NULL)
    *complaints = g_strdup (all->str);
  else
    g_assert_cmpstr (all->str, ==, "");
  return store;
}

static void
create_in (AhoyStore *store, AhoyConfigObject *object)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ahoy_store_create_async (store, object, "test", NULL, on_done, &result);
  wait_for (&result);
  ahoy_store_apply_finish (store, result, &error);
  g_assert_no_error (error);
}

static void
create_endpoint_in (AhoyStore *store, const char *name)
{
  g_autoptr (AhoyConfigObject) object = make_endpoint (name, "x");

  create_in (store, object);
}

/* What there is in all of the store: “endpoint bob;aor bob”. */
static char *
list_all (AhoyStore *store, guint n_problems)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (AhoyConfigSet) set = ahoy_store_load (store, &problems);
  g_autoptr (GPtrArray) objects = ahoy_config_set_list (set, NULL);
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  g_assert_cmpuint (problems->len, ==, n_problems);
  for (guint i = 0; i < objects->len; i++) {
    g_autofree char *label = ahoy_config_object_dup_label (objects->pdata[i]);

    g_strv_builder_add (labels, label);
  }
  texts = g_strv_builder_end (labels);
  return g_strjoinv (";", texts);
}

static void
assert_backends (AhoyStore *store, const char *expected)
{
  g_auto (GStrv) names = ahoy_store_list_backends (store);
  g_autofree char *list = g_strjoinv (";", names);

  g_assert_cmpstr (list, ==, expected);
}

/* Without any [store] all of it is in one database, and there after a restart. */
static void
test_default (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStore) store = make_store (fixture, "", NULL);
  g_autoptr (AhoyStore) again = NULL;
  g_autofree char *path = path_of (fixture, "state/ahoy.db");
  g_autofree char *list = NULL;

  assert_backends (store, "state");
  create_endpoint_in (store, "bob");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  again = make_store (fixture, "", NULL);
  list = list_all (again, 0);
  g_assert_cmpstr (list, ==, "endpoint bob");
}

/* Each type goes to the first store that wants it; a store of everything leaves nothing over. */
static void
test_types_of_stores (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "[store phones]\nbackend=sqlite\npath=phones.db\ntypes=endpoint;auth\n"
                             "[store bindings]\nbackend=memory\ntypes=aor\n"
                             "[store calls]\nbackend=file\npath=calls\ntypes=route;endpoint\n";
  g_autoptr (AhoyStore) store = make_store (fixture, text, NULL);
  g_autoptr (AhoyStore) again = NULL;
  g_autoptr (AhoyAorConfig) aor = ahoy_aor_config_new ("bob");
  g_autoptr (AhoyRouteConfig) route = ahoy_route_config_new ("echo");
  g_autoptr (AhoyTransportConfig) transport = ahoy_transport_config_new ("udp");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *own_file = path_of (fixture, "state/calls/conf.d/90-ahoyd.conf");
  g_autofree char *content = NULL;

  assert_backends (store, "phones;bindings;calls;state");
  g_free (list_all (store, 0));
  create_endpoint_in (store, "bob");
  create_in (store, AHOY_CONFIG_OBJECT (aor));
  g_object_set (route, "match", "600", "do", "answer, echo", NULL);
  create_in (store, AHOY_CONFIG_OBJECT (route));
  create_in (store, AHOY_CONFIG_OBJECT (transport));
  before = list_all (store, 0);
  g_assert_cmpstr (before, ==, "endpoint bob;aor bob;route echo;transport udp");
  g_assert_true (g_file_get_contents (own_file, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, "[route echo]"));
  g_assert_null (strstr (content, "endpoint"));

  again = make_store (fixture, text, NULL);
  after = list_all (again, 0);
  g_assert_cmpstr (after, ==, "endpoint bob;route echo;transport udp");
}

/* Two stores of one type: the first hides, and takes what is new. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStore) old = make_store (
      fixture, "[store old]\npath=old.db\ntypes=endpoint\n", NULL);
  g_autoptr (AhoyStore) both = NULL;
  g_autofree char *list = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AhoyConfigSet *in_old;
  g_autoptr (GPtrArray) problems = g_ptr_array_new ();

  create_endpoint_in (old, "bob");
  both = make_store (
      fixture,
      "[store new]\npath=new.db\ntypes=endpoint\n[store old]\npath=old.db\ntypes=endpoint\n", NULL);
  create_endpoint_in (both, "carol");
  list = list_all (both, 0);
  g_assert_cmpstr (list, ==, "endpoint carol;endpoint bob");
  in_old = ahoy_store_backend_read_all (ahoy_store_get_backend (both, "old"), problems);
  g_assert_cmpuint (ahoy_config_set_get_length (in_old), ==, 1);
  g_object_unref (in_old);

  ahoy_store_delete_async (both, "endpoint", "bob", AHOY_STORE_ANY_REVISION, "test", NULL, on_done,
                           &result);
  wait_for (&result);
  g_assert_true (ahoy_store_apply_finish (both, result, &error));
  g_assert_no_error (error);
  in_old = ahoy_store_backend_read_all (ahoy_store_get_backend (both, "old"), problems);
  g_assert_cmpuint (ahoy_config_set_get_length (in_old), ==, 0);
  g_object_unref (in_old);
}

static void
test_what_cannot_be_is_said (Fixture *fixture, gconstpointer data)
{
  g_autofree char *said = NULL;
  g_autofree char *path = path_of (fixture, "state/ahoy.db");
  g_autofree char *text = g_strdup_printf ("[store a]\npath=x.db\ntypes=endpont\n"
                                           "[store b]\npath=x.db\ntypes=endpoint\n"
                                           "[store c]\npath=../state/x.db\ntypes=aor\n"
                                           "[store d]\npath=%s\ntypes=route\n"
                                           "[store e]\npath=e.db\ntypes=store\n",
                                           path);
  g_autoptr (AhoyStore) store = make_store (fixture, text, &said);
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_nonnull (strstr (lines[0], "test.conf:3: "));
  g_assert_nonnull (strstr (lines[0], "there is no type “endpont” of objects"));
  g_assert_nonnull (strstr (lines[1], "test.conf:8: "));
  g_assert_nonnull (strstr (lines[1], "belongs to store b; choose another path"));
  g_assert_nonnull (strstr (lines[2], "belongs to the store of everything else"));
  g_assert_nonnull (strstr (lines[3], "a store cannot keep stores"));
  assert_backends (store, "b;state");
}

static void
test_a_store_needs_a_path (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyConfigSet) set = read_text (fixture,
                                             "[store a]\nbackend=sqlite\n"
                                             "[store b]\nbackend=memory\npath=x\n"
                                             "[store c]\nbackend=redis\npath=x\n"
                                             "[store d]\nbackend=memory\n",
                                             3);

  g_assert_cmpuint (ahoy_config_set_get_length (set), ==, 1);
}

static void
test_cache_in_front (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyStore) store = make_store (
      fixture,
      "[store a]\npath=a.db\ntypes=endpoint\ncache=yes\nmaximum-objects=7\n"
      "lifetime-maximum=1h\nlifetime-stale=5min\nexpire-on-reload=yes\n"
      "[store b]\npath=b.db\ntypes=aor\n",
      NULL);
  AhoyStoreBackend *cache = ahoy_store_get_backend (store, "a");
  g_autoptr (AhoyConfigSet) set = NULL;
  guint maximum_objects;
  gint64 lifetime_maximum, lifetime_stale;
  gboolean expire_on_reload, full;

  g_assert_true (AHOY_IS_STORE_CACHE (cache));
  g_assert_false (AHOY_IS_STORE_CACHE (ahoy_store_get_backend (store, "b")));
  g_object_get (cache, "maximum-objects", &maximum_objects, "lifetime-maximum", &lifetime_maximum,
                "lifetime-stale", &lifetime_stale, "expire-on-reload", &expire_on_reload,
                "full-backend-cache", &full, NULL);
  g_assert_cmpuint (maximum_objects, ==, 7);
  g_assert_cmpint (lifetime_maximum, ==, (gint64)3600 * G_USEC_PER_SEC);
  g_assert_cmpint (lifetime_stale, ==, (gint64)300 * G_USEC_PER_SEC);
  g_assert_true (expire_on_reload);
  g_assert_false (full);
  create_endpoint_in (store, "bob");
  set = read_text (fixture,
                   "[store a]\npath=a.db\ncache=yes\nfull-backend-cache=yes\nmaximum-objects=7\n",
                   1);
  g_assert_cmpuint (ahoy_config_set_get_length (set), ==, 0);
}

/* A database that is no database is a problem with its name, and hides nothing of the others. */
static void
test_a_damaged_store_is_a_problem (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "[store phones]\npath=phones.db\ntypes=endpoint\n";
  g_autoptr (AhoyStore) store = NULL;
  g_autoptr (AhoyTransportConfig) transport = ahoy_transport_config_new ("udp");
  g_autofree char *list = NULL;

  put_file (fixture, "state/phones.db", "no database");
  store = make_store (fixture, text, NULL);
  create_in (store, AHOY_CONFIG_OBJECT (transport));
  list = list_all (store, 1);
  g_assert_cmpstr (list, ==, "transport udp");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/storage/mapping/" name, Fixture, &memory, set_up, function, tear_down)

/* Who is registered where has a database of its own, or the one that somebody says. */
static void
test_location (Fixture *fixture, gconstpointer setup)
{
  static const struct {
    const char *text;
    const char *path; /* NULL: memory alone */
    const char *says; /* NULL: nothing is wrong */
  } cases[] = {
    { "", "/state/location.db", NULL },
    { "[store x]\nbackend=sqlite\npath=who.db\ntypes=location\n", "/state/who.db", NULL },
    { "[store x]\nbackend=sqlite\npath=/elsewhere/who.db\ntypes=location\n",
      "/elsewhere/who.db", NULL },
    { "[store x]\nbackend=memory\ntypes=location\n", NULL, NULL },
    { "[store x]\nbackend=file\npath=who\ntypes=location\n", NULL, "write backend=sqlite" },
    { "[store x]\nbackend=sqlite\npath=who.db\ntypes=location;auth\n", "/state/who.db",
      "needs a store of its own" },
    { "[store x]\nbackend=sqlite\npath=ahoy.db\ntypes=location\n", "/state/ahoy.db",
      "belongs to" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *complaints = NULL;
    g_autoptr (AhoyStore) store = make_store (fixture, cases[i].text, &complaints);
    g_autoptr (AhoyConfigSet) configuration = read_text (fixture, cases[i].text, 0);
    g_autofree char *path = ahoy_store_mapping_dup_records_path (configuration, "/state");

    g_assert_cmpstr (path, ==, cases[i].path);
    if (cases[i].says == NULL)
      g_assert_cmpstr (complaints, ==, "");
    else
      g_assert_nonnull (strstr (complaints, cases[i].says));
    g_assert_null (ahoy_store_get_backend (store, "x"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  alarm (WATCHDOG);

  ADD ("one-database-by-default", test_default);
  ADD ("types-of-stores", test_types_of_stores);
  ADD ("several-stores-of-a-type", test_order);
  ADD ("what-cannot-be-is-said", test_what_cannot_be_is_said);
  ADD ("a-store-needs-a-path", test_a_store_needs_a_path);
  ADD ("a-cache-in-front-of-a-store", test_cache_in_front);
  ADD ("a-damaged-store-is-a-problem", test_a_damaged_store_is_a_problem);
  ADD ("who-is-where", test_location);

  return g_test_run ();
}
