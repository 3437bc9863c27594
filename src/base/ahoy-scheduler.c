/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-scheduler.h"

/**
 * AhoyScheduler:
 *
 * All timers of a stack: one source in the main loop, however many jobs there are, and a list of
 * them to look at.
 *
 * A scheduler made with ahoy_scheduler_new_virtual() has a clock that stands still until
 * ahoy_scheduler_advance() is called, so that what takes four hours can be tested in a moment.
 *
 * Since: 0.1
 */
struct _AhoyScheduler {
  GObject parent_instance;

  GSource *source; /* NULL: the clock is virtual */
  gint64 virtual_now;
  gint64 ahead; /* of the monotonic clock */
  GPtrArray *heap; /* Job, the earliest first */
  GHashTable *jobs;
  guint64 next_id;
};

typedef struct {
  guint64 id;
  gint64 due;
  gint64 interval; /* 0: once */
  const char *name;
  AhoySchedulerFunc callback;
  gpointer user_data;
  GDestroyNotify destroy;
  guint index; /* in the heap */
} Job;

typedef struct {
  GSource source;
  AhoyScheduler *scheduler; /* not a reference: the scheduler destroys the source */
} SchedulerSource;

G_DEFINE_FINAL_TYPE (AhoyScheduler, ahoy_scheduler, G_TYPE_OBJECT)

static gboolean
is_earlier (const Job *one, const Job *other)
{
  return one->due < other->due || (one->due == other->due && one->id < other->id);
}

static void
place (AhoyScheduler *self, guint index, Job *job)
{
  self->heap->pdata[index] = job;
  job->index = index;
}

static void
sift_up (AhoyScheduler *self, guint index)
{
  Job *job = self->heap->pdata[index];

  while (index > 0) {
    guint parent = (index - 1) / 2;

    if (!is_earlier (job, self->heap->pdata[parent])) {
      break;
    }
    place (self, index, self->heap->pdata[parent]);
    index = parent;
  }
  place (self, index, job);
}

static void
sift_down (AhoyScheduler *self, guint index)
{
  Job *job = self->heap->pdata[index];

  for (;;) {
    guint child = 2 * index + 1;

    if (child >= self->heap->len) {
      break;
    }
    if (child + 1 < self->heap->len &&
        is_earlier (self->heap->pdata[child + 1], self->heap->pdata[child])) {
      child++;
    }
    if (!is_earlier (self->heap->pdata[child], job)) {
      break;
    }
    place (self, index, self->heap->pdata[child]);
    index = child;
  }
  place (self, index, job);
}

static Job *
peek (AhoyScheduler *self)
{
  return self->heap->len > 0 ? self->heap->pdata[0] : NULL;
}

static void
push_job (AhoyScheduler *self, Job *job)
{
  g_ptr_array_add (self->heap, job);
  sift_up (self, self->heap->len - 1);
}

static void
take_from_heap (AhoyScheduler *self, Job *job)
{
  guint index = job->index;
  Job *last = g_ptr_array_steal_index (self->heap, self->heap->len - 1);

  if (last != job) {
    place (self, index, last);
    sift_up (self, index);
    sift_down (self, last->index);
  }
}

static void
job_free (Job *job)
{
  if (job->destroy != NULL) {
    job->destroy (job->user_data);
  }
  g_free (job);
}

static void
run_job (AhoyScheduler *self, Job *job)
{
  gint64 due = job->due;

  take_from_heap (self, job);
  if (job->interval == 0) {
    g_hash_table_steal (self->jobs, &job->id);
    job->callback (job->user_data);
    job_free (job);
    return;
  }
  /* Put back before it runs, so that the callback can cancel it like any other. */
  job->due = MAX (due + job->interval, ahoy_scheduler_get_now (self));
  push_job (self, job);
  job->callback (job->user_data);
}

/* Runs what is due at @now. Jobs that callbacks add for now wait for the next turn. */
static void
run_due (AhoyScheduler *self, gint64 now)
{
  g_autoptr (AhoyScheduler) hold = g_object_ref (self);
  guint64 newest = self->next_id;
  Job *job;

  while ((job = peek (self)) != NULL && job->due <= now && job->id < newest) {
    run_job (self, job);
  }
}

static gint64
time_of (GSource *source)
{
  return g_source_get_time (source) + ((SchedulerSource *) source)->scheduler->ahead;
}

/* The time of the first job is given to poll() here: g_source_set_ready_time() would wake the loop
 * each time that another job is the first. */
static gboolean
scheduler_source_prepare (GSource *source, int *timeout)
{
  const Job *first = peek (((SchedulerSource *) source)->scheduler);
  gint64 span = first != NULL ? first->due - time_of (source) : G_MAXINT64;

  if (first == NULL) {
    *timeout = -1;
    return FALSE;
  }
  *timeout = span <= 0 ? 0 : (int) MIN ((span - 1) / 1000 + 1, G_MAXINT);
  return span <= 0;
}

static gboolean
scheduler_source_check (GSource *source)
{
  const Job *first = peek (((SchedulerSource *) source)->scheduler);

  return first != NULL && first->due <= time_of (source);
}

static gboolean
scheduler_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SchedulerSource *self = (SchedulerSource *) source;

  run_due (self->scheduler, time_of (source));
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs scheduler_source_funcs = {
  .prepare = scheduler_source_prepare,
  .check = scheduler_source_check,
  .dispatch = scheduler_source_dispatch,
};

static void
ahoy_scheduler_dispose (GObject *object)
{
  AhoyScheduler *self = AHOY_SCHEDULER (object);

  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_clear_pointer (&self->source, g_source_unref);
  }
  while (self->heap->len > 0) {
    Job *job = g_ptr_array_steal_index (self->heap, self->heap->len - 1);

    g_hash_table_steal (self->jobs, &job->id);
    job_free (job);
  }
  G_OBJECT_CLASS (ahoy_scheduler_parent_class)->dispose (object);
}

static void
ahoy_scheduler_finalize (GObject *object)
{
  AhoyScheduler *self = AHOY_SCHEDULER (object);

  g_ptr_array_unref (self->heap);
  g_hash_table_unref (self->jobs);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_scheduler_parent_class)->finalize (object);
}

static void
ahoy_scheduler_class_init (AhoySchedulerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_scheduler_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_scheduler_finalize;
}

static void
ahoy_scheduler_init (AhoyScheduler *self)
{
  self->heap = g_ptr_array_new ();
  self->jobs = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->next_id = 1;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_scheduler_new:
 * @context: (nullable): the context that jobs run in; %NULL for the default one
 *
 * Returns: (transfer full): a scheduler on the monotonic clock
 *
 * Since: 0.1
 */
AhoyScheduler *
ahoy_scheduler_new (GMainContext *context)
{
  AhoyScheduler *self = g_object_new (AHOY_TYPE_SCHEDULER, NULL);

  self->source = g_source_new (&scheduler_source_funcs, sizeof (SchedulerSource));
  ((SchedulerSource *) self->source)->scheduler = self;
  g_source_set_name (self->source, "ahoy-scheduler");
  g_source_attach (self->source, context);
  return self;
}

/**
 * ahoy_scheduler_new_virtual:
 *
 * Returns: (transfer full): a scheduler whose clock moves only with ahoy_scheduler_advance(); it
 *   begins at 0
 *
 * Since: 0.1
 */
AhoyScheduler *
ahoy_scheduler_new_virtual (void)
{
  return g_object_new (AHOY_TYPE_SCHEDULER, NULL);
}

/**
 * ahoy_scheduler_get_now:
 * @self: a scheduler
 *
 * Returns: the scheduler's time in microseconds
 *
 * Since: 0.1
 */
gint64
ahoy_scheduler_get_now (AhoyScheduler *self)
{
  g_return_val_if_fail (AHOY_IS_SCHEDULER (self), 0);

  return self->source != NULL ? g_get_monotonic_time () + self->ahead : self->virtual_now;
}

static guint64
add_job (AhoyScheduler *self, const char *name, gint64 delay, gint64 interval,
         AhoySchedulerFunc callback, gpointer user_data, GDestroyNotify destroy)
{
  Job *job = g_new0 (Job, 1);

  job->id = self->next_id++;
  job->due = ahoy_scheduler_get_now (self) + MAX (delay, 0);
  job->interval = interval;
  job->name = g_intern_string (name);
  job->callback = callback;
  job->user_data = user_data;
  job->destroy = destroy;
  g_hash_table_insert (self->jobs, &job->id, job);
  push_job (self, job);
  return job->id;
}

/**
 * ahoy_scheduler_add:
 * @self: a scheduler
 * @name: what the job is for, as people see it in the list; one of a small set of strings
 * @delay: when to run, in microseconds from now
 * @callback: (scope notified) (closure user_data) (destroy destroy): what to run, once
 * @user_data: for @callback
 * @destroy: (nullable): called with @user_data when the job ran or was cancelled, exactly once
 *
 * Adds a job that runs once.
 *
 * Returns: a number that names the job, never 0
 *
 * Since: 0.1
 */
guint64
ahoy_scheduler_add (AhoyScheduler *self, const char *name, gint64 delay, AhoySchedulerFunc callback,
                    gpointer user_data, GDestroyNotify destroy)
{
  g_return_val_if_fail (AHOY_IS_SCHEDULER (self), 0);
  g_return_val_if_fail (name != NULL && callback != NULL, 0);

  return add_job (self, name, delay, 0, callback, user_data, destroy);
}

/**
 * ahoy_scheduler_add_repeating:
 * @self: a scheduler
 * @name: what the job is for, as people see it in the list; one of a small set of strings
 * @interval: the time between two runs in microseconds, at least 1
 * @callback: (scope notified) (closure user_data) (destroy destroy): what to run
 * @user_data: for @callback
 * @destroy: (nullable): called with @user_data when the job was cancelled, exactly once
 *
 * Adds a job that runs again and again until it is cancelled. Runs that were missed are not made up
 * for.
 *
 * Returns: a number that names the job, never 0
 *
 * Since: 0.1
 */
guint64
ahoy_scheduler_add_repeating (AhoyScheduler *self, const char *name, gint64 interval,
                              AhoySchedulerFunc callback, gpointer user_data,
                              GDestroyNotify destroy)
{
  g_return_val_if_fail (AHOY_IS_SCHEDULER (self), 0);
  g_return_val_if_fail (name != NULL && callback != NULL && interval > 0, 0);

  return add_job (self, name, interval, interval, callback, user_data, destroy);
}

/**
 * ahoy_scheduler_cancel:
 * @self: a scheduler
 * @id: the number of a job
 *
 * Cancels a job. A job that runs at this moment is over, unless it repeats.
 *
 * Returns: whether there was such a job
 *
 * Since: 0.1
 */
gboolean
ahoy_scheduler_cancel (AhoyScheduler *self, guint64 id)
{
  Job *job;

  g_return_val_if_fail (AHOY_IS_SCHEDULER (self), FALSE);

  job = g_hash_table_lookup (self->jobs, &id);
  if (job == NULL) {
    return FALSE;
  }
  take_from_heap (self, job);
  g_hash_table_steal (self->jobs, &id);
  job_free (job);
  return TRUE;
}

/**
 * ahoy_scheduler_advance:
 * @self: a scheduler
 * @duration: how far, in microseconds
 *
 * Lets time pass. With a virtual clock each job runs at its moment, in order. The clock of another
 * scheduler goes on from so much later, as if the machine had slept: what is due by then runs in
 * the next turn of its loop.
 *
 * Since: 0.1
 */
void
ahoy_scheduler_advance (AhoyScheduler *self, gint64 duration)
{
  g_autoptr (AhoyScheduler) hold = NULL;
  gint64 end;
  Job *job;

  g_return_if_fail (AHOY_IS_SCHEDULER (self));
  g_return_if_fail (duration >= 0);

  if (self->source != NULL) {
    self->ahead += duration;
    g_main_context_wakeup (g_source_get_context (self->source));
    return;
  }
  hold = g_object_ref (self);
  end = self->virtual_now + duration;
  while ((job = peek (self)) != NULL && job->due <= end) {
    self->virtual_now = MAX (self->virtual_now, job->due);
    run_job (self, job);
  }
  self->virtual_now = end;
}

/**
 * ahoy_scheduler_get_n_jobs:
 * @self: a scheduler
 *
 * Returns: the number of jobs that wait
 *
 * Since: 0.1
 */
guint
ahoy_scheduler_get_n_jobs (AhoyScheduler *self)
{
  g_return_val_if_fail (AHOY_IS_SCHEDULER (self), 0);

  return self->heap->len;
}

static int
compare_jobs (gconstpointer a, gconstpointer b)
{
  const Job *one = *(const Job *const *) a;
  const Job *other = *(const Job *const *) b;

  return is_earlier (one, other) ? -1 : 1;
}

/**
 * ahoy_scheduler_list_jobs:
 * @self: a scheduler
 *
 * Returns: (transfer full): the jobs in the order they are due (`a(sts)`): name, microseconds until
 *   it runs, and `once` or `repeating`
 *
 * Since: 0.1
 */
GVariant *
ahoy_scheduler_list_jobs (AhoyScheduler *self)
{
  g_autoptr (GPtrArray) sorted = NULL;
  GVariantBuilder builder;
  gint64 now;

  g_return_val_if_fail (AHOY_IS_SCHEDULER (self), NULL);

  now = ahoy_scheduler_get_now (self);
  sorted = g_ptr_array_copy (self->heap, NULL, NULL);
  g_ptr_array_sort (sorted, compare_jobs);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sts)"));
  for (guint i = 0; i < sorted->len; i++) {
    const Job *job = sorted->pdata[i];

    g_variant_builder_add (&builder, "(sts)", job->name, (guint64) MAX (job->due - now, 0),
                           job->interval > 0 ? "repeating" : "once");
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
