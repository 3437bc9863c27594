/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-wav-file.h"
#include "ahoy-gst-wav-writer-private.h"

/**
 * AhoyGstWavWriter:
 *
 * A recording in a WAV file. Samples are pushed by a media worker, which never waits: another
 * thread writes. The file gets its name when it is whole; until then it stands beside it under a
 * name of its own, with a header that is right to within a few seconds. A writer that is dropped
 * without being closed closes itself.
 *
 * Since: 0.1
 */
struct _AhoyGstWavWriter {
  GObject parent_instance;

  AhoyGstWavFile *file;
  gboolean closed;
  atomic_ullong n_frames;
  atomic_ullong n_dropped;
  guint64 n_lost; /* dropped until it was closed */
};

enum { SIGNAL_FAILED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* What the file thread needs to tell the object of a failure. */
typedef struct {
  GMainContext *context;
  GWeakRef writer;
} Listener;

typedef struct {
  AhoyGstWavWriter *writer;
  GError *error;
} Failure;

G_DEFINE_FINAL_TYPE (AhoyGstWavWriter, ahoy_gst_wav_writer, G_TYPE_OBJECT)

static void
listener_free (gpointer data)
{
  Listener *self = data;

  g_weak_ref_clear (&self->writer);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
failure_free (gpointer data)
{
  Failure *self = data;

  g_object_unref (self->writer);
  g_error_free (self->error);
  g_free (self);
}

static gboolean
emit_failure (gpointer data)
{
  Failure *self = data;
  GError *error = g_atomic_pointer_get (&self->error); /* set last on the file thread */

  g_signal_emit (self->writer, signals[SIGNAL_FAILED], 0, error);
  return G_SOURCE_REMOVE;
}

/* On the file thread. */
static void
on_failed (gpointer data, const GError *error)
{
  Listener *listener = data;
  AhoyGstWavWriter *writer = g_weak_ref_get (&listener->writer);
  g_autoptr (GSource) source = NULL;
  Failure *failure;

  if (writer == NULL) {
    g_warning ("%s", error->message);
    return;
  }
  failure = g_new (Failure, 1);
  failure->writer = writer;
  g_atomic_pointer_set (&failure->error, g_error_copy (error));
  source = g_idle_source_new ();
  g_source_set_callback (source, emit_failure, failure, failure_free);
  g_source_attach (source, listener->context);
}

static void
release_file (AhoyGstWavWriter *self, GTask *task)
{
  ahoy_gst_wav_writer_end (self);
  self->closed = TRUE;
  self->n_lost = atomic_load (&self->n_dropped);
  self->file->closed = task;
  atomic_store (&self->file->closing, TRUE);
  ahoy_gst_file_job_wake ();
}

static void
ahoy_gst_wav_writer_finalize (GObject *object)
{
  AhoyGstWavWriter *self = AHOY_GST_WAV_WRITER (object);

  if (self->file != NULL) {
    if (!self->closed) {
      release_file (self, NULL);
    }
    ahoy_gst_file_job_unref (&self->file->job);
  }
  G_OBJECT_CLASS (ahoy_gst_wav_writer_parent_class)->finalize (object);
}

static void
ahoy_gst_wav_writer_class_init (AhoyGstWavWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_gst_wav_writer_finalize;

  /**
   * AhoyGstWavWriter::failed:
   * @self: the writer
   * @error: what happened
   *
   * The recording cannot go on, for example because the disk is full. Emitted once, in the context
   * that was the thread's default where the writer was made.
   *
   * Since: 0.1
   */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", AHOY_GST_TYPE_WAV_WRITER, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ahoy_gst_wav_writer_init (AhoyGstWavWriter *self)
{
}

static gboolean
check_format (const char *name, guint rate, guint channels, GError **error)
{
  if (rate < 4000 || rate > 192000 || channels < 1 || channels > 2) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The recording %s cannot have %u channels at %u Hz; "
                 "1 or 2 channels at 4000 to 192000 Hz are possible",
                 name, channels, rate);
    return FALSE;
  }
  return TRUE;
}

/* Takes the descriptor and the claim. */
static AhoyGstWavWriter *
make_with (int fd, const char *name, const char *path, const char *temporary,
           AhoyGstWavClaim *claim, const AhoyGstWavFormat *format, GError **error)
{
  g_autoptr (AhoyGstWavWriter) self = g_object_new (AHOY_GST_TYPE_WAV_WRITER, NULL);
  Listener *listener = g_new0 (Listener, 1);

  g_weak_ref_init (&listener->writer, self);
  listener->context = g_main_context_ref_thread_default ();
  self->file = ahoy_gst_wav_file_new (fd, name, format);
  self->file->path = g_strdup (path);
  self->file->temporary = g_strdup (temporary);
  self->file->claim = claim;
  self->file->failed = on_failed;
  self->file->failed_data = listener;
  self->file->failed_destroy = listener_free;
  if (!ahoy_gst_wav_file_begin (self->file, error)) {
    self->closed = TRUE;
    return NULL;
  }
  return g_steal_pointer (&self);
}

static AhoyGstWavWriter *
make (int fd, const char *name, const char *path, const char *temporary, AhoyGstWavClaim *claim,
      AhoyGstWavWriterEncoding encoding, guint rate, guint channels, GError **error)
{
  static const AhoyGstWavEncoding encodings[]
      = { AHOY_GST_WAV_PCM16, AHOY_GST_WAV_ULAW, AHOY_GST_WAV_ALAW };
  AhoyGstWavFormat format;

  ahoy_gst_wav_init_format (&format, encodings[encoding], rate, channels);
  return make_with (fd, name, path, temporary, claim, &format, error);
}

/* The whole recording takes the place of what stands there: never that of a device or a folder. */
static gboolean
check_place (const char *path, const char *name, GError **error)
{
  struct stat found;

  if (lstat (path, &found) != 0 || S_ISREG (found.st_mode) || S_ISLNK (found.st_mode)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The recording %s cannot be made: what is there is no file; write another name",
               name);
  return FALSE;
}

/* At @place, which messages name @name. */
static AhoyGstWavWriter *
make_at (const char *place, const char *name, AhoyGstWavWriterEncoding encoding, guint rate,
         guint channels, GError **error)
{
  g_autoptr (AhoyGstWavClaim) claim = NULL;
  g_autofree char *temporary = NULL;
  AhoyGstWavWriter *self;
  int fd;

  if (!check_format (name, rate, channels, error) || !check_place (place, name, error)) {
    return NULL;
  }
  claim = ahoy_gst_wav_claim_new (place, name, FALSE, error);
  if (claim == NULL) {
    return NULL;
  }
  temporary = g_strconcat (place, ".XXXXXX", NULL);
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0640);
  if (fd < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "The recording %s cannot be made: %s", name,
                 g_strerror (errno));
    return NULL;
  }
  self = make (fd, name, place, temporary, g_steal_pointer (&claim), encoding, rate, channels,
               error);
  if (self == NULL) {
    unlink (temporary);
  }
  return self;
}

/**
 * ahoy_gst_wav_writer_new:
 * @path: where the recording will stand, in the encoding of file names; a file there is replaced,
 *   nothing else is, nor is one that is being recorded
 * @encoding: how samples stand in it
 * @rate: of the samples that are pushed, in Hz
 * @channels: 1 or 2
 * @error: why it cannot be written
 *
 * Begins a recording; not to be called on a media worker.
 *
 * Returns: (transfer full): a writer; %NULL with %AHOY_ERROR_EXISTS when another recording of this
 *   program goes on at that name, or with another @error
 *
 * Since: 0.1
 */
AhoyGstWavWriter *
ahoy_gst_wav_writer_new (const char *path, AhoyGstWavWriterEncoding encoding, guint rate,
                         guint channels, GError **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (encoding <= AHOY_GST_WAV_WRITER_ALAW, NULL);

  name = g_filename_display_name (path);
  return make_at (path, name, encoding, rate, channels, error);
}

/**
 * ahoy_gst_wav_writer_new_at:
 * @folder: a descriptor of a folder; it is closed with the recording, and on failure
 * @path: where the recording will stand, in the encoding of file names: the last part is its name
 *   in the folder, and messages have all of it
 * @encoding: how samples stand in it
 * @rate: of the samples that are pushed, in Hz
 * @channels: 1 or 2
 * @error: why it cannot be written
 *
 * As ahoy_gst_wav_writer_new() in a folder that somebody else opened, whatever its path leads to
 * meanwhile. Needs /proc.
 *
 * Returns: (transfer full): a writer; %NULL with @error set
 *
 * Since: 0.1
 */
AhoyGstWavWriter *
ahoy_gst_wav_writer_new_at (int folder, const char *path, AhoyGstWavWriterEncoding encoding,
                            guint rate, guint channels, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *base = NULL;
  g_autofree char *place = NULL;
  AhoyGstWavWriter *self;

  g_return_val_if_fail (folder >= 0 && path != NULL, NULL);
  g_return_val_if_fail (encoding <= AHOY_GST_WAV_WRITER_ALAW, NULL);

  name = g_filename_display_name (path);
  base = g_path_get_basename (path);
  place = g_strdup_printf ("/proc/self/fd/%d/%s", folder, base);
  self = make_at (place, name, encoding, rate, channels, error);
  if (self == NULL) {
    close (folder);
    return NULL;
  }
  self->file->folder = folder;
  return self;
}

/**
 * ahoy_gst_wav_writer_new_for_fd:
 * @fd: a descriptor for writing; it is closed with the recording, and on failure
 * @name: how messages name the file
 * @encoding: how samples stand in it
 * @rate: of the samples that are pushed, in Hz
 * @channels: 1 or 2
 * @error: why it cannot be written
 *
 * As ahoy_gst_wav_writer_new() for a file that somebody else opened; it keeps its name.
 *
 * Returns: (transfer full): a writer; %NULL with @error set
 *
 * Since: 0.1
 */
AhoyGstWavWriter *
ahoy_gst_wav_writer_new_for_fd (int fd, const char *name, AhoyGstWavWriterEncoding encoding,
                                guint rate, guint channels, GError **error)
{
  g_return_val_if_fail (fd >= 0 && name != NULL, NULL);
  g_return_val_if_fail (encoding <= AHOY_GST_WAV_WRITER_ALAW, NULL);

  if (!check_format (name, rate, channels, error)) {
    close (fd);
    return NULL;
  }
  return make (fd, name, NULL, NULL, NULL, encoding, rate, channels, error);
}

/* Opens a file at its own name, which no other program or recording by another name has open; a
 * link is none. */
static int
open_to_append (const char *place, const char *name, GError **error)
{
  int fd = open (place, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
  int reason = errno;

  if (fd < 0) {
    g_set_error (error, AHOY_ERROR,
                 reason == ELOOP ? AHOY_ERROR_NOT_AUTHORIZED : AHOY_ERROR_FAILED,
                 "The recording %s cannot be gone on with: %s", name,
                 reason == ELOOP ? "it is a link; name the file that it leads to"
                                 : g_strerror (reason));
    return -1;
  }
  if (flock (fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "The recording %s is written by somebody else; name another file",
                 name);
    close (fd);
    return -1;
  }
  return fd;
}

/* Whether a file holds no more than the head of a recording in which nothing was said. */
static gboolean
is_empty (int fd, const struct stat *status, const AhoyGstWavFormat *format)
{
  char head[12];

  return S_ISREG (status->st_mode) &&
         (status->st_size == 0 ||
          (status->st_size <= format->data_offset &&
           pread (fd, head, sizeof head, 0) == sizeof head && memcmp (head, "RIFF", 4) == 0 &&
           memcmp (head + 8, "WAVE", 4) == 0));
}

/* Whether what is there was made by a recording with as many channels; its rate is that of the
 * samples then. What a crash left behind the end is dropped. */
static gboolean
read_to_append (AhoyGstWavFormat *format, int fd, const char *name, GError **error)
{
  AhoyGstWavFormat own;
  AhoyGstWavFormat found;
  struct stat status;

  if (fstat (fd, &status) == 0 && is_empty (fd, &status, format)) {
    return TRUE;
  }
  if (!ahoy_gst_wav_read_header (&found, fd, name, error)) {
    return FALSE;
  }
  ahoy_gst_wav_init_format (&own, AHOY_GST_WAV_PCM16, found.rate, found.channels);
  if (found.encoding != AHOY_GST_WAV_PCM16 || found.channels != format->channels ||
      (found.rate != 8000 && found.rate != 16000) || found.data_offset != own.data_offset) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The recording %s cannot be gone on with: what is there is no recording with %s; "
                 "name another file",
                 name, format->channels == 2 ? "two channels" : "one channel");
    return FALSE;
  }
  *format = found;
  if (ftruncate (fd, found.data_offset + (gint64) found.data_size) < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "The recording %s cannot be gone on with: %s", name, g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_gst_wav_writer_append:
 * @path: where the recording stands, or will, in the encoding of file names
 * @folder: a descriptor of the folder in which the last part of @path is a name; it is closed with
 *   the recording, and on failure; -1 for a @path as it is
 * @rate: of the samples that are pushed when there is no file yet, in Hz
 * @channels: 1 or 2
 * @error: why it cannot be written
 *
 * Goes on with a recording of 16-bit samples, at its own name. A link is not followed, and a file
 * that is written already is not written twice. ahoy_gst_wav_writer_get_rate() tells what rate
 * the samples have to have.
 *
 * Returns: (transfer full): a writer; %NULL with @error set
 *
 * Since: 0.1
 */
AhoyGstWavWriter *
ahoy_gst_wav_writer_append (const char *path, int folder, guint rate, guint channels,
                            GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *base = NULL;
  g_autofree char *place = NULL;
  g_autoptr (AhoyGstWavClaim) claim = NULL;
  AhoyGstWavWriter *self = NULL;
  AhoyGstWavFormat format;
  int fd = -1;

  g_return_val_if_fail (path != NULL, NULL);

  name = g_filename_display_name (path);
  base = g_path_get_basename (path);
  place = folder >= 0 ? g_strdup_printf ("/proc/self/fd/%d/%s", folder, base) : g_strdup (path);
  if (check_format (name, rate, channels, error)) {
    claim = ahoy_gst_wav_claim_new (place, name, TRUE, error);
  }
  if (claim != NULL) {
    fd = open_to_append (place, name, error);
  }
  ahoy_gst_wav_init_format (&format, AHOY_GST_WAV_PCM16, rate, channels);
  if (fd >= 0 && read_to_append (&format, fd, name, error)) {
    self = make_with (g_steal_fd (&fd), name, NULL, NULL, g_steal_pointer (&claim), &format,
                      error);
  }
  if (fd >= 0) {
    close (fd);
  }
  if (folder >= 0) {
    close (folder);
  }
  return self;
}

void
ahoy_gst_wav_writer_set_owner (AhoyGstWavWriter *self, const char *owner)
{
  if (!self->closed && self->file->claim != NULL) {
    ahoy_gst_wav_claim_set_owner (self->file->claim, owner);
  }
}

void
ahoy_gst_wav_writer_end (AhoyGstWavWriter *self)
{
  if (!self->closed && self->file->claim != NULL) {
    ahoy_gst_wav_claim_end (self->file->claim);
  }
}

/**
 * ahoy_gst_wav_writer_get_rate:
 * @self: a writer
 *
 * Returns: the rate of the samples that are pushed, in Hz
 *
 * Since: 0.1
 */
guint
ahoy_gst_wav_writer_get_rate (AhoyGstWavWriter *self)
{
  g_return_val_if_fail (AHOY_GST_IS_WAV_WRITER (self), 0);

  return self->file->format.rate;
}

/**
 * ahoy_gst_wav_writer_push: (skip)
 * @self: a writer
 * @samples: @n_frames samples, or pairs of them for two channels
 * @n_frames: how many
 *
 * Records samples. Does not wait: what finds no room because the disk is slow is dropped and
 * counted. To be called on one thread at a time.
 *
 * Returns: whether they will be written
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_wav_writer_push (AhoyGstWavWriter *self, const gint16 *samples, guint n_frames)
{
  AhoyGstRing *ring;
  gsize size, room;

  g_return_val_if_fail (AHOY_GST_IS_WAV_WRITER (self), FALSE);
  g_return_val_if_fail (samples != NULL || n_frames == 0, FALSE);

  ring = self->file->ring;
  size = (gsize)n_frames * self->file->format.channels * sizeof *samples;
  room = ahoy_gst_ring_get_writable (ring);
  if (self->closed || atomic_load (&self->file->has_failed) || room < size) {
    atomic_fetch_add (&self->n_dropped, n_frames);
    return FALSE;
  }
  ahoy_gst_ring_write (ring, samples, size);
  atomic_fetch_add (&self->n_frames, n_frames);
  if (room - size < ahoy_gst_ring_get_capacity (ring) / 4 * 3) {
    ahoy_gst_file_job_wake ();
  }
  return TRUE;
}

/**
 * ahoy_gst_wav_writer_get_n_frames:
 * @self: a writer
 *
 * Returns: how many frames were taken
 *
 * Since: 0.1
 */
guint64
ahoy_gst_wav_writer_get_n_frames (AhoyGstWavWriter *self)
{
  g_return_val_if_fail (AHOY_GST_IS_WAV_WRITER (self), 0);

  return atomic_load (&self->n_frames);
}

/**
 * ahoy_gst_wav_writer_get_n_dropped:
 * @self: a writer
 *
 * Returns: how many frames were not written, for the disk was slow or the writer had failed
 *
 * Since: 0.1
 */
guint64
ahoy_gst_wav_writer_get_n_dropped (AhoyGstWavWriter *self)
{
  g_return_val_if_fail (AHOY_GST_IS_WAV_WRITER (self), 0);

  return atomic_load (&self->n_dropped);
}

/**
 * ahoy_gst_wav_writer_has_failed:
 * @self: a writer
 *
 * Returns: whether nothing more is written. May be called on any thread
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_wav_writer_has_failed (AhoyGstWavWriter *self)
{
  g_return_val_if_fail (AHOY_GST_IS_WAV_WRITER (self), TRUE);

  return atomic_load (&self->file->has_failed);
}

/**
 * ahoy_gst_wav_writer_close_async:
 * @self: a writer that nothing is pushed into any more
 * @callback: (scope async): called when the file stands there whole
 * @user_data: for @callback
 *
 * Ends the recording.
 *
 * Since: 0.1
 */
void
ahoy_gst_wav_writer_close_async (AhoyGstWavWriter *self, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (AHOY_GST_IS_WAV_WRITER (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, ahoy_gst_wav_writer_close_async);
  if (self->closed) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "The recording %s is closed already", self->file->name);
    return;
  }
  release_file (self, g_steal_pointer (&task));
}

/**
 * ahoy_gst_wav_writer_close_finish:
 * @self: a writer
 * @result: what the callback was given
 * @error: what went wrong, now or before
 *
 * Returns: whether the file holds all that was pushed; not when something was dropped, for the disk
 *   was slow
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_wav_writer_close_finish (AhoyGstWavWriter *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error)) {
    return FALSE;
  }
  if (self->n_lost > 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "The recording %s lacks %" G_GUINT64_FORMAT " ms of sound: the disk was too slow; "
                 "record to another one",
                 self->file->name, MAX (self->n_lost * 1000 / self->file->format.rate, 1));
    return FALSE;
  }
  return TRUE;
}
