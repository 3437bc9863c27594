/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-database-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy-error.h"

#define APPLICATION_ID 0x41686f79 /* “Ahoy” */
#define HEADER_SIZE 100
#define MAGIC "SQLite format 3"
#define VERSION_OFFSET 60
#define APPLICATION_OFFSET 68
#define BUSY_TIMEOUT 1000 /* ms */

typedef enum {
  STATEMENT_BEGIN,
  STATEMENT_COMMIT,
  STATEMENT_GET_REVISION,
  STATEMENT_SET_REVISION,
  STATEMENT_CREATE,
  STATEMENT_UPDATE,
  STATEMENT_DELETE,
  STATEMENT_CLEAR,
  STATEMENT_SET,
  STATEMENT_FIND_NAME,
  STATEMENT_FIND_TYPE,
  STATEMENT_FIND_ALL,
  STATEMENT_PUT_RECORD,
  STATEMENT_DELETE_RECORD,
  STATEMENT_LIST_RECORDS,
  N_STATEMENTS,
} Statement;

struct _AhoyStoreDatabase {
  char *path;
  sqlite3 *handle;
  sqlite3_stmt *statements[N_STATEMENTS];
  gboolean hasty;
  gboolean damaged; /* it is ours, and cannot be read */
};

/* What makes a database of version n + 1 of one of version n. What was released is never changed
 * here: another step is added. */
static const char *const steps[] = {
  "CREATE TABLE object (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL,"
  " revision INTEGER NOT NULL, origin TEXT NOT NULL, UNIQUE (type, name));"
  "CREATE INDEX object_type ON object (type);"
  "CREATE TABLE setting (object INTEGER NOT NULL REFERENCES object (id), key TEXT NOT NULL,"
  " value TEXT NOT NULL, PRIMARY KEY (object, key)) WITHOUT ROWID;"
  "CREATE INDEX setting_value ON setting (key, value);"
  "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
  "INSERT INTO counter VALUES ('revision', 0);",
  "CREATE TABLE record (type TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL,"
  " PRIMARY KEY (type, name)) WITHOUT ROWID;",
  "CREATE TABLE call (id INTEGER PRIMARY KEY AUTOINCREMENT, linked_id TEXT, session INTEGER,"
  " bridge INTEGER, direction TEXT, endpoint TEXT, caller TEXT, callee TEXT, connected TEXT,"
  " local_uri TEXT, remote_uri TEXT, remote_name TEXT, target TEXT, connected_uri TEXT,"
  " connected_name TEXT,"
  " redirected_from TEXT, transferred_by TEXT, application TEXT, account TEXT,"
  " created_at INTEGER NOT NULL, answered_at INTEGER, ended_at INTEGER, status INTEGER,"
  " reason TEXT, cause INTEGER, ended_by TEXT, codec TEXT, packets_sent INTEGER,"
  " packets_received INTEGER, packets_lost INTEGER, jitter INTEGER, mos REAL, call_id TEXT,"
  " session_id TEXT, recording TEXT);"
  "CREATE INDEX call_created_at ON call (created_at);"
  "CREATE INDEX call_linked_id ON call (linked_id);"
  "CREATE INDEX call_endpoint ON call (endpoint);",
};

#define FIND                                                                                       \
  "SELECT o.id, o.type, o.name, o.revision, s.key, s.value"                                        \
  " FROM object o LEFT JOIN setting s ON s.object = o.id "

static const char *const texts[N_STATEMENTS] = {
  [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
  [STATEMENT_COMMIT] = "COMMIT",
  [STATEMENT_GET_REVISION] = "SELECT value FROM counter WHERE name = 'revision'",
  [STATEMENT_SET_REVISION] = "UPDATE counter SET value = ?1 WHERE name = 'revision'",
  [STATEMENT_CREATE] = "INSERT INTO object (type, name, revision, origin) VALUES (?1, ?2, ?3, ?4)"
                       " RETURNING id",
  [STATEMENT_UPDATE] = "UPDATE object SET revision = ?3, origin = ?4 WHERE type = ?1 AND name = ?2"
                       " RETURNING id",
  [STATEMENT_DELETE] = "DELETE FROM object WHERE type = ?1 AND name = ?2 RETURNING id",
  [STATEMENT_CLEAR] = "DELETE FROM setting WHERE object = ?1",
  [STATEMENT_SET] = "INSERT INTO setting VALUES (?1, ?2, ?3)",
  [STATEMENT_FIND_NAME] = FIND "WHERE o.type = ?1 AND o.name = ?2",
  [STATEMENT_FIND_TYPE] = FIND "WHERE o.type = ?1 ORDER BY o.id",
  [STATEMENT_FIND_ALL] = FIND "ORDER BY o.id",
  [STATEMENT_PUT_RECORD] = "INSERT INTO record VALUES (?1, ?2, ?3)"
                           " ON CONFLICT DO UPDATE SET value = excluded.value",
  [STATEMENT_DELETE_RECORD] = "DELETE FROM record WHERE type = ?1 AND name = ?2",
  [STATEMENT_LIST_RECORDS] = "SELECT name, value FROM record WHERE type = ?1",
};

/* -- plain data ----------------------------------------------------------------------------- */

AhoyStoreRecords *
ahoy_store_records_new (void)
{
  AhoyStoreRecords *records = g_new0 (AhoyStoreRecords, 1);

  records->strings = g_string_chunk_new (4096);
  records->records = g_array_new (FALSE, FALSE, sizeof (AhoyStoreRecord));
  records->texts = g_ptr_array_new ();
  return records;
}

/* Values may be secrets. */
void
ahoy_store_records_free (AhoyStoreRecords *records)
{
  for (guint i = 1; i < records->texts->len; i += 2)
    explicit_bzero (records->texts->pdata[i], strlen (records->texts->pdata[i]));
  g_string_chunk_free (records->strings);
  g_array_unref (records->records);
  g_ptr_array_unref (records->texts);
  g_free (records);
}

void
ahoy_store_row_clear (gpointer data)
{
  AhoyStoreRow *row = data;

  for (gsize i = 0; row->texts != NULL && row->texts[i] != NULL; i++)
    explicit_bzero (row->texts[i], strlen (row->texts[i]));
  g_strfreev (row->texts);
  g_free (row->type_name);
  g_free (row->name);
  g_free (row->origin);
}

void
ahoy_store_term_clear (gpointer data)
{
  AhoyStoreTerm *term = data;

  g_free (term->key);
  g_free (term->value);
}

/* -- errors --------------------------------------------------------------------------------- */

static gboolean
refuse (AhoyStoreDatabase *self, AhoyError code, const char *reason, const char *remedy,
        GError **error)
{
  g_set_error (error, AHOY_ERROR, code, "the database “%s” cannot be used: %s; %s", self->path,
               reason, remedy);
  return FALSE;
}

/* Why the system refused: the log is tried first, where most is written. */
static int
find_number (AhoyStoreDatabase *self, int code)
{
  static const int pointers[] = { SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER };
  int number = 0;

  if ((code & 0xff) == SQLITE_CANTOPEN)
    return sqlite3_system_errno (self->handle);
  for (gsize i = 0; (code & 0xff) == SQLITE_IOERR && i < G_N_ELEMENTS (pointers); i++) {
    sqlite3_file *file = NULL;

    sqlite3_file_control (self->handle, "main", pointers[i], &file);
    if (file != NULL && file->pMethods != NULL)
      file->pMethods->xFileControl (file, SQLITE_FCNTL_LAST_ERRNO, &number);
    if (number != 0)
      break;
  }
  return number;
}

/* What SQLite said, and what is to be done about it. */
static gboolean
fail (AhoyStoreDatabase *self, GError **error)
{
  int code = sqlite3_extended_errcode (self->handle);
  int number = find_number (self, code);
  g_autofree char *reason = NULL;

  reason = number != 0
               ? g_strdup_printf ("%s (%s)", sqlite3_errmsg (self->handle), g_strerror (number))
               : g_strdup (sqlite3_errmsg (self->handle));
  switch (code & 0xff) {
  case SQLITE_FULL:
    return refuse (self, AHOY_ERROR_LIMIT_EXCEEDED, reason, "make room, and try again", error);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return refuse (self, AHOY_ERROR_TIMEOUT, reason,
                   "another program writes to it; end that program, and try again", error);
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    self->damaged = TRUE;
    return refuse (self, AHOY_ERROR_FAILED, reason,
                   "it is left as it is; put a copy of it in its place, or move it away", error);
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_AUTH:
  case SQLITE_CANTOPEN:
    return refuse (self, AHOY_ERROR_FAILED, reason,
                   "see to it that the file and its folder may be written", error);
  case SQLITE_NOMEM:
    return refuse (self, AHOY_ERROR_LIMIT_EXCEEDED, reason, "there is too little memory", error);
  default:
    return refuse (self, AHOY_ERROR_FAILED, reason, "look at the disk, and try again", error);
  }
}

struct sqlite3 *
ahoy_store_database_get_handle (AhoyStoreDatabase *self)
{
  return self->handle;
}

void
ahoy_store_database_take_error (AhoyStoreDatabase *self, GError **error)
{
  fail (self, error);
}

/* -- opening -------------------------------------------------------------------------------- */

AhoyStoreDatabase *
ahoy_store_database_new (const char *path)
{
  AhoyStoreDatabase *self = g_new0 (AhoyStoreDatabase, 1);

  self->path = g_strdup (path);
  return self;
}

void
ahoy_store_database_set_hasty (AhoyStoreDatabase *self)
{
  self->hasty = TRUE;
}

static void
close_handle (AhoyStoreDatabase *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  g_clear_pointer (&self->handle, sqlite3_close_v2);
}

void
ahoy_store_database_free (AhoyStoreDatabase *self)
{
  close_handle (self);
  g_free (self->path);
  g_free (self);
}

static void
close_descriptor (int *descriptor)
{
  if (*descriptor >= 0)
    close (*descriptor);
}

static gboolean
sync_folder (AhoyStoreDatabase *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  __attribute__ ((cleanup (close_descriptor))) int descriptor
      = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  return (descriptor >= 0 && fsync (descriptor) == 0)
         || refuse (self, AHOY_ERROR_FAILED, g_strerror (errno), "look at its folder", error);
}

static guint32
read_number (const guint8 *header, gsize offset)
{
  guint32 number;

  memcpy (&number, header + offset, sizeof number);
  return GUINT32_FROM_BE (number);
}

static gboolean
check_version (AhoyStoreDatabase *self, guint version, GError **error)
{
  g_autofree char *reason = NULL;

  if (version <= G_N_ELEMENTS (steps))
    return TRUE;
  reason = g_strdup_printf ("a newer Ahoy made it (version %u, this one knows %u)", version,
                            (guint)G_N_ELEMENTS (steps));
  return refuse (self, AHOY_ERROR_NOT_SUPPORTED, reason, "use that one, or another file", error);
}

/* What a power failure leaves of a file whose blocks were never written. */
static gboolean
is_zero (const guint8 *header, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (header[i] != 0)
      return FALSE;
  }
  return TRUE;
}

/* What another program's file would suffer by being opened, it is spared: the head tells whose it
 * is. An empty file is ours to fill. */
static gboolean
check_header (AhoyStoreDatabase *self, int descriptor, GError **error)
{
  guint8 header[HEADER_SIZE];
  ssize_t got = pread (descriptor, header, sizeof header, 0);

  if (got == 0)
    return TRUE;
  if (got < 0)
    return refuse (self, AHOY_ERROR_FAILED, g_strerror (errno), "look at the disk", error);
  self->damaged = is_zero (header, (gsize)got);
  if ((gsize)got < sizeof header || memcmp (header, MAGIC, sizeof MAGIC) != 0)
    return refuse (self, AHOY_ERROR_FAILED, "it is damaged, or no database",
                   "it is left as it is; put a copy of it in its place, or move it away", error);
  if (read_number (header, APPLICATION_OFFSET) != APPLICATION_ID)
    return refuse (self, AHOY_ERROR_NOT_SUPPORTED, "it belongs to another program",
                   "choose another file", error);
  return check_version (self, read_number (header, VERSION_OFFSET), error);
}

/* SQLite gives the files beside it the same mode. */
static gboolean
prepare_file (AhoyStoreDatabase *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  __attribute__ ((cleanup (close_descriptor))) int descriptor = -1;
  struct stat status;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    descriptor = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (descriptor < 0 || fstat (descriptor, &status) != 0)
    return refuse (self, AHOY_ERROR_FAILED, g_strerror (errno),
                   "see to it that the file and its folder may be written", error);
  if (!S_ISREG (status.st_mode))
    return refuse (self, AHOY_ERROR_FAILED, "it is no plain file", "choose another file", error);
  if (!check_header (self, descriptor, error))
    return FALSE;
  if ((status.st_mode & 0077) != 0 && fchmod (descriptor, 0600) != 0)
    return refuse (self, AHOY_ERROR_FAILED, "others can read it, and it may hold secrets",
                   "take their permission away", error);
  return status.st_size > 0 || sync_folder (self, error);
}

static gboolean
run (AhoyStoreDatabase *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail (self, error);
}

static gboolean
read_version (AhoyStoreDatabase *self, guint *version, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean done;

  done = sqlite3_prepare_v2 (self->handle, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK
         && sqlite3_step (statement) == SQLITE_ROW;
  if (done)
    *version = (guint)sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return done || fail (self, error);
}

/* Each step is whole or not there. */
static gboolean
migrate (AhoyStoreDatabase *self, GError **error)
{
  guint version = 0;

  if (!read_version (self, &version, error) || !check_version (self, version, error))
    return FALSE;
  for (; version < G_N_ELEMENTS (steps); version++) {
    g_autofree char *sql
        = g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA application_id = %d;"
                           "PRAGMA user_version = %u; COMMIT",
                           steps[version], APPLICATION_ID, version + 1);

    if (!run (self, sql, error))
      return FALSE;
  }
  return TRUE;
}

/* The file is whole before there is a log beside it, so that its head alone tells whose it is. */
static gboolean
set_up (AhoyStoreDatabase *self, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

  if (sqlite3_open_v2 (self->path, &self->handle, flags, NULL) != SQLITE_OK)
    return fail (self, error);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return run (self, "PRAGMA synchronous = FULL", error)
         && (self->hasty || run (self, "PRAGMA secure_delete = ON", error))
         && migrate (self, error) && run (self, "PRAGMA journal_mode = WAL", error);
}

gboolean
ahoy_store_database_open (AhoyStoreDatabase *self, GError **error)
{
  if (self->handle != NULL)
    return TRUE;
  if (!prepare_file (self, error))
    return FALSE;
  if (set_up (self, error))
    return TRUE;
  close_handle (self);
  return FALSE;
}

static gboolean
move (AhoyStoreDatabase *self, const char *suffix, const char *target, GError **error)
{
  g_autofree char *from = g_strconcat (self->path, suffix, NULL);
  g_autofree char *to = g_strconcat (target, suffix, NULL);

  return rename (from, to) == 0 || errno == ENOENT
         || refuse (self, AHOY_ERROR_FAILED, g_strerror (errno),
                    "see to it that the file and its folder may be written", error);
}

gboolean
ahoy_store_database_begin_anew (AhoyStoreDatabase *self, GError *reason, GError **error)
{
  g_autofree char *target = g_strconcat (self->path, ".damaged", NULL);
  g_autoptr (GError) why = reason;

  if (!self->damaged) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  close_handle (self);
  if (!move (self, "-wal", target, error) || !move (self, "-shm", target, error)
      || !move (self, "", target, error))
    return FALSE;
  self->damaged = FALSE;
  g_warning ("%s: it is “%s” now, and a new one is begun", why->message, target);
  return ahoy_store_database_open (self, error);
}

/* -- statements ----------------------------------------------------------------------------- */

static sqlite3_stmt *
prepare (AhoyStoreDatabase *self, Statement index, GError **error)
{
  sqlite3_stmt **statement = &self->statements[index];

  if (!ahoy_store_database_open (self, error))
    return NULL;
  if (*statement == NULL
      && sqlite3_prepare_v3 (self->handle, texts[index], -1, SQLITE_PREPARE_PERSISTENT, statement,
                             NULL)
             != SQLITE_OK) {
    fail (self, error);
    return NULL;
  }
  return *statement;
}

static void
bind_text (sqlite3_stmt *statement, int index, const char *text)
{
  sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
}

/* Runs a statement to its end; @number, if wanted, is the first column of its row. */
static gboolean
finish (AhoyStoreDatabase *self, sqlite3_stmt *statement, gint64 *number, GError **error)
{
  gboolean found = FALSE;
  gboolean done;
  int code;

  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    if (number != NULL)
      *number = sqlite3_column_int64 (statement, 0);
    found = TRUE;
  }
  done = code == SQLITE_DONE || fail (self, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  if (done && number != NULL && !found)
    return refuse (self, AHOY_ERROR_FAILED, "a row is missing in it",
                   "put a copy of it in its place, or move it away", error);
  return done;
}

/* -- reading -------------------------------------------------------------------------------- */

static const char *
column_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *)sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}

static void
add_setting (AhoyStoreRecords *records, AhoyStoreRecord *record, sqlite3_stmt *statement)
{
  if (sqlite3_column_type (statement, 4) == SQLITE_NULL)
    return;
  g_ptr_array_add (records->texts,
                   g_string_chunk_insert_const (records->strings, column_text (statement, 4)));
  g_ptr_array_add (records->texts,
                   g_string_chunk_insert (records->strings, column_text (statement, 5)));
  record->n_keys++;
}

static gboolean
collect (AhoyStoreDatabase *self, sqlite3_stmt *statement, AhoyStoreRecords *records,
         GError **error)
{
  gint64 last = -1;
  gboolean done;
  int code;

  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    if (id != last) {
      AhoyStoreRecord record = { NULL };

      record.type_name
          = g_string_chunk_insert_const (records->strings, column_text (statement, 1));
      record.name = g_string_chunk_insert (records->strings, column_text (statement, 2));
      record.revision = (guint64)sqlite3_column_int64 (statement, 3);
      record.first = records->texts->len;
      g_array_append_val (records->records, record);
      last = id;
    }
    add_setting (records,
                 &g_array_index (records->records, AhoyStoreRecord, records->records->len - 1),
                 statement);
  }
  done = code == SQLITE_DONE || fail (self, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return done;
}

/* The conditions and the limit are for objects, of which each has several rows. */
static char *
compose (guint n_terms)
{
  GString *sql = g_string_new (FIND "WHERE o.id IN (SELECT id FROM object WHERE type = ?1");

  for (guint i = 0; i < n_terms; i++)
    g_string_append_printf (sql,
                            " AND id IN (SELECT object FROM setting WHERE key = ?%u"
                            " AND value = ?%u)",
                            2 * i + 3, 2 * i + 4);
  g_string_append (sql, " ORDER BY id LIMIT ?2) ORDER BY o.id");
  return g_string_free (sql, FALSE);
}

static gboolean
find_by_terms (AhoyStoreDatabase *self, const char *type_name, GArray *terms, guint limit,
               AhoyStoreRecords *records, GError **error)
{
  guint n_terms = terms != NULL ? terms->len : 0;
  g_autofree char *sql = compose (n_terms);
  sqlite3_stmt *statement = NULL;
  gboolean done;

  if (!ahoy_store_database_open (self, error))
    return FALSE;
  if (sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL) != SQLITE_OK)
    return fail (self, error);
  bind_text (statement, 1, type_name);
  sqlite3_bind_int64 (statement, 2, limit > 0 ? (gint64)limit : -1);
  for (guint i = 0; i < n_terms; i++) {
    AhoyStoreTerm *term = &g_array_index (terms, AhoyStoreTerm, i);

    bind_text (statement, 2 * i + 3, term->key);
    bind_text (statement, 2 * i + 4, term->value);
  }
  done = collect (self, statement, records, error);
  sqlite3_finalize (statement);
  return done;
}

gboolean
ahoy_store_database_find (AhoyStoreDatabase *self, const char *type_name, const char *name,
                          GArray *terms, guint limit, AhoyStoreRecords *records, GError **error)
{
  sqlite3_stmt *statement;

  if (name == NULL && ((terms != NULL && terms->len > 0) || limit > 0))
    return find_by_terms (self, type_name, terms, limit, records, error);
  statement = prepare (self, name != NULL ? STATEMENT_FIND_NAME : STATEMENT_FIND_TYPE, error);
  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, type_name);
  if (name != NULL)
    bind_text (statement, 2, name);
  return collect (self, statement, records, error);
}

gboolean
ahoy_store_database_find_all (AhoyStoreDatabase *self, AhoyStoreRecords *records, GError **error)
{
  sqlite3_stmt *statement = prepare (self, STATEMENT_FIND_ALL, error);

  return statement != NULL && collect (self, statement, records, error);
}

/* -- writing -------------------------------------------------------------------------------- */

void
ahoy_store_database_roll_back (AhoyStoreDatabase *self)
{
  if (self->handle != NULL && !sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
ahoy_store_database_begin (AhoyStoreDatabase *self, guint64 *revision, GError **error)
{
  sqlite3_stmt *begin = prepare (self, STATEMENT_BEGIN, error);
  sqlite3_stmt *get;
  gint64 number = 0;

  if (begin == NULL || !finish (self, begin, NULL, error))
    return FALSE;
  if (revision == NULL)
    return TRUE;
  get = prepare (self, STATEMENT_GET_REVISION, error);
  if (get == NULL || !finish (self, get, &number, error)) {
    ahoy_store_database_roll_back (self);
    return FALSE;
  }
  *revision = (guint64)number;
  return TRUE;
}

static gboolean
write_object (AhoyStoreDatabase *self, const AhoyStoreRow *row, gint64 *id, GError **error)
{
  Statement index = row->texts == NULL ? STATEMENT_DELETE
                    : row->is_new      ? STATEMENT_CREATE
                                       : STATEMENT_UPDATE;
  sqlite3_stmt *statement = prepare (self, index, error);

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, row->type_name);
  bind_text (statement, 2, row->name);
  if (row->texts != NULL) {
    sqlite3_bind_int64 (statement, 3, (gint64)row->revision);
    bind_text (statement, 4, row->origin);
  }
  return finish (self, statement, id, error);
}

gboolean
ahoy_store_database_write (AhoyStoreDatabase *self, const AhoyStoreRow *row, GError **error)
{
  sqlite3_stmt *clear = prepare (self, STATEMENT_CLEAR, error);
  sqlite3_stmt *set = prepare (self, STATEMENT_SET, error);
  gint64 id = 0;

  if (clear == NULL || set == NULL || !write_object (self, row, &id, error))
    return FALSE;
  sqlite3_bind_int64 (clear, 1, id);
  if (!row->is_new && !finish (self, clear, NULL, error))
    return FALSE;
  for (gsize i = 0; row->texts != NULL && row->texts[i] != NULL; i += 2) {
    sqlite3_bind_int64 (set, 1, id);
    bind_text (set, 2, row->texts[i]);
    bind_text (set, 3, row->texts[i + 1]);
    if (!finish (self, set, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* Nothing of the transaction is left when it fails. */
gboolean
ahoy_store_database_commit (AhoyStoreDatabase *self, guint64 revision, GError **error)
{
  sqlite3_stmt *set = revision > 0 ? prepare (self, STATEMENT_SET_REVISION, error) : NULL;
  sqlite3_stmt *commit = prepare (self, STATEMENT_COMMIT, error);

  if (set != NULL)
    sqlite3_bind_int64 (set, 1, (gint64)revision);
  if (commit != NULL && (revision == 0 || (set != NULL && finish (self, set, NULL, error)))
      && finish (self, commit, NULL, error))
    return TRUE;
  ahoy_store_database_roll_back (self);
  return FALSE;
}

/* -- records -------------------------------------------------------------------------------- */

gboolean
ahoy_store_database_put_record (AhoyStoreDatabase *self, const char *type, const char *name,
                                const guint8 *data, gsize size, GError **error)
{
  Statement index = size > 0 ? STATEMENT_PUT_RECORD : STATEMENT_DELETE_RECORD;
  sqlite3_stmt *statement = prepare (self, index, error);

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, type);
  bind_text (statement, 2, name);
  if (size > 0)
    sqlite3_bind_blob64 (statement, 3, data, size, SQLITE_STATIC);
  return finish (self, statement, NULL, error);
}

gboolean
ahoy_store_database_list_records (AhoyStoreDatabase *self, const char *type,
                                  AhoyStoreRecordFunc func, gpointer user_data, GError **error)
{
  sqlite3_stmt *statement = prepare (self, STATEMENT_LIST_RECORDS, error);
  gboolean done;
  int code;

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, type);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    const guint8 *data = sqlite3_column_blob (statement, 1);

    func (column_text (statement, 0), data, (gsize)sqlite3_column_bytes (statement, 1), user_data);
  }
  done = code == SQLITE_DONE || fail (self, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return done;
}
