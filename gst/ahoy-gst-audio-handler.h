/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-engine.h"
#include "ahoy-sdp-handler.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_AUDIO_HANDLER (ahoy_gst_audio_handler_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGstAudioHandler, ahoy_gst_audio_handler, AHOY_GST, AUDIO_HANDLER,
                      GObject)

AHOY_API
AhoyGstAudioHandler *ahoy_gst_audio_handler_new (AhoyGstEngine *engine);
AHOY_API
AhoyGstEngine *ahoy_gst_audio_handler_get_engine (AhoyGstAudioHandler *self);
AHOY_API
const char *const *ahoy_gst_audio_handler_get_codecs (AhoyGstAudioHandler *self);
AHOY_API
gboolean ahoy_gst_audio_handler_set_codecs (AhoyGstAudioHandler *self, const char *const *codecs,
                                            GError **error);
AHOY_API
void ahoy_gst_audio_handler_set_ptime (AhoyGstAudioHandler *self, guint ptime);
AHOY_API
gboolean ahoy_gst_audio_handler_set_media_address (AhoyGstAudioHandler *self, const char *address,
                                                   GError **error);
AHOY_API
void ahoy_gst_audio_handler_set_rtcp_mux (AhoyGstAudioHandler *self, gboolean rtcp_mux);

G_END_DECLS
