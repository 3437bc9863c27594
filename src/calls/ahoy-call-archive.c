/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-archive-private.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-store-worker-private.h"

/*
 * The file of the history. One worker at a time has the database; calls wait for nothing. What
 * happens within a quarter of a second is written by one transaction, synchronous to the disk. What
 * cannot be written waits, up to a limit, and is tried again (docs/decisions/120-history.md).
 */
struct _AhoyCallArchive {
  GObject parent_instance;

  const char *path; /* the worker's */
  AhoyStoreWorker *worker;
  AhoyScheduler *scheduler;
  AhoyCallStoredFunc stored;
  gpointer user_data;

  GPtrArray *waiting; /* Item */
  guint64 n_dropped;
  gboolean writing;
  gboolean failed;
  gint64 last;   /* when the last transaction began, of the scheduler's clock */
  guint64 timer; /* 0: none */

  gint64 keep;
  guint most;
  gboolean purge_wanted;
  guint n_since_purge;
  guint64 purge_job;
  guint n_questions; /* that are not answered */
};

#define GROUP_TIME 250000            /* µs */
#define RETRY_TIME (10 * G_USEC_PER_SEC)
#define PURGE_TIME (3600 * (gint64) G_USEC_PER_SEC)
#define PURGE_RECORDS 1000
#define MOST_WAITING 10000
#define MOST_QUESTIONS 32

/* A record, or two links of which the first becomes the second. */
typedef struct {
  AhoyCallRecord *record;
  char *from;
  char *to;
} Item;

typedef struct {
  AhoyCallArchive *archive;
  AhoyStoreDatabase *database;
  GPtrArray *items;
  gboolean purge;
  gint64 before;
  guint most;
  gboolean tried;
  gboolean done;
  GError *error;
} Batch;

typedef struct {
  AhoyCallArchive *archive;
  AhoyStoreDatabase *database;
  AhoyCallFilter *filter;
  GTask *task;
  gboolean deletes;
  GPtrArray *records;
  guint64 count;
  GError *error;
} Question;

G_DEFINE_FINAL_TYPE (AhoyCallArchive, ahoy_call_archive, G_TYPE_OBJECT)

static void plan (AhoyCallArchive *self);

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->record, ahoy_call_record_free);
  g_free (item->from);
  g_free (item->to);
  g_free (item);
}

static void
ahoy_call_archive_finalize (GObject *object)
{
  AhoyCallArchive *self = AHOY_CALL_ARCHIVE (object);

  ahoy_store_worker_free (self->worker);
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  if (self->purge_job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->purge_job);
  }
  g_ptr_array_unref (self->waiting);
  g_object_unref (self->scheduler);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_archive_parent_class)->finalize (object);
}

static void
ahoy_call_archive_class_init (AhoyCallArchiveClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_call_archive_finalize;
}

static void
ahoy_call_archive_init (AhoyCallArchive *self)
{
  self->waiting = g_ptr_array_new_with_free_func (item_free);
  self->last = G_MININT64 / 2;
  ahoy_census_enter (G_OBJECT (self));
}

static void
on_purge (gpointer user_data)
{
  AhoyCallArchive *self = user_data;

  self->purge_wanted = TRUE;
  plan (self);
}

AhoyCallArchive *
ahoy_call_archive_new (AhoyWorkPool *pool, AhoyScheduler *scheduler, const char *path,
                       AhoyCallStoredFunc stored, gpointer user_data)
{
  AhoyCallArchive *self = g_object_new (AHOY_TYPE_CALL_ARCHIVE, NULL);

  self->worker = ahoy_store_worker_new (pool, path);
  self->path = ahoy_store_worker_get_path (self->worker);
  self->scheduler = g_object_ref (scheduler);
  self->stored = stored;
  self->user_data = user_data;
  self->purge_job = ahoy_scheduler_add_repeating (scheduler, "history", PURGE_TIME, on_purge, self,
                                                  NULL);
  return self;
}

const char *
ahoy_call_archive_get_path (AhoyCallArchive *self)
{
  return self->path;
}

void
ahoy_call_archive_set_limits (AhoyCallArchive *self, gint64 keep, guint most)
{
  if (keep != self->keep || most != self->most) {
    self->keep = keep;
    self->most = most;
    self->purge_wanted = TRUE;
    plan (self);
  }
}

/* -- writing -------------------------------------------------------------------------------- */

/* A damaged file is set aside: the history of the calls that come is worth more than to wait. */
static gboolean
begin (AhoyStoreDatabase *database, GError **error)
{
  GError *reason = NULL;

  return ahoy_store_database_begin (database, NULL, &reason) ||
         (ahoy_store_database_begin_anew (database, reason, error) &&
          ahoy_store_database_begin (database, NULL, error));
}

static gboolean
write_items (Batch *batch, GError **error)
{
  struct sqlite3_stmt *insert = NULL;
  gboolean good = TRUE;

  for (guint i = 0; good && i < batch->items->len; i++) {
    Item *item = batch->items->pdata[i];

    good = item->record != NULL
               ? ahoy_call_table_insert (batch->database, &insert, item->record, error)
               : ahoy_call_table_link (batch->database, item->from, item->to, error);
  }
  ahoy_call_table_end_insert (&insert);
  return good && (!batch->purge || ahoy_call_table_purge (batch->database, batch->before,
                                                          batch->most, error));
}

static void
write_in_worker (gpointer data)
{
  Batch *batch = data;

  batch->tried = TRUE;
  if (!begin (batch->database, &batch->error)) {
    return;
  }
  if (!write_items (batch, &batch->error)) {
    ahoy_store_database_roll_back (batch->database);
    return;
  }
  batch->done = ahoy_store_database_commit (batch->database, 0, &batch->error);
}

/* Once when it begins to fail, and once when that is over. */
static void
note_outcome (AhoyCallArchive *self, const GError *error)
{
  if (error != NULL && !self->failed) {
    g_warning ("The history of calls is not stored, and tried again: %s", error->message);
  } else if (error == NULL && self->failed) {
    g_message ("The history “%s” can be written again; %" G_GUINT64_FORMAT " calls are not in it",
               self->path, self->n_dropped);
    self->n_dropped = 0;
  }
  self->failed = error != NULL;
}

/* The oldest go first where there is no room. */
static void
limit_waiting (AhoyCallArchive *self)
{
  guint over = self->waiting->len > MOST_WAITING ? self->waiting->len - MOST_WAITING : 0;

  if (over > 0) {
    self->n_dropped += over;
    g_ptr_array_remove_range (self->waiting, 0, over);
  }
}

static void
tell_stored (AhoyCallArchive *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++) {
    Item *item = items->pdata[i];

    if (item->record != NULL) {
      g_ptr_array_add (records, item->record);
    }
  }
  self->n_since_purge += records->len;
  if (self->n_since_purge >= PURGE_RECORDS) {
    self->purge_wanted = TRUE;
  }
  if (records->len > 0 && self->stored != NULL) {
    self->stored (records, self->user_data);
  }
}

static void
on_written (gpointer data)
{
  Batch *batch = data;
  AhoyCallArchive *self = batch->archive;

  note_outcome (self, batch->error);
  if (batch->done) {
    self->n_since_purge = batch->purge ? 0 : self->n_since_purge;
    tell_stored (self, batch->items);
    return;
  }
  self->purge_wanted |= batch->purge;
  g_ptr_array_extend_and_steal (batch->items, g_steal_pointer (&self->waiting));
  self->waiting = g_steal_pointer (&batch->items);
  limit_waiting (self);
}

/* The pool was stopped before a worker came to it: the program ends, and nobody else has the
 * database. */
static void
write_at_last (Batch *batch)
{
  write_in_worker (batch);
  note_outcome (batch->archive, batch->error);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;
  g_autoptr (AhoyCallArchive) self = batch->archive;

  if (!batch->tried) {
    write_at_last (batch);
  }
  self->writing = FALSE;
  g_clear_pointer (&batch->items, g_ptr_array_unref);
  g_clear_error (&batch->error);
  g_free (batch);
  plan (self);
}

static void
write_batch (AhoyCallArchive *self)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->archive = g_object_ref (self);
  batch->database = ahoy_store_worker_get_database (self->worker);
  batch->items = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (item_free);
  batch->purge = self->purge_wanted;
  batch->before = self->keep > 0 ? g_get_real_time () - self->keep : 0;
  batch->most = self->most;
  self->purge_wanted = FALSE;
  self->writing = TRUE;
  self->last = ahoy_scheduler_get_now (self->scheduler);
  ahoy_store_worker_push (self->worker, write_in_worker, on_written, batch, batch_free);
}

static gboolean
has_work (AhoyCallArchive *self)
{
  return !self->writing && (self->waiting->len > 0 || self->purge_wanted);
}

static void
on_timer (gpointer user_data)
{
  AhoyCallArchive *self = user_data;

  self->timer = 0;
  if (has_work (self)) {
    write_batch (self);
  }
}

/* At once where little happens. */
static void
plan (AhoyCallArchive *self)
{
  gint64 wait;

  if (!has_work (self) || self->timer != 0 || self->stored == NULL) {
    return;
  }
  wait = self->last + (self->failed ? RETRY_TIME : GROUP_TIME) -
         ahoy_scheduler_get_now (self->scheduler);
  self->timer = ahoy_scheduler_add (self->scheduler, "history", MAX (wait, 0), on_timer, self,
                                    NULL);
}

static void
add_item (AhoyCallArchive *self, AhoyCallRecord *record, const char *from, const char *to)
{
  Item *item = g_new0 (Item, 1);

  item->record = record;
  item->from = g_strdup (from);
  item->to = g_strdup (to);
  g_ptr_array_add (self->waiting, item);
  limit_waiting (self);
  plan (self);
}

void
ahoy_call_archive_add (AhoyCallArchive *self, AhoyCallRecord *record)
{
  add_item (self, record, NULL, NULL);
}

void
ahoy_call_archive_link (AhoyCallArchive *self, const char *from, const char *to)
{
  add_item (self, NULL, from, to);
}

/* What waits goes before what is asked, and behind what is under way. */
static void
flush (AhoyCallArchive *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
  if (self->waiting->len > 0) {
    write_batch (self);
  }
}

void
ahoy_call_archive_close (AhoyCallArchive *self)
{
  flush (self);
  self->stored = NULL;
  self->user_data = NULL;
}

/* -- asking --------------------------------------------------------------------------------- */

static void
delete_in_worker (Question *question)
{
  if (!begin (question->database, &question->error)) {
    return;
  }
  if (ahoy_call_table_delete (question->database, question->filter, &question->count,
                              &question->error)) {
    ahoy_store_database_commit (question->database, 0, &question->error);
  } else {
    ahoy_store_database_roll_back (question->database);
  }
}

static void
ask_in_worker (gpointer data)
{
  Question *question = data;

  if (question->deletes) {
    delete_in_worker (question);
  } else {
    question->records =
        ahoy_call_table_query (question->database, question->filter, &question->error);
  }
}

static void
on_answered (gpointer data)
{
  Question *question = data;
  g_autoptr (GTask) task = g_steal_pointer (&question->task);

  if (question->error != NULL) {
    g_task_return_error (task, g_steal_pointer (&question->error));
  } else if (question->deletes) {
    g_task_return_int (task, (gssize) question->count);
  } else {
    g_task_return_pointer (task, g_steal_pointer (&question->records),
                           (GDestroyNotify) g_ptr_array_unref);
  }
}

/* Who is not answered yet was not asked: the pool was stopped. */
static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->task != NULL) {
    g_task_return_new_error (question->task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "the history “%s” is not used any more, as the program ends",
                             question->archive->path);
    g_object_unref (question->task);
  }
  question->archive->n_questions--;
  g_object_unref (question->archive);
  ahoy_call_filter_free (question->filter);
  g_clear_pointer (&question->records, g_ptr_array_unref);
  g_clear_error (&question->error);
  g_free (question);
}

static void
ask (AhoyCallArchive *self, AhoyCallFilter *filter, GTask *task, gboolean deletes)
{
  Question *question;

  if (self->n_questions >= MOST_QUESTIONS) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                             "%d questions to the history wait for their answer; wait until one is "
                             "answered",
                             MOST_QUESTIONS);
    ahoy_call_filter_free (filter);
    return;
  }
  flush (self);
  question = g_new0 (Question, 1);
  question->archive = g_object_ref (self);
  question->database = ahoy_store_worker_get_database (self->worker);
  question->filter = filter;
  question->task = g_object_ref (task);
  question->deletes = deletes;
  self->n_questions++;
  ahoy_store_worker_push (self->worker, ask_in_worker, on_answered, question, question_free);
}

void
ahoy_call_archive_query (AhoyCallArchive *self, AhoyCallFilter *filter, GTask *task)
{
  ask (self, filter, task, FALSE);
}

void
ahoy_call_archive_delete (AhoyCallArchive *self, AhoyCallFilter *filter, GTask *task)
{
  ask (self, filter, task, TRUE);
}
