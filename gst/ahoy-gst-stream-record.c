/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-stream-struct-private.h"

#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-wav-writer-private.h"

/* Recordings of what a stream hears. */

#define PATH_KEY "ahoy-gst-path" /* of a writer: as it was asked for */

/* Samples a second of recordings. */
#define NARROW_RATE 8000
#define WIDE_RATE 16000

/* The file is whole now, or cannot be written; both end the recording. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyGstStream) self = user_data;
  const char *path = g_object_get_data (source, PATH_KEY);
  g_autoptr (GError) error = NULL;

  if (!ahoy_gst_wav_writer_close_finish (AHOY_GST_WAV_WRITER (source), result, &error)) {
    g_warning ("The recording of the stream on port %u is not whole: %s", self->port,
               error->message);
  }
  ahoy_media_stream_emit_recording_ended (AHOY_MEDIA_STREAM (self), path, error);
}

/* The worker is about to be told. */
void
ahoy_gst_stream_end_recording (AhoyGstStream *self)
{
  if (self->recorder != NULL) {
    ahoy_gst_wav_writer_end (self->recorder);
    self->recorder = NULL;
  }
}

/* The worker pushes nothing more: it was told so, or the writer has failed. */
void
ahoy_gst_stream_on_recorded (AhoyGstStream *self, AhoyGstWavWriter *writer)
{
  self->n_recordings--;
  if (self->recorder == writer) {
    self->recorder = NULL;
    ahoy_media_stream_emit_changed (AHOY_MEDIA_STREAM (self));
  }
  ahoy_gst_wav_writer_close_async (writer, on_written, g_object_ref (self));
  g_object_unref (writer);
  ahoy_gst_stream_update_tapped (self);
}

static gboolean
check_not_recorded (AhoyGstStream *self, GError **error)
{
  g_autofree char *name = NULL;

  if (self->recorder == NULL) {
    return TRUE;
  }
  name = g_filename_display_name (g_object_get_data (G_OBJECT (self->recorder), PATH_KEY));
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
               "The stream on port %u is recorded to %s already; stop that recording first",
               self->port, name);
  return FALSE;
}

static guint
recording_rate (AhoyGstStream *self)
{
  gboolean wide = self->configured && self->config.send.codec->sample_rate > NARROW_RATE;

  return wide ? WIDE_RATE : NARROW_RATE;
}

static AhoyMediaRecordingState
ahoy_gst_stream_get_recording (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (self->recorder == NULL || !ahoy_gst_stream_is_open (self)) {
    return AHOY_MEDIA_RECORDING_NONE;
  }
  return self->paused ? AHOY_MEDIA_RECORDING_PAUSED : AHOY_MEDIA_RECORDING_RUNNING;
}

static void
set_owner (AhoyGstStream *self, AhoyGstWavWriter *writer)
{
  const char *name = ahoy_media_stream_get_name (AHOY_MEDIA_STREAM (self));
  g_autofree char *own = name == NULL ? g_strdup_printf ("the stream on port %u", self->port)
                                      : NULL;

  ahoy_gst_wav_writer_set_owner (writer, name != NULL ? name : own);
}

/* Takes the writer. */
static gboolean
begin_recording (AhoyGstStream *self, AhoyGstWavWriter *writer, const char *path,
                 const AhoyMediaRecording *how)
{
  AhoyGstRecording *recording;

  if (writer == NULL) {
    return FALSE;
  }
  g_object_set_data_full (G_OBJECT (writer), PATH_KEY, g_strdup (path), g_free);
  set_owner (self, writer);
  self->recorder = writer;
  self->paused = FALSE;
  self->records_sent = how->layout != AHOY_MEDIA_RECORDING_RECEIVED;
  recording = g_new0 (AhoyGstRecording, 1);
  recording->writer = writer;
  recording->rate = ahoy_gst_wav_writer_get_rate (writer);
  recording->listener = ahoy_gst_stream_make_listener (self);
  recording->sent_listener = ahoy_gst_stream_make_sent_listener (self);
  recording->how = *how;
  self->n_recordings++;
  ahoy_gst_stream_run (self, ahoy_gst_channel_record, recording);
  ahoy_gst_stream_update_tapped (self);
  ahoy_media_stream_emit_changed (AHOY_MEDIA_STREAM (self));
  return TRUE;
}

static AhoyGstWavWriter *
open_writer (AhoyGstStream *self, const char *path, int folder, const AhoyMediaRecording *how,
             GError **error)
{
  guint channels = how->layout == AHOY_MEDIA_RECORDING_STEREO ? 2 : 1;
  guint rate = recording_rate (self);

  if (how->append) {
    return ahoy_gst_wav_writer_append (path, folder, rate, channels, error);
  }
  return folder >= 0 ? ahoy_gst_wav_writer_new_at (folder, path, AHOY_GST_WAV_WRITER_PCM, rate,
                                                   channels, error)
                     : ahoy_gst_wav_writer_new (path, AHOY_GST_WAV_WRITER_PCM, rate, channels,
                                                error);
}

static gboolean
ahoy_gst_stream_start_recording (AhoyMediaStream *stream, const char *path, int folder,
                                 const AhoyMediaRecording *how, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (!ahoy_gst_stream_check_open (self, error) || !check_not_recorded (self, error)) {
    if (folder >= 0) {
      close (folder);
    }
    return FALSE;
  }
  return begin_recording (self, open_writer (self, path, folder, how, error), path, how);
}

static gboolean
ahoy_gst_stream_record (AhoyMediaStream *stream, const char *path, GError **error)
{
  AhoyMediaRecording how = { AHOY_MEDIA_RECORDING_RECEIVED };

  return ahoy_gst_stream_start_recording (stream, path, -1, &how, error);
}

static gboolean
ahoy_gst_stream_record_fd (AhoyMediaStream *stream, int fd, const char *name, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyMediaRecording how = { AHOY_MEDIA_RECORDING_RECEIVED };

  if (!ahoy_gst_stream_check_open (self, error) || !check_not_recorded (self, error)) {
    close (fd);
    return FALSE;
  }
  return begin_recording (self,
                          ahoy_gst_wav_writer_new_for_fd (fd, name, AHOY_GST_WAV_WRITER_PCM,
                                                          recording_rate (self), 1, error),
                          name, &how);
}

static gboolean
ahoy_gst_stream_record_at (AhoyMediaStream *stream, int folder, const char *path, GError **error)
{
  AhoyMediaRecording how = { AHOY_MEDIA_RECORDING_RECEIVED };

  return ahoy_gst_stream_start_recording (stream, path, folder, &how, error);
}

static gboolean
ahoy_gst_stream_pause_recording (AhoyMediaStream *stream, gboolean paused, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (!ahoy_gst_stream_check_open (self, error)) {
    return FALSE;
  }
  if (self->recorder == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The stream on port %u is not recorded; start a recording first", self->port);
    return FALSE;
  }
  if (self->paused != paused) {
    self->paused = paused;
    ahoy_gst_stream_run (self, ahoy_gst_channel_pause_recording, GINT_TO_POINTER (paused));
    ahoy_media_stream_emit_changed (stream);
  }
  return TRUE;
}

static void
ahoy_gst_stream_stop_recording (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (ahoy_gst_stream_is_open (self) && self->recorder != NULL) {
    ahoy_gst_stream_end_recording (self);
    ahoy_gst_stream_run (self, ahoy_gst_channel_stop_recording, NULL);
    ahoy_media_stream_emit_changed (stream);
  }
}

void
ahoy_gst_stream_init_recording (AhoyMediaStreamInterface *iface)
{
  iface->record = ahoy_gst_stream_record;
  iface->record_fd = ahoy_gst_stream_record_fd;
  iface->record_at = ahoy_gst_stream_record_at;
  iface->start_recording = ahoy_gst_stream_start_recording;
  iface->pause_recording = ahoy_gst_stream_pause_recording;
  iface->get_recording = ahoy_gst_stream_get_recording;
  iface->stop_recording = ahoy_gst_stream_stop_recording;
}
