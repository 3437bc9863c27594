/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-sdp-section-private.h"
#include "ahoy-sdp-session.h"

G_BEGIN_DECLS

AhoySdpSection *ahoy_sdp_session_get_section (AhoySdpSession *self);
void ahoy_sdp_session_set_origin_raw (AhoySdpSession *self,
                                      const char *address_type,
                                      const char *address);
void ahoy_sdp_session_add_contact_line (AhoySdpSession *self, char type, const char *value);
void ahoy_sdp_session_clear_times (AhoySdpSession *self);
void ahoy_sdp_session_add_time (AhoySdpSession *self, const char *value);
void ahoy_sdp_session_copy_times (AhoySdpSession *self, AhoySdpSession *from);

/* The strict look at the raw lines before GstSDP sees them. */
GString *ahoy_sdp_check_text (const char *text, gsize length, guint *n_media, GError **error);

G_END_DECLS
