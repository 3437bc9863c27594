/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-trace.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-trace-filter.h"
#include "ahoy-trace-history.h"
#include "ahoy-trace-ladder.h"
#include "ahoy-trace-mask.h"
#include "ahoy-trace-message-private.h"

#define DEFAULT_CALLS 256
#define DEFAULT_MESSAGES 128
#define DEFAULT_BYTES (16 * 1024 * 1024)
#define MAX_WAITING 8192 /* messages that subscribers did not get yet */

/**
 * AhoyTrace:
 *
 * Shows every SIP message that crosses the network, with what the stack sends by itself: 100
 * Trying, the 200 to a CANCEL, the ACK of a refusal, retransmissions.
 *
 * A subscription gets the messages that fit its filter. The last messages of the last calls are
 * remembered, so that a call can be looked at after it went wrong: as a ladder, a list, or a packet
 * capture.
 *
 * While #AhoyTrace:history-calls is 0 and nobody has subscribed, a trace costs nothing.
 *
 * Since: 0.1
 */
struct _AhoyTrace {
  GObject parent_instance;

  AhoyStack *stack;
  guint tap;
  AhoyTraceHistory *history;
  AhoyTraceLimits limits;
  gboolean mask;

  GPtrArray *subscriptions; /* Subscription */
  guint64 last_id;
  GQueue waiting; /* AhoyTraceMessage */
  guint64 job;

  guint64 seen;
  guint64 lost;
};

typedef struct {
  gatomicrefcount ref_count;
  guint64 id;
  gboolean over;
  AhoyTraceFilter *filter;
  AhoyTraceFunc callback;
  gpointer user_data;
  GDestroyNotify destroy;
} Subscription;

enum {
  PROP_0,
  PROP_HISTORY_CALLS,
  PROP_HISTORY_MESSAGES,
  PROP_HISTORY_BYTES,
  PROP_MASK_CREDENTIALS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (AhoyTrace, ahoy_trace, G_TYPE_OBJECT)

static Subscription *
subscription_ref (Subscription *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
subscription_unref (Subscription *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count)) {
    return;
  }
  if (self->destroy != NULL) {
    self->destroy (self->user_data);
  }
  ahoy_trace_filter_free (self->filter);
  g_free (self);
}

static void on_wire (AhoyStack *stack, const AhoyWireMessage *wire, gpointer user_data);

/* The tap is there only while somebody wants what it gives. */
static void
update_tap (AhoyTrace *self)
{
  gboolean wanted = self->limits.calls > 0 || self->subscriptions->len > 0;

  if (wanted && self->tap == 0) {
    self->tap = ahoy_stack_add_wire_tap (self->stack, on_wire, self);
  } else if (!wanted && self->tap != 0) {
    ahoy_stack_remove_wire_tap (self->stack, self->tap);
    self->tap = 0;
  }
}

static void
deliver (AhoyTrace *self, AhoyTraceMessage *message)
{
  g_autoptr (GPtrArray) subscriptions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) subscription_unref);

  for (guint i = 0; i < self->subscriptions->len; i++) {
    g_ptr_array_add (subscriptions, subscription_ref (self->subscriptions->pdata[i]));
  }
  for (guint i = 0; i < subscriptions->len; i++) {
    Subscription *subscription = subscriptions->pdata[i];

    if (!subscription->over && ahoy_trace_filter_matches (subscription->filter, message)) {
      subscription->callback (self, message, subscription->user_data);
    }
  }
}

static void
on_due (gpointer user_data)
{
  g_autoptr (AhoyTrace) self = g_object_ref (AHOY_TRACE (user_data));
  guint n_messages = self->waiting.length;

  self->job = 0;
  for (; n_messages > 0 && self->waiting.length > 0; n_messages--) {
    g_autoptr (AhoyTraceMessage) message = g_queue_pop_head (&self->waiting);

    deliver (self, message);
  }
}

static gboolean
anybody_wants (AhoyTrace *self, AhoyTraceMessage *message)
{
  for (guint i = 0; i < self->subscriptions->len; i++) {
    const Subscription *subscription = self->subscriptions->pdata[i];

    if (ahoy_trace_filter_matches (subscription->filter, message)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Subscribers may do what they like, so they are called when Sofia is not running. */
static void
queue (AhoyTrace *self, AhoyTraceMessage *message)
{
  if (self->waiting.length >= MAX_WAITING) {
    self->lost++;
    return;
  }
  g_queue_push_tail (&self->waiting, g_object_ref (message));
  if (self->job == 0) {
    self->job = ahoy_scheduler_add (ahoy_stack_get_scheduler (self->stack), "trace", 0, on_due,
                                    self, NULL);
  }
}

static void
on_wire (AhoyStack *stack, const AhoyWireMessage *wire, gpointer user_data)
{
  AhoyTrace *self = user_data;
  g_autoptr (AhoyTraceMessage) message = ahoy_trace_message_new (wire, self->mask);

  self->seen++;
  if (self->subscriptions->len == 0) {
    ahoy_trace_history_add_later (self->history, message);
    return;
  }
  ahoy_trace_history_add (self->history, message);
  if (anybody_wants (self, message)) {
    queue (self, message);
  }
}

static void
ahoy_trace_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyTrace *self = AHOY_TRACE (object);

  switch (id) {
  case PROP_HISTORY_CALLS:
    g_value_set_uint (value, self->limits.calls);
    break;
  case PROP_HISTORY_MESSAGES:
    g_value_set_uint (value, self->limits.messages);
    break;
  case PROP_HISTORY_BYTES:
    g_value_set_uint64 (value, self->limits.bytes);
    break;
  case PROP_MASK_CREDENTIALS:
    g_value_set_boolean (value, self->mask);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_trace_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyTrace *self = AHOY_TRACE (object);

  switch (id) {
  case PROP_HISTORY_CALLS:
    self->limits.calls = g_value_get_uint (value);
    break;
  case PROP_HISTORY_MESSAGES:
    self->limits.messages = g_value_get_uint (value);
    break;
  case PROP_HISTORY_BYTES:
    self->limits.bytes = g_value_get_uint64 (value);
    break;
  case PROP_MASK_CREDENTIALS:
    self->mask = g_value_get_boolean (value);
    return;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  ahoy_trace_history_set_limits (self->history, &self->limits);
  update_tap (self);
}

static void
subscription_end (gpointer data)
{
  Subscription *subscription = data;

  subscription->over = TRUE;
  subscription_unref (subscription);
}

static void
ahoy_trace_dispose (GObject *object)
{
  AhoyTrace *self = AHOY_TRACE (object);

  g_ptr_array_set_size (self->subscriptions, 0);
  g_queue_clear_full (&self->waiting, g_object_unref);
  if (self->stack != NULL) {
    self->limits.calls = 0;
    update_tap (self);
    if (self->job != 0) {
      ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), self->job);
      self->job = 0;
    }
  }
  g_clear_object (&self->stack);
  G_OBJECT_CLASS (ahoy_trace_parent_class)->dispose (object);
}

static void
ahoy_trace_finalize (GObject *object)
{
  AhoyTrace *self = AHOY_TRACE (object);

  g_ptr_array_unref (self->subscriptions);
  ahoy_trace_history_free (self->history);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_trace_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyTrace:history-calls:
   *
   * Of how many calls the messages are remembered; a call is what has one Call-ID. 0 for none. What
   * never had an INVITE, such as registrations, is remembered besides, 256 of it at most; of
   * registrations that come by the hundred a second, the last 1024 messages.
   *
   * Since: 0.1
   */
  props[PROP_HISTORY_CALLS] =
      g_param_spec_uint ("history-calls", NULL, NULL, 0, 1000000, DEFAULT_CALLS, flags);
  /**
   * AhoyTrace:history-messages:
   *
   * How many messages of a call are remembered, the newest.
   *
   * Since: 0.1
   */
  props[PROP_HISTORY_MESSAGES] =
      g_param_spec_uint ("history-messages", NULL, NULL, 1, 100000, DEFAULT_MESSAGES, flags);
  /**
   * AhoyTrace:history-bytes:
   *
   * How many bytes all remembered messages may need together.
   *
   * Since: 0.1
   */
  props[PROP_HISTORY_BYTES] =
      g_param_spec_uint64 ("history-bytes", NULL, NULL, 0, G_MAXINT64, DEFAULT_BYTES, flags);
  /**
   * AhoyTrace:mask-credentials:
   *
   * Whether digest responses, tokens and media keys are replaced by as many asterisks in messages
   * from now on.
   *
   * Since: 0.1
   */
  props[PROP_MASK_CREDENTIALS] =
      g_param_spec_boolean ("mask-credentials", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_trace_class_init (AhoyTraceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_trace_get_property;
  object_class->set_property = ahoy_trace_set_property;
  object_class->dispose = ahoy_trace_dispose;
  object_class->finalize = ahoy_trace_finalize;
  install_properties (object_class);
}

static void
ahoy_trace_init (AhoyTrace *self)
{
  self->history = ahoy_trace_history_new ();
  self->limits = (AhoyTraceLimits){ DEFAULT_CALLS, DEFAULT_MESSAGES, DEFAULT_BYTES };
  ahoy_trace_history_set_limits (self->history, &self->limits);
  self->mask = TRUE;
  self->subscriptions = g_ptr_array_new_with_free_func (subscription_end);
  g_queue_init (&self->waiting);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_trace_new:
 * @stack: a stack, started or not
 *
 * Returns: (transfer full): a new trace of all that @stack sends and receives
 *
 * Since: 0.1
 */
AhoyTrace *
ahoy_trace_new (AhoyStack *stack)
{
  AhoyTrace *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);

  self = g_object_new (AHOY_TYPE_TRACE, NULL);
  self->stack = g_object_ref (stack);
  update_tap (self);
  return self;
}

/**
 * ahoy_trace_subscribe:
 * @self: a trace
 * @filter: (nullable): what to show (`a{sv}`); %NULL for all but keep-alives
 * @callback: (scope notified) (closure user_data) (destroy destroy): called with each message
 * @user_data: for @callback
 * @destroy: (nullable): frees @user_data
 * @error: return location for an error
 *
 * Asks for messages. @filter may have `call-id` (s), `session-id` (s), `method` (s), `direction`
 * (s, `in` or `out`), `peer` (s, an address, an address with a port, or a network) and
 * `keep-alives` (b); all that is given has to hold. @callback is called from the main context soon
 * after the message crossed, and may do anything.
 *
 * Returns: an id for ahoy_trace_unsubscribe(); 0 with %AHOY_ERROR_INVALID_ARGUMENTS when the filter
 *   cannot be used, @user_data is freed then
 *
 * Since: 0.1
 */
guint64
ahoy_trace_subscribe (AhoyTrace *self, GVariant *filter, AhoyTraceFunc callback,
                      gpointer user_data, GDestroyNotify destroy, GError **error)
{
  Subscription *subscription;
  AhoyTraceFilter *parsed;

  g_return_val_if_fail (AHOY_IS_TRACE (self), 0);
  g_return_val_if_fail (callback != NULL, 0);

  parsed = ahoy_trace_filter_new (filter, error);
  if (parsed == NULL) {
    if (destroy != NULL) {
      destroy (user_data);
    }
    return 0;
  }
  subscription = g_new0 (Subscription, 1);
  g_atomic_ref_count_init (&subscription->ref_count);
  subscription->id = ++self->last_id;
  subscription->filter = parsed;
  subscription->callback = callback;
  subscription->user_data = user_data;
  subscription->destroy = destroy;
  g_ptr_array_add (self->subscriptions, subscription);
  update_tap (self);
  return subscription->id;
}

static void
on_pcap (AhoyTrace *self, AhoyTraceMessage *message, gpointer user_data)
{
  ahoy_pcap_writer_write (user_data, message, NULL);
}

/**
 * ahoy_trace_subscribe_pcap:
 * @self: a trace
 * @filter: (nullable): as for ahoy_trace_subscribe()
 * @writer: where to write to
 * @error: return location for an error
 *
 * Writes messages to a packet capture from now on. When the capture cannot be written to any more,
 * ahoy_pcap_writer_get_error() says why.
 *
 * Returns: an id for ahoy_trace_unsubscribe(); 0 with %AHOY_ERROR_INVALID_ARGUMENTS when the filter
 *   cannot be used
 *
 * Since: 0.1
 */
guint64
ahoy_trace_subscribe_pcap (AhoyTrace *self, GVariant *filter, AhoyPcapWriter *writer,
                           GError **error)
{
  g_return_val_if_fail (AHOY_IS_TRACE (self), 0);
  g_return_val_if_fail (AHOY_IS_PCAP_WRITER (writer), 0);

  return ahoy_trace_subscribe (self, filter, on_pcap, g_object_ref (writer), g_object_unref,
                               error);
}

/**
 * ahoy_trace_unsubscribe:
 * @self: a trace
 * @id: what ahoy_trace_subscribe() returned
 *
 * Ends a subscription. Its callback is not called any more.
 *
 * Returns: whether there was such a subscription
 *
 * Since: 0.1
 */
gboolean
ahoy_trace_unsubscribe (AhoyTrace *self, guint64 id)
{
  g_return_val_if_fail (AHOY_IS_TRACE (self), FALSE);

  for (guint i = 0; i < self->subscriptions->len; i++) {
    const Subscription *subscription = self->subscriptions->pdata[i];

    if (subscription->id == id) {
      g_ptr_array_remove_index (self->subscriptions, i);
      update_tap (self);
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * ahoy_trace_set_session_id:
 * @self: a trace
 * @call_id: a Call-ID
 * @session_id: (nullable): the id of the session that the call belongs to
 *
 * Tells which session the messages of a call belong to, so that filters and subscribers can name
 * it. It is remembered as long as the call is.
 *
 * Since: 0.1
 */
void
ahoy_trace_set_session_id (AhoyTrace *self, const char *call_id, const char *session_id)
{
  g_return_if_fail (AHOY_IS_TRACE (self));
  g_return_if_fail (call_id != NULL);

  ahoy_trace_history_set_session_id (self->history, call_id, session_id);
}

/**
 * ahoy_trace_list_calls:
 * @self: a trace
 *
 * Returns: (transfer full) (array zero-terminated=1): the Call-IDs of the calls that are
 *   remembered, the one that was silent for longest first
 *
 * Since: 0.1
 */
char **
ahoy_trace_list_calls (AhoyTrace *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE (self), NULL);

  return ahoy_trace_history_list_calls (self->history);
}

/**
 * ahoy_trace_get_messages:
 * @self: a trace
 * @call_id: a Call-ID
 *
 * What is about a call and says so (Target-Dialog, RFC 4538), such as a REFER outside of its
 * dialog, is among its messages, though it has another Call-ID.
 *
 * Returns: (transfer container) (element-type AhoyTraceMessage): the messages of that call that are
 *   remembered, oldest first; empty when there are none
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_trace_get_messages (AhoyTrace *self, const char *call_id)
{
  g_return_val_if_fail (AHOY_IS_TRACE (self), NULL);
  g_return_val_if_fail (call_id != NULL, NULL);

  return ahoy_trace_history_list (self->history, call_id, NULL);
}

/**
 * ahoy_trace_get_history:
 * @self: a trace
 * @call_id: a Call-ID
 *
 * The messages of a call in short: when (µs since 1970, UTC), `in` or `out`, a summary for people,
 * and the address of the peer.
 *
 * Returns: (transfer full): a list of messages (`a(tsss)`), oldest first
 *
 * Since: 0.1
 */
GVariant *
ahoy_trace_get_history (AhoyTrace *self, const char *call_id)
{
  g_autoptr (GPtrArray) messages = NULL;
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_TRACE (self), NULL);
  g_return_val_if_fail (call_id != NULL, NULL);

  messages = ahoy_trace_history_list (self->history, call_id, NULL);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(tsss)"));
  for (guint i = 0; i < messages->len; i++) {
    AhoyTraceMessage *message = messages->pdata[i];
    g_autofree char *peer =
        ahoy_trace_address_to_string (G_SOCKET_ADDRESS (ahoy_trace_message_peek_peer (message)));
    g_autofree char *summary =
        g_strconcat (ahoy_trace_message_get_summary (message),
                     ahoy_trace_message_is_repetition (message) ? " again" : "", NULL);

    g_variant_builder_add (&builder, "(tsss)", (guint64) ahoy_trace_message_get_time (message),
                           ahoy_trace_message_is_incoming (message) ? "in" : "out", summary, peer);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * ahoy_trace_get_ladder:
 * @self: a trace
 * @call_id: a Call-ID
 *
 * Draws a call in ASCII: a column for each address, an arrow for each message with its method or
 * status, `+SDP` where there is a session description, `again` for a retransmission, and the
 * milliseconds since the first message that is remembered.
 *
 * Returns: (transfer full): the ladder, in lines; empty when nothing is remembered of that call
 *
 * Since: 0.1
 */
char *
ahoy_trace_get_ladder (AhoyTrace *self, const char *call_id)
{
  g_autoptr (GPtrArray) messages = NULL;
  guint forgotten = 0;

  g_return_val_if_fail (AHOY_IS_TRACE (self), NULL);
  g_return_val_if_fail (call_id != NULL, NULL);

  messages = ahoy_trace_history_list (self->history, call_id, &forgotten);
  return ahoy_trace_make_ladder (messages, forgotten);
}

/**
 * ahoy_trace_save_pcap:
 * @self: a trace
 * @call_id: a Call-ID
 * @path: the file to write; what is in it is lost
 * @error: return location for an error
 *
 * Writes the messages of a call that are remembered to a packet capture.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_NOT_FOUND when nothing is remembered of that
 *   call, or with %AHOY_ERROR_FAILED when the file cannot be written
 *
 * Since: 0.1
 */
gboolean
ahoy_trace_save_pcap (AhoyTrace *self, const char *call_id, const char *path, GError **error)
{
  g_autoptr (AhoyPcapWriter) writer = NULL;
  g_autoptr (GPtrArray) messages = NULL;

  g_return_val_if_fail (AHOY_IS_TRACE (self), FALSE);
  g_return_val_if_fail (call_id != NULL && path != NULL, FALSE);

  messages = ahoy_trace_history_list (self->history, call_id, NULL);
  if (messages->len == 0) {
    g_autofree char *shown = ahoy_trace_printable (call_id, -1, 100);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "No message with the Call-ID “%s” is remembered", shown);
    return FALSE;
  }
  writer = ahoy_pcap_writer_new_for_path (path, error);
  for (guint i = 0; writer != NULL && i < messages->len; i++) {
    if (!ahoy_pcap_writer_write (writer, messages->pdata[i], error)) {
      return FALSE;
    }
  }
  return writer != NULL;
}

/**
 * ahoy_trace_get_statistics:
 * @self: a trace
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_trace_get_statistics (AhoyTrace *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_TRACE (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "messages", self->seen);
  g_variant_builder_add (&builder, "{st}", "lost", self->lost);
  g_variant_builder_add (&builder, "{st}", "subscriptions", (guint64) self->subscriptions->len);
  g_variant_builder_add (&builder, "{st}", "history-bytes",
                         (guint64) ahoy_trace_history_get_bytes (self->history));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
