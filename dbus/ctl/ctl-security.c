/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <stdio.h>

#include "ctl-table.h"
#include "ctl-watch.h"

/* Commands about security: what happens, and who is banned. */

/* What a terminal shows safely: peers wrote it. */
static char *
make_safe (const char *text)
{
  GString *safe = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar code = g_utf8_get_char (at);

    if (g_unichar_isprint (code)) {
      g_string_append_unichar (safe, code);
    } else {
      g_string_append_printf (safe, "\\x%02x", code);
    }
  }
  return g_string_free (safe, FALSE);
}

static void
say (GVariant *arguments)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *clock = g_date_time_format (now, "%H:%M:%S");
  g_autofree char *safe_account = NULL;
  g_autoptr (GVariantIter) facts = NULL;
  const char *type;
  const char *severity;
  const char *source;
  const char *account;
  const char *name;
  const char *value;

  g_variant_get (arguments, "(&s&s&s&sa{ss})", &type, &severity, &source, &account, &facts);
  safe_account = make_safe (account);
  g_print ("  %s  %-11s  %s  %s", clock, severity, type, *source != '\0' ? source : "-");
  if (*safe_account != '\0') {
    g_print ("  account %s", safe_account);
  }
  while (g_variant_iter_next (facts, "{&s&s}", &name, &value)) {
    g_autofree char *safe = make_safe (value);

    g_print ("  %s=%s", name, safe);
  }
  g_print ("\n");
}

static void
say_json (GVariant *arguments)
{
  static const char *const names[] = { "type", "severity", "source", "account", "facts" };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "time", "x", g_get_real_time ());
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GVariant) value = g_variant_get_child_value (arguments, i);

    g_variant_dict_insert_value (&dict, names[i], value);
  }
  ctl_print_json_line (&dict);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path,
           const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  gboolean json = ((Ctl *) user_data)->json;
  guint64 count;

  if (g_str_equal (signal, "EventsLeftOut")) {
    g_variant_get (arguments, "(t)", &count);
    if (!json) {
      g_print ("  … and %" G_GUINT64_FORMAT " more\n", count);
    }
  } else if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ssssa{ss})"))) {
    return;
  } else if (json) {
    say_json (arguments);
  } else {
    say (arguments);
  }
  fflush (stdout);
}

static gboolean
run_security (Ctl *ctl, int argc, char **argv, GError **error)
{
  guint subscription = g_dbus_connection_signal_subscribe (
      ctl->connection, CTL_NAME, CTL_SECURITY, NULL, CTL_ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_signal, ctl, NULL);
  /* An answer comes only when the bus has heard of the subscription. */
  g_autoptr (GVariant) statistics =
      ctl_call (ctl, CTL_ROOT, CTL_SECURITY, "GetStatistics", NULL, error);
  gboolean good = statistics != NULL && ctl_watch (ctl, "security events", error);

  g_dbus_connection_signal_unsubscribe (ctl->connection, subscription);
  return good;
}

/* -- bans ----------------------------------------------------------------------------------- */

static char *
describe_end (guint64 until)
{
  g_autoptr (GDateTime) when = NULL;

  if (until == 0) {
    return g_strdup ("for ever");
  }
  when = g_date_time_new_from_unix_local ((gint64) until);
  return g_date_time_format (when, "%F %T");
}

static gboolean
list_bans (Ctl *ctl, GError **error)
{
  static const char *const columns[] = { "Address", "Until", "Reason", NULL };
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_SECURITY, "ListBans", NULL, error);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (CtlTable) table = NULL;
  GVariantIter iter;
  const char *address;
  const char *reason;
  guint64 until;

  if (result == NULL) {
    return FALSE;
  }
  list = g_variant_get_child_value (result, 0);
  if (ctl->json) {
    ctl_print_json (list);
    return TRUE;
  }
  if (g_variant_n_children (list) == 0) {
    g_print ("\n  Nobody is banned\n\n");
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&st&s)", &address, &until, &reason)) {
    char **cells = g_new0 (char *, 4);

    cells[0] = g_strdup (address);
    cells[1] = describe_end (until);
    cells[2] = make_safe (reason);
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
add_ban (Ctl *ctl, const char *address, const char *seconds, GError **error)
{
  g_autoptr (GVariant) result = NULL;
  guint64 number = 0;

  if (seconds != NULL &&
      !g_ascii_string_to_unsigned (seconds, 10, 1, G_MAXUINT32, &number, NULL)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "“%s” is no number of seconds; leave it out for a ban without an end", seconds);
    return FALSE;
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_SECURITY, "Ban",
                     g_variant_new ("(su)", address, (guint) number), error);
  return result != NULL;
}

static gboolean
remove_ban (Ctl *ctl, const char *address, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_SECURITY, "Unban",
                                          g_variant_new ("(s)", address), error);

  return result != NULL;
}

static gboolean
run_ban (Ctl *ctl, int argc, char **argv, GError **error)
{
  if (argc == 0 || (argc == 1 && g_str_equal (argv[0], "list"))) {
    return list_bans (ctl, error);
  }
  if (g_str_equal (argv[0], "add") && argc >= 2) {
    return add_ban (ctl, argv[1], argc > 2 ? argv[2] : NULL, error);
  }
  if (g_str_equal (argv[0], "del") && argc == 2) {
    return remove_ban (ctl, argv[1], error);
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "Write: ahoyctl ban list, ahoyctl ban add ADDRESS [SECONDS], or ahoyctl ban "
                       "del ADDRESS");
  return FALSE;
}

const CtlCommand ctl_security_commands[] = {
  { "ban", "[list|add|del] [ADDRESS]", "list, make or end bans", 0, 3, run_ban },
  { "security", "", "show security events as they happen", 0, 0, run_security },
  { NULL, NULL, NULL, 0, 0, NULL },
};
