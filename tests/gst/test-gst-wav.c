/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-wav-file.h"
#include "ahoy-gst-wav-source.h"
#include "ahoy-gst-wav-writer.h"
#include "ahoy-gst-wav.h"
#include "ahoy-scheduler.h"
#include "goertzel.h"

#define WATCHDOG (20 * G_TIME_SPAN_SECOND)

static int
make_file (gconstpointer bytes, gsize size)
{
  int fd = memfd_create ("wav", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, bytes, size), ==, (gssize)size);
  return fd;
}

static void
sine (gint16 *samples, guint n_frames, guint channels, guint rate, double frequency)
{
  for (guint i = 0; i < n_frames; i++) {
    for (guint c = 0; c < channels; c++) {
      samples[i * channels + c] = (gint16)lrint (8000 * sin (2 * G_PI * frequency * i / rate));
    }
  }
}

/* A file of a sine with amplitude 8000. */
static int
make_sine (AhoyGstWavEncoding encoding, guint channels, guint rate, double frequency,
           guint duration_ms)
{
  guint n_frames = rate * duration_ms / 1000;
  g_autofree gint16 *samples = g_new (gint16, n_frames * channels);
  g_autofree guint8 *file = NULL;
  AhoyGstWavFormat format;

  ahoy_gst_wav_init_format (&format, encoding, rate, channels);
  format.data_size = (guint64)n_frames * format.frame_size;
  file = g_malloc ((gsize)format.data_offset + format.data_size);
  sine (samples, n_frames, channels, rate, frequency);
  ahoy_gst_wav_write_header (&format, file);
  ahoy_gst_wav_from_pcm (&format, samples, file + format.data_offset, n_frames * channels);
  return make_file (file, (gsize)format.data_offset + format.data_size);
}

static AhoyGstWavSource *
open_source (int fd, gboolean repeat)
{
  g_autoptr (GError) error = NULL;
  AhoyGstWavSource *source = ahoy_gst_wav_source_new_for_fd (fd, "test.wav", repeat, &error);

  g_assert_no_error (error);
  return source;
}

static void
wait_ready (AhoyGstWavSource *source, guint duration_ms)
{
  gint64 deadline = g_get_monotonic_time () + WATCHDOG;

  while (!ahoy_gst_wav_source_is_ready (source, duration_ms)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_thread_yield ();
  }
}

/* Pulls as a worker does, 20 ms at a time, until the end or @max_ms. */
static GArray *
play (AhoyGstWavSource *source, guint rate, guint max_ms)
{
  GArray *heard = g_array_new (FALSE, FALSE, sizeof (gint16));
  gint16 block[3840];

  for (guint ms = 0; ms < max_ms; ms += 20) {
    wait_ready (source, 20);
    if (!ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (source), block, rate / 50, rate)) {
      break;
    }
    g_array_append_vals (heard, block, rate / 50);
  }
  g_assert_cmpuint (ahoy_gst_wav_source_get_n_underruns (source), ==, 0);
  return heard;
}

static void
test_every_encoding_at_every_rate (void)
{
  static const guint file_rates[] = { 8000, 11025, 16000, 22050, 44100, 48000 };
  static const guint rates[] = { 8000, 16000, 48000 };

  for (guint encoding = AHOY_GST_WAV_PCM8; encoding <= AHOY_GST_WAV_ALAW; encoding++) {
    for (guint f = 0; f < G_N_ELEMENTS (file_rates); f++) {
      for (guint r = 0; r < G_N_ELEMENTS (rates); r++) {
        guint channels = 1 + (f + r) % 2;
        g_autoptr (AhoyGstWavSource) source
            = open_source (make_sine (encoding, channels, file_rates[f], 1000, 300), FALSE);
        g_autoptr (GArray) heard = NULL;
        double amplitude;

        g_assert_cmpuint (ahoy_gst_wav_source_get_rate (source), ==, file_rates[f]);
        g_assert_cmpint (ahoy_gst_wav_source_get_duration (source) / 1000, >=, 299);
        heard = play (source, rates[r], 1000);
        g_assert_true (ahoy_gst_audio_source_is_finished (AHOY_GST_AUDIO_SOURCE (source)));
        g_assert_cmpuint (heard->len, ==, rates[r] * 3 / 10);
        g_assert_cmpfloat_with_epsilon (
            goertzel_dominant ((gint16 *)heard->data, heard->len, rates[r], &amplitude), 1000, 1);
        g_assert_cmpfloat_with_epsilon (amplitude, 8000, 200);
      }
    }
  }
}

static void
test_same_rate_is_exact (void)
{
  g_autoptr (AhoyGstWavSource) source
      = open_source (make_sine (AHOY_GST_WAV_PCM16, 1, 8000, 440, 5000), FALSE);
  g_autoptr (GArray) heard = play (source, 8000, 10000);
  g_autofree gint16 *expected = g_new (gint16, 40000);

  sine (expected, 40000, 1, 8000, 440);
  g_assert_cmpmem (heard->data, heard->len * 2, expected, 80000);
}

/* What the lower rate cannot carry is gone, and does not come back as another tone. */
static void
test_no_alias (void)
{
  static const guint frequencies[] = { 4600, 6000, 9000, 15000 };

  for (guint i = 0; i < G_N_ELEMENTS (frequencies); i++) {
    g_autoptr (AhoyGstWavSource) source
        = open_source (make_sine (AHOY_GST_WAV_PCM16, 1, 48000, frequencies[i], 300), FALSE);
    g_autoptr (GArray) heard = play (source, 8000, 1000);

    /* 60 dB down. */
    g_assert_cmpfloat (goertzel_rms ((gint16 *)heard->data + 160, heard->len - 320), <, 8);
  }
}

static void
test_rate_changes_in_the_middle (void)
{
  static const guint rates[] = { 8000, 16000, 48000, 8000, 44100, 16000, 8000 };
  g_autoptr (AhoyGstWavSource) source
      = open_source (make_sine (AHOY_GST_WAV_PCM16, 1, 16000, 700, 5000), FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (GArray) heard = play (source, rates[i], 400);

    g_assert_cmpfloat_with_epsilon (
        goertzel_dominant ((gint16 *)heard->data, heard->len, rates[i], NULL), 700, 1);
  }
}

static void
test_repeat (void)
{
  /* 440 Hz has whole periods in 100 ms: the seam must not be heard. */
  g_autoptr (AhoyGstWavSource) source
      = open_source (make_sine (AHOY_GST_WAV_ULAW, 1, 8000, 440, 100), TRUE);
  g_autoptr (GArray) heard = play (source, 8000, 20000);
  double amplitude;

  g_assert_cmpuint (heard->len, ==, 160000);
  g_assert_cmpfloat_with_epsilon (
      goertzel_dominant ((gint16 *)heard->data, heard->len, 8000, &amplitude), 440, 1);
  g_assert_cmpfloat_with_epsilon (amplitude, 8000, 100);
  g_assert_false (ahoy_gst_audio_source_is_finished (AHOY_GST_AUDIO_SOURCE (source)));
}

static void
test_stop (void)
{
  g_autoptr (AhoyGstWavSource) source
      = open_source (make_sine (AHOY_GST_WAV_PCM16, 1, 8000, 440, 2000), TRUE);
  gint16 block[160];

  g_array_unref (play (source, 8000, 100));
  ahoy_gst_audio_source_stop (AHOY_GST_AUDIO_SOURCE (source));
  g_assert_true (ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (source), block, 160, 8000));
  g_assert_cmpint (block[159], ==, 0);
  g_assert_false (ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (source), block, 160, 8000));
}

#define RIFF "RIFF\x00\x01\x00\x00WAVE"
#define FMT "fmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
#define FMT_WITH(tag, channels, rate, frame, bits)                                                 \
  "fmt \x10\x00\x00\x00" tag channels rate "\x00\x00\x00\x00" frame bits
#define DATA "data\x04\x00\x00\x00\x01\x02\x03\x04"

#define CASE(bytes)                                                                                \
  {                                                                                                \
    bytes, sizeof (bytes) - 1                                                                      \
  }

static const struct {
  const char *bytes;
  gsize size;
} refused[] = {
  CASE (""),
  CASE ("RIFF"),
  CASE ("RIFX\x00\x01\x00\x00WAVE" FMT DATA),
  CASE ("RIFF\x00\x01\x00\x00WAVX" FMT DATA),
  CASE ("ID3\x03 an MP3 file with some text"),
  CASE (RIFF),
  CASE (RIFF FMT),
  CASE (RIFF DATA),
  CASE (RIFF FMT "data\x04\x00\x00"),
  CASE (RIFF FMT "data\x04\x00\x00\x00"),
  CASE (RIFF FMT "data\x04\x00\x00\x00\x01"),
  CASE (RIFF "fmt \x0e\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00" DATA),
  CASE (RIFF "fmt \xff\xff\xff\xff\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00"),
  CASE (RIFF "LIST\xff\xff\xff\xff" FMT DATA),
  CASE (RIFF "LIST\xfe\xff\xff\x7f" FMT DATA),
  CASE (RIFF FMT_WITH ("\x03\x00", "\x01\x00", "\x40\x1f\x00\x00", "\x04\x00", "\x20\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\x01\x00", "\x40\x1f\x00\x00", "\x03\x00", "\x18\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\x01\x00", "\x40\x1f\x00\x00", "\x00\x00", "\x00\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\x00\x00", "\x40\x1f\x00\x00", "\x00\x00", "\x10\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\x03\x00", "\x40\x1f\x00\x00", "\x06\x00", "\x10\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\xff\xff", "\x40\x1f\x00\x00", "\x02\x00", "\x10\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\x01\x00", "\x00\x00\x00\x00", "\x02\x00", "\x10\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\x01\x00", "\xff\xff\xff\xff", "\x02\x00", "\x10\x00") DATA),
  CASE (RIFF FMT_WITH ("\x01\x00", "\x01\x00", "\x40\x1f\x00\x00", "\x04\x00", "\x10\x00") DATA),
  CASE (RIFF FMT_WITH ("\xfe\xff", "\x01\x00", "\x40\x1f\x00\x00", "\x02\x00", "\x10\x00") DATA),
};

static void
test_hostile_headers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    int fd = make_file (refused[i].bytes, refused[i].size);

    g_test_message ("header %u", i);
    g_assert_null (ahoy_gst_wav_source_new_for_fd (fd, "evil.wav", FALSE, &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_assert_nonnull (strstr (error->message, "evil.wav"));
    g_assert_nonnull (strstr (error->message, "at byte "));
    g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
  }
}

static void
test_endless_chunks (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *)RIFF, 12);
  for (guint i = 0; i < 10000; i++) {
    g_byte_array_append (bytes, (const guint8 *)"junk\x00\x00\x00\x00", 8);
  }
  g_assert_null (ahoy_gst_wav_source_new_for_fd (make_file (bytes->data, bytes->len), "evil.wav",
                                                 FALSE, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

/* Files that are not as they should be, yet can be played: size never filled in, odd chunks,
 * WAVE_FORMAT_EXTENSIBLE, half a frame at the end. */
static void
test_tolerated_headers (void)
{
  static const struct {
    const char *bytes;
    gsize size;
  } accepted[] = {
    CASE (RIFF FMT "data\x00\x00\x00\x00\x01\x02\x03\x04"),
    CASE (RIFF FMT "data\xff\xff\xff\xff\x01\x02\x03\x04"),
    CASE (RIFF FMT "data\x00\x01\x00\x00\x01\x02\x03\x04"),
    CASE (RIFF FMT "data\x05\x00\x00\x00\x01\x02\x03\x04\x05"),
    CASE (RIFF "LIST\x03\x00\x00\x00"
               "abc\0" FMT DATA),
    CASE (RIFF "fmt \x28\x00\x00\x00\xfe\xff\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10"
               "\x00\x16\x00\x10\x00\x04\x00\x00\x00\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00"
               "\xaa\x00\x38\x9b\x71" DATA),
  };

  for (guint i = 0; i < G_N_ELEMENTS (accepted); i++) {
    g_autoptr (AhoyGstWavSource) source
        = open_source (make_file (accepted[i].bytes, accepted[i].size), FALSE);
    gint16 samples[4];

    g_assert_true (ahoy_gst_audio_source_pull (AHOY_GST_AUDIO_SOURCE (source), samples, 4, 8000));
    g_assert_cmphex ((guint16)samples[0], ==, 0x0201);
    g_assert_cmphex ((guint16)samples[1], ==, 0x0403);
    g_assert_cmpint (samples[2], ==, 0);
  }
}

static void
test_missing_and_odd_files (void)
{
  static const char *const paths[] = { "/dev/zero", "/", "/proc/self/mem" };
  g_autoptr (GError) error = NULL;

  g_assert_null (ahoy_gst_wav_source_new ("/nonexistent/x.wav", FALSE, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nonexistent/x.wav"));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_clear_error (&error);
    g_assert_null (ahoy_gst_wav_source_new (paths[i], FALSE, &error));
    g_assert_nonnull (error);
    g_assert_true (error->domain == AHOY_ERROR);
  }
}

typedef struct {
  char *folder;
  char *path;
  GMainLoop *loop;
  AhoyScheduler *watchdog;
  GError *error;
  guint n_failed;
  gboolean closed;
} Recording;

static void
on_watchdog (gpointer data)
{
  g_assert_not_reached ();
}

static void
set_up (Recording *recording, gconstpointer data)
{
  recording->folder = g_dir_make_tmp ("ahoy-wav-XXXXXX", NULL);
  recording->path = g_build_filename (recording->folder, "call.wav", NULL);
  recording->loop = g_main_loop_new (NULL, FALSE);
  recording->watchdog = ahoy_scheduler_new (NULL);
  ahoy_scheduler_add (recording->watchdog, "watchdog", WATCHDOG, on_watchdog, NULL, NULL);
}

static guint
count_files (Recording *recording)
{
  g_autoptr (GDir) dir = g_dir_open (recording->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL) {
    n++;
  }
  return n;
}

static void
tear_down (Recording *recording, gconstpointer data)
{
  g_unlink (recording->path);
  g_assert_cmpuint (count_files (recording), ==, 0);
  g_rmdir (recording->folder);
  g_object_unref (recording->watchdog);
  g_main_loop_unref (recording->loop);
  g_clear_error (&recording->error);
  g_free (recording->folder);
  g_free (recording->path);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer data)
{
  Recording *recording = data;

  g_clear_error (&recording->error);
  ahoy_gst_wav_writer_close_finish (AHOY_GST_WAV_WRITER (object), result, &recording->error);
  recording->closed = TRUE;
  g_main_loop_quit (recording->loop);
}

static void
on_failed (AhoyGstWavWriter *writer, const GError *error, Recording *recording)
{
  recording->n_failed++;
  g_main_loop_quit (recording->loop);
}

static void
close_recording (Recording *recording, AhoyGstWavWriter *writer)
{
  recording->closed = FALSE;
  ahoy_gst_wav_writer_close_async (writer, on_closed, recording);
  while (!recording->closed) {
    g_main_loop_run (recording->loop);
  }
}

static void
record_sine (AhoyGstWavWriter *writer, guint channels, guint rate, guint duration_ms)
{
  guint block = rate / 50;
  g_autofree gint16 *samples = g_new (gint16, (gsize)rate * channels * duration_ms / 1000);

  sine (samples, rate * duration_ms / 1000, channels, rate, 440);
  for (guint i = 0; i < duration_ms / 20; i++) {
    g_assert_true (ahoy_gst_wav_writer_push (writer, samples + i * block * channels, block));
  }
}

static void
test_record_and_play (Recording *recording, gconstpointer data)
{
  for (guint encoding = 0; encoding <= AHOY_GST_WAV_WRITER_ALAW; encoding++) {
    for (guint channels = 1; channels <= 2; channels++) {
      g_autoptr (AhoyGstWavWriter) writer = NULL;
      g_autoptr (AhoyGstWavSource) source = NULL;
      g_autoptr (GArray) heard = NULL;
      g_autoptr (GError) error = NULL;

      writer = ahoy_gst_wav_writer_new (recording->path, encoding, 16000, channels, &error);
      g_assert_no_error (error);
      record_sine (writer, channels, 16000, 2000);
      g_assert_cmpuint (ahoy_gst_wav_writer_get_n_frames (writer), ==, 32000);
      close_recording (recording, writer);
      g_assert_no_error (recording->error);
      g_assert_cmpuint (count_files (recording), ==, 1);

      source = ahoy_gst_wav_source_new (recording->path, FALSE, &error);
      g_assert_no_error (error);
      g_assert_cmpint (ahoy_gst_wav_source_get_duration (source), ==, 2 * G_TIME_SPAN_SECOND);
      heard = play (source, 16000, 3000);
      g_assert_cmpuint (heard->len, ==, 32000);
      g_assert_cmpfloat_with_epsilon (
          goertzel_dominant ((gint16 *)heard->data, heard->len, 16000, NULL), 440, 1);
    }
  }
}

static void
test_name_appears_when_whole (Recording *recording, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyGstWavWriter) writer
      = ahoy_gst_wav_writer_new (recording->path, AHOY_GST_WAV_WRITER_PCM, 8000, 1, &error);

  g_assert_no_error (error);
  record_sine (writer, 1, 8000, 1000);
  g_assert_false (g_file_test (recording->path, G_FILE_TEST_EXISTS));
  close_recording (recording, writer);
  g_assert_no_error (recording->error);
  g_assert_true (g_file_test (recording->path, G_FILE_TEST_EXISTS));

  /* It is over. */
  g_assert_false (ahoy_gst_wav_writer_push (writer, (gint16[1]){ 1 }, 1));
  g_assert_cmpuint (ahoy_gst_wav_writer_get_n_dropped (writer), ==, 1);
  close_recording (recording, writer);
  g_assert_error (recording->error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
}

static void
test_dropped_writer_keeps_the_recording (Recording *recording, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyGstWavSource) source = NULL;
  AhoyGstWavWriter *writer
      = ahoy_gst_wav_writer_new (recording->path, AHOY_GST_WAV_WRITER_PCM, 8000, 2, &error);
  gint64 deadline = g_get_monotonic_time () + WATCHDOG;

  g_assert_no_error (error);
  record_sine (writer, 2, 8000, 1000);
  g_object_unref (writer);
  while (!g_file_test (recording->path, G_FILE_TEST_EXISTS)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_thread_yield ();
  }
  source = ahoy_gst_wav_source_new (recording->path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ahoy_gst_wav_source_get_duration (source), ==, G_TIME_SPAN_SECOND);
}

/* What is in the file when the process dies in mid-recording can be played. */
static void
test_header_is_right_in_between (Recording *recording, gconstpointer data)
{
  int fd = memfd_create ("wav", MFD_CLOEXEC);
  AhoyGstWavFormat format, read;
  AhoyGstWavFile *file;
  gint16 samples[1600] = { 1, 2, 3 };

  ahoy_gst_wav_init_format (&format, AHOY_GST_WAV_PCM16, 8000, 1);
  file = ahoy_gst_wav_file_new (fd, "between.wav", &format);
  for (guint i = 1; i <= 3; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (ahoy_gst_ring_write (file->ring, samples, sizeof samples), ==,
                      sizeof samples);
    file->header_written = 0; /* long ago */
    g_assert_true (file->job.run (&file->job));
    g_assert_true (ahoy_gst_wav_read_header (&read, fd, "between.wav", &error));
    g_assert_no_error (error);
    g_assert_cmpuint (read.data_size, ==, i * sizeof samples);
  }
  atomic_store (&file->closing, TRUE);
  g_assert_false (file->job.run (&file->job));
  ahoy_gst_file_job_unref (&file->job);
}

/* The file may grow to 64 KiB and no further, as on a disk that fills up. */
static void
test_disk_fills_up (Recording *recording, gconstpointer data)
{
  struct rlimit before, small;
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyGstWavSource) source = NULL;
  g_autoptr (AhoyGstWavWriter) writer
      = ahoy_gst_wav_writer_new (recording->path, AHOY_GST_WAV_WRITER_PCM, 8000, 1, &error);

  g_assert_no_error (error);
  g_signal_connect (writer, "failed", G_CALLBACK (on_failed), recording);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 65536;
  setrlimit (RLIMIT_FSIZE, &small);
  while (recording->n_failed == 0) {
    gint16 samples[8000] = { 1 };

    ahoy_gst_wav_writer_push (writer, samples, 8000);
    g_main_context_iteration (NULL, FALSE);
    g_thread_yield ();
  }
  g_assert_true (ahoy_gst_wav_writer_has_failed (writer));
  g_assert_false (ahoy_gst_wav_writer_push (writer, (gint16[1]){ 1 }, 1));
  close_recording (recording, writer);
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_error (recording->error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_assert_nonnull (strstr (recording->error->message, "call.wav"));
  g_assert_cmpuint (recording->n_failed, ==, 1);

  /* What fitted can be played. */
  source = ahoy_gst_wav_source_new (recording->path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ahoy_gst_wav_source_get_duration (source), >, 2 * G_TIME_SPAN_SECOND);
}

/* What finds no room is missing: the file is there, and its end says so. */
static void
test_slow_disk (Recording *recording, gconstpointer data)
{
  g_autofree gint16 *samples = g_new0 (gint16, 10 * 8000); /* more than the ring ever holds */
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyGstWavWriter) writer
      = ahoy_gst_wav_writer_new (recording->path, AHOY_GST_WAV_WRITER_PCM, 8000, 1, &error);

  g_assert_no_error (error);
  record_sine (writer, 1, 8000, 1000);
  g_assert_false (ahoy_gst_wav_writer_push (writer, samples, 10 * 8000));
  close_recording (recording, writer);
  g_assert_error (recording->error, AHOY_ERROR, AHOY_ERROR_FAILED);
  g_assert_nonnull (strstr (recording->error->message, "call.wav lacks 10000 ms"));
  g_assert_true (g_file_test (recording->path, G_FILE_TEST_EXISTS));
}

static void
test_disk_is_full (Recording *recording, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);

  g_assert_null (
      ahoy_gst_wav_writer_new_for_fd (fd, "/dev/full", AHOY_GST_WAV_WRITER_PCM, 8000, 1, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_assert_nonnull (strstr (error->message, "/dev/full"));
}

/* Whoever may write everywhere must not lose a device or a folder to a recording. */
static void
test_only_files_are_replaced (Recording *recording, gconstpointer data)
{
  static const mode_t kinds[] = { S_IFIFO, S_IFSOCK, S_IFDIR };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GError) error = NULL;
    struct stat found;

    g_assert_cmpint (kinds[i] == S_IFDIR ? mkdir (recording->path, 0700)
                                         : mknod (recording->path, kinds[i] | 0600, 0),
                     ==, 0);
    g_assert_null (
        ahoy_gst_wav_writer_new (recording->path, AHOY_GST_WAV_WRITER_PCM, 8000, 1, &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_assert_cmpint (lstat (recording->path, &found), ==, 0);
    g_assert_cmpint (found.st_mode & S_IFMT, ==, kinds[i]);
    g_assert_cmpint (remove (recording->path), ==, 0);
  }
}

static void
test_unusable_places_and_formats (Recording *recording, gconstpointer data)
{
  static const guint formats[][2]
      = { { 0, 1 }, { 3999, 1 }, { 192001, 1 }, { 8000, 0 }, { 8000, 3 } };
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ahoy_gst_wav_writer_new ("/nonexistent/x.wav", AHOY_GST_WAV_WRITER_PCM, 8000, 1, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_FAILED);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_clear_error (&error);
    g_assert_null (ahoy_gst_wav_writer_new (recording->path, AHOY_GST_WAV_WRITER_PCM, formats[i][0],
                                            formats[i][1], &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  }
  g_assert_cmpuint (count_files (recording), ==, 0);
}

#define ADD(path, function) g_test_add (path, Recording, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wav/plays-every-encoding-at-every-rate", test_every_encoding_at_every_rate);
  g_test_add_func ("/wav/same-rate-is-exact", test_same_rate_is_exact);
  g_test_add_func ("/wav/high-tones-do-not-come-back-low", test_no_alias);
  g_test_add_func ("/wav/rate-may-change", test_rate_changes_in_the_middle);
  g_test_add_func ("/wav/repeats-without-seam", test_repeat);
  g_test_add_func ("/wav/stops-soon", test_stop);
  g_test_add_func ("/wav/hostile-headers-are-refused", test_hostile_headers);
  g_test_add_func ("/wav/endless-chunks-are-refused", test_endless_chunks);
  g_test_add_func ("/wav/slightly-wrong-headers-are-played", test_tolerated_headers);
  g_test_add_func ("/wav/missing-and-odd-files-are-refused", test_missing_and_odd_files);
  ADD ("/wav/recording-can-be-played", test_record_and_play);
  ADD ("/wav/recording-appears-when-whole", test_name_appears_when_whole);
  ADD ("/wav/dropped-writer-keeps-the-recording", test_dropped_writer_keeps_the_recording);
  ADD ("/wav/header-is-right-in-between", test_header_is_right_in_between);
  ADD ("/wav/disk-that-fills-up-is-reported", test_disk_fills_up);
  ADD ("/wav/full-disk-is-reported", test_disk_is_full);
  ADD ("/wav/slow-disk-is-reported", test_slow_disk);
  ADD ("/wav/only-files-are-replaced", test_only_files_are_replaced);
  ADD ("/wav/unusable-places-and-formats-are-refused", test_unusable_places_and_formats);
  return g_test_run ();
}
