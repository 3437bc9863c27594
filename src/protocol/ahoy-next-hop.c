/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-next-hop.h"

#include <arpa/inet.h>
#include <string.h>

struct _AhoyNextHop {
  gatomicrefcount ref_count;
  AhoyTransportProtocol transport;
  GSocketFamily family;
  guint16 port;
  gboolean connection;
  gint64 expires;
  char *name;
  char address[INET6_ADDRSTRLEN];
};

G_DEFINE_BOXED_TYPE (AhoyNextHop, ahoy_next_hop, ahoy_next_hop_ref, ahoy_next_hop_unref)

/* Writes the canonical spelling, so that two spellings of one IPv6 address compare equal. */
static GSocketFamily
canonical_address (const char *text, char *address)
{
  struct in_addr v4;
  struct in6_addr v6;

  if (inet_pton (AF_INET, text, &v4) == 1) {
    inet_ntop (AF_INET, &v4, address, INET6_ADDRSTRLEN);
    return G_SOCKET_FAMILY_IPV4;
  }
  if (inet_pton (AF_INET6, text, &v6) == 1) {
    inet_ntop (AF_INET6, &v6, address, INET6_ADDRSTRLEN);
    return G_SOCKET_FAMILY_IPV6;
  }

  return G_SOCKET_FAMILY_INVALID;
}

/**
 * ahoy_next_hop_new: (constructor)
 * @transport: the transport protocol
 * @address: a numeric IPv4 or IPv6 address, without brackets
 * @port: the port, not 0
 * @name: (nullable): the host name that led here, which a TLS certificate is checked against;
 *   %NULL takes @address
 * @expires: when this knowledge ends, in microseconds of the monotonic clock; %G_MAXINT64 for
 *   never
 *
 * Makes a next hop.
 *
 * Returns: (transfer full) (nullable): the next hop; %NULL when @address is not numeric
 * Since: 0.1
 */
AhoyNextHop *
ahoy_next_hop_new (AhoyTransportProtocol transport,
                   const char *address,
                   guint16 port,
                   const char *name,
                   gint64 expires)
{
  AhoyNextHop *self;
  char canonical[INET6_ADDRSTRLEN];
  GSocketFamily family;

  g_return_val_if_fail (address != NULL, NULL);

  family = canonical_address (address, canonical);
  if (family == G_SOCKET_FAMILY_INVALID || port == 0)
    return NULL;

  self = g_new0 (AhoyNextHop, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->transport = transport;
  self->family = family;
  self->port = port;
  self->expires = expires;
  memcpy (self->address, canonical, sizeof canonical);
  self->name = g_strdup (name != NULL ? name : canonical);

  return self;
}

/**
 * ahoy_next_hop_new_connection: (constructor)
 * @transport: a transport protocol with connections
 * @address: the numeric address of the peer
 * @port: the port of the peer, not 0
 *
 * Makes a next hop that is a connection which the peer opened: the port is where that connection
 * ends, and nobody listens there. Once it is closed the hop leads nowhere (RFC 5626, section 4.3).
 *
 * Returns: (transfer full) (nullable): the next hop; %NULL when @address is not numeric
 * Since: 0.1
 */
AhoyNextHop *
ahoy_next_hop_new_connection (AhoyTransportProtocol transport, const char *address, guint16 port)
{
  AhoyNextHop *self = ahoy_next_hop_new (transport, address, port, NULL, G_MAXINT64);

  if (self != NULL)
    self->connection = ahoy_transport_protocol_is_reliable (transport);

  return self;
}

/**
 * ahoy_next_hop_new_from_source: (constructor)
 * @transport: the transport protocol that something came by
 * @source: where it came from
 *
 * Makes the next hop that leads back to a peer: its address and port, and over TCP its connection.
 *
 * Returns: (transfer full) (nullable): the next hop; %NULL when @source is no IP address
 * Since: 0.1
 */
AhoyNextHop *
ahoy_next_hop_new_from_source (AhoyTransportProtocol transport, GSocketAddress *source)
{
  g_autofree char *address = NULL;

  g_return_val_if_fail (source == NULL || G_IS_SOCKET_ADDRESS (source), NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (source))
    return NULL;

  address = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));

  return ahoy_next_hop_new_connection (
      transport, address, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (source)));
}

/**
 * ahoy_next_hop_ref:
 * @self: a next hop
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
AhoyNextHop *
ahoy_next_hop_ref (AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ahoy_next_hop_unref:
 * @self: (transfer full): a next hop
 *
 * Drops a reference; from any thread.
 *
 * Since: 0.1
 */
void
ahoy_next_hop_unref (AhoyNextHop *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->name);
  g_free (self);
}

/**
 * ahoy_next_hop_get_transport:
 * @self: a next hop
 *
 * Returns: the transport protocol to use
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_next_hop_get_transport (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, AHOY_TRANSPORT_PROTOCOL_UNKNOWN);

  return self->transport;
}

/**
 * ahoy_next_hop_get_address:
 * @self: a next hop
 *
 * Returns: (transfer none): the numeric address, in canonical spelling and without brackets
 * Since: 0.1
 */
const char *
ahoy_next_hop_get_address (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * ahoy_next_hop_get_port:
 * @self: a next hop
 *
 * Returns: the port, never 0
 * Since: 0.1
 */
guint16
ahoy_next_hop_get_port (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

/**
 * ahoy_next_hop_get_family:
 * @self: a next hop
 *
 * Returns: %G_SOCKET_FAMILY_IPV4 or %G_SOCKET_FAMILY_IPV6
 * Since: 0.1
 */
GSocketFamily
ahoy_next_hop_get_family (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, G_SOCKET_FAMILY_INVALID);

  return self->family;
}

/**
 * ahoy_next_hop_get_name:
 * @self: a next hop
 *
 * Gives the host that was asked for in the URI. It is the identity which a certificate must
 * prove (RFC 5922, section 4), since an SRV target comes out of DNS and proves nothing.
 *
 * Returns: (transfer none): the host name, or the address where the URI was numeric
 * Since: 0.1
 */
const char *
ahoy_next_hop_get_name (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * ahoy_next_hop_get_expires:
 * @self: a next hop
 *
 * Tells how long the hop may be used without asking DNS again.
 *
 * Returns: microseconds of the monotonic clock; %G_MAXINT64 when no DNS was asked
 * Since: 0.1
 */
gint64
ahoy_next_hop_get_expires (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->expires;
}

/**
 * ahoy_next_hop_is_connection:
 * @self: a next hop
 *
 * Tells whether only the connection that the peer opened leads there.
 *
 * Returns: %TRUE for a hop of ahoy_next_hop_new_connection() over a transport with connections
 * Since: 0.1
 */
gboolean
ahoy_next_hop_is_connection (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->connection;
}

/**
 * ahoy_next_hop_equal:
 * @self: a next hop
 * @other: another next hop
 *
 * Compares transport protocol, address and port; the name and the expiry do not count.
 *
 * Returns: %TRUE when both lead to the same place
 * Since: 0.1
 */
gboolean
ahoy_next_hop_equal (const AhoyNextHop *self, const AhoyNextHop *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return self->transport == other->transport && self->port == other->port &&
         g_str_equal (self->address, other->address);
}

/**
 * ahoy_next_hop_hash:
 * @self: a next hop
 *
 * Returns: a hash that fits ahoy_next_hop_equal()
 * Since: 0.1
 */
guint
ahoy_next_hop_hash (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return g_str_hash (self->address) ^ ((guint) self->port << 3) ^ (guint) self->transport;
}

/**
 * ahoy_next_hop_to_string:
 * @self: a next hop
 *
 * Writes the hop for people and logs: `udp:192.0.2.1:5060`, `tls:[2001:db8::1]:5061`.
 *
 * Returns: (transfer full): the text
 * Since: 0.1
 */
char *
ahoy_next_hop_to_string (const AhoyNextHop *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->family == G_SOCKET_FAMILY_IPV6)
    return g_strdup_printf ("%s:[%s]:%u", ahoy_transport_protocol_to_string (self->transport),
                            self->address, self->port);

  return g_strdup_printf ("%s:%s:%u", ahoy_transport_protocol_to_string (self->transport),
                          self->address, self->port);
}
