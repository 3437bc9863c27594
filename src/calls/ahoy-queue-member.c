/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-queue-member-private.h"

#include <string.h>

#include "ahoy-dial-private.h"

/* A member of a queue: an endpoint, by its name, whether there is one of that name or not. */
struct _AhoyQueueMember {
  AhoyDialApplication *dial; /* not a reference: it outlives the queue */
  AhoyScheduler *scheduler;
  char *name;
  char *target;           /* what is dialled: the name, with an address of record if one is said */
  AhoyEndpoint *endpoint; /* that is watched; NULL: there is none */
  gpointer caller;        /* for whom it rings */
  AhoySession *call;      /* that it answered */
  gint64 wrap_up;
  gint64 free_at; /* 0: now */
  gboolean wraps_up;
  gint64 last_call;
  AhoyQueueMemberFunc func;
  gpointer user_data;
};

static AhoyEndpointRegistry *
get_endpoints (AhoyQueueMember *self)
{
  return ahoy_dial_application_get_endpoints (self->dial);
}

/* One handler for all properties of it that matter. */
static void
on_notify (AhoyEndpoint *endpoint, GParamSpec *pspec, gpointer user_data)
{
  AhoyQueueMember *self = user_data;

  self->func (self->user_data);
}

static void
watch (AhoyQueueMember *self, AhoyEndpoint *endpoint)
{
  if (self->endpoint != NULL) {
    g_signal_handlers_disconnect_by_data (self->endpoint, self);
  }
  g_set_object (&self->endpoint, endpoint);
  if (endpoint != NULL) {
    g_signal_connect (endpoint, "notify", G_CALLBACK (on_notify), self);
  }
}

static void
on_endpoint_added (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  AhoyQueueMember *self = user_data;

  if (g_str_equal (ahoy_endpoint_get_name (endpoint), self->name)) {
    watch (self, endpoint);
    self->func (self->user_data);
  }
}

static void
on_endpoint_removed (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  AhoyQueueMember *self = user_data;

  if (endpoint == self->endpoint) {
    watch (self, NULL);
    self->func (self->user_data);
  }
}

static void
forget_call (AhoyQueueMember *self)
{
  if (self->call != NULL) {
    g_signal_handlers_disconnect_by_data (self->call, self);
    g_clear_object (&self->call);
  }
}

/* Whoever its partner was at the end: the call from the queue is over. */
static void
on_call_ended (AhoySession *session, gpointer user_data)
{
  AhoyQueueMember *self = user_data;

  forget_call (self);
  self->last_call = ahoy_scheduler_get_now (self->scheduler);
  self->wraps_up = TRUE;
  self->free_at = self->wrap_up > 0 ? self->last_call + self->wrap_up : 0;
  self->func (self->user_data);
}

AhoyQueueMember *
ahoy_queue_member_new (AhoyDialApplication *dial, const char *target, AhoyQueueMemberFunc func,
                       gpointer user_data)
{
  AhoyQueueMember *self = g_new0 (AhoyQueueMember, 1);
  AhoyStack *stack =
      ahoy_session_service_get_stack (ahoy_dial_application_get_sessions (dial));

  self->dial = dial;
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->name = g_strndup (target, strcspn (target, "/"));
  self->target = g_strdup (target);
  self->func = func;
  self->user_data = user_data;
  watch (self, ahoy_endpoint_registry_lookup (get_endpoints (self), self->name));
  g_signal_connect (get_endpoints (self), "endpoint-added", G_CALLBACK (on_endpoint_added), self);
  g_signal_connect (get_endpoints (self), "endpoint-removed", G_CALLBACK (on_endpoint_removed),
                    self);
  return self;
}

void
ahoy_queue_member_free (AhoyQueueMember *self)
{
  g_signal_handlers_disconnect_by_data (get_endpoints (self), self);
  watch (self, NULL);
  forget_call (self);
  g_object_unref (self->scheduler);
  g_free (self->name);
  g_free (self->target);
  g_free (self);
}

const char *
ahoy_queue_member_get_name (AhoyQueueMember *self)
{
  return self->name;
}

const char *
ahoy_queue_member_get_target (AhoyQueueMember *self)
{
  return self->target;
}

void
ahoy_queue_member_set_target (AhoyQueueMember *self, const char *target)
{
  g_autofree char *before = g_steal_pointer (&self->target);

  self->target = g_strdup (target);
}

/* Whether a call could get there, busy or not. */
static gboolean
is_there (AhoyQueueMember *self)
{
  g_autoptr (AhoyDialTarget) target = NULL;

  if (self->endpoint == NULL ||
      ahoy_endpoint_get_state (self->endpoint) == AHOY_ENDPOINT_DISABLED) {
    return FALSE;
  }
  target = ahoy_dial_target_new (get_endpoints (self),
                                 ahoy_dial_application_get_location (self->dial), self->target);
  for (guint i = 0; i < target->places->len; i++) {
    AhoyDialPlace *place = target->places->pdata[i];

    if (ahoy_contact_get_status (place->contact) != AHOY_CONTACT_STATUS_UNREACHABLE) {
      return TRUE;
    }
  }
  return target->status == 486; /* it has as many calls as it may have */
}

AhoyQueueMemberState
ahoy_queue_member_get_state (AhoyQueueMember *self)
{
  if (self->caller != NULL) {
    return AHOY_QUEUE_MEMBER_RINGING;
  }
  if (self->call != NULL) {
    return AHOY_QUEUE_MEMBER_TALKING;
  }
  if (!is_there (self)) {
    return AHOY_QUEUE_MEMBER_UNAVAILABLE;
  }
  if (ahoy_endpoint_get_active_sessions (self->endpoint) > 0) {
    return AHOY_QUEUE_MEMBER_BUSY;
  }
  if (self->free_at > ahoy_scheduler_get_now (self->scheduler)) {
    return self->wraps_up ? AHOY_QUEUE_MEMBER_WRAP_UP : AHOY_QUEUE_MEMBER_PAUSE;
  }
  return AHOY_QUEUE_MEMBER_FREE;
}

const char *
ahoy_queue_member_state_to_string (AhoyQueueMemberState state)
{
  static const char *const names[] = { "free", "ringing", "talking", "wrap-up",
                                       "pause", "busy", "unavailable" };

  return names[state];
}

gint64
ahoy_queue_member_get_last_call (AhoyQueueMember *self)
{
  return self->last_call;
}

gint64
ahoy_queue_member_get_free_at (AhoyQueueMember *self)
{
  return self->free_at;
}

void
ahoy_queue_member_set_caller (AhoyQueueMember *self, gpointer caller)
{
  self->caller = caller;
}

gpointer
ahoy_queue_member_get_caller (AhoyQueueMember *self)
{
  return self->caller;
}

void
ahoy_queue_member_pause (AhoyQueueMember *self, gint64 duration)
{
  self->wraps_up = FALSE;
  self->free_at = ahoy_scheduler_get_now (self->scheduler) + duration;
}

void
ahoy_queue_member_take (AhoyQueueMember *self, AhoySession *call)
{
  forget_call (self);
  self->call = g_object_ref (call);
  self->last_call = ahoy_scheduler_get_now (self->scheduler);
  self->free_at = 0;
  g_signal_connect (call, "ended", G_CALLBACK (on_call_ended), self);
}

void
ahoy_queue_member_set_wrap_up (AhoyQueueMember *self, gint64 duration)
{
  self->wrap_up = duration;
}
