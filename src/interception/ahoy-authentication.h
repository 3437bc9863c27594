/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-deferral.h"
#include "ahoy-authenticator.h"
#include "ahoy-interception.h"

G_BEGIN_DECLS

#define AHOY_TYPE_AUTHENTICATION (ahoy_authentication_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAuthentication, ahoy_authentication, AHOY, AUTHENTICATION, GObject)

AHOY_API
AhoyAuthentication *ahoy_authentication_new (AhoyInterception *chain);
AHOY_API
gboolean ahoy_authentication_add_authenticator (AhoyAuthentication *self,
                                                AhoyAuthenticator *authenticator,
                                                const char *name, const char *const *before,
                                                const char *const *after, GError **error);
AHOY_API
gboolean ahoy_authentication_remove_authenticator (AhoyAuthentication *self,
                                                   AhoyAuthenticator *authenticator);
AHOY_API
AhoyAuthRequirement ahoy_authentication_requires (AhoyAuthentication *self, AhoyMessage *request,
                                                  AhoyEndpoint *endpoint);
AHOY_API
AhoyAuthResult ahoy_authentication_check (AhoyAuthentication *self,
                                          AhoyServerTransaction *transaction,
                                          AhoyEndpoint *endpoint);
AHOY_API
AhoyAuthConfig *ahoy_authentication_get_credentials (AhoyAuthentication *self,
                                                     AhoyMessage *request,
                                                     AhoyEndpoint *endpoint);
AHOY_API
AhoyAuthDeferral *ahoy_authentication_defer (AhoyAuthentication *self,
                                             AhoyServerTransaction *transaction, guint deadline,
                                             GError **error);
AHOY_API
GVariant *ahoy_authentication_get_statistics (AhoyAuthentication *self);

G_END_DECLS
