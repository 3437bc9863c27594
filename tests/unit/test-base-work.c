/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <pthread.h>
#include <stdatomic.h>

#include "ahoy.h"
#include "watchdog.h"

#define N_PUSHERS 8
#define N_QUEUES 100
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define N_WORKS 100000
#else
#define N_WORKS 1000000
#endif
#define ROUNDS (N_WORKS / N_PUSHERS / N_QUEUES)

typedef struct {
  AhoyDispatcher *dispatcher;
  AhoyWorkPool *pool;
  AhoyWorkQueue *queue;
  guint done;
  guint destroyed;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->dispatcher = ahoy_dispatcher_new (NULL);
  fixture->pool = ahoy_work_pool_new (fixture->dispatcher, GPOINTER_TO_UINT (data));
  fixture->queue = ahoy_work_queue_new (fixture->pool, "test");
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  ahoy_work_pool_stop (fixture->pool);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_clear_object (&fixture->queue);
  g_clear_object (&fixture->pool);
  g_clear_object (&fixture->dispatcher);
  g_assert_cmpuint (ahoy_census_count ("AhoyWorkQueue"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyWorkPool"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyDispatcher"), ==, 0);
}

static guint64
get_statistic (Fixture *fixture, const char *name)
{
  g_autoptr (GVariant) statistics = ahoy_work_pool_get_statistics (fixture->pool);
  guint64 value = 0;

  g_assert_true (g_variant_lookup (statistics, name, "t", &value));
  return value;
}

/* A place where workers stand until they are let go; POSIX, so that ThreadSanitizer sees it. */
typedef struct {
  Fixture *fixture;
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  guint inside;
  gboolean open;
} Gate;

static void
gate_init (Gate *gate, Fixture *fixture)
{
  *gate = (Gate){ .fixture = fixture };
  pthread_mutex_init (&gate->mutex, NULL);
  pthread_cond_init (&gate->cond, NULL);
}

static void
gate_wait (gpointer data)
{
  Gate *gate = data;

  pthread_mutex_lock (&gate->mutex);
  gate->inside++;
  while (!gate->open) {
    pthread_cond_wait (&gate->cond, &gate->mutex);
  }
  gate->inside--;
  pthread_mutex_unlock (&gate->mutex);
}

static guint
gate_get_inside (Gate *gate)
{
  guint inside;

  pthread_mutex_lock (&gate->mutex);
  inside = gate->inside;
  pthread_mutex_unlock (&gate->mutex);
  return inside;
}

static void
gate_open (Gate *gate)
{
  pthread_mutex_lock (&gate->mutex);
  gate->open = TRUE;
  pthread_cond_broadcast (&gate->cond);
  pthread_mutex_unlock (&gate->mutex);
}

static void
gate_done (gpointer data)
{
  Fixture *fixture = ((Gate *) data)->fixture;

  g_assert_true (ahoy_dispatcher_is_owner (fixture->dispatcher));
  fixture->done++;
}

static void
gate_destroy (gpointer data)
{
  Fixture *fixture = ((Gate *) data)->fixture;

  g_assert_true (ahoy_dispatcher_is_owner (fixture->dispatcher));
  fixture->destroyed++;
}

static guint64
push_gate (AhoyWorkQueue *queue, Gate *gate)
{
  return ahoy_work_queue_push (queue, gate_wait, gate_done, gate, gate_destroy, NULL);
}

/* -- CORE-07 -------------------------------------------------------------------------------- */

/* What the work of one queue shares, without a lock: that no two of it overlap is what is tested,
 * and what ThreadSanitizer would tell. */
typedef struct {
  AhoyWorkQueue *queue;
  guint next[N_PUSHERS];
  guint ran;
} Lane;

typedef struct {
  Lane *lane;
  guint pusher;
  guint number;
} Step;

static Lane lanes[N_QUEUES];
static atomic_uint n_refused;
static guint n_done;

static void
step_work (gpointer data)
{
  Step *step = data;

  g_assert_true (ahoy_work_queue_is_current (step->lane->queue));
  g_assert_cmpuint (step->lane->next[step->pusher], ==, step->number);
  step->lane->next[step->pusher]++;
  step->lane->ran++;
}

static void
step_done (gpointer data)
{
  n_done++;
}

static gpointer
push_steps (gpointer data)
{
  guint pusher = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < ROUNDS; i++) {
    for (guint j = 0; j < N_QUEUES; j++) {
      Step *step = g_new (Step, 1);

      *step = (Step){ &lanes[j], pusher, i };
      if (ahoy_work_queue_push (lanes[j].queue, step_work, step_done, step, g_free, NULL) == 0) {
        atomic_fetch_add (&n_refused, 1);
      }
    }
  }
  return NULL;
}

static void
test_many_works (Fixture *fixture, gconstpointer data)
{
  GThread *threads[N_PUSHERS];
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < N_QUEUES; i++) {
    lanes[i].queue = ahoy_work_queue_new (fixture->pool, "lane");
  }
  for (guint i = 0; i < N_PUSHERS; i++) {
    threads[i] = g_thread_new ("pusher", push_steps, GUINT_TO_POINTER (i));
  }
  wait_until (n_done == ROUNDS * N_QUEUES * N_PUSHERS);
  g_test_message ("%u works in %" G_GINT64_FORMAT " ms", n_done,
                  (g_get_monotonic_time () - begin) / 1000);
  for (guint i = 0; i < N_PUSHERS; i++) {
    g_thread_join (threads[i]);
  }
  g_assert_cmpuint (atomic_load (&n_refused), ==, 0);
  for (guint i = 0; i < N_QUEUES; i++) {
    g_assert_cmpuint (lanes[i].ran, ==, ROUNDS * N_PUSHERS);
    g_clear_object (&lanes[i].queue);
  }
}

/* -- the pool ------------------------------------------------------------------------------- */

/* Work of one queue waits for the work before it; other queues go on, and so does the main loop. */
static void
test_parallel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyWorkQueue) other = ahoy_work_queue_new (fixture->pool, "other");
  Gate gate;

  gate_init (&gate, fixture);
  g_assert_cmpuint (push_gate (fixture->queue, &gate), !=, 0);
  g_assert_cmpuint (push_gate (fixture->queue, &gate), !=, 0);
  g_assert_cmpuint (push_gate (other, &gate), !=, 0);
  wait_until (gate_get_inside (&gate) == 2);
  g_assert_cmpuint (ahoy_work_queue_get_length (fixture->queue), ==, 1);
  g_assert_cmpuint (fixture->done, ==, 0);
  gate_open (&gate);
  wait_until (fixture->destroyed == 3);
  g_assert_cmpuint (fixture->done, ==, 3);
  g_assert_cmpuint (get_statistic (fixture, "done"), ==, 3);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  Gate gate;
  guint64 running;
  guint64 waiting;
  guint64 last;

  gate_init (&gate, fixture);
  running = push_gate (fixture->queue, &gate);
  waiting = push_gate (fixture->queue, &gate);
  last = push_gate (fixture->queue, &gate);
  wait_until (gate_get_inside (&gate) == 1);
  g_assert_true (ahoy_work_queue_cancel (fixture->queue, waiting));
  g_assert_cmpuint (fixture->destroyed, ==, 1); /* at once */
  g_assert_false (ahoy_work_queue_cancel (fixture->queue, waiting));
  g_assert_true (ahoy_work_queue_cancel (fixture->queue, running));
  g_assert_false (ahoy_work_queue_cancel (fixture->queue, running));
  g_assert_cmpuint (fixture->destroyed, ==, 1); /* it still runs */
  gate_open (&gate);
  wait_until (fixture->destroyed == 3);
  g_assert_cmpuint (fixture->done, ==, 1);
  g_assert_false (ahoy_work_queue_cancel (fixture->queue, last));
}

/* A queue whose work is cancelled before it got a thread goes quietly. */
static void
test_cancel_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyWorkQueue) other = ahoy_work_queue_new (fixture->pool, "other");
  Gate gate;
  guint64 id;

  gate_init (&gate, fixture);
  push_gate (fixture->queue, &gate);
  wait_until (gate_get_inside (&gate) == 1); /* the only thread */
  id = push_gate (other, &gate);
  g_assert_cmpuint (get_statistic (fixture, "busy-queues"), ==, 1);
  g_assert_true (ahoy_work_queue_cancel (other, id));
  g_assert_cmpuint (get_statistic (fixture, "busy-queues"), ==, 0);
  g_clear_object (&other);
  g_assert_cmpuint (ahoy_census_count ("AhoyWorkQueue"), ==, 1);
  gate_open (&gate);
  wait_until (fixture->destroyed == 2);
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Gate gate;

  gate_init (&gate, fixture);
  ahoy_work_queue_set_limit (fixture->queue, 1);
  push_gate (fixture->queue, &gate);
  wait_until (gate_get_inside (&gate) == 1);
  g_assert_cmpuint (push_gate (fixture->queue, &gate), !=, 0);
  g_assert_cmpuint (ahoy_work_queue_push (fixture->queue, gate_wait, gate_done, &gate,
                                          gate_destroy, &error),
                    ==, 0);
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_assert_cmpuint (fixture->destroyed, ==, 1);
  gate_open (&gate);
  wait_until (fixture->destroyed == 3);
  g_assert_cmpuint (fixture->done, ==, 2);
}

/* The pool grows while work waits, and shrinks to one thread. */
static void
test_size (Fixture *fixture, gconstpointer data)
{
  AhoyWorkQueue *queues[3];
  Gate gate;
  Gate again;

  gate_init (&gate, fixture);
  gate_init (&again, fixture);
  for (guint i = 0; i < 3; i++) {
    queues[i] = ahoy_work_queue_new (fixture->pool, "some");
    push_gate (queues[i], &gate);
  }
  wait_until (gate_get_inside (&gate) == 1);
  g_assert_cmpuint (get_statistic (fixture, "threads"), ==, 1);
  ahoy_work_pool_set_size (fixture->pool, 3);
  wait_until (gate_get_inside (&gate) == 3);
  ahoy_work_pool_set_size (fixture->pool, 1);
  g_assert_cmpuint (ahoy_work_pool_get_size (fixture->pool), ==, 1);
  gate_open (&gate);
  wait_until (get_statistic (fixture, "threads") == 1);
  for (guint i = 0; i < 3; i++) {
    push_gate (queues[i], &again);
  }
  wait_until (gate_get_inside (&again) == 1);
  g_assert_cmpuint (get_statistic (fixture, "busy-queues"), ==, 2);
  gate_open (&again);
  wait_until (fixture->destroyed == 6);
  for (guint i = 0; i < 3; i++) {
    g_object_unref (queues[i]);
  }
  ahoy_work_pool_set_size (fixture->pool, 0);
  g_assert_cmpuint (ahoy_work_pool_get_size (fixture->pool), >=, 4);
}

/* -- waiting -------------------------------------------------------------------------------- */

typedef struct {
  Fixture *fixture;
  AhoyTaskQueue *tasks;
  guint value;
  gboolean worked;
  GError *error;
  GError *task_error;
  gboolean over;
} Waiter;

static void
set_value (gpointer data)
{
  ((Waiter *) data)->value = 7;
}

static void
say_over (gpointer data)
{
  ((Waiter *) data)->over = TRUE;
}

static gpointer
wait_for_value (gpointer data)
{
  Waiter *waiter = data;

  g_assert_false (ahoy_work_pool_is_worker (waiter->fixture->pool));
  waiter->worked = ahoy_work_queue_push_and_wait (waiter->fixture->queue, set_value, waiter,
                                                  &waiter->error);
  ahoy_dispatcher_push (waiter->fixture->dispatcher, say_over, waiter, NULL);
  return NULL;
}

/* A worker that would wait for work or for the main thread is told so. */
static void
wait_in_worker (gpointer data)
{
  Waiter *waiter = data;

  g_assert_true (ahoy_work_pool_is_worker (waiter->fixture->pool));
  g_assert_true (ahoy_work_queue_is_current (waiter->fixture->queue));
  waiter->worked = ahoy_work_queue_push_and_wait (waiter->fixture->queue, set_value, waiter,
                                                  &waiter->error) ||
                   ahoy_task_queue_push_and_wait (waiter->tasks, set_value, waiter,
                                                  &waiter->task_error);
}

static void
test_push_and_wait (Fixture *fixture, gconstpointer data)
{
  Waiter waiter = { .fixture = fixture };
  GThread *thread;

  g_assert_false (
      ahoy_work_queue_push_and_wait (fixture->queue, set_value, &waiter, &waiter.error));
  g_assert_error (waiter.error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_clear_error (&waiter.error);

  thread = g_thread_new ("waiter", wait_for_value, &waiter);
  g_thread_join (thread); /* the main loop does not turn, and need not */
  g_assert_true (waiter.worked);
  g_assert_cmpuint (waiter.value, ==, 7);
  wait_until (waiter.over);

  waiter = (Waiter){ .fixture = fixture, .tasks = ahoy_task_queue_new (fixture->dispatcher, "t") };
  ahoy_work_queue_push (fixture->queue, wait_in_worker, say_over, &waiter, NULL, NULL);
  wait_until (waiter.over);
  g_assert_false (waiter.worked);
  g_assert_error (waiter.error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_assert_error (waiter.task_error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_clear_error (&waiter.error);
  g_clear_error (&waiter.task_error);
  g_object_unref (waiter.tasks);
}

static void
do_nothing (gpointer data)
{
}

/* Lets the worker go when the pool is being stopped, which shows in that it takes no more work. */
static gpointer
open_when_stopped (gpointer data)
{
  Gate *gate = data;

  while (ahoy_work_queue_push (gate->fixture->queue, do_nothing, NULL, NULL, NULL, NULL) != 0) {
    g_thread_yield ();
  }
  gate_open (gate);
  return NULL;
}

/* When the pool stops, what runs is waited for, what waits is dropped, and who waits is told. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  Waiter waiter = { .fixture = fixture };
  g_autoptr (GError) error = NULL;
  GThread *opener;
  GThread *thread;
  Gate gate;

  gate_init (&gate, fixture);
  push_gate (fixture->queue, &gate);
  wait_until (gate_get_inside (&gate) == 1);
  push_gate (fixture->queue, &gate);
  thread = g_thread_new ("waiter", wait_for_value, &waiter);
  wait_until (ahoy_work_queue_get_length (fixture->queue) == 2);
  opener = g_thread_new ("opener", open_when_stopped, &gate);
  ahoy_work_pool_stop (fixture->pool);
  g_assert_cmpuint (gate_get_inside (&gate), ==, 0);
  g_thread_join (opener);
  g_thread_join (thread);
  g_assert_false (waiter.worked);
  g_assert_error (waiter.error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_clear_error (&waiter.error);
  wait_until (waiter.over && fixture->done >= 1);
  g_assert_cmpuint (fixture->destroyed, ==, 2);
  g_assert_cmpuint (ahoy_work_queue_push (fixture->queue, gate_wait, NULL, &gate, gate_destroy,
                                          &error),
                    ==, 0);
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_assert_cmpuint (fixture->destroyed, ==, 3);
}

#define add(path, size, test)                                                                     \
  g_test_add (path, Fixture, GUINT_TO_POINTER (size), setup, test, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/work-pool/many-works", 4, test_many_works);
  add ("/work-pool/parallel", 2, test_parallel);
  add ("/work-pool/cancel", 2, test_cancel);
  add ("/work-pool/cancel-all", 1, test_cancel_all);
  add ("/work-pool/limit", 2, test_limit);
  add ("/work-pool/size", 1, test_size);
  add ("/work-pool/push-and-wait", 2, test_push_and_wait);
  add ("/work-pool/stop", 1, test_stop);
  return g_test_run ();
}
