/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-features-private.h"
#include "ahoy-bridge.h"
#include "ahoy-call-identity-private.h"
#include "ahoy-call-ringback-private.h"
#include "ahoy-call-timer-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-dial-private.h"
#include "ahoy-dial-status-private.h"
#include "ahoy-error.h"

/*
 * One dial step of one call: those who are called ring until one answers, and both are joined.
 *
 * Whatever happens may end the caller, and with it the run and this attempt: each callback holds a
 * reference, and looks whether there still is a run.
 */

#define ELSEWHERE "SIP;cause=200;text=\"Call completed elsewhere\"" /* RFC 3326 §2 */
#define RINGBACK "ringing"
#define PLACE "ahoy-dial-place" /* where a leg was called */
#define FORWARDS "ahoy-dial-forwards" /* how often a leg was sent elsewhere */
#define MAX_LEGS 32
#define ATTEMPT "ahoy-dial-attempt" /* of a caller, of a leg */

struct _AhoyDialAttempt {
  AhoyDialApplication *application; /* not a reference: the router holds it */
  AhoyCallRun *run;                 /* not a reference; NULL when the step is over */
  AhoyRouteStep *step;              /* how is dialled */
  const AhoyDialWatch *watch;       /* who has the caller while it rings; NULL: this step */
  gpointer watch_data;
  AhoySession *caller;
  AhoyScheduler *scheduler;
  guint64 timer;
  guint hops;
  GPtrArray *targets; /* char *: those that wait for their turn */
  GPtrArray *places;  /* AhoyDialPlace: contacts of the last one that wait for theirs */
  GPtrArray *legs;    /* AhoySession: those that ring */
  AhoyDialWait *wait;  /* for those who may still come */
  AhoySession *callee; /* the one that answered */
  AhoySession *early;  /* the one that is heard before */
  AhoyBridge *bridge;
  gboolean borrowed;         /* the bridge was there before us, and stays */
  AhoyCallTimer *limit; /* how long they may talk; NULL for as long as they like */
  AhoyDialForward *forward; /* where a callee wants the call to go on; NULL: it does not */
  guint status;              /* the best refusal */
  guint cause_status;        /* the best refusal that somebody who was called said */
  AhoyCause cause;           /* and why */
  char *reason;
};

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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDialAttempt, ahoy_dial_attempt_unref)

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

static gboolean
is_choice (AhoyDialAttempt *self, const char *argument, const char *choice)
{
  return g_str_equal (ahoy_route_step_get_text (self->step, argument), choice);
}

static gboolean
is_waiting (AhoySession *session)
{
  return ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
         ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE;
}

static void
note_status (AhoyDialAttempt *self, guint status, const char *reason)
{
  if (ahoy_dial_status_is_better (status, self->status)) {
    self->status = status;
    g_free (self->reason);
    self->reason = g_strdup (reason);
  }
}

/* -- what the caller hears ------------------------------------------------------------------ */

static void
stop_ringback (AhoyDialAttempt *self)
{
  ahoy_call_ringback_stop (self->caller);
}

/* Who alone is called is who the caller is going to talk with. */
static void
tell_callee (AhoyDialAttempt *self, AhoySession *leg)
{
  if (self->legs->len == 1 && self->targets->len == 0) {
    ahoy_call_identity_tell (self->caller, leg);
  }
}

/* Somebody is alerted. */
static void
tell_ringing (AhoyDialAttempt *self)
{
  g_autoptr (GError) error = NULL;

  ahoy_dial_overlap_end (self->caller);
  if (self->early == NULL && self->callee == NULL &&
      !ahoy_call_ringback_start (ahoy_dial_application_get_router (self->application),
                                 self->caller, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not told that it rings: %s",
               ahoy_session_get_id (self->caller), error->message);
  }
}

/* All but the caller leave. */
static void
empty_bridge (AhoyDialAttempt *self, AhoyBridge *bridge)
{
  g_autoptr (GPtrArray) members = ahoy_bridge_list_members (bridge);

  for (guint i = 0; i < members->len; i++) {
    if (members->pdata[i] != (gpointer) self->caller) {
      ahoy_bridge_remove (bridge, members->pdata[i]);
    }
  }
}

static void
report (AhoyDialAttempt *self, guint status, const char *reason)
{
  ahoy_call_router_report (ahoy_dial_application_get_router (self->application), self->caller,
                           status, reason);
}

static void
drop_bridge (AhoyDialAttempt *self)
{
  g_autoptr (AhoyBridge) bridge = g_steal_pointer (&self->bridge);

  if (bridge != NULL && self->borrowed) {
    empty_bridge (self, bridge);
  } else if (bridge != NULL) {
    ahoy_bridge_destroy (bridge);
  }
}

/* The bridge in which the caller waits alone, as in a call that we set up; NULL for none. */
static AhoyBridge *
find_waiting_bridge (AhoyDialAttempt *self)
{
  AhoyBridge *bridge = ahoy_bridge_find (AHOY_BRIDGE_MEMBER (self->caller));
  g_autoptr (GPtrArray) members = bridge != NULL ? ahoy_bridge_list_members (bridge) : NULL;

  return members != NULL && members->len == 1 ? g_object_ref (bridge) : NULL;
}

static void
join (AhoyDialAttempt *self, AhoySession *leg)
{
  ahoy_dial_overlap_end (self->caller);
  stop_ringback (self);
  drop_bridge (self);
  ahoy_bridge_features_take_step (self->caller, leg, self->step);
  self->bridge = find_waiting_bridge (self);
  self->borrowed = self->bridge != NULL;
  if (!self->borrowed) {
    self->bridge = ahoy_bridge_new ();
    ahoy_call_router_announce_bridge (ahoy_dial_application_get_router (self->application),
                                      self->bridge);
    ahoy_bridge_add (self->bridge, AHOY_BRIDGE_MEMBER (self->caller), NULL);
  }
  ahoy_bridge_add (self->bridge, AHOY_BRIDGE_MEMBER (leg), NULL);
}

/* -- legs ----------------------------------------------------------------------------------- */

static void
forget_leg (AhoyDialAttempt *self, AhoySession *leg)
{
  g_signal_handlers_disconnect_by_data (leg, self);
  g_object_set_data (G_OBJECT (leg), ATTEMPT, NULL);
  if (leg == self->early) {
    self->early = NULL;
    drop_bridge (self);
  }
  g_ptr_array_remove (self->legs, leg);
}

/* Those who ring, but for @but, do so no longer. */
static void
give_up_legs (AhoyDialAttempt *self, AhoySession *but, const char *reason)
{
  g_autoptr (GPtrArray) legs =
      g_ptr_array_copy (self->legs, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (legs, g_object_unref);
  for (guint i = 0; i < legs->len; i++) {
    if (legs->pdata[i] != but) {
      forget_leg (self, legs->pdata[i]);
      ahoy_session_hangup_with_reason (legs->pdata[i], reason);
    }
  }
}

static void
cancel_timer (AhoyDialAttempt *self)
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
  if (!is_waiting (self->caller) ||
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
    stop_ringback (self);
    give_up (self);
  }
}

/* Nobody answered. */
static void
finish_failed (AhoyDialAttempt *self)
{
  AhoyCallRouter *router = ahoy_dial_application_get_router (self->application);

  cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  if (self->watch != NULL) {
    self->run = NULL;
    self->watch->failed (self->watch_data);
    return;
  }
  stop_ringback (self);
  if (self->status == 484 && ahoy_dial_overlap_ask (router, self->run, on_no_digits, self)) {
    return;
  }
  if (self->run != NULL) { /* asking may have ended the call */
    give_up (self);
  }
}

static void begin_next (AhoyDialAttempt *self);

static void
go_on (AhoyDialAttempt *self)
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
  note_status (self, self->legs->len > 0 ? 408 : 480, NULL);
  ahoy_dial_wait_clear (self->wait);
  give_up_legs (self, NULL, NULL);
  go_on (self);
}

/* The time that both may talk begins. */
static void
begin_limit (AhoyDialAttempt *self)
{
  AhoyCallTimerSpec spec;

  if (!ahoy_call_timer_spec_read_step (&spec, self->step)) {
    return;
  }
  spec.end = is_choice (self, "afterwards", "continue") ? AHOY_CALL_TIMER_OTHERS
                                                        : AHOY_CALL_TIMER_CALL;
  self->limit = ahoy_call_timer_new (ahoy_dial_application_get_router (self->application),
                                     self->caller, &spec);
}

/* The one who answered hung up. */
static void
on_callee_ended (AhoyDialAttempt *self, AhoySession *callee)
{
  AhoyCallRun *run = self->run;
  gboolean continues = is_choice (self, "afterwards", "continue");

  g_signal_handlers_disconnect_by_data (callee, self);
  g_clear_pointer (&self->limit, ahoy_call_timer_free);
  g_object_set_data (G_OBJECT (callee), ATTEMPT, NULL);
  drop_bridge (self);
  g_clear_object (&self->callee);
  self->run = NULL;
  if (continues && ahoy_call_run_has_next (run)) {
    ahoy_call_run_finish (run);
  } else {
    ahoy_session_hangup_after (self->caller, callee);
  }
}

/* The connection of the phone is gone: it may sleep. */
static void
wake_again (AhoyDialAttempt *self, AhoySession *leg, guint status)
{
  AhoyDialPlace *place = g_object_get_data (G_OBJECT (leg), PLACE);

  if (status == 430 && place != NULL) {
    ahoy_dial_wait_wake (self->wait, place, ahoy_session_get_remote_uri (self->caller));
  }
}

/* A callee wants the call elsewhere, and its endpoint says that our routes know where. */
static void
on_leg_redirected (AhoySession *leg, char **users, gpointer user_data)
{
  AhoyDialAttempt *self = user_data;

  if (self->run != NULL && self->forward == NULL && self->watch == NULL) {
    self->forward =
        ahoy_dial_forward_new (ahoy_dial_application_get_router (self->application), self->run,
                               users);
  }
}

/* The caller goes on at another number; nobody rings any more. FALSE: that goes in circles. */
static gboolean
go_forward (AhoyDialAttempt *self)
{
  g_autoptr (AhoyDialForward) forward = g_steal_pointer (&self->forward);
  AhoyCallRun *run = self->run;

  if (!ahoy_dial_forward_jump (forward, run)) {
    note_status (self, 482, NULL);
    return FALSE;
  }
  self->run = NULL;
  cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  stop_ringback (self);
  give_up_legs (self, NULL, ELSEWHERE);
  ahoy_call_run_finish (run);
  return TRUE;
}

/* The contacts of an endpoint that ring. */
static gboolean
rings_at (AhoyDialAttempt *self, AhoyEndpoint *endpoint)
{
  for (guint i = 0; i < self->legs->len; i++) {
    if (ahoy_session_get_endpoint (self->legs->pdata[i]) == endpoint) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
give_up_legs_of (AhoyDialAttempt *self, AhoyEndpoint *endpoint)
{
  for (guint i = self->legs->len; i > 0; i--) {
    g_autoptr (AhoySession) leg = g_object_ref (self->legs->pdata[i - 1]);

    if (ahoy_session_get_endpoint (leg) == endpoint) {
      forget_leg (self, leg);
      ahoy_session_hangup (leg);
    }
  }
}

/* Somebody does not want the call, or cannot have it. Those who are watched are different people:
 * a 6xx holds for the contacts of one endpoint only. */
static void
tell_declined (AhoyDialAttempt *self, AhoySession *leg, guint status)
{
  AhoyDialPlace *place = g_object_get_data (G_OBJECT (leg), PLACE);

  if (place == NULL || place->endpoint == NULL) {
    return;
  }
  if (status >= 600) {
    give_up_legs_of (self, place->endpoint);
  }
  if (!rings_at (self, place->endpoint)) {
    self->watch->declined (place->endpoint, self->watch_data);
  }
}

static void
on_leg_ended (AhoySession *leg, gpointer user_data)
{
  g_autoptr (AhoyDialAttempt) self = g_rc_box_acquire (user_data);
  g_autoptr (AhoySession) hold = g_object_ref (leg);
  guint status = ahoy_session_get_end_status (leg);

  if (self->run == NULL) {
    return;
  }
  if (leg == self->callee) {
    on_callee_ended (self, leg);
    return;
  }
  if (self->forward == NULL && ahoy_dial_status_is_better (status, self->status)) {
    self->cause_status = status;
    self->cause = ahoy_session_get_end_cause (leg);
  }
  if (self->forward == NULL) {
    note_status (self, status, ahoy_session_get_end_reason (leg));
  }
  wake_again (self, leg, status);
  forget_leg (self, leg);
  if (self->watch != NULL) {
    tell_declined (self, leg, status);
    go_on (self);
    return;
  }
  if (self->forward != NULL && go_forward (self)) {
    return;
  }
  if (status >= 600) { /* RFC 3261 §16.7 step 5: nobody else shall be asked */
    ahoy_dial_wait_clear (self->wait);
    give_up_legs (self, NULL, NULL);
  }
  go_on (self);
}

static gboolean
answer_caller (AhoyDialAttempt *self, AhoySession *leg)
{
  g_autoptr (GError) error = NULL;

  ahoy_call_identity_tell (self->caller, leg);
  if (!is_waiting (self->caller)) {
    return TRUE;
  }
  if (!ahoy_session_has_early_media (self->caller)) {
    ahoy_dial_match_codec (self->caller, leg);
  }
  if (ahoy_session_answer (self->caller, &error)) {
    return TRUE;
  }
  g_message ("Session %" G_GUINT64_FORMAT " is not joined with its callee: %s",
             ahoy_session_get_id (self->caller), error->message);
  return FALSE;
}

static void
on_leg_answered (AhoyDialAttempt *self, AhoySession *leg)
{
  cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  self->callee = g_object_ref (leg);
  give_up_legs (self, leg, ELSEWHERE);
  g_ptr_array_set_size (self->legs, 0);
  if (self->watch != NULL) {
    self->watch->answered (leg, self->watch_data);
  }
  ahoy_session_pass_headers (self->caller, leg);
  if (!answer_caller (self, leg)) {
    if (self->run != NULL) {
      ahoy_session_hangup (self->caller);
    }
    return;
  }
  if (self->run != NULL && (self->early != leg || self->bridge == NULL)) {
    join (self, leg);
  }
  self->early = NULL;
  if (self->run != NULL) {
    begin_limit (self);
    report (self, 200, NULL);
  }
}

static void
on_leg_state (AhoySession *leg, AhoySessionState old_state, AhoySessionState state, guint status,
              const char *reason, gpointer user_data)
{
  g_autoptr (AhoyDialAttempt) self = g_rc_box_acquire (user_data);
  g_autoptr (AhoySession) hold = g_object_ref (leg);

  if (self->run == NULL || self->callee != NULL) {
    return;
  }
  if (state == AHOY_SESSION_RINGING && self->watch == NULL) {
    tell_callee (self, leg);
    ahoy_session_pass_headers (self->caller, leg);
    tell_ringing (self);
    report (self, 180, NULL);
  } else if (state == AHOY_SESSION_ACTIVE) {
    on_leg_answered (self, leg);
  }
}

/* Whether somebody else was called since it was looked at last. */
static gboolean
is_sent_elsewhere (AhoySession *leg)
{
  g_autoptr (GVariant) redirects = ahoy_session_list_redirects (leg);
  gsize before = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (leg), FORWARDS));
  gsize now = g_variant_n_children (redirects);

  g_object_set_data (G_OBJECT (leg), FORWARDS, GSIZE_TO_POINTER (now));
  return now > before;
}

/* Somebody else is going to answer. */
static void
on_leg_identity (AhoySession *leg, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (AhoyDialAttempt) self = g_rc_box_acquire (user_data);

  if (self->run == NULL || self->callee != NULL || self->watch != NULL) {
    return;
  }
  if (ahoy_session_get_state (leg) == AHOY_SESSION_RINGING) {
    tell_callee (self, leg);
  } else if (is_sent_elsewhere (leg) && self->legs->len == 1 && self->targets->len == 0 &&
             is_waiting (self->caller) &&
             ahoy_session_get_state (self->caller) < AHOY_SESSION_RINGING) {
    tell_callee (self, leg);
    ahoy_session_announce_forward (self->caller, NULL);
  }
}

/* The first one that says something before it answers is heard (RFC 3960 §3.1). */
static void
on_leg_early_media (AhoySession *leg, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (AhoyDialAttempt) self = g_rc_box_acquire (user_data);
  g_autoptr (AhoySession) hold = g_object_ref (leg);
  g_autoptr (GError) error = NULL;

  if (self->run == NULL || self->callee != NULL || self->early != NULL || self->watch != NULL) {
    return;
  }
  if (is_waiting (self->caller) && !ahoy_session_has_early_media (self->caller)) {
    ahoy_dial_match_codec (self->caller, leg);
    ahoy_session_pass_headers (self->caller, leg);
    if (!ahoy_session_progress (self->caller, &error)) {
      g_message ("Session %" G_GUINT64_FORMAT " has no early media: %s",
                 ahoy_session_get_id (self->caller), error->message);
      return;
    }
  }
  if (self->run != NULL) {
    self->early = leg;
    join (self, leg);
  }
}

/* An address that cannot be used, or a supplement that forbids the call or fails. */
static guint
status_of_error (const GError *error)
{
  if (g_error_matches (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS)) {
    return 404;
  }
  return g_error_matches (error, AHOY_ERROR, AHOY_ERROR_FAILED) ? 500 : 403;
}

static void
add_leg (AhoyDialAttempt *self, AhoyDialPlace *place)
{
  AhoyEndpoint *endpoint = place->endpoint;
  const char *uri = ahoy_contact_get_uri (place->contact);
  g_autoptr (GVariant) options = ahoy_dial_application_complete_options (
      self->application, endpoint,
      ahoy_dial_make_options (self->caller, endpoint,
                              ahoy_dial_application_get_domain (self->application), place->aor,
                              self->hops, ahoy_route_step_get_boolean (self->step, "late-offer")));
  g_autoptr (GError) error = NULL;
  g_autofree char *from =
      ahoy_dial_make_from (self->caller, endpoint,
                           ahoy_dial_application_get_domain (self->application), &error);
  g_autoptr (AhoySession) leg = NULL;

  if (from != NULL) {
    leg = ahoy_session_service_dial_contact (
        ahoy_dial_application_get_sessions (self->application), endpoint, place->contact, from,
        options, &error);
  }
  if (leg == NULL) {
    g_message ("“%s” is not called: %s", uri, error->message);
    note_status (self, status_of_error (error), NULL);
    return;
  }
  if (ahoy_session_get_state (leg) == AHOY_SESSION_ENDED) {
    guint status = ahoy_session_get_end_status (leg);

    note_status (self, status, ahoy_session_get_end_reason (leg));
    if (status == 430) {
      ahoy_dial_wait_wake (self->wait, place, ahoy_session_get_remote_uri (self->caller));
    }
    return;
  }
  g_object_set_data_full (G_OBJECT (leg), PLACE,
                          ahoy_dial_place_new (endpoint, place->aor, place->contact),
                          (GDestroyNotify) ahoy_dial_place_free);
  g_ptr_array_add (self->legs, g_object_ref (leg));
  g_object_set_data (G_OBJECT (leg), ATTEMPT, self);
  g_signal_connect (leg, "state-changed", G_CALLBACK (on_leg_state), self);
  g_signal_connect (leg, "notify::connected-identity", G_CALLBACK (on_leg_identity), self);
  g_signal_connect (leg, "notify::early-media", G_CALLBACK (on_leg_early_media), self);
  g_signal_connect (leg, "redirected", G_CALLBACK (on_leg_redirected), self);
  g_signal_connect (leg, "ended", G_CALLBACK (on_leg_ended), self);
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
  add_leg (self, place);
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
    add_leg (self, place);
  }
  go_on (self);
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
  gboolean all = is_choice (self, "contacts", "all");

  if (ahoy_route_step_get_boolean (self->step, "late")) {
    ahoy_dial_wait_expect (self->wait, target);
  }
  if (target->status == 480) {
    ahoy_dial_wait_wake_all (self->wait, target, ahoy_session_get_remote_uri (self->caller));
  }
  if (target->status != 0) {
    g_message ("“%s” is not called: %s", text, target->reason);
    note_status (self, target->status, NULL);
  }
  for (guint i = 0; i < target->places->len && self->legs->len < MAX_LEGS && (all || i < 1); i++) {
    call (self, target->places->pdata[i]);
  }
  if (is_choice (self, "contacts", "order") && target->places->len > 1) {
    g_ptr_array_remove_index (target->places, 0);
    g_ptr_array_extend_and_steal (self->places, g_ptr_array_ref (target->places));
  }
}

/* Calls all that wait, or the next of them. */
static void
begin_next (AhoyDialAttempt *self)
{
  gboolean one = is_choice (self, "mode", "order");

  cancel_timer (self);
  self->timer = ahoy_scheduler_add (self->scheduler, "dial step",
                                    ahoy_route_step_get_duration (self->step, "timeout"),
                                    on_timeout, self, NULL);
  if (self->places->len > 0) {
    call_place (self);
    go_on (self);
    return;
  }
  ahoy_dial_wait_clear (self->wait);
  do {
    g_autofree char *target = g_ptr_array_steal_index (self->targets, 0);

    call_target (self, target);
  } while (!one && self->targets->len > 0);
  go_on (self);
}

void
ahoy_dial_attempt_begin (AhoyDialAttempt *self)
{
  g_autoptr (AhoyDialAttempt) hold = g_rc_box_acquire (self);

  g_object_set_data (G_OBJECT (self->caller), ATTEMPT, self);
  ahoy_dial_overlap_begin (self->caller);
  if (!ahoy_dial_count_hops (self->caller, &self->hops)) {
    note_status (self, 483, NULL);
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
    go_on (self);
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
  if (g_object_get_data (G_OBJECT (self->caller), ATTEMPT) == self) {
    g_object_set_data (G_OBJECT (self->caller), ATTEMPT, NULL);
  }
  cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  ahoy_dial_overlap_end (self->caller);
  stop_ringback (self);
  give_up_legs (self, NULL, reason);
  g_clear_pointer (&self->limit, ahoy_call_timer_free);
  drop_bridge (self);
  if (self->callee != NULL) {
    g_autoptr (AhoySession) callee = g_steal_pointer (&self->callee);

    g_signal_handlers_disconnect_by_data (callee, self);
    g_object_set_data (G_OBJECT (callee), ATTEMPT, NULL);
    ahoy_session_hangup_after (callee, self->caller);
  }
}

/* -- others have a hand in it --------------------------------------------------------------- */

static AhoyDialAttempt *
find_attempt (AhoySession *session)
{
  AhoyDialAttempt *self = g_object_get_data (G_OBJECT (session), ATTEMPT);

  return self != NULL && self->run != NULL ? self : NULL;
}

/*
 * Two calls that a step joined are somebody else's from now on: the bridge with both, which the
 * caller of this function holds. NULL: the step has not joined @session.
 */
AhoyBridge *
ahoy_dial_detach (AhoySession *session)
{
  AhoyDialAttempt *found = find_attempt (session);
  g_autoptr (AhoyDialAttempt) self = NULL;
  g_autoptr (AhoySession) callee = NULL;
  AhoyBridge *bridge;

  if (found == NULL || found->callee == NULL || found->bridge == NULL) {
    return NULL;
  }
  self = g_rc_box_acquire (found);
  callee = g_steal_pointer (&self->callee);
  bridge = g_steal_pointer (&self->bridge);
  g_signal_handlers_disconnect_by_data (callee, self);
  g_object_set_data (G_OBJECT (callee), ATTEMPT, NULL);
  ahoy_call_router_release (ahoy_dial_application_get_router (self->application), self->caller);
  return bridge;
}

/* The caller, who was answered, is somebody else while it rings; the steps go on with that one. */
gboolean
ahoy_dial_swap_caller (AhoySession *caller, AhoySession *replacement)
{
  AhoyDialAttempt *found = find_attempt (caller);
  g_autoptr (AhoyDialAttempt) self = NULL;
  gboolean rings = FALSE;

  if (found == NULL || found->caller != caller || found->callee != NULL) {
    return FALSE;
  }
  self = g_rc_box_acquire (found);
  ahoy_dial_overlap_end (caller);
  stop_ringback (self);
  if (self->bridge != NULL) {
    ahoy_bridge_replace (self->bridge, AHOY_BRIDGE_MEMBER (caller),
                         AHOY_BRIDGE_MEMBER (replacement), NULL);
  }
  g_object_set_data (G_OBJECT (caller), ATTEMPT, NULL);
  g_object_set_data (G_OBJECT (replacement), ATTEMPT, self);
  g_set_object (&self->caller, replacement);
  ahoy_call_router_move (ahoy_dial_application_get_router (self->application), caller,
                         replacement);
  if (self->watch != NULL) {
    self->watch->moved (self->watch_data);
    return TRUE;
  }
  for (guint i = 0; self->run != NULL && i < self->legs->len; i++) {
    rings = rings || ahoy_session_get_state (self->legs->pdata[i]) == AHOY_SESSION_RINGING;
  }
  if (rings) {
    tell_ringing (self);
    report (self, 180, NULL);
  }
  go_on (self); /* when digits were waited for */
  return TRUE;
}

/* Whether a step rings there, and nobody has answered yet. */
gboolean
ahoy_dial_can_swap_leg (AhoySession *leg)
{
  AhoyDialAttempt *self = find_attempt (leg);

  return self != NULL && self->callee == NULL && self->caller != leg;
}

/* Somebody else, who was answered already, answers in the place of one who rings. */
gboolean
ahoy_dial_swap_leg (AhoySession *leg, AhoySession *replacement)
{
  AhoyDialAttempt *found = find_attempt (leg);
  g_autoptr (AhoyDialAttempt) self = NULL;

  if (found == NULL || found->callee != NULL || found->caller == leg) {
    return FALSE;
  }
  self = g_rc_box_acquire (found);
  g_object_set_data (G_OBJECT (replacement), ATTEMPT, self);
  g_signal_connect (replacement, "ended", G_CALLBACK (on_leg_ended), self);
  on_leg_answered (self, replacement);
  return TRUE;
}
