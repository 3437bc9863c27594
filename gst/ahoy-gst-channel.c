/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-channel-private.h"

#include <pthread.h>
#include <string.h>

#include "ahoy-gst-audio-source.h"
#include "ahoy-gst-dtmf-tones-private.h"

/*
 * The half of a stream that lives on a worker: sockets, RTP, sound. Only the worker's thread
 * touches it while it is attached; its owner sends functions to it, and it sends events back.
 */

#define PUBLISH_TICKS 5 /* statistics are 100 ms old at most */
/* An echo that hears nothing sends silence, so that ways through NATs open and stay open. */
#define ECHO_SILENCE (500 * 1000)
#define MAX_SAMPLES 3200 /* of a frame of 200 ms at 16 kHz; one of 60 ms at 48 kHz has less */
#define DIGIT_GAP 60      /* ms */
#define DIGIT_DURATION 100
#define DIGIT_VOLUME 10 /* -dBm0 */
#define NARROW_RATE 8000

struct _AhoyGstChannel {
  AhoyGstRtpSession *rtp;
  AhoyGstHandOver *home;
  AhoyGstEventFunc func;
  gpointer owner;

  AhoyGstWorker *worker;
  AhoyGstWatch *rtp_watch;
  AhoyGstWatch *rtcp_watch;
  AhoyGstWatch *tick;
  guint tick_ms;

  gboolean configured;
  AhoyGstStreamConfig config;
  AhoyGstFormat *before; /* of the last agreement: may still be under way; NULL at the first one */
  guint n_before;
  gboolean echo;
  AhoyGstListener *echoer; /* when an echo is louder or softer than what came */
  gboolean muted;
  int volume[2];           /* gains, by AhoyMediaSound */
  AhoyGstGain sent_gain;
  AhoyGstGain fed_gain;    /* of what is heard where it is joined, or comes back */
  AhoyGstGain record_gain;
  AhoyGstAudioSource *source; /* what plays; a reference on the way to and fro */
  gboolean stopping;
  AhoyGstEncoder *encoder;
  gboolean skipped;           /* the encoder had nothing to send */
  AhoyGstWavWriter *recorder; /* as the source */
  guint record_rate;
  AhoyGstListener *listener;  /* while somebody hears */
  AhoyGstDtmfTones *tones;    /* when digits are sound; NULL when they are events */
  AhoyGstDtmfSender *dtmf_sender; /* since digits were first sent */
  guint dtmf_rate;                /* 0 before anything was agreed on */
  AhoyGstDtmfReceiver *dtmf_receiver; /* since one first came */
  guint due_ms; /* since the last frame was sent */
  gint64 last_echo;
  AhoyGstRelay *relay; /* to the channel this one is joined with */
  AhoyGstRelay *feed;  /* from that channel, its own */
  gboolean unheard;    /* somebody was asked for a listener of the relay */
  gboolean latched;
  guint publish;

  /* A mutex of pthread: ThreadSanitizer knows it, and the worker only ever tries it. */
  pthread_mutex_t lock;
  AhoyGstRtpStatistics published;
};

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
static void
tell_event (AhoyGstChannel *self, const AhoyGstEvent *event)
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
tell (AhoyGstChannel *self, AhoyGstEventKind kind)
{
  tell_event (self, &(AhoyGstEvent){ .kind = kind });
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
    tell (self, AHOY_GST_EVENT_LATCHED);
  }
}

void
ahoy_gst_channel_read_statistics (AhoyGstChannel *self, AhoyGstRtpStatistics *statistics)
{
  pthread_mutex_lock (&self->lock);
  *statistics = self->published;
  pthread_mutex_unlock (&self->lock);
}

/* The format of a payload type: what was agreed on, or what was before, which may be under way. */
static const AhoyGstFormat *
find_format (AhoyGstChannel *self, guint payload_type)
{
  for (guint i = 0; i < self->config.n_receive; i++) {
    if (self->config.receive[i].payload_type == payload_type) {
      return &self->config.receive[i];
    }
  }
  for (guint i = 0; i < self->n_before; i++) {
    if (self->before[i].payload_type == payload_type) {
      return &self->before[i];
    }
  }
  return NULL;
}

/* The packet goes back; when it is to be louder or softer, what is heard in it. */
static void
echo_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  const AhoyGstFormat *format = find_format (self, packet->payload_type);
  guint32 duration = (guint32) packet->payload_size;

  if (format == NULL) {
    duration = 0; /* a digit: many packets of one time stamp */
  } else if (format->codec->clock_rate != 8000 ||
             format->codec->kind == AHOY_GST_CODEC_COMFORT_NOISE) {
    duration = format->codec->clock_rate / 1000 * self->config.ptime;
  }
  if (self->echoer != NULL) {
    ahoy_gst_listener_take (self->echoer, packet, now);
    return;
  }
  self->last_echo = now;
  ahoy_gst_rtp_session_relay (self->rtp, packet, packet->payload_type, duration, now);
}

/* Most calls never send a digit, nor get one. */
static AhoyGstDtmfSender *
digit_sender (AhoyGstChannel *self)
{
  if (self->dtmf_sender == NULL && self->dtmf_rate != 0) {
    self->dtmf_sender = ahoy_gst_dtmf_sender_new (self->dtmf_rate);
  }
  return self->dtmf_sender;
}

static AhoyGstDtmfReceiver *
digit_receiver (AhoyGstChannel *self)
{
  if (self->dtmf_receiver == NULL) {
    self->dtmf_receiver = ahoy_gst_dtmf_receiver_new (self->dtmf_rate);
  }
  return self->dtmf_receiver;
}

/* A digit that came as events; one that is a tone goes on with the sound. An echo that sends no
 * packets back makes it anew. */
static void
relay_digit (AhoyGstChannel *self, char digit, guint duration)
{
  const char digits[] = { digit, '\0' };
  AhoyGstChannel *to = self->relay != NULL ? ahoy_gst_relay_get_target (self->relay) : NULL;

  duration = CLAMP (duration, AHOY_GST_DTMF_MIN_DURATION, AHOY_GST_DTMF_MAX_DURATION);
  if (self->echo && self->echoer != NULL && digit_sender (self) != NULL) {
    ahoy_gst_dtmf_sender_queue (self->dtmf_sender, digits, duration, DIGIT_GAP, DIGIT_VOLUME,
                                NULL);
  }
  if (to != NULL && to->tones != NULL) {
    ahoy_gst_dtmf_tones_queue (to->tones, digits, duration, DIGIT_GAP);
  } else if (to != NULL && ahoy_gst_relay_wants_digit (self->relay, &self->config) &&
             digit_sender (to) != NULL) {
    ahoy_gst_dtmf_sender_queue (to->dtmf_sender, digits, duration, DIGIT_GAP, DIGIT_VOLUME, NULL);
  }
}

static void
relay_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  const AhoyGstFormat *format = find_format (self, packet->payload_type);
  AhoyGstChannel *to = ahoy_gst_relay_get_target (self->relay);
  gboolean as_it_is = self->volume[AHOY_MEDIA_SOUND_RECEIVED] == AHOY_GST_GAIN_UNITY &&
                      to->volume[AHOY_MEDIA_SOUND_SENT] == AHOY_GST_GAIN_UNITY;

  if (!ahoy_gst_relay_take (self->relay, &self->config, packet, format, as_it_is, now) &&
      !self->unheard) {
    self->unheard = TRUE;
    tell (self, AHOY_GST_EVENT_UNHEARD);
  }
}

static void
tell_digit (AhoyGstChannel *self, const AhoyGstDtmfEvent *digit)
{
  tell_event (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_DIGIT, .digit = { digit->digit, 0 },
                                     .duration_ms = digit->duration_ms });
}

static void
pop_digits (AhoyGstChannel *self, gint64 now)
{
  AhoyGstDtmfEvent digit;

  while (self->dtmf_receiver != NULL &&
         ahoy_gst_dtmf_receiver_pop (self->dtmf_receiver, now, &digit)) {
    tell_digit (self, &digit);
    relay_digit (self, digit.digit, digit.duration_ms);
  }
}

static void
take_packet (AhoyGstChannel *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  if (!self->configured || !self->config.receives) {
    return;
  }
  if (packet->payload_type == self->config.dtmf_receive && self->dtmf_rate != 0) {
    ahoy_gst_dtmf_receiver_push (digit_receiver (self), packet->timestamp, packet->marker,
                                 packet->payload, packet->payload_size, now);
    pop_digits (self, now);
  } else if (self->listener != NULL) {
    ahoy_gst_listener_take (self->listener, packet, now);
  }
  if (self->relay != NULL) {
    relay_packet (self, packet, now);
  }
  if (self->echo && self->config.sends && !self->muted && self->source == NULL) {
    echo_packet (self, packet, now);
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
    take_packet (self, &packet, now);
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

static void
end_playing (AhoyGstChannel *self, gboolean complete)
{
  if (self->source != NULL) {
    tell_event (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_PLAYED, .complete = complete,
                                       .object = g_steal_pointer (&self->source) });
  }
  self->stopping = FALSE;
}

/* What is heard where it is joined, or what came, which goes back. */
static gboolean
pull_heard (AhoyGstChannel *self, gint16 *samples, guint n, guint rate, gint64 now)
{
  AhoyGstChannel *from = self;

  if (self->feed != NULL && ahoy_gst_relay_pull (self->feed, samples, n, rate, now)) {
    from = ahoy_gst_relay_get_target (self->relay);
  } else if (self->echo && self->echoer != NULL) {
    ahoy_gst_listener_pull (self->echoer, samples, n, rate, now);
  } else {
    return FALSE;
  }
  ahoy_gst_gain_apply (&self->fed_gain, from->volume[AHOY_MEDIA_SOUND_RECEIVED], samples, n);
  return TRUE;
}

/* What is to be sent next: what plays, what is heard where it is joined, or silence. */
static void
pull_samples (AhoyGstChannel *self, gint16 *samples, guint n, guint rate, gint64 now)
{
  gboolean fed = pull_heard (self, samples, n, rate, now);

  if (self->source == NULL && !fed) {
    memset (samples, 0, n * sizeof *samples);
  } else if (self->source != NULL &&
             !ahoy_gst_audio_source_pull (self->source, samples, n, rate)) {
    end_playing (self, !self->stopping);
  }
  ahoy_gst_gain_apply (&self->sent_gain, self->volume[AHOY_MEDIA_SOUND_SENT], samples, n);
  if (self->muted) {
    memset (samples, 0, n * sizeof *samples);
  }
  if (self->tones != NULL) {
    ahoy_gst_dtmf_tones_pull (self->tones, samples, n, rate);
  }
}

static gboolean
send_digit (AhoyGstChannel *self, guint8 *payload, guint32 timestamp, guint duration, gint64 now)
{
  AhoyGstDtmfPacket digit;

  if (self->dtmf_sender == NULL || self->config.dtmf_send < 0 ||
      !ahoy_gst_dtmf_sender_pull (self->dtmf_sender, timestamp, duration, &digit)) {
    return FALSE;
  }
  memcpy (payload, digit.payload, sizeof digit.payload);
  ahoy_gst_rtp_session_send (self->rtp, payload, sizeof digit.payload,
                             (guint) self->config.dtmf_send, digit.marker, digit.timestamp, now);
  return TRUE;
}

/* A frame of sound; nothing when the encoder has nothing to say, as in silence. */
static void
send_sound (AhoyGstChannel *self, guint8 *payload, guint32 timestamp, gboolean spurt, gint64 now)
{
  const AhoyGstCodec *codec = self->config.send.codec;
  guint n = MIN (codec->sample_rate / 1000 * self->config.ptime, MAX_SAMPLES);
  gint16 samples[MAX_SAMPLES];
  gsize size;

  pull_samples (self, samples, n, codec->sample_rate, now);
  size = ahoy_gst_encoder_encode (self->encoder, samples, n, payload,
                                  AHOY_GST_ENCODER_MAX_PAYLOAD);
  if (size > 0) {
    ahoy_gst_rtp_session_send (self->rtp, payload, size, self->config.send.payload_type,
                               spurt || self->skipped, timestamp, now);
  }
  self->skipped = size == 0;
}

static void
send_frame (AhoyGstChannel *self, gint64 now)
{
  guint8 frame[AHOY_GST_RTP_HEADER + AHOY_GST_ENCODER_MAX_PAYLOAD];
  guint8 *payload = frame + AHOY_GST_RTP_HEADER;
  guint duration = self->config.send.codec->clock_rate / 1000 * self->config.ptime;
  gboolean spurt;
  guint32 timestamp = ahoy_gst_rtp_session_begin_frame (self->rtp, now, &spurt);

  if (!send_digit (self, payload, timestamp, duration, now)) {
    send_sound (self, payload, timestamp, spurt, now);
  }
  ahoy_gst_rtp_session_end_frame (self->rtp, duration, now);
}

/* Gives something back to the owner's thread to be freed there: that may take a while. */
static void
leave (AhoyGstChannel *self, gpointer object, GDestroyNotify destroy)
{
  if (object != NULL) {
    tell_event (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_LEFT, .object = object,
                                       .destroy = destroy });
  }
}

static void
set_listener (AhoyGstChannel *self, AhoyGstListener *listener)
{
  leave (self, self->listener, (GDestroyNotify) ahoy_gst_listener_free);
  self->listener = listener;
}

static void
end_recording (AhoyGstChannel *self)
{
  if (self->recorder != NULL) {
    tell_event (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_RECORDED,
                                       .object = g_steal_pointer (&self->recorder) });
  }
  if (self->tones == NULL) {
    set_listener (self, NULL);
  }
}

static void
listen_for_digits (AhoyGstChannel *self, const gint16 *samples, guint n, guint rate)
{
  AhoyGstDtmfEvent digit;

  ahoy_gst_dtmf_tones_push (self->tones, samples, n, rate);
  while (ahoy_gst_dtmf_tones_pop (self->tones, &digit)) {
    tell_digit (self, &digit);
  }
}

/* Takes a frame of what is heard to those who listen. */
static void
hear_frame (AhoyGstChannel *self, gint64 now)
{
  gint16 samples[MAX_SAMPLES];
  guint rate = self->recorder != NULL ? self->record_rate : NARROW_RATE;
  guint n = MIN (rate / 1000 * self->config.ptime, MAX_SAMPLES);

  if (self->listener != NULL) {
    ahoy_gst_listener_pull (self->listener, samples, n, rate, now);
  } else {
    memset (samples, 0, n * sizeof *samples);
  }
  if (self->tones != NULL) {
    listen_for_digits (self, samples, n, rate);
  }
  if (self->recorder == NULL) {
    return;
  }
  ahoy_gst_gain_apply (&self->record_gain, self->volume[AHOY_MEDIA_SOUND_RECEIVED], samples, n);
  ahoy_gst_wav_writer_push (self->recorder, samples, n);
  if (ahoy_gst_wav_writer_has_failed (self->recorder)) {
    end_recording (self);
  }
}

static gboolean
is_sending_digits (AhoyGstChannel *self)
{
  return (self->dtmf_sender != NULL && ahoy_gst_dtmf_sender_is_busy (self->dtmf_sender)) ||
         (self->tones != NULL && ahoy_gst_dtmf_tones_is_busy (self->tones));
}

/* An echo says nothing of its own while it has something to send back. */
static gboolean
is_echoing (AhoyGstChannel *self, gint64 now)
{
  return self->echo && self->echoer == NULL && !self->muted && self->source == NULL &&
         !is_sending_digits (self) && now - self->last_echo < ECHO_SILENCE;
}

/* Nor does one to which packets are sent on. */
static gboolean
is_fed (AhoyGstChannel *self, gint64 now)
{
  return self->feed != NULL && ahoy_gst_relay_is_flowing (self->feed, now) &&
         ahoy_gst_channel_can_relay (self);
}

static void
on_tick (gpointer data, gint64 now)
{
  AhoyGstChannel *self = data;

  if (++self->publish % PUBLISH_TICKS == 0) {
    publish (self);
  }
  ahoy_gst_rtp_session_tick (self->rtp, now);
  pop_digits (self, now);
  self->due_ms += self->tick_ms;
  if (self->due_ms < self->config.ptime) {
    return;
  }
  self->due_ms -= self->config.ptime;
  if (self->recorder != NULL || self->tones != NULL) {
    hear_frame (self, now);
  }
  if (self->configured && self->config.sends && !is_echoing (self, now) &&
      !is_fed (self, now)) {
    send_frame (self, now);
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

static void
watch (AhoyGstChannel *self, AhoyGstWorker *worker)
{
  int rtcp_fd = ahoy_gst_rtp_session_get_rtcp_fd (self->rtp);

  self->worker = worker;
  self->rtp_watch = ahoy_gst_worker_watch (worker, ahoy_gst_rtp_session_get_rtp_fd (self->rtp),
                                           on_rtp, self);
  if (rtcp_fd >= 0) {
    self->rtcp_watch = ahoy_gst_worker_watch (worker, rtcp_fd, on_rtcp, self);
  }
  set_tick (self);
}

static void
unwatch (AhoyGstChannel *self)
{
  ahoy_gst_worker_remove_tick (self->worker, g_steal_pointer (&self->tick));
  ahoy_gst_worker_unwatch (self->worker, g_steal_pointer (&self->rtp_watch));
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
  tell (self, AHOY_GST_EVENT_MOVED);
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

/* Takes what leads to another channel of the same worker, and back. */
void
ahoy_gst_channel_join (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstJoint *joint = data;

  self->relay = joint->other->feed = joint->there;
  self->feed = joint->other->relay = joint->back;
  self->unheard = joint->other->unheard = FALSE;
  ahoy_gst_relay_set_target (joint->there, joint->other);
  ahoy_gst_relay_set_target (joint->back, self);
}

/* Both of the channels that are joined are alone again. */
void
ahoy_gst_channel_part (AhoyGstChannel *self, gpointer data)
{
  AhoyGstChannel *other = self->relay != NULL ? ahoy_gst_relay_get_target (self->relay) : NULL;

  if (other == NULL) {
    return;
  }
  leave (self, self->relay, (GDestroyNotify) ahoy_gst_relay_free);
  leave (self, self->feed, (GDestroyNotify) ahoy_gst_relay_free);
  self->relay = self->feed = NULL;
  other->relay = other->feed = NULL;
}

/* Takes what decodes for the other channel; NULL for nothing. */
void
ahoy_gst_channel_set_relay_listener (AhoyGstChannel *self, gpointer data)
{
  AhoyGstListener *listener = data;

  if (self->relay != NULL) {
    listener = ahoy_gst_relay_swap_listener (self->relay, listener);
  }
  self->unheard = FALSE;
  leave (self, listener, (GDestroyNotify) ahoy_gst_listener_free);
}

/* Whether packets of others may go out here: nothing else is to be heard. */
gboolean
ahoy_gst_channel_can_relay (AhoyGstChannel *self)
{
  return self->configured && self->config.sends && !self->muted && self->source == NULL &&
         !is_sending_digits (self);
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
  ahoy_gst_rtp_session_send_bye (self->rtp, ahoy_gst_worker_get_now (self->worker));
  end_playing (self, FALSE);
  publish (self);
  end_recording (self);
  unwatch (self);
  self->worker = NULL;
  tell (self, AHOY_GST_EVENT_DETACHED);
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

/* Digits have the clock of the sound they stand among (RFC 4733 §2.1). */
static void
set_dtmf_rate (AhoyGstChannel *self, guint rate)
{
  g_clear_pointer (&self->dtmf_sender, ahoy_gst_dtmf_sender_free);
  g_clear_pointer (&self->dtmf_receiver, ahoy_gst_dtmf_receiver_free);
  self->dtmf_rate = rate;
}

/* Digits become sound, or events again. What hears them beside a recording stays. */
static void
set_inband (AhoyGstChannel *self, gboolean inband)
{
  if (inband && self->tones == NULL) {
    self->tones = ahoy_gst_dtmf_tones_new ();
  } else if (!inband && self->tones != NULL) {
    g_clear_pointer (&self->tones, ahoy_gst_dtmf_tones_free);
    if (self->recorder == NULL) {
      set_listener (self, NULL);
    }
  }
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
    set_dtmf_rate (self, config->dtmf_rate);
  }
  if (agreement->encoder != NULL) {
    leave (self, self->encoder, (GDestroyNotify) ahoy_gst_encoder_free);
    self->encoder = agreement->encoder;
  }
  if (agreement->listener != NULL) {
    set_listener (self, agreement->listener);
  }
  set_inband (self, config->inband);
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
ahoy_gst_channel_set_echo (AhoyGstChannel *self, gpointer data)
{
  self->echo = GPOINTER_TO_INT (data);
}

void
ahoy_gst_channel_set_muted (AhoyGstChannel *self, gpointer data)
{
  self->muted = GPOINTER_TO_INT (data);
}

void
ahoy_gst_channel_set_volume (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstVolume *volume = data;

  self->volume[volume->sound] = volume->gain;
}

/* Takes what hears the packets that go back; NULL when they go back as they are. */
void
ahoy_gst_channel_set_echoer (AhoyGstChannel *self, gpointer data)
{
  leave (self, self->echoer, (GDestroyNotify) ahoy_gst_listener_free);
  self->echoer = data;
}

/* Takes a source, and plays it in place of what played before. */
void
ahoy_gst_channel_play (AhoyGstChannel *self, gpointer data)
{
  end_playing (self, FALSE);
  self->source = data;
}

void
ahoy_gst_channel_stop_playing (AhoyGstChannel *self, gpointer data)
{
  if (self->source == NULL) {
    return;
  }
  ahoy_gst_audio_source_stop (self->source);
  self->stopping = TRUE;
  if (!self->configured || !self->config.sends) {
    end_playing (self, FALSE); /* nobody asks it for samples */
  }
}

/* Records, in place of a recording before. */
void
ahoy_gst_channel_record (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstRecording *recording = data;

  end_recording (self);
  self->recorder = recording->writer;
  self->record_rate = recording->rate;
  self->listener = recording->listener;
}

void
ahoy_gst_channel_stop_recording (AhoyGstChannel *self, gpointer data)
{
  end_recording (self);
}

void
ahoy_gst_channel_send_digits (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstDigits *order = data;
  g_autofree char *digits = order->digits;
  g_autoptr (GError) error = NULL;
  guint duration = order->duration_ms != 0 ? order->duration_ms : DIGIT_DURATION;

  duration = CLAMP (duration, AHOY_GST_DTMF_MIN_DURATION, AHOY_GST_DTMF_MAX_DURATION);
  if (self->tones != NULL) {
    ahoy_gst_dtmf_tones_queue (self->tones, digits, duration, DIGIT_GAP);
  } else if (digit_sender (self) != NULL &&
      !ahoy_gst_dtmf_sender_queue (self->dtmf_sender, digits, duration, DIGIT_GAP, DIGIT_VOLUME,
                                   &error)) {
    g_warning ("Digits are not sent: %s", error->message);
  }
}
