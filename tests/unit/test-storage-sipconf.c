/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib/gstdio.h>
#include <string.h>

#include "ahoy.h"

/* Files of chan_sip in tests/data/sipconf: the objects of each, and what is said of it, stand in a
 * file beside it. */

static AhoyConfigSet *
read_file (const char *path, GPtrArray *problems)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyStoreSipconf) store = ahoy_store_sipconf_new (schema, path);

  return ahoy_store_backend_read_all (AHOY_STORE_BACKEND (store), problems);
}

static GPtrArray *
make_problems (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
}

static char *
describe (AhoyConfigSet *set, GPtrArray *problems)
{
  g_autoptr (GPtrArray) objects = ahoy_config_set_list (set, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < objects->len; i++) {
    g_autofree char *object = ahoy_config_object_to_text (objects->pdata[i]);

    g_string_append_printf (text, "%s\n", object);
  }
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *problem = ahoy_config_problem_to_string (problems->pdata[i]);

    g_string_append_printf (text, "%s\n", problem);
  }
  g_string_replace (text, SIPCONF_DATA "/", "", 0);
  return g_string_free (text, FALSE);
}

static void
test_corpus (gconstpointer data)
{
  const char *name = data;
  g_autofree char *path = g_strdup_printf (SIPCONF_DATA "/%s.conf", name);
  g_autofree char *expected_path = g_strdup_printf (SIPCONF_DATA "/%s.expected", name);
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GPtrArray) problems = make_problems ();
  g_autoptr (AhoyConfigSet) set = read_file (path, problems);
  g_autoptr (GError) error = NULL;

  found = describe (set, problems);
  if (g_getenv ("AHOY_UPDATE") != NULL)
    g_file_set_contents (expected_path, found, -1, NULL);
  g_file_get_contents (expected_path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, expected);
}

/* A file of one's own with @length bytes; what is said of it and how many objects it has. */
static char *
read_bytes (const char *bytes, gsize length, guint *n_endpoints)
{
  g_autofree char *folder = g_dir_make_tmp ("ahoy-sipconf-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "sip.conf", NULL);
  g_autoptr (GPtrArray) problems = make_problems ();
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autoptr (GPtrArray) endpoints = NULL;
  g_autoptr (AhoyConfigSet) none = ahoy_config_set_new ();

  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  set = read_file (path, problems);
  endpoints = ahoy_config_set_list (set, "endpoint");
  *n_endpoints = endpoints->len;
  g_assert_cmpuint (problems->len, <=, 1100);
  g_unlink (path);
  g_rmdir (folder);
  return describe (none, problems);
}

static void
assert_says (GString *bytes, const char *expected, guint n_expected)
{
  guint n_endpoints = 0;
  g_autofree char *said = read_bytes (bytes->str, bytes->len, &n_endpoints);

  g_assert_nonnull (strstr (said, expected));
  g_assert_cmpuint (n_endpoints, ==, n_expected);
}

/* A bad line costs its own section, and no other. */
static void
test_hostile_lines (void)
{
  static const char good[] = "\n[good]\ntype=friend\nsecret=x\n";
  g_autoptr (GString) nul = g_string_new ("[a]\ntype=friend\nsecret=x\ndeny=0.0.0.0/0");
  g_autoptr (GString) large = g_string_new ("[a]\ntype=friend\nsecret=");
  g_autoptr (GString) latin = g_string_new ("[a]\ntype=friend\ncallerid=J\xfcrgen <1>");

  g_string_append_c (nul, '\0');
  g_string_append (nul, good);
  assert_says (nul, "control character", 1);
  for (guint i = 0; i < 1024 * 1024; i++)
    g_string_append_c (large, 'x');
  g_string_append (large, good);
  assert_says (large, "longer than 8192 bytes", 1);
  g_string_append (latin, good);
  assert_says (latin, "not valid UTF-8", 1);
}

/* Templates that double each time, and more sections, keys and faults than anybody has. */
static void
test_hostile_sizes (void)
{
  g_autoptr (GString) doubled = g_string_new ("[t0](!)\na=1\n");
  g_autoptr (GString) many = g_string_new ("[t](!)\n");
  g_autoptr (GString) faults = g_string_new ("");
  g_autoptr (GString) lists = g_string_new ("[t](!)\n");

  for (guint i = 1; i < 40; i++)
    g_string_append_printf (doubled, "[t%u](!,t%u,t%u)\n", i, i - 1, i - 1);
  assert_says (doubled, "more than 2000 keys", 0);
  for (guint i = 0; i < 1500; i++)
    g_string_append (many, "a=1\n");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (many, "[s%u](t)\n", i);
  assert_says (many, "more than 400000 keys", 0);
  for (guint i = 0; i < 100000; i++)
    g_string_append (faults, "nothing\n");
  assert_says (faults, "more to say", 0);
  for (guint i = 0; i < 150; i++)
    g_string_append_printf (lists, "setvar=a=%u\ndisallowed_methods=A,B,C,D,E,F\n", i);
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (lists, "[s%u](t)\ntype=friend\nsecret=x\n", i);
  assert_says (lists, "more than 200 of these", 0);
}

/* Each beginning of a file, and each with a byte that is another one, is read without harm. */
static void
test_damaged (void)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  g_assert_true (g_file_get_contents (SIPCONF_DATA "/office.conf", &text, &length, NULL));
  for (guint i = 0; i < 400; i++) {
    g_autofree char *copy = g_memdup2 (text, length);
    gsize cut = i % 2 == 0 ? (gsize)g_rand_int_range (random, 0, length) : length;
    guint n_endpoints = 0;

    for (guint n = 0; n < i % 7; n++)
      copy[g_rand_int_range (random, 0, length)] = g_rand_int_range (random, 0, 256);
    g_free (read_bytes (copy, cut, &n_endpoints));
    g_assert_cmpuint (n_endpoints, <=, 10);
  }
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* A program may ask for objects, and may write none. */
static void
test_backend (void)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyStoreBackend) backend
      = AHOY_STORE_BACKEND (ahoy_store_sipconf_new (schema, SIPCONF_DATA "/office.conf"));
  g_autoptr (GPtrArray) problems = make_problems ();
  g_autoptr (AhoyConfigSet) set = ahoy_store_backend_read_all (backend, problems);
  g_autoptr (AhoyStoreQuery) query = ahoy_store_query_new ("endpoint");
  g_autoptr (AhoyStoreBatch) batch = ahoy_store_batch_new ("test");
  g_autoptr (AhoyConfigObject) object = AHOY_CONFIG_OBJECT (ahoy_endpoint_config_new ("new"));
  g_autoptr (GAsyncResult) found = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GError) error = NULL;

  ahoy_store_backend_query_async (backend, query, NULL, on_done, &found);
  objects = ahoy_store_backend_query_finish (backend, wait_for (&found), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (objects->len, ==, 2);
  g_assert_true (ahoy_config_object_is_sealed (objects->pdata[0]));
  g_assert_false (ahoy_store_backend_can_write (backend, "endpoint"));
  ahoy_store_batch_create (batch, object);
  ahoy_store_backend_apply_async (backend, batch, NULL, on_done, &refused);
  g_assert_false (ahoy_store_backend_apply_finish (backend, wait_for (&refused), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "office", "trunk", "nonsense", "includes", "endless",
                                        "misplaced", "register" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strdup_printf ("/sipconf/corpus/%s", names[i]);

    g_test_add_data_func (path, names[i], test_corpus);
  }
  g_test_add_func ("/sipconf/hostile-lines", test_hostile_lines);
  g_test_add_func ("/sipconf/hostile-sizes", test_hostile_sizes);
  g_test_add_func ("/sipconf/damaged", test_damaged);
  g_test_add_func ("/sipconf/backend", test_backend);
  return g_test_run ();
}
