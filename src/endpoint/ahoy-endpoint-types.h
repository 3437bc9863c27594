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
 * @AHOY_SEND_IDENTITY_BOTH: P-Asserted-Identity and Remote-Party-ID
 * @AHOY_SEND_IDENTITY_PPI: P-Preferred-Identity (RFC 3325 §9.2), for a provider that asserts itself
 *
 * The header that tells an endpoint who calls.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SEND_IDENTITY_NO,
  AHOY_SEND_IDENTITY_PAI,
  AHOY_SEND_IDENTITY_RPID,
  AHOY_SEND_IDENTITY_BOTH,
  AHOY_SEND_IDENTITY_PPI,
} AhoySendIdentity;

#define AHOY_TYPE_SEND_IDENTITY (ahoy_send_identity_get_type ())
AHOY_API
GType ahoy_send_identity_get_type (void);

/**
 * AhoyIdentityPrivacy:
 * @AHOY_IDENTITY_PRIVACY_NONE: everything may be shown
 * @AHOY_IDENTITY_PRIVACY_NAME: the name must not be shown to users
 * @AHOY_IDENTITY_PRIVACY_NUMBER: the number and the URI must not be shown to users
 *
 * What a caller wants to be kept from the called person (RFC 3323, RFC 3325 §9.3).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_IDENTITY_PRIVACY_NONE = 0,
  AHOY_IDENTITY_PRIVACY_NAME = 1 << 0,
  AHOY_IDENTITY_PRIVACY_NUMBER = 1 << 1,
} AhoyIdentityPrivacy;

#define AHOY_TYPE_IDENTITY_PRIVACY (ahoy_identity_privacy_get_type ())
AHOY_API
GType ahoy_identity_privacy_get_type (void);

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
 * AhoyRedirectPolicy:
 * @AHOY_REDIRECT_POLICY_NO: the call has failed
 * @AHOY_REDIRECT_POLICY_USER: whom the redirection names is called where the first one was: only
 *   its user part counts
 * @AHOY_REDIRECT_POLICY_FOLLOW: what the redirection names is called, wherever that is
 * @AHOY_REDIRECT_POLICY_CORE: the user part that the redirection names goes through our routes
 *
 * What becomes of a call to somebody who is elsewhere (3xx).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_REDIRECT_POLICY_NO,
  AHOY_REDIRECT_POLICY_USER,
  AHOY_REDIRECT_POLICY_FOLLOW,
  AHOY_REDIRECT_POLICY_CORE,
} AhoyRedirectPolicy;

#define AHOY_TYPE_REDIRECT_POLICY (ahoy_redirect_policy_get_type ())
AHOY_API
GType ahoy_redirect_policy_get_type (void);

/**
 * AhoyOptionsAnswer:
 * @AHOY_OPTIONS_ANSWER_ROUTE: what a call would be answered with
 * @AHOY_OPTIONS_ANSWER_ALWAYS_200: 200, whoever would be called
 *
 * How OPTIONS outside of a call is answered when it names somebody (RFC 3261 section 11.2).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_OPTIONS_ANSWER_ROUTE,
  AHOY_OPTIONS_ANSWER_ALWAYS_200,
} AhoyOptionsAnswer;

#define AHOY_TYPE_OPTIONS_ANSWER (ahoy_options_answer_get_type ())
AHOY_API
GType ahoy_options_answer_get_type (void);

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
 * AhoyDirectMedia:
 * @AHOY_DIRECT_MEDIA_NO: media pass this host
 * @AHOY_DIRECT_MEDIA_YES: media may go from peer to peer
 * @AHOY_DIRECT_MEDIA_UPDATE: they may, and the peer is told by UPDATE (RFC 3311) if it can take
 *   that
 * @AHOY_DIRECT_MEDIA_NONAT: they may, unless the peer is behind a NAT
 * @AHOY_DIRECT_MEDIA_OUTGOING: they may, and a peer that calls is told after who is called
 *
 * Whether the media of an endpoint may go past this host, and how that comes to be. All but
 * %AHOY_DIRECT_MEDIA_NO mean that they may.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_DIRECT_MEDIA_NO = 0,
  AHOY_DIRECT_MEDIA_YES = 1 << 0,
  AHOY_DIRECT_MEDIA_UPDATE = 1 << 1,
  AHOY_DIRECT_MEDIA_NONAT = 1 << 2,
  AHOY_DIRECT_MEDIA_OUTGOING = 1 << 3,
} AhoyDirectMedia;

#define AHOY_TYPE_DIRECT_MEDIA (ahoy_direct_media_get_type ())
AHOY_API
GType ahoy_direct_media_get_type (void);

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
 * AhoyCallFeatures:
 * @AHOY_CALL_FEATURES_NONE: nothing
 * @AHOY_CALL_FEATURES_DISCONNECT: end the call
 * @AHOY_CALL_FEATURES_RECORD: record the call
 * @AHOY_CALL_FEATURES_BLIND_TRANSFER: send the other one elsewhere
 * @AHOY_CALL_FEATURES_ATTENDED_TRANSFER: ask somebody first
 * @AHOY_CALL_FEATURES_PARK: leave the other one in a slot
 * @AHOY_CALL_FEATURES_ALL: all of them
 *
 * What somebody may do by digits in a call that is joined; the group `[features]` says which
 * digits.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CALL_FEATURES_NONE = 0,
  AHOY_CALL_FEATURES_DISCONNECT = 1 << 0,
  AHOY_CALL_FEATURES_RECORD = 1 << 1,
  AHOY_CALL_FEATURES_BLIND_TRANSFER = 1 << 2,
  AHOY_CALL_FEATURES_ATTENDED_TRANSFER = 1 << 3,
  AHOY_CALL_FEATURES_PARK = 1 << 4,
  AHOY_CALL_FEATURES_ALL = (1 << 5) - 1,
} AhoyCallFeatures;

#define AHOY_TYPE_CALL_FEATURES (ahoy_call_features_get_type ())
AHOY_API
GType ahoy_call_features_get_type (void);

/**
 * AhoyInbandProgress:
 * @AHOY_INBAND_PROGRESS_NO: by 180; by a tone when it hears us already
 * @AHOY_INBAND_PROGRESS_YES: by a tone in early media (183) in place of 180
 * @AHOY_INBAND_PROGRESS_NEVER: by 180 only
 *
 * How an endpoint that calls is told that somebody rings.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_INBAND_PROGRESS_NO,
  AHOY_INBAND_PROGRESS_YES,
  AHOY_INBAND_PROGRESS_NEVER,
} AhoyInbandProgress;

#define AHOY_TYPE_INBAND_PROGRESS (ahoy_inband_progress_get_type ())
AHOY_API
GType ahoy_inband_progress_get_type (void);

/**
 * AhoyAutoAnswer:
 * @AHOY_AUTO_ANSWER_NO: never
 * @AHOY_AUTO_ANSWER_ASKED: when the caller asks for it
 * @AHOY_AUTO_ANSWER_YES: always, unless the caller wants to be answered by hand
 *
 * Whether calls of an endpoint are answered by themselves where they ring.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_AUTO_ANSWER_NO,
  AHOY_AUTO_ANSWER_ASKED,
  AHOY_AUTO_ANSWER_YES,
} AhoyAutoAnswer;

#define AHOY_TYPE_AUTO_ANSWER (ahoy_auto_answer_get_type ())
AHOY_API
GType ahoy_auto_answer_get_type (void);

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
 * AhoySessionRefresher:
 * @AHOY_SESSION_REFRESHER_AUTO: whoever the other side wants, and by itself the caller
 * @AHOY_SESSION_REFRESHER_LOCAL: Ahoy
 * @AHOY_SESSION_REFRESHER_REMOTE: the endpoint
 * @AHOY_SESSION_REFRESHER_UAC: who sends the INVITE
 * @AHOY_SESSION_REFRESHER_UAS: who answers the INVITE
 *
 * Who refreshes calls, where the other side leaves it to Ahoy (RFC 4028).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SESSION_REFRESHER_AUTO,
  AHOY_SESSION_REFRESHER_LOCAL,
  AHOY_SESSION_REFRESHER_REMOTE,
  AHOY_SESSION_REFRESHER_UAC,
  AHOY_SESSION_REFRESHER_UAS,
} AhoySessionRefresher;

#define AHOY_TYPE_SESSION_REFRESHER (ahoy_session_refresher_get_type ())
AHOY_API
GType ahoy_session_refresher_get_type (void);

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
