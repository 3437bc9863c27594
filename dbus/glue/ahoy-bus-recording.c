/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-recording.h"

#include <unistd.h>

#include "ahoy-bus-error.h"

AhoyBusRecording *
ahoy_bus_recording_new (void)
{
  AhoyBusRecording *self = g_new0 (AhoyBusRecording, 1);

  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_bus_pending_unref);
  return self;
}

void
ahoy_bus_recording_free (AhoyBusRecording *self)
{
  ahoy_bus_recording_clear (self);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

/* Forgets the recording. Who waits for it still is told that it was not whole in time. */
void
ahoy_bus_recording_clear (AhoyBusRecording *self)
{
  g_ptr_array_set_size (self->waiting, 0);
  g_clear_pointer (&self->path, g_free);
  g_clear_error (&self->error);
  self->over = FALSE;
}

static gboolean
record (AhoyMediaStream *media, const char *path, AhoyBusRecordingPlace place, int descriptor,
        const AhoyMediaRecording *how, GError **error)
{
  switch (place) {
  case AHOY_BUS_RECORDING_FOLDER:
    return ahoy_media_stream_start_recording (media, path, descriptor, how, error);
  case AHOY_BUS_RECORDING_FILE:
    return ahoy_media_stream_record_fd (media, descriptor, path, error);
  case AHOY_BUS_RECORDING_PATH:
  default:
    return ahoy_media_stream_start_recording (media, path, -1, how, error);
  }
}

/* Begins to record, and forgets what was recorded before. Takes the descriptor; -1 for a path. */
gboolean
ahoy_bus_recording_begin (AhoyBusRecording *self, AhoyMediaStream *media, const char *path,
                          AhoyBusRecordingPlace place, int descriptor,
                          const AhoyMediaRecording *how, GError **error)
{
  g_autofree char *before = NULL;

  if (self->waiting->len > 0) {
    before = g_filename_display_name (self->path);
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The recording %s is not whole yet: wait until StopRecording replies", before);
    if (descriptor >= 0) {
      close (descriptor);
    }
    return FALSE;
  }
  if (!record (media, path, place, descriptor, how, error)) {
    return FALSE;
  }
  ahoy_bus_recording_clear (self);
  self->path = g_strdup (path);
  return TRUE;
}

static void
answer (AhoyBusPending *pending, const GError *error)
{
  if (error != NULL) {
    ahoy_bus_pending_fail (pending, g_error_copy (error));
  } else {
    ahoy_bus_pending_return (pending, g_variant_new ("()"));
  }
}

static void
add_waiting (AhoyBusRecording *self, AhoyScheduler *scheduler, AhoyBusCall *call)
{
  g_autofree char *name = g_filename_display_name (self->path);
  AhoyBusPending *pending = ahoy_bus_pending_new (call, scheduler, AHOY_BUS_PATIENCE * 1000, NULL,
                                                  NULL, NULL);

  ahoy_bus_pending_set_late_error (
      pending, g_error_new (AHOY_ERROR, AHOY_ERROR_TIMEOUT,
                            "The recording %s is not whole after %u s: the disk is slow; wait for "
                            "RecordingEnded",
                            name, AHOY_BUS_PATIENCE));
  g_ptr_array_add (self->waiting, pending);
}

/*
 * Takes @call, which is answered when the file is whole or cannot be: at once when the recording
 * ended by itself. @media is NULL when the session has no sound any more.
 */
void
ahoy_bus_recording_stop (AhoyBusRecording *self, AhoyMediaStream *media, AhoyScheduler *scheduler,
                         AhoyBusCall *call)
{
  if (self->path == NULL) {
    ahoy_bus_call_return (call, NULL);
    return;
  }
  if (self->over) {
    if (self->error != NULL) {
      ahoy_bus_return_error (call, g_steal_pointer (&self->error));
    } else {
      ahoy_bus_call_return (call, NULL);
    }
    ahoy_bus_recording_clear (self);
    return;
  }
  add_waiting (self, scheduler, call);
  if (media != NULL) {
    ahoy_media_stream_stop_recording (media);
  }
}

/* A recording of the session's sound is over: perhaps this one. */
void
ahoy_bus_recording_end (AhoyBusRecording *self, const char *path, const GError *error)
{
  gboolean told = FALSE;

  if (g_strcmp0 (self->path, path) != 0 || self->over) {
    return;
  }
  for (guint i = 0; i < self->waiting->len; i++) {
    AhoyBusPending *pending = self->waiting->pdata[i];

    told = told || !ahoy_bus_pending_is_over (pending);
    answer (pending, error);
  }
  g_ptr_array_set_size (self->waiting, 0);
  self->over = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  if (told) {
    ahoy_bus_recording_clear (self);
  }
}
