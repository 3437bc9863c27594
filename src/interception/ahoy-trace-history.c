/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-trace-history.h"
#include "ahoy-trace-message-private.h"

/*
 * The last messages of the last calls. A call is what has one Call-ID; the call that was silent for
 * longest is forgotten first. Whoever floods us with Call-IDs makes us forget, and costs no more
 * memory than the limits say.
 */

/* What a message costs besides its bytes: the object, its texts and addresses. */
#define MESSAGE_OVERHEAD 1024

typedef struct {
  char *call_id;
  char *session_id;
  GQueue messages; /* AhoyTraceMessage, oldest first */
  guint forgotten; /* messages that are not here any more */
  GList link;      /* in the history's queue */
} Call;

struct _AhoyTraceHistory {
  AhoyTraceLimits limits;
  GHashTable *calls; /* call_id → Call */
  GQueue order;      /* Call, the one that was silent for longest first */
  gsize bytes;
};

static gsize
size_of (AhoyTraceMessage *message)
{
  return g_bytes_get_size (ahoy_trace_message_get_bytes (message)) + MESSAGE_OVERHEAD;
}

static void
call_free (gpointer data)
{
  Call *call = data;

  g_queue_clear_full (&call->messages, g_object_unref);
  g_free (call->call_id);
  g_free (call->session_id);
  g_free (call);
}

AhoyTraceHistory *
ahoy_trace_history_new (void)
{
  AhoyTraceHistory *self = g_new0 (AhoyTraceHistory, 1);

  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, call_free);
  g_queue_init (&self->order);
  return self;
}

void
ahoy_trace_history_free (AhoyTraceHistory *self)
{
  g_hash_table_unref (self->calls);
  g_free (self);
}

static void
drop_message (AhoyTraceHistory *self, Call *call)
{
  g_autoptr (AhoyTraceMessage) message = g_queue_pop_head (&call->messages);

  self->bytes -= size_of (message);
  call->forgotten++;
}

static void
drop_call (AhoyTraceHistory *self, Call *call)
{
  while (call->messages.length > 0) {
    drop_message (self, call);
  }
  g_queue_unlink (&self->order, &call->link);
  g_hash_table_remove (self->calls, call->call_id);
}

static void
keep_within_limits (AhoyTraceHistory *self)
{
  while (self->order.length > self->limits.calls) {
    drop_call (self, g_queue_peek_head (&self->order));
  }
  while (self->bytes > self->limits.bytes && self->order.length > 1) {
    drop_call (self, g_queue_peek_head (&self->order));
  }
  /* One call alone may be too much. */
  while (self->bytes > self->limits.bytes && self->order.length == 1) {
    Call *call = g_queue_peek_head (&self->order);

    if (call->messages.length == 0) {
      drop_call (self, call);
      return;
    }
    drop_message (self, call);
  }
}

void
ahoy_trace_history_set_limits (AhoyTraceHistory *self, const AhoyTraceLimits *limits)
{
  self->limits = *limits;
  for (GList *at = self->order.head; at != NULL; at = at->next) {
    Call *call = at->data;

    while (call->messages.length > limits->messages) {
      drop_message (self, call);
    }
  }
  keep_within_limits (self);
}

static Call *
find_or_make_call (AhoyTraceHistory *self, const char *call_id)
{
  Call *call = g_hash_table_lookup (self->calls, call_id);

  if (call == NULL) {
    call = g_new0 (Call, 1);
    call->call_id = g_strdup (call_id);
    call->link.data = call;
    g_queue_init (&call->messages);
    g_hash_table_insert (self->calls, call->call_id, call);
  } else {
    g_queue_unlink (&self->order, &call->link);
  }
  g_queue_push_tail_link (&self->order, &call->link);
  return call;
}

/* Remembers @message, and tells it what is known of its call. */
void
ahoy_trace_history_add (AhoyTraceHistory *self, AhoyTraceMessage *message)
{
  const char *call_id = ahoy_trace_message_get_call_id (message);
  Call *call;

  if (call_id == NULL || self->limits.calls == 0 || self->limits.messages == 0) {
    return;
  }
  call = find_or_make_call (self, call_id);
  ahoy_trace_message_set_session_id (message, call->session_id);
  for (GList *at = call->messages.tail; at != NULL; at = at->prev) {
    if (ahoy_trace_message_equal (message, at->data)) {
      ahoy_trace_message_set_repetition (message);
      break;
    }
  }
  g_queue_push_tail (&call->messages, g_object_ref (message));
  self->bytes += size_of (message);
  if (call->messages.length > self->limits.messages) {
    drop_message (self, call);
  }
  keep_within_limits (self);
}

/* The messages of a call, oldest first; each element is a reference. */
GPtrArray *
ahoy_trace_history_list (AhoyTraceHistory *self, const char *call_id, guint *forgotten)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  Call *call = g_hash_table_lookup (self->calls, call_id);

  for (GList *at = call != NULL ? call->messages.head : NULL; at != NULL; at = at->next) {
    g_ptr_array_add (list, g_object_ref (at->data));
  }
  if (forgotten != NULL) {
    *forgotten = call != NULL ? call->forgotten : 0;
  }
  return list;
}

/* The Call-IDs, the one that was silent for longest first. */
char **
ahoy_trace_history_list_calls (AhoyTraceHistory *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (GList *at = self->order.head; at != NULL; at = at->next) {
    g_strv_builder_add (builder, ((Call *) at->data)->call_id);
  }
  return g_strv_builder_end (builder);
}

void
ahoy_trace_history_set_session_id (AhoyTraceHistory *self, const char *call_id,
                                   const char *session_id)
{
  Call *call;

  if (self->limits.calls == 0) {
    return;
  }
  call = find_or_make_call (self, call_id);
  g_free (call->session_id);
  call->session_id = g_strdup (session_id);
  for (GList *at = call->messages.head; at != NULL; at = at->next) {
    ahoy_trace_message_set_session_id (at->data, session_id);
  }
  keep_within_limits (self);
}

gsize
ahoy_trace_history_get_bytes (AhoyTraceHistory *self)
{
  return self->bytes;
}
