/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-task-queue.h"

#include <stdatomic.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-task-wait-private.h"
#include "ahoy-work-pool-private.h"

/**
 * AhoyTaskQueue:
 *
 * Tasks that run one after the other in the thread that owns a main context: what has to be done in
 * order about one thing, such as a dialog or an address of record. While an extension looks
 * something up the queue is suspended, and everything behind waits.
 *
 * Any thread may push; all else is for the owner's thread. A task never runs from within the call
 * that pushed it. What blocks belongs into an #AhoyWorkQueue.
 *
 * Since: 0.1
 */
struct _AhoyTaskQueue {
  GObject parent_instance;

  AhoyDispatcher *dispatcher;
  char *name;
  GQueue tasks; /* Task; the owner's */
  guint suspended;
  gboolean scheduled;
  gboolean running;
  gboolean closed;
  atomic_uint length; /* with those that are on their way to the owner */
  atomic_uint limit;  /* 0: none */
  atomic_ullong next_id;
};

typedef struct {
  guint64 id;
  AhoyTaskFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  AhoyTaskWait *wait;
} Task;

/* A task of another thread, on its way to the owner. */
typedef struct {
  AhoyTaskQueue *queue;
  Task *task;
} Arrival;

#define MAX_RUN 64 /* tasks, before others get a turn */

G_DEFINE_FINAL_TYPE (AhoyTaskQueue, ahoy_task_queue, G_TYPE_OBJECT)

static void
task_free (Task *task, gboolean ran)
{
  if (task->wait != NULL) {
    ahoy_task_wait_finish (task->wait, ran);
  }
  if (task->destroy != NULL) {
    task->destroy (task->user_data);
  }
  g_free (task);
}

/* -- running -------------------------------------------------------------------------------- */

static void run_tasks (gpointer user_data);

static void
schedule (AhoyTaskQueue *self)
{
  if (!self->scheduled && self->suspended == 0 && !g_queue_is_empty (&self->tasks)) {
    self->scheduled = TRUE;
    ahoy_dispatcher_push (self->dispatcher, run_tasks, g_object_ref (self), g_object_unref);
  }
}

static void
run_tasks (gpointer user_data)
{
  AhoyTaskQueue *self = user_data;
  Task *task;

  self->running = TRUE;
  for (guint i = 0; i < MAX_RUN && self->suspended == 0; i++) {
    task = g_queue_pop_head (&self->tasks);
    if (task == NULL) {
      break;
    }
    atomic_fetch_sub (&self->length, 1);
    task->func (task->user_data);
    task_free (task, TRUE);
  }
  self->running = FALSE;
  self->scheduled = FALSE;
  schedule (self);
}

/* The queue never ran it, and never will. */
static void
drop (AhoyTaskQueue *self, Task *task)
{
  atomic_fetch_sub (&self->length, 1);
  task_free (task, FALSE);
}

static void
append (AhoyTaskQueue *self, Task *task)
{
  if (self->closed) {
    drop (self, task);
    return;
  }
  g_queue_push_tail (&self->tasks, task);
  schedule (self);
}

static void
on_arrived (gpointer user_data)
{
  Arrival *arrival = user_data;

  append (arrival->queue, g_steal_pointer (&arrival->task));
}

static void
arrival_free (gpointer user_data)
{
  Arrival *arrival = user_data;

  if (arrival->task != NULL) {
    drop (arrival->queue, arrival->task); /* the dispatcher went before it arrived */
  }
  g_object_unref (arrival->queue);
  g_free (arrival);
}

static void
ahoy_task_queue_dispose (GObject *object)
{
  AhoyTaskQueue *self = AHOY_TASK_QUEUE (object);
  Task *task;

  self->closed = TRUE;
  while ((task = g_queue_pop_head (&self->tasks)) != NULL) {
    drop (self, task);
  }
  G_OBJECT_CLASS (ahoy_task_queue_parent_class)->dispose (object);
}

static void
ahoy_task_queue_finalize (GObject *object)
{
  AhoyTaskQueue *self = AHOY_TASK_QUEUE (object);

  g_object_unref (self->dispatcher);
  g_free (self->name);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_task_queue_parent_class)->finalize (object);
}

static void
ahoy_task_queue_class_init (AhoyTaskQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_task_queue_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_task_queue_finalize;
}

static void
ahoy_task_queue_init (AhoyTaskQueue *self)
{
  g_queue_init (&self->tasks);
  atomic_init (&self->next_id, 1);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_task_queue_new:
 * @dispatcher: what brings tasks into the owner's thread
 * @name: what the queue is for, as people see it
 *
 * Returns: (transfer full): an empty queue
 *
 * Since: 0.1
 */
AhoyTaskQueue *
ahoy_task_queue_new (AhoyDispatcher *dispatcher, const char *name)
{
  AhoyTaskQueue *self;

  g_return_val_if_fail (AHOY_IS_DISPATCHER (dispatcher), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (AHOY_TYPE_TASK_QUEUE, NULL);
  self->dispatcher = g_object_ref (dispatcher);
  self->name = g_strdup (name);
  return self;
}

/**
 * ahoy_task_queue_get_name:
 * @self: a queue
 *
 * Returns: (transfer none): what the queue is for
 *
 * Since: 0.1
 */
const char *
ahoy_task_queue_get_name (AhoyTaskQueue *self)
{
  g_return_val_if_fail (AHOY_IS_TASK_QUEUE (self), NULL);

  return self->name;
}

static gboolean
take_place (AhoyTaskQueue *self, GError **error)
{
  guint limit = atomic_load (&self->limit);

  if (atomic_fetch_add (&self->length, 1) < limit || limit == 0) {
    return TRUE;
  }
  atomic_fetch_sub (&self->length, 1);
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
               "The queue “%s” has its limit of %u tasks; try again later, or raise the limit",
               self->name, limit);
  return FALSE;
}

static Task *
task_new (AhoyTaskQueue *self, AhoyTaskFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Task *task = g_new0 (Task, 1);

  task->id = atomic_fetch_add (&self->next_id, 1);
  task->func = func;
  task->user_data = user_data;
  task->destroy = destroy;
  return task;
}

static void
send (AhoyTaskQueue *self, Task *task)
{
  Arrival *arrival;

  if (ahoy_dispatcher_is_owner (self->dispatcher)) {
    append (self, task);
    return;
  }
  arrival = g_new (Arrival, 1);
  arrival->queue = g_object_ref (self);
  arrival->task = task;
  ahoy_dispatcher_push (self->dispatcher, on_arrived, arrival, arrival_free);
}

/**
 * ahoy_task_queue_push:
 * @self: a queue
 * @func: (scope notified) (closure user_data) (destroy destroy): what to run, once
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when the task ran or never will, exactly once
 * @error: return location for an error
 *
 * Adds a task. Any thread may call this. What one thread pushes runs in that order.
 *
 * Returns: a number that names the task; 0 with %AHOY_ERROR_LIMIT_EXCEEDED when too many wait
 *   already, after @destroy was called
 *
 * Since: 0.1
 */
guint64
ahoy_task_queue_push (AhoyTaskQueue *self, AhoyTaskFunc func, gpointer user_data,
                      GDestroyNotify destroy, GError **error)
{
  guint64 id;
  Task *task;

  g_return_val_if_fail (AHOY_IS_TASK_QUEUE (self), 0);
  g_return_val_if_fail (func != NULL, 0);

  if (!take_place (self, error)) {
    if (destroy != NULL) {
      destroy (user_data);
    }
    return 0;
  }
  task = task_new (self, func, user_data, destroy);
  id = task->id;
  send (self, task);
  return id;
}

/**
 * ahoy_task_queue_push_and_wait:
 * @self: a queue
 * @func: (scope call) (closure user_data): what to run, once
 * @user_data: for @func
 * @error: return location for an error
 *
 * Runs a task in the owner's thread and waits for it. The owner itself cannot wait, as nobody else
 * would run the task, nor can a worker of an #AhoyWorkPool, which the owner may be waiting for.
 *
 * Returns: %TRUE when @func ran; %FALSE with %AHOY_ERROR_INVALID_STATE in the owner's thread, in a
 *   worker and when the queue went before, or with %AHOY_ERROR_LIMIT_EXCEEDED when too many wait
 *   already
 *
 * Since: 0.1
 */
gboolean
ahoy_task_queue_push_and_wait (AhoyTaskQueue *self, AhoyTaskFunc func, gpointer user_data,
                               GError **error)
{
  AhoyTaskWait *wait;
  Task *task;

  g_return_val_if_fail (AHOY_IS_TASK_QUEUE (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  if (ahoy_dispatcher_is_owner (self->dispatcher) || ahoy_work_pool_is_any_worker ()) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Neither the thread that runs the queue “%s” nor a worker can wait for it; push "
                 "the task instead",
                 self->name);
    return FALSE;
  }
  if (!take_place (self, error)) {
    return FALSE;
  }
  wait = ahoy_task_wait_new ();
  task = task_new (self, func, user_data, NULL);
  task->wait = wait;
  send (self, task);
  if (ahoy_task_wait_block (wait)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
               "The queue “%s” went, or the task was cancelled, before it ran", self->name);
  return FALSE;
}

/**
 * ahoy_task_queue_cancel:
 * @self: a queue
 * @id: the number of a task
 *
 * Takes a task out that did not begin yet. One that another thread pushed can be cancelled when it
 * has arrived.
 *
 * Returns: whether there was such a task
 *
 * Since: 0.1
 */
gboolean
ahoy_task_queue_cancel (AhoyTaskQueue *self, guint64 id)
{
  g_return_val_if_fail (AHOY_IS_TASK_QUEUE (self), FALSE);
  g_return_val_if_fail (ahoy_dispatcher_is_owner (self->dispatcher), FALSE);

  for (GList *at = self->tasks.head; at != NULL; at = at->next) {
    Task *task = at->data;

    if (task->id == id) {
      g_queue_delete_link (&self->tasks, at);
      drop (self, task);
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * ahoy_task_queue_suspend:
 * @self: a queue
 *
 * Lets no further task begin until ahoy_task_queue_resume() was called as often as this.
 *
 * Since: 0.1
 */
void
ahoy_task_queue_suspend (AhoyTaskQueue *self)
{
  g_return_if_fail (AHOY_IS_TASK_QUEUE (self));
  g_return_if_fail (ahoy_dispatcher_is_owner (self->dispatcher));

  self->suspended++;
}

/**
 * ahoy_task_queue_resume:
 * @self: a queue that is suspended
 *
 * Takes one ahoy_task_queue_suspend() back.
 *
 * Since: 0.1
 */
void
ahoy_task_queue_resume (AhoyTaskQueue *self)
{
  g_return_if_fail (AHOY_IS_TASK_QUEUE (self));
  g_return_if_fail (ahoy_dispatcher_is_owner (self->dispatcher));
  g_return_if_fail (self->suspended > 0);

  self->suspended--;
  schedule (self);
}

static void
on_over (AhoyDeferral *deferral, AhoyDeferralState state, AhoyTaskQueue *self)
{
  g_autoptr (AhoyTaskQueue) hold = g_object_ref (self);

  g_signal_handlers_disconnect_by_func (deferral, on_over, self);
  ahoy_task_queue_resume (self);
}

/**
 * ahoy_task_queue_suspend_for:
 * @self: a queue
 * @deferral: what has to be over before the next task begins
 *
 * Suspends the queue while an extension has not said its word. Usually the task that runs calls
 * this: the next one then waits.
 *
 * Since: 0.1
 */
void
ahoy_task_queue_suspend_for (AhoyTaskQueue *self, AhoyDeferral *deferral)
{
  g_return_if_fail (AHOY_IS_TASK_QUEUE (self));
  g_return_if_fail (AHOY_IS_DEFERRAL (deferral));
  g_return_if_fail (ahoy_dispatcher_is_owner (self->dispatcher));

  if (!ahoy_deferral_is_waiting (deferral)) {
    return;
  }
  ahoy_task_queue_suspend (self);
  g_signal_connect_data (deferral, "over", G_CALLBACK (on_over), g_object_ref (self),
                         (GClosureNotify) (void (*) (void)) g_object_unref, 0);
}

/**
 * ahoy_task_queue_is_current:
 * @self: a queue
 *
 * Returns: whether the caller is inside a task of this queue
 *
 * Since: 0.1
 */
gboolean
ahoy_task_queue_is_current (AhoyTaskQueue *self)
{
  g_return_val_if_fail (AHOY_IS_TASK_QUEUE (self), FALSE);

  return ahoy_dispatcher_is_owner (self->dispatcher) && self->running;
}

/**
 * ahoy_task_queue_get_length:
 * @self: a queue
 *
 * Returns: how many tasks wait, those on their way from other threads included
 *
 * Since: 0.1
 */
guint
ahoy_task_queue_get_length (AhoyTaskQueue *self)
{
  g_return_val_if_fail (AHOY_IS_TASK_QUEUE (self), 0);

  return atomic_load (&self->length);
}

/**
 * ahoy_task_queue_get_limit:
 * @self: a queue
 *
 * Returns: how many tasks may wait, 0 for as many as there are
 *
 * Since: 0.1
 */
guint
ahoy_task_queue_get_limit (AhoyTaskQueue *self)
{
  g_return_val_if_fail (AHOY_IS_TASK_QUEUE (self), 0);

  return atomic_load (&self->limit);
}

/**
 * ahoy_task_queue_set_limit:
 * @self: a queue
 * @limit: how many tasks may wait, 0 for as many as there are
 *
 * Bounds the queue. What waits already stays.
 *
 * Since: 0.1
 */
void
ahoy_task_queue_set_limit (AhoyTaskQueue *self, guint limit)
{
  g_return_if_fail (AHOY_IS_TASK_QUEUE (self));

  atomic_store (&self->limit, limit);
}
