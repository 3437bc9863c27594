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

static const char *const protocol_names[] = { "unknown", "udp", "tcp", "tls", "ws", "wss" };

/**
 * ahoy_transport_protocol_to_string:
 * @protocol: a transport protocol
 *
 * Gives the name of @protocol as the `transport` parameter of a SIP URI spells it (RFC 3261,
 * section 19.1.1), in lower case.
 *
 * Returns: (transfer none): the name; `unknown` for a value that is none
 * Since: 0.1
 */
const char *
ahoy_transport_protocol_to_string (AhoyTransportProtocol protocol)
{
  if ((guint) protocol >= G_N_ELEMENTS (protocol_names))
    return protocol_names[AHOY_TRANSPORT_PROTOCOL_UNKNOWN];

  return protocol_names[protocol];
}

/**
 * ahoy_transport_protocol_from_string:
 * @name: (nullable): the value of a `transport` parameter, in any case
 *
 * Finds the transport protocol of that name.
 *
 * Returns: the protocol; %AHOY_TRANSPORT_PROTOCOL_UNKNOWN when @name is %NULL or not known
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_transport_protocol_from_string (const char *name)
{
  if (name == NULL)
    return AHOY_TRANSPORT_PROTOCOL_UNKNOWN;

  for (guint i = 1; i < G_N_ELEMENTS (protocol_names); i++) {
    if (g_ascii_strcasecmp (name, protocol_names[i]) == 0)
      return (AhoyTransportProtocol) i;
  }

  return AHOY_TRANSPORT_PROTOCOL_UNKNOWN;
}

/**
 * ahoy_transport_protocol_is_reliable:
 * @protocol: a transport protocol
 *
 * Tells whether @protocol delivers by itself, so that SIP does not retransmit on it (RFC 3261,
 * section 17).
 *
 * Returns: %TRUE for everything that runs on TCP
 * Since: 0.1
 */
gboolean
ahoy_transport_protocol_is_reliable (AhoyTransportProtocol protocol)
{
  return protocol != AHOY_TRANSPORT_PROTOCOL_UNKNOWN && protocol != AHOY_TRANSPORT_PROTOCOL_UDP;
}

/**
 * ahoy_transport_protocol_is_secure:
 * @protocol: a transport protocol
 *
 * Tells whether @protocol is encrypted, so that it may carry a request to a `sips:` URI.
 *
 * Returns: %TRUE for TLS and WSS
 * Since: 0.1
 */
gboolean
ahoy_transport_protocol_is_secure (AhoyTransportProtocol protocol)
{
  return protocol == AHOY_TRANSPORT_PROTOCOL_TLS || protocol == AHOY_TRANSPORT_PROTOCOL_WSS;
}

/**
 * ahoy_transport_protocol_get_secure:
 * @protocol: a transport protocol
 *
 * Gives what a `sips:` URI with that `transport` parameter is reached by: `tcp` there means TLS
 * over TCP (RFC 3261, section 26.2.2), `ws` means WSS (RFC 7118).
 *
 * Returns: the secure protocol; %AHOY_TRANSPORT_PROTOCOL_UNKNOWN for UDP, which has none here
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_transport_protocol_get_secure (AhoyTransportProtocol protocol)
{
  switch (protocol) {
  case AHOY_TRANSPORT_PROTOCOL_TCP:
  case AHOY_TRANSPORT_PROTOCOL_TLS:
    return AHOY_TRANSPORT_PROTOCOL_TLS;
  case AHOY_TRANSPORT_PROTOCOL_WS:
  case AHOY_TRANSPORT_PROTOCOL_WSS:
    return AHOY_TRANSPORT_PROTOCOL_WSS;
  case AHOY_TRANSPORT_PROTOCOL_UNKNOWN:
  case AHOY_TRANSPORT_PROTOCOL_UDP:
  default:
    return AHOY_TRANSPORT_PROTOCOL_UNKNOWN;
  }
}

/**
 * ahoy_transport_protocol_default_port:
 * @protocol: a transport protocol
 *
 * Gives the port to use where neither a URI nor DNS names one (RFC 3261, section 19.1.2;
 * RFC 7118, section 5).
 *
 * Returns: a port number, 5060 for an unknown protocol
 * Since: 0.1
 */
guint16
ahoy_transport_protocol_default_port (AhoyTransportProtocol protocol)
{
  switch (protocol) {
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
