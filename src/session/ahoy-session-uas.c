/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-content-private.h"
#include "ahoy-name-addr.h"
#include "ahoy-session-private.h"
#include "ahoy-session-redirect.h"
#include "ahoy-session-redirection-private.h"

/* The callee's side of a session: an INVITE came (RFC 3261 §13.3). */

static void send_queued (AhoySession *self);

static void
forget_invite (AhoySession *self)
{
  if (self->invite_transaction != NULL) {
    ahoy_server_transaction_set_handler (self->invite_transaction, NULL, NULL);
    g_clear_object (&self->invite_transaction);
  }
}

/* The ACK carries the answer when our 2xx carried the offer (RFC 3261 §13.2.2.4). */
static gboolean
take_answer_of_ack (AhoySession *self, AhoyMessage *ack, GError **error)
{
  g_autoptr (AhoySdpSession) answer = NULL;
  gboolean present = FALSE;

  if (self->offer_state != AHOY_OFFER_LOCAL) {
    return TRUE;
  }
  if (ack != NULL) {
    answer = ahoy_session_find_sdp (ack, &present, error);
  }
  if (answer == NULL) {
    if (error != NULL && *error == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The ACK has no answer to our offer");
    }
    return FALSE;
  }
  return ahoy_session_take_answer (self, answer, TRUE, error);
}

static void
on_ack (AhoyServerTransaction *transaction, AhoyMessage *ack, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  g_autoptr (GError) error = NULL;

  forget_invite (self);
  if (ack != NULL) {
    ahoy_session_show_request (self, ack);
  }
  if (self->state == AHOY_SESSION_ACTIVE && !take_answer_of_ack (self, ack, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " ends: %s", self->id, error->message);
    ahoy_session_drop_offer (self);
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 488, error->message);
    self->wants_bye = TRUE;
  }
  if (self->wants_bye) {
    ahoy_session_send_bye (self);
    return;
  }
  ahoy_session_next_modification (self);
}

static void
on_cancel (AhoyServerTransaction *transaction, AhoyMessage *cancel, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  gboolean initial = self->state < AHOY_SESSION_ACTIVE;
  g_autofree char *reason =
      initial && cancel != NULL ? ahoy_session_take_reason (self, cancel) : NULL;

  ahoy_session_reply (self, transaction, 487, NULL);
  forget_invite (self);
  ahoy_session_drop_offer (self);
  if (initial) {
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_REMOTE, 487, reason);
    ahoy_session_end (self);
    return;
  }
  ahoy_session_next_modification (self);
}

static void
on_failed (AhoyServerTransaction *transaction, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  gboolean answered = ahoy_server_transaction_get_status (transaction) / 100 == 2;

  forget_invite (self);
  ahoy_session_drop_offer (self);
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_NETWORK, answered ? 408 : 503,
                        answered ? "No ACK" : "No PRACK");
  if (answered) {
    ahoy_session_send_bye (self); /* RFC 3261 §13.3.1.4 */
    return;
  }
  ahoy_session_end (self);
}

static void
on_prack_passed (AhoySession *self, AhoyServerTransaction *prack, gboolean go_on)
{
  self->prack_pending = FALSE;
  if (go_on) {
    ahoy_session_take_prack (self, prack);
  }
  send_queued (self);
  ahoy_session_next_modification (self);
}

static void
on_prack (AhoyServerTransaction *transaction, AhoyServerTransaction *prack, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));

  if (prack == NULL) {
    self->prack_pending = FALSE; /* on_failed() follows, or the final response went */
    return;
  }
  ahoy_session_pass_incoming (self, prack, on_prack_passed);
}

static const AhoyServerTransactionHandler invite_handler = {
  .ack = on_ack,
  .cancel = on_cancel,
  .prack = on_prack,
  .failed = on_failed,
};

static gboolean
refuse_offer (AhoySession *self, AhoyServerTransaction *transaction, guint status,
              const char *message)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, status, NULL);
  g_autofree char *warning = NULL;
  g_autofree char *quoted = NULL;

  if (status == 415) {
    ahoy_message_set_header (response, "Accept", "application/sdp", NULL);
  } else if (message != NULL) {
    quoted = ahoy_content_quote (message);
    warning = g_strdup_printf ("399 ahoy %s", quoted);
    ahoy_message_set_header (response, "Warning", warning, NULL);
  }
  ahoy_session_send_response (self, transaction, response, NULL);
  return FALSE;
}

/* Takes the offer of an INVITE or UPDATE; FALSE: it was answered with what is wrong with it. */
static gboolean
take_offer_of (AhoySession *self, AhoyServerTransaction *transaction, gboolean *late)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autoptr (AhoySdpSession) offer = NULL;
  g_autoptr (GError) error = NULL;
  gboolean present = FALSE;

  offer = ahoy_session_find_sdp (request, &present, &error);
  *late = offer == NULL && !present;
  if (error != NULL) {
    return refuse_offer (self, transaction, 400, error->message);
  }
  if (offer == NULL && present) {
    return refuse_offer (self, transaction, 415, NULL);
  }
  if (offer != NULL && !ahoy_session_take_offer (self, offer, &error)) {
    ahoy_session_drop_offer (self);
    return refuse_offer (self, transaction, 488, error->message);
  }
  return TRUE;
}

/*
 * Answers a re-INVITE or UPDATE at once, with an answer to its offer, or, when it has none, with an
 * offer (RFC 3261 §14.2). The session stays as it is when that fails.
 */
void
ahoy_session_accept_invite (AhoySession *self, AhoyServerTransaction *transaction, gboolean invite)
{
  g_autoptr (AhoyMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  AhoySdpSession *sdp = NULL;
  gboolean late = FALSE;

  if (!take_offer_of (self, transaction, &late)) {
    return;
  }
  if (!late) {
    sdp = ahoy_session_make_answer (self, &error);
  } else if (invite) {
    sdp = ahoy_session_make_offer (self, &error);
  }
  if (error != NULL) {
    ahoy_session_drop_offer (self);
    refuse_offer (self, transaction, 488, error->message);
    return;
  }
  ahoy_dialog_refresh_target (self->dialog, ahoy_server_transaction_get_request (transaction));
  response = ahoy_server_transaction_create_response (transaction, 200, NULL);
  if (sdp != NULL) {
    ahoy_session_set_sdp (response, sdp, NULL);
  }
  if (invite) {
    g_set_object (&self->invite_transaction, transaction);
    ahoy_server_transaction_set_handler (transaction, &invite_handler, self);
  }
  ahoy_session_send_response (self, transaction, response, NULL);
}

static void
end_before_begin (AhoySession *self, AhoyServerTransaction *transaction)
{
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL,
                        ahoy_server_transaction_get_status (transaction), NULL);
  forget_invite (self);
  ahoy_session_end (self);
}

/* Nobody refused the call: now the application sees it. */
static void
on_invite_passed (AhoySession *self, AhoyServerTransaction *transaction, gboolean go_on)
{
  if (!go_on || !ahoy_session_reliable_check (self, transaction) ||
      !ahoy_session_timers_check (self, transaction) ||
      !ahoy_session_read_replaces (self, transaction)) {
    end_before_begin (self, transaction);
    return;
  }
  self->offer_unread = TRUE;
  ahoy_session_service_announce (self->service, self);
}

/* The INVITE that begins the session. */
void
ahoy_session_receive_invite (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autoptr (AhoySession) hold_session = g_object_ref (self);
  g_autoptr (AhoyServerTransaction) hold = g_object_ref (transaction);
  g_autoptr (AhoyDialog) dialog = NULL;
  g_autoptr (GError) error = NULL;

  self->invite = g_object_ref (request);
  self->call_id = ahoy_message_dup_call_id (request);
  self->target = ahoy_message_dup_request_uri (request);
  self->local_uri = ahoy_message_dup_to_uri (request);
  ahoy_session_set_remote (self, request);
  ahoy_session_note_peer (self, request);
  ahoy_session_set_endpoint (self, ahoy_message_get_endpoint (request));

  dialog = ahoy_dialog_new_uas (transaction, &error);
  if (dialog == NULL) {
    ahoy_server_transaction_reject (transaction, 400, NULL);
    end_before_begin (self, transaction);
    return;
  }
  if (ahoy_session_follows_source (self, request)) {
    ahoy_dialog_follow_source (dialog);
  }
  ahoy_session_adopt_dialog (self, dialog);
  g_set_object (&self->invite_transaction, transaction);
  ahoy_server_transaction_set_handler (transaction, &invite_handler, self);
  ahoy_session_set_state (self, AHOY_SESSION_TRYING, 100, NULL);

  ahoy_session_begin_supplements (self);
  ahoy_session_pass_incoming (self, transaction, on_invite_passed);
  /* RFC 3261 §17.2.1: there is no 100 where something better is said within 200 ms. */
  if (ahoy_server_transaction_get_status (transaction) == 0) {
    ahoy_session_reply (self, transaction, 100, NULL);
  }
}

/*
 * Looks at what the INVITE offers, when nobody refused the call before: who is busy says so,
 * whatever the media. FALSE: the offer cannot be met, and the session is over.
 */
gboolean
ahoy_session_read_offer (AhoySession *self, GError **error)
{
  g_autoptr (AhoyServerTransaction) transaction = NULL;

  if (!self->offer_unread || self->invite_transaction == NULL) {
    return TRUE;
  }
  self->offer_unread = FALSE;
  transaction = g_object_ref (self->invite_transaction);
  if (take_offer_of (self, transaction, &self->late_offer)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
               "The offer of session %" G_GUINT64_FORMAT " cannot be met; the caller got %u",
               self->id, ahoy_server_transaction_get_status (transaction));
  end_before_begin (self, transaction);
  return FALSE;
}

static gboolean
check_pending (AhoySession *self, const char *what, GError **error)
{
  if (self->direction == AHOY_SESSION_INCOMING && self->state < AHOY_SESSION_ACTIVE &&
      self->invite_transaction != NULL && !self->answer_pending) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
               "Session %" G_GUINT64_FORMAT " cannot be %s: it is %s and %s", self->id, what,
               ahoy_session_direction_to_string (self->direction),
               ahoy_session_state_to_string (self->state));
  return FALSE;
}

/* What accepts the call, even a little, has to wait for a supplement that may refuse it. */
static gboolean
check_acceptable (AhoySession *self, const char *what, GError **error)
{
  if (!check_pending (self, what, error)) {
    return FALSE;
  }
  if (ahoy_session_invite_waits (self)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " cannot be %s: a supplement still looks at it",
                 self->id, what);
    return FALSE;
  }
  return TRUE;
}

/* What we say of media: our offer, or our answer. */
static AhoySdpSession *
current_sdp (AhoySession *self)
{
  return self->offer_state == AHOY_OFFER_LOCAL ? self->pending_local : self->local_sdp;
}

static void
send_final (AhoySession *self)
{
  g_autoptr (AhoyMessage) response = NULL;

  response = ahoy_server_transaction_create_response (self->invite_transaction, 200, NULL);
  if (!self->settled) { /* RFC 6337 §3.1.1: else all is said */
    ahoy_session_set_sdp (response, current_sdp (self), NULL);
  }
  ahoy_session_send_response (self, self->invite_transaction, response, NULL);
  ahoy_session_set_state (self, AHOY_SESSION_ACTIVE, 200, NULL);
}

/* One reliable response may be outstanding at a time (RFC 3262 §3), and the final one waits for it.
 * */
static void
send_queued (AhoySession *self)
{
  g_autoptr (AhoyMessage) response = NULL;

  if (self->prack_pending || self->invite_transaction == NULL) {
    return;
  }
  response = g_queue_pop_head (&self->provisionals);
  if (response != NULL) {
    g_autoptr (GBytes) body = ahoy_message_get_body (response);

    self->prack_settles = body != NULL;
    ahoy_session_prepare_response (self, self->invite_transaction, response);
    if (self->invite_transaction == NULL) {
      return; /* a supplement hung up */
    }
    self->prack_pending = ahoy_server_transaction_respond_reliably (self->invite_transaction,
                                                                    response, NULL);
    return;
  }
  if (self->answer_pending) {
    self->answer_pending = FALSE;
    send_final (self);
  }
}

static gboolean
send_provisional (AhoySession *self, guint status, gboolean with_sdp, GError **error)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (self->invite_transaction, status, NULL);

  if (with_sdp && !ahoy_session_set_sdp (response, current_sdp (self), error)) {
    return FALSE;
  }
  if (!self->reliable) {
    return ahoy_session_send_response (self, self->invite_transaction, response, error);
  }
  ahoy_message_set_header (response, "Contact", ahoy_dialog_get_contact (self->dialog), NULL);
  g_queue_push_tail (&self->provisionals, g_steal_pointer (&response));
  send_queued (self);
  return TRUE;
}

/**
 * ahoy_session_ring:
 * @self: an incoming session that was not answered
 * @error: return location for an error
 *
 * Tells the caller that somebody is being alerted (180, RFC 3261 §13.3.1.1).
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for an outgoing session or one
 *   that was answered
 *
 * Since: 0.1
 */
gboolean
ahoy_session_ring (AhoySession *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  if (!check_acceptable (self, "rung", error) || !ahoy_session_read_offer (self, error) ||
      !send_provisional (self, 180, FALSE, error)) {
    return FALSE;
  }
  ahoy_session_set_state (self, AHOY_SESSION_RINGING, 180, NULL);
  return TRUE;
}

/**
 * ahoy_session_announce_forward:
 * @self: an incoming session that was not answered
 * @error: return location for an error
 *
 * Tells the caller that the call goes to somebody else (181, RFC 3261 §21.1.3); who that is, says
 * #AhoySession:local-identity.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for an outgoing session or one
 *   that was answered
 *
 * Since: 0.1
 */
gboolean
ahoy_session_announce_forward (AhoySession *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  return check_acceptable (self, "told of a forward", error) &&
         ahoy_session_read_offer (self, error) && send_provisional (self, 181, FALSE, error);
}

static gboolean
answer_offer (AhoySession *self, GError **error)
{
  if (self->offer_state == AHOY_OFFER_REMOTE) {
    return ahoy_session_make_answer (self, error) != NULL;
  }
  if (self->late_offer && self->offer_state == AHOY_OFFER_NONE && self->local_sdp == NULL) {
    return ahoy_session_make_offer (self, error) != NULL;
  }
  return TRUE;
}

/**
 * ahoy_session_progress:
 * @self: an incoming session that was not answered
 * @error: return location for an error
 *
 * Lets the caller hear something before the answer (183 with a session description). When the
 * INVITE had no offer, a reliable 183 has ours, and early media begin with the answer in its PRACK
 * (RFC 3262 §5); another 183 has no description.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for an outgoing session or one
 *   that was answered
 *
 * Since: 0.1
 */
gboolean
ahoy_session_progress (AhoySession *self, GError **error)
{
  gboolean with_sdp;

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  if (!check_acceptable (self, "given early media", error) ||
      !ahoy_session_read_offer (self, error)) {
    return FALSE;
  }
  with_sdp = self->reliable ? !self->early_sdp : !self->late_offer;
  if (with_sdp && !answer_offer (self, error)) {
    ahoy_session_reject (self, 488, NULL, NULL);
    return FALSE;
  }
  if (!send_provisional (self, 183, with_sdp, error)) {
    return FALSE;
  }
  self->early_sdp = TRUE;
  if (!self->late_offer) {
    ahoy_session_set_early_media (self);
  }
  return TRUE;
}

/**
 * ahoy_session_answer:
 * @self: an incoming session that was not answered
 * @error: return location for an error
 *
 * Answers the call (200).
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for an outgoing session or one
 *   that was answered, or with the error of an SDP handler, when the call was refused with 488
 *
 * Since: 0.1
 */
gboolean
ahoy_session_answer (AhoySession *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  if (!check_acceptable (self, "answered", error) || !ahoy_session_read_offer (self, error)) {
    return FALSE;
  }
  if (!answer_offer (self, error)) {
    ahoy_session_reject (self, 488, NULL, NULL);
    return FALSE;
  }
  if (self->prack_pending) {
    self->answer_pending = TRUE;
    return TRUE;
  }
  send_final (self);
  return TRUE;
}

static gboolean
refuse (AhoySession *self, guint status, const char *reason, const char *contact, GError **error)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (self->invite_transaction, status, reason);

  if (contact != NULL && !ahoy_message_set_header (response, "Contact", contact, error)) {
    return FALSE;
  }
  if (!ahoy_session_send_response (self, self->invite_transaction, response, error)) {
    return FALSE;
  }
  forget_invite (self);
  ahoy_session_drop_offer (self);
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, status, reason);
  ahoy_session_end (self);
  return TRUE;
}

gboolean
ahoy_session_check_refusal (guint status, const char *reason, GError **error)
{
  if (status < 300 || status > 699 || (reason != NULL && strpbrk (reason, "\r\n") != NULL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A call is refused with a status of 300 to 699 and a reason of one line; %u is "
                 "none",
                 status);
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_session_reject:
 * @self: an incoming session that was not answered
 * @status: the status code, 300 to 699
 * @reason: (nullable): the reason phrase; %NULL for the usual one
 * @error: return location for an error
 *
 * Refuses the call.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for an outgoing session or one
 *   that was answered, or with %AHOY_ERROR_INVALID_ARGUMENTS for a status that refuses nothing
 *
 * Since: 0.1
 */
gboolean
ahoy_session_reject (AhoySession *self, guint status, const char *reason, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  return ahoy_session_check_refusal (status, reason, error) &&
         check_pending (self, "refused", error) && refuse (self, status, reason, NULL, error);
}

/**
 * ahoy_session_redirect:
 * @self: an incoming session that was not answered
 * @target: a URI or name-addr
 * @error: return location for an error
 *
 * Tells the caller to call somewhere else (302, RFC 3261 §21.3.3).
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for an outgoing session or one
 *   that was answered, or with %AHOY_ERROR_INVALID_ARGUMENTS when @target is no address
 *
 * Since: 0.1
 */
gboolean
ahoy_session_redirect (AhoySession *self, const char *target, GError **error)
{
  const char *const targets[] = { target, NULL };

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);
  g_return_val_if_fail (target != NULL, FALSE);

  return ahoy_session_redirect_to (self, targets, error);
}

/* One of the Contacts of a redirection: of several the first is the best. */
static char *
make_contact (const char *target, guint index, gboolean alone, GError **error)
{
  g_autofree char *text =
      strchr (target, '<') != NULL ? g_strdup (target) : g_strdup_printf ("<%s>", target);
  g_autoptr (AhoyNameAddr) address = ahoy_name_addr_parse (text, error);
  g_autoptr (AhoyNameAddr) rated = NULL;
  g_autofree char *q = g_strdup_printf ("0.%u", 9 - index);

  if (address == NULL) {
    return NULL;
  }
  if (alone || ahoy_name_addr_has_param (address, "q")) {
    return ahoy_name_addr_to_string (address);
  }
  rated = ahoy_name_addr_with_param (address, "q", q);
  return ahoy_name_addr_to_string (rated);
}

char *
ahoy_session_make_redirection (const char *const *targets, guint *status, GError **error)
{
  g_autoptr (GString) contacts = g_string_new (NULL);
  guint count = g_strv_length ((char **) targets);

  if (count == 0 || count > 10) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A call cannot be redirected to %u targets; write 1 to 10", count);
    return NULL;
  }
  for (guint i = 0; i < count; i++) {
    g_autofree char *contact = make_contact (targets[i], i, count == 1, error);

    if (contact == NULL) {
      return NULL;
    }
    g_string_append_printf (contacts, "%s%s", i > 0 ? ", " : "", contact);
  }
  *status = count > 1 ? 300 : 302;
  return g_string_free (g_steal_pointer (&contacts), FALSE);
}

/**
 * ahoy_session_redirect_to:
 * @self: an incoming session that was not answered
 * @targets: (array zero-terminated=1): URIs or name-addrs, the best first; 1 to 10 of them
 * @error: return location for an error
 *
 * Tells the caller to call somewhere else: to one place (302, RFC 3261 §21.3.3), or to one of
 * several (300, §21.3.1), whose order is told by `q` where a name-addr says none of its own.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for an outgoing session or one
 *   that was answered, or with %AHOY_ERROR_INVALID_ARGUMENTS when one of @targets is no address, or
 *   when there are none or too many
 *
 * Since: 0.1
 */
gboolean
ahoy_session_redirect_to (AhoySession *self, const char *const *targets, GError **error)
{
  g_autofree char *contacts = NULL;
  guint status;

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);
  g_return_val_if_fail (targets != NULL, FALSE);

  contacts = ahoy_session_make_redirection (targets, &status, error);
  return contacts != NULL && check_pending (self, "redirected", error) &&
         refuse (self, status, NULL, contacts, error);
}
