/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#include "ahoy-opening-hours-private.h"

/* As whom a number is called, and when. */

static const struct {
  const char *hours;
  const char *when; /* 2026-11-16 is a Monday */
  gboolean inside;
} table[] = {
  { "08:00-18:00", "2026-11-16T08:00:00Z", TRUE },
  { "08:00-18:00", "2026-11-16T17:59:59Z", TRUE },
  { "08:00-18:00", "2026-11-16T18:00:00Z", FALSE },
  { "08:00-18:00", "2026-11-16T07:59:59Z", FALSE },
  { "mon", "2026-11-16T00:00:00Z", TRUE },
  { "mon", "2026-11-17T00:00:00Z", FALSE },
  { "Mon-Fri 8:00-18:00", "2026-11-20T12:00:00Z", TRUE },
  { "mon-fri 08:00-18:00", "2026-11-21T12:00:00Z", FALSE },
  { "sat,sun", "2026-11-21T12:00:00Z", TRUE },
  { "sat,sun", "2026-11-23T12:00:00Z", FALSE },
  { "fri-mon 10:00-11:00", "2026-11-22T10:30:00Z", TRUE },
  { "fri-mon 10:00-11:00", "2026-11-19T10:30:00Z", FALSE },
  { "22:00-06:00", "2026-11-16T23:00:00Z", TRUE },
  { "22:00-06:00", "2026-11-16T05:59:00Z", TRUE },
  { "22:00-06:00", "2026-11-16T12:00:00Z", FALSE },
  { "fri 22:00-06:00", "2026-11-21T05:00:00Z", TRUE },
  { "fri 22:00-06:00", "2026-11-20T05:00:00Z", FALSE },
  { "sun 22:00-06:00", "2026-11-16T05:00:00Z", TRUE },
  { "00:00-24:00", "2026-11-16T23:59:59Z", TRUE },
};

static void
test_hours (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (table[i].when, NULL);
    g_autoptr (GError) error = NULL;
    AhoyOpeningHours hours;

    g_test_message ("%s at %s", table[i].hours, table[i].when);
    ahoy_opening_hours_parse (table[i].hours, &hours, &error);
    g_assert_no_error (error);
    g_assert_cmpint (ahoy_opening_hours_contain (&hours, when), ==, table[i].inside);
  }
}

static void
test_bad_hours (void)
{
  static const char *const bad[] = { "",           " ",        "moon",        "mon-",
                                     "8-18",       "25:00-26:00", "08:00",    "08:00-18:60",
                                     "24:01-25:00", "mon 8",   "mon,",        "mon-tue-wed",
                                     "08:00-18:00 mon" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    AhoyOpeningHours hours;

    g_test_message ("“%s”", bad[i]);
    g_assert_false (ahoy_opening_hours_parse (bad[i], &hours, &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  }
}

static void
add (AhoyOutRouteTable *routes, const char *name, const char *match, const char *endpoints,
     const char *times)
{
  g_autoptr (AhoyOutRouteConfig) route = ahoy_out_route_config_new (name);
  g_autoptr (GError) error = NULL;

  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (route), "match", match, &error);
  g_assert_no_error (error);
  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (route), "endpoints", endpoints, &error);
  g_assert_no_error (error);
  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (route), "times", times, &error);
  g_assert_no_error (error);
  g_assert_true (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (route), &error));
  ahoy_out_route_table_add (routes, route, &error);
  g_assert_no_error (error);
}

/* @user_data: the endpoints that can call. */
static gboolean
can_call (const char *endpoint, gpointer user_data)
{
  return g_strv_contains (user_data, endpoint);
}

static void
check (AhoyOutRouteTable *routes, const char *number, const char *when,
       const char *const *able, const char *endpoint, const char *route)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (when, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *by = NULL;
  g_autofree char *found = ahoy_out_route_table_find (routes, number, time, can_call,
                                                      (gpointer) able, &by, &error);

  g_assert_cmpstr (found, ==, endpoint);
  g_assert_cmpstr (by, ==, route);
  if (endpoint == NULL && route == NULL && able[0] == NULL) {
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_UNREACHABLE);
  } else {
    g_assert_no_error (error);
  }
}

#define NOON "2026-11-16T12:00:00Z"
#define NIGHT "2026-11-16T23:00:00Z"

static void
test_choice (void)
{
  const char *const all[] = { "cheap", "good", "night", "door", NULL };
  const char *const some[] = { "good", "door", NULL };
  const char *const door[] = { "door", NULL };
  const char *const none[] = { NULL };
  g_autoptr (AhoyOutRouteTable) routes = ahoy_out_route_table_new ();

  add (routes, "at-night", "+*", "night", "20:00-06:00");
  add (routes, "abroad", "re:\\\\+(?!49).*", "cheap;good", "");
  add (routes, "home", "+49*", "good", "");
  add (routes, "rest", "+*", "door", "");
  check (routes, "+15550100", NOON, all, "cheap", "abroad");
  check (routes, "+4930123", NOON, all, "good", "home");
  check (routes, "+4930123", NIGHT, all, "night", "at-night");
  check (routes, "+15550100", NOON, some, "good", "abroad");
  check (routes, "+4930123", NIGHT, some, "good", "home");
  check (routes, "+4930123", NOON, door, "door", "rest");
  check (routes, "+4930123", NOON, none, NULL, NULL);
  check (routes, "600", NOON, all, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calls/out-route/times-of-the-week", test_hours);
  g_test_add_func ("/calls/out-route/what-is-no-time-is-refused", test_bad_hours);
  g_test_add_func ("/calls/out-route/the-first-that-can-calls", test_choice);
  return g_test_run ();
}
