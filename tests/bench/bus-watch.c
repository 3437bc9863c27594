/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * Stands for a program that watches the daemon: gets all of its signals from the bus in
 * DBUS_SESSION_BUS_ADDRESS and counts them, until a line comes in on standard input. Then a line of
 * JSON says how many of each there were.
 */
static GHashTable *counts;
static GMutex lock;

/* In GDBus's own thread: what is counted goes no further. */
static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  const char *member = g_dbus_message_get_member (message);
  const char *path = g_dbus_message_get_path (message);

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_SIGNAL ||
      path == NULL || !g_str_has_prefix (path, "/org/ahoy/")) {
    return message;
  }
  g_mutex_lock (&lock);
  g_hash_table_replace (
      counts, g_strdup (member),
      GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, member)) + 1));
  g_mutex_unlock (&lock);
  g_object_unref (message);
  return NULL;
}

static gboolean
on_line (int fd, GIOCondition condition, gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
report (void)
{
  GHashTableIter iter;
  gpointer name;
  gpointer count;
  const char *comma = "";

  g_mutex_lock (&lock);
  printf ("{");
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &name, &count)) {
    printf ("%s\"%s\": %u", comma, (const char *) name, GPOINTER_TO_UINT (count));
    comma = ", ";
  }
  printf ("}\n");
  g_mutex_unlock (&lock);
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (connection != NULL) {
    g_dbus_connection_add_filter (connection, on_message, NULL, NULL);
    reply = g_dbus_connection_call_sync (
        connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "AddMatch", g_variant_new ("(s)", "type='signal',sender='org.ahoy.Ahoy1'"), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  }
  if (reply == NULL) {
    fprintf (stderr, "bus-watch: %s\n", error->message);
    return 1;
  }
  printf ("watching\n");
  fflush (stdout);
  g_unix_fd_add (0, G_IO_IN | G_IO_HUP, on_line, loop);
  g_main_loop_run (loop);
  /* The thread of GDBus may be counting still. */
  report ();
  fflush (stdout);
  _exit (0);
}
