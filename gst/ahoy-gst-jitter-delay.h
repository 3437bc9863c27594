/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_GST_JITTER_BINS 64

/* How late packets are against the fastest of late: from that, when a packet is expected, and how
 * long to wait for it. Media time is the unwrapped timestamp in microseconds. */
typedef struct {
  gint64 min_target, max_target;
  gboolean started;
  gint64 fastest; /* arrival less media time, over this window and the last one */
  gint64 fastest_now, fastest_before;
  gint64 window_end;
  guint16 bins[AHOY_GST_JITTER_BINS];
  guint n_counted;
  gint64 target;
} AhoyGstJitterDelay;

void ahoy_gst_jitter_delay_init (AhoyGstJitterDelay *self, guint min_ms, guint max_ms);
void ahoy_gst_jitter_delay_restart (AhoyGstJitterDelay *self);
gboolean ahoy_gst_jitter_delay_add (AhoyGstJitterDelay *self, gint64 media_time, gint64 arrival);
gint64 ahoy_gst_jitter_delay_expect (AhoyGstJitterDelay *self, gint64 media_time);

G_END_DECLS
