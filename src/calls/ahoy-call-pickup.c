/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-pickup.h"

#include "ahoy-dial-private.h"
#include "ahoy-error.h"

/* Pickup: somebody takes a call that rings at somebody else's. */

static const char *const *
get_groups (AhoyEndpoint *endpoint, const char *key)
{
  static const char *const none[] = { NULL };

  return endpoint != NULL
             ? ahoy_config_object_get_list (
                   AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), key)
             : none;
}

/* Whether whoever is called belongs to a group that @by may take calls of. */
static gboolean
shares_group (AhoyEndpoint *by, AhoyEndpoint *called)
{
  const char *const *mine = get_groups (by, "pickup-group");
  const char *const *theirs = get_groups (called, "call-group");

  for (gsize i = 0; mine != NULL && theirs != NULL && mine[i] != NULL; i++) {
    if (g_strv_contains (theirs, mine[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_meant (AhoySession *ringing, AhoyEndpoint *by, const char *whose)
{
  AhoyEndpoint *called = ahoy_session_get_endpoint (ringing);
  const char *const *groups = get_groups (called, "call-group");

  if (called == NULL || !ahoy_dial_can_swap_leg (ringing) ||
      ahoy_session_get_direction (ringing) != AHOY_SESSION_OUTGOING ||
      ahoy_session_get_state (ringing) >= AHOY_SESSION_ACTIVE) {
    return FALSE;
  }
  if (whose == NULL) {
    return shares_group (by, called);
  }
  return g_str_equal (ahoy_endpoint_get_name (called), whose) ||
         (groups != NULL && g_strv_contains (groups, whose));
}

/**
 * ahoy_call_router_find_ringing:
 * @self: a router
 * @by: (nullable): who wants to take a call; %NULL for nobody whom we know
 * @whose: (nullable): the name of an endpoint, or of a group that endpoints name in `call-group`;
 *   %NULL for the groups in `pickup-group` of @by
 *
 * Finds a call that rings by a step `dial`, and that can be taken with ahoy_call_router_pick_up().
 * Of several it is the one that rings longest.
 *
 * Returns: (transfer full) (nullable): a session to somebody who has not answered; %NULL when
 *   nothing rings there
 *
 * Since: 0.1
 */
AhoySession *
ahoy_call_router_find_ringing (AhoyCallRouter *self, AhoyEndpoint *by, const char *whose)
{
  g_autoptr (GPtrArray) sessions = NULL;
  AhoySession *found = NULL;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);
  g_return_val_if_fail (by == NULL || AHOY_IS_ENDPOINT (by), NULL);

  sessions = ahoy_session_service_list_sessions (ahoy_call_router_get_sessions (self));
  for (guint i = 0; i < sessions->len; i++) {
    AhoySession *session = sessions->pdata[i];

    if (is_meant (session, by, whose) &&
        (found == NULL || ahoy_session_get_id (session) < ahoy_session_get_id (found))) {
      found = session;
    }
  }
  return found != NULL ? g_object_ref (found) : NULL;
}

static gboolean
check (AhoySession *session, AhoySession *ringing, GError **error)
{
  AhoySessionState state = ahoy_session_get_state (session);

  if (!ahoy_dial_can_swap_leg (ringing) ||
      ahoy_session_get_state (ringing) >= AHOY_SESSION_ACTIVE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " does not ring by a step dial: nobody can take it",
                 ahoy_session_get_id (ringing));
    return FALSE;
  }
  if (state >= AHOY_SESSION_ENDING || ahoy_bridge_find (AHOY_BRIDGE_MEMBER (session)) != NULL ||
      (state < AHOY_SESSION_ACTIVE &&
       ahoy_session_get_direction (session) != AHOY_SESSION_INCOMING)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is %s, or joined with somebody; only a call that "
                 "waits, or one that is alone, can take another",
                 ahoy_session_get_id (session), ahoy_session_state_to_string (state));
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_call_router_pick_up:
 * @self: a router
 * @session: a call that waits for an answer, which it gets, or one that was answered and is joined
 *   with nobody
 * @ringing: a call that rings by a step `dial`, such as that of ahoy_call_router_find_ringing()
 * @error: return location for an error
 *
 * Lets @session have the call that rings: its caller is answered, and both are joined, as if
 * @session had been called. All who rang for it are cancelled (`Reason: SIP;cause=200`). The steps
 * that @session goes through are left.
 *
 * Returns: %TRUE when they are joined; %FALSE with %AHOY_ERROR_INVALID_STATE when one of them
 *   cannot be, or with an error of ahoy_session_answer()
 *
 * Since: 0.1
 */
gboolean
ahoy_call_router_pick_up (AhoyCallRouter *self, AhoySession *session, AhoySession *ringing,
                          GError **error)
{
  g_autoptr (AhoySession) hold = NULL;
  g_autoptr (AhoySession) leg = NULL;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (session), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (ringing), FALSE);

  if (!check (session, ringing, error)) {
    return FALSE;
  }
  hold = g_object_ref (session);
  leg = g_object_ref (ringing);
  if (ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE &&
      !ahoy_session_answer (session, error)) {
    return FALSE;
  }
  ahoy_call_router_release (self, session);
  if (!ahoy_dial_swap_leg (leg, session)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " ended before it was taken",
                 ahoy_session_get_id (leg));
    ahoy_session_hangup (session);
    return FALSE;
  }
  return TRUE;
}
