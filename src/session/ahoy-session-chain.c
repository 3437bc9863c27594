/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-extension-private.h"
#include "ahoy-session-private.h"
#include "ahoy-session-supplement.h"

/* The supplements of a session, and the one way that its messages leave. */

static AhoySessionSupplement *
supplement_of (AhoyExtension *entry)
{
  return AHOY_SESSION_SUPPLEMENT (ahoy_extension_get_object (entry));
}

/* What a supplement said of a call that it forbids, as an error of ours. */
static void
explain_veto (AhoyExtension *entry, AhoySession *session, GError *said, GError **error)
{
  g_autofree char *why = said != NULL ? g_utf8_make_valid (said->message, -1) : NULL;
  int code = said != NULL && said->domain == AHOY_ERROR ? said->code : AHOY_ERROR_FAILED;

  g_set_error (error, AHOY_ERROR, code, "The supplement “%s” forbids the call to %s: %s",
               ahoy_extension_get_name (entry), session->target,
               why != NULL && *why != '\0' ? why : "it failed, or does not say why");
}

/* Asks the supplements whether an outgoing session may be, before anybody else sees it. */
gboolean
ahoy_session_ask_to_create (AhoySession *self, AhoySessionService *service, GError **error)
{
  g_autoptr (AhoyExtensionSnapshot) supplements = ahoy_session_service_get_supplements (service);
  guint n_supplements = ahoy_extension_snapshot_get_length (supplements);

  for (guint i = 0; i < n_supplements; i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (supplements, i);
    AhoyExtensionCall call = ahoy_extension_begin_call ();
    g_autoptr (GError) said = NULL;
    gboolean good = ahoy_session_supplement_session_create (supplement_of (entry), self, &said);

    ahoy_extension_end_call (entry, &call, "session_create");
    if (!good || said != NULL) {
      explain_veto (entry, self, said, error);
      return FALSE;
    }
  }
  return TRUE;
}

/* Only who saw the session begin sees it end: a supplement that is added later sees the next
 * session. */
void
ahoy_session_begin_supplements (AhoySession *self)
{
  g_autoptr (AhoyExtensionSnapshot) supplements =
      ahoy_session_service_get_supplements (self->service);
  guint n_supplements = ahoy_extension_snapshot_get_length (supplements);

  for (guint i = 0; i < n_supplements; i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (supplements, i);
    AhoyExtensionCall call;

    g_ptr_array_add (self->begun, ahoy_extension_ref (entry));
    call = ahoy_extension_begin_call ();
    ahoy_session_supplement_session_begin (supplement_of (entry), self);
    ahoy_extension_end_call (entry, &call, "session_begin");
  }
}

void
ahoy_session_end_supplements (AhoySession *self)
{
  g_autoptr (GPtrArray) begun = g_steal_pointer (&self->begun);

  self->begun = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_extension_unref);
  for (guint i = 0; i < begun->len; i++) {
    AhoyExtensionCall call = ahoy_extension_begin_call ();

    ahoy_session_supplement_session_end (supplement_of (begun->pdata[i]), self);
    ahoy_extension_end_call (begun->pdata[i], &call, "session_end");
  }
}

/* Who saw the session begin: what they are shown does not depend on what is added meanwhile. */
GPtrArray *
ahoy_session_copy_begun (AhoySession *self)
{
  return g_ptr_array_copy (self->begun, (GCopyFunc) (void (*) (void)) ahoy_extension_ref, NULL);
}

AhoySupplementVerdict
ahoy_session_ask_supplement (AhoySession *self, AhoyExtension *entry, AhoyMessage *request)
{
  AhoyExtensionCall call = ahoy_extension_begin_call ();
  AhoySupplementVerdict verdict =
      ahoy_session_supplement_incoming_request (supplement_of (entry), self, request);

  ahoy_extension_end_call (entry, &call, "incoming_request");
  return verdict;
}

/* An ACK or BYE: they do what they do, whatever anybody says. */
void
ahoy_session_show_request (AhoySession *self, AhoyMessage *request)
{
  const char *method = ahoy_message_get_method (request);
  g_autoptr (GPtrArray) supplements = ahoy_session_copy_begun (self);

  for (guint i = 0; i < supplements->len; i++) {
    if (ahoy_extension_matches (supplements->pdata[i], method)) {
      ahoy_session_ask_supplement (self, supplements->pdata[i], request);
    }
  }
}

typedef void (*Show) (AhoySessionSupplement *supplement, AhoySession *session,
                      AhoyMessage *message);

static void
show_message (AhoySession *self, AhoyMessage *message, Show show, const char *what)
{
  const char *method = ahoy_message_get_method (message);
  g_autoptr (GPtrArray) supplements = ahoy_session_copy_begun (self);

  for (guint i = 0; i < supplements->len; i++) {
    AhoyExtension *entry = supplements->pdata[i];
    AhoyExtensionCall call;

    if (ahoy_extension_matches (entry, method)) {
      call = ahoy_extension_begin_call ();
      show (supplement_of (entry), self, message);
      ahoy_extension_end_call (entry, &call, what);
    }
  }
}

void
ahoy_session_run_incoming_response (AhoySession *self, AhoyMessage *response)
{
  ahoy_session_note_peer (self, response);
  show_message (self, response, ahoy_session_supplement_incoming_response, "incoming_response");
}

void
ahoy_session_run_outgoing_request (AhoySession *self, AhoyMessage *request)
{
  ahoy_session_apply_headers (self, request);
  show_message (self, request, ahoy_session_supplement_outgoing_request, "outgoing_request");
}

/* What a dialog-forming message says of us (RFC 3261 §13.2.1, §13.3.1). */
void
ahoy_session_add_dialog_headers (AhoySession *self, AhoyMessage *message)
{
  g_autofree char *allow = ahoy_stack_dup_allow (self->stack);
  g_autofree char *supported = ahoy_session_dup_supported (self);

  ahoy_message_set_header (message, "Allow", allow, NULL);
  if (*supported != '\0') {
    ahoy_message_set_header (message, "Supported", supported, NULL);
  }
  ahoy_session_add_recv_info (self, message);
}

/* What each response of a session gets before it leaves. */
void
ahoy_session_prepare_response (AhoySession *self, AhoyServerTransaction *transaction,
                               AhoyMessage *response)
{
  ahoy_session_apply_headers (self, response);
  show_message (self, response, ahoy_session_supplement_outgoing_response, "outgoing_response");
  if (ahoy_server_transaction_get_request (transaction) == self->invite) {
    ahoy_session_note_answer (self, response);
  }
}

/* Each response of a session leaves by here, but those that wait for a PRACK. */
gboolean
ahoy_session_send_response (AhoySession *self, AhoyServerTransaction *transaction,
                            AhoyMessage *response, GError **error)
{
  guint status = ahoy_message_get_status (response);
  const char *method = ahoy_message_get_method (response);

  if (status > 100 && status < 300 && self->dialog != NULL &&
      (g_str_equal (method, "INVITE") || g_str_equal (method, "UPDATE"))) {
    const char *contact = ahoy_dialog_get_contact (self->dialog);

    if (contact != NULL) {
      ahoy_message_set_header (response, "Contact", contact, NULL);
    }
    if (status >= 200) {
      ahoy_session_add_dialog_headers (self, response);
      ahoy_session_timers_answer (self, ahoy_server_transaction_get_request (transaction),
                                  response);
    }
  }
  ahoy_session_prepare_response (self, transaction, response);
  return ahoy_server_transaction_respond (transaction, response, error);
}

/* A response that needs nothing but a status. */
gboolean
ahoy_session_reply (AhoySession *self, AhoyServerTransaction *transaction, guint status,
                    const char *reason)
{
  g_autoptr (AhoyMessage) response = NULL;

  if (ahoy_server_transaction_get_status (transaction) >= 200 ||
      !ahoy_stack_is_running (self->stack)) {
    return FALSE;
  }
  response = ahoy_server_transaction_create_response (transaction, status, reason);
  return ahoy_session_send_response (self, transaction, response, NULL);
}

/**
 * ahoy_session_respond:
 * @self: a session
 * @request: a request that a supplement was shown
 * @status: the status code, 100 to 699
 * @reason: (nullable): the reason phrase; %NULL for the usual one
 * @error: return location for an error
 *
 * Answers a request, through the supplements, as the specification's
 * `ast_sip_session_send_response` does.
 *
 * Returns: %TRUE when the response left; %FALSE with %AHOY_ERROR_INVALID_STATE when nothing waits
 *   for an answer to
 *   @request
 *
 * Since: 0.1
 */
gboolean
ahoy_session_respond (AhoySession *self, AhoyMessage *request, guint status, const char *reason,
                      GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), FALSE);
  g_return_val_if_fail (status >= 100 && status <= 699, FALSE);

  for (guint i = 0; i < self->requests->len; i++) {
    AhoyServerTransaction *transaction = self->requests->pdata[i];

    if (ahoy_server_transaction_get_request (transaction) == request) {
      g_autoptr (AhoyMessage) response =
          ahoy_server_transaction_create_response (transaction, status, reason);

      return ahoy_session_send_response (self, transaction, response, error);
    }
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
               "The %s request does not wait for an answer", ahoy_message_get_method (request));
  return FALSE;
}
