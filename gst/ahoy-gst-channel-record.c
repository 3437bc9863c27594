/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-channel-struct-private.h"

#include <string.h>

/* What a channel hears itself: for a recording, and for digits that are tones. */

#define NARROW_RATE 8000

void
ahoy_gst_channel_set_listener (AhoyGstChannel *self, AhoyGstListener *listener)
{
  ahoy_gst_channel_leave (self, self->listener, (GDestroyNotify) ahoy_gst_listener_free);
  self->listener = listener;
}

/* Takes what hears the packets that are sent; NULL for nothing. */
void
ahoy_gst_channel_set_sent_listener (AhoyGstChannel *self, AhoyGstListener *listener)
{
  gboolean wanted =
      self->recorder != NULL && self->record_how.layout != AHOY_MEDIA_RECORDING_RECEIVED;
  AhoyGstListener *other = wanted ? self->sent_listener : listener;

  if (wanted) {
    self->sent_listener = listener;
  }
  ahoy_gst_channel_leave (self, other, (GDestroyNotify) ahoy_gst_listener_free);
}

static void
on_sent (gpointer data, const AhoyGstRtpPacket *packet, gint64 now)
{
  AhoyGstChannel *self = data;

  if (self->sent_listener != NULL) {
    ahoy_gst_listener_take (self->sent_listener, packet, now);
  }
}

/* Whether beeps stand in what this channel says, and what the one it is joined with does: packets
 * cannot be sent on as they are then. */
gboolean
ahoy_gst_channel_has_beeps (AhoyGstChannel *self)
{
  return self->recorder != NULL && self->record_how.beep_interval > 0;
}

void
ahoy_gst_channel_end_recording (AhoyGstChannel *self)
{
  if (self->recorder != NULL) {
    ahoy_gst_rtp_session_set_tap (self->rtp, NULL, NULL);
    ahoy_gst_channel_set_sent_listener (self, NULL);
    ahoy_gst_channel_tell (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_RECORDED,
                                                  .object = g_steal_pointer (&self->recorder) });
  }
  if (self->tones == NULL) {
    ahoy_gst_channel_set_listener (self, NULL);
  }
}

/* Both hear that they are recorded: this peer, and the one that it is joined with. */
static void
beep (AhoyGstChannel *self)
{
  guint wait = self->record_how.beep_interval * 1000;

  if (!ahoy_gst_channel_has_beeps (self) || self->record_paused) {
    return;
  }
  if (self->beep_wait > self->config.ptime) {
    self->beep_wait -= self->config.ptime;
    return;
  }
  self->beep_wait = wait;
  ahoy_gst_beep_start (&self->beep);
  if (self->relay != NULL) {
    ahoy_gst_beep_start (&ahoy_gst_relay_get_target (self->relay)->beep);
  }
}

/* One channel of both ways, or two. */
static void
join_ways (AhoyGstChannel *self, const gint16 *heard, const gint16 *sent, guint n, gint16 *both)
{
  for (guint i = 0; i < n; i++) {
    if (self->record_how.layout == AHOY_MEDIA_RECORDING_STEREO) {
      both[2 * i] = heard[i];
      both[2 * i + 1] = sent[i];
    } else {
      both[i] = (gint16) CLAMP (heard[i] + sent[i], G_MININT16, G_MAXINT16);
    }
  }
}

/* What is heard while the recording pauses passes by. */
static void
write_frame (AhoyGstChannel *self, const gint16 *heard, const gint16 *sent, guint n)
{
  gint16 both[2 * AHOY_GST_CHANNEL_MAX_SAMPLES] = { 0 };

  if (self->record_paused && !self->record_how.silent_pauses) {
    return;
  }
  if (!self->record_paused) {
    join_ways (self, heard, sent, n, both);
  }
  ahoy_gst_wav_writer_push (self->recorder, both, n);
}

static void
record_frame (AhoyGstChannel *self, const gint16 *heard, guint n, guint rate, gint64 now)
{
  gint16 sent[AHOY_GST_CHANNEL_MAX_SAMPLES] = { 0 };

  if (self->sent_listener != NULL) {
    ahoy_gst_listener_pull (self->sent_listener, sent, n, rate, now);
  }
  beep (self);
  write_frame (self, heard, sent, n);
  if (ahoy_gst_wav_writer_has_failed (self->recorder)) {
    ahoy_gst_channel_end_recording (self);
  }
}

/* Takes a frame of what is heard to those who listen. */
void
ahoy_gst_channel_hear_frame (AhoyGstChannel *self, gint64 now)
{
  gint16 samples[AHOY_GST_CHANNEL_MAX_SAMPLES];
  guint rate = self->recorder != NULL ? self->record_rate : NARROW_RATE;
  guint n = MIN (rate / 1000 * self->config.ptime, AHOY_GST_CHANNEL_MAX_SAMPLES);

  if (self->listener != NULL) {
    ahoy_gst_listener_pull (self->listener, samples, n, rate, now);
  } else {
    memset (samples, 0, n * sizeof *samples);
  }
  if (self->tones != NULL) {
    ahoy_gst_channel_listen_for_digits (self, samples, n, rate);
  }
  if (self->recorder == NULL) {
    return;
  }
  ahoy_gst_gain_apply (&self->record_gain, self->volume[AHOY_MEDIA_SOUND_RECEIVED], samples, n);
  record_frame (self, samples, n, rate, now);
}

/* Records, in place of a recording before. */
void
ahoy_gst_channel_record (AhoyGstChannel *self, gpointer data)
{
  g_autofree AhoyGstRecording *recording = data;

  ahoy_gst_channel_end_recording (self);
  self->recorder = recording->writer;
  self->record_rate = recording->rate;
  self->listener = recording->listener;
  self->record_how = recording->how;
  self->record_paused = FALSE;
  self->beep_wait = 0;
  self->sent_listener = recording->sent_listener;
  if (recording->how.layout != AHOY_MEDIA_RECORDING_RECEIVED) {
    ahoy_gst_rtp_session_set_tap (self->rtp, on_sent, self);
  }
}

void
ahoy_gst_channel_stop_recording (AhoyGstChannel *self, gpointer data)
{
  ahoy_gst_channel_end_recording (self);
}

void
ahoy_gst_channel_pause_recording (AhoyGstChannel *self, gpointer data)
{
  self->record_paused = GPOINTER_TO_INT (data);
  self->beep_wait = 0; /* it beeps when it goes on */
}
