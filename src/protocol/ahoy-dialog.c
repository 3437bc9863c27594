/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-dialog-private.h"
#include "ahoy-error.h"
#include "ahoy-stack-private.h"

/**
 * AhoyDialog:
 *
 * A dialog (RFC 3261 §12): the tags, the route set, the remote target and the CSeq counters that
 * requests between two user agents share. What the dialog is used for, a call or a subscription, is
 * not known here.
 *
 * Since: 0.1
 */
struct _AhoyDialog {
  GObject parent_instance;

  AhoyStack *stack;
  nta_leg_t *leg;
  char *call_id;
  char *local_tag;
  char *remote_tag;
  char *contact; /* the value of our Contact */
  char *listener;
  AhoyNextHop *next_hop; /* where to send to instead of to the remote target; NULL: there */
  GObject *party;      /* who the peer is, for the layers above */
  AhoyMessage *origin; /* what the dialog was made from: holds the connection to the peer */
  gboolean uac;

  const AhoyDialogHandler *handler;
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (AhoyDialog, ahoy_dialog, G_TYPE_OBJECT)

static void
ahoy_dialog_dispose (GObject *object)
{
  AhoyDialog *self = AHOY_DIALOG (object);

  if (self->stack != NULL && self->stack->agent != NULL) {
    g_clear_pointer (&self->leg, nta_leg_destroy);
  }
  self->leg = NULL;
  g_clear_object (&self->origin);
  g_clear_object (&self->party);
  g_clear_object (&self->stack);
  G_OBJECT_CLASS (ahoy_dialog_parent_class)->dispose (object);
}

static void
ahoy_dialog_finalize (GObject *object)
{
  AhoyDialog *self = AHOY_DIALOG (object);

  g_free (self->call_id);
  g_free (self->local_tag);
  g_free (self->remote_tag);
  g_free (self->contact);
  g_free (self->listener);
  g_clear_pointer (&self->next_hop, ahoy_next_hop_unref);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_dialog_parent_class)->finalize (object);
}

static void
ahoy_dialog_class_init (AhoyDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_dialog_finalize;
}

static void
ahoy_dialog_init (AhoyDialog *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

static int
on_request (AhoyDialog *magic, nta_leg_t *leg, nta_incoming_t *irq, sip_t const *sip)
{
  g_autoptr (AhoyDialog) self = g_object_ref (magic);
  g_autoptr (AhoyServerTransaction) transaction = NULL;
  sip_method_t method = sip->sip_request->rq_method;

  if (method == sip_method_ack || method == sip_method_cancel) {
    nta_incoming_destroy (irq); /* matches no transaction of ours any more */
    return 0;
  }
  transaction = ahoy_server_transaction_new_stateful (self->stack, irq);
  self->stack->requests_received++;
  ahoy_server_transaction_set_dialog (transaction, self);
  ahoy_message_set_party (ahoy_server_transaction_get_request (transaction), self->party);
  ahoy_stack_incoming (self->stack, transaction);
  return 0;
}

/* The peer's tag, route set and target of a dialog that waited for them; FALSE when @message brings
 * none that can be used. */
static gboolean
complete (AhoyDialog *self, AhoyMessage *message, const char *tag, const char **reason)
{
  const sip_t *sip = ahoy_message_peek_sip (message);

  *reason = "Missing Tag";
  if (tag == NULL || !ahoy_door_check_dialog (sip, reason)) {
    return FALSE;
  }
  if (self->leg == NULL || nta_leg_rtag (self->leg, tag) == NULL) {
    *reason = "Dialog Is Over";
    return FALSE;
  }
  if (sip->sip_request != NULL) {
    nta_leg_server_route (self->leg, sip->sip_record_route, sip->sip_contact);
  } else {
    nta_leg_client_reroute (self->leg, sip->sip_record_route, sip->sip_contact, 1);
  }
  self->remote_tag = ahoy_dup_utf8 (tag, -1);
  g_set_object (&self->origin, message);
  return TRUE;
}

/* A request that passed the gate. */
void
ahoy_dialog_deliver (AhoyDialog *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyDialog) hold = g_object_ref (self);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  const sip_t *sip = ahoy_message_peek_sip (request);
  AhoyRefusal refusal = { 0 };
  const char *reason;

  ahoy_server_transaction_set_dialog (transaction, NULL);
  if (self->handler == NULL) {
    ahoy_server_transaction_reject (transaction, 481, NULL);
    return;
  }
  if (self->remote_tag == NULL && sip->sip_request->rq_method != sip_method_notify) {
    ahoy_server_transaction_reject (transaction, 481, NULL);
    return;
  }
  if (self->remote_tag == NULL && !complete (self, request, sip->sip_from->a_tag, &reason)) {
    ahoy_server_transaction_reject (transaction, 400, reason);
    return;
  }
  /* A BYE ends what it is about, whatever it requires. */
  if (sip->sip_require != NULL && sip->sip_request->rq_method != sip_method_bye &&
      !ahoy_door_check_require (self->stack, sip, &refusal)) {
    ahoy_stack_refuse (self->stack, transaction, &refusal);
    return;
  }
  self->handler->request (self, transaction, self->user_data);
}

/* Who the requests of this dialog come from. */
void
ahoy_dialog_set_party (AhoyDialog *self, GObject *party)
{
  g_set_object (&self->party, party);
}

static AhoyDialog *
dialog_new (AhoyStack *stack, const sip_t *sip, const char *local_tag, const char *remote_tag,
            AhoyMessage *origin)
{
  AhoyDialog *self = g_object_new (AHOY_TYPE_DIALOG, NULL);

  self->stack = g_object_ref (stack);
  self->call_id = ahoy_dup_utf8 (sip->sip_call_id->i_id, -1);
  self->local_tag = g_strdup (local_tag);
  self->remote_tag = ahoy_dup_utf8 (remote_tag, -1);
  self->origin = g_object_ref (origin);
  ahoy_dialog_set_party (self, ahoy_message_peek_party (origin));
  return self;
}

static AhoyListener *
find_listener (AhoyStack *stack, const char *name)
{
  for (guint i = 0; i < stack->listeners->len; i++) {
    AhoyListener *listener = stack->listeners->pdata[i];

    if (g_strcmp0 (listener->name, name) == 0) {
      return listener;
    }
  }
  return stack->listeners->len > 0 ? stack->listeners->pdata[0] : NULL;
}

/* RFC 3261 §12.1.1: who called, or who is first on the way back, is known by a SIPS URI. */
static gboolean
wants_sips (const sip_t *sip)
{
  if (sip->sip_request->rq_url->url_type == url_sips) {
    return TRUE;
  }
  return sip->sip_record_route != NULL
             ? sip->sip_record_route->r_url->url_type == url_sips
             : sip->sip_contact != NULL && sip->sip_contact->m_url->url_type == url_sips;
}

static void
set_listener (AhoyDialog *self, const char *name, const char *user, gboolean secure)
{
  AhoyListener *listener = find_listener (self->stack, name);

  if (listener == NULL) {
    return;
  }
  self->listener = g_strdup (listener->name);
  self->contact = ahoy_listener_make_contact (listener, user, secure);
}

static void
set_next_hop (AhoyDialog *self, AhoyNextHop *hop)
{
  if (hop != NULL) {
    ahoy_next_hop_ref (hop);
  }
  g_clear_pointer (&self->next_hop, ahoy_next_hop_unref);
  self->next_hop = hop;
}

/*
 * The peer is behind a NAT: what its Contact says leads nowhere, and the way back is where it sends
 * from. Proxies that want to stay in the way know better (RFC 3261 §12.2.1.1).
 */
static void
direct (AhoyDialog *self, AhoyMessage *request)
{
  sip_contact_t const *target = NULL;
  sip_route_t const *route = NULL;

  if (self->next_hop != NULL && self->leg != NULL &&
      nta_leg_get_route (self->leg, &route, &target) >= 0 && route == NULL) {
    ahoy_message_set_next_hop (request, self->next_hop, self->listener);
  }
}

/* From now on requests go to where @message came from. */
static void
follow (AhoyDialog *self, AhoyMessage *message)
{
  g_autoptr (GSocketAddress) source = ahoy_message_get_source (message);
  const char *transport = ahoy_message_get_transport (message);
  g_autoptr (AhoyNextHop) hop =
      transport != NULL ? ahoy_next_hop_new_from_source (
                              ahoy_transport_protocol_from_string (transport), source)
                        : NULL;

  if (hop != NULL) {
    set_next_hop (self, hop);
  }
}

/* Who called is behind a NAT. */
void
ahoy_dialog_follow_source (AhoyDialog *self)
{
  follow (self, self->origin);
}

static gboolean
no_dialog (GError **error, const char *what, const char *reason)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "No dialog can be made from the %s: %s", what, reason);
  return FALSE;
}

/*
 * The dialog that our answer to @transaction makes (RFC 3261 §12.1.1); the transaction becomes
 * stateful. NULL with an error when its Contact or Record-Route lead nowhere.
 */
AhoyDialog *
ahoy_dialog_new_uas (AhoyServerTransaction *transaction, GError **error)
{
  AhoyStack *stack = ahoy_server_transaction_get_stack (transaction);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  const sip_t *sip = ahoy_message_peek_sip (request);
  g_autoptr (AhoyDialog) self = NULL;
  g_autofree char *tag = NULL;
  const char *reason = "the stack has no memory for it";
  su_home_t *home;
  sip_to_t *to;

  if (!ahoy_door_check_dialog (sip, &reason) ||
      !ahoy_server_transaction_make_stateful (transaction)) {
    no_dialog (error, "request", reason);
    return NULL;
  }
  tag = ahoy_server_transaction_dup_local_tag (transaction);
  self = dialog_new (stack, sip, tag, sip->sip_from->a_tag, request);
  set_listener (self, ahoy_server_transaction_get_listener (transaction),
                sip->sip_request->rq_url->url_user, wants_sips (sip));

  /* Both tags from the start: a leg that is tagged later also takes requests without a To tag. */
  home = su_home_new (sizeof *home);
  to = sip_to_dup (home, sip->sip_to);
  if (to->a_tag == NULL) {
    sip_to_tag (home, to, tag);
  }
  self->leg = nta_leg_tcreate (stack->agent, on_request, self, SIPTAG_CALL_ID (sip->sip_call_id),
                               SIPTAG_FROM (to), SIPTAG_TO (sip->sip_from),
                               NTATAG_REMOTE_CSEQ (sip->sip_cseq->cs_seq), TAG_END ());
  su_home_unref (home);
  if (self->leg == NULL ||
      nta_leg_server_route (self->leg, sip->sip_record_route, sip->sip_contact) < 0) {
    no_dialog (error, "request", "the stack has no memory for it");
    return NULL;
  }
  return g_steal_pointer (&self);
}

/*
 * The dialog that a response to our request makes (RFC 3261 §12.1.2), early with a 1xx, confirmed
 * with a 2xx. NULL with an error when the response has no To tag or its Contact leads nowhere.
 */
AhoyDialog *
ahoy_dialog_new_uac (AhoyStack *stack, AhoyClientTransaction *transaction, AhoyMessage *response,
                     GError **error)
{
  const sip_t *sip = ahoy_message_peek_sip (response);
  AhoyMessage *request = ahoy_client_transaction_get_request (transaction);
  g_autofree char *contact = ahoy_message_get_header (request, "Contact");
  g_autoptr (AhoyDialog) self = NULL;
  const char *reason;

  if (sip->sip_to->a_tag == NULL) {
    no_dialog (error, "response", "To has no tag");
    return NULL;
  }
  if (!ahoy_door_check_dialog (sip, &reason)) {
    no_dialog (error, "response", reason);
    return NULL;
  }
  self = dialog_new (stack, sip, sip->sip_from->a_tag, sip->sip_to->a_tag, response);
  self->uac = TRUE;
  set_next_hop (self, ahoy_message_get_next_hop (request));
  set_listener (self, ahoy_client_transaction_get_listener (transaction),
                NULL, FALSE);
  if (contact != NULL) {
    g_free (self->contact);
    self->contact = g_steal_pointer (&contact);
  }
  self->leg = nta_leg_tcreate (stack->agent, on_request, self, SIPTAG_CALL_ID (sip->sip_call_id),
                               SIPTAG_FROM (sip->sip_from), SIPTAG_TO (sip->sip_to),
                               SIPTAG_CSEQ (sip->sip_cseq), TAG_END ());
  if (self->leg == NULL ||
      nta_leg_client_reroute (self->leg, sip->sip_record_route, sip->sip_contact, 1) < 0) {
    no_dialog (error, "response", "the stack has no memory for it");
    return NULL;
  }
  return g_steal_pointer (&self);
}

/*
 * The dialog that a request of ours is going to make which is no INVITE. Its answer completes it
 * (ahoy_dialog_complete()), or a NOTIFY that is faster (RFC 6665 §4.4.1); from then on it has one
 * peer only. NULL with an error when the request is none that was made with
 * ahoy_stack_create_request().
 */
AhoyDialog *
ahoy_dialog_new_waiting (AhoyStack *stack, AhoyMessage *request, GError **error)
{
  const sip_t *sip = ahoy_message_peek_sip (request);
  g_autoptr (AhoyDialog) self = NULL;

  if (sip->sip_from->a_tag == NULL || sip->sip_to->a_tag != NULL) {
    no_dialog (error, "request", "only its From has to have a tag");
    return NULL;
  }
  self = dialog_new (stack, sip, sip->sip_from->a_tag, NULL, request);
  self->uac = TRUE;
  self->leg = nta_leg_tcreate (stack->agent, on_request, self, SIPTAG_CALL_ID (sip->sip_call_id),
                               SIPTAG_FROM (sip->sip_from), SIPTAG_TO (sip->sip_to),
                               SIPTAG_CSEQ (sip->sip_cseq), TAG_END ());
  if (self->leg == NULL) {
    no_dialog (error, "request", "the stack has no memory for it");
    return NULL;
  }
  return g_steal_pointer (&self);
}

/* The 2xx to the request that makes the dialog. Does nothing when a NOTIFY was faster, or when the
 * answer cannot be used, which a NOTIFY may make up for. */
void
ahoy_dialog_complete (AhoyDialog *self, AhoyMessage *response)
{
  const char *reason;

  if (self->remote_tag == NULL) {
    complete (self, response, ahoy_message_peek_sip (response)->sip_to->a_tag, &reason);
  }
}

void
ahoy_dialog_set_handler (AhoyDialog *self, const AhoyDialogHandler *handler, gpointer user_data)
{
  self->handler = handler;
  self->user_data = user_data;
}

AhoyStack *
ahoy_dialog_get_stack (AhoyDialog *self)
{
  return self->stack;
}

/* The value of Contact in our messages of this dialog. */
const char *
ahoy_dialog_get_contact (AhoyDialog *self)
{
  return self->contact;
}

/* The 2xx decides the route set of a dialog that was early until now (RFC 3261 §13.2.2.4). */
gboolean
ahoy_dialog_confirm (AhoyDialog *self, AhoyMessage *response, GError **error)
{
  const sip_t *sip = ahoy_message_peek_sip (response);
  const char *reason;

  if (!ahoy_door_check_dialog (sip, &reason)) {
    return no_dialog (error, "response", reason);
  }
  if (self->leg != NULL) {
    nta_leg_client_reroute (self->leg, sip->sip_record_route, sip->sip_contact, 1);
  }
  return TRUE;
}

/* A target refresh request or its 2xx moves the remote target, not the route set (RFC 3261 §12.2).
 * */
void
ahoy_dialog_refresh_target (AhoyDialog *self, AhoyMessage *message)
{
  const sip_t *sip = ahoy_message_peek_sip (message);
  const char *reason;

  if (self->leg == NULL || sip->sip_contact == NULL || !ahoy_door_check_dialog (sip, &reason)) {
    return;
  }
  if (sip->sip_request != NULL) {
    nta_leg_server_route (self->leg, NULL, sip->sip_contact);
    if (self->next_hop != NULL) {
      follow (self, message);
    }
  } else {
    nta_leg_client_reroute (self->leg, NULL, sip->sip_contact, 0);
  }
}

/**
 * ahoy_dialog_get_call_id:
 * @self: a dialog
 *
 * Returns: (transfer none): the Call-ID
 *
 * Since: 0.1
 */
const char *
ahoy_dialog_get_call_id (AhoyDialog *self)
{
  g_return_val_if_fail (AHOY_IS_DIALOG (self), NULL);

  return self->call_id;
}

/**
 * ahoy_dialog_get_local_tag:
 * @self: a dialog
 *
 * Returns: (transfer none): our tag
 *
 * Since: 0.1
 */
const char *
ahoy_dialog_get_local_tag (AhoyDialog *self)
{
  g_return_val_if_fail (AHOY_IS_DIALOG (self), NULL);

  return self->local_tag;
}

/**
 * ahoy_dialog_get_remote_tag:
 * @self: a dialog
 *
 * Returns: (transfer none): the peer's tag
 *
 * Since: 0.1
 */
const char *
ahoy_dialog_get_remote_tag (AhoyDialog *self)
{
  g_return_val_if_fail (AHOY_IS_DIALOG (self), NULL);

  return self->remote_tag;
}

/**
 * ahoy_dialog_dup_remote_target:
 * @self: a dialog
 *
 * Returns: (transfer full) (nullable): the URI that requests of the dialog are sent to (RFC 3261
 *   §12)
 *
 * Since: 0.1
 */
char *
ahoy_dialog_dup_remote_target (AhoyDialog *self)
{
  sip_contact_t const *target = NULL;
  sip_route_t const *route = NULL;

  g_return_val_if_fail (AHOY_IS_DIALOG (self), NULL);

  if (self->leg == NULL || nta_leg_get_route (self->leg, &route, &target) < 0 || target == NULL) {
    return NULL;
  }
  return ahoy_dup_url (target->m_url);
}

static msg_t *
complete_request (AhoyDialog *self, msg_t *msg, sip_method_t method, const char *name,
                  GError **error)
{
  if (self->leg == NULL || self->stack->agent == NULL ||
      nta_msg_request_complete (msg, self->leg, method, name, NULL) < 0) {
    msg_destroy (msg);
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The dialog is over; no %s can be sent in it", name);
    return NULL;
  }
  return msg;
}

/**
 * ahoy_dialog_create_request:
 * @self: a dialog
 * @method: the method in capitals
 * @error: return location for an error
 *
 * Makes a request inside the dialog (RFC 3261 §12.2.1.1), complete but for Via.
 *
 * Returns: (transfer full): a new request, or %NULL with %AHOY_ERROR_INVALID_STATE when the dialog
 *   is over
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_dialog_create_request (AhoyDialog *self, const char *method, GError **error)
{
  AhoyMessage *request;
  sip_method_t code;
  msg_t *msg;

  g_return_val_if_fail (AHOY_IS_DIALOG (self), NULL);
  g_return_val_if_fail (method != NULL && *method != '\0', NULL);

  if (self->stack->agent == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The stack was stopped; no %s can be sent", method);
    return NULL;
  }
  code = sip_method_code (method);
  code = code == sip_method_invalid ? sip_method_unknown : code;
  msg = nta_msg_create (self->stack->agent, 0);
  sip_add_tl (msg, sip_object (msg),
              SIPTAG_MAX_FORWARDS (
                  sip_max_forwards_format (msg_home (msg), "%u", self->stack->max_forwards)),
              SIPTAG_USER_AGENT_STR (self->stack->user_agent), TAG_END ());
  msg = complete_request (self, msg, code, method, error);
  if (msg == NULL) {
    return NULL;
  }
  request = ahoy_message_new_take (self->stack->owner, msg, 0);
  ahoy_message_set_party (request, self->party);
  return request;
}

/* A CSeq that no other request of ours in this dialog has; 0 when the dialog is over. */
guint32
ahoy_dialog_take_cseq (AhoyDialog *self)
{
  guint32 cseq = 0;
  msg_t *msg;

  if (self->leg == NULL || self->stack->agent == NULL) {
    return 0;
  }
  msg = nta_msg_create (self->stack->agent, 0);
  if (nta_msg_request_complete (msg, self->leg, SIP_METHOD_OPTIONS, NULL) >= 0) {
    cseq = sip_object (msg)->sip_cseq->cs_seq;
  }
  msg_destroy (msg);
  return cseq;
}

/* Sends a transaction of this dialog on its way. */
void
ahoy_dialog_start (AhoyDialog *self, AhoyClientTransaction *transaction)
{
  direct (self, ahoy_client_transaction_get_request (transaction));
  ahoy_client_transaction_set_listener (transaction, self->listener);
  ahoy_client_transaction_set_connection (transaction, self->origin);
  ahoy_client_transaction_set_dialog (transaction, self);
  ahoy_client_transaction_start (transaction);
}

/* Sends a request to the peer that is outside of the dialog: by the same transport, and the same
 * way where neither the request nor the dialog names a proxy. */
void
ahoy_dialog_start_outside (AhoyDialog *self, AhoyClientTransaction *transaction)
{
  AhoyMessage *request = ahoy_client_transaction_get_request (transaction);

  if (ahoy_message_peek_sip (request)->sip_route == NULL) {
    direct (self, request);
  }
  ahoy_client_transaction_set_listener (transaction, self->listener);
  ahoy_client_transaction_start (transaction);
}

/* Sends a request of ahoy_dialog_create_request(). Returns the transaction, held by the caller. */
AhoyClientTransaction *
ahoy_dialog_send (AhoyDialog *self, AhoyMessage *request,
                  const AhoyClientTransactionHandler *handler, gpointer user_data)
{
  AhoyClientTransaction *transaction =
      ahoy_client_transaction_new (self->stack, request, handler, user_data);

  ahoy_dialog_start (self, transaction);
  return transaction;
}

/* The ACK to a 2xx (RFC 3261 §13.2.2.4): the CSeq is that of the INVITE, and so are the credentials
 * (§22.1), since nobody can challenge an ACK. */
AhoyMessage *
ahoy_dialog_create_ack (AhoyDialog *self, AhoyMessage *response, AhoyClientTransaction *invite)
{
  const sip_t *sip = ahoy_message_peek_sip (response);
  AhoyMessage *ack;
  msg_t *msg;

  if (self->stack->agent == NULL) {
    return NULL;
  }
  msg = nta_msg_create (self->stack->agent, 0);
  sip_add_tl (msg, sip_object (msg),
              SIPTAG_CSEQ (sip_cseq_create (msg_home (msg), sip->sip_cseq->cs_seq, SIP_METHOD_ACK)),
              TAG_END ());
  msg = complete_request (self, msg, SIP_METHOD_ACK, NULL);
  if (msg == NULL) {
    return NULL;
  }
  ack = ahoy_message_new_take (self->stack->owner, msg, 0);
  ahoy_message_copy_credentials (ack, ahoy_client_transaction_get_request (invite));
  return ack;
}

void
ahoy_dialog_send_ack (AhoyDialog *self, AhoyMessage *response, AhoyMessage *ack)
{
  const sip_t *sip = ahoy_message_peek_sip (response);
  g_autoptr (AhoyClientTransaction) transaction =
      ahoy_client_transaction_new (self->stack, ack, NULL, NULL);

  direct (self, ack);
  ahoy_client_transaction_set_listener (transaction, self->listener);
  ahoy_client_transaction_set_connection (transaction, response);
  ahoy_client_transaction_set_ack_branch (
      transaction, sip->sip_via != NULL ? sip->sip_via->v_branch : NULL);
  ahoy_client_transaction_start (transaction);
}

/*
 * The PRACK to a reliable provisional response (RFC 3262 §4), or NULL when the response is none, is
 * a repetition or came out of order. @rseq is the last RSeq of the dialog, 0 at first.
 */
AhoyMessage *
ahoy_dialog_create_prack (AhoyDialog *self, AhoyMessage *response, guint *rseq)
{
  const sip_t *sip = ahoy_message_peek_sip (response);
  sip_rack_t rack[1];
  AhoyMessage *prack;

  if (sip->sip_rseq == NULL || !sip_has_feature (sip->sip_require, "100rel")) {
    return NULL;
  }
  if (*rseq != 0 && sip->sip_rseq->rs_response != *rseq + 1) {
    return NULL;
  }
  prack = ahoy_dialog_create_request (self, "PRACK", NULL);
  if (prack == NULL) {
    return NULL;
  }
  *rseq = (guint) sip->sip_rseq->rs_response;
  sip_rack_init (rack);
  rack->ra_response = sip->sip_rseq->rs_response;
  rack->ra_cseq = sip->sip_cseq->cs_seq;
  rack->ra_method = sip_method_invite;
  rack->ra_method_name = "INVITE";
  ahoy_message_add_tags (prack, SIPTAG_RACK (rack), TAG_END ());
  return prack;
}
