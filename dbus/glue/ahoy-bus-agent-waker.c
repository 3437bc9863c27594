/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-waker.h"

#include "ahoy-bus-hub.h"

struct _AhoyBusAgentWaker {
  GObject parent_instance;

  AhoyBusAgents *agents; /* not a reference: it holds us */
  AhoyWaker *waker;
  GHashTable *questions; /* Asked: those that have no answer yet */
};

/* A phone that agents are to wake. */
typedef struct {
  AhoyBusAgentWaker *self; /* not a reference: we cancel it before we go */
  AhoyBusQuestion *question;
  char *aor;
} Asked;

G_DEFINE_FINAL_TYPE (AhoyBusAgentWaker, ahoy_bus_agent_waker, G_TYPE_OBJECT)

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  if (asked->question != NULL) {
    ahoy_bus_question_cancel (asked->question);
  }
  g_free (asked->aor);
  g_free (asked);
}

/* An agent that wakes the phone says accept; whatever else is said, nobody waits for it. */
static void
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  Asked *asked = user_data;
  AhoyBusAgentWaker *self = asked->self;
  g_autofree char *aor = g_steal_pointer (&asked->aor);
  gboolean accepted = outcome == AHOY_BUS_AGENT_DECIDED && g_str_equal (verdict, "accept");

  asked->question = NULL; /* it is gone */
  g_hash_table_remove (self->questions, asked);
  if (outcome == AHOY_BUS_AGENT_DECIDED && !accepted && !g_str_equal (verdict, "reject") &&
      ahoy_bus_agents_note_nonsense (self->agents, agent)) {
    g_warning ("The agent %s said “%.80s” about waking a phone; it can say accept, reject or pass",
               agent, verdict);
  }
  if (!accepted) {
    ahoy_waker_give_up (self->waker, aor);
  }
}

static gboolean
on_wake (AhoyWaker *waker, AhoyEndpoint *endpoint, GVariant *facts, gpointer user_data)
{
  AhoyBusAgentWaker *self = user_data;
  g_autofree char *path =
      ahoy_bus_make_path ("endpoint", ahoy_endpoint_get_name (endpoint));
  Asked *asked = g_new0 (Asked, 1);

  asked->self = self;
  g_variant_lookup (facts, "aor", "s", &asked->aor);
  asked->question = ahoy_bus_agents_ask (self->agents, AHOY_BUS_AGENT_WAKE, path, facts,
                                         on_outcome, asked);
  if (asked->question == NULL) {
    asked_free (asked);
    return FALSE;
  }
  g_hash_table_add (self->questions, asked);
  return TRUE;
}

/* Nobody is left who would wake anybody. */
static void
leave_all (AhoyBusAgentWaker *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer asked;

  g_hash_table_iter_init (&iter, self->questions);
  while (g_hash_table_iter_next (&iter, &asked, NULL)) {
    g_ptr_array_add (names, g_strdup (((Asked *) asked)->aor));
  }
  g_hash_table_remove_all (self->questions);
  for (guint i = 0; i < names->len; i++) {
    ahoy_waker_give_up (self->waker, names->pdata[i]);
  }
}

static void
ahoy_bus_agent_waker_dispose (GObject *object)
{
  AhoyBusAgentWaker *self = AHOY_BUS_AGENT_WAKER (object);

  if (self->waker != NULL) {
    g_signal_handlers_disconnect_by_data (self->waker, self);
  }
  leave_all (self);
  g_clear_object (&self->waker);
  G_OBJECT_CLASS (ahoy_bus_agent_waker_parent_class)->dispose (object);
}

static void
ahoy_bus_agent_waker_finalize (GObject *object)
{
  AhoyBusAgentWaker *self = AHOY_BUS_AGENT_WAKER (object);

  g_hash_table_unref (self->questions);
  G_OBJECT_CLASS (ahoy_bus_agent_waker_parent_class)->finalize (object);
}

static void
ahoy_bus_agent_waker_class_init (AhoyBusAgentWakerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_agent_waker_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_agent_waker_finalize;
}

static void
ahoy_bus_agent_waker_init (AhoyBusAgentWaker *self)
{
  self->questions = g_hash_table_new_full (NULL, NULL, asked_free, NULL);
}

AhoyBusAgentWaker *
ahoy_bus_agent_waker_new (AhoyBusAgents *agents)
{
  AhoyBusAgentWaker *self = g_object_new (AHOY_BUS_TYPE_AGENT_WAKER, NULL);

  self->agents = agents;
  self->waker = g_object_ref (ahoy_core_get_waker (ahoy_bus_agents_get_core (agents)));
  g_signal_connect (self->waker, "wake", G_CALLBACK (on_wake), self);
  return self;
}
