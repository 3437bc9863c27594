/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/audio/gstaudioencoder.h>

G_BEGIN_DECLS

#define AHOY_GST_TYPE_G711_ENC (ahoy_gst_g711_enc_get_type ())
G_DECLARE_FINAL_TYPE (AhoyGstG711Enc, ahoy_gst_g711_enc, AHOY_GST, G711_ENC, GstAudioEncoder)

G_END_DECLS
