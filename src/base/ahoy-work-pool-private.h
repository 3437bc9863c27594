/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <pthread.h>

#include "ahoy-task-wait-private.h"
#include "ahoy-work-queue.h"

G_BEGIN_DECLS

/* One piece of blocking work. It holds its queue: a queue with work to do does not go. */
typedef struct {
  AhoyWorkQueue *queue;
  guint64 id;
  AhoyTaskFunc work;
  AhoyTaskFunc done;
  gpointer data;
  GDestroyNotify destroy;
  AhoyTaskWait *wait;
  gboolean ran;      /* the worker's, until it hands the work back */
  gboolean unwanted; /* the owner's */
} AhoyWork;

struct _AhoyWorkQueue {
  GObject parent_instance;

  AhoyWorkPool *pool;
  char *name;

  /* under the pool's mutex */
  GQueue waiting;     /* AhoyWork */
  GHashTable *by_id;  /* AhoyWork: waits, runs, or is on its way back */
  gboolean scheduled; /* in the pool's list, or a worker has it */
  guint limit;        /* 0: none */
};

struct _AhoyWorkPool {
  GObject parent_instance;

  AhoyDispatcher *dispatcher;

  pthread_mutex_t mutex;
  pthread_cond_t cond;
  /* under the mutex */
  GQueue ready;       /* AhoyWorkQueue: has work, and no worker */
  GHashTable *queues; /* AhoyWorkQueue: has work that waits */
  GPtrArray *threads; /* GThread */
  guint size;
  guint n_idle;
  guint64 next_id;
  guint64 n_done;
  gboolean stopped;
};

guint64 ahoy_work_pool_submit (AhoyWorkPool *self, AhoyWork *work, GError **error);
gboolean ahoy_work_pool_take_back (AhoyWorkPool *self, AhoyWorkQueue *queue, guint64 id);
gboolean ahoy_work_pool_is_any_worker (void);
gboolean ahoy_work_pool_is_at (AhoyWorkQueue *queue);

G_END_DECLS
