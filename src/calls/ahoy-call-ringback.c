/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-ringback-private.h"

#include "ahoy-endpoint.h"

/* What a caller hears while others are alerted. */

#define KEY "ahoy-call-ringback"
#define ENDS "ahoy-call-ringback-ends" /* of a stream: how many tones end that were stopped */

typedef struct {
  AhoySession *session; /* not a reference: it holds this */
  AhoyMediaStream *media;
  guint skipped; /* ends of tones before this one, which are told late */
} Ringback;

static void
ringback_free (gpointer data)
{
  Ringback *self = data;

  g_signal_handlers_disconnect_by_data (self->media, self);
  g_object_unref (self->media);
  g_free (self);
}

/* Somebody plays something else, or the call is over. */
static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  Ringback *self = user_data;

  if (self->skipped > 0) {
    self->skipped--;
    return;
  }
  g_object_set_data (G_OBJECT (self->session), KEY, NULL);
}

static guint
get_ends (AhoyMediaStream *media)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (media), ENDS));
}

static void
on_stopped (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  guint ends = get_ends (media) - 1;

  g_object_set_data (G_OBJECT (media), ENDS, GUINT_TO_POINTER (ends));
  if (ends == 0) {
    g_signal_handlers_disconnect_by_func (media, on_stopped, NULL);
  }
}

/* That a tone is over is told when it is: the next one may have begun by then. */
static void
expect_end (AhoyMediaStream *media)
{
  guint ends = get_ends (media);

  if (ends == 0) {
    g_signal_connect (media, "playing-ended", G_CALLBACK (on_stopped), NULL);
  }
  g_object_set_data (G_OBJECT (media), ENDS, GUINT_TO_POINTER (ends + 1));
}

static void
on_state (AhoySession *session, AhoySessionState old, AhoySessionState state, guint status,
          const char *reason, gpointer user_data)
{
  if (state >= AHOY_SESSION_ACTIVE) {
    g_signal_handlers_disconnect_by_func (session, on_state, NULL);
    ahoy_call_ringback_stop (session);
  }
}

void
ahoy_call_ringback_stop (AhoySession *session)
{
  Ringback *self = g_object_get_data (G_OBJECT (session), KEY);
  g_autoptr (AhoyMediaStream) media = self != NULL ? g_object_ref (self->media) : NULL;

  if (media != NULL) {
    g_object_set_data (G_OBJECT (session), KEY, NULL);
    expect_end (media);
    ahoy_media_stream_stop_playing (media);
  }
}

gboolean
ahoy_call_ringback_play (AhoyCallRouter *router, AhoySession *session, const char *name,
                         GError **error)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");
  g_autofree char *tone = ahoy_call_router_make_tone (router, session, name);
  Ringback *self;

  if (media == NULL) {
    return TRUE; /* it has no sound */
  }
  if (!ahoy_media_stream_play_tone (media, tone, error)) {
    return FALSE;
  }
  self = g_new0 (Ringback, 1);
  self->session = session;
  self->media = g_object_ref (media);
  self->skipped = get_ends (media);
  g_signal_connect (media, "playing-ended", G_CALLBACK (on_playing_ended), self);
  g_object_set_data_full (G_OBJECT (session), KEY, self, ringback_free);
  if (ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE) {
    g_signal_handlers_disconnect_by_func (session, on_state, NULL);
    g_signal_connect (session, "state-changed", G_CALLBACK (on_state), NULL);
  }
  return TRUE;
}

static AhoyInbandProgress
get_policy (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  return endpoint != NULL
             ? (AhoyInbandProgress) ahoy_config_object_get_choice (
                   AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "inband-progress")
             : AHOY_INBAND_PROGRESS_NO;
}

gboolean
ahoy_call_ringback_start (AhoyCallRouter *router, AhoySession *session, GError **error)
{
  AhoyInbandProgress policy = get_policy (session);
  gboolean waits = ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
                   ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE;
  gboolean hears = !waits || ahoy_session_has_early_media (session);

  if (g_object_get_data (G_OBJECT (session), KEY) != NULL) {
    return TRUE;
  }
  if (waits && !hears && policy == AHOY_INBAND_PROGRESS_YES) {
    if (!ahoy_session_progress (session, error)) {
      return FALSE;
    }
    hears = ahoy_session_has_early_media (session); /* not without an offer */
  }
  if (hears && (!waits || policy != AHOY_INBAND_PROGRESS_NEVER)) {
    return ahoy_call_ringback_play (router, session, "ringing", error);
  }
  return ahoy_session_get_state (session) >= AHOY_SESSION_RINGING ||
         ahoy_session_ring (session, error);
}
