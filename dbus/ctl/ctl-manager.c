/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <string.h>

#include "ctl-table.h"
#include "ctl.h"

/* Commands about the daemon as a whole. */

static gboolean
run_status (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Name", "Protocol", "Address", "Port", "Connections",
                                         NULL };
  g_autoptr (GVariant) manager = ctl_get_all (ctl, CTL_ROOT, CTL_MANAGER, error);
  g_autoptr (GVariant) transports = NULL;

  if (manager == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (manager);
    return TRUE;
  }
  transports = ctl_list (ctl, CTL_TRANSPORT, error);
  if (transports == NULL) {
    return FALSE;
  }
  ctl_print_properties ("Ahoy", manager);
  ctl_print_list (transports, columns, FALSE, "There is no transport");
  return TRUE;
}

static gboolean
run_transports (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Name", "Protocol", "Address", "Port", "Connections",
                                         NULL };

  return ctl_show_list (ctl, CTL_TRANSPORT, columns, "There is no transport", error);
}

static gboolean
run_endpoints (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Name", "DisplayName", "State", "ActiveSessions",
                                         "Maintenance", "Codecs", NULL };

  return ctl_show_list (ctl, CTL_ENDPOINT, columns, "There is no endpoint", error);
}

/* A result that is one dictionary. */
static gboolean
print_dictionary (Ctl *ctl, const char *method, const char *first, const char *second,
                  GError **error)
{
  const char *const columns[] = { first, second, NULL };
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, method, NULL, error);
  g_autoptr (GVariant) dictionary = NULL;
  g_autoptr (CtlTable) table = NULL;

  if (result == NULL) {
    return FALSE;
  }
  dictionary = g_variant_get_child_value (result, 0);
  if (ctl->json) {
    ctl_print_json (dictionary);
    return TRUE;
  }
  table = ctl_table_new (columns);
  for (gsize i = 0; i < g_variant_n_children (dictionary); i++) {
    g_autoptr (GVariant) entry = g_variant_get_child_value (dictionary, i);
    g_autoptr (GVariant) name = g_variant_get_child_value (entry, 0);
    g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);
    g_autoptr (GVariant) inner = g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT)
                                     ? g_variant_get_variant (value)
                                     : g_variant_ref (value);
    char **cells = g_new0 (char *, 3);

    cells[0] = ctl_dup_value (name);
    cells[1] = ctl_dup_value (inner);
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
run_objects (Ctl *ctl, int argc, char **argv, GError **error)
{
  return print_dictionary (ctl, "ListObjects", "Type", "Alive", error);
}

static gboolean
run_statistics (Ctl *ctl, int argc, char **argv, GError **error)
{
  return print_dictionary (ctl, "GetStatistics", "Counter", "Value", error);
}

static gboolean
run_jobs (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Job", "DueInMs", "Kind", NULL };
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "ListJobs", NULL, error);
  g_autoptr (GVariantIter) jobs = NULL;
  g_autoptr (CtlTable) table = NULL;
  const char *name;
  const char *kind;
  guint64 due;

  if (result == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    g_autoptr (GVariant) list = g_variant_get_child_value (result, 0);

    ctl_print_json (list);
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_get (result, "(a(sts))", &jobs);
  while (g_variant_iter_next (jobs, "(&st&s)", &name, &due, &kind)) {
    char **cells = g_new0 (char *, 4);

    cells[0] = g_strdup (name);
    cells[1] = g_strdup_printf ("%.1f", (double) due / 1000.0);
    cells[2] = g_strdup (kind);
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
run_unidentified (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Source", "Requests", "Last", NULL };
  g_autoptr (GVariant) result =
      ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "ListUnidentified", NULL, error);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (CtlTable) table = NULL;
  GVariantIter iter;
  const char *source;
  guint64 last;
  guint count;

  if (result == NULL) {
    return FALSE;
  }
  list = g_variant_get_child_value (result, 0);
  if (ctl->json) {
    ctl_print_json (list);
    return TRUE;
  }
  if (g_variant_n_children (list) == 0) {
    g_print ("\n  Every request was of an endpoint\n\n");
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&sut)", &source, &count, &last)) {
    g_autoptr (GDateTime) when = g_date_time_new_from_unix_local ((gint64) last);
    char **cells = g_new0 (char *, 4);

    cells[0] = g_strdup (source);
    cells[1] = g_strdup_printf ("%u", count);
    cells[2] = g_date_time_format (when, "%F %T");
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
check_domain (Ctl *ctl, const char *domain, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "CheckDomain",
                                          g_variant_new ("(s)", domain), error);
  const char *context;
  gboolean local;

  if (result == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (result);
    return TRUE;
  }
  g_variant_get (result, "(b&s)", &local, &context);
  g_print ("%s is %s%s%s\n", domain, local ? "ours" : "not ours",
           *context != '\0' ? "; guests may call the routes of " : "", context);
  return TRUE;
}

static gboolean
run_domains (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Name", "Kind", "Belongs to", NULL };
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (CtlTable) table = NULL;
  GVariantIter iter;
  const char *name;
  const char *kind;
  const char *what;

  if (argc > 0) {
    return check_domain (ctl, argv[0], error);
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "ListDomains", NULL, error);
  if (result == NULL) {
    return FALSE;
  }
  list = g_variant_get_child_value (result, 0);
  if (ctl->json) {
    ctl_print_json (list);
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &name, &kind, &what)) {
    char **cells = g_new0 (char *, 4);

    cells[0] = g_strdup (name);
    cells[1] = g_strdup (kind);
    cells[2] = g_str_equal (kind, "domain") && *what != '\0' ? g_strdup_printf ("guests: %s", what)
                                                            : g_strdup (what);
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

/* In JSON nothing to say is an empty object. */
static gboolean
say_done (Ctl *ctl, GVariant *result)
{
  if (ctl->json && result != NULL) {
    g_print ("{}\n");
  }
  return result != NULL;
}

static gboolean
run_log (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) result =
      ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "SetLogLevel",
                g_variant_new ("(ss)", argc > 1 ? argv[0] : "", argv[argc - 1]), error);

  return say_done (ctl, result);
}

/* A warning stands in the file as it does before; only an error makes the command fail. */
static gboolean
print_reload (const char *const *changed, const char *const *errors)
{
  gboolean good = TRUE;

  for (gsize i = 0; changed[i] != NULL; i++) {
    g_print ("%s\n", changed[i]);
  }
  for (gsize i = 0; errors[i] != NULL; i++) {
    g_printerr ("%s\n", errors[i]);
    good = good && strstr (errors[i], ": warning: ") != NULL;
  }
  if (changed[0] == NULL) {
    g_print ("Nothing changed\n");
  }
  return good;
}

static gboolean
run_reload (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "Reload", NULL, error);
  g_autofree const char **changed = NULL;
  g_autofree const char **errors = NULL;
  gboolean good = TRUE;

  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(^a&s^a&s)", &changed, &errors);
  if (ctl->json) {
    ctl_print_json (result);
    for (gsize i = 0; errors[i] != NULL; i++) {
      good = good && strstr (errors[i], ": warning: ") != NULL;
    }
  } else {
    good = print_reload (changed, errors);
  }
  if (!good) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "What has an error stays as it was; see above");
  }
  return good;
}

static gboolean
run_quit (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "Quit", NULL, error);

  return say_done (ctl, result);
}

static void
print_response (Ctl *ctl, GVariant *result)
{
  g_autoptr (GVariantIter) headers = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autofree char *text = NULL;
  const char *reason;
  const char *name;
  const char *value;
  const char *bytes;
  guint16 status;
  gsize size;

  if (ctl->json) {
    ctl_print_json (result);
    return;
  }
  g_variant_get (result, "(q&sa(ss)&s@ay)", &status, &reason, &headers, NULL, &body);
  g_print ("\n  %u %s\n\n", status, reason);
  while (g_variant_iter_next (headers, "(&s&s)", &name, &value)) {
    g_print ("    %s: %s\n", name, value);
  }
  bytes = g_variant_get_fixed_array (body, &size, 1);
  text = size > 0 ? g_utf8_make_valid (bytes, (gssize) size) : g_strdup ("");
  g_print (size > 0 ? "\n%s\n" : "%s\n", text);
}

static gboolean
run_send (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (
      ctl, CTL_ROOT, CTL_MANAGER, "SendRequest",
      g_variant_new ("(sss@a(ss)s@ay@a{sv})", argc > 2 ? argv[2] : "", argv[0], argv[1],
                     g_variant_new_array (G_VARIANT_TYPE ("(ss)"), NULL, 0), "",
                     g_variant_new_array (G_VARIANT_TYPE_BYTE, NULL, 0),
                     g_variant_new ("a{sv}", NULL)),
      error);
  const char *reason;
  guint16 status;

  if (result == NULL) {
    return FALSE;
  }
  print_response (ctl, result);
  g_variant_get_child (result, 0, "q", &status);
  g_variant_get_child (result, 1, "&s", &reason);
  if (status >= 300) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The answer is %u %s", status, reason);
    return FALSE;
  }
  return TRUE;
}

const CtlCommand ctl_manager_commands[] = {
  { "status", "", "what the daemon is, and where it listens", 0, 0, run_status },
  { "endpoints", "", "the parties that calls come from and go to", 0, 0, run_endpoints },
  { "transports", "", "the addresses where SIP is spoken", 0, 0, run_transports },
  { "statistics", "", "counters of the SIP stack", 0, 0, run_statistics },
  { "objects", "", "how many objects of each type are alive", 0, 0, run_objects },
  { "jobs", "", "what the scheduler will do", 0, 0, run_jobs },
  { "unidentified", "", "who asked and is no endpoint", 0, 0, run_unidentified },
  { "domains", "[DOMAIN]", "the domains that are ours, or whether one is", 0, 1, run_domains },
  { "send", "METHOD TARGET [ENDPOINT]", "send a request, and show the answer", 2, 3, run_send },
  { "log", "[DOMAIN] LEVEL", "write the log from a level on: error … debug", 1, 2, run_log },
  { "reload", "", "read the configuration again, and change what differs", 0, 0, run_reload },
  { "quit", "", "hang up everything and end the daemon", 0, 0, run_quit },
  { NULL, NULL, NULL, 0, 0, NULL },
};
