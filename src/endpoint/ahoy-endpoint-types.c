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
                    G_DEFINE_ENUM_VALUE (AHOY_SEND_IDENTITY_RPID, "rpid"),
                    G_DEFINE_ENUM_VALUE (AHOY_SEND_IDENTITY_BOTH, "both"),
                    G_DEFINE_ENUM_VALUE (AHOY_SEND_IDENTITY_PPI, "ppi"))

G_DEFINE_FLAGS_TYPE (AhoyIdentityPrivacy, ahoy_identity_privacy,
                     G_DEFINE_ENUM_VALUE (AHOY_IDENTITY_PRIVACY_NONE, "none"),
                     G_DEFINE_ENUM_VALUE (AHOY_IDENTITY_PRIVACY_NAME, "name"),
                     G_DEFINE_ENUM_VALUE (AHOY_IDENTITY_PRIVACY_NUMBER, "number"))

G_DEFINE_ENUM_TYPE (AhoyDtmfMode, ahoy_dtmf_mode,
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_RFC4733, "rfc4733"),
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_INFO, "info"),
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_INBAND, "inband"),
                    G_DEFINE_ENUM_VALUE (AHOY_DTMF_MODE_AUTO, "auto"))

G_DEFINE_ENUM_TYPE (AhoyRedirectPolicy, ahoy_redirect_policy,
                    G_DEFINE_ENUM_VALUE (AHOY_REDIRECT_POLICY_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_REDIRECT_POLICY_USER, "user"),
                    G_DEFINE_ENUM_VALUE (AHOY_REDIRECT_POLICY_FOLLOW, "follow"),
                    G_DEFINE_ENUM_VALUE (AHOY_REDIRECT_POLICY_CORE, "core"))

G_DEFINE_ENUM_TYPE (AhoyOptionsAnswer, ahoy_options_answer,
                    G_DEFINE_ENUM_VALUE (AHOY_OPTIONS_ANSWER_ROUTE, "route"),
                    G_DEFINE_ENUM_VALUE (AHOY_OPTIONS_ANSWER_ALWAYS_200, "always-200"))

G_DEFINE_ENUM_TYPE (AhoyMediaEncryption, ahoy_media_encryption,
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_SDES, "sdes"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_DTLS, "dtls"),
                    G_DEFINE_ENUM_VALUE (AHOY_MEDIA_ENCRYPTION_OPTIMISTIC, "optimistic"))

G_DEFINE_FLAGS_TYPE (AhoyDirectMedia, ahoy_direct_media,
                     G_DEFINE_ENUM_VALUE (AHOY_DIRECT_MEDIA_NO, "no"),
                     G_DEFINE_ENUM_VALUE (AHOY_DIRECT_MEDIA_YES, "yes"),
                     G_DEFINE_ENUM_VALUE (AHOY_DIRECT_MEDIA_UPDATE, "update"),
                     G_DEFINE_ENUM_VALUE (AHOY_DIRECT_MEDIA_NONAT, "nonat"),
                     G_DEFINE_ENUM_VALUE (AHOY_DIRECT_MEDIA_OUTGOING, "outgoing"))

G_DEFINE_ENUM_TYPE (AhoyTransferPolicy, ahoy_transfer_policy,
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_POLICY_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_POLICY_YES, "yes"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSFER_POLICY_ASK, "ask"))

G_DEFINE_FLAGS_TYPE (AhoyCallFeatures, ahoy_call_features,
                     G_DEFINE_ENUM_VALUE (AHOY_CALL_FEATURES_NONE, "none"),
                     G_DEFINE_ENUM_VALUE (AHOY_CALL_FEATURES_DISCONNECT, "disconnect"),
                     G_DEFINE_ENUM_VALUE (AHOY_CALL_FEATURES_RECORD, "record"),
                     G_DEFINE_ENUM_VALUE (AHOY_CALL_FEATURES_BLIND_TRANSFER, "blind-transfer"),
                     G_DEFINE_ENUM_VALUE (AHOY_CALL_FEATURES_ATTENDED_TRANSFER,
                                          "attended-transfer"),
                     G_DEFINE_ENUM_VALUE (AHOY_CALL_FEATURES_PARK, "park"),
                     G_DEFINE_ENUM_VALUE (AHOY_CALL_FEATURES_ALL, "all"))

G_DEFINE_ENUM_TYPE (AhoyInbandProgress, ahoy_inband_progress,
                    G_DEFINE_ENUM_VALUE (AHOY_INBAND_PROGRESS_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_INBAND_PROGRESS_YES, "yes"),
                    G_DEFINE_ENUM_VALUE (AHOY_INBAND_PROGRESS_NEVER, "never"))

G_DEFINE_ENUM_TYPE (AhoyAutoAnswer, ahoy_auto_answer,
                    G_DEFINE_ENUM_VALUE (AHOY_AUTO_ANSWER_NO, "no"),
                    G_DEFINE_ENUM_VALUE (AHOY_AUTO_ANSWER_ASKED, "asked"),
                    G_DEFINE_ENUM_VALUE (AHOY_AUTO_ANSWER_YES, "yes"))

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

G_DEFINE_ENUM_TYPE (AhoySessionRefresher, ahoy_session_refresher,
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_REFRESHER_AUTO, "auto"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_REFRESHER_LOCAL, "local"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_REFRESHER_REMOTE, "remote"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_REFRESHER_UAC, "uac"),
                    G_DEFINE_ENUM_VALUE (AHOY_SESSION_REFRESHER_UAS, "uas"))

G_DEFINE_FLAGS_TYPE (AhoyEndpointAllow, ahoy_endpoint_allow,
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_CALL, "call"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_REGISTER, "register"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_MESSAGE, "message"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_SUBSCRIBE, "subscribe"),
                     G_DEFINE_ENUM_VALUE (AHOY_ENDPOINT_ALLOW_PUBLISH, "publish"))
