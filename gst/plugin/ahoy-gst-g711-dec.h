/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/audio/gstaudiodecoder.h>

G_BEGIN_DECLS

#define AHOY_GST_TYPE_G711_DEC (ahoy_gst_g711_dec_get_type ())
G_DECLARE_FINAL_TYPE (AhoyGstG711Dec, ahoy_gst_g711_dec, AHOY_GST, G711_DEC, GstAudioDecoder)

G_END_DECLS
