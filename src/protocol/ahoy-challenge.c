/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-challenge.h"

#include <string.h>

#include "ahoy-auth-fields-private.h"
#include "ahoy-error.h"

struct _AhoyChallenge {
  char *realm;
  AhoyDigestAlgorithm algorithm;
  AhoyDigestQop qop;
  char *nonce;
  char *opaque; /* NULL: none */
  char *domain; /* NULL: none */
  gboolean stale;
};

G_DEFINE_BOXED_TYPE (AhoyChallenge, ahoy_challenge, ahoy_challenge_ref, ahoy_challenge_unref)

/**
 * ahoy_challenge_new:
 * @realm: what the account has to be good for
 * @algorithm: how the proof is computed
 * @qop: what it may protect: one or several
 * @nonce: (nullable): what has to be proved with; %NULL to have a random one made
 * @opaque: (nullable): what comes back as it is
 * @domain: (nullable): the URIs, with spaces between them, for which the proof is good too
 * @stale: whether the proof before was right, but its nonce too old
 *
 * Returns: (transfer full): a challenge
 *
 * Since: 0.1
 */
AhoyChallenge *
ahoy_challenge_new (const char *realm, AhoyDigestAlgorithm algorithm, AhoyDigestQop qop,
                    const char *nonce, const char *opaque, const char *domain, gboolean stale)
{
  AhoyChallenge *self;

  g_return_val_if_fail (realm != NULL, NULL);
  g_return_val_if_fail (ahoy_digest_algorithm_to_string (algorithm) != NULL, NULL);

  self = g_atomic_rc_box_new0 (AhoyChallenge);
  self->realm = g_strdup (realm);
  self->algorithm = algorithm;
  self->qop = qop;
  self->nonce = nonce != NULL ? g_strdup (nonce) : ahoy_digest_make_random (16);
  self->opaque = g_strdup (opaque);
  self->domain = g_strdup (domain);
  self->stale = stale;
  return self;
}

/* A word of a list with commas, in any case. */
static gboolean
has_word (const char *list, const char *word)
{
  gsize length = strlen (word);

  for (const char *p = list; *p != '\0';) {
    gsize here;

    p += strspn (p, " \t,");
    here = strcspn (p, " \t,");
    if (here == length && g_ascii_strncasecmp (p, word, length) == 0) {
      return TRUE;
    }
    p += here;
  }
  return FALSE;
}

/* NULL without an error: a kind of protection that nobody here knows. */
static AhoyChallenge *
challenge_from_fields (AhoyAuthFields *fields, GError **error)
{
  static const char *const needed[] = { "realm", "nonce", NULL };
  const char *qop = ahoy_auth_fields_get (fields, "qop");
  const char *stale = ahoy_auth_fields_get (fields, "stale");
  AhoyDigestQop offered = AHOY_DIGEST_QOP_NONE;
  AhoyChallenge *self;

  if (!ahoy_auth_fields_require (fields, needed, error)) {
    return NULL;
  }
  if (qop != NULL && *qop != '\0') {
    offered |= has_word (qop, "auth") ? AHOY_DIGEST_QOP_AUTH : 0;
    offered |= has_word (qop, "auth-int") ? AHOY_DIGEST_QOP_AUTH_INT : 0;
    if (offered == AHOY_DIGEST_QOP_NONE) {
      return NULL;
    }
  }
  self = g_atomic_rc_box_new0 (AhoyChallenge);
  self->realm = g_strdup (ahoy_auth_fields_get (fields, "realm"));
  self->algorithm =
      ahoy_digest_algorithm_from_string (ahoy_auth_fields_get (fields, "algorithm"));
  self->qop = offered;
  self->nonce = g_strdup (ahoy_auth_fields_get (fields, "nonce"));
  self->opaque = g_strdup (ahoy_auth_fields_get (fields, "opaque"));
  self->domain = g_strdup (ahoy_auth_fields_get (fields, "domain"));
  self->stale = stale != NULL && g_ascii_strcasecmp (stale, "true") == 0;
  return self;
}

/**
 * ahoy_challenge_parse_list:
 * @value: the value of a WWW-Authenticate or Proxy-Authenticate header, which may hold several
 *   challenges
 * @error: return location for an error
 *
 * Reads challenges. Those of other schemes than `Digest`, and those which offer only kinds of
 * protection that nobody here knows, are skipped; those with an algorithm that is not known say
 * %AHOY_DIGEST_UNKNOWN.
 *
 * Returns: (transfer container) (element-type AhoyChallenge) (nullable): the challenges in their
 *   order, possibly none; %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when @value is malformed
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_challenge_parse_list (const char *value, GError **error)
{
  g_autoptr (GPtrArray) fields = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  fields = ahoy_auth_fields_parse_list (value, error);
  if (fields == NULL) {
    return NULL;
  }
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_challenge_unref);
  for (guint i = 0; i < fields->len; i++) {
    g_autoptr (GError) fault = NULL;
    AhoyChallenge *challenge = NULL;

    if (ahoy_auth_fields_is_digest (fields->pdata[i])) {
      challenge = challenge_from_fields (fields->pdata[i], &fault);
    }
    if (challenge != NULL) {
      g_ptr_array_add (list, challenge);
    } else if (fault != NULL) {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  }
  return g_steal_pointer (&list);
}

/**
 * ahoy_challenge_ref:
 * @self: a challenge
 *
 * Returns: (transfer full): @self with one more reference
 *
 * Since: 0.1
 */
AhoyChallenge *
ahoy_challenge_ref (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
challenge_clear (AhoyChallenge *self)
{
  g_free (self->realm);
  g_free (self->nonce);
  g_free (self->opaque);
  g_free (self->domain);
}

/**
 * ahoy_challenge_unref:
 * @self: (transfer full): a challenge
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
ahoy_challenge_unref (AhoyChallenge *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) challenge_clear);
}

/**
 * ahoy_challenge_to_string:
 * @self: a challenge
 *
 * Returns: (transfer full): the value of the header, as in `Digest realm="a", nonce="b"`
 *
 * Since: 0.1
 */
char *
ahoy_challenge_to_string (AhoyChallenge *self)
{
  static const char *const qops[] = { NULL, "auth", "auth-int", "auth,auth-int" };
  const char *algorithm;
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_sized_new (256);
  g_string_append (text, "Digest ");
  ahoy_auth_fields_append_quoted (text, "realm", self->realm);
  if (self->domain != NULL) {
    ahoy_auth_fields_append_quoted (text, "domain", self->domain);
  }
  ahoy_auth_fields_append_quoted (text, "nonce", self->nonce);
  if (self->opaque != NULL) {
    ahoy_auth_fields_append_quoted (text, "opaque", self->opaque);
  }
  if (self->stale) {
    ahoy_auth_fields_append (text, "stale", "true");
  }
  algorithm = ahoy_digest_algorithm_to_string (self->algorithm);
  if (algorithm != NULL) {
    ahoy_auth_fields_append (text, "algorithm", algorithm);
  }
  if (qops[self->qop & 3] != NULL) {
    ahoy_auth_fields_append_quoted (text, "qop", qops[self->qop & 3]);
  }
  return g_string_free (text, FALSE);
}

/**
 * ahoy_challenge_get_realm:
 * @self: a challenge
 *
 * Returns: (transfer none): what the account has to be good for
 *
 * Since: 0.1
 */
const char *
ahoy_challenge_get_realm (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->realm;
}

/**
 * ahoy_challenge_get_algorithm:
 * @self: a challenge
 *
 * Returns: how the proof is computed
 *
 * Since: 0.1
 */
AhoyDigestAlgorithm
ahoy_challenge_get_algorithm (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, AHOY_DIGEST_UNKNOWN);

  return self->algorithm;
}

/**
 * ahoy_challenge_get_qop:
 * @self: a challenge
 *
 * Returns: what the proof may protect
 *
 * Since: 0.1
 */
AhoyDigestQop
ahoy_challenge_get_qop (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, AHOY_DIGEST_QOP_NONE);

  return self->qop;
}

/**
 * ahoy_challenge_get_nonce:
 * @self: a challenge
 *
 * Returns: (transfer none): what has to be proved with
 *
 * Since: 0.1
 */
const char *
ahoy_challenge_get_nonce (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->nonce;
}

/**
 * ahoy_challenge_get_opaque:
 * @self: a challenge
 *
 * Returns: (transfer none) (nullable): what comes back as it is
 *
 * Since: 0.1
 */
const char *
ahoy_challenge_get_opaque (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->opaque;
}

/**
 * ahoy_challenge_get_domain:
 * @self: a challenge
 *
 * Returns: (transfer none) (nullable): the URIs for which the proof is good too
 *
 * Since: 0.1
 */
const char *
ahoy_challenge_get_domain (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->domain;
}

/**
 * ahoy_challenge_is_stale:
 * @self: a challenge
 *
 * Returns: whether the proof before was right, but its nonce too old, so that the same password is
 *   to be tried again without asking anybody
 *
 * Since: 0.1
 */
gboolean
ahoy_challenge_is_stale (AhoyChallenge *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->stale;
}
