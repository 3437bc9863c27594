/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The file of an AhoyStoreSqlite, as plain data: what a worker may see. One thread at a time uses a
 * database. */
typedef struct _AhoyStoreDatabase AhoyStoreDatabase;

/* An object as it is stored: keys as they would stand in a file, secrets by their source. */
typedef struct {
  const char *type_name;
  const char *name;
  guint64 revision;
  guint first; /* in the texts: a key and its value, as often as it has keys */
  guint n_keys;
} AhoyStoreRecord;

typedef struct {
  GStringChunk *strings;
  GArray *records;  /* AhoyStoreRecord */
  GPtrArray *texts; /* in strings */
} AhoyStoreRecords;

/* One change: `texts` are keys and values, until NULL; NULL itself means that the object goes. */
typedef struct {
  gboolean is_new;
  char *type_name;
  char *name;
  char *origin;
  guint64 revision;
  char **texts;
} AhoyStoreRow;

/* A condition that the database can judge. */
typedef struct {
  char *key;
  char *value;
} AhoyStoreTerm;

AhoyStoreRecords *ahoy_store_records_new (void);
void ahoy_store_records_free (AhoyStoreRecords *records);

void ahoy_store_row_clear (gpointer row);
void ahoy_store_term_clear (gpointer term);

AhoyStoreDatabase *ahoy_store_database_new (const char *path);
void ahoy_store_database_free (AhoyStoreDatabase *self);
/* Before it is opened: no secrets are kept in it, so nothing is overwritten that is deleted. */
void ahoy_store_database_set_hasty (AhoyStoreDatabase *self);

/* Opens the file, or makes it; does nothing when it is open. All others do it first, so that a
 * remedy is noticed. */
gboolean ahoy_store_database_open (AhoyStoreDatabase *self, GError **error);

/* After an error, which it takes: a file that is ours and damaged gets another name, with a
 * warning, and a new one is made. A file of others, or one that nothing is wrong with, stays, and
 * so does the error. */
gboolean ahoy_store_database_begin_anew (AhoyStoreDatabase *self, GError *reason, GError **error);

/* Adds what is stored under @type_name to @records, in the order in which it was created; @name and
 * @terms may be NULL, @limit 0. */
gboolean ahoy_store_database_find (AhoyStoreDatabase *self, const char *type_name, const char *name,
                                   GArray *terms, guint limit, AhoyStoreRecords *records,
                                   GError **error);
/* All types. */
gboolean ahoy_store_database_find_all (AhoyStoreDatabase *self, AhoyStoreRecords *records,
                                       GError **error);

/* A transaction; @revision is the last one that was given to any object. Where only records are
 * written, it is NULL, and 0 for the commit. */
gboolean ahoy_store_database_begin (AhoyStoreDatabase *self, guint64 *revision, GError **error);
gboolean ahoy_store_database_write (AhoyStoreDatabase *self, const AhoyStoreRow *row,
                                    GError **error);
gboolean ahoy_store_database_commit (AhoyStoreDatabase *self, guint64 revision, GError **error);
void ahoy_store_database_roll_back (AhoyStoreDatabase *self);

/* Records of an AhoyRecordStore: bytes by type and name; none where @size is 0. */
typedef void (*AhoyStoreRecordFunc) (const char *name, const guint8 *data, gsize size,
                                     gpointer user_data);
gboolean ahoy_store_database_put_record (AhoyStoreDatabase *self, const char *type,
                                         const char *name, const guint8 *data, gsize size,
                                         GError **error);
gboolean ahoy_store_database_list_records (AhoyStoreDatabase *self, const char *type,
                                           AhoyStoreRecordFunc func, gpointer user_data,
                                           GError **error);

/* For tables that have a file of their own: NULL before it is open; and what SQLite said last. */
struct sqlite3;
struct sqlite3 *ahoy_store_database_get_handle (AhoyStoreDatabase *self);
void ahoy_store_database_take_error (AhoyStoreDatabase *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyStoreRecords, ahoy_store_records_free)

G_END_DECLS
