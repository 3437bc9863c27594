/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

typedef struct {
  AhoyEventBus *bus;
  GString *log;
  guint destroyed;
} Fixture;

/* A subscriber, and what it does within its callback, once. */
typedef struct {
  Fixture *fixture;
  char letter;
  guint64 unsubscribe;
  const char *publish; /* as a state of the key "again" */
  gboolean subscribe;
  gboolean drop_bus;
} Subscriber;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->bus = ahoy_event_bus_new ();
  fixture->log = g_string_new (NULL);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->bus);
  g_assert_cmpuint (ahoy_census_count ("AhoyEventBus"), ==, 0);
  g_string_free (fixture->log, TRUE);
}

static void
count_destroyed (gpointer user_data)
{
  ((Subscriber *) user_data)->fixture->destroyed++;
}

static void
on_event (AhoyEventBus *bus, const char *topic, const char *key, GVariant *state,
          gpointer user_data)
{
  Subscriber *subscriber = user_data;
  Subscriber once = *subscriber;
  Fixture *fixture = subscriber->fixture;

  g_assert_cmpstr (topic, ==, "device-state");
  g_string_append_printf (fixture->log, "%c:%s=%s ", subscriber->letter, key,
                          state != NULL ? g_variant_get_string (state, NULL) : "none");
  subscriber->publish = NULL;
  subscriber->unsubscribe = 0;
  subscriber->subscribe = FALSE;
  if (once.publish != NULL) {
    g_assert_true (ahoy_event_bus_publish (bus, topic, "again",
                                           g_variant_new_string (once.publish), NULL));
    g_string_append (fixture->log, "| ");
  }
  if (once.unsubscribe != 0) {
    g_assert_true (ahoy_event_bus_unsubscribe (bus, once.unsubscribe));
  }
  if (once.subscribe) {
    g_assert_cmpuint (ahoy_event_bus_subscribe (bus, topic, NULL, FALSE, on_event, subscriber,
                                                count_destroyed, NULL),
                      !=, 0);
  }
  if (once.drop_bus) {
    g_clear_object (&fixture->bus);
  }
}

static guint64
subscribe (Subscriber *subscriber, const char *key, gboolean tell_current)
{
  guint64 id = ahoy_event_bus_subscribe (subscriber->fixture->bus, "device-state", key,
                                         tell_current, on_event, subscriber, count_destroyed,
                                         NULL);

  g_assert_cmpuint (id, !=, 0);
  return id;
}

static void
publish (Fixture *fixture, const char *key, const char *state)
{
  g_assert_true (ahoy_event_bus_publish (fixture->bus, "device-state", key,
                                         state != NULL ? g_variant_new_string (state) : NULL,
                                         NULL));
}

static void
assert_log (Fixture *fixture, const char *wanted)
{
  g_assert_cmpstr (fixture->log->str, ==, wanted);
  g_string_truncate (fixture->log, 0);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  Subscriber all = { fixture, 'a' };
  Subscriber bob = { fixture, 'b' };
  g_autoptr (GVariant) state = NULL;
  g_auto (GStrv) keys = NULL;
  guint64 id;

  subscribe (&all, NULL, FALSE);
  id = subscribe (&bob, "bob", TRUE); /* there is nothing yet */
  publish (fixture, "bob", "busy");
  publish (fixture, "alice", "idle");
  assert_log (fixture, "a:bob=busy b:bob=busy a:alice=idle ");
  g_assert_true (ahoy_event_bus_publish (fixture->bus, "mailbox", "bob",
                                         g_variant_new_string ("full"), NULL));
  assert_log (fixture, "");
  g_assert_true (ahoy_event_bus_unsubscribe (fixture->bus, id));
  g_assert_false (ahoy_event_bus_unsubscribe (fixture->bus, id));
  g_assert_cmpuint (fixture->destroyed, ==, 1);
  publish (fixture, "bob", "idle");
  assert_log (fixture, "a:bob=idle ");

  keys = ahoy_event_bus_list_keys (fixture->bus, "device-state");
  g_assert_cmpuint (g_strv_length (keys), ==, 2);
  g_assert_cmpstr (keys[0], ==, "alice");
  state = ahoy_event_bus_get_state (fixture->bus, "device-state", "bob");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "idle");
  g_assert_null (ahoy_event_bus_get_state (fixture->bus, "device-state", "carol"));
  g_assert_null (ahoy_event_bus_get_state (fixture->bus, "presence", "bob"));
  g_clear_object (&fixture->bus); /* before the subscribers go */
}

static void
test_current_state (Fixture *fixture, gconstpointer data)
{
  Subscriber late = { fixture, 'l' };
  Subscriber bob = { fixture, 'b' };

  publish (fixture, "bob", "busy");
  publish (fixture, "alice", "idle");
  publish (fixture, "carol", "idle");
  publish (fixture, "carol", NULL); /* there is none any more */
  subscribe (&late, NULL, TRUE);
  assert_log (fixture, "l:alice=idle l:bob=busy ");
  subscribe (&bob, "bob", TRUE);
  assert_log (fixture, "b:bob=busy ");
  publish (fixture, "bob", NULL);
  assert_log (fixture, "l:bob=none b:bob=none ");
  publish (fixture, "bob", NULL);
  assert_log (fixture, "l:bob=none b:bob=none ");
  g_clear_object (&fixture->bus); /* before the subscribers go */
}

static void
on_any_event (AhoyEventBus *bus, const char *topic, const char *key, GVariant *state,
              gpointer user_data)
{
  g_string_append_printf (((Fixture *) user_data)->log, "%s/%s=%s ", topic, key,
                          state != NULL ? g_variant_get_string (state, NULL) : "none");
}

/* Who hears of all topics hears in its turn, also of what there was before. */
static void
test_all_topics (Fixture *fixture, gconstpointer data)
{
  Subscriber before = { fixture, 'a' };
  Subscriber after = { fixture, 'b' };
  g_auto (GStrv) topics = NULL;
  guint64 id;

  subscribe (&before, NULL, FALSE);
  g_assert_true (ahoy_event_bus_publish (fixture->bus, "presence", "carol",
                                         g_variant_new_string ("away"), NULL));
  id = ahoy_event_bus_subscribe (fixture->bus, NULL, NULL, TRUE, on_any_event, fixture, NULL, NULL);
  g_assert_cmpuint (id, !=, 0);
  subscribe (&after, NULL, FALSE);
  assert_log (fixture, "presence/carol=away ");
  publish (fixture, "bob", "busy");
  assert_log (fixture, "a:bob=busy device-state/bob=busy b:bob=busy ");
  topics = ahoy_event_bus_list_topics (fixture->bus);
  g_assert_cmpuint (g_strv_length (topics), ==, 2);
  g_assert_cmpstr (topics[0], ==, "device-state");
  g_assert_true (ahoy_event_bus_publish (fixture->bus, "presence", "carol", NULL, NULL));
  assert_log (fixture, "presence/carol=none ");
  g_assert_true (ahoy_event_bus_unsubscribe (fixture->bus, id));
  publish (fixture, "bob", "idle");
  assert_log (fixture, "a:bob=idle b:bob=idle ");
  g_clear_object (&fixture->bus); /* before the subscribers go */
}

/* Within a callback: who unsubscribes another one saves it from the state that is being told of;
 * what is published comes afterwards, for everybody; who subscribes hears of the next state. */
static void
test_within_callback (Fixture *fixture, gconstpointer data)
{
  Subscriber first = { fixture, '1' };
  Subscriber second = { fixture, '2' };
  Subscriber third = { fixture, '3' };

  subscribe (&first, NULL, FALSE);
  first.unsubscribe = subscribe (&second, NULL, FALSE);
  first.publish = "published";
  third.subscribe = TRUE;
  subscribe (&third, NULL, FALSE);
  publish (fixture, "bob", "busy");
  assert_log (fixture, "1:bob=busy | 3:bob=busy 1:again=published 3:again=published ");
  g_assert_cmpuint (fixture->destroyed, ==, 1);
  publish (fixture, "bob", "idle");
  assert_log (fixture, "1:bob=idle 3:bob=idle 3:bob=idle ");
  g_clear_object (&fixture->bus); /* before the subscribers go */
}

static void
test_unsubscribe_itself (Fixture *fixture, gconstpointer data)
{
  Subscriber one = { fixture, '1' };
  Subscriber other = { fixture, '2' };

  one.unsubscribe = subscribe (&one, NULL, FALSE);
  subscribe (&other, NULL, FALSE);
  publish (fixture, "bob", "busy");
  publish (fixture, "bob", "idle");
  assert_log (fixture, "1:bob=busy 2:bob=busy 2:bob=idle ");
  g_assert_cmpuint (fixture->destroyed, ==, 1);
  g_clear_object (&fixture->bus); /* before the subscribers go */
}

/* The last reference goes within a callback: nothing is told any more, and nothing is left. */
static void
test_bus_goes (Fixture *fixture, gconstpointer data)
{
  Subscriber one = { fixture, '1', .drop_bus = TRUE };
  Subscriber other = { fixture, '2' };

  one.publish = "published";
  subscribe (&one, NULL, FALSE);
  subscribe (&other, NULL, FALSE);
  publish (fixture, "bob", "busy");
  g_assert_true (g_str_has_prefix (fixture->log->str, "1:bob=busy | "));
  g_assert_null (fixture->bus);
  g_assert_cmpuint (fixture->destroyed, ==, 2);
  g_assert_cmpuint (ahoy_census_count ("AhoyEventBus"), ==, 0);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *topic;
    const char *key;
  } bad[] = {
    { "", "bob" },       { "Device", "bob" },    { "device state", "bob" }, { "device\n", "bob" },
    { "device", "" },    { "device", "b\nob" },  { "device", "b\177" },     { "device", "\xff" },
  };
  g_autofree char *long_name = g_strnfill (256, 'x');
  Subscriber subscriber = { fixture, 'a' };

  for (gsize i = 0; i <= G_N_ELEMENTS (bad); i++) {
    const char *topic = i < G_N_ELEMENTS (bad) ? bad[i].topic : "device";
    const char *key = i < G_N_ELEMENTS (bad) ? bad[i].key : long_name;
    g_autoptr (GError) one = NULL;
    g_autoptr (GError) other = NULL;

    g_assert_false (
        ahoy_event_bus_publish (fixture->bus, topic, key, g_variant_new_string ("x"), &one));
    g_assert_error (one, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_assert_true (g_utf8_validate (one->message, -1, NULL));
    g_assert_cmpuint (ahoy_event_bus_subscribe (fixture->bus, topic, key, TRUE, on_event,
                                                &subscriber, count_destroyed, &other),
                      ==, 0);
    g_assert_error (other, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_assert_cmpuint (fixture->destroyed, ==, i + 1);
  }
  publish (fixture, "Endpoint/Büro 1", "busy");
  g_clear_object (&fixture->bus); /* before the subscribers go */
}

#define add(path, test) g_test_add (path, Fixture, NULL, setup, test, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/event-bus/keys", test_keys);
  add ("/event-bus/current-state", test_current_state);
  add ("/event-bus/all-topics", test_all_topics);
  add ("/event-bus/within-callback", test_within_callback);
  add ("/event-bus/unsubscribe-itself", test_unsubscribe_itself);
  add ("/event-bus/bus-goes", test_bus_goes);
  add ("/event-bus/names", test_names);
  return g_test_run ();
}
