/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-digest.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyChallenge:
 *
 * What WWW-Authenticate and Proxy-Authenticate ask for with the scheme `Digest` (RFC 7616 section
 * 3.3). Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyChallenge AhoyChallenge;

#define AHOY_TYPE_CHALLENGE (ahoy_challenge_get_type ())
AHOY_API
GType ahoy_challenge_get_type (void);

AHOY_API
AhoyChallenge *ahoy_challenge_new (const char *realm, AhoyDigestAlgorithm algorithm,
                                   AhoyDigestQop qop, const char *nonce, const char *opaque,
                                   const char *domain, gboolean stale);
AHOY_API
GPtrArray *ahoy_challenge_parse_list (const char *value, GError **error);
AHOY_API
AhoyChallenge *ahoy_challenge_ref (AhoyChallenge *self);
AHOY_API
void ahoy_challenge_unref (AhoyChallenge *self);
AHOY_API
char *ahoy_challenge_to_string (AhoyChallenge *self);
AHOY_API
const char *ahoy_challenge_get_realm (AhoyChallenge *self);
AHOY_API
AhoyDigestAlgorithm ahoy_challenge_get_algorithm (AhoyChallenge *self);
AHOY_API
AhoyDigestQop ahoy_challenge_get_qop (AhoyChallenge *self);
AHOY_API
const char *ahoy_challenge_get_nonce (AhoyChallenge *self);
AHOY_API
const char *ahoy_challenge_get_opaque (AhoyChallenge *self);
AHOY_API
const char *ahoy_challenge_get_domain (AhoyChallenge *self);
AHOY_API
gboolean ahoy_challenge_is_stale (AhoyChallenge *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyChallenge, ahoy_challenge_unref)

G_END_DECLS
