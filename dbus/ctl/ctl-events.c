/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <stdio.h>

#include "ctl-table.h"
#include "ctl-watch.h"

/* Commands about states: who is in use, what waits in mailboxes. */

static gboolean
add_states (Ctl *ctl, CtlTable *table, const char *topic, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_EVENTS, "List",
                                          g_variant_new ("(s)", topic), error);
  g_autoptr (GVariantIter) iter = NULL;
  const char *key;
  GVariant *state;

  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(a{sv})", &iter);
  while (g_variant_iter_next (iter, "{&sv}", &key, &state)) {
    char **cells = g_new0 (char *, 4);

    cells[0] = g_strdup (topic);
    cells[1] = g_strdup (key);
    cells[2] = ctl_dup_value (state);
    ctl_table_add (table, cells);
    g_variant_unref (state);
  }
  return TRUE;
}

static gboolean
run_states (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Topic", "Key", "State", NULL };
  g_autoptr (GVariant) all = NULL;
  g_autofree const char **topics = NULL;
  g_autoptr (CtlTable) table = NULL;

  if (argc > 0 && ctl->json) {
    all = ctl_call (ctl, CTL_ROOT, CTL_EVENTS, "List", g_variant_new ("(s)", argv[0]), error);
    if (all != NULL) {
      ctl_print_json (all);
    }
    return all != NULL;
  }
  table = ctl_table_new (columns);
  if (argc > 0) {
    if (!add_states (ctl, table, argv[0], error)) {
      return FALSE;
    }
    ctl_table_print (table);
    return TRUE;
  }
  all = ctl_call (ctl, CTL_ROOT, CTL_EVENTS, "ListTopics", NULL, error);
  if (all == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (all);
    return TRUE;
  }
  g_variant_get (all, "(^a&s)", &topics);
  for (gsize i = 0; topics[i] != NULL; i++) {
    if (!add_states (ctl, table, topics[i], error)) {
      return FALSE;
    }
  }
  ctl_table_print (table);
  return TRUE;
}

/* The calls that are parked, by the numbers of their slots. */
static gboolean
run_parked (Ctl *ctl, int argc, char **argv, GError **error)
{
  char *topic[] = { (char *) "parking", NULL };

  return run_states (ctl, 1, topic, error);
}

/* One object a line. */
static void
print_json (const char *topic, const char *key, GVariant *state)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "topic", "s", topic);
  g_variant_dict_insert (&dict, "key", "s", key);
  if (state != NULL) {
    g_variant_dict_insert_value (&dict, "state", state);
  }
  ctl_print_json_line (&dict);
}

static void
on_event (GDBusConnection *connection, const char *sender, const char *path,
          const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  g_autoptr (GVariant) state = NULL;
  g_autofree char *text = NULL;
  const char *topic;
  const char *key;

  if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ssv)"))) {
    g_variant_get (arguments, "(&s&sv)", &topic, &key, &state);
  } else if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ss)"))) {
    g_variant_get (arguments, "(&s&s)", &topic, &key);
  } else {
    return;
  }
  if (((Ctl *) user_data)->json) {
    print_json (topic, key, state);
  } else {
    text = state != NULL ? ctl_dup_value (state) : g_strdup ("–");
    g_print ("  %-14s  %-20s  %s\n", topic, key, text);
  }
  fflush (stdout);
}

static gboolean
run_events (Ctl *ctl, int argc, char **argv, GError **error)
{
  guint subscription = g_dbus_connection_signal_subscribe (
      ctl->connection, CTL_NAME, CTL_EVENTS, NULL, CTL_ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_event, ctl, NULL);
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_EVENTS, "Watch",
                                          g_variant_new ("(s)", argc > 0 ? argv[0] : ""), error);
  gboolean good = result != NULL && ctl_watch (ctl, "states", error);

  g_dbus_connection_signal_unsubscribe (ctl->connection, subscription);
  return good;
}

const CtlCommand ctl_event_commands[] = {
  { "parked", "", "the calls that are parked, and where", 0, 0, run_parked },
  { "states", "[TOPIC]", "show the states of devices, mailboxes and others", 0, 1, run_states },
  { "events", "[TOPIC]", "show states as they change", 0, 1, run_events },
  { NULL, NULL, NULL, 0, 0, NULL },
};
