/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-clerk.h"

#include "ahoy-bus-check.h"

/* Lets agents on the bus say what becomes of a text message, before routes and people see it. */
struct _AhoyBusAgentClerk {
  GObject parent_instance;

  AhoyBusAgents *agents; /* not a reference: they take us away before they go */
};

static void handler_iface_init (AhoyMessageHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyBusAgentClerk, ahoy_bus_agent_clerk, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MESSAGE_HANDLER,
                                                      handler_iface_init))

/* A longer text is not told; an agent that wants it lets it come to itself. */
#define MOST_TEXT 8192

/* A message that waits for agents. */
typedef struct {
  AhoyBusAgentClerk *clerk;
  AhoyMessageReceipt *receipt;
  AhoyBusQuestion *question; /* NULL when it was answered */
} Wait;

static void
wait_free (Wait *wait)
{
  g_signal_handlers_disconnect_by_data (wait->receipt, wait);
  g_object_unref (wait->clerk);
  g_object_unref (wait->receipt);
  g_free (wait);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)

static void
add (GVariantBuilder *builder, const char *name, const char *value)
{
  if (value != NULL && *value != '\0') {
    g_variant_builder_add (builder, "{ss}", name, value);
  }
}

static GVariant *
make_facts (AhoyTextMessage *message)
{
  g_autofree char *user = ahoy_text_message_dup_to_user (message);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  add (&builder, "id", ahoy_text_message_get_id (message));
  add (&builder, "from", ahoy_text_message_get_from (message));
  add (&builder, "from-name", ahoy_text_message_get_from_name (message));
  add (&builder, "to", ahoy_text_message_get_to (message));
  add (&builder, "to-user", user);
  add (&builder, "endpoint", ahoy_text_message_get_endpoint (message));
  add (&builder, "content-type", ahoy_text_message_get_content_type (message));
  add (&builder, "subject", ahoy_text_message_get_header (message, "Subject"));
  if (ahoy_text_message_has_content_type (message, "text/*") &&
      g_bytes_get_size (ahoy_text_message_get_body (message)) <= MOST_TEXT) {
    g_autofree char *text = ahoy_text_message_dup_text (message);

    add (&builder, "text", text);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
reject (AhoyMessageReceipt *receipt, GVariant *changes, GError **error)
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
  ahoy_message_receipt_settle (receipt, (guint) number, reason);
  return TRUE;
}

static gboolean
redirect (AhoyMessageReceipt *receipt, GVariant *changes, GError **error)
{
  g_autoptr (AhoyUri) uri = NULL;
  const char *target = "";

  g_variant_lookup (changes, "target", "&s", &target);
  uri = ahoy_bus_check_target (target, error) ? ahoy_uri_parse (target, error) : NULL;
  if (uri == NULL) {
    return FALSE;
  }
  ahoy_message_receipt_redirect (receipt, target);
  return TRUE;
}

/* FALSE: what the agent says makes no sense. */
static gboolean
obey (AhoyMessageReceipt *receipt, const char *verdict, GVariant *changes, GError **error)
{
  if (g_str_equal (verdict, "accept")) {
    ahoy_message_receipt_pass (receipt);
    return TRUE;
  }
  if (g_str_equal (verdict, "take")) {
    ahoy_message_receipt_settle (receipt, 200, NULL);
    return TRUE;
  }
  if (g_str_equal (verdict, "reject")) {
    return reject (receipt, changes, error);
  }
  if (g_str_equal (verdict, "redirect")) {
    return redirect (receipt, changes, error);
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.80s” is no verdict about a message; those are accept, take, reject, redirect "
               "and pass",
               verdict);
  return FALSE;
}

static void
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (wait->receipt, wait);
  if (outcome == AHOY_BUS_AGENT_PASSED) {
    ahoy_message_receipt_pass (wait->receipt);
  } else if (outcome == AHOY_BUS_AGENT_FAILED) {
    ahoy_message_receipt_settle (wait->receipt, 500, NULL);
  } else if (!obey (wait->receipt, verdict, changes, &error)) {
    if (ahoy_bus_agents_note_nonsense (wait->clerk->agents, agent)) {
      g_warning ("The agent %s decided nothing about a message: %s; the message is refused", agent,
                 error->message);
    }
    ahoy_message_receipt_settle (wait->receipt, 500, NULL);
  }
}

/* It is too late, or the daemon ends. */
static void
on_settled (AhoyMessageReceipt *receipt, gpointer user_data)
{
  g_autoptr (Wait) wait = user_data;

  ahoy_bus_question_cancel (wait->question);
}

static AhoyMessageVerdict
ahoy_bus_agent_clerk_handle (AhoyMessageHandler *handler, AhoyMessageReceipt *receipt)
{
  AhoyBusAgentClerk *self = AHOY_BUS_AGENT_CLERK (handler);
  g_autoptr (GVariant) facts = make_facts (ahoy_message_receipt_get_message (receipt));
  Wait *wait = g_new0 (Wait, 1);

  wait->clerk = g_object_ref (self);
  wait->receipt = g_object_ref (receipt);
  wait->question = ahoy_bus_agents_ask (self->agents, AHOY_BUS_AGENT_MESSAGE, AHOY_BUS_ROOT, facts,
                                        on_outcome, wait);
  if (wait->question == NULL) {
    wait_free (wait);
    return ahoy_bus_agents_may_fall_back (self->agents) ? AHOY_MESSAGE_NOT_MINE
                                                        : AHOY_MESSAGE_FAILED;
  }
  g_signal_connect (receipt, "settled", G_CALLBACK (on_settled), wait);
  return AHOY_MESSAGE_TAKEN;
}

static void
handler_iface_init (AhoyMessageHandlerInterface *iface)
{
  iface->handle = ahoy_bus_agent_clerk_handle;
}

static void
ahoy_bus_agent_clerk_class_init (AhoyBusAgentClerkClass *klass)
{
}

static void
ahoy_bus_agent_clerk_init (AhoyBusAgentClerk *self)
{
}

AhoyBusAgentClerk *
ahoy_bus_agent_clerk_new (AhoyBusAgents *agents)
{
  AhoyBusAgentClerk *self = g_object_new (AHOY_BUS_TYPE_AGENT_CLERK, NULL);

  self->agents = agents;
  return self;
}
