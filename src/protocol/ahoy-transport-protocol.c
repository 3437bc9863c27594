/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-transport-protocol.h"

G_DEFINE_ENUM_TYPE (AhoyTransportProtocol, ahoy_transport_protocol,
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSPORT_PROTOCOL_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSPORT_PROTOCOL_UDP, "udp"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSPORT_PROTOCOL_TCP, "tcp"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSPORT_PROTOCOL_TLS, "tls"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSPORT_PROTOCOL_WS, "ws"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRANSPORT_PROTOCOL_WSS, "wss"))

static const char *const names[] = { "unknown", "udp", "tcp", "tls", "ws", "wss" };

/**
 * ahoy_transport_protocol_to_string:
 * @self: a transport protocol
 *
 * Returns: (transfer none): its name as it stands in a URI parameter, such as `udp`
 *
 * Since: 0.1
 */
const char *
ahoy_transport_protocol_to_string (AhoyTransportProtocol self)
{
  g_return_val_if_fail ((guint) self < G_N_ELEMENTS (names), names[0]);

  return names[self];
}

/**
 * ahoy_transport_protocol_from_string:
 * @text: a name, in any case
 *
 * Returns: the transport protocol of that name, %AHOY_TRANSPORT_PROTOCOL_UNKNOWN when there is none
 *
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_transport_protocol_from_string (const char *text)
{
  g_return_val_if_fail (text != NULL, AHOY_TRANSPORT_PROTOCOL_UNKNOWN);

  for (guint i = 1; i < G_N_ELEMENTS (names); i++) {
    if (g_ascii_strcasecmp (text, names[i]) == 0) {
      return (AhoyTransportProtocol) i;
    }
  }
  return AHOY_TRANSPORT_PROTOCOL_UNKNOWN;
}

/**
 * ahoy_transport_protocol_is_reliable:
 * @self: a transport protocol
 *
 * Returns: whether nothing is lost on the way, so that nothing is retransmitted (RFC 3261 §17)
 *
 * Since: 0.1
 */
gboolean
ahoy_transport_protocol_is_reliable (AhoyTransportProtocol self)
{
  return self > AHOY_TRANSPORT_PROTOCOL_UDP;
}

/**
 * ahoy_transport_protocol_is_secure:
 * @self: a transport protocol
 *
 * Returns: whether messages are encrypted on the way to the next hop
 *
 * Since: 0.1
 */
gboolean
ahoy_transport_protocol_is_secure (AhoyTransportProtocol self)
{
  return self == AHOY_TRANSPORT_PROTOCOL_TLS || self == AHOY_TRANSPORT_PROTOCOL_WSS;
}

/**
 * ahoy_transport_protocol_get_default_port:
 * @self: a transport protocol
 *
 * Returns: the port to use when none is named (RFC 3261 §19.1.2, RFC 7118 §5)
 *
 * Since: 0.1
 */
guint16
ahoy_transport_protocol_get_default_port (AhoyTransportProtocol self)
{
  switch (self) {
  case AHOY_TRANSPORT_PROTOCOL_TLS:
    return 5061;
  case AHOY_TRANSPORT_PROTOCOL_WS:
    return 80;
  case AHOY_TRANSPORT_PROTOCOL_WSS:
    return 443;
  case AHOY_TRANSPORT_PROTOCOL_UNKNOWN:
  case AHOY_TRANSPORT_PROTOCOL_UDP:
  case AHOY_TRANSPORT_PROTOCOL_TCP:
  default:
    return 5060;
  }
}
