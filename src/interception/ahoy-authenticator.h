/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-config.h"
#include "ahoy-endpoint.h"
#include "ahoy-server-transaction.h"

G_BEGIN_DECLS

/**
 * AhoyAuthRequirement:
 * @AHOY_AUTH_REQUIRED: the request has to prove who it comes from
 * @AHOY_AUTH_NOT_REQUIRED: it need not
 *
 * Whether a request has to prove who it comes from. The value 0, which a broken extension yields,
 * is the safe one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_AUTH_REQUIRED = 0,
  AHOY_AUTH_NOT_REQUIRED,
} AhoyAuthRequirement;

#define AHOY_TYPE_AUTH_REQUIREMENT (ahoy_auth_requirement_get_type ())
AHOY_API
GType ahoy_auth_requirement_get_type (void);

/**
 * AhoyAuthResult:
 * @AHOY_AUTH_FAILED: it does not prove it; the peer gets 403 unless it was answered
 * @AHOY_AUTH_CHALLENGE_SENT: the authenticator answered with a challenge
 * @AHOY_AUTH_SUCCESS: it proves it
 * @AHOY_AUTH_NO_NEED: nobody asked for a proof
 *
 * What became of the proof. The value 0, which a broken extension yields, is the safe one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_AUTH_FAILED = 0,
  AHOY_AUTH_CHALLENGE_SENT,
  AHOY_AUTH_SUCCESS,
  AHOY_AUTH_NO_NEED,
} AhoyAuthResult;

#define AHOY_TYPE_AUTH_RESULT (ahoy_auth_result_get_type ())
AHOY_API
GType ahoy_auth_result_get_type (void);

#define AHOY_TYPE_AUTHENTICATOR (ahoy_authenticator_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyAuthenticator, ahoy_authenticator, AHOY, AUTHENTICATOR, GObject)

/**
 * AhoyAuthenticatorInterface:
 * @requires_authentication: say whether a request has to prove who it comes from
 * @authenticate_request: check the proof in a request, or answer with a challenge
 * @get_credentials: say what the proof is checked against
 *
 * Since: 0.1
 */
struct _AhoyAuthenticatorInterface {
  GTypeInterface parent_iface;

  AhoyAuthRequirement (*requires_authentication) (AhoyAuthenticator *self, AhoyMessage *request,
                                                  AhoyEndpoint *endpoint);
  AhoyAuthResult (*authenticate_request) (AhoyAuthenticator *self,
                                          AhoyServerTransaction *transaction,
                                          AhoyEndpoint *endpoint);
  AhoyAuthConfig *(*get_credentials) (AhoyAuthenticator *self, AhoyMessage *request,
                                      AhoyEndpoint *endpoint);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
AhoyAuthRequirement ahoy_authenticator_requires_authentication (AhoyAuthenticator *self,
                                                                AhoyMessage *request,
                                                                AhoyEndpoint *endpoint);
AHOY_API
AhoyAuthResult ahoy_authenticator_authenticate_request (AhoyAuthenticator *self,
                                                        AhoyServerTransaction *transaction,
                                                        AhoyEndpoint *endpoint);
AHOY_API
AhoyAuthConfig *ahoy_authenticator_get_credentials (AhoyAuthenticator *self, AhoyMessage *request,
                                                    AhoyEndpoint *endpoint);

G_END_DECLS
