/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-audio-settings-private.h"

#include "ahoy-endpoint-config.h"
#include "ahoy-gst-address-private.h"

/* What is wanted of the audio of a session: what the handler says, in its place what the session's
 * endpoint says, and in place of both what the session's variables say. */

#define MIN_PTIME 10
#define MAX_PTIME 200

static void
set_codecs (AhoyGstAudioSettings *self, char **codecs)
{
  for (gsize i = 0; codecs[i] != NULL; i++) {
    g_strstrip (codecs[i]);
  }
  g_strfreev (self->codecs);
  self->codecs = codecs;
}

static void
set_media_address (AhoyGstAudioSettings *self, const char *address)
{
  if (address != NULL && *address != '\0') {
    g_free (self->media_address);
    self->media_address = g_strdup (address);
  }
}

/* Puts what an endpoint asks for in place of what stands there. */
void
ahoy_gst_audio_settings_refine_for (AhoyGstAudioSettings *self, AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));

  if (ahoy_config_object_is_set (config, "codecs")) {
    set_codecs (self, g_strdupv ((char **) ahoy_config_object_get_list (config, "codecs")));
  }
  if (ahoy_config_object_is_set (config, "ptime")) {
    self->ptime = CLAMP (ahoy_config_object_get_number (config, "ptime"), MIN_PTIME, MAX_PTIME);
  }
  if (ahoy_config_object_is_set (config, "rtp-symmetric")) {
    self->symmetric = ahoy_config_object_get_boolean (config, "rtp-symmetric");
  }
  if (ahoy_config_object_is_set (config, "dtmf-mode")) {
    self->dtmf_mode = (AhoyDtmfMode) ahoy_config_object_get_choice (config, "dtmf-mode");
  }
  set_media_address (self, ahoy_config_object_get_string (config, "media-address"));
}

/* Whoever sets a variable is not told what is wrong with it: the log is. */
static void
read_variable_address (AhoyGstAudioSettings *self, AhoySession *session)
{
  const char *address = ahoy_session_get_variable (session, "media-address");
  AhoyGstAddress parsed;

  if (address == NULL || *address == '\0') {
    return;
  }
  if (!ahoy_gst_address_parse (&parsed, address, 0)) {
    g_message ("Session %" G_GUINT64_FORMAT ": its variable media-address is “%s”, which is no "
               "numeric address, and is left out",
               ahoy_session_get_id (session), address);
    return;
  }
  set_media_address (self, address);
}

/* Puts what the session asks for in place of what stands there. */
void
ahoy_gst_audio_settings_refine (AhoyGstAudioSettings *self, AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  const char *codecs = ahoy_session_get_variable (session, "codecs");

  if (endpoint != NULL) {
    ahoy_gst_audio_settings_refine_for (self, endpoint);
  }
  if (codecs != NULL && *codecs != '\0') {
    set_codecs (self, g_strsplit_set (codecs, ";,", -1));
  }
  read_variable_address (self, session);
}

void
ahoy_gst_audio_settings_clear (AhoyGstAudioSettings *self)
{
  g_clear_pointer (&self->codecs, g_strfreev);
  g_clear_pointer (&self->media_address, g_free);
}

/* Whether digits may be RTP events (RFC 4733). */
gboolean
ahoy_gst_audio_settings_has_events (const AhoyGstAudioSettings *self)
{
  return self->dtmf_mode == AHOY_DTMF_MODE_RFC4733 || self->dtmf_mode == AHOY_DTMF_MODE_AUTO;
}

/* Whether digits are tones in the audio, when @events says whether the peer takes RTP events. */
gboolean
ahoy_gst_audio_settings_has_tones (const AhoyGstAudioSettings *self, gboolean events)
{
  return self->dtmf_mode == AHOY_DTMF_MODE_INBAND ||
         (self->dtmf_mode == AHOY_DTMF_MODE_AUTO && !events);
}
