/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-conference-application-private.h"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-conference.h"
#include "ahoy-digit-collector-private.h"
#include "ahoy-error.h"

/*
 * AhoyConferenceApplication:
 *
 * Does the step `conference`: brings the caller into the conference of a name, which begins with
 * the first one and is over with the last one. The route goes on when the caller was sent away.
 */
struct _AhoyConferenceApplication {
  GObject parent_instance;

  AhoyCallRouter *router;  /* not a reference: it holds this object */
  GHashTable *conferences; /* name → AhoyConference */
};

#define MAX_PIN 32
#define PIN_TIMEOUT (10 * G_USEC_PER_SEC)
#define PIN_BETWEEN (5 * G_USEC_PER_SEC)
#define PIN_TRIES 3

/* A caller on the way into a conference, or in it. */
typedef struct {
  AhoyConferenceApplication *application;
  AhoyCallRun *run; /* not a reference */
  AhoyScheduler *scheduler;
  guint64 timer;
  AhoyMediaStream *media;
  AhoyDigitCollector *collector;
  guint tried;
  AhoyConference *conference;
} Guest;

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyConferenceApplication, ahoy_conference_application,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static void
guest_free (gpointer data)
{
  Guest *self = data;

  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  if (self->conference != NULL) {
    g_signal_handlers_disconnect_by_data (self->conference, self);
  }
  g_clear_pointer (&self->collector, ahoy_digit_collector_free);
  g_clear_object (&self->conference);
  g_object_unref (self->media);
  g_object_unref (self->scheduler);
  g_object_unref (self->application);
  g_free (self);
}

static void
on_ended (AhoyConference *conference, AhoyConferenceApplication *self)
{
  const char *name = ahoy_conference_get_name (conference);

  if (g_hash_table_lookup (self->conferences, name) == conference) {
    g_hash_table_remove (self->conferences, name);
  }
}

/* The conference of the step's name; what it is like, the first one says. */
static AhoyConference *
find_conference (AhoyConferenceApplication *self, AhoyRouteStep *step, gboolean *is_new)
{
  const char *name = ahoy_route_step_get_text (step, "name");
  AhoyConference *conference = g_hash_table_lookup (self->conferences, name);

  *is_new = conference == NULL;
  if (conference != NULL) {
    return g_object_ref (conference);
  }
  conference = ahoy_conference_new (name);
  ahoy_bridge_set_max_members (ahoy_conference_get_bridge (conference),
                               ahoy_route_step_get_number (step, "limit"));
  ahoy_conference_set_announcing (conference, ahoy_route_step_get_boolean (step, "announce"));
  g_signal_connect_object (conference, "ended", G_CALLBACK (on_ended), self, 0);
  g_hash_table_insert (self->conferences, g_strdup (name), g_object_ref (conference));
  ahoy_call_router_announce_bridge (self->router, ahoy_conference_get_bridge (conference));
  return conference;
}

static AhoyConferenceRole
read_role (AhoyRouteStep *step)
{
  AhoyConferenceRole role = AHOY_CONFERENCE_ROLE_NONE;

  if (ahoy_route_step_get_boolean (step, "muted")) {
    role |= AHOY_CONFERENCE_ROLE_MUTED;
  }
  if (ahoy_route_step_get_boolean (step, "marked")) {
    role |= AHOY_CONFERENCE_ROLE_MARKED;
  }
  if (ahoy_route_step_get_boolean (step, "wait")) {
    role |= AHOY_CONFERENCE_ROLE_WAITING;
  }
  if (g_str_equal (ahoy_route_step_get_text (step, "until"), "marked")) {
    role |= AHOY_CONFERENCE_ROLE_DEPENDENT;
  }
  return role;
}

/* Still in no bridge: nobody took the caller elsewhere, so the route goes on. */
static void
on_time_to_go_on (gpointer user_data)
{
  Guest *self = user_data;
  AhoySession *session = ahoy_call_run_get_session (self->run);

  self->timer = 0;
  if (ahoy_bridge_find (AHOY_BRIDGE_MEMBER (session)) == NULL) {
    ahoy_call_run_finish (self->run);
  }
}

/* Who takes him out may put him elsewhere in the same breath. */
static void
on_left (AhoyConference *conference, AhoyBridgeMember *member, Guest *self)
{
  if ((gpointer) member == (gpointer) ahoy_call_run_get_session (self->run) && self->timer == 0) {
    self->timer = ahoy_scheduler_add (self->scheduler, "end of a conference", 0,
                                      on_time_to_go_on, self, NULL);
  }
}

/* Who comes to a conference comes to talk: nobody is sent away because it cannot be recorded. */
static void
begin_recording (Guest *self)
{
  const char *file = ahoy_route_step_get_text (ahoy_call_run_get_step (self->run), "record");
  g_autofree char *path = NULL;
  g_autofree char *place = NULL;
  g_autoptr (GError) error = NULL;

  if (file == NULL) {
    return;
  }
  path = ahoy_call_router_find_recording (self->application->router, file, &error);
  if (path == NULL || !ahoy_conference_record (self->conference, path, &error)) {
    place = ahoy_call_run_dup_place (self->run);
    g_warning ("Session %" G_GUINT64_FORMAT ": %s goes on, and the conference “%s” is not "
               "recorded: %s",
               ahoy_session_get_id (ahoy_call_run_get_session (self->run)), place,
               ahoy_conference_get_name (self->conference), error->message);
  }
}

static gboolean
enter (Guest *self, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (self->run);
  gboolean is_new;

  self->conference = find_conference (self->application, step, &is_new);
  if (!ahoy_conference_join (self->conference, ahoy_call_run_get_session (self->run),
                             read_role (step), error)) {
    return FALSE;
  }
  g_signal_connect (self->conference, "left", G_CALLBACK (on_left), self);
  if (is_new) {
    begin_recording (self);
  }
  return TRUE;
}

static gboolean ask_for_pin (Guest *self, GError **error);

static void
on_digits (const char *digits, const GError *failure, gpointer user_data)
{
  Guest *self = user_data;
  const char *pin = ahoy_route_step_get_text (ahoy_call_run_get_step (self->run), "pin");
  g_autoptr (GError) error = NULL;

  if (failure != NULL) {
    ahoy_call_run_fail (self->run, failure);
    return;
  }
  if (g_str_equal (digits, pin)) {
    if (!enter (self, &error)) {
      ahoy_call_run_fail (self->run, error);
    }
    return;
  }
  if (++self->tried >= PIN_TRIES) {
    error = g_error_new (AHOY_ERROR, AHOY_ERROR_NOT_AUTHORIZED,
                         "the caller did not know the PIN of the conference “%s”",
                         ahoy_route_step_get_text (ahoy_call_run_get_step (self->run), "name"));
    ahoy_call_run_fail (self->run, error);
  } else if (!ask_for_pin (self, &error)) {
    ahoy_call_run_fail (self->run, error);
  }
}

static gboolean
ask_for_pin (Guest *self, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (self->run);
  const char *sound = ahoy_route_step_get_text (step, "sound");
  const char *const sounds[] = { sound, NULL };
  AhoyDigitWish wish = { .sounds = sounds, .most = MAX_PIN, .end = "#", .tries = 1,
                         .timeout = PIN_TIMEOUT, .between = PIN_BETWEEN };

  if (sound == NULL && !ahoy_media_stream_play_tone (self->media, "beep", error)) {
    return FALSE;
  }
  g_clear_pointer (&self->collector, ahoy_digit_collector_free);
  self->collector = ahoy_digit_collector_new (self->application->router,
                                              ahoy_call_run_get_session (self->run), self->media,
                                              &wish, on_digits, self);
  return ahoy_digit_collector_start (self->collector, error);
}

static AhoyCallVerdict
ahoy_conference_application_run (AhoyCallApplication *application, AhoyCallRun *run,
                                 GError **error)
{
  AhoyConferenceApplication *self = AHOY_CONFERENCE_APPLICATION (application);
  AhoyStack *stack =
      ahoy_session_service_get_stack (ahoy_call_router_get_sessions (self->router));
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  Guest *guest;

  if (media == NULL) {
    return AHOY_CALL_FAILED;
  }
  guest = g_new0 (Guest, 1);
  guest->application = g_object_ref (self);
  guest->run = run;
  guest->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  guest->media = g_object_ref (media);
  ahoy_call_run_set_data (run, guest, guest_free);
  if (ahoy_route_step_get_text (ahoy_call_run_get_step (run), "pin") != NULL) {
    return ask_for_pin (guest, error) ? AHOY_CALL_WAITING : AHOY_CALL_FAILED;
  }
  return enter (guest, error) ? AHOY_CALL_WAITING : AHOY_CALL_FAILED;
}

static void
ahoy_conference_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  Guest *guest = ahoy_call_run_get_data (run);

  if (guest == NULL) {
    return;
  }
  if (guest->collector != NULL) {
    ahoy_digit_collector_silence (guest->collector);
  }
  if (guest->conference != NULL) {
    g_autoptr (AhoyConference) conference = g_object_ref (guest->conference);

    g_signal_handlers_disconnect_by_data (conference, guest);
    ahoy_conference_leave (conference, ahoy_call_run_get_session (run));
  }
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_conference_application_run;
  iface->cancel = ahoy_conference_application_cancel;
}

static void
ahoy_conference_application_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_CONFERENCE_APPLICATION (object)->conferences);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_conference_application_parent_class)->finalize (object);
}

static void
ahoy_conference_application_class_init (AhoyConferenceApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_conference_application_finalize;
}

static void
ahoy_conference_application_init (AhoyConferenceApplication *self)
{
  self->conferences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

gboolean
ahoy_conference_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyConferenceApplication) self =
      g_object_new (AHOY_TYPE_CONFERENCE_APPLICATION, NULL);

  self->router = router;
  return ahoy_call_router_add_application (router, "conference", AHOY_CALL_APPLICATION (self),
                                           error);
}
