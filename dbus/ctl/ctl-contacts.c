/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <stdio.h>
#include <string.h>

#include "ctl-table.h"
#include "ctl-watch.h"
#include "ctl.h"

/* Commands about contacts: where people are, and whether they can be reached. */

#define CONTACTS G_VARIANT_TYPE ("a(sstxs)")

static char *
name_of (GVariant *properties)
{
  char *name = ctl_dup_text (properties, "Name");

  return name != NULL ? name : g_strdup ("");
}

/* Returns: (transfer full) (nullable): an endpoint as ctl_list() has it, alone */
static GVariant *
get_endpoint (Ctl *ctl, const char *wanted, GError **error)
{
  g_autofree char *path = ctl_make_path ("endpoint", wanted);
  g_autoptr (GVariant) properties =
      *wanted != '\0' ? ctl_get_all (ctl, path, CTL_ENDPOINT, error) : NULL;
  GVariant *entry;

  if (*wanted == '\0' || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR)) {
    g_clear_error (error);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no endpoint “%s”; see ahoyctl endpoints", wanted);
  }
  if (properties == NULL) {
    return NULL;
  }
  entry = g_variant_new ("(o@a{sv})", path, properties);
  return g_variant_ref_sink (g_variant_new_array (NULL, &entry, 1));
}

/* The path of an endpoint. */
static char *
find_endpoint (Ctl *ctl, const char *wanted, GError **error)
{
  g_autoptr (GVariant) list = get_endpoint (ctl, wanted, error);

  return list != NULL ? ctl_make_path ("endpoint", wanted) : NULL;
}

/* -- contacts ------------------------------------------------------------------------------- */

static char *
format_round_trip (gint64 round_trip)
{
  return round_trip >= 0 ? g_strdup_printf ("%.1f ms", (double) round_trip / 1000.0)
                         : g_strdup ("–");
}

static char *
format_expires (guint64 expires)
{
  g_autoptr (GDateTime) when =
      expires != 0 ? g_date_time_new_from_unix_local ((gint64) (expires / G_USEC_PER_SEC)) : NULL;

  return when != NULL ? g_date_time_format (when, "%F %T") : g_strdup ("never");
}

static void
add_row (CtlTable *table, const char *name, GVariant *contact)
{
  char **cells = g_new0 (char *, 7);
  const char *uri;
  const char *agent;
  const char *status;
  guint64 expires;
  gint64 round_trip;

  g_variant_get (contact, "(&s&stx&s)", &uri, &agent, &expires, &round_trip, &status);
  cells[0] = g_strdup (name);
  cells[1] = g_strdup (uri);
  cells[2] = g_strdup (status);
  cells[3] = format_round_trip (round_trip);
  cells[4] = format_expires (expires);
  cells[5] = g_strdup (agent);
  ctl_table_add (table, cells);
}

static void
add_json (GVariantBuilder *builder, const char *name, GVariant *contact)
{
  GVariantDict dict;
  const char *uri;
  const char *agent;
  const char *status;
  guint64 expires;
  gint64 round_trip;

  g_variant_get (contact, "(&s&stx&s)", &uri, &agent, &expires, &round_trip, &status);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Endpoint", "s", name);
  g_variant_dict_insert (&dict, "Uri", "s", uri);
  g_variant_dict_insert (&dict, "UserAgent", "s", agent);
  g_variant_dict_insert (&dict, "ExpiresAt", "t", expires);
  g_variant_dict_insert (&dict, "RoundTripUs", "x", round_trip);
  g_variant_dict_insert (&dict, "Status", "s", status);
  g_variant_builder_add_value (builder, g_variant_dict_end (&dict));
}

static void
print_contacts (Ctl *ctl, GVariant *endpoints)
{
  static const char *const columns[] = { "Endpoint",  "Uri",     "Status",
                                         "RoundTrip", "Expires", "UserAgent", NULL };
  g_autoptr (CtlTable) table = ctl_table_new (columns);
  g_autoptr (GVariant) all = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  GVariant *entry;
  guint count = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&iter, endpoints);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", NULL, &entry)) {
    g_autoptr (GVariant) properties = entry;
    g_autofree char *name = name_of (properties);
    g_autoptr (GVariant) contacts = g_variant_lookup_value (properties, "Contacts", CONTACTS);
    gsize n = contacts != NULL ? g_variant_n_children (contacts) : 0;

    for (gsize i = 0; i < n; i++) {
      g_autoptr (GVariant) contact = g_variant_get_child_value (contacts, i);

      count++;
      add_row (table, name, contact);
      add_json (&builder, name, contact);
    }
  }
  all = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (ctl->json) {
    ctl_print_json (all);
  } else if (count == 0) {
    g_print ("\n  There is no contact\n\n");
  } else {
    ctl_table_print (table);
  }
}

/* -- following ------------------------------------------------------------------------------ */

typedef struct {
  Ctl *ctl;
  char *path; /* of the one endpoint that is followed; NULL: all */
} Follower;

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path,
           const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  Follower *follower = user_data;
  const char *name = ctl_last_part (path);
  const char *detail = "";
  const char *uri;

  if (!g_str_has_prefix (signal, "Contact") ||
      (follower->path != NULL && !g_str_equal (path, follower->path))) {
    return;
  }
  if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ss)"))) {
    g_variant_get (arguments, "(&s&s)", &uri, &detail);
  } else if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(s)"))) {
    g_variant_get (arguments, "(&s)", &uri);
  } else {
    return;
  }
  if (follower->ctl->json) {
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "endpoint", "o", path);
    g_variant_dict_insert (&dict, "signal", "s", signal);
    g_variant_dict_insert (&dict, "uri", "s", uri);
    g_variant_dict_insert (&dict, "detail", "s", detail);
    ctl_print_json_line (&dict);
  } else {
    g_print ("  %-16s  %-20s  %s  %s\n", name, signal + strlen ("Contact"), uri, detail);
  }
  fflush (stdout);
}

static gboolean
follow (Ctl *ctl, const char *name, GError **error)
{
  g_autofree char *path = name != NULL ? find_endpoint (ctl, name, error) : NULL;
  Follower follower = { .ctl = ctl, .path = path };
  guint subscription;
  gboolean good;

  if (name != NULL && path == NULL) {
    return FALSE;
  }
  subscription = g_dbus_connection_signal_subscribe (ctl->connection, CTL_NAME, CTL_ENDPOINT, NULL,
                                                     NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                     on_signal, &follower, NULL);
  good = ctl_watch (ctl, "contacts", error);
  g_dbus_connection_signal_unsubscribe (ctl->connection, subscription);
  return good;
}

static gboolean
run_contacts (Ctl *ctl, int argc, char **argv, GError **error)
{
  gboolean stays = argc > 0 && (g_str_equal (argv[0], "--follow") || g_str_equal (argv[0], "-f"));
  const char *name = argc > (stays ? 1 : 0) ? argv[stays ? 1 : 0] : NULL;
  g_autoptr (GVariant) endpoints = NULL;

  if (name != NULL && *name == '-') {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "There is no option “%s”; write: ahoyctl contacts [--follow] [ENDPOINT]", name);
    return FALSE;
  }
  if (stays) {
    return follow (ctl, name, error);
  }
  endpoints = name != NULL ? get_endpoint (ctl, name, error) : ctl_list (ctl, CTL_ENDPOINT, error);
  if (endpoints == NULL) {
    return FALSE;
  }
  print_contacts (ctl, endpoints);
  return TRUE;
}

/* -- qualify -------------------------------------------------------------------------------- */

static gboolean
run_qualify (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char *path = find_endpoint (ctl, argv[0], error);
  g_autofree char *shown = NULL;
  g_autoptr (GVariant) result = NULL;
  const char *reason;
  guint16 status;
  gint64 round_trip;

  if (path == NULL) {
    return FALSE;
  }
  result = ctl_call (ctl, path, CTL_ENDPOINT, "Qualify", NULL, error);
  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(q&sx)", &status, &reason, &round_trip);
  shown = format_round_trip (round_trip);
  if (ctl->json) {
    ctl_print_json (result);
  } else {
    g_print ("%u %s, %s\n", status, reason, shown);
  }
  if (round_trip < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "“%s” does not answer", argv[0]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_drop (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char *path = find_endpoint (ctl, argv[0], error);
  g_autoptr (GVariant) result =
      path != NULL ? ctl_call (ctl, path, CTL_ENDPOINT, "DropContact",
                               g_variant_new ("(s)", argv[1]), error)
                   : NULL;

  if (ctl->json && result != NULL) {
    g_print ("{}\n");
  }
  return result != NULL;
}

const CtlCommand ctl_contact_commands[] = {
  { "contacts", "[--follow] [ENDPOINT]", "where people are, and whether they can be reached", 0, 2,
    run_contacts },
  { "qualify", "ENDPOINT", "ask an endpoint whether it is there", 1, 1, run_qualify },
  { "drop-contact", "ENDPOINT URI", "forget a contact that registered", 2, 2, run_drop },
  { NULL, NULL, NULL, 0, 0, NULL },
};
