/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-stream-config-private.h"
#include "ahoy-sdp-media.h"

G_BEGIN_DECLS

/* What a description of audio says, and what is to be said in it (RFC 3264, RFC 3551). */
const char *const *ahoy_gst_audio_formats_get_known (void);
gboolean ahoy_gst_audio_formats_have_common (AhoySdpMedia *remote, const char *const *codecs);
void ahoy_gst_audio_formats_offer (AhoySdpMedia *local, const char *const *codecs,
                                   gboolean digits);
gboolean ahoy_gst_audio_formats_answer (AhoySdpMedia *local, AhoySdpMedia *remote,
                                        const char *const *codecs, gboolean digits);
gboolean ahoy_gst_audio_formats_read (AhoyGstStreamConfig *config, AhoySdpMedia *local,
                                      AhoySdpMedia *remote, guint ptime);

G_END_DECLS
