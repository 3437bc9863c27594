/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-file-job.h"
#include "ahoy-gst-resampler.h"
#include "ahoy-gst-ring.h"
#include "ahoy-gst-wav-source.h"
#include "ahoy-gst-wav.h"

#define SECONDS_AHEAD 2
#define CHUNK 2048 /* frames */
#define RAMP_MS 5

/* What the file thread works on; it may outlive the source. */
typedef struct {
  AhoyGstFileJob job;
  int fd;
  char *name;
  AhoyGstWavFormat format;
  gboolean repeat;
  guint64 position;
  AhoyGstRing *ring;
  atomic_bool ended;     /* all that there will be is in the ring */
  atomic_bool abandoned; /* nobody reads any more */
} Reader;

/**
 * AhoyGstWavSource:
 *
 * A WAV file as an audio source: PCM of 8 or 16 bits or G.711, mono or stereo, of any usual rate. A
 * thread reads ahead, so that the stream never waits for the disk; if the disk is too slow, there
 * is silence.
 *
 * Since: 0.1
 */
struct _AhoyGstWavSource {
  AhoyGstAudioSource parent_instance;

  Reader *reader;
  AhoyGstResampler *resampler;
  gboolean draining; /* the end was seen: what the resampler holds is pushed out with silence */
  guint silence_left;
  gboolean faded;
  atomic_bool stopped;
  atomic_uint n_underruns;
};

G_DEFINE_FINAL_TYPE (AhoyGstWavSource, ahoy_gst_wav_source, AHOY_GST_TYPE_AUDIO_SOURCE)

static void
reader_free (AhoyGstFileJob *job)
{
  Reader *self = (Reader *)job;

  close (self->fd);
  ahoy_gst_ring_free (self->ring);
  g_free (self->name);
  g_free (self);
}

/* Reads the next frames as mono samples; 0 at the end. */
static gsize
read_frames (Reader *self, gint16 *samples, gsize n_frames)
{
  guint8 bytes[4 * CHUNK];
  guint64 left = self->format.data_size - self->position;
  gsize wanted = (gsize)MIN (n_frames * self->format.frame_size, left);
  gssize n;

  do {
    n = pread (self->fd, bytes, wanted, self->format.data_offset + (gint64)self->position);
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    g_warning ("The file %s cannot be read on at byte %" G_GINT64_FORMAT ": %s", self->name,
               self->format.data_offset + (gint64)self->position, g_strerror (errno));
    return 0;
  }
  n -= n % self->format.frame_size;
  self->position += (guint64)n;
  ahoy_gst_wav_to_mono (&self->format, bytes, samples, (gsize)n / self->format.frame_size);
  return (gsize)n / self->format.frame_size;
}

static gboolean
reader_run (AhoyGstFileJob *job)
{
  Reader *self = (Reader *)job;
  gint16 samples[CHUNK];
  gboolean begun = self->position > 0;

  while (!atomic_load (&self->abandoned)) {
    gsize room = ahoy_gst_ring_get_writable (self->ring) / sizeof *samples;
    gsize n;

    if (room < CHUNK) {
      return TRUE;
    }
    n = read_frames (self, samples, CHUNK);
    if (n > 0) {
      ahoy_gst_ring_write (self->ring, samples, n * sizeof *samples);
      begun = TRUE;
      continue;
    }
    /* Again from the start, unless that gives nothing either. */
    if (!self->repeat || !begun) {
      break;
    }
    self->position = 0;
    begun = FALSE;
  }
  atomic_store (&self->ended, TRUE);
  return FALSE;
}

/* On the worker: samples from the ring, and after the last one silence to push it out. */
static guint
fetch (gpointer user_data, gint16 *samples, guint n_samples)
{
  AhoyGstWavSource *self = user_data;
  gboolean ended = atomic_load (&self->reader->ended);
  gsize n = ahoy_gst_ring_read (self->reader->ring, samples, n_samples * sizeof *samples);

  n /= sizeof *samples;
  if (n > 0 || !ended) {
    return (guint)n;
  }
  if (!self->draining) {
    self->draining = TRUE;
    self->silence_left = ahoy_gst_resampler_get_delay (self->resampler);
  }
  n_samples = MIN (n_samples, self->silence_left);
  self->silence_left -= n_samples;
  memset (samples, 0, n_samples * sizeof *samples);
  return n_samples;
}

static void
fade_out (AhoyGstWavSource *self, gint16 *samples, guint n_samples, guint rate)
{
  guint ramp = MIN (rate * RAMP_MS / 1000, n_samples);

  for (guint i = 0; i < ramp; i++) {
    samples[i] = (gint16)(samples[i] * (int)(ramp - i) / (int)ramp);
  }
  memset (samples + ramp, 0, (n_samples - ramp) * sizeof *samples);
  self->faded = TRUE;
}

static gboolean
ahoy_gst_wav_source_pull (AhoyGstAudioSource *source, gint16 *samples, guint n_samples, guint rate)
{
  AhoyGstWavSource *self = AHOY_GST_WAV_SOURCE (source);
  gsize low = ahoy_gst_ring_get_capacity (self->reader->ring) / 2;
  guint n;

  if (self->faded) {
    return FALSE;
  }
  n = ahoy_gst_resampler_pull (self->resampler, samples, n_samples, rate);
  if (n == 0 && self->draining) {
    return FALSE;
  }
  memset (samples + n, 0, (n_samples - n) * sizeof *samples);
  if (n < n_samples && !self->draining) {
    atomic_fetch_add (&self->n_underruns, 1);
  }
  if (!self->draining && ahoy_gst_ring_get_readable (self->reader->ring) < low) {
    ahoy_gst_file_job_wake ();
  }
  if (atomic_load (&self->stopped)) {
    fade_out (self, samples, n_samples, rate);
  }
  return TRUE;
}

static void
ahoy_gst_wav_source_stop (AhoyGstAudioSource *source)
{
  atomic_store (&AHOY_GST_WAV_SOURCE (source)->stopped, TRUE);
}

static void
ahoy_gst_wav_source_finalize (GObject *object)
{
  AhoyGstWavSource *self = AHOY_GST_WAV_SOURCE (object);

  if (self->reader != NULL) {
    atomic_store (&self->reader->abandoned, TRUE);
    ahoy_gst_file_job_unref (&self->reader->job);
    ahoy_gst_file_job_wake ();
  }
  ahoy_gst_resampler_free (self->resampler);
  G_OBJECT_CLASS (ahoy_gst_wav_source_parent_class)->finalize (object);
}

static void
ahoy_gst_wav_source_class_init (AhoyGstWavSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_gst_wav_source_finalize;
  AHOY_GST_AUDIO_SOURCE_CLASS (klass)->pull = ahoy_gst_wav_source_pull;
  AHOY_GST_AUDIO_SOURCE_CLASS (klass)->stop = ahoy_gst_wav_source_stop;
}

static void
ahoy_gst_wav_source_init (AhoyGstWavSource *self)
{
}

/**
 * ahoy_gst_wav_source_new:
 * @path: of a file, in the encoding of file names
 * @repeat: whether to begin again at the end
 * @error: what was wrong with the file
 *
 * Opens a file and reads its beginning; not to be called on a media worker.
 *
 * Returns: (transfer full): a source; %NULL with @error set
 *
 * Since: 0.1
 */
AhoyGstWavSource *
ahoy_gst_wav_source_new (const char *path, gboolean repeat, GError **error)
{
  g_autofree char *name = NULL;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  name = g_filename_display_name (path);
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    g_set_error (error, AHOY_ERROR, errno == ENOENT ? AHOY_ERROR_NOT_FOUND : AHOY_ERROR_FAILED,
                 "The file %s cannot be opened: %s", name, g_strerror (errno));
    return NULL;
  }
  return ahoy_gst_wav_source_new_for_fd (fd, name, repeat, error);
}

/**
 * ahoy_gst_wav_source_new_for_fd:
 * @fd: a descriptor of a regular file, for reading; it is closed with the source, and on failure
 * @name: how messages name the file
 * @repeat: whether to begin again at the end
 * @error: what was wrong with the file
 *
 * As ahoy_gst_wav_source_new() for a file that somebody else opened.
 *
 * Returns: (transfer full): a source; %NULL with @error set
 *
 * Since: 0.1
 */
AhoyGstWavSource *
ahoy_gst_wav_source_new_for_fd (int fd, const char *name, gboolean repeat, GError **error)
{
  AhoyGstWavSource *self;
  AhoyGstWavFormat format;
  Reader *reader;

  g_return_val_if_fail (fd >= 0 && name != NULL, NULL);

  if (!ahoy_gst_wav_read_header (&format, fd, name, error)) {
    close (fd);
    return NULL;
  }
  reader = g_new0 (Reader, 1);
  ahoy_gst_file_job_init (&reader->job, reader_run, reader_free);
  reader->fd = fd;
  reader->name = g_strdup (name);
  reader->format = format;
  reader->repeat = repeat;
  reader->ring = ahoy_gst_ring_new (MAX (format.rate * SECONDS_AHEAD, 4 * CHUNK) * 2);

  self = g_object_new (AHOY_GST_TYPE_WAV_SOURCE, NULL);
  self->reader = reader;
  self->resampler = ahoy_gst_resampler_new (format.rate, fetch, self);
  if (reader_run (&reader->job)) {
    ahoy_gst_file_job_start (&reader->job);
  }
  return self;
}

/**
 * ahoy_gst_wav_source_get_rate:
 * @self: a source
 *
 * Returns: the rate of the file in Hz
 *
 * Since: 0.1
 */
guint
ahoy_gst_wav_source_get_rate (AhoyGstWavSource *self)
{
  g_return_val_if_fail (AHOY_GST_IS_WAV_SOURCE (self), 0);

  return self->reader->format.rate;
}

/**
 * ahoy_gst_wav_source_get_duration:
 * @self: a source
 *
 * Returns: how long the file plays once, in microseconds
 *
 * Since: 0.1
 */
gint64
ahoy_gst_wav_source_get_duration (AhoyGstWavSource *self)
{
  const AhoyGstWavFormat *format;

  g_return_val_if_fail (AHOY_GST_IS_WAV_SOURCE (self), 0);

  format = &self->reader->format;
  return (gint64)(format->data_size / format->frame_size * G_USEC_PER_SEC / format->rate);
}

/**
 * ahoy_gst_wav_source_get_n_underruns:
 * @self: a source
 *
 * Returns: how often there was silence because the disk was too slow
 *
 * Since: 0.1
 */
guint
ahoy_gst_wav_source_get_n_underruns (AhoyGstWavSource *self)
{
  g_return_val_if_fail (AHOY_GST_IS_WAV_SOURCE (self), 0);

  return atomic_load (&self->n_underruns);
}

/**
 * ahoy_gst_wav_source_is_ready:
 * @self: a source; on the thread that pulls
 * @duration_ms: how much is to be pulled, in milliseconds; at most 1000
 *
 * Says whether as much has been read, or all there is. Who pulls in real time need not ask.
 *
 * Returns: whether a pull will not find the reader behind
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_wav_source_is_ready (AhoyGstWavSource *self, guint duration_ms)
{
  gsize wanted;

  g_return_val_if_fail (AHOY_GST_IS_WAV_SOURCE (self), FALSE);

  wanted = (gsize)self->reader->format.rate * MIN (duration_ms, 1000) / 1000 + 1024;
  return atomic_load (&self->reader->ended)
         || ahoy_gst_ring_get_readable (self->reader->ring) / sizeof (gint16) >= wanted;
}
