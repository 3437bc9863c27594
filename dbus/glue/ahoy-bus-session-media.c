/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include <fcntl.h>
#include <unistd.h>

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-file.h"

/* The methods of a session on the bus that are about its sound. */

void
ahoy_bus_session_handle_set_muted (gpointer target, GVariant *arguments, AhoyBusCall *call)
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

void
ahoy_bus_session_handle_set_volume (gpointer target, GVariant *arguments, AhoyBusCall *call)
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
  ahoy_bus_session_finish (call, set_volume (target, (AhoyMediaSound) sound->value, volume, &error),
                           &error);
}

void
ahoy_bus_session_handle_send_dtmf (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *digits;
  guint duration;

  g_variant_get (arguments, "(&su)", &digits, &duration);
  if (*digits == '\0' || strlen (digits) > 64 ||
      strspn (digits, "0123456789*#ABCDabcd!") != strlen (digits)) {
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
  ahoy_bus_session_finish (call, ahoy_session_send_dtmf (self->session, digits, duration, &error),
                           &error);
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

/* @path is kept for the history of calls where the recording has begun. */
static gboolean
note_recording (AhoyBusSession *self, const char *path, gboolean begun)
{
  if (begun) {
    ahoy_session_set_variable (self->session, "recording", path);
  }
  return begun;
}

static gboolean
record (AhoyBusSession *self, AhoyMediaStream *media, const char *name,
        const AhoyMediaRecording *how, GError **error)
{
  g_autofree char *path = find_file (self, name, FALSE, error);
  g_autofree char *below = NULL;
  int folder;

  if (path == NULL) {
    return FALSE;
  }
  if (ahoy_bus_hub_is_trusting (self->hub)) {
    return note_recording (self, path,
                           ahoy_bus_recording_begin (self->recording, media, path,
                                                     AHOY_BUS_RECORDING_PATH, -1, how, error));
  }
  below = g_path_get_dirname (name);
  folder = open_below (self, below, FALSE, O_RDONLY | O_DIRECTORY, error);
  return folder >= 0 &&
         note_recording (self, path,
                         ahoy_bus_recording_begin (self->recording, media, path,
                                                   AHOY_BUS_RECORDING_FOLDER, folder, how, error));
}

void
ahoy_bus_session_handle_play (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  ahoy_bus_session_finish (call, media != NULL && play (self, media, name, &error), &error);
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

void
ahoy_bus_session_handle_play_fd (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  g_autofree char *name = g_strdup_printf ("(descriptor of %s)", ahoy_bus_call_get_sender (call));
  int file;
  int index;

  g_variant_get (arguments, "(h)", &index);
  file = media != NULL ? take_file (self, call, index, FALSE, &error) : -1;
  ahoy_bus_session_finish (call, file >= 0 && ahoy_media_stream_play_fd (media, file, name, &error),
                           &error);
}

void
ahoy_bus_session_handle_play_tone (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  const char *tone;

  g_variant_get (arguments, "(&s)", &tone);
  ahoy_bus_session_finish (call,
                           media != NULL && ahoy_bus_check_text ("The tone", tone, &error) &&
                               ahoy_media_stream_play_tone (media, tone, &error),
                           &error);
}

void
ahoy_bus_session_handle_stop_playing (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (target, &error);

  if (media != NULL) {
    ahoy_media_stream_stop_playing (media);
  }
  ahoy_bus_session_finish (call, media != NULL, &error);
}

void
ahoy_bus_session_handle_set_echo (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (target, &error);
  gboolean echo;

  g_variant_get (arguments, "(b)", &echo);
  if (media != NULL) {
    ahoy_media_stream_set_echo (media, echo);
  }
  ahoy_bus_session_finish (call, media != NULL, &error);
}

void
ahoy_bus_session_handle_record (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  static const AhoyBusOption none[] = { { NULL, NULL } };
  AhoyMediaRecording how = { AHOY_MEDIA_RECORDING_RECEIVED };
  g_autoptr (GVariant) options = NULL;
  GError *error = NULL;
  AhoyMediaStream *media = NULL;
  const char *name;

  g_variant_get (arguments, "(&s@a{sv})", &name, &options);
  if (ahoy_bus_check_options (options, none, &error)) {
    media = ahoy_bus_session_find_audio (self, &error);
  }
  ahoy_bus_session_finish (call, media != NULL && record (self, media, name, &how, &error), &error);
}

static gboolean
read_layout (GVariant *options, AhoyMediaRecording *how, GError **error)
{
  g_autoptr (GEnumClass) layouts = g_type_class_ref (AHOY_TYPE_MEDIA_RECORDING_LAYOUT);
  const char *name = "mixed";
  GEnumValue *layout;

  g_variant_lookup (options, "layout", "&s", &name);
  layout = g_enum_get_value_by_nick (layouts, name);
  if (layout == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The layout of a recording cannot be “%s”; write mixed, stereo or received",
                 name);
    return FALSE;
  }
  how->layout = (AhoyMediaRecordingLayout) layout->value;
  return TRUE;
}

static gboolean
read_recording (GVariant *options, AhoyMediaRecording *how, GError **error)
{
  static const AhoyBusOption known[] = {
    { "layout", "s" }, { "append", "b" }, { "silent-pauses", "b" }, { "beep", "u" }, { NULL, NULL },
  };

  if (!ahoy_bus_check_options (options, known, error) || !read_layout (options, how, error)) {
    return FALSE;
  }
  g_variant_lookup (options, "append", "b", &how->append);
  g_variant_lookup (options, "silent-pauses", "b", &how->silent_pauses);
  g_variant_lookup (options, "beep", "u", &how->beep_interval);
  return TRUE;
}

void
ahoy_bus_session_handle_start_recording (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  AhoyMediaRecording how = { AHOY_MEDIA_RECORDING_MIXED };
  g_autoptr (GVariant) options = NULL;
  GError *error = NULL;
  AhoyMediaStream *media = NULL;
  const char *name;

  g_variant_get (arguments, "(&s@a{sv})", &name, &options);
  if (read_recording (options, &how, &error)) {
    media = ahoy_bus_session_find_audio (self, &error);
  }
  ahoy_bus_session_finish (call, media != NULL && record (self, media, name, &how, &error), &error);
}

static void
pause_recording (AhoyBusSession *self, gboolean paused, AhoyBusCall *call)
{
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);

  ahoy_bus_session_finish (
      call, media != NULL && ahoy_media_stream_pause_recording (media, paused, &error), &error);
}

void
ahoy_bus_session_handle_pause_recording (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  pause_recording (target, TRUE, call);
}

void
ahoy_bus_session_handle_resume_recording (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  pause_recording (target, FALSE, call);
}

void
ahoy_bus_session_handle_record_fd (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoyMediaStream *media = ahoy_bus_session_find_audio (self, &error);
  g_autofree char *name = g_strdup_printf ("(descriptor of %s)", ahoy_bus_call_get_sender (call));
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
  ahoy_bus_session_finish (
      call,
      file >= 0 && ahoy_bus_recording_begin (self->recording, media, name, AHOY_BUS_RECORDING_FILE,
                                             file, NULL, &error),
      &error);
}

/* Replies when the file is whole: what reads it next finds all of it. */
void
ahoy_bus_session_handle_stop_recording (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  g_autoptr (GError) unheard = NULL;

  if (self->recording->path == NULL && ahoy_bus_session_find_audio (self, &error) == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_bus_recording_stop (self->recording, ahoy_bus_session_find_audio (self, &unheard),
                           ahoy_core_get_scheduler (self->core), call);
}
