/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-queue-caller-private.h"

#include "ahoy-route-program.h"

#define PLACE "ahoy-queue-place" /* of a session: that of the one whose place it takes */
#define DEFAULT_MUSIC "default"

/* Since when somebody waits who is somebody else now. */
typedef struct {
  AhoyCallQueue *queue; /* not a reference: only compared */
  gint64 since;
} Place;

static AhoyConfigObject *
get_config (AhoyQueueCaller *self)
{
  return AHOY_CONFIG_OBJECT (ahoy_call_queue_get_config (self->queue));
}

static AhoyCallRouter *
get_router (AhoyQueueCaller *self)
{
  return ahoy_dial_application_get_router (ahoy_call_queue_get_dial (self->queue));
}

static void
forget_timer (AhoyQueueCaller *self, guint64 *timer)
{
  if (*timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, *timer);
    *timer = 0;
  }
}

/* -- what the caller hears ------------------------------------------------------------------ */

/* Music that is not there is no reason to lose a caller. */
static void
play_music (AhoyQueueCaller *self)
{
  AhoyMusicOnHold *music = ahoy_call_router_get_music (get_router (self));
  const char *name = ahoy_config_object_get_string (get_config (self), "moh");
  g_autoptr (GError) error = NULL;

  self->has_music = TRUE;
  if (name == NULL || *name == '\0') {
    name = DEFAULT_MUSIC;
  }
  if (!ahoy_music_on_hold_play (music, name, self->media, &error)) {
    g_warning ("Queue “%s”: %s", ahoy_call_queue_get_name (self->queue), error->message);
    ahoy_music_on_hold_play (music, DEFAULT_MUSIC, self->media, NULL);
  }
}

static void
stop_music (AhoyQueueCaller *self)
{
  ahoy_music_on_hold_stop (ahoy_call_router_get_music (get_router (self)), self->media);
  ahoy_media_stream_stop_playing (self->media); /* an announcement, too */
}

static const char *
get_announcement (AhoyQueueCaller *self)
{
  const char *sound = ahoy_config_object_get_string (get_config (self), "announce");

  return sound != NULL && *sound != '\0' ? sound : NULL;
}

/* It interrupts the music, which goes on by itself. */
static gboolean
announce (AhoyQueueCaller *self)
{
  const char *sound = get_announcement (self);
  g_autoptr (GError) error = NULL;

  if (sound == NULL) {
    return FALSE;
  }
  if (!ahoy_call_run_play (self->run, sound, &error)) {
    g_warning ("Queue “%s” announces nothing: %s", ahoy_call_queue_get_name (self->queue),
               error->message);
    return FALSE;
  }
  return TRUE;
}

static void
on_time_to_announce (gpointer user_data)
{
  AhoyQueueCaller *self = user_data;

  if (self->has_music) { /* else the first one still plays */
    announce (self);
  }
}

void
ahoy_queue_caller_played (AhoyQueueCaller *self, gboolean complete)
{
  if (complete && self->waits && !self->has_music) {
    play_music (self);
  }
}

/* -- how long ------------------------------------------------------------------------------- */

static void
on_timeout (gpointer user_data)
{
  AhoyQueueCaller *self = user_data;

  self->timeout = 0;
  ahoy_queue_caller_leave (self, "timeout");
}

static gint64
get_timeout (AhoyQueueCaller *self)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (self->run);

  return ahoy_route_step_has_argument (step, "timeout")
             ? ahoy_route_step_get_duration (step, "timeout")
             : ahoy_config_object_get_duration (get_config (self), "timeout");
}

static void
append_texts (GString *text, AhoyRouteStep *step, const char *argument)
{
  const char *const *values = ahoy_route_step_get_texts (step, argument);

  for (gsize i = 0; values != NULL && values[i] != NULL; i++) {
    g_string_append_printf (text, ", %s=%s", argument, values[i]);
  }
}

/* How members are called: as a step dial would, with what the queue and its step say. */
static AhoyRouteStep *
make_step (AhoyQueueCaller *self)
{
  AhoyRouteStep *own = ahoy_call_run_get_step (self->run);
  gint64 ring_time = ahoy_config_object_get_duration (get_config (self), "ring-time");
  g_autoptr (GString) text = g_string_new ("dial(members");
  g_autoptr (AhoyRouteProgram) program = NULL;

  g_string_append_printf (text, ", timeout=%" G_GINT64_FORMAT "ms", ring_time / 1000);
  g_string_append_printf (text, ", afterwards=%s", ahoy_route_step_get_text (own, "afterwards"));
  append_texts (text, own, "caller-features");
  append_texts (text, own, "callee-features");
  g_string_append_c (text, ')');
  program = ahoy_route_program_parse (ahoy_route_step_registry_get_default (), text->str, NULL);
  g_return_val_if_fail (program != NULL, NULL); /* all of its words were read from such steps */
  return ahoy_route_step_ref (ahoy_route_program_get_step (program, 0));
}

void
ahoy_queue_caller_update (AhoyQueueCaller *self)
{
  gint64 timeout = get_timeout (self);
  gint64 every = ahoy_config_object_get_duration (get_config (self), "announce-every");
  gint64 waited = ahoy_scheduler_get_now (self->scheduler) - self->since;

  g_clear_pointer (&self->step, ahoy_route_step_unref);
  self->step = make_step (self);
  forget_timer (self, &self->timeout);
  forget_timer (self, &self->announcing);
  if (timeout > 0) {
    self->timeout = ahoy_scheduler_add (self->scheduler, "caller in a queue", timeout - waited,
                                        on_timeout, self, NULL);
  }
  if (every > 0) {
    self->announcing = ahoy_scheduler_add_repeating (self->scheduler, "announcement of a queue",
                                                     every, on_time_to_announce, self, NULL);
  }
}

/* -- whom the members that ring are for ----------------------------------------------------- */

static void
on_answered (AhoySession *leg, gpointer user_data)
{
  AhoyQueueCaller *self = user_data;

  forget_timer (self, &self->timeout);
  forget_timer (self, &self->announcing);
  stop_music (self);
  ahoy_session_set_variable (self->session, AHOY_QUEUE_RESULT_VARIABLE, "answered");
  ahoy_call_queue_answered (self->queue, self, leg);
}

static void
on_declined (AhoyEndpoint *endpoint, gpointer user_data)
{
  AhoyQueueCaller *self = user_data;

  ahoy_call_queue_declined (self->queue, endpoint);
}

static void
on_failed (gpointer user_data)
{
  AhoyQueueCaller *self = user_data;

  ahoy_queue_caller_stop_dialling (self);
  ahoy_call_queue_silence (self->queue, self, TRUE);
}

/* It may take a while until a call is over whose phone says nothing: nobody rings for it then. */
static void
on_state_changed (AhoySession *session, AhoySessionState old, AhoySessionState state, guint status,
                  const char *reason, gpointer user_data)
{
  AhoyQueueCaller *self = user_data;

  if (state >= AHOY_SESSION_ENDING && self->waits &&
      session == ahoy_call_run_get_session (self->run)) {
    ahoy_queue_caller_cancel (self);
  }
}

static void
watch_session (AhoyQueueCaller *self, AhoySession *session)
{
  if (self->session != NULL) {
    g_signal_handlers_disconnect_by_data (self->session, self);
  }
  g_set_object (&self->session, session);
  if (session != NULL) {
    g_signal_connect (session, "state-changed", G_CALLBACK (on_state_changed), self);
  }
}

/* Somebody else waits in the place of the one who did, while members ring. */
static void
on_moved (gpointer user_data)
{
  AhoyQueueCaller *self = user_data;
  AhoyMediaStream *media;
  g_autoptr (GError) error = NULL;

  stop_music (self);
  watch_session (self, ahoy_call_run_get_session (self->run));
  media = ahoy_call_run_prepare_media (self->run, &error);
  if (media == NULL) {
    ahoy_call_run_fail (self->run, error);
    return;
  }
  g_set_object (&self->media, media);
  play_music (self);
}

static const AhoyDialWatch watch = { on_answered, on_declined, on_failed, on_moved };

void
ahoy_queue_caller_dial (AhoyQueueCaller *self, const char *const *targets)
{
  self->attempt = ahoy_dial_attempt_new_watched (ahoy_call_queue_get_dial (self->queue),
                                                 self->run, self->step, targets, &watch, self);
  ahoy_dial_attempt_begin (self->attempt);
}

void
ahoy_queue_caller_stop_dialling (AhoyQueueCaller *self)
{
  AhoyDialAttempt *attempt = g_steal_pointer (&self->attempt);

  if (attempt != NULL) {
    ahoy_dial_attempt_end (attempt);
    ahoy_dial_attempt_unref (attempt);
  }
}

/* -- the step ------------------------------------------------------------------------------- */

static gint64
find_place (AhoyQueueCaller *self)
{
  Place *place = g_object_get_data (G_OBJECT (self->session), PLACE);
  gint64 since = place != NULL && place->queue == self->queue
                     ? place->since
                     : ahoy_scheduler_get_now (self->scheduler);

  g_object_set_data (G_OBJECT (self->session), PLACE, NULL);
  return since;
}

/* Somebody who waits from now on, and was answered. */
AhoyQueueCaller *
ahoy_queue_caller_new (AhoyCallQueue *queue, AhoyCallRun *run, GError **error)
{
  AhoyStack *stack = ahoy_session_service_get_stack (
      ahoy_dial_application_get_sessions (ahoy_call_queue_get_dial (queue)));
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  AhoyQueueCaller *self;

  if (media == NULL) {
    return NULL;
  }
  self = g_new0 (AhoyQueueCaller, 1);
  self->queue = g_object_ref (queue);
  self->run = run;
  watch_session (self, ahoy_call_run_get_session (run));
  self->media = g_object_ref (media);
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->since = find_place (self);
  return self;
}

void
ahoy_queue_caller_free (gpointer data)
{
  AhoyQueueCaller *self = data;

  forget_timer (self, &self->timeout);
  forget_timer (self, &self->announcing);
  ahoy_queue_caller_stop_dialling (self);
  ahoy_call_queue_silence (self->queue, self, FALSE);
  ahoy_call_queue_remove (self->queue, self, "taken");
  g_clear_pointer (&self->step, ahoy_route_step_unref);
  g_hash_table_unref (self->tried);
  g_object_unref (self->scheduler);
  g_object_unref (self->media);
  watch_session (self, NULL);
  g_object_unref (self->queue);
  g_free (self);
}

void
ahoy_queue_caller_begin (AhoyQueueCaller *self)
{
  ahoy_queue_caller_update (self);
  if (!announce (self)) {
    play_music (self);
  }
  ahoy_call_queue_add (self->queue, self);
}

void
ahoy_queue_caller_leave (AhoyQueueCaller *self, const char *result)
{
  stop_music (self);
  ahoy_queue_caller_stop_dialling (self);
  ahoy_session_set_variable (self->session, AHOY_QUEUE_RESULT_VARIABLE, result);
  ahoy_call_queue_remove (self->queue, self, result);
  ahoy_call_run_finish (self->run);
}

static void
keep_place (AhoyQueueCaller *self, AhoySession *session)
{
  Place *place = g_new (Place, 1);

  place->queue = self->queue;
  place->since = self->since;
  g_object_set_data_full (G_OBJECT (session), PLACE, place, g_free);
}

/* The call is over, or somebody else's, or it is another one that begins anew with the step. */
void
ahoy_queue_caller_cancel (AhoyQueueCaller *self)
{
  AhoySession *session = ahoy_call_run_get_session (self->run);
  gboolean ends = ahoy_session_get_state (session) >= AHOY_SESSION_ENDING;

  if (self->waits && session != self->session) {
    keep_place (self, session);
  }
  if (self->waits && !ends) {
    stop_music (self);
  }
  ahoy_queue_caller_stop_dialling (self);
  ahoy_call_queue_remove (self->queue, self, ends ? "abandoned" : "taken");
}
