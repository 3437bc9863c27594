/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-stack-private.h"
#include "ahoy-version.h"

#include <sys/random.h>

#define DEFAULT_T1 500
#define DEFAULT_MAX_FORWARDS 70
#define MAX_MESSAGE_SIZE 65536
#define MAX_REPLIES 65536

/**
 * AhoyStack:
 *
 * The SIP stack: sockets, transactions and dialogs on a #GMainContext, with Sofia-SIP's `nta`
 * inside.
 *
 * A stack is application-agnostic: it knows requests and responses, not calls or registrations.
 * What to do with a request that belongs to no dialog is decided by the #AhoyService objects that
 * were added.
 *
 * A stack belongs to the thread it was made in, and is used from there only.
 *
 * Since: 0.1
 */
enum {
  PROP_0,
  PROP_USER_AGENT,
  PROP_T1,
  PROP_T1X64,
  PROP_MAX_FORWARDS,
  PROP_TCP_SWITCH_SIZE,
  PROP_COMPACT_HEADERS,
  PROP_RUNNING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum { SIGNAL_CONNECTION_CLOSED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyStack, ahoy_stack, G_TYPE_OBJECT)

static void
ahoy_stack_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyStack *self = AHOY_STACK (object);

  switch (id) {
  case PROP_USER_AGENT:
    g_value_set_string (value, self->user_agent);
    break;
  case PROP_T1:
    g_value_set_uint (value, self->t1);
    break;
  case PROP_T1X64:
    g_value_set_uint (value, self->t1x64);
    break;
  case PROP_MAX_FORWARDS:
    g_value_set_uint (value, self->max_forwards);
    break;
  case PROP_TCP_SWITCH_SIZE:
    g_value_set_uint (value, self->tcp_switch_size);
    break;
  case PROP_COMPACT_HEADERS:
    g_value_set_boolean (value, self->compact_headers);
    break;
  case PROP_RUNNING:
    g_value_set_boolean (value, self->agent != NULL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_stack_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyStack *self = AHOY_STACK (object);

  switch (id) {
  case PROP_USER_AGENT:
    g_free (self->user_agent);
    self->user_agent = g_value_dup_string (value);
    break;
  case PROP_T1:
    self->t1 = g_value_get_uint (value);
    break;
  case PROP_T1X64:
    self->t1x64 = g_value_get_uint (value);
    break;
  case PROP_MAX_FORWARDS:
    self->max_forwards = g_value_get_uint (value);
    break;
  case PROP_TCP_SWITCH_SIZE:
    self->tcp_switch_size = g_value_get_uint (value);
    break;
  case PROP_COMPACT_HEADERS:
    self->compact_headers = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_stack_dispose (GObject *object)
{
  AhoyStack *self = AHOY_STACK (object);

  ahoy_stack_stop (self);
  g_clear_object (&self->resolver);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->extensions);
  G_OBJECT_CLASS (ahoy_stack_parent_class)->dispose (object);
}

static void
ahoy_stack_finalize (GObject *object)
{
  AhoyStack *self = AHOY_STACK (object);

  g_clear_pointer (&self->owner, ahoy_owner_unref);
  ahoy_connections_finalize (self);
  g_ptr_array_unref (self->listeners);
  g_hash_table_unref (self->tracked);
  g_ptr_array_unref (self->option_tags);
  ahoy_wire_tap_forget (self);
  g_ptr_array_unref (self->wire_taps);
  EVP_MAC_CTX_free (self->tag_hmac);
  g_free (self->user_agent);
  g_strfreev (self->headers);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_stack_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyStack:user-agent:
   *
   * What User-Agent and Server say (RFC 3261 §20.41).
   *
   * Since: 0.1
   */
  props[PROP_USER_AGENT] =
      g_param_spec_string ("user-agent", NULL, NULL, "Ahoy/" AHOY_VERSION_STRING, flags);
  /**
   * AhoyStack:t1:
   *
   * The round-trip estimate T1 in milliseconds (RFC 3261 §17.1.1.1). Read when the stack starts.
   *
   * Since: 0.1
   */
  props[PROP_T1] = g_param_spec_uint ("t1", NULL, NULL, 10, 10000, DEFAULT_T1, flags);
  /**
   * AhoyStack:t1x64:
   *
   * How long a transaction waits for its end (timers B, F, H and J of RFC 3261) in milliseconds; 0
   * for 64 times T1. Read when the stack starts.
   *
   * Since: 0.1
   */
  props[PROP_T1X64] = g_param_spec_uint ("t1x64", NULL, NULL, 0, 600000, 0, flags);
  /**
   * AhoyStack:max-forwards:
   *
   * Max-Forwards of our requests (RFC 3261 §20.22).
   *
   * Since: 0.1
   */
  props[PROP_MAX_FORWARDS] =
      g_param_spec_uint ("max-forwards", NULL, NULL, 1, 255, DEFAULT_MAX_FORWARDS, flags);
  /**
   * AhoyStack:tcp-switch-size:
   *
   * A request of more bytes than this leaves over TCP when its target does not name a transport and
   * a TCP transport exists (RFC 3261 §18.1.1). 0 for never.
   *
   * Since: 0.1
   */
  props[PROP_TCP_SWITCH_SIZE] =
      g_param_spec_uint ("tcp-switch-size", NULL, NULL, 0, MAX_MESSAGE_SIZE, 1300, flags);
  /**
   * AhoyStack:compact-headers:
   *
   * Whether messages are written with the short names of headers (RFC 3261 §7.3.3). Read when the
   * stack starts.
   *
   * Since: 0.1
   */
  props[PROP_COMPACT_HEADERS] =
      g_param_spec_boolean ("compact-headers", NULL, NULL, FALSE, flags);
  /**
   * AhoyStack:running:
   *
   * Whether the stack was started.
   *
   * Since: 0.1
   */
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_stack_class_init (AhoyStackClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_stack_get_property;
  object_class->set_property = ahoy_stack_set_property;
  object_class->dispose = ahoy_stack_dispose;
  object_class->finalize = ahoy_stack_finalize;
  install_properties (object_class);

  /**
   * AhoyStack::connection-closed:
   * @self: the stack
   * @address: the address and port of the peer: `192.0.2.1:50123`, `[2001:db8::1]:50123`
   * @transport: the name of the transport that the connection came by
   *
   * A connection that a peer opened, and over which it sent a request, is closed, whoever closed
   * it. Nothing can be sent there any more. Nothing is told of those that end with the stack.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CONNECTION_CLOSED] =
      g_signal_new ("connection-closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);

  su_init ();
  su_log_set_level (NULL, 0);
}

static void
ahoy_stack_init (AhoyStack *self)
{
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_listener_free);
  self->tracked = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->option_tags = g_ptr_array_new_with_free_func (g_free);
  self->wire_taps = g_ptr_array_new_with_free_func (g_free);
  ahoy_admission_init (self);
  ahoy_connections_init (self);
  self->user_agent = g_strdup ("Ahoy/" AHOY_VERSION_STRING);
  self->t1 = DEFAULT_T1;
  self->max_forwards = DEFAULT_MAX_FORWARDS;
  self->tcp_switch_size = 1300;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_stack_new:
 * @context: (nullable): the context that the stack runs in; %NULL for the default one
 * @extensions: (nullable): where services are found; %NULL for a registry of its own
 *
 * Returns: (transfer full): a new stack, not started
 *
 * Since: 0.1
 */
AhoyStack *
ahoy_stack_new (GMainContext *context, AhoyExtensionRegistry *extensions)
{
  AhoyStack *self = g_object_new (AHOY_TYPE_STACK, NULL);

  self->owner = ahoy_owner_new (context);
  self->extensions =
      extensions != NULL ? g_object_ref (extensions) : ahoy_extension_registry_new ();
  self->scheduler = ahoy_scheduler_new (context);
  self->resolver = ahoy_resolver_new (context);
  return self;
}

/**
 * ahoy_stack_start:
 * @self: a stack
 * @error: return location for an error
 *
 * Starts the stack. It listens nowhere yet: see ahoy_stack_listen().
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE when it runs already, or with
 *   %AHOY_ERROR_FAILED when the system has no descriptors or memory left
 *
 * Since: 0.1
 */
gboolean
ahoy_stack_start (AhoyStack *self, GError **error)
{
  guint8 tag_key[32];
  guint t1x64;

  g_return_val_if_fail (AHOY_IS_STACK (self), FALSE);

  if (self->agent != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE, "The SIP stack runs already");
    return FALSE;
  }
  EVP_MAC_CTX_free (g_steal_pointer (&self->tag_hmac));
  if (getrandom (tag_key, sizeof tag_key, 0) == sizeof tag_key) {
    self->tag_hmac = ahoy_hmac_new (tag_key, sizeof tag_key);
  }
  if (self->tag_hmac == NULL || !ahoy_root_init (&self->root, self->owner->context)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "The SIP stack cannot start: the system gives no descriptors or no memory");
    return FALSE;
  }

  t1x64 = self->t1x64 != 0 ? self->t1x64 : 64 * self->t1;
  /* T4 stays at its 5 s: with less, a late retransmission of an INVITE opens a ghost call. */
  self->agent = nta_agent_create (
      self->root.root, (url_string_t *) -1, ahoy_stack_receive, self,
      NTATAG_MCLASS (ahoy_door_get_mclass ()), NTATAG_UA (1), NTATAG_CANCEL_487 (0),
      NTATAG_REL100 (0), NTATAG_PASS_100 (1), NTATAG_MERGE_482 (1), NTATAG_CLIENT_RPORT (1),
      NTATAG_SERVER_RPORT (1), NTATAG_USE_NAPTR (0), NTATAG_USE_SRV (0),
      NTATAG_MAXSIZE (MAX_MESSAGE_SIZE), NTATAG_SIP_T1 (self->t1), NTATAG_SIP_T1X64 (t1x64),
      NTATAG_SIP_T2 (MAX (4000, self->t1)),
      NTATAG_SIPFLAGS (self->compact_headers ? MSG_DO_COMPACT : 0),
      TPTAG_QUEUESIZE (1024), TPTAG_PONG2PING (1),
      TAG_END ());
  if (self->agent == NULL) {
    ahoy_root_clear (&self->root);
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "The SIP stack cannot start");
    return FALSE;
  }
  su_root_set_magic (self->root.root, self);
  self->replies = ahoy_reply_cache_new ((gint64) t1x64 * 1000, MAX_REPLIES);
  self->wire_tap_on = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
  return TRUE;
}

static void
abandon (GObject *object)
{
  if (AHOY_IS_SERVER_TRANSACTION (object)) {
    ahoy_server_transaction_abandon (AHOY_SERVER_TRANSACTION (object));
  } else {
    ahoy_client_transaction_abandon (AHOY_CLIENT_TRANSACTION (object));
  }
}

/**
 * ahoy_stack_stop:
 * @self: a stack
 *
 * Closes all sockets and forgets all transactions. Nothing is sent: who wants to say BYE does it
 * before.
 *
 * Since: 0.1
 */
void
ahoy_stack_stop (AhoyStack *self)
{
  GList *objects;

  g_return_if_fail (AHOY_IS_STACK (self));

  if (self->agent == NULL) {
    return;
  }
  objects = g_hash_table_get_keys (self->tracked);
  g_list_foreach (objects, (GFunc) (void (*) (void)) g_object_ref, NULL);
  g_list_foreach (objects, (GFunc) (void (*) (void)) abandon, NULL);
  g_list_free_full (objects, g_object_unref);
  g_hash_table_remove_all (self->tracked);
  /* Messages that live on hold sockets that do not. */
  self->owner->epoch++;

  if (self->expire_job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->expire_job);
    self->expire_job = 0;
  }
  ahoy_admission_clear (self);
  ahoy_connections_clear (self);
  g_clear_pointer (&self->replies, ahoy_reply_cache_free);
  g_clear_pointer (&self->agent, nta_agent_destroy);
  g_ptr_array_set_size (self->listeners, 0);
  ahoy_root_clear (&self->root);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
}

/**
 * ahoy_stack_is_running:
 * @self: a stack
 *
 * Returns: whether the stack was started
 *
 * Since: 0.1
 */
gboolean
ahoy_stack_is_running (AhoyStack *self)
{
  g_return_val_if_fail (AHOY_IS_STACK (self), FALSE);

  return self->agent != NULL;
}

static AhoyListener *
find_listener (AhoyStack *self, const char *name)
{
  for (guint i = 0; i < self->listeners->len; i++) {
    AhoyListener *listener = self->listeners->pdata[i];

    if (g_str_equal (listener->name, name)) {
      return listener;
    }
  }
  return NULL;
}

/**
 * ahoy_stack_listen:
 * @self: a running stack
 * @name: a name for the address, not used yet
 * @protocol: UDP or TCP
 * @address: a numeric IPv4 or IPv6 address; `0.0.0.0` or `::` for all
 * @port: the port, 0 for one that the kernel chooses
 * @external_address: (nullable): what peers see in Via and Contact, when that is not @address
 * @error: return location for an error
 *
 * Listens on an address, in addition to those it listens on already.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when the name or the address is taken,
 *   %AHOY_ERROR_INVALID_ARGUMENTS for something that is no address, %AHOY_ERROR_INVALID_STATE
 *   before the start
 *
 * Since: 0.1
 */
gboolean
ahoy_stack_listen (AhoyStack *self, const char *name, AhoyTransportProtocol protocol,
                   const char *address, guint16 port, const char *external_address, GError **error)
{
  AhoyListener *listener;

  g_return_val_if_fail (AHOY_IS_STACK (self), FALSE);
  g_return_val_if_fail (name != NULL && address != NULL, FALSE);

  if (self->agent == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Transport “%s” cannot listen before the stack is started", name);
    return FALSE;
  }
  if (find_listener (self, name) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "There is a transport “%s” already", name);
    return FALSE;
  }
  listener =
      ahoy_listener_open (self->agent, name, protocol, address, port, external_address, error);
  if (listener == NULL) {
    return FALSE;
  }
  g_ptr_array_add (self->listeners, listener);
  ahoy_wire_tap_apply (self);
  return TRUE;
}

/**
 * ahoy_stack_unlisten:
 * @self: a running stack
 * @name: the name given to ahoy_stack_listen()
 *
 * Closes the socket of an address and the connections that belong to it; the address and the name
 * can be used again at once. Transactions over those connections fail as they do when a peer closes
 * them. Dialogs stay: their next request leaves by another transport that fits, if there is one.
 *
 * Returns: whether the stack listened under that name
 *
 * Since: 0.1
 */
gboolean
ahoy_stack_unlisten (AhoyStack *self, const char *name)
{
  AhoyListener *listener;
  guint index;

  g_return_val_if_fail (AHOY_IS_STACK (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  listener = find_listener (self, name);
  if (listener == NULL || self->agent == NULL) {
    return FALSE;
  }
  /* Gone before its transactions fail: they look for another one. */
  g_ptr_array_find (self->listeners, listener, &index);
  listener = g_ptr_array_steal_index (self->listeners, index);
  ahoy_listener_close (listener, self->agent);
  ahoy_listener_free (listener);
  return TRUE;
}

/**
 * ahoy_stack_get_listener_port:
 * @self: a stack
 * @name: the name given to ahoy_stack_listen()
 *
 * Returns: the port that is really bound; 0 when nothing listens under that name
 *
 * Since: 0.1
 */
guint16
ahoy_stack_get_listener_port (AhoyStack *self, const char *name)
{
  AhoyListener *listener;

  g_return_val_if_fail (AHOY_IS_STACK (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  listener = find_listener (self, name);
  return listener != NULL ? listener->port : 0;
}

/**
 * ahoy_stack_set_keep_alive:
 * @self: a stack
 * @name: the name given to ahoy_stack_listen(), of a transport with connections
 * @seconds: how long a connection is silent until a double CRLF is sent; 0 for never
 * @error: return location for an error
 *
 * Asks peers whether they are still there (RFC 5626 §3.5.1): a connection that brings no CRLF, and
 * nothing else, within 10 seconds after the double CRLF is closed. This holds for connections that
 * begin afterwards, whichever side opens them, from the first message that they carry on.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_NOT_FOUND when nothing listens under that
 *   name, or with %AHOY_ERROR_NOT_SUPPORTED when it has no connections
 *
 * Since: 0.1
 */
gboolean
ahoy_stack_set_keep_alive (AhoyStack *self, const char *name, guint seconds, GError **error)
{
  AhoyListener *listener;

  g_return_val_if_fail (AHOY_IS_STACK (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  listener = find_listener (self, name);
  if (listener == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "There is no transport “%s” whose connections could be kept alive", name);
    return FALSE;
  }
  if (!ahoy_transport_protocol_is_reliable (listener->protocol)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The transport “%s” has no connections to keep alive; it speaks %s", name,
                 ahoy_transport_protocol_to_string (listener->protocol));
    return FALSE;
  }
  ahoy_listener_keep_alive (listener, self->agent, seconds);
  return TRUE;
}

/**
 * ahoy_stack_get_extensions:
 * @self: a stack
 *
 * Returns: (transfer none): the registry in which the stack finds its services
 *
 * Since: 0.1
 */
AhoyExtensionRegistry *
ahoy_stack_get_extensions (AhoyStack *self)
{
  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);

  return self->extensions;
}

/**
 * ahoy_stack_get_scheduler:
 * @self: a stack
 *
 * Returns: (transfer none): the timers of everything that runs on this stack
 *
 * Since: 0.1
 */
AhoyScheduler *
ahoy_stack_get_scheduler (AhoyStack *self)
{
  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);

  return self->scheduler;
}

/**
 * ahoy_stack_get_resolver:
 * @self: a stack
 *
 * Returns: (transfer none): what finds the next hop of our requests
 *
 * Since: 0.1
 */
AhoyResolver *
ahoy_stack_get_resolver (AhoyStack *self)
{
  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);

  return self->resolver;
}

/**
 * ahoy_stack_get_statistics:
 * @self: a stack
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_stack_get_statistics (AhoyStack *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_STACK (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "transactions",
                         (guint64) g_hash_table_size (self->tracked));
  g_variant_builder_add (&builder, "{st}", "cached-replies",
                         (guint64) (self->replies != NULL
                                        ? ahoy_reply_cache_get_size (self->replies)
                                        : 0));
  g_variant_builder_add (&builder, "{st}", "requests-received", self->requests_received);
  g_variant_builder_add (&builder, "{st}", "requests-refused", self->requests_refused);
  g_variant_builder_add (&builder, "{st}", "not-admitted", self->not_admitted);
  g_variant_builder_add (&builder, "{st}", "replies-repeated", self->replies_repeated);
  g_variant_builder_add (&builder, "{st}", "slow-extension-calls",
                         ahoy_extension_registry_get_slow_calls (self->extensions));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

void
ahoy_stack_emit_connection_closed (AhoyStack *self, const char *address, const char *transport)
{
  g_signal_emit (self, signals[SIGNAL_CONNECTION_CLOSED], 0, address, transport);
}

/* A transaction that Sofia points to stays alive until Sofia forgets it. */
void
ahoy_stack_track (AhoyStack *self, GObject *object)
{
  g_hash_table_add (self->tracked, g_object_ref (object));
}

void
ahoy_stack_untrack (AhoyStack *self, GObject *object)
{
  g_hash_table_remove (self->tracked, object);
}

guint
ahoy_stack_get_n_transactions (AhoyStack *self)
{
  return g_hash_table_size (self->tracked);
}

/* The interception layer, once; NULL takes it away. */
void
ahoy_stack_set_gate (AhoyStack *self, const AhoyStackGate *gate, gpointer user_data)
{
  self->gate = gate;
  self->gate_data = user_data;
}

/* The one place that each message of ours passes on its way out. */
void
ahoy_stack_outgoing (AhoyStack *self, AhoyMessage *message)
{
  if (self->gate != NULL && self->gate->outgoing != NULL) {
    self->gate->outgoing (self, message, self->gate_data);
  }
}

/* The one place that each request passes on its way in. */
void
ahoy_stack_incoming (AhoyStack *self, AhoyServerTransaction *transaction)
{
  if (self->gate != NULL && self->gate->request != NULL) {
    self->gate->request (self, transaction, self->gate_data);
  } else {
    ahoy_stack_dispatch (self, transaction);
  }
}

void
ahoy_stack_notice (AhoyStack *self, AhoyMessage *request)
{
  if (request != NULL && self->gate != NULL && self->gate->notice != NULL) {
    self->gate->notice (self, request, self->gate_data);
  }
}

/* Is the response for who sent the request? */
gboolean
ahoy_stack_incoming_response (AhoyStack *self, AhoyMessage *response)
{
  return ahoy_message_is_local (response) || self->gate == NULL || self->gate->response == NULL ||
         self->gate->response (self, response, self->gate_data) ||
         ahoy_message_get_status (response) >= 200;
}

/* Who answers challenges, once; NULL takes it away. */
void
ahoy_stack_set_prover (AhoyStack *self, const AhoyStackProver *prover, gpointer user_data)
{
  self->prover = prover;
  self->prover_data = user_data;
}

gboolean
ahoy_stack_can_prove (AhoyStack *self, AhoyMessage *request)
{
  return self->prover != NULL && self->prover->is_able (self, request, self->prover_data);
}

void
ahoy_stack_authorize (AhoyStack *self, AhoyMessage *request)
{
  if (self->prover != NULL) {
    self->prover->authorize (self, request, self->prover_data);
  }
}

gboolean
ahoy_stack_challenged (AhoyStack *self, AhoyMessage *request, AhoyMessage *response, guint round)
{
  return self->prover != NULL &&
         self->prover->challenged (self, request, response, round, self->prover_data);
}

void
ahoy_stack_response_made (AhoyStack *self, AhoyMessage *request, AhoyMessage *response)
{
  ahoy_message_put_headers (response, (const char *const *) self->headers);
  if (self->gate != NULL && self->gate->response_made != NULL) {
    self->gate->response_made (self, request, response, self->gate_data);
  }
}
