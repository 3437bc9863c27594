/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-transport-protocol.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyTraceKind:
 * @AHOY_TRACE_REQUEST: a request
 * @AHOY_TRACE_RESPONSE: a response
 * @AHOY_TRACE_KEEP_ALIVE: line ends only (RFC 5626 §3.5.1)
 * @AHOY_TRACE_MALFORMED: no SIP message
 *
 * What crossed the network.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_TRACE_REQUEST,
  AHOY_TRACE_RESPONSE,
  AHOY_TRACE_KEEP_ALIVE,
  AHOY_TRACE_MALFORMED,
} AhoyTraceKind;

#define AHOY_TYPE_TRACE_KIND (ahoy_trace_kind_get_type ())
AHOY_API
GType ahoy_trace_kind_get_type (void);

#define AHOY_TYPE_TRACE_MESSAGE (ahoy_trace_message_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyTraceMessage, ahoy_trace_message, AHOY, TRACE_MESSAGE, GObject)

AHOY_API
gint64 ahoy_trace_message_get_time (AhoyTraceMessage *self);
AHOY_API
gboolean ahoy_trace_message_is_incoming (AhoyTraceMessage *self);
AHOY_API
AhoyTraceKind ahoy_trace_message_get_kind (AhoyTraceMessage *self);
AHOY_API
AhoyTransportProtocol ahoy_trace_message_get_transport (AhoyTraceMessage *self);
AHOY_API
GSocketAddress *ahoy_trace_message_get_source (AhoyTraceMessage *self);
AHOY_API
GSocketAddress *ahoy_trace_message_get_destination (AhoyTraceMessage *self);
AHOY_API
char *ahoy_trace_message_dup_source (AhoyTraceMessage *self);
AHOY_API
char *ahoy_trace_message_dup_destination (AhoyTraceMessage *self);
AHOY_API
GBytes *ahoy_trace_message_get_bytes (AhoyTraceMessage *self);
AHOY_API
const char *ahoy_trace_message_get_call_id (AhoyTraceMessage *self);
AHOY_API
const char *ahoy_trace_message_get_method (AhoyTraceMessage *self);
AHOY_API
guint ahoy_trace_message_get_status (AhoyTraceMessage *self);
AHOY_API
const char *ahoy_trace_message_get_summary (AhoyTraceMessage *self);
AHOY_API
const char *ahoy_trace_message_get_session_id (AhoyTraceMessage *self);
AHOY_API
gboolean ahoy_trace_message_has_sdp (AhoyTraceMessage *self);
AHOY_API
gboolean ahoy_trace_message_is_repetition (AhoyTraceMessage *self);

G_END_DECLS
