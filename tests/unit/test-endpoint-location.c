/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-location-private.h"
#include "ahoy.h"

/* Who is where: contacts come, are refreshed, expire and go, each told once. */

#define SECOND ((gint64) G_USEC_PER_SEC)

typedef struct {
  AhoyScheduler *scheduler;
  AhoyEndpointRegistry *endpoints;
  AhoyLocation *location;
  GString *events; /* “+uri ”, “~uri ”, “-uri:reason ”, “?uri:status ” */
} Fixture;

static void
on_added (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  g_string_append_printf (user_data, "+%s ", ahoy_contact_get_uri (contact));
}

static void
on_refreshed (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  g_string_append_printf (user_data, "~%s ", ahoy_contact_get_uri (contact));
}

static void
on_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
            AhoyContactRemoval reason, gpointer user_data)
{
  g_string_append_printf (user_data, "-%s:%s ", ahoy_contact_get_uri (contact),
                          ahoy_contact_removal_get_nick (reason));
}

static void
on_status (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  g_string_append_printf (user_data, "?%s:%d ", ahoy_contact_get_uri (contact),
                          ahoy_contact_get_status (contact));
}

static void
add_endpoint (Fixture *fixture, const char *name, const char *key, const char *value)
{
  g_autoptr (AhoyEndpointConfig) config = ahoy_endpoint_config_new (name);
  g_autoptr (AhoyEndpoint) endpoint = NULL;
  g_autoptr (GError) error = NULL;

  if (key != NULL) {
    ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), key, value, &error);
    g_assert_no_error (error);
  }
  endpoint = ahoy_endpoint_new (config);
  g_assert_true (ahoy_endpoint_registry_add (fixture->endpoints, endpoint, NULL));
}

static void
add_aor (Fixture *fixture, const char *name, const char *key, const char *value)
{
  g_autoptr (AhoyAorConfig) config = ahoy_aor_config_new (name);
  g_autoptr (GError) error = NULL;

  if (key != NULL) {
    ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), key, value, &error);
    g_assert_no_error (error);
  }
  ahoy_config_object_seal (AHOY_CONFIG_OBJECT (config));
  ahoy_location_add_aor (fixture->location, AHOY_CONFIG_OBJECT (config));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->scheduler = ahoy_scheduler_new_virtual ();
  fixture->endpoints = ahoy_endpoint_registry_new ();
  fixture->location = ahoy_location_new (fixture->endpoints, fixture->scheduler);
  fixture->events = g_string_new (NULL);
  g_signal_connect (fixture->location, "contact-added", G_CALLBACK (on_added), fixture->events);
  g_signal_connect (fixture->location, "contact-refreshed", G_CALLBACK (on_refreshed),
                    fixture->events);
  g_signal_connect (fixture->location, "contact-removed", G_CALLBACK (on_removed),
                    fixture->events);
  g_signal_connect (fixture->location, "contact-status", G_CALLBACK (on_status), fixture->events);
  add_endpoint (fixture, "alice", NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->location);
  g_clear_object (&fixture->endpoints);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (fixture->scheduler), ==, 0);
  g_assert_finalize_object (fixture->scheduler);
  g_string_free (fixture->events, TRUE);
}

static void
assert_events (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->events->str, ==, expected);
  g_string_truncate (fixture->events, 0);
}

static AhoyContact *
make_contact (const char *uri, guint q, int seconds)
{
  g_autoptr (AhoyContactBuilder) builder = ahoy_contact_builder_new (uri);
  gint64 now = g_get_real_time ();

  ahoy_contact_builder_set_q (builder, q);
  ahoy_contact_builder_set_registered_at (builder, now);
  ahoy_contact_builder_set_expires (builder, now + seconds * SECOND);
  return ahoy_contact_builder_end (builder);
}

/* -- edits of tests: “+uri,q,seconds -uri” ---------------------------------------------------- */

static gboolean
follow (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  g_auto (GStrv) words = g_strsplit (user_data, " ", -1);

  for (gsize i = 0; words[i] != NULL; i++) {
    if (words[i][0] == '+') {
      g_auto (GStrv) parts = g_strsplit (words[i] + 1, ",", 3);
      g_autoptr (AhoyContact) contact =
          make_contact (parts[0], (guint) atoi (parts[1]), atoi (parts[2]));

      g_assert_true (ahoy_location_edit_put (edit, contact));
    } else if (words[i][0] == '-') {
      g_assert_true (
          ahoy_location_edit_remove (edit, words[i] + 1, AHOY_CONTACT_REMOVAL_UNREGISTERED));
    } else {
      g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED, words[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
update (Fixture *fixture, const char *aor, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ahoy_location_update_async (fixture->location, aor, follow, g_strdup (text), g_free, NULL,
                              on_done, &result);
  while (result == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
  return ahoy_location_update_finish (fixture->location, result, error);
}

static void
assert_updated (Fixture *fixture, const char *aor, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (update (fixture, aor, text, &error));
  g_assert_no_error (error);
}

static void
assert_contacts (Fixture *fixture, const char *aor, const char *expected)
{
  g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (fixture->location, aor);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < contacts->len; i++) {
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            ahoy_contact_get_uri (contacts->pdata[i]));
  }
  g_assert_cmpstr (text->str, ==, expected);
}

/* -- tests ----------------------------------------------------------------------------------- */

static void
test_come_and_go (Fixture *fixture, gconstpointer data)
{
  assert_updated (fixture, "alice", "+sip:a@one,500,60 +sip:a@two,1000,60");
  assert_events (fixture, "+sip:a@one +sip:a@two ");
  assert_contacts (fixture, "alice", "sip:a@two sip:a@one");
  assert_updated (fixture, "alice", "+sip:a@one,1000,60");
  assert_events (fixture, "~sip:a@one ");
  assert_contacts (fixture, "alice", "sip:a@one sip:a@two");
  assert_updated (fixture, "alice", "-sip:a@two");
  assert_events (fixture, "-sip:a@two:unregistered ");
  g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location), ==, 1);
  assert_updated (fixture, "alice", "-sip:a@one");
  assert_contacts (fixture, "alice", "");
}

/* What comes and goes in one edit was never there, and what goes and comes was refreshed. */
static void
test_within_one_edit (Fixture *fixture, gconstpointer data)
{
  assert_updated (fixture, "alice", "+sip:a@one,1000,60 -sip:a@one");
  assert_events (fixture, "");
  assert_updated (fixture, "alice", "+sip:a@one,1000,60");
  assert_events (fixture, "+sip:a@one ");
  assert_updated (fixture, "alice", "-sip:a@one +sip:a@one,1000,60");
  assert_events (fixture, "~sip:a@one ");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) unknown = NULL;

  assert_updated (fixture, "alice", "+sip:a@one,1000,60");
  assert_events (fixture, "+sip:a@one ");
  g_assert_false (update (fixture, "alice", "+sip:a@two,1000,60 -sip:a@one no", &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  assert_events (fixture, "");
  assert_contacts (fixture, "alice", "sip:a@one");
  g_assert_false (update (fixture, "nobody", "+sip:n@one,1000,60", &unknown));
  g_assert_error (unknown, AHOY_ERROR, AHOY_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (unknown->message, "[aor nobody]"));
}

static gboolean
move_to_two (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  g_autoptr (AhoyContact) contact = make_contact ("sip:a@two", 1000, 60);

  return ahoy_location_edit_replace (edit, "sip:a@one", contact);
}

static gboolean
put_path (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  g_autoptr (AhoyContactBuilder) builder = ahoy_contact_builder_new ("sip:a@far");
  g_autoptr (GPtrArray) path = g_ptr_array_new ();
  g_autoptr (AhoyContact) contact = NULL;

  for (guint i = 0; i < GPOINTER_TO_UINT (user_data); i++) {
    g_ptr_array_add (path, "<sip:edge.example;lr>");
  }
  g_ptr_array_add (path, NULL);
  ahoy_contact_builder_set_path (builder, (const char *const *) path->pdata);
  ahoy_contact_builder_set_expires (builder, g_get_real_time () + 60 * SECOND);
  contact = ahoy_contact_builder_end (builder);
  return ahoy_location_edit_put (edit, contact);
}

static gboolean
run_edit (Fixture *fixture, AhoyLocationEditFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ahoy_location_update_async (fixture->location, "alice", func, user_data, NULL, NULL, on_done,
                              &result);
  while (result == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
  return ahoy_location_update_finish (fixture->location, result, error);
}

/* A contact that takes the URI of another one leaves only itself. */
static void
test_moves (Fixture *fixture, gconstpointer data)
{
  assert_updated (fixture, "alice", "+sip:a@one,1000,60 +sip:a@two,500,60 +sip:a@three,100,60");
  assert_events (fixture, "+sip:a@one +sip:a@two +sip:a@three ");
  g_assert_true (run_edit (fixture, move_to_two, NULL, NULL));
  assert_events (fixture, "-sip:a@two:replaced ~sip:a@two ");
  assert_contacts (fixture, "alice", "sip:a@two sip:a@three");
  g_assert_false (run_edit (fixture, move_to_two, NULL, NULL));
}

/* What could not be read again is not taken. */
static void
test_too_much (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (run_edit (fixture, put_path, GUINT_TO_POINTER (64), &error));
  g_assert_false (run_edit (fixture, put_path, GUINT_TO_POINTER (65), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  assert_events (fixture, "+sip:a@far ");
}

static void
test_expire (Fixture *fixture, gconstpointer data)
{
  assert_updated (fixture, "alice", "+sip:a@one,1000,60 +sip:a@two,1000,120");
  assert_events (fixture, "+sip:a@one +sip:a@two ");
  ahoy_scheduler_advance (fixture->scheduler, 59 * SECOND);
  assert_events (fixture, "");
  ahoy_scheduler_advance (fixture->scheduler, 2 * SECOND);
  assert_events (fixture, "-sip:a@one:expired ");
  assert_contacts (fixture, "alice", "sip:a@two");
  assert_updated (fixture, "alice", "+sip:a@two,1000,120");
  assert_events (fixture, "~sip:a@two ");
  ahoy_scheduler_advance (fixture->scheduler, 119 * SECOND);
  assert_events (fixture, "");
  ahoy_scheduler_advance (fixture->scheduler, 2 * SECOND);
  assert_events (fixture, "-sip:a@two:expired ");
  g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location), ==, 0);
}

/* Many with one timer, and each at its time. */
static void
test_expire_many (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 1200; i++) {
    g_autofree char *name = g_strdup_printf ("u%d", i);
    g_autofree char *text = g_strdup_printf ("+sip:%s@h,1000,%d", name, 60 + (i * 7919) % 1200);

    add_endpoint (fixture, name, NULL, NULL);
    assert_updated (fixture, name, text);
  }
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (fixture->scheduler), ==, 1);
  g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location), ==, 1200);
  for (guint second = 0; second < 1200; second += 100) {
    ahoy_scheduler_advance (fixture->scheduler, (second == 0 ? 59 : 100) * SECOND + SECOND / 2);
    g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location) + second + 101, >=, 1200);
    g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location), <=, 1200 - second);
  }
  ahoy_scheduler_advance (fixture->scheduler, 200 * SECOND);
  g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location), ==, 0);
}

static void
test_static (Fixture *fixture, gconstpointer data)
{
  add_endpoint (fixture, "trunk", "contact", "<sip:gw.example>;q=0.5, <sip:spare.example>;q=0.2");
  add_aor (fixture, "desk", "contact", "<sip:desk@10.0.0.1>");
  assert_contacts (fixture, "trunk", "sip:gw.example sip:spare.example");
  assert_updated (fixture, "trunk", "+sip:t@phone,700,60");
  assert_contacts (fixture, "trunk", "sip:t@phone sip:gw.example sip:spare.example");
  assert_contacts (fixture, "desk", "sip:desk@10.0.0.1");
  assert_events (fixture, "+sip:t@phone ");
  g_assert_true (ahoy_location_set_status (fixture->location, "trunk", "sip:gw.example",
                                           AHOY_CONTACT_STATUS_UNREACHABLE, -1));
  assert_events (fixture, "?sip:gw.example:2 ");
  {
    g_autoptr (AhoyContact) contact =
        ahoy_location_lookup_contact (fixture->location, "trunk", "sip:gw.example");
    g_auto (GStrv) names = ahoy_location_list_names (fixture->location);
    g_autofree char *text = g_strjoinv (" ", names);

    g_assert_true (ahoy_contact_is_static (contact));
    g_assert_cmpint (ahoy_contact_get_expires (contact), ==, G_MAXINT64);
    g_assert_cmpint (ahoy_contact_get_status (contact), ==, AHOY_CONTACT_STATUS_UNREACHABLE);
    g_assert_cmpstr (text, ==, "desk trunk");
  }
  ahoy_scheduler_advance (fixture->scheduler, 100 * SECOND);
  assert_contacts (fixture, "trunk", "sip:gw.example sip:spare.example");
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyContact) contact = NULL;

  add_aor (fixture, "bob", "qualify-frequency", "30");
  assert_updated (fixture, "alice", "+sip:a@one,1000,60");
  assert_updated (fixture, "bob", "+sip:b@one,1000,60");
  assert_events (fixture, "+sip:a@one +sip:b@one ");
  contact = ahoy_location_lookup_contact (fixture->location, "alice", "sip:a@one");
  g_assert_cmpint (ahoy_contact_get_status (contact), ==, AHOY_CONTACT_STATUS_NON_QUALIFIED);
  g_clear_pointer (&contact, ahoy_contact_unref);
  contact = ahoy_location_lookup_contact (fixture->location, "bob", "sip:b@one");
  g_assert_cmpint (ahoy_contact_get_status (contact), ==, AHOY_CONTACT_STATUS_CREATED);
  g_clear_pointer (&contact, ahoy_contact_unref);
  g_assert_true (ahoy_location_set_status (fixture->location, "bob", "sip:b@one",
                                           AHOY_CONTACT_STATUS_AVAILABLE, 1500));
  assert_events (fixture, "?sip:b@one:1 ");
  g_assert_true (ahoy_location_set_status (fixture->location, "bob", "sip:b@one",
                                           AHOY_CONTACT_STATUS_AVAILABLE, 1700));
  assert_events (fixture, "");
  /* A refresh does not forget it. */
  assert_updated (fixture, "bob", "+sip:b@one,1000,60");
  contact = ahoy_location_lookup_contact (fixture->location, "bob", "sip:b@one");
  g_assert_cmpint (ahoy_contact_get_status (contact), ==, AHOY_CONTACT_STATUS_AVAILABLE);
  g_assert_cmpint (ahoy_contact_get_round_trip (contact), ==, 1700);
  g_assert_false (ahoy_location_set_status (fixture->location, "bob", "sip:b@two",
                                            AHOY_CONTACT_STATUS_AVAILABLE, 1));
}

/* An address of record that goes takes its contacts out of sight, not away. */
static void
test_reconfigured (Fixture *fixture, gconstpointer data)
{
  add_aor (fixture, "bob", NULL, NULL);
  assert_updated (fixture, "bob", "+sip:b@one,1000,60");
  assert_events (fixture, "+sip:b@one ");
  g_assert_true (ahoy_location_remove_aor (fixture->location, "bob"));
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "-sip:b@one:reconfigured ");
  assert_contacts (fixture, "bob", "");
  g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location), ==, 0);
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "");
  add_aor (fixture, "bob", NULL, NULL);
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "+sip:b@one ");
  assert_contacts (fixture, "bob", "sip:b@one");
  g_assert_true (ahoy_location_remove_aor (fixture->location, "bob"));
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "-sip:b@one:reconfigured ");
  ahoy_scheduler_advance (fixture->scheduler, 100 * SECOND);
  assert_events (fixture, "");
}

static void
remove_endpoint (Fixture *fixture, const char *name)
{
  ahoy_endpoint_registry_remove (fixture->endpoints,
                                 ahoy_endpoint_registry_lookup (fixture->endpoints, name));
}

/* The same with endpoints; one that is there again is so for edits, too, told or not. */
static void
test_endpoint_comes_back (Fixture *fixture, gconstpointer data)
{
  add_endpoint (fixture, "bob", NULL, NULL);
  assert_updated (fixture, "bob", "+sip:b@one,1000,60");
  remove_endpoint (fixture, "bob");
  assert_contacts (fixture, "bob", "");
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "+sip:b@one -sip:b@one:reconfigured ");
  add_endpoint (fixture, "bob", NULL, NULL);
  assert_updated (fixture, "bob", "+sip:b@one,1000,60");
  assert_events (fixture, "+sip:b@one ~sip:b@one ");
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "");
  g_assert_cmpuint (ahoy_location_get_n_contacts (fixture->location), ==, 1);
  remove_endpoint (fixture, "bob");
  add_endpoint (fixture, "bob", NULL, NULL); /* made anew by one reload */
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "");
  remove_endpoint (fixture, "bob");
  add_endpoint (fixture, "bob", "allow", "call");
  ahoy_location_update_aors (fixture->location);
  assert_events (fixture, "-sip:b@one:reconfigured ");
}

static void
test_aors_of_endpoint (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) of_carol = NULL;
  g_auto (GStrv) of_dave = NULL;
  g_autofree char *carol = NULL;
  g_autofree char *dave = NULL;

  add_aor (fixture, "sales", NULL, NULL);
  add_endpoint (fixture, "carol", "aors", "sales;missing");
  add_endpoint (fixture, "dave", "allow", "call");
  of_carol = ahoy_location_list_aors_for (
      fixture->location, ahoy_endpoint_registry_lookup (fixture->endpoints, "carol"));
  of_dave = ahoy_location_list_aors_for (
      fixture->location, ahoy_endpoint_registry_lookup (fixture->endpoints, "dave"));
  carol = g_strjoinv (" ", of_carol);
  dave = g_strjoinv (" ", of_dave);
  g_assert_cmpstr (carol, ==, "carol sales");
  g_assert_cmpstr (dave, ==, "");
  g_assert_null (ahoy_location_get_aor_config (fixture->location, "dave"));
}

static void
on_added_more (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (location, on_added_more, user_data);
  ahoy_location_update_async (location, aor, follow, g_strdup ("+sip:a@two,1000,60"), g_free, NULL,
                              on_done, user_data);
}

/* Who is told may change it again: that comes afterwards. */
static void
test_edit_in_signal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_signal_connect (fixture->location, "contact-added", G_CALLBACK (on_added_more), &result);
  assert_updated (fixture, "alice", "+sip:a@one,1000,60 +sip:a@three,1000,60");
  while (result == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
  assert_events (fixture, "+sip:a@one +sip:a@three +sip:a@two ");
}

/* -- clocks ---------------------------------------------------------------------------------- */

static gint64 real_step, slept, passed;

static gint64
get_monotonic (void)
{
  return g_get_monotonic_time () + passed;
}

static gint64
get_boot (void)
{
  return get_monotonic () + slept;
}

static gint64
get_real (void)
{
  return g_get_real_time () + passed + slept + real_step;
}

static const AhoyLocationTimes times = { get_real, get_boot, get_monotonic };

static void
set_clock (gint64 step)
{
  real_step = step;
  passed += SECOND;
}

/* How long the list says that a contact lives, in seconds. */
static gint64
get_rest (Fixture *fixture, const char *uri)
{
  g_autoptr (AhoyContact) contact = ahoy_location_lookup_contact (fixture->location, "alice", uri);

  return contact != NULL ? (ahoy_contact_get_expires (contact) - get_real ()) / SECOND : -1;
}

/* Who sets the clock of a machine, forwards or backwards, neither kills nor keeps anybody, and the
 * time that is left is told right. */
static void
test_clock_is_set (Fixture *fixture, gconstpointer data)
{
  real_step = slept = passed = 0;
  ahoy_location_clock_set_times (&fixture->location->clock, &times);
  assert_updated (fixture, "alice", "+sip:a@one,1000,600");
  set_clock (86400 * SECOND);
  assert_contacts (fixture, "alice", "sip:a@one");
  g_assert_cmpint (get_rest (fixture, "sip:a@one"), >=, 590);
  g_assert_cmpint (get_rest (fixture, "sip:a@one"), <=, 600);
  set_clock (-86400 * SECOND);
  assert_contacts (fixture, "alice", "sip:a@one");
  g_assert_cmpint (get_rest (fixture, "sip:a@one"), >=, 590);
  g_assert_cmpint (get_rest (fixture, "sip:a@one"), <=, 600);
  ahoy_scheduler_advance (fixture->scheduler, 590 * SECOND);
  assert_events (fixture, "+sip:a@one ");
  ahoy_scheduler_advance (fixture->scheduler, 11 * SECOND);
  assert_events (fixture, "-sip:a@one:expired ");
}

/* Time passes while the machine sleeps, though the clock of timers stands still. */
static void
test_machine_sleeps (Fixture *fixture, gconstpointer data)
{
  real_step = slept = passed = 0;
  ahoy_location_clock_set_times (&fixture->location->clock, &times);
  assert_updated (fixture, "alice", "+sip:a@one,1000,600 +sip:a@two,1000,3600");
  slept = 1800 * SECOND;
  ahoy_scheduler_advance (fixture->scheduler, 61 * SECOND); /* nobody asks */
  assert_events (fixture, "+sip:a@one +sip:a@two -sip:a@one:expired ");
  assert_contacts (fixture, "alice", "sip:a@two");
  ahoy_scheduler_advance (fixture->scheduler, 1700 * SECOND);
  assert_events (fixture, "");
  ahoy_scheduler_advance (fixture->scheduler, 100 * SECOND);
  assert_events (fixture, "-sip:a@two:expired ");
}

static void
test_builder (void)
{
  static const char *const path[] = { "<sip:p1.example;lr>", "<sip:p2.example;lr>", NULL };
  g_autoptr (AhoyContactBuilder) builder = ahoy_contact_builder_new ("sip:a@one");
  g_autoptr (AhoyContactBuilder) again = NULL;
  g_autoptr (AhoyContact) contact = NULL;
  g_autoptr (AhoyContact) copy = NULL;

  ahoy_contact_builder_set_path (builder, path);
  ahoy_contact_builder_set_call_id (builder, "id@host");
  ahoy_contact_builder_set_cseq (builder, 4294967295u);
  ahoy_contact_builder_set_instance (builder, "<urn:uuid:1>");
  ahoy_contact_builder_set_reg_id (builder, 2);
  ahoy_contact_builder_set_protocol (builder, AHOY_TRANSPORT_PROTOCOL_TCP);
  ahoy_contact_builder_set_received (builder, "[::1]:5070");
  contact = ahoy_contact_builder_end (builder);
  again = ahoy_contact_builder_new_from (contact);
  ahoy_contact_builder_set_uri (again, "sip:a@two");
  copy = ahoy_contact_builder_end (again);
  g_assert_cmpstr (ahoy_contact_get_uri (contact), ==, "sip:a@one");
  g_assert_cmpstr (ahoy_contact_get_uri (copy), ==, "sip:a@two");
  g_assert_cmpstrv ((char **) ahoy_contact_get_path (copy), (char **) path);
  g_assert_cmpstr (ahoy_contact_get_call_id (copy), ==, "id@host");
  g_assert_cmpuint (ahoy_contact_get_cseq (copy), ==, 4294967295u);
  g_assert_cmpstr (ahoy_contact_get_instance (copy), ==, "<urn:uuid:1>");
  g_assert_cmpuint (ahoy_contact_get_reg_id (copy), ==, 2);
  g_assert_cmpint (ahoy_contact_get_protocol (copy), ==, AHOY_TRANSPORT_PROTOCOL_TCP);
  g_assert_cmpstr (ahoy_contact_get_received (copy), ==, "[::1]:5070");
  g_assert_null (ahoy_contact_get_user_agent (copy));
  g_assert_cmpuint (ahoy_contact_get_q (copy), ==, 1000);
  g_assert_cmpint (ahoy_contact_get_round_trip (copy), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/endpoint/location/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("come-and-go", test_come_and_go);
  ADD ("within-one-edit", test_within_one_edit);
  ADD ("refused", test_refused);
  ADD ("moves", test_moves);
  ADD ("too-much", test_too_much);
  ADD ("expire", test_expire);
  ADD ("expire-many", test_expire_many);
  ADD ("static", test_static);
  ADD ("status", test_status);
  ADD ("reconfigured", test_reconfigured);
  ADD ("endpoint-comes-back", test_endpoint_comes_back);
  ADD ("aors-of-endpoint", test_aors_of_endpoint);
  ADD ("edit-in-signal", test_edit_in_signal);
  ADD ("clock-is-set", test_clock_is_set);
  ADD ("machine-sleeps", test_machine_sleeps);
  g_test_add_func ("/endpoint/contact/builder", test_builder);
  return g_test_run ();
}
