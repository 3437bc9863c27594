/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-keyfile.h"

#include <string.h>

#include "ahoy-config-file-private.h"
#include "ahoy-config-reader.h"
#include "ahoy-config-writer-private.h"
#include "ahoy-error.h"
#include "ahoy-store-table-private.h"
#include "ahoy-work-queue.h"

/**
 * AhoyStoreKeyfile:
 *
 * The configuration files of a folder: `ahoy.conf` and `conf.d`. People write them, so they are
 * never changed, but one file of `conf.d` that is Ahoy's own and holds what was changed over an
 * API. It is replaced as a whole: after a crash either the old or the new one is there.
 *
 * Since: 0.1
 */
struct _AhoyStoreKeyfile {
  GObject parent_instance;
  AhoyConfigSchema *schema;
  char *folder;
  char *writable; /* the path of our own file, or NULL */
  guint n_files;
  char *default_name; /* what holds while there is no file; NULL for nothing */
  char *default_text;

  AhoyConfigReader *reader; /* of the last load; knows the defaults */
  AhoyConfigSet *objects;
  guint64 revision;
  char *content;  /* of our own file, when it was read or written; NULL where there is none */
  char *reason;   /* why our own file is not written; NULL where it may be */
  GQueue waiting; /* GTask */
  gboolean writing;
  AhoyWorkQueue *queue; /* where files are written; NULL for a thread of GLib */
};

#define MARK "# Written by Ahoy; what is changed here by hand may be lost.\n"
#define MAX_SIZE (4 * 1024 * 1024)
#define FILES_ORIGIN "files"

static void backend_init (AhoyStoreBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyStoreKeyfile, ahoy_store_keyfile, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_STORE_BACKEND, backend_init))

static void
ahoy_store_keyfile_finalize (GObject *object)
{
  AhoyStoreKeyfile *self = AHOY_STORE_KEYFILE (object);

  g_clear_object (&self->queue);
  g_clear_object (&self->schema);
  g_clear_object (&self->reader);
  g_clear_object (&self->objects);
  g_free (self->folder);
  g_free (self->writable);
  g_free (self->default_name);
  g_free (self->default_text);
  g_free (self->content);
  g_free (self->reason);
  g_queue_clear_full (&self->waiting, g_object_unref);
  G_OBJECT_CLASS (ahoy_store_keyfile_parent_class)->finalize (object);
}

static void
ahoy_store_keyfile_class_init (AhoyStoreKeyfileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_keyfile_finalize;
}

static void
ahoy_store_keyfile_init (AhoyStoreKeyfile *self)
{
  self->objects = ahoy_config_set_new ();
  self->revision = ahoy_store_table_start_revision ();
  g_queue_init (&self->waiting);
}

/**
 * ahoy_store_keyfile_new:
 * @schema: (transfer none): the types of objects that there are
 * @folder: a folder, such as `/etc/ahoy`
 * @writable_name: (nullable): the name of Ahoy's own file in `conf.d`, such as `90-ahoyd.conf`;
 * %NULL when nothing is to be written
 *
 * Returns: (transfer full): a backend that has read nothing yet
 *
 * Since: 0.1
 */
AhoyStoreKeyfile *
ahoy_store_keyfile_new (AhoyConfigSchema *schema, const char *folder, const char *writable_name)
{
  AhoyStoreKeyfile *self;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (schema), NULL);
  g_return_val_if_fail (folder != NULL, NULL);
  g_return_val_if_fail (
      writable_name == NULL
          || (strchr (writable_name, '/') == NULL && g_str_has_suffix (writable_name, ".conf")),
      NULL);

  self = g_object_new (AHOY_TYPE_STORE_KEYFILE, NULL);
  self->schema = g_object_ref (schema);
  self->folder = g_strdup (folder);
  if (writable_name != NULL)
    self->writable = g_build_filename (folder, "conf.d", writable_name, NULL);
  return self;
}

/**
 * ahoy_store_keyfile_set_work_pool:
 * @self: a backend
 * @pool: (nullable): whose threads write the files, such as ahoy_core_get_work_pool(); %NULL for a
 *   thread of GLib, which is the default
 *
 * Says who writes, as a slow disk must not stop anything else. When the pool is stopped, what was
 * not written yet fails with %AHOY_ERROR_INVALID_STATE.
 *
 * Since: 0.1
 */
void
ahoy_store_keyfile_set_work_pool (AhoyStoreKeyfile *self, AhoyWorkPool *pool)
{
  g_return_if_fail (AHOY_IS_STORE_KEYFILE (self));
  g_return_if_fail (pool == NULL || AHOY_IS_WORK_POOL (pool));

  g_clear_object (&self->queue);
  if (pool != NULL)
    self->queue = ahoy_work_queue_new (pool, "files of the configuration");
}

/**
 * ahoy_store_keyfile_set_default:
 * @self: a backend that has read nothing yet
 * @name: what messages call the text, in the place of a file
 * @text: a configuration
 *
 * Says what holds while the folder has no file. It is gone with the first one, also when that is
 * written by Ahoy.
 *
 * Since: 0.1
 */
void
ahoy_store_keyfile_set_default (AhoyStoreKeyfile *self, const char *name, const char *text)
{
  g_return_if_fail (AHOY_IS_STORE_KEYFILE (self));
  g_return_if_fail (name != NULL && text != NULL);

  g_free (self->default_name);
  g_free (self->default_text);
  self->default_name = g_strdup (name);
  self->default_text = g_strdup (text);
}

/* -- reading -------------------------------------------------------------------------------- */

/* Our own file is replaced only when all of it is ours and was understood. */
static char *
find_reason (AhoyStoreKeyfile *self, GPtrArray *problems)
{
  if (self->content != NULL && !g_str_has_prefix (self->content, MARK))
    return g_strdup_printf ("“%s” was not written by Ahoy; move what it holds to another file",
                            self->writable);
  for (guint i = 0; i < problems->len; i++) {
    AhoyConfigProblem *problem = problems->pdata[i];

    if (ahoy_config_problem_get_severity (problem) == AHOY_CONFIG_SEVERITY_ERROR
        && g_strcmp0 (ahoy_config_problem_get_file (problem), self->writable) == 0)
      return g_strdup_printf ("“%s” has an error in line %u; correct it and reload first",
                              self->writable, ahoy_config_problem_get_line (problem));
  }
  return NULL;
}

static void
read_own_file (AhoyStoreKeyfile *self)
{
  gsize length = 0;

  g_clear_pointer (&self->content, g_free);
  if (self->writable != NULL)
    self->content = ahoy_config_file_read (self->writable, MAX_SIZE, &length, NULL);
}

static void
read_files (AhoyStoreKeyfile *self, AhoyConfigReader *reader)
{
  self->n_files = ahoy_config_reader_add_folder (reader, self->folder);
  if (self->n_files == 0 && ahoy_config_reader_get_n_errors (reader) == 0
      && self->default_text != NULL)
    ahoy_config_reader_add_text (reader, self->default_name, self->default_text, -1);
}

static GPtrArray *
load (AhoyStoreKeyfile *self, const char *origin)
{
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (self->schema);
  g_autoptr (AhoyConfigSet) next = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  GPtrArray *problems;

  read_own_file (self);
  read_files (self, reader);
  next = ahoy_config_reader_read (reader);
  problems = ahoy_config_reader_list_problems (reader);
  changes = ahoy_store_table_compare (self->objects, next, &self->revision, origin);
  g_set_object (&self->reader, reader);
  g_set_object (&self->objects, next);
  g_free (self->reason);
  self->reason = find_reason (self, problems);
  ahoy_store_table_announce (AHOY_STORE_BACKEND (self), changes);
  return problems;
}

/**
 * ahoy_store_keyfile_load:
 * @self: a backend
 *
 * Reads the files, for the first time or again. What differs from before is announced by
 * #AhoyStoreBackend::changed, with `files` as the origin. A load waits until the disk answers, but
 * not for a change that is being written, which is read as soon as it is there.
 *
 * Returns: (transfer container) (element-type AhoyConfigProblem): what is wrong in the files
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_store_keyfile_load (AhoyStoreKeyfile *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_KEYFILE (self), NULL);

  return load (self, FILES_ORIGIN);
}

/**
 * ahoy_store_keyfile_get_n_files:
 * @self: a backend
 *
 * Returns: how many files the last load found, without those that they include; 0 means that nobody
 *   configured anything
 *
 * Since: 0.1
 */
guint
ahoy_store_keyfile_get_n_files (AhoyStoreKeyfile *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_KEYFILE (self), 0);

  return self->n_files;
}

/**
 * ahoy_store_keyfile_get_objects:
 * @self: a backend
 *
 * Returns: (transfer full): the objects as they are now
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_store_keyfile_get_objects (AhoyStoreKeyfile *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_KEYFILE (self), NULL);

  return ahoy_config_set_copy (self->objects);
}

/* -- writing -------------------------------------------------------------------------------- */

/* What the thread that writes needs, and what becomes of us when it has done so. */
typedef struct {
  AhoyStoreBatch *batch;
  AhoyConfigSet *base; /* the objects that the changes were prepared from */
  GPtrArray *changes;
  char *path;
  char *old_content;
  char *new_content;
} Write;

static void
write_free (gpointer data)
{
  Write *write = data;

  g_clear_object (&write->batch);
  g_clear_object (&write->base);
  g_clear_pointer (&write->changes, g_ptr_array_unref);
  g_free (write->path);
  g_free (write->old_content);
  g_free (write->new_content);
  g_free (write);
}

static gboolean
can_write (AhoyStoreBackend *backend, const char *type_name)
{
  AhoyStoreKeyfile *self = AHOY_STORE_KEYFILE (backend);

  return self->writable != NULL && ahoy_config_schema_find_class (self->schema, type_name) != NULL;
}

static gboolean
is_ours (AhoyStoreKeyfile *self, AhoyConfigObject *object)
{
  const char *file = ahoy_config_object_get_file (object);

  return file == NULL || g_strcmp0 (file, self->writable) == 0;
}

/* Whoever would change an object that stands in a file of somebody else is told where it stands. */
static gboolean
check_place (AhoyStoreKeyfile *self, GPtrArray *changes, GError **error)
{
  for (guint i = 0; i < changes->len; i++) {
    AhoyConfigObject *previous = ahoy_store_change_get_previous (changes->pdata[i]);
    g_autofree char *label = NULL;

    if (previous == NULL || is_ours (self, previous))
      continue;
    label = ahoy_config_object_dup_label (previous);
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "%s stands in %s:%u, which Ahoy does not change; change it there", label,
                 ahoy_config_object_get_file (previous), ahoy_config_object_get_line (previous));
    return FALSE;
  }
  return TRUE;
}

static char *
compose (AhoyStoreKeyfile *self, AhoyConfigSet *next)
{
  g_autoptr (GPtrArray) objects = ahoy_config_set_list (next, NULL);
  GString *text = g_string_new (MARK);

  for (guint i = 0; i < objects->len; i++) {
    g_autoptr (AhoyConfigObject) base = NULL;

    if (!is_ours (self, objects->pdata[i]))
      continue;
    if (self->reader != NULL && self->n_files > 0)
      base = ahoy_config_reader_make_default (
          self->reader, ahoy_config_object_get_type_name (objects->pdata[i]),
          ahoy_config_object_get_name (objects->pdata[i]), NULL);
    ahoy_config_writer_append (text, objects->pdata[i], base);
  }
  return g_string_free (text, FALSE);
}

static gboolean
prepare (AhoyStoreKeyfile *self, Write *write, GError **error)
{
  g_autoptr (AhoyConfigSet) stored
      = self->n_files > 0 ? g_object_ref (self->objects) : ahoy_config_set_new ();
  g_autoptr (AhoyConfigSet) next = NULL;

  if (self->writable == NULL || self->reason != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "the configuration in “%s” is not written: %s", self->folder,
                 self->reason != NULL ? self->reason : "it is read-only; change the files");
    return FALSE;
  }
  write->changes = ahoy_store_table_prepare (stored, write->batch, &self->revision, error);
  if (write->changes == NULL || !check_place (self, write->changes, error))
    return FALSE;

  ahoy_store_table_adopt (write->changes, self->writable);
  next = ahoy_config_set_copy (stored);
  ahoy_store_table_commit (next, write->changes);
  write->base = g_object_ref (self->objects);
  write->path = g_strdup (self->writable);
  write->old_content = g_strdup (self->content);
  write->new_content = compose (self, next);
  return TRUE;
}

/* Runs in a thread; touches nothing but its Write. */
static void
write_file (Write *write, GError **error)
{
  g_autofree char *present = NULL;
  gsize length = 0;

  present = ahoy_config_file_read (write->path, MAX_SIZE, &length, NULL);
  if (g_strcmp0 (present, write->old_content) != 0)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFLICT,
                 "“%s” was changed by somebody else since it was read; reload first", write->path);
  else if (strlen (write->new_content) > MAX_SIZE)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "“%s” would be larger than 4 MiB; move some objects to another file", write->path);
  else
    ahoy_config_file_write (write->path, write->new_content, error);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  write_file (data, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void start_next (AhoyStoreKeyfile *self);

/* Who loaded while we wrote may have read either content; another load tells. And with the first
 * file the default goes. */
static void
commit (AhoyStoreKeyfile *self, Write *write)
{
  if (write->base != self->objects || self->n_files == 0) {
    g_ptr_array_unref (load (self, ahoy_store_batch_get_origin (write->batch)));
    return;
  }
  g_free (self->content);
  self->content = g_strdup (write->new_content);
  ahoy_store_table_commit (self->objects, write->changes);
  ahoy_store_table_announce (AHOY_STORE_BACKEND (self), write->changes);
}

/* The file is written, or could not be. */
static void
finish_write (GTask *task, GError *error)
{
  AhoyStoreKeyfile *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);

  self->writing = FALSE;
  if (error == NULL) {
    commit (self, write);
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, error);
  }
  start_next (self);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  finish_write (task, error);
}

/* The same on a queue of a pool: a worker sees the Write and the error, the owner the rest. */
typedef struct {
  GTask *task;
  Write *write;
  GError *error;
} QueuedWrite;

static void
write_in_worker (gpointer data)
{
  QueuedWrite *queued = data;

  write_file (queued->write, &queued->error);
}

static void
on_worker_wrote (gpointer data)
{
  QueuedWrite *queued = data;
  g_autoptr (GTask) task = g_steal_pointer (&queued->task);

  finish_write (task, g_steal_pointer (&queued->error));
}

/* Who still has its task here was not written: the pool was stopped. */
static void
queued_write_free (gpointer data)
{
  QueuedWrite *queued = data;
  g_autoptr (GTask) task = g_steal_pointer (&queued->task);

  if (task != NULL) {
    finish_write (task, g_error_new (AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                                     "“%s” was not written, as the program ends",
                                     queued->write->path));
  }
  g_clear_error (&queued->error);
  g_free (queued);
}

static void
write_async (AhoyStoreKeyfile *self, GTask *task)
{
  g_autoptr (GTask) thread_task = NULL;
  QueuedWrite *queued;

  if (self->queue == NULL) {
    /* Without a source, which might be finalized by the thread. */
    thread_task = g_task_new (NULL, NULL, on_written, g_object_ref (task));
    g_task_set_task_data (thread_task, g_task_get_task_data (task), NULL);
    g_task_run_in_thread (thread_task, write_in_thread);
    return;
  }
  queued = g_new0 (QueuedWrite, 1);
  queued->task = g_object_ref (task);
  queued->write = g_task_get_task_data (task);
  ahoy_work_queue_push (self->queue, write_in_worker, on_worker_wrote, queued, queued_write_free,
                        NULL);
}

/* One write at a time; each is prepared when the one before is done. */
static void
start_next (AhoyStoreKeyfile *self)
{
  while (!self->writing && !g_queue_is_empty (&self->waiting)) {
    g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);
    Write *write = g_task_get_task_data (task);
    GError *error = NULL;

    if (g_task_return_error_if_cancelled (task))
      continue;
    if (!prepare (self, write, &error)) {
      g_task_return_error (task, error);
      continue;
    }
    self->writing = TRUE;
    write_async (self, task);
  }
}

static void
apply_async (AhoyStoreBackend *backend, AhoyStoreBatch *batch, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  AhoyStoreKeyfile *self = AHOY_STORE_KEYFILE (backend);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Write *write = g_new0 (Write, 1);

  write->batch = g_object_ref (batch);
  g_task_set_task_data (task, write, write_free);
  g_queue_push_tail (&self->waiting, task);
  start_next (self);
}

static void
query_async (AhoyStoreBackend *backend, AhoyStoreQuery *query, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  ahoy_store_table_query_async (backend, AHOY_STORE_KEYFILE (backend)->objects, query, cancellable,
                                callback, user_data);
}

static gpointer
ref_problem (gconstpointer problem, gpointer user_data)
{
  return ahoy_config_problem_ref ((AhoyConfigProblem *)problem);
}

static AhoyConfigSet *
load_all (AhoyStoreBackend *backend, GPtrArray *problems)
{
  g_autoptr (GPtrArray) found = ahoy_store_keyfile_load (AHOY_STORE_KEYFILE (backend));

  g_ptr_array_extend (problems, found, ref_problem, NULL);
  return ahoy_store_keyfile_get_objects (AHOY_STORE_KEYFILE (backend));
}

static void
backend_init (AhoyStoreBackendInterface *iface)
{
  iface->can_write = can_write;
  iface->apply_async = apply_async;
  iface->apply_finish = ahoy_store_table_apply_finish;
  iface->query_async = query_async;
  iface->query_finish = ahoy_store_table_query_finish;
  iface->read_all = load_all;
}
