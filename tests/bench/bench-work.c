/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <stdio.h>

#include "ahoy.h"

/* What a piece of work in a thread costs, with its way there and back, against GTask. */

#define N_WORKS 200000
#define N_QUEUES 16

static guint n_done;

static void
do_nothing (gpointer data)
{
}

static void
count (gpointer data)
{
  n_done++;
}

static void
wait_for_all (void)
{
  while (n_done < N_WORKS) {
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
report (const char *name, gint64 begin)
{
  double seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;

  printf ("%-24s %8.0f works/s\n", name, N_WORKS / seconds);
}

static void
run_queues (void)
{
  g_autoptr (AhoyDispatcher) dispatcher = ahoy_dispatcher_new (NULL);
  g_autoptr (AhoyWorkPool) pool = ahoy_work_pool_new (dispatcher, 0);
  AhoyWorkQueue *queues[N_QUEUES];
  gint64 begin = g_get_monotonic_time ();

  n_done = 0;
  for (guint i = 0; i < N_QUEUES; i++) {
    queues[i] = ahoy_work_queue_new (pool, "bench");
  }
  for (guint i = 0; i < N_WORKS; i++) {
    ahoy_work_queue_push (queues[i % N_QUEUES], do_nothing, count, NULL, NULL, NULL);
  }
  wait_for_all ();
  report ("AhoyWorkQueue", begin);
  for (guint i = 0; i < N_QUEUES; i++) {
    g_object_unref (queues[i]);
  }
}

static void
run_tasks (void)
{
  g_autoptr (AhoyDispatcher) dispatcher = ahoy_dispatcher_new (NULL);
  g_autoptr (AhoyTaskQueue) queue = ahoy_task_queue_new (dispatcher, "bench");
  gint64 begin = g_get_monotonic_time ();

  n_done = 0;
  for (guint i = 0; i < N_WORKS; i++) {
    ahoy_task_queue_push (queue, count, NULL, NULL, NULL);
  }
  wait_for_all ();
  report ("AhoyTaskQueue", begin);
}

static void
task_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
}

static void
on_task (GObject *source, GAsyncResult *result, gpointer data)
{
  n_done++;
}

static void
run_gtask (void)
{
  gint64 begin = g_get_monotonic_time ();

  n_done = 0;
  for (guint i = 0; i < N_WORKS; i++) {
    g_autoptr (GTask) task = g_task_new (NULL, NULL, on_task, NULL);

    g_task_run_in_thread (task, task_work);
  }
  wait_for_all ();
  report ("GTask, in no order", begin);
}

int
main (void)
{
  run_queues ();
  run_tasks ();
  run_gtask ();
  return 0;
}
