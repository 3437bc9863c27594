/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-stream-struct-private.h"

#include <unistd.h>

#include "ahoy-gst-tone-source.h"
#include "ahoy-gst-wav-source.h"

/* What a stream plays: files, tones, and texts. */

/* Plays in place of what played before, also of a text that does not play yet. */
static gboolean
play (AhoyGstStream *self, gpointer source)
{
  g_clear_pointer (&self->speech, ahoy_gst_speech_free);
  if (source != NULL) {
    self->n_playing++;
    ahoy_gst_stream_run (self, ahoy_gst_channel_play, source);
  }
  ahoy_gst_stream_update_tapped (self);
  return source != NULL;
}

static void
on_spoken (int fd, const GError *failure, gpointer user_data)
{
  g_autoptr (AhoyGstStream) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;

  if (failure == NULL && ahoy_gst_stream_is_open (self)) {
    if (play (self, ahoy_gst_wav_source_new_for_fd (fd, "of a text", FALSE, &error))) {
      return;
    }
  } else if (fd >= 0) {
    close (fd);
  }
  g_clear_pointer (&self->speech, ahoy_gst_speech_free);
  if (failure != NULL || error != NULL) {
    g_warning ("%s", failure != NULL ? failure->message : error->message);
  }
  ahoy_gst_stream_update_tapped (self);
  ahoy_media_stream_emit_playing_ended (AHOY_MEDIA_STREAM (self), FALSE);
}

static gboolean
ahoy_gst_stream_say (AhoyMediaStream *stream, const char *text, const char *voice, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstSpeech *speech;

  if (!ahoy_gst_stream_check_open (self, error)) {
    return FALSE;
  }
  speech = ahoy_gst_speech_new (text, voice, on_spoken, self, error);
  if (speech == NULL) {
    return FALSE;
  }
  g_clear_pointer (&self->speech, ahoy_gst_speech_free);
  self->speech = speech;
  ahoy_gst_stream_update_tapped (self);
  return TRUE;
}

static gboolean
ahoy_gst_stream_play_tone (AhoyMediaStream *stream, const char *tone, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstToneSource *source;

  if (!ahoy_gst_stream_check_open (self, error)) {
    return FALSE;
  }
  source = ahoy_gst_tone_source_new (tone, error);
  return play (self, source);
}

static gboolean
ahoy_gst_stream_play_file (AhoyMediaStream *stream, const char *path, gboolean repeat,
                           GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstWavSource *source;

  if (!ahoy_gst_stream_check_open (self, error)) {
    return FALSE;
  }
  source = ahoy_gst_wav_source_new (path, repeat, error);
  return play (self, source);
}

static gboolean
ahoy_gst_stream_play_fd (AhoyMediaStream *stream, int fd, const char *name, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstWavSource *source;

  if (!ahoy_gst_stream_check_open (self, error)) {
    close (fd);
    return FALSE;
  }
  source = ahoy_gst_wav_source_new_for_fd (fd, name, FALSE, error);
  return play (self, source);
}

static void
ahoy_gst_stream_stop_playing (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (ahoy_gst_stream_is_open (self)) {
    g_clear_pointer (&self->speech, ahoy_gst_speech_free);
    ahoy_gst_stream_run (self, ahoy_gst_channel_stop_playing, NULL);
    ahoy_gst_stream_update_tapped (self);
  }
}

void
ahoy_gst_stream_init_playing (AhoyMediaStreamInterface *iface)
{
  iface->play_file = ahoy_gst_stream_play_file;
  iface->play_fd = ahoy_gst_stream_play_fd;
  iface->play_tone = ahoy_gst_stream_play_tone;
  iface->say = ahoy_gst_stream_say;
  iface->stop_playing = ahoy_gst_stream_stop_playing;
}
