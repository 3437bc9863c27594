/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-record-private.h"
#include "ahoy-store-database-private.h"

G_BEGIN_DECLS

/* The table of calls in a database, for the worker that has it. */

/* Which records: all that is set has to hold; 0 and NULL are not set. */
typedef struct {
  guint64 id;
  guint64 before; /* those that were stored before the one of this number */
  gint64 since; /* µs: those that began then or later */
  gint64 until; /* µs: those that began before */
  char *endpoint;
  char *number; /* the user part of who called, was called, or was talked to in the end */
  char *direction;
  char *linked_id;
  char *call_id;
  char *session_id; /* one of the UUIDs, or both as they are stored */
  char *account;
  gboolean missed;
  gboolean all; /* for deleting: no condition is meant */
  guint limit;
  guint offset;
} AhoyCallFilter;

/* NULL with AHOY_ERROR_INVALID_ARGUMENTS for what is not understood. */
AhoyCallFilter *ahoy_call_filter_new (GVariant *filter, GError **error);
gboolean ahoy_call_filter_is_empty (const AhoyCallFilter *self);
void ahoy_call_filter_free (AhoyCallFilter *self);

/* Inside of a transaction; the record gets its number. @statement begins as NULL, serves many
 * records, and is freed by ahoy_call_table_end_insert() before the database is. */
struct sqlite3_stmt;
gboolean ahoy_call_table_insert (AhoyStoreDatabase *database, struct sqlite3_stmt **statement,
                                 AhoyCallRecord *record, GError **error);
void ahoy_call_table_end_insert (struct sqlite3_stmt **statement);
gboolean ahoy_call_table_link (AhoyStoreDatabase *database, const char *from, const char *to,
                               GError **error);
/* What is older than @before, in µs, and all but the last @most; 0 for no limit. */
gboolean ahoy_call_table_purge (AhoyStoreDatabase *database, gint64 before, guint most,
                                GError **error);
gboolean ahoy_call_table_delete (AhoyStoreDatabase *database, const AhoyCallFilter *filter,
                                 guint64 *count, GError **error);
/* Those first that were stored last. */
GPtrArray *ahoy_call_table_query (AhoyStoreDatabase *database, const AhoyCallFilter *filter,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyCallFilter, ahoy_call_filter_free)

G_END_DECLS
