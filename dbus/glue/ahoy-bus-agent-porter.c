/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-porter.h"

#include "ahoy-bus-agent-facts.h"
#include "ahoy-bus-hub.h"

struct _AhoyBusAgentPorter {
  GObject parent_instance;

  AhoyBusAgents *agents; /* not a reference: it holds us */
  AhoyCallTransfer *transfers;
  GHashTable *questions; /* Asked: those that have no answer yet */
};

/* A transfer that agents decide about. */
typedef struct {
  AhoyBusAgentPorter *self; /* not a reference: we cancel it before we go */
  AhoyBusQuestion *question;
  AhoyTransfer *transfer;
} Asked;

G_DEFINE_FINAL_TYPE (AhoyBusAgentPorter, ahoy_bus_agent_porter, G_TYPE_OBJECT)

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  if (asked->question != NULL) {
    ahoy_bus_question_cancel (asked->question);
  }
  g_clear_object (&asked->transfer);
  g_free (asked);
}

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
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  Asked *asked = user_data;
  AhoyBusAgentPorter *self = asked->self;
  g_autoptr (AhoyTransfer) transfer = g_steal_pointer (&asked->transfer);
  gboolean decided = outcome == AHOY_BUS_AGENT_DECIDED;

  asked->question = NULL; /* it is gone */
  g_hash_table_remove (self->questions, asked);
  if (decided && g_str_equal (verdict, "accept")) {
    ahoy_call_transfer_allow (self->transfers, transfer);
    return;
  }
  if (decided && !g_str_equal (verdict, "reject") &&
      ahoy_bus_agents_note_nonsense (self->agents, agent)) {
    g_warning ("The agent %s said “%.80s” about a transfer; it can say accept, reject or pass",
               agent, verdict);
  }
  refuse (transfer, decided ? changes : NULL);
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
  Asked *asked = g_new0 (Asked, 1);

  asked->self = self;
  asked->transfer = g_object_ref (transfer);
  asked->question = ahoy_bus_agents_ask (self->agents, AHOY_BUS_AGENT_TRANSFER, path, facts,
                                         on_outcome, asked);
  if (asked->question == NULL) {
    asked_free (asked);
    return FALSE;
  }
  g_hash_table_add (self->questions, asked);
  return TRUE;
}

/* Nobody is left who would say anything. */
static void
leave_all (AhoyBusAgentPorter *self)
{
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer asked;

  g_hash_table_iter_init (&iter, self->questions);
  while (g_hash_table_iter_next (&iter, &asked, NULL)) {
    g_ptr_array_add (transfers, g_object_ref (((Asked *) asked)->transfer));
  }
  g_hash_table_remove_all (self->questions);
  for (guint i = 0; i < transfers->len; i++) {
    ahoy_transfer_refuse (transfers->pdata[i], 603, NULL, NULL);
  }
}

static void
ahoy_bus_agent_porter_dispose (GObject *object)
{
  AhoyBusAgentPorter *self = AHOY_BUS_AGENT_PORTER (object);

  if (self->transfers != NULL) {
    g_signal_handlers_disconnect_by_data (self->transfers, self);
  }
  leave_all (self);
  g_clear_object (&self->transfers);
  G_OBJECT_CLASS (ahoy_bus_agent_porter_parent_class)->dispose (object);
}

static void
ahoy_bus_agent_porter_finalize (GObject *object)
{
  AhoyBusAgentPorter *self = AHOY_BUS_AGENT_PORTER (object);

  g_hash_table_unref (self->questions);
  G_OBJECT_CLASS (ahoy_bus_agent_porter_parent_class)->finalize (object);
}

static void
ahoy_bus_agent_porter_class_init (AhoyBusAgentPorterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_agent_porter_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_agent_porter_finalize;
}

static void
ahoy_bus_agent_porter_init (AhoyBusAgentPorter *self)
{
  self->questions = g_hash_table_new_full (NULL, NULL, asked_free, NULL);
}

AhoyBusAgentPorter *
ahoy_bus_agent_porter_new (AhoyBusAgents *agents)
{
  AhoyBusAgentPorter *self = g_object_new (AHOY_BUS_TYPE_AGENT_PORTER, NULL);

  self->agents = agents;
  self->transfers =
      g_object_ref (ahoy_core_get_transfers (ahoy_bus_agents_get_core (agents)));
  g_signal_connect (self->transfers, "ask", G_CALLBACK (on_ask), self);
  return self;
}
