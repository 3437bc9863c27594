/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-pair-private.h"

#include "ahoy-gst-stream-private.h"

/*
 * Two streams that are joined go to one worker, where packets pass from one to the other without a
 * hop between threads. From there they move together only.
 */
struct _AhoyGstPair {
  AhoyGstStream *streams[2]; /* not references: a stream that is closed ends its pair */
  guint worker;
  gboolean linked;
  gboolean waiting; /* what comes for both, until they are linked */
};

/* Decoders for what comes on @from; made here, for on a worker that would hold up others. */
static AhoyGstListener *
make_listener (AhoyGstStream *from)
{
  const AhoyGstStreamConfig *config = ahoy_gst_stream_get_config (from);

  return ahoy_gst_listener_new (config->receive, config->n_receive);
}

/* Whether what is expected on @from has to be decoded for @to. */
static gboolean
needs_listener (AhoyGstStream *from, AhoyGstStream *to)
{
  const AhoyGstStreamConfig *source = ahoy_gst_stream_get_config (from);
  const AhoyGstStreamConfig *target = ahoy_gst_stream_get_config (to);

  return source != NULL && target != NULL && source->n_receive > 0 &&
         source->receive[0].codec != target->send.codec;
}

static AhoyGstRelay *
make_relay (AhoyGstStream *from, AhoyGstStream *to)
{
  return ahoy_gst_relay_new (needs_listener (from, to) ? make_listener (from) : NULL);
}

static void
wait_for_link (AhoyGstPair *self)
{
  self->waiting = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++) {
    ahoy_gst_stream_run (self->streams[i], ahoy_gst_channel_wait, NULL);
  }
}

static void
go_on (AhoyGstPair *self)
{
  for (guint i = 0; self->waiting && i < G_N_ELEMENTS (self->streams); i++) {
    ahoy_gst_stream_run (self->streams[i], ahoy_gst_channel_go_on, NULL);
  }
  self->waiting = FALSE;
}

static void
link_channels (AhoyGstPair *self)
{
  AhoyGstJoint *joint = g_new0 (AhoyGstJoint, 1);

  joint->other = ahoy_gst_stream_get_channel (self->streams[1]);
  joint->there = make_relay (self->streams[0], self->streams[1]);
  joint->back = make_relay (self->streams[1], self->streams[0]);
  self->linked = TRUE;
  ahoy_gst_stream_run (self->streams[0], ahoy_gst_channel_join, joint);
  go_on (self);
}

static void
unlink_channels (AhoyGstPair *self)
{
  if (self->linked) {
    self->linked = FALSE;
    ahoy_gst_stream_run (self->streams[0], ahoy_gst_channel_part, NULL);
  }
}

/* Joined channels go together, so that packets pass all the time. */
static void
move_linked (AhoyGstPair *self)
{
  ahoy_gst_stream_move (self->streams[0], self->worker);
  ahoy_gst_stream_follow (self->streams[1], self->worker);
}

static void
move_alone (AhoyGstPair *self, AhoyGstStream *stream)
{
  if (ahoy_gst_stream_get_worker (stream) != self->worker) {
    ahoy_gst_stream_move (stream, self->worker);
  }
}

/* A stream arrived on a worker: both may be where they belong now. */
void
ahoy_gst_pair_arrived (AhoyGstPair *self)
{
  if (ahoy_gst_stream_is_migrating (self->streams[0]) ||
      ahoy_gst_stream_is_migrating (self->streams[1])) {
    return;
  }
  if (self->linked) {
    if (ahoy_gst_stream_get_worker (self->streams[0]) != self->worker) {
      move_linked (self);
    }
    return;
  }
  move_alone (self, self->streams[0]);
  move_alone (self, self->streams[1]);
  if (!ahoy_gst_stream_is_migrating (self->streams[0]) &&
      !ahoy_gst_stream_is_migrating (self->streams[1])) {
    link_channels (self);
  }
}

AhoyGstPair *
ahoy_gst_pair_new (AhoyGstStream *first, AhoyGstStream *second)
{
  AhoyGstPair *self = g_new0 (AhoyGstPair, 1);

  self->streams[0] = first;
  self->streams[1] = second;
  self->worker = ahoy_gst_stream_get_worker (first);
  ahoy_gst_stream_set_pair (first, self);
  ahoy_gst_stream_set_pair (second, self);
  if (ahoy_gst_stream_is_migrating (first) || ahoy_gst_stream_is_migrating (second) ||
      ahoy_gst_stream_get_worker (second) != self->worker) {
    wait_for_link (self);
  }
  ahoy_gst_pair_arrived (self);
  return self;
}

/* Both streams are alone again, and the pair is gone. */
void
ahoy_gst_pair_end (AhoyGstPair *self)
{
  unlink_channels (self);
  go_on (self);
  ahoy_gst_stream_set_pair (self->streams[0], NULL);
  ahoy_gst_stream_set_pair (self->streams[1], NULL);
  g_free (self);
}

/* Both go to another worker. */
void
ahoy_gst_pair_migrate (AhoyGstPair *self, guint worker)
{
  self->worker = worker;
  ahoy_gst_pair_arrived (self);
}

static void
renew_listener (AhoyGstStream *from, AhoyGstListener *listener)
{
  ahoy_gst_stream_run (from, ahoy_gst_channel_set_relay_listener, listener);
}

/* Something new was agreed on with one of the peers. What decodes is there before the channel hears
 * of it, so that no packet in between is lost. */
void
ahoy_gst_pair_configured (AhoyGstPair *self)
{
  for (guint i = 0; self->linked && i < 2; i++) {
    AhoyGstStream *from = self->streams[i];

    renew_listener (from,
                    needs_listener (from, self->streams[1 - i]) ? make_listener (from) : NULL);
  }
}

/* What comes is not what was expected, and has to be decoded. */
void
ahoy_gst_pair_add_listener (AhoyGstPair *self, AhoyGstStream *from)
{
  if (self->linked && ahoy_gst_stream_get_config (from) != NULL) {
    renew_listener (from, make_listener (from));
  }
}
