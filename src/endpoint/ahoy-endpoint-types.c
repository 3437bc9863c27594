/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-types.h"

G_DEFINE_ENUM_TYPE (AhoyEndpointAuth, ahoy_endpoint_auth,
                    G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_AUTH_DIGEST, "digest"),
                    G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_AUTH_NONE, "none"))

G_DEFINE_ENUM_TYPE (AhoySendIdentity, ahoy_send_identity,
                    G_DEFINE_ENUM_VALUE (AHOY_SEND_IDENTITY_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_SEND_IDENTITY_PAI, "pai"),
                    G_DEFINE_ENUM_VALUE (AHOY_SEND_IDENTITY_RPID, "rpid"))

G_DEFINE_ENUM_TYPE (AhoyDtmfMode, ahoy_dtmf_mode,
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_RFC4733, "rfc4733"),
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_INFO, "info"),
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_INBAND, "inband"),
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_AUTO, "auto"))

G_DEFINE_ENUM_TYPE (AhoyMediaEncryption, ahoy_media_encryption,
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_SDES, "sdes"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_DTLS, "dtls"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_OPTIMISTIC, "optimistic"))

G_DEFINE_ENUM_TYPE (AhoyTransferPolicy, ahoy_transfer_policy,
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_POLICY_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_POLICY_YES, "yes"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_POLICY_ASK, "ask"))

G_DEFINE_ENUM_TYPE (AhoyReliableProvisionals, ahoy_reliable_provisionals,
                    G_DEFINE_ENUM_VALUE (AHOY_RELIABLE_PROVISIONALS_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_RELIABLE_PROVISIONALS_YES, "yes"),
                    G_DEFINE_ENUM_VALUE (AHOY_RELIABLE_PROVISIONALS_PEER_SUPPORTED,
                                         "peer-supported"),
                    G_DEFINE_ENUM_VALUE (AHOY_RELIABLE_PROVISIONALS_REQUIRED, "required"))

G_DEFINE_ENUM_TYPE (AhoySessionTimers, ahoy_session_timers,
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_TIMERS_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_TIMERS_YES, "yes"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_TIMERS_ALWAYS, "always"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_TIMERS_REQUIRED, "required"))

G_DEFINE_FLAGS_TYPE (AhoyEndpointAllow, ahoy_endpoint_allow,
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_CALL, "call"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_REGISTER, "register"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_MESSAGE, "message"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_SUBSCRIBE, "subscribe"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_PUBLISH, "publish"))
