/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-queues.h"

#include <string.h>

#include "ahoy-call-queue-private.h"
#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-queue-caller-private.h"

/**
 * AhoyCallQueues:
 *
 * The queues, and the application of the step `queue`, which puts callers into them.
 *
 * A queue that is removed takes nobody any more, and is there until those who wait in it do so no
 * longer.
 *
 * Since: 0.1
 */
struct _AhoyCallQueues {
  GObject parent_instance;

  AhoyDialApplication *dial;
  GHashTable *queues;  /* name → AhoyCallQueue */
  GHashTable *removed; /* the same, of those that callers wait in still */
};

enum { SIGNAL_ADDED, SIGNAL_REMOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyCallQueues, ahoy_call_queues, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

/* -- the step ------------------------------------------------------------------------------- */

/* Nobody was asked: the next step follows, or the caller hears why there is none. */
static void
refuse (AhoyCallRun *run, const char *result)
{
  AhoySession *session = ahoy_call_run_get_session (run);

  ahoy_session_set_variable (session, AHOY_QUEUE_RESULT_VARIABLE, result);
  if (!ahoy_call_run_has_next (run) &&
      ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
      ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE) {
    ahoy_session_reject (session, g_str_equal (result, "full") ? 486 : 480, NULL, NULL);
  }
}

static AhoyCallVerdict
ahoy_call_queues_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyCallQueues *self = AHOY_CALL_QUEUES (application);
  const char *name = ahoy_route_step_get_text (ahoy_call_run_get_step (run), "name");
  AhoyCallQueue *queue = ahoy_call_queues_lookup (self, name);
  AhoyQueueCaller *caller;
  const char *result;

  if (queue == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "There is no queue “%s”; add a group [queue %s]", name, name);
    return AHOY_CALL_FAILED;
  }
  result = ahoy_call_queue_refuse (queue);
  if (result != NULL) {
    refuse (run, result);
    return AHOY_CALL_DONE;
  }
  ahoy_session_set_variable (ahoy_call_run_get_session (run), AHOY_QUEUE_RESULT_VARIABLE, NULL);
  caller = ahoy_queue_caller_new (queue, run, error);
  if (caller == NULL) {
    return AHOY_CALL_FAILED;
  }
  ahoy_call_run_set_data (run, caller, ahoy_queue_caller_free);
  ahoy_queue_caller_begin (caller);
  return AHOY_CALL_WAITING;
}

static void
ahoy_call_queues_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  AhoyQueueCaller *caller = ahoy_call_run_get_data (run);

  if (caller != NULL) {
    ahoy_queue_caller_cancel (caller);
  }
}

static void
ahoy_call_queues_played (AhoyCallApplication *application, AhoyCallRun *run, gboolean complete)
{
  AhoyQueueCaller *caller = ahoy_call_run_get_data (run);

  if (caller != NULL) {
    ahoy_queue_caller_played (caller, complete);
  }
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_call_queues_run;
  iface->cancel = ahoy_call_queues_cancel;
  iface->played = ahoy_call_queues_played;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_call_queues_finalize (GObject *object)
{
  AhoyCallQueues *self = AHOY_CALL_QUEUES (object);

  g_hash_table_unref (self->queues);
  g_hash_table_unref (self->removed);
  g_clear_object (&self->dial);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_queues_parent_class)->finalize (object);
}

static void
ahoy_call_queues_class_init (AhoyCallQueuesClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ahoy_call_queues_finalize;
  /**
   * AhoyCallQueues::queue-added:
   * @self: the queues
   * @queue: another one
   *
   * A queue can be used, for the first time or again.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ADDED] = g_signal_new ("queue-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, AHOY_TYPE_CALL_QUEUE);
  /**
   * AhoyCallQueues::queue-removed:
   * @self: the queues
   * @queue: one that takes nobody any more
   *
   * A queue was taken out, while callers may wait in it still.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REMOVED] = g_signal_new ("queue-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, AHOY_TYPE_CALL_QUEUE);
}

static void
ahoy_call_queues_init (AhoyCallQueues *self)
{
  self->queues = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_call_queues_new:
 * @dial: what calls the members
 *
 * Makes an application, to be given to ahoy_call_router_add_application() for the step `queue`.
 *
 * Returns: (transfer full): no queues yet
 *
 * Since: 0.1
 */
AhoyCallQueues *
ahoy_call_queues_new (AhoyDialApplication *dial)
{
  AhoyCallQueues *self;

  g_return_val_if_fail (AHOY_IS_DIAL_APPLICATION (dial), NULL);

  self = g_object_new (AHOY_TYPE_CALL_QUEUES, NULL);
  self->dial = g_object_ref (dial);
  return self;
}

/* The last one who waited in a queue that was removed may be gone. */
static void
on_removed_changed (AhoyCallQueue *queue, gpointer user_data)
{
  AhoyCallQueues *self = user_data;
  g_autoptr (GPtrArray) callers = ahoy_call_queue_list_callers (queue);

  if (callers->len == 0) {
    g_signal_handlers_disconnect_by_func (queue, on_removed_changed, self);
    g_hash_table_remove (self->removed, ahoy_call_queue_get_name (queue));
  }
}

/**
 * ahoy_call_queues_set:
 * @self: the queues
 * @config: what holds for a queue
 *
 * Adds a queue, or changes the one of this name. Who waits in it keeps the place.
 *
 * Since: 0.1
 */
void
ahoy_call_queues_set (AhoyCallQueues *self, AhoyQueueConfig *config)
{
  const char *name;
  AhoyCallQueue *queue;

  g_return_if_fail (AHOY_IS_CALL_QUEUES (self));
  g_return_if_fail (AHOY_IS_QUEUE_CONFIG (config));

  name = ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (config));
  queue = g_hash_table_lookup (self->queues, name);
  if (queue != NULL) {
    ahoy_call_queue_set_config (queue, config);
    return;
  }
  queue = g_hash_table_lookup (self->removed, name);
  if (queue != NULL) {
    g_object_ref (queue);
    g_signal_handlers_disconnect_by_func (queue, on_removed_changed, self);
    g_hash_table_remove (self->removed, name);
    ahoy_call_queue_set_config (queue, config);
  } else {
    queue = ahoy_call_queue_new (self->dial, config);
  }
  g_hash_table_insert (self->queues, g_strdup (name), queue);
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, queue);
}

/**
 * ahoy_call_queues_remove:
 * @self: the queues
 * @name: the name of a queue
 *
 * Takes a queue out: nobody comes into it any more. Those who wait in it do so until they are
 * answered or leave.
 *
 * Returns: whether there was one
 *
 * Since: 0.1
 */
gboolean
ahoy_call_queues_remove (AhoyCallQueues *self, const char *name)
{
  g_autoptr (AhoyCallQueue) queue = NULL;
  g_autoptr (GPtrArray) callers = NULL;
  g_autofree char *key = g_strdup (name);

  g_return_val_if_fail (AHOY_IS_CALL_QUEUES (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  queue = ahoy_call_queues_lookup (self, name);
  if (queue == NULL) {
    return FALSE;
  }
  g_object_ref (queue);
  g_hash_table_remove (self->queues, name);
  callers = ahoy_call_queue_list_callers (queue);
  if (callers->len > 0) {
    g_signal_connect_object (queue, "changed", G_CALLBACK (on_removed_changed), self, 0);
    g_hash_table_insert (self->removed, g_steal_pointer (&key), g_object_ref (queue));
  }
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, queue);
  return TRUE;
}

/**
 * ahoy_call_queues_lookup:
 * @self: the queues
 * @name: the name of a queue
 *
 * Returns: (transfer none) (nullable): the queue; %NULL when there is none
 *
 * Since: 0.1
 */
AhoyCallQueue *
ahoy_call_queues_lookup (AhoyCallQueues *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUEUES (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->queues, name);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (ahoy_call_queue_get_name (*(AhoyCallQueue *const *) a),
                 ahoy_call_queue_get_name (*(AhoyCallQueue *const *) b));
}

/**
 * ahoy_call_queues_list:
 * @self: the queues
 *
 * Returns: (transfer container) (element-type AhoyCallQueue): all of them, by their names
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_call_queues_list (AhoyCallQueues *self)
{
  GPtrArray *list;
  GHashTableIter iter;
  gpointer queue;

  g_return_val_if_fail (AHOY_IS_CALL_QUEUES (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->queues);
  while (g_hash_table_iter_next (&iter, NULL, &queue)) {
    g_ptr_array_add (list, g_object_ref (queue));
  }
  g_ptr_array_sort (list, compare);
  return list;
}
