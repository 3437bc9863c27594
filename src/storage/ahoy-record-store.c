/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-record-store-private.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-store-worker-private.h"

/*
 * What changes thousands of times a second, such as who is registered where: records of bytes by
 * name, in a database of SQLite. Objects of a configuration have a store of their own, which knows
 * keys, revisions and queries; all of that would cost more here than what is stored
 * (docs/decisions/068-location.md).
 *
 * Records that come within 5 ms are written by one transaction. A worker sees plain bytes only.
 */
struct _AhoyRecordStore {
  GObject parent_instance;
  const char *path; /* the worker's */
  AhoyStoreWorker *worker;
  AhoyScheduler *scheduler;
  struct _Batch *batch; /* what waits; NULL for nothing */
  gboolean writing;
  gint64 last;     /* when the last transaction began, of the scheduler's clock */
  guint64 timer;   /* 0: none */
  gboolean failed; /* the last transaction did, which was told */
};

/* How long records are collected while there are many, in µs. */
#define GROUP_TIME 5000

/* Where the name and the bytes of a record are in those of its batch. */
typedef struct {
  const char *type; /* interned */
  guint32 name;
  guint32 data;
  guint32 size;
  AhoyRecordDoneFunc done;
  gpointer user_data;
} Row;

typedef struct _Batch {
  AhoyRecordStore *store;
  AhoyStoreDatabase *database;
  GArray *rows; /* Row */
  GByteArray *bytes;
  GError *error;
  gboolean over;
} Batch;

G_DEFINE_FINAL_TYPE (AhoyRecordStore, ahoy_record_store, G_TYPE_OBJECT)

static void plan (AhoyRecordStore *self);

static void
ahoy_record_store_finalize (GObject *object)
{
  AhoyRecordStore *self = AHOY_RECORD_STORE (object);

  ahoy_store_worker_free (self->worker);
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  g_object_unref (self->scheduler);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_record_store_parent_class)->finalize (object);
}

static void
ahoy_record_store_class_init (AhoyRecordStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_record_store_finalize;
}

static void
ahoy_record_store_init (AhoyRecordStore *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

AhoyRecordStore *
ahoy_record_store_new (AhoyWorkPool *pool, AhoyScheduler *scheduler, const char *path)
{
  AhoyRecordStore *self = g_object_new (AHOY_TYPE_RECORD_STORE, NULL);

  self->worker = ahoy_store_worker_new (pool, path);
  self->path = ahoy_store_worker_get_path (self->worker);
  self->scheduler = g_object_ref (scheduler);
  ahoy_store_database_set_hasty (ahoy_store_worker_get_database (self->worker));
  self->last = G_MININT64 / 2;
  return self;
}

const char *
ahoy_record_store_get_path (AhoyRecordStore *self)
{
  return self->path;
}

gboolean
ahoy_record_store_read (AhoyRecordStore *self, const char *type, AhoyRecordFunc func,
                        gpointer user_data, gboolean *anew, GError **error)
{
  AhoyStoreDatabase *database = ahoy_store_worker_get_database (self->worker);
  GError *reason = NULL;

  *anew = FALSE;
  if (self->writing) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "the database “%s” is at work already; read it before", self->path);
    return FALSE;
  }
  if (ahoy_store_database_list_records (database, type, func, user_data, &reason)) {
    return TRUE;
  }
  /* Records are found again: whoever has them sends them again. No service waits for a person. */
  *anew = ahoy_store_database_begin_anew (database, reason, error);
  return *anew;
}

/* -- writing -------------------------------------------------------------------------------- */

static Batch *
batch_new (AhoyRecordStore *self)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->database = ahoy_store_worker_get_database (self->worker);
  batch->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  batch->bytes = g_byte_array_new ();
  return batch;
}

static void
write_in_worker (gpointer data)
{
  Batch *batch = data;

  if (!ahoy_store_database_begin (batch->database, NULL, &batch->error)) {
    return;
  }
  for (guint i = 0; i < batch->rows->len && batch->error == NULL; i++) {
    Row *row = &g_array_index (batch->rows, Row, i);

    ahoy_store_database_put_record (batch->database, row->type,
                                    (const char *) batch->bytes->data + row->name,
                                    batch->bytes->data + row->data, row->size, &batch->error);
  }
  if (batch->error != NULL) {
    ahoy_store_database_roll_back (batch->database);
  } else {
    ahoy_store_database_commit (batch->database, 0, &batch->error);
  }
}

/* Once when it begins to fail, and once when that is over. */
static void
note_outcome (AhoyRecordStore *self, const GError *error)
{
  if (error != NULL && !self->failed) {
    g_warning ("Nothing is stored: %s", error->message);
  } else if (error == NULL && self->failed) {
    g_message ("The database “%s” can be written again", self->path);
  }
  self->failed = error != NULL;
}

static void
answer (Batch *batch, const GError *error)
{
  batch->over = TRUE;
  for (guint i = 0; i < batch->rows->len; i++) {
    Row *row = &g_array_index (batch->rows, Row, i);

    if (row->done != NULL) {
      row->done (row->user_data, error);
    }
  }
}

static void
on_written (gpointer data)
{
  Batch *batch = data;

  note_outcome (batch->store, batch->error);
  answer (batch, batch->error);
}

/* Who is not answered yet was not written: the pool was stopped. */
static void
batch_free (gpointer data)
{
  Batch *batch = data;
  g_autoptr (AhoyRecordStore) self = batch->store;

  if (!batch->over) {
    g_autoptr (GError) error =
        g_error_new (AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                     "the database “%s” is not used any more, as the program ends", self->path);

    answer (batch, error);
  }
  self->writing = FALSE;
  g_array_unref (batch->rows);
  g_byte_array_unref (batch->bytes);
  g_clear_error (&batch->error);
  g_free (batch);
  plan (self);
}

static void
write_batch (AhoyRecordStore *self)
{
  Batch *batch = g_steal_pointer (&self->batch);

  batch->store = g_object_ref (self);
  self->writing = TRUE;
  self->last = ahoy_scheduler_get_now (self->scheduler);
  ahoy_store_worker_push (self->worker, write_in_worker, on_written, batch, batch_free);
}

static void
on_timer (gpointer user_data)
{
  AhoyRecordStore *self = user_data;

  self->timer = 0;
  if (!self->writing && self->batch != NULL) {
    write_batch (self);
  }
}

/* At once where little happens; where much does, all of 5 ms is written together. */
static void
plan (AhoyRecordStore *self)
{
  gint64 wait;

  if (self->batch == NULL || self->writing || self->timer != 0) {
    return;
  }
  wait = self->last + GROUP_TIME - ahoy_scheduler_get_now (self->scheduler);
  self->timer = ahoy_scheduler_add (self->scheduler, "records", MAX (wait, 0), on_timer, self,
                                    NULL);
}

static guint32
add_bytes (GByteArray *bytes, const void *data, gsize size)
{
  guint32 place = bytes->len;

  g_byte_array_append (bytes, data, (guint) size);
  return place;
}

void
ahoy_record_store_put (AhoyRecordStore *self, const char *type, const char *name,
                       const guint8 *data, gsize size, AhoyRecordDoneFunc done,
                       gpointer user_data)
{
  Row row = { .type = g_intern_string (type), .size = (guint32) size };

  if (self->batch == NULL) {
    self->batch = batch_new (self);
  }
  row.name = add_bytes (self->batch->bytes, name, strlen (name) + 1);
  row.data = add_bytes (self->batch->bytes, data, size);
  row.done = done;
  row.user_data = user_data;
  g_array_append_val (self->batch->rows, row);
  plan (self);
}

void
ahoy_record_store_close (AhoyRecordStore *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
  /* One that is under way is before it in the queue. */
  if (self->batch != NULL) {
    write_batch (self);
  }
}
