/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-private.h"

/* One REGISTER after the other: when it is sent, to whom, and what becomes of the answer. */

#define MAX_DETOURS 5
#define MAX_DELAY (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

static void transmit (AhoyRegistration *self);

/* -- what is known -------------------------------------------------------------------------- */

static gint64
duration_of (AhoyRegistration *self, const char *key)
{
  return ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config), key);
}

static gboolean
flag_of (AhoyRegistration *self, const char *key)
{
  return ahoy_config_object_get_boolean (AHOY_CONFIG_OBJECT (self->config), key);
}

gboolean
ahoy_registration_is_wanted (AhoyRegistration *self)
{
  return self->running && !self->paused && self->next == NULL && self->service != NULL &&
         ahoy_registration_get_enabled (self);
}

static AhoyRegistrationServer *
server_at (AhoyRegistration *self, guint index)
{
  return self->servers->pdata[index];
}

static gint64
now_of (AhoyRegistration *self)
{
  return ahoy_scheduler_get_now (self->scheduler);
}

static void
set_text (AhoyRegistration *self, char **place, const char *text, const char *property)
{
  if (g_strcmp0 (*place, text) != 0) {
    g_free (*place);
    *place = g_strdup (text);
    g_object_notify (G_OBJECT (self), property);
  }
}

static void
set_time (AhoyRegistration *self, gint64 *place, gint64 time, const char *property)
{
  if (*place != time) {
    *place = time;
    g_object_notify (G_OBJECT (self), property);
  }
}

static void
set_list (AhoyRegistration *self, char ***place, char **list, const char *property)
{
  static const char *const none[] = { NULL };
  const char *const *had = *place != NULL ? (const char *const *) *place : none;

  if (!g_strv_equal (had, list != NULL ? (const char *const *) list : none)) {
    g_strfreev (*place);
    *place = g_strdupv (list);
    g_object_notify (G_OBJECT (self), property);
  }
}

void
ahoy_registration_set_state (AhoyRegistration *self, AhoyRegistrationState state,
                             guint status, const char *reason)
{
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, &self->reason, reason, "reason");
  if (self->status != status) {
    self->status = status;
    g_object_notify (G_OBJECT (self), "status");
  }
  if (self->state != state) {
    self->state = state;
    g_object_notify (G_OBJECT (self), "state");
  }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
show_server (AhoyRegistration *self)
{
  set_text (self, &self->server_name,
            self->moved != NULL ? self->moved : server_at (self, self->server)->uri, "server");
}

/* -- timers --------------------------------------------------------------------------------- */

void
ahoy_registration_cancel_timer (AhoyRegistration *self, guint64 *timer)
{
  if (*timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, *timer);
    *timer = 0;
  }
}

static void
on_due (gpointer user_data)
{
  AhoyRegistration *self = user_data;

  self->due_timer = 0;
  ahoy_registration_proceed (self);
}

void
ahoy_registration_schedule (AhoyRegistration *self, gint64 delay)
{
  ahoy_registration_cancel_timer (self, &self->due_timer);
  delay = CLAMP (delay, 0, MAX_DELAY);
  self->due_timer = ahoy_scheduler_add (self->scheduler, "registration", delay, on_due, self, NULL);
  set_time (self, &self->next_attempt_at, g_get_real_time () + delay, "next-attempt-at");
}

static void
schedule_nothing (AhoyRegistration *self)
{
  ahoy_registration_cancel_timer (self, &self->due_timer);
  set_time (self, &self->next_attempt_at, 0, "next-attempt-at");
}

/* A little longer, so that those who were told the same time do not come at the same time. */
static gint64
spread (gint64 delay)
{
  return delay + (gint64) (g_random_double_range (0.0, 0.1) * (double) delay);
}

/* RFC 5626 §4.5: twice as long after each failure, and half of it left to chance. */
static gint64
back_off (AhoyRegistration *self)
{
  gint64 longest = duration_of (self, "max-retry-interval");
  gint64 delay = duration_of (self, "retry-interval");

  for (guint i = 1; i < self->rounds && delay < longest; i++) {
    delay *= 2;
  }
  return (gint64) (g_random_double_range (0.5, 1.0) * (double) MIN (delay, longest));
}

/* -- the end of an attempt ------------------------------------------------------------------ */

static void
tell_waiting (AhoyRegistration *self)
{
  g_autoptr (GPtrArray) waiting = NULL;

  if (self->again) {
    return; /* what they wait for is still to come */
  }
  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++) {
    g_task_return_boolean (waiting->pdata[i], TRUE);
  }
  if (self->service != NULL) {
    ahoy_registration_service_settled (self->service, self);
  }
}

static void
forget_binding (AhoyRegistration *self)
{
  self->bound = FALSE;
  ahoy_registration_end_flow (self);
  ahoy_registration_cancel_timer (self, &self->return_timer);
  set_time (self, &self->expires_at, 0, "expires-at");
  set_list (self, &self->service_route, NULL, "service-route");
  set_list (self, &self->associated, NULL, "associated-uris");
}

/* No further attempt by itself. */
static void
give_up (AhoyRegistration *self, AhoyRegistrationState state, guint status, const char *reason)
{
  g_message ("Registration “%s” at %s: %u %s; it is not tried again until somebody changes it or "
             "calls for it",
             ahoy_registration_get_name (self), self->server_name, status, reason);
  schedule_nothing (self);
  ahoy_registration_set_state (self, state, status, reason);
  tell_waiting (self);
}

static void
retry_later (AhoyRegistration *self, AhoyRegistrationState state, guint status, const char *reason,
             gint64 delay)
{
  g_message ("Registration “%s” at %s: %u %s; it is tried again in %.1f s",
             ahoy_registration_get_name (self), self->server_name, status, reason,
             (double) delay / G_USEC_PER_SEC);
  ahoy_registration_schedule (self, delay);
  ahoy_registration_set_state (self, state, status, reason);
  tell_waiting (self);
}

/* The best server that is worth a try in this round, and better than @limit; -1: none. */
static int
find_server (AhoyRegistration *self, guint limit)
{
  gint64 now = now_of (self);

  for (guint i = 0; i < limit && i < self->servers->len; i++) {
    AhoyRegistrationServer *server = server_at (self, i);

    if (!server->tried && server->not_before <= now) {
      return (int) i;
    }
  }
  return -1;
}

/* When the next round can begin: no server is asked before the time that it said. */
static gint64
end_round (AhoyRegistration *self)
{
  gint64 delay = back_off (self);
  gint64 now = now_of (self);
  gint64 soonest = G_MAXINT64;

  for (guint i = 0; i < self->servers->len; i++) {
    AhoyRegistrationServer *server = server_at (self, i);

    server->tried = FALSE;
    soonest = MIN (soonest, MAX (delay, server->not_before - now));
  }
  return soonest;
}

static void
on_return (gpointer user_data)
{
  AhoyRegistration *self = user_data;
  int better = find_server (self, self->server);

  self->return_timer = 0;
  if (self->transaction == NULL && ahoy_registration_is_wanted (self) && better >= 0) {
    self->origin = (int) self->server;
    self->server = (guint) better;
    transmit (self);
    return;
  }
  self->return_timer = ahoy_scheduler_add (self->scheduler, "registration",
                                           duration_of (self, "return-interval"), on_return, self,
                                           NULL);
}

/* While it is not the best server that is used, the better ones are tried from time to time. */
static void
watch_better (AhoyRegistration *self)
{
  gint64 interval = duration_of (self, "return-interval");

  ahoy_registration_cancel_timer (self, &self->return_timer);
  for (guint i = 0; i < self->servers->len; i++) {
    server_at (self, i)->tried = FALSE;
  }
  if (self->server > 0 && interval > 0) {
    self->return_timer =
        ahoy_scheduler_add (self->scheduler, "registration", interval, on_return, self, NULL);
  }
}

/* A better server was asked, and cannot do it yet: all stays as it is. */
static void
end_look (AhoyRegistration *self, const AhoyRegistrationAnswer *answer)
{
  AhoyRegistrationServer *server = server_at (self, self->server);
  int better;

  server->tried = TRUE;
  server->not_before = answer->retry_after >= 0
                           ? now_of (self) + (gint64) answer->retry_after * G_USEC_PER_SEC
                           : 0;
  g_clear_pointer (&self->moved, g_free);
  better = self->again ? -1 : find_server (self, (guint) self->origin);
  if (better >= 0) {
    self->server = (guint) better;
    transmit (self);
    return;
  }
  self->server = (guint) self->origin;
  self->origin = -1;
  watch_better (self);
  tell_waiting (self);
}

/* -- answers -------------------------------------------------------------------------------- */

static gint64
choose_refresh (gint64 expires)
{
  gint64 delay =
      (gint64) (g_random_double_range (0.75, 0.9) * (double) expires * G_USEC_PER_SEC);

  return MAX (delay, G_USEC_PER_SEC / 2);
}

/* Somewhere else, longer, or as somebody else: at once, but not for ever. */
static gboolean
take_detour (AhoyRegistration *self)
{
  if (self->detours >= MAX_DETOURS) {
    return FALSE;
  }
  self->detours++;
  transmit (self);
  return TRUE;
}

static void
fail_here (AhoyRegistration *self, const AhoyRegistrationAnswer *answer, guint status,
           const char *reason)
{
  AhoyRegistrationServer *server = server_at (self, self->server);
  guint most = ahoy_config_object_get_number (AHOY_CONFIG_OBJECT (self->config), "max-retries");
  int next;

  self->detours = 0;
  g_clear_pointer (&self->moved, g_free);
  server->tried = TRUE;
  server->not_before =
      answer->retry_after >= 0
          ? now_of (self) + spread ((gint64) answer->retry_after * G_USEC_PER_SEC)
          : 0;
  next = find_server (self, self->servers->len);
  if (next >= 0) {
    g_message ("Registration “%s” at %s: %u %s; the next server is tried",
               ahoy_registration_get_name (self), self->server_name, status, reason);
    self->server = (guint) next;
    transmit (self);
    return;
  }
  self->server = 0;
  self->rounds++;
  forget_binding (self);
  if (most > 0 && self->rounds > most) {
    end_round (self);
    give_up (self, AHOY_REGISTRATION_FAILED, status, reason);
    return;
  }
  retry_later (self, AHOY_REGISTRATION_FAILED, status, reason, end_round (self));
}

static void
accept (AhoyRegistration *self, const AhoyRegistrationAnswer *answer, guint status,
        const char *reason)
{
  gint64 expires = answer->expires >= 0 ? answer->expires : self->asked;

  if (expires == 0) {
    fail_here (self, answer, status, "The server accepts the registration, and keeps nothing");
    return;
  }
  self->bound = TRUE;
  self->rounds = 0;
  self->origin = -1;
  server_at (self, self->server)->not_before = 0;
  g_object_freeze_notify (G_OBJECT (self));
  show_server (self);
  set_list (self, &self->service_route, answer->service_route, "service-route");
  set_list (self, &self->associated, answer->associated, "associated-uris");
  set_time (self, &self->expires_at, g_get_real_time () + expires * G_USEC_PER_SEC,
            "expires-at");
  ahoy_registration_schedule (self, choose_refresh (expires));
  ahoy_registration_set_state (self, AHOY_REGISTRATION_REGISTERED, status, reason);
  g_object_thaw_notify (G_OBJECT (self));
  watch_better (self);
  if (ahoy_registration_learn (self, answer) && take_detour (self)) {
    return;
  }
  self->detours = 0;
  tell_waiting (self);
}

/* Refused for good, unless the configuration says after which time it is tried again. */
static void
refuse (AhoyRegistration *self, gint64 interval, guint status, const char *reason)
{
  self->detours = 0;
  g_clear_pointer (&self->moved, g_free);
  forget_binding (self);
  if (interval > 0) {
    retry_later (self, AHOY_REGISTRATION_REJECTED, status, reason, spread (interval));
  } else {
    give_up (self, AHOY_REGISTRATION_REJECTED, status, reason);
  }
}

static gboolean
follow (AhoyRegistration *self, const AhoyRegistrationAnswer *answer)
{
  if (answer->verdict == AHOY_REGISTRATION_VERDICT_MOVED) {
    g_free (self->moved);
    self->moved = g_strdup (answer->moved);
    return take_detour (self);
  }
  if (answer->verdict == AHOY_REGISTRATION_VERDICT_TOO_BRIEF && answer->expires > self->asked) {
    self->longer = answer->expires;
    return take_detour (self);
  }
  return FALSE;
}

static void
handle_answer (AhoyRegistration *self, const AhoyRegistrationAnswer *answer, guint status,
               const char *reason)
{
  if (answer->verdict == AHOY_REGISTRATION_VERDICT_DONE) {
    accept (self, answer, status, reason);
    return;
  }
  if (follow (self, answer)) {
    return;
  }
  if (self->origin >= 0) {
    end_look (self, answer);
    return;
  }
  switch (answer->verdict) {
  case AHOY_REGISTRATION_VERDICT_UNPROVEN:
    if (flag_of (self, "auth-rejection-permanent")) {
      refuse (self, 0, status, reason);
    } else {
      self->rounds++;
      refuse (self, back_off (self), status, reason);
    }
    break;
  case AHOY_REGISTRATION_VERDICT_FORBIDDEN:
    refuse (self, duration_of (self, "forbidden-retry-interval"), status, reason);
    break;
  case AHOY_REGISTRATION_VERDICT_TEMPORARY:
    fail_here (self, answer, status, reason);
    break;
  default:
    refuse (self, duration_of (self, "fatal-retry-interval"), status, reason);
    break;
  }
}

/* The binding is gone, or soon will be: whatever the server said, nothing more can be done. */
static void
handle_left (AhoyRegistration *self, guint status, const char *reason)
{
  self->leaving = FALSE;
  forget_binding (self);
  schedule_nothing (self);
  g_clear_pointer (&self->learned, g_free);
  ahoy_registration_set_state (self, AHOY_REGISTRATION_UNREGISTERED, status, reason);
  if (self->next != NULL) {
    g_object_unref (self->config);
    self->config = g_steal_pointer (&self->next);
    ahoy_registration_read_servers (self);
    ahoy_registration_read_config (self);
  }
  self->again = ahoy_registration_is_wanted (self);
  tell_waiting (self);
}

void
ahoy_registration_end_transaction (AhoyRegistration *self)
{
  ahoy_registration_cancel_timer (self, &self->patience_timer);
  if (self->transaction != NULL) {
    ahoy_client_transaction_finish (self->transaction);
    g_clear_object (&self->transaction);
  }
}

static void
conclude (AhoyRegistration *self, const AhoyRegistrationAnswer *answer, guint status,
          const char *reason)
{
  g_autoptr (AhoyRegistration) hold = g_object_ref (self);

  if (self->leaving) {
    handle_left (self, status, reason);
  } else {
    handle_answer (self, answer, status, reason);
  }
  if (self->again && self->transaction == NULL) {
    ahoy_registration_proceed (self);
  }
}

static void
on_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  AhoyRegistration *self = user_data;
  guint status = ahoy_message_get_status (response);
  g_auto (AhoyRegistrationAnswer) answer = { 0 };
  g_autofree char *reason = NULL;

  if (status < 200) {
    return;
  }
  reason = ahoy_message_dup_reason (response);
  ahoy_registration_answer_read (&answer, response, self->contact);
  self->cseq =
      MAX (self->cseq, ahoy_message_get_cseq (ahoy_client_transaction_get_request (transaction)));
  if (answer.verdict == AHOY_REGISTRATION_VERDICT_DONE && !self->leaving) {
    ahoy_registration_begin_flow (self, transaction, answer.flow_timer);
  }
  ahoy_registration_end_transaction (self);
  conclude (self, &answer, status, reason != NULL ? reason : "");
}

static void
on_prepare (AhoyClientTransaction *transaction, AhoyMessage *request, gpointer user_data)
{
  ahoy_registration_add_contact (user_data, request,
                                 ahoy_client_transaction_get_listener (transaction));
}

static const AhoyClientTransactionHandler handler = {
  .prepare = on_prepare,
  .response = on_response,
};

/* -- sending -------------------------------------------------------------------------------- */

static void be_patient (AhoyRegistration *self);

/* The server said nothing; another host of its name may. */
static void
on_impatient (gpointer user_data)
{
  AhoyRegistration *self = user_data;
  AhoyRegistrationAnswer answer = { .verdict = AHOY_REGISTRATION_VERDICT_TEMPORARY,
                                    .retry_after = -1 };

  self->patience_timer = 0;
  if (self->transaction == NULL) {
    return;
  }
  if (ahoy_client_transaction_skip_hop (self->transaction)) {
    if (self->transaction != NULL) {
      be_patient (self);
    }
    return;
  }
  self->cseq = MAX (self->cseq, ahoy_message_get_cseq (
                                    ahoy_client_transaction_get_request (self->transaction)));
  ahoy_registration_end_transaction (self);
  conclude (self, &answer, 408, "The server does not answer");
}

static void
be_patient (AhoyRegistration *self)
{
  ahoy_registration_cancel_timer (self, &self->patience_timer);
  self->patience_timer = ahoy_scheduler_add (self->scheduler, "registration",
                                             duration_of (self, "timeout"), on_impatient, self,
                                             NULL);
}

static gint64
choose_expiration (AhoyRegistration *self)
{
  gint64 expires = duration_of (self, "expiration") / G_USEC_PER_SEC;

  return self->leaving ? 0 : MAX (expires, self->longer);
}

static void
transmit (AhoyRegistration *self)
{
  AhoyRegistrationAnswer answer = { .verdict = AHOY_REGISTRATION_VERDICT_FATAL,
                                    .retry_after = -1 };
  const char *transport =
      ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (self->config), "transport");
  g_autoptr (AhoyClientTransaction) transaction = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GError) error = NULL;

  self->again = FALSE;
  self->leaving = !ahoy_registration_is_wanted (self);
  self->asked = choose_expiration (self);
  if (self->origin < 0) {
    show_server (self);
  }
  request = ahoy_registration_make_request (self, self->asked, &error);
  if (request == NULL) {
    conclude (self, &answer, 0, error->message);
    return;
  }
  transaction = ahoy_client_transaction_new (self->stack, request, &handler, self);
  if (transport != NULL && *transport != '\0') {
    ahoy_client_transaction_set_listener (transaction, transport);
  }
  self->transaction = g_object_ref (transaction);
  be_patient (self);
  ahoy_client_transaction_start (transaction);
}

/* Does what is to be done now; when something is on its way, after that. */
void
ahoy_registration_proceed (AhoyRegistration *self)
{
  if (self->transaction != NULL) {
    self->again = TRUE;
    return;
  }
  ahoy_registration_cancel_timer (self, &self->due_timer);
  if (self->origin >= 0) {
    self->server = (guint) self->origin;
    self->origin = -1;
  }
  if (ahoy_registration_is_wanted (self)) {
    if (self->state != AHOY_REGISTRATION_REGISTERED) {
      ahoy_registration_set_state (self, AHOY_REGISTRATION_REGISTERING, self->status, self->reason);
    }
    transmit (self);
  } else if (self->bound) {
    transmit (self);
  } else {
    self->again = FALSE;
    handle_left (self, 0, NULL);
    if (self->again) {
      ahoy_registration_proceed (self);
    }
  }
}
