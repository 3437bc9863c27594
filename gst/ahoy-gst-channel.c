/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-channel-struct-private.h"

/*
 * The half of a stream that lives on a worker: sockets, RTP, sound. Only the worker's thread
 * touches it while it is attached; its owner sends functions to it, and it sends events back.
 */

#define PUBLISH_TICKS 5 /* statistics are 100 ms old at most */

typedef struct {
  AhoyGstChannel *channel;
  AhoyGstChannelFunc func;
  gpointer data;
} Call;

typedef struct {
  AhoyGstEventFunc func;
  AhoyGstEvent event;
} Message;

/* Takes the session. Events come to @func by @home. */
AhoyGstChannel *
ahoy_gst_channel_new (AhoyGstRtpSession *rtp, AhoyGstHandOver *home, AhoyGstEventFunc func,
                      gpointer owner)
{
  AhoyGstChannel *self = g_new0 (AhoyGstChannel, 1);

  self->rtp = rtp;
  self->home = home;
  self->func = func;
  self->owner = owner;
  self->volume[AHOY_MEDIA_SOUND_SENT] = AHOY_GST_GAIN_UNITY;
  self->volume[AHOY_MEDIA_SOUND_RECEIVED] = AHOY_GST_GAIN_UNITY;
  self->sent_gain = self->fed_gain = self->record_gain = (AhoyGstGain) AHOY_GST_GAIN_INIT;
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

/* Not attached, or detached again. */
void
ahoy_gst_channel_free (AhoyGstChannel *self)
{
  ahoy_gst_rtp_session_free (self->rtp);
  g_clear_pointer (&self->encoder, ahoy_gst_encoder_free);
  g_clear_pointer (&self->listener, ahoy_gst_listener_free);
  g_clear_pointer (&self->sent_listener, ahoy_gst_listener_free);
  g_clear_pointer (&self->echoer, ahoy_gst_listener_free);
  g_clear_pointer (&self->tones, ahoy_gst_dtmf_tones_free);
  g_clear_pointer (&self->dtmf_sender, ahoy_gst_dtmf_sender_free);
  g_clear_pointer (&self->dtmf_receiver, ahoy_gst_dtmf_receiver_free);
  g_free (self->before);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static void
run_call (gpointer data)
{
  Call *call = data;

  call->func (call->channel, call->data);
  g_free (call);
}

static Call *
call_new (AhoyGstChannel *self, AhoyGstChannelFunc func, gpointer data)
{
  Call *call = g_new (Call, 1);

  *call = (Call){ self, func, data };
  return call;
}

/* Runs a function in the thread of @worker, where the channel is. */
void
ahoy_gst_channel_run (AhoyGstChannel *self, AhoyGstWorker *worker, AhoyGstChannelFunc func,
                      gpointer data)
{
  ahoy_gst_worker_push (worker, run_call, call_new (self, func, data));
}

/* What begins and ends a call, for which nobody is to be woken who wakes soon by himself. */
void
ahoy_gst_channel_run_soon (AhoyGstChannel *self, AhoyGstWorker *worker, AhoyGstChannelFunc func,
                           gpointer data)
{
  ahoy_gst_worker_push_soon (worker, run_call, call_new (self, func, data));
}

static void
deliver (gpointer data)
{
  Message *message = data;

  message->func (&message->event);
  g_free (message);
}

/* That a channel is through is for nobody to wait for: the owner expects it. */
void
ahoy_gst_channel_tell (AhoyGstChannel *self, const AhoyGstEvent *event)
{
  Message *message = g_new0 (Message, 1);

  message->func = self->func;
  message->event = *event;
  message->event.owner = self->owner;
  ahoy_gst_hand_over_add (self->home, deliver, message);
  if (event->kind != AHOY_GST_EVENT_DETACHED) {
    ahoy_gst_hand_over_wake (self->home);
  }
}

static void
tell_kind (AhoyGstChannel *self, AhoyGstEventKind kind)
{
  ahoy_gst_channel_tell (self, &(AhoyGstEvent){ .kind = kind });
}

static void
publish (AhoyGstChannel *self)
{
  AhoyGstRtpStatistics statistics;

  ahoy_gst_rtp_session_get_statistics (self->rtp, &statistics);
  if (self->listener != NULL) {
    statistics.packets_late += ahoy_gst_listener_get_late (self->listener);
  }
  if (pthread_mutex_trylock (&self->lock) == 0) {
    self->published = statistics;
    pthread_mutex_unlock (&self->lock);
  }
  if (statistics.latched != self->latched) {
    self->latched = statistics.latched;
    tell_kind (self, AHOY_GST_EVENT_LATCHED);
  }
}

void
ahoy_gst_channel_read_statistics (AhoyGstChannel *self, AhoyGstRtpStatistics *statistics)
{
  pthread_mutex_lock (&self->lock);
  *statistics = self->published;
  pthread_mutex_unlock (&self->lock);
}

void
ahoy_gst_channel_take_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  gboolean event = packet->payload_type == self->config.dtmf_receive && self->dtmf_rate != 0;

  if (!self->configured || !self->config.receives) {
    return;
  }
  if (event) {
    ahoy_gst_channel_take_digit (self, packet, now);
  } else if (self->listener != NULL) {
    ahoy_gst_listener_take (self->listener, packet, now);
  }
  if (self->relay != NULL && !(event && self->keeps_digits)) {
    ahoy_gst_channel_relay_packet (self, packet, now);
  } else if (self->seat != NULL) {
    ahoy_gst_seat_take (self->seat, packet, now);
  }
  if (self->echo && self->config.sends && !self->muted && self->source == NULL) {
    ahoy_gst_channel_echo_packet (self, packet, now);
  }
}

/*
 * One packet from a socket; FALSE when there is none, or one that is larger than any that counts.
 * One system call for each: sockets hold one packet at a time nearly always, so recvmmsg() would
 * only prepare for more and look for the next in vain. The worker comes back for what is left.
 */
static gboolean
receive_packet (int fd, guint8 *data, gsize *size, AhoyGstAddress *from)
{
  socklen_t from_size = sizeof *from;
  ssize_t length = recvfrom (fd, data, AHOY_GST_RTP_MAX_PACKET, MSG_DONTWAIT | MSG_TRUNC,
                             &from->any, &from_size);

  *size = (gsize) length;
  return length >= 0 && length <= AHOY_GST_RTP_MAX_PACKET;
}

static void
on_rtp (gpointer data, gint64 now)
{
  AhoyGstChannel *self = data;
  guint8 received[AHOY_GST_RTP_MAX_PACKET];
  AhoyGstAddress from;
  AhoyGstRtpPacket packet;
  gsize size;

  if (receive_packet (ahoy_gst_rtp_session_get_rtp_fd (self->rtp), received, &size, &from) &&
      ahoy_gst_rtp_session_receive (self->rtp, received, size, &from, now, &packet)) {
    ahoy_gst_channel_take_packet (self, &packet, now);
  }
}

static void
on_rtcp (gpointer data, gint64 now)
{
  AhoyGstChannel *self = data;
  guint8 received[AHOY_GST_RTP_MAX_PACKET];
  AhoyGstAddress from;
  gsize size;

  if (receive_packet (ahoy_gst_rtp_session_get_rtcp_fd (self->rtp), received, &size, &from)) {
    ahoy_gst_rtp_session_receive_rtcp (self->rtp, received, size, &from, now);
  }
}

/* Gives something back to the owner's thread to be freed there: that may take a while. */
void
ahoy_gst_channel_leave (AhoyGstChannel *self, gpointer object, GDestroyNotify destroy)
{
  if (object != NULL) {
    ahoy_gst_channel_tell (
        self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_LEFT, .object = object, .destroy = destroy });
  }
}

static void
on_tick (gpointer data, gint64 now)
{
  AhoyGstChannel *self = data;

  if (++self->publish % PUBLISH_TICKS == 0) {
    publish (self);
  }
  if (!self->config.direct) {
    ahoy_gst_rtp_session_tick (self->rtp, now);
  }
  ahoy_gst_channel_pop_digits (self, now);
  self->due_ms += self->tick_ms;
  if (self->due_ms < self->config.ptime) {
    return;
  }
  self->due_ms -= self->config.ptime;
  if (self->recorder != NULL || self->tones != NULL) {
    ahoy_gst_channel_hear_frame (self, now);
  }
  if (self->configured && self->config.sends && !ahoy_gst_channel_is_echoing (self, now) &&
      !ahoy_gst_channel_is_fed (self, now) && !ahoy_gst_channel_is_direct (self)) {
    ahoy_gst_channel_send_frame (self, now);
  }
}

/* Frames of 20 ms and its multiples need one tick in a turn; 10, 30, 50 two; 5, 15 four. */
static void
set_tick (AhoyGstChannel *self)
{
  guint per_turn = self->config.ptime % 20 == 0 ? 1 : self->config.ptime % 10 == 0 ? 2 : 4;

  if (self->tick != NULL) {
    ahoy_gst_worker_remove_tick (self->worker, self->tick);
  }
  self->tick_ms = AHOY_GST_TICK_TURN_US / 1000 / per_turn;
  self->tick = ahoy_gst_worker_add_tick (self->worker, per_turn, on_tick, self);
}

void
ahoy_gst_channel_watch_rtp (AhoyGstChannel *self, AhoyGstWorker *worker)
{
  self->rtp_watch = ahoy_gst_worker_watch (worker, ahoy_gst_rtp_session_get_rtp_fd (self->rtp),
                                           on_rtp, self);
}

static void
watch (AhoyGstChannel *self, AhoyGstWorker *worker)
{
  int rtcp_fd = ahoy_gst_rtp_session_get_rtcp_fd (self->rtp);

  self->worker = worker;
  if (!self->waiting) {
    ahoy_gst_channel_watch_rtp (self, worker);
  }
  if (rtcp_fd >= 0) {
    self->rtcp_watch = ahoy_gst_worker_watch (worker, rtcp_fd, on_rtcp, self);
  }
  set_tick (self);
}

static void
unwatch (AhoyGstChannel *self)
{
  ahoy_gst_worker_remove_tick (self->worker, g_steal_pointer (&self->tick));
  if (self->rtp_watch != NULL) {
    ahoy_gst_worker_unwatch (self->worker, g_steal_pointer (&self->rtp_watch));
  }
  if (self->rtcp_watch != NULL) {
    ahoy_gst_worker_unwatch (self->worker, g_steal_pointer (&self->rtcp_watch));
  }
}

static void
on_attach (AhoyGstChannel *self, gpointer data)
{
  watch (self, data);
}

/* Hands the channel to a worker, for the first time. */
void
ahoy_gst_channel_attach (AhoyGstChannel *self, AhoyGstWorker *worker)
{
  self->config.ptime = 20;
  ahoy_gst_channel_run_soon (self, worker, on_attach, worker);
}

static void
on_arrive (AhoyGstChannel *self, gpointer data)
{
  watch (self, data);
  tell_kind (self, AHOY_GST_EVENT_MOVED);
}

/* What comes while nobody listens waits in the socket. A channel that it is joined with goes along:
 * neither is on two workers at a time. */
void
ahoy_gst_channel_move (AhoyGstChannel *self, gpointer data)
{
  AhoyGstWorker *target = data;
  AhoyGstChannel *other = self->relay != NULL ? ahoy_gst_relay_get_target (self->relay) : NULL;

  unwatch (self);
  self->worker = NULL;
  if (other != NULL) {
    unwatch (other);
    other->worker = NULL;
  }
  ahoy_gst_channel_run (self, target, on_arrive, target);
  if (other != NULL) {
    ahoy_gst_channel_run (other, target, on_arrive, target);
  }
}

AhoyGstRtpSession *
ahoy_gst_channel_get_rtp (AhoyGstChannel *self)
{
  return self->rtp;
}

/* NULL before anything is agreed on. */
const AhoyGstStreamConfig *
ahoy_gst_channel_get_config (AhoyGstChannel *self)
{
  return self->configured ? &self->config : NULL;
}

void
ahoy_gst_channel_detach (AhoyGstChannel *self, gpointer data)
{
  if (!self->config.direct) {
    ahoy_gst_rtp_session_send_bye (self->rtp, ahoy_gst_worker_get_now (self->worker));
  }
  ahoy_gst_channel_end_playing (self, FALSE);
  publish (self);
  ahoy_gst_channel_end_recording (self);
  ahoy_gst_channel_stand_up (self, NULL);
  unwatch (self);
  self->worker = NULL;
  tell_kind (self, AHOY_GST_EVENT_DETACHED);
}

/* The payload types that are heard: of this agreement, and of the last one. */
static void
allow_payload_types (AhoyGstChannel *self)
{
  guint8 types[2 * AHOY_GST_MAX_FORMATS + 1];
  guint n = 0;

  for (guint i = 0; i < self->config.n_receive; i++) {
    types[n++] = self->config.receive[i].payload_type;
  }
  for (guint i = 0; i < self->n_before; i++) {
    types[n++] = self->before[i].payload_type;
  }
  if (self->config.dtmf_receive >= 0) {
    types[n++] = (guint8) self->config.dtmf_receive;
  }
  ahoy_gst_rtp_session_allow_payload_types (self->rtp, types, n);
}

/* Between two packets of both directions: nothing of the source changes, and nothing is lost. */
void
ahoy_gst_channel_configure (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstAgreement *agreement = data;
  const AhoyGstStreamConfig *config = &agreement->config;
  guint ptime = self->config.ptime;
  guint dtmf_rate = self->config.dtmf_rate;

  if (self->configured) {
    self->n_before = self->config.n_receive;
    g_free (self->before);
    self->before = g_memdup2 (self->config.receive, self->n_before * sizeof *self->before);
  }
  if (config->dtmf_rate != dtmf_rate && config->dtmf_rate != 0) {
    ahoy_gst_channel_set_dtmf_rate (self, config->dtmf_rate);
  }
  if (agreement->encoder != NULL) {
    ahoy_gst_channel_leave (self, self->encoder, (GDestroyNotify) ahoy_gst_encoder_free);
    self->encoder = agreement->encoder;
  }
  if (agreement->listener != NULL) {
    ahoy_gst_channel_set_listener (self, agreement->listener);
  }
  if (agreement->sent_listener != NULL) {
    ahoy_gst_channel_set_sent_listener (self, agreement->sent_listener);
  }
  ahoy_gst_channel_set_inband (self, config->inband);
  self->config = *config;
  self->configured = TRUE;
  ahoy_gst_rtp_session_set_remote (self->rtp, &config->rtp, &config->rtcp, config->mux);
  ahoy_gst_rtp_session_set_clock_rate (self->rtp, config->send.codec->clock_rate);
  allow_payload_types (self);
  if (config->ptime != ptime) {
    self->due_ms = 0;
    set_tick (self);
  }
}

void
ahoy_gst_channel_set_keeps_digits (AhoyGstChannel *self, gpointer data)
{
  self->keeps_digits = GPOINTER_TO_INT (data);
}
