/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-private.h"

/* Provisional responses that arrive for sure (RFC 3262), and what is negotiated by them and by
 * their PRACKs before the call is answered. */

#define TAG "100rel"

AhoyReliableProvisionals
ahoy_session_get_reliability (AhoySession *self)
{
  return self->endpoint != NULL
             ? (AhoyReliableProvisionals) ahoy_config_object_get_choice (
                   AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint)), TAG)
             : AHOY_RELIABLE_PROVISIONALS_YES;
}

/* -- callee --------------------------------------------------------------------------------- */

static gboolean
refuse (AhoySession *self, AhoyServerTransaction *transaction, guint status, const char *name)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, status, NULL);

  ahoy_message_set_header (response, name, TAG, NULL);
  ahoy_session_send_response (self, transaction, response, NULL);
  return FALSE;
}

/* Decides whether provisional responses to an INVITE are reliable; FALSE: it was refused, as both
 * want what the other one cannot. */
gboolean
ahoy_session_reliable_check (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyReliableProvisionals mode = ahoy_session_get_reliability (self);
  gboolean required = ahoy_message_has_option_tag (request, "Require", TAG);
  gboolean supported = required || ahoy_message_has_option_tag (request, "Supported", TAG);

  if (required && mode == AHOY_RELIABLE_PROVISIONALS_NO) {
    return refuse (self, transaction, 420, "Unsupported");
  }
  if (!supported && mode == AHOY_RELIABLE_PROVISIONALS_REQUIRED) {
    return refuse (self, transaction, 421, "Require");
  }
  self->reliable = required || (supported && mode >= AHOY_RELIABLE_PROVISIONALS_PEER_SUPPORTED);
  return TRUE;
}

/* The PRACK answers the offer of our response (RFC 3262 §5). */
static void
take_answer_of_prack (AhoySession *self, AhoyServerTransaction *prack, AhoySdpSession *answer)
{
  g_autoptr (GError) error = NULL;

  if (answer == NULL || !ahoy_session_take_answer (self, answer, TRUE, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " ends: %s", self->id,
               error != NULL ? error->message : "the PRACK has no answer to our offer");
    ahoy_session_reply (self, prack, answer == NULL ? 400 : 488, NULL);
    ahoy_session_drop_offer (self);
    self->answer_pending = FALSE;
    ahoy_session_reject (self, 488, NULL, NULL);
    return;
  }
  self->settled = TRUE;
  ahoy_session_reply (self, prack, 200, NULL);
  ahoy_session_set_early_media (self);
}

/* The PRACK of a reliable response; answered when this returns. */
void
ahoy_session_take_prack (AhoySession *self, AhoyServerTransaction *prack)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (prack);
  g_autoptr (AhoySdpSession) sdp = NULL;
  g_autoptr (GError) error = NULL;
  gboolean settles = self->prack_settles;
  gboolean present;

  sdp = ahoy_session_find_sdp (request, &present, &error);
  self->early_dialog = TRUE;
  self->prack_settles = FALSE;
  if (settles && self->offer_state == AHOY_OFFER_LOCAL) {
    take_answer_of_prack (self, prack, sdp);
    return;
  }
  self->settled = self->settled || settles;
  if (!present) {
    ahoy_session_reply (self, prack, 200, NULL);
  } else if (!self->settled || self->offer_state != AHOY_OFFER_NONE) {
    ahoy_session_refuse_for_now (self, prack); /* it offers while another offer has no answer */
  } else {
    ahoy_session_accept_invite (self, prack, FALSE);
  }
}

/* -- caller --------------------------------------------------------------------------------- */

/* What an INVITE of ours says. */
void
ahoy_session_reliable_ask (AhoySession *self, AhoyMessage *invite)
{
  if (ahoy_session_get_reliability (self) == AHOY_RELIABLE_PROVISIONALS_REQUIRED) {
    ahoy_message_add_header (invite, "Require", TAG, NULL);
  }
}

/* The session lives in this early dialog: it is where its media come from. */
static void
settle (AhoySession *self, AhoySessionFork *fork)
{
  fork->settled = TRUE;
  self->settled = TRUE;
  g_free (self->early_tag);
  self->early_tag = g_strdup (fork->tag);
  ahoy_session_adopt_dialog (self, fork->dialog);
  ahoy_session_set_early_media (self);
}

/* What the response says of media, which is final. FALSE: nobody can live with it. */
static gboolean
negotiate (AhoySession *self, AhoySessionFork *fork, AhoySdpSession *sdp, AhoyMessage *prack,
           GError **error)
{
  AhoySdpSession *answer;

  if (self->early_tag != NULL && g_strcmp0 (self->early_tag, fork->tag) != 0 &&
      !ahoy_session_follows_forks (self)) {
    g_set_object (&fork->answer, sdp); /* for its 200 */
    return TRUE;
  }
  if (!self->late_offer) {
    if (!ahoy_session_take_answer (self, sdp, TRUE, error)) {
      return FALSE;
    }
    g_set_object (&fork->answer, sdp);
  } else if (!ahoy_session_take_offer (self, sdp, error) ||
             (answer = ahoy_session_make_answer (self, error)) == NULL ||
             !ahoy_session_set_sdp (prack, answer, error)) {
    ahoy_session_drop_offer (self);
    return FALSE;
  }
  settle (self, fork);
  return TRUE;
}

static gboolean
is_reliable (AhoyMessage *response)
{
  g_autofree char *rseq = ahoy_message_get_header (response, "RSeq");

  return rseq != NULL && ahoy_message_has_option_tag (response, "Require", TAG);
}

/*
 * Acknowledges a reliable provisional response, and takes what it says of media; one that was there
 * already, or came too early, is passed over (RFC 3262 §4). FALSE: it is an ordinary one.
 */
gboolean
ahoy_session_take_reliable (AhoySession *self, AhoySessionFork *fork, AhoyMessage *response)
{
  g_autoptr (AhoyMessage) prack = NULL;
  g_autoptr (AhoySdpSession) sdp = NULL;
  g_autoptr (GError) error = NULL;
  gboolean present;
  gboolean usable = TRUE;

  if (!is_reliable (response)) {
    return FALSE;
  }
  prack = ahoy_dialog_create_prack (fork->dialog, response, &fork->rseq);
  if (prack == NULL) {
    return TRUE;
  }
  sdp = ahoy_session_find_sdp (response, &present, &error);
  if (sdp != NULL && !fork->settled) {
    usable = negotiate (self, fork, sdp, prack, &error);
  }
  if (self->dialog == NULL) {
    ahoy_session_adopt_dialog (self, fork->dialog);
  }
  self->early_dialog = TRUE;
  ahoy_session_send_shown (self, fork->dialog, prack);
  if (!usable) {
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 488, error->message);
    ahoy_session_hangup (self);
  }
  return TRUE;
}

/* The branch is over, and its early dialogs with it; the next one is offered what holds. */
void
ahoy_session_leave_early_dialogs (AhoySession *self, AhoySessionBranch *branch)
{
  for (guint i = 0; i < branch->forks->len; i++) {
    AhoySessionFork *fork = branch->forks->pdata[i];

    if (fork->dialog == NULL || fork->dialog != self->dialog) {
      continue;
    }
    ahoy_dialog_set_handler (self->dialog, NULL, NULL);
    g_clear_object (&self->dialog);
    self->early_dialog = FALSE;
    if (self->settled && !self->late_offer && self->offer_state == AHOY_OFFER_NONE) {
      ahoy_session_repeat_offer (self, NULL);
    }
    self->settled = FALSE;
  }
}
