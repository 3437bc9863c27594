/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-registrar.h"

#include "ahoy-bus-agent-facts.h"
#include "ahoy-bus-check.h"

/* Lets agents on the bus say whether an endpoint may register, before the registrar looks at what
 * it wants. A service in front of the registrar: the endpoint has proved already who it is. */
struct _AhoyBusAgentRegistrar {
  GObject parent_instance;

  AhoyBusAgents *agents; /* not a reference: they take us away before they go */
};

static void service_iface_init (AhoyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyBusAgentRegistrar, ahoy_bus_agent_registrar,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SERVICE, service_iface_init))

/* A REGISTER that waits for agents. */
typedef struct {
  AhoyBusAgentRegistrar *self;
  AhoyServerTransaction *transaction;
} Wait;

static void
wait_free (Wait *wait)
{
  g_object_unref (wait->self);
  g_object_unref (wait->transaction);
  g_free (wait);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)

static void
hand_on (Wait *wait)
{
  AhoyRegistrar *registrar =
      ahoy_core_get_registrar (ahoy_bus_agents_get_core (wait->self->agents));

  if (registrar == NULL || ahoy_service_handle_request (AHOY_SERVICE (registrar),
                                                        wait->transaction) != AHOY_SERVICE_TAKEN) {
    ahoy_server_transaction_reject (wait->transaction, 501, NULL); /* unloaded meanwhile */
  }
}

static gboolean
reject (Wait *wait, GVariant *changes, GError **error)
{
  const char *status = "403";
  const char *reason = NULL;
  guint64 number;

  g_variant_lookup (changes, "status", "&s", &status);
  g_variant_lookup (changes, "reason", "&s", &reason);
  if (!g_ascii_string_to_unsigned (status, 10, 300, 699, &number, error) ||
      (reason != NULL && !ahoy_bus_check_text ("The reason", reason, error))) {
    return FALSE;
  }
  ahoy_server_transaction_reject (wait->transaction, (guint) number, reason);
  return TRUE;
}

/* FALSE: what the agent says makes no sense. */
static gboolean
obey (Wait *wait, const char *verdict, GVariant *changes, GError **error)
{
  if (g_str_equal (verdict, "accept")) {
    hand_on (wait);
    return TRUE;
  }
  if (g_str_equal (verdict, "reject")) {
    return reject (wait, changes, error);
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.80s” is no verdict about a registration; those are accept, reject and pass",
               verdict);
  return FALSE;
}

static void
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;
  g_autoptr (GError) error = NULL;

  if (outcome == AHOY_BUS_AGENT_PASSED) {
    hand_on (wait);
  } else if (outcome == AHOY_BUS_AGENT_FAILED) {
    ahoy_server_transaction_reject (wait->transaction, 500, NULL);
  } else if (!obey (wait, verdict, changes, &error)) {
    if (ahoy_bus_agents_note_nonsense (wait->self->agents, agent)) {
      g_warning ("The agent %s decided nothing about a registration: %s; it is refused", agent,
                 error->message);
    }
    ahoy_server_transaction_reject (wait->transaction, 500, NULL);
  }
}

static AhoyServiceVerdict
ahoy_bus_agent_registrar_handle_request (AhoyService *service,
                                            AhoyServerTransaction *transaction)
{
  AhoyBusAgentRegistrar *self = AHOY_BUS_AGENT_REGISTRAR (service);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  g_autoptr (GVariant) facts = NULL;
  g_autofree char *path = NULL;
  Wait *wait;

  if (!g_str_equal (ahoy_message_get_method (request), "REGISTER") || endpoint == NULL ||
      ahoy_core_get_registrar (ahoy_bus_agents_get_core (self->agents)) == NULL) {
    return AHOY_SERVICE_NOT_MINE;
  }
  facts = ahoy_bus_agent_facts_new (request, endpoint);
  path = ahoy_bus_make_path ("endpoint", ahoy_endpoint_get_name (endpoint));
  wait = g_new0 (Wait, 1);
  wait->self = g_object_ref (self);
  wait->transaction = g_object_ref (transaction);
  if (ahoy_bus_agents_ask (self->agents, AHOY_BUS_AGENT_REGISTRATION, path, facts, on_outcome,
                           wait) != NULL) {
    return AHOY_SERVICE_TAKEN;
  }
  wait_free (wait);
  return ahoy_bus_agents_may_fall_back (self->agents) ? AHOY_SERVICE_NOT_MINE
                                                      : AHOY_SERVICE_FAILED;
}

static void
service_iface_init (AhoyServiceInterface *iface)
{
  iface->handle_request = ahoy_bus_agent_registrar_handle_request;
}

static void
ahoy_bus_agent_registrar_class_init (AhoyBusAgentRegistrarClass *klass)
{
}

static void
ahoy_bus_agent_registrar_init (AhoyBusAgentRegistrar *self)
{
}

AhoyBusAgentRegistrar *
ahoy_bus_agent_registrar_new (AhoyBusAgents *agents)
{
  AhoyBusAgentRegistrar *self = g_object_new (AHOY_BUS_TYPE_AGENT_REGISTRAR, NULL);

  self->agents = agents;
  return self;
}
