/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-identifier.h"

#include "ahoy-bus-agent-facts.h"

/* Lets agents on the bus say which endpoint a request comes from. */
struct _AhoyBusAgentIdentifier {
  GObject parent_instance;

  AhoyBusAgents *agents; /* not a reference: they take us away before they go */
};

static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyBusAgentIdentifier, ahoy_bus_agent_identifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER,
                                                      identifier_iface_init))

/* A request that waits for agents. It ends with its deferral, or is ended by the answer. */
typedef struct {
  AhoyBusAgentIdentifier *identifier;
  AhoyIdentifyDeferral *deferral;
  AhoyBusQuestion *question;
} Wait;

static void
wait_free (Wait *wait)
{
  g_signal_handlers_disconnect_by_data (wait->deferral, wait);
  g_object_unref (wait->identifier);
  g_object_unref (wait->deferral);
  g_free (wait);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)

/* The endpoint that an agent names; NULL when it means nobody, or makes no sense. */
static AhoyEndpoint *
obey (Wait *wait, const char *verdict, GVariant *changes, const char *agent)
{
  AhoyBusAgents *agents = wait->identifier->agents;
  AhoyEndpointRegistry *endpoints = ahoy_core_get_endpoints (ahoy_bus_agents_get_core (agents));
  gboolean accepts = g_str_equal (verdict, "accept");
  AhoyEndpoint *endpoint = NULL;
  const char *name = NULL;

  if (g_str_equal (verdict, "reject")) {
    return NULL;
  }
  if (accepts && g_variant_lookup (changes, "endpoint", "&s", &name)) {
    endpoint = ahoy_endpoint_registry_lookup (endpoints, name);
  }
  if (endpoint == NULL && ahoy_bus_agents_note_nonsense (agents, agent)) {
    g_warning ("The agent %s said “%.80s” about who a request comes from, and endpoint “%.80s”; "
               "it can say accept with one that exists, reject or pass. The request is refused",
               agent, verdict, name != NULL ? name : "");
  }
  return endpoint;
}

static void
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;
  AhoyEndpoint *endpoint = NULL;

  g_signal_handlers_disconnect_by_data (wait->deferral, wait);
  if (outcome == AHOY_BUS_AGENT_PASSED) {
    ahoy_identify_deferral_resolve (wait->deferral, NULL);
    return;
  }
  if (outcome == AHOY_BUS_AGENT_DECIDED) {
    endpoint = obey (wait, verdict, changes, agent);
  }
  if (endpoint != NULL) {
    ahoy_identify_deferral_resolve (wait->deferral, endpoint);
  } else {
    ahoy_identify_deferral_refuse (wait->deferral);
  }
}

/* Nobody waits any more: it was cancelled, or too late. */
static void
on_over (AhoyDeferral *deferral, AhoyDeferralState state, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;

  ahoy_bus_question_cancel (wait->question);
}

static AhoyEndpoint *
ahoy_bus_agent_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  AhoyBusAgentIdentifier *self = AHOY_BUS_AGENT_IDENTIFIER (identifier);
  AhoyCore *core = ahoy_bus_agents_get_core (self->agents);
  g_autoptr (AhoyIdentifyDeferral) deferral = NULL;
  g_autoptr (GVariant) facts = NULL;
  Wait *wait;

  /* Agents are late before the request is. */
  deferral = ahoy_identification_defer (ahoy_core_get_identification (core), request,
                                        ahoy_bus_agents_get_deadline (self->agents) + 1000, NULL);
  if (deferral == NULL) {
    return NULL;
  }
  facts = ahoy_bus_agent_facts_new (request, NULL);
  wait = g_new0 (Wait, 1);
  wait->question = ahoy_bus_agents_ask (self->agents, AHOY_BUS_AGENT_IDENTIFY, AHOY_BUS_ROOT,
                                        facts, on_outcome, wait);
  wait->identifier = g_object_ref (self);
  wait->deferral = g_object_ref (deferral);
  if (wait->question == NULL) {
    on_outcome (ahoy_bus_agents_may_fall_back (self->agents) ? AHOY_BUS_AGENT_PASSED
                                                             : AHOY_BUS_AGENT_FAILED,
                NULL, NULL, NULL, wait);
  } else {
    g_signal_connect (deferral, "over", G_CALLBACK (on_over), wait);
  }
  return NULL;
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = ahoy_bus_agent_identifier_identify;
}

static void
ahoy_bus_agent_identifier_class_init (AhoyBusAgentIdentifierClass *klass)
{
}

static void
ahoy_bus_agent_identifier_init (AhoyBusAgentIdentifier *self)
{
}

AhoyBusAgentIdentifier *
ahoy_bus_agent_identifier_new (AhoyBusAgents *agents)
{
  AhoyBusAgentIdentifier *self = g_object_new (AHOY_BUS_TYPE_AGENT_IDENTIFIER, NULL);

  self->agents = agents;
  return self;
}
