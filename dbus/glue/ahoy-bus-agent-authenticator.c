/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-authenticator.h"

#include "ahoy-bus-agent-facts.h"

/*
 * Lets agents on the bus say whether somebody is who he says. What they leave to others is decided
 * by the authenticator behind this one; so are challenges, which nobody on the bus can make.
 */
struct _AhoyBusAgentAuthenticator {
  GObject parent_instance;

  AhoyBusAgents *agents; /* not a reference: they take us away before they go */
};

static void authenticator_iface_init (AhoyAuthenticatorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyBusAgentAuthenticator, ahoy_bus_agent_authenticator,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_AUTHENTICATOR,
                                                      authenticator_iface_init))

/* A request that waits for agents. It ends with its deferral, or is ended by the answer. */
typedef struct {
  AhoyBusAgentAuthenticator *authenticator;
  AhoyServerTransaction *transaction;
  AhoyEndpoint *endpoint;
  AhoyAuthDeferral *deferral;
  AhoyBusQuestion *question;
} Wait;

static void
wait_free (Wait *wait)
{
  g_signal_handlers_disconnect_by_data (wait->deferral, wait);
  g_object_unref (wait->authenticator);
  g_object_unref (wait->transaction);
  g_object_unref (wait->endpoint);
  g_object_unref (wait->deferral);
  g_free (wait);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)

/* Who would decide if there were no agents; a reference, or NULL. */
static AhoyAuthenticator *
find_next (AhoyBusAgentAuthenticator *self)
{
  AhoyCore *core = ahoy_bus_agents_get_core (self->agents);
  g_autoptr (AhoyExtensionSnapshot) all = ahoy_extension_registry_snapshot (
      ahoy_stack_get_extensions (ahoy_core_get_stack (core)), AHOY_TYPE_AUTHENTICATOR);

  for (guint i = 0; i < ahoy_extension_snapshot_get_length (all); i++) {
    GObject *other = ahoy_extension_get_object (ahoy_extension_snapshot_get (all, i));

    if (other != G_OBJECT (self)) {
      return g_object_ref (AHOY_AUTHENTICATOR (other));
    }
  }
  return NULL;
}

/* The challenge that somebody unknown gets as well. */
static AhoyAuthResult
challenge (AhoyBusAgentAuthenticator *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyAuthenticator) next = find_next (self);

  return next != NULL ? ahoy_authenticator_authenticate_request (next, transaction, NULL)
                      : AHOY_AUTH_FAILED;
}

/* With nobody else to ask, nothing is believed. */
static AhoyAuthResult
leave_to_next (AhoyBusAgentAuthenticator *self, AhoyServerTransaction *transaction,
               AhoyEndpoint *endpoint)
{
  g_autoptr (AhoyAuthenticator) next = find_next (self);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);

  if (next == NULL) {
    return AHOY_AUTH_FAILED;
  }
  if (ahoy_authenticator_requires_authentication (next, request, endpoint) ==
      AHOY_AUTH_NOT_REQUIRED) {
    return AHOY_AUTH_NO_NEED;
  }
  return ahoy_authenticator_authenticate_request (next, transaction, endpoint);
}

/* An account as the configuration would have it: the changes are its keys. NULL: it cannot be one.
 * What is wrong is not told, as it may be a secret. An agent brings its secrets with it: what is
 * in files of the daemon is none of its business. */
static AhoyAuthConfig *
make_account (AhoyEndpoint *endpoint, GVariant *changes)
{
  g_autoptr (AhoyAuthConfig) account = ahoy_auth_config_new (ahoy_endpoint_get_name (endpoint));
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (account);
  GVariantIter iter;
  const char *key;
  const char *value;

  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &value)) {
    if (ahoy_config_object_class_find_key (AHOY_CONFIG_OBJECT_GET_CLASS (object), key) == NULL ||
        !ahoy_config_object_set_text (object, key, value, NULL)) {
      return NULL;
    }
  }
  return ahoy_config_object_validate (object, NULL) ? g_steal_pointer (&account) : NULL;
}

/* The agent knows the account, and the daemon checks the proof. */
static AhoyAuthResult
check_account (Wait *wait, GVariant *changes, const char *agent)
{
  g_autoptr (AhoyAuthenticator) next = find_next (wait->authenticator);
  g_autoptr (AhoyAuthConfig) account = make_account (wait->endpoint, changes);

  if (account != NULL && AHOY_IS_DIGEST_AUTHENTICATOR (next)) {
    return ahoy_digest_authenticator_check (AHOY_DIGEST_AUTHENTICATOR (next), wait->transaction,
                                            wait->endpoint, account);
  }
  if (ahoy_bus_agents_note_nonsense (wait->authenticator->agents, agent)) {
    g_warning ("The agent %s told of an account of the endpoint “%s” that cannot be used; its keys "
               "are those of [auth]. The request is refused",
               agent, ahoy_endpoint_get_name (wait->endpoint));
  }
  return AHOY_AUTH_FAILED;
}

static AhoyAuthResult
obey (Wait *wait, const char *verdict, GVariant *changes, const char *agent)
{
  if (g_str_equal (verdict, "account")) {
    return check_account (wait, changes, agent);
  }
  if (g_str_equal (verdict, "accept")) {
    return AHOY_AUTH_SUCCESS;
  }
  if (g_str_equal (verdict, "challenge")) {
    return challenge (wait->authenticator, wait->transaction);
  }
  if (!g_str_equal (verdict, "reject") &&
      ahoy_bus_agents_note_nonsense (wait->authenticator->agents, agent)) {
    g_warning ("The agent %s said “%.80s” about a proof; it can say accept, reject, account, "
               "challenge or pass. The request is refused",
               agent, verdict);
  }
  return AHOY_AUTH_FAILED;
}

static void
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;
  AhoyAuthResult result = AHOY_AUTH_FAILED;

  if (outcome == AHOY_BUS_AGENT_DECIDED) {
    result = obey (wait, verdict, changes, agent);
  } else if (outcome == AHOY_BUS_AGENT_PASSED) {
    result = leave_to_next (wait->authenticator, wait->transaction, wait->endpoint);
  } else {
    /* Not the fault of who sent it: he may try again. */
    ahoy_server_transaction_reject (wait->transaction, 500, NULL);
  }
  g_signal_handlers_disconnect_by_data (wait->deferral, wait);
  ahoy_auth_deferral_resolve (wait->deferral, result);
}

/* Nobody waits any more: it was cancelled, or too late. */
static void
on_over (AhoyDeferral *deferral, AhoyDeferralState state, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;

  ahoy_bus_question_cancel (wait->question);
}

/* Nobody can be asked at the moment. */
static AhoyAuthResult
decide_unasked (AhoyBusAgentAuthenticator *self, AhoyServerTransaction *transaction,
                AhoyEndpoint *endpoint)
{
  if (ahoy_bus_agents_may_fall_back (self->agents)) {
    AhoyAuthResult result = leave_to_next (self, transaction, endpoint);

    return result == AHOY_AUTH_NO_NEED ? AHOY_AUTH_SUCCESS : result;
  }
  ahoy_server_transaction_reject (transaction, 500, NULL);
  return AHOY_AUTH_FAILED;
}

static AhoyAuthRequirement
ahoy_bus_agent_authenticator_requires (AhoyAuthenticator *authenticator, AhoyMessage *request,
                                       AhoyEndpoint *endpoint)
{
  return AHOY_AUTH_REQUIRED;
}

static AhoyAuthResult
ahoy_bus_agent_authenticator_authenticate (AhoyAuthenticator *authenticator,
                                           AhoyServerTransaction *transaction,
                                           AhoyEndpoint *endpoint)
{
  AhoyBusAgentAuthenticator *self = AHOY_BUS_AGENT_AUTHENTICATOR (authenticator);
  AhoyCore *core = ahoy_bus_agents_get_core (self->agents);
  g_autoptr (GVariant) facts = NULL;
  g_autofree char *path = NULL;
  AhoyAuthDeferral *deferral;
  AhoyBusQuestion *question;
  Wait *wait;

  if (endpoint == NULL) {
    return challenge (self, transaction);
  }
  facts = ahoy_bus_agent_facts_new (ahoy_server_transaction_get_request (transaction), endpoint);
  path = ahoy_bus_make_path ("endpoint", ahoy_endpoint_get_name (endpoint));
  wait = g_new0 (Wait, 1);
  question = ahoy_bus_agents_ask (self->agents, AHOY_BUS_AGENT_AUTHENTICATE, path, facts,
                                  on_outcome, wait);
  if (question == NULL) {
    g_free (wait);
    return decide_unasked (self, transaction, endpoint);
  }
  /* Agents are late before the request is. */
  deferral = ahoy_authentication_defer (ahoy_core_get_authentication (core), transaction,
                                        ahoy_bus_agents_get_deadline (self->agents) + 1000, NULL);
  if (deferral == NULL) {
    ahoy_bus_question_cancel (question);
    g_free (wait);
    return AHOY_AUTH_FAILED;
  }
  wait->authenticator = g_object_ref (self);
  wait->transaction = g_object_ref (transaction);
  wait->endpoint = g_object_ref (endpoint);
  wait->deferral = deferral;
  wait->question = question;
  g_signal_connect (deferral, "over", G_CALLBACK (on_over), wait);
  return AHOY_AUTH_FAILED; /* what counts is the deferral */
}

static AhoyAuthConfig *
ahoy_bus_agent_authenticator_get_credentials (AhoyAuthenticator *authenticator,
                                              AhoyMessage *request, AhoyEndpoint *endpoint)
{
  g_autoptr (AhoyAuthenticator) next = find_next (AHOY_BUS_AGENT_AUTHENTICATOR (authenticator));

  return next != NULL ? ahoy_authenticator_get_credentials (next, request, endpoint) : NULL;
}

static void
authenticator_iface_init (AhoyAuthenticatorInterface *iface)
{
  iface->requires_authentication = ahoy_bus_agent_authenticator_requires;
  iface->authenticate_request = ahoy_bus_agent_authenticator_authenticate;
  iface->get_credentials = ahoy_bus_agent_authenticator_get_credentials;
}

static void
ahoy_bus_agent_authenticator_class_init (AhoyBusAgentAuthenticatorClass *klass)
{
}

static void
ahoy_bus_agent_authenticator_init (AhoyBusAgentAuthenticator *self)
{
}

AhoyBusAgentAuthenticator *
ahoy_bus_agent_authenticator_new (AhoyBusAgents *agents)
{
  AhoyBusAgentAuthenticator *self = g_object_new (AHOY_BUS_TYPE_AGENT_AUTHENTICATOR, NULL);

  self->agents = agents;
  return self;
}
