/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-media-stream.h"
#include "ahoy-sdp-media.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SESSION_STREAM (ahoy_session_stream_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySessionStream, ahoy_session_stream, AHOY, SESSION_STREAM, GObject)

AHOY_API
guint ahoy_session_stream_get_index (AhoySessionStream *self);
AHOY_API
const char *ahoy_session_stream_get_media_type (AhoySessionStream *self);
AHOY_API
AhoySdpMedia *ahoy_session_stream_get_local (AhoySessionStream *self);
AHOY_API
AhoySdpMedia *ahoy_session_stream_get_remote (AhoySessionStream *self);
AHOY_API
gboolean ahoy_session_stream_is_offerer (AhoySessionStream *self);
AHOY_API
gboolean ahoy_session_stream_is_active (AhoySessionStream *self);
AHOY_API
const char *ahoy_session_stream_get_handler_name (AhoySessionStream *self);
AHOY_API
void ahoy_session_stream_set_media (AhoySessionStream *self, AhoyMediaStream *media);
AHOY_API
AhoyMediaStream *ahoy_session_stream_get_media (AhoySessionStream *self);
AHOY_API
gboolean ahoy_session_stream_is_direct (AhoySessionStream *self);

G_END_DECLS
