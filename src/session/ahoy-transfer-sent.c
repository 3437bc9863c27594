/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-transfer-private.h"

#include <string.h>

#include "ahoy-error.h"

/* A REFER of ours: the peer is asked to call somebody else, and says how that goes. */

#define OUTCOME_PATIENCE 180 /* s, until the peer has to say how it ended */

/* Whoever waits for the answer to the REFER hears it. */
static void
return_error (AhoyTransfer *self, int code, const char *why)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task != NULL) {
    g_task_return_new_error (task, AHOY_ERROR, code,
                             "Session %" G_GUINT64_FORMAT " is not transferred to %s: %s",
                             self->session->id, self->refer_to, why);
  }
}

static void
return_good (AhoyTransfer *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task != NULL) {
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
  }
}

static void
forget_refer (AhoyTransfer *self)
{
  if (self->refer != NULL) {
    ahoy_client_transaction_set_handler (self->refer, NULL, NULL);
    g_clear_object (&self->refer);
  }
}

static void
leave (AhoyTransfer *self)
{
  ahoy_transfer_leave_outside (self);
  ahoy_transfer_leave_session (self);
}

/* How the peer's call with the other one ended: what we have it for is done, or goes on. */
static void
end (AhoyTransfer *self, guint status, const char *reason)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);
  gboolean good = status < 300;

  forget_refer (self);
  leave (self);
  ahoy_transfer_set_state (self, good ? AHOY_TRANSFER_DONE : AHOY_TRANSFER_FAILED, status,
                           reason);
  return_good (self); /* it may have been faster than the answer */
  if (good) {
    ahoy_session_hangup (self->session); /* RFC 5589 §6.1 */
  } else {
    ahoy_session_take_back (self->session);
  }
}

static void
on_no_outcome (gpointer user_data)
{
  AhoyTransfer *self = user_data;

  self->timer = 0;
  end (self, 408, "The peer did not say how the transfer ended");
}

static gboolean
is_silent (AhoyMessage *response)
{
  g_autofree char *text = ahoy_message_get_header (response, "Refer-Sub");

  return text != NULL && g_ascii_strncasecmp (g_strstrip (text), "false", 5) == 0;
}

static void
on_refused (AhoyTransfer *self, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);
  g_autofree char *reason = ahoy_message_dup_reason (response);

  if (ahoy_transfer_is_wrong_way (self, response)) {
    ahoy_transfer_leave_outside (self);
    self->inside = TRUE;
    ahoy_transfer_send (self);
    return;
  }
  leave (self);
  ahoy_transfer_set_state (self, AHOY_TRANSFER_REFUSED, status, reason);
  return_good (self);
  ahoy_session_take_back (self->session);
}

static void
on_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  g_autoptr (AhoyTransfer) self = g_object_ref (AHOY_TRANSFER (user_data));
  guint status = ahoy_message_get_status (response);

  ahoy_session_run_incoming_response (self->session, response);
  if (status < 200) {
    return;
  }
  forget_refer (self);
  if (status >= 300) {
    on_refused (self, response);
    return;
  }
  if (self->dialog != NULL) {
    ahoy_dialog_complete (self->dialog, response);
  }
  self->silent = is_silent (response);
  /* A NOTIFY may have been faster than the answer. */
  if (self->state == AHOY_TRANSFER_ASKED) {
    ahoy_transfer_start_timer (self, OUTCOME_PATIENCE, on_no_outcome);
    ahoy_transfer_set_state (self, AHOY_TRANSFER_ACCEPTED, 100, NULL);
  }
  return_good (self);
  if (self->silent && self->state == AHOY_TRANSFER_ACCEPTED) {
    end (self, status, NULL); /* nothing else will be heard */
  }
}

static void
on_prepare (AhoyClientTransaction *transaction, AhoyMessage *request, gpointer user_data)
{
  AhoyTransfer *self = AHOY_TRANSFER (user_data);

  self->cseq = ahoy_message_get_cseq (request); /* another one after a challenge */
  ahoy_session_run_outgoing_request (self->session, request);
}

static void
on_challenged (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  ahoy_session_run_incoming_response (AHOY_TRANSFER (user_data)->session, response);
}

static const AhoyClientTransactionHandler refer_handler = {
  .prepare = on_prepare,
  .challenged = on_challenged,
  .response = on_response,
};

/* @refer_to: a name-addr; @task: returns the transfer when the peer accepts the REFER. */
AhoyTransfer *
ahoy_transfer_new_sent (AhoySession *session, const char *refer_to, GTask *task, GError **error)
{
  g_autoptr (AhoyTransfer) self = g_object_new (AHOY_TYPE_TRANSFER, NULL);
  guint status;

  self->session = g_object_ref (session);
  self->direction = AHOY_SESSION_OUTGOING;
  self->refer_to = g_strdup (refer_to);
  if (!ahoy_transfer_read_target (self, &status, error)) {
    return NULL;
  }
  self->task = g_object_ref (task);
  return g_steal_pointer (&self);
}

/* Whether the peer is to tell how it goes; a session without an endpoint has no other wish. */
static gboolean
wants_news (AhoySession *session)
{
  return session->endpoint == NULL ||
         ahoy_config_object_get_boolean (
             AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (session->endpoint)),
             "refer-subscription");
}

static AhoyMessage *
create_inside (AhoyTransfer *self, GError **error)
{
  AhoyDialog *dialog = self->session->dialog;
  AhoyMessage *request = ahoy_dialog_create_request (dialog, "REFER", error);

  if (request != NULL) {
    ahoy_message_set_header (request, "Contact", ahoy_dialog_get_contact (dialog), NULL);
    self->session->sent_refers++;
  }
  return request;
}

static gboolean
make_request (AhoyTransfer *self, GError **error)
{
  AhoySession *session = self->session;
  g_autoptr (AhoyMessage) request = NULL;

  if (session->dialog == NULL || session->state != AHOY_SESSION_ACTIVE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE, "the call is over");
    return FALSE;
  }
  request = ahoy_transfer_goes_outside (self) ? ahoy_transfer_create_outside (self, error)
                                              : create_inside (self, error);
  if (request == NULL || !ahoy_message_set_header (request, "Refer-To", self->refer_to, error)) {
    return FALSE;
  }
  g_free (self->referred_by);
  self->referred_by = g_strdup_printf ("<%s>", session->local_uri);
  ahoy_message_set_header (request, "Referred-By", self->referred_by, NULL);
  if (!wants_news (session)) {
    ahoy_message_set_header (request, "Refer-Sub", "false", NULL); /* RFC 4488 §4 */
  }
  ahoy_session_add_dialog_headers (session, request);
  self->cseq = ahoy_message_get_cseq (request);
  g_set_object (&self->request, request);
  return TRUE;
}

/* Sends it; whoever waits hears of an error. */
void
ahoy_transfer_send (AhoyTransfer *self)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);
  g_autoptr (AhoyClientTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;

  if (!make_request (self, &error)) {
    return_error (self, AHOY_ERROR_INVALID_STATE, error->message);
    leave (self);
    return;
  }
  ahoy_transfer_set_state (self, AHOY_TRANSFER_ASKED, 0, "Asked");
  transaction =
      ahoy_client_transaction_new (self->session->stack, self->request, &refer_handler, self);
  self->refer = g_object_ref (transaction);
  if (self->dialog != NULL) {
    ahoy_client_transaction_want_contact (transaction,
                                          ahoy_session_get_contact_user (self->session));
    ahoy_dialog_start_outside (self->session->dialog, transaction);
  } else {
    ahoy_dialog_start (self->session->dialog, transaction);
  }
}

void
ahoy_transfer_give_up (AhoyTransfer *self, const char *why)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);

  forget_refer (self);
  leave (self);
  ahoy_transfer_set_state (self, AHOY_TRANSFER_FAILED, 481, NULL);
  return_error (self, AHOY_ERROR_INVALID_STATE, why);
}

/* -- what the peer says --------------------------------------------------------------------- */

/* What comes in the dialog of a REFER that was sent outside; others do not. */
static gboolean
is_in_own_dialog (AhoyTransfer *self, AhoyMessage *notify)
{
  g_autofree char *call_id = ahoy_message_dup_call_id (notify);

  return g_strcmp0 (call_id, ahoy_dialog_get_call_id (self->dialog)) == 0;
}

/* `refer` is the only one there is, or `refer;id=` that of our REFER (RFC 3515 §2.4.6). */
static gboolean
is_mine (AhoyTransfer *self, AhoyMessage *notify)
{
  g_autofree char *event = ahoy_message_get_header (notify, "Event");
  g_autofree char *with_id = g_strdup_printf ("refer;id=%u", self->cseq);

  if (event == NULL || self->direction != AHOY_SESSION_OUTGOING) {
    return FALSE;
  }
  g_strstrip (event);
  if (self->dialog != NULL) {
    return is_in_own_dialog (self, notify) &&
           (g_ascii_strcasecmp (event, "refer") == 0 ||
            g_ascii_strncasecmp (event, "refer;", strlen ("refer;")) == 0);
  }
  return g_ascii_strcasecmp (event, with_id) == 0 ||
         (g_ascii_strcasecmp (event, "refer") == 0 && self->session->sent_refers == 1);
}

/* The status line of a message/sipfrag (RFC 3420); 0: there is none. */
static guint
read_sipfrag (AhoyMessage *notify, char **reason)
{
  g_autoptr (GBytes) body = ahoy_message_get_body (notify);
  gsize length = 0;
  const char *text = body != NULL ? g_bytes_get_data (body, &length) : NULL;
  g_autofree char *line = NULL;
  guint64 status;

  if (length < strlen ("SIP/2.0 200") || g_ascii_strncasecmp (text, "SIP/2.0 ", 8) != 0) {
    return 0;
  }
  line = g_utf8_make_valid (text + 8, (gssize) MIN (length - 8, 200));
  line[strcspn (line, "\r\n")] = '\0';
  if (strlen (line) < 3 || (line[3] != '\0' && line[3] != ' ')) {
    return 0;
  }
  *reason = line[3] == ' ' ? g_strdup (line + 4) : NULL;
  line[3] = '\0';
  return g_ascii_string_to_unsigned (line, 10, 100, 699, &status, NULL) ? (guint) status : 0;
}

/* Takes a NOTIFY about the REFER; FALSE: it is about something else. */
gboolean
ahoy_transfer_take_notify (AhoyTransfer *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);
  AhoyMessage *notify = ahoy_server_transaction_get_request (transaction);
  g_autofree char *state = NULL;
  g_autofree char *reason = NULL;
  gboolean over;
  guint status;

  if (!is_mine (self, notify)) {
    return FALSE;
  }
  ahoy_session_reply (self->session, transaction, 200, NULL);
  if (self->state != AHOY_TRANSFER_ASKED && self->state != AHOY_TRANSFER_ACCEPTED) {
    return TRUE;
  }
  state = ahoy_message_get_header (notify, "Subscription-State");
  over = state != NULL && g_ascii_strncasecmp (g_strstrip (state), "terminated", 10) == 0;
  status = read_sipfrag (notify, &reason);
  if (status >= 200) {
    end (self, status, reason);
  } else if (over) {
    end (self, 408, "The peer did not say how the transfer ended");
  } else if (status >= 100) {
    ahoy_transfer_start_timer (self, OUTCOME_PATIENCE, on_no_outcome);
    if (status != self->status) {
      ahoy_transfer_set_state (self, AHOY_TRANSFER_ACCEPTED, status, reason);
    }
  }
  return TRUE;
}
