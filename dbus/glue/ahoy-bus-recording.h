/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-pending.h"
#include "ahoy.h"

G_BEGIN_DECLS

/* The recording of a session that was asked for on the bus, and what became of it. */
typedef struct {
  char *path;         /* NULL: there is none, or what became of it was told */
  GError *error;      /* why it is not whole */
  gboolean over;      /* nothing more is written */
  GPtrArray *waiting; /* AhoyBusPending: who stopped it */
} AhoyBusRecording;

AhoyBusRecording *ahoy_bus_recording_new (void);
void ahoy_bus_recording_free (AhoyBusRecording *self);
gboolean ahoy_bus_recording_begin (AhoyBusRecording *self, AhoyMediaStream *media,
                                   const char *path, GError **error);
void ahoy_bus_recording_stop (AhoyBusRecording *self, AhoyMediaStream *media,
                              AhoyScheduler *scheduler, AhoyBusCall *call);
void ahoy_bus_recording_end (AhoyBusRecording *self, const char *path, const GError *error);
void ahoy_bus_recording_clear (AhoyBusRecording *self);

G_END_DECLS
