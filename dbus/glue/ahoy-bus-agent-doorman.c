/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-doorman.h"

#include "ahoy-bus-agent-facts.h"
#include "ahoy-bus-check.h"

/* Lets agents on the bus say what becomes of a call that comes in, before routes and people see
 * it. */
struct _AhoyBusAgentDoorman {
  GObject parent_instance;

  AhoyBusAgents *agents; /* not a reference: they take us away before they go */
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyBusAgentDoorman, ahoy_bus_agent_doorman, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

/* A call that waits for agents. It ends with its deferral, or is ended by the answer. */
typedef struct {
  AhoyBusAgentDoorman *doorman;
  AhoySession *session;
  AhoySupplementDeferral *deferral;
  AhoyBusQuestion *question;
} Wait;

static void
wait_free (Wait *wait)
{
  g_signal_handlers_disconnect_by_data (wait->deferral, wait);
  g_object_unref (wait->doorman);
  g_object_unref (wait->session);
  g_object_unref (wait->deferral);
  g_free (wait);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)

static gboolean
take_variables (AhoySession *session, GVariant *changes, GError **error)
{
  GVariantIter iter;
  const char *name;
  const char *value;

  if (!ahoy_bus_check_variables (changes, error)) {
    return FALSE;
  }
  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value)) {
    ahoy_session_set_variable (session, name, value);
  }
  return TRUE;
}

static gboolean
reject (AhoySession *session, GVariant *changes, GError **error)
{
  const char *status = "403";
  const char *reason = NULL;
  guint64 number;

  g_variant_lookup (changes, "status", "&s", &status);
  g_variant_lookup (changes, "reason", "&s", &reason);
  return g_ascii_string_to_unsigned (status, 10, 300, 699, &number, error) &&
         (reason == NULL || ahoy_bus_check_text ("The reason", reason, error)) &&
         ahoy_session_reject (session, (guint) number, reason, error);
}

static gboolean
redirect (AhoySession *session, GVariant *changes, GError **error)
{
  const char *target = "";

  g_variant_lookup (changes, "target", "&s", &target);
  return ahoy_bus_check_target (target, error) && ahoy_session_redirect (session, target, error);
}

/* FALSE: what the agent says makes no sense, and the call is still there. */
static gboolean
obey (Wait *wait, const char *verdict, GVariant *changes, GError **error)
{
  if (g_str_equal (verdict, "accept")) {
    if (!take_variables (wait->session, changes, error)) {
      return FALSE;
    }
    ahoy_supplement_deferral_resolve (wait->deferral, AHOY_SUPPLEMENT_CONTINUE);
    return TRUE;
  }
  if (g_str_equal (verdict, "reject")) {
    return reject (wait->session, changes, error);
  }
  if (g_str_equal (verdict, "redirect")) {
    return redirect (wait->session, changes, error);
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.80s” is no verdict about a call; those are accept, reject, redirect and pass",
               verdict);
  return FALSE;
}

static void
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (wait->deferral, wait);
  if (outcome == AHOY_BUS_AGENT_PASSED) {
    ahoy_supplement_deferral_resolve (wait->deferral, AHOY_SUPPLEMENT_CONTINUE);
  } else if (outcome == AHOY_BUS_AGENT_FAILED) {
    ahoy_session_reject (wait->session, 500, NULL, NULL);
  } else if (!obey (wait, verdict, changes, &error)) {
    if (ahoy_bus_agents_note_nonsense (wait->doorman->agents, agent)) {
      g_warning ("The agent %s decided nothing about a call: %s; the call is refused", agent,
                 error->message);
    }
    ahoy_session_reject (wait->session, 500, NULL, NULL);
  }
}

/* Nobody waits any more: the caller gave up, or it is too late. */
static void
on_over (AhoyDeferral *deferral, AhoyDeferralState state, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;

  ahoy_bus_question_cancel (wait->question);
}

static AhoySupplementVerdict
ahoy_bus_agent_doorman_incoming_request (AhoySessionSupplement *supplement, AhoySession *session,
                                         AhoyMessage *request)
{
  AhoyBusAgentDoorman *self = AHOY_BUS_AGENT_DOORMAN (supplement);
  g_autoptr (GVariant) facts = NULL;
  g_autofree char *path = NULL;
  AhoySupplementDeferral *deferral;
  AhoyBusQuestion *question;
  Wait *wait;

  if (request != ahoy_session_get_invite (session) ||
      ahoy_session_get_direction (session) != AHOY_SESSION_INCOMING) {
    return AHOY_SUPPLEMENT_CONTINUE;
  }
  facts = ahoy_bus_agent_facts_new (request, ahoy_session_get_endpoint (session));
  path = g_strdup_printf (AHOY_BUS_ROOT "/session/%" G_GUINT64_FORMAT,
                          ahoy_session_get_id (session));
  wait = g_new0 (Wait, 1);
  question = ahoy_bus_agents_ask (self->agents, AHOY_BUS_AGENT_INCOMING_CALL, path, facts,
                                  on_outcome, wait);
  if (question == NULL) {
    g_free (wait);
    return ahoy_bus_agents_may_fall_back (self->agents) ? AHOY_SUPPLEMENT_CONTINUE
                                                        : AHOY_SUPPLEMENT_FAILED;
  }
  /* Agents are late before the call is. */
  deferral = ahoy_session_defer (session, request,
                                 ahoy_bus_agents_get_deadline (self->agents) + 1000, NULL);
  if (deferral == NULL) {
    ahoy_bus_question_cancel (question);
    g_free (wait);
    return AHOY_SUPPLEMENT_FAILED;
  }
  wait->doorman = g_object_ref (self);
  wait->session = g_object_ref (session);
  wait->deferral = deferral;
  wait->question = question;
  g_signal_connect (deferral, "over", G_CALLBACK (on_over), wait);
  return AHOY_SUPPLEMENT_DEFERRED;
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = ahoy_bus_agent_doorman_incoming_request;
}

static void
ahoy_bus_agent_doorman_class_init (AhoyBusAgentDoormanClass *klass)
{
}

static void
ahoy_bus_agent_doorman_init (AhoyBusAgentDoorman *self)
{
}

AhoyBusAgentDoorman *
ahoy_bus_agent_doorman_new (AhoyBusAgents *agents)
{
  AhoyBusAgentDoorman *self = g_object_new (AHOY_BUS_TYPE_AGENT_DOORMAN, NULL);

  self->agents = agents;
  return self;
}
