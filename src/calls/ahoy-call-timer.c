/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-timer-private.h"

#include <string.h>

#include "ahoy-endpoint.h"

/* How long a call may last, and who hears that it is about to end. */

#define STEP_KEY "ahoy-call-timer-of-step"
#define ENDPOINT_KEY "ahoy-call-timer-of-endpoint"
#define HOLD "time-warning"
#define LONGEST_WARNING (5 * G_USEC_PER_SEC) /* of a tone that would not end by itself */
#define REASON "Q.850;cause=16;text=\"Time limit reached\""

struct _AhoyCallTimer {
  AhoyCallRouter *router; /* not a reference: it outlives calls */
  AhoySession *session;   /* not a reference: the timer goes with it, or before */
  AhoyScheduler *scheduler;
  AhoyCallTimerSpec spec;
  char *sound;
  char *text;
  gulong state_handler;
  gint64 left; /* until the end, when @timer is over */
  guint64 timer;
  AhoyBridge *held;    /* whose media come through us for the warning */
  GPtrArray *sounding; /* AhoyMediaStream: those that play it */
  guint64 silencer;
};

static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  AhoyCallTimer *self = user_data;

  g_signal_handlers_disconnect_by_data (media, self);
  g_ptr_array_remove (self->sounding, media);
}

static void
silence (AhoyCallTimer *self)
{
  if (self->silencer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->silencer);
    self->silencer = 0;
  }
  while (self->sounding->len > 0) {
    g_autoptr (AhoyMediaStream) media = g_object_ref (self->sounding->pdata[0]);

    g_signal_handlers_disconnect_by_data (media, self);
    g_ptr_array_remove_index (self->sounding, 0);
    ahoy_media_stream_stop_playing (media);
  }
}

static void
release_media (AhoyCallTimer *self)
{
  if (self->held != NULL) {
    ahoy_bridge_release_media (self->held, HOLD);
    g_clear_object (&self->held);
  }
}

/* A session that goes has no handlers any more. */
static void
forget_state (AhoyCallTimer *self)
{
  if (self->state_handler != 0 &&
      g_signal_handler_is_connected (self->session, self->state_handler)) {
    g_signal_handler_disconnect (self->session, self->state_handler);
  }
  self->state_handler = 0;
}

void
ahoy_call_timer_free (AhoyCallTimer *self)
{
  silence (self);
  release_media (self);
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  forget_state (self);
  g_ptr_array_unref (self->sounding);
  g_object_unref (self->scheduler);
  g_free (self->sound);
  g_free (self->text);
  g_free (self);
}

/* Whom the call is joined with. */
static GPtrArray *
list_others (AhoyCallTimer *self)
{
  AhoyBridge *bridge = ahoy_bridge_find (AHOY_BRIDGE_MEMBER (self->session));
  GPtrArray *others = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) members = bridge != NULL ? ahoy_bridge_list_members (bridge) : NULL;

  for (guint i = 0; members != NULL && i < members->len; i++) {
    if (members->pdata[i] != (gpointer) self->session && AHOY_IS_SESSION (members->pdata[i])) {
      g_ptr_array_add (others, g_object_ref (members->pdata[i]));
    }
  }
  return others;
}

/* -- the end -------------------------------------------------------------------------------- */

static void
end_call (AhoyCallTimer *self)
{
  g_autoptr (GPtrArray) others = list_others (self);
  g_autoptr (AhoySession) session = g_object_ref (self->session);
  gboolean whole = self->spec.end == AHOY_CALL_TIMER_CALL;

  silence (self);
  release_media (self);
  g_message ("Session %" G_GUINT64_FORMAT " lasted as long as it may",
             ahoy_session_get_id (session));
  ahoy_call_router_tell_time_left (self->router, session, 0);
  /* From here on the timer can be gone. The others first, so that they hear why. */
  for (guint i = 0; i < others->len; i++) {
    ahoy_session_hangup_with_reason (others->pdata[i], REASON);
  }
  if (whole) {
    ahoy_session_hangup_with_reason (session, REASON);
  }
}

/* -- warnings ------------------------------------------------------------------------------- */

static gboolean
is_file (const char *sound)
{
  return strchr (sound, '/') != NULL || g_str_has_suffix (sound, ".wav");
}

static void
sound_to (AhoyCallTimer *self, AhoySession *session)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  gboolean good;

  if (media == NULL || ahoy_session_get_state (session) != AHOY_SESSION_ACTIVE) {
    return;
  }
  if (self->text != NULL) {
    good = ahoy_media_stream_say (media, self->text, NULL, &error);
  } else if (is_file (self->sound)) {
    path = ahoy_call_router_find_sound_for (self->router, session, self->sound, &error);
    good = path != NULL && ahoy_media_stream_play_file (media, path, FALSE, &error);
  } else {
    good = ahoy_media_stream_play_tone (media, self->sound, &error);
  }
  if (!good) {
    g_message ("Session %" G_GUINT64_FORMAT " is not warned of its end: %s",
               ahoy_session_get_id (session), error->message);
    return;
  }
  g_ptr_array_add (self->sounding, g_object_ref (media));
  g_signal_connect (media, "playing-ended", G_CALLBACK (on_playing_ended), self);
}

static void
on_long_enough (gpointer user_data)
{
  AhoyCallTimer *self = user_data;

  self->silencer = 0;
  silence (self);
}

static void
warn (AhoyCallTimer *self, gint64 left)
{
  g_autoptr (GPtrArray) others = list_others (self);

  silence (self);
  if (self->spec.hears != AHOY_CALL_TIMER_HEARS_CALLEE) {
    sound_to (self, self->session);
  }
  for (guint i = 0; self->spec.hears != AHOY_CALL_TIMER_HEARS_CALLER && i < others->len; i++) {
    sound_to (self, others->pdata[i]);
  }
  if (self->sounding->len > 0) {
    self->silencer = ahoy_scheduler_add (self->scheduler, "end of a warning", LONGEST_WARNING,
                                         on_long_enough, self, NULL);
  }
  ahoy_call_router_tell_time_left (self->router, self->session,
                                   (guint) (left / G_USEC_PER_SEC));
}

/* -- time ----------------------------------------------------------------------------------- */

static void on_time (gpointer user_data);

/* Until the next warning, or the end. */
static void
wait_for_next (AhoyCallTimer *self, gint64 left)
{
  gint64 next = 0;

  if (left > self->spec.warn_at) {
    next = self->spec.warn_at;
  } else if (self->spec.warn_every > 0 && left > self->spec.warn_every) {
    next = left - self->spec.warn_every;
  }
  self->left = next;
  self->timer = ahoy_scheduler_add (self->scheduler, "limit of a call", left - next, on_time,
                                    self, NULL);
}

/* A warning is heard only if the sound comes through us. */
static void
hold_media (AhoyCallTimer *self)
{
  AhoyBridge *bridge = ahoy_bridge_find (AHOY_BRIDGE_MEMBER (self->session));

  if (bridge != self->held) {
    release_media (self);
    if (bridge != NULL) {
      self->held = g_object_ref (bridge);
      ahoy_bridge_hold_media (bridge, HOLD);
    }
  }
}

static void
on_time (gpointer user_data)
{
  AhoyCallTimer *self = user_data;
  gint64 left = self->left;

  self->timer = 0;
  if (left == 0) {
    end_call (self);
    return;
  }
  hold_media (self);
  wait_for_next (self, left);
  warn (self, left);
}

static void
start (AhoyCallTimer *self)
{
  forget_state (self);
  wait_for_next (self, self->spec.limit);
}

static void
on_state (AhoySession *session, AhoySessionState old, AhoySessionState state, guint status,
          const char *reason, gpointer user_data)
{
  if (state == AHOY_SESSION_ACTIVE) {
    start (user_data);
  }
}

AhoyCallTimer *
ahoy_call_timer_new (AhoyCallRouter *router, AhoySession *session, const AhoyCallTimerSpec *spec)
{
  AhoyStack *stack = ahoy_session_service_get_stack (ahoy_call_router_get_sessions (router));
  AhoyCallTimer *self = g_new0 (AhoyCallTimer, 1);

  self->router = router;
  self->session = session;
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->spec = *spec;
  self->sound = g_strdup (spec->sound);
  self->text = g_strdup (spec->text);
  self->sounding = g_ptr_array_new_with_free_func (g_object_unref);
  if (ahoy_session_get_state (session) == AHOY_SESSION_ACTIVE) {
    start (self);
  } else {
    self->state_handler = g_signal_connect (session, "state-changed", G_CALLBACK (on_state), self);
  }
  return self;
}

/* -- who has one ---------------------------------------------------------------------------- */

gboolean
ahoy_call_timer_spec_read_step (AhoyCallTimerSpec *spec, AhoyRouteStep *step)
{
  const char *hears = ahoy_route_step_get_text (step, "warn-who");

  *spec = (AhoyCallTimerSpec){
    .limit = ahoy_route_step_get_duration (step, "max-duration"),
    .warn_at = ahoy_route_step_get_duration (step, "warn-at"),
    .warn_every = ahoy_route_step_get_duration (step, "warn-every"),
    .sound = ahoy_route_step_get_text (step, "warn-sound"),
    .text = ahoy_route_step_get_text (step, "warn-say"),
    .hears = g_str_equal (hears, "both")     ? AHOY_CALL_TIMER_HEARS_BOTH
             : g_str_equal (hears, "callee") ? AHOY_CALL_TIMER_HEARS_CALLEE
                                             : AHOY_CALL_TIMER_HEARS_CALLER,
  };
  return spec->limit > 0;
}

gboolean
ahoy_call_timer_spec_read_config (AhoyCallTimerSpec *spec, AhoyConfigObject *config)
{
  *spec = (AhoyCallTimerSpec){
    .limit = ahoy_config_object_get_duration (config, "max-duration"),
    .warn_at = ahoy_config_object_get_duration (config, "warn-at"),
    .warn_every = ahoy_config_object_get_duration (config, "warn-every"),
    .sound = ahoy_config_object_get_string (config, "warn-sound"),
    .hears = AHOY_CALL_TIMER_HEARS_CALLER,
  };
  return spec->limit > 0;
}

static void
on_ended (AhoySession *session, gpointer user_data)
{
  g_object_set_data (G_OBJECT (session), user_data, NULL);
}

/* The timer lives as long as the call. */
static void
keep (AhoyCallTimer *self, const char *key)
{
  AhoySession *session = self->session;

  if (g_object_get_data (G_OBJECT (session), key) == NULL) {
    g_signal_connect (session, "ended", G_CALLBACK (on_ended), (gpointer) key);
  }
  g_object_set_data_full (G_OBJECT (session), key, self, (GDestroyNotify) ahoy_call_timer_free);
}

void
ahoy_call_timer_limit (AhoyCallRouter *router, AhoySession *session, const AhoyCallTimerSpec *spec)
{
  keep (ahoy_call_timer_new (router, session, spec), STEP_KEY);
}

static void
on_session_state (AhoySession *session, AhoySessionState old, AhoySessionState state, guint status,
                  const char *reason, gpointer user_data)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  AhoyCallTimerSpec spec;

  if (state == AHOY_SESSION_ACTIVE && endpoint != NULL &&
      ahoy_call_timer_spec_read_config (&spec,
                                        AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)))) {
    keep (ahoy_call_timer_new (user_data, session, &spec), ENDPOINT_KEY);
  }
}

static void
on_session_added (AhoySessionService *sessions, AhoySession *session, gpointer user_data)
{
  g_signal_connect_object (session, "state-changed", G_CALLBACK (on_session_state), user_data, 0);
}

void
ahoy_call_timer_watch (AhoyCallRouter *router)
{
  g_signal_connect (ahoy_call_router_get_sessions (router), "session-added",
                    G_CALLBACK (on_session_added), router);
}

void
ahoy_call_timer_unwatch (AhoyCallRouter *router)
{
  g_signal_handlers_disconnect_by_func (ahoy_call_router_get_sessions (router), on_session_added,
                                        router);
}
