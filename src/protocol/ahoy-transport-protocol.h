/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyTransportProtocol:
 * @AHOY_TRANSPORT_PROTOCOL_UNKNOWN: not given, or none that Ahoy knows
 * @AHOY_TRANSPORT_PROTOCOL_UDP: UDP
 * @AHOY_TRANSPORT_PROTOCOL_TCP: TCP
 * @AHOY_TRANSPORT_PROTOCOL_TLS: TLS over TCP
 * @AHOY_TRANSPORT_PROTOCOL_WS: WebSocket (RFC 7118)
 * @AHOY_TRANSPORT_PROTOCOL_WSS: WebSocket over TLS
 *
 * What carries SIP messages.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_TRANSPORT_PROTOCOL_UNKNOWN = 0,
  AHOY_TRANSPORT_PROTOCOL_UDP,
  AHOY_TRANSPORT_PROTOCOL_TCP,
  AHOY_TRANSPORT_PROTOCOL_TLS,
  AHOY_TRANSPORT_PROTOCOL_WS,
  AHOY_TRANSPORT_PROTOCOL_WSS,
} AhoyTransportProtocol;

#define AHOY_TYPE_TRANSPORT_PROTOCOL (ahoy_transport_protocol_get_type ())
AHOY_API
GType ahoy_transport_protocol_get_type (void);

AHOY_API
const char *ahoy_transport_protocol_to_string (AhoyTransportProtocol self);
AHOY_API
AhoyTransportProtocol ahoy_transport_protocol_from_string (const char *text);
AHOY_API
gboolean ahoy_transport_protocol_is_reliable (AhoyTransportProtocol self);
AHOY_API
gboolean ahoy_transport_protocol_is_secure (AhoyTransportProtocol self);
AHOY_API
guint16 ahoy_transport_protocol_get_default_port (AhoyTransportProtocol self);

G_END_DECLS
