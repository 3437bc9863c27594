/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "loop-probe.h"

#include <time.h>

static gint64 resumed;
static gint64 longest;

static gint64
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int
probing_poll (GPollFD *descriptors, guint n_descriptors, int timeout)
{
  int n_ready;

  longest = MAX (longest, processor_time () - resumed);
  n_ready = g_poll (descriptors, n_descriptors, timeout);
  resumed = processor_time ();
  return n_ready;
}

void
loop_probe_start (void)
{
  resumed = processor_time ();
  g_main_context_set_poll_func (NULL, probing_poll);
}

gint64
loop_probe_take_longest (void)
{
  gint64 result = longest;

  longest = 0;
  return result;
}
