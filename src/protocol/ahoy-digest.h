/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyDigestAlgorithm:
 * @AHOY_DIGEST_UNKNOWN: one that is not known here, or that the system's OpenSSL forbids
 * @AHOY_DIGEST_MD5: `MD5`
 * @AHOY_DIGEST_MD5_SESS: `MD5-sess`
 * @AHOY_DIGEST_SHA_256: `SHA-256`
 * @AHOY_DIGEST_SHA_256_SESS: `SHA-256-sess`
 * @AHOY_DIGEST_SHA_512_256: `SHA-512-256`
 * @AHOY_DIGEST_SHA_512_256_SESS: `SHA-512-256-sess`
 *
 * The algorithms of digest authentication (RFC 7616 section 6.1; in SIP by RFC 8760).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_DIGEST_UNKNOWN = 0,
  AHOY_DIGEST_MD5,
  AHOY_DIGEST_MD5_SESS,
  AHOY_DIGEST_SHA_256,
  AHOY_DIGEST_SHA_256_SESS,
  AHOY_DIGEST_SHA_512_256,
  AHOY_DIGEST_SHA_512_256_SESS,
} AhoyDigestAlgorithm;

#define AHOY_TYPE_DIGEST_ALGORITHM (ahoy_digest_algorithm_get_type ())
AHOY_API
GType ahoy_digest_algorithm_get_type (void);

/**
 * AhoyDigestQop:
 * @AHOY_DIGEST_QOP_NONE: none said, as before RFC 2617 (RFC 2069): nothing tells a repetition
 * @AHOY_DIGEST_QOP_AUTH: `auth`: method and URI are protected, and requests are counted
 * @AHOY_DIGEST_QOP_AUTH_INT: `auth-int`: the body is protected too
 *
 * What a proof protects (RFC 7616 section 3.3): those that a challenge offers, or the one that
 * credentials use.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_DIGEST_QOP_NONE = 0,
  AHOY_DIGEST_QOP_AUTH = 1 << 0,
  AHOY_DIGEST_QOP_AUTH_INT = 1 << 1,
} AhoyDigestQop;

#define AHOY_TYPE_DIGEST_QOP (ahoy_digest_qop_get_type ())
AHOY_API
GType ahoy_digest_qop_get_type (void);

AHOY_API
const char *ahoy_digest_algorithm_to_string (AhoyDigestAlgorithm algorithm);
AHOY_API
AhoyDigestAlgorithm ahoy_digest_algorithm_from_string (const char *name);
AHOY_API
gboolean ahoy_digest_algorithm_is_session (AhoyDigestAlgorithm algorithm);
AHOY_API
AhoyDigestAlgorithm ahoy_digest_algorithm_get_base (AhoyDigestAlgorithm algorithm);
AHOY_API
guint ahoy_digest_algorithm_get_length (AhoyDigestAlgorithm algorithm);
AHOY_API
gboolean ahoy_digest_algorithm_is_available (AhoyDigestAlgorithm algorithm);

AHOY_API
char *ahoy_digest_hash_account (AhoyDigestAlgorithm algorithm, const char *username,
                                const char *realm, const char *password);
AHOY_API
char *ahoy_digest_respond (AhoyDigestAlgorithm algorithm, const char *ha1, const char *nonce,
                           AhoyDigestQop qop, guint nc, const char *cnonce, const char *method,
                           const char *uri, GBytes *body);
AHOY_API
gboolean ahoy_digest_equal (const char *a, const char *b);
AHOY_API
char *ahoy_digest_make_random (guint n_bytes);

G_END_DECLS
