/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-route-step-private.h"

/**
 * AhoyCallRun:
 *
 * A call that goes through the steps of a route.
 *
 * Since: 0.1
 */
struct _AhoyCallRun {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference; NULL when the run is over */
  AhoySession *session;
  AhoyRouteProgram *program;
  guint next;
  AhoyRouteStep *step;
  GPtrArray *expanded; /* the steps that had variables in them */
  AhoyCallApplication *application; /* the one that has the call */
  gboolean asking;                  /* its run() is on the stack */
  gboolean finished;                /* said before run() returned */
  gpointer data;
  GDestroyNotify destroy;
};

G_DEFINE_FINAL_TYPE (AhoyCallRun, ahoy_call_run, G_TYPE_OBJECT)

static void
ahoy_call_run_finalize (GObject *object)
{
  AhoyCallRun *self = AHOY_CALL_RUN (object);

  ahoy_call_run_set_data (self, NULL, NULL);
  g_clear_object (&self->application);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  ahoy_route_program_unref (self->program);
  g_ptr_array_unref (self->expanded);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_run_parent_class)->finalize (object);
}

static void
ahoy_call_run_class_init (AhoyCallRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_call_run_finalize;
}

static void
ahoy_call_run_init (AhoyCallRun *self)
{
  self->expanded = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_route_step_unref);
  ahoy_census_enter (G_OBJECT (self));
}

static void
on_ended (AhoySession *session, gpointer user_data)
{
  ahoy_call_run_stop (user_data);
}

AhoyCallRun *
ahoy_call_run_new (AhoyCallRouter *router, AhoySession *session, AhoyRouteProgram *program)
{
  AhoyCallRun *self = g_object_new (AHOY_TYPE_CALL_RUN, NULL);

  self->router = router;
  self->session = g_object_ref (session);
  self->program = ahoy_route_program_ref (program);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), self);
  return self;
}

/* The run is over: no application has the call any more. */
void
ahoy_call_run_stop (AhoyCallRun *self)
{
  g_autoptr (AhoyCallRun) hold = g_object_ref (self);
  AhoyCallRouter *router = g_steal_pointer (&self->router);
  g_autoptr (AhoyCallApplication) application = g_steal_pointer (&self->application);

  if (router == NULL) {
    return;
  }
  g_signal_handlers_disconnect_by_data (self->session, self);
  if (application != NULL && !self->asking) {
    ahoy_call_application_cancel (application, self);
  }
  ahoy_call_run_set_data (self, NULL, NULL);
  self->step = NULL;
  ahoy_call_router_step_changed (router, self);
  ahoy_call_router_forget (router, self);
}

static void
end_call (AhoyCallRun *self, const char *why)
{
  g_autoptr (AhoySession) session = g_object_ref (self->session);

  if (why != NULL) {
    g_message ("Session %" G_GUINT64_FORMAT " ends: step %u (%s) of its route failed: %s",
               ahoy_session_get_id (session), self->next,
               self->step != NULL ? ahoy_route_step_get_name (self->step) : "none", why);
  }
  ahoy_call_run_stop (self);
  if (why != NULL && ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
      ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE &&
      ahoy_session_reject (session, 500, NULL, NULL)) {
    return;
  }
  ahoy_session_hangup (session);
}

static const char *
get_variable (const char *name, gpointer user_data)
{
  return ahoy_session_get_variable (user_data, name);
}

/* Steps live as long as the run: an application may still look at one whose call has ended. */
static gboolean
take_step (AhoyCallRun *self, GError **error)
{
  AhoyRouteStep *expanded;

  self->step = ahoy_route_program_get_step (self->program, self->next++);
  expanded = ahoy_route_step_expand (self->step, get_variable, self->session, error);
  if (expanded == NULL) {
    return FALSE;
  }
  g_ptr_array_add (self->expanded, expanded);
  self->step = expanded;
  return TRUE;
}

/* One step; FALSE when the call is to wait, or the run is over. */
static gboolean
do_step (AhoyCallRun *self)
{
  g_autoptr (AhoyCallApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  AhoyCallVerdict verdict;

  if (self->next >= ahoy_route_program_get_length (self->program)) {
    end_call (self, NULL);
    return FALSE;
  }
  if (!take_step (self, &error)) {
    end_call (self, error->message);
    return FALSE;
  }
  application = ahoy_call_router_lookup (self->router, ahoy_route_step_get_name (self->step));
  if (application == NULL) {
    end_call (self, "no application does it");
    return FALSE;
  }
  g_object_ref (application);
  g_set_object (&self->application, application);
  ahoy_call_router_step_changed (self->router, self);
  self->finished = FALSE;
  self->asking = TRUE;
  verdict = ahoy_call_application_run (application, self, &error);
  self->asking = FALSE;
  if (self->router == NULL) {
    /* The call ended meanwhile. */
    if (verdict == AHOY_CALL_WAITING && !self->finished) {
      ahoy_call_application_cancel (application, self);
    }
    return FALSE;
  }
  if (verdict == AHOY_CALL_WAITING) {
    if (self->finished) {
      g_clear_object (&self->application);
    }
    return self->finished;
  }
  g_clear_object (&self->application);
  ahoy_call_run_set_data (self, NULL, NULL);
  if (verdict == AHOY_CALL_DETACHED) {
    ahoy_call_run_stop (self);
  } else if (verdict != AHOY_CALL_DONE) {
    end_call (self, error != NULL ? error->message : "the application gave no reason");
  }
  return verdict == AHOY_CALL_DONE;
}

/* Does steps until one waits, or none is left. */
void
ahoy_call_run_go_on (AhoyCallRun *self)
{
  g_autoptr (AhoyCallRun) hold = g_object_ref (self);

  while (self->router != NULL && do_step (self)) {
  }
}

AhoyMediaStream *
ahoy_call_run_prepare_media (AhoyCallRun *self, GError **error)
{
  AhoySession *session = self->session;
  AhoyMediaStream *media;

  if (ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
      ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE &&
      !ahoy_session_has_early_media (session) && !ahoy_session_answer (session, error)) {
    return NULL;
  }
  media = ahoy_session_find_media (session, "audio");
  if (media == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has no sound", ahoy_session_get_id (session));
  }
  return media;
}

const char *
ahoy_call_run_peek_step_name (AhoyCallRun *self)
{
  return self->step != NULL ? ahoy_route_step_get_name (self->step) : NULL;
}

/**
 * ahoy_call_run_get_session:
 * @self: a run
 *
 * Returns: (transfer none): the call
 *
 * Since: 0.1
 */
AhoySession *
ahoy_call_run_get_session (AhoyCallRun *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), NULL);

  return self->session;
}

/**
 * ahoy_call_run_get_step:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): the step to do, with its arguments; %NULL when the run is
 *   over
 *
 * Since: 0.1
 */
AhoyRouteStep *
ahoy_call_run_get_step (AhoyCallRun *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), NULL);

  return self->step;
}

/**
 * ahoy_call_run_has_next:
 * @self: a run
 *
 * Returns: whether another step follows the one to do
 *
 * Since: 0.1
 */
gboolean
ahoy_call_run_has_next (AhoyCallRun *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), FALSE);

  return self->next < ahoy_route_program_get_length (self->program);
}

/**
 * ahoy_call_run_set_data: (skip)
 * @self: a run
 * @data: what the application keeps with the step; %NULL for nothing
 * @destroy: (nullable): frees @data, when the step is over at the latest
 *
 * Keeps something for the application until the step is over.
 *
 * Since: 0.1
 */
void
ahoy_call_run_set_data (AhoyCallRun *self, gpointer data, GDestroyNotify destroy)
{
  gpointer old;
  GDestroyNotify old_destroy;

  g_return_if_fail (AHOY_IS_CALL_RUN (self));

  old = self->data;
  old_destroy = self->destroy;
  self->data = data;
  self->destroy = destroy;
  if (old != NULL && old_destroy != NULL) {
    old_destroy (old);
  }
}

/**
 * ahoy_call_run_get_data: (skip)
 * @self: a run
 *
 * Returns: what the application keeps with the step; %NULL for nothing
 *
 * Since: 0.1
 */
gpointer
ahoy_call_run_get_data (AhoyCallRun *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), NULL);

  return self->data;
}

/**
 * ahoy_call_run_finish:
 * @self: a run whose application waits
 *
 * The step is done: the next one follows. Does nothing when the run is over.
 *
 * Since: 0.1
 */
void
ahoy_call_run_finish (AhoyCallRun *self)
{
  g_return_if_fail (AHOY_IS_CALL_RUN (self));

  if (self->router == NULL || self->application == NULL || self->finished) {
    return;
  }
  self->finished = TRUE;
  ahoy_call_run_set_data (self, NULL, NULL);
  if (!self->asking) {
    g_clear_object (&self->application);
    ahoy_call_run_go_on (self);
  }
}

/**
 * ahoy_call_run_fail:
 * @self: a run whose application waits
 * @error: why
 *
 * The step cannot be done: the call is ended. Does nothing when the run is over.
 *
 * Since: 0.1
 */
void
ahoy_call_run_fail (AhoyCallRun *self, const GError *error)
{
  g_return_if_fail (AHOY_IS_CALL_RUN (self));
  g_return_if_fail (error != NULL);

  if (self->router == NULL || self->application == NULL || self->finished) {
    return;
  }
  if (!self->asking) {
    g_clear_object (&self->application);
  }
  end_call (self, error->message);
}
