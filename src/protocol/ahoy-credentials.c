/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-credentials.h"

#include <string.h>

#include "ahoy-auth-fields-private.h"
#include "ahoy-digest-private.h"
#include "ahoy-error.h"

struct _AhoyCredentials {
  char *username;
  char *realm;
  AhoyDigestAlgorithm algorithm;
  gboolean says_algorithm;
  AhoyDigestQop qop; /* one */
  char *nonce;
  char nc[9];
  char *cnonce; /* NULL: none */
  char *opaque; /* NULL: none */
  char *uri;
  char *response;
};

G_DEFINE_BOXED_TYPE (AhoyCredentials, ahoy_credentials, ahoy_credentials_ref,
                     ahoy_credentials_unref)

static void
credentials_clear (AhoyCredentials *self)
{
  g_free (self->username);
  g_free (self->realm);
  g_free (self->nonce);
  g_free (self->cnonce);
  g_free (self->opaque);
  g_free (self->uri);
  g_free (self->response);
}

/**
 * ahoy_credentials_new:
 * @challenge: what has to be answered
 * @username: the name of the account
 * @ha1: the account's hash of the challenge's algorithm, as ahoy_digest_hash_account() makes it
 * @method: the method of the request
 * @uri: its Request-URI
 * @body: (nullable): its body; %NULL for an empty one
 * @cnonce: (nullable): the nonce of the client; %NULL to have a random one made
 * @nc: which request with this nonce it is, from 1 on
 * @error: return location for an error
 *
 * Answers a challenge. Only where it offers nothing else is the body protected, and only where it
 * offers nothing at all is the answer one of RFC 2069.
 *
 * Returns: (transfer full) (nullable): the proof; %NULL with %AHOY_ERROR_NOT_SUPPORTED when the
 *   algorithm is not known, or forbidden on this system
 *
 * Since: 0.1
 */
AhoyCredentials *
ahoy_credentials_new (AhoyChallenge *challenge, const char *username, const char *ha1,
                      const char *method, const char *uri, GBytes *body, const char *cnonce,
                      guint nc, GError **error)
{
  g_autoptr (AhoyCredentials) self = NULL;
  char room[AHOY_DIGEST_ROOM];
  AhoyDigestQop offered;

  g_return_val_if_fail (challenge != NULL && username != NULL && ha1 != NULL, NULL);
  g_return_val_if_fail (method != NULL && uri != NULL, NULL);

  self = g_atomic_rc_box_new0 (AhoyCredentials);
  offered = ahoy_challenge_get_qop (challenge);
  self->qop = (offered & AHOY_DIGEST_QOP_AUTH) != 0 ? AHOY_DIGEST_QOP_AUTH : offered;
  self->algorithm = ahoy_challenge_get_algorithm (challenge);
  self->says_algorithm = TRUE;
  self->username = g_strdup (username);
  self->realm = g_strdup (ahoy_challenge_get_realm (challenge));
  self->nonce = g_strdup (ahoy_challenge_get_nonce (challenge));
  self->opaque = g_strdup (ahoy_challenge_get_opaque (challenge));
  self->uri = g_strdup (uri);
  g_snprintf (self->nc, sizeof self->nc, "%08x", nc);
  if (self->qop != AHOY_DIGEST_QOP_NONE || ahoy_digest_algorithm_is_session (self->algorithm)) {
    self->cnonce = cnonce != NULL ? g_strdup (cnonce) : ahoy_digest_make_random (16);
  }
  if (!ahoy_digest_write_response (self->algorithm, ha1, self->nonce, self->qop, self->nc,
                                   self->cnonce, method, uri, body, room)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The challenge of realm “%s” cannot be answered: its algorithm is not known, or "
                 "forbidden on this system",
                 self->realm);
    return NULL;
  }
  self->response = g_strdup (room);
  return g_steal_pointer (&self);
}

/* -- reading -------------------------------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *name, const char *reason)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The parameter “%s” of the credentials cannot be used: %s", name, reason);
  return FALSE;
}

static gboolean
is_hex (const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isxdigit (*c)) {
      return FALSE;
    }
  }
  return *text != '\0';
}

/* UTF-8''J%C3%A4s%C3%B8n, which RFC 5987 calls an extended value; others than UTF-8 are refused. */
static char *
decode_extended (const char *text)
{
  g_autofree char *plain = NULL;
  const char *value;

  if (g_ascii_strncasecmp (text, "UTF-8'", 6) != 0) {
    return NULL;
  }
  value = strchr (text + 6, '\'');
  if (value == NULL) {
    return NULL;
  }
  plain = g_uri_unescape_string (value + 1, NULL); /* NULL too where a NUL would be in it */
  if (plain == NULL || !g_utf8_validate (plain, -1, NULL)) {
    return NULL;
  }
  for (const char *c = plain; *c != '\0'; c++) {
    if (g_ascii_iscntrl (*c)) {
      return NULL;
    }
  }
  return g_steal_pointer (&plain);
}

static gboolean
read_username (AhoyCredentials *self, AhoyAuthFields *fields, GError **error)
{
  const char *plain = ahoy_auth_fields_get (fields, "username");
  const char *extended = ahoy_auth_fields_get (fields, "username*");

  if ((plain != NULL) == (extended != NULL)) {
    return refuse (error, "username", "it has to stand there once");
  }
  self->username = plain != NULL ? g_strdup (plain) : decode_extended (extended);
  if (self->username == NULL) {
    return refuse (error, "username*", "it has to be such as UTF-8''J%C3%A4n");
  }
  return TRUE;
}

static gboolean
read_protection (AhoyCredentials *self, AhoyAuthFields *fields, GError **error)
{
  const char *qop = ahoy_auth_fields_get (fields, "qop");
  const char *nc = ahoy_auth_fields_get (fields, "nc");

  if (qop == NULL || *qop == '\0') {
    return !ahoy_digest_algorithm_is_session (self->algorithm) || self->cnonce != NULL ||
           refuse (error, "cnonce", "the algorithm needs it");
  }
  if (g_ascii_strcasecmp (qop, "auth") == 0) {
    self->qop = AHOY_DIGEST_QOP_AUTH;
  } else if (g_ascii_strcasecmp (qop, "auth-int") == 0) {
    self->qop = AHOY_DIGEST_QOP_AUTH_INT;
  } else {
    return refuse (error, "qop", "it has to be auth or auth-int");
  }
  if (self->cnonce == NULL) {
    return refuse (error, "cnonce", "qop needs it");
  }
  if (nc == NULL || strlen (nc) != 8 || !is_hex (nc)) {
    return refuse (error, "nc", "it has to be 8 hexadecimal digits");
  }
  g_strlcpy (self->nc, nc, sizeof self->nc);
  return TRUE;
}

static AhoyCredentials *
credentials_from_fields (AhoyAuthFields *fields, GError **error)
{
  static const char *const needed[] = { "realm", "nonce", "uri", "response", NULL };
  g_autoptr (AhoyCredentials) self = g_atomic_rc_box_new0 (AhoyCredentials);
  const char *algorithm = ahoy_auth_fields_get (fields, "algorithm");
  const char *response = ahoy_auth_fields_get (fields, "response");
  const char *hashed = ahoy_auth_fields_get (fields, "userhash");

  if (!ahoy_auth_fields_require (fields, needed, error)) {
    return NULL;
  }
  self->realm = g_strdup (ahoy_auth_fields_get (fields, "realm"));
  self->nonce = g_strdup (ahoy_auth_fields_get (fields, "nonce"));
  self->cnonce = g_strdup (ahoy_auth_fields_get (fields, "cnonce"));
  self->opaque = g_strdup (ahoy_auth_fields_get (fields, "opaque"));
  self->uri = g_strdup (ahoy_auth_fields_get (fields, "uri"));
  self->response = g_ascii_strdown (response, -1);
  self->algorithm = ahoy_digest_algorithm_from_string (algorithm);
  self->says_algorithm = algorithm != NULL;
  if (hashed != NULL && g_ascii_strcasecmp (hashed, "true") == 0) {
    refuse (error, "userhash", "no challenge of ours offers it");
    return NULL;
  }
  if (!is_hex (response)) {
    refuse (error, "response", "it has to be hexadecimal digits");
    return NULL;
  }
  if (!read_username (self, fields, error) || !read_protection (self, fields, error)) {
    return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * ahoy_credentials_parse_list:
 * @value: the value of an Authorization or Proxy-Authorization header
 * @error: return location for an error
 *
 * Reads credentials; those of other schemes than `Digest` are skipped. Parameters that a proof
 * needs have to be there, and none may stand there twice.
 *
 * Returns: (transfer container) (element-type AhoyCredentials) (nullable): the credentials in their
 *   order, possibly none; %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when @value is malformed
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_credentials_parse_list (const char *value, GError **error)
{
  g_autoptr (GPtrArray) fields = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  fields = ahoy_auth_fields_parse_list (value, error);
  if (fields == NULL) {
    return NULL;
  }
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_credentials_unref);
  for (guint i = 0; i < fields->len; i++) {
    AhoyCredentials *credentials;

    if (!ahoy_auth_fields_is_digest (fields->pdata[i])) {
      continue;
    }
    credentials = credentials_from_fields (fields->pdata[i], error);
    if (credentials == NULL) {
      return NULL;
    }
    g_ptr_array_add (list, credentials);
  }
  return g_steal_pointer (&list);
}

/**
 * ahoy_credentials_ref:
 * @self: credentials
 *
 * Returns: (transfer full): @self with one more reference
 *
 * Since: 0.1
 */
AhoyCredentials *
ahoy_credentials_ref (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * ahoy_credentials_unref:
 * @self: (transfer full): credentials
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
ahoy_credentials_unref (AhoyCredentials *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) credentials_clear);
}

/**
 * ahoy_credentials_to_string:
 * @self: credentials
 *
 * Returns: (transfer full): the value of the header, as in `Digest username="a", realm="b", …`
 *
 * Since: 0.1
 */
char *
ahoy_credentials_to_string (AhoyCredentials *self)
{
  const char *algorithm;
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_sized_new (384);
  g_string_append (text, "Digest ");
  ahoy_auth_fields_append_quoted (text, "username", self->username);
  ahoy_auth_fields_append_quoted (text, "realm", self->realm);
  ahoy_auth_fields_append_quoted (text, "nonce", self->nonce);
  ahoy_auth_fields_append_quoted (text, "uri", self->uri);
  ahoy_auth_fields_append_quoted (text, "response", self->response);
  algorithm = ahoy_digest_algorithm_to_string (self->algorithm);
  if (algorithm != NULL && self->says_algorithm) {
    ahoy_auth_fields_append (text, "algorithm", algorithm);
  }
  if (self->cnonce != NULL) {
    ahoy_auth_fields_append_quoted (text, "cnonce", self->cnonce);
  }
  if (self->opaque != NULL) {
    ahoy_auth_fields_append_quoted (text, "opaque", self->opaque);
  }
  if (self->qop != AHOY_DIGEST_QOP_NONE) {
    ahoy_auth_fields_append (text, "qop",
                             self->qop == AHOY_DIGEST_QOP_AUTH_INT ? "auth-int" : "auth");
    ahoy_auth_fields_append (text, "nc", self->nc);
  }
  return g_string_free (text, FALSE);
}

/**
 * ahoy_credentials_check:
 * @self: credentials
 * @ha1: the account's hash of the credentials' algorithm, as ahoy_digest_hash_account() makes it
 * @method: the method of the request that carried them
 * @body: (nullable): its body; %NULL for an empty one
 *
 * Computes the proof anew and compares. Whether user name, realm, nonce and URI are those that they
 * should be is for the caller to check.
 *
 * Returns: whether it is right
 *
 * Since: 0.1
 */
gboolean
ahoy_credentials_check (AhoyCredentials *self, const char *ha1, const char *method, GBytes *body)
{
  char room[AHOY_DIGEST_ROOM];

  g_return_val_if_fail (self != NULL && ha1 != NULL && method != NULL, FALSE);

  return ahoy_digest_write_response (self->algorithm, ha1, self->nonce, self->qop, self->nc,
                                     self->cnonce, method, self->uri, body, room) &&
         ahoy_digest_equal (room, self->response);
}

/**
 * ahoy_credentials_get_username:
 * @self: credentials
 *
 * Returns: (transfer none): the name of the account
 *
 * Since: 0.1
 */
const char *
ahoy_credentials_get_username (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->username;
}

/**
 * ahoy_credentials_get_realm:
 * @self: credentials
 *
 * Returns: (transfer none): the realm of the account
 *
 * Since: 0.1
 */
const char *
ahoy_credentials_get_realm (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->realm;
}

/**
 * ahoy_credentials_get_algorithm:
 * @self: credentials
 *
 * Returns: how the proof is computed; %AHOY_DIGEST_MD5 where they say nothing
 *
 * Since: 0.1
 */
AhoyDigestAlgorithm
ahoy_credentials_get_algorithm (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, AHOY_DIGEST_UNKNOWN);

  return self->algorithm;
}

/**
 * ahoy_credentials_get_qop:
 * @self: credentials
 *
 * Returns: what the proof protects: one value
 *
 * Since: 0.1
 */
AhoyDigestQop
ahoy_credentials_get_qop (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, AHOY_DIGEST_QOP_NONE);

  return self->qop;
}

/**
 * ahoy_credentials_get_nonce:
 * @self: credentials
 *
 * Returns: (transfer none): the nonce of the challenge that they answer
 *
 * Since: 0.1
 */
const char *
ahoy_credentials_get_nonce (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->nonce;
}

/**
 * ahoy_credentials_get_nonce_count:
 * @self: credentials
 *
 * Returns: which request with this nonce it is, from 1 on; 0 where they say nothing
 *
 * Since: 0.1
 */
guint
ahoy_credentials_get_nonce_count (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint) g_ascii_strtoull (self->nc, NULL, 16);
}

/**
 * ahoy_credentials_get_cnonce:
 * @self: credentials
 *
 * Returns: (transfer none) (nullable): the nonce of the client
 *
 * Since: 0.1
 */
const char *
ahoy_credentials_get_cnonce (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->cnonce;
}

/**
 * ahoy_credentials_get_opaque:
 * @self: credentials
 *
 * Returns: (transfer none) (nullable): what came with the challenge
 *
 * Since: 0.1
 */
const char *
ahoy_credentials_get_opaque (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->opaque;
}

/**
 * ahoy_credentials_get_uri:
 * @self: credentials
 *
 * Returns: (transfer none): the URI that the proof is for
 *
 * Since: 0.1
 */
const char *
ahoy_credentials_get_uri (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uri;
}

/**
 * ahoy_credentials_get_response:
 * @self: credentials
 *
 * Returns: (transfer none): the proof, in hexadecimal digits
 *
 * Since: 0.1
 */
const char *
ahoy_credentials_get_response (AhoyCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->response;
}
