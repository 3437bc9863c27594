/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-identification.h"

#include "ahoy-authenticator.h"
#include "ahoy-census.h"
#include "ahoy-deferral-private.h"
#include "ahoy-error.h"
#include "ahoy-extension-private.h"
#include "ahoy-identify-deferral-private.h"
#include "ahoy-interception-private.h"
#include "ahoy-security-log.h"
#include "ahoy-stack-gate-private.h"
#include "ahoy-unidentified.h"

/**
 * AhoyIdentification:
 *
 * The interceptor that finds out which endpoint a request comes from, and lets nobody pass who is
 * unknown. It is named `identify` in the chain.
 *
 * Requests of a dialog come from the endpoint that it began with, and a peer that we called may
 * answer in its dialog. For all others the identifiers are asked in their order; the first one that
 * knows an endpoint wins. Without any identifier nothing is accepted.
 *
 * Since: 0.1
 */
struct _AhoyIdentification {
  GObject parent_instance;

  AhoyInterception *chain; /* no reference, as its stack holds us; NULL when it is gone */
  GHashTable *searches; /* AhoyMessage → Search */
  AhoyUnidentified *unidentified;
  AhoyEndpointRegistry *endpoints; /* NULL: all endpoints may come from anywhere */
  AhoyAclRegistry *acls;
  guint unknown_status;
  guint unidentified_count;
};

/* A request whose endpoint is looked for. */
typedef struct {
  AhoyIdentification *identification;
  AhoyServerTransaction *transaction;
  AhoyMessage *request; /* of the transaction */
  AhoyExtensionSnapshot *identifiers;
  guint next;
  AhoyExtension *asked;
  gboolean asking;
  AhoyIdentifyDeferral *deferral;
  AhoyEndpoint *unexpected; /* somebody says that he is it, from somewhere else */
} Search;

enum { PROP_0, PROP_UNKNOWN_STATUS, N_PROPS };

static GParamSpec *props[N_PROPS];

static void interceptor_iface_init (AhoyInterceptorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyIdentification, ahoy_identification, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR,
                                                      interceptor_iface_init))

static void
search_free (gpointer data)
{
  Search *search = data;

  g_clear_object (&search->transaction);
  g_clear_pointer (&search->identifiers, ahoy_extension_snapshot_unref);
  g_clear_object (&search->deferral);
  g_clear_object (&search->unexpected);
  g_free (search);
}

static void
stop_waiting (Search *search)
{
  if (search->deferral != NULL) {
    ahoy_deferral_cancel (AHOY_DEFERRAL (search->deferral));
    g_clear_object (&search->deferral);
  }
}

static void
on_gone (gpointer user_data)
{
  Search *search = user_data;

  stop_waiting (search);
  g_hash_table_remove (search->identification->searches, search->request);
}

/* -- who is unknown ------------------------------------------------------------------------- */

/* Somebody unknown gets the challenge that an endpoint would get, so that nobody learns which
 * endpoints there are. */
static void
challenge (AhoyIdentification *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyExtension) authenticator = ahoy_interception_find_authenticator (self->chain);

  if (authenticator != NULL) {
    ahoy_authenticator_authenticate_request (
        AHOY_AUTHENTICATOR (ahoy_extension_get_object (authenticator)), transaction, NULL);
  }
}

/* The same answer for whoever it may be. */
static AhoyInterceptorVerdict
turn_away (AhoyIdentification *self, AhoyServerTransaction *transaction)
{
  if (self->unknown_status == 401) {
    challenge (self, transaction);
  }
  if (ahoy_server_transaction_get_status (transaction) < 200) {
    ahoy_server_transaction_reject (transaction, 403, NULL);
  }
  return AHOY_INTERCEPTOR_ANSWERED;
}

/* Whom he says he is. */
static void
report_unknown (AhoyIdentification *self, AhoyMessage *request)
{
  g_autofree char *from = ahoy_message_dup_from_uri (request);
  g_autofree char *count = g_strdup_printf ("%u", self->unidentified_count);

  ahoy_security_log_report (ahoy_interception_get_security_log (self->chain),
                            AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID, request, from,
                            self->unidentified_count > 1
                                ? ahoy_security_event_make_facts ("requests", count, NULL)
                                : NULL);
}

static AhoyInterceptorVerdict
refuse_unknown (AhoyIdentification *self, Search *search)
{
  gboolean told = ahoy_unidentified_note (self->unidentified, search->request);

  if (search->unexpected != NULL) {
    ahoy_security_log_report (ahoy_interception_get_security_log (self->chain),
                              AHOY_SECURITY_EVENT_UNEXPECTED_ADDRESS, search->request,
                              ahoy_endpoint_get_name (search->unexpected), NULL);
  } else if (told) {
    report_unknown (self, search->request);
  }
  return turn_away (self, search->transaction);
}

/* -- where endpoints may come from ---------------------------------------------------------- */

/*
 * Who says that he is an endpoint which needs no proof has to come from where that one comes from.
 * What else an identifier goes by was asked for by name.
 */
static gboolean
is_unexpected (AhoyIdentification *self, Search *search, AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  const char *means = ahoy_extension_get_name (search->asked);
  g_autoptr (GSocketAddress) source = NULL;

  if (self->endpoints == NULL ||
      ahoy_config_object_get_choice (config, "auth") != AHOY_ENDPOINT_AUTH_NONE ||
      (!g_str_equal (means, "username") && !g_str_equal (means, "auth"))) {
    return FALSE;
  }
  source = ahoy_message_get_source (search->request);
  return !G_IS_INET_SOCKET_ADDRESS (source) ||
         !ahoy_endpoint_registry_is_source (
             self->endpoints, endpoint,
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));
}

static gboolean
is_let_in (AhoyIdentification *self, Search *search, AhoyEndpoint *endpoint)
{
  g_autoptr (GSocketAddress) source = NULL;

  if (self->acls == NULL) {
    return TRUE;
  }
  source = ahoy_message_get_source (search->request);
  return G_IS_INET_SOCKET_ADDRESS (source) &&
         ahoy_acl_registry_permits_source (
             self->acls, endpoint,
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));
}

/* Somebody is known; whether he may come from there. */
static AhoyInterceptorVerdict
take (AhoyIdentification *self, Search *search, AhoyEndpoint *endpoint)
{
  if (is_let_in (self, search, endpoint)) {
    ahoy_message_set_endpoint (search->request, endpoint);
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  ahoy_security_log_report (ahoy_interception_get_security_log (self->chain),
                            AHOY_SECURITY_EVENT_FAILED_ACL, search->request,
                            ahoy_endpoint_get_name (endpoint), NULL);
  return turn_away (self, search->transaction);
}

/* -- asking --------------------------------------------------------------------------------- */

static AhoyEndpoint *
ask (Search *search)
{
  AhoyExtensionCall call = ahoy_extension_begin_call ();
  AhoyEndpoint *endpoint;

  search->asking = TRUE;
  endpoint = ahoy_endpoint_identifier_identify (
      AHOY_ENDPOINT_IDENTIFIER (ahoy_extension_get_object (search->asked)), search->request);
  search->asking = FALSE;
  ahoy_extension_end_call (search->asked, &call, "identify");
  if (endpoint != NULL) {
    stop_waiting (search); /* it asked for time, and did not need it */
  }
  return endpoint;
}

/* Asks those who were not asked yet; sets @waits when one of them needs time. */
static AhoyInterceptorVerdict
ask_rest (AhoyIdentification *self, Search *search, gboolean *waits)
{
  guint length = ahoy_extension_snapshot_get_length (search->identifiers);
  const char *method = ahoy_message_get_method (search->request);

  *waits = FALSE;
  while (search->next < length) {
    g_autoptr (AhoyEndpoint) endpoint = NULL;

    search->asked = ahoy_extension_snapshot_get (search->identifiers, search->next++);
    if (!ahoy_extension_matches (search->asked, method)) {
      continue;
    }
    endpoint = ask (search);
    if (endpoint != NULL && is_unexpected (self, search, endpoint)) {
      g_set_object (&search->unexpected, endpoint);
      g_clear_object (&endpoint);
    }
    if (endpoint != NULL) {
      return take (self, search, endpoint);
    }
    if (search->deferral != NULL) {
      *waits = ahoy_interception_hold (self->chain, search->transaction, on_gone, search);
      if (!*waits) {
        stop_waiting (search);
      }
      return *waits ? AHOY_INTERCEPTOR_CONTINUE : AHOY_INTERCEPTOR_FAILED;
    }
  }
  return refuse_unknown (self, search);
}

static void
resume (Search *search, AhoyInterceptorVerdict verdict)
{
  g_autoptr (AhoyIdentification) self = g_object_ref (search->identification);
  g_autoptr (AhoyServerTransaction) transaction = g_object_ref (search->transaction);

  g_hash_table_remove (self->searches, search->request);
  ahoy_interception_resume (self->chain, transaction, verdict);
}

static void
on_deferral_over (AhoyDeferral *deferral, AhoyDeferralState state, int verdict, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (AhoyIdentifyDeferral) hold = g_steal_pointer (&search->deferral);
  AhoyEndpoint *endpoint = ahoy_identify_deferral_peek_endpoint (hold);
  AhoyInterceptorVerdict outcome;
  gboolean waits;

  if (state == AHOY_DEFERRAL_TIMED_OUT) {
    g_warning ("The identifier “%s” said nothing before the deadline of the %s request; the peer "
               "gets 500",
               ahoy_extension_get_name (search->asked), ahoy_message_get_method (search->request));
    ahoy_server_transaction_reject (search->transaction, 500, NULL);
    resume (search, AHOY_INTERCEPTOR_ANSWERED);
    return;
  }
  if (endpoint != NULL) {
    resume (search, take (search->identification, search, endpoint));
    return;
  }
  if (ahoy_identify_deferral_is_refused (hold)) {
    resume (search, refuse_unknown (search->identification, search));
    return;
  }
  outcome = ask_rest (search->identification, search, &waits);
  if (!waits) {
    resume (search, outcome);
  }
}

static AhoyInterceptorVerdict
ahoy_identification_incoming_request (AhoyInterceptor *interceptor, AhoyMessage *request,
                                      AhoyServerTransaction *transaction)
{
  AhoyIdentification *self = AHOY_IDENTIFICATION (interceptor);
  AhoyInterceptorVerdict verdict;
  Search *search;
  gboolean waits;

  if (transaction == NULL || ahoy_message_get_endpoint (request) != NULL ||
      ahoy_server_transaction_peek_dialog (transaction) != NULL) {
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  search = g_new0 (Search, 1);
  search->identification = self;
  search->transaction = g_object_ref (transaction);
  search->request = request;
  search->identifiers =
      ahoy_extension_registry_snapshot (ahoy_interception_get_extensions (self->chain),
                                        AHOY_TYPE_ENDPOINT_IDENTIFIER);
  g_hash_table_insert (self->searches, request, search);
  verdict = ask_rest (self, search, &waits);
  if (!waits) {
    g_hash_table_remove (self->searches, request);
  }
  return verdict;
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = ahoy_identification_incoming_request;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_identification_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_UNKNOWN_STATUS) {
    g_value_set_uint (value, AHOY_IDENTIFICATION (object)->unknown_status);
    return;
  }
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ahoy_identification_set_property (GObject *object, guint id, const GValue *value,
                                  GParamSpec *pspec)
{
  if (id == PROP_UNKNOWN_STATUS) {
    AHOY_IDENTIFICATION (object)->unknown_status = g_value_get_uint (value);
    return;
  }
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
forget_chain (gpointer user_data, GObject *chain)
{
  AHOY_IDENTIFICATION (user_data)->chain = NULL;
}

static void
ahoy_identification_dispose (GObject *object)
{
  AhoyIdentification *self = AHOY_IDENTIFICATION (object);

  if (self->chain != NULL) {
    g_object_weak_unref (G_OBJECT (self->chain), forget_chain, self);
    self->chain = NULL;
  }
  G_OBJECT_CLASS (ahoy_identification_parent_class)->dispose (object);
}

static void
ahoy_identification_finalize (GObject *object)
{
  AhoyIdentification *self = AHOY_IDENTIFICATION (object);

  g_hash_table_unref (self->searches);
  ahoy_unidentified_free (self->unidentified);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->acls);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_identification_parent_class)->finalize (object);
}

static void
ahoy_identification_class_init (AhoyIdentificationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_identification_get_property;
  object_class->set_property = ahoy_identification_set_property;
  object_class->dispose = ahoy_identification_dispose;
  object_class->finalize = ahoy_identification_finalize;

  /**
   * AhoyIdentification:unknown-status:
   *
   * What somebody unknown gets: 403, or 401, the challenge that everybody gets. Without an
   * authenticator it is 403 always.
   *
   * Since: 0.1
   */
  props[PROP_UNKNOWN_STATUS] = g_param_spec_uint ("unknown-status", NULL, NULL, 401, 403, 401,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_identification_init (AhoyIdentification *self)
{
  self->searches = g_hash_table_new_full (NULL, NULL, NULL, search_free);
  self->unidentified = ahoy_unidentified_new ();
  self->unknown_status = 401;
  self->unidentified_count = 1;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_identification_new:
 * @chain: a chain; the new object still has to be added to it with the name `identify`
 *
 * Returns: (transfer full): an interceptor without identifiers, which accepts nothing
 *
 * Since: 0.1
 */
AhoyIdentification *
ahoy_identification_new (AhoyInterception *chain)
{
  AhoyIdentification *self;

  g_return_val_if_fail (AHOY_IS_INTERCEPTION (chain), NULL);

  self = g_object_new (AHOY_TYPE_IDENTIFICATION, NULL);
  self->chain = chain;
  g_object_weak_ref (G_OBJECT (chain), forget_chain, self);
  return self;
}

/**
 * ahoy_identification_add_identifier:
 * @self: an identification
 * @identifier: what names endpoints
 * @name: a name for it, not used yet
 * @before: (nullable) (array zero-terminated=1): names of identifiers that are asked later
 * @after: (nullable) (array zero-terminated=1): names of identifiers that are asked first
 * @error: return location for an error
 *
 * Adds an identifier, behind those that are there unless @before and @after say otherwise.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_identification_add_identifier (AhoyIdentification *self, AhoyEndpointIdentifier *identifier,
                                    const char *name, const char *const *before,
                                    const char *const *after, GError **error)
{
  g_return_val_if_fail (AHOY_IS_IDENTIFICATION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_IDENTIFIER (identifier), FALSE);

  return ahoy_interception_check (self->chain, error) &&
         ahoy_extension_registry_add (ahoy_interception_get_extensions (self->chain),
                                      AHOY_TYPE_ENDPOINT_IDENTIFIER, G_OBJECT (identifier), name,
                                      before, after, NULL, error);
}

/**
 * ahoy_identification_remove_identifier:
 * @self: an identification
 * @identifier: an identifier that was added
 *
 * Removes an identifier.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_identification_remove_identifier (AhoyIdentification *self,
                                       AhoyEndpointIdentifier *identifier)
{
  g_return_val_if_fail (AHOY_IS_IDENTIFICATION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_IDENTIFIER (identifier), FALSE);

  return self->chain != NULL &&
         ahoy_extension_registry_remove (ahoy_interception_get_extensions (self->chain),
                                         AHOY_TYPE_ENDPOINT_IDENTIFIER, G_OBJECT (identifier));
}

/**
 * ahoy_identification_defer:
 * @self: an identification
 * @request: the request that an identifier is being asked about
 * @deadline: how long the request may wait, in milliseconds; 0 for the usual 5000, at most 20000
 * @error: return location for an error
 *
 * Lets a request wait for an identifier that has to ask somebody else first. To be called from
 * within the identifier's `identify`, which then returns %NULL. An INVITE that waits gets 100. When
 * the deadline passes, the request gets 500.
 *
 * Returns: (transfer full): a deferral, the same when called again; %NULL with
 *   %AHOY_ERROR_INVALID_STATE when no identifier is being asked about @request
 *
 * Since: 0.1
 */
AhoyIdentifyDeferral *
ahoy_identification_defer (AhoyIdentification *self, AhoyMessage *request, guint deadline,
                           GError **error)
{
  Search *search;

  g_return_val_if_fail (AHOY_IS_IDENTIFICATION (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);

  search = g_hash_table_lookup (self->searches, request);
  if (search == NULL || !search->asking || self->chain == NULL ||
      !ahoy_interception_may_hold (self->chain, search->transaction)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The %s request cannot wait: only an identifier that is being asked about it can "
                 "defer it",
                 ahoy_message_get_method (request));
    return NULL;
  }
  if (search->deferral == NULL) {
    search->deferral = g_object_new (AHOY_TYPE_IDENTIFY_DEFERRAL, NULL);
    ahoy_deferral_begin (AHOY_DEFERRAL (search->deferral),
                         ahoy_interception_get_scheduler (self->chain), deadline,
                         on_deferral_over, search);
  }
  return g_object_ref (search->deferral);
}

/**
 * ahoy_identification_identify:
 * @self: an identification
 * @request: a received request
 *
 * Asks the identifiers in their order who a request comes from, whatever the chain found out. One
 * that needs time counts as one that does not know: there is nothing that could wait here.
 *
 * Returns: (transfer full) (nullable): the endpoint; %NULL when nobody knows it
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_identification_identify (AhoyIdentification *self, AhoyMessage *request)
{
  g_autoptr (AhoyExtensionSnapshot) identifiers = NULL;

  g_return_val_if_fail (AHOY_IS_IDENTIFICATION (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);

  if (self->chain == NULL) {
    return NULL;
  }
  identifiers = ahoy_extension_registry_snapshot (ahoy_interception_get_extensions (self->chain),
                                                  AHOY_TYPE_ENDPOINT_IDENTIFIER);
  for (guint i = 0; i < ahoy_extension_snapshot_get_length (identifiers); i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (identifiers, i);
    AhoyEndpoint *endpoint = ahoy_endpoint_identifier_identify (
        AHOY_ENDPOINT_IDENTIFIER (ahoy_extension_get_object (entry)), request);

    if (endpoint != NULL) {
      return endpoint;
    }
  }
  return NULL;
}

/**
 * ahoy_identification_set_acls:
 * @self: an identification
 * @endpoints: (nullable): the endpoints
 * @acls: (nullable): the objects `[acl]`
 *
 * Says who knows where endpoints may come from. From then on a request of an endpoint whose keys
 * `acl`, `permit` and `deny` do not let in its source gets the same answer as one of nobody known;
 * and an endpoint that needs no password (`auth=none`) and has the key `match` is not found by a
 * user name from anywhere else.
 *
 * Since: 0.1
 */
void
ahoy_identification_set_acls (AhoyIdentification *self, AhoyEndpointRegistry *endpoints,
                              AhoyAclRegistry *acls)
{
  g_return_if_fail (AHOY_IS_IDENTIFICATION (self));
  g_return_if_fail (endpoints == NULL || AHOY_IS_ENDPOINT_REGISTRY (endpoints));
  g_return_if_fail (acls == NULL || AHOY_IS_ACL_REGISTRY (acls));

  g_set_object (&self->endpoints, endpoints);
  g_set_object (&self->acls, acls);
}

/**
 * ahoy_identification_set_unidentified_limits:
 * @self: an identification
 * @count: how many requests of nobody known from one address are one event; 1 at first, and 0 for
 *   no events
 * @period: within how many microseconds
 * @memory: how many microseconds an address is listed after its last request; an hour at first
 *
 * Says when the security log tells of somebody unknown (%AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID):
 * each time that @count requests came within @period.
 *
 * Since: 0.1
 */
void
ahoy_identification_set_unidentified_limits (AhoyIdentification *self, guint count, gint64 period,
                                             gint64 memory)
{
  g_return_if_fail (AHOY_IS_IDENTIFICATION (self));
  g_return_if_fail (period >= 0 && memory >= 0);

  self->unidentified_count = count;
  ahoy_unidentified_set_limits (self->unidentified, count, period, memory);
}

/**
 * ahoy_identification_list_unidentified:
 * @self: an identification
 *
 * The sources of requests that came from nobody known, with how many they were and when the last
 * one came (seconds since 1970, UTC). The 1024 latest sources are remembered, for an hour each
 * unless ahoy_identification_set_unidentified_limits() says otherwise.
 *
 * Returns: (transfer full): a list of sources (`a(sut)`), the latest last
 *
 * Since: 0.1
 */
GVariant *
ahoy_identification_list_unidentified (AhoyIdentification *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTIFICATION (self), NULL);

  return ahoy_unidentified_list (self->unidentified);
}
