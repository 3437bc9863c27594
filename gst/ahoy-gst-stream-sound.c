/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-stream-struct-private.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-gst-dtmf.h"

/* How a stream sounds: echo, volume, and digits. */

/* Packets go back as they came, unless they are to be louder or softer. */
void
ahoy_gst_stream_update_echo (AhoyGstStream *self, gboolean renew)
{
  gboolean wanted = self->configured && self->echo &&
                    (self->volume[AHOY_MEDIA_SOUND_SENT] != 1 ||
                     self->volume[AHOY_MEDIA_SOUND_RECEIVED] != 1);

  if (wanted != self->has_echoer || (wanted && renew)) {
    self->has_echoer = wanted;
    ahoy_gst_stream_run (self, ahoy_gst_channel_set_echoer,
                         wanted ? ahoy_gst_stream_make_listener (self) : NULL);
  }
}

static void
ahoy_gst_stream_set_echo (AhoyMediaStream *stream, gboolean echo)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (ahoy_gst_stream_is_open (self)) {
    self->echo = echo;
    ahoy_gst_stream_update_echo (self, FALSE);
    ahoy_gst_stream_run (self, ahoy_gst_channel_set_echo, GINT_TO_POINTER (echo));
    ahoy_gst_stream_update_tapped (self);
  }
}

static void
ahoy_gst_stream_set_keeps_digits (AhoyMediaStream *stream, gboolean keeps)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (ahoy_gst_stream_is_open (self)) {
    ahoy_gst_stream_run (self, ahoy_gst_channel_set_keeps_digits, GINT_TO_POINTER (keeps));
  }
}

static void
ahoy_gst_stream_set_muted (AhoyMediaStream *stream, gboolean muted)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);

  if (ahoy_gst_stream_is_open (self)) {
    self->muted = muted;
    ahoy_gst_stream_run (self, ahoy_gst_channel_set_muted, GINT_TO_POINTER (muted));
    ahoy_gst_stream_update_tapped (self);
  }
}

static gboolean
ahoy_gst_stream_set_volume (AhoyMediaStream *stream, AhoyMediaSound sound, double volume,
                            GError **error)
{
  AhoyGstStream *self = AHOY_GST_STREAM (stream);
  AhoyGstVolume *order;

  if (!ahoy_gst_stream_check_open (self, error)) {
    return FALSE;
  }
  self->volume[sound] = volume;
  order = g_new (AhoyGstVolume, 1);
  *order = (AhoyGstVolume){ sound, ahoy_gst_gain_from_volume (volume) };
  ahoy_gst_stream_run (self, ahoy_gst_channel_set_volume, order);
  ahoy_gst_stream_update_echo (self, FALSE);
  ahoy_gst_stream_update_tapped (self);
  return TRUE;
}

static double
ahoy_gst_stream_get_volume (AhoyMediaStream *stream, AhoyMediaSound sound)
{
  return AHOY_GST_STREAM (stream)->volume[sound];
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

  if (!ahoy_gst_stream_check_open (self, error) || !check_digits (self, digits, error)) {
    return FALSE;
  }
  order = g_new (AhoyGstDigits, 1);
  order->digits = g_strdup (digits);
  order->duration_ms = duration_ms;
  ahoy_gst_stream_run (self, ahoy_gst_channel_send_digits, order);
  return TRUE;
}

void
ahoy_gst_stream_init_sound (AhoyMediaStreamInterface *iface)
{
  iface->set_echo = ahoy_gst_stream_set_echo;
  iface->set_keeps_digits = ahoy_gst_stream_set_keeps_digits;
  iface->set_muted = ahoy_gst_stream_set_muted;
  iface->set_volume = ahoy_gst_stream_set_volume;
  iface->get_volume = ahoy_gst_stream_get_volume;
  iface->send_dtmf = ahoy_gst_stream_send_dtmf;
}
