/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

/* A piece of data that counts how often it was destroyed, and may touch the store then. */
typedef struct {
  AhoyDatastore *store;
  const char *remove;
  const char *add;
  guint destroyed;
} Item;

static void
item_destroy (gpointer data)
{
  Item *item = data;

  item->destroyed++;
  if (item->remove != NULL) {
    ahoy_datastore_remove (item->store, item->remove);
  }
  if (item->add != NULL && item->destroyed == 1) {
    ahoy_datastore_set_data_full (item->store, item->add, item, item_destroy);
  }
}

static void
test_destroyed_once (void)
{
  g_autoptr (AhoyDatastore) store = ahoy_datastore_new ();
  Item items[4] = { 0 };

  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("item-%u", i % 3); /* the last replaces the first */

    ahoy_datastore_set_data_full (store, name, &items[i], item_destroy);
  }
  g_assert_cmpuint (items[0].destroyed, ==, 1);
  g_assert_true (ahoy_datastore_get_data (store, "item-0") == &items[3]);
  g_assert_true (ahoy_datastore_remove (store, "item-1"));
  g_assert_false (ahoy_datastore_remove (store, "item-1"));
  g_assert_cmpuint (items[1].destroyed, ==, 1);
  g_assert_true (ahoy_datastore_steal_data (store, "item-2") == &items[2]);
  g_assert_null (ahoy_datastore_steal_data (store, "item-2"));
  g_clear_object (&store);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpuint (items[i].destroyed, ==, i == 2 ? 0 : 1);
  }
}

static void
test_objects (void)
{
  g_autoptr (AhoyDatastore) store = ahoy_datastore_new ();
  g_autoptr (AhoyDatastore) kept = ahoy_datastore_new ();
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_auto (GStrv) names = NULL;
  int number = 7;

  ahoy_datastore_set_object (store, "z", G_OBJECT (kept));
  ahoy_datastore_set_data_full (store, "a", &number, NULL);
  g_assert_true (ahoy_datastore_get_object (store, "z") == G_OBJECT (kept));
  g_assert_null (ahoy_datastore_get_object (store, "a"));
  g_assert_null (ahoy_datastore_get_object (store, "b"));
  g_assert_true (ahoy_datastore_contains (store, "a"));
  g_assert_cmpuint (G_OBJECT (kept)->ref_count, ==, 2);
  one = ahoy_datastore_add_object (store, G_OBJECT (kept));
  other = ahoy_datastore_add_object (store, G_OBJECT (kept));
  g_assert_cmpstr (one, !=, other);
  names = ahoy_datastore_list_names (store);
  g_assert_cmpuint (g_strv_length (names), ==, 4);
  g_assert_cmpstr (names[2], ==, "a");
  ahoy_datastore_clear (store);
  g_assert_cmpuint (G_OBJECT (kept)->ref_count, ==, 1);
}

/* What is destroyed removes another one, removes itself, and adds something. */
static void
test_destroy_touches_store (void)
{
  AhoyDatastore *store = ahoy_datastore_new ();
  Item items[3] = { { store, "b", "new", 0 }, { store, "b", NULL, 0 }, { store, "a", NULL, 0 } };

  ahoy_datastore_set_data_full (store, "a", &items[0], item_destroy);
  ahoy_datastore_set_data_full (store, "b", &items[1], item_destroy);
  ahoy_datastore_set_data_full (store, "c", &items[2], item_destroy);
  ahoy_datastore_clear (store);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (items[i].destroyed, ==, 1);
  }
  g_assert_true (ahoy_datastore_contains (store, "new"));
  g_object_unref (store);
  g_assert_cmpuint (items[0].destroyed, ==, 2);
}

/* Nothing is kept by a store that goes: the new item is destroyed at once. */
static void
test_added_while_store_goes (void)
{
  AhoyDatastore *store = ahoy_datastore_new ();
  Item item = { store, NULL, "again", 0 };
  guint before = ahoy_census_count ("AhoyDatastore");

  ahoy_datastore_set_data_full (store, "item", &item, item_destroy);
  g_object_unref (store);
  g_assert_cmpuint (item.destroyed, ==, 2); /* once as "item", once as "again" */
  g_assert_cmpuint (ahoy_census_count ("AhoyDatastore"), ==, before - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/datastore/destroyed-once", test_destroyed_once);
  g_test_add_func ("/datastore/objects", test_objects);
  g_test_add_func ("/datastore/destroy-touches-store", test_destroy_touches_store);
  g_test_add_func ("/datastore/added-while-store-goes", test_added_while_store_goes);
  return g_test_run ();
}
