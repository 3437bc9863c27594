/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-pcap-writer.h"
#include "ahoy-stack.h"
#include "ahoy-trace-message.h"

G_BEGIN_DECLS

#define AHOY_TYPE_TRACE (ahoy_trace_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyTrace, ahoy_trace, AHOY, TRACE, GObject)

/**
 * AhoyTraceFunc:
 * @trace: the trace
 * @message: what crossed the network
 * @user_data: what was given with the subscription
 *
 * Gets a message that a subscription asked for, from the main context of the stack.
 *
 * Since: 0.1
 */
typedef void (*AhoyTraceFunc) (AhoyTrace *trace, AhoyTraceMessage *message, gpointer user_data);

AHOY_API
AhoyTrace *ahoy_trace_new (AhoyStack *stack);
AHOY_API
guint64 ahoy_trace_subscribe (AhoyTrace *self, GVariant *filter, AhoyTraceFunc callback,
                              gpointer user_data, GDestroyNotify destroy, GError **error);
AHOY_API
guint64 ahoy_trace_subscribe_pcap (AhoyTrace *self, GVariant *filter, AhoyPcapWriter *writer,
                                   GError **error);
AHOY_API
gboolean ahoy_trace_unsubscribe (AhoyTrace *self, guint64 id);
AHOY_API
void ahoy_trace_set_session_id (AhoyTrace *self, const char *call_id, const char *session_id);
AHOY_API
char **ahoy_trace_list_calls (AhoyTrace *self);
AHOY_API
GPtrArray *ahoy_trace_get_messages (AhoyTrace *self, const char *call_id);
AHOY_API
GVariant *ahoy_trace_get_history (AhoyTrace *self, const char *call_id);
AHOY_API
char *ahoy_trace_get_ladder (AhoyTrace *self, const char *call_id);
AHOY_API
gboolean ahoy_trace_save_pcap (AhoyTrace *self, const char *call_id, const char *path,
                               GError **error);
AHOY_API
char *ahoy_trace_mask_header (const char *name, const char *value);
AHOY_API
GVariant *ahoy_trace_get_statistics (AhoyTrace *self);

G_END_DECLS
