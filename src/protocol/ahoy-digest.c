/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

#include "ahoy-digest-private.h"

/* The arithmetic of digest authentication (RFC 7616 section 3.4). OpenSSL hashes, as GChecksum has
 * no SHA-512/256 (docs/decisions/056-digest.md). */

G_DEFINE_ENUM_TYPE (AhoyDigestAlgorithm, ahoy_digest_algorithm,
                    G_DEFINE_ENUM_VALUE (AHOY_DIGEST_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (AHOY_DIGEST_MD5, "md5"),
                    G_DEFINE_ENUM_VALUE (AHOY_DIGEST_MD5_SESS, "md5-sess"),
                    G_DEFINE_ENUM_VALUE (AHOY_DIGEST_SHA_256, "sha-256"),
                    G_DEFINE_ENUM_VALUE (AHOY_DIGEST_SHA_256_SESS, "sha-256-sess"),
                    G_DEFINE_ENUM_VALUE (AHOY_DIGEST_SHA_512_256, "sha-512-256"),
                    G_DEFINE_ENUM_VALUE (AHOY_DIGEST_SHA_512_256_SESS, "sha-512-256-sess"))

G_DEFINE_FLAGS_TYPE (AhoyDigestQop, ahoy_digest_qop,
                     G_DEFINE_ENUM_VALUE (AHOY_DIGEST_QOP_AUTH, "auth"),
                     G_DEFINE_ENUM_VALUE (AHOY_DIGEST_QOP_AUTH_INT, "auth-int"))

static const struct {
  const char *name;  /* as it is written */
  const char *fetch; /* what OpenSSL calls it */
  guint length;      /* hexadecimal digits */
} algorithms[] = {
  [AHOY_DIGEST_MD5] = { "MD5", "MD5", 32 },
  [AHOY_DIGEST_MD5_SESS] = { "MD5-sess", NULL, 32 },
  [AHOY_DIGEST_SHA_256] = { "SHA-256", "SHA2-256", 64 },
  [AHOY_DIGEST_SHA_256_SESS] = { "SHA-256-sess", NULL, 64 },
  [AHOY_DIGEST_SHA_512_256] = { "SHA-512-256", "SHA2-512/256", 64 },
  [AHOY_DIGEST_SHA_512_256_SESS] = { "SHA-512-256-sess", NULL, 64 },
};

static gboolean
is_known (AhoyDigestAlgorithm algorithm)
{
  return algorithm > AHOY_DIGEST_UNKNOWN && (gsize) algorithm < G_N_ELEMENTS (algorithms);
}

/**
 * ahoy_digest_algorithm_to_string:
 * @algorithm: an algorithm
 *
 * Returns: (transfer none) (nullable): how it is written in a message, such as `SHA-256`; %NULL for
 *   %AHOY_DIGEST_UNKNOWN
 *
 * Since: 0.1
 */
const char *
ahoy_digest_algorithm_to_string (AhoyDigestAlgorithm algorithm)
{
  return is_known (algorithm) ? algorithms[algorithm].name : NULL;
}

/**
 * ahoy_digest_algorithm_from_string:
 * @name: (nullable): how it is written in a message, in any case; %NULL means `MD5`, as where a
 *   message says none (RFC 7616 section 3.3)
 *
 * Returns: the algorithm, or %AHOY_DIGEST_UNKNOWN
 *
 * Since: 0.1
 */
AhoyDigestAlgorithm
ahoy_digest_algorithm_from_string (const char *name)
{
  if (name == NULL) {
    return AHOY_DIGEST_MD5;
  }
  for (gsize i = AHOY_DIGEST_MD5; i < G_N_ELEMENTS (algorithms); i++) {
    if (g_ascii_strcasecmp (algorithms[i].name, name) == 0) {
      return (AhoyDigestAlgorithm) i;
    }
  }
  return AHOY_DIGEST_UNKNOWN;
}

/**
 * ahoy_digest_algorithm_is_session:
 * @algorithm: an algorithm
 *
 * Returns: whether it is a `-sess` one, whose key is made of the account and both nonces (RFC 7616
 *   section 3.4.2)
 *
 * Since: 0.1
 */
gboolean
ahoy_digest_algorithm_is_session (AhoyDigestAlgorithm algorithm)
{
  return is_known (algorithm) && algorithms[algorithm].fetch == NULL;
}

/**
 * ahoy_digest_algorithm_get_base:
 * @algorithm: an algorithm
 *
 * Returns: the same without `-sess`: the one with which accounts are hashed
 *
 * Since: 0.1
 */
AhoyDigestAlgorithm
ahoy_digest_algorithm_get_base (AhoyDigestAlgorithm algorithm)
{
  return ahoy_digest_algorithm_is_session (algorithm) ? algorithm - 1 : algorithm;
}

/**
 * ahoy_digest_algorithm_get_length:
 * @algorithm: an algorithm
 *
 * Returns: how many hexadecimal digits its hashes have; 0 for %AHOY_DIGEST_UNKNOWN
 *
 * Since: 0.1
 */
guint
ahoy_digest_algorithm_get_length (AhoyDigestAlgorithm algorithm)
{
  return is_known (algorithm) ? algorithms[algorithm].length : 0;
}

/* -- hashing -------------------------------------------------------------------------------- */

/* Fetching costs more than hashing, so it is done once (OpenSSL's crypto(7), "Performance"). */
static const EVP_MD *
find_hash (AhoyDigestAlgorithm algorithm)
{
  static EVP_MD *hashes[G_N_ELEMENTS (algorithms)];
  static gsize fetched;

  if (g_once_init_enter (&fetched)) {
    for (gsize i = AHOY_DIGEST_MD5; i < G_N_ELEMENTS (algorithms); i++) {
      if (algorithms[i].fetch != NULL) {
        hashes[i] = EVP_MD_fetch (NULL, algorithms[i].fetch, NULL);
      }
    }
    g_once_init_leave (&fetched, 1);
  }
  return is_known (algorithm) ? hashes[ahoy_digest_algorithm_get_base (algorithm)] : NULL;
}

static void
free_context (gpointer context)
{
  EVP_MD_CTX_free (context);
}

/* One for each thread; NULL for an algorithm that cannot be used. */
static EVP_MD_CTX *
begin_hash (AhoyDigestAlgorithm algorithm)
{
  static GPrivate contexts = G_PRIVATE_INIT (free_context);
  EVP_MD_CTX *context = g_private_get (&contexts);
  const EVP_MD *hash = find_hash (algorithm);

  if (context == NULL) {
    context = EVP_MD_CTX_new ();
    g_private_set (&contexts, context);
  }
  if (hash == NULL || context == NULL || EVP_DigestInit_ex2 (context, hash, NULL) != 1) {
    return NULL;
  }
  return context;
}

static gboolean
end_hash (EVP_MD_CTX *context, char room[AHOY_DIGEST_ROOM])
{
  static const char digits[] = "0123456789abcdef";
  guchar hash[EVP_MAX_MD_SIZE];
  guint length = 0;

  if (EVP_DigestFinal_ex (context, hash, &length) != 1 || length * 2 >= AHOY_DIGEST_ROOM) {
    return FALSE;
  }
  for (guint i = 0; i < length; i++) {
    room[i * 2] = digits[hash[i] >> 4];
    room[i * 2 + 1] = digits[hash[i] & 15];
  }
  room[length * 2] = '\0';
  return TRUE;
}

/* The hash of texts with colons between them; NULL ends them. */
static gboolean
hash_texts (AhoyDigestAlgorithm algorithm, char room[AHOY_DIGEST_ROOM], const char *const *texts)
{
  EVP_MD_CTX *context = begin_hash (algorithm);

  if (context == NULL) {
    return FALSE;
  }
  for (gsize i = 0; texts[i] != NULL; i++) {
    if ((i > 0 && EVP_DigestUpdate (context, ":", 1) != 1) ||
        EVP_DigestUpdate (context, texts[i], strlen (texts[i])) != 1) {
      return FALSE;
    }
  }
  return end_hash (context, room);
}

static gboolean
hash_body (AhoyDigestAlgorithm algorithm, char room[AHOY_DIGEST_ROOM], GBytes *body)
{
  EVP_MD_CTX *context = begin_hash (algorithm);
  gsize length = 0;
  gconstpointer data = body != NULL ? g_bytes_get_data (body, &length) : NULL;

  return context != NULL &&
         (length == 0 || EVP_DigestUpdate (context, data, length) == 1) &&
         end_hash (context, room);
}

/**
 * ahoy_digest_algorithm_is_available:
 * @algorithm: an algorithm
 *
 * Returns: whether it can be used here; a system can forbid MD5
 *
 * Since: 0.1
 */
gboolean
ahoy_digest_algorithm_is_available (AhoyDigestAlgorithm algorithm)
{
  return find_hash (algorithm) != NULL;
}

gboolean
ahoy_digest_write_account (AhoyDigestAlgorithm algorithm, const char *username, const char *realm,
                           const char *password, char room[AHOY_DIGEST_ROOM])
{
  const char *const texts[] = { username, realm, password, NULL };

  return hash_texts (algorithm, room, texts);
}

/**
 * ahoy_digest_hash_account:
 * @algorithm: an algorithm; a `-sess` one counts as the one without
 * @username: the name of the account
 * @realm: its realm
 * @password: its password
 *
 * Hashes an account as it can be stored instead of its password, and as ahoy_digest_respond() wants
 * it: H(username:realm:password), which RFC 7616 section 3.4.2 calls A1, hashed.
 *
 * Returns: (transfer full) (nullable): hexadecimal digits; %NULL when the algorithm cannot be used
 *
 * Since: 0.1
 */
char *
ahoy_digest_hash_account (AhoyDigestAlgorithm algorithm, const char *username, const char *realm,
                          const char *password)
{
  char room[AHOY_DIGEST_ROOM];

  g_return_val_if_fail (username != NULL && realm != NULL && password != NULL, NULL);

  return ahoy_digest_write_account (algorithm, username, realm, password, room) ? g_strdup (room)
                                                                                : NULL;
}

/* H(method:uri), or H(method:uri:H(body)) */
static gboolean
hash_request (AhoyDigestAlgorithm algorithm, AhoyDigestQop qop, const char *method,
              const char *uri, GBytes *body, char room[AHOY_DIGEST_ROOM])
{
  char body_hash[AHOY_DIGEST_ROOM];
  const char *texts[] = { method, uri, NULL, NULL };

  if (qop == AHOY_DIGEST_QOP_AUTH_INT) {
    if (!hash_body (algorithm, body_hash, body)) {
      return FALSE;
    }
    texts[2] = body_hash;
  }
  return hash_texts (algorithm, room, texts);
}

gboolean
ahoy_digest_write_response (AhoyDigestAlgorithm algorithm, const char *ha1, const char *nonce,
                            AhoyDigestQop qop, const char *nc, const char *cnonce,
                            const char *method, const char *uri, GBytes *body,
                            char room[AHOY_DIGEST_ROOM])
{
  char key[AHOY_DIGEST_ROOM];
  char request[AHOY_DIGEST_ROOM];

  if (!hash_request (algorithm, qop, method, uri, body, request)) {
    return FALSE;
  }
  if (ahoy_digest_algorithm_is_session (algorithm)) {
    const char *const texts[] = { ha1, nonce, cnonce != NULL ? cnonce : "", NULL };

    if (!hash_texts (algorithm, key, texts)) {
      return FALSE;
    }
    ha1 = key;
  }
  if (qop == AHOY_DIGEST_QOP_NONE) {
    const char *const texts[] = { ha1, nonce, request, NULL };

    return hash_texts (algorithm, room, texts);
  } else {
    const char *const texts[] = { ha1, nonce, nc, cnonce != NULL ? cnonce : "",
                                  qop == AHOY_DIGEST_QOP_AUTH_INT ? "auth-int" : "auth", request,
                                  NULL };

    return hash_texts (algorithm, room, texts);
  }
}

/**
 * ahoy_digest_respond:
 * @algorithm: an algorithm
 * @ha1: what ahoy_digest_hash_account() gives for it
 * @nonce: the nonce of the challenge
 * @qop: what is protected: one value
 * @nc: which request with this nonce it is, from 1 on; without meaning where @qop is none
 * @cnonce: (nullable): the nonce of the client, needed unless @qop is none and @algorithm no
 *   `-sess` one
 * @method: the method of the request
 * @uri: the URI that the credentials name
 * @body: (nullable): the body of the request, for %AHOY_DIGEST_QOP_AUTH_INT; %NULL for an empty one
 *
 * Computes the proof (RFC 7616 section 3.4.1).
 *
 * Returns: (transfer full) (nullable): hexadecimal digits; %NULL when the algorithm cannot be used
 *
 * Since: 0.1
 */
char *
ahoy_digest_respond (AhoyDigestAlgorithm algorithm, const char *ha1, const char *nonce,
                     AhoyDigestQop qop, guint nc, const char *cnonce, const char *method,
                     const char *uri, GBytes *body)
{
  char room[AHOY_DIGEST_ROOM];
  char count[9];

  g_return_val_if_fail (ha1 != NULL && nonce != NULL, NULL);
  g_return_val_if_fail (method != NULL && uri != NULL, NULL);

  g_snprintf (count, sizeof count, "%08x", nc);
  return ahoy_digest_write_response (algorithm, ha1, nonce, qop, count, cnonce, method, uri, body,
                                     room)
             ? g_strdup (room)
             : NULL;
}

/**
 * ahoy_digest_equal:
 * @a: hexadecimal digits
 * @b: hexadecimal digits
 *
 * Compares in a time that does not tell where the first difference is.
 *
 * Returns: whether they are the same, whatever the case of letters
 *
 * Since: 0.1
 */
gboolean
ahoy_digest_equal (const char *a, const char *b)
{
  gsize length;
  guint difference = 0;

  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  length = strlen (a);
  if (length != strlen (b)) {
    return FALSE;
  }
  for (gsize i = 0; i < length; i++) {
    difference |= (guint) (g_ascii_tolower (a[i]) ^ g_ascii_tolower (b[i]));
  }
  return difference == 0;
}

/**
 * ahoy_digest_make_random:
 * @n_bytes: how many bytes, at most 64
 *
 * Makes random digits that nobody can foresee, as for a nonce of the client.
 *
 * Returns: (transfer full) (nullable): twice as many hexadecimal digits; %NULL when the system has
 *   no randomness
 *
 * Since: 0.1
 */
char *
ahoy_digest_make_random (guint n_bytes)
{
  guchar bytes[64];
  GString *text;

  g_return_val_if_fail (n_bytes > 0 && n_bytes <= sizeof bytes, NULL);

  if (RAND_bytes (bytes, (int) n_bytes) != 1 && getentropy (bytes, n_bytes) != 0) {
    return NULL;
  }
  text = g_string_sized_new (n_bytes * 2);
  for (guint i = 0; i < n_bytes; i++) {
    g_string_append_printf (text, "%02x", bytes[i]);
  }
  return g_string_free (text, FALSE);
}
