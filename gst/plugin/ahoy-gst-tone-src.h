/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define AHOY_GST_TYPE_TONE_SRC (ahoy_gst_tone_src_get_type ())
G_DECLARE_FINAL_TYPE (AhoyGstToneSrc, ahoy_gst_tone_src, AHOY_GST, TONE_SRC, GstPushSrc)

G_END_DECLS
