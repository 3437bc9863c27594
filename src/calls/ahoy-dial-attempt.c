/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-run-private.h"
#include "ahoy-dial-attempt-private.h"
#include "ahoy-dial-status-private.h"

/*
 * One dial step of one call: those who are called ring until one answers, and both are joined. Here
 * is who is called when; ahoy-dial-leg.c has what those who are called do, ahoy-dial-join.c what
 * the caller hears, and ahoy-dial-swap.c what others do with it.
 *
 * Whatever happens may end the caller, and with it the run and this attempt: each callback holds a
 * reference, and looks whether there still is a run.
 */

#define MAX_LEGS 32

static void
attempt_clear (gpointer data)
{
  AhoyDialAttempt *self = data;

  ahoy_dial_wait_free (self->wait);
  g_clear_object (&self->caller);
  g_clear_object (&self->scheduler);
  ahoy_route_step_unref (self->step);
  g_ptr_array_unref (self->targets);
  g_ptr_array_unref (self->places);
  g_ptr_array_unref (self->legs);
  g_clear_pointer (&self->forward, ahoy_dial_forward_free);
  g_free (self->reason);
}

void
ahoy_dial_attempt_unref (gpointer self)
{
  g_rc_box_release_full (self, attempt_clear);
}

static void on_arrival (AhoyDialPlace *place, gpointer user_data);

static AhoyDialAttempt *
attempt_new (AhoyDialApplication *application, AhoyCallRun *run, AhoyRouteStep *step,
             const char *const *targets)
{
  AhoySessionService *sessions = ahoy_dial_application_get_sessions (application);
  AhoyStack *stack = ahoy_session_service_get_stack (sessions);
  AhoyDialAttempt *self = g_rc_box_new0 (AhoyDialAttempt);

  self->application = application;
  self->run = run;
  self->step = ahoy_route_step_ref (step);
  self->caller = g_object_ref (ahoy_call_run_get_session (run));
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->targets = g_ptr_array_new_with_free_func (g_free);
  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_dial_place_free);
  self->legs = g_ptr_array_new_with_free_func (g_object_unref);
  self->wait = ahoy_dial_wait_new (application, self->scheduler, on_arrival, self);
  for (gsize i = 0; targets != NULL && targets[i] != NULL; i++) {
    g_ptr_array_add (self->targets, g_strdup (targets[i]));
  }
  return self;
}

AhoyDialAttempt *
ahoy_dial_attempt_new (AhoyDialApplication *application, AhoyCallRun *run)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (run);

  return attempt_new (application, run, step, ahoy_route_step_get_texts (step, "target"));
}

/*
 * Dials @targets in the way of @step, which need not be the one that @run is at, for a caller who
 * was answered and hears something else than that it rings: @watch is told what comes of it, and
 * says what is next when nobody answers.
 */
AhoyDialAttempt *
ahoy_dial_attempt_new_watched (AhoyDialApplication *application, AhoyCallRun *run,
                               AhoyRouteStep *step, const char *const *targets,
                               const AhoyDialWatch *watch, gpointer user_data)
{
  AhoyDialAttempt *self = attempt_new (application, run, step, targets);

  self->watch = watch;
  self->watch_data = user_data;
  return self;
}

gboolean
ahoy_dial_attempt_is_choice (AhoyDialAttempt *self, const char *argument, const char *choice)
{
  return g_str_equal (ahoy_route_step_get_text (self->step, argument), choice);
}

gboolean
ahoy_dial_is_waiting (AhoySession *session)
{
  return ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
         ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE;
}

void
ahoy_dial_attempt_note_status (AhoyDialAttempt *self, guint status, const char *reason)
{
  if (ahoy_dial_status_is_better (status, self->status)) {
    self->status = status;
    g_free (self->reason);
    self->reason = g_strdup (reason);
  }
}

void
ahoy_dial_attempt_cancel_timer (AhoyDialAttempt *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
}

/* The next step follows, or the caller hears why nobody answered. */
static void
give_up (AhoyDialAttempt *self)
{
  AhoyCallRun *run = g_steal_pointer (&self->run);
  guint status = ahoy_dial_status_for_caller (self->status);
  const char *reason = status == self->status ? self->reason : NULL;

  ahoy_dial_overlap_end (self->caller);
  if (ahoy_call_run_has_next (run)) {
    ahoy_call_run_finish (run);
    return;
  }
  if (ahoy_call_router_give_back (ahoy_dial_application_get_router (self->application),
                                  self->caller, status, reason)) {
    return;
  }
  if (self->cause_status == self->status) {
    ahoy_session_set_end_cause (self->caller, self->cause);
  }
  if (!ahoy_dial_is_waiting (self->caller) ||
      !ahoy_session_reject (self->caller, status, reason, NULL)) {
    g_autofree char *text = g_strdup_printf ("SIP;cause=%u", status);

    ahoy_session_hangup_with_reason (self->caller, text);
  }
}

static void
on_no_digits (gpointer user_data)
{
  g_autoptr (AhoyDialAttempt) self = g_rc_box_acquire (user_data);

  if (self->run != NULL) {
    ahoy_dial_attempt_stop_ringback (self);
    give_up (self);
  }
}

/* Nobody answered. */
static void
finish_failed (AhoyDialAttempt *self)
{
  AhoyCallRouter *router = ahoy_dial_application_get_router (self->application);

  ahoy_dial_attempt_cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  if (self->watch != NULL) {
    self->run = NULL;
    self->watch->failed (self->watch_data);
    return;
  }
  ahoy_dial_attempt_stop_ringback (self);
  if (self->status == 484 && ahoy_dial_overlap_ask (router, self->run, on_no_digits, self)) {
    return;
  }
  if (self->run != NULL) { /* asking may have ended the call */
    give_up (self);
  }
}

static void begin_next (AhoyDialAttempt *self);

void
ahoy_dial_attempt_go_on (AhoyDialAttempt *self)
{
  if (self->legs->len > 0 || self->callee != NULL || self->run == NULL ||
      ahoy_dial_wait_is_on (self->wait)) {
    return;
  }
  if (self->places->len + self->targets->len > 0 && self->status < 600) {
    begin_next (self);
    return;
  }
  finish_failed (self);
}

static void
on_timeout (gpointer user_data)
{
  g_autoptr (AhoyDialAttempt) self = g_rc_box_acquire (user_data);

  self->timer = 0;
  ahoy_dial_attempt_note_status (self, self->legs->len > 0 ? 408 : 480, NULL);
  ahoy_dial_wait_clear (self->wait);
  ahoy_dial_attempt_give_up_legs (self, NULL, NULL);
  ahoy_dial_attempt_go_on (self);
}

/* Calls a contact, or has it woken: then it is called when it registers again. */
static void
call (AhoyDialAttempt *self, AhoyDialPlace *place)
{
  AhoyWaker *waker = ahoy_dial_application_get_waker (self->application);

  if (waker != NULL && ahoy_waker_is_asleep (waker, place->contact) &&
      ahoy_dial_wait_wake (self->wait, place, ahoy_session_get_remote_uri (self->caller))) {
    return;
  }
  ahoy_dial_wait_note (self->wait, place->contact);
  ahoy_dial_attempt_add_leg (self, place);
}

/* Somebody came while others ring, or was waited for in vain. */
static void
on_arrival (AhoyDialPlace *place, gpointer user_data)
{
  g_autoptr (AhoyDialAttempt) self = g_rc_box_acquire (user_data);

  if (self->run == NULL || self->callee != NULL) {
    return;
  }
  if (place != NULL && self->legs->len < MAX_LEGS) {
    ahoy_dial_attempt_add_leg (self, place);
  }
  ahoy_dial_attempt_go_on (self);
}

/* The first of the contacts that wait for their turn. */
static void
call_place (AhoyDialAttempt *self)
{
  g_autoptr (AhoyDialPlace) place = g_ptr_array_steal_index (self->places, 0);

  call (self, place);
}

static void
call_target (AhoyDialAttempt *self, const char *text)
{
  g_autofree char *resolved = ahoy_dial_application_resolve (self->application, text);
  g_autoptr (AhoyDialTarget) target = ahoy_dial_target_new (
      ahoy_dial_application_get_endpoints (self->application),
      ahoy_dial_application_get_location (self->application), resolved);
  gboolean all = ahoy_dial_attempt_is_choice (self, "contacts", "all");

  if (ahoy_route_step_get_boolean (self->step, "late")) {
    ahoy_dial_wait_expect (self->wait, target);
  }
  if (target->status == 480) {
    ahoy_dial_wait_wake_all (self->wait, target, ahoy_session_get_remote_uri (self->caller));
  }
  if (target->status != 0) {
    g_message ("“%s” is not called: %s", text, target->reason);
    ahoy_dial_attempt_note_status (self, target->status, NULL);
  }
  for (guint i = 0; i < target->places->len && self->legs->len < MAX_LEGS && (all || i < 1); i++) {
    call (self, target->places->pdata[i]);
  }
  if (ahoy_dial_attempt_is_choice (self, "contacts", "order") && target->places->len > 1) {
    g_ptr_array_remove_index (target->places, 0);
    g_ptr_array_extend_and_steal (self->places, g_ptr_array_ref (target->places));
  }
}

/* Calls all that wait, or the next of them. */
static void
begin_next (AhoyDialAttempt *self)
{
  gboolean one = ahoy_dial_attempt_is_choice (self, "mode", "order");

  ahoy_dial_attempt_cancel_timer (self);
  self->timer = ahoy_scheduler_add (self->scheduler, "dial step",
                                    ahoy_route_step_get_duration (self->step, "timeout"),
                                    on_timeout, self, NULL);
  if (self->places->len > 0) {
    call_place (self);
    ahoy_dial_attempt_go_on (self);
    return;
  }
  ahoy_dial_wait_clear (self->wait);
  do {
    g_autofree char *target = g_ptr_array_steal_index (self->targets, 0);

    call_target (self, target);
  } while (!one && self->targets->len > 0);
  ahoy_dial_attempt_go_on (self);
}

void
ahoy_dial_attempt_begin (AhoyDialAttempt *self)
{
  g_autoptr (AhoyDialAttempt) hold = g_rc_box_acquire (self);

  g_object_set_data (G_OBJECT (self->caller), AHOY_DIAL_ATTEMPT_DATA, self);
  ahoy_dial_overlap_begin (self->caller);
  ahoy_call_router_tell_dialling (ahoy_dial_application_get_router (self->application),
                                  self->caller);
  if (self->run == NULL) { /* whoever was told ended the call */
    return;
  }
  if (!ahoy_dial_count_hops (self->caller, &self->hops)) {
    ahoy_dial_attempt_note_status (self, 483, NULL);
    finish_failed (self);
    return;
  }
  begin_next (self);
}

/* Somebody else is called as well, for as long as the others ring. */
void
ahoy_dial_attempt_add (AhoyDialAttempt *self, const char *target)
{
  g_autoptr (AhoyDialAttempt) hold = g_rc_box_acquire (self);

  if (self->run != NULL && self->callee == NULL) {
    call_target (self, target);
    ahoy_dial_attempt_go_on (self);
  }
}

/* The caller is over, or somebody else's, or the step is done: nobody else stays. */
void
ahoy_dial_attempt_end (AhoyDialAttempt *self)
{
  g_autoptr (AhoyDialAttempt) hold = g_rc_box_acquire (self);
  const char *reason = ahoy_session_get_ended_by (self->caller) == AHOY_SESSION_PARTY_REMOTE
                           ? ahoy_session_get_end_reason (self->caller)
                           : NULL;

  self->run = NULL;
  if (g_object_get_data (G_OBJECT (self->caller), AHOY_DIAL_ATTEMPT_DATA) == self) {
    g_object_set_data (G_OBJECT (self->caller), AHOY_DIAL_ATTEMPT_DATA, NULL);
  }
  ahoy_dial_attempt_cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  ahoy_dial_overlap_end (self->caller);
  ahoy_dial_attempt_stop_ringback (self);
  ahoy_dial_attempt_give_up_legs (self, NULL, reason);
  g_clear_pointer (&self->limit, ahoy_call_timer_free);
  ahoy_dial_attempt_drop_bridge (self);
  if (self->callee != NULL) {
    g_autoptr (AhoySession) callee = g_steal_pointer (&self->callee);

    g_signal_handlers_disconnect_by_data (callee, self);
    g_object_set_data (G_OBJECT (callee), AHOY_DIAL_ATTEMPT_DATA, NULL);
    ahoy_session_hangup_after (callee, self->caller);
  }
}
