/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-music-application-private.h"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"

/*
 * AhoyMusicApplication:
 *
 * Does the step `moh`: the caller hears music, for a while or until he hangs up.
 */
struct _AhoyMusicApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
};

/* A caller who hears music. */
typedef struct {
  AhoyMusicOnHold *music;
  AhoyCallRun *run; /* not a reference */
  AhoyMediaStream *media;
  AhoyScheduler *scheduler;
  guint64 timer;
} Listener;

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyMusicApplication, ahoy_music_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static void
listener_free (gpointer data)
{
  Listener *self = data;

  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  g_object_unref (self->music);
  g_object_unref (self->media);
  g_object_unref (self->scheduler);
  g_free (self);
}

static void
on_time (gpointer user_data)
{
  Listener *self = user_data;

  self->timer = 0;
  ahoy_music_on_hold_stop (self->music, self->media);
  ahoy_call_run_finish (self->run);
}

static AhoyCallVerdict
ahoy_music_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyMusicApplication *self = AHOY_MUSIC_APPLICATION (application);
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  AhoyStack *stack =
      ahoy_session_service_get_stack (ahoy_call_router_get_sessions (self->router));
  AhoyMusicOnHold *music = ahoy_call_router_get_music (self->router);
  Listener *listener;

  if (media == NULL ||
      !ahoy_music_on_hold_play (music, ahoy_route_step_get_text (step, "class"), media, error)) {
    return AHOY_CALL_FAILED;
  }
  listener = g_new0 (Listener, 1);
  listener->music = g_object_ref (music);
  listener->run = run;
  listener->media = g_object_ref (media);
  listener->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  ahoy_call_run_set_data (run, listener, listener_free);
  if (ahoy_route_step_has_argument (step, "duration")) {
    listener->timer =
        ahoy_scheduler_add (listener->scheduler, "music of a route",
                            ahoy_route_step_get_duration (step, "duration"), on_time, listener,
                            NULL);
  }
  return AHOY_CALL_WAITING;
}

static void
ahoy_music_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  Listener *listener = ahoy_call_run_get_data (run);

  if (listener != NULL) {
    ahoy_music_on_hold_stop (listener->music, listener->media);
  }
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_music_application_run;
  iface->cancel = ahoy_music_application_cancel;
}

static void
ahoy_music_application_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_music_application_parent_class)->finalize (object);
}

static void
ahoy_music_application_class_init (AhoyMusicApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_music_application_finalize;
}

static void
ahoy_music_application_init (AhoyMusicApplication *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

gboolean
ahoy_music_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyMusicApplication) self = g_object_new (AHOY_TYPE_MUSIC_APPLICATION, NULL);

  self->router = router;
  return ahoy_call_router_add_application (router, "moh", AHOY_CALL_APPLICATION (self), error);
}
