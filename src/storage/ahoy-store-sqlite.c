/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-sqlite.h"

#include <string.h>

#include "ahoy-config-object-private.h"
#include "ahoy-config-problem.h"
#include "ahoy-error.h"
#include "ahoy-store-table-private.h"
#include "ahoy-store-worker-private.h"

/**
 * AhoyStoreSqlite:
 *
 * Objects in a database of SQLite, a file that is made when there is none. What was answered is not
 * lost any more, also when the power fails. Changes that wait at the same time are written
 * together.
 *
 * Nothing waits for the disk but a thread of the work pool. A file that is damaged, belongs to
 * another program or was made by a newer Ahoy is left as it is, and every call says so.
 *
 * One store at a time uses a file: what other programs change in it is found by queries, but not
 * announced.
 *
 * Since: 0.1
 */
struct _AhoyStoreSqlite {
  GObject parent_instance;
  AhoyConfigSchema *schema;
  const char *path; /* the worker's */
  AhoyStoreWorker *worker;
  GQueue waiting; /* GTask of a batch */
  gboolean writing;
  guint n_works; /* in the queue */
};

#define MAX_BATCHES 1000 /* in one transaction */
#define GROUP_TIME 5000  /* µs, for which one transaction takes more batches */

static void backend_init (AhoyStoreBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyStoreSqlite, ahoy_store_sqlite, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_STORE_BACKEND, backend_init))

static void
ahoy_store_sqlite_finalize (GObject *object)
{
  AhoyStoreSqlite *self = AHOY_STORE_SQLITE (object);

  ahoy_store_worker_free (self->worker);
  g_object_unref (self->schema);
  g_queue_clear_full (&self->waiting, g_object_unref);
  G_OBJECT_CLASS (ahoy_store_sqlite_parent_class)->finalize (object);
}

static void
ahoy_store_sqlite_class_init (AhoyStoreSqliteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_sqlite_finalize;
}

static void
ahoy_store_sqlite_init (AhoyStoreSqlite *self)
{
  g_queue_init (&self->waiting);
}

/**
 * ahoy_store_sqlite_new:
 * @schema: (transfer none): the types of objects that there are
 * @pool: (transfer none): whose threads read and write, such as ahoy_core_get_work_pool(); when it
 *   is stopped, what was not written yet fails with %AHOY_ERROR_INVALID_STATE
 * @path: the file, such as `/var/lib/ahoy/ahoy.db`
 *
 * The file is opened, or made, with the first call that needs it.
 *
 * Returns: (transfer full): a backend
 *
 * Since: 0.1
 */
AhoyStoreSqlite *
ahoy_store_sqlite_new (AhoyConfigSchema *schema, AhoyWorkPool *pool, const char *path)
{
  AhoyStoreSqlite *self;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (schema), NULL);
  g_return_val_if_fail (AHOY_IS_WORK_POOL (pool), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (AHOY_TYPE_STORE_SQLITE, NULL);
  self->schema = g_object_ref (schema);
  self->worker = ahoy_store_worker_new (pool, path);
  self->path = ahoy_store_worker_get_path (self->worker);
  return self;
}

/**
 * ahoy_store_sqlite_get_path:
 * @self: a backend
 *
 * Returns: (transfer none): the file
 *
 * Since: 0.1
 */
const char *
ahoy_store_sqlite_get_path (AhoyStoreSqlite *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_SQLITE (self), NULL);

  return self->path;
}

/* -- objects of rows, and rows of objects --------------------------------------------------- */

/* What of a record cannot be used is told once by @error; the rest of it is there all the same. */
static AhoyConfigObject *
make_object (AhoyStoreSqlite *self, AhoyStoreRecords *records, AhoyStoreRecord *record,
             GError **error)
{
  AhoyConfigObject *object
      = ahoy_config_schema_make_object (self->schema, record->type_name, record->name, error);
  char **texts = (char **)records->texts->pdata + record->first;

  if (object == NULL)
    return NULL;
  for (guint i = 0; i < record->n_keys; i++) {
    g_autoptr (GError) reason = NULL;

    if (!ahoy_config_object_set_text (object, texts[2 * i], texts[2 * i + 1], &reason)
        && error != NULL && *error == NULL)
      g_propagate_error (error, g_steal_pointer (&reason));
  }
  ahoy_config_object_set_origin (object, self->path, 0);
  ahoy_config_object_set_revision (object, record->revision);
  ahoy_config_object_seal (object);
  return object;
}

/* An object that lacks something, such as its password, is not served. */
static AhoyConfigObject *
make_sound_object (AhoyStoreSqlite *self, AhoyStoreRecords *records, AhoyStoreRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyConfigObject) object = make_object (self, records, record, &error);

  if (error == NULL && object != NULL)
    return g_steal_pointer (&object);
  g_warning ("An object of “%s” is left out: %s", self->path, error->message);
  return NULL;
}

static char **
list_texts (AhoyConfigObject *object)
{
  g_autoptr (GPtrArray) keys
      = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (object));
  GPtrArray *texts = g_ptr_array_new ();

  for (guint i = 0; i < keys->len; i++) {
    char *name = NULL;
    char *text = ahoy_config_object_dup_stored_text (object, keys->pdata[i], &name);

    if (text == NULL)
      continue;
    g_ptr_array_add (texts, name);
    g_ptr_array_add (texts, text);
  }
  g_ptr_array_add (texts, NULL);
  return (char **)g_ptr_array_free (texts, FALSE);
}

static void
add_row (GArray *rows, AhoyStoreChange *change)
{
  AhoyConfigObject *object = ahoy_store_change_get_object (change);
  AhoyStoreRow row = { 0 };

  row.is_new = ahoy_store_change_get_operation (change) == AHOY_STORE_OPERATION_CREATE;
  row.type_name = g_strdup (ahoy_store_change_get_type_name (change));
  row.name = g_strdup (ahoy_store_change_get_name (change));
  row.origin = g_strdup (ahoy_store_change_get_origin (change));
  row.revision = ahoy_store_change_get_revision (change);
  row.texts = object != NULL ? list_texts (object) : NULL;
  g_array_append_val (rows, row);
}

/* -- work ----------------------------------------------------------------------------------- */

static gboolean
push_work (AhoyStoreSqlite *self, AhoyTaskFunc work, AhoyTaskFunc done, gpointer data,
           GDestroyNotify destroy)
{
  self->n_works++;
  return ahoy_store_worker_push (self->worker, work, done, data, destroy);
}

static GError *
make_end_error (AhoyStoreSqlite *self)
{
  return g_error_new (AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                      "the database “%s” is not used any more, as the program ends", self->path);
}

/* -- queries -------------------------------------------------------------------------------- */

typedef struct {
  GTask *task; /* the owner's, like the next two */
  AhoyStoreQuery *query;
  gboolean answered;

  AhoyStoreDatabase *database;
  char *type_name;
  char *name;
  GArray *terms;
  guint limit;
  AhoyStoreRecords *records;
  GError *error;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;
  g_autoptr (GTask) task = g_steal_pointer (&search->task);
  AhoyStoreSqlite *self = g_task_get_source_object (task);

  self->n_works--;
  if (!search->answered)
    g_task_return_error (task, make_end_error (self));
  g_object_unref (search->query);
  g_free (search->type_name);
  g_free (search->name);
  g_array_unref (search->terms);
  ahoy_store_records_free (search->records);
  g_clear_error (&search->error);
  g_free (search);
}

static void
search_in_worker (gpointer data)
{
  Search *search = data;

  ahoy_store_database_find (search->database, search->type_name, search->name, search->terms,
                            search->limit, search->records, &search->error);
}

static GPtrArray *
pick (AhoyStoreSqlite *self, Search *search)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  guint limit = ahoy_store_query_get_limit (search->query);
  GArray *records = search->records->records;

  for (guint i = 0; i < records->len && (limit == 0 || found->len < limit); i++) {
    g_autoptr (AhoyConfigObject) object = make_sound_object (
        self, search->records, &g_array_index (records, AhoyStoreRecord, i));

    if (object != NULL && ahoy_store_query_matches (search->query, object))
      g_ptr_array_add (found, g_steal_pointer (&object));
  }
  return found;
}

static void
on_searched (gpointer data)
{
  Search *search = data;
  AhoyStoreSqlite *self = g_task_get_source_object (search->task);

  search->answered = TRUE;
  if (search->error != NULL)
    g_task_return_error (search->task, g_steal_pointer (&search->error));
  else
    g_task_return_pointer (search->task, pick (self, search), (GDestroyNotify)g_ptr_array_unref);
}

/* What is equal for the database is equal for us. A key that has its default may have no row, and
 * the elements of a list stand in one. */
static gboolean
add_term (AhoyStoreSqlite *self, Search *search, const char *field, const char *text)
{
  AhoyConfigObjectClass *klass = ahoy_config_schema_find_class (self->schema, search->type_name);
  GParamSpec *key = klass != NULL ? ahoy_config_object_class_find_key (klass, field) : NULL;
  g_autofree char *default_text = NULL;
  AhoyStoreTerm term;

  if (key == NULL || ahoy_config_key_is_secret (key)
      || ahoy_config_key_get_kind (key) == AHOY_CONFIG_KIND_LIST)
    return FALSE;
  default_text = ahoy_config_key_dup_default (key);
  if (g_strcmp0 (text, default_text) == 0)
    return FALSE;
  term.key = g_strdup (ahoy_config_key_get_name (key));
  term.value = g_strdup (text);
  g_array_append_val (search->terms, term);
  return TRUE;
}

static void
translate (AhoyStoreSqlite *self, Search *search)
{
  const char *field, *text;
  AhoyStoreCondition condition;
  gboolean complete = TRUE;

  search->type_name = g_strdup (ahoy_store_query_get_type_name (search->query));
  search->name = g_strdup (ahoy_store_query_get_name (search->query));
  for (guint i = 0;
       ahoy_store_query_get_condition (search->query, i, &field, &condition, &text); i++) {
    if (condition != AHOY_STORE_CONDITION_EQUAL || !add_term (self, search, field, text))
      complete = FALSE;
  }
  search->limit = complete ? ahoy_store_query_get_limit (search->query) : 0;
}

static void
query_async (AhoyStoreBackend *backend, AhoyStoreQuery *query, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  AhoyStoreSqlite *self = AHOY_STORE_SQLITE (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Search *search;

  if (g_task_return_error_if_cancelled (task))
    return;
  search = g_new0 (Search, 1);
  search->task = g_object_ref (task);
  search->query = g_object_ref (query);
  search->database = ahoy_store_worker_get_database (self->worker);
  search->terms = g_array_new (FALSE, FALSE, sizeof (AhoyStoreTerm));
  g_array_set_clear_func (search->terms, ahoy_store_term_clear);
  search->records = ahoy_store_records_new ();
  translate (self, search);
  push_work (self, search_in_worker, on_searched, search, search_free);
}

/* -- changes -------------------------------------------------------------------------------- */

typedef struct {
  char *type_name;
  char *name;
} Label;

/* A transaction. A worker begins it and reads what the batches are about; the owner says what they
 * make of it; a worker writes that. What each batch has come to is told when all of it is over. */
typedef struct {
  guint references;
  AhoyStoreSqlite *self;
  gint64 began;
  GPtrArray *tasks;    /* GTask; those that are not answered yet */
  GPtrArray *outcomes; /* Outcome, of the first of the tasks */

  AhoyStoreDatabase *database;
  GArray *labels; /* Label */
  AhoyStoreRecords *records;
  GArray *rows; /* AhoyStoreRow */
  guint64 revision;
  GError *error;
} Run;

typedef struct {
  GPtrArray *changes; /* NULL where the batch failed alone */
  GError *error;
} Outcome;

static void
outcome_free (gpointer data)
{
  Outcome *outcome = data;

  g_clear_pointer (&outcome->changes, g_ptr_array_unref);
  g_clear_error (&outcome->error);
  g_free (outcome);
}

static void
label_clear (gpointer data)
{
  Label *label = data;

  g_free (label->type_name);
  g_free (label->name);
}

static void start_next (AhoyStoreSqlite *self);

/* Who is not answered yet has not been written: the pool was stopped, or the disk does not work. */
static void
answer_all (Run *run, const GError *error)
{
  for (guint i = 0; i < run->tasks->len; i++)
    g_task_return_error (run->tasks->pdata[i], g_error_copy (error));
  g_ptr_array_set_size (run->tasks, 0);
}

static void
run_unref (gpointer data)
{
  Run *run = data;
  AhoyStoreSqlite *self = run->self;

  self->n_works--;
  if (--run->references > 0)
    return;
  if (run->tasks->len > 0) {
    g_autoptr (GError) error = make_end_error (self);

    answer_all (run, error);
  }
  self->writing = FALSE;
  start_next (self);
  g_ptr_array_unref (run->tasks);
  g_ptr_array_unref (run->outcomes);
  g_array_unref (run->labels);
  g_array_unref (run->rows);
  ahoy_store_records_free (run->records);
  g_clear_error (&run->error);
  g_free (run);
  g_object_unref (self);
}

static void
begin_in_worker (gpointer data)
{
  Run *run = data;

  if (!ahoy_store_database_begin (run->database, &run->revision, &run->error))
    return;
  for (guint i = 0; i < run->labels->len && run->error == NULL; i++) {
    Label *label = &g_array_index (run->labels, Label, i);

    ahoy_store_database_find (run->database, label->type_name, label->name, NULL, 0, run->records,
                              &run->error);
  }
  if (run->error != NULL)
    ahoy_store_database_roll_back (run->database);
}

static void
write_in_worker (gpointer data)
{
  Run *run = data;

  for (guint i = 0; i < run->rows->len && run->error == NULL; i++)
    ahoy_store_database_write (run->database, &g_array_index (run->rows, AhoyStoreRow, i),
                               &run->error);
  if (run->error != NULL || run->rows->len == 0)
    ahoy_store_database_roll_back (run->database);
  else
    ahoy_store_database_commit (run->database, run->revision, &run->error);
}

static AhoyConfigSet *
list_present (AhoyStoreSqlite *self, AhoyStoreRecords *records)
{
  AhoyConfigSet *present = ahoy_config_set_new ();

  for (guint i = 0; i < records->records->len; i++) {
    g_autoptr (AhoyConfigObject) object = make_object (
        self, records, &g_array_index (records->records, AhoyStoreRecord, i), NULL);

    if (object != NULL)
      ahoy_config_set_replace (present, object);
  }
  return present;
}

static gboolean
check_types (AhoyStoreSqlite *self, AhoyStoreBatch *batch, GError **error)
{
  for (guint i = 0; i < ahoy_store_batch_get_length (batch); i++) {
    const char *type_name = ahoy_store_batch_get_type_name (batch, i);

    if (ahoy_config_schema_find_class (self->schema, type_name) == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                   "the database “%s” keeps no objects of type %s, which is not in the schema",
                   self->path, type_name);
      return FALSE;
    }
  }
  return TRUE;
}

static Outcome *
decide (Run *run, AhoyStoreBatch *batch, AhoyConfigSet *present)
{
  Outcome *outcome = g_new0 (Outcome, 1);

  if (!check_types (run->self, batch, &outcome->error))
    return outcome;
  outcome->changes
      = ahoy_store_table_prepare (present, batch, &run->revision, &outcome->error);
  if (outcome->changes == NULL)
    return outcome;
  ahoy_store_table_adopt (outcome->changes, run->self->path);
  ahoy_store_table_commit (present, outcome->changes);
  for (guint i = 0; i < outcome->changes->len; i++)
    add_row (run->rows, outcome->changes->pdata[i]);
  return outcome;
}

/* Who would make the others wait too long comes with the next transaction. */
static void
put_back (Run *run, guint from)
{
  for (guint i = run->tasks->len; i > from; i--)
    g_queue_push_head (&run->self->waiting, g_ptr_array_steal_index (run->tasks, i - 1));
}

static void
on_written (gpointer data)
{
  Run *run = data;

  if (run->error != NULL) {
    answer_all (run, run->error);
    return;
  }
  for (guint i = 0; i < run->outcomes->len; i++) {
    Outcome *outcome = run->outcomes->pdata[i];

    if (outcome->changes != NULL) {
      ahoy_store_table_announce (AHOY_STORE_BACKEND (run->self), outcome->changes);
      g_task_return_boolean (run->tasks->pdata[i], TRUE);
    } else {
      g_task_return_error (run->tasks->pdata[i], g_steal_pointer (&outcome->error));
    }
  }
  g_ptr_array_set_size (run->tasks, 0);
}

static void
on_begun (gpointer data)
{
  Run *run = data;
  g_autoptr (AhoyConfigSet) present = NULL;

  if (run->error != NULL) {
    answer_all (run, run->error);
    return;
  }
  present = list_present (run->self, run->records);
  run->revision = MAX (run->revision, ahoy_store_table_start_revision ());
  for (guint i = 0; i < run->tasks->len; i++) {
    if (i > 0 && g_get_monotonic_time () - run->began > GROUP_TIME) {
      put_back (run, i);
      break;
    }
    g_ptr_array_add (run->outcomes,
                     decide (run, g_task_get_task_data (run->tasks->pdata[i]), present));
  }
  run->references++;
  push_work (run->self, write_in_worker, on_written, run, run_unref);
}

static void
add_labels (Run *run, AhoyStoreBatch *batch, GHashTable *known)
{
  for (guint i = 0; i < ahoy_store_batch_get_length (batch); i++) {
    Label label = { g_strdup (ahoy_store_batch_get_type_name (batch, i)),
                    g_strdup (ahoy_store_batch_get_name (batch, i)) };

    if (g_hash_table_add (known, g_strconcat (label.type_name, " ", label.name, NULL)))
      g_array_append_val (run->labels, label);
    else
      label_clear (&label);
  }
}

static Run *
run_new (AhoyStoreSqlite *self)
{
  Run *run = g_new0 (Run, 1);

  run->references = 1;
  run->self = g_object_ref (self);
  run->began = g_get_monotonic_time ();
  run->database = ahoy_store_worker_get_database (self->worker);
  run->tasks = g_ptr_array_new_with_free_func (g_object_unref);
  run->outcomes = g_ptr_array_new_with_free_func (outcome_free);
  run->labels = g_array_new (FALSE, FALSE, sizeof (Label));
  g_array_set_clear_func (run->labels, label_clear);
  run->rows = g_array_new (FALSE, FALSE, sizeof (AhoyStoreRow));
  g_array_set_clear_func (run->rows, ahoy_store_row_clear);
  run->records = ahoy_store_records_new ();
  return run;
}

/* One transaction at a time, of all that wait. */
static void
start_next (AhoyStoreSqlite *self)
{
  g_autoptr (GHashTable) known = NULL;
  Run *run;

  if (self->writing || g_queue_is_empty (&self->waiting))
    return;
  known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  run = run_new (self);
  while (run->tasks->len < MAX_BATCHES && !g_queue_is_empty (&self->waiting)) {
    g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);

    if (g_task_return_error_if_cancelled (task))
      continue;
    add_labels (run, g_task_get_task_data (task), known);
    g_ptr_array_add (run->tasks, g_steal_pointer (&task));
  }
  self->writing = TRUE;
  push_work (self, begin_in_worker, on_begun, run, run_unref);
}

static void
apply_async (AhoyStoreBackend *backend, AhoyStoreBatch *batch, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  AhoyStoreSqlite *self = AHOY_STORE_SQLITE (backend);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, g_object_ref (batch), g_object_unref);
  g_queue_push_tail (&self->waiting, task);
  start_next (self);
}

static gboolean
can_write (AhoyStoreBackend *backend, const char *type_name)
{
  return ahoy_config_schema_find_class (AHOY_STORE_SQLITE (backend)->schema, type_name) != NULL;
}

/* -- at the start --------------------------------------------------------------------------- */

/**
 * ahoy_store_sqlite_load:
 * @self: a backend
 * @error: return location for an error: why the file cannot be used, or
 *   %AHOY_ERROR_INVALID_STATE while queries or changes are under way
 *
 * Opens the file and reads all of it in the calling thread, which waits for the disk: for programs
 * that begin. Objects that cannot be used any more, such as those of a type that is gone, are left
 * out with a warning.
 *
 * Returns: (transfer full) (nullable): the objects, all of which are sealed
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_store_sqlite_load (AhoyStoreSqlite *self, GError **error)
{
  g_autoptr (AhoyStoreRecords) records = NULL;
  AhoyConfigSet *objects;

  g_return_val_if_fail (AHOY_IS_STORE_SQLITE (self), NULL);

  if (self->n_works > 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "the database “%s” is at work already; ask it by a query", self->path);
    return NULL;
  }
  records = ahoy_store_records_new ();
  if (!ahoy_store_database_find_all (ahoy_store_worker_get_database (self->worker), records, error))
    return NULL;
  objects = ahoy_config_set_new ();
  for (guint i = 0; i < records->records->len; i++) {
    g_autoptr (AhoyConfigObject) object = make_sound_object (
        self, records, &g_array_index (records->records, AhoyStoreRecord, i));

    if (object != NULL)
      ahoy_config_set_add (objects, object, NULL);
  }
  return objects;
}

static AhoyConfigSet *
load (AhoyStoreBackend *backend, GPtrArray *problems)
{
  AhoyStoreSqlite *self = AHOY_STORE_SQLITE (backend);
  g_autoptr (GError) error = NULL;
  AhoyConfigSet *objects = ahoy_store_sqlite_load (self, &error);

  if (objects != NULL)
    return objects;
  g_ptr_array_add (problems, ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_ERROR, self->path, 0,
                                                      NULL, NULL, error->message));
  return ahoy_config_set_new ();
}

static void
backend_init (AhoyStoreBackendInterface *iface)
{
  iface->can_write = can_write;
  iface->apply_async = apply_async;
  iface->apply_finish = ahoy_store_table_apply_finish;
  iface->query_async = query_async;
  iface->query_finish = ahoy_store_table_query_finish;
  iface->read_all = load;
}
