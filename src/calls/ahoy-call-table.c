/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-table-private.h"

#include <sqlite3.h>

#include "ahoy-error.h"

/* Calls in SQLite: what anybody wrote is bound to a statement, and never part of one. */

#define DEFAULT_LIMIT 100
#define MOST_ROWS 1000
#define MOST_TEXT 1024

/* -- which ---------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  const char *type;
  gsize offset;
} conditions[] = {
  { "id", "t", G_STRUCT_OFFSET (AhoyCallFilter, id) },
  { "before", "t", G_STRUCT_OFFSET (AhoyCallFilter, before) },
  { "since", "t", G_STRUCT_OFFSET (AhoyCallFilter, since) },
  { "until", "t", G_STRUCT_OFFSET (AhoyCallFilter, until) },
  { "endpoint", "s", G_STRUCT_OFFSET (AhoyCallFilter, endpoint) },
  { "number", "s", G_STRUCT_OFFSET (AhoyCallFilter, number) },
  { "direction", "s", G_STRUCT_OFFSET (AhoyCallFilter, direction) },
  { "linked-id", "s", G_STRUCT_OFFSET (AhoyCallFilter, linked_id) },
  { "call-id", "s", G_STRUCT_OFFSET (AhoyCallFilter, call_id) },
  { "session-id", "s", G_STRUCT_OFFSET (AhoyCallFilter, session_id) },
  { "account", "s", G_STRUCT_OFFSET (AhoyCallFilter, account) },
  { "missed", "b", G_STRUCT_OFFSET (AhoyCallFilter, missed) },
  { "all", "b", G_STRUCT_OFFSET (AhoyCallFilter, all) },
  { "limit", "u", G_STRUCT_OFFSET (AhoyCallFilter, limit) },
  { "offset", "u", G_STRUCT_OFFSET (AhoyCallFilter, offset) },
};

static gboolean
read_condition (AhoyCallFilter *self, const char *name, GVariant *value, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++) {
    gpointer place = G_STRUCT_MEMBER_P (self, conditions[i].offset);

    if (!g_str_equal (conditions[i].name, name)) {
      continue;
    }
    if (!g_variant_is_of_type (value, (const GVariantType *) conditions[i].type)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” of a query has the type “%s”, not “%s”", name,
                   g_variant_get_type_string (value), conditions[i].type);
      return FALSE;
    }
    switch (*conditions[i].type) {
    case 't':
      *(guint64 *) place = MIN (g_variant_get_uint64 (value), G_MAXINT64);
      break;
    case 'u':
      *(guint *) place = g_variant_get_uint32 (value);
      break;
    case 'b':
      *(gboolean *) place = g_variant_get_boolean (value);
      break;
    default:
      g_free (*(char **) place);
      *(char **) place = g_strndup (g_variant_get_string (value, NULL), MOST_TEXT);
      break;
    }
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "a query of calls knows no “%s”; write some of id, before, since, until, "
               "endpoint, number, direction, linked-id, call-id, session-id, account, missed, "
               "limit, offset",
               name);
  return FALSE;
}

AhoyCallFilter *
ahoy_call_filter_new (GVariant *filter, GError **error)
{
  g_autoptr (AhoyCallFilter) self = g_new0 (AhoyCallFilter, 1);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (filter != NULL) {
    g_variant_iter_init (&iter, filter);
    while (g_variant_iter_loop (&iter, "{&sv}", &name, &value)) {
      if (!read_condition (self, name, value, error)) {
        g_variant_unref (value);
        return NULL;
      }
    }
  }
  if (self->direction != NULL && !g_str_equal (self->direction, "incoming") &&
      !g_str_equal (self->direction, "outgoing")) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "the direction of calls is “incoming” or “outgoing”");
    return NULL;
  }
  return g_steal_pointer (&self);
}

gboolean
ahoy_call_filter_is_empty (const AhoyCallFilter *self)
{
  return self->id == 0 && self->before == 0 && self->since == 0 && self->until == 0 &&
         self->endpoint == NULL && self->number == NULL && self->direction == NULL &&
         self->linked_id == NULL && self->call_id == NULL && self->session_id == NULL &&
         self->account == NULL && !self->missed;
}

void
ahoy_call_filter_free (AhoyCallFilter *self)
{
  g_free (self->endpoint);
  g_free (self->number);
  g_free (self->direction);
  g_free (self->linked_id);
  g_free (self->call_id);
  g_free (self->session_id);
  g_free (self->account);
  g_free (self);
}

/* -- statements ----------------------------------------------------------------------------- */

static sqlite3_stmt *
prepare (AhoyStoreDatabase *database, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (!ahoy_store_database_open (database, error)) {
    return NULL;
  }
  if (sqlite3_prepare_v2 (ahoy_store_database_get_handle (database), sql, -1, &statement, NULL) !=
      SQLITE_OK) {
    ahoy_store_database_take_error (database, error);
    return NULL;
  }
  return statement;
}

static gboolean
finish (AhoyStoreDatabase *database, sqlite3_stmt *statement, GError **error)
{
  gboolean done = sqlite3_step (statement) == SQLITE_DONE;

  if (!done) {
    ahoy_store_database_take_error (database, error);
  }
  sqlite3_finalize (statement);
  return done;
}

static void
bind_field (sqlite3_stmt *statement, int index, const AhoyCallRecord *record,
            const AhoyCallField *field)
{
  switch (field->kind) {
  case AHOY_CALL_FIELD_TEXT:
    sqlite3_bind_text (statement, index, G_STRUCT_MEMBER (const char *, record, field->offset), -1,
                       SQLITE_STATIC);
    break;
  case AHOY_CALL_FIELD_NUMBER:
    sqlite3_bind_int64 (statement, index, G_STRUCT_MEMBER (guint, record, field->offset));
    break;
  case AHOY_CALL_FIELD_REAL:
    sqlite3_bind_double (statement, index, G_STRUCT_MEMBER (double, record, field->offset));
    break;
  case AHOY_CALL_FIELD_DIRECTION:
  case AHOY_CALL_FIELD_PARTY:
    sqlite3_bind_text (
        statement, index,
        ahoy_call_field_get_nick (field->kind, G_STRUCT_MEMBER (int, record, field->offset)), -1,
        SQLITE_STATIC);
    break;
  case AHOY_CALL_FIELD_COUNT:
  case AHOY_CALL_FIELD_SIGNED:
  default:
    sqlite3_bind_int64 (statement, index, G_STRUCT_MEMBER (gint64, record, field->offset));
    break;
  }
}

static void
read_field (sqlite3_stmt *statement, int index, AhoyCallRecord *record, const AhoyCallField *field)
{
  const char *text;

  switch (field->kind) {
  case AHOY_CALL_FIELD_TEXT:
    text = (const char *) sqlite3_column_text (statement, index);
    G_STRUCT_MEMBER (char *, record, field->offset) =
        text != NULL ? g_utf8_make_valid (text, -1) : NULL;
    break;
  case AHOY_CALL_FIELD_NUMBER:
    G_STRUCT_MEMBER (guint, record, field->offset) =
        (guint) sqlite3_column_int64 (statement, index);
    break;
  case AHOY_CALL_FIELD_REAL:
    G_STRUCT_MEMBER (double, record, field->offset) = sqlite3_column_double (statement, index);
    break;
  case AHOY_CALL_FIELD_DIRECTION:
  case AHOY_CALL_FIELD_PARTY:
    G_STRUCT_MEMBER (int, record, field->offset) = ahoy_call_field_find_nick (
        field->kind, (const char *) sqlite3_column_text (statement, index));
    break;
  case AHOY_CALL_FIELD_COUNT:
  case AHOY_CALL_FIELD_SIGNED:
  default:
    G_STRUCT_MEMBER (gint64, record, field->offset) = sqlite3_column_int64 (statement, index);
    break;
  }
}

/* -- writing -------------------------------------------------------------------------------- */

static sqlite3_stmt *
prepare_insert (AhoyStoreDatabase *database, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("INSERT INTO call (");

  /* The first field is the number, which the database gives. */
  for (gsize i = 1; i < AHOY_CALL_N_FIELDS; i++) {
    g_string_append_printf (sql, "%s%s", i > 1 ? ", " : "", ahoy_call_fields[i].column);
  }
  g_string_append (sql, ") VALUES (");
  for (gsize i = 1; i < AHOY_CALL_N_FIELDS; i++) {
    g_string_append_printf (sql, "%s?%u", i > 1 ? ", " : "", (guint) i);
  }
  g_string_append_c (sql, ')');
  return prepare (database, sql->str, error);
}

gboolean
ahoy_call_table_insert (AhoyStoreDatabase *database, sqlite3_stmt **statement,
                        AhoyCallRecord *record, GError **error)
{
  gboolean done;

  if (*statement == NULL && (*statement = prepare_insert (database, error)) == NULL) {
    return FALSE;
  }
  for (gsize i = 1; i < AHOY_CALL_N_FIELDS; i++) {
    bind_field (*statement, (int) i, record, &ahoy_call_fields[i]);
  }
  done = sqlite3_step (*statement) == SQLITE_DONE;
  if (!done) {
    ahoy_store_database_take_error (database, error);
  }
  sqlite3_reset (*statement);
  sqlite3_clear_bindings (*statement);
  record->id = (guint64) sqlite3_last_insert_rowid (ahoy_store_database_get_handle (database));
  return done;
}

void
ahoy_call_table_end_insert (sqlite3_stmt **statement)
{
  g_clear_pointer (statement, sqlite3_finalize);
}

gboolean
ahoy_call_table_link (AhoyStoreDatabase *database, const char *from, const char *to,
                      GError **error)
{
  sqlite3_stmt *statement =
      prepare (database, "UPDATE call SET linked_id = ?2 WHERE linked_id = ?1", error);

  if (statement == NULL) {
    return FALSE;
  }
  sqlite3_bind_text (statement, 1, from, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, to, -1, SQLITE_STATIC);
  return finish (database, statement, error);
}

gboolean
ahoy_call_table_purge (AhoyStoreDatabase *database, gint64 before, guint most, GError **error)
{
  static const char *const texts[] = {
    "DELETE FROM call WHERE created_at < ?1",
    "DELETE FROM call WHERE id <= (SELECT id FROM call ORDER BY id DESC LIMIT 1 OFFSET ?1)",
  };
  gint64 values[] = { before, most };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    sqlite3_stmt *statement;

    if (values[i] == 0) {
      continue;
    }
    statement = prepare (database, texts[i], error);
    if (statement == NULL) {
      return FALSE;
    }
    sqlite3_bind_int64 (statement, 1, values[i]);
    if (!finish (database, statement, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* -- finding -------------------------------------------------------------------------------- */

#define MISSED "direction = 'incoming' AND answered_at = 0 AND cause <> 26"
#define NUMBER "(caller = ?5 OR callee = ?5 OR connected = ?5)"

static void
append_where (GString *sql, const AhoyCallFilter *filter)
{
  const struct {
    gboolean wanted;
    const char *condition;
  } parts[] = {
    { filter->id != 0, "id = ?1" },
    { filter->before != 0, "id < ?11" },
    { filter->since != 0, "created_at >= ?2" },
    { filter->until != 0, "created_at < ?3" },
    { filter->endpoint != NULL, "endpoint = ?4" },
    { filter->number != NULL, NUMBER },
    { filter->direction != NULL, "direction = ?6" },
    { filter->linked_id != NULL, "linked_id = ?7" },
    { filter->call_id != NULL, "call_id = ?8" },
    { filter->session_id != NULL, "instr (session_id, ?9) > 0" },
    { filter->account != NULL, "account = ?10" },
    { filter->missed, MISSED },
  };
  const char *word = " WHERE ";

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (parts[i].wanted) {
      g_string_append_printf (sql, "%s%s", word, parts[i].condition);
      word = " AND ";
    }
  }
}

static void
bind_text (sqlite3_stmt *statement, int index, const char *text)
{
  if (text != NULL) {
    sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
  }
}

/* A number that no condition has is not bound: SQLite says so, and goes on. */
static void
bind_filter (sqlite3_stmt *statement, const AhoyCallFilter *filter)
{
  sqlite3_bind_int64 (statement, 1, (gint64) filter->id);
  sqlite3_bind_int64 (statement, 2, filter->since);
  sqlite3_bind_int64 (statement, 3, filter->until);
  sqlite3_bind_int64 (statement, 11, (gint64) filter->before);
  bind_text (statement, 4, filter->endpoint);
  bind_text (statement, 5, filter->number);
  bind_text (statement, 6, filter->direction);
  bind_text (statement, 7, filter->linked_id);
  bind_text (statement, 8, filter->call_id);
  bind_text (statement, 9, filter->session_id);
  bind_text (statement, 10, filter->account);
}

gboolean
ahoy_call_table_delete (AhoyStoreDatabase *database, const AhoyCallFilter *filter, guint64 *count,
                        GError **error)
{
  g_autoptr (GString) sql = g_string_new ("DELETE FROM call");
  sqlite3_stmt *statement;

  append_where (sql, filter);
  statement = prepare (database, sql->str, error);
  if (statement == NULL) {
    return FALSE;
  }
  bind_filter (statement, filter);
  if (!finish (database, statement, error)) {
    return FALSE;
  }
  *count = (guint64) sqlite3_changes (ahoy_store_database_get_handle (database));
  return TRUE;
}

GPtrArray *
ahoy_call_table_query (AhoyStoreDatabase *database, const AhoyCallFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_call_record_free);
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  guint limit = filter->limit == 0 ? DEFAULT_LIMIT : MIN (filter->limit, MOST_ROWS);
  sqlite3_stmt *statement;
  int code;

  for (gsize i = 0; i < AHOY_CALL_N_FIELDS; i++) {
    g_string_append_printf (sql, "%s%s", i > 0 ? ", " : "", ahoy_call_fields[i].column);
  }
  g_string_append (sql, " FROM call");
  append_where (sql, filter);
  g_string_append_printf (sql, " ORDER BY id DESC LIMIT %u OFFSET %u", limit,
                          filter->offset);
  statement = prepare (database, sql->str, error);
  if (statement == NULL) {
    return NULL;
  }
  bind_filter (statement, filter);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    AhoyCallRecord *record = ahoy_call_record_new ();

    for (gsize i = 0; i < AHOY_CALL_N_FIELDS; i++) {
      read_field (statement, (int) i, record, &ahoy_call_fields[i]);
    }
    g_ptr_array_add (records, record);
  }
  if (code != SQLITE_DONE) {
    ahoy_store_database_take_error (database, error);
  }
  sqlite3_finalize (statement);
  return code == SQLITE_DONE ? g_steal_pointer (&records) : NULL;
}
