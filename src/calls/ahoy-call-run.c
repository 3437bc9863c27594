/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-run-private.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-route-step-private.h"

/* Steps that lead to others without any time in between go round in circles. */
#define MAX_JUMPS 100
#define MAX_DEPTH 32
#define KEPT_STEPS 32

/* Steps that are under way; those of a choice of a menu stand above those of its route. */
typedef struct {
  AhoyRouteProgram *program;
  guint next;
} Frame;

/**
 * AhoyCallRun:
 *
 * A call that goes through the steps of a route.
 *
 * An application, also one written in Python, has all that it needs here: it plays something with
 * ahoy_call_run_play(), learns of digits by the `digit` of its interface, and goes on with
 * ahoy_call_run_finish() or ahoy_call_run_finish_with().
 *
 * Since: 0.1
 */
struct _AhoyCallRun {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference; NULL when the run is over */
  AhoySession *session;
  GArray *frames; /* of Frame; the last one is the one that goes on */
  char *context;  /* whose routes goto finds; NULL for that of the endpoint */
  guint jumps;    /* since a step waited */
  AhoyRouteStep *step;
  GPtrArray *expanded; /* the steps that had variables in them */
  AhoyCallApplication *application; /* the one that has the call */
  gboolean asking;                  /* its run() is on the stack */
  gboolean finished;                /* said before run() returned */
  gpointer data;
  GDestroyNotify destroy;
  AhoyMediaStream *media; /* that the application prepared; NULL for none */
  gulong digit_handler;
  gulong playing_handler;
  char *number; /* of the session, and when it began, as ${session} and ${time} say it */
  char *time;
};

G_DEFINE_FINAL_TYPE (AhoyCallRun, ahoy_call_run, G_TYPE_OBJECT)

static void
frame_clear (gpointer data)
{
  ahoy_route_program_unref (((Frame *) data)->program);
}

static void
forget_media (AhoyCallRun *self)
{
  if (self->media != NULL) {
    g_clear_signal_handler (&self->digit_handler, self->media);
    g_clear_signal_handler (&self->playing_handler, self->media);
    g_clear_object (&self->media);
  }
}

static void
ahoy_call_run_finalize (GObject *object)
{
  AhoyCallRun *self = AHOY_CALL_RUN (object);

  forget_media (self);
  ahoy_call_run_set_data (self, NULL, NULL);
  g_clear_object (&self->application);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_array_unref (self->frames);
  g_free (self->context);
  g_free (self->number);
  g_free (self->time);
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
  self->frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_array_set_clear_func (self->frames, frame_clear);
  self->expanded = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_route_step_unref);
  ahoy_census_enter (G_OBJECT (self));
}

static void
on_ended (AhoySession *session, gpointer user_data)
{
  ahoy_call_run_stop (user_data);
}

static Frame *
get_frame (AhoyCallRun *self)
{
  return &g_array_index (self->frames, Frame, self->frames->len - 1);
}

static gboolean
is_over (Frame *frame)
{
  return frame->next >= ahoy_route_program_get_length (frame->program);
}

static void
push (AhoyCallRun *self, AhoyRouteProgram *program)
{
  Frame frame = { ahoy_route_program_ref (program), 0 };

  g_array_append_val (self->frames, frame);
}

/* Leaves the steps that are done for those below them. */
static void
pop_done (AhoyCallRun *self)
{
  while (self->frames->len > 0 && is_over (get_frame (self))) {
    g_array_set_size (self->frames, self->frames->len - 1);
  }
}

AhoyCallRun *
ahoy_call_run_new (AhoyCallRouter *router, AhoySession *session, AhoyRouteProgram *program,
                   const char *context)
{
  AhoyCallRun *self = g_object_new (AHOY_TYPE_CALL_RUN, NULL);

  self->router = router;
  self->session = g_object_ref (session);
  self->context = g_strdup (context);
  push (self, program);
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
  forget_media (self);
  self->step = NULL;
  ahoy_call_router_step_changed (router, self);
  ahoy_call_router_forget (router, self);
}

char *
ahoy_call_run_dup_place (AhoyCallRun *self)
{
  return g_strdup_printf ("step %u (%s) of its route",
                          self->frames->len > 0 ? get_frame (self)->next : 0,
                          self->step != NULL ? ahoy_route_step_get_name (self->step) : "none");
}

static void
end_call (AhoyCallRun *self, const char *why)
{
  g_autoptr (AhoySession) session = g_object_ref (self->session);

  if (why != NULL) {
    g_autofree char *place = ahoy_call_run_dup_place (self);

    g_message ("Session %" G_GUINT64_FORMAT " ends: %s failed: %s", ahoy_session_get_id (session),
               place, why);
  }
  if (ahoy_call_router_give_back (self->router, session, why != NULL ? 500 : 480, NULL)) {
    ahoy_call_run_stop (self);
    return;
  }
  ahoy_call_run_stop (self);
  if (why != NULL && ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
      ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE &&
      ahoy_session_reject (session, 500, NULL, NULL)) {
    return;
  }
  ahoy_session_hangup (session);
}

/* What every call has, so that a name can be that of one call alone. */
static const char *
get_own_variable (AhoyCallRun *self, const char *name)
{
  if (g_str_equal (name, "session")) {
    if (self->number == NULL) {
      self->number = g_strdup_printf ("%" G_GUINT64_FORMAT, ahoy_session_get_id (self->session));
    }
    return self->number;
  }
  if (g_str_equal (name, "time")) {
    if (self->time == NULL) {
      gint64 seconds = ahoy_session_get_created_at (self->session) / G_USEC_PER_SEC;
      g_autoptr (GDateTime) created = g_date_time_new_from_unix_local (seconds);

      self->time = g_date_time_format (created, "%Y%m%d-%H%M%S");
    }
    return self->time;
  }
  return NULL;
}

static const char *
get_variable (const char *name, gpointer user_data)
{
  AhoyCallRun *self = user_data;
  const char *value = ahoy_session_get_variable (self->session, name);

  return value != NULL ? value : get_own_variable (self, name);
}

/* Steps live a while longer than they are done, and the last ones as long as the run: an
 * application may still look at one whose call has ended. */
static gboolean
take_step (AhoyCallRun *self, GError **error)
{
  Frame *frame = get_frame (self);
  AhoyRouteStep *expanded;

  self->step = ahoy_route_program_get_step (frame->program, frame->next++);
  expanded = ahoy_route_step_expand (self->step, get_variable, self, error);
  if (expanded == NULL) {
    return FALSE;
  }
  if (self->expanded->len >= KEPT_STEPS) {
    g_ptr_array_remove_index (self->expanded, 0);
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

  pop_done (self);
  if (self->frames->len == 0) {
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
    } else {
      self->jumps = 0;
    }
    return self->finished;
  }
  g_clear_object (&self->application);
  forget_media (self);
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

void
ahoy_call_run_set_session (AhoyCallRun *self, AhoySession *session)
{
  g_signal_handlers_disconnect_by_data (self->session, self);
  forget_media (self);
  g_set_object (&self->session, session);
  g_clear_pointer (&self->number, g_free);
  g_clear_pointer (&self->time, g_free);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), self);
}

/* The application has another call than it knows: it begins anew with that one. */
void
ahoy_call_run_repeat_step (AhoyCallRun *self)
{
  g_autoptr (AhoyCallRun) hold = g_object_ref (self);
  g_autoptr (AhoyCallApplication) application = g_steal_pointer (&self->application);

  if (self->router == NULL || self->asking || self->frames->len == 0) {
    return;
  }
  if (application != NULL) {
    ahoy_call_application_cancel (application, self);
  }
  ahoy_call_run_set_data (self, NULL, NULL);
  get_frame (self)->next--;
  ahoy_call_run_go_on (self);
}

gboolean
ahoy_call_run_uses_variable (AhoyCallRun *self, const char *variable)
{
  g_autofree char *wanted = g_strdup_printf ("${%s}", variable);
  g_autofree char *text = NULL;

  if (self->step == NULL || self->frames->len == 0 || get_frame (self)->next == 0) {
    return FALSE;
  }
  text = ahoy_route_step_to_string (
      ahoy_route_program_get_step (get_frame (self)->program, get_frame (self)->next - 1));
  return strstr (text, wanted) != NULL;
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
 * Returns: whether another step follows the one to do, of its route or of those above it
 *
 * Since: 0.1
 */
gboolean
ahoy_call_run_has_next (AhoyCallRun *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), FALSE);

  for (guint i = 0; i < self->frames->len; i++) {
    if (!is_over (&g_array_index (self->frames, Frame, i))) {
      return TRUE;
    }
  }
  return FALSE;
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

/* -- sound ---------------------------------------------------------------------------------- */

static void
on_digit (AhoyMediaStream *media, const char *digit, guint duration_ms, gpointer user_data)
{
  AhoyCallRun *self = user_data;
  g_autoptr (AhoyCallRun) hold = g_object_ref (self);

  if (self->application != NULL && !self->finished) {
    ahoy_call_application_digit (self->application, self, digit, duration_ms);
  }
}

static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  AhoyCallRun *self = user_data;
  g_autoptr (AhoyCallRun) hold = g_object_ref (self);

  if (self->application != NULL && !self->finished) {
    ahoy_call_application_played (self->application, self, complete);
  }
}

/**
 * ahoy_call_run_prepare_media:
 * @self: a run whose application does a step
 * @error: return location for an error
 *
 * The sound of the call, to play, to record or to listen to: the call is answered first, unless it
 * is answered or has early media. From now on, until the step is over, the application is told of
 * digits and of sounds that have ended.
 *
 * Returns: (transfer none) (nullable): the sound; %NULL with %AHOY_ERROR_INVALID_STATE when the
 *   call has none, or with the reason why it cannot be answered
 *
 * Since: 0.1
 */
AhoyMediaStream *
ahoy_call_run_prepare_media (AhoyCallRun *self, GError **error)
{
  AhoySession *session;
  AhoyMediaStream *media;

  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), NULL);

  session = self->session;
  if (ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
      ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE &&
      !ahoy_session_has_early_media (session) && !ahoy_session_answer (session, error)) {
    return NULL;
  }
  if (self->router != NULL && ahoy_session_get_state (session) == AHOY_SESSION_ACTIVE) {
    ahoy_call_router_report (self->router, session, 200, NULL);
  }
  media = ahoy_session_find_media (session, "audio");
  if (media == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has no sound", ahoy_session_get_id (session));
  } else if (media != self->media && self->router != NULL) {
    forget_media (self);
    self->media = g_object_ref (media);
    self->digit_handler = g_signal_connect (media, "dtmf-received", G_CALLBACK (on_digit), self);
    self->playing_handler =
        g_signal_connect (media, "playing-ended", G_CALLBACK (on_playing_ended), self);
  }
  return media;
}

/**
 * ahoy_call_run_play:
 * @self: a run whose application does a step
 * @sound: a sound, as the step `play` takes it
 * @error: return location for an error
 *
 * Plays a sound to the call, as ahoy_call_run_prepare_media() and ahoy_media_stream_play_file() do,
 * from the folder of sounds and in the language of the call. What played before ends.
 *
 * Returns: %TRUE when it plays; %FALSE with an error of those, or with %AHOY_ERROR_INVALID_STATE
 *   when the run is over
 *
 * Since: 0.1
 */
gboolean
ahoy_call_run_play (AhoyCallRun *self, const char *sound, GError **error)
{
  AhoyMediaStream *media;
  g_autofree char *path = NULL;

  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), FALSE);
  g_return_val_if_fail (sound != NULL, FALSE);

  if (self->router == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " goes through no steps any more",
                 ahoy_session_get_id (self->session));
    return FALSE;
  }
  path = ahoy_call_router_find_sound_for (self->router, self->session, sound, error);
  media = path != NULL ? ahoy_call_run_prepare_media (self, error) : NULL;
  return media != NULL && ahoy_media_stream_play_file (media, path, FALSE, error);
}

/* -- the end of a step ---------------------------------------------------------------------- */

/* The steps are done next; @instead of all others, or before them. */
gboolean
ahoy_call_run_jump (AhoyCallRun *self, AhoyRouteProgram *program, const char *context,
                    gboolean instead, GError **error)
{
  if (self->router == NULL || self->finished) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is at no step that could lead elsewhere",
                 ahoy_session_get_id (self->session));
    return FALSE;
  }
  if (!ahoy_call_router_check_program (self->router, program, error)) {
    return FALSE;
  }
  if (instead) {
    g_array_set_size (self->frames, 0);
  } else {
    pop_done (self);
  }
  if (++self->jumps > MAX_JUMPS || self->frames->len >= MAX_DEPTH) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "the steps lead from one to the next without an end; let one of them wait, or "
                 "take out a goto");
    return FALSE;
  }
  if (g_strcmp0 (context, self->context) != 0 && context != NULL) {
    g_free (self->context);
    self->context = g_strdup (context);
  }
  push (self, program);
  return TRUE;
}

const char *
ahoy_call_run_get_context (AhoyCallRun *self)
{
  return self->context;
}

/**
 * ahoy_call_run_finish_with:
 * @self: a run whose application has it
 * @steps: steps as a route has them, such as `dial(bob), hangup`
 * @error: return location for an error
 *
 * The step is done, and leads to others: @steps come next, and after them those that follow the
 * step. It may be called while the step begins, too, where the application answers
 * %AHOY_CALL_WAITING then.
 *
 * Returns: %TRUE when they come next; %FALSE with an error of ahoy_route_program_parse() or
 *   ahoy_call_router_check_program(), with %AHOY_ERROR_INVALID_STATE when the run is over, or with
 *   %AHOY_ERROR_LIMIT_EXCEEDED when steps lead to others without an end
 *
 * Since: 0.1
 */
gboolean
ahoy_call_run_finish_with (AhoyCallRun *self, const char *steps, GError **error)
{
  g_autoptr (AhoyRouteProgram) program = NULL;

  g_return_val_if_fail (AHOY_IS_CALL_RUN (self), FALSE);
  g_return_val_if_fail (steps != NULL, FALSE);

  program = ahoy_route_program_parse (ahoy_route_step_registry_get_default (), steps, error);
  if (program == NULL || !ahoy_call_run_jump (self, program, NULL, FALSE, error)) {
    return FALSE;
  }
  ahoy_call_run_finish (self);
  return TRUE;
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
  forget_media (self);
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
