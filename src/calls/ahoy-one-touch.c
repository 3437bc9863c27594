/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-one-touch-private.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-session.h"

#define RECORDED "ahoy-one-touch" /* of a stream that is recorded: that it was begun here */

/* -- recordings ----------------------------------------------------------------------------- */

static void
tell (AhoyMediaStream *media, const char *tone)
{
  ahoy_media_stream_play_tone (media, tone, NULL);
}

/* Whether a recording that was begun here goes on. */
gboolean
ahoy_one_touch_is_recorded (AhoySession *session)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");

  return media != NULL && g_object_get_data (G_OBJECT (media), RECORDED) != NULL &&
         ahoy_media_stream_get_recording (media) != AHOY_MEDIA_RECORDING_NONE;
}

static char *
make_path (AhoyBridgeFeatures *features, AhoySession *session, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S-%f");
  g_autofree char *name = g_strdup_printf ("call-%s-%" G_GUINT64_FORMAT ".wav", time,
                                           ahoy_session_get_id (session));

  return ahoy_call_router_find_recording (ahoy_bridge_features_get_router (features), name, error);
}

static gboolean
start (AhoyBridgeFeatures *features, AhoySession *session, AhoyMediaStream *media, GError **error)
{
  AhoyConfigObject *config = ahoy_bridge_features_get_config (features);
  g_autoptr (AhoyMediaRecording) how = ahoy_media_recording_new (
      (AhoyMediaRecordingLayout) ahoy_config_object_get_choice (config, "record-layout"));
  g_autofree char *path = make_path (features, session, error);

  how->beep_interval =
      (guint) (ahoy_config_object_get_duration (config, "record-beep") / G_USEC_PER_SEC);
  if (path == NULL || !ahoy_media_stream_start_recording (media, path, -1, how, error)) {
    return FALSE;
  }
  ahoy_session_set_variable (session, "recording", path);
  return TRUE;
}

/* Records both ends to a file of its own in the folder of recordings; who began it hears a beep, or
 * that it cannot be. */
gboolean
ahoy_one_touch_start (AhoyBridgeFeatures *features, AhoySession *session, GError **error)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");
  gboolean good;

  if (media == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has no sound to record",
                 ahoy_session_get_id (session));
    return FALSE;
  }
  good = start (features, session, media, error);
  if (good) {
    g_object_set_data (G_OBJECT (media), RECORDED, GINT_TO_POINTER (TRUE));
  }
  tell (media, good ? "beep" : "information");
  return good;
}

void
ahoy_one_touch_stop (AhoySession *session)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");

  if (media != NULL && ahoy_one_touch_is_recorded (session)) {
    g_object_set_data (G_OBJECT (media), RECORDED, NULL);
    ahoy_media_stream_stop_recording (media);
    tell (media, "confirm");
  }
}

/* -- INFO ----------------------------------------------------------------------------------- */

/* Phones with a key for it send INFO with the header Record: on or off. No RFC has it; snom, and
 * those who followed, do it. */
struct _AhoyOneTouchSupplement {
  GObject parent_instance;

  AhoyBridgeFeatures *features; /* not a reference: its owner */
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyOneTouchSupplement, ahoy_one_touch_supplement, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static guint
set_recorded (AhoyOneTouchSupplement *self, AhoySession *session, gboolean on)
{
  g_autoptr (GError) error = NULL;

  if (ahoy_session_get_state (session) != AHOY_SESSION_ACTIVE) {
    return 403;
  }
  if (!on) {
    ahoy_one_touch_stop (session);
    return 200;
  }
  if (!ahoy_one_touch_is_recorded (session) &&
      !ahoy_one_touch_start (self->features, session, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not recorded: %s", ahoy_session_get_id (session),
               error->message);
    return 500;
  }
  return 200;
}

static AhoySupplementVerdict
ahoy_one_touch_supplement_incoming_request (AhoySessionSupplement *supplement,
                                            AhoySession *session, AhoyMessage *request)
{
  g_autofree char *value = ahoy_message_get_header (request, "Record");
  gboolean on;
  guint status;

  if (value == NULL || !g_str_equal (ahoy_message_get_method (request), "INFO")) {
    return AHOY_SUPPLEMENT_CONTINUE;
  }
  g_strstrip (value);
  on = g_ascii_strcasecmp (value, "on") == 0;
  if (!ahoy_bridge_features_is_allowed (session, AHOY_CALL_FEATURES_RECORD)) {
    status = 403;
  } else if (!on && g_ascii_strcasecmp (value, "off") != 0) {
    status = 400;
  } else {
    status = set_recorded (AHOY_ONE_TOUCH_SUPPLEMENT (supplement), session, on);
  }
  ahoy_session_respond (session, request, status, NULL, NULL);
  return AHOY_SUPPLEMENT_ANSWERED;
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_one_touch_supplement_incoming_request;
}

static void
ahoy_one_touch_supplement_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_one_touch_supplement_parent_class)->finalize (object);
}

static void
ahoy_one_touch_supplement_class_init (AhoyOneTouchSupplementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_one_touch_supplement_finalize;
}

static void
ahoy_one_touch_supplement_init (AhoyOneTouchSupplement *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

AhoyOneTouchSupplement *
ahoy_one_touch_supplement_new (AhoyBridgeFeatures *features)
{
  AhoyOneTouchSupplement *self = g_object_new (AHOY_TYPE_ONE_TOUCH_SUPPLEMENT, NULL);

  self->features = features;
  return self;
}
