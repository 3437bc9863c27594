/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-features-private.h"
#include "ahoy-call-identity-private.h"
#include "ahoy-call-ringback-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-dial-attempt-private.h"

/* What the caller of a dial step hears, and the bridge with who answered. */

void
ahoy_dial_attempt_stop_ringback (AhoyDialAttempt *self)
{
  ahoy_call_ringback_stop (self->caller);
}

/* Who alone is called is who the caller is going to talk with. */
void
ahoy_dial_attempt_tell_callee (AhoyDialAttempt *self, AhoySession *leg)
{
  if (self->legs->len == 1 && self->targets->len == 0) {
    ahoy_call_identity_tell (self->caller, leg);
  }
}

/* Somebody is alerted. */
void
ahoy_dial_attempt_tell_ringing (AhoyDialAttempt *self)
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

void
ahoy_dial_attempt_report (AhoyDialAttempt *self, guint status, const char *reason)
{
  ahoy_call_router_report (ahoy_dial_application_get_router (self->application), self->caller,
                           status, reason);
}

void
ahoy_dial_attempt_drop_bridge (AhoyDialAttempt *self)
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

void
ahoy_dial_attempt_join (AhoyDialAttempt *self, AhoySession *leg)
{
  ahoy_dial_overlap_end (self->caller);
  ahoy_dial_attempt_stop_ringback (self);
  ahoy_dial_attempt_drop_bridge (self);
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

/* The time that both may talk begins. */
void
ahoy_dial_attempt_begin_limit (AhoyDialAttempt *self)
{
  AhoyCallTimerSpec spec;

  if (!ahoy_call_timer_spec_read_step (&spec, self->step)) {
    return;
  }
  spec.end = ahoy_dial_attempt_is_choice (self, "afterwards", "continue") ? AHOY_CALL_TIMER_OTHERS
                                                        : AHOY_CALL_TIMER_CALL;
  self->limit = ahoy_call_timer_new (ahoy_dial_application_get_router (self->application),
                                     self->caller, &spec);
}

gboolean
ahoy_dial_attempt_answer_caller (AhoyDialAttempt *self, AhoySession *leg)
{
  g_autoptr (GError) error = NULL;

  ahoy_call_identity_tell (self->caller, leg);
  if (!ahoy_dial_is_waiting (self->caller)) {
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
