/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

/* The table of RFC 3398 §8.2.6.1, typed in anew. */
static void
test_status (void)
{
  static const guint table[][2] = {
    { 400, 41 }, { 401, 21 },  { 402, 21 },  { 403, 21 },  { 404, 1 },   { 405, 63 },  { 406, 79 },
    { 407, 21 }, { 408, 102 }, { 410, 22 },  { 413, 127 }, { 414, 127 }, { 415, 79 },  { 416, 127 },
    { 420, 127 }, { 421, 127 }, { 423, 127 }, { 480, 18 }, { 481, 41 },  { 482, 25 },  { 483, 25 },
    { 484, 28 }, { 485, 1 },   { 486, 17 },  { 500, 41 },  { 501, 79 },  { 502, 38 },  { 503, 41 },
    { 504, 102 }, { 505, 127 }, { 513, 127 }, { 600, 17 }, { 603, 21 },  { 604, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_test_message ("%u", table[i][0]);
    g_assert_cmpuint (ahoy_cause_from_status (table[i][0]), ==, table[i][1]);
  }
  g_assert_cmpuint (ahoy_cause_from_status (0), ==, 0);
  g_assert_cmpuint (ahoy_cause_from_status (183), ==, 0);
  g_assert_cmpuint (ahoy_cause_from_status (200), ==, 16);
  g_assert_cmpuint (ahoy_cause_from_status (202), ==, 16);
  g_assert_cmpuint (ahoy_cause_from_status (499), ==, 31);
  g_assert_cmpuint (ahoy_cause_from_status (999), ==, 31);
}

/* The table of RFC 3398 §7.2.4.1, typed in anew, and causes without a name: as their class. */
static void
test_cause (void)
{
  static const guint table[][2] = {
    { 1, 404 },  { 2, 404 },  { 3, 404 },  { 17, 486 }, { 18, 408 }, { 19, 480 },  { 20, 480 },
    { 21, 403 }, { 22, 410 }, { 23, 410 }, { 26, 404 }, { 27, 502 }, { 28, 484 },  { 29, 501 },
    { 31, 480 }, { 34, 503 }, { 38, 503 }, { 41, 503 }, { 42, 503 }, { 47, 503 },  { 55, 403 },
    { 57, 403 }, { 58, 503 }, { 65, 488 }, { 70, 488 }, { 79, 501 }, { 87, 403 },  { 88, 503 },
    { 102, 504 }, { 111, 500 }, { 127, 500 },
    { 16, 480 }, { 5, 480 },  { 40, 503 }, { 59, 503 }, { 77, 501 }, { 89, 400 },  { 120, 500 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_test_message ("%u", table[i][0]);
    g_assert_cmpuint (ahoy_cause_to_status ((AhoyCause) table[i][0]), ==, table[i][1]);
  }
  g_assert_cmpuint (ahoy_cause_to_status (AHOY_CAUSE_NONE), ==, 0);
  g_assert_cmpuint (ahoy_cause_to_status ((AhoyCause) 128), ==, 0);
  for (guint i = 1; i <= 127; i++) {
    g_assert_cmpuint (ahoy_cause_to_status ((AhoyCause) i), >=, 400);
    g_assert_cmpuint (ahoy_cause_to_status ((AhoyCause) i), <, 700);
  }
}

/* Each cause that has a name has a text, and one that has none has none. */
static void
test_names (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (AHOY_TYPE_CAUSE);

  for (int i = 1; i <= 127; i++) {
    GEnumValue *value = g_enum_get_value (klass, i);

    g_assert_true ((value != NULL) == (ahoy_cause_get_text ((AhoyCause) i) != NULL));
  }
  g_assert_cmpstr (g_enum_get_value (klass, 17)->value_nick, ==, "user-busy");
  g_assert_cmpstr (ahoy_cause_get_text (AHOY_CAUSE_USER_BUSY), ==, "User busy");
  g_assert_null (ahoy_cause_get_text ((AhoyCause) 200));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/cause/of-status", test_status);
  g_test_add_func ("/base/cause/to-status", test_cause);
  g_test_add_func ("/base/cause/names", test_names);
  return g_test_run ();
}
