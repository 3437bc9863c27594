/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-trace-message.h"
#include "ahoy-wire-tap-private.h"

G_BEGIN_DECLS

AhoyTraceMessage *ahoy_trace_message_new (const AhoyWireMessage *wire, gboolean mask);
gboolean ahoy_trace_message_is_register (AhoyTraceMessage *self);
gsize ahoy_trace_message_get_size (AhoyTraceMessage *self);
const char *ahoy_trace_message_get_target (AhoyTraceMessage *self);
void ahoy_trace_message_set_serial (AhoyTraceMessage *self, guint64 serial);
guint64 ahoy_trace_message_get_serial (AhoyTraceMessage *self);
void ahoy_trace_message_set_repetition (AhoyTraceMessage *self);
void ahoy_trace_message_set_session_id (AhoyTraceMessage *self, const char *session_id);
gboolean ahoy_trace_message_equal (AhoyTraceMessage *self, AhoyTraceMessage *other);
gboolean ahoy_trace_message_is_arrival_of (AhoyTraceMessage *self, AhoyTraceMessage *sent);
GInetSocketAddress *ahoy_trace_message_peek_peer (AhoyTraceMessage *self);
char *ahoy_trace_printable (const char *text, gssize length, glong max_characters);
char *ahoy_trace_address_to_string (GSocketAddress *address);

G_END_DECLS
