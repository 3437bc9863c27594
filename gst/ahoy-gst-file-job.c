/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ahoy-gst-file-job.h"

#define TURN 500 /* ms: what a worker did not wake for is looked at all the same */

static struct {
  atomic_int event; /* -1 before the thread runs */
  atomic_bool woken;
  _Atomic (AhoyGstFileJob *) added; /* a stack */
} files = { .event = -1 };

/**
 * ahoy_gst_file_job_init:
 * @self: a job, with one reference
 * @run: does what is to be done now; returns whether it is to be run again
 * @free_func: called with the last reference, on whichever thread drops it
 */
void
ahoy_gst_file_job_init (AhoyGstFileJob *self, gboolean (*run) (AhoyGstFileJob *self),
                        void (*free_func) (AhoyGstFileJob *self))
{
  self->references = 1;
  self->next = NULL;
  self->run = run;
  self->free = free_func;
}

/**
 * ahoy_gst_file_job_unref:
 * @self: (transfer full): a job
 */
void
ahoy_gst_file_job_unref (AhoyGstFileJob *self)
{
  if (g_atomic_int_dec_and_test (&self->references)) {
    self->free (self);
  }
}

/* Runs each job; returns those that want to be run again. */
static AhoyGstFileJob *
run_jobs (AhoyGstFileJob *jobs)
{
  AhoyGstFileJob *kept = NULL;

  while (jobs != NULL) {
    AhoyGstFileJob *job = jobs;

    jobs = job->next;
    if (job->run (job)) {
      job->next = kept;
      kept = job;
    } else {
      ahoy_gst_file_job_unref (job);
    }
  }
  return kept;
}

static AhoyGstFileJob *
join (AhoyGstFileJob *jobs, AhoyGstFileJob *added)
{
  while (added != NULL) {
    AhoyGstFileJob *next = added->next;

    added->next = jobs;
    jobs = added;
    added = next;
  }
  return jobs;
}

static gpointer
run_thread (gpointer data)
{
  AhoyGstFileJob *jobs = NULL;
  int event = atomic_load (&files.event);

  for (;;) {
    struct pollfd poll_fd = { .fd = event, .events = POLLIN };
    guint64 count;

    poll (&poll_fd, 1, jobs != NULL ? TURN : -1);
    if (read (event, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR) {
      g_warning ("The file thread cannot read its event descriptor: %s", g_strerror (errno));
    }
    atomic_store (&files.woken, FALSE);
    jobs = join (jobs, atomic_exchange (&files.added, NULL));
    jobs = run_jobs (jobs);
  }
  return NULL;
}

static gpointer
start_thread (gpointer data)
{
  int event = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);

  if (event < 0) {
    g_critical ("The file thread gets no event descriptor: %s", g_strerror (errno));
    return NULL;
  }
  atomic_store (&files.event, event);
  return g_thread_new ("ahoy-files", run_thread, NULL);
}

/**
 * ahoy_gst_file_job_start:
 * @self: a job; the thread takes a reference
 *
 * Runs the job on the file thread now, at every wake-up and at least twice a second.
 */
void
ahoy_gst_file_job_start (AhoyGstFileJob *self)
{
  static GOnce once = G_ONCE_INIT;
  AhoyGstFileJob *top;

  if (g_once (&once, start_thread, NULL) == NULL) {
    return;
  }
  g_atomic_int_inc (&self->references);
  top = atomic_load (&files.added);
  do {
    self->next = top;
  } while (!atomic_compare_exchange_weak (&files.added, &top, self));
  ahoy_gst_file_job_wake ();
}

/**
 * ahoy_gst_file_job_wake:
 *
 * Lets the file thread look at its jobs. Costs a system call only if it is not awake already.
 */
void
ahoy_gst_file_job_wake (void)
{
  int event = atomic_load (&files.event);
  guint64 one = 1;

  if (event < 0 || atomic_exchange (&files.woken, TRUE)) {
    return;
  }
  if (write (event, &one, sizeof one) < 0 && errno != EAGAIN) {
    g_warning ("The file thread cannot be woken: %s", g_strerror (errno));
  }
}
