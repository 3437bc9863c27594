/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>
#include <stdatomic.h>

#include "ahoy-gst-file-job.h"
#include "ahoy-gst-ring.h"
#include "ahoy-gst-wav-claim-private.h"
#include "ahoy-gst-wav.h"

G_BEGIN_DECLS

/* The file thread's half of a WAV writer; it may outlive the object. */
typedef struct {
  AhoyGstFileJob job;
  int fd;
  char *name;      /* for messages */
  char *path;      /* NULL: somebody else's descriptor */
  int folder;      /* what path and temporary lead through; -1 for none */
  char *temporary; /* where it stands until it is whole */
  AhoyGstWavClaim *claim; /* on its name; NULL: somebody else's descriptor, or whole */
  AhoyGstWavFormat format;
  AhoyGstRing *ring; /* samples */
  gint64 header_written;
  GError *error; /* the first one; of the file thread until closed */
  void (*failed) (gpointer user_data, const GError *error);
  gpointer failed_data;
  GDestroyNotify failed_destroy;
  GTask *closed; /* set before closing is */
  atomic_bool closing;
  atomic_bool has_failed;
} AhoyGstWavFile;

AhoyGstWavFile *ahoy_gst_wav_file_new (int fd, const char *name, const AhoyGstWavFormat *format);
gboolean ahoy_gst_wav_file_begin (AhoyGstWavFile *self, GError **error);

G_END_DECLS
