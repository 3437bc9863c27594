/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoySdpDirection:
 * @AHOY_SDP_DIRECTION_INACTIVE: no media in either direction
 * @AHOY_SDP_DIRECTION_SENDONLY: the side that wrote the description sends, and does not receive
 * @AHOY_SDP_DIRECTION_RECVONLY: the side that wrote the description receives, and does not send
 * @AHOY_SDP_DIRECTION_SENDRECV: media in both directions
 *
 * The direction of a stream, as seen by the side that wrote the description (RFC 4566 section 6).
 * Bit 0 is sending and bit 1 receiving, so two directions may be combined with `&`.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SDP_DIRECTION_INACTIVE = 0,
  AHOY_SDP_DIRECTION_SENDONLY = 1,
  AHOY_SDP_DIRECTION_RECVONLY = 2,
  AHOY_SDP_DIRECTION_SENDRECV = 3,
} AhoySdpDirection;

#define AHOY_TYPE_SDP_DIRECTION (ahoy_sdp_direction_get_type ())
AHOY_API
GType ahoy_sdp_direction_get_type (void);

AHOY_API
const char *ahoy_sdp_direction_to_string (AhoySdpDirection direction);
AHOY_API
AhoySdpDirection ahoy_sdp_direction_reverse (AhoySdpDirection direction);
AHOY_API
AhoySdpDirection ahoy_sdp_direction_answer (AhoySdpDirection offered, AhoySdpDirection wanted);

G_END_DECLS
