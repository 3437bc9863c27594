/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-media-stream.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MEDIA_MIXER (ahoy_media_mixer_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyMediaMixer, ahoy_media_mixer, AHOY, MEDIA_MIXER, GObject)

/**
 * AhoyMediaMixerInterface:
 * @add: let a stream hear all others, and all others hear it
 * @remove: end what @add began
 * @set_gain: how loud the others hear one
 * @set_muted: whether nobody hears one
 * @set_deaf: whether one hears nobody
 * @play_file: let all hear the sound of a file
 * @play_tone: let all hear a tone
 * @stop_playing: end what plays
 * @record: write what all say to a file
 * @stop_recording: end the recording
 * @close: end it all
 *
 * A virtual function that is not there means that the mixer cannot do it.
 *
 * Since: 0.1
 */
struct _AhoyMediaMixerInterface {
  GTypeInterface parent_iface;

  gboolean (*add) (AhoyMediaMixer *self, AhoyMediaStream *stream, GError **error);
  gboolean (*remove) (AhoyMediaMixer *self, AhoyMediaStream *stream);
  void (*set_gain) (AhoyMediaMixer *self, AhoyMediaStream *stream, double gain);
  void (*set_muted) (AhoyMediaMixer *self, AhoyMediaStream *stream, gboolean muted);
  void (*set_deaf) (AhoyMediaMixer *self, AhoyMediaStream *stream, gboolean deaf);
  gboolean (*play_file) (AhoyMediaMixer *self, const char *path, gboolean repeat,
                         GError **error);
  gboolean (*play_tone) (AhoyMediaMixer *self, const char *tone, GError **error);
  void (*stop_playing) (AhoyMediaMixer *self);
  gboolean (*record) (AhoyMediaMixer *self, const char *path, GError **error);
  void (*stop_recording) (AhoyMediaMixer *self);
  void (*close) (AhoyMediaMixer *self);

  /*< private >*/
  gpointer padding[12];
};

AHOY_API
gboolean ahoy_media_mixer_add (AhoyMediaMixer *self, AhoyMediaStream *stream, GError **error);
AHOY_API
gboolean ahoy_media_mixer_remove (AhoyMediaMixer *self, AhoyMediaStream *stream);
AHOY_API
void ahoy_media_mixer_set_name (AhoyMediaMixer *self, const char *name);
AHOY_API
const char *ahoy_media_mixer_get_name (AhoyMediaMixer *self);
AHOY_API
void ahoy_media_mixer_set_gain (AhoyMediaMixer *self, AhoyMediaStream *stream, double gain);
AHOY_API
void ahoy_media_mixer_set_muted (AhoyMediaMixer *self, AhoyMediaStream *stream, gboolean muted);
AHOY_API
void ahoy_media_mixer_set_deaf (AhoyMediaMixer *self, AhoyMediaStream *stream, gboolean deaf);
AHOY_API
gboolean ahoy_media_mixer_play_file (AhoyMediaMixer *self, const char *path, gboolean repeat,
                                     GError **error);
AHOY_API
gboolean ahoy_media_mixer_play_tone (AhoyMediaMixer *self, const char *tone, GError **error);
AHOY_API
void ahoy_media_mixer_stop_playing (AhoyMediaMixer *self);
AHOY_API
gboolean ahoy_media_mixer_record (AhoyMediaMixer *self, const char *path, GError **error);
AHOY_API
void ahoy_media_mixer_stop_recording (AhoyMediaMixer *self);
AHOY_API
void ahoy_media_mixer_close (AhoyMediaMixer *self);

/* For those who implement it */
AHOY_API
void ahoy_media_mixer_emit_active_speaker (AhoyMediaMixer *self, AhoyMediaStream *stream);
AHOY_API
void ahoy_media_mixer_emit_recording_ended (AhoyMediaMixer *self, const char *path,
                                            const GError *error);

G_END_DECLS
