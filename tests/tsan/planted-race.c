/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <stdatomic.h>

#include "ahoy.h"

/*
 * What work must not do: two queues run beside each other and touch the same thing without a lock.
 * The program ends well; ThreadSanitizer has to see through the suppressions that this is a race.
 */
static guint planted_counter;
static atomic_uint n_inside;

static void
count_without_lock (gpointer data)
{
  /* Both are inside at once, whatever the machine does. */
  atomic_fetch_add (&n_inside, 1);
  while (atomic_load (&n_inside) < 2) {
    g_thread_yield ();
  }
  *(volatile guint *) &planted_counter += 1;
}

int
main (void)
{
  g_autoptr (AhoyDispatcher) dispatcher = ahoy_dispatcher_new (NULL);
  g_autoptr (AhoyWorkPool) pool = ahoy_work_pool_new (dispatcher, 2);
  g_autoptr (AhoyWorkQueue) one = ahoy_work_queue_new (pool, "one");
  g_autoptr (AhoyWorkQueue) other = ahoy_work_queue_new (pool, "other");

  ahoy_work_queue_push (one, count_without_lock, NULL, NULL, NULL, NULL);
  ahoy_work_queue_push (other, count_without_lock, NULL, NULL, NULL, NULL);
  while (atomic_load (&n_inside) < 2) {
    g_thread_yield ();
  }
  ahoy_work_pool_stop (pool);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  return 0;
}
