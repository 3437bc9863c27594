/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-client-transaction-private.h"
#include "ahoy-error.h"
#include "ahoy-stack-private.h"

/**
 * AhoyClientTransaction:
 *
 * A request of ours on its way (RFC 3261 §17.1), with the search for its next hop (RFC 3263): when
 * one does not answer, cannot be reached or says 503, the next one is tried with a transaction of
 * its own.
 *
 * Since: 0.1
 */
struct _AhoyClientTransaction {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyMessage *request;
  msg_t *pristine; /* for a next attempt: the request as it was before the first */
  AhoyDialog *dialog;  /* that it is sent in; NULL: none */
  gboolean provable;   /* a challenge may be answered */
  guint n_challenges;  /* that were answered */
  GPtrArray *hops;
  guint next;
  GCancellable *cancellable;

  char *listener;
  char *next_hop;
  char *ack_branch;
  AhoyMessage *connection; /* came by the connection to use while it lasts */
  gboolean wants_contact;
  char *contact_user; /* its user part; NULL: that of From */
  gboolean named_transport; /* the target says which transport it wants */

  nta_outgoing_t *orq;
  GPtrArray *forks; /* nta_outgoing_t of further To tags */
  guint status;
  gboolean canceled;
  char *cancel_reason;
  gboolean finished;
  guint64 fork_timer;

  const AhoyClientTransactionHandler *handler;
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (AhoyClientTransaction, ahoy_client_transaction, G_TYPE_OBJECT)

static void try_next (AhoyClientTransaction *self);
static void give_up (AhoyClientTransaction *self, guint status, const char *reason);

static sip_method_t
get_method (AhoyClientTransaction *self)
{
  return ahoy_message_peek_sip (self->request)->sip_request->rq_method;
}

static void
forget_orq (nta_outgoing_t *orq)
{
  nta_outgoing_destroy (orq);
}

static void
let_go (AhoyClientTransaction *self)
{
  gboolean held = self->orq != NULL || self->forks->len > 0;

  g_ptr_array_set_size (self->forks, 0);
  g_clear_pointer (&self->orq, forget_orq);
  if (held) {
    ahoy_stack_untrack (self->stack, G_OBJECT (self));
  }
  /* Last: it holds a reference. Who calls this holds another. */
  if (self->fork_timer != 0) {
    guint64 timer = self->fork_timer;

    self->fork_timer = 0;
    ahoy_scheduler_cancel (self->stack->scheduler, timer);
  }
}

static void
ahoy_client_transaction_dispose (GObject *object)
{
  AhoyClientTransaction *self = AHOY_CLIENT_TRANSACTION (object);

  if (self->cancellable != NULL) {
    g_cancellable_cancel (self->cancellable);
  }
  g_clear_object (&self->cancellable);
  g_clear_object (&self->request);
  g_clear_object (&self->dialog);
  g_clear_pointer (&self->pristine, msg_destroy);
  g_clear_object (&self->connection);
  g_clear_object (&self->stack);
  G_OBJECT_CLASS (ahoy_client_transaction_parent_class)->dispose (object);
}

static void
ahoy_client_transaction_finalize (GObject *object)
{
  AhoyClientTransaction *self = AHOY_CLIENT_TRANSACTION (object);

  g_clear_pointer (&self->hops, g_ptr_array_unref);
  g_ptr_array_unref (self->forks);
  g_free (self->listener);
  g_free (self->next_hop);
  g_free (self->ack_branch);
  g_free (self->contact_user);
  g_free (self->cancel_reason);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_client_transaction_parent_class)->finalize (object);
}

static void
ahoy_client_transaction_class_init (AhoyClientTransactionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_client_transaction_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_client_transaction_finalize;
}

static void
ahoy_client_transaction_init (AhoyClientTransaction *self)
{
  self->forks = g_ptr_array_new_with_free_func ((GDestroyNotify) forget_orq);
  self->cancellable = g_cancellable_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/* A request, complete but for Via and Contact; nothing happens before
 * ahoy_client_transaction_start(). */
AhoyClientTransaction *
ahoy_client_transaction_new (AhoyStack *stack, AhoyMessage *request,
                             const AhoyClientTransactionHandler *handler, gpointer user_data)
{
  AhoyClientTransaction *self = g_object_new (AHOY_TYPE_CLIENT_TRANSACTION, NULL);

  self->stack = g_object_ref (stack);
  self->request = g_object_ref (request);
  self->handler = handler;
  self->user_data = user_data;
  return self;
}

void
ahoy_client_transaction_set_handler (AhoyClientTransaction *self,
                                     const AhoyClientTransactionHandler *handler,
                                     gpointer user_data)
{
  self->handler = handler;
  self->user_data = user_data;
}

/* The listener to leave by, where several could; NULL: any. */
void
ahoy_client_transaction_set_listener (AhoyClientTransaction *self, const char *name)
{
  g_free (self->listener);
  self->listener = g_strdup (name);
}

/* Where to send to instead of where Route and Request-URI say: an outbound proxy. */
void
ahoy_client_transaction_set_next_hop (AhoyClientTransaction *self, const char *uri)
{
  g_free (self->next_hop);
  self->next_hop = g_strdup (uri);
}

/* Uses the connection that @received came by while it lasts: the way back through a NAT (RFC 5923).
 * */
void
ahoy_client_transaction_set_connection (AhoyClientTransaction *self, AhoyMessage *received)
{
  g_set_object (&self->connection, received);
}

/* The dialog that the request is sent in: it numbers a request that is sent again. */
void
ahoy_client_transaction_set_dialog (AhoyClientTransaction *self, AhoyDialog *dialog)
{
  g_set_object (&self->dialog, dialog);
}

/* The request gets a Contact of the listener it leaves by (RFC 3261 §8.1.1.8), with @user, or with
 * the user of From. */
void
ahoy_client_transaction_want_contact (AhoyClientTransaction *self, const char *user)
{
  self->wants_contact = TRUE;
  g_free (self->contact_user);
  self->contact_user = g_strdup (user);
}

/* For an ACK to a 2xx: the branch of the INVITE, which finds repeated 2xx. */
void
ahoy_client_transaction_set_ack_branch (AhoyClientTransaction *self, const char *branch)
{
  g_free (self->ack_branch);
  self->ack_branch = g_strdup (branch);
}

const char *
ahoy_client_transaction_get_listener (AhoyClientTransaction *self)
{
  return self->listener;
}

gboolean
ahoy_client_transaction_is_canceled (AhoyClientTransaction *self)
{
  return self->canceled;
}

/**
 * ahoy_client_transaction_get_request:
 * @self: a transaction
 *
 * Returns: (transfer none): the request; when several next hops were tried, that of the last
 *   attempt
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_client_transaction_get_request (AhoyClientTransaction *self)
{
  g_return_val_if_fail (AHOY_IS_CLIENT_TRANSACTION (self), NULL);

  return self->request;
}

/**
 * ahoy_client_transaction_get_status:
 * @self: a transaction
 *
 * Returns: the status of the last response; 0 when none came yet
 *
 * Since: 0.1
 */
guint
ahoy_client_transaction_get_status (AhoyClientTransaction *self)
{
  g_return_val_if_fail (AHOY_IS_CLIENT_TRANSACTION (self), 0);

  return self->status;
}

static void
deliver (AhoyClientTransaction *self, AhoyMessage *response)
{
  if (!ahoy_stack_incoming_response (self->stack, response)) {
    return;
  }
  self->status = ahoy_message_get_status (response);
  if (self->handler != NULL && self->handler->response != NULL) {
    self->handler->response (self, response, self->user_data);
    return;
  }
  /* Nobody is there any more: a dialog that the peer believes in has to end. */
  if (get_method (self) == sip_method_invite && self->status / 100 == 2) {
    const sip_t *sip = ahoy_message_peek_sip (response);
    const char *reason;

    if (sip->sip_to->a_tag != NULL && ahoy_door_check_dialog (sip, &reason)) {
      ahoy_stack_ack_and_bye (self->stack, sip, self->request);
    }
  }
}

/* The answer to a request that never left, so that its sender waits for one kind of thing only. */
static void
deliver_local (AhoyClientTransaction *self, guint status, const char *reason)
{
  g_autoptr (AhoyMessage) response = NULL;
  const sip_t *request = ahoy_message_peek_sip (self->request);
  msg_t *msg = nta_msg_create (self->stack->agent, 0);

  sip_add_tl (msg, sip_object (msg),
              SIPTAG_STATUS (sip_status_create (msg_home (msg), status, reason, NULL)),
              SIPTAG_FROM (request->sip_from), SIPTAG_TO (request->sip_to),
              SIPTAG_CALL_ID (request->sip_call_id), SIPTAG_CSEQ (request->sip_cseq), TAG_END ());
  response = ahoy_message_new_take (self->stack->owner, msg,
                                    AHOY_MESSAGE_INCOMING | AHOY_MESSAGE_LOCAL |
                                        AHOY_MESSAGE_SEALED);
  deliver (self, response);
}

/* May another next hop do better (RFC 3263 §4.3)? */
static gboolean
is_worth_another_try (AhoyClientTransaction *self, guint status, gboolean local)
{
  if (self->canceled || self->next >= self->hops->len || self->status > 100) {
    return FALSE;
  }
  return status == 503 || (local && status == 408);
}

/* RFC 3261 §22.2: a request that is sent again has a CSeq that is higher by one; in a dialog others
 * may have been sent meanwhile. */
static void
count_up (AhoyClientTransaction *self)
{
  const sip_t *sent = ahoy_message_peek_sip (self->request);
  guint32 cseq = self->dialog != NULL ? ahoy_dialog_take_cseq (self->dialog) : 0;
  sip_t *sip = sip_object (self->pristine);

  cseq = cseq != 0 ? cseq : sent->sip_cseq->cs_seq + 1;
  sip_add_tl (self->pristine, sip,
              SIPTAG_CSEQ (sip_cseq_create (msg_home (self->pristine), cseq,
                                            sent->sip_cseq->cs_method,
                                            sent->sip_cseq->cs_method_name)),
              TAG_END ());
}

static gboolean
can_answer_challenge (AhoyClientTransaction *self, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);

  return (status == 401 || status == 407) && !ahoy_message_is_local (response) &&
         !self->canceled &&
         (self->handler != NULL || get_method (self) != sip_method_invite) &&
         ahoy_stack_challenged (self->stack, self->request, response, self->n_challenges) &&
         self->provable;
}

/* Sends the request once more to where it went, as it was before anybody saw it. */
static void
answer_challenge (AhoyClientTransaction *self, AhoyMessage *response)
{
  self->n_challenges++;
  ahoy_stack_incoming_response (self->stack, response);
  if (self->handler != NULL && self->handler->challenged != NULL) {
    self->handler->challenged (self, response, self->user_data);
  }
  if (self->finished || self->stack->agent == NULL) {
    return;
  }
  let_go (self);
  if (self->canceled) {
    give_up (self, 487, NULL);
    return;
  }
  count_up (self);
  self->status = 0;
  self->next--;
  try_next (self);
}

static void tag_fork (AhoyClientTransaction *self, nta_outgoing_t *orq, const sip_t *sip);

static void
on_no_more_forks (gpointer user_data)
{
  AhoyClientTransaction *self = user_data;

  self->fork_timer = 0;
  self->finished = TRUE;
  let_go (self);
}

static void
wait_for_forks (AhoyClientTransaction *self)
{
  guint t1x64 = self->stack->t1x64 != 0 ? self->stack->t1x64 : 64 * self->stack->t1;

  if (self->fork_timer == 0) {
    self->fork_timer =
        ahoy_scheduler_add (self->stack->scheduler, "late forks", (gint64) t1x64 * 1000,
                            on_no_more_forks, g_object_ref (self), g_object_unref);
  }
}

static int
on_response (AhoyClientTransaction *magic, nta_outgoing_t *orq, sip_t const *sip)
{
  g_autoptr (AhoyClientTransaction) self = g_object_ref (magic);
  g_autoptr (AhoyMessage) response = NULL;
  AhoyMessageFlags flags = AHOY_MESSAGE_INCOMING | AHOY_MESSAGE_SEALED;
  guint status;
  gboolean local;
  msg_t *msg;

  if (sip == NULL || (self->orq == NULL && self->forks->len == 0)) {
    return 0;
  }
  status = (guint) sip->sip_status->st_status;
  local = nta_sip_is_internal (sip) != 0;
  msg = nta_outgoing_getresponse (orq);
  response = ahoy_message_new_take (self->stack->owner, msg,
                                    flags | (local ? AHOY_MESSAGE_LOCAL : 0));
  ahoy_message_set_party (response, ahoy_message_peek_party (self->request));

  /* A fork of which nothing more came: the INVITE itself goes on. A refusal of the peer is for the
   * INVITE, even when it comes with the tag of a fork. */
  if (orq != self->orq && status >= 300 && local) {
    g_ptr_array_remove_fast (self->forks, orq);
    return 0;
  }
  if (status < 200) {
    tag_fork (self, orq, sip);
    deliver (self, response);
    return 0;
  }
  if (status >= 300 && is_worth_another_try (self, status, local)) {
    ahoy_resolver_report_failure (self->stack->resolver, self->hops->pdata[self->next - 1]);
    let_go (self);
    try_next (self);
    return 0;
  }
  if (can_answer_challenge (self, response)) {
    answer_challenge (self, response);
    return 0;
  }
  /* After a 2xx to INVITE more may come of other forks, for 64*T1 (RFC 3261 §13.2.2.4); all else is
   * final. */
  if (get_method (self) != sip_method_invite || status >= 300) {
    let_go (self);
    self->finished = TRUE;
  } else {
    wait_for_forks (self);
  }
  deliver (self, response);
  return 0;
}

/*
 * Each To tag gets a transaction of its own, or the stack would end a second fork's dialog by
 * itself, unseen by anybody. The first tag is told apart from the others too.
 */
static void
tag_fork (AhoyClientTransaction *self, nta_outgoing_t *orq, const sip_t *sip)
{
  const char *tag = sip->sip_to != NULL ? sip->sip_to->a_tag : NULL;
  nta_outgoing_t *fork;

  if (get_method (self) != sip_method_invite || orq != self->orq || tag == NULL ||
      sip->sip_status->st_status <= 100 || nta_sip_is_internal (sip)) {
    return;
  }
  fork = nta_outgoing_tagged (orq, on_response, self, tag, NULL);
  if (fork != NULL && fork != orq) {
    g_ptr_array_add (self->forks, fork);
  }
}

static AhoyTransportProtocol
choose_protocol (AhoyClientTransaction *self, AhoyNextHop *hop)
{
  AhoyTransportProtocol protocol = ahoy_next_hop_get_transport (hop);
  guint limit = self->stack->tcp_switch_size;
  g_autoptr (GBytes) bytes = NULL;

  /* RFC 3261 §18.1.1: what does not fit a datagram takes a stream, unless the target names UDP. */
  if (protocol != AHOY_TRANSPORT_PROTOCOL_UDP || self->named_transport || limit == 0) {
    return protocol;
  }
  bytes = ahoy_message_to_bytes (self->request);
  if (g_bytes_get_size (bytes) > limit &&
      ahoy_listener_pick (self->stack->listeners, AHOY_TRANSPORT_PROTOCOL_TCP,
                          ahoy_next_hop_get_address (hop), 0, NULL) != NULL) {
    return AHOY_TRANSPORT_PROTOCOL_TCP;
  }
  return AHOY_TRANSPORT_PROTOCOL_UDP;
}

/* RFC 3261 §8.1.1.8: the Request-URI or the first Route says sips. */
static gboolean
wants_sips (const sip_t *sip)
{
  return sip->sip_request->rq_url->url_type == url_sips ||
         (sip->sip_route != NULL && sip->sip_route->r_url->url_type == url_sips);
}

static void
add_contact (AhoyClientTransaction *self, AhoyListener *listener)
{
  const sip_t *sip = ahoy_message_peek_sip (self->request);
  const char *user = self->contact_user;
  g_autofree char *contact = NULL;

  if (!self->wants_contact || sip->sip_contact != NULL) {
    return;
  }
  if (user == NULL && sip->sip_from != NULL) {
    user = sip->sip_from->a_url->url_user;
  }
  contact = ahoy_listener_make_contact (listener, user, wants_sips (sip));
  ahoy_message_add_header (self->request, "Contact", contact, NULL);
}

/* The stream to reuse; a datagram needs none. */
static tport_t *
open_connection (AhoyClientTransaction *self, AhoyNextHop *hop)
{
  if (ahoy_next_hop_is_connection (hop)) {
    return ahoy_stack_find_connection (self->stack, hop);
  }
  tport_t *tport = self->connection != NULL ? ahoy_message_peek_tport (self->connection) : NULL;

  return tport != NULL && tport_is_tcp (tport) && tport_is_clear_to_send (tport) ? tport : NULL;
}

static void
send_over (AhoyClientTransaction *self, AhoyNextHop *hop, AhoyTransportProtocol protocol,
           AhoyListener *listener)
{
  const char *address = ahoy_next_hop_get_address (hop);
  gboolean ip6 = strchr (address, ':') != NULL;
  gboolean ack = get_method (self) == sip_method_ack;
  g_autofree char *route = NULL;
  tport_t *tport = open_connection (self, hop);
  nta_outgoing_t *orq;
  msg_t *msg;

  g_free (self->listener);
  self->listener = g_strdup (listener->name);
  add_contact (self, listener);
  if (self->handler != NULL && self->handler->prepare != NULL) {
    self->handler->prepare (self, self->request, self->user_data);
  }
  ahoy_stack_outgoing (self->stack, self->request);
  if (!ack) {
    ahoy_stack_authorize (self->stack, self->request); /* last: nobody changes it any more */
  }
  ahoy_message_seal (self->request);

  route = g_strdup_printf ("sip:%s%s%s:%u;transport=%s", ip6 ? "[" : "", address, ip6 ? "]" : "",
                           ahoy_next_hop_get_port (hop),
                           protocol == AHOY_TRANSPORT_PROTOCOL_TCP ? "tcp" : "udp");
  msg = msg_ref_create (ahoy_message_peek_msg (self->request));
  orq = nta_outgoing_mcreate (
      self->stack->agent, ack ? NULL : on_response, ack ? NULL : self, URL_STRING_MAKE (route), msg,
      TPTAG_IDENT (listener->name),
      TAG_IF (ack && self->ack_branch != NULL, NTATAG_ACK_BRANCH (self->ack_branch)),
      TAG_IF (tport != NULL, NTATAG_TPORT (tport)),
      TAG_END ());
  if (orq == NULL) {
    msg_destroy (msg);
    try_next (self);
    return;
  }
  if (ack) {
    nta_outgoing_destroy (orq); /* goes on answering repeated 2xx */
    self->finished = TRUE;
    return;
  }
  self->orq = orq;
  ahoy_stack_track (self->stack, G_OBJECT (self));
  if (self->canceled) {
    nta_outgoing_tcancel (orq, NULL, NULL,
                          TAG_IF (self->cancel_reason != NULL,
                                  SIPTAG_REASON_STR (self->cancel_reason)),
                          TAG_END ());
  }
}

static void
give_up (AhoyClientTransaction *self, guint status, const char *reason)
{
  self->finished = TRUE;
  if (get_method (self) == sip_method_ack) {
    return;
  }
  if (self->canceled) {
    deliver_local (self, 487, NULL);
    return;
  }
  deliver_local (self, status, reason);
}

/* Sends the request to the next hop in the list, or gives up. */
static void
try_next (AhoyClientTransaction *self)
{
  while (self->next < self->hops->len) {
    AhoyNextHop *hop = self->hops->pdata[self->next++];
    AhoyTransportProtocol protocol;
    AhoyListener *listener;

    if (self->pristine != NULL && ahoy_message_is_sealed (self->request)) {
      g_autoptr (AhoyMessage) last = g_steal_pointer (&self->request);

      self->request =
          ahoy_message_new_take (self->stack->owner, msg_dup (self->pristine), 0);
      ahoy_message_set_party (self->request, ahoy_message_peek_party (last));
      ahoy_message_set_next_hop (self->request, ahoy_message_get_next_hop (last),
                                 ahoy_message_peek_leaves_by (last));
    }
    protocol = choose_protocol (self, hop);
    listener = ahoy_listener_pick (self->stack->listeners, protocol,
                                   ahoy_next_hop_get_address (hop), ahoy_next_hop_get_port (hop),
                                   self->listener);
    if (listener != NULL) {
      send_over (self, hop, protocol, listener);
      return;
    }
  }
  give_up (self, 503, "No Transport To Next Hop");
}

/* A dialog stays with the kind of address that it began with, where the peer's name has both. */
static void
prefer_family (AhoyClientTransaction *self)
{
  g_autoptr (GPtrArray) others = NULL;
  GPtrArray *sorted;
  gboolean ip6 = FALSE;
  gboolean known = FALSE;

  for (guint i = 0; self->listener != NULL && i < self->stack->listeners->len; i++) {
    AhoyListener *listener = self->stack->listeners->pdata[i];

    if (g_str_equal (listener->name, self->listener)) {
      ip6 = listener->family == G_SOCKET_FAMILY_IPV6;
      known = TRUE;
    }
  }
  if (!known) {
    return;
  }
  sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_next_hop_unref);
  others = g_ptr_array_new ();
  for (guint i = 0; i < self->hops->len; i++) {
    gboolean is_ip6 = strchr (ahoy_next_hop_get_address (self->hops->pdata[i]), ':') != NULL;

    g_ptr_array_add (is_ip6 == ip6 ? sorted : others, ahoy_next_hop_ref (self->hops->pdata[i]));
  }
  g_ptr_array_extend_and_steal (sorted, g_steal_pointer (&others));
  g_ptr_array_unref (self->hops);
  self->hops = sorted;
}

static void
begin (AhoyClientTransaction *self, GPtrArray *hops)
{
  if (self->stack->agent == NULL || self->finished) {
    return;
  }
  self->hops = g_ptr_array_ref (hops);
  if (self->canceled) {
    give_up (self, 487, NULL);
    return;
  }
  if (hops->len > 1) {
    prefer_family (self);
  }
  self->provable = ahoy_stack_can_prove (self->stack, self->request);
  if (hops->len > 1 || self->provable) {
    self->pristine = msg_dup (ahoy_message_peek_msg (self->request));
  }
  try_next (self);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyClientTransaction) self = user_data;
  g_autoptr (GPtrArray) hops = NULL;
  g_autoptr (GError) error = NULL;

  hops = ahoy_resolver_resolve_finish (AHOY_RESOLVER (source), result, &error);
  if (self->stack == NULL || self->stack->agent == NULL || self->finished) {
    return;
  }
  if (hops == NULL) {
    give_up (self, 503, "Next Hop Not Found");
    return;
  }
  begin (self, hops);
}

/* Where the request goes by its own words: the first Route, else the Request-URI (RFC 3261 §8.1.2).
 * */
static const url_t *
target_url (AhoyClientTransaction *self, msg_t *msg, const sip_t *sip)
{
  if (self->next_hop != NULL) {
    return url_make (msg_home (msg), self->next_hop);
  }
  return sip->sip_route != NULL ? sip->sip_route->r_url : sip->sip_request->rq_url;
}

static char *
host_without_brackets (const char *host)
{
  gsize length = strlen (host);

  if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
    return g_strndup (host + 1, length - 2);
  }
  return ahoy_dup_utf8 (host, -1);
}

/* Whether somebody can be called at the URI when the connection is gone: there is no NAT, and the
 * URI does not just repeat where the connection came from. */
static gboolean
is_direct (const url_t *url, AhoyNextHop *hop)
{
  g_autofree char *host =
      url != NULL && url->url_host != NULL ? host_without_brackets (url->url_host) : NULL;
  guint64 port = 0;

  if (host == NULL || !g_str_equal (host, ahoy_next_hop_get_address (hop))) {
    return FALSE;
  }
  return url->url_port == NULL ||
         !g_ascii_string_to_unsigned (url->url_port, 10, 1, G_MAXUINT16, &port, NULL) ||
         port != ahoy_next_hop_get_port (hop);
}

/* Where the request was told to go, whatever it says itself. FALSE: it says so itself after all. */
static gboolean
follow_next_hop (AhoyClientTransaction *self, const url_t *url)
{
  AhoyNextHop *hop = ahoy_message_get_next_hop (self->request);
  const char *listener = ahoy_message_peek_leaves_by (self->request);
  g_autoptr (GPtrArray) hops = NULL;

  if (hop == NULL) {
    if (self->listener == NULL) {
      ahoy_client_transaction_set_listener (self, listener);
    }
    return FALSE;
  }
  if (ahoy_next_hop_is_connection (hop)) {
    tport_t *tport = ahoy_stack_find_connection (self->stack, hop);

    if (tport == NULL && is_direct (url, hop)) {
      return FALSE;
    }
    if (tport == NULL) {
      give_up (self, 430, "Flow Failed"); /* RFC 5626 §11.6 */
      return TRUE;
    }
    listener = tport_name (tport)->tpn_ident;
  }
  if (listener != NULL) {
    ahoy_client_transaction_set_listener (self, listener);
  }
  self->named_transport = TRUE;
  hops = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_next_hop_unref);
  g_ptr_array_add (hops, ahoy_next_hop_ref (hop));
  begin (self, hops);
  return TRUE;
}

/* Sends the request. The handler's response is called at least once, possibly before this returns.
 * */
void
ahoy_client_transaction_start (AhoyClientTransaction *self)
{
  g_autoptr (AhoyClientTransaction) hold = g_object_ref (self);
  g_autoptr (GPtrArray) hops = NULL;
  g_autofree char *host = NULL;
  AhoyTransportProtocol protocol = AHOY_TRANSPORT_PROTOCOL_UNKNOWN;
  char transport[16] = "";
  msg_t *msg = ahoy_message_peek_msg (self->request);
  const url_t *url = target_url (self, msg, ahoy_message_peek_sip (self->request));
  guint64 port = 0;
  gboolean secure;

  if (self->stack->agent == NULL ||
      (get_method (self) == sip_method_ack && self->ack_branch == NULL)) {
    self->finished = TRUE; /* an ACK that nta cannot match to its INVITE aborts the process */
    return;
  }
  if (follow_next_hop (self, url)) {
    return;
  }
  if (url == NULL || (url->url_type != url_sip && url->url_type != url_sips) ||
      url->url_host == NULL || *url->url_host == '\0') {
    give_up (self, 503, "Next Hop Is No SIP URI");
    return;
  }
  if (url_param (url->url_params, "transport", transport, sizeof transport) > 0) {
    protocol = ahoy_transport_protocol_from_string (transport);
    self->named_transport = TRUE;
    if (protocol == AHOY_TRANSPORT_PROTOCOL_UNKNOWN) {
      give_up (self, 503, "Next Hop Has An Unknown Transport");
      return;
    }
  }
  if (url->url_port != NULL && *url->url_port != '\0' &&
      !g_ascii_string_to_unsigned (url->url_port, 10, 1, G_MAXUINT16, &port, NULL)) {
    give_up (self, 503, "Next Hop Has No Valid Port");
    return;
  }
  secure = url->url_type == url_sips;
  host = host_without_brackets (url->url_host);

  hops = ahoy_resolver_try_numeric (self->stack->resolver, host, (guint16) port, protocol, secure);
  if (hops != NULL) {
    begin (self, hops);
    return;
  }
  ahoy_resolver_resolve_async (self->stack->resolver, host, (guint16) port, protocol, secure,
                               self->cancellable, on_resolved, g_object_ref (self));
}

/* Whoever waits is out of patience: the next hop is tried, if there is one and this one is silent.
 * Whether there was; else the transaction goes on as before. */
gboolean
ahoy_client_transaction_skip_hop (AhoyClientTransaction *self)
{
  if (self->finished || self->orq == NULL || !is_worth_another_try (self, 408, TRUE)) {
    return FALSE;
  }
  ahoy_resolver_report_failure (self->stack->resolver, self->hops->pdata[self->next - 1]);
  let_go (self);
  try_next (self);
  return TRUE;
}

/*
 * Whoever wants to know when the connection is gone that the request went by: the address of the
 * peer, as AhoyStack::connection-closed will tell it; NULL for none, or when it is gone already.
 * @keep_alive: after how many seconds of silence it is asked whether it is still there; 0: as the
 * transport does it
 */
char *
ahoy_client_transaction_watch_flow (AhoyClientTransaction *self, guint keep_alive)
{
  AhoyNextHop *hop =
      self->hops != NULL && self->next > 0 ? self->hops->pdata[self->next - 1] : NULL;

  return hop != NULL && self->stack->agent != NULL
             ? ahoy_connections_keep (self->stack, hop, keep_alive)
             : NULL;
}

/* Nothing more is expected: the stack may forget the transaction. */
void
ahoy_client_transaction_finish (AhoyClientTransaction *self)
{
  self->handler = NULL;
  self->finished = TRUE;
  let_go (self);
}

/* Ends what Sofia holds; the stack is going away. */
void
ahoy_client_transaction_abandon (AhoyClientTransaction *self)
{
  let_go (self);
  if (!self->finished) {
    self->finished = TRUE;
    deliver_local (self, 503, "Stack Stopped");
  }
  ahoy_client_transaction_finish (self);
}

/**
 * ahoy_client_transaction_cancel:
 * @self: a transaction of an INVITE
 * @reason_header: (nullable): the value of a Reason header (RFC 3326), such as `SIP;cause=200`
 *
 * Cancels an INVITE that has no final response yet (RFC 3261 §9.1). The CANCEL waits for a
 * provisional response when none came; a final response arrives in any case, possibly a 2xx that
 * was faster.
 *
 * Since: 0.1
 */
void
ahoy_client_transaction_cancel (AhoyClientTransaction *self, const char *reason_header)
{
  g_return_if_fail (AHOY_IS_CLIENT_TRANSACTION (self));

  if (self->canceled || self->finished) {
    return;
  }
  self->canceled = TRUE;
  self->cancel_reason = g_strdup (reason_header);
  if (self->orq != NULL) {
    nta_outgoing_tcancel (self->orq, NULL, NULL,
                          TAG_IF (reason_header != NULL, SIPTAG_REASON_STR (reason_header)),
                          TAG_END ());
    return;
  }
  if (self->hops == NULL) {
    g_autoptr (AhoyClientTransaction) hold = g_object_ref (self);

    g_cancellable_cancel (self->cancellable);
    give_up (self, 487, NULL);
  }
}
