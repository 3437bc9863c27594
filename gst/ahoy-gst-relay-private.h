/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-listener-private.h"
#include "ahoy-gst-rtp-session-private.h"
#include "ahoy-gst-stream-config-private.h"

G_BEGIN_DECLS

typedef struct _AhoyGstChannel AhoyGstChannel;

/* One way between two channels that are joined; lives on the worker of both. */
typedef struct _AhoyGstRelay AhoyGstRelay;

AhoyGstRelay *ahoy_gst_relay_new (AhoyGstListener *listener);
void ahoy_gst_relay_free (AhoyGstRelay *self);

/* On the worker */
void ahoy_gst_relay_set_target (AhoyGstRelay *self, AhoyGstChannel *to);
AhoyGstChannel *ahoy_gst_relay_get_target (AhoyGstRelay *self);
AhoyGstListener *ahoy_gst_relay_swap_listener (AhoyGstRelay *self, AhoyGstListener *listener);
AhoyGstListener *ahoy_gst_relay_steal_unneeded (AhoyGstRelay *self);
gboolean ahoy_gst_relay_drain (AhoyGstRelay *self, const AhoyGstFormat *format,
                               gboolean as_it_is, gint64 now);
gboolean ahoy_gst_relay_take (AhoyGstRelay *self, const AhoyGstStreamConfig *from,
                              const AhoyGstRtpPacket *packet, const AhoyGstFormat *format,
                              gboolean as_it_is, gint64 now);
gboolean ahoy_gst_relay_wants_digit (AhoyGstRelay *self, const AhoyGstStreamConfig *from);
gboolean ahoy_gst_relay_is_flowing (AhoyGstRelay *self, gint64 now);
gboolean ahoy_gst_relay_pull (AhoyGstRelay *self, gint16 *samples, guint n_samples, guint rate,
                              gint64 now);

G_END_DECLS
