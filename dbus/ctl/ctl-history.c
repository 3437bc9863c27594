/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <string.h>

#include "ctl-table.h"

/* The command about calls that are over. */

#define PAGE 1000u /* no answer has more */

typedef struct {
  char *since;
  char *until;
  char *endpoint;
  char *number;
  char *linked_id;
  char *call_id;
  char *session_id;
  char *account;
  gboolean missed;
  gboolean incoming;
  gboolean outgoing;
  gboolean all;
  gboolean csv;
  int limit;
  int offset;
} Wishes;

static void
wishes_clear (Wishes *wishes)
{
  g_free (wishes->since);
  g_free (wishes->until);
  g_free (wishes->endpoint);
  g_free (wishes->number);
  g_free (wishes->linked_id);
  g_free (wishes->call_id);
  g_free (wishes->session_id);
  g_free (wishes->account);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wishes, wishes_clear)

/* A day or a time of ISO 8601, in the time of this place; or how long ago: 90min, 24h, 7d. */
static gboolean
parse_time (const char *text, guint64 *time, GError **error)
{
  static const struct {
    const char *unit;
    gint64 seconds;
  } units[] = { { "min", 60 }, { "h", 3600 }, { "d", 86400 } };
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autofree char *whole = strchr (text, 'T') == NULL && strlen (text) == 10
                               ? g_strconcat (text, "T00:00:00", NULL)
                               : g_strdup (text);
  g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (whole, here);
  char *unit = NULL;
  guint64 number = g_ascii_strtoull (text, &unit, 10);

  if (when != NULL && g_date_time_to_unix (when) >= 0) {
    *time = (guint64) g_date_time_to_unix (when) * G_USEC_PER_SEC;
    return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_ascii_isdigit (*text) && g_str_equal (unit, units[i].unit) && number <= 36500) {
      *time = (guint64) g_get_real_time () - number * (guint64) units[i].seconds * G_USEC_PER_SEC;
      return TRUE;
    }
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "“%s” is no time; write a day such as 2026-03-01, a time such as "
               "2026-03-01T14:30:00, or how long ago, such as 90min, 24h or 7d",
               text);
  return FALSE;
}

static gboolean
add_time (GVariantBuilder *filter, const char *name, const char *text, GError **error)
{
  guint64 time = 0;

  if (text == NULL) {
    return TRUE;
  }
  if (!parse_time (text, &time, error)) {
    return FALSE;
  }
  g_variant_builder_add (filter, "{sv}", name, g_variant_new_uint64 (time));
  return TRUE;
}

static void
add_text (GVariantBuilder *filter, const char *name, const char *text)
{
  if (text != NULL) {
    g_variant_builder_add (filter, "{sv}", name, g_variant_new_string (text));
  }
}

static GVariant *
make_filter (const Wishes *wishes, gboolean deletes, guint limit, guint64 before, GError **error)
{
  g_auto (GVariantBuilder) filter = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (!add_time (&filter, "since", wishes->since, error) ||
      !add_time (&filter, "until", wishes->until, error)) {
    return NULL;
  }
  add_text (&filter, "endpoint", wishes->endpoint);
  add_text (&filter, "number", wishes->number);
  add_text (&filter, "linked-id", wishes->linked_id);
  add_text (&filter, "call-id", wishes->call_id);
  add_text (&filter, "session-id", wishes->session_id);
  add_text (&filter, "account", wishes->account);
  if (wishes->incoming != wishes->outgoing) {
    add_text (&filter, "direction", wishes->incoming ? "incoming" : "outgoing");
  }
  if (wishes->missed) {
    g_variant_builder_add (&filter, "{sv}", "missed", g_variant_new_boolean (TRUE));
  }
  if (deletes && wishes->all) {
    g_variant_builder_add (&filter, "{sv}", "all", g_variant_new_boolean (TRUE));
  }
  if (!deletes) {
    g_variant_builder_add (&filter, "{sv}", "limit", g_variant_new_uint32 (limit));
  }
  if (before != 0) {
    g_variant_builder_add (&filter, "{sv}", "before", g_variant_new_uint64 (before));
  } else if (!deletes) {
    g_variant_builder_add (&filter, "{sv}", "offset",
                           g_variant_new_uint32 ((guint) wishes->offset));
  }
  return g_variant_builder_end (&filter);
}

/* -- showing -------------------------------------------------------------------------------- */

static guint64
get_count (GVariant *record, const char *name)
{
  guint64 count = 0;

  g_variant_lookup (record, name, "t", &count);
  return count;
}

static char *
describe_time (GVariant *record)
{
  g_autoptr (GDateTime) when =
      g_date_time_new_from_unix_local ((gint64) (get_count (record, "created-at") / 1000000));

  return when != NULL ? g_date_time_format (when, "%F %T") : g_strdup ("");
}

/* How long people talked. */
static char *
describe_talk (GVariant *record)
{
  guint64 answered = get_count (record, "answered-at");
  guint64 ended = get_count (record, "ended-at");
  guint64 seconds = answered != 0 && ended > answered ? (ended - answered) / 1000000 : 0;

  if (answered == 0) {
    return g_strdup ("-");
  }
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%02u:%02u", seconds / 3600,
                          (guint) (seconds / 60 % 60), (guint) (seconds % 60));
}

static char *
describe_end (GVariant *record)
{
  g_autofree char *by = ctl_dup_text (record, "ended-by");
  guint status = 0;

  g_variant_lookup (record, "status", "u", &status);
  return g_strdup_printf ("%u %s", status, by);
}

static void
add_row (CtlTable *table, GVariant *record)
{
  char **cells = g_new0 (char *, 10);

  cells[0] = g_strdup_printf ("%" G_GUINT64_FORMAT, get_count (record, "id"));
  cells[1] = describe_time (record);
  cells[2] = ctl_dup_text (record, "direction");
  cells[3] = ctl_dup_text (record, "endpoint");
  cells[4] = ctl_dup_text (record, "caller");
  cells[5] = ctl_dup_text (record, "callee");
  cells[6] = describe_talk (record);
  cells[7] = describe_end (record);
  cells[8] = ctl_dup_text (record, "linked-id");
  ctl_table_add (table, cells);
}

static void
print_table (GVariant *records)
{
  static const char *const columns[] = { "Id",     "CreatedAt", "Direction", "Endpoint", "Caller",
                                         "Callee", "Talked",    "End",       "LinkedId", NULL };
  g_autoptr (CtlTable) table = NULL;

  if (g_variant_n_children (records) == 0) {
    g_print ("\n  There are no such calls\n\n");
    return;
  }
  table = ctl_table_new (columns);
  for (gsize i = 0; i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

    add_row (table, record);
  }
  ctl_table_print (table);
}

/* RFC 4180. What a spreadsheet would take for a formula gets an apostrophe: peers wrote it. */
static void
append_cell (GString *line, GVariant *value)
{
  g_autofree char *text = ctl_dup_value (value);
  gboolean is_text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING);

  if (line->len > 0) {
    g_string_append_c (line, ',');
  }
  g_string_append_c (line, '"');
  if (is_text && *text != '\0' && strchr ("=+-@", *text) != NULL) {
    g_string_append_c (line, '\'');
  }
  for (const char *at = text; *at != '\0'; at++) {
    g_string_append_printf (line, *at == '"' ? "\"\"" : "%c", *at);
  }
  g_string_append_c (line, '"');
}

static void
print_csv (GVariant *records)
{
  for (gsize i = 0; i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
    g_autoptr (GString) head = g_string_new (NULL);
    g_autoptr (GString) line = g_string_new (NULL);
    GVariantIter iter;
    const char *name;
    GVariant *value;

    g_variant_iter_init (&iter, record);
    while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
      g_string_append_printf (head, "%s\"%s\"", head->len > 0 ? "," : "", name);
      append_cell (line, value);
      g_variant_unref (value);
    }
    g_print ("%s%s%s\r\n", i == 0 ? head->str : "", i == 0 ? "\r\n" : "", line->str);
  }
}

/* A page of at most so many records, before a number where that is not 0. */
static GVariant *
ask (Ctl *ctl, const Wishes *wishes, guint limit, guint64 before, GError **error)
{
  GVariant *filter = make_filter (wishes, FALSE, limit, before, error);
  g_autoptr (GVariant) result = NULL;

  if (filter == NULL) {
    return NULL;
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_HISTORY, "Query", g_variant_new ("(@a{sv})", filter),
                     error);
  return result != NULL ? g_variant_get_child_value (result, 0) : NULL;
}

/* Page by page, each of which goes on where the last one ended, whatever is added meanwhile. */
static GVariant *
ask_all (Ctl *ctl, const Wishes *wishes, GError **error)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  guint left = wishes->all ? G_MAXUINT : (guint) wishes->limit;
  guint64 before = 0;
  guint wanted;
  gsize got;

  do {
    g_autoptr (GVariant) page = NULL;

    wanted = MIN (left, PAGE);
    page = ask (ctl, wishes, wanted, before, error);
    if (page == NULL) {
      return NULL;
    }
    got = g_variant_n_children (page);
    for (gsize i = 0; i < got; i++) {
      g_autoptr (GVariant) record = g_variant_get_child_value (page, i);

      before = get_count (record, "id");
      g_variant_builder_add_value (&list, record);
    }
    left -= (guint) MIN (got, left);
  } while (got == wanted && left > 0);
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

static gboolean
show (Ctl *ctl, const Wishes *wishes, GError **error)
{
  g_autoptr (GVariant) records = ask_all (ctl, wishes, error);

  if (records == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (records);
  } else if (wishes->csv) {
    print_csv (records);
  } else {
    print_table (records);
  }
  return TRUE;
}

static gboolean
delete (Ctl *ctl, const Wishes *wishes, GError **error)
{
  g_autoptr (GVariant) result = NULL;
  guint64 count = 0;
  GVariant *filter = make_filter (wishes, TRUE, 0, 0, error);

  if (filter == NULL) {
    return FALSE;
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_HISTORY, "Delete", g_variant_new ("(@a{sv})", filter),
                     error);
  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(t)", &count);
  g_print ("%" G_GUINT64_FORMAT " records are deleted\n", count);
  return TRUE;
}

static gboolean
run_history (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[delete]");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) words = NULL;
  g_auto (Wishes) wishes = { .limit = 100 };
  const GOptionEntry entries[] = {
    { "since", 0, 0, G_OPTION_ARG_STRING, &wishes.since, "Calls that began then or later",
      "TIME" },
    { "until", 0, 0, G_OPTION_ARG_STRING, &wishes.until, "Calls that began before", "TIME" },
    { "endpoint", 'e', 0, G_OPTION_ARG_STRING, &wishes.endpoint, "Calls of this endpoint", "NAME" },
    { "number", 'n', 0, G_OPTION_ARG_STRING, &wishes.number, "Calls from, to or with this number",
      "NUMBER" },
    { "linked-id", 'l', 0, G_OPTION_ARG_STRING, &wishes.linked_id, "All sessions of this call",
      "ID" },
    { "call-id", 0, 0, G_OPTION_ARG_STRING, &wishes.call_id, "The session of this Call-ID", "ID" },
    { "session-id", 0, 0, G_OPTION_ARG_STRING, &wishes.session_id,
      "The sessions of this UUID of Session-ID", "UUID" },
    { "account", 0, 0, G_OPTION_ARG_STRING, &wishes.account, "Calls of this account-code", "CODE" },
    { "missed", 'm', 0, G_OPTION_ARG_NONE, &wishes.missed, "Incoming calls that nobody answered",
      NULL },
    { "incoming", 'i', 0, G_OPTION_ARG_NONE, &wishes.incoming, "Incoming calls", NULL },
    { "outgoing", 'o', 0, G_OPTION_ARG_NONE, &wishes.outgoing, "Outgoing calls", NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &wishes.limit, "How many, 100 unless this says else",
      "COUNT" },
    { "offset", 0, 0, G_OPTION_ARG_INT, &wishes.offset, "How many of the newest to leave out",
      "COUNT" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &wishes.all, "All there are", NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &wishes.csv, "For a spreadsheet (RFC 4180)", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL, NULL },
    { NULL },
  };
  gboolean deletes;

  g_strv_builder_add (builder, "ahoyctl history");
  g_strv_builder_addv (builder, (const char **) argv);
  words = g_strv_builder_end (builder);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Shows calls that are over, the newest first, or deletes "
                                         "them from the history.");
  if (!g_option_context_parse_strv (context, &words, error)) {
    return FALSE;
  }
  deletes = arguments != NULL && g_str_equal (arguments[0], "delete") && arguments[1] == NULL;
  if ((arguments != NULL && !deletes) || wishes.limit < 1 || wishes.offset < 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write: ahoyctl history [delete] [OPTION…]; COUNT is 1 or more");
    return FALSE;
  }
  return deletes ? delete (ctl, &wishes, error) : show (ctl, &wishes, error);
}

const CtlCommand ctl_history_commands[] = {
  { "history", "[delete] [OPTION…]", "show calls that are over, or delete their records", 0, 64,
    run_history },
  { NULL, NULL, NULL, 0, 0, NULL },
};
