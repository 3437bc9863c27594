/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-stream-struct-private.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"

/* Something to be done on the worker. */
typedef struct {
  AhoyGstChannelFunc func;
  gpointer data;
} Step;

static void media_stream_iface_init (AhoyMediaStreamInterface *iface);

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

gboolean
ahoy_gst_stream_is_open (AhoyGstStream *self)
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
  } else if (!self->moving && self->room != NULL) {
    ahoy_gst_room_arrived (self->room, self);
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

static gboolean
ahoy_gst_stream_is_tapped (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  return ahoy_gst_stream_is_open (self) &&
         (self->n_recordings > 0 || self->n_playing > 0 || self->speech != NULL || self->muted ||
          self->echo || self->volume[AHOY_MEDIA_SOUND_SENT] != 1 ||
          self->volume[AHOY_MEDIA_SOUND_RECEIVED] != 1);
}

void
ahoy_gst_stream_update_tapped (AhoyGstStream *self)
{
  gboolean tapped = ahoy_gst_stream_is_tapped (AHOY_MEDIA_STREAM (self));

  if (tapped != self->tapped) {
    self->tapped = tapped;
    ahoy_media_stream_emit_changed (AHOY_MEDIA_STREAM (self));
  }
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
    self->n_playing--;
    ahoy_gst_stream_update_tapped (self);
    ahoy_media_stream_emit_playing_ended (stream, event->complete);
    break;
  case AHOY_GST_EVENT_RECORDED:
    ahoy_gst_stream_on_recorded (self, event->object);
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

AhoyGstListener *
ahoy_gst_stream_make_listener (AhoyGstStream *self)
{
  return self->configured
             ? ahoy_gst_listener_new (self->config.receive, self->config.n_receive)
             : NULL;
}

/* For what the peer is sent; NULL as long as that is not recorded. */
AhoyGstListener *
ahoy_gst_stream_make_sent_listener (AhoyGstStream *self)
{
  return self->configured && self->recorder != NULL && self->records_sent
             ? ahoy_gst_listener_new (&self->config.send, 1)
             : NULL;
}

gboolean
ahoy_gst_stream_check_open (AhoyGstStream *self, GError **error)
{
  if (!ahoy_gst_stream_is_open (self)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The stream on port %u is closed; its session is over", self->port);
    return FALSE;
  }
  return TRUE;
}

static void
ahoy_gst_stream_part (AhoyMediaStream *stream)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (self->pair != NULL) {
    ahoy_gst_pair_end (self->pair);
  }
  if (self->room != NULL) {
    ahoy_media_mixer_remove (AHOY_MEDIA_MIXER (self->room), stream);
  }
}

static AhoyMediaMixer *
ahoy_gst_stream_create_mixer (AhoyMediaStream *stream, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  return ahoy_gst_stream_check_open (self, error)
             ? ahoy_media_engine_create_mixer (AHOY_MEDIA_ENGINE (self->engine), error)
             : NULL;
}

static gboolean
ahoy_gst_stream_join (AhoyMediaStream *stream, AhoyMediaStream *other, GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstStream *partner = AHOY_GST_IS_STREAM (other) ? AHOY_GST_STREAM (other) : NULL;

  if (!ahoy_gst_stream_check_open (self, error) ||
      (partner != NULL && !ahoy_gst_stream_check_open (partner, error))) {
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
  iface->join = ahoy_gst_stream_join;
  iface->part = ahoy_gst_stream_part;
  iface->create_mixer = ahoy_gst_stream_create_mixer;
  iface->is_tapped = ahoy_gst_stream_is_tapped;
  ahoy_gst_stream_init_sound (iface);
  ahoy_gst_stream_init_playing (iface);
  ahoy_gst_stream_init_recording (iface);
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

  if (!ahoy_gst_stream_check_open (self, error)) {
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
      self->n_recordings > 0 || config->inband ? ahoy_gst_stream_make_listener (self) : NULL;
  agreement->sent_listener = ahoy_gst_stream_make_sent_listener (self);
  if (self->pair != NULL) {
    ahoy_gst_pair_configured (self->pair);
  }
  run_soon (self, ahoy_gst_channel_configure, agreement);
  ahoy_gst_stream_update_echo (self, TRUE);
  if (self->room != NULL) {
    ahoy_gst_room_configured (self->room, self);
  }
  ahoy_media_stream_emit_changed (AHOY_MEDIA_STREAM (self));
  return TRUE;
}

void
ahoy_gst_stream_set_pair (AhoyGstStream *self, AhoyGstPair *pair)
{
  self->pair = pair;
}

void
ahoy_gst_stream_set_room (AhoyGstStream *self, AhoyGstRoom *room)
{
  self->room = room;
}

/* NULL when the stream is closed. */
AhoyGstEngine *
ahoy_gst_stream_get_engine (AhoyGstStream *self)
{
  return self->engine;
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
 * it. One that is in a mixer stays where that is.
 *
 * Since: 0.1
 */
void
ahoy_gst_stream_migrate (AhoyGstStream *self, guint worker)
{
  g_return_if_fail (AHOY_GST_IS_STREAM (self));

  if (!ahoy_gst_stream_is_open (self) || self->room != NULL) {
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

  return !ahoy_gst_stream_is_open (self);
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

  if (!ahoy_gst_stream_is_open (self)) {
    return;
  }
  ahoy_gst_stream_part (AHOY_MEDIA_STREAM (self));
  ahoy_gst_stream_end_recording (self);
  ahoy_gst_hand_over_expect (ahoy_gst_engine_get_home (self->engine), 1);
  run_soon (self, ahoy_gst_channel_detach, NULL);
  self->closing = TRUE;
}
