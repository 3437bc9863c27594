/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define AHOY_GST_TYPE_RTP_SRC (ahoy_gst_rtp_src_get_type ())
G_DECLARE_FINAL_TYPE (AhoyGstRtpSrc, ahoy_gst_rtp_src, AHOY_GST, RTP_SRC, GstPushSrc)

G_END_DECLS
