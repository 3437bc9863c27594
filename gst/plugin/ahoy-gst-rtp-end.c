/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-end.h"

#include <errno.h>
#include <gst/audio/audio.h>
#include <semaphore.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-gst-encoder.h"
#include "ahoy-gst-listener-private.h"
#include "ahoy-gst-ring.h"
#include "ahoy-gst-rtp-session-private.h"
#include "ahoy-gst-worker-private.h"

#define CNAME "ahoy"
#define RING_MS 400
#define PREFILL 2 /* frames that wait before the first is sent: clocks do not beat as one */
#define MAX_WAITING 8 /* frames that a source has in stock at most */
#define MAX_SAMPLES 2880 /* 60 ms at 48 kHz */
#define FIRST_DYNAMIC 96
#define WAIT (100 * GST_MSECOND)

struct _AhoyGstRtpEnd {
  AhoyGstWorker *worker;
  AhoyGstRtpEndConfig config;
  guint port;
  AhoyGstRing *ring; /* of samples */
  int event;         /* the worker did something with the ring */
  GstPoll *poll;
  GstPollFD poll_fd;
  sem_t gone;
  int ending;  /* atomic: no more samples come, the rest is to be sent */
  int packets; /* atomic */

  /* on the worker */
  AhoyGstRtpSession *rtp;
  AhoyGstListener *listener;
  AhoyGstEncoder *encoder;
  AhoyGstWatch *watch;
  AhoyGstWatch *tick;
  guint tick_ms;
  guint due_ms;
  gboolean flowing;
};

/* One worker for all elements of the process, as long as there are any. */
static GMutex worker_lock;
static AhoyGstWorker *shared_worker;
static guint n_users;

static AhoyGstWorker *
take_worker (void)
{
  g_mutex_lock (&worker_lock);
  if (n_users++ == 0) {
    shared_worker = ahoy_gst_worker_new (0);
  }
  g_mutex_unlock (&worker_lock);
  return shared_worker;
}

static void
leave_worker (void)
{
  g_mutex_lock (&worker_lock);
  if (--n_users == 0) {
    g_clear_pointer (&shared_worker, ahoy_gst_worker_free);
  }
  g_mutex_unlock (&worker_lock);
}

/* The codec of a name; in place of -1 the payload type that it has in general. */
const AhoyGstCodec *
ahoy_gst_rtp_end_find_codec (const char *name, int *payload_type, GError **error)
{
  for (guint i = 0; i < ahoy_gst_codec_get_n (); i++) {
    const AhoyGstCodec *codec = ahoy_gst_codec_get (i);

    if (codec->kind != AHOY_GST_CODEC_AUDIO || g_ascii_strcasecmp (codec->name, name) != 0 ||
        !ahoy_gst_codec_is_available (codec)) {
      continue;
    }
    if (payload_type != NULL && *payload_type < 0) {
      *payload_type = codec->static_payload_type >= 0 ? codec->static_payload_type : FIRST_DYNAMIC;
    }
    return codec;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
               "There is no codec “%s” here; take PCMU, PCMA, G722 or opus", name);
  return NULL;
}

GstCaps *
ahoy_gst_rtp_end_make_caps (const AhoyGstCodec *codec)
{
  return gst_caps_new_simple ("audio/x-raw", "format", G_TYPE_STRING, GST_AUDIO_NE (S16), "layout",
                              G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT,
                              (int) codec->sample_rate, "channels", G_TYPE_INT, 1, NULL);
}

static guint
frame_size (AhoyGstRtpEnd *self)
{
  return MIN (self->config.codec->sample_rate / 1000 * self->config.ptime, MAX_SAMPLES);
}

static void
wake (AhoyGstRtpEnd *self)
{
  const guint64 one = 1;

  /* A counter that is full wakes too. */
  if (write (self->event, &one, sizeof one) < 0 && errno != EAGAIN) {
    g_warning ("A pipeline cannot be woken: %s", g_strerror (errno));
  }
}

static void
on_rtp (gpointer data, gint64 now)
{
  AhoyGstRtpEnd *self = data;
  guint8 received[AHOY_GST_RTP_MAX_PACKET];
  AhoyGstAddress from;
  AhoyGstRtpPacket packet;
  socklen_t from_size = sizeof from;
  gssize size = recvfrom (ahoy_gst_rtp_session_get_rtp_fd (self->rtp), received, sizeof received,
                          MSG_DONTWAIT | MSG_TRUNC, &from.any, &from_size);

  if (size < 0 || (gsize) size > sizeof received ||
      !ahoy_gst_rtp_session_receive (self->rtp, received, (gsize) size, &from, now, &packet)) {
    return;
  }
  if (self->listener != NULL) {
    g_atomic_int_inc (&self->packets);
    ahoy_gst_listener_take (self->listener, &packet, now);
  }
}

static void
receive_frame (AhoyGstRtpEnd *self, gint64 now)
{
  gint16 samples[MAX_SAMPLES];
  guint n = frame_size (self);

  ahoy_gst_listener_pull (self->listener, samples, n, self->config.codec->sample_rate, now);
  /* Nobody takes what does not fit: the pipeline stands still. */
  if (ahoy_gst_ring_get_writable (self->ring) >= n * sizeof *samples) {
    ahoy_gst_ring_write (self->ring, samples, n * sizeof *samples);
  }
}

/* Whether there is a frame to send: after a pause it begins with some in stock. */
static gboolean
is_due (AhoyGstRtpEnd *self)
{
  gsize frame = frame_size (self) * sizeof (gint16);
  gsize ready = ahoy_gst_ring_get_readable (self->ring);

  if (g_atomic_int_get (&self->ending)) {
    return ready > 0;
  }
  self->flowing = ready >= (self->flowing ? 1 : PREFILL) * frame;
  return self->flowing;
}

static void
send_frame (AhoyGstRtpEnd *self, gint64 now)
{
  guint8 data[AHOY_GST_RTP_HEADER + AHOY_GST_ENCODER_MAX_PAYLOAD];
  guint8 *payload = data + AHOY_GST_RTP_HEADER;
  gint16 samples[MAX_SAMPLES] = { 0 };
  guint n = frame_size (self);
  guint32 duration = self->config.codec->clock_rate / 1000 * self->config.ptime;
  gboolean spurt;
  guint32 timestamp = ahoy_gst_rtp_session_begin_frame (self->rtp, now, &spurt);
  gsize size;

  ahoy_gst_ring_read (self->ring, samples, n * sizeof *samples);
  size = ahoy_gst_encoder_encode (self->encoder, samples, n, payload,
                                  AHOY_GST_ENCODER_MAX_PAYLOAD);
  if (size > 0 && ahoy_gst_rtp_session_send (self->rtp, payload, size, self->config.payload_type,
                                             spurt, timestamp, now)) {
    g_atomic_int_inc (&self->packets);
  }
  ahoy_gst_rtp_session_end_frame (self->rtp, duration, now);
}

static void
on_tick (gpointer data, gint64 now)
{
  AhoyGstRtpEnd *self = data;

  ahoy_gst_rtp_session_tick (self->rtp, now);
  self->due_ms += self->tick_ms;
  if (self->due_ms < self->config.ptime) {
    return;
  }
  self->due_ms -= self->config.ptime;
  if (self->listener != NULL) {
    receive_frame (self, now);
  } else if (is_due (self)) {
    send_frame (self, now);
  }
  wake (self);
}

static void
attach (gpointer data)
{
  AhoyGstRtpEnd *self = data;
  guint per_turn = self->config.ptime % 20 == 0 ? 1 : self->config.ptime % 10 == 0 ? 2 : 4;

  self->tick_ms = AHOY_GST_TICK_TURN_US / 1000 / per_turn;
  self->watch = ahoy_gst_worker_watch (self->worker, ahoy_gst_rtp_session_get_rtp_fd (self->rtp),
                                       on_rtp, self);
  self->tick = ahoy_gst_worker_add_tick (self->worker, per_turn, on_tick, self);
}

static void
detach (gpointer data)
{
  AhoyGstRtpEnd *self = data;

  ahoy_gst_rtp_session_send_bye (self->rtp, ahoy_gst_worker_get_now (self->worker));
  ahoy_gst_worker_remove_tick (self->worker, self->tick);
  ahoy_gst_worker_unwatch (self->worker, self->watch);
  sem_post (&self->gone);
}

static int
open_socket (const AhoyGstAddress *address, guint *port, GError **error)
{
  AhoyGstAddress bound = *address;
  socklen_t size = sizeof bound;
  int fd = socket (address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd >= 0 && bind (fd, &address->any, ahoy_gst_address_get_size (address)) == 0 &&
      getsockname (fd, &bound.any, &size) == 0) {
    *port = ahoy_gst_address_get_port (&bound);
    return fd;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
               "Port %u cannot be opened for RTP: %s; choose another one, or 0 for any",
               ahoy_gst_address_get_port (address), g_strerror (errno));
  if (fd >= 0) {
    close (fd);
  }
  return -1;
}

/* A session that is bound to the address, or to any and sends to the address. */
static gboolean
open_session (AhoyGstRtpEnd *self, GError **error)
{
  const AhoyGstRtpEndConfig *config = &self->config;
  AhoyGstAddress named;
  AhoyGstAddress local;
  AhoyGstAddress rtcp;
  guint8 payload_type = (guint8) config->payload_type;
  int fd;

  if (!ahoy_gst_address_parse (&named, config->address, config->port)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no numeric IPv4 or IPv6 address", config->address);
    return FALSE;
  }
  local = named;
  if (config->sends) {
    ahoy_gst_address_parse (&local, named.any.sa_family == AF_INET6 ? "::" : "0.0.0.0", 0);
  }
  fd = open_socket (&local, &self->port, error);
  if (fd < 0) {
    return FALSE;
  }
  self->rtp = ahoy_gst_rtp_session_new (fd, -1, CNAME, TRUE);
  ahoy_gst_rtp_session_set_clock_rate (self->rtp, config->codec->clock_rate);
  ahoy_gst_rtp_session_allow_payload_types (self->rtp, &payload_type, 1);
  if (config->sends) {
    rtcp = named;
    ahoy_gst_address_set_port (&rtcp, config->port + 1);
    ahoy_gst_rtp_session_set_remote (self->rtp, &named, &rtcp, FALSE);
  }
  return TRUE;
}

static gboolean
open_codec (AhoyGstRtpEnd *self, GError **error)
{
  AhoyGstFormat format = { self->config.codec, (guint8) self->config.payload_type };

  if (self->config.sends) {
    self->encoder =
        ahoy_gst_encoder_new (self->config.codec, NULL, self->config.ptime, error);
    return self->encoder != NULL;
  }
  self->listener = ahoy_gst_listener_new (&format, 1);
  return TRUE;
}

static void
release (AhoyGstRtpEnd *self)
{
  g_clear_pointer (&self->rtp, ahoy_gst_rtp_session_free);
  g_clear_pointer (&self->listener, ahoy_gst_listener_free);
  g_clear_pointer (&self->encoder, ahoy_gst_encoder_free);
  g_clear_pointer (&self->ring, ahoy_gst_ring_free);
  g_clear_pointer (&self->poll, gst_poll_free);
  if (self->event >= 0) {
    close (self->event);
  }
  sem_destroy (&self->gone);
  g_free (self);
}

AhoyGstRtpEnd *
ahoy_gst_rtp_end_new (const AhoyGstRtpEndConfig *config, GError **error)
{
  AhoyGstRtpEnd *self = g_new0 (AhoyGstRtpEnd, 1);

  self->config = *config;
  self->config.ptime = ahoy_gst_codec_choose_ptime (config->codec, config->ptime, 0);
  sem_init (&self->gone, 0, 0);
  self->event = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->event < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "There is no descriptor for RTP: %s; raise the limit of open files",
                 g_strerror (errno));
    release (self);
    return NULL;
  }
  if (!open_session (self, error) || !open_codec (self, error)) {
    release (self);
    return NULL;
  }
  self->config.address = NULL; /* not ours */
  self->ring = ahoy_gst_ring_new (config->codec->sample_rate / 1000 * RING_MS * sizeof (gint16));
  self->poll = gst_poll_new (TRUE);
  gst_poll_fd_init (&self->poll_fd);
  self->poll_fd.fd = self->event;
  gst_poll_add_fd (self->poll, &self->poll_fd);
  gst_poll_fd_ctl_read (self->poll, &self->poll_fd, TRUE);
  self->worker = take_worker ();
  ahoy_gst_worker_push (self->worker, attach, self);
  return self;
}

/* Waits for the worker to let go of it. */
void
ahoy_gst_rtp_end_free (AhoyGstRtpEnd *self)
{
  ahoy_gst_worker_push (self->worker, detach, self);
  while (sem_wait (&self->gone) < 0 && errno == EINTR) {
  }
  leave_worker ();
  release (self);
}

guint
ahoy_gst_rtp_end_get_port (AhoyGstRtpEnd *self)
{
  return self->port;
}

/* Packets that were sent, or that came. */
guint64
ahoy_gst_rtp_end_get_packets (AhoyGstRtpEnd *self)
{
  return (guint) g_atomic_int_get (&self->packets);
}

/* Samples of a frame. */
guint
ahoy_gst_rtp_end_get_block (AhoyGstRtpEnd *self)
{
  return frame_size (self);
}

/* How many samples there was room for. */
gsize
ahoy_gst_rtp_end_write (AhoyGstRtpEnd *self, const gint16 *samples, gsize n_samples)
{
  n_samples = MIN (n_samples, ahoy_gst_ring_get_writable (self->ring) / sizeof *samples);
  return ahoy_gst_ring_write (self->ring, samples, n_samples * sizeof *samples) / sizeof *samples;
}

/* All samples that are asked for, or none. What waited too long is passed over, so that a pipeline
 * that stood still does not stay behind for ever. */
gsize
ahoy_gst_rtp_end_read (AhoyGstRtpEnd *self, gint16 *samples, gsize n_samples)
{
  gsize size = n_samples * sizeof *samples;
  gsize ready = ahoy_gst_ring_get_readable (self->ring);

  if (ready < size) {
    return 0;
  }
  if (ready > MAX_WAITING * size) {
    for (; ready >= 2 * size; ready -= size) {
      ahoy_gst_ring_read (self->ring, samples, size);
    }
  }
  return ahoy_gst_ring_read (self->ring, samples, size) / sizeof *samples;
}

/* In the pipeline's thread: until the worker came by the ring; FALSE when it is to give up. */
gboolean
ahoy_gst_rtp_end_wait (AhoyGstRtpEnd *self)
{
  guint64 count;
  int n = gst_poll_wait (self->poll, WAIT);

  if (n < 0 && errno == EBUSY) {
    return FALSE;
  }
  if (n > 0 && read (self->event, &count, sizeof count) < 0 && errno != EAGAIN) {
    return FALSE;
  }
  return TRUE;
}

/* No more samples come: waits until those that are there are sent. */
void
ahoy_gst_rtp_end_drain (AhoyGstRtpEnd *self)
{
  g_atomic_int_set (&self->ending, TRUE);
  while (ahoy_gst_ring_get_readable (self->ring) > 0 && ahoy_gst_rtp_end_wait (self)) {
  }
  g_atomic_int_set (&self->ending, FALSE);
}

void
ahoy_gst_rtp_end_set_flushing (AhoyGstRtpEnd *self, gboolean flushing)
{
  gst_poll_set_flushing (self->poll, flushing);
}
