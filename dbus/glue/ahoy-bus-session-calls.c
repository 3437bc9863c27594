/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"

/* The methods of a session on the bus that a phone has keys for: to ring, answer, refuse, end, and
 * to wait for what becomes of it. */

#define MAX_WAITS 64

void
ahoy_bus_session_handle_ring (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  ahoy_bus_session_finish (call, ahoy_session_ring (self->session, &error), &error);
}

void
ahoy_bus_session_handle_progress (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  ahoy_bus_session_finish (call, ahoy_session_progress (self->session, &error), &error);
}

void
ahoy_bus_session_handle_answer (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  ahoy_bus_session_finish (call, ahoy_session_answer (self->session, &error), &error);
}

/* HoldAndAnswer waits for the others to be held, but not for long: the caller hears it ring. */
#define HOLD_PATIENCE (4 * G_USEC_PER_SEC)

typedef struct {
  AhoySession *session;
  AhoyScheduler *scheduler;
  AhoyBusCall *call; /* NULL when it was answered */
  guint64 timer;
  guint waiting;
} HoldAndAnswer;

static void
hold_and_answer_now (HoldAndAnswer *data)
{
  AhoyBusCall *call = g_steal_pointer (&data->call);
  GError *error = NULL;
  gboolean good;

  if (call != NULL) {
    good = ahoy_session_answer (data->session, &error);
    ahoy_bus_session_finish (call, good, &error);
  }
}

static void
on_hold_patience_over (gpointer user_data)
{
  HoldAndAnswer *data = user_data;

  data->timer = 0;
  hold_and_answer_now (data);
}

static void
hold_and_answer_step (HoldAndAnswer *data)
{
  if (--data->waiting > 0) {
    return;
  }
  if (data->timer != 0) {
    ahoy_scheduler_cancel (data->scheduler, data->timer);
  }
  hold_and_answer_now (data);
  g_object_unref (data->session);
  g_object_unref (data->scheduler);
  g_free (data);
}

static void
on_other_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_set_hold_finish (AHOY_SESSION (source), result, &error);

  if (response == NULL) {
    g_message ("Session %" G_GUINT64_FORMAT " is not held: %s",
               ahoy_session_get_id (AHOY_SESSION (source)), error->message);
  }
  hold_and_answer_step (user_data);
}

void
ahoy_bus_session_handle_hold_and_answer (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GPtrArray) sessions =
      ahoy_session_service_list_sessions (ahoy_core_get_sessions (self->core));
  HoldAndAnswer *data;

  if (ahoy_session_get_direction (self->session) != AHOY_SESSION_INCOMING ||
      ahoy_session_get_state (self->session) >= AHOY_SESSION_ACTIVE) {
    ahoy_bus_return_new_error (
        call, AHOY_ERROR_INVALID_STATE,
        "Session %" G_GUINT64_FORMAT " is %s: only an incoming call that waits can be answered",
        ahoy_session_get_id (self->session),
        ahoy_session_state_to_string (ahoy_session_get_state (self->session)));
    return;
  }
  data = g_new0 (HoldAndAnswer, 1);
  data->session = g_object_ref (self->session);
  data->scheduler = g_object_ref (ahoy_core_get_scheduler (self->core));
  data->call = call;
  data->timer = ahoy_scheduler_add (data->scheduler, "hold and answer", HOLD_PATIENCE,
                                    on_hold_patience_over, data, NULL);
  data->waiting = 1;
  for (guint i = 0; i < sessions->len; i++) {
    AhoySession *other = sessions->pdata[i];

    if (other != self->session && ahoy_session_get_state (other) == AHOY_SESSION_ACTIVE &&
        (ahoy_session_get_hold (other) & AHOY_SESSION_HOLD_LOCAL) == 0) {
      data->waiting++;
      ahoy_session_set_hold_async (other, TRUE, NULL, on_other_held, data);
    }
  }
  hold_and_answer_step (data);
}

void
ahoy_bus_session_handle_reject (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  guint16 status;
  const char *reason;

  g_variant_get (arguments, "(q&s)", &status, &reason);
  if (status < 400 || status > 699) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "A call cannot be refused with %u; write a status of 400 to 699",
                               status);
    return;
  }
  ahoy_bus_session_finish (
      call,
      ahoy_bus_check_text ("The reason", reason, &error) &&
          ahoy_session_reject (self->session, status, *reason != '\0' ? reason : NULL, &error),
      &error);
}

void
ahoy_bus_session_handle_redirect (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *uri;

  g_variant_get (arguments, "(&s)", &uri);
  ahoy_bus_session_finish (call,
                           ahoy_bus_check_target (uri, &error) &&
                               ahoy_session_redirect (self->session, uri, &error),
                           &error);
}

void
ahoy_bus_session_handle_pickup (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoySession *ringing;
  const char *path;

  g_variant_get (arguments, "(&o)", &path);
  ringing = ahoy_bus_session_look_up (self->hub, path, &error);
  ahoy_bus_session_finish (call,
                           ringing != NULL &&
                               ahoy_call_router_pick_up (ahoy_core_get_router (self->core),
                                                         self->session, ringing, &error),
                           &error);
}

void
ahoy_bus_session_handle_hangup (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_session_hangup (((AhoyBusSession *) target)->session);
  ahoy_bus_call_return (call, NULL);
}

static GVariant *
late_state (gpointer user_data)
{
  return ahoy_bus_session_describe_state (user_data);
}

void
ahoy_bus_session_handle_wait (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GEnumClass) states = g_type_class_ref (AHOY_TYPE_SESSION_STATE);
  AhoyBusWait wait;
  GEnumValue *wanted;
  const char *name;
  guint milliseconds;

  g_variant_get (arguments, "(&su)", &name, &milliseconds);
  wanted = g_enum_get_value_by_nick (states, name);
  if (wanted == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "“%s” is no state of a session; write new, trying, ringing, "
                               "active, ending or ended",
                               name);
    return;
  }
  if (ahoy_session_get_state (self->session) >= (AhoySessionState) wanted->value) {
    ahoy_bus_call_return (call, ahoy_bus_session_describe_state (self));
    return;
  }
  if (self->waits->len >= MAX_WAITS) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_LIMIT_EXCEEDED,
                               "%d callers wait for session %" G_GUINT64_FORMAT " already",
                               MAX_WAITS, ahoy_session_get_id (self->session));
    return;
  }
  if (milliseconds == 0 || milliseconds > AHOY_BUS_PATIENCE * 1000) {
    milliseconds = AHOY_BUS_PATIENCE * 1000;
  }
  wait.state = (AhoySessionState) wanted->value;
  wait.pending = ahoy_bus_pending_new (call, ahoy_core_get_scheduler (self->core), milliseconds,
                                       late_state, self, NULL);
  g_array_append_val (self->waits, wait);
}
