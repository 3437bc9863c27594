/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-private.h"

/* What happens inside the dialog of a session: BYE, re-INVITE, UPDATE and requests of all kinds,
 * both ways. */

#define MAX_MODIFICATIONS 16
#define KEEP_HOLD (-1)

/* A re-INVITE or UPDATE that waits for its turn. */
typedef struct {
  GTask *task;
  char *method;
  int hold; /* TRUE, FALSE, or KEEP_HOLD */
} Modification;

static void
modification_free (Modification *modification)
{
  g_clear_object (&modification->task);
  g_free (modification->method);
  g_free (modification);
}

/* -- requests of the peer ------------------------------------------------------------------- */

static void
receive_bye (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autofree char *reason = ahoy_message_get_header (request, "Reason");

  ahoy_session_reply (self, transaction, 200, NULL);
  if (self->invite_transaction != NULL &&
      ahoy_server_transaction_get_status (self->invite_transaction) < 200) {
    ahoy_session_reply (self, self->invite_transaction, 487, NULL); /* RFC 3261 §15.1.2 */
  }
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_REMOTE,
                        self->state < AHOY_SESSION_ACTIVE ? 487 : 200, reason);
  ahoy_session_end (self);
}

static void
refuse_for_now (AhoySession *self, AhoyServerTransaction *transaction)
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

  if (self->modify != NULL && (invite || body != NULL)) {
    ahoy_session_reply (self, transaction, 491, NULL);
    return;
  }
  if (self->invite_transaction != NULL && invite) {
    refuse_for_now (self, transaction);
    return;
  }
  if (body != NULL && self->offer_state == AHOY_OFFER_LOCAL) {
    ahoy_session_reply (self, transaction, 491, NULL);
    return;
  }
  if (body != NULL && self->offer_state == AHOY_OFFER_REMOTE) {
    refuse_for_now (self, transaction);
    return;
  }
  if (self->state != AHOY_SESSION_ACTIVE && (invite || body != NULL)) {
    refuse_for_now (self, transaction);
    return;
  }
  ahoy_session_accept_invite (self, transaction, invite);
}

static void
receive_other (AhoySession *self, AhoyServerTransaction *transaction, const char *method)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autoptr (AhoyMessage) response = NULL;
  static const char *const welcome[] = { "INFO", "MESSAGE", "NOTIFY", "OPTIONS", NULL };
  g_autofree char *allow = NULL;

  if (g_strv_contains (welcome, method)) {
    gboolean options = g_str_equal (method, "OPTIONS");

    response = ahoy_server_transaction_create_response (transaction, 200, NULL);
    if (options) {
      ahoy_session_add_dialog_headers (self, response);
      ahoy_message_set_header (response, "Accept", "application/sdp", NULL);
    }
    ahoy_session_send_response (self, transaction, response, NULL);
    if (g_str_equal (method, "INFO")) {
      ahoy_session_take_info (self, request);
    }
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
  } else {
    receive_other (self, transaction, method);
  }
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

/* -- modification --------------------------------------------------------------------------- */

static void
finish_modification (AhoySession *self, AhoyMessage *response)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->modifying);

  if (self->modify != NULL) {
    ahoy_client_transaction_set_handler (self->modify, NULL, NULL);
    g_clear_object (&self->modify);
  }
  if (task != NULL) {
    g_task_return_pointer (task, g_object_ref (response), g_object_unref);
  }
}

static void
on_retry (gpointer user_data)
{
  AhoySession *self = user_data;

  self->retry_timer = 0;
  ahoy_session_next_modification (self);
}

/* RFC 3261 §14.1: both asked at once; whoever made the Call-ID waits longer. */
static void
retry_later (AhoySession *self)
{
  gboolean owner = self->direction == AHOY_SESSION_OUTGOING;
  int wait = owner ? g_random_int_range (210, 401) : g_random_int_range (0, 201);
  Modification *modification = g_new0 (Modification, 1);
  AhoyMessage *request = ahoy_client_transaction_get_request (self->modify);

  modification->task = g_steal_pointer (&self->modifying);
  modification->method = g_strdup (ahoy_message_get_method (request));
  modification->hold = self->local_hold;
  g_queue_push_head (&self->modifications, modification);
  ahoy_client_transaction_set_handler (self->modify, NULL, NULL);
  g_clear_object (&self->modify);
  ahoy_session_drop_offer (self);
  self->retry_timer =
      ahoy_scheduler_add (ahoy_stack_get_scheduler (self->stack), "retry after 491",
                          wait * 10 * G_TIME_SPAN_MILLISECOND, on_retry, self, NULL);
}

static gboolean
take_modified (AhoySession *self, AhoyMessage *response, GError **error)
{
  g_autoptr (AhoySdpSession) answer = NULL;
  gboolean present;

  ahoy_dialog_refresh_target (self->dialog, response);
  if (self->offer_state != AHOY_OFFER_LOCAL) {
    return TRUE;
  }
  answer = ahoy_session_find_sdp (response, &present, error);
  if (answer != NULL) {
    return ahoy_session_take_answer (self, answer, TRUE, error);
  }
  if (*error == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The response has no answer to our offer");
  }
  return FALSE;
}

static void
on_modified_success (AhoySession *self, AhoyClientTransaction *transaction, AhoyMessage *response)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (ahoy_message_get_method (response), "INVITE")) {
    g_autoptr (AhoyMessage) ack = ahoy_dialog_create_ack (self->dialog, response, transaction);

    if (ack != NULL) {
      ahoy_session_run_outgoing_request (self, ack);
      ahoy_dialog_send_ack (self->dialog, response, ack);
    }
  }
  if (self->modify == NULL) {
    return;
  }
  if (!take_modified (self, response, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " keeps its media: %s", self->id, error->message);
    ahoy_session_drop_offer (self);
  }
  finish_modification (self, response);
  if (self->wants_bye) {
    ahoy_session_send_bye (self);
    return;
  }
  ahoy_session_next_modification (self);
}

static void
on_modified (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  g_autoptr (AhoyClientTransaction) hold = g_object_ref (transaction);
  guint status = ahoy_message_get_status (response);

  ahoy_session_run_incoming_response (self, response);
  if (status < 200) {
    return;
  }
  if (status < 300) {
    on_modified_success (self, transaction, response);
    ahoy_client_transaction_finish (transaction);
    return;
  }
  if (status == 491 && self->state == AHOY_SESSION_ACTIVE) {
    retry_later (self);
    return;
  }
  ahoy_session_drop_offer (self);
  finish_modification (self, response);
  if (status == 481 || status == 408) { /* RFC 3261 §12.2.1.2: the dialog is gone */
    ahoy_session_set_end (self,
                          ahoy_message_is_local (response) ? AHOY_SESSION_PARTY_NETWORK
                                                           : AHOY_SESSION_PARTY_REMOTE,
                          status, NULL);
    ahoy_session_send_bye (self);
    return;
  }
  ahoy_session_next_modification (self);
}

static const AhoyClientTransactionHandler modify_handler = {
  .prepare = on_shown_prepare,
  .challenged = on_shown_challenged,
  .response = on_modified,
};

static gboolean
begin_modification (AhoySession *self, Modification *modification, GError **error)
{
  g_autoptr (AhoyMessage) request = NULL;
  AhoySdpSession *offer;

  self->local_hold = modification->hold == KEEP_HOLD ? self->agreed_hold : modification->hold;
  offer = ahoy_session_make_offer (self, error);
  if (offer == NULL) {
    return FALSE;
  }
  request = ahoy_dialog_create_request (self->dialog, modification->method, error);
  if (request == NULL || !ahoy_session_set_sdp (request, offer, error)) {
    ahoy_session_drop_offer (self);
    return FALSE;
  }
  ahoy_message_set_header (request, "Contact", ahoy_dialog_get_contact (self->dialog), NULL);
  ahoy_session_add_dialog_headers (self, request);
  self->modifying = g_steal_pointer (&modification->task);
  self->modify = ahoy_client_transaction_new (self->stack, request, &modify_handler, self);
  ahoy_dialog_start (self->dialog, self->modify);
  return TRUE;
}

/* One at a time, and not while an INVITE of either side is open (RFC 3261 §14.1). */
void
ahoy_session_next_modification (AhoySession *self)
{
  while (self->state == AHOY_SESSION_ACTIVE && self->modify == NULL && self->retry_timer == 0 &&
         self->invite_transaction == NULL && self->offer_state == AHOY_OFFER_NONE) {
    Modification *modification = g_queue_pop_head (&self->modifications);
    GError *error = NULL;

    if (modification == NULL) {
      return;
    }
    if (!begin_modification (self, modification, &error)) {
      g_task_return_error (modification->task, error);
    }
    modification_free (modification);
  }
}

void
ahoy_session_drop_modifications (AhoySession *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->modifying);
  Modification *modification;

  if (self->retry_timer != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), self->retry_timer);
    self->retry_timer = 0;
  }
  if (self->modify != NULL) {
    ahoy_client_transaction_set_handler (self->modify, NULL, NULL);
    g_clear_object (&self->modify);
  }
  if (task != NULL) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "Session %" G_GUINT64_FORMAT " ended before it was changed",
                             self->id);
  }
  while ((modification = g_queue_pop_head (&self->modifications)) != NULL) {
    g_task_return_new_error (modification->task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "Session %" G_GUINT64_FORMAT " ended before it was changed",
                             self->id);
    modification_free (modification);
  }
}

static void
queue_modification (AhoySession *self, GTask *task, const char *method, int hold)
{
  Modification *modification;

  if (self->state != AHOY_SESSION_ACTIVE ||
      g_queue_get_length (&self->modifications) >= MAX_MODIFICATIONS) {
    g_task_return_new_error (task, AHOY_ERROR,
                             self->state == AHOY_SESSION_ACTIVE ? AHOY_ERROR_LIMIT_EXCEEDED
                                                                : AHOY_ERROR_INVALID_STATE,
                             "Session %" G_GUINT64_FORMAT " cannot be changed: it is %s, and %u "
                             "changes wait already",
                             self->id, ahoy_session_state_to_string (self->state),
                             g_queue_get_length (&self->modifications));
    g_object_unref (task);
    return;
  }
  modification = g_new0 (Modification, 1);
  modification->task = task;
  modification->method = g_strdup (method);
  modification->hold = hold;
  g_queue_push_tail (&self->modifications, modification);
  ahoy_session_next_modification (self);
}

/**
 * ahoy_session_refresh_async:
 * @self: an active session
 * @method: `INVITE` or `UPDATE`
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the final response
 * @user_data: for @callback
 *
 * Negotiates the media once more (RFC 3261 §14, RFC 3311), as the specification's
 * `ast_sip_session_send_reinvite` does. When something else is being negotiated the request waits
 * for its turn; when both sides asked at once (491) it is repeated later.
 *
 * Since: 0.1
 */
void
ahoy_session_refresh_async (AhoySession *self, const char *method, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (g_strcmp0 (method, "INVITE") == 0 || g_strcmp0 (method, "UPDATE") == 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_session_refresh_async);
  queue_modification (self, task, method, KEEP_HOLD);
}

/**
 * ahoy_session_refresh_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the final response, whatever its status; %NULL with
 *   %AHOY_ERROR_INVALID_STATE when the session is not active or ended meanwhile
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_refresh_finish (AhoySession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ahoy_session_set_hold_async:
 * @self: an active session
 * @hold: whether to hold the peer
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the final response
 * @user_data: for @callback
 *
 * Holds the peer, or takes it back (RFC 3264 §8.4).
 *
 * Since: 0.1
 */
void
ahoy_session_set_hold_async (AhoySession *self, gboolean hold, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (AHOY_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_session_set_hold_async);
  queue_modification (self, task, "INVITE", hold);
}

/**
 * ahoy_session_set_hold_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the final response, as for ahoy_session_refresh_finish()
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_set_hold_finish (AhoySession *self, GAsyncResult *result, GError **error)
{
  return ahoy_session_refresh_finish (self, result, error);
}

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
