/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-speech-private.h"

#include <errno.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-wav.h"

/* eSpeak speaks a hundred times as fast as people do, so a whole text is spoken into memory first,
 * and played like any other file. */

#define MAX_TEXT 1000
#define MAX_VOICE 64
#define HEADER 44 /* of a WAV file of plain samples */
#define MAX_SIZE (64 * 1024 * 1024)

struct _AhoyGstSpeech {
  GstElement *pipeline;
  GSource *source; /* of the pipeline's bus */
  int fd;
  guint rate;
  AhoyGstSpeechFunc func;
  gpointer user_data;
};

void
ahoy_gst_speech_free (AhoyGstSpeech *self)
{
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_source_unref (self->source);
  }
  if (self->pipeline != NULL) {
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
    gst_object_unref (self->pipeline);
  }
  if (self->fd >= 0) {
    close (self->fd);
  }
  g_free (self);
}

/* The samples stand behind the room that was left for the header. */
static gboolean
write_header (AhoyGstSpeech *self, GError **error)
{
  guint8 header[AHOY_GST_WAV_MAX_HEADER];
  AhoyGstWavFormat format;
  struct stat status;

  ahoy_gst_wav_init_format (&format, AHOY_GST_WAV_PCM16, self->rate, 1);
  if (fstat (self->fd, &status) < 0 || status.st_size <= format.data_offset ||
      status.st_size > MAX_SIZE) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                         "eSpeak made no sound of the text; is there a voice of that name?");
    return FALSE;
  }
  format.data_size = (guint64) (status.st_size - format.data_offset) & ~1ull;
  ahoy_gst_wav_write_header (&format, header);
  if (pwrite (self->fd, header, (gsize) format.data_offset, 0) != format.data_offset) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "The spoken text cannot be kept: %s",
                 g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  AhoyGstSpeech *self = user_data;
  g_autoptr (GError) failure = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    gst_message_parse_error (message, &failure, NULL);
    g_set_error (&error, AHOY_ERROR, AHOY_ERROR_FAILED, "The text cannot be spoken: %s",
                 failure->message);
    break;
  case GST_MESSAGE_EOS:
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
    write_header (self, &error);
    break;
  default:
    return G_SOURCE_CONTINUE;
  }
  fd = error == NULL ? self->fd : -1;
  self->fd = error == NULL ? -1 : self->fd;
  self->func (fd, error, self->user_data); /* may free it */
  return G_SOURCE_REMOVE;
}

static gboolean
check (const char *text, const char *voice, GError **error)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+";

  if (strlen (text) > MAX_TEXT || *text == '\0' || !g_utf8_validate (text, -1, NULL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The text is empty, longer than %d bytes, or no valid UTF-8; write another one",
                 MAX_TEXT);
    return FALSE;
  }
  if (voice != NULL && (strlen (voice) > MAX_VOICE || strspn (voice, letters) != strlen (voice))) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "That is no name of a voice; espeak-ng --voices lists those there are");
    return FALSE;
  }
  return TRUE;
}

/* Element "espeak" gives samples of one rate, which its caps tell. */
static gboolean
build (AhoyGstSpeech *self, const char *text, const char *voice, GError **error)
{
  GstElement *espeak = gst_element_factory_make ("espeak", NULL);
  GstElement *sink = gst_element_factory_make ("fdsink", NULL);
  g_autoptr (GstCaps) caps = NULL;
  int rate = 0;

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  if (espeak == NULL || sink == NULL) {
    g_clear_pointer (&espeak, gst_object_unref);
    g_clear_pointer (&sink, gst_object_unref);
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                         "Nothing here can speak a text: GStreamer has no element espeak; install "
                         "the package gstreamer1.0-espeak");
    return FALSE;
  }
  gst_bin_add_many (GST_BIN (self->pipeline), espeak, sink, NULL);
  g_object_set (espeak, "text", text, NULL);
  if (voice != NULL) {
    g_object_set (espeak, "voice", voice, NULL);
  }
  g_object_set (sink, "fd", self->fd, NULL);
  g_object_get (espeak, "caps", &caps, NULL);
  if (!gst_element_link (espeak, sink) || caps == NULL || gst_caps_get_size (caps) == 0 ||
      !gst_structure_get_int (gst_caps_get_structure (caps, 0), "rate", &rate) || rate <= 0) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                         "GStreamer's element espeak does not give samples that can be played");
    return FALSE;
  }
  self->rate = (guint) rate;
  return TRUE;
}

/*
 * Begins to speak; the sound is told in the thread's default context. Freeing it before means that
 * nothing is told.
 */
AhoyGstSpeech *
ahoy_gst_speech_new (const char *text, const char *voice, AhoyGstSpeechFunc func,
                     gpointer user_data, GError **error)
{
  g_autoptr (AhoyGstSpeech) self = g_new0 (AhoyGstSpeech, 1);
  g_autoptr (GstBus) bus = NULL;

  self->func = func;
  self->user_data = user_data;
  self->fd = memfd_create ("ahoy-speech", MFD_CLOEXEC);
  if (self->fd < 0 || lseek (self->fd, HEADER, SEEK_SET) < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "There is no memory for a spoken text: %s",
                 g_strerror (errno));
    return NULL;
  }
  if (!check (text, voice, error) || !build (self, text, voice, error)) {
    return NULL;
  }
  bus = gst_element_get_bus (self->pipeline);
  self->source = gst_bus_create_watch (bus);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_message), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                         "The text cannot be spoken: GStreamer's element espeak does not start");
    return NULL;
  }
  return g_steal_pointer (&self);
}
