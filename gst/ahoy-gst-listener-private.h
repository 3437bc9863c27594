/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-rtp-packet-private.h"
#include "ahoy-gst-stream-config-private.h"

G_BEGIN_DECLS

/* Makes sound of packets, by the clock of who asks: order, time, decoding, and what to play where
 * nothing came. On one thread at a time. Memory is allocated at the beginning, and when another
 * codec comes. */
typedef struct _AhoyGstListener AhoyGstListener;

AhoyGstListener *ahoy_gst_listener_new (const AhoyGstFormat *formats, guint n_formats);
void ahoy_gst_listener_free (AhoyGstListener *self);
void ahoy_gst_listener_take (AhoyGstListener *self, const AhoyGstRtpPacket *packet, gint64 now);
void ahoy_gst_listener_pull (AhoyGstListener *self, gint16 *samples, guint n_samples, guint rate,
                             gint64 now);
gboolean ahoy_gst_listener_merge (AhoyGstListener *self, AhoyGstListener *other);
void ahoy_gst_listener_note (AhoyGstListener *self, guint clock_rate, guint32 timestamp,
                             gint64 arrival);
gboolean ahoy_gst_listener_is_filling (AhoyGstListener *self, guint ms, gint64 now);
gboolean ahoy_gst_listener_drain (AhoyGstListener *self, guint ms);
void ahoy_gst_listener_reset (AhoyGstListener *self);
gboolean ahoy_gst_listener_is_silent (AhoyGstListener *self);
guint64 ahoy_gst_listener_get_late (AhoyGstListener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstListener, ahoy_gst_listener_free)

G_END_DECLS
