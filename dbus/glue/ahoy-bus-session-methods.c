/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include <fcntl.h>
#include <unistd.h>

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-file.h"
#include "ahoy-bus-interfaces.h"
#include "ahoy-bus-session.h"

/* The methods of a session on the bus. */

#define MAX_WAITS 64

static AhoyScheduler *
scheduler_of (AhoyBusSession *self)
{
  return ahoy_core_get_scheduler (self->core);
}

/* @error is a pointer, because it is set while the arguments are evaluated. */
static void
finish (AhoyBusCall *call, gboolean good, GError **error)
{
  if (good) {
    ahoy_bus_call_return (call, NULL);
  } else {
    ahoy_bus_return_error (call, g_steal_pointer (error));
  }
}

static void
handle_ring (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  finish (call, ahoy_session_ring (self->session, &error), &error);
}

static void
handle_progress (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  finish (call, ahoy_session_progress (self->session, &error), &error);
}

static void
handle_answer (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  finish (call, ahoy_session_answer (self->session, &error), &error);
}

/* HoldAndAnswer waits for the others to be held, but not for long: the caller hears it ring. */
#define HOLD_PATIENCE (4 * G_USEC_PER_SEC)

typedef struct {
  AhoySession *session;
  AhoyScheduler *scheduler;
  AhoyBusCall *call; /* NULL when it was answered */
  guint64 timer;
  guint waiting;
} HoldAndAnswer;

static void
hold_and_answer_now (HoldAndAnswer *data)
{
  AhoyBusCall *call = g_steal_pointer (&data->call);
  GError *error = NULL;
  gboolean good;

  if (call != NULL) {
    good = ahoy_session_answer (data->session, &error);
    finish (call, good, &error);
  }
}

static void
on_hold_patience_over (gpointer user_data)
{
  HoldAndAnswer *data = user_data;

  data->timer = 0;
  hold_and_answer_now (data);
}

static void
hold_and_answer_step (HoldAndAnswer *data)
{
  if (--data->waiting > 0) {
    return;
  }
  if (data->timer != 0) {
    ahoy_scheduler_cancel (data->scheduler, data->timer);
  }
  hold_and_answer_now (data);
  g_object_unref (data->session);
  g_object_unref (data->scheduler);
  g_free (data);
}

static void
on_other_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_set_hold_finish (AHOY_SESSION (source), result, &error);

  if (response == NULL) {
    g_message ("Session %" G_GUINT64_FORMAT " is not held: %s",
               ahoy_session_get_id (AHOY_SESSION (source)), error->message);
  }
  hold_and_answer_step (user_data);
}

static void
handle_hold_and_answer (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GPtrArray) sessions =
      ahoy_session_service_list_sessions (ahoy_core_get_sessions (self->core));
  HoldAndAnswer *data;

  if (ahoy_session_get_direction (self->session) != AHOY_SESSION_INCOMING ||
      ahoy_session_get_state (self->session) >= AHOY_SESSION_ACTIVE) {
    ahoy_bus_return_new_error (
        call, AHOY_ERROR_INVALID_STATE,
        "Session %" G_GUINT64_FORMAT " is %s: only an incoming call that waits can be answered",
        ahoy_session_get_id (self->session),
        ahoy_session_state_to_string (ahoy_session_get_state (self->session)));
    return;
  }
  data = g_new0 (HoldAndAnswer, 1);
  data->session = g_object_ref (self->session);
  data->scheduler = g_object_ref (scheduler_of (self));
  data->call = call;
  data->timer = ahoy_scheduler_add (data->scheduler, "hold and answer", HOLD_PATIENCE,
                                    on_hold_patience_over, data, NULL);
  data->waiting = 1;
  for (guint i = 0; i < sessions->len; i++) {
    AhoySession *other = sessions->pdata[i];

    if (other != self->session && ahoy_session_get_state (other) == AHOY_SESSION_ACTIVE &&
        (ahoy_session_get_hold (other) & AHOY_SESSION_HOLD_LOCAL) == 0) {
      data->waiting++;
      ahoy_session_set_hold_async (other, TRUE, NULL, on_other_held, data);
    }
  }
  hold_and_answer_step (data);
}

static void
handle_reject (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  guint16 status;
  const char *reason;

  g_variant_get (arguments, "(q&s)", &status, &reason);
  if (status < 400 || status > 699) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "A call cannot be refused with %u; write a status of 400 to 699",
                               status);
    return;
  }
  finish (call,
          ahoy_bus_check_text ("The reason", reason, &error) &&
              ahoy_session_reject (self->session, status, *reason != '\0' ? reason : NULL, &error),
          &error);
}

static void
handle_redirect (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *uri;

  g_variant_get (arguments, "(&s)", &uri);
  finish (call,
          ahoy_bus_check_target (uri, &error) && ahoy_session_redirect (self->session, uri, &error),
          &error);
}

static void
handle_hangup (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_session_hangup (((AhoyBusSession *) target)->session);
  ahoy_bus_call_return (call, NULL);
}

static void
on_modified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_refresh_finish (AHOY_SESSION (source), result, &error);

  if (response != NULL) {
    ahoy_bus_pending_return (pending, ahoy_bus_reply_status (response));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

static AhoyBusPending *
wait_for_status (AhoyBusSession *self, AhoyBusCall *call)
{
  return ahoy_bus_pending_new (call, scheduler_of (self), AHOY_BUS_PATIENCE * 1000,
                               ahoy_bus_late_status, NULL, NULL);
}

static void
handle_hold (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;

  ahoy_session_set_hold_async (self->session, TRUE, NULL, on_modified,
                               wait_for_status (self, call));
}

static void
handle_resume (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;

  ahoy_session_set_hold_async (self->session, FALSE, NULL, on_modified,
                               wait_for_status (self, call));
}

static void
handle_refresh (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *method;

  g_variant_get (arguments, "(&s)", &method);
  if (!g_str_equal (method, "INVITE") && !g_str_equal (method, "UPDATE")) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "A session is refreshed with INVITE or UPDATE, not with “%s”",
                               method);
    return;
  }
  ahoy_session_refresh_async (self->session, method, NULL, on_modified,
                              wait_for_status (self, call));
}

static void
handle_set_muted (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GPtrArray *streams = ahoy_session_get_streams (self->session);
  gboolean muted;

  g_variant_get (arguments, "(b)", &muted);
  for (guint i = 0; i < streams->len; i++) {
    AhoyMediaStream *media = ahoy_session_stream_get_media (streams->pdata[i]);

    if (media != NULL) {
      ahoy_media_stream_set_muted (media, muted);
    }
  }
  if (self->muted != muted) {
    self->muted = muted;
    ahoy_bus_session_changed (self, AHOY_BUS_SESSION_MUTED);
  }
  ahoy_bus_call_return (call, NULL);
}

/* Also of streams that are still to come. */
static gboolean
set_volume (AhoyBusSession *self, AhoyMediaSound sound, double volume, GError **error)
{
  GPtrArray *streams = ahoy_session_get_streams (self->session);

  if (!(volume >= 0 && volume <= AHOY_MEDIA_STREAM_MAX_VOLUME)) { /* nor if it is no number */
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A volume of %g cannot be set; write 0 for silence to %g, and 1 for as it is",
                 volume, AHOY_MEDIA_STREAM_MAX_VOLUME);
    return FALSE;
  }
  for (guint i = 0; i < streams->len; i++) {
    AhoyMediaStream *media = ahoy_session_stream_get_media (streams->pdata[i]);
    const char *type = ahoy_session_stream_get_media_type (streams->pdata[i]);

    if (media != NULL && g_str_equal (type, "audio") &&
        !ahoy_media_stream_set_volume (media, sound, volume, error)) {
      return FALSE;
    }
  }
  if (self->volume[sound] != volume) {
    self->volume[sound] = volume;
    ahoy_bus_session_changed (self, AHOY_BUS_SESSION_VOLUME_SENT + sound);
  }
  return TRUE;
}

static void
handle_set_volume (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GEnumClass) sounds = g_type_class_ref (AHOY_TYPE_MEDIA_SOUND);
  GError *error = NULL;
  GEnumValue *sound;
  const char *name;
  double volume;

  g_variant_get (arguments, "(&sd)", &name, &volume);
  sound = g_enum_get_value_by_nick (sounds, name);
  if (sound == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "“%s” has no volume; write sent for what the peer hears, or "
                               "received for what comes from it",
                               name);
    return;
  }
  finish (call, set_volume (target, (AhoyMediaSound) sound->value, volume, &error), &error);
}

static void
handle_send_dtmf (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *digits;
  guint duration;

  g_variant_get (arguments, "(&su)", &digits, &duration);
  if (*digits == '\0' || strlen (digits) > 64 ||
      strspn (digits, "0123456789*#ABCDabcd") != strlen (digits)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "“%s” cannot be sent; write 1 to 64 of 0-9 * # A-D", digits);
    return;
  }
  if (duration != 0 && (duration < 40 || duration > 10000)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "A digit of %u ms cannot be sent; write 40 to 10000, or 0 for 100",
                               duration);
    return;
  }
  finish (call, ahoy_session_send_dtmf (self->session, digits, duration, &error), &error);
}

static GBytes *
body_bytes (GVariant *body)
{
  gsize size = 0;
  const void *data = g_variant_get_fixed_array (body, &size, 1);

  return g_bytes_new (data, size);
}

/* Makes a request of what came over the bus; NULL with an error. */
static AhoyMessage *
make_request (AhoyBusSession *self, const char *method, GVariant *headers, const char *type,
              GVariant *body, GError **error)
{
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GBytes) bytes = body_bytes (body);
  GVariantIter iter;
  const char *name;
  const char *value;

  if (!ahoy_bus_check_token ("The method", method, error) ||
      !ahoy_bus_check_content_type (type, body, error) ||
      (headers != NULL && !ahoy_bus_check_headers (headers, error))) {
    return NULL;
  }
  request = ahoy_session_create_request (self->session, method, error);
  if (request == NULL) {
    return NULL;
  }
  if (headers != NULL) {
    g_variant_iter_init (&iter, headers);
    while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
      if (!ahoy_message_add_header (request, name, value, error)) {
        return NULL;
      }
    }
  }
  if (g_bytes_get_size (bytes) > 0 && !ahoy_message_set_body (request, type, bytes, error)) {
    return NULL;
  }
  return g_steal_pointer (&request);
}

static void
on_request_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_send_request_finish (AHOY_SESSION (source), result, &error);

  if (response != NULL) {
    ahoy_bus_pending_return (pending, ahoy_bus_reply_response (response));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

static void
on_request_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_send_request_finish (AHOY_SESSION (source), result, &error);

  if (response != NULL) {
    ahoy_bus_pending_return (pending, ahoy_bus_reply_status (response));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

static void
send_with_body (AhoyBusSession *self, const char *method, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) body = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  GError *error = NULL;
  const char *type;

  g_variant_get (arguments, "(&s@ay)", &type, &body);
  request = make_request (self, method, NULL, type, body, &error);
  if (request == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_session_send_request_async (self->session, request, NULL, on_request_status,
                                   wait_for_status (self, call));
}

static void
handle_send_info (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  send_with_body (target, "INFO", arguments, call);
}

static void
handle_send_message (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  send_with_body (target, "MESSAGE", arguments, call);
}

static void
handle_send_request (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GVariant) headers = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  GError *error = NULL;
  const char *method;
  const char *type;

  g_variant_get (arguments, "(&s@a(ss)&s@ay)", &method, &headers, &type, &body);
  request = make_request (self, method, headers, type, body, &error);
  if (request == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_session_send_request_async (self->session, request, NULL, on_request_answered,
                                   ahoy_bus_pending_new (call, scheduler_of (self),
                                                         AHOY_BUS_PATIENCE * 1000,
                                                         ahoy_bus_late_response, NULL, NULL));
}

static void
handle_get_header (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  AhoyMessage *invite = ahoy_session_get_invite (self->session);
  g_auto (GStrv) values = NULL;
  g_autofree char *shown = NULL;
  GError *error = NULL;
  const char *name;
  guint index;

  g_variant_get (arguments, "(&su)", &name, &index);
  if (!ahoy_bus_check_token ("The header name", name, &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  values = invite != NULL ? ahoy_message_get_headers (invite, name) : NULL;
  if (values == NULL || index >= g_strv_length (values)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "The INVITE of session %" G_GUINT64_FORMAT " has no header %s "
                               "number %u",
                               ahoy_session_get_id (self->session), name, index);
    return;
  }
  shown = ahoy_trace_mask_header (name, values[index]);
  ahoy_bus_call_return (call, g_variant_new ("(s)", shown));
}

static void
handle_add_header (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GVariant) headers = g_variant_ref_sink (g_variant_new_array (NULL, &arguments, 1));
  GError *error = NULL;
  const char *name;
  const char *value;

  g_variant_get (arguments, "(&s&s)", &name, &value);
  finish (call,
          ahoy_bus_check_headers (headers, &error) &&
              ahoy_session_add_header (self->session, name, value, &error),
          &error);
}

static void
handle_remove_header (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  if (!ahoy_bus_check_token ("The header name", name, &error)) {
    ahoy_bus_return_error (call, error);
  } else if (!ahoy_session_remove_header (self->session, name)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "Session %" G_GUINT64_FORMAT " adds no header %s to what it sends",
                               ahoy_session_get_id (self->session), name);
  } else {
    ahoy_bus_call_return (call, NULL);
  }
}

static void
handle_set_variable (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *name;
  const char *value;
  gboolean good;

  g_variant_get (arguments, "(&s&s)", &name, &value);
  good = ahoy_bus_check_variable (name, value, &error);
  if (good) {
    ahoy_session_set_variable (self->session, name, *value != '\0' ? value : NULL);
  }
  finish (call, good, &error);
}

static void
handle_get_variable (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *name;
  const char *value;

  g_variant_get (arguments, "(&s)", &name);
  value = ahoy_session_get_variable (self->session, name);
  if (value == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "Session %" G_GUINT64_FORMAT " keeps nothing under the name “%s”",
                               ahoy_session_get_id (self->session), name);
    return;
  }
  ahoy_bus_call_return (call, g_variant_new ("(s)", value));
}

/*
 * Callers of another user than the daemon's name files below its own folders only; others may write
 * any absolute path.
 */
static char *
find_file (AhoyBusSession *self, const char *name, gboolean sound, GError **error)
{
  AhoyCallRouter *router = ahoy_core_get_router (self->core);
  g_autofree char *path = NULL;

  if (!ahoy_bus_check_text ("The path", name, error)) {
    return NULL;
  }
  if (g_path_is_absolute (name) && !ahoy_bus_hub_is_trusting (self->hub)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_AUTHORIZED,
                 "The daemon of the system bus opens no file outside of its folders: write “%s” "
                 "without its folders, as a name below %s",
                 name, sound ? "sounds-directory" : "recordings-directory");
    return NULL;
  }
  path = sound ? ahoy_call_router_find_sound (router, name, error)
               : ahoy_call_router_find_recording (router, name, error);
  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is a folder; write the name of a file", name);
    return NULL;
  }
  return g_steal_pointer (&path);
}

/* The folder of sounds or recordings, where a caller of another user may name files. */
static int
open_below (AhoyBusSession *self, const char *name, gboolean sound, int flags, GError **error)
{
  AhoyCallRouter *router = ahoy_core_get_router (self->core);
  g_autofree char *folder = sound ? ahoy_call_router_find_sound (router, ".", error)
                                  : ahoy_call_router_find_recording (router, ".", error);

  return folder != NULL ? ahoy_bus_file_open_below (folder, name, flags, error) : -1;
}

static gboolean
play (AhoyBusSession *self, AhoyMediaStream *media, const char *name, GError **error)
{
  g_autofree char *path = find_file (self, name, TRUE, error);
  int file;

  if (path == NULL) {
    return FALSE;
  }
  if (ahoy_bus_hub_is_trusting (self->hub)) {
    return ahoy_media_stream_play_file (media, path, FALSE, error);
  }
  file = open_below (self, name, TRUE, O_RDONLY, error);
  return file >= 0 && ahoy_media_stream_play_fd (media, file, path, error);
}

static gboolean
record (AhoyBusSession *self, AhoyMediaStream *media, const char *name, GError **error)
{
  g_autofree char *path = find_file (self, name, FALSE, error);
  g_autofree char *below = NULL;
  int folder;

  if (path == NULL) {
    return FALSE;
  }
  if (ahoy_bus_hub_is_trusting (self->hub)) {
    return ahoy_bus_recording_begin (self->recording, media, path, AHOY_BUS_RECORDING_PATH, -1,
                                     error);
  }
  below = g_path_get_dirname (name);
  folder = open_below (self, below, FALSE, O_RDONLY | O_DIRECTORY, error);
  return folder >= 0 && ahoy_bus_recording_begin (self->recording, media, path,
                                                  AHOY_BUS_RECORDING_FOLDER, folder, error);
}

static void
handle_play (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  finish (call, media != NULL && play (self, media, name, &error), &error);
}

/* A descriptor that somebody handed over, after it was looked at; -1 with the reason. */
static int
take_file (AhoyBusSession *self, AhoyBusCall *call, int index, gboolean writing, GError **error)
{
  int file = ahoy_bus_call_take_descriptor (call, (guint) index, error);

  if (file >= 0 && !ahoy_bus_file_check_descriptor (file, ahoy_bus_hub_is_trusting (self->hub),
                                                    writing, error)) {
    close (file);
    return -1;
  }
  return file;
}

static void
handle_play_fd (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  g_autofree char *name =
      g_strdup_printf ("(descriptor of %s)", ahoy_bus_call_get_sender (call));
  int file;
  int index;

  g_variant_get (arguments, "(h)", &index);
  file = media != NULL ? take_file (self, call, index, FALSE, &error) : -1;
  finish (call, file >= 0 && ahoy_media_stream_play_fd (media, file, name, &error), &error);
}

static void
handle_play_tone (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  const char *tone;

  g_variant_get (arguments, "(&s)", &tone);
  finish (call,
          media != NULL && ahoy_bus_check_text ("The tone", tone, &error) &&
              ahoy_media_stream_play_tone (media, tone, &error),
          &error);
}

static void
handle_stop_playing (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (target, &error);

  if (media != NULL) {
    ahoy_media_stream_stop_playing (media);
  }
  finish (call, media != NULL, &error);
}

static void
handle_set_echo (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (target, &error);
  gboolean echo;

  g_variant_get (arguments, "(b)", &echo);
  if (media != NULL) {
    ahoy_media_stream_set_echo (media, echo);
  }
  finish (call, media != NULL, &error);
}

static void
handle_record (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  static const AhoyBusOption none[] = { { NULL, NULL } };
  g_autoptr (GVariant) options = NULL;
  GError *error = NULL;
  AhoyMediaStream *media = NULL;
  const char *name;

  g_variant_get (arguments, "(&s@a{sv})", &name, &options);
  if (ahoy_bus_check_options (options, none, &error)) {
    media = ahoy_bus_session_find_audio (self, &error);
  }
  finish (call, media != NULL && record (self, media, name, &error), &error);
}

static void
handle_record_fd (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  g_autofree char *name =
      g_strdup_printf ("(descriptor of %s)", ahoy_bus_call_get_sender (call));
  const char *format;
  int file = -1;
  int index;

  g_variant_get (arguments, "(h&s)", &index, &format);
  if (media != NULL && !g_str_equal (format, "wav")) {
    g_set_error (&error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A recording has the format wav and no other; write that");
  } else if (media != NULL) {
    file = take_file (self, call, index, TRUE, &error);
  }
  finish (call,
          file >= 0 && ahoy_bus_recording_begin (self->recording, media, name,
                                                 AHOY_BUS_RECORDING_FILE, file, &error),
          &error);
}

/* Replies when the file is whole: what reads it next finds all of it. */
static void
handle_stop_recording (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  g_autoptr (GError) unheard = NULL;

  if (self->recording->path == NULL && ahoy_bus_session_find_audio (self, &error) == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_bus_recording_stop (self->recording, ahoy_bus_session_find_audio (self, &unheard),
                           scheduler_of (self), call);
}

static GVariant *
late_state (gpointer user_data)
{
  return ahoy_bus_session_describe_state (user_data);
}

static void
handle_wait (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GEnumClass) states = g_type_class_ref (AHOY_TYPE_SESSION_STATE);
  AhoyBusWait wait;
  GEnumValue *wanted;
  const char *name;
  guint milliseconds;

  g_variant_get (arguments, "(&su)", &name, &milliseconds);
  wanted = g_enum_get_value_by_nick (states, name);
  if (wanted == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "“%s” is no state of a session; write new, trying, ringing, "
                               "active, ending or ended",
                               name);
    return;
  }
  if (ahoy_session_get_state (self->session) >= (AhoySessionState) wanted->value) {
    ahoy_bus_call_return (call, ahoy_bus_session_describe_state (self));
    return;
  }
  if (self->waits->len >= MAX_WAITS) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_LIMIT_EXCEEDED,
                               "%d callers wait for session %" G_GUINT64_FORMAT " already",
                               MAX_WAITS, ahoy_session_get_id (self->session));
    return;
  }
  if (milliseconds == 0 || milliseconds > AHOY_BUS_PATIENCE * 1000) {
    milliseconds = AHOY_BUS_PATIENCE * 1000;
  }
  wait.state = (AhoySessionState) wanted->value;
  wait.pending =
      ahoy_bus_pending_new (call, scheduler_of (self), milliseconds, late_state, self, NULL);
  g_array_append_val (self->waits, wait);
}

static void
handle_get_history (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *call_id = ahoy_session_get_call_id (self->session);
  g_autoptr (GVariant) history = NULL;

  if (call_id != NULL) {
    history = ahoy_trace_get_history (ahoy_core_get_trace (self->core), call_id);
  } else {
    history = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(tsss)"), NULL, 0));
  }
  ahoy_bus_call_return (call, g_variant_new ("(@a(tsss))", history));
}

static void
handle_get_ladder (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *call_id = ahoy_session_get_call_id (self->session);
  g_autofree char *ladder =
      call_id != NULL ? ahoy_trace_get_ladder (ahoy_core_get_trace (self->core), call_id) : NULL;

  ahoy_bus_call_return (call, g_variant_new ("(s)", ladder != NULL ? ladder : ""));
}

const AhoyBusMethod ahoy_bus_session_methods[] = {
  { "Ring", handle_ring },
  { "Progress", handle_progress },
  { "Answer", handle_answer },
  { "HoldAndAnswer", handle_hold_and_answer },
  { "Reject", handle_reject },
  { "Redirect", handle_redirect },
  { "Hangup", handle_hangup },
  { "Hold", handle_hold },
  { "Resume", handle_resume },
  { "SetMuted", handle_set_muted },
  { "SetVolume", handle_set_volume },
  { "Refresh", handle_refresh },
  { "SendDtmf", handle_send_dtmf },
  { "SendInfo", handle_send_info },
  { "SendMessage", handle_send_message },
  { "SendRequest", handle_send_request },
  { "GetHeader", handle_get_header },
  { "AddHeader", handle_add_header },
  { "RemoveHeader", handle_remove_header },
  { "SetVariable", handle_set_variable },
  { "GetVariable", handle_get_variable },
  { "Play", handle_play },
  { "PlayFd", handle_play_fd },
  { "PlayTone", handle_play_tone },
  { "StopPlaying", handle_stop_playing },
  { "SetEcho", handle_set_echo },
  { "Record", handle_record },
  { "RecordFd", handle_record_fd },
  { "StopRecording", handle_stop_recording },
  { "Wait", handle_wait },
  { "GetHistory", handle_get_history },
  { "GetLadder", handle_get_ladder },
  { NULL, NULL },
};
