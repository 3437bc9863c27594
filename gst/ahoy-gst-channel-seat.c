/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-channel-struct-private.h"
#include "ahoy-gst-rtp-inbox-private.h"

/* A channel that sits at the table of a room. */

static void
on_waiting (gpointer data, guint8 *received, gsize size, const AhoyGstAddress *from,
            gint64 arrival)
{
  AhoyGstChannel *self = data;
  AhoyGstRtpPacket packet;

  if (ahoy_gst_rtp_session_receive (self->rtp, received, size, from, arrival, &packet)) {
    ahoy_gst_channel_take_packet (self, &packet, arrival);
  }
}

/* Takes what came since the last tick of the table. */
void
ahoy_gst_channel_read_waiting (AhoyGstChannel *self, gint64 offset, gint64 now)
{
  ahoy_gst_rtp_inbox_read (ahoy_gst_rtp_session_get_rtp_fd (self->rtp), offset, now, on_waiting,
                           self);
}

/* Takes a seat at a table of the same worker, which wakes up for all who sit there at once. */
void
ahoy_gst_channel_sit (AhoyGstChannel *self, gpointer data)
{
  self->seat = data;
  ahoy_gst_seat_sit (self->seat, self);
  ahoy_gst_worker_unwatch (self->worker, g_steal_pointer (&self->rtp_watch));
  ahoy_gst_rtp_inbox_set_stamped (ahoy_gst_rtp_session_get_rtp_fd (self->rtp), TRUE);
}

void
ahoy_gst_channel_stand_up (AhoyGstChannel *self, gpointer data)
{
  if (self->seat != NULL) {
    ahoy_gst_rtp_inbox_set_stamped (ahoy_gst_rtp_session_get_rtp_fd (self->rtp), FALSE);
    ahoy_gst_channel_watch_rtp (self, self->worker);
    ahoy_gst_seat_leave (self->seat);
    ahoy_gst_channel_leave (self, g_steal_pointer (&self->seat),
                            (GDestroyNotify) ahoy_gst_seat_free);
  }
}

/* Takes what decodes for those at the table. */
void
ahoy_gst_channel_set_seat_listener (AhoyGstChannel *self, gpointer data)
{
  AhoyGstListener *listener = data;

  if (self->seat != NULL) {
    listener = ahoy_gst_seat_swap_listener (self->seat, listener);
  }
  ahoy_gst_channel_leave (self, listener, (GDestroyNotify) ahoy_gst_listener_free);
}

/* What came is heard as loud as is wanted. */
void
ahoy_gst_channel_shape_heard (AhoyGstChannel *self, gint16 *samples, guint n_samples)
{
  ahoy_gst_gain_apply (&self->fed_gain, self->volume[AHOY_MEDIA_SOUND_RECEIVED], samples,
                       n_samples);
}
