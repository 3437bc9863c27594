/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoySessionDirection:
 * @AHOY_SESSION_INCOMING: somebody calls us
 * @AHOY_SESSION_OUTGOING: we call somebody
 *
 * Who began a session.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SESSION_INCOMING,
  AHOY_SESSION_OUTGOING,
} AhoySessionDirection;

/**
 * AhoySessionState:
 * @AHOY_SESSION_NEW: made, nothing was sent or received yet
 * @AHOY_SESSION_TRYING: the INVITE is on its way
 * @AHOY_SESSION_RINGING: the callee is being alerted
 * @AHOY_SESSION_ACTIVE: answered
 * @AHOY_SESSION_ENDING: somebody hung up, the farewell is on its way
 * @AHOY_SESSION_ENDED: over
 *
 * How far a session is. It never goes backwards.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SESSION_NEW,
  AHOY_SESSION_TRYING,
  AHOY_SESSION_RINGING,
  AHOY_SESSION_ACTIVE,
  AHOY_SESSION_ENDING,
  AHOY_SESSION_ENDED,
} AhoySessionState;

/**
 * AhoySessionParty:
 * @AHOY_SESSION_PARTY_NONE: nobody yet
 * @AHOY_SESSION_PARTY_LOCAL: this side
 * @AHOY_SESSION_PARTY_REMOTE: the peer
 * @AHOY_SESSION_PARTY_NETWORK: neither: nobody answered, or a message could not be delivered
 *
 * Who ended a session.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SESSION_PARTY_NONE,
  AHOY_SESSION_PARTY_LOCAL,
  AHOY_SESSION_PARTY_REMOTE,
  AHOY_SESSION_PARTY_NETWORK,
} AhoySessionParty;

/**
 * AhoySessionHold:
 * @AHOY_SESSION_HOLD_NONE: nobody holds
 * @AHOY_SESSION_HOLD_LOCAL: this side holds the peer
 * @AHOY_SESSION_HOLD_REMOTE: the peer holds this side
 * @AHOY_SESSION_HOLD_BOTH: both hold
 *
 * Whose ear a session has (RFC 3264 §8.4). The values are bits: local 1, remote 2.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SESSION_HOLD_NONE = 0,
  AHOY_SESSION_HOLD_LOCAL = 1,
  AHOY_SESSION_HOLD_REMOTE = 2,
  AHOY_SESSION_HOLD_BOTH = 3,
} AhoySessionHold;

#define AHOY_TYPE_SESSION_DIRECTION (ahoy_session_direction_get_type ())
AHOY_API
GType ahoy_session_direction_get_type (void);
#define AHOY_TYPE_SESSION_STATE (ahoy_session_state_get_type ())
AHOY_API
GType ahoy_session_state_get_type (void);
#define AHOY_TYPE_SESSION_PARTY (ahoy_session_party_get_type ())
AHOY_API
GType ahoy_session_party_get_type (void);
#define AHOY_TYPE_SESSION_HOLD (ahoy_session_hold_get_type ())
AHOY_API
GType ahoy_session_hold_get_type (void);

AHOY_API
const char *ahoy_session_direction_to_string (AhoySessionDirection self);
AHOY_API
const char *ahoy_session_state_to_string (AhoySessionState self);
AHOY_API
const char *ahoy_session_party_to_string (AhoySessionParty self);
AHOY_API
const char *ahoy_session_hold_to_string (AhoySessionHold self);

G_END_DECLS
