/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-transfer-private.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-refer-notifier-private.h"

/**
 * AhoyTransfer:
 *
 * A REFER (RFC 3515), received or sent: the wish that a call goes on with somebody else.
 *
 * One that was received comes with #AhoySession::transfer-requested. Whoever takes it accepts or
 * refuses it, and then reports how the call with the other one goes; the transferor hears that in
 * NOTIFY requests, also after its own call is over (RFC 5057).
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (AhoyTransfer, ahoy_transfer, G_TYPE_OBJECT)

#define ANSWER_PATIENCE 20 /* s, until somebody has to say whether he takes it */

enum { SIGNAL_PROGRESS, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_ENUM_TYPE (AhoyTransferState, ahoy_transfer_state,
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_ASKED, "asked"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_ACCEPTED, "accepted"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_REFUSED, "refused"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_FAILED, "failed"))

/**
 * ahoy_transfer_state_to_string:
 * @self: a state
 *
 * Returns: (transfer none): its name, such as `accepted`
 *
 * Since: 0.1
 */
const char *
ahoy_transfer_state_to_string (AhoyTransferState self)
{
  static const char *const names[] = { "none", "asked", "accepted", "refused", "done", "failed" };

  g_return_val_if_fail ((gsize) self < G_N_ELEMENTS (names), NULL);

  return names[self];
}

void
ahoy_transfer_cancel_timer (AhoyTransfer *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->session->stack), self->timer);
    self->timer = 0;
  }
}

void
ahoy_transfer_start_timer (AhoyTransfer *self, guint seconds, AhoySchedulerFunc func)
{
  ahoy_transfer_cancel_timer (self);
  self->timer = ahoy_scheduler_add (ahoy_stack_get_scheduler (self->session->stack), "transfer",
                                    (gint64) seconds * G_USEC_PER_SEC, func, self, NULL);
}

static void
ahoy_transfer_dispose (GObject *object)
{
  AhoyTransfer *self = AHOY_TRANSFER (object);

  g_clear_pointer (&self->notifier, ahoy_refer_notifier_free);
  if (self->refer != NULL) {
    ahoy_client_transaction_set_handler (self->refer, NULL, NULL);
    g_clear_object (&self->refer);
  }
  if (self->session != NULL) {
    ahoy_transfer_cancel_timer (self);
  }
  if (self->dialog != NULL) {
    ahoy_dialog_set_handler (self->dialog, NULL, NULL);
    g_clear_object (&self->dialog);
  }
  g_clear_object (&self->task);
  g_clear_object (&self->transaction);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ahoy_transfer_parent_class)->dispose (object);
}

static void
ahoy_transfer_finalize (GObject *object)
{
  AhoyTransfer *self = AHOY_TRANSFER (object);

  g_clear_object (&self->request);
  g_free (self->refer_to);
  g_clear_pointer (&self->target, ahoy_uri_unref);
  g_clear_pointer (&self->replaces, ahoy_replaces_unref);
  g_free (self->referred_by);
  g_free (self->reason);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_transfer_parent_class)->finalize (object);
}

static void
ahoy_transfer_class_init (AhoyTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_transfer_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_transfer_finalize;

  /**
   * AhoyTransfer::progress:
   * @self: the transfer
   * @status: how the call with the other one goes: 100, 180, 200, 486; before it is accepted, the
   *   status with which the REFER was refused
   * @reason: what was said with it
   *
   * The transfer went on. From 200 on it is over.
   *
   * Since: 0.1
   */
  signals[SIGNAL_PROGRESS] =
      g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
ahoy_transfer_init (AhoyTransfer *self)
{
  self->state = AHOY_TRANSFER_ASKED;
  ahoy_census_enter (G_OBJECT (self));
}

void
ahoy_transfer_set_state (AhoyTransfer *self, AhoyTransferState state, guint status,
                         const char *reason)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);

  self->state = state;
  self->status = status;
  g_free (self->reason);
  self->reason = g_strdup (reason != NULL && *reason != '\0'
                               ? reason
                               : ahoy_server_transaction_usual_reason (status));
  ahoy_session_note_transfer (self->session, self);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, status, self->reason);
}

/* Nothing of it is left on the wire. */
void
ahoy_transfer_leave_session (AhoyTransfer *self)
{
  ahoy_transfer_cancel_timer (self);
  ahoy_session_drop_transfer (self->session, self);
}

/* -- what a REFER says ---------------------------------------------------------------------- */

static gboolean
fail (guint *status, guint code, GError **error, const char *message)
{
  *status = code;
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS, message);
  return FALSE;
}

static gboolean
read_replaces (AhoyTransfer *self, AhoyUri *uri, guint *status, GError **error)
{
  g_auto (GStrv) names = ahoy_uri_list_headers (uri);
  const char *text = ahoy_uri_get_header (uri, "Replaces");
  guint count = 0;

  for (gsize i = 0; names[i] != NULL; i++) {
    count += g_ascii_strcasecmp (names[i], "Replaces") == 0;
  }
  if (count > 1) {
    return fail (status, 400, error, "Refer-To names more than one dialog to replace");
  }
  if (text == NULL) {
    return TRUE;
  }
  *status = 400;
  self->replaces = ahoy_replaces_parse (text, error);
  return self->replaces != NULL;
}

/* RFC 3515 §2.1: a URI, and for us one that can be called. */
gboolean
ahoy_transfer_read_target (AhoyTransfer *self, guint *status, GError **error)
{
  g_autoptr (AhoyNameAddr) address = ahoy_name_addr_parse (self->refer_to, NULL);
  AhoyUri *uri = address != NULL ? ahoy_name_addr_get_uri (address) : NULL;
  const char *method;

  if (uri == NULL) {
    return fail (status, 400, error, "Refer-To is no address");
  }
  if (ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_OTHER) {
    return fail (status, 416, error, "Refer-To has a scheme that nobody can be called with");
  }
  method = ahoy_uri_get_param (uri, "method");
  if (method != NULL && !g_str_equal (method, "INVITE")) {
    return fail (status, 603, error, "Refer-To asks for a method that is not INVITE");
  }
  if (!read_replaces (self, uri, status, error)) {
    return FALSE;
  }
  if (ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL) {
    self->target = ahoy_uri_ref (uri);
  } else {
    g_autoptr (AhoyUri) plain = ahoy_uri_without_param (uri, "method");

    self->target = ahoy_uri_without_headers (plain);
  }
  return TRUE;
}

/* RFC 4488 §4, RFC 7614 §4: the transferor does not want to hear how it goes. */
static gboolean
wants_silence (AhoyMessage *request)
{
  g_autofree char *text = ahoy_message_get_header (request, "Refer-Sub");

  return (text != NULL && g_ascii_strncasecmp (g_strstrip (text), "false", 5) == 0) ||
         ahoy_message_has_option_tag (request, "Require", "nosub");
}

AhoyTransfer *
ahoy_transfer_new_received (AhoySession *session, AhoyServerTransaction *transaction,
                            guint *status, GError **error)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_auto (GStrv) values = ahoy_message_get_headers (request, "Refer-To");
  g_autoptr (AhoyTransfer) self = g_object_new (AHOY_TYPE_TRANSFER, NULL);

  self->session = g_object_ref (session);
  self->direction = AHOY_SESSION_INCOMING;
  self->request = g_object_ref (request);
  if (values == NULL || g_strv_length (values) != 1 ||
      ahoy_server_transaction_repeats_header (transaction, "Refer-To")) {
    fail (status, 400, error, "A REFER has exactly one Refer-To"); /* RFC 3515 §2.4.2 */
    return NULL;
  }
  self->refer_to = g_strdup (values[0]);
  self->referred_by = ahoy_message_get_header (request, "Referred-By");
  self->silent = wants_silence (request);
  self->cseq = ahoy_message_get_cseq (request);
  if (!ahoy_transfer_read_target (self, status, error)) {
    return NULL;
  }
  self->transaction = g_object_ref (transaction);
  return g_steal_pointer (&self);
}

/* -- received ------------------------------------------------------------------------------- */

/* Where the subscription is; NULL: the session is over. */
static AhoyDialog *
dialog_of (AhoyTransfer *self)
{
  return self->dialog != NULL ? self->dialog : self->session->dialog;
}

static gboolean
answer (AhoyTransfer *self, guint status, const char *reason, GError **error)
{
  g_autoptr (AhoyServerTransaction) transaction = g_steal_pointer (&self->transaction);
  g_autoptr (AhoyMessage) response = NULL;

  ahoy_transfer_cancel_timer (self);
  if (transaction == NULL || ahoy_server_transaction_get_status (transaction) >= 200) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The transfer of session %" G_GUINT64_FORMAT " was answered already",
                 ahoy_session_get_id (self->session));
    return FALSE;
  }
  response = ahoy_server_transaction_create_response (transaction, status, reason);
  if (status < 300 && self->silent) {
    ahoy_message_set_header (response, "Refer-Sub", "false", NULL);
  }
  if (status < 300 && dialog_of (self) != NULL) {
    ahoy_message_set_header (response, "Contact", ahoy_dialog_get_contact (dialog_of (self)), NULL);
  }
  return ahoy_session_send_response (self->session, transaction, response, error);
}

static void
on_notifier_done (gpointer user_data)
{
  g_autoptr (AhoyTransfer) self = g_object_ref (AHOY_TRANSFER (user_data));

  g_clear_pointer (&self->notifier, ahoy_refer_notifier_free);
  ahoy_transfer_leave_session (self);
}

/* The first REFER of a dialog needs no id, which not everybody understands (RFC 3515 §2.4.6). */
static char *
make_event (AhoyTransfer *self)
{
  if (self->dialog != NULL || self->session->refers++ == 0) {
    return g_strdup ("refer");
  }
  return g_strdup_printf ("refer;id=%u", self->cseq);
}

/**
 * ahoy_transfer_accept:
 * @self: a received transfer
 * @error: return location for an error
 *
 * Accepts the REFER (202, RFC 3515 section 2.4.2), and tells the transferor that the other one is
 * about to be called (100). How it goes is told by ahoy_transfer_report().
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE when it was answered already, or
 *   the transferor is gone
 *
 * Since: 0.1
 */
gboolean
ahoy_transfer_accept (AhoyTransfer *self, GError **error)
{
  g_autoptr (AhoyTransfer) hold = NULL;
  g_autofree char *event = NULL;

  g_return_val_if_fail (AHOY_IS_TRANSFER (self), FALSE);
  g_return_val_if_fail (self->direction == AHOY_SESSION_INCOMING, FALSE);

  hold = g_object_ref (self);
  /* There is no subscription that a 202 could announce (RFC 7614 §4). */
  if (!answer (self, self->silent ? 200 : 202, NULL, error)) {
    return FALSE;
  }
  if (!self->silent && dialog_of (self) != NULL) {
    event = make_event (self);
    self->notifier = ahoy_refer_notifier_new (self->session, dialog_of (self), event,
                                              on_notifier_done, self);
    ahoy_refer_notifier_tell (self->notifier, 100, "Trying");
  } else {
    ahoy_transfer_leave_session (self);
  }
  ahoy_transfer_set_state (self, AHOY_TRANSFER_ACCEPTED, 100, NULL);
  return TRUE;
}

/**
 * ahoy_transfer_refuse:
 * @self: a received transfer
 * @status: the status code, 300 to 699
 * @reason: (nullable): the reason phrase; %NULL for the usual one
 * @error: return location for an error
 *
 * Refuses the REFER; the call stays as it is.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE when it was answered already
 *
 * Since: 0.1
 */
gboolean
ahoy_transfer_refuse (AhoyTransfer *self, guint status, const char *reason, GError **error)
{
  g_autoptr (AhoyTransfer) hold = NULL;

  g_return_val_if_fail (AHOY_IS_TRANSFER (self), FALSE);
  g_return_val_if_fail (self->direction == AHOY_SESSION_INCOMING, FALSE);
  g_return_val_if_fail (status >= 300 && status <= 699, FALSE);

  hold = g_object_ref (self);
  if (!answer (self, status, reason, error)) {
    return FALSE;
  }
  ahoy_transfer_leave_session (self);
  ahoy_transfer_set_state (self, AHOY_TRANSFER_REFUSED, status, reason);
  return TRUE;
}

/**
 * ahoy_transfer_report:
 * @self: a received transfer that was accepted
 * @status: how the call with the other one goes: 100 to 699
 * @reason: (nullable): the reason phrase; %NULL for the usual one
 *
 * Tells the transferor how the call with the other one goes, in a NOTIFY with a status line
 * (RFC 3515 section 2.4.5). A final status ends the subscription. Does nothing when the outcome was
 * told already.
 *
 * Since: 0.1
 */
void
ahoy_transfer_report (AhoyTransfer *self, guint status, const char *reason)
{
  g_autoptr (AhoyTransfer) hold = NULL;
  AhoyTransferState state = AHOY_TRANSFER_ACCEPTED;

  g_return_if_fail (AHOY_IS_TRANSFER (self));
  g_return_if_fail (self->direction == AHOY_SESSION_INCOMING);
  g_return_if_fail (status >= 100 && status <= 699);

  hold = g_object_ref (self);
  if (self->state != AHOY_TRANSFER_ACCEPTED || status == self->status) {
    return;
  }
  if (status >= 200) {
    state = status < 300 ? AHOY_TRANSFER_DONE : AHOY_TRANSFER_FAILED;
  }
  ahoy_transfer_set_state (self, state, status, reason);
  if (self->notifier != NULL) {
    ahoy_refer_notifier_tell (self->notifier, self->status, self->reason);
  }
}

static void
on_unanswered (gpointer user_data)
{
  g_autoptr (AhoyTransfer) self = g_object_ref (AHOY_TRANSFER (user_data));

  self->timer = 0;
  g_message ("Session %" G_GUINT64_FORMAT ": nobody said within %d s whether it is transferred",
             ahoy_session_get_id (self->session), ANSWER_PATIENCE);
  ahoy_transfer_refuse (self, 603, NULL, NULL);
}

/* Nobody answered within the callback: somebody does later. */
void
ahoy_transfer_wait (AhoyTransfer *self)
{
  if (self->transaction != NULL) {
    ahoy_transfer_start_timer (self, ANSWER_PATIENCE, on_unanswered);
  }
}

gboolean
ahoy_transfer_take_subscribe (AhoyTransfer *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);

  if (self->notifier == NULL ||
      !ahoy_refer_notifier_matches (self->notifier,
                                    ahoy_server_transaction_get_request (transaction))) {
    return FALSE;
  }
  ahoy_refer_notifier_take_subscribe (self->notifier, transaction);
  return TRUE;
}

/* -- the end of the session ----------------------------------------------------------------- */

/*
 * The session is over. A REFER that waits is refused; the subscription of one that was accepted
 * goes on in the dialog (RFC 5057 §4.1), and so does one of the peer. A REFER of ours that went
 * outside has nothing to do with the end of the call.
 */
void
ahoy_transfer_session_ended (AhoyTransfer *self)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);

  if (self->transaction != NULL) {
    ahoy_transfer_refuse (self, 481, NULL, NULL);
  } else if (self->refer != NULL) {
    if (self->dialog == NULL) {
      ahoy_transfer_give_up (self, "the call ended before the REFER was answered");
    }
  } else if (self->notifier == NULL && self->state != AHOY_TRANSFER_ACCEPTED) {
    ahoy_transfer_leave_session (self);
  }
}

/* The stack stops: nothing is said any more. */
void
ahoy_transfer_drop (AhoyTransfer *self)
{
  g_autoptr (AhoyTransfer) hold = g_object_ref (self);

  g_clear_pointer (&self->notifier, ahoy_refer_notifier_free);
  g_clear_object (&self->transaction);
  if (self->refer != NULL) {
    ahoy_transfer_give_up (self, "the service stopped");
  }
  ahoy_transfer_leave_session (self);
}

/* -- what it is ----------------------------------------------------------------------------- */

/**
 * ahoy_transfer_get_session:
 * @self: a transfer
 *
 * Returns: (transfer none): the call in which the REFER came, or was sent; it may be over
 *
 * Since: 0.1
 */
AhoySession *
ahoy_transfer_get_session (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), NULL);

  return self->session;
}

/**
 * ahoy_transfer_get_direction:
 * @self: a transfer
 *
 * Returns: whether the REFER came from the peer (%AHOY_SESSION_INCOMING), or is ours
 *
 * Since: 0.1
 */
AhoySessionDirection
ahoy_transfer_get_direction (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), AHOY_SESSION_INCOMING);

  return self->direction;
}

/**
 * ahoy_transfer_get_target:
 * @self: a transfer
 *
 * Returns: (transfer none): who is to be called: the URI of Refer-To, without its headers
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_transfer_get_target (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), NULL);

  return self->target;
}

/**
 * ahoy_transfer_get_refer_to:
 * @self: a transfer
 *
 * Returns: (transfer none): the value of Refer-To as it stands
 *
 * Since: 0.1
 */
const char *
ahoy_transfer_get_refer_to (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), NULL);

  return self->refer_to;
}

/**
 * ahoy_transfer_get_replaces:
 * @self: a transfer
 *
 * Returns: (transfer none) (nullable): the dialog that the new call takes the place of, in an
 *   attended transfer (RFC 3891); %NULL for a blind one
 *
 * Since: 0.1
 */
AhoyReplaces *
ahoy_transfer_get_replaces (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), NULL);

  return self->replaces;
}

/**
 * ahoy_transfer_get_referred_by:
 * @self: a transfer
 *
 * Returns: (transfer none) (nullable): who asks for it (RFC 3892), as the REFER says; it is proven
 *   by nothing
 *
 * Since: 0.1
 */
const char *
ahoy_transfer_get_referred_by (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), NULL);

  return self->referred_by;
}

/**
 * ahoy_transfer_dup_header:
 * @self: a transfer
 * @name: a header name
 *
 * Returns: (transfer full) (nullable): the first value of a header of the REFER
 *
 * Since: 0.1
 */
char *
ahoy_transfer_dup_header (AhoyTransfer *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return ahoy_message_get_header (self->request, name);
}

/**
 * ahoy_transfer_get_state:
 * @self: a transfer
 *
 * Returns: how far it is
 *
 * Since: 0.1
 */
AhoyTransferState
ahoy_transfer_get_state (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), AHOY_TRANSFER_NONE);

  return self->state;
}

/**
 * ahoy_transfer_get_status:
 * @self: a transfer
 *
 * Returns: what was said of it last: the status that refused it, or how the call with the other one
 *   goes; 0 for nothing yet
 *
 * Since: 0.1
 */
guint
ahoy_transfer_get_status (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), 0);

  return self->status;
}

/**
 * ahoy_transfer_get_reason:
 * @self: a transfer
 *
 * Returns: (transfer none) (nullable): what was said with the status
 *
 * Since: 0.1
 */
const char *
ahoy_transfer_get_reason (AhoyTransfer *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSFER (self), NULL);

  return self->reason;
}
