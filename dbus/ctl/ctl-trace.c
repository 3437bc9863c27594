/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "ctl-table.h"
#include "ctl-watch.h"

/* Commands that show SIP messages. */
typedef struct {
  char *session;
  char *method;
  char *peer;
  char *call_id;
  char *pcap;
  gboolean ladder;
} TraceOptions;

static gboolean
parse_trace (TraceOptions *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "ladder", 'l', 0, G_OPTION_ARG_NONE, &options->ladder,
      "Draw what is remembered of a session, and end", NULL },
    { "session", 's', 0, G_OPTION_ARG_STRING, &options->session, "Only of this session", "N" },
    { "method", 'm', 0, G_OPTION_ARG_STRING, &options->method, "Only of this method", "METHOD" },
    { "peer", 'p', 0, G_OPTION_ARG_STRING, &options->peer,
      "Only to or from this address or network", "ADDRESS" },
    { "call-id", 'c', 0, G_OPTION_ARG_STRING, &options->call_id, "Only with this Call-ID",
      "CALL-ID" },
    { "pcap", 'w', 0, G_OPTION_ARG_FILENAME, &options->pcap,
      "Write a packet capture instead of text", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Shows SIP messages as they pass; Ctrl-C ends.");
  if (!g_option_context_parse (context, argc, argv, error)) {
    return FALSE;
  }
  if (*argc > 1) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "“%s” is not understood; see ahoyctl trace --help", (*argv)[1]);
    return FALSE;
  }
  return TRUE;
}

static GVariant *
make_filter (const TraceOptions *options)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (options->session != NULL) {
    g_variant_dict_insert (&dict, "session-id", "s", options->session);
  }
  if (options->method != NULL) {
    g_variant_dict_insert (&dict, "method", "s", options->method);
  }
  if (options->peer != NULL) {
    g_variant_dict_insert (&dict, "peer", "s", options->peer);
  }
  if (options->call_id != NULL) {
    g_variant_dict_insert (&dict, "call-id", "s", options->call_id);
  }
  return g_variant_dict_end (&dict);
}

/* What a terminal shows safely: lines, and nothing that moves the cursor. */
static void
print_message (const char *bytes, gsize size)
{
  g_autofree char *text = g_utf8_make_valid (bytes != NULL ? bytes : "", (gssize) size);

  g_print ("    ");
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar code = g_utf8_get_char (at);

    if (code == '\n') {
      g_print ("\n%s", at[1] != '\0' ? "    " : "");
    } else if (code == '\t' || !g_unichar_iscntrl (code)) {
      g_print ("%.*s", (int) (g_utf8_next_char (at) - at), at);
    } else if (code != '\r') {
      g_print ("\\x%02x", code);
    }
  }
  g_print ("\n");
}

/* One object a line. */
static void
print_json (GVariant *arguments, const char *bytes, gsize size)
{
  static const char *const names[] = { "trace",  "time",        "direction", "transport",
                                       "source", "destination", "message",   "session" };
  g_autofree char *text = g_utf8_make_valid (bytes != NULL ? bytes : "", (gssize) size);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GVariant) value = g_variant_get_child_value (arguments, i);

    if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING)) {
      g_variant_dict_insert (&dict, names[i], "s", text);
    } else {
      g_variant_dict_insert_value (&dict, names[i], value);
    }
  }
  ctl_print_json_line (&dict);
}

static void
on_message (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  g_autoptr (GVariant) raw = NULL;
  g_autoptr (GDateTime) when = NULL;
  g_autofree char *clock = NULL;
  const char *direction;
  const char *transport;
  const char *source;
  const char *destination;
  const char *session;
  const char *bytes;
  guint64 time;
  gsize size;

  g_variant_get (arguments, "(tt&s&s&s&s@ay&s)", NULL, &time, &direction, &transport, &source,
                 &destination, &raw, &session);
  when = g_date_time_new_from_unix_local ((gint64) (time / G_USEC_PER_SEC));
  clock = g_date_time_format (when, "%H:%M:%S");
  bytes = g_variant_get_fixed_array (raw, &size, 1);
  if (((Ctl *) user_data)->json) {
    print_json (arguments, bytes, size);
    return;
  }
  g_print ("\n  %s.%06u  %s  %s  %s → %s%s%s\n\n", clock, (guint) (time % G_USEC_PER_SEC),
           direction, transport, source, destination, *session != '\0' ? "  session " : "",
           session);
  print_message (bytes, size);
  fflush (stdout);
}

static gboolean
show_messages (Ctl *ctl, const TraceOptions *options, GError **error)
{
  guint subscription = g_dbus_connection_signal_subscribe (
      ctl->connection, CTL_NAME, CTL_TRACE, "Message", CTL_ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_message, ctl, NULL);
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_TRACE, "Start",
                                          g_variant_new ("(@a{sv})", make_filter (options)),
                                          error);
  gboolean good = result != NULL && ctl_watch (ctl, "SIP messages", error);

  g_dbus_connection_signal_unsubscribe (ctl->connection, subscription);
  return good;
}

static gboolean
on_signal_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_spliced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static gboolean
write_pcap (Ctl *ctl, const TraceOptions *options, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (options->pcap);
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) result = g_dbus_connection_call_with_unix_fd_list_sync (
      ctl->connection, CTL_NAME, CTL_ROOT, CTL_TRACE, "OpenPcap",
      g_variant_new ("(@a{sv})", make_filter (options)), G_VARIANT_TYPE ("(h)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &list, NULL, error);
  g_autoptr (GFileOutputStream) output = NULL;
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint interrupt;
  guint term;
  int fd;

  if (result == NULL) {
    return FALSE;
  }
  fd = g_unix_fd_list_get (list, 0, error);
  if (fd < 0) {
    return FALSE;
  }
  input = g_unix_input_stream_new (fd, TRUE);
  output = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error);
  if (output == NULL) {
    return FALSE;
  }
  interrupt = g_unix_signal_add (SIGINT, on_signal_cancel, cancellable);
  term = g_unix_signal_add (SIGTERM, on_signal_cancel, cancellable);
  g_print ("\n  Writing %s; Ctrl-C ends\n\n", options->pcap);
  fflush (stdout);
  g_output_stream_splice_async (G_OUTPUT_STREAM (output), input,
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT, cancellable,
                                on_spliced, loop);
  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (term);
  return g_output_stream_close (G_OUTPUT_STREAM (output), NULL, error);
}

static gboolean
draw_ladder (Ctl *ctl, const char *number, GError **error)
{
  g_autofree char *path = ctl_session_path (ctl, number, "latest", error);
  g_autoptr (GVariant) result =
      path != NULL ? ctl_call (ctl, path, CTL_SESSION, "GetLadder", NULL, error) : NULL;
  const char *ladder;

  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(&s)", &ladder);
  if (ctl->json) {
    ctl_print_json (result);
    return TRUE;
  }
  g_print ("\n%s\n", *ladder != '\0' ? ladder : "  Nothing is remembered of this session\n");
  return TRUE;
}

static gboolean
run_trace (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char **copy = g_new0 (char *, (gsize) argc + 2);
  char **arguments = copy;
  TraceOptions options = { 0 };
  int count = argc + 1;
  gboolean good;

  copy[0] = (char *) "ahoyctl trace";
  memcpy (copy + 1, argv, sizeof (char *) * (gsize) argc);
  good = parse_trace (&options, &count, &arguments, error);
  if (good && options.ladder) {
    good = draw_ladder (ctl, options.session, error);
  } else if (good && options.pcap != NULL) {
    good = write_pcap (ctl, &options, error);
  } else if (good) {
    good = show_messages (ctl, &options, error);
  }
  g_free (options.session);
  g_free (options.method);
  g_free (options.peer);
  g_free (options.call_id);
  g_free (options.pcap);
  return good;
}

static gboolean
run_ladder (Ctl *ctl, int argc, char **argv, GError **error)
{
  return draw_ladder (ctl, argc > 0 ? argv[0] : NULL, error);
}

const CtlCommand ctl_trace_commands[] = {
  { "ladder", "[N]", "draw the SIP messages of a session", 0, 1, run_ladder },
  { "trace", "[OPTION…]", "show SIP messages as they pass", 0, 99, run_trace },
  { NULL, NULL, NULL, 0, 0, NULL },
};
