/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-builtin-application.h"

#include <string.h>

#include "ahoy-call-query-private.h"
#include "ahoy-call-ringback-private.h"
#include "ahoy-call-pickup.h"
#include "ahoy-call-run-private.h"
#include "ahoy-call-timer-private.h"
#include "ahoy-census.h"
#include "ahoy-conference-application-private.h"
#include "ahoy-error.h"
#include "ahoy-exec-application-private.h"
#include "ahoy-menu-application-private.h"
#include "ahoy-music-application-private.h"
#include "ahoy-parking-application-private.h"
#include "ahoy-read-application-private.h"
#include "ahoy-session-redirect.h"

/**
 * AhoyBuiltinApplication:
 *
 * The steps that need nothing but a call and its sound: answer, ring, progress, echo, play, say,
 * tone, record, redirect, reject, busy, congestion, goto, limit, wait, hangup, agent.
 *
 * Since: 0.1
 */
struct _AhoyBuiltinApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
};

/* What a step that waits keeps: whose end or time it waits for. */
typedef struct {
  AhoyCallRun *run; /* not a reference */
  AhoyScheduler *scheduler;
  guint64 timer;
  AhoyMediaStream *media;
  gulong handler;
  guint index; /* of the sound that plays */
} Waiting;

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyBuiltinApplication, ahoy_builtin_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  if (waiting->timer != 0) {
    ahoy_scheduler_cancel (waiting->scheduler, waiting->timer);
  }
  if (waiting->handler != 0) {
    g_signal_handler_disconnect (waiting->media, waiting->handler);
  }
  g_clear_object (&waiting->media);
  g_clear_object (&waiting->scheduler);
  g_free (waiting);
}

static Waiting *
begin_to_wait (AhoyBuiltinApplication *self, AhoyCallRun *run, AhoyMediaStream *media)
{
  AhoyStack *stack =
      ahoy_session_service_get_stack (ahoy_call_router_get_sessions (self->router));
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->run = run;
  waiting->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  waiting->media = media != NULL ? g_object_ref (media) : NULL;
  ahoy_call_run_set_data (run, waiting, waiting_free);
  return waiting;
}

/* Stops what the step does with the sound. */
static void
silence (AhoyCallRun *run)
{
  Waiting *waiting = ahoy_call_run_get_data (run);

  if (waiting == NULL || waiting->media == NULL) {
    return;
  }
  if (waiting->handler != 0) {
    g_signal_handler_disconnect (waiting->media, waiting->handler);
    waiting->handler = 0;
  }
  ahoy_media_stream_set_echo (waiting->media, FALSE);
  ahoy_media_stream_stop_playing (waiting->media);
  ahoy_media_stream_stop_recording (waiting->media);
}

static void
on_time (gpointer user_data)
{
  Waiting *waiting = user_data;
  AhoyCallRun *run = waiting->run;

  waiting->timer = 0;
  silence (run);
  ahoy_call_run_finish (run);
}

/* The step is over when its file is whole: what the route does next may read it. */
static void
on_recorded_enough (gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->timer = 0;
  ahoy_media_stream_stop_recording (waiting->media);
}

static void
wait_until (Waiting *waiting, gint64 delay, AhoySchedulerFunc func)
{
  waiting->timer = ahoy_scheduler_add (waiting->scheduler, "step of a route", delay, func,
                                       waiting, NULL);
}

static AhoyCallVerdict
verdict_of (gboolean good)
{
  return good ? AHOY_CALL_DONE : AHOY_CALL_FAILED;
}

static AhoyCallVerdict
run_answer (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoySession *session = ahoy_call_run_get_session (run);

  return verdict_of (ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE ||
                     ahoy_session_answer (session, error));
}

static AhoyCallVerdict
run_ring (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoySession *session = ahoy_call_run_get_session (run);
  GError *fault = NULL;

  if (ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE) {
    return AHOY_CALL_DONE;
  }
  if (!ahoy_call_ringback_start (self->router, session, error)) {
    return AHOY_CALL_FAILED;
  }
  if (!ahoy_session_answer_if_asked (session, &fault) && fault != NULL) {
    g_propagate_error (error, fault);
    return AHOY_CALL_FAILED;
  }
  return AHOY_CALL_DONE;
}

static AhoyCallVerdict
run_progress (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoySession *session = ahoy_call_run_get_session (run);

  return verdict_of (ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE ||
                     ahoy_session_progress (session, error));
}

static AhoyCallVerdict
run_echo (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);

  if (media == NULL) {
    return AHOY_CALL_FAILED;
  }
  begin_to_wait (self, run, media);
  ahoy_media_stream_set_echo (media, TRUE);
  return AHOY_CALL_WAITING;
}

static gboolean
play_next (AhoyBuiltinApplication *self, AhoyCallRun *run, Waiting *waiting, GError **error)
{
  const char *const *files = ahoy_route_step_get_texts (ahoy_call_run_get_step (run), "file");
  g_autofree char *path = ahoy_call_router_find_sound_for (
      self->router, ahoy_call_run_get_session (run), files[waiting->index], error);

  waiting->index++;
  return path != NULL && ahoy_media_stream_play_file (waiting->media, path, FALSE, error);
}

static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  Waiting *waiting = user_data;
  AhoyCallRun *run = waiting->run;
  const char *const *files = ahoy_route_step_get_texts (ahoy_call_run_get_step (run), "file");
  AhoyBuiltinApplication *self = g_object_get_data (G_OBJECT (run), "ahoy-builtin-application");
  g_autoptr (GError) error = NULL;

  if (files[waiting->index] == NULL) {
    ahoy_call_run_finish (run);
  } else if (!play_next (self, run, waiting, &error)) {
    ahoy_call_run_fail (run, error);
  }
}

static AhoyCallVerdict
run_play (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  Waiting *waiting;

  if (media == NULL) {
    return AHOY_CALL_FAILED;
  }
  waiting = begin_to_wait (self, run, media);
  g_object_set_data (G_OBJECT (run), "ahoy-builtin-application", self);
  waiting->handler =
      g_signal_connect (media, "playing-ended", G_CALLBACK (on_playing_ended), waiting);
  return play_next (self, run, waiting, error) ? AHOY_CALL_WAITING : AHOY_CALL_FAILED;
}

/* Each character for itself: with a comma between two there is a pause. */
static char *
spell (const char *text)
{
  GString *spelt = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    g_string_append_len (spelt, at, g_utf8_next_char (at) - at);
    g_string_append (spelt, ", ");
  }
  return g_string_free (spelt, FALSE);
}

static void
on_said (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  ahoy_call_run_finish (((Waiting *) user_data)->run);
}

static AhoyCallVerdict
run_say (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  const char *text = ahoy_route_step_get_text (step, "text");
  g_autofree char *spelt =
      g_str_equal (ahoy_route_step_get_text (step, "as"), "digits") ? spell (text) : NULL;
  Waiting *waiting;

  if (media == NULL || !ahoy_media_stream_say (media, spelt != NULL ? spelt : text,
                                               ahoy_route_step_get_text (step, "voice"), error)) {
    return AHOY_CALL_FAILED;
  }
  waiting = begin_to_wait (self, run, media);
  waiting->handler = g_signal_connect (media, "playing-ended", G_CALLBACK (on_said), waiting);
  return AHOY_CALL_WAITING;
}

static AhoyCallVerdict
run_tone (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  g_autofree char *tone =
      ahoy_call_router_make_tone (self->router, ahoy_call_run_get_session (run),
                                  ahoy_route_step_get_text (step, "tone"));
  Waiting *waiting;

  if (media == NULL || !ahoy_media_stream_play_tone (media, tone, error)) {
    return AHOY_CALL_FAILED;
  }
  waiting = begin_to_wait (self, run, media);
  if (ahoy_route_step_has_argument (step, "duration")) {
    wait_until (waiting, ahoy_route_step_get_duration (step, "duration"), on_time);
  }
  return AHOY_CALL_WAITING;
}

static void
on_recording_ended (AhoyMediaStream *media, const char *path, const GError *error,
                    gpointer user_data)
{
  AhoyCallRun *run = ((Waiting *) user_data)->run;

  if (error != NULL) {
    ahoy_call_run_fail (run, error);
  } else {
    ahoy_call_run_finish (run);
  }
}

static AhoyCallVerdict
run_record (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  g_autofree char *path = ahoy_call_router_find_recording (
      self->router, ahoy_route_step_get_text (step, "file"), media != NULL ? error : NULL);
  Waiting *waiting;

  if (media == NULL || path == NULL || !ahoy_media_stream_record (media, path, error)) {
    return AHOY_CALL_FAILED;
  }
  ahoy_session_set_variable (ahoy_call_run_get_session (run), "recording", path);
  waiting = begin_to_wait (self, run, media);
  waiting->handler =
      g_signal_connect (media, "recording-ended", G_CALLBACK (on_recording_ended), waiting);
  wait_until (waiting, ahoy_route_step_get_duration (step, "limit"), on_recorded_enough);
  return AHOY_CALL_WAITING;
}

static AhoyCallVerdict
run_redirect (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  const char *const *targets =
      ahoy_route_step_get_texts (ahoy_call_run_get_step (run), "target");

  for (gsize i = 0; targets[i] != NULL; i++) {
    if (strpbrk (targets[i], ":<") == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "A call is redirected to URIs, such as <sip:bob@example.org>, not to “%s”",
                   targets[i]);
      return AHOY_CALL_FAILED;
    }
  }
  return ahoy_session_redirect_to (ahoy_call_run_get_session (run), targets, error)
             ? AHOY_CALL_DETACHED
             : AHOY_CALL_FAILED;
}

static void
refuse_or_hang_up (AhoySession *session, guint status)
{
  if (ahoy_session_get_direction (session) != AHOY_SESSION_INCOMING ||
      ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE ||
      !ahoy_session_reject (session, status, NULL, NULL)) {
    ahoy_session_hangup (session);
  }
}

/* Whoever asks first gets it. Nothing rings: the next step follows, if there is one. */
static AhoyCallVerdict
run_pickup (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoySession *session = ahoy_call_run_get_session (run);
  const char *const *names = ahoy_route_step_get_texts (ahoy_call_run_get_step (run), "whose");
  AhoyEndpoint *by = ahoy_session_get_endpoint (session);
  g_autoptr (AhoySession) ringing = NULL;

  for (gsize i = 0; names != NULL && names[i] != NULL && ringing == NULL; i++) {
    ringing = ahoy_call_router_find_ringing (self->router, by, names[i]);
  }
  if (names == NULL || names[0] == NULL) {
    ringing = ahoy_call_router_find_ringing (self->router, by, NULL);
  }
  if (ringing != NULL) {
    return ahoy_call_router_pick_up (self->router, session, ringing, error) ? AHOY_CALL_DETACHED
                                                                            : AHOY_CALL_FAILED;
  }
  if (!ahoy_call_run_has_next (run)) {
    refuse_or_hang_up (session, 480);
    return AHOY_CALL_DETACHED;
  }
  return AHOY_CALL_DONE;
}

static AhoyCallVerdict
run_reject (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (run);

  if (ahoy_call_router_give_back (self->router, ahoy_call_run_get_session (run),
                                  ahoy_route_step_get_number (step, "status"),
                                  ahoy_route_step_get_text (step, "reason"))) {
    return AHOY_CALL_DETACHED;
  }
  return ahoy_session_reject (ahoy_call_run_get_session (run),
                              ahoy_route_step_get_number (step, "status"),
                              ahoy_route_step_get_text (step, "reason"), error)
             ? AHOY_CALL_DETACHED
             : AHOY_CALL_FAILED;
}

static AhoyCallVerdict
run_wait (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  wait_until (begin_to_wait (self, run, NULL),
              ahoy_route_step_get_duration (ahoy_call_run_get_step (run), "duration"), on_time);
  return AHOY_CALL_WAITING;
}

static AhoyCallVerdict
run_hangup (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoySession *session = ahoy_call_run_get_session (run);
  guint cause = ahoy_route_step_get_number (ahoy_call_run_get_step (run), "cause");

  if (!ahoy_call_router_give_back (self->router, session,
                                   ahoy_cause_to_status ((AhoyCause) cause), NULL)) {
    ahoy_session_set_end_cause (session, (AhoyCause) cause);
    refuse_or_hang_up (session, ahoy_cause_to_status ((AhoyCause) cause));
  }
  return AHOY_CALL_DETACHED;
}

static guint
status_of_refusal (AhoyCallRun *run)
{
  return g_str_equal (ahoy_route_step_get_name (ahoy_call_run_get_step (run)), "busy") ? 486 : 503;
}

static void
on_heard_enough (gpointer user_data)
{
  Waiting *waiting = user_data;
  g_autoptr (AhoySession) session = g_object_ref (ahoy_call_run_get_session (waiting->run));
  guint status = status_of_refusal (waiting->run);

  waiting->timer = 0;
  silence (waiting->run);
  refuse_or_hang_up (session, status);
}

/* The sound of a call that is not to be answered. */
static AhoyMediaStream *
prepare_early_media (AhoySession *session)
{
  if (ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE &&
      !ahoy_session_has_early_media (session) && !ahoy_session_progress (session, NULL)) {
    return NULL;
  }
  return ahoy_session_find_media (session, "audio");
}

/* busy and congestion. A caller who cannot be given a tone is refused at once. */
static AhoyCallVerdict
run_refusal (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoySession *session = ahoy_call_run_get_session (run);
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  const char *zone = ahoy_route_step_get_text (step, "zone");
  const char *name = ahoy_route_step_get_name (step);
  g_autofree char *tone = zone != NULL
                              ? g_strconcat (zone, ":", name, NULL)
                              : ahoy_call_router_make_tone (self->router, session, name);
  gboolean heard = ahoy_session_get_state (session) >= AHOY_SESSION_ACTIVE ||
                   g_str_equal (ahoy_route_step_get_text (step, "how"), "tone");
  AhoyMediaStream *media = heard ? prepare_early_media (session) : NULL;

  if (ahoy_call_router_give_back (self->router, session, status_of_refusal (run), NULL)) {
    return AHOY_CALL_DETACHED;
  }
  if (media == NULL) {
    refuse_or_hang_up (session, status_of_refusal (run));
    return AHOY_CALL_DETACHED;
  }
  if (!ahoy_media_stream_play_tone (media, tone, error)) {
    return AHOY_CALL_FAILED;
  }
  wait_until (begin_to_wait (self, run, media), ahoy_route_step_get_duration (step, "duration"),
              on_heard_enough);
  return AHOY_CALL_WAITING;
}

/* Where the call came from counts, unless somebody says where else. */
static AhoyCallVerdict
run_goto (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  AhoySession *session = ahoy_call_run_get_session (run);
  const char *number = ahoy_route_step_get_text (step, "number");
  const char *context = ahoy_route_step_get_text (step, "context");
  AhoyEndpoint *caller = ahoy_session_get_endpoint (session);
  g_autoptr (AhoyRouteProgram) program = NULL;

  context = context != NULL ? context : ahoy_call_run_get_context (run);
  context = context != NULL ? context : "default";
  program = ahoy_call_router_find_program (
      self->router, context, caller != NULL ? ahoy_endpoint_get_name (caller) : NULL, number);
  if (program == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "the context “%s” has no route for “%s”; add one, or change the goto", context,
                 number);
    return AHOY_CALL_FAILED;
  }
  ahoy_session_set_variable (session, "number", number);
  return verdict_of (ahoy_call_run_jump (run, program, context, TRUE, error));
}

static AhoyCallVerdict
run_limit (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyCallTimerSpec spec;

  if (ahoy_call_timer_spec_read_step (&spec, ahoy_call_run_get_step (run))) {
    ahoy_call_timer_limit (self->router, ahoy_call_run_get_session (run), &spec);
  }
  return AHOY_CALL_DONE;
}

static AhoyCallVerdict
run_agent (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error)
{
  return AHOY_CALL_DETACHED;
}

static const struct {
  const char *step;
  AhoyCallVerdict (*run) (AhoyBuiltinApplication *self, AhoyCallRun *run, GError **error);
} steps[] = {
  { "answer", run_answer },     { "ring", run_ring },     { "progress", run_progress },
  { "echo", run_echo },         { "play", run_play },     { "tone", run_tone },
  { "record", run_record },     { "reject", run_reject }, { "redirect", run_redirect },
  { "wait", run_wait },         { "hangup", run_hangup }, { "agent", run_agent },
  { "busy", run_refusal },      { "say", run_say },       { "congestion", run_refusal },
  { "pickup", run_pickup },
  { "goto", run_goto },         { "limit", run_limit },
};

static AhoyCallVerdict
ahoy_builtin_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  const char *name = ahoy_route_step_get_name (ahoy_call_run_get_step (run));

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (g_str_equal (steps[i].step, name)) {
      return steps[i].run (AHOY_BUILTIN_APPLICATION (application), run, error);
    }
  }
  return AHOY_CALL_FAILED;
}

static void
ahoy_builtin_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  silence (run);
}

static gboolean
ahoy_builtin_application_foresee (AhoyCallApplication *application, AhoyCallQuery *query)
{
  return ahoy_builtin_foresee (AHOY_BUILTIN_APPLICATION (application)->router, query);
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->foresee = ahoy_builtin_application_foresee;
  iface->run = ahoy_builtin_application_run;
  iface->cancel = ahoy_builtin_application_cancel;
}

static void
ahoy_builtin_application_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_builtin_application_parent_class)->finalize (object);
}

static void
ahoy_builtin_application_class_init (AhoyBuiltinApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_builtin_application_finalize;
}

static void
ahoy_builtin_application_init (AhoyBuiltinApplication *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_builtin_application_add:
 * @router: a router
 * @error: return location for an error
 *
 * Adds the built-in steps to a router.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when another application does one of
 *   them
 *
 * Since: 0.1
 */
gboolean
ahoy_builtin_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyBuiltinApplication) self = NULL;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (router), FALSE);

  self = g_object_new (AHOY_TYPE_BUILTIN_APPLICATION, NULL);
  self->router = router;
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (!ahoy_call_router_add_application (router, steps[i].step, AHOY_CALL_APPLICATION (self),
                                           error)) {
      return FALSE;
    }
  }
  return ahoy_read_application_add (router, error) && ahoy_menu_application_add (router, error) &&
         ahoy_conference_application_add (router, error) &&
         ahoy_music_application_add (router, error) &&
         ahoy_parking_application_add (router, error) &&
         ahoy_exec_application_add (router, error);
}
