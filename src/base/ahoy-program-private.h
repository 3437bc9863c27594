/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-scheduler.h"

G_BEGIN_DECLS

/* A program of the administrator, as it is started for something that happened. */
typedef struct {
  const char *const *command;   /* the program and its arguments; no shell reads them */
  const char *const *variables; /* “NAME=value”, beside few of ours */
  GBytes *input;                /* (nullable): what it reads from its standard input */
  gboolean logged;              /* what it prints goes to the log; else it is thrown away */
  gint64 timeout;               /* µs; it is killed then */
  GCancellable *cancellable;    /* (nullable): it is killed when this is cancelled */
} AhoyProgram;

void ahoy_program_run_async (const AhoyProgram *program, AhoyScheduler *scheduler,
                             GAsyncReadyCallback callback, gpointer user_data);
int ahoy_program_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
