/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-run-private.h"
#include "ahoy-dial-attempt-private.h"

/* What others do with calls that a dial step joined, or is about to join: transfer, pickup. */

static AhoyDialAttempt *
find_attempt (AhoySession *session)
{
  AhoyDialAttempt *self = g_object_get_data (G_OBJECT (session), AHOY_DIAL_ATTEMPT_DATA);

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
  g_object_set_data (G_OBJECT (callee), AHOY_DIAL_ATTEMPT_DATA, NULL);
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
  ahoy_dial_attempt_stop_ringback (self);
  if (self->bridge != NULL) {
    ahoy_bridge_replace (self->bridge, AHOY_BRIDGE_MEMBER (caller),
                         AHOY_BRIDGE_MEMBER (replacement), NULL);
  }
  g_object_set_data (G_OBJECT (caller), AHOY_DIAL_ATTEMPT_DATA, NULL);
  g_object_set_data (G_OBJECT (replacement), AHOY_DIAL_ATTEMPT_DATA, self);
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
    ahoy_dial_attempt_tell_ringing (self);
    ahoy_dial_attempt_report (self, 180, NULL);
  }
  ahoy_dial_attempt_go_on (self); /* when digits were waited for */
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
  ahoy_dial_attempt_take_leg (self, replacement);
  return TRUE;
}
