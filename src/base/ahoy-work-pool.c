/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-work-pool-private.h"

/**
 * AhoyWorkPool:
 *
 * The threads for work that may block: files, databases, name services. Each kind of work has an
 * #AhoyWorkQueue; the work of one queue runs in order, that of different queues beside each other.
 *
 * A worker sees plain data only, no object of Ahoy. Threads are made when there is work for them.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (AhoyWorkPool, ahoy_work_pool, G_TYPE_OBJECT)

#define MAX_SIZE 256

static __thread AhoyWorkPool *current_pool;
static __thread AhoyWorkQueue *current_queue;

/* -- in the owner's thread ------------------------------------------------------------------ */

static void
work_free (gpointer user_data)
{
  AhoyWork *work = user_data;

  if (work->destroy != NULL) {
    work->destroy (work->data);
  }
  g_object_unref (work->queue);
  g_free (work);
}

static void
on_back (gpointer user_data)
{
  AhoyWork *work = user_data;
  AhoyWorkPool *self = work->queue->pool;

  pthread_mutex_lock (&self->mutex);
  g_hash_table_remove (work->queue->by_id, &work->id);
  pthread_mutex_unlock (&self->mutex);
  if (work->ran && !work->unwanted && work->done != NULL) {
    work->done (work->data);
  }
}

/* -- under the mutex ------------------------------------------------------------------------ */

static gpointer run_worker (gpointer data);

static void
add_thread (AhoyWorkPool *self)
{
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_try_new ("ahoy-worker", run_worker, self, &error);

  if (thread != NULL) {
    g_ptr_array_add (self->threads, thread);
  } else if (self->threads->len == 0) {
    g_critical ("There is no thread for blocking work, which stands still: %s", error->message);
  }
}

static void
make_ready (AhoyWorkPool *self, AhoyWorkQueue *queue)
{
  queue->scheduled = TRUE;
  g_queue_push_tail (&self->ready, queue);
  if (self->n_idle > 0) {
    pthread_cond_signal (&self->cond);
  }
  if (g_queue_get_length (&self->ready) > self->n_idle && self->threads->len < self->size) {
    add_thread (self);
  }
}

static AhoyWork *
pop_work (AhoyWorkPool *self, AhoyWorkQueue *queue)
{
  AhoyWork *work = g_queue_pop_head (&queue->waiting);

  if (g_queue_is_empty (&queue->waiting)) {
    g_hash_table_remove (self->queues, queue);
  }
  return work;
}

/* -- in a worker ---------------------------------------------------------------------------- */

static void
run_one (AhoyWorkPool *self, AhoyWorkQueue *queue)
{
  AhoyWork *work = pop_work (self, queue);

  current_queue = queue;
  pthread_mutex_unlock (&self->mutex);
  work->work (work->data);
  pthread_mutex_lock (&self->mutex);
  current_queue = NULL;

  self->n_done++;
  work->ran = TRUE;
  if (work->wait != NULL) {
    ahoy_task_wait_finish (g_steal_pointer (&work->wait), TRUE);
  }
  if (g_queue_is_empty (&queue->waiting)) {
    queue->scheduled = FALSE;
  } else {
    make_ready (self, queue); /* behind the others: no queue keeps a worker to itself */
  }
  /* Perhaps with the last reference to the queue, which does not go while the mutex is held. */
  ahoy_dispatcher_push (self->dispatcher, on_back, work, work_free);
}

static gpointer
run_worker (gpointer data)
{
  AhoyWorkPool *self = data;

  current_pool = self;
  pthread_mutex_lock (&self->mutex);
  while (!self->stopped && self->threads->len <= self->size) {
    AhoyWorkQueue *queue = g_queue_pop_head (&self->ready);

    if (queue != NULL) {
      run_one (self, queue);
      continue;
    }
    self->n_idle++;
    pthread_cond_wait (&self->cond, &self->mutex);
    self->n_idle--;
  }
  if (!self->stopped) {
    /* One too many since the size was changed. Nobody waits for this thread. */
    g_ptr_array_remove_fast (self->threads, g_thread_self ());
    g_thread_unref (g_thread_self ());
    pthread_cond_signal (&self->cond);
  }
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

/* -- for the queues ------------------------------------------------------------------------- */

static gboolean
check_submit (AhoyWorkPool *self, AhoyWorkQueue *queue, GError **error)
{
  if (self->stopped) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The work pool was stopped; the queue “%s” takes no more work", queue->name);
    return FALSE;
  }
  if (queue->limit != 0 && g_queue_get_length (&queue->waiting) >= queue->limit) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "The queue “%s” has its limit of %u tasks; try again later, or raise the limit",
                 queue->name, queue->limit);
    return FALSE;
  }
  return TRUE;
}

/* Takes @work, with the reference to its queue. 0 with an error, and @work is freed, when there is
 * no place for it. */
guint64
ahoy_work_pool_submit (AhoyWorkPool *self, AhoyWork *work, GError **error)
{
  AhoyWorkQueue *queue = work->queue;
  guint64 id = 0;

  pthread_mutex_lock (&self->mutex);
  if (check_submit (self, queue, error)) {
    id = work->id = ++self->next_id;
    g_hash_table_insert (queue->by_id, &work->id, work);
    g_queue_push_tail (&queue->waiting, work);
    g_hash_table_add (self->queues, queue);
    if (!queue->scheduled) {
      make_ready (self, queue);
    }
  }
  pthread_mutex_unlock (&self->mutex);
  if (id == 0) {
    work_free (work);
  }
  return id;
}

/* In the owner's thread: @id is not run any more, or nobody hears of it. FALSE: there is none. */
gboolean
ahoy_work_pool_take_back (AhoyWorkPool *self, AhoyWorkQueue *queue, guint64 id)
{
  AhoyWork *work;
  AhoyWork *dropped = NULL;

  pthread_mutex_lock (&self->mutex);
  work = g_hash_table_lookup (queue->by_id, &id);
  if (work != NULL && g_queue_remove (&queue->waiting, work)) {
    dropped = work;
    g_hash_table_remove (queue->by_id, &id);
    if (g_queue_is_empty (&queue->waiting)) {
      g_hash_table_remove (self->queues, queue);
      if (g_queue_remove (&self->ready, queue)) {
        queue->scheduled = FALSE;
      }
    }
  }
  pthread_mutex_unlock (&self->mutex);
  if (dropped == NULL && work != NULL) {
    gboolean wanted = !work->unwanted;

    work->unwanted = TRUE;
    return wanted;
  }
  if (dropped == NULL) {
    return FALSE;
  }
  if (dropped->wait != NULL) {
    ahoy_task_wait_finish (dropped->wait, FALSE);
  }
  work_free (dropped);
  return TRUE;
}

/* Whether the calling thread is a worker of any pool. */
gboolean
ahoy_work_pool_is_any_worker (void)
{
  return current_pool != NULL;
}

/* Whether the calling thread is a worker at something of @queue. */
gboolean
ahoy_work_pool_is_at (AhoyWorkQueue *queue)
{
  return current_queue == queue;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_work_pool_dispose (GObject *object)
{
  ahoy_work_pool_stop (AHOY_WORK_POOL (object));
  G_OBJECT_CLASS (ahoy_work_pool_parent_class)->dispose (object);
}

static void
ahoy_work_pool_finalize (GObject *object)
{
  AhoyWorkPool *self = AHOY_WORK_POOL (object);

  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->mutex);
  g_hash_table_unref (self->queues);
  g_ptr_array_unref (self->threads);
  g_clear_object (&self->dispatcher);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_work_pool_parent_class)->finalize (object);
}

static void
ahoy_work_pool_class_init (AhoyWorkPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_work_pool_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_work_pool_finalize;
}

static void
ahoy_work_pool_init (AhoyWorkPool *self)
{
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->cond, NULL);
  g_queue_init (&self->ready);
  self->queues = g_hash_table_new (NULL, NULL);
  self->threads = g_ptr_array_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_work_pool_new:
 * @dispatcher: what brings results into the owner's thread
 * @size: how many threads at most, up to 256; 0 for one more than there are processors, and at
 *   least four
 *
 * Returns: (transfer full): a pool without threads yet
 *
 * Since: 0.1
 */
AhoyWorkPool *
ahoy_work_pool_new (AhoyDispatcher *dispatcher, guint size)
{
  AhoyWorkPool *self;

  g_return_val_if_fail (AHOY_IS_DISPATCHER (dispatcher), NULL);

  self = g_object_new (AHOY_TYPE_WORK_POOL, NULL);
  self->dispatcher = g_object_ref (dispatcher);
  ahoy_work_pool_set_size (self, size);
  return self;
}

/**
 * ahoy_work_pool_get_size:
 * @self: a pool
 *
 * Returns: how many threads there are at most
 *
 * Since: 0.1
 */
guint
ahoy_work_pool_get_size (AhoyWorkPool *self)
{
  guint size;

  g_return_val_if_fail (AHOY_IS_WORK_POOL (self), 0);

  pthread_mutex_lock (&self->mutex);
  size = self->size;
  pthread_mutex_unlock (&self->mutex);
  return size;
}

/**
 * ahoy_work_pool_set_size:
 * @self: a pool
 * @size: how many threads at most, up to 256; 0 for one more than there are processors, and at
 *   least four
 *
 * Changes the number of threads. Threads that are too many end when they have done what they are
 * at.
 *
 * Since: 0.1
 */
void
ahoy_work_pool_set_size (AhoyWorkPool *self, guint size)
{
  g_return_if_fail (AHOY_IS_WORK_POOL (self));

  if (size == 0) {
    size = MAX (g_get_num_processors () + 1, 4);
  }
  pthread_mutex_lock (&self->mutex);
  self->size = MIN (size, MAX_SIZE);
  for (guint i = self->n_idle; i < g_queue_get_length (&self->ready); i++) {
    if (self->threads->len < self->size) {
      add_thread (self);
    }
  }
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->mutex);
}

/**
 * ahoy_work_pool_is_worker:
 * @self: a pool
 *
 * Returns: whether the calling thread is one of the pool's
 *
 * Since: 0.1
 */
gboolean
ahoy_work_pool_is_worker (AhoyWorkPool *self)
{
  g_return_val_if_fail (AHOY_IS_WORK_POOL (self), FALSE);

  return current_pool == self;
}

/**
 * ahoy_work_pool_get_statistics:
 * @self: a pool
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`): `size`, `threads`, `idle` threads,
 *   `busy-queues`, which wait for a thread, and `done` pieces of work
 *
 * Since: 0.1
 */
GVariant *
ahoy_work_pool_get_statistics (AhoyWorkPool *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_WORK_POOL (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  pthread_mutex_lock (&self->mutex);
  g_variant_builder_add (&builder, "{st}", "size", (guint64) self->size);
  g_variant_builder_add (&builder, "{st}", "threads", (guint64) self->threads->len);
  g_variant_builder_add (&builder, "{st}", "idle", (guint64) self->n_idle);
  g_variant_builder_add (&builder, "{st}", "busy-queues",
                         (guint64) g_queue_get_length (&self->ready));
  g_variant_builder_add (&builder, "{st}", "done", self->n_done);
  pthread_mutex_unlock (&self->mutex);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Takes everything that waits. */
static GPtrArray *
take_all (AhoyWorkPool *self)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (work_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->queues);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    AhoyWorkQueue *queue = key;
    AhoyWork *work;

    while ((work = g_queue_pop_head (&queue->waiting)) != NULL) {
      g_hash_table_remove (queue->by_id, &work->id);
      g_ptr_array_add (all, work);
    }
    queue->scheduled = FALSE;
  }
  g_hash_table_remove_all (self->queues);
  g_queue_clear (&self->ready);
  return all;
}

/**
 * ahoy_work_pool_stop:
 * @self: a pool
 *
 * Takes no more work, drops what did not begin, and waits for what did. To be called in the owner's
 * thread. Results that are on their way still arrive.
 *
 * Since: 0.1
 */
void
ahoy_work_pool_stop (AhoyWorkPool *self)
{
  g_autoptr (GPtrArray) dropped = NULL;
  g_autoptr (GPtrArray) threads = NULL;

  g_return_if_fail (AHOY_IS_WORK_POOL (self));

  pthread_mutex_lock (&self->mutex);
  self->stopped = TRUE;
  dropped = take_all (self);
  threads = g_ptr_array_copy (self->threads, NULL, NULL);
  g_ptr_array_set_size (self->threads, 0);
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->mutex);

  for (guint i = 0; i < dropped->len; i++) {
    AhoyWork *work = dropped->pdata[i];

    if (work->wait != NULL) {
      ahoy_task_wait_finish (g_steal_pointer (&work->wait), FALSE);
    }
  }
  for (guint i = 0; i < threads->len; i++) {
    g_thread_join (threads->pdata[i]);
  }
}
