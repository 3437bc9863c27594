/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyEndpointAuth:
 * @AHOY_ENDPOINT_AUTH_DIGEST: by digest (RFC 7616)
 * @AHOY_ENDPOINT_AUTH_NONE: they do not
 *
 * Whether requests of an endpoint have to prove that they are.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_ENDPOINT_AUTH_DIGEST,
  AHOY_ENDPOINT_AUTH_NONE,
} AhoyEndpointAuth;

#define AHOY_TYPE_ENDPOINT_AUTH (ahoy_endpoint_auth_get_type ())
AHOY_API
GType ahoy_endpoint_auth_get_type (void);

/**
 * AhoySendIdentity:
 * @AHOY_SEND_IDENTITY_NO: From alone
 * @AHOY_SEND_IDENTITY_PAI: P-Asserted-Identity (RFC 3325)
 * @AHOY_SEND_IDENTITY_RPID: Remote-Party-ID
 *
 * The header that tells an endpoint who calls.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SEND_IDENTITY_NO,
  AHOY_SEND_IDENTITY_PAI,
  AHOY_SEND_IDENTITY_RPID,
} AhoySendIdentity;

#define AHOY_TYPE_SEND_IDENTITY (ahoy_send_identity_get_type ())
AHOY_API
GType ahoy_send_identity_get_type (void);

/**
 * AhoyDtmfMode:
 * @AHOY_DTMF_MODE_RFC4733: as telephone events beside the audio (RFC 4733)
 * @AHOY_DTMF_MODE_INFO: in INFO requests
 * @AHOY_DTMF_MODE_INBAND: as tones in the audio
 * @AHOY_DTMF_MODE_AUTO: as telephone events where the peer takes them, else as tones
 *
 * How digits are sent.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_DTMF_MODE_RFC4733,
  AHOY_DTMF_MODE_INFO,
  AHOY_DTMF_MODE_INBAND,
  AHOY_DTMF_MODE_AUTO,
} AhoyDtmfMode;

#define AHOY_TYPE_DTMF_MODE (ahoy_dtmf_mode_get_type ())
AHOY_API
GType ahoy_dtmf_mode_get_type (void);

/**
 * AhoyMediaEncryption:
 * @AHOY_MEDIA_ENCRYPTION_NO: not at all
 * @AHOY_MEDIA_ENCRYPTION_SDES: SRTP with keys in the SDP (RFC 4568)
 * @AHOY_MEDIA_ENCRYPTION_DTLS: SRTP with keys from DTLS (RFC 5764)
 * @AHOY_MEDIA_ENCRYPTION_OPTIMISTIC: offered, and done without where the peer does not
 *
 * How media is encrypted.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_MEDIA_ENCRYPTION_NO,
  AHOY_MEDIA_ENCRYPTION_SDES,
  AHOY_MEDIA_ENCRYPTION_DTLS,
  AHOY_MEDIA_ENCRYPTION_OPTIMISTIC,
} AhoyMediaEncryption;

#define AHOY_TYPE_MEDIA_ENCRYPTION (ahoy_media_encryption_get_type ())
AHOY_API
GType ahoy_media_encryption_get_type (void);

/**
 * AhoyTransferPolicy:
 * @AHOY_TRANSFER_POLICY_NO: it may not
 * @AHOY_TRANSFER_POLICY_YES: it may
 * @AHOY_TRANSFER_POLICY_ASK: an agent on the bus is asked
 *
 * Whether an endpoint may transfer calls.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_TRANSFER_POLICY_NO,
  AHOY_TRANSFER_POLICY_YES,
  AHOY_TRANSFER_POLICY_ASK,
} AhoyTransferPolicy;

#define AHOY_TYPE_TRANSFER_POLICY (ahoy_transfer_policy_get_type ())
AHOY_API
GType ahoy_transfer_policy_get_type (void);

/**
 * AhoyReliableProvisionals:
 * @AHOY_RELIABLE_PROVISIONALS_NO: never
 * @AHOY_RELIABLE_PROVISIONALS_YES: when the peer asks for it
 * @AHOY_RELIABLE_PROVISIONALS_PEER_SUPPORTED: whenever the peer can
 * @AHOY_RELIABLE_PROVISIONALS_REQUIRED: always; a peer that cannot is refused
 *
 * Whether provisional responses are acknowledged (RFC 3262).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_RELIABLE_PROVISIONALS_NO,
  AHOY_RELIABLE_PROVISIONALS_YES,
  AHOY_RELIABLE_PROVISIONALS_PEER_SUPPORTED,
  AHOY_RELIABLE_PROVISIONALS_REQUIRED,
} AhoyReliableProvisionals;

#define AHOY_TYPE_RELIABLE_PROVISIONALS (ahoy_reliable_provisionals_get_type ())
AHOY_API
GType ahoy_reliable_provisionals_get_type (void);

/**
 * AhoySessionTimers:
 * @AHOY_SESSION_TIMERS_NO: never
 * @AHOY_SESSION_TIMERS_YES: when the peer asks for it
 * @AHOY_SESSION_TIMERS_ALWAYS: Ahoy asks for it
 * @AHOY_SESSION_TIMERS_REQUIRED: always; a peer that cannot is refused with 421
 *
 * Whether calls are refreshed (RFC 4028).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SESSION_TIMERS_NO,
  AHOY_SESSION_TIMERS_YES,
  AHOY_SESSION_TIMERS_ALWAYS,
  AHOY_SESSION_TIMERS_REQUIRED,
} AhoySessionTimers;

#define AHOY_TYPE_SESSION_TIMERS (ahoy_session_timers_get_type ())
AHOY_API
GType ahoy_session_timers_get_type (void);

/**
 * AhoyEndpointAllow:
 * @AHOY_ENDPOINT_ALLOW_CALL: call
 * @AHOY_ENDPOINT_ALLOW_REGISTER: register contacts
 * @AHOY_ENDPOINT_ALLOW_MESSAGE: send messages
 * @AHOY_ENDPOINT_ALLOW_SUBSCRIBE: subscribe to events
 * @AHOY_ENDPOINT_ALLOW_PUBLISH: publish events
 * @AHOY_ENDPOINT_ALLOW_ALL: everything
 *
 * What an endpoint may do.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_ENDPOINT_ALLOW_CALL = 1 << 0,
  AHOY_ENDPOINT_ALLOW_REGISTER = 1 << 1,
  AHOY_ENDPOINT_ALLOW_MESSAGE = 1 << 2,
  AHOY_ENDPOINT_ALLOW_SUBSCRIBE = 1 << 3,
  AHOY_ENDPOINT_ALLOW_PUBLISH = 1 << 4,
  AHOY_ENDPOINT_ALLOW_ALL = (1 << 5) - 1,
} AhoyEndpointAllow;

#define AHOY_TYPE_ENDPOINT_ALLOW (ahoy_endpoint_allow_get_type ())
AHOY_API
GType ahoy_endpoint_allow_get_type (void);

G_END_DECLS
