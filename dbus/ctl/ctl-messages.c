/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <stdio.h>
#include <string.h>

#include "ctl-table.h"
#include "ctl-watch.h"

/* Commands about text messages. */

static GVariant *
make_bytes (const char *text)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1);
}

static void
add_header (const char *header, GVariantBuilder *headers)
{
  const char *colon = strchr (header, ':');
  g_autofree char *name = g_strndup (header, colon != NULL ? (gsize) (colon - header) : 0);
  g_autofree char *value = g_strdup (colon != NULL ? colon + 1 : header);

  g_variant_builder_add (headers, "(ss)", g_strstrip (name), g_strstrip (value));
}

static gboolean
send_message (Ctl *ctl, const char *from, const char *type, char **headers, char **arguments,
              GError **error)
{
  g_autoptr (GVariant) result = NULL;
  const char *reason;
  guint16 status;
  GVariantBuilder list;
  GVariantBuilder options;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i++) {
    add_header (headers[i], &list);
  }
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "headers", g_variant_builder_end (&list));
  result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "SendMessage",
                     g_variant_new ("(sss@aya{sv})", from != NULL ? from : "", arguments[0],
                                    type != NULL ? type : "text/plain;charset=utf-8",
                                    make_bytes (arguments[1]), &options),
                     error);
  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(q&s)", &status, &reason);
  if (ctl->json) {
    ctl_print_json (result);
  } else {
    g_print ("  %u %s\n", status, reason);
  }
  if (status >= 300) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s did not take the message: %u %s",
                 arguments[0], status, reason);
  }
  return status < 300;
}

static gboolean
run_message (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("TO TEXT");
  g_autofree char *from = NULL;
  g_autofree char *type = NULL;
  g_auto (GStrv) headers = NULL;
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry entries[] = {
    { "from", 'f', 0, G_OPTION_ARG_STRING, &from, "Write as this endpoint", "ENDPOINT" },
    { "type", 't', 0, G_OPTION_ARG_STRING, &type, "Say that the text is of this type", "TYPE" },
    { "header", 'H', 0, G_OPTION_ARG_STRING_ARRAY, &headers, "Add a header", "NAME: VALUE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL, NULL },
    { NULL },
  };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;

  g_strv_builder_add (builder, "ahoyctl message");
  for (int i = 0; i < argc; i++) {
    g_strv_builder_add (builder, argv[i]);
  }
  words = g_strv_builder_end (builder);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Sends a text message to an endpoint or a URI, and waits "
                                         "for what becomes of it.");
  if (!g_option_context_parse_strv (context, &words, error)) {
    return FALSE;
  }
  if (arguments == NULL || g_strv_length (arguments) != 2) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write: ahoyctl message [OPTION…] TO TEXT");
    return FALSE;
  }
  return send_message (ctl, from, type, headers, arguments, error);
}

/* -- what comes ----------------------------------------------------------------------------- */

static char *
dup_body (GVariant *body)
{
  gsize size = 0;
  const char *data = g_variant_get_fixed_array (body, &size, 1);

  return g_utf8_make_valid (size > 0 ? data : "", (gssize) size);
}

/* What a stranger wrote does not command the terminal. */
static char *
tame (const char *text)
{
  GString *tamed = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar letter = g_utf8_get_char (at);

    if (letter == '\n') {
      g_string_append (tamed, "\n    ");
    } else if (letter != '\r') {
      g_string_append_unichar (tamed, g_unichar_iscntrl (letter) && letter != '\t' ? 0xfffd
                                                                                   : letter);
    }
  }
  return g_string_free (tamed, FALSE);
}

static void
show_message (Ctl *ctl, GVariant *arguments)
{
  g_autoptr (GVariant) bytes = NULL;
  g_autofree char *body = NULL;
  g_autofree char *tamed = NULL;
  g_autofree char *sender = NULL;
  const char *endpoint;
  const char *from;
  const char *to;
  const char *type;
  GVariantDict dict;

  g_variant_get (arguments, "(&s&s&s&s@ay)", &endpoint, &from, &to, &type, &bytes);
  body = dup_body (bytes);
  if (ctl->json) {
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "endpoint", "s", endpoint);
    g_variant_dict_insert (&dict, "from", "s", from);
    g_variant_dict_insert (&dict, "to", "s", to);
    g_variant_dict_insert (&dict, "content-type", "s", type);
    g_variant_dict_insert (&dict, "body", "s", body);
    ctl_print_json_line (&dict);
    return;
  }
  sender = tame (from);
  tamed = tame (body);
  g_print ("  %s\n    %s\n\n", sender, tamed);
}

static void
show_status (Ctl *ctl, GVariant *arguments)
{
  const char *id;
  const char *reason;
  guint16 status;
  GVariantDict dict;

  g_variant_get (arguments, "(&sq&s)", &id, &status, &reason);
  if (ctl->json) {
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", id);
    g_variant_dict_insert (&dict, "status", "q", status);
    g_variant_dict_insert (&dict, "reason", "s", reason);
    ctl_print_json_line (&dict);
  }
}

static void
show_composing (Ctl *ctl, GVariant *arguments)
{
  g_autofree char *sender = NULL;
  const char *endpoint;
  const char *from;
  const char *to;
  gboolean composing;
  guint refresh;
  GVariantDict dict;

  g_variant_get (arguments, "(&s&s&sbu)", &endpoint, &from, &to, &composing, &refresh);
  if (ctl->json) {
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "endpoint", "s", endpoint);
    g_variant_dict_insert (&dict, "from", "s", from);
    g_variant_dict_insert (&dict, "to", "s", to);
    g_variant_dict_insert (&dict, "composing", "b", composing);
    g_variant_dict_insert (&dict, "refresh", "u", refresh);
    ctl_print_json_line (&dict);
    return;
  }
  sender = tame (from);
  g_print (composing ? "  %s is writing\n" : "  %s stopped writing\n", sender);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path,
           const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ssssay)"))) {
    show_message (user_data, arguments);
  } else if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sqs)"))) {
    show_status (user_data, arguments);
  } else if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sssbu)"))) {
    show_composing (user_data, arguments);
  }
  fflush (stdout);
}

/* -- what waits ----------------------------------------------------------------------------- */

static char *
format_time (guint64 time)
{
  g_autoptr (GDateTime) local =
      g_date_time_new_from_unix_local ((gint64) (time / G_USEC_PER_SEC));

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup ("");
}

static gboolean
list_stored (Ctl *ctl, const char *user, GError **error)
{
  static const char *const columns[] = { "Id",   "For",     "From",       "Type",
                                         "Size", "Written", "Kept until", NULL };
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_NAME ".Messages", "ListStored",
                                          g_variant_new ("(s)", user != NULL ? user : ""), error);
  g_autoptr (GVariantIter) iter = NULL;
  g_autoptr (CtlTable) table = NULL;
  const char *id, *endpoint, *from, *type;
  guint64 written;
  guint64 until;
  guint size;

  if (result == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (result);
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_get (result, "(a(ssssutt))", &iter);
  while (g_variant_iter_next (iter, "(&s&s&s&sutt)", &id, &endpoint, &from, &type, &size, &written,
                              &until)) {
    char **cells = g_new0 (char *, 8);

    cells[0] = g_strdup (id);
    cells[1] = g_strdup (endpoint);
    cells[2] = tame (from);
    cells[3] = tame (type);
    cells[4] = g_strdup_printf ("%u", size);
    cells[5] = format_time (written);
    cells[6] = format_time (until);
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
drop_stored (Ctl *ctl, const char *id, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_NAME ".Messages", "DropStored",
                                          g_variant_new ("(s)", id), error);

  return result != NULL;
}

static gboolean
watch_messages (Ctl *ctl, GError **error)
{
  guint subscription = g_dbus_connection_signal_subscribe (
      ctl->connection, CTL_NAME, CTL_MANAGER, NULL, CTL_ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_signal, ctl, NULL);
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "SetReceiveMessages",
                                          g_variant_new ("(b)", TRUE), error);
  gboolean good = result != NULL && ctl_watch (ctl, "messages", error);

  g_dbus_connection_signal_unsubscribe (ctl->connection, subscription);
  return good;
}

static gboolean
run_messages (Ctl *ctl, int argc, char **argv, GError **error)
{
  if (argc == 0) {
    return watch_messages (ctl, error);
  }
  if (g_str_equal (argv[0], "list")) {
    return list_stored (ctl, argc > 1 ? argv[1] : NULL, error);
  }
  if (g_str_equal (argv[0], "drop") && argc == 2) {
    return drop_stored (ctl, argv[1], error);
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "Write: ahoyctl messages [list [ENDPOINT] | drop ID]");
  return FALSE;
}

const CtlCommand ctl_message_commands[] = {
  { "message", "[OPTION…] TO TEXT", "send a text message", 0, G_MAXINT, run_message },
  { "messages", "[list [ENDPOINT] | drop ID]",
    "take and show text messages, or list and drop those that wait", 0, 2, run_messages },
  { NULL, NULL, NULL, 0, 0, NULL },
};
