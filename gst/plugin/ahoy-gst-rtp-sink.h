/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define AHOY_GST_TYPE_RTP_SINK (ahoy_gst_rtp_sink_get_type ())
G_DECLARE_FINAL_TYPE (AhoyGstRtpSink, ahoy_gst_rtp_sink, AHOY_GST, RTP_SINK, GstBaseSink)

G_END_DECLS
