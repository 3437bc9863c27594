/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session.h"

G_BEGIN_DECLS

/* What is wanted of the audio of one session. */
typedef struct {
  char **codecs;
  guint ptime; /* ms */
  char *media_address;
  gboolean symmetric;
  AhoyDtmfMode dtmf_mode;
} AhoyGstAudioSettings;

void ahoy_gst_audio_settings_refine_for (AhoyGstAudioSettings *self, AhoyEndpoint *endpoint);
void ahoy_gst_audio_settings_refine (AhoyGstAudioSettings *self, AhoySession *session);
void ahoy_gst_audio_settings_clear (AhoyGstAudioSettings *self);
gboolean ahoy_gst_audio_settings_has_events (const AhoyGstAudioSettings *self);
gboolean ahoy_gst_audio_settings_has_tones (const AhoyGstAudioSettings *self, gboolean events);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AhoyGstAudioSettings, ahoy_gst_audio_settings_clear)

G_END_DECLS
