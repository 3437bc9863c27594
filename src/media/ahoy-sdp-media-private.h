/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-sdp-media.h"
#include "ahoy-sdp-section-private.h"

G_BEGIN_DECLS

AhoySdpSection *ahoy_sdp_media_get_section (AhoySdpMedia *self);
AhoySdpSection *ahoy_sdp_media_get_session_section (AhoySdpMedia *self);
void ahoy_sdp_media_set_session_section (AhoySdpMedia *self, AhoySdpSection *section);
void ahoy_sdp_media_append_to (AhoySdpMedia *self, GString *text);

G_END_DECLS
