/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-pending.h"
#include "ahoy.h"

G_BEGIN_DECLS

/* Where a recording goes to: a path, or what a descriptor is of. */
typedef enum {
  AHOY_BUS_RECORDING_PATH,
  AHOY_BUS_RECORDING_FOLDER, /* the last part of the path is a name in it */
  AHOY_BUS_RECORDING_FILE,   /* the path is what messages say; only what comes is recorded */
} AhoyBusRecordingPlace;

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
                                   const char *path, AhoyBusRecordingPlace place,
                                   int descriptor, const AhoyMediaRecording *how,
                                   GError **error);
void ahoy_bus_recording_stop (AhoyBusRecording *self, AhoyMediaStream *media,
                              AhoyScheduler *scheduler, AhoyBusCall *call);
void ahoy_bus_recording_end (AhoyBusRecording *self, const char *path, const GError *error);
void ahoy_bus_recording_clear (AhoyBusRecording *self);

G_END_DECLS
