/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-replaces-private.h"
#include "ahoy-session-transfer.h"
#include "ahoy-transfer-private.h"

/* REFER about a session, both ways, and the subscriptions that it makes. */

#define MAX_TRANSFERS 8 /* of one session at a time */

/* What is told of a transfer can be read as long as the session is there. */
void
ahoy_session_note_transfer (AhoySession *self, AhoyTransfer *transfer)
{
  self->transfer_state = transfer->state;
  g_set_object (&self->refer, transfer->request);
  if (transfer->status != 0) {
    ahoy_session_emit_transfer_progress (self, transfer->status, transfer->reason);
  }
}

void
ahoy_session_add_transfer (AhoySession *self, AhoyTransfer *transfer)
{
  g_ptr_array_add (self->transfers, transfer);
  transfer->service = self->service;
  ahoy_session_service_hold_transfer (self->service, transfer);
}

/* The last one lets go of the dialog of a session that is over. */
void
ahoy_session_drop_transfer (AhoySession *self, AhoyTransfer *transfer)
{
  AhoySessionService *service = transfer->service;

  g_ptr_array_remove (self->transfers, transfer);
  if (self->transfers->len == 0 && self->last_dialog != NULL) {
    ahoy_dialog_set_handler (self->last_dialog, NULL, NULL);
    g_clear_object (&self->last_dialog);
  }
  if (service != NULL) {
    transfer->service = NULL;
    ahoy_session_service_drop_transfer (service, transfer);
  }
}

/* -- received ------------------------------------------------------------------------------- */

/* In the dialog that a REFER has made there is its subscription, and nothing else. */
static void
on_refer_request (AhoyDialog *dialog, AhoyServerTransaction *transaction, gpointer user_data)
{
  g_autoptr (AhoyTransfer) transfer = g_object_ref (AHOY_TRANSFER (user_data));

  if (!g_str_equal (ahoy_message_get_method (ahoy_server_transaction_get_request (transaction)),
                    "SUBSCRIBE") ||
      !ahoy_transfer_take_subscribe (transfer, transaction)) {
    ahoy_session_reply (transfer->session, transaction, 481, NULL);
  }
}

static const AhoyDialogHandler refer_handler = { .request = on_refer_request };

static gboolean
may_transfer (AhoySession *self)
{
  AhoyEndpoint *endpoint = self->endpoint;

  return endpoint == NULL ||
         ahoy_config_object_get_choice (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                        "allow-transfer") != AHOY_TRANSFER_POLICY_NO;
}

/* @dialog: that the REFER made; NULL: it came in that of the session */
static void
take_refer (AhoySession *self, AhoyServerTransaction *transaction, AhoyDialog *dialog)
{
  g_autoptr (AhoySession) hold = g_object_ref (self);
  g_autoptr (AhoyTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;
  guint status = 400;

  if (!may_transfer (self)) {
    ahoy_session_reply (self, transaction, 603, NULL);
    return;
  }
  if (self->transfers->len >= MAX_TRANSFERS) {
    ahoy_session_refuse_for_now (self, transaction);
    return;
  }
  transfer = ahoy_transfer_new_received (self, transaction, &status, &error);
  if (transfer == NULL) {
    g_message ("Session %" G_GUINT64_FORMAT " is not transferred: %s", self->id, error->message);
    ahoy_session_reply (self, transaction, status, NULL);
    return;
  }
  if (dialog != NULL) {
    transfer->dialog = g_object_ref (dialog);
    ahoy_dialog_set_handler (dialog, &refer_handler, transfer);
  }
  ahoy_session_add_transfer (self, transfer);
  ahoy_session_note_transfer (self, transfer);
  if (!ahoy_session_emit_transfer_requested (self, transfer)) {
    ahoy_transfer_refuse (transfer, 603, NULL, NULL);
    return;
  }
  ahoy_transfer_wait (transfer);
}

/* The peer wants the call to go on with somebody else (RFC 3515 §2.4.2). */
void
ahoy_session_take_refer (AhoySession *self, AhoyServerTransaction *transaction)
{
  take_refer (self, transaction, NULL);
}

/* Whose point of view the tags are written from is not the same everywhere. */
static AhoySession *
find_by_target_dialog (AhoySessionService *self, AhoyMessage *request)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, "Target-Dialog");
  AhoySession *found = NULL;

  if (values == NULL || values[0] == NULL || values[1] != NULL) {
    return NULL;
  }
  for (guint turned = 0; turned < 2 && found == NULL; turned++) {
    g_autoptr (AhoyReplaces) dialog = ahoy_replaces_parse_target (values[0], turned != 0);

    found = dialog != NULL ? ahoy_session_service_find_by_replaces (self, dialog) : NULL;
  }
  return found;
}

/* A guest has shown nothing but the tags of a call, so that somebody has to have allowed it. */
static gboolean
may_refer_outside (AhoySession *session, AhoyEndpoint *endpoint)
{
  const char *name = endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL;
  gboolean guest;

  if (name == NULL || endpoint != session->endpoint) {
    return FALSE;
  }
  guest = g_str_equal (name, "anonymous") || g_str_has_prefix (name, "anonymous@");
  return !guest || ahoy_config_object_is_set (
                       AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "allow-transfer");
}

static void
on_refer_passed (AhoySession *session, AhoyServerTransaction *transaction, gboolean go_on)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autoptr (AhoyDialog) dialog = NULL;

  if (!go_on) {
    return;
  }
  dialog = ahoy_dialog_new_uas (transaction, NULL);
  if (dialog == NULL) {
    ahoy_session_reply (session, transaction, 400, NULL);
    return;
  }
  if (ahoy_session_follows_source (session, request)) {
    ahoy_dialog_follow_source (dialog);
  }
  ahoy_session_mark_dialog (session, dialog);
  take_refer (session, transaction, dialog);
}

/*
 * A REFER outside of a dialog: when it names a call of the same endpoint (RFC 4538), it means that
 * one. Nobody else makes us call anybody.
 */
void
ahoy_session_service_take_refer (AhoySessionService *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoySession *found = find_by_target_dialog (self, request);
  g_autoptr (AhoySession) session = found != NULL ? g_object_ref (found) : NULL;

  if (session == NULL || !may_refer_outside (session, ahoy_message_get_endpoint (request))) {
    g_message ("A REFER outside of a dialog is refused: it names no call of its sender in "
               "Target-Dialog");
    ahoy_server_transaction_reject (transaction, 403, NULL);
    return;
  }
  ahoy_session_pass_incoming (session, transaction, on_refer_passed);
}

/* A SUBSCRIBE to what became of a REFER (RFC 6665 §4.1.2.2); there are no others in a call. */
void
ahoy_session_take_subscribe (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autofree char *event = ahoy_message_get_header (request, "Event");
  gboolean refer = event != NULL && g_ascii_strncasecmp (event, "refer", 5) == 0;

  for (guint i = 0; i < self->transfers->len; i++) {
    if (ahoy_transfer_take_subscribe (self->transfers->pdata[i], transaction)) {
      return;
    }
  }
  ahoy_session_reply (self, transaction, refer ? 481 : 489, NULL);
}

/* FALSE: the NOTIFY is about none of our REFERs. */
gboolean
ahoy_session_take_notify (AhoySession *self, AhoyServerTransaction *transaction)
{
  for (guint i = 0; i < self->transfers->len; i++) {
    if (ahoy_transfer_take_notify (self->transfers->pdata[i], transaction)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* -- after the session ---------------------------------------------------------------------- */

static void
on_late_request (AhoyDialog *dialog, AhoyServerTransaction *transaction, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  const char *method =
      ahoy_message_get_method (ahoy_server_transaction_get_request (transaction));

  if (g_str_equal (method, "SUBSCRIBE")) {
    ahoy_session_take_subscribe (self, transaction);
  } else if (!g_str_equal (method, "NOTIFY") || !ahoy_session_take_notify (self, transaction)) {
    ahoy_session_reply (self, transaction, 481, NULL);
  }
}

static const AhoyDialogHandler late_handler = { .request = on_late_request };

/* The session is over; its dialog is only when nothing else is in it (RFC 5057 §4.1). */
void
ahoy_session_leave_dialog (AhoySession *self)
{
  g_autoptr (GPtrArray) transfers =
      g_ptr_array_copy (self->transfers, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (transfers, g_object_unref);
  for (guint i = 0; i < transfers->len; i++) {
    ahoy_transfer_session_ended (transfers->pdata[i]);
  }
  if (self->transfers->len > 0 && self->dialog != NULL) {
    g_set_object (&self->last_dialog, self->dialog);
    ahoy_dialog_set_handler (self->dialog, &late_handler, self);
  }
  g_clear_object (&self->dialog);
}

/* -- sent ----------------------------------------------------------------------------------- */

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyMessage) response =
      ahoy_session_set_hold_finish (AHOY_SESSION (source), result, NULL);
}

/* The transfer failed: the peer, who was held for it, is heard again. */
void
ahoy_session_take_back (AhoySession *self)
{
  if (self->held_for_transfer) {
    self->held_for_transfer = FALSE;
    if (self->state == AHOY_SESSION_ACTIVE) {
      ahoy_session_set_hold_async (self, FALSE, NULL, on_taken_back, NULL);
    }
  }
}

/* The REFER follows when the peer took the hold, or does not want it: then it hears us meanwhile.
 */
static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *self = AHOY_SESSION (source);
  g_autoptr (AhoyTransfer) transfer = user_data;
  g_autoptr (AhoyMessage) response = ahoy_session_set_hold_finish (self, result, NULL);

  self->held_for_transfer = response != NULL && ahoy_message_get_status (response) < 300;
  ahoy_transfer_send (transfer);
}

static void
begin_transfer (AhoySession *self, const char *refer_to, GTask *task)
{
  g_autoptr (AhoyTransfer) transfer = NULL;
  GError *error = NULL;

  if (self->state != AHOY_SESSION_ACTIVE || self->transfers->len >= MAX_TRANSFERS) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "Session %" G_GUINT64_FORMAT " cannot be transferred: it is %s, and "
                             "%u transfers of it are under way",
                             self->id, ahoy_session_state_to_string (self->state),
                             self->transfers->len);
    return;
  }
  if (self->remote_allow != NULL && !ahoy_session_peer_allows (self, "REFER")) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                             "Session %" G_GUINT64_FORMAT " cannot be transferred: its peer does "
                             "not allow REFER; join it with the other one in a bridge",
                             self->id);
    return;
  }
  transfer = ahoy_transfer_new_sent (self, refer_to, task, &error);
  if (transfer == NULL) {
    g_task_return_error (task, error);
    return;
  }
  ahoy_session_add_transfer (self, transfer);
  if ((ahoy_session_get_hold (self) & AHOY_SESSION_HOLD_LOCAL) != 0) {
    ahoy_transfer_send (transfer);
  } else {
    ahoy_session_set_hold_async (self, TRUE, NULL, on_held, g_steal_pointer (&transfer));
  }
}

/**
 * ahoy_session_transfer_async:
 * @self: an active session
 * @target: whom the peer is to call: a URI or name-addr
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the peer accepted or refused the wish
 * @user_data: for @callback
 *
 * Asks the peer to go on with somebody else (REFER, RFC 3515, RFC 5589 section 6). It is held
 * first, unless it is already. How its call with the other one goes is told by
 * #AhoySession::transfer-progress; when that is answered, this session is over, and when it is not,
 * it goes on as before. Where the peer tells nothing, since it wants so or the endpoint's
 * `refer-subscription` is off (Refer-Sub, RFC 4488), this session is over when it accepts.
 *
 * A peer whose Contact is a GRUU (RFC 5627) and that knows `tdialog` gets the REFER outside of the
 * dialog of this session (RFC 5589 section 5), and may answer it, and tell how it goes, when the
 * session is over.
 *
 * Since: 0.1
 */
void
ahoy_session_transfer_async (AhoySession *self, const char *target, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *refer_to = NULL;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (target != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_session_transfer_async);
  refer_to = strchr (target, '<') != NULL ? g_strdup (target) : g_strdup_printf ("<%s>", target);
  begin_transfer (self, refer_to, task);
}

/* RFC 5589 §7: who is called at the other end of @other, and which call of his it takes the place
 * of. */
static char *
make_attended (AhoySession *other)
{
  g_autofree char *target =
      other->dialog != NULL ? ahoy_dialog_dup_remote_target (other->dialog) : NULL;
  g_autoptr (AhoyUri) uri = target != NULL ? ahoy_uri_parse (target, NULL) : NULL;
  g_autoptr (AhoyReplaces) replaces = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;

  if (uri == NULL || ahoy_dialog_get_remote_tag (other->dialog) == NULL) {
    return NULL;
  }
  replaces = ahoy_replaces_new (other->call_id, ahoy_dialog_get_remote_tag (other->dialog),
                                ahoy_dialog_get_local_tag (other->dialog), FALSE);
  text = ahoy_replaces_to_string (replaces);
  escaped = g_uri_escape_string (text, NULL, FALSE);
  plain = ahoy_uri_to_string (uri);
  return g_strdup_printf ("<%s?Replaces=%s>", plain, escaped);
}

/**
 * ahoy_session_transfer_to_async:
 * @self: an active session
 * @other: another active session: the one that was asked before
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the peer accepted or refused the wish
 * @user_data: for @callback
 *
 * Asks the peer of one session to take our place in the other one (REFER with Replaces, RFC 5589
 * section 7). It goes on as for ahoy_session_transfer_async(); @other ends when its peer has the
 * new call.
 *
 * Since: 0.1
 */
void
ahoy_session_transfer_to_async (AhoySession *self, AhoySession *other, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *refer_to = NULL;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_SESSION (other));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_session_transfer_async);
  refer_to = other != self && other->state == AHOY_SESSION_ACTIVE ? make_attended (other) : NULL;
  if (refer_to == NULL) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "Session %" G_GUINT64_FORMAT " cannot be transferred to session %"
                             G_GUINT64_FORMAT ", which is %s; both have to be active",
                             self->id, other->id, ahoy_session_state_to_string (other->state));
    return;
  }
  begin_transfer (self, refer_to, task);
}

/**
 * ahoy_session_transfer_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the transfer, which the peer has accepted or refused, as its state
 *   says; %NULL with %AHOY_ERROR_INVALID_STATE when the session is not active or ended meanwhile,
 *   with %AHOY_ERROR_NOT_SUPPORTED when the peer does not name REFER in Allow (nothing was sent
 *   then), or with %AHOY_ERROR_INVALID_ARGUMENTS when the target is no address
 *
 * Since: 0.1
 */
AhoyTransfer *
ahoy_session_transfer_finish (AhoySession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ahoy_session_get_transfer_state:
 * @self: a session
 *
 * Returns: how far the last transfer of the session is, whoever asked for it
 *
 * Since: 0.1
 */
AhoyTransferState
ahoy_session_get_transfer_state (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), AHOY_TRANSFER_NONE);

  return (AhoyTransferState) self->transfer_state;
}

/**
 * ahoy_session_get_refer:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the REFER of the last transfer of the session, with its
 *   headers; %NULL when there was none
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_get_refer (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->refer;
}
