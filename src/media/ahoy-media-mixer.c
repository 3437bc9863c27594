/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-media-mixer.h"

#include "ahoy-error.h"

/**
 * AhoyMediaMixer:
 *
 * Lets streams of one engine hear each other: each hears all others, and not itself.
 *
 * ahoy_media_engine_create_mixer() makes one, and ahoy_media_mixer_close() ends it. A stream that
 * is added leaves the mixer it was in and whom it was joined with; one that ends leaves by itself.
 * Streams of different codecs can be in one mixer, which works at the rate of the best of them. All
 * functions are called in the owner's main context, where the signals are emitted too.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyMediaMixer, ahoy_media_mixer, G_TYPE_OBJECT)

enum { ACTIVE_SPEAKER, RECORDING_ENDED, N_SIGNALS };

static guint signals[N_SIGNALS];

#define NAME_KEY "ahoy-media-mixer-name"

static void
ahoy_media_mixer_default_init (AhoyMediaMixerInterface *iface)
{
  /**
   * AhoyMediaMixer::active-speaker:
   * @self: a mixer
   * @stream: (nullable): of the one who speaks now; %NULL when who spoke is gone
   *
   * Somebody else speaks than before. Who pauses goes on being the speaker, until somebody else
   * speaks.
   *
   * Since: 0.1
   */
  signals[ACTIVE_SPEAKER] =
      g_signal_new ("active-speaker", AHOY_TYPE_MEDIA_MIXER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, AHOY_TYPE_MEDIA_STREAM);
  /**
   * AhoyMediaMixer::recording-ended:
   * @self: a mixer
   * @path: (type filename): the file, as it was given to ahoy_media_mixer_record()
   * @error: (nullable): why the file does not hold all that was to be recorded; %NULL when it is
   *   whole
   *
   * A recording ended, because it was stopped, with the mixer, or by an error.
   *
   * Since: 0.1
   */
  signals[RECORDING_ENDED] =
      g_signal_new ("recording-ended", AHOY_TYPE_MEDIA_MIXER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static gboolean
cannot (AhoyMediaMixer *self, const char *what, GError **error)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
               "A mixer of the kind %s cannot %s; use an engine that can",
               G_OBJECT_TYPE_NAME (self), what);
  return FALSE;
}

/**
 * ahoy_media_mixer_add: (virtual add)
 * @self: a mixer
 * @stream: (transfer none): a stream of the same engine
 * @error: return location for an error
 *
 * Lets a stream hear all others of the mixer, and all others hear it. It leaves the mixer it was
 * in, and whom it was joined with. Nothing happens to one that is in this mixer already.
 *
 * Returns: %TRUE when the stream is in the mixer; %FALSE with %AHOY_ERROR_INVALID_STATE when one of
 *   both is over, with %AHOY_ERROR_LIMIT_EXCEEDED when the mixer is full, or with
 *   %AHOY_ERROR_NOT_SUPPORTED when the stream is of another engine
 *
 * Since: 0.1
 */
gboolean
ahoy_media_mixer_add (AhoyMediaMixer *self, AhoyMediaStream *stream, GError **error)
{
  AhoyMediaMixerInterface *iface;

  g_return_val_if_fail (AHOY_IS_MEDIA_MIXER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (stream), FALSE);

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  return iface->add != NULL ? iface->add (self, stream, error)
                            : cannot (self, "take streams", error);
}

/**
 * ahoy_media_mixer_remove: (virtual remove)
 * @self: a mixer
 * @stream: a stream
 *
 * Takes a stream out of the mixer.
 *
 * Returns: whether it was in it
 *
 * Since: 0.1
 */
gboolean
ahoy_media_mixer_remove (AhoyMediaMixer *self, AhoyMediaStream *stream)
{
  AhoyMediaMixerInterface *iface;

  g_return_val_if_fail (AHOY_IS_MEDIA_MIXER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (stream), FALSE);

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  return iface->remove != NULL && iface->remove (self, stream);
}

/**
 * ahoy_media_mixer_set_name:
 * @self: a mixer
 * @name: (nullable): whose it is, such as “the conference staff”
 *
 * Says how messages call the mixer, for example those that tell somebody else that a file is
 * recorded to already.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_set_name (AhoyMediaMixer *self, const char *name)
{
  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));

  g_object_set_data_full (G_OBJECT (self), NAME_KEY, g_strdup (name), g_free);
}

/**
 * ahoy_media_mixer_get_name:
 * @self: a mixer
 *
 * Returns: (transfer none) (nullable): how messages call the mixer
 *
 * Since: 0.1
 */
const char *
ahoy_media_mixer_get_name (AhoyMediaMixer *self)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_MIXER (self), NULL);

  return g_object_get_data (G_OBJECT (self), NAME_KEY);
}

/**
 * ahoy_media_mixer_set_gain: (virtual set_gain)
 * @self: a mixer
 * @stream: a stream that is in it
 * @gain: 1 for as loud as it is, 0 for silence, at most #AHOY_MEDIA_STREAM_MAX_VOLUME
 *
 * Sets how loud the others hear a stream.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_set_gain (AhoyMediaMixer *self, AhoyMediaStream *stream, double gain)
{
  AhoyMediaMixerInterface *iface;

  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (stream));
  g_return_if_fail (gain >= 0 && gain <= AHOY_MEDIA_STREAM_MAX_VOLUME);

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  if (iface->set_gain != NULL) {
    iface->set_gain (self, stream, gain);
  }
}

/**
 * ahoy_media_mixer_set_muted: (virtual set_muted)
 * @self: a mixer
 * @stream: a stream that is in it
 * @muted: whether nobody hears it
 *
 * Sets whether the others hear a stream.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_set_muted (AhoyMediaMixer *self, AhoyMediaStream *stream, gboolean muted)
{
  AhoyMediaMixerInterface *iface;

  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (stream));

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  if (iface->set_muted != NULL) {
    iface->set_muted (self, stream, muted);
  }
}

/**
 * ahoy_media_mixer_set_deaf: (virtual set_deaf)
 * @self: a mixer
 * @stream: a stream that is in it
 * @deaf: whether it hears nobody
 *
 * Sets whether a stream hears the others.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_set_deaf (AhoyMediaMixer *self, AhoyMediaStream *stream, gboolean deaf)
{
  AhoyMediaMixerInterface *iface;

  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (stream));

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  if (iface->set_deaf != NULL) {
    iface->set_deaf (self, stream, deaf);
  }
}

/**
 * ahoy_media_mixer_play_file: (virtual play_file)
 * @self: a mixer
 * @path: (type filename): a WAV file
 * @repeat: whether it begins again at its end
 * @error: return location for an error
 *
 * Lets all hear the sound of a file, beside what they say, in place of what played before.
 *
 * Returns: %TRUE when it plays; %FALSE with @error set
 *
 * Since: 0.1
 */
gboolean
ahoy_media_mixer_play_file (AhoyMediaMixer *self, const char *path, gboolean repeat,
                            GError **error)
{
  AhoyMediaMixerInterface *iface;

  g_return_val_if_fail (AHOY_IS_MEDIA_MIXER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  return iface->play_file != NULL ? iface->play_file (self, path, repeat, error)
                                  : cannot (self, "play files", error);
}

/**
 * ahoy_media_mixer_play_tone: (virtual play_tone)
 * @self: a mixer
 * @tone: a named tone, or frequencies, as in ahoy_media_stream_play_tone()
 * @error: return location for an error
 *
 * Lets all hear a tone, beside what they say, in place of what played before.
 *
 * Returns: %TRUE when it plays; %FALSE with @error set
 *
 * Since: 0.1
 */
gboolean
ahoy_media_mixer_play_tone (AhoyMediaMixer *self, const char *tone, GError **error)
{
  AhoyMediaMixerInterface *iface;

  g_return_val_if_fail (AHOY_IS_MEDIA_MIXER (self), FALSE);
  g_return_val_if_fail (tone != NULL, FALSE);

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  return iface->play_tone != NULL ? iface->play_tone (self, tone, error)
                                  : cannot (self, "play tones", error);
}

/**
 * ahoy_media_mixer_stop_playing: (virtual stop_playing)
 * @self: a mixer
 *
 * Ends what plays to all.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_stop_playing (AhoyMediaMixer *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));

  if (AHOY_MEDIA_MIXER_GET_IFACE (self)->stop_playing != NULL) {
    AHOY_MEDIA_MIXER_GET_IFACE (self)->stop_playing (self);
  }
}

/**
 * ahoy_media_mixer_record: (virtual record)
 * @self: a mixer
 * @path: (type filename): the WAV file to be made
 * @error: return location for an error
 *
 * Writes what all of them say to a file, and what plays.
 *
 * Returns: %TRUE when it began; %FALSE with %AHOY_ERROR_EXISTS when there is a recording already,
 *   or the file is that of another one that goes on, or with another error of the file
 *
 * Since: 0.1
 */
gboolean
ahoy_media_mixer_record (AhoyMediaMixer *self, const char *path, GError **error)
{
  AhoyMediaMixerInterface *iface;

  g_return_val_if_fail (AHOY_IS_MEDIA_MIXER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  iface = AHOY_MEDIA_MIXER_GET_IFACE (self);
  return iface->record != NULL ? iface->record (self, path, error)
                               : cannot (self, "record", error);
}

/**
 * ahoy_media_mixer_stop_recording: (virtual stop_recording)
 * @self: a mixer
 *
 * Ends the recording; AhoyMediaMixer::recording-ended says when the file is whole.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_stop_recording (AhoyMediaMixer *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));

  if (AHOY_MEDIA_MIXER_GET_IFACE (self)->stop_recording != NULL) {
    AHOY_MEDIA_MIXER_GET_IFACE (self)->stop_recording (self);
  }
}

/**
 * ahoy_media_mixer_close: (virtual close)
 * @self: a mixer
 *
 * Removes all streams and ends the mixer. It cannot be used again.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_close (AhoyMediaMixer *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));

  if (AHOY_MEDIA_MIXER_GET_IFACE (self)->close != NULL) {
    AHOY_MEDIA_MIXER_GET_IFACE (self)->close (self);
  }
}

/**
 * ahoy_media_mixer_emit_active_speaker:
 * @self: a mixer
 * @stream: (nullable): of who speaks
 *
 * Emits AhoyMediaMixer::active-speaker; for those who implement a mixer.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_emit_active_speaker (AhoyMediaMixer *self, AhoyMediaStream *stream)
{
  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));
  g_return_if_fail (stream == NULL || AHOY_IS_MEDIA_STREAM (stream));

  g_signal_emit (self, signals[ACTIVE_SPEAKER], 0, stream);
}

/**
 * ahoy_media_mixer_emit_recording_ended:
 * @self: a mixer
 * @path: (type filename): the file
 * @error: (nullable): why it is not whole
 *
 * Emits AhoyMediaMixer::recording-ended; for those who implement a mixer.
 *
 * Since: 0.1
 */
void
ahoy_media_mixer_emit_recording_ended (AhoyMediaMixer *self, const char *path, const GError *error)
{
  g_return_if_fail (AHOY_IS_MEDIA_MIXER (self));
  g_return_if_fail (path != NULL);

  g_signal_emit (self, signals[RECORDING_ENDED], 0, path, error);
}
