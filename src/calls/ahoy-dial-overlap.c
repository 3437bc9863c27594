/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-call-ringback-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-dial-private.h"

/*
 * Who is called says that digits are missing (484): the caller dials them by events, tones or INFO
 * in early media, and the step calls anew, with a longer ${number}, at each of them. Digits that
 * come while it calls are kept until that is answered with 484, too.
 */

#define KEY "ahoy-dial-overlap" /* of a caller */
#define NUMBER "number"
#define DIGITS "0123456789*"
#define END '#'
#define MOST_DIGITS 32 /* of the whole number */

typedef struct {
  AhoySession *session; /* not a reference: it holds this */
  AhoyCallRun *run;     /* NULL while it calls */
  AhoyMediaStream *media;
  AhoyScheduler *scheduler;
  GString *digits; /* that came, and were not dialled yet */
  guint64 timer;
  gulong digit_handler;
  gboolean complete;  /* the caller said that no more come */
  gboolean repeating; /* the step begins anew */
  AhoyDialOverlapFunc func;
  gpointer user_data;
} Overlap;

static void
forget_time (Overlap *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
}

static void
overlap_free (gpointer data)
{
  Overlap *self = data;

  forget_time (self);
  g_signal_handler_disconnect (self->media, self->digit_handler);
  g_string_free (self->digits, TRUE);
  g_clear_object (&self->run);
  g_object_unref (self->media);
  g_object_unref (self->scheduler);
  g_free (self);
}

/* The last thing that a caller of this does: @self may be gone. */
static void
dial (Overlap *self)
{
  g_autoptr (AhoySession) session = g_object_ref (self->session);
  g_autoptr (AhoyCallRun) run = g_steal_pointer (&self->run);
  const char *number = ahoy_session_get_variable (session, NUMBER);
  g_autofree char *longer = g_strconcat (number != NULL ? number : "", self->digits->str, NULL);

  forget_time (self);
  g_string_truncate (self->digits, 0);
  self->repeating = TRUE;
  ahoy_session_set_variable (session, NUMBER, longer);
  ahoy_call_run_repeat_step (run);
}

/* As dial(). */
static void
give_up (Overlap *self)
{
  AhoyDialOverlapFunc func = self->func;
  gpointer user_data = self->user_data;

  forget_time (self);
  g_clear_object (&self->run);
  self->complete = TRUE;
  func (user_data);
}

static void
on_time (gpointer user_data)
{
  Overlap *self = user_data;

  self->timer = 0;
  if (self->digits->len > 0) {
    dial (self);
  } else {
    give_up (self);
  }
}

static void
on_digit (AhoyMediaStream *media, const char *digit, guint duration_ms, gpointer user_data)
{
  Overlap *self = user_data;

  if (strlen (digit) != 1 || self->complete) {
    return;
  }
  if (self->run != NULL) {
    ahoy_call_ringback_stop (self->session);
  }
  if (*digit == END) {
    self->complete = TRUE;
  } else if (strchr (DIGITS, *digit) != NULL && self->digits->len < MOST_DIGITS) {
    g_string_append_c (self->digits, *digit);
  }
  if (self->run != NULL && self->digits->len > 0) {
    dial (self);
  } else if (self->run != NULL && self->complete) {
    give_up (self);
  }
}

static Overlap *
overlap_new (AhoyCallRouter *router, AhoySession *session, AhoyMediaStream *media)
{
  AhoyStack *stack = ahoy_session_service_get_stack (ahoy_call_router_get_sessions (router));
  Overlap *self = g_new0 (Overlap, 1);

  self->session = session;
  self->media = g_object_ref (media);
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->digits = g_string_new (NULL);
  self->digit_handler = g_signal_connect (media, "dtmf-received", G_CALLBACK (on_digit), self);
  g_object_set_data_full (G_OBJECT (session), KEY, self, overlap_free);
  return self;
}

/* Whether the caller may send digits, and can: it hears us from now on. */
static AhoyMediaStream *
prepare (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  gboolean waits = ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
                   ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE;
  g_autoptr (GError) error = NULL;

  if (endpoint == NULL || !ahoy_config_object_get_boolean (
                              AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                              "overlap-digits")) {
    return NULL;
  }
  if (ahoy_session_find_media (session, "audio") == NULL) {
    return NULL; /* it offered nothing */
  }
  if (waits && !ahoy_session_has_early_media (session) &&
      !ahoy_session_progress (session, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not asked for more digits: %s",
               ahoy_session_get_id (session), error->message);
    return NULL;
  }
  return ahoy_session_find_media (session, "audio");
}

static gint64
get_patience (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  return ahoy_config_object_get_duration (
      AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "overlap-timeout");
}

static void
play_dial_tone (AhoyCallRouter *router, AhoySession *session)
{
  g_autoptr (GError) error = NULL;

  if (!ahoy_call_ringback_play (router, session, "dial", &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " hears no dial tone: %s",
               ahoy_session_get_id (session), error->message);
  }
}

/*
 * The step @run failed with 484: waits for digits of its caller, and repeats the step then. @func
 * is called when none come; @run has to be at its step until then. FALSE: the caller cannot dial
 * more, or the step does not call what he dials.
 */
gboolean
ahoy_dial_overlap_ask (AhoyCallRouter *router, AhoyCallRun *run, AhoyDialOverlapFunc func,
                       gpointer user_data)
{
  g_autoptr (AhoySession) session = g_object_ref (ahoy_call_run_get_session (run));
  const char *number = ahoy_session_get_variable (session, NUMBER);
  Overlap *self = g_object_get_data (G_OBJECT (session), KEY);
  AhoyMediaStream *media;

  if (!ahoy_call_run_uses_variable (run, NUMBER) ||
      (number != NULL && strlen (number) >= MOST_DIGITS)) {
    return FALSE;
  }
  media = prepare (session);
  if (media == NULL || ahoy_call_run_get_step (run) == NULL) {
    return FALSE;
  }
  if (self == NULL) {
    self = overlap_new (router, session, media);
    play_dial_tone (router, session);
  }
  if (self->complete && self->digits->len == 0) {
    return FALSE;
  }
  self->run = g_object_ref (run);
  self->func = func;
  self->user_data = user_data;
  self->timer = ahoy_scheduler_add (self->scheduler, "more digits of a number",
                                    self->digits->len > 0 ? 0 : get_patience (session), on_time,
                                    self, NULL);
  return TRUE;
}

/* A step begins, which may be the one that was repeated. */
void
ahoy_dial_overlap_begin (AhoySession *session)
{
  Overlap *self = g_object_get_data (G_OBJECT (session), KEY);

  if (self != NULL) {
    self->repeating = FALSE;
  }
}

/* The number is complete, or the step is over: no digits are waited for, unless it is repeated. */
void
ahoy_dial_overlap_end (AhoySession *session)
{
  Overlap *self = g_object_get_data (G_OBJECT (session), KEY);

  if (self != NULL && !self->repeating) {
    g_object_set_data (G_OBJECT (session), KEY, NULL);
  }
}
