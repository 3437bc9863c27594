/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <unistd.h>

#include "ahoy-gst-speech-private.h"
#include "ahoy-gst-stream-private.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-dtmf.h"
#include "ahoy-gst-tone-source.h"
#include "ahoy-gst-wav-source.h"

/**
 * AhoyGstStream:
 *
 * One stream of RTP, with its own source, sockets and reports. It lives on one worker of its
 * #AhoyGstEngine and can be moved to another while packets flow.
 *
 * It is made by ahoy_gst_engine_create_stream(), for instance by an #AhoyGstAudioHandler, and ends
 * with ahoy_gst_stream_close().
 *
 * Since: 0.1
 */
struct _AhoyGstStream {
  GObject parent_instance;

  AhoyGstEngine *engine; /* not a reference; NULL when the stream is closed */
  AhoyGstChannel *channel;
  guint worker;
  gboolean moving;
  gboolean closing;
  GQueue waiting; /* Step: while the channel is on its way */
  char *address;
  guint port;
  gboolean has_rtcp;
  AhoyGstStreamConfig config;
  gboolean configured;
  double volume[2]; /* by AhoyMediaSound */
  gboolean echo;
  gboolean has_echoer; /* the echo is not as loud as what comes */
  AhoyGstPair *pair; /* with another one; NULL when it is alone */
  guint n_recordings; /* begun and not ended: at most one, and those that are being stopped */
  AhoyGstWavWriter *recorder; /* of the one that is not to stop; not a reference */
  AhoyGstSpeech *speech; /* a text that will play; NULL for none */
  AhoyGstRtpStatistics last; /* when it is over */
};

#define PATH_KEY "ahoy-gst-path" /* of a writer: as it was asked for */

/* Samples a second of recordings. */
#define NARROW_RATE 8000
#define WIDE_RATE 16000

/* Something to be done on the worker. */
typedef struct {
  AhoyGstChannelFunc func;
  gpointer data;
} Step;

static void media_stream_iface_init (AhoyMediaStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyGstStream, ahoy_gst_stream, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MEDIA_STREAM,
                                                      media_stream_iface_init))

static void
wait_for_arrival (AhoyGstStream *self, AhoyGstChannelFunc func, gpointer data)
{
  Step *step = g_new (Step, 1);

  *step = (Step){ func, data };
  g_queue_push_tail (&self->waiting, step);
}

/* Runs a function where the channel is; in order, also while it moves. */
void
ahoy_gst_stream_run (AhoyGstStream *self, AhoyGstChannelFunc func, gpointer data)
{
  if (self->moving) {
    wait_for_arrival (self, func, data);
  } else {
    ahoy_gst_channel_run (self->channel, ahoy_gst_engine_get_worker (self->engine, self->worker),
                          func, data);
  }
}

/* The same for what begins and ends a call: within 5 ms is soon enough. */
static void
run_soon (AhoyGstStream *self, AhoyGstChannelFunc func, gpointer data)
{
  if (self->moving) {
    wait_for_arrival (self, func, data);
  } else {
    ahoy_gst_channel_run_soon (self->channel,
                               ahoy_gst_engine_get_worker (self->engine, self->worker), func,
                               data);
  }
}

static gboolean
is_open (AhoyGstStream *self)
{
  return self->channel != NULL && !self->closing;
}

static void
on_moved (AhoyGstStream *self)
{
  self->moving = FALSE;
  /* A step may be another move: then the rest goes on waiting. */
  while (!self->moving && !g_queue_is_empty (&self->waiting)) {
    g_autofree Step *step = g_queue_pop_head (&self->waiting);

    if (step->func == ahoy_gst_channel_move) {
      ahoy_gst_stream_migrate (self, GPOINTER_TO_UINT (step->data));
    } else {
      ahoy_gst_stream_run (self, step->func, step->data);
    }
  }
  if (!self->moving && self->pair != NULL) {
    ahoy_gst_pair_arrived (self->pair);
  }
}

static void
on_detached (AhoyGstStream *self)
{
  AhoyGstEngine *engine = g_steal_pointer (&self->engine);

  ahoy_gst_hand_over_expect (ahoy_gst_engine_get_home (engine), -1);
  ahoy_gst_channel_read_statistics (self->channel, &self->last);
  g_clear_pointer (&self->channel, ahoy_gst_channel_free);
  ahoy_gst_engine_count_stream (engine, self->worker, -1);
  ahoy_gst_engine_forget (engine, self);
}

/* The file is whole now, or cannot be written; both end the recording. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyGstStream) self = user_data;
  const char *path = g_object_get_data (source, PATH_KEY);
  g_autoptr (GError) error = NULL;

  if (!ahoy_gst_wav_writer_close_finish (AHOY_GST_WAV_WRITER (source), result, &error)) {
    g_warning ("The recording of the stream on port %u is not whole: %s", self->port,
               error->message);
  }
  ahoy_media_stream_emit_recording_ended (AHOY_MEDIA_STREAM (self), path, error);
}

/* The worker pushes nothing more: it was told so, or the writer has failed. */
static void
on_recorded (AhoyGstStream *self, AhoyGstWavWriter *writer)
{
  self->n_recordings--;
  if (self->recorder == writer) {
    self->recorder = NULL;
  }
  ahoy_gst_wav_writer_close_async (writer, on_written, g_object_ref (self));
  g_object_unref (writer);
}

static void
on_event (const AhoyGstEvent *event)
{
  g_autoptr (AhoyGstStream) self = g_object_ref (event->owner);
  AhoyMediaStream *stream = AHOY_MEDIA_STREAM (self);

  switch (event->kind) {
  case AHOY_GST_EVENT_MOVED:
    on_moved (self);
    break;
  case AHOY_GST_EVENT_DETACHED:
    on_detached (self);
    break;
  case AHOY_GST_EVENT_LATCHED:
    ahoy_media_stream_emit_changed (stream);
    break;
  case AHOY_GST_EVENT_DIGIT:
    ahoy_media_stream_emit_dtmf_received (stream, event->digit, event->duration_ms);
    break;
  case AHOY_GST_EVENT_PLAYED:
    g_object_unref (event->object);
    ahoy_media_stream_emit_playing_ended (stream, event->complete);
    break;
  case AHOY_GST_EVENT_RECORDED:
    on_recorded (self, event->object);
    break;
  case AHOY_GST_EVENT_LEFT:
    event->destroy (event->object);
    break;
  case AHOY_GST_EVENT_UNHEARD:
    if (self->pair != NULL) {
      ahoy_gst_pair_add_listener (self->pair, self);
    }
    break;
  default:
    break;
  }
}

static AhoyMediaStatistics *
ahoy_gst_stream_get_statistics (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyMediaStatistics *statistics = ahoy_media_statistics_new ();
  AhoyGstRtpStatistics counted = self->last;
  AhoyGstAddress local;

  if (self->channel != NULL) {
    ahoy_gst_channel_read_statistics (self->channel, &counted);
  }
  statistics->packets_sent = counted.packets_sent;
  statistics->packets_received = counted.packets_received;
  statistics->octets_sent = counted.octets_sent;
  statistics->octets_received = counted.octets_received;
  statistics->packets_lost = counted.packets_lost;
  statistics->packets_late = counted.packets_late;
  statistics->jitter = counted.jitter;
  statistics->round_trip = counted.round_trip;
  statistics->remote_lost = counted.remote_lost;
  statistics->remote_jitter = counted.remote_jitter;
  statistics->mos = counted.mos;
  statistics->latched = counted.latched;
  statistics->codec = g_strdup (ahoy_media_stream_get_codec (stream));
  statistics->clock_rate = self->configured ? self->config.send.codec->clock_rate : 0;
  ahoy_gst_address_parse (&local, self->address, self->port);
  statistics->local_address = ahoy_gst_address_to_string (&local);
  statistics->remote_address = ahoy_gst_address_to_string (
      ahoy_gst_address_is_set (&counted.remote) ? &counted.remote : &self->config.rtp);
  return statistics;
}

static const char *
ahoy_gst_stream_get_codec (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  return self->configured ? self->config.send.codec->name : NULL;
}

static AhoyGstListener *
make_listener (AhoyGstStream *self)
{
  return self->configured
             ? ahoy_gst_listener_new (self->config.receive, self->config.n_receive)
             : NULL;
}

/* Packets go back as they came, unless they are to be louder or softer. */
static void
update_echo (AhoyGstStream *self, gboolean renew)
{
  gboolean wanted = self->configured && self->echo &&
                    (self->volume[AHOY_MEDIA_SOUND_SENT] != 1 ||
                     self->volume[AHOY_MEDIA_SOUND_RECEIVED] != 1);

  if (wanted != self->has_echoer || (wanted && renew)) {
    self->has_echoer = wanted;
    ahoy_gst_stream_run (self, ahoy_gst_channel_set_echoer, wanted ? make_listener (self) : NULL);
  }
}

static void
ahoy_gst_stream_set_echo (AhoyMediaStream *stream, gboolean echo)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (is_open (self)) {
    self->echo = echo;
    update_echo (self, FALSE);
    ahoy_gst_stream_run (self, ahoy_gst_channel_set_echo, GINT_TO_POINTER (echo));
  }
}

static void
ahoy_gst_stream_set_muted (AhoyMediaStream *stream, gboolean muted)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (is_open (self)) {
    ahoy_gst_stream_run (self, ahoy_gst_channel_set_muted, GINT_TO_POINTER (muted));
  }
}

static gboolean
check_open (AhoyGstStream *self, GError **error)
{
  if (!is_open (self)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The stream on port %u is closed; its session is over", self->port);
    return FALSE;
  }
  return TRUE;
}

static gboolean
ahoy_gst_stream_set_volume (AhoyMediaStream *stream, AhoyMediaSound sound, double volume,
                            GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstVolume *order;

  if (!check_open (self, error)) {
    return FALSE;
  }
  self->volume[sound] = volume;
  order = g_new (AhoyGstVolume, 1);
  *order = (AhoyGstVolume){ sound, ahoy_gst_gain_from_volume (volume) };
  ahoy_gst_stream_run (self, ahoy_gst_channel_set_volume, order);
  update_echo (self, FALSE);
  return TRUE;
}

static double
ahoy_gst_stream_get_volume (AhoyMediaStream *stream, AhoyMediaSound sound)
{
  return AHOY_GST_STREAM (stream)->volume[sound];
}

/* Plays in place of what played before, also of a text that does not play yet. */
static gboolean
play (AhoyGstStream *self, gpointer source)
{
  g_clear_pointer (&self->speech, ahoy_gst_speech_free);
  if (source != NULL) {
    ahoy_gst_stream_run (self, ahoy_gst_channel_play, source);
  }
  return source != NULL;
}

static void
on_spoken (int fd, const GError *failure, gpointer user_data)
{
  g_autoptr (AhoyGstStream) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;

  if (failure == NULL && is_open (self)) {
    if (play (self, ahoy_gst_wav_source_new_for_fd (fd, "of a text", FALSE, &error))) {
      return;
    }
  } else if (fd >= 0) {
    close (fd);
  }
  g_clear_pointer (&self->speech, ahoy_gst_speech_free);
  if (failure != NULL || error != NULL) {
    g_warning ("%s", failure != NULL ? failure->message : error->message);
  }
  ahoy_media_stream_emit_playing_ended (AHOY_MEDIA_STREAM (self), FALSE);
}

static gboolean
ahoy_gst_stream_say (AhoyMediaStream *stream, const char *text, const char *voice, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstSpeech *speech;

  if (!check_open (self, error)) {
    return FALSE;
  }
  speech = ahoy_gst_speech_new (text, voice, on_spoken, self, error);
  if (speech == NULL) {
    return FALSE;
  }
  g_clear_pointer (&self->speech, ahoy_gst_speech_free);
  self->speech = speech;
  return TRUE;
}

static gboolean
ahoy_gst_stream_play_tone (AhoyMediaStream *stream, const char *tone, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstToneSource *source;

  if (!check_open (self, error)) {
    return FALSE;
  }
  source = ahoy_gst_tone_source_new (tone, error);
  return play (self, source);
}

static gboolean
ahoy_gst_stream_play_file (AhoyMediaStream *stream, const char *path, gboolean repeat,
                           GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstWavSource *source;

  if (!check_open (self, error)) {
    return FALSE;
  }
  source = ahoy_gst_wav_source_new (path, repeat, error);
  return play (self, source);
}

static gboolean
ahoy_gst_stream_play_fd (AhoyMediaStream *stream, int fd, const char *name, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstWavSource *source;

  if (!check_open (self, error)) {
    close (fd);
    return FALSE;
  }
  source = ahoy_gst_wav_source_new_for_fd (fd, name, FALSE, error);
  return play (self, source);
}

static gboolean
check_not_recorded (AhoyGstStream *self, GError **error)
{
  g_autofree char *name = NULL;

  if (self->recorder == NULL) {
    return TRUE;
  }
  name = g_filename_display_name (g_object_get_data (G_OBJECT (self->recorder), PATH_KEY));
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
               "The stream on port %u is recorded to %s already; stop that recording first",
               self->port, name);
  return FALSE;
}

static guint
recording_rate (AhoyGstStream *self)
{
  gboolean wide = self->configured && self->config.send.codec->sample_rate > NARROW_RATE;

  return wide ? WIDE_RATE : NARROW_RATE;
}

/* Takes the writer, of samples at recording_rate(). */
static gboolean
begin_recording (AhoyGstStream *self, AhoyGstWavWriter *writer, const char *path)
{
  AhoyGstRecording *recording;

  if (writer == NULL) {
    return FALSE;
  }
  g_object_set_data_full (G_OBJECT (writer), PATH_KEY, g_strdup (path), g_free);
  self->recorder = writer;
  recording = g_new0 (AhoyGstRecording, 1);
  *recording = (AhoyGstRecording){ writer, recording_rate (self), make_listener (self) };
  self->n_recordings++;
  ahoy_gst_stream_run (self, ahoy_gst_channel_record, recording);
  return TRUE;
}

static gboolean
ahoy_gst_stream_record (AhoyMediaStream *stream, const char *path, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (!check_open (self, error) || !check_not_recorded (self, error)) {
    return FALSE;
  }
  return begin_recording (self,
                          ahoy_gst_wav_writer_new (path, AHOY_GST_WAV_WRITER_PCM,
                                                   recording_rate (self), 1, error),
                          path);
}

static gboolean
ahoy_gst_stream_record_fd (AhoyMediaStream *stream, int fd, const char *name, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (!check_open (self, error) || !check_not_recorded (self, error)) {
    close (fd);
    return FALSE;
  }
  return begin_recording (self,
                          ahoy_gst_wav_writer_new_for_fd (fd, name, AHOY_GST_WAV_WRITER_PCM,
                                                          recording_rate (self), 1, error),
                          name);
}

static gboolean
ahoy_gst_stream_record_at (AhoyMediaStream *stream, int folder, const char *path, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (!check_open (self, error) || !check_not_recorded (self, error)) {
    close (folder);
    return FALSE;
  }
  return begin_recording (self,
                          ahoy_gst_wav_writer_new_at (folder, path, AHOY_GST_WAV_WRITER_PCM,
                                                      recording_rate (self), 1, error),
                          path);
}

static void
ahoy_gst_stream_stop_recording (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (is_open (self)) {
    self->recorder = NULL;
    ahoy_gst_stream_run (self, ahoy_gst_channel_stop_recording, NULL);
  }
}

static void
ahoy_gst_stream_stop_playing (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (is_open (self)) {
    g_clear_pointer (&self->speech, ahoy_gst_speech_free);
    ahoy_gst_stream_run (self, ahoy_gst_channel_stop_playing, NULL);
  }
}

static gboolean
check_digits (AhoyGstStream *self, const char *digits, GError **error)
{
  for (const char *digit = digits; *digit != '\0'; digit++) {
    if (ahoy_gst_dtmf_digit_to_event (*digit) < 0) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The character at place %u is no digit; use 0-9, *, #, A-D",
                   (guint) (digit - digits));
      return FALSE;
    }
  }
  if (strlen (digits) > AHOY_GST_DTMF_QUEUE_SIZE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%zu digits are too many at once; send at most %u", strlen (digits),
                 AHOY_GST_DTMF_QUEUE_SIZE);
    return FALSE;
  }
  if (!self->configured || (self->config.dtmf_send < 0 && !self->config.inband)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The peer of the stream on port %u takes no digits by RTP; send them by INFO",
                 self->port);
    return FALSE;
  }
  return TRUE;
}

static gboolean
ahoy_gst_stream_send_dtmf (AhoyMediaStream *stream, const char *digits, guint duration_ms,
                           GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstDigits *order;

  if (!check_open (self, error) || !check_digits (self, digits, error)) {
    return FALSE;
  }
  order = g_new (AhoyGstDigits, 1);
  order->digits = g_strdup (digits);
  order->duration_ms = duration_ms;
  ahoy_gst_stream_run (self, ahoy_gst_channel_send_digits, order);
  return TRUE;
}

static void
ahoy_gst_stream_part (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (self->pair != NULL) {
    ahoy_gst_pair_end (self->pair);
  }
}

static gboolean
ahoy_gst_stream_join (AhoyMediaStream *stream, AhoyMediaStream *other, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstStream *partner = AHOY_GST_IS_STREAM (other) ? AHOY_GST_STREAM (other) : NULL;

  if (!check_open (self, error) || (partner != NULL && !check_open (partner, error))) {
    return FALSE;
  }
  if (partner == NULL || partner->engine != self->engine) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The stream on port %u can be joined with one of the same engine only",
                 self->port);
    return FALSE;
  }
  if (self->pair != NULL && self->pair == partner->pair) {
    return TRUE;
  }
  ahoy_gst_stream_part (stream);
  ahoy_gst_stream_part (other);
  ahoy_gst_pair_new (self, partner);
  return TRUE;
}

static void
media_stream_iface_init (AhoyMediaStreamInterface *iface)
{
  iface->get_statistics = ahoy_gst_stream_get_statistics;
  iface->get_codec = ahoy_gst_stream_get_codec;
  iface->set_echo = ahoy_gst_stream_set_echo;
  iface->set_muted = ahoy_gst_stream_set_muted;
  iface->set_volume = ahoy_gst_stream_set_volume;
  iface->get_volume = ahoy_gst_stream_get_volume;
  iface->play_file = ahoy_gst_stream_play_file;
  iface->say = ahoy_gst_stream_say;
  iface->play_fd = ahoy_gst_stream_play_fd;
  iface->record = ahoy_gst_stream_record;
  iface->record_fd = ahoy_gst_stream_record_fd;
  iface->record_at = ahoy_gst_stream_record_at;
  iface->stop_recording = ahoy_gst_stream_stop_recording;
  iface->play_tone = ahoy_gst_stream_play_tone;
  iface->stop_playing = ahoy_gst_stream_stop_playing;
  iface->send_dtmf = ahoy_gst_stream_send_dtmf;
  iface->join = ahoy_gst_stream_join;
  iface->part = ahoy_gst_stream_part;
}

static void
ahoy_gst_stream_finalize (GObject *object)
{
  AhoyGstStream *self = AHOY_GST_STREAM (object);

  /* The engine holds a stream until its channel came back. */
  g_queue_clear_full (&self->waiting, g_free);
  g_clear_pointer (&self->speech, ahoy_gst_speech_free);
  g_free (self->address);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_gst_stream_parent_class)->finalize (object);
}

static void
ahoy_gst_stream_class_init (AhoyGstStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_gst_stream_finalize;
}

static void
ahoy_gst_stream_init (AhoyGstStream *self)
{
  g_queue_init (&self->waiting);
  self->volume[AHOY_MEDIA_SOUND_SENT] = self->volume[AHOY_MEDIA_SOUND_RECEIVED] = 1;
  ahoy_census_enter (G_OBJECT (self));
}

/* Takes the RTP session, and begins to listen on a worker. */
AhoyGstStream *
ahoy_gst_stream_new (AhoyGstEngine *engine, AhoyGstRtpSession *rtp, const char *address, guint port,
                     guint worker)
{
  AhoyGstStream *self = g_object_new (AHOY_GST_TYPE_STREAM, NULL);

  self->engine = engine;
  self->address = g_strdup (address);
  self->port = port;
  self->worker = worker;
  self->has_rtcp = ahoy_gst_rtp_session_get_rtcp_fd (rtp) >= 0;
  self->channel = ahoy_gst_channel_new (rtp, ahoy_gst_engine_get_home (engine), on_event, self);
  ahoy_gst_engine_count_stream (engine, worker, 1);
  ahoy_gst_channel_attach (self->channel, ahoy_gst_engine_get_worker (engine, worker));
  return self;
}

static gboolean
is_same_sender (const AhoyGstStreamConfig *before, const AhoyGstStreamConfig *config)
{
  return before->send.codec == config->send.codec && before->ptime == config->ptime &&
         memcmp (&before->wishes, &config->wishes, sizeof config->wishes) == 0;
}

/* What both sides agreed on holds from now on; media flows. Encoder and decoders are made here: on
 * the worker they would hold up others. */
gboolean
ahoy_gst_stream_configure (AhoyGstStream *self, const AhoyGstStreamConfig *config, GError **error)
{
  AhoyGstEncoder *encoder = NULL;
  AhoyGstAgreement *agreement;

  if (!check_open (self, error)) {
    return FALSE;
  }
  if (!self->configured || !is_same_sender (&self->config, config)) {
    encoder = ahoy_gst_encoder_new (config->send.codec, &config->wishes, config->ptime, error);
    if (encoder == NULL) {
      return FALSE;
    }
  }
  self->config = *config;
  self->configured = TRUE;
  agreement = g_new0 (AhoyGstAgreement, 1);
  agreement->config = *config;
  agreement->encoder = encoder;
  agreement->listener =
      self->n_recordings > 0 || config->inband ? make_listener (self) : NULL;
  run_soon (self, ahoy_gst_channel_configure, agreement);
  update_echo (self, TRUE);
  if (self->pair != NULL) {
    ahoy_gst_pair_configured (self->pair);
  }
  ahoy_media_stream_emit_changed (AHOY_MEDIA_STREAM (self));
  return TRUE;
}

void
ahoy_gst_stream_set_pair (AhoyGstStream *self, AhoyGstPair *pair)
{
  self->pair = pair;
}

AhoyGstChannel *
ahoy_gst_stream_get_channel (AhoyGstStream *self)
{
  return self->channel;
}

/* What was agreed on; NULL before anything was. */
const AhoyGstStreamConfig *
ahoy_gst_stream_get_config (AhoyGstStream *self)
{
  return self->configured ? &self->config : NULL;
}

/* Whether it has a port for RTCP, besides that of RTP. */
gboolean
ahoy_gst_stream_has_rtcp (AhoyGstStream *self)
{
  return self->has_rtcp;
}

/**
 * ahoy_gst_stream_get_port:
 * @self: a stream
 *
 * Returns: the port on which RTP is received
 *
 * Since: 0.1
 */
guint
ahoy_gst_stream_get_port (AhoyGstStream *self)
{
  g_return_val_if_fail (AHOY_GST_IS_STREAM (self), 0);

  return self->port;
}

/**
 * ahoy_gst_stream_get_address:
 * @self: a stream
 *
 * Returns: (transfer none): the address on which RTP is received, numeric
 *
 * Since: 0.1
 */
const char *
ahoy_gst_stream_get_address (AhoyGstStream *self)
{
  g_return_val_if_fail (AHOY_GST_IS_STREAM (self), NULL);

  return self->address;
}

/**
 * ahoy_gst_stream_get_worker:
 * @self: a stream
 *
 * Returns: the number of the worker that carries it, or will when it has arrived
 *
 * Since: 0.1
 */
guint
ahoy_gst_stream_get_worker (AhoyGstStream *self)
{
  g_return_val_if_fail (AHOY_GST_IS_STREAM (self), 0);

  return self->worker;
}

/* Its channel is on its way to another worker with the one it is joined with. */
void
ahoy_gst_stream_follow (AhoyGstStream *self, guint worker)
{
  ahoy_gst_engine_count_stream (self->engine, self->worker, -1);
  ahoy_gst_engine_count_stream (self->engine, worker, 1);
  self->worker = worker;
  self->moving = TRUE;
}

/* Sends the channel to another worker; it is not on its way to one already. */
void
ahoy_gst_stream_move (AhoyGstStream *self, guint worker)
{
  ahoy_gst_stream_run (self, ahoy_gst_channel_move,
                       ahoy_gst_engine_get_worker (self->engine, worker));
  ahoy_gst_stream_follow (self, worker);
}

/**
 * ahoy_gst_stream_migrate:
 * @self: a stream
 * @worker: the number of a worker of its engine, counted from 0
 *
 * Moves a stream to another worker. No packet is lost: what comes meanwhile waits in the socket.
 * What is asked of the stream meanwhile happens after. A stream that it is joined with goes with
 * it.
 *
 * Since: 0.1
 */
void
ahoy_gst_stream_migrate (AhoyGstStream *self, guint worker)
{
  g_return_if_fail (AHOY_GST_IS_STREAM (self));

  if (!is_open (self)) {
    return;
  }
  g_return_if_fail (ahoy_gst_engine_get_worker (self->engine, worker) != NULL);
  if (self->pair != NULL) {
    ahoy_gst_pair_migrate (self->pair, worker);
  } else if (self->moving) {
    ahoy_gst_stream_run (self, ahoy_gst_channel_move, GUINT_TO_POINTER (worker));
  } else if (worker != self->worker) {
    ahoy_gst_stream_move (self, worker);
  }
}

/**
 * ahoy_gst_stream_is_migrating:
 * @self: a stream
 *
 * Returns: whether it is on its way to another worker
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_stream_is_migrating (AhoyGstStream *self)
{
  g_return_val_if_fail (AHOY_GST_IS_STREAM (self), FALSE);

  return self->moving;
}

/**
 * ahoy_gst_stream_is_closed:
 * @self: a stream
 *
 * Returns: whether the stream is over
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_stream_is_closed (AhoyGstStream *self)
{
  g_return_val_if_fail (AHOY_GST_IS_STREAM (self), TRUE);

  return !is_open (self);
}

/**
 * ahoy_gst_stream_close:
 * @self: a stream
 *
 * Says goodbye to the peer (RTCP BYE) and gives the ports back. What was counted can still be
 * asked for.
 *
 * Since: 0.1
 */
void
ahoy_gst_stream_close (AhoyGstStream *self)
{
  g_return_if_fail (AHOY_GST_IS_STREAM (self));

  if (!is_open (self)) {
    return;
  }
  ahoy_gst_stream_part (AHOY_MEDIA_STREAM (self));
  ahoy_gst_hand_over_expect (ahoy_gst_engine_get_home (self->engine), 1);
  run_soon (self, ahoy_gst_channel_detach, NULL);
  self->closing = TRUE;
}
