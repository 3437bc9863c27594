/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-task-wait-private.h"

#include <pthread.h>
#include <stdatomic.h>

/* The mutex is POSIX's, here and in the work pool: ThreadSanitizer sees it, and not GLib's. */
struct _AhoyTaskWait {
  atomic_uint ref_count; /* not GLib's, which counts inside the library, unseen */
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  gboolean over;
  gboolean ran;
};

AhoyTaskWait *
ahoy_task_wait_new (void)
{
  AhoyTaskWait *self = g_new0 (AhoyTaskWait, 1);

  atomic_init (&self->ref_count, 2);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->cond, NULL);
  return self;
}

static void
wait_unref (AhoyTaskWait *self)
{
  if (atomic_fetch_sub (&self->ref_count, 1) > 1) {
    return;
  }
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

/* The task ran, or never will. */
void
ahoy_task_wait_finish (AhoyTaskWait *self, gboolean ran)
{
  pthread_mutex_lock (&self->mutex);
  self->over = TRUE;
  self->ran = ran;
  pthread_cond_signal (&self->cond);
  pthread_mutex_unlock (&self->mutex);
  wait_unref (self);
}

/* Waits for ahoy_task_wait_finish(); gives what it said. */
gboolean
ahoy_task_wait_block (AhoyTaskWait *self)
{
  gboolean ran;

  pthread_mutex_lock (&self->mutex);
  while (!self->over) {
    pthread_cond_wait (&self->cond, &self->mutex);
  }
  ran = self->ran;
  pthread_mutex_unlock (&self->mutex);
  wait_unref (self);
  return ran;
}
