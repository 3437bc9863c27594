/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-decimal-private.h"
#include "ahoy-error.h"
#include "ahoy-extension-private.h"
#include "ahoy-stack-private.h"

/* The one function that receives everything outside of dialogs, and how it is answered without a
 * transaction. */

#define TAG_LENGTH 16

/* RFC 3261 §8.2.7: the same request gets the same tag, though nothing remembers the request. */
char *
ahoy_stack_make_tag (AhoyStack *self, const sip_t *request)
{
  static const char digits[] = "0123456789abcdef";
  const char *branch = request->sip_via != NULL ? request->sip_via->v_branch : NULL;
  const char *call_id = request->sip_call_id->i_id;
  guchar bytes[EVP_MAX_MD_SIZE] = { 0 };
  char *tag = g_malloc (TAG_LENGTH + 1);
  size_t size;

  EVP_MAC_init (self->tag_hmac, NULL, 0, NULL);
  if (branch != NULL) {
    EVP_MAC_update (self->tag_hmac, (const guchar *) branch, strlen (branch));
  }
  EVP_MAC_update (self->tag_hmac, (const guchar *) "\n", 1);
  EVP_MAC_update (self->tag_hmac, (const guchar *) call_id, strlen (call_id));
  EVP_MAC_final (self->tag_hmac, bytes, &size, sizeof bytes);
  for (gsize i = 0; i < TAG_LENGTH; i++) {
    tag[i] = digits[i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15];
  }
  tag[TAG_LENGTH] = '\0';
  return tag;
}

static char *
make_key (const sip_t *sip)
{
  const sip_via_t *via = sip->sip_via;
  char digits[AHOY_DECIMAL_SIZE];

  return g_strconcat (via->v_branch != NULL ? via->v_branch : "", "\n", via->v_host, ":",
                      via->v_port != NULL ? via->v_port : "", "\n",
                      sip->sip_request->rq_method_name, "\n", sip->sip_call_id->i_id, "\n",
                      ahoy_decimal (sip->sip_cseq->cs_seq, digits), NULL);
}

static void
on_expire (gpointer user_data)
{
  AhoyStack *self = user_data;
  gint64 now = ahoy_scheduler_get_now (self->scheduler);
  gint64 next = ahoy_reply_cache_expire (self->replies, now);

  self->expire_job = 0;
  if (next >= 0) {
    self->expire_job = ahoy_scheduler_add (self->scheduler, "reply cache", next - now, on_expire,
                                           self, NULL);
  }
}

static void
keep_expiring (AhoyStack *self)
{
  if (self->expire_job == 0) {
    self->expire_job = ahoy_scheduler_add (
        self->scheduler, "reply cache",
        (gint64) (self->t1x64 != 0 ? self->t1x64 : 64 * self->t1) * 1000, on_expire, self, NULL);
  }
}

void
ahoy_stack_remember_reply (AhoyStack *self, const char *key, AhoyMessage *response)
{
  g_autoptr (GBytes) bytes = ahoy_message_get_sent_bytes (response);

  ahoy_reply_cache_answer (self->replies, key, bytes, ahoy_scheduler_get_now (self->scheduler));
  keep_expiring (self);
}

void
ahoy_stack_forget_reply (AhoyStack *self, const char *key)
{
  if (self->replies != NULL) {
    ahoy_reply_cache_forget (self->replies, key);
  }
}

/* Sends a response that has no transaction to where its request came from. */
void
ahoy_stack_send_reply (AhoyStack *self, AhoyMessage *request, AhoyMessage *response, tport_t *tport)
{
  msg_t *msg = ahoy_message_peek_msg (response);

  ahoy_stack_outgoing (self, response);
  ahoy_message_seal (response);
  nta_msg_mreply (self->agent, msg_ref_create (msg), sip_object (msg), 0, NULL,
                  msg_ref_create (ahoy_message_peek_msg (request)), NTATAG_TPORT (tport),
                  TAG_END ());
}

/* A retransmission: the very bytes once more. */
static void
repeat_reply (AhoyStack *self, msg_t *request, tport_t *tport, GBytes *reply)
{
  msg_t *msg = msg_make (ahoy_door_get_mclass (), 0, g_bytes_get_data (reply, NULL),
                         (ssize_t) g_bytes_get_size (reply));

  self->replies_repeated++;
  if (msg == NULL) {
    msg_destroy (request);
    return;
  }
  nta_msg_mreply (self->agent, msg, sip_object (msg), 0, NULL, request, NTATAG_TPORT (tport),
                  TAG_END ());
}

static void
tell_refusal (AhoyStack *self, AhoyServerTransaction *transaction, guint status,
              const char *reason)
{
  if (self->gate != NULL && self->gate->refused != NULL) {
    self->gate->refused (self, ahoy_server_transaction_get_request (transaction), status, reason,
                         self->gate_data);
  }
}

/* Answers a request as @refusal says, and clears it. */
void
ahoy_stack_refuse (AhoyStack *self, AhoyServerTransaction *transaction, AhoyRefusal *refusal)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, refusal->status, refusal->reason);

  self->requests_refused++;
  if (refusal->header != NULL) {
    ahoy_message_add_header (response, refusal->header, refusal->value, NULL);
  }
  g_clear_pointer (&refusal->value, g_free);
  tell_refusal (self, transaction, refusal->status, refusal->reason);
  ahoy_server_transaction_respond (transaction, response, NULL);
}

/* Whether some service has asked for a method by its name. */
static gboolean
is_method_known (AhoyStack *self, const char *method)
{
  g_autoptr (AhoyExtensionSnapshot) services =
      ahoy_extension_registry_snapshot (self->extensions, AHOY_TYPE_SERVICE);

  for (guint i = 0; i < ahoy_extension_snapshot_get_length (services); i++) {
    const char *const *methods =
        ahoy_extension_get_methods (ahoy_extension_snapshot_get (services, i));

    if (methods != NULL && g_strv_contains (methods, method)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* 501 for a method that nobody here does for anybody (RFC 3261 §21.5.2), such as REGISTER without a
 * registrar; 405 for one that is done, but not for this request. */
static void
nobody_took_it (AhoyStack *self, AhoyServerTransaction *transaction)
{
  const char *method =
      ahoy_message_get_method (ahoy_server_transaction_get_request (transaction));
  guint status = is_method_known (self, method) ? 405 : 501;
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, status, NULL);
  g_autofree char *allow = ahoy_stack_dup_allow (self);

  self->requests_refused++;
  if (*allow != '\0') {
    ahoy_message_add_header (response, "Allow", allow, NULL);
  }
  tell_refusal (self, transaction, status, NULL);
  ahoy_server_transaction_respond (transaction, response, NULL);
}

/* Offers the request to its dialog, or to the services in their order. Called by the gate, or when
 * there is none. */
void
ahoy_stack_dispatch (AhoyStack *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  const char *method = ahoy_message_get_method (request);
  g_autoptr (AhoyExtensionSnapshot) services =
      ahoy_extension_registry_snapshot (self->extensions, AHOY_TYPE_SERVICE);
  guint n_services = ahoy_extension_snapshot_get_length (services);
  AhoyDialog *dialog = ahoy_server_transaction_peek_dialog (transaction);

  if (dialog != NULL) {
    ahoy_dialog_deliver (dialog, transaction);
    return;
  }
  for (guint i = 0; i < n_services; i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (services, i);
    AhoyServiceVerdict verdict;
    AhoyExtensionCall call;

    if (!ahoy_extension_matches (entry, method)) {
      continue;
    }
    call = ahoy_extension_begin_call ();
    verdict = ahoy_service_handle_request (AHOY_SERVICE (ahoy_extension_get_object (entry)),
                                           transaction);
    ahoy_extension_end_call (entry, &call, "handle_request");
    if (verdict == AHOY_SERVICE_TAKEN) {
      return;
    }
    if (ahoy_server_transaction_get_status (transaction) >= 200) {
      return;
    }
    if (verdict == AHOY_SERVICE_FAILED) {
      g_warning ("The service “%s” failed with a %s request; the peer gets 500",
                 ahoy_extension_get_name (entry), method);
      ahoy_server_transaction_reject (transaction, 500, NULL);
      return;
    }
  }
  nobody_took_it (self, transaction);
}

/* Is this the Via that one of our listeners writes (RFC 3261 §18.1.2)? */
static gboolean
is_our_via (AhoyStack *self, const sip_via_t *via)
{
  g_autofree char *host = g_strdup (via->v_host);
  guint64 port = 5060;

  if (via->v_next != NULL || via->v_branch == NULL || host == NULL || *host == '\0' ||
      (via->v_port != NULL &&
       !g_ascii_string_to_unsigned (via->v_port, 10, 1, G_MAXUINT16, &port, NULL))) {
    return FALSE;
  }
  if (host[0] == '[' && host[strlen (host) - 1] == ']') {
    host[strlen (host) - 1] = '\0';
    memmove (host, host + 1, strlen (host));
  }
  for (guint i = 0; i < self->listeners->len; i++) {
    AhoyListener *listener = self->listeners->pdata[i];

    if (listener->port == port && g_ascii_strcasecmp (listener->advertised, host) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
receive_response (AhoyStack *self, msg_t *msg, const sip_t *sip)
{
  const char *reason;

  /* A 2xx of a fork that came when its transaction was over: its dialog is confirmed there, and has
   * to end. One Via means that it is ours; anything else is a stray that is never sent on. */
  if (sip->sip_status->st_status / 100 == 2 && sip->sip_cseq != NULL &&
      sip->sip_cseq->cs_method == sip_method_invite && sip->sip_via != NULL &&
      is_our_via (self, sip->sip_via) && sip->sip_to->a_tag != NULL &&
      ahoy_door_check_dialog (sip, &reason)) {
    ahoy_stack_ack_and_bye (self, sip, NULL);
  }
  msg_destroy (msg);
}

static void
receive_request (AhoyStack *self, msg_t *msg, sip_t *sip)
{
  tport_t *tport = tport_delivered_by (nta_agent_tports (self->agent), msg);
  g_autoptr (AhoyServerTransaction) transaction = NULL;
  g_autofree char *key = NULL;
  AhoyRefusal refusal = { 0 };
  GBytes *reply = NULL;

  self->requests_received++;
  ahoy_connections_watch (self, tport);
  if (sip->sip_request->rq_method == sip_method_ack) {
    msg_destroy (msg); /* to a final response that left without a transaction */
    return;
  }
  /* A nonce counts once. What comes twice with it gets the answer twice, on every transport. */
  if (tport == NULL || tport_is_udp (tport) || sip->sip_authorization != NULL ||
      sip->sip_proxy_authorization != NULL) {
    gint64 now = ahoy_scheduler_get_now (self->scheduler);

    key = make_key (sip);
    switch (ahoy_reply_cache_lookup (self->replies, key, now, &reply)) {
    case AHOY_REPLY_PENDING:
      msg_destroy (msg);
      return;
    case AHOY_REPLY_ANSWERED:
      repeat_reply (self, msg, tport, reply);
      return;
    case AHOY_REPLY_NONE:
      ahoy_reply_cache_begin (self->replies, key, now);
      keep_expiring (self);
      break;
    }
  }

  transaction = ahoy_server_transaction_new_stateless (self, msg, tport, key);
  if (!ahoy_door_check (self, sip, &refusal)) {
    ahoy_stack_refuse (self, transaction, &refusal);
    return;
  }
  ahoy_stack_incoming (self, transaction);
}

/* All that no transaction and no dialog took. */
int
ahoy_stack_receive (AhoyStack *magic, nta_agent_t *agent, msg_t *msg, sip_t *sip)
{
  g_autoptr (AhoyStack) self = g_object_ref (magic);

  if (sip->sip_request != NULL) {
    receive_request (self, msg, sip);
  } else {
    receive_response (self, msg, sip);
  }
  return 0;
}

/**
 * ahoy_stack_add_service:
 * @self: a stack
 * @service: what takes requests
 * @name: a name for it, not used yet
 * @before: (nullable) (array zero-terminated=1): names of services that are asked later
 * @after: (nullable) (array zero-terminated=1): names of services that are asked first
 * @methods: (nullable) (array zero-terminated=1): the methods it wants to see; %NULL for all
 * @error: return location for an error
 *
 * Adds a service. Its methods are announced in Allow.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_stack_add_service (AhoyStack *self, AhoyService *service, const char *name,
                        const char *const *before, const char *const *after,
                        const char *const *methods, GError **error)
{
  g_return_val_if_fail (AHOY_IS_STACK (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SERVICE (service), FALSE);

  return ahoy_extension_registry_add (self->extensions, AHOY_TYPE_SERVICE, G_OBJECT (service), name,
                                      before, after, methods, error);
}

/**
 * ahoy_stack_remove_service:
 * @self: a stack
 * @service: a service that was added
 *
 * Removes a service. Requests that it took stay its own.
 *
 * Since: 0.1
 */
void
ahoy_stack_remove_service (AhoyStack *self, AhoyService *service)
{
  g_return_if_fail (AHOY_IS_STACK (self));
  g_return_if_fail (AHOY_IS_SERVICE (service));

  ahoy_extension_registry_remove (self->extensions, AHOY_TYPE_SERVICE, G_OBJECT (service));
}

/**
 * ahoy_stack_add_option_tag:
 * @self: a stack
 * @tag: an option tag (RFC 3261 §19.2), such as `100rel`
 *
 * Says that something here supports an extension: it is announced in Supported, and requests may
 * require it.
 *
 * Since: 0.1
 */
void
ahoy_stack_add_option_tag (AhoyStack *self, const char *tag)
{
  g_return_if_fail (AHOY_IS_STACK (self));
  g_return_if_fail (tag != NULL);

  if (!g_ptr_array_find_with_equal_func (self->option_tags, tag, g_str_equal, NULL)) {
    g_ptr_array_add (self->option_tags, g_strdup (tag));
  }
}

/**
 * ahoy_stack_remove_option_tag:
 * @self: a stack
 * @tag: an option tag
 *
 * Takes back ahoy_stack_add_option_tag().
 *
 * Since: 0.1
 */
void
ahoy_stack_remove_option_tag (AhoyStack *self, const char *tag)
{
  guint index;

  g_return_if_fail (AHOY_IS_STACK (self));
  g_return_if_fail (tag != NULL);

  if (g_ptr_array_find_with_equal_func (self->option_tags, tag, g_str_equal, &index)) {
    g_ptr_array_remove_index (self->option_tags, index);
  }
}

/**
 * ahoy_stack_dup_supported:
 * @self: a stack
 *
 * Returns: (transfer full): the value of Supported; empty when nothing was added
 *
 * Since: 0.1
 */
char *
ahoy_stack_dup_supported (AhoyStack *self)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < self->option_tags->len; i++) {
    g_string_append (text, i > 0 ? ", " : "");
    g_string_append (text, self->option_tags->pdata[i]);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
collect_methods (GPtrArray *methods, const char *const *wanted)
{
  for (gsize i = 0; wanted != NULL && wanted[i] != NULL; i++) {
    if (!g_ptr_array_find_with_equal_func (methods, wanted[i], g_str_equal, NULL)) {
      g_ptr_array_add (methods, (gpointer) wanted[i]);
    }
  }
}

/**
 * ahoy_stack_dup_allow:
 * @self: a stack
 *
 * Returns: (transfer full): the value of Allow: every method that some service wants to see
 *
 * Since: 0.1
 */
char *
ahoy_stack_dup_allow (AhoyStack *self)
{
  g_autoptr (AhoyExtensionSnapshot) services = NULL;
  g_autoptr (GPtrArray) methods = NULL;
  guint n_services;

  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);

  services = ahoy_extension_registry_snapshot (self->extensions, AHOY_TYPE_SERVICE);
  methods = g_ptr_array_new ();
  n_services = ahoy_extension_snapshot_get_length (services);
  for (guint i = 0; i < n_services; i++) {
    collect_methods (methods,
                     ahoy_extension_get_methods (ahoy_extension_snapshot_get (services, i)));
  }
  g_ptr_array_add (methods, NULL);
  return g_strjoinv (", ", (char **) methods->pdata);
}
