/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-stack-private.h"
#include "ahoy-uri.h"

/* Requests outside of dialogs, and the ACK and BYE that end a dialog which nobody wanted. */

static sip_method_t
method_code (const char *method)
{
  sip_method_t code = sip_method_code (method);

  return code == sip_method_invalid ? sip_method_unknown : code;
}

static gboolean
check_address (const char *what, const char *text, GError **error)
{
  if (text != NULL && strpbrk (text, "\r\n") == NULL && g_utf8_validate (text, -1, NULL)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The %s of the request is no SIP address", what);
  return FALSE;
}

/*
 * What From and To carry of a URI: in brackets, or its parameters would be those of the header, and
 * without what RFC 3261 §19.1.1 (table 1) does not allow there.
 */
static char *
make_address (const char *text)
{
  static const char *const refused[] = { "transport", "maddr", "ttl", "lr", "method", "comp" };
  g_autoptr (AhoyUri) given = strchr (text, '<') == NULL ? ahoy_uri_parse (text, NULL) : NULL;
  g_autoptr (AhoyUri) uri = NULL;
  g_autofree char *clean = NULL;

  if (given == NULL) {
    return g_strdup (text);
  }
  uri = ahoy_uri_without_headers (given);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    AhoyUri *without = ahoy_uri_without_param (uri, refused[i]);

    ahoy_uri_unref (uri);
    uri = without;
  }
  clean = ahoy_uri_to_string (uri);
  return g_strconcat ("<", clean, ">", NULL);
}

static gboolean
fill_request (AhoyStack *self, msg_t *msg, const char *method, const char *uri, const char *from,
              const char *to, GError **error)
{
  su_home_t *home = msg_home (msg);
  sip_method_t code = method_code (method);
  g_autofree char *caller = make_address (from);
  g_autofree char *callee = make_address (to);
  url_t *url = url_make (home, uri);
  sip_from_t *from_header = sip_from_make (home, caller);
  sip_to_t *to_header = sip_to_make (home, callee);
  const char *bad = NULL;

  if (url == NULL || url->url_type == url_invalid || url->url_type == url_unknown) {
    bad = uri;
  } else if (from_header == NULL || from_header->a_url->url_type == url_invalid) {
    bad = from;
  } else if (to_header == NULL || to_header->a_url->url_type == url_invalid) {
    bad = to;
  }
  if (bad != NULL) {
    g_autofree char *shown = g_strescape (bad, NULL);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no address that a request can carry; give a SIP, SIPS or tel URI", shown);
    return FALSE;
  }
  sip_from_tag (home, from_header, nta_agent_newtag (home, NULL, self->agent));
  return sip_add_tl (
             msg, sip_object (msg),
             SIPTAG_REQUEST (sip_request_create (home, code, method, (url_string_t *) url, NULL)),
             SIPTAG_FROM (from_header), SIPTAG_TO (to_header),
             SIPTAG_CALL_ID (sip_call_id_create (home, NULL)),
             SIPTAG_CSEQ (sip_cseq_create (home, (guint32) g_random_int_range (1, 1 << 16), code,
                                           method)),
             SIPTAG_MAX_FORWARDS (sip_max_forwards_format (home, "%u", self->max_forwards)),
             SIPTAG_USER_AGENT_STR (self->user_agent), TAG_END ()) >= 0;
}

/**
 * ahoy_stack_create_request:
 * @self: a running stack
 * @method: the method in capitals
 * @uri: the Request-URI
 * @from: a name-addr or URI for From
 * @to: (nullable): a name-addr or URI for To; %NULL for @uri
 * @error: return location for an error
 *
 * Makes a request outside of any dialog, with the headers that RFC 3261 §8.1.1 asks for but Via and
 * Contact, which depend on the way it takes, and with those of ahoy_stack_set_headers().
 *
 * Returns: (transfer full): a new request, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address or the method cannot be used, or %AHOY_ERROR_INVALID_STATE before the start
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_stack_create_request (AhoyStack *self, const char *method, const char *uri, const char *from,
                           const char *to, GError **error)
{
  AhoyMessage *request;
  msg_t *msg;

  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);
  g_return_val_if_fail (method != NULL && uri != NULL && from != NULL, NULL);

  to = to != NULL ? to : uri;
  if (self->agent == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "A %s request cannot be made before the stack is started", method);
    return NULL;
  }
  if (*method == '\0' || strspn (method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") !=
                             strlen (method)) {
    g_autofree char *shown = g_strescape (method, NULL);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS, "“%s” is no SIP method", shown);
    return NULL;
  }
  if (!check_address ("Request-URI", uri, error) || !check_address ("From", from, error) ||
      !check_address ("To", to, error)) {
    return NULL;
  }
  msg = nta_msg_create (self->agent, 0);
  if (!fill_request (self, msg, method, uri, from, to, error)) {
    msg_destroy (msg);
    return NULL;
  }
  request = ahoy_message_new_take (self->owner, msg, 0);
  ahoy_message_put_headers (request, (const char *const *) self->headers);
  return request;
}

typedef struct {
  AhoyClientTransaction *transaction;
  GSource *cancel_source;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  if (sending->cancel_source != NULL) {
    g_source_destroy (sending->cancel_source);
    g_source_unref (sending->cancel_source);
  }
  g_clear_object (&sending->transaction);
  g_free (sending);
}

static void
on_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Sending *sending;

  if (ahoy_message_get_status (response) < 200) {
    return;
  }
  task = user_data;
  sending = g_task_get_task_data (task);
  if (sending->cancel_source != NULL) {
    g_source_destroy (sending->cancel_source); /* it may be on its way */
  }
  ahoy_client_transaction_finish (transaction);
  g_task_return_pointer (task, g_object_ref (response), g_object_unref);
}

static const AhoyClientTransactionHandler request_handler = { .response = on_response };

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Sending *sending = g_task_get_task_data (task);

  ahoy_client_transaction_finish (sending->transaction);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/**
 * ahoy_stack_send_request_async:
 * @self: a running stack
 * @request: a request of ahoy_stack_create_request(), no INVITE
 * @listener: (nullable): the transport to leave by, where several could
 * @cancellable: (nullable): a cancellable; when it is cancelled nobody waits for the answer any
 *   more
 * @callback: (scope async): called with the final response
 * @user_data: for @callback
 *
 * Sends a request outside of any dialog, as the specification's `ast_sip_send_request` does. The
 * next hop is searched for as RFC 3263 says.
 *
 * Since: 0.1
 */
void
ahoy_stack_send_request_async (AhoyStack *self, AhoyMessage *request, const char *listener,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (AhoyClientTransaction) transaction = NULL;
  Sending *sending;
  GTask *task; /* its reference goes to the answer or the cancellation, whichever comes */

  g_return_if_fail (AHOY_IS_STACK (self));
  g_return_if_fail (AHOY_IS_MESSAGE (request));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_stack_send_request_async);
  if (self->agent == NULL || !ahoy_message_is_request (request) ||
      ahoy_message_is_sealed (request) ||
      g_str_equal (ahoy_message_get_method (request), "INVITE")) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "Only a running stack sends, and only requests that were not sent yet "
                             "and are no INVITE");
    g_object_unref (task);
    return;
  }
  transaction = ahoy_client_transaction_new (self, request, &request_handler, task);
  ahoy_client_transaction_set_listener (transaction, listener);
  sending = g_new0 (Sending, 1);
  sending->transaction = g_object_ref (transaction);
  g_task_set_task_data (task, sending, sending_free);
  if (cancellable != NULL) {
    sending->cancel_source = g_cancellable_source_new (cancellable);
    g_source_set_callback (sending->cancel_source, (GSourceFunc) (void (*) (void)) on_cancelled,
                           task, NULL);
    g_source_attach (sending->cancel_source, self->owner->context);
  }
  ahoy_client_transaction_start (transaction);
}

/**
 * ahoy_stack_send_request_finish:
 * @self: a stack
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the final response, whatever its status; a request that nobody answered
 *   has a response with status 408 and ahoy_message_is_local(). %NULL only when the operation was
 *   cancelled or could not begin
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_stack_send_request_finish (AhoyStack *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
send_on_leg (AhoyStack *self, nta_leg_t *leg, sip_method_t method, const char *name, guint32 cseq,
             const char *ack_branch, AhoyMessage *invite)
{
  sip_contact_t const *target = NULL;
  sip_route_t const *route = NULL;
  gboolean has_route = nta_leg_get_route (leg, &route, &target) >= 0 && route != NULL;
  g_autoptr (AhoyClientTransaction) transaction = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  msg_t *msg = nta_msg_create (self->agent, 0);

  if (method == sip_method_ack) {
    sip_add_tl (msg, sip_object (msg),
                SIPTAG_CSEQ (sip_cseq_create (msg_home (msg), cseq, method, name)), TAG_END ());
  }
  if (nta_msg_request_complete (msg, leg, method, name, NULL) < 0) {
    msg_destroy (msg);
    return;
  }
  request = ahoy_message_new_take (self->owner, msg, 0);
  if (invite != NULL) {
    ahoy_message_set_party (request, ahoy_message_peek_party (invite));
  }
  if (invite != NULL && !has_route) {
    ahoy_message_set_next_hop (request, ahoy_message_get_next_hop (invite),
                               ahoy_message_peek_leaves_by (invite));
  }
  if (invite != NULL && method == sip_method_ack) {
    ahoy_message_copy_credentials (request, invite);
  }
  transaction = ahoy_client_transaction_new (self, request, NULL, NULL);
  ahoy_client_transaction_set_ack_branch (transaction, ack_branch);
  ahoy_client_transaction_start (transaction);
}

/* Ends the dialog of a 2xx that nobody waits for: a fork that was too late, a call that is gone.
 * @invite is what it answers, where that is still known. */
void
ahoy_stack_ack_and_bye (AhoyStack *self, const sip_t *response, AhoyMessage *invite)
{
  nta_leg_t *leg = nta_leg_tcreate (self->agent, NULL, NULL, SIPTAG_CALL_ID (response->sip_call_id),
                                    SIPTAG_FROM (response->sip_from), SIPTAG_TO (response->sip_to),
                                    SIPTAG_CSEQ (response->sip_cseq), TAG_END ());

  if (leg == NULL) {
    return;
  }
  nta_leg_client_reroute (leg, response->sip_record_route, response->sip_contact, 1);
  send_on_leg (self, leg, SIP_METHOD_ACK, response->sip_cseq->cs_seq,
               response->sip_via != NULL ? response->sip_via->v_branch : NULL, invite);
  send_on_leg (self, leg, SIP_METHOD_BYE, 0, NULL, invite);
  nta_leg_destroy (leg);
}
