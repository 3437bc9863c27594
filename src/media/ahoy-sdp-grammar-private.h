/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void ahoy_sdp_append (GString *text, ...) G_GNUC_NULL_TERMINATED;

/* Bounds of what is taken from the network, and of what may be built. */
#define AHOY_SDP_MAX_SIZE (64 * 1024)
#define AHOY_SDP_MAX_LINE 2048
#define AHOY_SDP_MAX_MEDIA 32
#define AHOY_SDP_MAX_FORMATS 64
#define AHOY_SDP_MAX_ATTRIBUTES 256
#define AHOY_SDP_MAX_BANDWIDTHS 16

gboolean ahoy_sdp_is_token (const char *text);
gboolean ahoy_sdp_is_proto (const char *text);
gboolean ahoy_sdp_is_text (const char *text);
gboolean ahoy_sdp_is_word (const char *text);
gboolean ahoy_sdp_is_rtp_proto (const char *proto);
gboolean ahoy_sdp_is_host_name (const char *text);
gboolean ahoy_sdp_is_address (const char *address_type, const char *address);
const char *ahoy_sdp_address_type (const char *address);
gboolean ahoy_sdp_is_payload_type (const char *text);
const char *ahoy_sdp_after_word (const char *text, const char *word);
gboolean ahoy_sdp_parse_number (const char *text, guint64 max, guint64 *value);

G_END_DECLS
