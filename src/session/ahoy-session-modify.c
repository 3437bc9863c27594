/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-private.h"

/* What we change in a session that stands: re-INVITE and UPDATE, one after the other. */

#define MAX_MODIFICATIONS 16
#define MAX_RETRIES 10
#define LONGEST_RETRY 10 /* s; RFC 3311 §5.2 */

void
ahoy_session_modification_free (AhoySessionModification *modification)
{
  g_clear_object (&modification->task);
  g_strfreev (modification->headers);
  g_free (modification->method);
  g_free (modification);
}

static void
forget_transaction (AhoySession *self)
{
  if (self->modify != NULL) {
    ahoy_client_transaction_set_handler (self->modify, NULL, NULL);
    g_clear_object (&self->modify);
  }
}

/* What was offered does not hold; an offer of somebody else does. */
static void
take_back (AhoySession *self)
{
  if (self->modifying != NULL && self->modifying->offered) {
    ahoy_session_drop_offer (self);
  }
}

static void
finish_modification (AhoySession *self, AhoyMessage *response)
{
  g_autoptr (AhoySessionModification) modification = g_steal_pointer (&self->modifying);

  forget_transaction (self);
  if (modification != NULL && modification->task != NULL) {
    g_task_return_pointer (modification->task, g_object_ref (response), g_object_unref);
  }
}

static void
on_retry (gpointer user_data)
{
  AhoySession *self = user_data;

  self->retry_timer = 0;
  ahoy_session_next_modification (self);
}

/* How long to wait before what was refused is asked once more, in ms; -1: it is not. */
static int
find_delay (AhoySession *self, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);
  g_autofree char *text = NULL;
  guint64 seconds;

  if (self->modifying == NULL || self->modifying->retries >= MAX_RETRIES) {
    return -1;
  }
  if (status == 422) {
    return ahoy_session_timers_raise (self, response) ? 0 : -1;
  }
  /* The peer said that it takes UPDATE, and does not. */
  if ((status == 405 || status == 501) && self->modifying->method == NULL &&
      ahoy_session_peer_allows (self, "UPDATE")) {
    g_clear_pointer (&self->remote_allow, g_free);
    return 0;
  }
  /* RFC 3261 §14.1: both asked at once; whoever made the Call-ID waits longer. */
  if (status == 491) {
    return 10 * (self->direction == AHOY_SESSION_OUTGOING ? g_random_int_range (210, 401)
                                                          : g_random_int_range (0, 201));
  }
  /* RFC 3311 §5.2: another request of ours is not answered yet. */
  text = status == 500 ? ahoy_message_get_header (response, "Retry-After") : NULL;
  if (text != NULL) {
    text[strspn (text, "0123456789")] = '\0';
  }
  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, LONGEST_RETRY, &seconds, NULL)
             ? (int) seconds * 1000
             : -1;
}

static void
retry_later (AhoySession *self, int delay)
{
  AhoySessionModification *modification;

  take_back (self);
  modification = g_steal_pointer (&self->modifying);
  modification->retries++;
  g_queue_push_head (&self->modifications, modification);
  forget_transaction (self);
  self->retry_timer =
      ahoy_scheduler_add (ahoy_stack_get_scheduler (self->stack), "retry of a change",
                          delay * G_TIME_SPAN_MILLISECOND, on_retry, self, NULL);
}

static gboolean
take_modified (AhoySession *self, AhoyMessage *response, GError **error)
{
  g_autoptr (AhoySdpSession) answer = NULL;
  gboolean present;

  ahoy_dialog_refresh_target (self->dialog, response);
  if (!self->modifying->offered || self->offer_state != AHOY_OFFER_LOCAL) {
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
    take_back (self);
  }
  ahoy_session_timers_take (self, response);
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
  int delay;

  ahoy_session_run_incoming_response (self, response);
  if (status < 200) {
    return;
  }
  if (status < 300) {
    on_modified_success (self, transaction, response);
    ahoy_client_transaction_finish (transaction);
    return;
  }
  delay = self->state < AHOY_SESSION_ENDING ? find_delay (self, response) : -1;
  if (delay >= 0) {
    retry_later (self, delay);
    return;
  }
  take_back (self);
  finish_modification (self, response);
  /* RFC 3261 §12.2.1.2: the dialog is gone. */
  if ((status == 481 || status == 408) && self->state >= AHOY_SESSION_ACTIVE) {
    ahoy_session_set_end (self,
                          ahoy_message_is_local (response) ? AHOY_SESSION_PARTY_NETWORK
                                                           : AHOY_SESSION_PARTY_REMOTE,
                          status, NULL);
    ahoy_session_send_bye (self);
    return;
  }
  ahoy_session_next_modification (self);
}

static void
on_prepare (AhoyClientTransaction *transaction, AhoyMessage *request, gpointer user_data)
{
  ahoy_session_run_outgoing_request (user_data, request);
}

static void
on_challenged (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  ahoy_session_run_incoming_response (user_data, response);
}

static const AhoyClientTransactionHandler modify_handler = {
  .prepare = on_prepare,
  .challenged = on_challenged,
  .response = on_modified,
};

/* The offer of a modification; a refresh repeats what holds (RFC 4028 §7.4). */
static AhoySdpSession *
make_offer_of (AhoySession *self, AhoySessionModification *modification, GError **error)
{
  if (modification->keeps) {
    return ahoy_session_repeat_offer (self, error);
  }
  self->local_hold = modification->hold == AHOY_SESSION_KEEP_HOLD ? self->agreed_hold
                                                                  : modification->hold;
  return ahoy_session_make_offer (self, error);
}

static gboolean
fill_request (AhoySession *self, AhoySessionModification *modification, AhoyMessage *request,
              gboolean offers, GError **error)
{
  AhoySdpSession *offer = offers ? make_offer_of (self, modification, error) : NULL;

  if (offers && (offer == NULL || !ahoy_session_set_sdp (request, offer, error))) {
    return FALSE;
  }
  for (gsize i = 0; modification->headers != NULL && modification->headers[i] != NULL; i += 2) {
    if (!ahoy_message_add_header (request, modification->headers[i], modification->headers[i + 1],
                                  error)) {
      return FALSE;
    }
  }
  ahoy_message_set_header (request, "Contact", ahoy_dialog_get_contact (self->dialog), NULL);
  ahoy_session_add_dialog_headers (self, request);
  ahoy_session_timers_ask (self, request);
  return TRUE;
}

static gboolean
begin_modification (AhoySession *self, AhoySessionModification *modification, GError **error)
{
  g_autoptr (AhoyMessage) request = NULL;
  const char *method = modification->method;

  if (method == NULL) {
    method = ahoy_session_peer_allows (self, "UPDATE") ? "UPDATE" : "INVITE";
  }
  request = ahoy_dialog_create_request (self->dialog, method, error);
  modification->offered = !modification->keeps || g_str_equal (method, "INVITE");
  if (request == NULL ||
      !fill_request (self, modification, request, modification->offered, error)) {
    if (modification->offered) {
      ahoy_session_drop_offer (self);
    }
    return FALSE;
  }
  self->modifying = modification;
  self->modify = ahoy_client_transaction_new (self->stack, request, &modify_handler, self);
  ahoy_dialog_start (self->dialog, self->modify);
  return TRUE;
}

/* Before the answer the peer can only be told by UPDATE, in a dialog that both know, and new media
 * are only offered when the first offer has its answer (RFC 3311 §5.1). */
static gboolean
is_early (AhoySession *self, AhoySessionModification *modification)
{
  return self->state < AHOY_SESSION_ACTIVE && self->early_dialog && self->dialog != NULL &&
         !self->hanging_up && ahoy_session_peer_allows (self, "UPDATE") &&
         (modification->method == NULL || g_str_equal (modification->method, "UPDATE")) &&
         (modification->keeps || self->settled);
}

/* One at a time, and not while an INVITE of either side is open (RFC 3261 §14.1). */
static gboolean
has_turn (AhoySession *self, AhoySessionModification *modification)
{
  if (self->modify != NULL || self->retry_timer != 0 || self->offer_state != AHOY_OFFER_NONE) {
    return modification->keeps && self->modify == NULL && self->retry_timer == 0 &&
           is_early (self, modification) && !self->prack_pending;
  }
  return self->state == AHOY_SESSION_ACTIVE
             ? self->invite_transaction == NULL
             : is_early (self, modification) && !self->prack_pending;
}

void
ahoy_session_next_modification (AhoySession *self)
{
  AhoySessionModification *modification;

  while ((modification = g_queue_peek_head (&self->modifications)) != NULL &&
         has_turn (self, modification)) {
    GError *error = NULL;

    g_queue_pop_head (&self->modifications);
    if (!begin_modification (self, modification, &error)) {
      g_task_return_error (modification->task, error);
      ahoy_session_modification_free (modification);
    }
  }
}

static void
drop_modification (AhoySession *self, AhoySessionModification *modification)
{
  g_task_return_new_error (modification->task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                           "Session %" G_GUINT64_FORMAT " ended before it was changed", self->id);
  ahoy_session_modification_free (modification);
}

void
ahoy_session_drop_modifications (AhoySession *self)
{
  AhoySessionModification *modification = g_steal_pointer (&self->modifying);

  if (self->retry_timer != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), self->retry_timer);
    self->retry_timer = 0;
  }
  forget_transaction (self);
  if (modification != NULL) {
    drop_modification (self, modification);
  }
  while ((modification = g_queue_pop_head (&self->modifications)) != NULL) {
    drop_modification (self, modification);
  }
}

/* Takes @modification. */
void
ahoy_session_queue_modification (AhoySession *self, AhoySessionModification *modification)
{
  guint waiting = g_queue_get_length (&self->modifications);

  gboolean possible = self->state == AHOY_SESSION_ACTIVE || is_early (self, modification);

  if (!possible || waiting >= MAX_MODIFICATIONS) {
    g_task_return_new_error (modification->task, AHOY_ERROR,
                             possible ? AHOY_ERROR_LIMIT_EXCEEDED : AHOY_ERROR_INVALID_STATE,
                             "Session %" G_GUINT64_FORMAT " cannot be changed: it is %s, and %u "
                             "changes wait already",
                             self->id, ahoy_session_state_to_string (self->state), waiting);
    ahoy_session_modification_free (modification);
    return;
  }
  g_queue_push_tail (&self->modifications, modification);
  ahoy_session_next_modification (self);
}

static void
queue_change (AhoySession *self, GTask *task, const char *method, int hold)
{
  AhoySessionModification *modification = g_new0 (AhoySessionModification, 1);

  modification->task = task;
  modification->method = g_strdup (method);
  modification->hold = hold;
  ahoy_session_queue_modification (self, modification);
}

/**
 * ahoy_session_refresh_async:
 * @self: an active session; for an `UPDATE` also one whose media were agreed on by a reliable
 *   provisional response and its PRACK (RFC 3311 §5.1)
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
  queue_change (self, task, method, AHOY_SESSION_KEEP_HOLD);
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
  queue_change (self, task, "INVITE", hold);
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

