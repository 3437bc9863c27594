/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-trace-history.h"
#include "ahoy-trace-message-private.h"

/*
 * The last messages of the last calls. A call is what has one Call-ID; the call that was silent for
 * longest is forgotten first. Whoever floods us with Call-IDs makes us forget, and costs no more
 * memory than the limits say. What never had an INVITE, such as registrations, is remembered as
 * well, but only the last of it, and it pushes out no call: a registrar has thousands a second.
 *
 * What is about a call and has a Call-ID of its own, such as a REFER outside of its dialog, is
 * remembered with it when it says so (Target-Dialog, RFC 4538).
 */
#define MAX_OTHERS 256
#define MAX_RELATED 16 /* Call-IDs of one call, besides its own */

/* Messages of registrations wait until somebody asks for the history, or something comes that has
 * to be put beside them. Where they come so fast that the first of so many is younger than the
 * span, it is forgotten without anybody having read it. */
#define MAX_FRESH 1024
#define FRESH_SPAN (10 * G_USEC_PER_SEC)

/* What a message costs besides its bytes: the object, its texts and addresses. */
#define MESSAGE_OVERHEAD 1024

typedef struct {
  char *call_id;
  char *session_id;
  GQueue messages; /* AhoyTraceMessage, oldest first */
  guint forgotten; /* messages that are not here any more */
  guint related;   /* other Call-IDs that belong to it */
  guint64 touched; /* when it spoke last, as a number that grows */
  GQueue *order;   /* the one of the history's queues that it is in */
  GList link;      /* there */
} Call;

struct _AhoyTraceHistory {
  AhoyTraceLimits limits;
  GHashTable *calls; /* call_id → Call */
  GHashTable *related; /* Call-ID that is not in @calls → Call, not a copy */
  GQueue order;      /* Call, the one that was silent for longest first */
  GQueue others;     /* the same of those without an INVITE */
  GQueue fresh;      /* AhoyTraceMessage, those that wait, oldest first */
  guint64 touches;
  gsize bytes;
};

static gsize
size_of (AhoyTraceMessage *message)
{
  return ahoy_trace_message_get_size (message) + MESSAGE_OVERHEAD;
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
  self->related = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->order);
  g_queue_init (&self->others);
  g_queue_init (&self->fresh);
  return self;
}

void
ahoy_trace_history_free (AhoyTraceHistory *self)
{
  g_queue_clear_full (&self->fresh, g_object_unref);
  g_hash_table_unref (self->related);
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

static gboolean
is_of_call (gpointer call_id, gpointer call, gpointer dropped)
{
  return call == dropped;
}

static void
drop_call (AhoyTraceHistory *self, Call *call)
{
  while (call->messages.length > 0) {
    drop_message (self, call);
  }
  if (call->related > 0) {
    g_hash_table_foreach_remove (self->related, is_of_call, call);
  }
  g_queue_unlink (call->order, &call->link);
  g_hash_table_remove (self->calls, call->call_id);
}

static gboolean
is_too_much (AhoyTraceHistory *self)
{
  return self->bytes > self->limits.bytes;
}

static void
keep_within_limits (AhoyTraceHistory *self)
{
  while (self->others.length > MIN (self->limits.calls, MAX_OTHERS) ||
         (is_too_much (self) && self->others.length > 1)) {
    drop_call (self, g_queue_peek_head (&self->others));
  }
  while (self->order.length > self->limits.calls ||
         (is_too_much (self) && self->order.length > 1)) {
    drop_call (self, g_queue_peek_head (&self->order));
  }
  /* One of each alone may be too much. */
  while (is_too_much (self)) {
    Call *call = g_queue_peek_head (self->others.length > 0 ? &self->others : &self->order);

    if (call->messages.length == 0) {
      drop_call (self, call);
    } else {
      drop_message (self, call);
    }
  }
}

/* With @calls it is a call from now on. */
static Call *
find_or_make_call (AhoyTraceHistory *self, const char *call_id, gboolean calls, guint64 serial)
{
  Call *call = g_hash_table_lookup (self->calls, call_id);

  if (call == NULL) {
    call = g_new0 (Call, 1);
    call->call_id = g_strdup (call_id);
    call->link.data = call;
    call->order = &self->others;
    g_queue_init (&call->messages);
    g_hash_table_insert (self->calls, call->call_id, call);
  } else {
    g_queue_unlink (call->order, &call->link);
  }
  if (calls) {
    call->order = &self->order;
  }
  call->touched = MAX (call->touched, serial);
  g_queue_push_tail_link (call->order, &call->link);
  return call;
}

static gboolean
is_invite (AhoyTraceMessage *message)
{
  return g_strcmp0 (ahoy_trace_message_get_method (message), "INVITE") == 0;
}

/* The call that has this Call-ID, or that what has it is about. */
static Call *
find_call (AhoyTraceHistory *self, const char *call_id)
{
  Call *call = g_hash_table_lookup (self->calls, call_id);

  return call != NULL ? call : g_hash_table_lookup (self->related, call_id);
}

/* The first request of a dialog says which call it is about; what follows has its Call-ID. */
static void
relate (AhoyTraceHistory *self, AhoyTraceMessage *message, const char *call_id)
{
  const char *target = is_invite (message) ? NULL : ahoy_trace_message_get_target (message);
  Call *call = target != NULL ? g_hash_table_lookup (self->calls, target) : NULL;

  if (call != NULL && call->order == &self->order && call->related < MAX_RELATED &&
      find_call (self, call_id) == NULL) {
    g_hash_table_insert (self->related, g_strdup (call_id), call);
    call->related++;
  }
}

/* Behind those that came before it. */
static void
push_in_order (Call *call, AhoyTraceMessage *message)
{
  guint64 serial = ahoy_trace_message_get_serial (message);
  GList *at = call->messages.tail;

  while (at != NULL && ahoy_trace_message_get_serial (at->data) > serial) {
    at = at->prev;
  }
  g_queue_insert_after (&call->messages, at, g_object_ref (message));
}

static void
sort_in (AhoyTraceHistory *self, AhoyTraceMessage *message)
{
  const char *call_id = ahoy_trace_message_get_call_id (message);
  Call *call;

  if (call_id == NULL) {
    return;
  }
  relate (self, message, call_id);
  call = find_call (self, call_id);
  call = find_or_make_call (self, call != NULL ? call->call_id : call_id, is_invite (message),
                            ahoy_trace_message_get_serial (message));
  ahoy_trace_message_set_session_id (message, call->session_id);
  for (GList *at = call->messages.tail; at != NULL; at = at->prev) {
    if (ahoy_trace_message_equal (message, at->data)) {
      ahoy_trace_message_set_repetition (message);
      break;
    }
  }
  push_in_order (call, message);
  self->bytes += size_of (message);
  if (call->messages.length > self->limits.messages) {
    drop_message (self, call);
  }
  keep_within_limits (self);
}

static AhoyTraceMessage *
take_fresh (AhoyTraceHistory *self)
{
  AhoyTraceMessage *message = g_queue_pop_head (&self->fresh);

  if (message != NULL) {
    self->bytes -= size_of (message);
  }
  return message;
}

static void
settle_fresh (AhoyTraceHistory *self)
{
  AhoyTraceMessage *message;

  while ((message = take_fresh (self)) != NULL) {
    sort_in (self, message);
    g_object_unref (message);
  }
}

static void
shorten_all (GQueue *order, AhoyTraceHistory *self)
{
  for (GList *at = order->head; at != NULL; at = at->next) {
    Call *call = at->data;

    while (call->messages.length > self->limits.messages) {
      drop_message (self, call);
    }
  }
}

void
ahoy_trace_history_set_limits (AhoyTraceHistory *self, const AhoyTraceLimits *limits)
{
  settle_fresh (self);
  self->limits = *limits;
  shorten_all (&self->order, self);
  shorten_all (&self->others, self);
  keep_within_limits (self);
}

static gboolean
is_off (AhoyTraceHistory *self)
{
  return self->limits.calls == 0 || self->limits.messages == 0;
}

/* Remembers @message, and tells it what is known of its call. */
void
ahoy_trace_history_add (AhoyTraceHistory *self, AhoyTraceMessage *message)
{
  const char *call_id = ahoy_trace_message_get_call_id (message);
  Call *call;

  if (call_id == NULL || is_off (self)) {
    return;
  }
  call = find_call (self, call_id);
  /* Messages of calls may overtake those that wait: another queue has them. */
  if (!is_invite (message) && (call == NULL || call->order == &self->others)) {
    settle_fresh (self);
  }
  ahoy_trace_message_set_serial (message, ++self->touches);
  sort_in (self, message);
}

/* The same, but what is known of its call may be told only when the history is asked for. */
void
ahoy_trace_history_add_later (AhoyTraceHistory *self, AhoyTraceMessage *message)
{
  if (is_off (self)) {
    return;
  }
  if (!ahoy_trace_message_is_register (message)) {
    ahoy_trace_history_add (self, message);
    return;
  }
  if (self->fresh.length >= MAX_FRESH) {
    AhoyTraceMessage *oldest = g_queue_peek_head (&self->fresh);

    if (ahoy_trace_message_get_time (message) - ahoy_trace_message_get_time (oldest) <
        FRESH_SPAN) {
      g_object_unref (take_fresh (self));
    } else {
      settle_fresh (self);
    }
  }
  ahoy_trace_message_set_serial (message, ++self->touches);
  g_queue_push_tail (&self->fresh, g_object_ref (message));
  self->bytes += size_of (message);
  if (is_too_much (self)) {
    settle_fresh (self);
  }
}

/* The messages of a call and of what is about it, oldest first; each element is a reference. */
GPtrArray *
ahoy_trace_history_list (AhoyTraceHistory *self, const char *call_id, guint *forgotten)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  Call *call;

  settle_fresh (self);
  call = find_call (self, call_id);
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
  GList *call;
  GList *other;

  settle_fresh (self);
  call = self->order.head;
  other = self->others.head;
  while (call != NULL || other != NULL) {
    GList **next = call == NULL || (other != NULL && ((Call *) other->data)->touched <
                                                         ((Call *) call->data)->touched)
                       ? &other
                       : &call;

    g_strv_builder_add (builder, ((Call *) (*next)->data)->call_id);
    *next = (*next)->next;
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
  call = find_or_make_call (self, call_id, TRUE, ++self->touches);
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
  settle_fresh (self);
  return self->bytes;
}
