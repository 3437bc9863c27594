/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-waker.h"

#include "ahoy-bus-agent-inquiries.h"
#include "ahoy-bus-hub.h"

struct _AhoyBusAgentWaker {
  GObject parent_instance;

  AhoyWaker *waker;
  AhoyBusAgentInquiries *inquiries;
};

G_DEFINE_FINAL_TYPE (AhoyBusAgentWaker, ahoy_bus_agent_waker, G_TYPE_OBJECT)

/* An agent that wakes the phone says accept; whatever else is said, nobody waits for it. */
static void
decide (gpointer subject, gboolean accepted, GVariant *changes, gpointer user_data)
{
  AhoyBusAgentWaker *self = user_data;

  if (!accepted) {
    ahoy_waker_give_up (self->waker, subject);
  }
}

static gboolean
on_wake (AhoyWaker *waker, AhoyEndpoint *endpoint, GVariant *facts, gpointer user_data)
{
  AhoyBusAgentWaker *self = user_data;
  g_autofree char *path =
      ahoy_bus_make_path ("endpoint", ahoy_endpoint_get_name (endpoint));
  char *aor = NULL;

  g_variant_lookup (facts, "aor", "s", &aor);
  return ahoy_bus_agent_inquiries_ask (self->inquiries, path, facts, aor);
}

static void
ahoy_bus_agent_waker_dispose (GObject *object)
{
  AhoyBusAgentWaker *self = AHOY_BUS_AGENT_WAKER (object);

  if (self->waker != NULL) {
    g_signal_handlers_disconnect_by_data (self->waker, self);
  }
  g_clear_pointer (&self->inquiries, ahoy_bus_agent_inquiries_free);
  g_clear_object (&self->waker);
  G_OBJECT_CLASS (ahoy_bus_agent_waker_parent_class)->dispose (object);
}

static void
ahoy_bus_agent_waker_class_init (AhoyBusAgentWakerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_agent_waker_dispose;
}

static void
ahoy_bus_agent_waker_init (AhoyBusAgentWaker *self)
{
}

AhoyBusAgentWaker *
ahoy_bus_agent_waker_new (AhoyBusAgents *agents)
{
  AhoyBusAgentWaker *self = g_object_new (AHOY_BUS_TYPE_AGENT_WAKER, NULL);

  self->inquiries = ahoy_bus_agent_inquiries_new (agents, AHOY_BUS_AGENT_WAKE, "waking a phone",
                                                  decide, self, g_free);
  self->waker = g_object_ref (ahoy_core_get_waker (ahoy_bus_agents_get_core (agents)));
  g_signal_connect (self->waker, "wake", G_CALLBACK (on_wake), self);
  return self;
}
