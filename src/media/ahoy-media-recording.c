/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-media-recording.h"

G_DEFINE_ENUM_TYPE (AhoyMediaRecordingLayout, ahoy_media_recording_layout,
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_RECORDING_RECEIVED, "received"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_RECORDING_MIXED, "mixed"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_RECORDING_STEREO, "stereo"))

G_DEFINE_ENUM_TYPE (AhoyMediaRecordingState, ahoy_media_recording_state,
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_RECORDING_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_RECORDING_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_RECORDING_PAUSED, "paused"))

G_DEFINE_BOXED_TYPE (AhoyMediaRecording, ahoy_media_recording, ahoy_media_recording_copy,
                     ahoy_media_recording_free)

/**
 * ahoy_media_recording_new:
 * @layout: what stands in the file
 *
 * Makes what ahoy_media_stream_start_recording() takes: a file of its own, without beeps, in which
 * a pause takes no time.
 *
 * Returns: (transfer full): how a call is recorded
 *
 * Since: 0.1
 */
AhoyMediaRecording *
ahoy_media_recording_new (AhoyMediaRecordingLayout layout)
{
  AhoyMediaRecording *self = g_new0 (AhoyMediaRecording, 1);

  self->layout = layout;
  return self;
}

/**
 * ahoy_media_recording_copy:
 * @self: how a call is recorded
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
AhoyMediaRecording *
ahoy_media_recording_copy (const AhoyMediaRecording *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * ahoy_media_recording_free:
 * @self: (transfer full): how a call is recorded
 *
 * Frees it.
 *
 * Since: 0.1
 */
void
ahoy_media_recording_free (AhoyMediaRecording *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}
