/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-deferral-private.h"
#include "ahoy.h"
#include "watchdog.h"

#define N_THREADS 4
#define N_TASKS 5000 /* of each thread */

typedef struct {
  AhoyDispatcher *dispatcher;
  AhoyTaskQueue *queue;
  GString *log;
  guint destroyed;
} Fixture;

typedef struct {
  Fixture *fixture;
  char letter;
  guint64 cancel;
  gboolean suspend;
} Letter;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->dispatcher = ahoy_dispatcher_new (NULL);
  fixture->queue = ahoy_task_queue_new (fixture->dispatcher, "test");
  fixture->log = g_string_new (NULL);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  guint queues = ahoy_census_count ("AhoyTaskQueue");

  g_clear_object (&fixture->queue);
  g_assert_cmpuint (ahoy_census_count ("AhoyTaskQueue"), ==, queues - 1);
  g_clear_object (&fixture->dispatcher);
  g_assert_cmpuint (ahoy_census_count ("AhoyDispatcher"), ==, 0);
  g_string_free (fixture->log, TRUE);
}

static void
write_letter (gpointer user_data)
{
  Letter *letter = user_data;
  Fixture *fixture = letter->fixture;

  g_assert_true (ahoy_task_queue_is_current (fixture->queue));
  g_string_append_c (fixture->log, letter->letter);
  if (letter->cancel != 0) {
    g_assert_true (ahoy_task_queue_cancel (fixture->queue, letter->cancel));
  }
  if (letter->suspend) {
    ahoy_task_queue_suspend (fixture->queue);
  }
}

static void
count_destroyed (gpointer user_data)
{
  ((Letter *) user_data)->fixture->destroyed++;
}

static guint64
push (Letter *letter)
{
  guint64 id = ahoy_task_queue_push (letter->fixture->queue, write_letter, letter, count_destroyed,
                                     NULL);

  g_assert_cmpuint (id, !=, 0);
  return id;
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  Letter letters[] = { { fixture, 'a' }, { fixture, 'b' }, { fixture, 'c' }, { fixture, 'd' } };

  push (&letters[0]);
  letters[0].cancel = push (&letters[1]);
  letters[2].suspend = TRUE;
  push (&letters[2]);
  push (&letters[3]);
  g_assert_cmpstr (fixture->log->str, ==, ""); /* never from within the push */
  g_assert_cmpuint (ahoy_task_queue_get_length (fixture->queue), ==, 4);
  g_assert_false (ahoy_task_queue_is_current (fixture->queue));
  wait_until (fixture->log->len == 2);
  g_assert_cmpstr (fixture->log->str, ==, "ac");
  g_assert_cmpuint (fixture->destroyed, ==, 3);
  g_assert_false (ahoy_task_queue_cancel (fixture->queue, letters[0].cancel));
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpstr (fixture->log->str, ==, "ac"); /* suspended */
  ahoy_task_queue_suspend (fixture->queue);
  ahoy_task_queue_resume (fixture->queue);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpstr (fixture->log->str, ==, "ac"); /* still once too often */
  ahoy_task_queue_resume (fixture->queue);
  wait_until (fixture->destroyed == 4);
  g_assert_cmpstr (fixture->log->str, ==, "acd");
  g_assert_cmpuint (ahoy_task_queue_get_length (fixture->queue), ==, 0);
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  Letter letters[] = { { fixture, 'a' }, { fixture, 'b' }, { fixture, 'c' } };
  g_autoptr (GError) error = NULL;

  ahoy_task_queue_set_limit (fixture->queue, 2);
  g_assert_cmpuint (ahoy_task_queue_get_limit (fixture->queue), ==, 2);
  push (&letters[0]);
  push (&letters[1]);
  g_assert_cmpuint (ahoy_task_queue_push (fixture->queue, write_letter, &letters[2],
                                          count_destroyed, &error),
                    ==, 0);
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_assert_nonnull (strstr (error->message, "test"));
  g_assert_cmpuint (fixture->destroyed, ==, 1);
  wait_until (fixture->log->len == 2);
  push (&letters[2]);
  wait_until (fixture->log->len == 3);
}

/* What waits for an extension lets the tasks behind it wait, until it is resolved, its deadline
 * passes, or nobody wants it any more. */
static void
test_deferral (Fixture *fixture, gconstpointer data)
{
  Letter letters[] = { { fixture, 'a' }, { fixture, 'b' }, { fixture, 'c' } };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    g_autoptr (AhoyScheduler) clock = ahoy_scheduler_new_virtual ();
    g_autoptr (AhoySupplementDeferral) deferral =
        g_object_new (AHOY_TYPE_SUPPLEMENT_DEFERRAL, NULL);

    ahoy_deferral_begin (AHOY_DEFERRAL (deferral), clock, 100, NULL, NULL);
    ahoy_task_queue_suspend_for (fixture->queue, AHOY_DEFERRAL (deferral));
    push (&letters[i]);
    while (g_main_context_iteration (NULL, FALSE)) {
    }
    g_assert_cmpuint (fixture->log->len, ==, i);
    if (i == 0) {
      ahoy_supplement_deferral_resolve (deferral, AHOY_SUPPLEMENT_CONTINUE);
    } else if (i == 1) {
      ahoy_scheduler_advance (clock, 100 * G_TIME_SPAN_MILLISECOND);
    } else {
      g_clear_object (&deferral);
    }
    wait_until (fixture->log->len == i + 1);
    if (deferral != NULL) {
      ahoy_task_queue_suspend_for (fixture->queue, AHOY_DEFERRAL (deferral)); /* it is over */
    }
  }
}

/* -- other threads -------------------------------------------------------------------------- */

typedef struct {
  Fixture *fixture;
  guint thread;
  guint number;
} Numbered;

static guint seen[N_THREADS]; /* the owner's, without a lock */
static guint n_seen;

static void
check_number (gpointer user_data)
{
  Numbered *numbered = user_data;

  g_assert_true (ahoy_dispatcher_is_owner (numbered->fixture->dispatcher));
  g_assert_cmpuint (seen[numbered->thread], ==, numbered->number);
  seen[numbered->thread]++;
  n_seen++;
}

static gpointer
push_numbers (gpointer user_data)
{
  const Numbered *first = user_data;

  g_assert_false (ahoy_dispatcher_is_owner (first->fixture->dispatcher));
  for (guint i = 0; i < N_TASKS; i++) {
    Numbered *numbered = g_new (Numbered, 1);

    *numbered = *first;
    numbered->number = i;
    g_assert_cmpuint (ahoy_task_queue_push (first->fixture->queue, check_number, numbered, g_free,
                                            NULL),
                      !=, 0);
  }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  GThread *threads[N_THREADS];
  Numbered first[N_THREADS];

  n_seen = 0;
  for (guint i = 0; i < N_THREADS; i++) {
    seen[i] = 0;
    first[i] = (Numbered){ fixture, i, 0 };
    threads[i] = g_thread_new ("pusher", push_numbers, &first[i]);
  }
  wait_until (n_seen == N_THREADS * N_TASKS);
  for (guint i = 0; i < N_THREADS; i++) {
    g_thread_join (threads[i]);
  }
  g_assert_cmpuint (ahoy_task_queue_get_length (fixture->queue), ==, 0);
}

/* What is on its way when everything goes is destroyed, in the owner's thread. */
static void
test_left_over (Fixture *fixture, gconstpointer data)
{
  Numbered first = { fixture, 0, 0 };
  GThread *thread = g_thread_new ("pusher", push_numbers, &first);

  g_thread_join (thread);
  g_assert_cmpuint (ahoy_task_queue_get_length (fixture->queue), ==, N_TASKS);
  g_clear_object (&fixture->queue);
  g_object_run_dispose (G_OBJECT (fixture->dispatcher));
  g_assert_cmpuint (ahoy_census_count ("AhoyTaskQueue"), ==, 0);
  fixture->queue = ahoy_task_queue_new (fixture->dispatcher, "test");
}

typedef struct {
  Fixture *fixture;
  guint sum;
  gboolean worked;
  GError *error;
  gboolean over;
} Waiter;

static void
add_one (gpointer user_data)
{
  Waiter *waiter = user_data;

  g_assert_true (ahoy_dispatcher_is_owner (waiter->fixture->dispatcher));
  waiter->sum++;
}

static void
say_over (gpointer user_data)
{
  ((Waiter *) user_data)->over = TRUE;
}

static gpointer
wait_for_sum (gpointer user_data)
{
  Waiter *waiter = user_data;

  waiter->worked = TRUE;
  for (guint i = 0; waiter->worked && i < 100; i++) {
    waiter->worked = ahoy_task_queue_push_and_wait (waiter->fixture->queue, add_one, waiter,
                                                    &waiter->error);
    if (waiter->worked) {
      g_assert_cmpuint (waiter->sum, ==, i + 1);
    }
  }
  ahoy_dispatcher_push (waiter->fixture->dispatcher, say_over, waiter, NULL);
  return NULL;
}

static void
test_push_and_wait (Fixture *fixture, gconstpointer data)
{
  Waiter waiter = { .fixture = fixture };
  GThread *thread;

  g_assert_false (
      ahoy_task_queue_push_and_wait (fixture->queue, add_one, &waiter, &waiter.error));
  g_assert_error (waiter.error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_clear_error (&waiter.error);
  g_assert_cmpuint (waiter.sum, ==, 0);

  thread = g_thread_new ("waiter", wait_for_sum, &waiter);
  wait_until (waiter.over);
  g_thread_join (thread);
  g_assert_true (waiter.worked);
  g_assert_cmpuint (waiter.sum, ==, 100);
}

/* Who waits for a task that is cancelled is told so. */
static void
test_wait_cancelled (Fixture *fixture, gconstpointer data)
{
  Waiter waiter = { .fixture = fixture };
  GThread *thread;

  ahoy_task_queue_suspend (fixture->queue);
  thread = g_thread_new ("waiter", wait_for_sum, &waiter);
  wait_until (ahoy_task_queue_cancel (fixture->queue, 1));
  wait_until (waiter.over);
  g_thread_join (thread);
  g_assert_false (waiter.worked);
  g_assert_error (waiter.error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_assert_cmpuint (waiter.sum, ==, 0);
  g_clear_error (&waiter.error);
}

#define add(path, test) g_test_add (path, Fixture, NULL, setup, test, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/task-queue/order", test_order);
  add ("/task-queue/limit", test_limit);
  add ("/task-queue/deferral", test_deferral);
  add ("/task-queue/threads", test_threads);
  add ("/task-queue/left-over", test_left_over);
  add ("/task-queue/push-and-wait", test_push_and_wait);
  add ("/task-queue/wait-cancelled", test_wait_cancelled);
  return g_test_run ();
}
