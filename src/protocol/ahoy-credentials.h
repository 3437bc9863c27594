/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-challenge.h"
#include "ahoy-digest.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyCredentials:
 *
 * A proof: what Authorization and Proxy-Authorization carry with the scheme `Digest` (RFC 7616
 * section 3.4). Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyCredentials AhoyCredentials;

#define AHOY_TYPE_CREDENTIALS (ahoy_credentials_get_type ())
AHOY_API
GType ahoy_credentials_get_type (void);

AHOY_API
AhoyCredentials *ahoy_credentials_new (AhoyChallenge *challenge, const char *username,
                                       const char *ha1, const char *method, const char *uri,
                                       GBytes *body, const char *cnonce, guint nc,
                                       GError **error);
AHOY_API
GPtrArray *ahoy_credentials_parse_list (const char *value, GError **error);
AHOY_API
AhoyCredentials *ahoy_credentials_ref (AhoyCredentials *self);
AHOY_API
void ahoy_credentials_unref (AhoyCredentials *self);
AHOY_API
char *ahoy_credentials_to_string (AhoyCredentials *self);
AHOY_API
gboolean ahoy_credentials_check (AhoyCredentials *self, const char *ha1, const char *method,
                                 GBytes *body);
AHOY_API
const char *ahoy_credentials_get_username (AhoyCredentials *self);
AHOY_API
const char *ahoy_credentials_get_realm (AhoyCredentials *self);
AHOY_API
AhoyDigestAlgorithm ahoy_credentials_get_algorithm (AhoyCredentials *self);
AHOY_API
AhoyDigestQop ahoy_credentials_get_qop (AhoyCredentials *self);
AHOY_API
const char *ahoy_credentials_get_nonce (AhoyCredentials *self);
AHOY_API
guint ahoy_credentials_get_nonce_count (AhoyCredentials *self);
AHOY_API
const char *ahoy_credentials_get_cnonce (AhoyCredentials *self);
AHOY_API
const char *ahoy_credentials_get_opaque (AhoyCredentials *self);
AHOY_API
const char *ahoy_credentials_get_uri (AhoyCredentials *self);
AHOY_API
const char *ahoy_credentials_get_response (AhoyCredentials *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyCredentials, ahoy_credentials_unref)

G_END_DECLS
