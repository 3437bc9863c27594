/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-private.h"

/*
 * The flow of a registration (RFC 5626): the connection, or the datagrams, over which the server
 * reaches us. A connection is asked by double CRLF whether it is still there; over UDP, where a NAT
 * forgets us in silence, the server is asked with OPTIONS. A flow that is lost is replaced.
 */

/* A flow that lasted as long was a good one. */
#define GOOD_FLOW (120 * G_USEC_PER_SEC)

static void wait_for_ping (AhoyRegistration *self);

static void
lose (AhoyRegistration *self, const char *why)
{
  gint64 longest = ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config),
                                                    "max-retry-interval");
  gint64 delay =
      ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config), "retry-interval");

  if (ahoy_scheduler_get_now (self->scheduler) - self->flow_begin > GOOD_FLOW) {
    self->lost = 0;
  }
  for (guint i = 1; i < self->lost && delay < longest; i++) {
    delay *= 2;
  }
  delay = (gint64) (g_random_double_range (0.5, 1.0) * (double) MIN (delay, longest));
  if (self->lost++ == 0) {
    delay = 0;
  }
  g_message ("Registration “%s” at %s: %s; it registers again in %.1f s",
             ahoy_registration_get_name (self), self->server_name, why,
             (double) delay / G_USEC_PER_SEC);
  ahoy_registration_end_flow (self);
  ahoy_registration_schedule (self, delay);
}

/* -- OPTIONS -------------------------------------------------------------------------------- */

static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyRegistration) self = user_data;
  g_autoptr (AhoyMessage) response =
      ahoy_stack_send_request_finish (AHOY_STACK (source), result, NULL);

  if (response == NULL || self->ping == NULL || !g_task_is_valid (result, source) ||
      g_task_get_cancellable (G_TASK (result)) != self->ping) {
    return; /* nobody waits for it any more */
  }
  g_clear_object (&self->ping);
  if (ahoy_message_is_local (response)) {
    lose (self, "the server does not answer OPTIONS any more");
  } else {
    wait_for_ping (self);
  }
}

static void
on_ping (gpointer user_data)
{
  AhoyRegistration *self = user_data;
  g_autoptr (AhoyMessage) request = ahoy_registration_make_ping (self, NULL);

  self->ping_timer = 0;
  if (request == NULL) {
    return;
  }
  self->ping = g_cancellable_new ();
  ahoy_stack_send_request_async (self->stack, request, self->listener, self->ping, on_pong,
                                 g_object_ref (self));
}

static void
wait_for_ping (AhoyRegistration *self)
{
  ahoy_registration_cancel_timer (self, &self->ping_timer);
  self->ping_timer =
      ahoy_scheduler_add (self->scheduler, "keep-alive", self->ping_interval, on_ping, self, NULL);
}

/* -- the flow ------------------------------------------------------------------------------- */

/* How long it may be silent; 0: as the transport has it. RFC 5626 §4.4.1: sooner than the server
 * says. */
static gint64
choose_interval (AhoyRegistration *self, guint flow_timer)
{
  gint64 interval =
      ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config), "keep-alive");
  gint64 longest = (gint64) flow_timer * G_USEC_PER_SEC * 4 / 5;

  if (flow_timer > 0 && (interval == 0 || interval > longest)) {
    interval = MAX (longest, G_USEC_PER_SEC);
  }
  return interval;
}

/* The server has accepted what came by @transaction. */
void
ahoy_registration_begin_flow (AhoyRegistration *self, AhoyClientTransaction *transaction,
                              guint flow_timer)
{
  gint64 interval = choose_interval (self, flow_timer);

  ahoy_registration_end_flow (self);
  g_free (self->listener);
  self->listener = g_strdup (ahoy_client_transaction_get_listener (transaction));
  self->flow_begin = ahoy_scheduler_get_now (self->scheduler);
  self->flow = ahoy_client_transaction_watch_flow (transaction,
                                                   (guint) (interval / G_USEC_PER_SEC));
  self->ping_interval = interval;
  if (self->flow == NULL && interval > 0) {
    wait_for_ping (self);
  }
}

void
ahoy_registration_end_flow (AhoyRegistration *self)
{
  g_autoptr (GCancellable) ping = g_steal_pointer (&self->ping);

  g_clear_pointer (&self->flow, g_free);
  if (self->scheduler != NULL) {
    ahoy_registration_cancel_timer (self, &self->ping_timer);
  }
  if (ping != NULL) {
    g_cancellable_cancel (ping);
  }
}

/* A connection is gone: perhaps ours. */
void
ahoy_registration_flow_closed (AhoyRegistration *self, const char *address, const char *listener)
{
  if (g_strcmp0 (self->flow, address) == 0 && g_strcmp0 (self->listener, listener) == 0 &&
      ahoy_registration_is_wanted (self)) {
    lose (self, "its connection is closed");
  }
}
