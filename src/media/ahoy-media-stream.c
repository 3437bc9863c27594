/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-media-stream.h"

#include <unistd.h>

#include "ahoy-error.h"

/**
 * AhoyMediaStream:
 *
 * The media of one stream of a session: what is sent, what comes, and what is counted.
 *
 * libahoy does signalling only. A media engine implements this interface (libahoy-gst does, with
 * RTP), and its SDP handler gives the object to the session's stream with
 * ahoy_session_stream_set_media(). All functions are called in the owner's main context, where the
 * signals are emitted too.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyMediaStream, ahoy_media_stream, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyMediaSound, ahoy_media_sound,
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_SOUND_SENT, "sent"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_SOUND_RECEIVED, "received"))

enum { DTMF_RECEIVED, PLAYING_ENDED, RECORDING_ENDED, CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

#define NAME_KEY "ahoy-media-stream-name"

static void
ahoy_media_stream_default_init (AhoyMediaStreamInterface *iface)
{
  /**
   * AhoyMediaStream::dtmf-received:
   * @self: a stream
   * @digit: one of `0` to `9`, `*`, `#`, `A` to `D`
   * @duration_ms: how long it was held, in ms
   *
   * The peer sent a digit; emitted once, when the digit is over (RFC 4733).
   *
   * Since: 0.1
   */
  signals[DTMF_RECEIVED] =
      g_signal_new ("dtmf-received", AHOY_TYPE_MEDIA_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  /**
   * AhoyMediaStream::playing-ended:
   * @self: a stream
   * @complete: %TRUE when all was played, %FALSE when it was stopped or failed
   *
   * A file or tone ended.
   *
   * Since: 0.1
   */
  signals[PLAYING_ENDED] =
      g_signal_new ("playing-ended", AHOY_TYPE_MEDIA_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  /**
   * AhoyMediaStream::recording-ended:
   * @self: a stream
   * @path: (type filename): the file, as it was given to ahoy_media_stream_record()
   * @error: (nullable): why the file does not hold all that was to be recorded, for example because
   *   the disk is full; %NULL when it is whole
   *
   * A recording ended, because it was stopped, with its stream, or by an error. Nothing more is
   * written to the file; after an error it holds what came before, if it could be made at all.
   *
   * Since: 0.1
   */
  signals[RECORDING_ENDED] =
      g_signal_new ("recording-ended", AHOY_TYPE_MEDIA_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  /**
   * AhoyMediaStream::changed:
   * @self: a stream
   *
   * Something that is not counted changed: the codec, an address, the direction.
   *
   * Since: 0.1
   */
  signals[CHANGED] = g_signal_new ("changed", AHOY_TYPE_MEDIA_STREAM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static gboolean
cannot (AhoyMediaStream *self, const char *what, GError **error)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
               "A stream of the kind %s cannot %s; use an engine that can",
               G_OBJECT_TYPE_NAME (self), what);
  return FALSE;
}

/**
 * ahoy_media_stream_get_statistics: (virtual get_statistics)
 * @self: a stream
 *
 * Gets what was counted until now. The figures may be some 100 ms old.
 *
 * Returns: (transfer full): the statistics
 *
 * Since: 0.1
 */
AhoyMediaStatistics *
ahoy_media_stream_get_statistics (AhoyMediaStream *self)
{
  AhoyMediaStatistics *(*get) (AhoyMediaStream *);

  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), NULL);

  get = AHOY_MEDIA_STREAM_GET_IFACE (self)->get_statistics;
  return get != NULL ? get (self) : ahoy_media_statistics_new ();
}

/**
 * ahoy_media_stream_get_codec: (virtual get_codec)
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): the name of the codec that is sent, such as `PCMU`; %NULL
 *   before anything is agreed on
 *
 * Since: 0.1
 */
const char *
ahoy_media_stream_get_codec (AhoyMediaStream *self)
{
  const char *(*get) (AhoyMediaStream *);

  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), NULL);

  get = AHOY_MEDIA_STREAM_GET_IFACE (self)->get_codec;
  return get != NULL ? get (self) : NULL;
}

/**
 * ahoy_media_stream_set_echo: (virtual set_echo)
 * @self: a stream
 * @echo: whether the peer hears itself
 *
 * Sends back what comes. A file or tone that plays is heard instead as long as it lasts.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_set_echo (AhoyMediaStream *self, gboolean echo)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->set_echo != NULL) {
    AHOY_MEDIA_STREAM_GET_IFACE (self)->set_echo (self, echo);
  }
}

/**
 * ahoy_media_stream_set_keeps_digits: (virtual set_keeps_digits)
 * @self: a stream
 * @keeps: whether digits that come as events (RFC 4733) stay here
 *
 * Keeps digits from the stream that this one is joined with: whoever listens to
 * AhoyMediaStream::dtmf-received sends them on, or does not. Tones in the sound pass in any case.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_set_keeps_digits (AhoyMediaStream *self, gboolean keeps)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->set_keeps_digits != NULL) {
    AHOY_MEDIA_STREAM_GET_IFACE (self)->set_keeps_digits (self, keeps);
  }
}

/**
 * ahoy_media_stream_set_muted: (virtual set_muted)
 * @self: a stream
 * @muted: whether silence is sent in place of sound
 *
 * Mutes what is sent. Digits are sent all the same.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_set_muted (AhoyMediaStream *self, gboolean muted)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->set_muted != NULL) {
    AHOY_MEDIA_STREAM_GET_IFACE (self)->set_muted (self, muted);
  }
}

/**
 * ahoy_media_stream_set_volume: (virtual set_volume)
 * @self: a stream
 * @sound: what the peer hears, or what comes from it
 * @volume: 0 for silence, 1 for as it is, 0.5 for half the amplitude (-6 dB); at most
 *   #AHOY_MEDIA_STREAM_MAX_VOLUME
 * @error: return location for an error
 *
 * Makes one way louder or softer. What would be louder than a sample can say is cut off. Digits are
 * sent as loud as ever, and heard in what comes as it is. What comes is softer for who records it,
 * hears it in a bridge, or has it sent back.
 *
 * Returns: %TRUE when it is so; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS for a volume out of
 *   range, or with %AHOY_ERROR_INVALID_STATE when the stream is closed
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_set_volume (AhoyMediaStream *self, AhoyMediaSound sound, double volume,
                              GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (sound <= AHOY_MEDIA_SOUND_RECEIVED, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!(volume >= 0 && volume <= AHOY_MEDIA_STREAM_MAX_VOLUME)) { /* nor if it is no number */
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A volume of %g cannot be set; use 0 for silence to %g, and 1 for as it is",
                 volume, AHOY_MEDIA_STREAM_MAX_VOLUME);
    return FALSE;
  }
  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->set_volume == NULL) {
    return cannot (self, "be made louder or softer", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->set_volume (self, sound, volume, error);
}

/**
 * ahoy_media_stream_get_volume: (virtual get_volume)
 * @self: a stream
 * @sound: what the peer hears, or what comes from it
 *
 * Returns: how loud it is; 1 for as it is
 *
 * Since: 0.1
 */
double
ahoy_media_stream_get_volume (AhoyMediaStream *self, AhoyMediaSound sound)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), 1);
  g_return_val_if_fail (sound <= AHOY_MEDIA_SOUND_RECEIVED, 1);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->get_volume == NULL) {
    return 1;
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->get_volume (self, sound);
}

/**
 * ahoy_media_stream_play_file: (virtual play_file)
 * @self: a stream
 * @path: (type filename): the path of a sound file
 * @repeat: whether it begins again at its end
 * @error: return location for an error
 *
 * Sends the sound of a file, in place of what played before. AhoyMediaStream::playing-ended tells
 * when it is over.
 *
 * Returns: %TRUE when it plays
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_play_file (AhoyMediaStream *self, const char *path, gboolean repeat,
                             GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->play_file == NULL) {
    return cannot (self, "play a file", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->play_file (self, path, repeat, error);
}

/**
 * ahoy_media_stream_play_fd: (virtual play_fd)
 * @self: a stream
 * @fd: a descriptor of a regular file, for reading; the stream closes it, also on failure
 * @name: how messages name the file
 * @error: return location for an error
 *
 * As ahoy_media_stream_play_file() for a sound file that somebody else opened.
 *
 * Returns: %TRUE when it plays
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_play_fd (AhoyMediaStream *self, int fd, const char *name,
                           GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (fd >= 0 && name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->play_fd == NULL) {
    close (fd);
    return cannot (self, "play an open file", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->play_fd (self, fd, name, error);
}

/**
 * ahoy_media_stream_say: (virtual say)
 * @self: a stream
 * @text: what is said, at most 1000 bytes
 * @voice: (nullable): the name of a voice, such as `en` or `de`; %NULL for the usual one
 * @error: return location for an error
 *
 * Lets a voice read a text, in place of what played before. AhoyMediaStream::playing-ended tells
 * when it is over, or that it could not be read after all.
 *
 * Returns: %TRUE when it will be heard; %FALSE with %AHOY_ERROR_NOT_SUPPORTED when there is no
 *   voice at all, %AHOY_ERROR_INVALID_ARGUMENTS for a text or voice that cannot be
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_say (AhoyMediaStream *self, const char *text, const char *voice, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->say == NULL) {
    return cannot (self, "say a text", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->say (self, text, voice, error);
}

/**
 * ahoy_media_stream_play_tone: (virtual play_tone)
 * @self: a stream
 * @tone: the name of a tone such as `dial`, or frequencies in Hz such as `440` or `440+350`
 * @error: return location for an error
 *
 * Sends a tone, until something else plays or ahoy_media_stream_stop_playing().
 *
 * Returns: %TRUE when it plays
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_play_tone (AhoyMediaStream *self, const char *tone, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (tone != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->play_tone == NULL) {
    return cannot (self, "play a tone", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->play_tone (self, tone, error);
}

/**
 * ahoy_media_stream_stop_playing: (virtual stop_playing)
 * @self: a stream
 *
 * Ends what plays; nothing happens when nothing does.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_stop_playing (AhoyMediaStream *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->stop_playing != NULL) {
    AHOY_MEDIA_STREAM_GET_IFACE (self)->stop_playing (self);
  }
}

/**
 * ahoy_media_stream_record: (virtual record)
 * @self: a stream
 * @path: (type filename): the path of the file to write
 * @error: return location for an error
 *
 * Writes what comes to a file, until ahoy_media_stream_stop_recording() or the end of the stream.
 * AhoyMediaStream::recording-ended tells what became of it.
 *
 * Returns: %TRUE when it records; %FALSE with %AHOY_ERROR_EXISTS when it is recorded already, or
 *   the file is that of a recording that goes on
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_record (AhoyMediaStream *self, const char *path, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->record == NULL) {
    return cannot (self, "record", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->record (self, path, error);
}

/**
 * ahoy_media_stream_record_fd: (virtual record_fd)
 * @self: a stream
 * @fd: a descriptor of a file, for writing; the stream closes it, also on failure
 * @name: how messages name the file
 * @error: return location for an error
 *
 * As ahoy_media_stream_record() into a file that somebody else opened; its
 * end tells @name as the path.
 *
 * Returns: %TRUE when it records
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_record_fd (AhoyMediaStream *self, int fd, const char *name,
                             GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (fd >= 0 && name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->record_fd == NULL) {
    close (fd);
    return cannot (self, "record into an open file", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->record_fd (self, fd, name, error);
}

/**
 * ahoy_media_stream_record_at: (virtual record_at)
 * @self: a stream
 * @folder: a descriptor of a folder; the stream closes it, also on failure
 * @path: (type filename): the path of the file, whose last part is its name in the folder
 * @error: return location for an error
 *
 * As ahoy_media_stream_record() in a folder that somebody else opened: whatever its path leads to
 * meanwhile, the file stands in that folder.
 *
 * Returns: %TRUE when it records
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_record_at (AhoyMediaStream *self, int folder, const char *path,
                             GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (folder >= 0 && path != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->record_at == NULL) {
    close (folder);
    return cannot (self, "record in an open folder", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->record_at (self, folder, path, error);
}

/**
 * ahoy_media_stream_start_recording: (virtual start_recording)
 * @self: a stream
 * @path: (type filename): the path of the file to write
 * @folder: a descriptor of the folder in which the last part of @path is a name; the stream closes
 *   it, also on failure; -1 for a @path as it is
 * @how: what stands in the file, and how
 * @error: return location for an error
 *
 * Writes what comes, and what the peer is sent, to a file, until
 * ahoy_media_stream_stop_recording() or the end of the stream. It is one recording with
 * ahoy_media_stream_record(): there is one at a time. What the peer is sent is recorded as it was
 * sent, whoever said it: who it is joined with, a conference, a file, a tone, or music.
 *
 * AhoyMediaStream::recording-ended tells what became of it, AhoyMediaStream::changed when
 * ahoy_media_stream_get_recording() becomes another one.
 *
 * Returns: %TRUE when it records; %FALSE with %AHOY_ERROR_EXISTS when it is recorded already or
 *   the file is that of a recording that runs, with %AHOY_ERROR_NOT_SUPPORTED when the file that
 *   is there cannot be gone on with, with %AHOY_ERROR_INVALID_ARGUMENTS for beeps too far from
 *   each other
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_start_recording (AhoyMediaStream *self, const char *path, int folder,
                                   const AhoyMediaRecording *how, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (path != NULL && how != NULL, FALSE);
  g_return_val_if_fail (how->layout <= AHOY_MEDIA_RECORDING_STEREO, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->start_recording != NULL &&
      how->beep_interval <= AHOY_MEDIA_RECORDING_MAX_BEEP) {
    return AHOY_MEDIA_STREAM_GET_IFACE (self)->start_recording (self, path, folder, how, error);
  }
  if (folder >= 0) {
    close (folder);
  }
  if (how->beep_interval > AHOY_MEDIA_RECORDING_MAX_BEEP) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "Beeps every %u s are too far from each other; use at most %u s, or 0 for none",
                 how->beep_interval, AHOY_MEDIA_RECORDING_MAX_BEEP);
    return FALSE;
  }
  return cannot (self, "record both ways", error);
}

/**
 * ahoy_media_stream_pause_recording: (virtual pause_recording)
 * @self: a stream
 * @paused: whether what is said from now on is left out; %FALSE to go on
 * @error: return location for an error
 *
 * Lets the recording pause, or go on. Nothing beeps meanwhile.
 *
 * Returns: %TRUE when it is so, also when it was so before; %FALSE with
 *   %AHOY_ERROR_INVALID_STATE when nothing is recorded
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_pause_recording (AhoyMediaStream *self, gboolean paused, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->pause_recording == NULL) {
    return cannot (self, "pause a recording", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->pause_recording (self, paused, error);
}

/**
 * ahoy_media_stream_get_recording: (virtual get_recording)
 * @self: a stream
 *
 * Returns: whether it is recorded; AhoyMediaStream::changed is emitted when that becomes another
 *   one
 *
 * Since: 0.1
 */
AhoyMediaRecordingState
ahoy_media_stream_get_recording (AhoyMediaStream *self)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), AHOY_MEDIA_RECORDING_NONE);

  return AHOY_MEDIA_STREAM_GET_IFACE (self)->get_recording != NULL
             ? AHOY_MEDIA_STREAM_GET_IFACE (self)->get_recording (self)
             : AHOY_MEDIA_RECORDING_NONE;
}

/**
 * ahoy_media_stream_stop_recording: (virtual stop_recording)
 * @self: a stream
 *
 * Ends the recording. AhoyMediaStream::recording-ended tells when its file is complete, or why it
 * will not be.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_stop_recording (AhoyMediaStream *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->stop_recording != NULL) {
    AHOY_MEDIA_STREAM_GET_IFACE (self)->stop_recording (self);
  }
}

/**
 * ahoy_media_stream_send_dtmf: (virtual send_dtmf)
 * @self: a stream
 * @digits: digits of `0` to `9`, `*`, `#`, `A` to `D`
 * @duration_ms: how long each is held, in ms; 0 for what is usual
 * @error: return location for an error
 *
 * Sends digits, after those that were not sent yet.
 *
 * Returns: %TRUE when they will be sent; %FALSE when a digit is none, or the peer takes none
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_send_dtmf (AhoyMediaStream *self, const char *digits, guint duration_ms,
                             GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (digits != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->send_dtmf == NULL) {
    return cannot (self, "send digits", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->send_dtmf (self, digits, duration_ms, error);
}

/**
 * ahoy_media_stream_join: (virtual join)
 * @self: a stream
 * @other: another one of the same engine
 * @error: return location for an error
 *
 * Joins two streams: the peer of each hears that of the other, and gets its digits. What is sent in
 * the other's codec is sent on as it came; all else is decoded and encoded anew. A file or tone
 * that plays is heard instead as long as it lasts. A stream that is joined with a third one leaves
 * it.
 *
 * Returns: %TRUE when they are joined; %FALSE with %AHOY_ERROR_NOT_SUPPORTED when they are of
 *   different kinds, or with %AHOY_ERROR_INVALID_STATE when one is closed
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_join (AhoyMediaStream *self, AhoyMediaStream *other, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (other) && other != self, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->join == NULL) {
    return cannot (self, "be joined with another one", error);
  }
  return AHOY_MEDIA_STREAM_GET_IFACE (self)->join (self, other, error);
}

/**
 * ahoy_media_stream_part: (virtual part)
 * @self: a stream
 *
 * Ends what ahoy_media_stream_join() began, for both. Does nothing when it is not joined.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_part (AhoyMediaStream *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  if (AHOY_MEDIA_STREAM_GET_IFACE (self)->part != NULL) {
    AHOY_MEDIA_STREAM_GET_IFACE (self)->part (self);
  }
}

/**
 * ahoy_media_stream_set_name:
 * @self: a stream
 * @name: (nullable): whose it is, such as “session 7”
 *
 * Says how messages call the stream, for example those that tell somebody else that a file is
 * recorded to already; for SDP handlers.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_set_name (AhoyMediaStream *self, const char *name)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  g_object_set_data_full (G_OBJECT (self), NAME_KEY, g_strdup (name), g_free);
}

/**
 * ahoy_media_stream_get_name:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): how messages call the stream
 *
 * Since: 0.1
 */
const char *
ahoy_media_stream_get_name (AhoyMediaStream *self)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), NULL);

  return g_object_get_data (G_OBJECT (self), NAME_KEY);
}

/**
 * ahoy_media_stream_create_mixer: (virtual create_mixer)
 * @self: a stream
 * @error: return location for an error
 *
 * Makes a mixer of the engine that carries the stream, as ahoy_media_engine_create_mixer() does.
 * The stream is not in it yet.
 *
 * Returns: (transfer full): a mixer without streams; %NULL with %AHOY_ERROR_NOT_SUPPORTED when the
 *   engine cannot mix, or with %AHOY_ERROR_INVALID_STATE when the stream is over
 *
 * Since: 0.1
 */
AhoyMediaMixer *
ahoy_media_stream_create_mixer (AhoyMediaStream *self, GError **error)
{
  AhoyMediaStreamInterface *iface;

  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), NULL);

  iface = AHOY_MEDIA_STREAM_GET_IFACE (self);
  if (iface->create_mixer == NULL) {
    cannot (self, "be mixed with others", error);
    return NULL;
  }
  return iface->create_mixer (self, error);
}

/**
 * ahoy_media_stream_is_tapped: (virtual is_tapped)
 * @self: a stream
 *
 * Tells whether somebody here has to hear what comes, or to say something: it is recorded, a file,
 * tone or text plays, it is muted, louder or softer, or it sends back what comes. Its packets have
 * to pass this host then. AhoyMediaStream::changed is emitted when it becomes so, and ceases.
 *
 * Returns: whether the packets are needed here; %FALSE when only who it is joined with needs them
 *
 * Since: 0.1
 */
gboolean
ahoy_media_stream_is_tapped (AhoyMediaStream *self)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (self), FALSE);

  return AHOY_MEDIA_STREAM_GET_IFACE (self)->is_tapped != NULL &&
         AHOY_MEDIA_STREAM_GET_IFACE (self)->is_tapped (self);
}

/**
 * ahoy_media_stream_emit_dtmf_received:
 * @self: a stream
 * @digit: the digit
 * @duration_ms: how long it was held, in ms
 *
 * Emits AhoyMediaStream::dtmf-received; for those who implement the interface.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_emit_dtmf_received (AhoyMediaStream *self, const char *digit, guint duration_ms)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));
  g_return_if_fail (digit != NULL);

  g_signal_emit (self, signals[DTMF_RECEIVED], 0, digit, duration_ms);
}

/**
 * ahoy_media_stream_emit_playing_ended:
 * @self: a stream
 * @complete: whether all was played
 *
 * Emits AhoyMediaStream::playing-ended; for those who implement the interface.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_emit_playing_ended (AhoyMediaStream *self, gboolean complete)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  g_signal_emit (self, signals[PLAYING_ENDED], 0, complete);
}

/**
 * ahoy_media_stream_emit_recording_ended:
 * @self: a stream
 * @path: (type filename): the file, as it was given to ahoy_media_stream_record()
 * @error: (nullable): why it does not hold all; %NULL when it is whole
 *
 * Emits AhoyMediaStream::recording-ended; for those who implement the interface.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_emit_recording_ended (AhoyMediaStream *self, const char *path,
                                        const GError *error)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));
  g_return_if_fail (path != NULL);

  g_signal_emit (self, signals[RECORDING_ENDED], 0, path, error);
}

/**
 * ahoy_media_stream_emit_changed:
 * @self: a stream
 *
 * Emits AhoyMediaStream::changed; for those who implement the interface.
 *
 * Since: 0.1
 */
void
ahoy_media_stream_emit_changed (AhoyMediaStream *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_STREAM (self));

  g_signal_emit (self, signals[CHANGED], 0);
}
