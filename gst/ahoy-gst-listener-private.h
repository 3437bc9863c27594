/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-rtp-packet-private.h"
#include "ahoy-gst-stream-config-private.h"

G_BEGIN_DECLS

/* Makes sound of packets, by the clock of who asks: order, time, decoding, and what to play where
 * nothing came. On one thread at a time; memory is allocated at the beginning only. */
typedef struct _AhoyGstListener AhoyGstListener;

AhoyGstListener *ahoy_gst_listener_new (guint clock_rate);
void ahoy_gst_listener_free (AhoyGstListener *self);
guint ahoy_gst_listener_get_rate (AhoyGstListener *self);
void ahoy_gst_listener_take (AhoyGstListener *self, const AhoyGstRtpPacket *packet,
                             const AhoyGstFormat *format, gint64 now);
void ahoy_gst_listener_pull (AhoyGstListener *self, gint16 *samples, guint n_samples, gint64 now);
guint64 ahoy_gst_listener_get_late (AhoyGstListener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstListener, ahoy_gst_listener_free)

G_END_DECLS
