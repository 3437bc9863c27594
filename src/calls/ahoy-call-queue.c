/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-queue-private.h"

#include "ahoy-census.h"
#include "ahoy-queue-caller-private.h"
#include "ahoy-queue-member-private.h"

/**
 * AhoyCallQueue:
 *
 * Callers who wait until one of several people is free, the first who came first.
 *
 * Since: 0.1
 */
struct _AhoyCallQueue {
  GObject parent_instance;

  AhoyDialApplication *dial;
  AhoyScheduler *scheduler;
  AhoyQueueConfig *config;
  GPtrArray *members; /* AhoyQueueMember, in their order */
  GPtrArray *callers; /* AhoyQueueCaller, not references: those who wait, the first first */
  guint64 job;        /* looks who can be called */
  gint64 job_due;
  guint answered;
  guint abandoned;
};

enum { SIGNAL_ENTERED, SIGNAL_ANSWERED, SIGNAL_LEFT, SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyCallQueue, ahoy_call_queue, G_TYPE_OBJECT)

static void serve (gpointer user_data);

static void
forget_job (AhoyCallQueue *self)
{
  if (self->job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->job);
    self->job = 0;
  }
}

static void
serve_at (AhoyCallQueue *self, gint64 due)
{
  if (self->job != 0 && self->job_due <= due) {
    return;
  }
  forget_job (self);
  self->job_due = due;
  self->job = ahoy_scheduler_add (self->scheduler, "queue",
                                  due - ahoy_scheduler_get_now (self->scheduler), serve, self,
                                  NULL);
}

/* A moment later: whoever tells that something changed is not done with it. */
static void
serve_soon (gpointer user_data)
{
  AhoyCallQueue *self = user_data;

  serve_at (self, ahoy_scheduler_get_now (self->scheduler));
}

static gint64
get_duration (AhoyCallQueue *self, const char *key)
{
  return ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config), key);
}

static AhoyQueueStrategy
get_strategy (AhoyCallQueue *self)
{
  return ahoy_config_object_get_choice (AHOY_CONFIG_OBJECT (self->config), "strategy");
}

static AhoyQueueMember *
find_member (AhoyCallQueue *self, const char *name)
{
  for (guint i = 0; i < self->members->len; i++) {
    if (g_str_equal (ahoy_queue_member_get_name (self->members->pdata[i]), name)) {
      return self->members->pdata[i];
    }
  }
  return NULL;
}

/* -- who rings for whom --------------------------------------------------------------------- */

static gboolean
is_free (AhoyQueueMember *member)
{
  return ahoy_queue_member_get_state (member) == AHOY_QUEUE_MEMBER_FREE;
}

static gboolean
was_tried (AhoyQueueCaller *caller, AhoyQueueMember *member)
{
  return g_hash_table_contains (caller->tried, ahoy_queue_member_get_name (member));
}

/* The members to ring for somebody: none, one, or all that are free. */
static GPtrArray *
choose (AhoyCallQueue *self, AhoyQueueCaller *caller)
{
  AhoyQueueStrategy strategy = get_strategy (self);
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < self->members->len; i++) {
    AhoyQueueMember *member = self->members->pdata[i];

    if (was_tried (caller, member) || !is_free (member)) {
      continue;
    }
    if (strategy == AHOY_QUEUE_STRATEGY_ALL || chosen->len == 0) {
      g_ptr_array_add (chosen, member);
    } else if (strategy == AHOY_QUEUE_STRATEGY_LEAST_RECENT &&
               ahoy_queue_member_get_last_call (member) <
                   ahoy_queue_member_get_last_call (chosen->pdata[0])) {
      chosen->pdata[0] = member;
    }
  }
  return chosen;
}

static void
mark (AhoyQueueCaller *caller, AhoyQueueMember *member)
{
  g_hash_table_add (caller->tried, g_strdup (ahoy_queue_member_get_name (member)));
  ahoy_queue_member_set_caller (member, caller);
}

/* Nobody rings for the caller yet. */
static void
begin (AhoyCallQueue *self, AhoyQueueCaller *caller)
{
  g_autoptr (GPtrArray) chosen = choose (self, caller);
  g_autoptr (GPtrArray) targets = g_ptr_array_new_with_free_func (g_free);

  if (chosen->len == 0 && g_hash_table_size (caller->tried) > 0) {
    /* All who are free were asked: the next round begins. */
    g_hash_table_remove_all (caller->tried);
    g_ptr_array_unref (chosen);
    chosen = choose (self, caller);
  }
  if (chosen->len == 0) {
    return;
  }
  for (guint i = 0; i < chosen->len; i++) {
    mark (caller, chosen->pdata[i]);
    g_ptr_array_add (targets, g_strdup (ahoy_queue_member_get_target (chosen->pdata[i])));
  }
  g_ptr_array_add (targets, NULL);
  ahoy_queue_caller_dial (caller, (const char *const *) targets->pdata);
}

/* Some ring for the caller already: those who came free ring, too. */
static void
add (AhoyCallQueue *self, AhoyQueueCaller *caller)
{
  g_autoptr (GPtrArray) chosen = choose (self, caller);

  for (guint i = 0; i < chosen->len && caller->attempt != NULL; i++) {
    mark (caller, chosen->pdata[i]);
    ahoy_dial_attempt_add (caller->attempt, ahoy_queue_member_get_target (chosen->pdata[i]));
  }
}

/* -- looking -------------------------------------------------------------------------------- */

static gboolean
is_empty (AhoyCallQueue *self)
{
  for (guint i = 0; i < self->members->len; i++) {
    if (ahoy_queue_member_get_state (self->members->pdata[i]) != AHOY_QUEUE_MEMBER_UNAVAILABLE) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_left_when_empty (AhoyCallQueue *self)
{
  return ahoy_config_object_get_choice (AHOY_CONFIG_OBJECT (self->config), "when-empty") ==
             AHOY_QUEUE_WHEN_EMPTY_LEAVE &&
         is_empty (self);
}

/* Each that leaves may take others along: calls end each other. */
static void
send_away (AhoyCallQueue *self)
{
  while (self->callers->len > 0 && is_left_when_empty (self)) {
    ahoy_queue_caller_leave (self->callers->pdata[0], "empty");
  }
}

/* Looks again when the next member is free. */
static void
plan (AhoyCallQueue *self)
{
  gint64 now = ahoy_scheduler_get_now (self->scheduler);
  gint64 next = 0;

  for (guint i = 0; i < self->members->len; i++) {
    gint64 due = ahoy_queue_member_get_free_at (self->members->pdata[i]);

    if (due > now && (next == 0 || due < next)) {
      next = due;
    }
  }
  if (next != 0) {
    serve_at (self, next);
  }
}

static void
serve (gpointer user_data)
{
  g_autoptr (AhoyCallQueue) self = g_object_ref (user_data);
  gboolean all = get_strategy (self) == AHOY_QUEUE_STRATEGY_ALL;

  self->job = 0;
  send_away (self);
  for (guint i = 0; i < self->callers->len && (i == 0 || !all); i++) {
    AhoyQueueCaller *caller = self->callers->pdata[i];

    if (caller->attempt == NULL) {
      begin (self, caller);
    } else if (all) {
      add (self, caller);
    }
  }
  plan (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* -- what becomes of callers ---------------------------------------------------------------- */

const char *
ahoy_call_queue_refuse (AhoyCallQueue *self)
{
  guint most = ahoy_config_object_get_number (AHOY_CONFIG_OBJECT (self->config), "max-length");

  if (most > 0 && self->callers->len >= most) {
    return "full";
  }
  return is_left_when_empty (self) ? "empty" : NULL;
}

/* Behind all who came before: one who has the place of another one may have come long ago. */
void
ahoy_call_queue_add (AhoyCallQueue *self, AhoyQueueCaller *caller)
{
  guint place = self->callers->len;

  while (place > 0 && ((AhoyQueueCaller *) self->callers->pdata[place - 1])->since >
                          caller->since) {
    place--;
  }
  g_ptr_array_insert (self->callers, (int) place, caller);
  caller->waits = TRUE;
  serve_soon (self);
  g_signal_emit (self, signals[SIGNAL_ENTERED], 0, caller->session);
}

static void
take_out (AhoyCallQueue *self, AhoyQueueCaller *caller)
{
  caller->waits = FALSE;
  g_ptr_array_remove (self->callers, caller);
  serve_soon (self);
}

static gint64
wait_of (AhoyCallQueue *self, AhoyQueueCaller *caller)
{
  return ahoy_scheduler_get_now (self->scheduler) - caller->since;
}

void
ahoy_call_queue_remove (AhoyCallQueue *self, AhoyQueueCaller *caller, const char *result)
{
  if (!caller->waits) {
    return;
  }
  take_out (self, caller);
  if (g_str_equal (result, "abandoned")) {
    self->abandoned++;
  }
  g_signal_emit (self, signals[SIGNAL_LEFT], 0, caller->session, result, wait_of (self, caller));
}

void
ahoy_call_queue_answered (AhoyCallQueue *self, AhoyQueueCaller *caller, AhoySession *leg)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (leg);
  AhoyQueueMember *member =
      endpoint != NULL ? find_member (self, ahoy_endpoint_get_name (endpoint)) : NULL;

  ahoy_call_queue_silence (self, caller, FALSE);
  if (member != NULL) {
    ahoy_queue_member_take (member, leg);
  }
  take_out (self, caller);
  self->answered++;
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, caller->session, leg, wait_of (self, caller));
}

void
ahoy_call_queue_declined (AhoyCallQueue *self, AhoyEndpoint *endpoint)
{
  AhoyQueueMember *member = find_member (self, ahoy_endpoint_get_name (endpoint));

  if (member != NULL) {
    ahoy_queue_member_set_caller (member, NULL);
    ahoy_queue_member_pause (member, get_duration (self, "retry"));
  }
  serve_soon (self);
}

void
ahoy_call_queue_silence (AhoyCallQueue *self, AhoyQueueCaller *caller, gboolean in_vain)
{
  for (guint i = 0; i < self->members->len; i++) {
    AhoyQueueMember *member = self->members->pdata[i];

    if (ahoy_queue_member_get_caller (member) != caller) {
      continue;
    }
    ahoy_queue_member_set_caller (member, NULL);
    if (in_vain) {
      ahoy_queue_member_pause (member, get_duration (self, "retry"));
    }
  }
  if (get_strategy (self) == AHOY_QUEUE_STRATEGY_ALL) {
    g_hash_table_remove_all (caller->tried);
  }
  serve_soon (self);
}

AhoyDialApplication *
ahoy_call_queue_get_dial (AhoyCallQueue *self)
{
  return self->dial;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_call_queue_finalize (GObject *object)
{
  AhoyCallQueue *self = AHOY_CALL_QUEUE (object);

  forget_job (self);
  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->callers);
  g_clear_object (&self->config);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->dial);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_queue_parent_class)->finalize (object);
}

static void
ahoy_call_queue_class_init (AhoyCallQueueClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ahoy_call_queue_finalize;
  /**
   * AhoyCallQueue::entered:
   * @self: a queue
   * @session: who waits from now on
   *
   * Somebody came.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENTERED] = g_signal_new ("entered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, AHOY_TYPE_SESSION);
  /**
   * AhoyCallQueue::answered:
   * @self: a queue
   * @session: who waited
   * @member: the call to the one who answered
   * @waited: how long, in microseconds
   *
   * Somebody is joined with a member.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ANSWERED] =
      g_signal_new ("answered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    AHOY_TYPE_SESSION, AHOY_TYPE_SESSION, G_TYPE_INT64);
  /**
   * AhoyCallQueue::left:
   * @self: a queue
   * @session: who waited
   * @result: why: `abandoned` when the caller hung up, `timeout`, `empty`, or `taken` when
   *   something else is done with the call
   * @waited: how long, in microseconds
   *
   * Somebody waits no longer, and nobody answered.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LEFT] =
      g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    AHOY_TYPE_SESSION, G_TYPE_STRING, G_TYPE_INT64);
  /**
   * AhoyCallQueue::changed:
   * @self: a queue
   *
   * Callers came or went, or members are in other states; there may be no difference, too.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
ahoy_call_queue_init (AhoyCallQueue *self)
{
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_queue_member_free);
  self->callers = g_ptr_array_new ();
  ahoy_census_enter (G_OBJECT (self));
}

AhoyCallQueue *
ahoy_call_queue_new (AhoyDialApplication *dial, AhoyQueueConfig *config)
{
  AhoyCallQueue *self = g_object_new (AHOY_TYPE_CALL_QUEUE, NULL);
  AhoyStack *stack =
      ahoy_session_service_get_stack (ahoy_dial_application_get_sessions (dial));

  self->dial = g_object_ref (dial);
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  ahoy_call_queue_set_config (self, config);
  return self;
}

/* Members who stay are as they were; one who is no member any more may still answer. */
static void
update_members (AhoyCallQueue *self)
{
  const char *const *targets =
      ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (self->config), "members");
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->members);

  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_queue_member_free);
  for (gsize i = 0; targets != NULL && targets[i] != NULL; i++) {
    AhoyQueueMember *member = NULL;

    for (guint n = 0; n < before->len && member == NULL; n++) {
      const char *name = ahoy_queue_member_get_name (before->pdata[n]);

      if (g_str_has_prefix (targets[i], name) &&
          (targets[i][strlen (name)] == '\0' || targets[i][strlen (name)] == '/')) {
        member = g_ptr_array_steal_index (before, n);
        ahoy_queue_member_set_target (member, targets[i]);
      }
    }
    if (member == NULL) {
      member = ahoy_queue_member_new (self->dial, targets[i], serve_soon, self);
    }
    ahoy_queue_member_set_wrap_up (member, get_duration (self, "wrap-up"));
    g_ptr_array_add (self->members, member);
  }
}

void
ahoy_call_queue_set_config (AhoyCallQueue *self, AhoyQueueConfig *config)
{
  g_set_object (&self->config, config);
  update_members (self);
  for (guint i = 0; i < self->callers->len; i++) {
    ahoy_queue_caller_update (self->callers->pdata[i]);
  }
  serve_soon (self);
}

/**
 * ahoy_call_queue_get_name:
 * @self: a queue
 *
 * Returns: (transfer none): the name of its group `queue`
 *
 * Since: 0.1
 */
const char *
ahoy_call_queue_get_name (AhoyCallQueue *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUEUE (self), NULL);

  return ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (self->config));
}

/**
 * ahoy_call_queue_get_config:
 * @self: a queue
 *
 * Returns: (transfer none): what holds for it now
 *
 * Since: 0.1
 */
AhoyQueueConfig *
ahoy_call_queue_get_config (AhoyCallQueue *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUEUE (self), NULL);

  return self->config;
}

/**
 * ahoy_call_queue_list_callers:
 * @self: a queue
 *
 * Returns: (transfer container) (element-type AhoySession): those who wait, the first first
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_call_queue_list_callers (AhoyCallQueue *self)
{
  GPtrArray *list;

  g_return_val_if_fail (AHOY_IS_CALL_QUEUE (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->callers->len; i++) {
    g_ptr_array_add (list, g_object_ref (((AhoyQueueCaller *) self->callers->pdata[i])->session));
  }
  return list;
}

/**
 * ahoy_call_queue_get_wait:
 * @self: a queue
 * @session: somebody who waits in it
 *
 * Returns: how long, in microseconds; -1 for somebody who does not
 *
 * Since: 0.1
 */
gint64
ahoy_call_queue_get_wait (AhoyCallQueue *self, AhoySession *session)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUEUE (self), -1);
  g_return_val_if_fail (AHOY_IS_SESSION (session), -1);

  for (guint i = 0; i < self->callers->len; i++) {
    AhoyQueueCaller *caller = self->callers->pdata[i];

    if (caller->session == session) {
      return wait_of (self, caller);
    }
  }
  return -1;
}

/**
 * ahoy_call_queue_list_members:
 * @self: a queue
 *
 * How its members are: `free`, `ringing` for a caller of the queue, `talking` with one, in the
 * `wrap-up` after that, in the `pause` after they did not answer, `busy` with another call, or
 * `unavailable`.
 *
 * Returns: (transfer full): `a(ss)`: the name of an endpoint, and its state, in their order
 *
 * Since: 0.1
 */
GVariant *
ahoy_call_queue_list_members (AhoyCallQueue *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_CALL_QUEUE (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < self->members->len; i++) {
    AhoyQueueMember *member = self->members->pdata[i];

    g_variant_builder_add (
        &builder, "(ss)", ahoy_queue_member_get_name (member),
        ahoy_queue_member_state_to_string (ahoy_queue_member_get_state (member)));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * ahoy_call_queue_get_answered:
 * @self: a queue
 *
 * Returns: how many callers a member answered
 *
 * Since: 0.1
 */
guint
ahoy_call_queue_get_answered (AhoyCallQueue *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUEUE (self), 0);

  return self->answered;
}

/**
 * ahoy_call_queue_get_abandoned:
 * @self: a queue
 *
 * Returns: how many callers hung up while they waited
 *
 * Since: 0.1
 */
guint
ahoy_call_queue_get_abandoned (AhoyCallQueue *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUEUE (self), 0);

  return self->abandoned;
}
