/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <stdio.h>

#include "ahoy-gst-worker-private.h"

/* What the product never does: two threads count in one place, without a hand-over. */
static int counter;

static void
count (gpointer data)
{
  for (int i = 0; i < 100000; i++) {
    ++*(volatile int *) data;
  }
}

int
main (void)
{
  AhoyGstWorker *workers[2] = { ahoy_gst_worker_new (0), ahoy_gst_worker_new (1) };

  for (guint i = 0; i < 2; i++) {
    ahoy_gst_worker_push (workers[i], count, &counter);
  }
  for (guint i = 0; i < 2; i++) {
    ahoy_gst_worker_free (workers[i]);
  }
  printf ("counted to %d\n", counter);
  return 0;
}
