/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-digest-authenticator.h"

#include "ahoy-census.h"
#include "ahoy-digest-proof-private.h"
#include "ahoy-security-log-private.h"
#include "ahoy-stack-gate-private.h"

#define MAX_NONCES 65536

/**
 * AhoyDigestAuthenticator:
 *
 * Lets endpoints prove who they are by digest authentication (RFC 3261 section 22, RFC 7616, RFC
 * 8760), with the accounts of an #AhoyAuthRegistry.
 *
 * A challenge holds no memory. Whoever answers wrongly, and whoever is nobody, gets the same
 * challenge as everybody.
 *
 * Endpoints with `auth=none` need not prove anything; those that have no account and do not say so
 * cannot, and are challenged in vain. Within a dialog only the methods of
 * #AhoyDigestAuthenticator:in-dialog-methods have to be proved, and ACK, CANCEL and BYE never.
 *
 * Since: 0.1
 */
struct _AhoyDigestAuthenticator {
  GObject parent_instance;

  AhoyAuthRegistry *auths;
  AhoySecurityLog *log; /* NULL: nobody wants to know */
  AhoyDigestPolicy policy;
  char *realm;
  char *domain;
  char **in_dialog_methods;
  guint nonce_lifetime;
  gboolean bind_nonces;
  gboolean proxy;
};

enum {
  PROP_0,
  PROP_REALM,
  PROP_DOMAIN,
  PROP_ALGORITHMS,
  PROP_QOP,
  PROP_ALLOW_WITHOUT_QOP,
  PROP_NONCE_LIFETIME,
  PROP_BIND_NONCES,
  PROP_IN_DIALOG_METHODS,
  PROP_PROXY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void authenticator_iface_init (AhoyAuthenticatorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyDigestAuthenticator, ahoy_digest_authenticator, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_AUTHENTICATOR,
                                                      authenticator_iface_init))

static void
read_algorithms (AhoyDigestPolicy *policy, const char *const *names)
{
  policy->n_algorithms = 0;
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    AhoyDigestAlgorithm algorithm = ahoy_digest_algorithm_from_string (names[i]);

    if (policy->n_algorithms < AHOY_DIGEST_MAX_ALGORITHMS &&
        !ahoy_digest_algorithm_is_session (algorithm) &&
        ahoy_digest_algorithm_is_available (algorithm)) {
      policy->algorithms[policy->n_algorithms++] = algorithm;
    }
  }
}

/* What holds for an endpoint, which may have its own algorithms. */
static AhoyDigestPolicy
find_policy (AhoyDigestAuthenticator *self, AhoyEndpoint *endpoint)
{
  AhoyDigestPolicy policy = self->policy;
  AhoyConfigObject *config =
      endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;

  if (config != NULL && ahoy_config_object_is_set (config, "auth-algorithms")) {
    AhoyDigestPolicy own = policy;

    read_algorithms (&own, ahoy_config_object_get_list (config, "auth-algorithms"));
    return own.n_algorithms > 0 ? own : policy;
  }
  return policy;
}

static GPtrArray *
find_accounts (AhoyDigestAuthenticator *self, AhoyEndpoint *endpoint)
{
  return endpoint != NULL ? ahoy_auth_registry_list_for (self->auths, endpoint) : NULL;
}

/* -- telling -------------------------------------------------------------------------------- */

static const char *
describe (AhoyDigestProof proof)
{
  switch (proof) {
  case AHOY_DIGEST_PROOF_REALM:
    return "another realm";
  case AHOY_DIGEST_PROOF_ACCOUNT:
    return "another user name";
  case AHOY_DIGEST_PROOF_REPEATED:
    return "a nonce count that was used before";
  case AHOY_DIGEST_PROOF_STALE:
    return "a nonce that is too old";
  default:
    return NULL;
  }
}

static GVariant *
make_facts (AhoyDigestProof proof, AhoyCredentials *judged)
{
  const char *username = judged != NULL ? ahoy_credentials_get_username (judged) : NULL;
  const char *realm = judged != NULL ? ahoy_credentials_get_realm (judged) : NULL;
  const char *algorithm =
      judged != NULL
          ? ahoy_digest_algorithm_to_string (ahoy_credentials_get_algorithm (judged))
          : NULL;

  return ahoy_security_event_make_facts ("username", username, "realm", realm, "algorithm",
                                         algorithm, "reason", describe (proof), NULL);
}

/* Whoever is nobody was reported before. */
static void
report (AhoyDigestAuthenticator *self, AhoyMessage *request, AhoyEndpoint *endpoint,
        AhoyDigestProof proof, AhoyCredentials *judged)
{
  static const AhoySecurityEventType types[] = {
    [AHOY_DIGEST_PROOF_NONE] = AHOY_SECURITY_EVENT_CHALLENGE_SENT,
    [AHOY_DIGEST_PROOF_METHOD] = AHOY_SECURITY_EVENT_AUTH_METHOD_NOT_ALLOWED,
    [AHOY_DIGEST_PROOF_REALM] = AHOY_SECURITY_EVENT_CHALLENGE_RESPONSE_FAILED,
    [AHOY_DIGEST_PROOF_ACCOUNT] = AHOY_SECURITY_EVENT_CHALLENGE_RESPONSE_FAILED,
    [AHOY_DIGEST_PROOF_WRONG] = AHOY_SECURITY_EVENT_INVALID_PASSWORD,
    [AHOY_DIGEST_PROOF_STALE] = AHOY_SECURITY_EVENT_CHALLENGE_SENT,
    [AHOY_DIGEST_PROOF_REPEATED] = AHOY_SECURITY_EVENT_CHALLENGE_RESPONSE_FAILED,
    [AHOY_DIGEST_PROOF_GOOD] = AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH,
  };
  GVariant *facts = NULL;

  if (self->log == NULL || endpoint == NULL) {
    return;
  }
  if (ahoy_security_log_wants (self->log, types[proof])) {
    facts = make_facts (proof, judged);
  }
  ahoy_security_log_report (self->log, types[proof], request, ahoy_endpoint_get_name (endpoint),
                            facts);
}

/* Whose owner has forgotten the password; said once for each configuration of it. */
static void
note_without_account (AhoyEndpoint *endpoint)
{
  static GQuark said;
  AhoyEndpointConfig *config = ahoy_endpoint_get_config (endpoint);

  if (said == 0) {
    said = g_quark_from_static_string ("ahoy-digest-without-account");
  }
  if (g_object_get_qdata (G_OBJECT (config), said) == NULL) {
    g_object_set_qdata (G_OBJECT (config), said, GINT_TO_POINTER (1));
    g_message ("The endpoint “%s” cannot prove who it is, as it has no password; add password=, or "
               "auth=none when whoever says its name is to be believed",
               ahoy_endpoint_get_name (endpoint));
  }
}

/* -- the interface -------------------------------------------------------------------------- */

static AhoyAuthRequirement
ahoy_digest_authenticator_requires (AhoyAuthenticator *authenticator, AhoyMessage *request,
                                    AhoyEndpoint *endpoint)
{
  const char *method = ahoy_message_get_method (request);
  AhoyConfigObject *config;

  if (g_str_equal (method, "ACK") || g_str_equal (method, "CANCEL") ||
      g_str_equal (method, "BYE")) {
    return AHOY_AUTH_NOT_REQUIRED;
  }
  if (endpoint == NULL) {
    return AHOY_AUTH_REQUIRED;
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  if (ahoy_config_object_get_choice (config, "auth") == AHOY_ENDPOINT_AUTH_NONE ||
      ahoy_config_object_list_contains (config, "auth-except", method)) {
    return AHOY_AUTH_NOT_REQUIRED;
  }
  return AHOY_AUTH_REQUIRED;
}

static AhoyAuthResult
challenge (AhoyDigestAuthenticator *self, const AhoyDigestPolicy *policy,
           AhoyServerTransaction *transaction, GPtrArray *accounts, GSocketAddress *source,
           gint64 now, gboolean stale)
{
  g_autoptr (GPtrArray) challenges =
      ahoy_digest_proof_list_challenges (policy, accounts, source, now, stale);
  g_autoptr (GError) error = NULL;

  if (challenges == NULL || !ahoy_server_transaction_challenge (
                                transaction, self->proxy ? 407 : 401, challenges, &error)) {
    g_warning ("A request could not be challenged: %s",
               error != NULL ? error->message : "this system has no randomness or no HMAC");
    ahoy_server_transaction_reject (transaction, 500, NULL);
    return AHOY_AUTH_FAILED;
  }
  return AHOY_AUTH_CHALLENGE_SENT;
}

static AhoyAuthResult
refuse_malformed (AhoyDigestAuthenticator *self, AhoyServerTransaction *transaction,
                  AhoyEndpoint *endpoint, const GError *error)
{
  /* Whoever is nobody was reported before; twice would tell that he is. */
  if (self->log != NULL && endpoint != NULL) {
    ahoy_security_log_report (self->log, AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT,
                              ahoy_server_transaction_get_request (transaction),
                              ahoy_endpoint_get_name (endpoint),
                              ahoy_security_event_make_facts ("reason", error->message, NULL));
  }
  ahoy_server_transaction_reject (transaction, 400, "Bad Credentials");
  return AHOY_AUTH_FAILED;
}

/* A dialog was begun by somebody who has proved himself, or whom we have called. An endpoint that
 * has no account, such as a provider, can only have been called: nothing could prove more. */
static gboolean
is_proved_by_dialog (AhoyDigestAuthenticator *self, AhoyServerTransaction *transaction,
                     GPtrArray *accounts)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);

  return ahoy_server_transaction_peek_dialog (transaction) != NULL &&
         (accounts == NULL || accounts->len == 0 || self->in_dialog_methods == NULL ||
          !g_strv_contains ((const char *const *) self->in_dialog_methods,
                            ahoy_message_get_method (request)));
}

/* Whether the request proves one of @accounts; else it is answered with a challenge. */
static AhoyAuthResult
check (AhoyDigestAuthenticator *self, AhoyServerTransaction *transaction, AhoyEndpoint *endpoint,
       GPtrArray *accounts)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyDigestPolicy policy = find_policy (self, endpoint);
  g_autoptr (GSocketAddress) source = NULL;
  g_autoptr (GPtrArray) credentials = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time ();
  AhoyCredentials *judged;
  AhoyDigestProof proof;

  ahoy_digest_policy_suit (&policy, accounts);
  credentials = ahoy_message_list_credentials (request, self->proxy, &error);
  if (credentials == NULL) {
    return refuse_malformed (self, transaction, endpoint, error);
  }
  source = ahoy_message_get_source (request);
  proof = ahoy_digest_proof_judge (&policy, request, credentials, accounts, source, now, &judged);
  if (proof == AHOY_DIGEST_PROOF_NONE &&
      ahoy_message_has_header (request, self->proxy ? "Proxy-Authorization" : "Authorization")) {
    proof = AHOY_DIGEST_PROOF_METHOD; /* Basic, Bearer and their like */
  }
  report (self, request, endpoint, proof, judged);
  if (proof == AHOY_DIGEST_PROOF_GOOD) {
    return AHOY_AUTH_SUCCESS;
  }
  return challenge (self, &policy, transaction, accounts, source, now,
                    proof == AHOY_DIGEST_PROOF_STALE || proof == AHOY_DIGEST_PROOF_REPEATED);
}

static AhoyAuthResult
ahoy_digest_authenticator_authenticate (AhoyAuthenticator *authenticator,
                                        AhoyServerTransaction *transaction,
                                        AhoyEndpoint *endpoint)
{
  AhoyDigestAuthenticator *self = AHOY_DIGEST_AUTHENTICATOR (authenticator);
  g_autoptr (GPtrArray) accounts = find_accounts (self, endpoint);

  if (is_proved_by_dialog (self, transaction, accounts)) {
    return AHOY_AUTH_SUCCESS;
  }
  if (accounts != NULL && accounts->len == 0) {
    note_without_account (endpoint);
  }
  return check (self, transaction, endpoint, accounts);
}

static AhoyAuthConfig *
ahoy_digest_authenticator_get_credentials (AhoyAuthenticator *authenticator, AhoyMessage *request,
                                           AhoyEndpoint *endpoint)
{
  g_autoptr (GPtrArray) accounts =
      find_accounts (AHOY_DIGEST_AUTHENTICATOR (authenticator), endpoint);

  return accounts != NULL && accounts->len > 0 ? g_object_ref (accounts->pdata[0]) : NULL;
}

static void
authenticator_iface_init (AhoyAuthenticatorInterface *iface)
{
  iface->requires_authentication = ahoy_digest_authenticator_requires;
  iface->authenticate_request = ahoy_digest_authenticator_authenticate;
  iface->get_credentials = ahoy_digest_authenticator_get_credentials;
}

/* -- the object ----------------------------------------------------------------------------- */

static char **
dup_algorithms (AhoyDigestAuthenticator *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->policy.n_algorithms; i++) {
    g_strv_builder_add (builder, ahoy_digest_algorithm_to_string (self->policy.algorithms[i]));
  }
  return g_strv_builder_end (builder);
}

static void
ahoy_digest_authenticator_get_property (GObject *object, guint id, GValue *value,
                                        GParamSpec *pspec)
{
  AhoyDigestAuthenticator *self = AHOY_DIGEST_AUTHENTICATOR (object);

  switch (id) {
  case PROP_REALM:
    g_value_set_string (value, self->realm);
    break;
  case PROP_DOMAIN:
    g_value_set_string (value, self->domain);
    break;
  case PROP_ALGORITHMS:
    g_value_take_boxed (value, dup_algorithms (self));
    break;
  case PROP_QOP:
    g_value_set_flags (value, self->policy.qop);
    break;
  case PROP_ALLOW_WITHOUT_QOP:
    g_value_set_boolean (value, self->policy.allow_without_qop);
    break;
  case PROP_NONCE_LIFETIME:
    g_value_set_uint (value, self->nonce_lifetime);
    break;
  case PROP_BIND_NONCES:
    g_value_set_boolean (value, self->bind_nonces);
    break;
  case PROP_IN_DIALOG_METHODS:
    g_value_set_boxed (value, self->in_dialog_methods);
    break;
  case PROP_PROXY:
    g_value_set_boolean (value, self->proxy);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
set_text (char **place, const char **view, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
  *view = *place;
}

static void
ahoy_digest_authenticator_set_property (GObject *object, guint id, const GValue *value,
                                        GParamSpec *pspec)
{
  AhoyDigestAuthenticator *self = AHOY_DIGEST_AUTHENTICATOR (object);
  const char *text;

  switch (id) {
  case PROP_REALM:
    text = g_value_get_string (value);
    set_text (&self->realm, &self->policy.realm, text != NULL ? text : "");
    break;
  case PROP_DOMAIN:
    text = g_value_get_string (value);
    set_text (&self->domain, &self->policy.domain, text != NULL && *text != '\0' ? text : NULL);
    break;
  case PROP_ALGORITHMS:
    read_algorithms (&self->policy, g_value_get_boxed (value));
    break;
  case PROP_QOP:
    self->policy.qop = g_value_get_flags (value);
    break;
  case PROP_ALLOW_WITHOUT_QOP:
    self->policy.allow_without_qop = g_value_get_boolean (value);
    break;
  case PROP_NONCE_LIFETIME:
    self->nonce_lifetime = g_value_get_uint (value);
    ahoy_nonce_book_set_lifetime (self->policy.nonces, self->nonce_lifetime);
    break;
  case PROP_BIND_NONCES:
    self->bind_nonces = g_value_get_boolean (value);
    ahoy_nonce_book_set_bound (self->policy.nonces, self->bind_nonces);
    break;
  case PROP_IN_DIALOG_METHODS:
    g_strfreev (self->in_dialog_methods);
    self->in_dialog_methods = g_value_dup_boxed (value);
    break;
  case PROP_PROXY:
    self->proxy = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_digest_authenticator_finalize (GObject *object)
{
  AhoyDigestAuthenticator *self = AHOY_DIGEST_AUTHENTICATOR (object);

  g_clear_object (&self->auths);
  g_clear_object (&self->log);
  g_free (self->realm);
  g_free (self->domain);
  g_strfreev (self->in_dialog_methods);
  ahoy_nonce_book_free (self->policy.nonces);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_digest_authenticator_parent_class)->finalize (object);
}

static void
install_challenge_properties (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyDigestAuthenticator:realm:
   *
   * The realm of accounts that name none, and of challenges to somebody unknown.
   *
   * Since: 0.1
   */
  props[PROP_REALM] = g_param_spec_string ("realm", NULL, NULL, "ahoy", flags);
  /**
   * AhoyDigestAuthenticator:domain:
   *
   * The URIs, with spaces between them, for which a proof is good too; %NULL to say none.
   *
   * Since: 0.1
   */
  props[PROP_DOMAIN] = g_param_spec_string ("domain", NULL, NULL, NULL, flags);
  /**
   * AhoyDigestAuthenticator:algorithms:
   *
   * The algorithms that are offered, the best first, without `-sess`: MD5 at first, as many phones
   * give up when they are asked for anything else. Of an account that is stored as hashes only
   * those are offered that it has a hash for; one that has a stronger hash only is asked for that.
   *
   * Since: 0.1
   */
  props[PROP_ALGORITHMS] =
      g_param_spec_boxed ("algorithms", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * AhoyDigestAuthenticator:qop:
   *
   * What a proof may protect.
   *
   * Since: 0.1
   */
  props[PROP_QOP] = g_param_spec_flags ("qop", NULL, NULL, AHOY_TYPE_DIGEST_QOP,
                                        AHOY_DIGEST_QOP_AUTH, flags);
  /**
   * AhoyDigestAuthenticator:allow-without-qop:
   *
   * Whether peers that know RFC 2069 only, and do not count, may prove themselves; a nonce is then
   * good for one request.
   *
   * Since: 0.1
   */
  props[PROP_ALLOW_WITHOUT_QOP] =
      g_param_spec_boolean ("allow-without-qop", NULL, NULL, TRUE, flags);
  /**
   * AhoyDigestAuthenticator:proxy:
   *
   * Whether it stands before others: 407 with Proxy-Authenticate instead of 401 with
   * WWW-Authenticate (RFC 3261 section 22.3).
   *
   * Since: 0.1
   */
  props[PROP_PROXY] = g_param_spec_boolean ("proxy", NULL, NULL, FALSE, flags);
}

static void
install_nonce_properties (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyDigestAuthenticator:nonce-lifetime:
   *
   * For how many seconds a nonce is good.
   *
   * Since: 0.1
   */
  props[PROP_NONCE_LIFETIME] =
      g_param_spec_uint ("nonce-lifetime", NULL, NULL, 1, 86400, 60, flags);
  /**
   * AhoyDigestAuthenticator:bind-nonces:
   *
   * Whether a nonce is good only for the network that it was sent to: an IPv4 /24, an IPv6 /64.
   *
   * Since: 0.1
   */
  props[PROP_BIND_NONCES] = g_param_spec_boolean ("bind-nonces", NULL, NULL, TRUE, flags);
  /**
   * AhoyDigestAuthenticator:in-dialog-methods:
   *
   * The methods that have to be proved within a dialog too; %NULL for none.
   *
   * Since: 0.1
   */
  props[PROP_IN_DIALOG_METHODS] =
      g_param_spec_boxed ("in-dialog-methods", NULL, NULL, G_TYPE_STRV, flags);
}

static void
ahoy_digest_authenticator_class_init (AhoyDigestAuthenticatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_digest_authenticator_get_property;
  object_class->set_property = ahoy_digest_authenticator_set_property;
  object_class->finalize = ahoy_digest_authenticator_finalize;
  install_challenge_properties ();
  install_nonce_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_digest_authenticator_init (AhoyDigestAuthenticator *self)
{
  static const char *const algorithms[] = { "MD5", NULL };
  static const char *const methods[] = { "INVITE", "UPDATE", "REFER", NULL };

  set_text (&self->realm, &self->policy.realm, "ahoy");
  read_algorithms (&self->policy, algorithms);
  self->policy.qop = AHOY_DIGEST_QOP_AUTH;
  self->policy.allow_without_qop = TRUE;
  self->policy.nonces = ahoy_nonce_book_new (MAX_NONCES);
  self->in_dialog_methods = g_strdupv ((char **) methods);
  self->nonce_lifetime = 60;
  self->bind_nonces = TRUE;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_digest_authenticator_new:
 * @auths: the accounts
 * @log: (nullable): what is told of each attempt
 *
 * Returns: (transfer full): an authenticator that still has to be added by
 *   ahoy_authentication_add_authenticator()
 *
 * Since: 0.1
 */
AhoyDigestAuthenticator *
ahoy_digest_authenticator_new (AhoyAuthRegistry *auths, AhoySecurityLog *log)
{
  AhoyDigestAuthenticator *self;

  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (auths), NULL);
  g_return_val_if_fail (log == NULL || AHOY_IS_SECURITY_LOG (log), NULL);

  self = g_object_new (AHOY_TYPE_DIGEST_AUTHENTICATOR, NULL);
  self->auths = g_object_ref (auths);
  g_set_object (&self->log, log);
  return self;
}

/**
 * ahoy_digest_authenticator_set_secret:
 * @self: an authenticator
 * @secret: at least 16 bytes that nobody can guess
 *
 * Sets what nonces are made with. Nodes that share a secret take each other's challenges, and one
 * that keeps its secret takes those that it sent before it was restarted. At first the secret is
 * random.
 *
 * Since: 0.1
 */
void
ahoy_digest_authenticator_set_secret (AhoyDigestAuthenticator *self, GBytes *secret)
{
  gconstpointer data;
  gsize length;

  g_return_if_fail (AHOY_IS_DIGEST_AUTHENTICATOR (self));
  g_return_if_fail (secret != NULL && g_bytes_get_size (secret) >= 16);

  data = g_bytes_get_data (secret, &length);
  ahoy_nonce_book_set_secret (self->policy.nonces, data, length);
}

/**
 * ahoy_digest_authenticator_list_challenges:
 * @self: an authenticator
 * @request: a request
 * @endpoint: (nullable): who it seems to come from
 * @stale: whether its proof was right but its nonce too old
 *
 * Makes the challenges that the request would be answered with, for who wants to answer himself
 * with ahoy_server_transaction_challenge().
 *
 * Returns: (transfer container) (element-type AhoyChallenge) (nullable): challenges, the best
 *   first; %NULL when this system has no randomness
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_digest_authenticator_list_challenges (AhoyDigestAuthenticator *self, AhoyMessage *request,
                                           AhoyEndpoint *endpoint, gboolean stale)
{
  g_autoptr (GSocketAddress) source = NULL;
  g_autoptr (GPtrArray) accounts = NULL;
  AhoyDigestPolicy policy;

  g_return_val_if_fail (AHOY_IS_DIGEST_AUTHENTICATOR (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);
  g_return_val_if_fail (endpoint == NULL || AHOY_IS_ENDPOINT (endpoint), NULL);

  policy = find_policy (self, endpoint);
  source = ahoy_message_get_source (request);
  accounts = find_accounts (self, endpoint);
  ahoy_digest_policy_suit (&policy, accounts);
  return ahoy_digest_proof_list_challenges (&policy, accounts, source, g_get_real_time (), stale);
}

/**
 * ahoy_digest_authenticator_check:
 * @self: an authenticator
 * @transaction: a request that was not answered
 * @endpoint: who it seems to come from
 * @account: the account that it has to prove
 *
 * Checks a request against an account that stands in no configuration, for authenticators that know
 * accounts from elsewhere. A request without the right proof is answered with a challenge (RFC 3261
 * §22). Requests of a dialog that the peer began with a proof need none.
 *
 * Returns: %AHOY_AUTH_SUCCESS, %AHOY_AUTH_CHALLENGE_SENT, or %AHOY_AUTH_FAILED when the request was
 *   refused as malformed
 *
 * Since: 0.1
 */
AhoyAuthResult
ahoy_digest_authenticator_check (AhoyDigestAuthenticator *self, AhoyServerTransaction *transaction,
                                 AhoyEndpoint *endpoint, AhoyAuthConfig *account)
{
  g_autoptr (GPtrArray) accounts = NULL;

  g_return_val_if_fail (AHOY_IS_DIGEST_AUTHENTICATOR (self), AHOY_AUTH_FAILED);
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (transaction), AHOY_AUTH_FAILED);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), AHOY_AUTH_FAILED);
  g_return_val_if_fail (AHOY_IS_AUTH_CONFIG (account), AHOY_AUTH_FAILED);

  accounts = g_ptr_array_new ();
  g_ptr_array_add (accounts, account);
  if (is_proved_by_dialog (self, transaction, accounts)) {
    return AHOY_AUTH_SUCCESS;
  }
  return check (self, transaction, endpoint, accounts);
}
