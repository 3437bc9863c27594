/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-authentication.h"

#include "ahoy-census.h"
#include "ahoy-deferral-private.h"
#include "ahoy-error.h"
#include "ahoy-extension-private.h"
#include "ahoy-interception-private.h"
#include "ahoy-stack-gate-private.h"

/* The name of the one that a configured core brings along. */
#define BUILT_IN "digest"

/**
 * AhoyAuthentication:
 *
 * The interceptor that lets only requests pass that prove who they come from. It is named
 * `authenticate` in the chain, and stands behind `identify`.
 *
 * The first #AhoyAuthenticator in the order decides. Without one everything passes, which is said
 * in the log and by #AhoyAuthentication:unguarded.
 *
 * Since: 0.1
 */
struct _AhoyAuthentication {
  GObject parent_instance;

  AhoyInterception *chain; /* no reference, as its stack holds us; NULL when it is gone */
  GHashTable *proofs; /* AhoyServerTransaction → Proof */
  gboolean unguarded;

  guint64 challenged;
  guint64 succeeded;
  guint64 failed;
  guint64 not_required;
  guint64 unchecked;
};

/* A request whose proof is being checked. */
typedef struct {
  AhoyAuthentication *authentication;
  AhoyServerTransaction *transaction;
  AhoyExtension *authenticator;
  gboolean asking;
  AhoyAuthDeferral *deferral;
} Proof;

enum { PROP_0, PROP_UNGUARDED, N_PROPS };

static GParamSpec *props[N_PROPS];

static void interceptor_iface_init (AhoyInterceptorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyAuthentication, ahoy_authentication, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR,
                                                      interceptor_iface_init))

static void
proof_free (gpointer data)
{
  Proof *proof = data;

  g_clear_object (&proof->transaction);
  g_clear_pointer (&proof->authenticator, ahoy_extension_unref);
  g_clear_object (&proof->deferral);
  g_free (proof);
}

/* The first in the order; the built-in one only where nobody has added another. A reference, or
 * NULL. */
AhoyExtension *
ahoy_interception_find_authenticator (AhoyInterception *chain)
{
  g_autoptr (AhoyExtensionSnapshot) list = ahoy_extension_registry_snapshot (
      ahoy_interception_get_extensions (chain), AHOY_TYPE_AUTHENTICATOR);
  guint length = ahoy_extension_snapshot_get_length (list);

  for (guint i = 0; i < length; i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (list, i);

    if (!g_str_equal (ahoy_extension_get_name (entry), BUILT_IN)) {
      return ahoy_extension_ref (entry);
    }
  }
  return length > 0 ? ahoy_extension_ref (ahoy_extension_snapshot_get (list, 0)) : NULL;
}

static AhoyExtension *
find_authenticator (AhoyAuthentication *self)
{
  return self->chain != NULL ? ahoy_interception_find_authenticator (self->chain) : NULL;
}

static void
set_unguarded (AhoyAuthentication *self, gboolean unguarded)
{
  if (self->unguarded == unguarded) {
    return;
  }
  self->unguarded = unguarded;
  if (unguarded) {
    g_warning ("There is no authenticator: every request of an endpoint is believed. Add one");
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNGUARDED]);
}

/* -- checking ------------------------------------------------------------------------------- */

static AhoyInterceptorVerdict
conclude (AhoyAuthentication *self, Proof *proof, AhoyAuthResult result)
{
  gboolean answered = ahoy_server_transaction_get_status (proof->transaction) >= 200;

  if (result == AHOY_AUTH_CHALLENGE_SENT && answered) {
    self->challenged++;
    return AHOY_INTERCEPTOR_ANSWERED;
  }
  if (result == AHOY_AUTH_SUCCESS && !answered) {
    self->succeeded++;
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  if (result == AHOY_AUTH_NO_NEED && !answered) {
    self->not_required++;
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  self->failed++;
  if (result == AHOY_AUTH_CHALLENGE_SENT) {
    g_warning ("The authenticator “%s” says that it sent a challenge, but did not",
               ahoy_extension_get_name (proof->authenticator));
  }
  if (!answered) {
    g_info ("The authenticator “%s” refused a request or failed with it: %s",
            ahoy_extension_get_name (proof->authenticator),
            ahoy_message_get_method (ahoy_server_transaction_get_request (proof->transaction)));
    ahoy_server_transaction_reject (proof->transaction, 403, NULL);
  }
  return AHOY_INTERCEPTOR_ANSWERED;
}

static void
on_gone (gpointer user_data)
{
  Proof *proof = user_data;

  if (proof->deferral != NULL) {
    ahoy_deferral_cancel (AHOY_DEFERRAL (proof->deferral));
  }
  g_hash_table_remove (proof->authentication->proofs, proof->transaction);
}

static void
on_deferral_over (AhoyDeferral *deferral, AhoyDeferralState state, int verdict, gpointer user_data)
{
  Proof *proof = user_data;
  g_autoptr (AhoyAuthentication) self = g_object_ref (proof->authentication);
  g_autoptr (AhoyServerTransaction) transaction = g_object_ref (proof->transaction);
  AhoyInterceptorVerdict outcome = AHOY_INTERCEPTOR_ANSWERED;

  if (state == AHOY_DEFERRAL_TIMED_OUT) {
    self->failed++;
    g_warning ("The authenticator “%s” said nothing before the deadline of the %s request; the "
               "peer gets 500",
               ahoy_extension_get_name (proof->authenticator),
               ahoy_message_get_method (ahoy_server_transaction_get_request (transaction)));
    ahoy_server_transaction_reject (transaction, 500, NULL);
  } else {
    outcome = conclude (self, proof, (AhoyAuthResult) verdict);
  }
  g_hash_table_remove (self->proofs, transaction);
  ahoy_interception_resume (self->chain, transaction, outcome);
}

static AhoyAuthResult
ask (Proof *proof, AhoyEndpoint *endpoint)
{
  AhoyAuthenticator *authenticator =
      AHOY_AUTHENTICATOR (ahoy_extension_get_object (proof->authenticator));
  AhoyMessage *request = ahoy_server_transaction_get_request (proof->transaction);
  AhoyExtensionCall call = ahoy_extension_begin_call ();
  AhoyAuthResult result;

  if (ahoy_authenticator_requires_authentication (authenticator, request, endpoint) ==
      AHOY_AUTH_NOT_REQUIRED) {
    ahoy_extension_end_call (proof->authenticator, &call, "requires_authentication");
    return AHOY_AUTH_NO_NEED;
  }
  proof->asking = TRUE;
  result = ahoy_authenticator_authenticate_request (authenticator, proof->transaction, endpoint);
  proof->asking = FALSE;
  ahoy_extension_end_call (proof->authenticator, &call, "authenticate_request");
  if (result == AHOY_AUTH_NO_NEED) {
    result = AHOY_AUTH_FAILED; /* it said the opposite a moment ago */
  }
  return result;
}

static gboolean
is_asked_about (AhoyServerTransaction *transaction, AhoyMessage *request)
{
  if (ahoy_server_transaction_peek_dialog (transaction) == NULL) {
    return TRUE;
  }
  /* Whom we called without knowing an endpoint answers in the dialog that we made. And BYE ends its
   * session whatever anybody says of it. */
  return ahoy_message_get_endpoint (request) != NULL &&
         !g_str_equal (ahoy_message_get_method (request), "BYE");
}

static AhoyInterceptorVerdict
ahoy_authentication_incoming_request (AhoyInterceptor *interceptor, AhoyMessage *request,
                                      AhoyServerTransaction *transaction)
{
  AhoyAuthentication *self = AHOY_AUTHENTICATION (interceptor);
  g_autoptr (AhoyExtension) authenticator = NULL;
  AhoyInterceptorVerdict verdict;
  AhoyAuthResult result;
  Proof *proof;

  if (transaction == NULL || !is_asked_about (transaction, request)) {
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  authenticator = find_authenticator (self);
  set_unguarded (self, authenticator == NULL);
  if (authenticator == NULL) {
    self->unchecked++;
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  proof = g_new0 (Proof, 1);
  proof->authentication = self;
  proof->transaction = g_object_ref (transaction);
  proof->authenticator = g_steal_pointer (&authenticator);
  g_hash_table_insert (self->proofs, transaction, proof);
  result = ask (proof, ahoy_message_get_endpoint (request));
  if (proof->deferral != NULL) {
    if (ahoy_interception_hold (self->chain, transaction, on_gone, proof)) {
      return AHOY_INTERCEPTOR_CONTINUE;
    }
    on_gone (proof);
    return AHOY_INTERCEPTOR_FAILED;
  }
  verdict = conclude (self, proof, result);
  g_hash_table_remove (self->proofs, transaction);
  return verdict;
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = ahoy_authentication_incoming_request;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_authentication_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_UNGUARDED) {
    g_value_set_boolean (value, AHOY_AUTHENTICATION (object)->unguarded);
    return;
  }
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
forget_chain (gpointer user_data, GObject *chain)
{
  AHOY_AUTHENTICATION (user_data)->chain = NULL;
}

static void
ahoy_authentication_dispose (GObject *object)
{
  AhoyAuthentication *self = AHOY_AUTHENTICATION (object);

  if (self->chain != NULL) {
    g_object_weak_unref (G_OBJECT (self->chain), forget_chain, self);
    self->chain = NULL;
  }
  G_OBJECT_CLASS (ahoy_authentication_parent_class)->dispose (object);
}

static void
ahoy_authentication_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_AUTHENTICATION (object)->proofs);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_authentication_parent_class)->finalize (object);
}

static void
ahoy_authentication_class_init (AhoyAuthenticationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_authentication_get_property;
  object_class->dispose = ahoy_authentication_dispose;
  object_class->finalize = ahoy_authentication_finalize;

  /**
   * AhoyAuthentication:unguarded:
   *
   * Whether requests passed unchecked, because there is no authenticator.
   *
   * Since: 0.1
   */
  props[PROP_UNGUARDED] = g_param_spec_boolean ("unguarded", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_authentication_init (AhoyAuthentication *self)
{
  self->proofs = g_hash_table_new_full (NULL, NULL, NULL, proof_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_authentication_new:
 * @chain: a chain; the new object still has to be added to it with the name `authenticate`, after
 *   `identify`
 *
 * Returns: (transfer full): an interceptor without an authenticator, which lets everything pass
 *
 * Since: 0.1
 */
AhoyAuthentication *
ahoy_authentication_new (AhoyInterception *chain)
{
  AhoyAuthentication *self;

  g_return_val_if_fail (AHOY_IS_INTERCEPTION (chain), NULL);

  self = g_object_new (AHOY_TYPE_AUTHENTICATION, NULL);
  self->chain = chain;
  g_object_weak_ref (G_OBJECT (chain), forget_chain, self);
  return self;
}

/**
 * ahoy_authentication_add_authenticator:
 * @self: an authentication
 * @authenticator: what checks proofs
 * @name: a name for it, not used yet
 * @before: (nullable) (array zero-terminated=1): names of authenticators that it takes the place of
 * @after: (nullable) (array zero-terminated=1): names of authenticators that count more
 * @error: return location for an error
 *
 * Adds an authenticator. Whatever the order, it takes the place of the built-in one, `digest`.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_authentication_add_authenticator (AhoyAuthentication *self, AhoyAuthenticator *authenticator,
                                       const char *name, const char *const *before,
                                       const char *const *after, GError **error)
{
  g_return_val_if_fail (AHOY_IS_AUTHENTICATION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_AUTHENTICATOR (authenticator), FALSE);

  return ahoy_interception_check (self->chain, error) &&
         ahoy_extension_registry_add (ahoy_interception_get_extensions (self->chain),
                                      AHOY_TYPE_AUTHENTICATOR, G_OBJECT (authenticator), name,
                                      before, after, NULL, error);
}

/**
 * ahoy_authentication_remove_authenticator:
 * @self: an authentication
 * @authenticator: an authenticator that was added
 *
 * Removes an authenticator.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_authentication_remove_authenticator (AhoyAuthentication *self,
                                          AhoyAuthenticator *authenticator)
{
  g_return_val_if_fail (AHOY_IS_AUTHENTICATION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_AUTHENTICATOR (authenticator), FALSE);

  return self->chain != NULL &&
         ahoy_extension_registry_remove (ahoy_interception_get_extensions (self->chain),
                                         AHOY_TYPE_AUTHENTICATOR, G_OBJECT (authenticator));
}

/**
 * ahoy_authentication_requires:
 * @self: an authentication
 * @request: a request
 * @endpoint: (nullable): who it seems to come from
 *
 * Returns: what the authenticator says; %AHOY_AUTH_NOT_REQUIRED when there is none
 *
 * Since: 0.1
 */
AhoyAuthRequirement
ahoy_authentication_requires (AhoyAuthentication *self, AhoyMessage *request,
                              AhoyEndpoint *endpoint)
{
  g_autoptr (AhoyExtension) authenticator = NULL;

  g_return_val_if_fail (AHOY_IS_AUTHENTICATION (self), AHOY_AUTH_REQUIRED);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), AHOY_AUTH_REQUIRED);

  authenticator = find_authenticator (self);
  if (authenticator == NULL) {
    return AHOY_AUTH_NOT_REQUIRED;
  }
  return ahoy_authenticator_requires_authentication (
      AHOY_AUTHENTICATOR (ahoy_extension_get_object (authenticator)), request, endpoint);
}

/**
 * ahoy_authentication_check:
 * @self: an authentication
 * @transaction: a request
 * @endpoint: (nullable): who it seems to come from
 *
 * Asks the authenticator whether the request has to prove who it comes from, and if so whether it
 * does. For applications that want to be sure beyond what the chain checked; an authenticator that
 * needs time fails here.
 *
 * Returns: what became of it; with %AHOY_AUTH_CHALLENGE_SENT the request is answered, with
 *   %AHOY_AUTH_FAILED the caller answers it unless the authenticator did; %AHOY_AUTH_NO_NEED
 *   without an authenticator
 *
 * Since: 0.1
 */
AhoyAuthResult
ahoy_authentication_check (AhoyAuthentication *self, AhoyServerTransaction *transaction,
                           AhoyEndpoint *endpoint)
{
  g_autoptr (AhoyExtension) authenticator = NULL;
  Proof proof = { 0 };
  AhoyAuthResult result;
  gboolean answered;

  g_return_val_if_fail (AHOY_IS_AUTHENTICATION (self), AHOY_AUTH_FAILED);
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (transaction), AHOY_AUTH_FAILED);

  authenticator = find_authenticator (self);
  if (authenticator == NULL) {
    return AHOY_AUTH_NO_NEED;
  }
  proof.transaction = transaction;
  proof.authenticator = authenticator;
  result = ask (&proof, endpoint);
  answered = ahoy_server_transaction_get_status (transaction) >= 200;
  return answered == (result == AHOY_AUTH_CHALLENGE_SENT) ? result : AHOY_AUTH_FAILED;
}

/**
 * ahoy_authentication_get_credentials:
 * @self: an authentication
 * @request: a request
 * @endpoint: who it seems to come from
 *
 * Returns: (transfer full) (nullable): the account that the authenticator checks the proof against;
 *   %NULL when it has none, or there is no authenticator
 *
 * Since: 0.1
 */
AhoyAuthConfig *
ahoy_authentication_get_credentials (AhoyAuthentication *self, AhoyMessage *request,
                                     AhoyEndpoint *endpoint)
{
  g_autoptr (AhoyExtension) authenticator = NULL;

  g_return_val_if_fail (AHOY_IS_AUTHENTICATION (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), NULL);

  authenticator = find_authenticator (self);
  if (authenticator == NULL) {
    return NULL;
  }
  return ahoy_authenticator_get_credentials (
      AHOY_AUTHENTICATOR (ahoy_extension_get_object (authenticator)), request, endpoint);
}

/**
 * ahoy_authentication_defer:
 * @self: an authentication
 * @transaction: the request that an authenticator is being asked about
 * @deadline: how long the request may wait, in milliseconds; 0 for the usual 5000, at most 20000
 * @error: return location for an error
 *
 * Lets a request wait for an authenticator that has to ask somebody else first. To be called from
 * within its `authenticate_request`, whose result does not count then. An INVITE that waits gets
 * 100. When the deadline passes, the request gets 500.
 *
 * Returns: (transfer full): a deferral, the same when called again; %NULL with
 *   %AHOY_ERROR_INVALID_STATE when the authenticator is not being asked about @transaction, or it
 *   is a BYE
 *
 * Since: 0.1
 */
AhoyAuthDeferral *
ahoy_authentication_defer (AhoyAuthentication *self, AhoyServerTransaction *transaction,
                           guint deadline, GError **error)
{
  Proof *proof;

  g_return_val_if_fail (AHOY_IS_AUTHENTICATION (self), NULL);
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (transaction), NULL);

  proof = g_hash_table_lookup (self->proofs, transaction);
  if (proof == NULL || !proof->asking || self->chain == NULL ||
      !ahoy_interception_may_hold (self->chain, transaction)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The %s request cannot wait: only the authenticator that is being asked about it "
                 "can defer it, and nothing defers BYE",
                 ahoy_message_get_method (ahoy_server_transaction_get_request (transaction)));
    return NULL;
  }
  if (proof->deferral == NULL) {
    proof->deferral = g_object_new (AHOY_TYPE_AUTH_DEFERRAL, NULL);
    ahoy_deferral_begin (AHOY_DEFERRAL (proof->deferral),
                         ahoy_interception_get_scheduler (self->chain), deadline,
                         on_deferral_over, proof);
  }
  return g_object_ref (proof->deferral);
}

/**
 * ahoy_authentication_get_statistics:
 * @self: an authentication
 *
 * Counts requests: `challenged`, `succeeded`, `failed`, `not-required`, and `unchecked` for want of
 * an authenticator.
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_authentication_get_statistics (AhoyAuthentication *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_AUTHENTICATION (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "challenged", self->challenged);
  g_variant_builder_add (&builder, "{st}", "succeeded", self->succeeded);
  g_variant_builder_add (&builder, "{st}", "failed", self->failed);
  g_variant_builder_add (&builder, "{st}", "not-required", self->not_required);
  g_variant_builder_add (&builder, "{st}", "unchecked", self->unchecked);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
