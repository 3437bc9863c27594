/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-hooks-private.h"

#include <string.h>

#include "ahoy-endpoint.h"
#include "ahoy-program-private.h"

#define ROUTE "ahoy-call-hooks-route" /* of a session */
#define TIMEOUT (30 * G_USEC_PER_SEC)
#define MOST_PROGRAMS 16  /* at once */
#define MOST_WAITING 1000 /* more are left out, and the log says so */

struct _AhoyCallHooks {
  gatomicrefcount references; /* each program has one */
  AhoyCallRouter *router;     /* not a reference; NULL when all is over */
  AhoyScheduler *scheduler;
  guint running;
  GQueue waiting; /* Job */
};

typedef struct {
  AhoyCallHooks *hooks;
  char **command;
  char **variables;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_strfreev (job->command);
  g_strfreev (job->variables);
  g_free (job);
}

static void
unref (AhoyCallHooks *self)
{
  if (g_atomic_ref_count_dec (&self->references)) {
    g_queue_clear_full (&self->waiting, job_free);
    g_object_unref (self->scheduler);
    g_free (self);
  }
}

/* -- programs ------------------------------------------------------------------------------- */

static void start_next (AhoyCallHooks *self);

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  AhoyCallHooks *self = job->hooks;
  g_autoptr (GError) error = NULL;
  int status = ahoy_program_run_finish (result, &error);

  if (error != NULL) {
    g_warning ("The program for a call does not do: %s", error->message);
  } else if (status != 0) {
    g_message ("%s, which was told of a call, ended with %d", job->command[0], status);
  }
  job_free (job);
  self->running--;
  start_next (self);
  unref (self);
}

static void
start_next (AhoyCallHooks *self)
{
  while (self->running < MOST_PROGRAMS && self->waiting.length > 0) {
    Job *job = g_queue_pop_head (&self->waiting);
    const AhoyProgram program = {
      .command = (const char *const *) job->command,
      .variables = (const char *const *) job->variables,
      .logged = TRUE,
      .timeout = TIMEOUT,
    };

    self->running++;
    g_atomic_ref_count_inc (&self->references);
    ahoy_program_run_async (&program, self->scheduler, on_ended, job);
  }
}

static void
add_variable (GPtrArray *list, const char *name, const char *value)
{
  g_ptr_array_add (list, g_strconcat (name, "=", value != NULL ? value : "", NULL));
}

static void
add_number (GPtrArray *list, const char *name, gint64 number)
{
  g_ptr_array_add (list, g_strdup_printf ("%s=%" G_GINT64_FORMAT, name, number));
}

char **
ahoy_call_hooks_describe (AhoySession *session, const char *event)
{
  static const char *const parties[] = { "none", "local", "remote", "network" };
  GPtrArray *list = g_ptr_array_new ();
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  gboolean incoming = ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING;
  gint64 answered = ahoy_session_get_answered_at (session);
  gint64 ended = ahoy_session_get_ended_at (session);
  guint party = (guint) ahoy_session_get_ended_by (session);

  add_variable (list, "AHOY_EVENT", event);
  add_number (list, "AHOY_SESSION", (gint64) ahoy_session_get_id (session));
  add_variable (list, "AHOY_DIRECTION", incoming ? "incoming" : "outgoing");
  add_variable (list, "AHOY_CALL_ID", ahoy_session_get_call_id (session));
  add_variable (list, "AHOY_ENDPOINT",
                endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL);
  add_variable (list, "AHOY_TARGET", ahoy_session_get_target (session));
  add_variable (list, "AHOY_REMOTE_URI", ahoy_session_get_remote_uri (session));
  add_variable (list, "AHOY_REMOTE_NAME", ahoy_session_get_remote_name (session));
  add_variable (list, "AHOY_NUMBER", ahoy_session_get_variable (session, "number"));
  add_variable (list, "AHOY_ACCOUNT_CODE", ahoy_session_get_variable (session, "account-code"));
  add_variable (list, "AHOY_TENANT", ahoy_session_get_variable (session, "tenant"));
  if (ended != 0) {
    add_number (list, "AHOY_DURATION",
                answered != 0 ? (ended - answered) / G_USEC_PER_SEC : 0);
    add_number (list, "AHOY_STATUS", ahoy_session_get_end_status (session));
    add_number (list, "AHOY_CAUSE", ahoy_session_get_end_cause (session));
    add_variable (list, "AHOY_REASON", ahoy_session_get_end_reason (session));
    add_variable (list, "AHOY_ENDED_BY", party < G_N_ELEMENTS (parties) ? parties[party] : NULL);
  }
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

static void
run (AhoyCallHooks *self, AhoySession *session, AhoyConfigObject *config, const char *key)
{
  const char *text = config != NULL ? ahoy_config_object_get_string (config, key) : NULL;
  g_auto (GStrv) command = NULL;
  Job *job;

  if (text == NULL || *text == '\0' || !g_shell_parse_argv (text, NULL, &command, NULL)) {
    return;
  }
  if (self->waiting.length >= MOST_WAITING) {
    g_warning ("%s is not told of session %" G_GUINT64_FORMAT ": %d programs wait already",
               command[0], ahoy_session_get_id (session), MOST_WAITING);
    return;
  }
  job = g_new0 (Job, 1);
  job->hooks = self;
  job->command = g_steal_pointer (&command);
  job->variables = ahoy_call_hooks_describe (session, key + strlen ("on-"));
  g_queue_push_tail (&self->waiting, job);
  start_next (self);
}

static AhoyConfigObject *
get_route (AhoySession *session)
{
  return g_object_get_data (G_OBJECT (session), ROUTE);
}

static AhoyConfigObject *
get_endpoint (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  return endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;
}

/* -- calls ---------------------------------------------------------------------------------- */

static void
on_session_state (AhoySession *session, AhoySessionState old, AhoySessionState state, guint status,
                  const char *reason, gpointer user_data)
{
  AhoyCallHooks *self = user_data;

  if (state == AHOY_SESSION_ACTIVE) {
    run (self, session, get_endpoint (session), "on-answer");
    run (self, session, get_route (session), "on-answer");
  }
}

static void
on_session_ended (AhoySession *session, gpointer user_data)
{
  AhoyCallHooks *self = user_data;

  g_signal_handlers_disconnect_by_data (session, self);
  run (self, session, get_endpoint (session), "on-end");
  run (self, session, get_route (session), "on-end");
}

static void
on_session_added (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  AhoyCallHooks *self = user_data;

  g_signal_connect (session, "state-changed", G_CALLBACK (on_session_state), self);
  g_signal_connect (session, "ended", G_CALLBACK (on_session_ended), self);
  if (ahoy_session_get_direction (session) == AHOY_SESSION_OUTGOING) {
    run (self, session, get_endpoint (session), "on-dial");
  }
}

static void
on_session_removed (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (session, user_data);
}

static void
on_dialling (AhoyCallRouter *router, AhoySession *session, gpointer user_data)
{
  run (user_data, session, get_route (session), "on-dial");
}

AhoyCallHooks *
ahoy_call_hooks_new (AhoyCallRouter *router)
{
  AhoySessionService *sessions = ahoy_call_router_get_sessions (router);
  AhoyCallHooks *self = g_new0 (AhoyCallHooks, 1);

  g_atomic_ref_count_init (&self->references);
  self->router = router;
  self->scheduler =
      g_object_ref (ahoy_stack_get_scheduler (ahoy_session_service_get_stack (sessions)));
  g_queue_init (&self->waiting);
  g_signal_connect (sessions, "session-added", G_CALLBACK (on_session_added), self);
  g_signal_connect (sessions, "session-removed", G_CALLBACK (on_session_removed), self);
  g_signal_connect (router, "dialling", G_CALLBACK (on_dialling), self);
  return self;
}

void
ahoy_call_hooks_free (AhoyCallHooks *self)
{
  AhoySessionService *sessions = ahoy_call_router_get_sessions (self->router);
  g_autoptr (GPtrArray) list = ahoy_session_service_list_sessions (sessions);

  for (guint i = 0; i < list->len; i++) {
    g_signal_handlers_disconnect_by_data (list->pdata[i], self);
  }
  g_signal_handlers_disconnect_by_data (sessions, self);
  g_signal_handlers_disconnect_by_data (self->router, self);
  g_queue_clear_full (&self->waiting, job_free);
  self->router = NULL;
  unref (self);
}

void
ahoy_call_hooks_set_route (AhoySession *session, AhoyConfigObject *route)
{
  g_object_set_data_full (G_OBJECT (session), ROUTE, g_object_ref (route), g_object_unref);
}
