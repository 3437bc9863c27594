/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-address-private.h"

G_BEGIN_DECLS

/* A socket that nobody waits for: what came is read now and then, and the kernel tells when. */

/* @arrival: in µs of the monotonic clock */
typedef void (*AhoyGstRtpInboxFunc) (gpointer data, guint8 *packet, gsize size,
                                     const AhoyGstAddress *from, gint64 arrival);

void ahoy_gst_rtp_inbox_set_stamped (int fd, gboolean stamped);
gint64 ahoy_gst_rtp_inbox_get_offset (gint64 now);
void ahoy_gst_rtp_inbox_read (int fd, gint64 offset, gint64 now, AhoyGstRtpInboxFunc func,
                              gpointer data);

G_END_DECLS
