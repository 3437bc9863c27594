/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-channel-struct-private.h"

#include <string.h>

/* What a channel says: what plays, what is heard where it is joined, or silence. */

void
ahoy_gst_channel_end_playing (AhoyGstChannel *self, gboolean complete)
{
  if (self->source != NULL) {
    ahoy_gst_channel_tell (self, &(AhoyGstEvent){ .kind = AHOY_GST_EVENT_PLAYED,
                                                  .complete = complete,
                                                  .object = g_steal_pointer (&self->source) });
  }
  self->stopping = FALSE;
}

/* What is heard where it is joined, or what came, which goes back. */
static gboolean
pull_heard (AhoyGstChannel *self, gint16 *samples, guint n, guint rate, gint64 now)
{
  AhoyGstChannel *from = self;

  if (self->seat != NULL) {
    ahoy_gst_seat_pull (self->seat, samples, n, rate);
    return TRUE;
  }
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
    ahoy_gst_channel_end_playing (self, !self->stopping);
  }
  ahoy_gst_gain_apply (&self->sent_gain, self->volume[AHOY_MEDIA_SOUND_SENT], samples, n);
  if (self->muted) {
    memset (samples, 0, n * sizeof *samples);
  }
  ahoy_gst_beep_mix (&self->beep, samples, n, rate);
  if (self->tones != NULL) {
    ahoy_gst_dtmf_tones_pull (self->tones, samples, n, rate);
  }
}

/* A frame of sound; nothing when the encoder has nothing to say, as in silence. */
static void
send_sound (AhoyGstChannel *self, guint8 *payload, guint32 timestamp, gboolean spurt, gint64 now)
{
  const AhoyGstCodec *codec = self->config.send.codec;
  guint n = MIN (codec->sample_rate / 1000 * self->config.ptime, AHOY_GST_CHANNEL_MAX_SAMPLES);
  gint16 samples[AHOY_GST_CHANNEL_MAX_SAMPLES];
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

void
ahoy_gst_channel_send_frame (AhoyGstChannel *self, gint64 now)
{
  guint8 frame[AHOY_GST_RTP_HEADER + AHOY_GST_ENCODER_MAX_PAYLOAD];
  guint8 *payload = frame + AHOY_GST_RTP_HEADER;
  guint duration = self->config.send.codec->clock_rate / 1000 * self->config.ptime;
  gboolean spurt;
  guint32 timestamp = ahoy_gst_rtp_session_begin_frame (self->rtp, now, &spurt);

  if (!ahoy_gst_channel_send_digit (self, payload, timestamp, duration, now)) {
    send_sound (self, payload, timestamp, spurt, now);
  }
  ahoy_gst_rtp_session_end_frame (self->rtp, duration, now);
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

/* Takes a source, and plays it in place of what played before. */
void
ahoy_gst_channel_play (AhoyGstChannel *self, gpointer data)
{
  ahoy_gst_channel_end_playing (self, FALSE);
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
    ahoy_gst_channel_end_playing (self, FALSE); /* nobody asks it for samples */
  }
}
