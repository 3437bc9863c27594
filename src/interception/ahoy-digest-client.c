/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-digest-client.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-challenge.h"
#include "ahoy-credentials.h"
#include "ahoy-digest-memory-private.h"
#include "ahoy-endpoint.h"
#include "ahoy-stack-prover-private.h"

#define MAX_ROUNDS 6      /* how often a request is sent again: for each realm on its way */
#define MAX_CHALLENGES 16 /* that are looked at in one response */

/**
 * AhoyDigestClient:
 *
 * Answers the challenges that requests of ours get (RFC 3261 §22, RFC 7616, RFC 8760): 401 of who
 * is called and 407 of proxies, of several realms at once or one after the other, for requests of
 * all methods, inside of dialogs and outside of them.
 *
 * The account is one of the endpoint that the request is sent for, see ahoy_message_get_endpoint():
 * the first one for the realm of the challenge, else the first one that says no realm. Of several
 * challenges of one realm the one with the strongest algorithm is answered that the account can
 * answer; a password that is stored as a hash is of use only for the realm and the algorithm of the
 * hash. What a realm accepted goes with later requests of the same dialog at once.
 *
 * A realm that refuses an account is not asked again with the same one, and no request is sent more
 * often than seven times: it ends with 401 or 407, and a line in the log that says why.
 *
 * A stack has one of them at most.
 *
 * Since: 0.1
 */
struct _AhoyDigestClient {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyAuthRegistry *accounts;
  AhoyDigestMemory *memory;

  guint64 challenged;
  guint64 answered;
  guint64 refused;
  guint64 unknown;
};

enum { SIGNAL_GET_CREDENTIALS, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyDigestClient, ahoy_digest_client, G_TYPE_OBJECT)

/* A challenge, and which header it came in. */
typedef struct {
  gboolean proxy;
  AhoyChallenge *challenge;
} Asked;

static void
asked_clear (gpointer data)
{
  g_clear_pointer (&((Asked *) data)->challenge, ahoy_challenge_unref);
}

/* -- accounts ------------------------------------------------------------------------------- */

static const char *
text_of (AhoyAuthConfig *account, const char *key)
{
  const char *text = ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (account), key);

  return text != NULL && *text != '\0' ? text : NULL;
}

/* The hash of the account for the algorithm of the challenge; NULL when it has none. */
static char *
hash_account (AhoyAuthConfig *account, AhoyChallenge *challenge)
{
  AhoyDigestAlgorithm base =
      ahoy_digest_algorithm_get_base (ahoy_challenge_get_algorithm (challenge));
  const char *realm = ahoy_challenge_get_realm (challenge);
  const char *password = text_of (account, "password");
  const char *key = "password-md5";

  if (!ahoy_digest_algorithm_is_available (base)) {
    return NULL;
  }
  if (password != NULL) {
    return ahoy_digest_hash_account (base, text_of (account, "username"), realm, password);
  }
  if (base == AHOY_DIGEST_SHA_256) {
    key = "password-sha256";
  } else if (base == AHOY_DIGEST_SHA_512_256) {
    key = "password-sha512-256";
  }
  /* A hash is that of one realm. */
  if (g_strcmp0 (text_of (account, "realm"), realm) != 0 || text_of (account, key) == NULL) {
    return NULL;
  }
  return g_ascii_strdown (text_of (account, key), -1);
}

static gboolean
is_for (AhoyAuthConfig *account, const char *realm, gboolean any)
{
  const char *own = text_of (account, "realm");

  return text_of (account, "username") != NULL &&
         (any ? own == NULL : own != NULL && g_str_equal (own, realm));
}

/* What programs say, and nothing else when they say something; else what is configured. */
static GPtrArray *
list_accounts (AhoyDigestClient *self, AhoyMessage *request, const char *realm)
{
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  AhoyAuthConfig *given = NULL;
  GPtrArray *accounts;

  g_signal_emit (self, signals[SIGNAL_GET_CREDENTIALS], 0, request, realm, &given);
  if (given == NULL && endpoint != NULL) {
    return ahoy_auth_registry_list_outbound_for (self->accounts, endpoint);
  }
  accounts = g_ptr_array_new_with_free_func (g_object_unref);
  if (given != NULL) {
    g_ptr_array_add (accounts, given);
  }
  return accounts;
}

/* -- challenges ----------------------------------------------------------------------------- */

static void
read_header (AhoyMessage *response, gboolean proxy, GArray *found)
{
  g_auto (GStrv) values =
      ahoy_message_get_headers (response, proxy ? "Proxy-Authenticate" : "WWW-Authenticate");

  for (gsize i = 0; values[i] != NULL; i++) {
    g_autoptr (GPtrArray) list = ahoy_challenge_parse_list (values[i], NULL);

    for (guint k = 0; list != NULL && k < list->len && found->len < MAX_CHALLENGES; k++) {
      Asked asked = { proxy, ahoy_challenge_ref (list->pdata[k]) };

      g_array_append_val (found, asked);
    }
  }
}

/* RFC 3261 §16.7: a proxy that forked hands on what all asked for, in one response. */
static GArray *
read_challenges (AhoyMessage *response)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Asked));

  g_array_set_clear_func (found, asked_clear);
  read_header (response, FALSE, found);
  read_header (response, TRUE, found);
  return found;
}

static gboolean
is_same_realm (const Asked *a, const Asked *b)
{
  return a->proxy == b->proxy && g_str_equal (ahoy_challenge_get_realm (a->challenge),
                                              ahoy_challenge_get_realm (b->challenge));
}

/* Is it the first challenge of its realm? The others are other ways to answer it. */
static gboolean
is_first_of_realm (GArray *asked, guint index)
{
  for (guint i = 0; i < index; i++) {
    if (is_same_realm (&g_array_index (asked, Asked, i), &g_array_index (asked, Asked, index))) {
      return FALSE;
    }
  }
  return TRUE;
}

/* The strongest that the account can answer, whatever the order (RFC 8760 §2.4 leaves that to us):
 * who could change it would gain from a weak one. */
static AhoyChallenge *
choose (GArray *asked, const Asked *realm, AhoyAuthConfig *account, char **ha1)
{
  AhoyChallenge *best = NULL;

  for (guint i = 0; i < asked->len; i++) {
    const Asked *one = &g_array_index (asked, Asked, i);
    g_autofree char *hash = NULL;

    if (!is_same_realm (one, realm) ||
        (best != NULL &&
         ahoy_digest_algorithm_get_base (ahoy_challenge_get_algorithm (one->challenge)) <=
             ahoy_digest_algorithm_get_base (ahoy_challenge_get_algorithm (best)))) {
      continue;
    }
    hash = hash_account (account, one->challenge);
    if (hash != NULL) {
      best = one->challenge;
      g_free (*ha1);
      *ha1 = g_steal_pointer (&hash);
    }
  }
  return best;
}

static gboolean
answer_with (AhoyDigestClient *self, AhoyMessage *request, GArray *asked, const Asked *realm,
             GPtrArray *accounts, gboolean any)
{
  const char *name = ahoy_challenge_get_realm (realm->challenge);

  for (guint i = 0; i < accounts->len; i++) {
    AhoyAuthConfig *account = accounts->pdata[i];
    g_autofree char *ha1 = NULL;
    AhoyChallenge *chosen;

    if (!is_for (account, name, any)) {
      continue;
    }
    chosen = choose (asked, realm, account, &ha1);
    if (chosen != NULL) {
      AhoyDigestProof *proof =
          ahoy_digest_memory_put (self->memory, request, realm->proxy, chosen,
                                  text_of (account, "username"), ha1);

      explicit_bzero (ha1, strlen (ha1));
      return proof != NULL;
    }
  }
  return FALSE;
}

static void
tell_unknown (AhoyDigestClient *self, AhoyMessage *request, const char *realm, guint n_accounts)
{
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  const char *method = ahoy_message_get_method (request);

  self->unknown++;
  if (endpoint == NULL) {
    g_message ("The challenge of realm “%s” to %s is not answered: the request is that of no "
               "endpoint, so there is no account",
               realm, method);
  } else if (n_accounts == 0) {
    g_message ("Endpoint “%s”: the challenge of realm “%s” to %s is not answered: there is no "
               "account; set outbound-username and outbound-password, or outbound-auths",
               ahoy_endpoint_get_name (endpoint), realm, method);
  } else {
    g_message ("Endpoint “%s”: the challenge of realm “%s” to %s is not answered: none of its "
               "accounts is for this realm and its algorithms; add an [auth NAME] with "
               "realm=%s to outbound-auths",
               ahoy_endpoint_get_name (endpoint), realm, method, realm);
  }
}

static void
tell_refused (AhoyDigestClient *self, AhoyMessage *request, AhoyDigestProof *proof)
{
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);

  self->refused++;
  g_message ("Endpoint “%s”: realm “%s” refuses %s of the account “%s”; check its user name and "
             "password",
             endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : "",
             ahoy_challenge_get_realm (proof->challenge), ahoy_message_get_method (request),
             proof->username);
}

static const char *
header_of (gboolean proxy)
{
  return proxy ? "Proxy-Authorization" : "Authorization";
}

static gboolean
was_sent (AhoyMessage *request, AhoyDigestProof *proof)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, header_of (proof->proxy));

  for (gsize i = 0; values[i] != NULL; i++) {
    g_autoptr (GPtrArray) list = ahoy_credentials_parse_list (values[i], NULL);

    for (guint k = 0; list != NULL && k < list->len; k++) {
      if (g_str_equal (ahoy_credentials_get_realm (list->pdata[k]),
                       ahoy_challenge_get_realm (proof->challenge)) &&
          g_str_equal (ahoy_credentials_get_nonce (list->pdata[k]),
                       ahoy_challenge_get_nonce (proof->challenge))) {
        return TRUE;
      }
    }
  }
  return FALSE;
}

/*
 * Did the realm see what we have for it, and does not want it? A nonce that was used before may
 * have become too old, which some do not call stale; one made for this request may do so once.
 */
static gboolean
is_refusal (AhoyMessage *request, const Asked *realm, AhoyDigestProof *proof)
{
  if (proof == NULL || !was_sent (request, proof)) {
    return FALSE;
  }
  return ahoy_challenge_is_stale (realm->challenge) ? proof->stales > 0 : proof->nc == 1;
}

/* Did a program put credentials of its own there? Then it takes care of what comes of them. */
static gboolean
is_foreign (AhoyDigestClient *self, AhoyMessage *request, gboolean proxy)
{
  GPtrArray *proofs = ahoy_digest_memory_lookup (self->memory, request);

  for (guint i = 0; proofs != NULL && i < proofs->len; i++) {
    if (((AhoyDigestProof *) proofs->pdata[i])->proxy == proxy) {
      return FALSE;
    }
  }
  return ahoy_message_has_header (request, header_of (proxy));
}

static gboolean
answer_realm (AhoyDigestClient *self, AhoyMessage *request, GArray *asked, const Asked *realm)
{
  const char *name = ahoy_challenge_get_realm (realm->challenge);
  AhoyDigestProof *proof =
      ahoy_digest_memory_find (self->memory, request, realm->proxy, name);
  g_autoptr (GPtrArray) accounts = NULL;
  guint stales = 0;

  if (is_foreign (self, request, realm->proxy)) {
    return FALSE;
  }
  if (is_refusal (request, realm, proof)) {
    tell_refused (self, request, proof);
    ahoy_digest_memory_remove (self->memory, request, realm->proxy, name);
    return FALSE;
  }
  if (proof != NULL && proof->nc == 1 && ahoy_challenge_is_stale (realm->challenge)) {
    stales = proof->stales + 1;
  }
  accounts = list_accounts (self, request, name);
  if (!answer_with (self, request, asked, realm, accounts, FALSE) &&
      !answer_with (self, request, asked, realm, accounts, TRUE)) {
    tell_unknown (self, request, name, accounts->len);
    return FALSE;
  }
  proof = ahoy_digest_memory_find (self->memory, request, realm->proxy, name);
  proof->stales = stales;
  return TRUE;
}

static gboolean
on_challenged (AhoyStack *stack, AhoyMessage *request, AhoyMessage *response, guint round,
               gpointer user_data)
{
  AhoyDigestClient *self = user_data;
  g_autoptr (GArray) asked = read_challenges (response);
  gboolean answered = FALSE;

  self->challenged++;
  if (round >= MAX_ROUNDS) {
    g_message ("A %s request was challenged %d times, and is not sent again",
               ahoy_message_get_method (request), MAX_ROUNDS + 1);
    return FALSE;
  }
  if (asked->len == 0) {
    g_message ("A %s request was challenged by nothing that is known here: only Digest is",
               ahoy_message_get_method (request));
  }
  for (guint i = 0; i < asked->len; i++) {
    if (is_first_of_realm (asked, i) &&
        answer_realm (self, request, asked, &g_array_index (asked, Asked, i))) {
      answered = TRUE;
    }
  }
  self->answered += answered ? 1 : 0;
  return answered;
}

/* -- credentials ---------------------------------------------------------------------------- */

static void
add_proof (AhoyMessage *request, AhoyDigestProof *proof, const char *uri)
{
  g_autoptr (GBytes) body = ahoy_message_get_body (request);
  g_autoptr (AhoyCredentials) credentials =
      ahoy_credentials_new (proof->challenge, proof->username, proof->ha1,
                            ahoy_message_get_method (request), uri, body, proof->cnonce,
                            proof->nc + 1, NULL);
  g_autofree char *value = NULL;

  if (credentials == NULL) {
    return;
  }
  proof->nc++;
  value = ahoy_credentials_to_string (credentials);
  ahoy_message_add_header (request, header_of (proof->proxy), value, NULL);
}

static void
on_authorize (AhoyStack *stack, AhoyMessage *request, gpointer user_data)
{
  AhoyDigestClient *self = user_data;
  GPtrArray *proofs = ahoy_digest_memory_lookup (self->memory, request);
  gboolean given[2];
  g_autofree char *uri = NULL;

  if (proofs == NULL) {
    return;
  }
  uri = ahoy_message_dup_request_uri (request);
  given[FALSE] = ahoy_message_has_header (request, header_of (FALSE));
  given[TRUE] = ahoy_message_has_header (request, header_of (TRUE));
  for (guint i = 0; i < proofs->len; i++) {
    AhoyDigestProof *proof = proofs->pdata[i];

    if (!given[proof->proxy]) { /* else a program takes care of it */
      add_proof (request, proof, uri);
    }
  }
}

static gboolean
on_is_able (AhoyStack *stack, AhoyMessage *request, gpointer user_data)
{
  AhoyDigestClient *self = user_data;
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  g_autoptr (GPtrArray) accounts = NULL;

  if (g_signal_has_handler_pending (self, signals[SIGNAL_GET_CREDENTIALS], 0, TRUE)) {
    return TRUE;
  }
  if (endpoint == NULL) {
    return FALSE;
  }
  accounts = ahoy_auth_registry_list_outbound_for (self->accounts, endpoint);
  return accounts->len > 0;
}

static const AhoyStackProver prover = {
  .is_able = on_is_able,
  .authorize = on_authorize,
  .challenged = on_challenged,
};

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_digest_client_dispose (GObject *object)
{
  AhoyDigestClient *self = AHOY_DIGEST_CLIENT (object);

  if (self->stack != NULL) {
    ahoy_stack_set_prover (self->stack, NULL, NULL);
  }
  g_clear_object (&self->stack);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (ahoy_digest_client_parent_class)->dispose (object);
}

static void
ahoy_digest_client_finalize (GObject *object)
{
  g_clear_pointer (&AHOY_DIGEST_CLIENT (object)->memory, ahoy_digest_memory_free);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_digest_client_parent_class)->finalize (object);
}

/* The first who knows an account is believed. */
static gboolean
first_given (GSignalInvocationHint *hint, GValue *result, const GValue *given, gpointer data)
{
  g_value_copy (given, result);
  return g_value_get_object (given) == NULL;
}

static void
ahoy_digest_client_class_init (AhoyDigestClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_digest_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_digest_client_finalize;

  /**
   * AhoyDigestClient::get-credentials:
   * @self: the client
   * @request: the request of ours that was challenged
   * @realm: the realm that asks
   *
   * Somebody wants to know who we are. A program that knows better than the configuration answers
   * with an account; the first one that is given is taken. An account without a realm is for any
   * realm.
   *
   * Returns: (transfer full) (nullable): an account; %NULL for what the configuration says
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET_CREDENTIALS] =
      g_signal_new ("get-credentials", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                    first_given, NULL, NULL, AHOY_TYPE_AUTH_CONFIG, 2, AHOY_TYPE_MESSAGE,
                    G_TYPE_STRING);
}

static void
ahoy_digest_client_init (AhoyDigestClient *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_digest_client_new:
 * @stack: a stack whose requests get challenges
 * @accounts: the accounts of the endpoints
 *
 * Returns: (transfer full): what answers the challenges of the stack from now on; #AhoyCore has one
 *   already, see ahoy_core_get_digest_client()
 *
 * Since: 0.1
 */
AhoyDigestClient *
ahoy_digest_client_new (AhoyStack *stack, AhoyAuthRegistry *accounts)
{
  AhoyDigestClient *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);
  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (accounts), NULL);

  self = g_object_new (AHOY_TYPE_DIGEST_CLIENT, NULL);
  self->stack = g_object_ref (stack);
  self->accounts = g_object_ref (accounts);
  self->memory = ahoy_digest_memory_new (ahoy_stack_get_scheduler (stack));
  ahoy_stack_set_prover (stack, &prover, self);
  return self;
}

/**
 * ahoy_digest_client_get_statistics:
 * @self: a client
 *
 * Counts responses that `challenged` us, those that were `answered`, how often a realm `refused` an
 * account, how often a realm was `unknown`, that is without an account for it, and the `dialogs`
 * whose later requests are proved without being asked.
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_digest_client_get_statistics (AhoyDigestClient *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_DIGEST_CLIENT (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "challenged", self->challenged);
  g_variant_builder_add (&builder, "{st}", "answered", self->answered);
  g_variant_builder_add (&builder, "{st}", "refused", self->refused);
  g_variant_builder_add (&builder, "{st}", "unknown", self->unknown);
  g_variant_builder_add (&builder, "{st}", "dialogs",
                         (guint64) ahoy_digest_memory_get_size (self->memory));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
