/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-registry.h"
#include "ahoy-authenticator.h"
#include "ahoy-digest.h"
#include "ahoy-security-log.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DIGEST_AUTHENTICATOR (ahoy_digest_authenticator_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDigestAuthenticator, ahoy_digest_authenticator, AHOY,
                      DIGEST_AUTHENTICATOR, GObject)

AHOY_API
AhoyDigestAuthenticator *ahoy_digest_authenticator_new (AhoyAuthRegistry *auths,
                                                        AhoySecurityLog *log);
AHOY_API
void ahoy_digest_authenticator_set_secret (AhoyDigestAuthenticator *self, GBytes *secret);
AHOY_API
AhoyAuthResult ahoy_digest_authenticator_check (AhoyDigestAuthenticator *self,
                                                AhoyServerTransaction *transaction,
                                                AhoyEndpoint *endpoint, AhoyAuthConfig *account);
AHOY_API
GPtrArray *ahoy_digest_authenticator_list_challenges (AhoyDigestAuthenticator *self,
                                                      AhoyMessage *request,
                                                      AhoyEndpoint *endpoint, gboolean stale);

G_END_DECLS
