/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Everything that reads or writes a file for a media worker runs on one thread of its own, which
 * may wait for the disk. A job shares rings and atomic flags with the worker, never a lock. */
typedef struct _AhoyGstFileJob AhoyGstFileJob;

struct _AhoyGstFileJob {
  int references; /* atomic */
  AhoyGstFileJob *next;
  gboolean (*run) (AhoyGstFileJob *self); /* FALSE: done, not to be run again */
  void (*free) (AhoyGstFileJob *self);
};

void ahoy_gst_file_job_init (AhoyGstFileJob *self, gboolean (*run) (AhoyGstFileJob *self),
                             void (*free_func) (AhoyGstFileJob *self));
void ahoy_gst_file_job_unref (AhoyGstFileJob *self);
void ahoy_gst_file_job_start (AhoyGstFileJob *self);
void ahoy_gst_file_job_wake (void);

G_END_DECLS
