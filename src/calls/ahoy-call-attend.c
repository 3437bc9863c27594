/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-pair-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-call-transfer-private.h"
#include "ahoy-dial-private.h"

/*
 * A REFER that names another call of the transferor (RFC 5589 §7): its partner takes the place of
 * the transferor there, whether somebody answered that call, or it still rings.
 */

/* Both partners are joined, and the transferor is out of both calls. */
static void
join_partners (AhoySession *first, AhoySession *second, AhoySession *transferee,
               AhoySession *target)
{
  g_autoptr (AhoyBridge) before = ahoy_call_transfer_take_apart (first);
  g_autoptr (AhoyBridge) bridge = ahoy_call_transfer_take_apart (second);

  ahoy_bridge_replace (bridge, AHOY_BRIDGE_MEMBER (second), AHOY_BRIDGE_MEMBER (transferee),
                       NULL);
  ahoy_bridge_destroy (before);
  ahoy_call_pair_join (bridge, transferee, target);
  if (ahoy_session_get_endpoint (first) != NULL) {
    ahoy_session_set_variable (transferee, "transferred-by",
                               ahoy_endpoint_get_name (ahoy_session_get_endpoint (first)));
  }
  ahoy_call_transfer_resume (transferee);
}

static void
transfer_to_partner (AhoyCallTransfer *self, AhoyTransfer *transfer, AhoySession *second,
                     AhoySession *transferee, AhoySession *target)
{
  AhoySession *first = ahoy_transfer_get_session (transfer);
  g_autoptr (AhoySession) hold = g_object_ref (second);

  join_partners (first, second, transferee, target);
  ahoy_transfer_report (transfer, 200, NULL);
  ahoy_session_hangup (second);
  ahoy_call_transfer_farewell (self, first);
}

/**
 * ahoy_call_transfer_join:
 * @self: who does transfers
 * @first: a session that is joined with somebody
 * @second: another one
 *
 * Joins the partners of two calls, as an attended transfer by the one who has both does, and hangs
 * up both calls.
 *
 * Returns: whether both had a partner; if not, nothing changed
 *
 * Since: 0.1
 */
gboolean
ahoy_call_transfer_join (AhoyCallTransfer *self, AhoySession *first, AhoySession *second)
{
  AhoySession *transferee;
  AhoySession *target;

  g_return_val_if_fail (AHOY_IS_CALL_TRANSFER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (first), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (second), FALSE);

  transferee = ahoy_call_transfer_find_partner (first);
  target = ahoy_call_transfer_find_partner (second);
  if (transferee == NULL || target == NULL || first == second || transferee == second) {
    return FALSE;
  }
  join_partners (first, second, transferee, target);
  ahoy_session_hangup (second);
  ahoy_session_hangup (first);
  return TRUE;
}

/* The other call is not joined yet: it rings, or hears what a route plays. */
static void
take_place (AhoyCallTransfer *self, AhoyTransfer *transfer, AhoySession *second,
            AhoySession *transferee)
{
  AhoySession *first = ahoy_transfer_get_session (transfer);
  g_autoptr (AhoyBridge) before = ahoy_call_transfer_take_apart (first);
  g_autoptr (AhoySession) hold = g_object_ref (second);
  g_autoptr (AhoySession) hold_transferee = g_object_ref (transferee);
  AhoyCallRun *run;

  ahoy_bridge_destroy (before);
  ahoy_call_transfer_resume (transferee);
  ahoy_call_transfer_add_job (self, transfer, transferee);
  if (!ahoy_dial_swap_caller (second, transferee) &&
      ahoy_call_router_move (self->router, second, transferee)) {
    run = ahoy_call_router_find_run (self->router, transferee);
    ahoy_call_run_repeat_step (run);
  }
  ahoy_session_hangup (second);
}

/* -- at another system ---------------------------------------------------------------------- */

static gboolean
is_at (AhoyContact *contact, AhoyUri *uri)
{
  g_autoptr (AhoyUri) own = ahoy_uri_parse (ahoy_contact_get_uri (contact), NULL);
  guint port = ahoy_uri_get_port (uri) != 0 ? ahoy_uri_get_port (uri) : 5060;

  return own != NULL && ahoy_uri_get_host (own) != NULL &&
         g_ascii_strcasecmp (ahoy_uri_get_host (own), ahoy_uri_get_host (uri)) == 0 &&
         (ahoy_uri_get_port (own) != 0 ? ahoy_uri_get_port (own) : 5060) == port;
}

static gboolean
has_contact_at (AhoyCallTransfer *self, AhoyEndpoint *endpoint, AhoyUri *uri)
{
  g_auto (GStrv) aors = ahoy_location_list_aors_for (self->location, endpoint);

  for (gsize i = 0; aors != NULL && aors[i] != NULL; i++) {
    g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (self->location, aors[i]);

    for (guint j = 0; j < contacts->len; j++) {
      if (is_at (contacts->pdata[j], uri)) {
        return TRUE;
      }
    }
  }
  return FALSE;
}

/* Who is known to be at the host of Refer-To: a REFER makes nobody call whom we do not know. */
static char *
find_target (AhoyCallTransfer *self, AhoyUri *uri)
{
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_registry_list (self->endpoints);
  g_autofree char *text = ahoy_uri_to_string (uri);

  if (ahoy_uri_get_host (uri) == NULL || ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL) {
    return NULL;
  }
  for (guint i = 0; i < endpoints->len; i++) {
    if (has_contact_at (self, endpoints->pdata[i], uri)) {
      return g_strdup_printf ("%s/<%s>", ahoy_endpoint_get_name (endpoints->pdata[i]), text);
    }
  }
  return NULL;
}

/* The dialog is none of ours: whoever has it is called, and is told which one (RFC 3891 §4). */
static void
attend_elsewhere (AhoyCallTransfer *self, AhoyTransfer *transfer, AhoySession *transferee)
{
  g_autofree char *target = find_target (self, ahoy_transfer_get_target (transfer));
  g_autofree char *replaces =
      ahoy_replaces_to_string (ahoy_transfer_get_replaces (transfer));
  g_autoptr (AhoySession) hold = g_object_ref (transferee);
  g_autoptr (AhoyBridge) before = NULL;
  GVariantBuilder headers;
  AhoyTransferJob *job;

  if (target == NULL) {
    ahoy_transfer_refuse (transfer, 481, NULL, NULL);
    return;
  }
  if (!ahoy_transfer_accept (transfer, NULL)) {
    return;
  }
  before = ahoy_call_transfer_take_apart (ahoy_transfer_get_session (transfer));
  ahoy_bridge_destroy (before);
  ahoy_call_transfer_resume (transferee);
  job = ahoy_call_transfer_add_job (self, transfer, transferee);
  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&headers, "(ss)", "Replaces", replaces);
  ahoy_call_transfer_add_headers (transfer, &headers);
  ahoy_dial_set_headers (transferee, g_variant_builder_end (&headers));
  ahoy_call_transfer_run_to (job, target);
}

void
ahoy_call_transfer_attend (AhoyCallTransfer *self, AhoyTransfer *transfer,
                           AhoySession *transferee)
{
  AhoySession *first = ahoy_transfer_get_session (transfer);
  AhoySession *second = ahoy_session_service_find_by_replaces (
      self->sessions, ahoy_transfer_get_replaces (transfer));
  AhoySession *target;

  if (second == NULL) {
    attend_elsewhere (self, transfer, transferee);
    return;
  }
  /* Nobody gives away what is another one's. */
  if (second == first || second == transferee ||
      ahoy_session_get_endpoint (second) != ahoy_session_get_endpoint (first)) {
    ahoy_transfer_refuse (transfer, 603, NULL, NULL);
    return;
  }
  target = ahoy_session_get_state (second) == AHOY_SESSION_ACTIVE
               ? ahoy_call_transfer_find_partner (second)
               : NULL;
  if (target == transferee ||
      (target == NULL && ahoy_call_router_find_run (self->router, second) == NULL)) {
    ahoy_transfer_refuse (transfer, 603, NULL, NULL);
    return;
  }
  if (!ahoy_transfer_accept (transfer, NULL)) {
    return;
  }
  if (target != NULL) {
    transfer_to_partner (self, transfer, second, transferee, target);
  } else {
    take_place (self, transfer, second, transferee);
  }
}

/* -- INVITE with Replaces ------------------------------------------------------------------- */

static gboolean
answer_for (AhoySession *session, AhoySession *partner)
{
  g_autoptr (GError) error = NULL;

  if (partner != NULL) {
    ahoy_dial_match_codec (session, partner);
  }
  if (ahoy_session_answer (session, &error)) {
    return TRUE;
  }
  g_message ("Session %" G_GUINT64_FORMAT " takes nobody's place: %s",
             ahoy_session_get_id (session), error->message);
  return FALSE;
}

static void
take_joined (AhoySession *session, AhoySession *old, AhoySession *partner)
{
  g_autoptr (AhoyBridge) bridge = NULL;

  if (!answer_for (session, partner)) {
    return;
  }
  bridge = ahoy_call_transfer_take_apart (old);
  ahoy_bridge_replace (bridge, AHOY_BRIDGE_MEMBER (old), AHOY_BRIDGE_MEMBER (session), NULL);
  ahoy_call_pair_join (bridge, session, partner);
  ahoy_session_hangup (old);
}

static void
take_steps (AhoyCallTransfer *self, AhoySession *session, AhoySession *old)
{
  if (answer_for (session, NULL) && ahoy_call_router_move (self->router, old, session)) {
    ahoy_call_run_repeat_step (ahoy_call_router_find_run (self->router, session));
    ahoy_session_hangup (old);
  }
}

/**
 * ahoy_call_transfer_take:
 * @self: who does transfers
 * @session: an incoming session with ahoy_session_get_replaced(), whose caller may have that
 *
 * Answers a call that takes the place of another one (Replaces, RFC 3891), and lets it have what
 * that one has: its partner, its place in the steps of a route, or the call that rings there. The
 * other one is hung up.
 *
 * Since: 0.1
 */
void
ahoy_call_transfer_take (AhoyCallTransfer *self, AhoySession *session)
{
  g_autoptr (AhoySession) old = NULL;
  g_autoptr (AhoySession) partner = NULL;

  g_return_if_fail (AHOY_IS_CALL_TRANSFER (self));
  g_return_if_fail (AHOY_IS_SESSION (session));
  g_return_if_fail (ahoy_session_get_replaced (session) != NULL);

  old = g_object_ref (ahoy_session_get_replaced (session));
  if (ahoy_session_get_state (old) == AHOY_SESSION_ACTIVE) {
    partner = ahoy_call_transfer_find_partner (old);
    if (partner != NULL) {
      g_object_ref (partner);
      take_joined (session, old, partner);
    } else if (ahoy_call_router_find_run (self->router, old) != NULL) {
      take_steps (self, session, old);
    } else {
      ahoy_session_reject (session, 603, NULL, NULL);
    }
    return;
  }
  if (!ahoy_dial_can_swap_leg (old)) {
    ahoy_session_reject (session, 603, NULL, NULL);
  } else if (answer_for (session, NULL) && !ahoy_dial_swap_leg (old, session)) {
    ahoy_session_hangup (session);
  }
}
