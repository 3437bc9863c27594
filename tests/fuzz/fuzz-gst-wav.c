/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ahoy-gst-wav.h"
#include "fuzz.h"

#define MAX_FRAMES 256

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

static void
check_format (const AhoyGstWavFormat *format, const uint8_t *data, size_t size)
{
  gint16 samples[MAX_FRAMES];
  gsize n_frames = (gsize)MIN (format->data_size / format->frame_size, MAX_FRAMES);

  g_assert_cmpint (format->data_offset, >=, 20);
  g_assert_cmpuint ((guint64)format->data_offset + format->data_size, <=, size);
  g_assert_cmpuint (format->data_size, >, 0);
  g_assert_cmpuint (format->data_size % format->frame_size, ==, 0);
  g_assert_cmpuint (format->channels, >=, 1);
  g_assert_cmpuint (format->channels, <=, 2);
  g_assert_cmpuint (format->rate, >=, 4000);
  g_assert_cmpuint (format->rate, <=, 192000);
  ahoy_gst_wav_to_mono (format, data + format->data_offset, samples, n_frames);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  AhoyGstWavFormat format;
  int fd = memfd_create ("wav", MFD_CLOEXEC);
  gboolean read;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize)size);
  read = ahoy_gst_wav_read_header (&format, fd, "fuzz.wav", &error);
  g_assert_true (read == (error == NULL));
  if (read) {
    check_format (&format, data, size);
  } else {
    g_assert_nonnull (strstr (error->message, "fuzz.wav"));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  close (fd);

  return 0;
}
