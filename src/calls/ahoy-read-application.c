/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-read-application-private.h"

#include <string.h>

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-error.h"

#define DIGITS "0123456789*#ABCD"

/*
 * AhoyReadApplication:
 *
 * Does the step `read`: plays sounds, and takes the digits that the caller dials meanwhile and
 * afterwards, as events, tones or INFO, into a variable of the call.
 */
struct _AhoyReadApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
};

/* A caller who is asked for digits. */
typedef struct {
  AhoyCallRouter *router; /* not a reference */
  AhoyCallRun *run;       /* not a reference */
  AhoyScheduler *scheduler;
  guint64 timer;
  AhoyMediaStream *media;
  gulong digit_handler;
  gulong playing_handler; /* 0 when no sound plays */
  GString *digits;
  guint file; /* the next one */
  guint tries;
} Reading;

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyReadApplication, ahoy_read_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static void
forget_playing (Reading *self)
{
  if (self->playing_handler != 0) {
    g_signal_handler_disconnect (self->media, self->playing_handler);
    self->playing_handler = 0;
  }
}

static void
forget_time (Reading *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
}

static void
reading_free (gpointer data)
{
  Reading *self = data;

  forget_time (self);
  forget_playing (self);
  g_signal_handler_disconnect (self->media, self->digit_handler);
  g_object_unref (self->media);
  g_object_unref (self->scheduler);
  g_string_free (self->digits, TRUE);
  g_free (self);
}

static AhoyRouteStep *
get_step (Reading *self)
{
  return ahoy_call_run_get_step (self->run);
}

/* Ends the step, and with it the reading. */
static void
finish (Reading *self)
{
  AhoyCallRun *run = self->run;
  AhoySession *session = ahoy_call_run_get_session (run);
  const char *variable = ahoy_route_step_get_text (get_step (self), "variable");
  gboolean any = self->digits->len > 0;
  g_autoptr (GError) error = NULL;

  ahoy_session_set_variable (session, variable, any ? self->digits->str : NULL);
  if (any || g_str_equal (ahoy_route_step_get_text (get_step (self), "otherwise"), "continue")) {
    ahoy_call_run_finish (run);
    return;
  }
  error = g_error_new (AHOY_ERROR, AHOY_ERROR_TIMEOUT,
                       "the caller dialled no digits; write otherwise=continue to go on then");
  ahoy_call_run_fail (run, error);
}

static gboolean begin_to_ask (Reading *self, GError **error);

static void
end_try (Reading *self)
{
  AhoyCallRun *run = self->run;
  g_autoptr (GError) error = NULL;

  if (self->digits->len > 0 ||
      ++self->tries >= ahoy_route_step_get_number (get_step (self), "tries")) {
    finish (self);
  } else if (!begin_to_ask (self, &error)) {
    ahoy_call_run_fail (run, error);
  }
}

static void
on_time (gpointer user_data)
{
  Reading *self = user_data;

  self->timer = 0;
  end_try (self);
}

static void
wait_for_digit (Reading *self, const char *argument)
{
  forget_time (self);
  self->timer = ahoy_scheduler_add (self->scheduler, "digits for a route",
                                    ahoy_route_step_get_duration (get_step (self), argument),
                                    on_time, self, NULL);
}

static gboolean
play_next (Reading *self, GError **error)
{
  const char *const *files = ahoy_route_step_get_texts (get_step (self), "file");
  g_autofree char *path = ahoy_call_router_find_sound_for (
      self->router, ahoy_call_run_get_session (self->run), files[self->file], error);

  self->file++;
  return path != NULL && ahoy_media_stream_play_file (self->media, path, FALSE, error);
}

/* What somebody else stopped is over as well. */
static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  Reading *self = user_data;
  AhoyCallRun *run = self->run;
  g_autoptr (GError) error = NULL;

  if (!complete || ahoy_route_step_get_texts (get_step (self), "file")[self->file] == NULL) {
    forget_playing (self);
    wait_for_digit (self, "timeout");
  } else if (!play_next (self, &error)) {
    ahoy_call_run_fail (run, error);
  }
}

static gboolean
begin_to_ask (Reading *self, GError **error)
{
  self->file = 0;
  if (!ahoy_route_step_has_argument (get_step (self), "file")) {
    wait_for_digit (self, "timeout");
    return TRUE;
  }
  self->playing_handler =
      g_signal_connect (self->media, "playing-ended", G_CALLBACK (on_playing_ended), self);
  return play_next (self, error);
}

static void
on_digit (AhoyMediaStream *media, const char *digit, guint duration_ms, gpointer user_data)
{
  Reading *self = user_data;

  if (strlen (digit) != 1 || strchr (DIGITS, *digit) == NULL) {
    return;
  }
  if (self->playing_handler != 0) {
    forget_playing (self);
    ahoy_media_stream_stop_playing (media);
  }
  forget_time (self);
  if (g_str_equal (digit, ahoy_route_step_get_text (get_step (self), "end"))) {
    end_try (self);
    return;
  }
  g_string_append (self->digits, digit);
  if (self->digits->len >= ahoy_route_step_get_number (get_step (self), "digits")) {
    finish (self);
  } else {
    wait_for_digit (self, "between");
  }
}

static AhoyCallVerdict
ahoy_read_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyCallRouter *router = AHOY_READ_APPLICATION (application)->router;
  AhoyStack *stack = ahoy_session_service_get_stack (ahoy_call_router_get_sessions (router));
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  Reading *self;

  if (media == NULL) {
    return AHOY_CALL_FAILED;
  }
  self = g_new0 (Reading, 1);
  self->router = router;
  self->run = run;
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->media = g_object_ref (media);
  self->digits = g_string_new (NULL);
  self->digit_handler =
      g_signal_connect (media, "dtmf-received", G_CALLBACK (on_digit), self);
  ahoy_call_run_set_data (run, self, reading_free);
  return begin_to_ask (self, error) ? AHOY_CALL_WAITING : AHOY_CALL_FAILED;
}

static void
ahoy_read_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  Reading *self = ahoy_call_run_get_data (run);

  if (self != NULL && self->playing_handler != 0) {
    forget_playing (self);
    ahoy_media_stream_stop_playing (self->media);
  }
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_read_application_run;
  iface->cancel = ahoy_read_application_cancel;
}

static void
ahoy_read_application_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_read_application_parent_class)->finalize (object);
}

static void
ahoy_read_application_class_init (AhoyReadApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_read_application_finalize;
}

static void
ahoy_read_application_init (AhoyReadApplication *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

gboolean
ahoy_read_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyReadApplication) self = g_object_new (AHOY_TYPE_READ_APPLICATION, NULL);

  self->router = router;
  return ahoy_call_router_add_application (router, "read", AHOY_CALL_APPLICATION (self), error);
}
