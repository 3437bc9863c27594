/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-dialog-private.h"
#include "ahoy-error.h"
#include "ahoy-message-private.h"
#include "ahoy-server-transaction-private.h"
#include "ahoy-stack-private.h"

/**
 * AhoyServerTransaction:
 *
 * A request that waits for our answer (RFC 3261 §17.2).
 *
 * Answers that need no memory of the request leave without a transaction in the stack; a
 * retransmission of the request then gets the same bytes once more. As soon as an answer has to
 * wait, and for each INVITE that is taken, the request becomes a real transaction: 100 is sent,
 * CANCEL works.
 *
 * Since: 0.1
 */
struct _AhoyServerTransaction {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyMessage *request;
  AhoyDialog *dialog; /* that the request arrived in */
  char *key; /* in the reply cache; NULL when the cache does not know the request */
  nta_incoming_t *irq;
  nta_reliable_t *reliable;
  guint status;
  gboolean ending; /* inside a callback that ends the transaction */
  const AhoyServerTransactionHandler *handler;
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (AhoyServerTransaction, ahoy_server_transaction, G_TYPE_OBJECT)

static gboolean
is_invite (AhoyServerTransaction *self)
{
  return ahoy_message_peek_sip (self->request)->sip_request->rq_method == sip_method_invite;
}

/* Sofia's handle and our reference live and die together. */
static void
adopt (AhoyServerTransaction *self, nta_incoming_t *irq)
{
  self->irq = irq;
  ahoy_stack_track (self->stack, G_OBJECT (self));
}

static void
let_go (AhoyServerTransaction *self)
{
  if (self->irq == NULL) {
    return;
  }
  if (self->reliable != NULL) {
    nta_reliable_destroy (g_steal_pointer (&self->reliable));
  }
  nta_incoming_destroy (g_steal_pointer (&self->irq));
  ahoy_stack_untrack (self->stack, G_OBJECT (self));
}

static void
ahoy_server_transaction_dispose (GObject *object)
{
  AhoyServerTransaction *self = AHOY_SERVER_TRANSACTION (object);

  if (self->key != NULL && self->status == 0 && self->stack != NULL) {
    ahoy_stack_forget_reply (self->stack, self->key);
  }
  g_clear_object (&self->request);
  g_clear_object (&self->dialog);
  g_clear_object (&self->stack);
  G_OBJECT_CLASS (ahoy_server_transaction_parent_class)->dispose (object);
}

static void
ahoy_server_transaction_finalize (GObject *object)
{
  AhoyServerTransaction *self = AHOY_SERVER_TRANSACTION (object);

  g_free (self->key);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_server_transaction_parent_class)->finalize (object);
}

static void
ahoy_server_transaction_class_init (AhoyServerTransactionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_server_transaction_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_server_transaction_finalize;
}

static void
ahoy_server_transaction_init (AhoyServerTransaction *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

static AhoyMessage *
wrap_ack_or_cancel (AhoyServerTransaction *self)
{
  msg_t *msg = nta_incoming_getrequest_ackcancel (self->irq);

  if (msg == NULL) {
    return NULL;
  }
  return ahoy_message_new_take (self->stack->owner, msg,
                                AHOY_MESSAGE_INCOMING | AHOY_MESSAGE_SEALED);
}

static void
on_cancel (AhoyServerTransaction *self)
{
  g_autoptr (AhoyMessage) cancel = wrap_ack_or_cancel (self);

  ahoy_stack_notice (self->stack, cancel);
  if (self->status >= 200) {
    return;
  }
  if (self->handler != NULL && self->handler->cancel != NULL) {
    self->handler->cancel (self, cancel, self->user_data);
  }
  if (self->status < 200) {
    ahoy_server_transaction_reject (self, 487, NULL);
  }
}

static void
on_failed (AhoyServerTransaction *self)
{
  const AhoyServerTransactionHandler *handler = self->handler;

  let_go (self);
  if (handler != NULL && handler->failed != NULL) {
    handler->failed (self, self->user_data);
  }
}

/* ACK, CANCEL, or (@sip is NULL) an ACK or PRACK that never came. */
static int
on_incoming (AhoyServerTransaction *magic, nta_incoming_t *irq, sip_t const *sip)
{
  g_autoptr (AhoyServerTransaction) self = g_object_ref (magic);
  sip_method_t method = sip != NULL ? sip->sip_request->rq_method : sip_method_unknown;

  if (self->irq == NULL) {
    return 0;
  }
  if (method == sip_method_cancel) {
    on_cancel (self);
    return 0;
  }
  if (method == sip_method_ack && self->status / 100 == 2) {
    g_autoptr (AhoyMessage) ack = wrap_ack_or_cancel (self);

    let_go (self);
    ahoy_stack_notice (self->stack, ack);
    if (self->handler != NULL && self->handler->ack != NULL) {
      self->handler->ack (self, ack, self->user_data);
    }
    return 0;
  }
  if (method == sip_method_ack) {
    let_go (self);
    return 0;
  }
  on_failed (self);
  return 0;
}

/* The PRACK to a reliable response, or NULL when it will never come. */
static int
on_prack (AhoyServerTransaction *magic, nta_reliable_t *reliable, nta_incoming_t *prack_irq,
          sip_t const *sip)
{
  g_autoptr (AhoyServerTransaction) self = g_object_ref (magic);
  g_autoptr (AhoyServerTransaction) prack = NULL;

  /* Always, or the next reliable response would wait for ever. */
  nta_reliable_destroy (reliable);
  if (self->reliable == reliable) {
    self->reliable = NULL;
  }
  if (prack_irq != NULL) {
    prack = ahoy_server_transaction_new_stateful (self->stack, prack_irq);
    ahoy_stack_notice (self->stack, prack->request);
  }
  if (self->handler != NULL && self->handler->prack != NULL) {
    self->handler->prack (self, prack, self->user_data); /* answers it, at once or later */
  } else if (prack != NULL) {
    ahoy_server_transaction_reject (prack, 200, NULL);
  }
  return 0;
}

/*
 * A request that reached the stack outside of any dialog. @key names it in the reply cache, or is
 * NULL for transports that do not lose messages. Takes the reference to @msg.
 */
AhoyServerTransaction *
ahoy_server_transaction_new_stateless (AhoyStack *stack, msg_t *msg, tport_t *tport,
                                       const char *key)
{
  AhoyServerTransaction *self = g_object_new (AHOY_TYPE_SERVER_TRANSACTION, NULL);

  self->stack = g_object_ref (stack);
  self->key = g_strdup (key);
  self->request = ahoy_message_new_take (stack->owner, msg,
                                         AHOY_MESSAGE_INCOMING | AHOY_MESSAGE_SEALED);
  ahoy_message_take_source (self->request, ahoy_wire_tap_find_source (stack, msg));
  ahoy_message_set_transport (self->request, tport);
  return self;
}

/* A request that Sofia made a transaction of already: all that arrives in a dialog. */
AhoyServerTransaction *
ahoy_server_transaction_new_stateful (AhoyStack *stack, nta_incoming_t *irq)
{
  AhoyServerTransaction *self = g_object_new (AHOY_TYPE_SERVER_TRANSACTION, NULL);
  msg_t *msg = nta_incoming_getrequest (irq);
  tport_t *tport = nta_incoming_transport (stack->agent, irq, msg);

  self->stack = g_object_ref (stack);
  self->request = ahoy_message_new_take (stack->owner, msg,
                                         AHOY_MESSAGE_INCOMING | AHOY_MESSAGE_SEALED);
  ahoy_message_set_transport (self->request, tport);
  g_clear_pointer (&tport, tport_unref);
  adopt (self, irq);
  nta_incoming_bind (irq, on_incoming, self);
  return self;
}

/* Ends what Sofia holds without an answer; the stack is going away. */
void
ahoy_server_transaction_abandon (AhoyServerTransaction *self)
{
  self->handler = NULL;
  let_go (self);
}

void
ahoy_server_transaction_set_handler (AhoyServerTransaction *self,
                                     const AhoyServerTransactionHandler *handler,
                                     gpointer user_data)
{
  self->handler = handler;
  self->user_data = user_data;
}

AhoyStack *
ahoy_server_transaction_get_stack (AhoyServerTransaction *self)
{
  return self->stack;
}

AhoyDialog *
ahoy_server_transaction_peek_dialog (AhoyServerTransaction *self)
{
  return self->dialog;
}

void
ahoy_server_transaction_set_dialog (AhoyServerTransaction *self, AhoyDialog *dialog)
{
  g_set_object (&self->dialog, dialog);
}

nta_incoming_t *
ahoy_server_transaction_peek_irq (AhoyServerTransaction *self)
{
  return self->irq;
}

static void
on_forgotten (gpointer user_data)
{
  AhoyServerTransaction *self = user_data;

  if (self->stack->agent != NULL && self->status < 200) {
    ahoy_server_transaction_abandon (self);
  }
}

/* Never answers. Sofia answers 500 when it has to forget an open transaction, so it remembers this
 * one, and is silent to retransmissions, until the peer has given up. */
void
ahoy_server_transaction_ignore (AhoyServerTransaction *self)
{
  guint t1x64 = self->stack->t1x64 != 0 ? self->stack->t1x64 : 64 * self->stack->t1;

  self->handler = NULL;
  if (self->irq != NULL) {
    ahoy_scheduler_add (self->stack->scheduler, "ignored request", (gint64) t1x64 * 1000,
                        on_forgotten, g_object_ref (self), g_object_unref);
  }
}

/* The name of the listener the request came by. */
const char *
ahoy_server_transaction_get_listener (AhoyServerTransaction *self)
{
  return ahoy_message_peek_transport_ident (self->request);
}

/*
 * Makes a transaction of a request that was stateless so far: from now on retransmissions, CANCEL
 * and ACK are matched by the stack. FALSE when the stack has no memory for it; the request was then
 * answered.
 */
gboolean
ahoy_server_transaction_make_stateful (AhoyServerTransaction *self)
{
  g_autofree char *tag = NULL;
  nta_incoming_t *irq;
  msg_t *msg;

  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (self), FALSE);

  if (self->irq != NULL) {
    return TRUE;
  }
  if (self->status >= 200) {
    return FALSE;
  }
  msg = msg_ref_create (ahoy_message_peek_msg (self->request));
  irq = nta_incoming_create (self->stack->agent, NULL, msg, ahoy_message_peek_sip (self->request),
                             NTATAG_TPORT (ahoy_message_peek_tport (self->request)), TAG_END ());
  if (irq == NULL) {
    ahoy_server_transaction_reject (self, 500, NULL);
    return FALSE;
  }
  if (self->key != NULL) {
    ahoy_stack_forget_reply (self->stack, self->key);
    g_clear_pointer (&self->key, g_free);
  }
  tag = ahoy_stack_make_tag (self->stack, ahoy_message_peek_sip (self->request));
  nta_incoming_tag (irq, tag);
  adopt (self, irq);
  nta_incoming_bind (irq, on_incoming, self);
  return TRUE;
}

/* The To tag that our answers carry. */
char *
ahoy_server_transaction_dup_local_tag (AhoyServerTransaction *self)
{
  sip_t *sip = ahoy_message_peek_sip (self->request);

  if (sip->sip_to->a_tag != NULL) {
    return g_strdup (sip->sip_to->a_tag);
  }
  if (self->irq != NULL) {
    return g_strdup (nta_incoming_gettag (self->irq));
  }
  return ahoy_stack_make_tag (self->stack, sip);
}

/**
 * ahoy_server_transaction_get_request:
 * @self: a transaction
 *
 * Returns: (transfer none): the request
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_server_transaction_get_request (AhoyServerTransaction *self)
{
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (self), NULL);

  return self->request;
}

/**
 * ahoy_server_transaction_get_status:
 * @self: a transaction
 *
 * Returns: the status code of the last response that was sent; 0 when none was
 *
 * Since: 0.1
 */
guint
ahoy_server_transaction_get_status (AhoyServerTransaction *self)
{
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (self), 0);

  return self->status;
}

static gboolean
fill_stateless (AhoyServerTransaction *self, msg_t *msg, guint status, const char *reason)
{
  sip_t *request = ahoy_message_peek_sip (self->request);
  sip_to_t *to = sip_to_dup (msg_home (msg), request->sip_to);

  if (to != NULL && to->a_tag == NULL && status > 100) {
    g_autofree char *tag = ahoy_stack_make_tag (self->stack, request);

    sip_to_tag (msg_home (msg), to, tag);
  }
  return sip_add_tl (msg, sip_object (msg),
                     SIPTAG_STATUS (sip_status_create (msg_home (msg), status, reason, NULL)),
                     SIPTAG_VIA (request->sip_via), SIPTAG_FROM (request->sip_from), SIPTAG_TO (to),
                     SIPTAG_CALL_ID (request->sip_call_id), SIPTAG_CSEQ (request->sip_cseq),
                     TAG_END ()) >= 0;
}

/* What was taken over from the request would be written in the peer's words. */
static void
forget_encoding (sip_t *sip)
{
  for (sip_via_t *via = sip->sip_via; via != NULL; via = via->v_next) {
    msg_fragment_clear (via->v_common);
  }
  msg_fragment_clear (sip->sip_from->a_common);
  msg_fragment_clear (sip->sip_to->a_common);
  msg_fragment_clear (sip->sip_call_id->i_common);
}

/* Sofia keeps what is too much with what it cannot read. */
gboolean
ahoy_server_transaction_repeats_header (AhoyServerTransaction *self, const char *name)
{
  const sip_t *sip = ahoy_message_peek_sip (self->request);

  for (const msg_header_t *header = (const msg_header_t *) sip->sip_error; header != NULL;
       header = header->sh_next) {
    const char *found = header->sh_class->hc_name;

    if (found != NULL && g_ascii_strcasecmp (found, name) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

const char *
ahoy_server_transaction_usual_reason (guint status)
{
  const char *reason = sip_status_phrase ((int) status);

  return reason != NULL ? reason : "Unknown";
}

/**
 * ahoy_server_transaction_create_response:
 * @self: a transaction
 * @status: the status code, 100 to 699
 * @reason: (nullable): the reason phrase; %NULL for the usual one
 *
 * Makes a response to the request, with the headers that RFC 3261 §8.2.6 asks for. It can be
 * changed before it is sent with ahoy_server_transaction_respond().
 *
 * Returns: (transfer full): a new response
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_server_transaction_create_response (AhoyServerTransaction *self, guint status,
                                         const char *reason)
{
  AhoyMessage *response;
  msg_t *msg;

  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (self), NULL);
  g_return_val_if_fail (status >= 100 && status <= 699, NULL);

  if (reason == NULL) {
    reason = sip_status_phrase ((int) status);
  }
  msg = nta_msg_create (self->stack->agent, 0);
  if (self->irq != NULL) {
    nta_incoming_complete_response (self->irq, msg, (int) status, reason, TAG_END ());
  } else {
    fill_stateless (self, msg, status, reason);
  }
  if (self->stack->compact_headers) {
    forget_encoding (sip_object (msg));
  }
  if (status > 100) {
    sip_add_tl (msg, sip_object (msg), SIPTAG_SERVER_STR (self->stack->user_agent), TAG_END ());
  }
  response = ahoy_message_new_take (self->stack->owner, msg, 0);
  if (status > 100 && ahoy_message_peek_sip (self->request)->sip_to->a_tag == NULL) {
    ahoy_stack_response_made (self->stack, self->request, response);
  }
  return response;
}

static void
send_stateless (AhoyServerTransaction *self, AhoyMessage *response)
{
  tport_t *tport = ahoy_message_peek_tport (self->request);

  ahoy_stack_send_reply (self->stack, self->request, response, tport);
  if (self->key != NULL && self->status >= 200) {
    ahoy_stack_remember_reply (self->stack, self->key, response);
  }
}

static gboolean
check_response (AhoyServerTransaction *self, AhoyMessage *response, GError **error)
{
  guint status = ahoy_message_get_status (response);

  if (self->status >= 200) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The %s request was answered with %u already",
                 ahoy_message_get_method (self->request), self->status);
    return FALSE;
  }
  if (status == 0 || ahoy_message_is_sealed (response)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "Only a response that was not sent yet can answer a request");
    return FALSE;
  }
  if (self->stack->agent == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The stack was stopped; the %s request cannot be answered any more",
                 ahoy_message_get_method (self->request));
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_server_transaction_respond:
 * @self: a transaction
 * @response: a response made by ahoy_server_transaction_create_response()
 * @error: return location for an error
 *
 * Sends a response. Any number of provisional responses (1xx) may go before the one final.
 *
 * Returns: %TRUE when the response left; %FALSE with %AHOY_ERROR_INVALID_STATE when the request was
 *   answered already, or with %AHOY_ERROR_INVALID_ARGUMENTS when @response is none that can be sent
 *
 * Since: 0.1
 */
gboolean
ahoy_server_transaction_respond (AhoyServerTransaction *self, AhoyMessage *response, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE (response), FALSE);

  if (!check_response (self, response, error)) {
    return FALSE;
  }
  self->status = ahoy_message_get_status (response);
  if (self->irq == NULL) {
    send_stateless (self, response);
    return TRUE;
  }

  ahoy_stack_outgoing (self->stack, response);
  ahoy_message_seal (response);
  nta_incoming_mreply (self->irq, msg_ref_create (ahoy_message_peek_msg (response)));
  /* A 2xx to INVITE waits for its ACK; everything else Sofia can finish without us. */
  if (self->status >= 300 || (self->status >= 200 && !is_invite (self))) {
    let_go (self);
  }
  return TRUE;
}

/*
 * Sends a provisional response reliably (RFC 3262). One may be outstanding at a time: the caller
 * queues the rest until the handler's prack was called.
 */
gboolean
ahoy_server_transaction_respond_reliably (AhoyServerTransaction *self, AhoyMessage *response,
                                          GError **error)
{
  if (!check_response (self, response, error)) {
    return FALSE;
  }
  if (self->irq == NULL || self->reliable != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Another reliable response still waits for its PRACK");
    return FALSE;
  }
  ahoy_stack_outgoing (self->stack, response);
  ahoy_message_seal (response);
  self->reliable = nta_reliable_mreply (self->irq, on_prack, self,
                                        msg_ref_create (ahoy_message_peek_msg (response)));
  if (self->reliable == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "The peer does not support reliable provisional responses");
    return FALSE;
  }
  self->status = ahoy_message_get_status (response);
  return TRUE;
}

/**
 * ahoy_server_transaction_reject:
 * @self: a transaction
 * @status: the status code, 100 to 699
 * @reason: (nullable): the reason phrase; %NULL for the usual one
 *
 * Answers with a response that needs no more headers than every response has.
 *
 * Returns: %TRUE when the response left, %FALSE when the request was answered already
 *
 * Since: 0.1
 */
gboolean
ahoy_server_transaction_reject (AhoyServerTransaction *self, guint status, const char *reason)
{
  g_autoptr (AhoyMessage) response = NULL;

  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (self), FALSE);

  if (self->status >= 200 || self->stack->agent == NULL) {
    return FALSE;
  }
  response = ahoy_server_transaction_create_response (self, status, reason);
  return ahoy_server_transaction_respond (self, response, NULL);
}
