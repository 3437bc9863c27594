/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-direction.h"

G_DEFINE_ENUM_TYPE (AhoySdpDirection, ahoy_sdp_direction,
                    G_DEFINE_ENUM_VALUE (AHOY_SDP_DIRECTION_INACTIVE, "inactive"),
                    G_DEFINE_ENUM_VALUE (AHOY_SDP_DIRECTION_SENDONLY, "sendonly"),
                    G_DEFINE_ENUM_VALUE (AHOY_SDP_DIRECTION_RECVONLY, "recvonly"),
                    G_DEFINE_ENUM_VALUE (AHOY_SDP_DIRECTION_SENDRECV, "sendrecv"))

/**
 * ahoy_sdp_direction_to_string:
 * @direction: a direction
 *
 * Gets the name of the attribute that says @direction: `inactive`, `sendonly`, `recvonly` or
 * `sendrecv`.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_direction_to_string (AhoySdpDirection direction)
{
  static const char *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

  return names[direction & AHOY_SDP_DIRECTION_SENDRECV];
}

/**
 * ahoy_sdp_direction_reverse:
 * @direction: a direction
 *
 * Gets @direction as the other side sees it: `sendonly` becomes `recvonly` and back.
 *
 * Returns: the direction from the other side
 *
 * Since: 0.1
 */
AhoySdpDirection
ahoy_sdp_direction_reverse (AhoySdpDirection direction)
{
  AhoySdpDirection reversed = AHOY_SDP_DIRECTION_INACTIVE;

  if ((direction & AHOY_SDP_DIRECTION_SENDONLY) != 0)
    reversed |= AHOY_SDP_DIRECTION_RECVONLY;
  if ((direction & AHOY_SDP_DIRECTION_RECVONLY) != 0)
    reversed |= AHOY_SDP_DIRECTION_SENDONLY;

  return reversed;
}

/**
 * ahoy_sdp_direction_answer:
 * @offered: the direction the offer says, from the offerer's side
 * @wanted: the direction the answerer would like, from its own side
 *
 * Gets the widest direction an answer may carry (RFC 3264 section 6.1): what @wanted says, less
 * what @offered does not allow. An offer of `sendonly` is never answered with more than `recvonly`.
 *
 * Returns: the direction for the answer
 *
 * Since: 0.1
 */
AhoySdpDirection
ahoy_sdp_direction_answer (AhoySdpDirection offered, AhoySdpDirection wanted)
{
  return ahoy_sdp_direction_reverse (offered) & wanted;
}
