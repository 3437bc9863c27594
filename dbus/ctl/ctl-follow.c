/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "ctl-watch.h"

/* Commands that stay and watch. */
typedef struct {
  Ctl *ctl;
  GMainLoop *loop;
  char *path; /* of the session that is followed; NULL for all */
  guint subscription;
  guint vanished;
  gboolean asked; /* the user pressed Ctrl-C once */
  guint16 status;
  gboolean gone;
} Follower;

static void
say (Follower *self, const char *path, const char *signal, GVariant *arguments)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S.%f");
  const char *a = "";
  const char *b = "";
  const char *c = "";
  guint16 status = 0;
  guint duration = 0;

  time[12] = '\0';
  if (g_str_equal (signal, "StateChanged")) {
    g_variant_get (arguments, "(&s&sq&s)", &a, &b, &status, &c);
    g_print ("  %s  session %s  %s", time, ctl_last_part (path), b);
    if (status != 0) {
      g_print ("  (%u%s%s)", status, *c != '\0' ? " " : "", c);
    }
    g_print ("\n");
  } else if (g_str_equal (signal, "DtmfReceived")) {
    g_variant_get (arguments, "(&su)", &a, &duration);
    g_print ("  %s  session %s  digit %s (%u ms)\n", time, ctl_last_part (path), a, duration);
  } else if (g_str_equal (signal, "TransferProgress")) {
    g_variant_get (arguments, "(q&s)", &status, &a);
    g_print ("  %s  session %s  transfer to %s: %u\n", time, ctl_last_part (path), a, status);
  } else if (g_str_equal (signal, "FlashReceived")) {
    g_print ("  %s  session %s  flash of the hook\n", time, ctl_last_part (path));
  } else if (g_str_equal (signal, "RecordingEnded")) {
    g_variant_get (arguments, "(&s&s)", &a, &b);
    g_print ("  %s  session %s  %s %s\n", time, ctl_last_part (path),
             *b != '\0' ? "failed:" : "recorded", *b != '\0' ? b : a);
  } else if (g_str_equal (signal, "Ended")) {
    g_variant_get (arguments, "(q&s&s)", &status, &a, &b);
    g_print ("  %s  session %s  ended by %s: %u%s%s\n", time, ctl_last_part (path), b, status,
             *a != '\0' ? " " : "", a);
  } else {
    g_autofree char *text = g_variant_print (arguments, FALSE);

    g_print ("  %s  session %s  %s %s\n", time, ctl_last_part (path), signal, text);
  }
}

static void
say_json (const char *path, const char *signal, GVariant *arguments)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "time", "x", g_get_real_time ());
  g_variant_dict_insert (&dict, "session", "s", ctl_last_part (path));
  g_variant_dict_insert (&dict, "signal", "s", signal);
  g_variant_dict_insert_value (&dict, "arguments", arguments);
  ctl_print_json_line (&dict);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path,
           const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  Follower *self = user_data;

  if (self->path != NULL && !g_str_equal (path, self->path)) {
    return;
  }
  if (self->ctl->json) {
    say_json (path, signal, arguments);
  } else {
    say (self, path, signal, arguments);
  }
  fflush (stdout);
  if (self->path != NULL && g_str_equal (signal, "Ended")) {
    g_variant_get_child (arguments, 0, "q", &self->status);
    g_main_loop_quit (self->loop);
  }
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Follower *self = user_data;

  self->gone = TRUE;
  g_main_loop_quit (self->loop);
}

/* The first Ctrl-C hangs up and waits for the end, the second one does not wait. */
static gboolean
on_interrupt (gpointer user_data)
{
  Follower *self = user_data;

  if (self->path != NULL && !self->asked) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) result =
        ctl_call (self->ctl, self->path, CTL_SESSION, "Hangup", NULL, &error);

    self->asked = TRUE;
    if (result != NULL) {
      return G_SOURCE_CONTINUE;
    }
  }
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static void
begin (Follower *self, Ctl *ctl)
{
  self->ctl = ctl;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->subscription = g_dbus_connection_signal_subscribe (
      ctl->connection, CTL_NAME, CTL_SESSION, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_signal, self, NULL);
}

/* @title is said to people, who may press Ctrl-C as soon as they read it. */
static gboolean
watch (Follower *self, const char *title, GError **error)
{
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, self);
  guint term = g_unix_signal_add (SIGTERM, on_interrupt, self);

  if (!self->ctl->json) {
    g_print ("\n  %s\n\n", title);
  }
  fflush (stdout);
  self->vanished = g_bus_watch_name_on_connection (self->ctl->connection, CTL_NAME,
                                                   G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                   on_vanished, self, NULL);
  g_main_loop_run (self->loop);
  g_bus_unwatch_name (self->vanished);
  g_source_remove (interrupt);
  g_source_remove (term);
  if (self->gone) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "The daemon is gone");
  }
  return !self->gone;
}

static void
end (Follower *self)
{
  g_dbus_connection_signal_unsubscribe (self->ctl->connection, self->subscription);
  g_main_loop_unref (self->loop);
  g_free (self->path);
}

typedef struct {
  char *from;
  char *caller_id;
  char **headers;
  int timeout;
  gboolean detach;
} CallOptions;

static gboolean
parse_call (CallOptions *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "from", 'f', 0, G_OPTION_ARG_STRING, &options->from, "The endpoint that calls", "ENDPOINT" },
    { "caller-id", 0, 0, G_OPTION_ARG_STRING, &options->caller_id, "What stands in From",
      "NAME-ADDR" },
    { "header", 'H', 0, G_OPTION_ARG_STRING_ARRAY, &options->headers, "A header for the INVITE",
      "NAME:VALUE" },
    { "timeout", 't', 0, G_OPTION_ARG_INT, &options->timeout,
      "Give up after so long without an answer", "SECONDS" },
    { "detach", 'd', 0, G_OPTION_ARG_NONE, &options->detach,
      "Do not stay until the end; print the number of the session", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("TARGET");

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Calls a SIP or tel URI, or a user that the endpoint "
                                         "completes. Ctrl-C hangs up.");
  return g_option_context_parse (context, argc, argv, error);
}

static GVariant *
make_dial_options (const CallOptions *options, GError **error)
{
  GVariantDict dict;
  GVariantBuilder headers;

  g_variant_dict_init (&dict, NULL);
  if (options->timeout > 0) {
    g_variant_dict_insert (&dict, "timeout", "u", (guint) options->timeout);
  }
  if (options->caller_id != NULL) {
    g_variant_dict_insert (&dict, "caller-id", "s", options->caller_id);
  }
  if (options->headers != NULL) {
    g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
    for (guint i = 0; options->headers[i] != NULL; i++) {
      g_auto (GStrv) parts = g_strsplit (options->headers[i], ":", 2);

      if (g_strv_length (parts) != 2) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     "“%s” is no header; write NAME:VALUE", options->headers[i]);
        g_variant_builder_clear (&headers);
        g_variant_dict_clear (&dict);
        return NULL;
      }
      g_variant_builder_add (&headers, "(ss)", g_strchomp (parts[0]), g_strstrip (parts[1]));
    }
    g_variant_dict_insert_value (&dict, "headers", g_variant_builder_end (&headers));
  }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
dial (Follower *self, const CallOptions *options, const char *target, GError **error)
{
  g_autoptr (GVariant) dict = make_dial_options (options, error);
  g_autoptr (GVariant) result = NULL;

  if (dict == NULL) {
    return FALSE;
  }
  result = ctl_call (self->ctl, CTL_ROOT, CTL_MANAGER, "DialWithOptions",
                     g_variant_new ("(ss@a{sv})", options->from != NULL ? options->from : "",
                                    target, dict),
                     error);
  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(o)", &self->path);
  return TRUE;
}

static gboolean
call_and_follow (Follower *self, const CallOptions *options, const char *target, GError **error)
{
  g_autofree char *title = NULL;

  if (!dial (self, options, target, error)) {
    return FALSE;
  }
  if (options->detach) {
    g_print (self->ctl->json ? "{ \"session\": \"%s\" }\n" : "%s\n",
             ctl_last_part (self->path));
    return TRUE;
  }
  title = g_strdup_printf ("Calling %s as session %s; Ctrl-C hangs up", target,
                           ctl_last_part (self->path));
  if (!watch (self, title, error)) {
    return FALSE;
  }
  if (!self->ctl->json) {
    g_print ("\n");
  }
  if (self->status >= 300 && !self->asked) {
    gboolean unproved = self->status == 401 || self->status == 407;

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The call failed with %u%s", self->status,
                 unproved ? ": the other side wants to know who calls, or refuses the account. Set "
                            "outbound-username or outbound-auths of the endpoint; the log of "
                            "ahoyd names the realm"
                          : "");
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_call (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char **copy = g_new0 (char *, (gsize) argc + 2);
  char **arguments = copy;
  CallOptions options = { 0 };
  Follower self = { 0 };
  int count = argc + 1;
  gboolean good;

  copy[0] = (char *) "ahoyctl call";
  memcpy (copy + 1, argv, sizeof (char *) * (gsize) argc);
  if (!parse_call (&options, &count, &arguments, error)) {
    return FALSE;
  }
  begin (&self, ctl);
  if (count != 2) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write whom to call: ahoyctl call sip:bob@example.org");
    good = FALSE;
  } else {
    good = call_and_follow (&self, &options, arguments[1], error);
  }
  end (&self);
  g_free (options.from);
  g_free (options.caller_id);
  g_strfreev (options.headers);
  return good;
}

static gboolean
run_monitor (Ctl *ctl, int argc, char **argv, GError **error)
{
  Follower self = { 0 };
  gboolean good;

  begin (&self, ctl);
  good = watch (&self, "Watching all sessions; Ctrl-C ends", error);
  end (&self);
  return good;
}

const CtlCommand ctl_follow_commands[] = {
  { "call", "[OPTION…] TARGET", "call somebody, and follow the call to its end", 0, 99, run_call },
  { "monitor", "", "show what happens to all sessions", 0, 0, run_monitor },
  { NULL, NULL, NULL, 0, 0, NULL },
};
