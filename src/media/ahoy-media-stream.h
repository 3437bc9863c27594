/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-media-recording.h"
#include "ahoy-media-statistics.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

typedef struct _AhoyMediaMixer AhoyMediaMixer;

#define AHOY_TYPE_MEDIA_STREAM (ahoy_media_stream_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyMediaStream, ahoy_media_stream, AHOY, MEDIA_STREAM, GObject)

/**
 * AhoyMediaSound:
 * @AHOY_MEDIA_SOUND_SENT: what the peer hears
 * @AHOY_MEDIA_SOUND_RECEIVED: what comes from the peer
 *
 * One of the two ways of a stream.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_MEDIA_SOUND_SENT,
  AHOY_MEDIA_SOUND_RECEIVED,
} AhoyMediaSound;

#define AHOY_TYPE_MEDIA_SOUND (ahoy_media_sound_get_type ())
AHOY_API
GType ahoy_media_sound_get_type (void);

/**
 * AHOY_MEDIA_STREAM_MAX_VOLUME:
 *
 * The largest volume: 16 times as loud as the sound is, or 24 dB.
 *
 * Since: 0.1
 */
#define AHOY_MEDIA_STREAM_MAX_VOLUME 16.0

/**
 * AhoyMediaStreamInterface:
 * @get_statistics: what was counted until now
 * @get_codec: the name of the codec that is sent
 * @set_echo: send back what comes
 * @set_muted: send silence in place of sound
 * @play_file: send the sound of a file
 * @play_tone: send a tone
 * @stop_playing: end what plays
 * @record: write what comes to a file
 * @stop_recording: end the recording
 * @send_dtmf: send digits
 * @join: let what comes on each of two streams go to the other
 * @part: end what @join began
 * @set_volume: make one way louder or softer; the volume is within its range
 * @get_volume: how loud one way is
 * @say: send a text that a voice reads
 * @play_fd: send the sound of an open file; the descriptor is the stream's
 * @record_fd: write what comes to an open file; the descriptor is the stream's
 * @record_at: write what comes to a file in an open folder; the descriptor is the stream's
 * @set_keeps_digits: let digits that come not go where the stream is joined
 * @create_mixer: make a mixer of the engine that carries the stream
 * @is_tapped: whether somebody here listens or speaks
 * @start_recording: write both ways to a file; the descriptor, if it is one, is the stream's
 * @pause_recording: let a recording pause, or go on
 * @get_recording: whether the stream is recorded
 *
 * A virtual function that is not there means that the stream cannot do it.
 *
 * Since: 0.1
 */
struct _AhoyMediaStreamInterface {
  GTypeInterface parent_iface;

  AhoyMediaStatistics *(*get_statistics) (AhoyMediaStream *self);
  const char *(*get_codec) (AhoyMediaStream *self);
  void (*set_echo) (AhoyMediaStream *self, gboolean echo);
  void (*set_muted) (AhoyMediaStream *self, gboolean muted);
  gboolean (*play_file) (AhoyMediaStream *self, const char *path, gboolean repeat,
                         GError **error);
  gboolean (*play_tone) (AhoyMediaStream *self, const char *tone, GError **error);
  void (*stop_playing) (AhoyMediaStream *self);
  gboolean (*record) (AhoyMediaStream *self, const char *path, GError **error);
  void (*stop_recording) (AhoyMediaStream *self);
  gboolean (*send_dtmf) (AhoyMediaStream *self, const char *digits, guint duration_ms,
                         GError **error);
  gboolean (*join) (AhoyMediaStream *self, AhoyMediaStream *other, GError **error);
  void (*part) (AhoyMediaStream *self);
  gboolean (*set_volume) (AhoyMediaStream *self, AhoyMediaSound sound, double volume,
                          GError **error);
  double (*get_volume) (AhoyMediaStream *self, AhoyMediaSound sound);
  gboolean (*say) (AhoyMediaStream *self, const char *text, const char *voice, GError **error);
  gboolean (*play_fd) (AhoyMediaStream *self, int fd, const char *name, GError **error);
  gboolean (*record_fd) (AhoyMediaStream *self, int fd, const char *name, GError **error);
  gboolean (*record_at) (AhoyMediaStream *self, int folder, const char *path, GError **error);
  AhoyMediaMixer *(*create_mixer) (AhoyMediaStream *self, GError **error);
  gboolean (*is_tapped) (AhoyMediaStream *self);
  void (*set_keeps_digits) (AhoyMediaStream *self, gboolean keeps);
  gboolean (*start_recording) (AhoyMediaStream *self, const char *path, int folder,
                               const AhoyMediaRecording *how, GError **error);
  gboolean (*pause_recording) (AhoyMediaStream *self, gboolean paused, GError **error);
  AhoyMediaRecordingState (*get_recording) (AhoyMediaStream *self);

  /*< private >*/
  gpointer padding[2];
};

AHOY_API
AhoyMediaStatistics *ahoy_media_stream_get_statistics (AhoyMediaStream *self);
AHOY_API
const char *ahoy_media_stream_get_codec (AhoyMediaStream *self);
AHOY_API
void ahoy_media_stream_set_echo (AhoyMediaStream *self, gboolean echo);
AHOY_API
void ahoy_media_stream_set_muted (AhoyMediaStream *self, gboolean muted);
AHOY_API
gboolean ahoy_media_stream_set_volume (AhoyMediaStream *self, AhoyMediaSound sound, double volume,
                                       GError **error);
AHOY_API
double ahoy_media_stream_get_volume (AhoyMediaStream *self, AhoyMediaSound sound);
AHOY_API
gboolean ahoy_media_stream_play_file (AhoyMediaStream *self, const char *path, gboolean repeat,
                                      GError **error);
AHOY_API
gboolean ahoy_media_stream_say (AhoyMediaStream *self, const char *text, const char *voice,
                                GError **error);
AHOY_API
gboolean ahoy_media_stream_play_fd (AhoyMediaStream *self, int fd, const char *name,
                                    GError **error);
AHOY_API
gboolean ahoy_media_stream_play_tone (AhoyMediaStream *self, const char *tone, GError **error);
AHOY_API
void ahoy_media_stream_stop_playing (AhoyMediaStream *self);
AHOY_API
gboolean ahoy_media_stream_record (AhoyMediaStream *self, const char *path, GError **error);
AHOY_API
gboolean ahoy_media_stream_record_fd (AhoyMediaStream *self, int fd, const char *name,
                                      GError **error);
AHOY_API
gboolean ahoy_media_stream_record_at (AhoyMediaStream *self, int folder, const char *path,
                                      GError **error);
AHOY_API
gboolean ahoy_media_stream_start_recording (AhoyMediaStream *self, const char *path, int folder,
                                            const AhoyMediaRecording *how, GError **error);
AHOY_API
gboolean ahoy_media_stream_pause_recording (AhoyMediaStream *self, gboolean paused,
                                            GError **error);
AHOY_API
AhoyMediaRecordingState ahoy_media_stream_get_recording (AhoyMediaStream *self);
AHOY_API
void ahoy_media_stream_stop_recording (AhoyMediaStream *self);
AHOY_API
gboolean ahoy_media_stream_send_dtmf (AhoyMediaStream *self, const char *digits,
                                      guint duration_ms, GError **error);

AHOY_API
void ahoy_media_stream_set_keeps_digits (AhoyMediaStream *self, gboolean keeps);
AHOY_API
void ahoy_media_stream_set_name (AhoyMediaStream *self, const char *name);
AHOY_API
const char *ahoy_media_stream_get_name (AhoyMediaStream *self);
AHOY_API
gboolean ahoy_media_stream_join (AhoyMediaStream *self, AhoyMediaStream *other, GError **error);
AHOY_API
void ahoy_media_stream_part (AhoyMediaStream *self);
AHOY_API
AhoyMediaMixer *ahoy_media_stream_create_mixer (AhoyMediaStream *self, GError **error);
AHOY_API
gboolean ahoy_media_stream_is_tapped (AhoyMediaStream *self);

/* For those who implement it */
AHOY_API
void ahoy_media_stream_emit_dtmf_received (AhoyMediaStream *self, const char *digit,
                                           guint duration_ms);
AHOY_API
void ahoy_media_stream_emit_playing_ended (AhoyMediaStream *self, gboolean complete);
AHOY_API
void ahoy_media_stream_emit_recording_ended (AhoyMediaStream *self, const char *path,
                                             const GError *error);
AHOY_API
void ahoy_media_stream_emit_changed (AhoyMediaStream *self);

G_END_DECLS
