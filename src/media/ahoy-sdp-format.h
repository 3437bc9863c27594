/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoySdpFormat:
 *
 * One RTP payload format of a media description: payload type, encoding, clock rate, channels and
 * format parameters, gathered from the `m=` line, `a=rtpmap` and `a=fmtp`, or from the static table
 * of RFC 3551. Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoySdpFormat AhoySdpFormat;

#define AHOY_TYPE_SDP_FORMAT (ahoy_sdp_format_get_type ())
AHOY_API
GType ahoy_sdp_format_get_type (void);

AHOY_API
AhoySdpFormat *ahoy_sdp_format_new (guint payload_type,
                                    const char *encoding,
                                    guint clock_rate,
                                    guint channels,
                                    const char *fmtp);
AHOY_API
AhoySdpFormat *ahoy_sdp_format_new_static (guint payload_type);
AHOY_API
AhoySdpFormat *ahoy_sdp_format_ref (AhoySdpFormat *self);
AHOY_API
void ahoy_sdp_format_unref (AhoySdpFormat *self);
AHOY_API
guint ahoy_sdp_format_get_payload_type (AhoySdpFormat *self);
AHOY_API
const char *ahoy_sdp_format_get_encoding (AhoySdpFormat *self);
AHOY_API
guint ahoy_sdp_format_get_clock_rate (AhoySdpFormat *self);
AHOY_API
guint ahoy_sdp_format_get_channels (AhoySdpFormat *self);
AHOY_API
const char *ahoy_sdp_format_get_fmtp (AhoySdpFormat *self);
AHOY_API
char *ahoy_sdp_format_get_parameter (AhoySdpFormat *self, const char *name);
AHOY_API
gboolean ahoy_sdp_format_matches (AhoySdpFormat *self, AhoySdpFormat *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoySdpFormat, ahoy_sdp_format_unref)

G_END_DECLS
