/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-digest-proof-private.h"

#include "ahoy-digest-private.h"

/* What is asked of whom, and whether the answer is right. Nothing here depends on whether an
 * account exists, except what comes out: somebody unknown costs the same work. */

#define MAX_CHALLENGES 9
#define MAX_CREDENTIALS 4

static const char *
get_realm (const AhoyDigestPolicy *policy, AhoyConfigObject *account)
{
  const char *realm = ahoy_config_object_get_string (account, "realm");

  return realm != NULL ? realm : policy->realm;
}

static const char *
get_username (AhoyConfigObject *account)
{
  const char *username = ahoy_config_object_get_string (account, "username");

  return username != NULL ? username : ahoy_config_object_get_name (account);
}

static const char *
get_stored (AhoyConfigObject *account, AhoyDigestAlgorithm algorithm)
{
  switch (algorithm) {
  case AHOY_DIGEST_MD5:
    return ahoy_config_object_get_string (account, "password-md5");
  case AHOY_DIGEST_SHA_256:
    return ahoy_config_object_get_string (account, "password-sha256");
  case AHOY_DIGEST_SHA_512_256:
    return ahoy_config_object_get_string (account, "password-sha512-256");
  default:
    return NULL;
  }
}

static gboolean
can_check (AhoyConfigObject *account, AhoyDigestAlgorithm algorithm)
{
  return ahoy_config_object_get_string (account, "password") != NULL ||
         get_stored (account, algorithm) != NULL;
}

static gboolean
is_offered (const AhoyDigestPolicy *policy, AhoyDigestAlgorithm algorithm)
{
  for (guint i = 0; i < policy->n_algorithms; i++) {
    if (policy->algorithms[i] == algorithm) {
      return TRUE;
    }
  }
  return FALSE;
}

/* -- asking --------------------------------------------------------------------------------- */

static gboolean
can_be_asked (const AhoyDigestPolicy *policy, AhoyConfigObject *account)
{
  for (guint i = 0; i < policy->n_algorithms; i++) {
    if (can_check (account, policy->algorithms[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

/* An account with a strong hash only is asked for that, also where it is not offered to others:
 * nobody could use it otherwise. A weak one has to be offered. */
void
ahoy_digest_policy_suit (AhoyDigestPolicy *policy, GPtrArray *accounts)
{
  static const AhoyDigestAlgorithm strong[] = { AHOY_DIGEST_SHA_512_256, AHOY_DIGEST_SHA_256 };
  const AhoyDigestPolicy general = *policy;

  for (guint i = 0; accounts != NULL && i < accounts->len; i++) {
    if (can_be_asked (&general, accounts->pdata[i])) {
      continue;
    }
    for (gsize k = 0; k < G_N_ELEMENTS (strong); k++) {
      if (policy->n_algorithms < AHOY_DIGEST_MAX_ALGORITHMS && !is_offered (policy, strong[k]) &&
          ahoy_digest_algorithm_is_available (strong[k]) &&
          can_check (accounts->pdata[i], strong[k])) {
        policy->algorithms[policy->n_algorithms++] = strong[k];
      }
    }
  }
}

static void
add_challenge (const AhoyDigestPolicy *policy, const char *realm, AhoyDigestAlgorithm algorithm,
               const char *nonce, gboolean stale, GPtrArray *list)
{
  if (list->len < MAX_CHALLENGES) {
    g_ptr_array_add (list, ahoy_challenge_new (realm, algorithm, policy->qop, nonce,
                                               ahoy_nonce_book_get_opaque (policy->nonces),
                                               policy->domain, stale));
  }
}

static gboolean
was_realm_before (const AhoyDigestPolicy *policy, GPtrArray *accounts, guint index)
{
  const char *realm = get_realm (policy, accounts->pdata[index]);

  for (guint i = 0; i < index; i++) {
    if (g_str_equal (get_realm (policy, accounts->pdata[i]), realm)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
can_any_check (const AhoyDigestPolicy *policy, GPtrArray *accounts, const char *realm,
               AhoyDigestAlgorithm algorithm)
{
  for (guint i = 0; i < accounts->len; i++) {
    if (g_str_equal (get_realm (policy, accounts->pdata[i]), realm) &&
        can_check (accounts->pdata[i], algorithm)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Of each realm the algorithms that some account of it has a secret for; what everybody unknown
 * gets when there is none. NULL: the system has no chance. */
GPtrArray *
ahoy_digest_proof_list_challenges (const AhoyDigestPolicy *policy, GPtrArray *accounts,
                                   GSocketAddress *source, gint64 now, gboolean stale)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_challenge_unref);
  char nonce[AHOY_NONCE_ROOM];

  if (!ahoy_nonce_book_write (policy->nonces, source, now, nonce)) {
    return NULL;
  }
  for (guint i = 0; accounts != NULL && i < accounts->len; i++) {
    const char *realm = get_realm (policy, accounts->pdata[i]);

    if (was_realm_before (policy, accounts, i)) {
      continue;
    }
    for (guint k = 0; k < policy->n_algorithms; k++) {
      if (can_any_check (policy, accounts, realm, policy->algorithms[k])) {
        add_challenge (policy, realm, policy->algorithms[k], nonce, stale, list);
      }
    }
  }
  if (list->len == 0) {
    for (guint k = 0; k < policy->n_algorithms; k++) {
      add_challenge (policy, policy->realm, policy->algorithms[k], nonce, stale, list);
    }
  }
  return g_steal_pointer (&list);
}

/* -- judging -------------------------------------------------------------------------------- */

static gboolean
is_taken (const AhoyDigestPolicy *policy, AhoyCredentials *credentials)
{
  AhoyDigestQop qop = ahoy_credentials_get_qop (credentials);

  return is_offered (policy, ahoy_credentials_get_algorithm (credentials)) &&
         (qop == AHOY_DIGEST_QOP_NONE ? policy->allow_without_qop : (policy->qop & qop) != 0);
}

/* The account that the credentials name. @proof says what comes nearest where there is none. */
static AhoyConfigObject *
find_account (const AhoyDigestPolicy *policy, AhoyCredentials *credentials, GPtrArray *accounts,
              AhoyDigestProof *proof)
{
  const char *realm = ahoy_credentials_get_realm (credentials);
  const char *username = ahoy_credentials_get_username (credentials);

  *proof = g_str_equal (realm, policy->realm) ? AHOY_DIGEST_PROOF_ACCOUNT
                                              : AHOY_DIGEST_PROOF_REALM;
  for (guint i = 0; accounts != NULL && i < accounts->len; i++) {
    AhoyConfigObject *account = accounts->pdata[i];

    if (!g_str_equal (get_realm (policy, account), realm)) {
      continue;
    }
    *proof = AHOY_DIGEST_PROOF_ACCOUNT;
    if (g_str_equal (get_username (account), username) &&
        can_check (account, ahoy_credentials_get_algorithm (credentials))) {
      return account;
    }
  }
  return NULL;
}

/* The key of the account; of nobody's when it is NULL. A stored one costs a hash too, so that
 * nobody sees by the time which accounts there are. */
static gboolean
find_key (AhoyConfigObject *account, AhoyCredentials *credentials, char room[AHOY_DIGEST_ROOM])
{
  AhoyDigestAlgorithm algorithm = ahoy_credentials_get_algorithm (credentials);
  const char *stored = account != NULL ? get_stored (account, algorithm) : NULL;
  const char *password =
      account != NULL ? ahoy_config_object_get_string (account, "password") : NULL;

  if (!ahoy_digest_write_account (algorithm, ahoy_credentials_get_username (credentials),
                                  ahoy_credentials_get_realm (credentials),
                                  password != NULL ? password : "", room)) {
    return FALSE;
  }
  if (stored != NULL) {
    for (gsize i = 0; i < AHOY_DIGEST_ROOM - 1 && stored[i] != '\0'; i++) {
      room[i] = g_ascii_tolower (stored[i]);
    }
  }
  return account != NULL;
}

static gboolean
is_right (AhoyMessage *request, AhoyCredentials *credentials, AhoyConfigObject *account)
{
  g_autoptr (GBytes) body = NULL;
  char key[AHOY_DIGEST_ROOM] = "";
  gboolean known = find_key (account, credentials, key);

  if (ahoy_credentials_get_qop (credentials) == AHOY_DIGEST_QOP_AUTH_INT) {
    body = ahoy_message_get_body (request);
  }
  return ahoy_credentials_check (credentials, key, ahoy_message_get_method (request), body) &&
         known;
}

/* Those of another secret, such as one before a restart, are as good as old ones: whoever has the
 * password is told to take a new nonce. */
static AhoyNonceState
check_nonce (const AhoyDigestPolicy *policy, AhoyCredentials *credentials, GSocketAddress *source,
             gint64 now)
{
  const char *opaque = ahoy_credentials_get_opaque (credentials);

  if (opaque != NULL && !g_str_equal (opaque, ahoy_nonce_book_get_opaque (policy->nonces))) {
    return AHOY_NONCE_FOREIGN;
  }
  return ahoy_nonce_book_check (policy->nonces, ahoy_credentials_get_nonce (credentials), source,
                                now);
}

static AhoyDigestProof
judge_one (const AhoyDigestPolicy *policy, AhoyMessage *request, AhoyCredentials *credentials,
           GPtrArray *accounts, GSocketAddress *source, gint64 now)
{
  AhoyConfigObject *account;
  AhoyDigestProof missing;
  AhoyNonceState state;
  gboolean right;

  if (!is_taken (policy, credentials)) {
    return AHOY_DIGEST_PROOF_METHOD;
  }
  account = find_account (policy, credentials, accounts, &missing);
  state = check_nonce (policy, credentials, source, now);
  right = is_right (request, credentials, account);
  if (account == NULL) {
    return missing;
  }
  if (!right) {
    return AHOY_DIGEST_PROOF_WRONG;
  }
  if (state != AHOY_NONCE_FRESH) {
    return AHOY_DIGEST_PROOF_STALE;
  }
  return ahoy_nonce_book_take (policy->nonces, ahoy_credentials_get_nonce (credentials),
                               ahoy_credentials_get_nonce_count (credentials), now)
             ? AHOY_DIGEST_PROOF_GOOD
             : AHOY_DIGEST_PROOF_REPEATED;
}

/* A request may carry credentials for others too; the best of them counts. @judged: (out): those,
 * no reference; NULL when there are none. */
AhoyDigestProof
ahoy_digest_proof_judge (const AhoyDigestPolicy *policy, AhoyMessage *request,
                         GPtrArray *credentials, GPtrArray *accounts, GSocketAddress *source,
                         gint64 now, AhoyCredentials **judged)
{
  AhoyDigestProof best = AHOY_DIGEST_PROOF_NONE;

  *judged = NULL;
  for (guint i = 0; i < MIN (credentials->len, MAX_CREDENTIALS); i++) {
    AhoyDigestProof proof =
        judge_one (policy, request, credentials->pdata[i], accounts, source, now);

    if (*judged == NULL || proof > best) {
      best = proof;
      *judged = credentials->pdata[i];
    }
    if (proof == AHOY_DIGEST_PROOF_GOOD) {
      break;
    }
  }
  return best;
}
