/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-next-hop.h"

/**
 * AhoyNextHop:
 *
 * Where a request can be sent to (RFC 3263 §4): a transport, a numeric address and a port.
 *
 * Since: 0.1
 */
struct _AhoyNextHop {
  gatomicrefcount ref_count;
  AhoyTransportProtocol protocol;
  char *address;
  guint16 port;
};

G_DEFINE_BOXED_TYPE (AhoyNextHop, ahoy_next_hop, ahoy_next_hop_ref, ahoy_next_hop_unref)

/**
 * ahoy_next_hop_new:
 * @protocol: the transport; %AHOY_TRANSPORT_PROTOCOL_UNKNOWN leaves it to the sender, who may
 *   choose by size
 * @address: a numeric address without brackets
 * @port: the port
 *
 * Returns: (transfer full): a new next hop
 *
 * Since: 0.1
 */
AhoyNextHop *
ahoy_next_hop_new (AhoyTransportProtocol protocol, const char *address, guint16 port)
{
  AhoyNextHop *self;

  g_return_val_if_fail (address != NULL, NULL);

  self = g_new0 (AhoyNextHop, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->protocol = protocol;
  self->address = g_strdup (address);
  self->port = port;
  return self;
}

/**
 * ahoy_next_hop_ref:
 * @self: a next hop
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyNextHop *
ahoy_next_hop_ref (AhoyNextHop *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * ahoy_next_hop_unref:
 * @self: (transfer full): a next hop
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
ahoy_next_hop_unref (AhoyNextHop *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count)) {
    return;
  }
  g_free (self->address);
  g_free (self);
}

/**
 * ahoy_next_hop_get_protocol:
 * @self: a next hop
 *
 * Returns: the transport
 *
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_next_hop_get_protocol (AhoyNextHop *self)
{
  return self->protocol;
}

/**
 * ahoy_next_hop_get_address:
 * @self: a next hop
 *
 * Returns: (transfer none): the numeric address, without brackets
 *
 * Since: 0.1
 */
const char *
ahoy_next_hop_get_address (AhoyNextHop *self)
{
  return self->address;
}

/**
 * ahoy_next_hop_get_port:
 * @self: a next hop
 *
 * Returns: the port
 *
 * Since: 0.1
 */
guint16
ahoy_next_hop_get_port (AhoyNextHop *self)
{
  return self->port;
}
