/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyTransportProtocol:
 * @AHOY_TRANSPORT_PROTOCOL_UNKNOWN: not given, or not one that Ahoy knows
 * @AHOY_TRANSPORT_PROTOCOL_UDP: UDP (RFC 3261, section 18)
 * @AHOY_TRANSPORT_PROTOCOL_TCP: TCP (RFC 3261, section 18)
 * @AHOY_TRANSPORT_PROTOCOL_TLS: TLS over TCP (RFC 3261, section 26.2)
 * @AHOY_TRANSPORT_PROTOCOL_WS: WebSocket (RFC 7118)
 * @AHOY_TRANSPORT_PROTOCOL_WSS: WebSocket over TLS (RFC 7118)
 *
 * What a SIP message travels on.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_TRANSPORT_PROTOCOL_UNKNOWN,
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
const char *ahoy_transport_protocol_to_string (AhoyTransportProtocol protocol);
AHOY_API
AhoyTransportProtocol ahoy_transport_protocol_from_string (const char *name);
AHOY_API
gboolean ahoy_transport_protocol_is_reliable (AhoyTransportProtocol protocol);
AHOY_API
gboolean ahoy_transport_protocol_is_secure (AhoyTransportProtocol protocol);
AHOY_API
AhoyTransportProtocol ahoy_transport_protocol_get_secure (AhoyTransportProtocol protocol);
AHOY_API
guint16 ahoy_transport_protocol_default_port (AhoyTransportProtocol protocol);

G_END_DECLS
