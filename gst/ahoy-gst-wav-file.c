/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-wav-file.h"

#define CHUNK 4096 /* samples */
#define SECONDS_OF_RING 4
#define HEADER_INTERVAL (5 * G_TIME_SPAN_SECOND) /* what a crash may cost */
#define MAX_DATA (G_MAXUINT32 - 1024u)           /* the header has 32 bits for it */

static void
wav_file_free (AhoyGstFileJob *job)
{
  AhoyGstWavFile *self = (AhoyGstWavFile *)job;

  if (self->fd >= 0) {
    close (self->fd);
  }
  if (self->folder >= 0) {
    close (self->folder);
  }
  if (self->failed_destroy != NULL) {
    self->failed_destroy (self->failed_data);
  }
  ahoy_gst_ring_free (self->ring);
  g_clear_error (&self->error);
  g_clear_pointer (&self->claim, ahoy_gst_wav_claim_free);
  g_free (self->name);
  g_free (self->path);
  g_free (self->temporary);
  g_free (self);
}

/* Returns: how many bytes were written: less than @size after an error */
static gsize
write_at (AhoyGstWavFile *self, const guint8 *bytes, gsize size, gint64 begin, GError **error)
{
  gsize written = 0;

  while (written < size) {
    gint64 at = begin + (gint64) written;
    gssize n = pwrite (self->fd, bytes + written, size - written, at);

    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      gboolean full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

      g_set_error (error, AHOY_ERROR, full ? AHOY_ERROR_LIMIT_EXCEEDED : AHOY_ERROR_FAILED,
                   "The recording %s cannot be written at byte %" G_GINT64_FORMAT ": %s%s",
                   self->name, at, g_strerror (errno),
                   full ? "; make room, and record again" : "");
      break;
    }
    written += (gsize) n;
  }
  return written;
}

static gboolean
write_header (AhoyGstWavFile *self, GError **error)
{
  guint8 header[AHOY_GST_WAV_MAX_HEADER];

  self->header_written = g_get_monotonic_time ();
  ahoy_gst_wav_write_header (&self->format, header);
  return write_at (self, header, (gsize)self->format.data_offset, 0, error)
         == (gsize)self->format.data_offset;
}

static void
fail (AhoyGstWavFile *self, GError *error)
{
  if (self->error != NULL) {
    g_error_free (error);
    return;
  }
  self->error = error;
  atomic_store (&self->has_failed, TRUE);
  if (self->failed != NULL) {
    self->failed (self->failed_data, error);
  }
}

static gboolean
write_samples (AhoyGstWavFile *self, const gint16 *samples, gsize n_samples, GError **error)
{
  guint8 bytes[2 * CHUNK];
  gsize size = n_samples * self->format.frame_size / self->format.channels;
  gsize written;

  if (self->format.data_size + size > MAX_DATA) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "The recording %s has reached 4 GiB, the most a WAV file can hold; "
                 "begin another one",
                 self->name);
    return FALSE;
  }
  ahoy_gst_wav_from_pcm (&self->format, samples, bytes, n_samples);
  written = write_at (self, bytes, size,
                      self->format.data_offset + (gint64)self->format.data_size, error);
  self->format.data_size += written - written % self->format.frame_size;
  return written == size;
}

/* Empties the ring into the file; after an error, into nothing. */
static void
drain (AhoyGstWavFile *self)
{
  gint16 samples[CHUNK];
  gsize size;

  while ((size = ahoy_gst_ring_read (self->ring, samples, sizeof samples)) > 0) {
    GError *error = NULL;

    if (self->error == NULL && !write_samples (self, samples, size / sizeof *samples, &error)) {
      fail (self, error);
    }
  }
}

/* Makes the file whole and only then gives it its name. After an error too: what was recorded
 * before it is worth keeping. */
static void
finish (AhoyGstWavFile *self)
{
  g_autoptr (GError) error = NULL;

  if (!write_header (self, &error)) {
    fail (self, g_steal_pointer (&error));
  }
  if (fdatasync (self->fd) < 0 && errno != EINVAL && errno != EROFS) {
    fail (self, g_error_new (AHOY_ERROR, AHOY_ERROR_FAILED, "The recording %s is not safe: %s",
                             self->name, g_strerror (errno)));
  }
  if (close (self->fd) < 0) {
    fail (self, g_error_new (AHOY_ERROR, AHOY_ERROR_FAILED, "The recording %s cannot be closed: %s",
                             self->name, g_strerror (errno)));
  }
  self->fd = -1;
  if (self->path != NULL && rename (self->temporary, self->path) < 0) {
    fail (self, g_error_new (AHOY_ERROR, AHOY_ERROR_FAILED,
                             "The recording %s stays at %s, for it cannot be renamed: %s",
                             self->name, self->temporary, g_strerror (errno)));
  }
  if (self->claim != NULL) {
    g_clear_pointer (&self->claim, ahoy_gst_wav_claim_free);
    ahoy_gst_file_job_wake (); /* the next one of this name may wait for it */
  }
}

/* What the thread that waits for the end of the file is told. */
typedef struct {
  GTask *task;
  GError *error;
} Closed;

static gboolean
return_closed (gpointer data)
{
  Closed *closed = data;
  GError *error = g_atomic_pointer_get (&closed->error); /* set last on the file thread */

  if (error != NULL) {
    g_task_return_error (closed->task, error);
  } else {
    g_task_return_boolean (closed->task, TRUE);
  }
  return G_SOURCE_REMOVE;
}

static void
closed_free (gpointer data)
{
  Closed *self = data;

  g_object_unref (self->task);
  g_free (self);
}

/* The task goes to its own thread, where its last reference, and with it perhaps the writer's, is
 * dropped: this thread keeps none. */
static void
tell_closed (AhoyGstWavFile *self)
{
  Closed *closed = g_new (Closed, 1);
  g_autoptr (GSource) source = g_idle_source_new ();
  GMainContext *context = g_task_get_context (self->closed);

  closed->task = g_steal_pointer (&self->closed);
  g_atomic_pointer_set (&closed->error, self->error != NULL ? g_error_copy (self->error) : NULL);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, return_closed, closed, closed_free);
  g_source_attach (source, context);
}

static gboolean
wav_file_run (AhoyGstFileJob *job)
{
  AhoyGstWavFile *self = (AhoyGstWavFile *)job;
  gboolean closing = atomic_load (&self->closing);

  drain (self);
  if (!closing) {
    GError *error = NULL;

    if (self->error == NULL && g_get_monotonic_time () - self->header_written > HEADER_INTERVAL
        && !write_header (self, &error)) {
      fail (self, error);
    }
    return TRUE;
  }
  if (self->claim != NULL && !ahoy_gst_wav_claim_is_first (self->claim)) {
    return TRUE; /* else what was recorded before would take its place */
  }
  finish (self);
  if (self->closed != NULL) {
    tell_closed (self);
  }
  return FALSE;
}

/**
 * ahoy_gst_wav_file_new:
 * @fd: a descriptor for writing; the file closes it
 * @name: how messages name it
 * @format: of the samples
 *
 * Returns: (transfer full): a file that the file thread does not know yet
 */
AhoyGstWavFile *
ahoy_gst_wav_file_new (int fd, const char *name, const AhoyGstWavFormat *format)
{
  AhoyGstWavFile *self = g_new0 (AhoyGstWavFile, 1);

  ahoy_gst_file_job_init (&self->job, wav_file_run, wav_file_free);
  self->fd = fd;
  self->folder = -1;
  self->name = g_strdup (name);
  self->format = *format;
  self->ring
      = ahoy_gst_ring_new (format->rate * format->channels * sizeof (gint16) * SECONDS_OF_RING);
  return self;
}

/**
 * ahoy_gst_wav_file_begin:
 * @self: a file
 * @error: why nothing can be written
 *
 * Writes the header, so that who cannot write learns it at once, and starts the job.
 *
 * Returns: whether it is written
 */
gboolean
ahoy_gst_wav_file_begin (AhoyGstWavFile *self, GError **error)
{
  if (!write_header (self, error)) {
    return FALSE;
  }
  ahoy_gst_file_job_start (&self->job);
  return TRUE;
}
