/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_AGENTS (ahoy_bus_agents_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusAgents, ahoy_bus_agents, AHOY_BUS, AGENTS, GObject)

/* What programs on the bus can be asked about. */
typedef enum {
  AHOY_BUS_AGENT_AUTHENTICATE,
  AHOY_BUS_AGENT_IDENTIFY,
  AHOY_BUS_AGENT_INCOMING_CALL,
  AHOY_BUS_AGENT_WAKE,
  AHOY_BUS_AGENT_REGISTRATION,
  AHOY_BUS_AGENT_MESSAGE,
  AHOY_BUS_AGENT_TRANSFER,
  AHOY_BUS_AGENT_N_KINDS,
} AhoyBusAgentKind;

typedef enum {
  AHOY_BUS_AGENT_DECIDED, /* an agent gave a verdict */
  AHOY_BUS_AGENT_PASSED,  /* it is nobody's affair: as if there were no agents */
  AHOY_BUS_AGENT_FAILED,  /* an agent was asked in vain, and the configuration says to refuse */
} AhoyBusAgentOutcome;

/* A question to agents that is not answered yet. */
typedef struct _AhoyBusQuestion AhoyBusQuestion;

/* @verdict, @changes (a{ss}) and @agent, its name for people, are NULL unless an agent decided. The
 * question is gone when this returns. */
typedef void (*AhoyBusAgentFunc) (AhoyBusAgentOutcome outcome, const char *verdict,
                                  GVariant *changes, const char *agent, gpointer user_data);

AhoyBusAgents *ahoy_bus_agents_new (AhoyCore *core, AhoyBusLink *link);
AhoyCore *ahoy_bus_agents_get_core (AhoyBusAgents *self);
gboolean ahoy_bus_agents_register (AhoyBusAgents *self, const char *owner, const char *path,
                                   const char *const *kinds, GError **error);
gboolean ahoy_bus_agents_unregister (AhoyBusAgents *self, const char *owner, const char *path,
                                     GError **error);
void ahoy_bus_agents_close (AhoyBusAgents *self);

AhoyBusQuestion *ahoy_bus_agents_ask (AhoyBusAgents *self, AhoyBusAgentKind kind,
                                      const char *object, GVariant *facts,
                                      AhoyBusAgentFunc callback, gpointer user_data);
gboolean ahoy_bus_agents_note_nonsense (AhoyBusAgents *self, const char *agent);
void ahoy_bus_question_cancel (AhoyBusQuestion *self);
guint ahoy_bus_agents_get_deadline (AhoyBusAgents *self);
gboolean ahoy_bus_agents_may_fall_back (AhoyBusAgents *self);

G_END_DECLS
