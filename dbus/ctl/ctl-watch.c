/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-watch.h"

#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

/* What commands share that stay and watch. */
typedef struct {
  GMainLoop *loop;
  gboolean gone;
} Watch;

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Watch *watch = user_data;

  watch->gone = TRUE;
  g_main_loop_quit (watch->loop);
}

static gboolean
on_interrupt (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* Waits for Ctrl-C or the end of the daemon, which is an error. @title is said to people. */
gboolean
ctl_watch (Ctl *ctl, const char *title, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watch watch = { .loop = loop };
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, loop);
  guint term = g_unix_signal_add (SIGTERM, on_interrupt, loop);
  guint name;

  if (!ctl->json) {
    g_print ("\n  Watching %s; Ctrl-C ends\n\n", title);
  }
  fflush (stdout);
  name = g_bus_watch_name_on_connection (ctl->connection, CTL_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                         NULL, on_vanished, &watch, NULL);
  g_main_loop_run (loop);
  g_bus_unwatch_name (name);
  g_source_remove (interrupt);
  g_source_remove (term);
  if (watch.gone) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "The daemon is gone");
  }
  return !watch.gone;
}

/* One JSON object a line; clears @dict. */
void
ctl_print_json_line (GVariantDict *dict)
{
  g_autoptr (GVariant) line = g_variant_ref_sink (g_variant_dict_end (dict));
  g_autoptr (JsonNode) node = json_gvariant_serialize (line);
  g_autofree char *text = json_to_string (node, FALSE);

  g_print ("%s\n", text);
  fflush (stdout);
}
