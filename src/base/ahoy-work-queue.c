/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-work-pool-private.h"

/**
 * AhoyWorkQueue:
 *
 * Work that may block, on the threads of an #AhoyWorkPool: one piece after the other, never two at
 * a time, while other queues go on beside it. What comes out is told in the owner's thread.
 *
 * Any thread may push. The work sees its data only; the data is nobody else's until it is done.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (AhoyWorkQueue, ahoy_work_queue, G_TYPE_OBJECT)

static void
ahoy_work_queue_finalize (GObject *object)
{
  AhoyWorkQueue *self = AHOY_WORK_QUEUE (object);

  /* The worker that handed the last work back may still look at the queue. */
  pthread_mutex_lock (&self->pool->mutex);
  pthread_mutex_unlock (&self->pool->mutex);
  g_object_unref (self->pool);
  g_hash_table_unref (self->by_id);
  g_free (self->name);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_work_queue_parent_class)->finalize (object);
}

static void
ahoy_work_queue_class_init (AhoyWorkQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_work_queue_finalize;
}

static void
ahoy_work_queue_init (AhoyWorkQueue *self)
{
  g_queue_init (&self->waiting);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_work_queue_new:
 * @pool: whose threads do the work
 * @name: what the queue is for, as people see it
 *
 * Returns: (transfer full): an empty queue
 *
 * Since: 0.1
 */
AhoyWorkQueue *
ahoy_work_queue_new (AhoyWorkPool *pool, const char *name)
{
  AhoyWorkQueue *self;

  g_return_val_if_fail (AHOY_IS_WORK_POOL (pool), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (AHOY_TYPE_WORK_QUEUE, NULL);
  self->pool = g_object_ref (pool);
  self->name = g_strdup (name);
  return self;
}

/**
 * ahoy_work_queue_get_name:
 * @self: a queue
 *
 * Returns: (transfer none): what the queue is for
 *
 * Since: 0.1
 */
const char *
ahoy_work_queue_get_name (AhoyWorkQueue *self)
{
  g_return_val_if_fail (AHOY_IS_WORK_QUEUE (self), NULL);

  return self->name;
}

static AhoyWork *
work_new (AhoyWorkQueue *self, AhoyTaskFunc work, AhoyTaskFunc done, gpointer data,
          GDestroyNotify destroy)
{
  AhoyWork *result = g_new0 (AhoyWork, 1);

  result->queue = g_object_ref (self);
  result->work = work;
  result->done = done;
  result->data = data;
  result->destroy = destroy;
  return result;
}

/**
 * ahoy_work_queue_push: (skip)
 * @self: a queue
 * @work: runs in a thread of the pool; sees @data and nothing else
 * @done: (nullable): called with @data in the owner's thread when @work ran
 * @data: plain data, for both
 * @destroy: (nullable): called with @data in the owner's thread when all is over, exactly once
 * @error: return location for an error
 *
 * Adds a piece of work. Any thread may call this.
 *
 * Returns: a number that names the work, for ahoy_work_queue_cancel(); 0 with
 *   %AHOY_ERROR_LIMIT_EXCEEDED when too much waits already, or with %AHOY_ERROR_INVALID_STATE when
 *   the pool was stopped, after @destroy was called
 *
 * Since: 0.1
 */
guint64
ahoy_work_queue_push (AhoyWorkQueue *self, AhoyTaskFunc work, AhoyTaskFunc done, gpointer data,
                      GDestroyNotify destroy, GError **error)
{
  g_return_val_if_fail (AHOY_IS_WORK_QUEUE (self), 0);
  g_return_val_if_fail (work != NULL, 0);

  return ahoy_work_pool_submit (self->pool, work_new (self, work, done, data, destroy), error);
}

/**
 * ahoy_work_queue_push_and_wait:
 * @self: a queue
 * @work: (scope call) (closure data): runs in a thread of the pool; sees @data and nothing else
 * @data: for @work
 * @error: return location for an error
 *
 * Runs a piece of work and waits for it. The owner's thread may not wait, as everything would with
 * it, nor may a worker, which might wait for itself.
 *
 * Returns: %TRUE when @work ran; %FALSE with %AHOY_ERROR_INVALID_STATE in the owner's thread, in a
 *   worker and when the pool was stopped or the work cancelled, or with
 *   %AHOY_ERROR_LIMIT_EXCEEDED when too much waits already
 *
 * Since: 0.1
 */
gboolean
ahoy_work_queue_push_and_wait (AhoyWorkQueue *self, AhoyTaskFunc work, gpointer data,
                               GError **error)
{
  AhoyTaskWait *wait;
  AhoyWork *piece;

  g_return_val_if_fail (AHOY_IS_WORK_QUEUE (self), FALSE);
  g_return_val_if_fail (work != NULL, FALSE);

  if (ahoy_work_pool_is_any_worker () || ahoy_dispatcher_is_owner (self->pool->dispatcher)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Neither the main thread nor a worker can wait for the queue “%s”; push the work "
                 "instead",
                 self->name);
    return FALSE;
  }
  wait = ahoy_task_wait_new ();
  piece = work_new (self, work, NULL, data, NULL);
  piece->wait = wait;
  if (ahoy_work_pool_submit (self->pool, piece, error) == 0) {
    ahoy_task_wait_finish (wait, FALSE);
    ahoy_task_wait_block (wait);
    return FALSE;
  }
  if (ahoy_task_wait_block (wait)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
               "The work pool was stopped, or the work cancelled, before the queue “%s” came to it",
               self->name);
  return FALSE;
}

/**
 * ahoy_work_queue_cancel:
 * @self: a queue
 * @id: the number of a piece of work
 *
 * Takes work back: what did not begin never runs; what runs goes on, but its `done` is not called.
 * To be called in the owner's thread.
 *
 * Returns: whether there was such work, and its `done` was not called yet
 *
 * Since: 0.1
 */
gboolean
ahoy_work_queue_cancel (AhoyWorkQueue *self, guint64 id)
{
  g_return_val_if_fail (AHOY_IS_WORK_QUEUE (self), FALSE);
  g_return_val_if_fail (ahoy_dispatcher_is_owner (self->pool->dispatcher), FALSE);

  return ahoy_work_pool_take_back (self->pool, self, id);
}

/**
 * ahoy_work_queue_is_current:
 * @self: a queue
 *
 * Returns: whether the calling thread is a worker that is at work of this queue
 *
 * Since: 0.1
 */
gboolean
ahoy_work_queue_is_current (AhoyWorkQueue *self)
{
  g_return_val_if_fail (AHOY_IS_WORK_QUEUE (self), FALSE);

  return ahoy_work_pool_is_at (self);
}

/**
 * ahoy_work_queue_get_length:
 * @self: a queue
 *
 * Returns: how many pieces of work did not begin yet
 *
 * Since: 0.1
 */
guint
ahoy_work_queue_get_length (AhoyWorkQueue *self)
{
  guint length;

  g_return_val_if_fail (AHOY_IS_WORK_QUEUE (self), 0);

  pthread_mutex_lock (&self->pool->mutex);
  length = g_queue_get_length (&self->waiting);
  pthread_mutex_unlock (&self->pool->mutex);
  return length;
}

/**
 * ahoy_work_queue_get_limit:
 * @self: a queue
 *
 * Returns: how many pieces of work may wait, 0 for as many as there are
 *
 * Since: 0.1
 */
guint
ahoy_work_queue_get_limit (AhoyWorkQueue *self)
{
  guint limit;

  g_return_val_if_fail (AHOY_IS_WORK_QUEUE (self), 0);

  pthread_mutex_lock (&self->pool->mutex);
  limit = self->limit;
  pthread_mutex_unlock (&self->pool->mutex);
  return limit;
}

/**
 * ahoy_work_queue_set_limit:
 * @self: a queue
 * @limit: how many pieces of work may wait, 0 for as many as there are
 *
 * Bounds the queue. What waits already stays.
 *
 * Since: 0.1
 */
void
ahoy_work_queue_set_limit (AhoyWorkQueue *self, guint limit)
{
  g_return_if_fail (AHOY_IS_WORK_QUEUE (self));

  pthread_mutex_lock (&self->pool->mutex);
  self->limit = limit;
  pthread_mutex_unlock (&self->pool->mutex);
}
