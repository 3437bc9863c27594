/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-content-private.h"
#include "ahoy-session-private.h"

/* What happens inside the dialog of a session: BYE, re-INVITE, UPDATE and requests of all kinds,
 * both ways. */

/* -- requests of the peer ------------------------------------------------------------------- */

static void
receive_bye (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autofree char *reason = ahoy_session_take_reason (self, request);

  ahoy_session_reply (self, transaction, 200, NULL);
  if (self->direction == AHOY_SESSION_OUTGOING && self->state < AHOY_SESSION_ACTIVE) {
    /* It should refuse the INVITE instead (RFC 3261 §15); that does not go on without CANCEL. */
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_REMOTE, 487, reason);
    ahoy_session_hangup (self);
    return;
  }
  if (self->invite_transaction != NULL &&
      ahoy_server_transaction_get_status (self->invite_transaction) < 200) {
    ahoy_session_reply (self, self->invite_transaction, 487, NULL); /* RFC 3261 §15.1.2 */
  }
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_REMOTE,
                        self->state < AHOY_SESSION_ACTIVE ? 487 : 200, reason);
  ahoy_session_end (self);
}

void
ahoy_session_refuse_for_now (AhoySession *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, 500, NULL);
  g_autofree char *seconds = g_strdup_printf ("%d", g_random_int_range (0, 11));

  ahoy_message_set_header (response, "Retry-After", seconds, NULL);
  ahoy_session_send_response (self, transaction, response, NULL);
}

/* RFC 3261 §14.2, RFC 3311 §5.2, RFC 6337 §2.3: what may be negotiated when. */
static void
receive_modification (AhoySession *self, AhoyServerTransaction *transaction, gboolean invite)
{
  g_autoptr (GBytes) body =
      ahoy_message_get_body (ahoy_server_transaction_get_request (transaction));

  if (invite && self->modify != NULL &&
      g_str_equal (ahoy_message_get_method (ahoy_client_transaction_get_request (self->modify)),
                   "INVITE")) {
    ahoy_session_reply (self, transaction, 491, NULL);
    return;
  }
  if (self->invite_transaction != NULL && invite) {
    ahoy_session_refuse_for_now (self, transaction);
    return;
  }
  if ((invite || body != NULL) && self->offer_state == AHOY_OFFER_LOCAL) {
    ahoy_session_reply (self, transaction, 491, NULL);
    return;
  }
  if (body != NULL && self->offer_state == AHOY_OFFER_REMOTE) {
    ahoy_session_refuse_for_now (self, transaction);
    return;
  }
  if (invite && self->state < AHOY_SESSION_ACTIVE) { /* ours has no answer yet */
    ahoy_session_reply (self, transaction, 491, NULL);
    return;
  }
  if (self->state > AHOY_SESSION_ACTIVE ? invite || body != NULL
                                        : body != NULL && self->state < AHOY_SESSION_ACTIVE &&
                                              !self->settled) {
    ahoy_session_refuse_for_now (self, transaction);
    return;
  }
  if (ahoy_session_timers_check (self, transaction)) {
    ahoy_session_accept_invite (self, transaction, invite);
  }
}

/* RFC 3261 §11.2, and the media of the call as they are agreed on, for who understands them. */
static void
describe (AhoySession *self, AhoyMessage *request, AhoyMessage *response)
{
  ahoy_session_add_dialog_headers (self, response);
  ahoy_message_set_header (response, "Accept", "application/sdp", NULL);
  ahoy_message_set_header (response, "Accept-Encoding", "identity", NULL);
  ahoy_message_set_header (response, "Accept-Language", "en", NULL);
  if (self->local_sdp != NULL && self->offer_state == AHOY_OFFER_NONE &&
      ahoy_session_reads_sdp (request)) {
    ahoy_session_set_sdp (response, self->local_sdp, NULL);
  }
}

static void
receive_other (AhoySession *self, AhoyServerTransaction *transaction, const char *method)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autoptr (AhoyMessage) response = NULL;
  static const char *const welcome[] = { "MESSAGE", "NOTIFY", "OPTIONS", NULL };
  g_autofree char *allow = NULL;

  if (g_str_equal (method, "REFER")) {
    ahoy_session_take_refer (self, transaction);
    return;
  }
  if (g_str_equal (method, "SUBSCRIBE")) {
    ahoy_session_take_subscribe (self, transaction);
    return;
  }
  if (g_str_equal (method, "NOTIFY") && ahoy_session_take_notify (self, transaction)) {
    return;
  }
  if (g_strv_contains (welcome, method)) {
    response = ahoy_server_transaction_create_response (transaction, 200, NULL);
    if (g_str_equal (method, "OPTIONS")) {
      describe (self, request, response);
    }
    ahoy_session_send_response (self, transaction, response, NULL);
    ahoy_session_emit_request (self, request);
    return;
  }
  response = ahoy_server_transaction_create_response (transaction, 405, NULL);
  allow = ahoy_stack_dup_allow (self->stack);
  ahoy_message_set_header (response, "Allow", allow, NULL);
  ahoy_session_send_response (self, transaction, response, NULL);
}

static void
on_request_passed (AhoySession *self, AhoyServerTransaction *transaction, gboolean go_on)
{
  const char *method =
      ahoy_message_get_method (ahoy_server_transaction_get_request (transaction));

  if (!go_on) {
    return;
  }
  if (g_str_equal (method, "INVITE")) {
    receive_modification (self, transaction, TRUE);
  } else if (g_str_equal (method, "UPDATE")) {
    receive_modification (self, transaction, FALSE);
  } else if (g_str_equal (method, "INFO")) {
    ahoy_session_receive_info (self, transaction);
  } else {
    receive_other (self, transaction, method);
  }
}

/* RFC 3261 §8.2.3; a request that we do not take apart may have any body. */
static gboolean
check_content (AhoySession *self, AhoyServerTransaction *transaction)
{
  static const char *const read[] = { "INVITE", "UPDATE", NULL };
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyContentRefusal refusal = { 0 };
  g_autoptr (AhoyMessage) response = NULL;

  if (!g_strv_contains (read, ahoy_message_get_method (request)) ||
      ahoy_content_check (self->service, request, &refusal)) {
    return TRUE;
  }
  response = ahoy_content_create_refusal (transaction, &refusal);
  ahoy_session_send_response (self, transaction, response, NULL);
  return FALSE;
}

static void
on_request (AhoyDialog *dialog, AhoyServerTransaction *transaction, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);

  if (self->state == AHOY_SESSION_ENDED) {
    ahoy_session_reply (self, transaction, 481, NULL);
    return;
  }
  if (g_str_equal (ahoy_message_get_method (request), "BYE")) {
    ahoy_session_show_request (self, request);
    receive_bye (self, transaction);
    return;
  }
  ahoy_session_note_peer (self, request);
  if (!check_content (self, transaction)) {
    return;
  }
  ahoy_session_pass_incoming (self, transaction, on_request_passed);
}

static const AhoyDialogHandler dialog_handler = { .request = on_request };

/* The dialog that the session lives in from now on. */
void
ahoy_session_adopt_dialog (AhoySession *self, AhoyDialog *dialog)
{
  if (self->dialog != NULL) {
    ahoy_dialog_set_handler (self->dialog, NULL, NULL);
  }
  g_set_object (&self->dialog, dialog);
  ahoy_session_mark_dialog (self, dialog);
  ahoy_dialog_set_handler (dialog, &dialog_handler, self);
}

/* -- requests of ours ----------------------------------------------------------------------- */

static void
on_shown_prepare (AhoyClientTransaction *transaction, AhoyMessage *request, gpointer user_data)
{
  ahoy_session_run_outgoing_request (user_data, request);
}

static void
on_shown_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));

  ahoy_session_run_incoming_response (self, response);
  if (ahoy_message_get_status (response) >= 200) {
    g_ptr_array_remove (self->sent, transaction);
  }
}

static void
on_shown_challenged (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  ahoy_session_run_incoming_response (user_data, response);
}

static const AhoyClientTransactionHandler shown_handler = {
  .prepare = on_shown_prepare,
  .challenged = on_shown_challenged,
  .response = on_shown_response,
};

/* A request whose answer only the supplements want to see. */
void
ahoy_session_send_shown (AhoySession *self, AhoyDialog *dialog, AhoyMessage *request)
{
  g_autoptr (AhoyClientTransaction) transaction =
      ahoy_dialog_send (dialog, request, &shown_handler, self);

  if (ahoy_client_transaction_get_status (transaction) < 200) {
    g_ptr_array_add (self->sent, g_object_ref (transaction));
  } else {
    ahoy_client_transaction_set_handler (transaction, NULL, NULL);
  }
}

static void
on_bye_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));

  ahoy_session_run_incoming_response (self, response);
  if (ahoy_message_get_status (response) < 200) {
    return;
  }
  ahoy_client_transaction_set_handler (transaction, NULL, NULL);
  g_ptr_array_remove (self->sent, transaction);
  ahoy_session_end (self);
}

static const AhoyClientTransactionHandler bye_handler = {
  .prepare = on_shown_prepare,
  .challenged = on_shown_challenged,
  .response = on_bye_response,
};

/* Says farewell; the session is over when the answer comes, or does not come. */
void
ahoy_session_send_bye (AhoySession *self)
{
  g_autoptr (AhoySession) hold = g_object_ref (self);
  g_autoptr (AhoyMessage) bye = NULL;
  AhoyClientTransaction *transaction;

  if (self->dialog == NULL) {
    ahoy_session_end (self); /* it was left already: a late answer to a change */
    return;
  }
  ahoy_session_set_state (self, AHOY_SESSION_ENDING, self->end_status, self->end_reason);
  bye = ahoy_dialog_create_request (self->dialog, "BYE", NULL);
  if (bye == NULL) {
    ahoy_session_end (self);
    return;
  }
  if (self->hangup_reason != NULL) {
    ahoy_message_set_header (bye, "Reason", self->hangup_reason, NULL);
  }
  transaction = ahoy_dialog_send (self->dialog, bye, &bye_handler, self);
  if (self->state == AHOY_SESSION_ENDED) {
    g_object_unref (transaction);
    return;
  }
  g_ptr_array_add (self->sent, transaction);
}

/* -- requests of others ---------------------------------------------------------------------- */

/**
 * ahoy_session_create_request:
 * @self: a session that has a dialog
 * @method: the method in capitals
 * @error: return location for an error
 *
 * Makes a request inside the session's dialog, for ahoy_session_send_request_async().
 *
 * Returns: (transfer full): a new request, or %NULL with %AHOY_ERROR_INVALID_STATE when there is no
 *   dialog, or with %AHOY_ERROR_INVALID_ARGUMENTS for a method that the session itself takes care
 *   of
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_create_request (AhoySession *self, const char *method, GError **error)
{
  static const char *const own[] = { "INVITE", "ACK", "CANCEL", "BYE", "PRACK", "UPDATE", NULL };

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (method != NULL && *method != '\0', NULL);

  if (g_strv_contains (own, method)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A session sends %s by itself; see refresh and hangup", method);
    return NULL;
  }
  if (self->dialog == NULL || self->state >= AHOY_SESSION_ENDING) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is %s and has no dialog to send %s in", self->id,
                 ahoy_session_state_to_string (self->state), method);
    return NULL;
  }
  return ahoy_dialog_create_request (self->dialog, method, error);
}

typedef struct {
  AhoySession *session;
  GTask *task;
} Request;

static void
on_request_prepare (AhoyClientTransaction *transaction, AhoyMessage *request, gpointer user_data)
{
  ahoy_session_run_outgoing_request (((Request *) user_data)->session, request);
}

static void
on_request_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  Request *request = user_data;

  ahoy_session_run_incoming_response (request->session, response);
  if (ahoy_message_get_status (response) < 200) {
    return;
  }
  ahoy_client_transaction_set_handler (transaction, NULL, NULL);
  g_task_return_pointer (request->task, g_object_ref (response), g_object_unref);
  g_object_unref (request->task);
  g_object_unref (request->session);
  g_free (request);
}

static void
on_request_challenged (AhoyClientTransaction *transaction, AhoyMessage *response,
                       gpointer user_data)
{
  ahoy_session_run_incoming_response (((Request *) user_data)->session, response);
}

static const AhoyClientTransactionHandler request_handler = {
  .prepare = on_request_prepare,
  .challenged = on_request_challenged,
  .response = on_request_response,
};

/**
 * ahoy_session_send_request_async:
 * @self: a session
 * @request: a request of ahoy_session_create_request()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the final response
 * @user_data: for @callback
 *
 * Sends a request inside the session's dialog, through the supplements.
 *
 * Since: 0.1
 */
void
ahoy_session_send_request_async (AhoySession *self, AhoyMessage *request,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (AhoyClientTransaction) transaction = NULL;
  Request *data;
  GTask *task;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_MESSAGE (request));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_session_send_request_async);
  if (self->dialog == NULL || ahoy_message_is_sealed (request)) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "Session %" G_GUINT64_FORMAT " has no dialog, or the request was sent "
                             "already",
                             self->id);
    g_object_unref (task);
    return;
  }
  data = g_new0 (Request, 1);
  data->session = g_object_ref (self);
  data->task = task;
  transaction = ahoy_dialog_send (self->dialog, request, &request_handler, data);
}

/**
 * ahoy_session_send_request_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the final response, whatever its status; %NULL with
 *   %AHOY_ERROR_INVALID_STATE when the session has no dialog
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_send_request_finish (AhoySession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
