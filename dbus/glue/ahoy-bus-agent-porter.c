/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-porter.h"

#include "ahoy-bus-agent-facts.h"
#include "ahoy-bus-agent-inquiries.h"
#include "ahoy-bus-hub.h"

struct _AhoyBusAgentPorter {
  GObject parent_instance;

  AhoyCallTransfer *transfers;
  AhoyBusAgentInquiries *inquiries;
};

G_DEFINE_FINAL_TYPE (AhoyBusAgentPorter, ahoy_bus_agent_porter, G_TYPE_OBJECT)

/* The status that a refusal names, and its reason. */
static void
refuse (AhoyTransfer *transfer, GVariant *changes)
{
  g_autofree char *text = NULL;
  g_autofree char *reason = NULL;
  guint64 status = 603;

  if (changes != NULL) {
    g_variant_lookup (changes, "status", "s", &text);
    g_variant_lookup (changes, "reason", "s", &reason);
  }
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 400, 699, &status, NULL)) {
    status = 603;
  }
  if (reason != NULL && (*reason == '\0' || strpbrk (reason, "\r\n") != NULL)) {
    g_clear_pointer (&reason, g_free);
  }
  ahoy_transfer_refuse (transfer, (guint) status, reason, NULL);
}

/* Whatever is not accept refuses the transfer: the call stays as it is. */
static void
decide (gpointer subject, gboolean accepted, GVariant *changes, gpointer user_data)
{
  AhoyBusAgentPorter *self = user_data;

  if (accepted) {
    ahoy_call_transfer_allow (self->transfers, subject);
  } else {
    refuse (subject, changes);
  }
}

static void
add (GVariantBuilder *builder, const char *name, const char *value)
{
  if (value != NULL) {
    g_variant_builder_add (builder, "{ss}", name, value);
  }
}

/* Returns: (transfer full): what the REFER says, and whom it is about */
static GVariant *
make_facts (AhoyTransfer *transfer)
{
  AhoySession *session = ahoy_transfer_get_session (transfer);
  g_autoptr (GVariant) request = ahoy_bus_agent_facts_new (ahoy_session_get_refer (session),
                                                           ahoy_session_get_endpoint (session));
  g_autofree char *target = ahoy_uri_to_string (ahoy_transfer_get_target (transfer));
  AhoyReplaces *replaced = ahoy_transfer_get_replaces (transfer);
  g_autofree char *replaces = replaced != NULL ? ahoy_replaces_to_string (replaced) : NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name;
  const char *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&iter, request);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value)) {
    add (&builder, name, value);
  }
  add (&builder, "refer-to", ahoy_transfer_get_refer_to (transfer));
  add (&builder, "target", target);
  add (&builder, "replaces", replaces);
  add (&builder, "referred-by", ahoy_transfer_get_referred_by (transfer));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
on_ask (AhoyCallTransfer *transfers, AhoyTransfer *transfer, gpointer user_data)
{
  AhoyBusAgentPorter *self = user_data;
  AhoySession *session = ahoy_transfer_get_session (transfer);
  g_autofree char *path = g_strdup_printf (AHOY_BUS_ROOT "/session/%" G_GUINT64_FORMAT,
                                           ahoy_session_get_id (session));
  g_autoptr (GVariant) facts = make_facts (transfer);

  return ahoy_bus_agent_inquiries_ask (self->inquiries, path, facts, g_object_ref (transfer));
}

static void
ahoy_bus_agent_porter_dispose (GObject *object)
{
  AhoyBusAgentPorter *self = AHOY_BUS_AGENT_PORTER (object);

  if (self->transfers != NULL) {
    g_signal_handlers_disconnect_by_data (self->transfers, self);
  }
  g_clear_pointer (&self->inquiries, ahoy_bus_agent_inquiries_free);
  g_clear_object (&self->transfers);
  G_OBJECT_CLASS (ahoy_bus_agent_porter_parent_class)->dispose (object);
}

static void
ahoy_bus_agent_porter_class_init (AhoyBusAgentPorterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_agent_porter_dispose;
}

static void
ahoy_bus_agent_porter_init (AhoyBusAgentPorter *self)
{
}

AhoyBusAgentPorter *
ahoy_bus_agent_porter_new (AhoyBusAgents *agents)
{
  AhoyBusAgentPorter *self = g_object_new (AHOY_BUS_TYPE_AGENT_PORTER, NULL);

  self->inquiries = ahoy_bus_agent_inquiries_new (agents, AHOY_BUS_AGENT_TRANSFER, "a transfer",
                                                  decide, self, g_object_unref);
  self->transfers =
      g_object_ref (ahoy_core_get_transfers (ahoy_bus_agents_get_core (agents)));
  g_signal_connect (self->transfers, "ask", G_CALLBACK (on_ask), self);
  return self;
}
