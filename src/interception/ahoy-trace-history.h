/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-trace-message.h"

G_BEGIN_DECLS

typedef struct _AhoyTraceHistory AhoyTraceHistory;

typedef struct {
  guint calls;    /* how many Call-IDs are remembered */
  guint messages; /* how many messages of each */
  gsize bytes;    /* of all messages together */
} AhoyTraceLimits;

AhoyTraceHistory *ahoy_trace_history_new (void);
void ahoy_trace_history_free (AhoyTraceHistory *self);
void ahoy_trace_history_set_limits (AhoyTraceHistory *self, const AhoyTraceLimits *limits);
void ahoy_trace_history_add (AhoyTraceHistory *self, AhoyTraceMessage *message);
void ahoy_trace_history_add_later (AhoyTraceHistory *self, AhoyTraceMessage *message);
GPtrArray *ahoy_trace_history_list (AhoyTraceHistory *self, const char *call_id, guint *forgotten);
char **ahoy_trace_history_list_calls (AhoyTraceHistory *self);
void ahoy_trace_history_set_session_id (AhoyTraceHistory *self, const char *call_id,
                                        const char *session_id);
gsize ahoy_trace_history_get_bytes (AhoyTraceHistory *self);

G_END_DECLS
