/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-agents.h"

G_BEGIN_DECLS

/* The open questions of one kind, to which agents say accept or reject; silence, failure and
 * nonsense mean reject. */
typedef struct _AhoyBusAgentInquiries AhoyBusAgentInquiries;

/* @changes (a{ss}) is what the agent said beside accept or reject, NULL when none said either. */
typedef void (*AhoyBusAgentInquiryFunc) (gpointer subject, gboolean accepted, GVariant *changes,
                                         gpointer user_data);

AhoyBusAgentInquiries *ahoy_bus_agent_inquiries_new (AhoyBusAgents *agents, AhoyBusAgentKind kind,
                                                     const char *about,
                                                     AhoyBusAgentInquiryFunc decide,
                                                     gpointer user_data,
                                                     GDestroyNotify free_subject);
void ahoy_bus_agent_inquiries_free (AhoyBusAgentInquiries *self);
gboolean ahoy_bus_agent_inquiries_ask (AhoyBusAgentInquiries *self, const char *object,
                                       GVariant *facts, gpointer subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyBusAgentInquiries, ahoy_bus_agent_inquiries_free)

G_END_DECLS
