/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

typedef struct _AhoyMediaRecording AhoyMediaRecording;

/**
 * AhoyMediaRecordingLayout:
 * @AHOY_MEDIA_RECORDING_RECEIVED: what comes from the peer alone, one channel
 * @AHOY_MEDIA_RECORDING_MIXED: what comes and what the peer is sent together, one channel
 * @AHOY_MEDIA_RECORDING_STEREO: what comes on the left, and what the peer is sent on the right
 *
 * What stands in the file of a recording.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_MEDIA_RECORDING_RECEIVED,
  AHOY_MEDIA_RECORDING_MIXED,
  AHOY_MEDIA_RECORDING_STEREO,
} AhoyMediaRecordingLayout;

#define AHOY_TYPE_MEDIA_RECORDING_LAYOUT (ahoy_media_recording_layout_get_type ())
AHOY_API
GType ahoy_media_recording_layout_get_type (void);

/**
 * AhoyMediaRecordingState:
 * @AHOY_MEDIA_RECORDING_NONE: nothing is recorded
 * @AHOY_MEDIA_RECORDING_RUNNING: what is said is recorded
 * @AHOY_MEDIA_RECORDING_PAUSED: a recording has begun, and what is said now is not in it
 *
 * Whether a stream is recorded.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_MEDIA_RECORDING_NONE,
  AHOY_MEDIA_RECORDING_RUNNING,
  AHOY_MEDIA_RECORDING_PAUSED,
} AhoyMediaRecordingState;

#define AHOY_TYPE_MEDIA_RECORDING_STATE (ahoy_media_recording_state_get_type ())
AHOY_API
GType ahoy_media_recording_state_get_type (void);

/**
 * AHOY_MEDIA_RECORDING_MAX_BEEP:
 *
 * The longest time between two beeps, in seconds.
 *
 * Since: 0.1
 */
#define AHOY_MEDIA_RECORDING_MAX_BEEP 3600

/**
 * AhoyMediaRecording:
 * @layout: what stands in the file
 * @append: whether a recording that is there is gone on with; else it is replaced when this one is
 *   whole
 * @silent_pauses: whether a pause is as long as it was, and silent; else what is said after it
 *   follows what was said before
 * @beep_interval: seconds from one beep to the next that both ends hear, at most
 *   #AHOY_MEDIA_RECORDING_MAX_BEEP; 0 for none
 *
 * How a call is recorded.
 *
 * Since: 0.1
 */
struct _AhoyMediaRecording {
  AhoyMediaRecordingLayout layout;
  gboolean append;
  gboolean silent_pauses;
  guint beep_interval;

  /*< private >*/
  gpointer padding[6];
};

#define AHOY_TYPE_MEDIA_RECORDING (ahoy_media_recording_get_type ())
AHOY_API
GType ahoy_media_recording_get_type (void);

AHOY_API
AhoyMediaRecording *ahoy_media_recording_new (AhoyMediaRecordingLayout layout);
AHOY_API
AhoyMediaRecording *ahoy_media_recording_copy (const AhoyMediaRecording *self);
AHOY_API
void ahoy_media_recording_free (AhoyMediaRecording *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyMediaRecording, ahoy_media_recording_free)

G_END_DECLS
