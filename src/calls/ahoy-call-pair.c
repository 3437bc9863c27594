/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-pair-private.h"

#define PAIR "ahoy-call-pair" /* of a session */

/* It holds itself by the sessions' data: until one of them ends, or it is detached. */
typedef struct {
  AhoyBridge *bridge;
  AhoySession *sessions[2];
} Pair;

static void
pair_clear (gpointer data)
{
  Pair *pair = data;

  g_clear_object (&pair->bridge);
  g_clear_object (&pair->sessions[0]);
  g_clear_object (&pair->sessions[1]);
}

static void
pair_release (Pair *pair)
{
  g_rc_box_release_full (pair, pair_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_release)

static void
part (Pair *pair)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pair->sessions); i++) {
    g_signal_handlers_disconnect_by_data (pair->sessions[i], pair);
    if (g_object_get_data (G_OBJECT (pair->sessions[i]), PAIR) == pair) {
      g_object_set_data (G_OBJECT (pair->sessions[i]), PAIR, NULL);
    }
  }
}

static void
on_ended (AhoySession *session, gpointer user_data)
{
  g_autoptr (Pair) pair = user_data;
  AhoySession *other = pair->sessions[pair->sessions[0] == session ? 1 : 0];
  const char *reason = ahoy_session_get_ended_by (session) == AHOY_SESSION_PARTY_REMOTE
                           ? ahoy_session_get_end_reason (session)
                           : NULL;

  part (pair);
  ahoy_bridge_destroy (pair->bridge);
  ahoy_session_hangup_with_reason (other, reason);
}

gboolean
ahoy_call_pair_join (AhoyBridge *bridge, AhoySession *first, AhoySession *second)
{
  Pair *pair;

  if (!ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (first), NULL) ||
      !ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (second), NULL)) {
    return FALSE;
  }
  pair = g_rc_box_new0 (Pair);
  pair->bridge = g_object_ref (bridge);
  pair->sessions[0] = g_object_ref (first);
  pair->sessions[1] = g_object_ref (second);
  for (gsize i = 0; i < G_N_ELEMENTS (pair->sessions); i++) {
    g_object_set_data (G_OBJECT (pair->sessions[i]), PAIR, pair);
    g_signal_connect (pair->sessions[i], "ended", G_CALLBACK (on_ended), pair);
  }
  return TRUE;
}

AhoySession *
ahoy_call_pair_find_other (AhoySession *session)
{
  Pair *pair = g_object_get_data (G_OBJECT (session), PAIR);

  return pair != NULL ? pair->sessions[pair->sessions[0] == session ? 1 : 0] : NULL;
}

AhoyBridge *
ahoy_call_pair_detach (AhoySession *session)
{
  g_autoptr (Pair) pair = g_object_get_data (G_OBJECT (session), PAIR);

  if (pair == NULL) {
    return NULL;
  }
  part (pair);
  return g_object_ref (pair->bridge);
}
