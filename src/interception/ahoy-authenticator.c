/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-authenticator.h"

/**
 * AhoyAuthenticator:
 *
 * Says which requests have to prove who they come from, checks the proof, and knows the credentials
 * that it is checked against.
 *
 * The first authenticator in the order is the one that counts, see
 * ahoy_authentication_add_authenticator(): another one takes its place by being added before it.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyAuthenticator, ahoy_authenticator, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyAuthRequirement, ahoy_auth_requirement,
                    G_DEFINE_ENUM_VALUE (AHOY_AUTH_REQUIRED, "required"),
                    G_DEFINE_ENUM_VALUE (AHOY_AUTH_NOT_REQUIRED, "not-required"))

G_DEFINE_ENUM_TYPE (AhoyAuthResult, ahoy_auth_result,
                    G_DEFINE_ENUM_VALUE (AHOY_AUTH_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (AHOY_AUTH_CHALLENGE_SENT, "challenge-sent"),
                    G_DEFINE_ENUM_VALUE (AHOY_AUTH_SUCCESS, "success"),
                    G_DEFINE_ENUM_VALUE (AHOY_AUTH_NO_NEED, "no-need"))

static AhoyAuthRequirement
real_requires_authentication (AhoyAuthenticator *self, AhoyMessage *request,
                              AhoyEndpoint *endpoint)
{
  return AHOY_AUTH_REQUIRED;
}

static AhoyAuthResult
real_authenticate_request (AhoyAuthenticator *self, AhoyServerTransaction *transaction,
                           AhoyEndpoint *endpoint)
{
  return AHOY_AUTH_FAILED;
}

static AhoyAuthConfig *
real_get_credentials (AhoyAuthenticator *self, AhoyMessage *request, AhoyEndpoint *endpoint)
{
  return NULL;
}

static void
ahoy_authenticator_default_init (AhoyAuthenticatorInterface *iface)
{
  iface->requires_authentication = real_requires_authentication;
  iface->authenticate_request = real_authenticate_request;
  iface->get_credentials = real_get_credentials;
}

/**
 * ahoy_authenticator_requires_authentication: (virtual requires_authentication)
 * @self: an authenticator
 * @request: a request
 * @endpoint: (nullable): who it seems to come from; %NULL for somebody unknown
 *
 * Returns: whether the request has to prove who it comes from
 *
 * Since: 0.1
 */
AhoyAuthRequirement
ahoy_authenticator_requires_authentication (AhoyAuthenticator *self, AhoyMessage *request,
                                            AhoyEndpoint *endpoint)
{
  g_return_val_if_fail (AHOY_IS_AUTHENTICATOR (self), AHOY_AUTH_REQUIRED);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), AHOY_AUTH_REQUIRED);

  return AHOY_AUTHENTICATOR_GET_IFACE (self)->requires_authentication (self, request, endpoint);
}

/**
 * ahoy_authenticator_authenticate_request: (virtual authenticate_request)
 * @self: an authenticator
 * @transaction: a request that has to prove who it comes from
 * @endpoint: (nullable): who it seems to come from; %NULL for somebody unknown, who gets a
 *   challenge like everybody, and never succeeds
 *
 * Checks the proof. A request without a proof is answered with a challenge (RFC 3261 §22). An
 * authenticator that has to ask somebody else first calls ahoy_authentication_defer(), and what it
 * returns does not count.
 *
 * Returns: what became of it
 *
 * Since: 0.1
 */
AhoyAuthResult
ahoy_authenticator_authenticate_request (AhoyAuthenticator *self,
                                         AhoyServerTransaction *transaction,
                                         AhoyEndpoint *endpoint)
{
  g_return_val_if_fail (AHOY_IS_AUTHENTICATOR (self), AHOY_AUTH_FAILED);
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (transaction), AHOY_AUTH_FAILED);

  return AHOY_AUTHENTICATOR_GET_IFACE (self)->authenticate_request (self, transaction, endpoint);
}

/**
 * ahoy_authenticator_get_credentials: (virtual get_credentials)
 * @self: an authenticator
 * @request: a request
 * @endpoint: who it seems to come from
 *
 * Returns: (transfer full) (nullable): the account that the proof is checked against: realm, user
 *   name and password or hash; %NULL when there is none
 *
 * Since: 0.1
 */
AhoyAuthConfig *
ahoy_authenticator_get_credentials (AhoyAuthenticator *self, AhoyMessage *request,
                                    AhoyEndpoint *endpoint)
{
  g_return_val_if_fail (AHOY_IS_AUTHENTICATOR (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), NULL);

  return AHOY_AUTHENTICATOR_GET_IFACE (self)->get_credentials (self, request, endpoint);
}
