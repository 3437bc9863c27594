/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-router-private.h"

#include "ahoy-call-hooks-private.h"
#include "ahoy-call-query-private.h"
#include "ahoy-call-ringback-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-call-timer-private.h"
#include "ahoy-census.h"
#include "ahoy-endpoint.h"
#include "ahoy-error.h"
#include "ahoy-route-step-private.h"
#include "ahoy-uri.h"

enum {
  SIGNAL_STEP_CHANGED,
  SIGNAL_BRIDGE_ADDED,
  SIGNAL_TIME_LEFT,
  SIGNAL_CALL_PROGRESS,
  SIGNAL_CALL_RETURNED,
  SIGNAL_CALL_MOVED,
  SIGNAL_DIALLING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/**
 * AhoyCallRouter:
 *
 * Hands calls to applications: finds the route of a call, and goes through its steps.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (AhoyCallRouter, ahoy_call_router, G_TYPE_OBJECT)

static void
ahoy_call_router_dispose (GObject *object)
{
  AhoyCallRouter *self = AHOY_CALL_ROUTER (object);
  g_autoptr (GList) runs = g_hash_table_get_values (self->runs);

  for (GList *at = runs; at != NULL; at = at->next) {
    ahoy_call_run_stop (at->data);
  }
  g_hash_table_remove_all (self->applications);
  g_clear_object (&self->table);
  if (self->sessions != NULL) {
    ahoy_call_timer_unwatch (self);
  }
  g_clear_object (&self->sessions);
  G_OBJECT_CLASS (ahoy_call_router_parent_class)->dispose (object);
}

static void
ahoy_call_router_finalize (GObject *object)
{
  AhoyCallRouter *self = AHOY_CALL_ROUTER (object);

  g_hash_table_unref (self->runs);
  g_hash_table_unref (self->applications);
  g_free (self->sounds);
  g_free (self->recordings);
  g_object_unref (self->parking);
  g_object_unref (self->music);
  g_free (self->tone_zone);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_router_parent_class)->finalize (object);
}

/* What becomes of calls that were answered before. */
static void
add_transfer_signals (GType type)
{
  /**
   * AhoyCallRouter::call-progress:
   * @self: the router
   * @session: a call that was answered before, such as one that somebody transfers
   * @status: how far it got: 180 when somebody rings, 183 when it is heard already, 200 when it is
   *   answered
   * @reason: (nullable): what was said with it
   *
   * A call that goes through steps got further.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CALL_PROGRESS] =
      g_signal_new ("call-progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, AHOY_TYPE_SESSION, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * AhoyCallRouter::call-returned:
   * @self: the router
   * @session: a call whose steps led to nobody
   * @status: why: 486, 408
   * @reason: (nullable): what was said with it
   *
   * A call is about to be ended, since it got nowhere. A handler that returns %TRUE has it from now
   * on, such as one that takes it back to who transferred it.
   *
   * Returns: whether the handler takes care of the call
   *
   * Since: 0.1
   */
  signals[SIGNAL_CALL_RETURNED] =
      g_signal_new ("call-returned", type, G_SIGNAL_RUN_LAST, 0,
                    g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 3,
                    AHOY_TYPE_SESSION, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * AhoyCallRouter::call-moved:
   * @self: the router
   * @from: a call that was at a step, or whom others rang for
   * @to: the call that is in its place now, such as one that somebody transferred there
   *
   * A call goes on in the place of another one, without ever having been joined with it.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CALL_MOVED] =
      g_signal_new ("call-moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, AHOY_TYPE_SESSION, AHOY_TYPE_SESSION);
}

static void
ahoy_call_router_class_init (AhoyCallRouterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_call_router_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_call_router_finalize;

  /**
   * AhoyCallRouter::step-changed:
   * @self: the router
   * @session: a call
   * @step: (nullable): the name of the step that has it now; %NULL for none
   *
   * A call got to another step of its route.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STEP_CHANGED] =
      g_signal_new ("step-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, AHOY_TYPE_SESSION, G_TYPE_STRING);
  /**
   * AhoyCallRouter::dialling:
   * @self: the router
   * @session: a call
   *
   * Somebody is about to be called for a call: by its step `dial`, or as members of the queue that
   * it waits in, each time that some of them begin to ring.
   *
   * Since: 0.1
   */
  signals[SIGNAL_DIALLING] =
      g_signal_new ("dialling", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, AHOY_TYPE_SESSION);
  /**
   * AhoyCallRouter::bridge-added:
   * @self: the router
   * @bridge: a bridge that has no members yet
   *
   * Calls are about to be joined.
   *
   * Since: 0.1
   */
  signals[SIGNAL_BRIDGE_ADDED] =
      g_signal_new ("bridge-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, AHOY_TYPE_BRIDGE);
  /**
   * AhoyCallRouter::time-left:
   * @self: the router
   * @session: a call whose length is limited
   * @seconds: how long it may still last; 0 when it ends now
   *
   * A call is warned that it will end, or ends, because it lasted as long as it may.
   *
   * Since: 0.1
   */
  signals[SIGNAL_TIME_LEFT] =
      g_signal_new ("time-left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, AHOY_TYPE_SESSION, G_TYPE_UINT);
  add_transfer_signals (G_TYPE_FROM_CLASS (klass));
}

static void
ahoy_call_router_init (AhoyCallRouter *self)
{
  self->music = ahoy_music_on_hold_new ();
  self->parking = ahoy_parking_lot_new (self->music);
  self->applications = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->runs = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_call_router_new:
 * @sessions: the service whose calls are routed
 *
 * Returns: (transfer full): a router without routes and applications
 *
 * Since: 0.1
 */
AhoyCallRouter *
ahoy_call_router_new (AhoySessionService *sessions)
{
  AhoyCallRouter *self;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (sessions), NULL);

  self = g_object_new (AHOY_TYPE_CALL_ROUTER, NULL);
  self->sessions = g_object_ref (sessions);
  ahoy_call_timer_watch (self);
  return self;
}

/**
 * ahoy_call_router_get_sessions:
 * @self: a router
 *
 * Returns: (transfer none): the service whose calls are routed
 *
 * Since: 0.1
 */
AhoySessionService *
ahoy_call_router_get_sessions (AhoyCallRouter *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);

  return self->sessions;
}

/**
 * ahoy_call_router_set_table:
 * @self: a router
 * @table: (nullable): the routes for calls that come from now on
 *
 * Sets the routes. Calls that are under way keep their steps.
 *
 * Since: 0.1
 */
void
ahoy_call_router_set_table (AhoyCallRouter *self, AhoyRouteTable *table)
{
  g_return_if_fail (AHOY_IS_CALL_ROUTER (self));

  g_set_object (&self->table, table);
}

/**
 * ahoy_call_router_set_ignore_user_options:
 * @self: a router
 * @ignore: whether patterns are compared with the user without its options, which is the default
 *
 * Says what of `sip:1234;phone-context=x@host` is compared with the patterns of routes: `1234`, or
 * `1234;phone-context=x`. Without options, a telephone number (`user=phone`) is without its visual
 * separators too.
 *
 * Since: 0.1
 */
void
ahoy_call_router_set_ignore_user_options (AhoyCallRouter *self, gboolean ignore)
{
  g_return_if_fail (AHOY_IS_CALL_ROUTER (self));

  self->keeps_user_options = !ignore;
}

/**
 * ahoy_call_router_add_application:
 * @self: a router
 * @step: the name of the step that it does
 * @application: a call application
 * @error: return location for an error
 *
 * Adds an application.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when another one does the step
 *
 * Since: 0.1
 */
gboolean
ahoy_call_router_add_application (AhoyCallRouter *self, const char *step,
                                  AhoyCallApplication *application, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CALL_APPLICATION (application), FALSE);
  g_return_val_if_fail (step != NULL, FALSE);

  if (g_hash_table_contains (self->applications, step)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "The step “%s” is done by another application", step);
    return FALSE;
  }
  g_hash_table_insert (self->applications, g_strdup (step), g_object_ref (application));
  return TRUE;
}

/**
 * ahoy_call_router_remove_application:
 * @self: a router
 * @step: the name of a step
 *
 * Removes the application of a step. Calls that it has are its own until it finishes.
 *
 * Returns: whether there was one
 *
 * Since: 0.1
 */
gboolean
ahoy_call_router_remove_application (AhoyCallRouter *self, const char *step)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), FALSE);
  g_return_val_if_fail (step != NULL, FALSE);

  return g_hash_table_remove (self->applications, step);
}

AhoyCallApplication *
ahoy_call_router_lookup (AhoyCallRouter *self, const char *step)
{
  return g_hash_table_lookup (self->applications, step);
}

/**
 * ahoy_call_router_check_program:
 * @self: a router
 * @program: the steps of a route
 * @error: return location for an error
 *
 * Returns: whether there is an application for each step; if not, %AHOY_ERROR_NOT_SUPPORTED says
 *   for which one there is none
 *
 * Since: 0.1
 */
gboolean
ahoy_call_router_check_program (AhoyCallRouter *self, AhoyRouteProgram *program, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), FALSE);
  g_return_val_if_fail (program != NULL, FALSE);

  for (guint i = 0; i < ahoy_route_program_get_length (program); i++) {
    AhoyRouteStep *step = ahoy_route_program_get_step (program, i);
    g_autoptr (GPtrArray) inner = ahoy_route_step_list_programs (step);
    const char *name = ahoy_route_step_get_name (step);

    if (ahoy_call_router_lookup (self, name) == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                   "Step %u, “%s”, is done by no application here; take it out, or add one that "
                   "does it",
                   i + 1, name);
      return FALSE;
    }
    for (guint j = 0; j < inner->len; j++) {
      if (!ahoy_call_router_check_program (self, inner->pdata[j], error)) {
        return FALSE;
      }
    }
  }
  return TRUE;
}

/**
 * ahoy_call_router_find_program:
 * @self: a router
 * @context: a context
 * @endpoint: (nullable): the name of the endpoint that calls; %NULL for none
 * @number: what is called
 *
 * Finds what a route says of a number.
 *
 * Returns: (transfer full) (nullable): the steps; %NULL when no route of the context is for the
 *   number
 *
 * Since: 0.1
 */
AhoyRouteProgram *
ahoy_call_router_find_program (AhoyCallRouter *self, const char *context, const char *endpoint,
                               const char *number)
{
  AhoyRouteProgram *program = NULL;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);
  g_return_val_if_fail (context != NULL && number != NULL, NULL);

  if (self->table == NULL ||
      ahoy_route_table_find (self->table, context, endpoint, number, &program) == NULL) {
    return NULL;
  }
  return program;
}

/* The user part that is called: of the Request-URI. */
static char *
called_user (AhoyCallRouter *self, const char *target)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (target, NULL);
  const char *user = NULL;

  if (uri != NULL && self->keeps_user_options) {
    user = ahoy_uri_get_user (uri);
  } else if (uri != NULL) {
    user = ahoy_uri_get_number (uri);
    user = user != NULL ? user : ahoy_uri_get_user_without_options (uri);
  }
  return g_strdup (user != NULL ? user : "");
}

gboolean
ahoy_call_router_run_in (AhoyCallRouter *self, AhoySession *session, AhoyRouteProgram *program,
                         const char *context, GError **error)
{
  g_autoptr (AhoyCallRun) run = NULL;

  if (ahoy_session_get_state (session) >= AHOY_SESSION_ENDING) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is over", ahoy_session_get_id (session));
    return FALSE;
  }
  if (!ahoy_call_router_check_program (self, program, error)) {
    return FALSE;
  }
  ahoy_call_router_release (self, session);
  run = ahoy_call_run_new (self, session, program, context);
  g_hash_table_insert (self->runs, g_object_ref (session), g_object_ref (run));
  ahoy_call_run_go_on (run);
  return TRUE;
}

/* Whether more digits may make it a number (RFC 3578 §2.2). */
static gboolean
may_follow (AhoyCallRouter *self, AhoyEndpoint *endpoint, const char *context, const char *user)
{
  return endpoint != NULL && *user != '\0' &&
         ahoy_config_object_get_boolean (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                         "allow-overlap") &&
         ahoy_route_table_may_follow (self->table, context, ahoy_endpoint_get_name (endpoint),
                                      user);
}

static AhoyRouteConfig *
find_route (AhoyCallRouter *self, AhoyEndpoint *endpoint, const char *context, const char *user,
            AhoyRouteProgram **program)
{
  return ahoy_route_table_find (self->table, context,
                                endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL, user,
                                program);
}

/* What a call gets that no route is for. */
static guint
get_status_of_none (AhoyCallRouter *self, AhoyEndpoint *endpoint, const char *context,
                    const char *user)
{
  return may_follow (self, endpoint, context, user) ? 484 : 404;
}

/**
 * ahoy_call_router_foresee:
 * @self: a router
 * @query: what is asked, with the variables that a call would have
 * @context: the context whose routes the caller may call
 *
 * Says what would become of a call, as far as that can be told without one: whether there is a
 * route, and whether its first step that decides anything would refuse the call. Nothing is begun.
 * ahoy_call_query_get_status() of @query has the outcome.
 *
 * Returns: whether the router would take care of the call, as ahoy_call_router_take() says it
 *
 * Since: 0.1
 */
gboolean
ahoy_call_router_foresee (AhoyCallRouter *self, AhoyCallQuery *query, const char *context)
{
  g_autoptr (AhoyRouteProgram) program = NULL;
  g_autofree char *target = NULL;
  g_autofree char *user = NULL;
  AhoyEndpoint *endpoint;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (query), FALSE);
  g_return_val_if_fail (context != NULL, FALSE);

  if (self->table == NULL || !ahoy_route_table_has_context (self->table, context)) {
    return FALSE;
  }
  endpoint = ahoy_call_query_get_endpoint (query);
  target = ahoy_message_dup_request_uri (ahoy_call_query_get_request (query));
  user = called_user (self, target);
  if (find_route (self, endpoint, context, user, &program) == NULL) {
    ahoy_call_query_refuse (query, get_status_of_none (self, endpoint, context, user), NULL, NULL);
    return TRUE;
  }
  if (ahoy_call_query_get_variable (query, "number") == NULL) {
    ahoy_call_query_set_variable (query, "number", user);
  }
  if (!ahoy_call_router_check_program (self, program, NULL)) {
    ahoy_call_query_refuse (query, 501, NULL, NULL);
    return TRUE;
  }
  ahoy_call_query_walk (query, self, program, context);
  return TRUE;
}

/**
 * ahoy_call_router_take:
 * @self: a router
 * @session: an incoming call
 * @context: the context whose routes the caller may call
 *
 * Finds the route of a call, and begins with its steps. A call that no route is for is refused with
 * 404, unless there is no route in the context at all: such calls are left to somebody else.
 *
 * Returns: whether the router took care of the call
 *
 * Since: 0.1
 */
gboolean
ahoy_call_router_take (AhoyCallRouter *self, AhoySession *session, const char *context)
{
  g_autoptr (AhoyRouteProgram) program = NULL;
  AhoyRouteConfig *route;
  g_autofree char *user = NULL;
  g_autoptr (GError) error = NULL;
  AhoyEndpoint *endpoint;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (session), FALSE);
  g_return_val_if_fail (context != NULL, FALSE);

  if (self->table == NULL || !ahoy_route_table_has_context (self->table, context)) {
    return FALSE;
  }
  endpoint = ahoy_session_get_endpoint (session);
  user = called_user (self, ahoy_session_get_target (session));
  route = find_route (self, endpoint, context, user, &program);
  if (route == NULL) {
    ahoy_session_reject (session, get_status_of_none (self, endpoint, context, user), NULL, NULL);
    return TRUE;
  }
  /* Steps write it as ${number}, unless somebody else says what that is. */
  if (ahoy_session_get_variable (session, "number") == NULL) {
    ahoy_session_set_variable (session, "number", user);
  }
  ahoy_call_hooks_set_route (session, AHOY_CONFIG_OBJECT (route));
  if (!ahoy_call_router_run_in (self, session, program, context, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT ": %s", ahoy_session_get_id (session),
               error->message);
    ahoy_session_reject (session, 501, NULL, NULL);
  }
  return TRUE;
}

/**
 * ahoy_call_router_run:
 * @self: a router
 * @session: a call
 * @program: the steps for it
 * @error: return location for an error
 *
 * Begins with the steps of a program. A call that goes through steps already leaves those.
 *
 * Returns: %TRUE when the steps began; %FALSE with an error of ahoy_call_router_check_program(), or
 *   with %AHOY_ERROR_INVALID_STATE when the call is over
 *
 * Since: 0.1
 */
gboolean
ahoy_call_router_run (AhoyCallRouter *self, AhoySession *session, AhoyRouteProgram *program,
                      GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (session), FALSE);
  g_return_val_if_fail (program != NULL, FALSE);

  return ahoy_call_router_run_in (self, session, program, NULL, error);
}

/**
 * ahoy_call_router_release:
 * @self: a router
 * @session: a call
 *
 * Takes a call from its application: the steps that follow are left out.
 *
 * Since: 0.1
 */
void
ahoy_call_router_release (AhoyCallRouter *self, AhoySession *session)
{
  AhoyCallRun *run;

  g_return_if_fail (AHOY_IS_CALL_ROUTER (self));
  g_return_if_fail (AHOY_IS_SESSION (session));

  run = g_hash_table_lookup (self->runs, session);
  if (run != NULL) {
    ahoy_call_run_stop (run);
  }
}

/**
 * ahoy_call_router_get_music:
 * @self: a router
 *
 * Returns: (transfer none): the classes of music for those who wait
 *
 * Since: 0.1
 */
AhoyMusicOnHold *
ahoy_call_router_get_music (AhoyCallRouter *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);

  return self->music;
}

/**
 * ahoy_call_router_get_parking_lot:
 * @self: a router
 *
 * Returns: (transfer none): where calls are parked
 *
 * Since: 0.1
 */
AhoyParkingLot *
ahoy_call_router_get_parking_lot (AhoyCallRouter *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);

  return self->parking;
}

/**
 * ahoy_call_router_announce_bridge:
 * @self: a router
 * @bridge: a bridge that has no members yet
 *
 * Tells those who show bridges of a new one: emits AhoyCallRouter::bridge-added.
 *
 * Since: 0.1
 */
void
ahoy_call_router_announce_bridge (AhoyCallRouter *self, AhoyBridge *bridge)
{
  g_return_if_fail (AHOY_IS_CALL_ROUTER (self));
  g_return_if_fail (AHOY_IS_BRIDGE (bridge));

  ahoy_bridge_set_music (bridge, self->music);
  g_signal_emit (self, signals[SIGNAL_BRIDGE_ADDED], 0, bridge);
}

/**
 * ahoy_call_router_get_step_name:
 * @self: a router
 * @session: a call
 *
 * Returns: (transfer none) (nullable): the name of the step that has the call; %NULL for none
 *
 * Since: 0.1
 */
const char *
ahoy_call_router_get_step_name (AhoyCallRouter *self, AhoySession *session)
{
  AhoyCallRun *run;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);
  g_return_val_if_fail (AHOY_IS_SESSION (session), NULL);

  run = g_hash_table_lookup (self->runs, session);
  return run != NULL ? ahoy_call_run_peek_step_name (run) : NULL;
}

void
ahoy_call_router_step_changed (AhoyCallRouter *self, AhoyCallRun *run)
{
  g_signal_emit (self, signals[SIGNAL_STEP_CHANGED], 0, ahoy_call_run_get_session (run),
                 ahoy_call_run_peek_step_name (run));
}

void
ahoy_call_router_tell_dialling (AhoyCallRouter *self, AhoySession *session)
{
  g_signal_emit (self, signals[SIGNAL_DIALLING], 0, session);
}

void
ahoy_call_router_tell_time_left (AhoyCallRouter *self, AhoySession *session, guint seconds)
{
  g_signal_emit (self, signals[SIGNAL_TIME_LEFT], 0, session, seconds);
}

void
ahoy_call_router_forget (AhoyCallRouter *self, AhoyCallRun *run)
{
  g_hash_table_remove (self->runs, ahoy_call_run_get_session (run));
}

void
ahoy_call_router_report (AhoyCallRouter *self, AhoySession *session, guint status,
                         const char *reason)
{
  g_signal_emit (self, signals[SIGNAL_CALL_PROGRESS], 0, session, status, reason);
}

gboolean
ahoy_call_router_give_back (AhoyCallRouter *self, AhoySession *session, guint status,
                            const char *reason)
{
  gboolean taken = FALSE;

  if (ahoy_session_get_state (session) == AHOY_SESSION_ACTIVE) {
    g_signal_emit (self, signals[SIGNAL_CALL_RETURNED], 0, session, status, reason, &taken);
  }
  return taken;
}

AhoyCallRun *
ahoy_call_router_find_run (AhoyCallRouter *self, AhoySession *session)
{
  return g_hash_table_lookup (self->runs, session);
}

gboolean
ahoy_call_router_move (AhoyCallRouter *self, AhoySession *from, AhoySession *to)
{
  g_autoptr (AhoyCallRun) run = ahoy_call_router_find_run (self, from);

  if (run == NULL) {
    return FALSE;
  }
  g_object_ref (run);
  ahoy_call_router_release (self, to);
  g_hash_table_remove (self->runs, from);
  g_hash_table_insert (self->runs, g_object_ref (to), g_object_ref (run));
  ahoy_call_run_set_session (run, to);
  ahoy_call_router_step_changed (self, run);
  g_signal_emit (self, signals[SIGNAL_STEP_CHANGED], 0, from, NULL);
  g_signal_emit (self, signals[SIGNAL_CALL_MOVED], 0, from, to);
  return TRUE;
}
