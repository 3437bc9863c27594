/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-identity-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-dial-attempt-private.h"
#include "ahoy-dial-status-private.h"
#include "ahoy-error.h"

/* Those whom a dial step calls, from the INVITE to the end. */

#define ELSEWHERE "SIP;cause=200;text=\"Call completed elsewhere\"" /* RFC 3326 §2 */
#define PLACE "ahoy-dial-place" /* where a leg was called */
#define FORWARDS "ahoy-dial-forwards" /* how often a leg was sent elsewhere */

static void
forget_leg (AhoyDialAttempt *self, AhoySession *leg)
{
  g_signal_handlers_disconnect_by_data (leg, self);
  g_object_set_data (G_OBJECT (leg), AHOY_DIAL_ATTEMPT_DATA, NULL);
  if (leg == self->early) {
    self->early = NULL;
    ahoy_dial_attempt_drop_bridge (self);
  }
  g_ptr_array_remove (self->legs, leg);
}

/* Those who ring, but for @but, do so no longer. */
void
ahoy_dial_attempt_give_up_legs (AhoyDialAttempt *self, AhoySession *but, const char *reason)
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
    ahoy_dial_attempt_note_status (self, 482, NULL);
    return FALSE;
  }
  self->run = NULL;
  ahoy_dial_attempt_cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  ahoy_dial_attempt_stop_ringback (self);
  ahoy_dial_attempt_give_up_legs (self, NULL, ELSEWHERE);
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

/* The one who answered hung up. */
static void
on_callee_ended (AhoyDialAttempt *self, AhoySession *callee)
{
  AhoyCallRun *run = self->run;
  gboolean continues = ahoy_dial_attempt_is_choice (self, "afterwards", "continue");

  g_signal_handlers_disconnect_by_data (callee, self);
  g_clear_pointer (&self->limit, ahoy_call_timer_free);
  g_object_set_data (G_OBJECT (callee), AHOY_DIAL_ATTEMPT_DATA, NULL);
  ahoy_dial_attempt_drop_bridge (self);
  g_clear_object (&self->callee);
  self->run = NULL;
  if (continues && ahoy_call_run_has_next (run)) {
    ahoy_call_run_finish (run);
  } else {
    ahoy_session_hangup_after (self->caller, callee);
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
    ahoy_dial_attempt_note_status (self, status, ahoy_session_get_end_reason (leg));
  }
  wake_again (self, leg, status);
  forget_leg (self, leg);
  if (self->watch != NULL) {
    tell_declined (self, leg, status);
    ahoy_dial_attempt_go_on (self);
    return;
  }
  if (self->forward != NULL && go_forward (self)) {
    return;
  }
  if (status >= 600) { /* RFC 3261 §16.7 step 5: nobody else shall be asked */
    ahoy_dial_wait_clear (self->wait);
    ahoy_dial_attempt_give_up_legs (self, NULL, NULL);
  }
  ahoy_dial_attempt_go_on (self);
}

static void
on_leg_answered (AhoyDialAttempt *self, AhoySession *leg)
{
  ahoy_dial_attempt_cancel_timer (self);
  ahoy_dial_wait_clear (self->wait);
  self->callee = g_object_ref (leg);
  ahoy_dial_attempt_give_up_legs (self, leg, ELSEWHERE);
  g_ptr_array_set_size (self->legs, 0);
  if (self->watch != NULL) {
    self->watch->answered (leg, self->watch_data);
  }
  ahoy_session_pass_headers (self->caller, leg);
  if (!ahoy_dial_attempt_answer_caller (self, leg)) {
    if (self->run != NULL) {
      ahoy_session_hangup (self->caller);
    }
    return;
  }
  if (self->run != NULL && (self->early != leg || self->bridge == NULL)) {
    ahoy_dial_attempt_join (self, leg);
  }
  self->early = NULL;
  if (self->run != NULL) {
    ahoy_dial_attempt_begin_limit (self);
    ahoy_dial_attempt_report (self, 200, NULL);
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
    ahoy_dial_attempt_tell_callee (self, leg);
    ahoy_session_pass_headers (self->caller, leg);
    ahoy_dial_attempt_tell_ringing (self);
    ahoy_dial_attempt_report (self, 180, NULL);
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
    ahoy_dial_attempt_tell_callee (self, leg);
  } else if (is_sent_elsewhere (leg) && self->legs->len == 1 && self->targets->len == 0 &&
             ahoy_dial_is_waiting (self->caller) &&
             ahoy_session_get_state (self->caller) < AHOY_SESSION_RINGING) {
    ahoy_dial_attempt_tell_callee (self, leg);
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
  if (ahoy_dial_is_waiting (self->caller) && !ahoy_session_has_early_media (self->caller)) {
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
    ahoy_dial_attempt_join (self, leg);
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

void
ahoy_dial_attempt_add_leg (AhoyDialAttempt *self, AhoyDialPlace *place)
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
    ahoy_dial_attempt_note_status (self, status_of_error (error), NULL);
    return;
  }
  if (ahoy_session_get_state (leg) == AHOY_SESSION_ENDED) {
    guint status = ahoy_session_get_end_status (leg);

    ahoy_dial_attempt_note_status (self, status, ahoy_session_get_end_reason (leg));
    if (status == 430) {
      ahoy_dial_wait_wake (self->wait, place, ahoy_session_get_remote_uri (self->caller));
    }
    return;
  }
  g_object_set_data_full (G_OBJECT (leg), PLACE,
                          ahoy_dial_place_new (endpoint, place->aor, place->contact),
                          (GDestroyNotify) ahoy_dial_place_free);
  g_ptr_array_add (self->legs, g_object_ref (leg));
  g_object_set_data (G_OBJECT (leg), AHOY_DIAL_ATTEMPT_DATA, self);
  g_signal_connect (leg, "state-changed", G_CALLBACK (on_leg_state), self);
  g_signal_connect (leg, "notify::connected-identity", G_CALLBACK (on_leg_identity), self);
  g_signal_connect (leg, "notify::early-media", G_CALLBACK (on_leg_early_media), self);
  g_signal_connect (leg, "redirected", G_CALLBACK (on_leg_redirected), self);
  g_signal_connect (leg, "ended", G_CALLBACK (on_leg_ended), self);
}

/* Somebody who was answered already is one who answers. */
void
ahoy_dial_attempt_take_leg (AhoyDialAttempt *self, AhoySession *leg)
{
  g_object_set_data (G_OBJECT (leg), AHOY_DIAL_ATTEMPT_DATA, self);
  g_signal_connect (leg, "ended", G_CALLBACK (on_leg_ended), self);
  on_leg_answered (self, leg);
}
