/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-transport.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyTransport:
 *
 * An address and port where SIP is spoken, with a name.
 *
 * Since: 0.1
 */
struct _AhoyTransport {
  GObject parent_instance;

  AhoyStack *stack;
  char *name;
  AhoyTransportProtocol protocol;
  char *address;
  guint16 port;
  char *external_address;
  guint keep_alive;
  gboolean started;
  guint n_connections;   /* when they were last counted */
  gint64 count_again_at; /* monotonic time in µs */
};

/* For so many times as long as counting took, its result holds. */
#define COUNT_REST 20

G_DEFINE_FINAL_TYPE (AhoyTransport, ahoy_transport, G_TYPE_OBJECT)

static void
ahoy_transport_finalize (GObject *object)
{
  AhoyTransport *self = AHOY_TRANSPORT (object);

  g_clear_object (&self->stack);
  g_free (self->name);
  g_free (self->address);
  g_free (self->external_address);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_transport_parent_class)->finalize (object);
}

static void
ahoy_transport_class_init (AhoyTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_transport_finalize;
}

static void
ahoy_transport_init (AhoyTransport *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_transport_new:
 * @stack: the stack that speaks
 * @name: a name that no other transport of @stack has
 * @protocol: the transport protocol
 * @address: a numeric address of this machine, IPv6 without brackets
 * @port: the port; 0 lets the kernel choose one
 * @external_address: (nullable): the host that peers shall see in Via and Contact
 *
 * Returns: (transfer full): a transport that is not bound yet
 *
 * Since: 0.1
 */
AhoyTransport *
ahoy_transport_new (AhoyStack *stack, const char *name, AhoyTransportProtocol protocol,
                    const char *address, guint16 port, const char *external_address)
{
  AhoyTransport *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);
  g_return_val_if_fail (name != NULL && address != NULL, NULL);

  self = g_object_new (AHOY_TYPE_TRANSPORT, NULL);
  self->stack = g_object_ref (stack);
  self->name = g_strdup (name);
  self->protocol = protocol;
  self->address = g_strdup (address);
  self->port = port;
  self->external_address = g_strdup (external_address);
  return self;
}

/**
 * ahoy_transport_set_keep_alive:
 * @self: a transport that is not started
 * @seconds: how long a connection is silent until the peer is asked whether it is still there; 0
 *   for never, which is the default
 *
 * Keeps connections open, and finds those that are dead, as ahoy_stack_set_keep_alive() says.
 *
 * Since: 0.1
 */
void
ahoy_transport_set_keep_alive (AhoyTransport *self, guint seconds)
{
  g_return_if_fail (AHOY_IS_TRANSPORT (self));
  g_return_if_fail (!self->started);

  self->keep_alive = seconds;
}

/**
 * ahoy_transport_start:
 * @self: a transport
 * @error: return location for an error
 *
 * Binds the address. It stays bound until ahoy_transport_stop(), or until the stack stops.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_stack_listen() or of
 *   ahoy_stack_set_keep_alive()
 *
 * Since: 0.1
 */
gboolean
ahoy_transport_start (AhoyTransport *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_TRANSPORT (self), FALSE);

  if (self->started) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The transport “%s” is started already", self->name);
    return FALSE;
  }
  self->started = ahoy_stack_listen (self->stack, self->name, self->protocol, self->address,
                                     self->port, self->external_address, error);
  if (self->started) {
    self->port = ahoy_stack_get_listener_port (self->stack, self->name);
  }
  if (self->started && self->keep_alive > 0) {
    return ahoy_stack_set_keep_alive (self->stack, self->name, self->keep_alive, error);
  }
  return self->started;
}

/**
 * ahoy_transport_stop:
 * @self: a transport
 *
 * Closes the socket and the connections of a transport that was started, as ahoy_stack_unlisten()
 * does; it can be started again. Nothing happens when it was not.
 *
 * Since: 0.1
 */
void
ahoy_transport_stop (AhoyTransport *self)
{
  g_return_if_fail (AHOY_IS_TRANSPORT (self));

  if (self->started) {
    ahoy_stack_unlisten (self->stack, self->name);
    self->started = FALSE;
  }
}

/**
 * ahoy_transport_get_name:
 * @self: a transport
 *
 * Returns: (transfer none): its name
 *
 * Since: 0.1
 */
const char *
ahoy_transport_get_name (AhoyTransport *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSPORT (self), NULL);

  return self->name;
}

/**
 * ahoy_transport_get_protocol:
 * @self: a transport
 *
 * Returns: the transport protocol
 *
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_transport_get_protocol (AhoyTransport *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSPORT (self), AHOY_TRANSPORT_PROTOCOL_UDP);

  return self->protocol;
}

/**
 * ahoy_transport_get_address:
 * @self: a transport
 *
 * Returns: (transfer none): the numeric address, IPv6 without brackets
 *
 * Since: 0.1
 */
const char *
ahoy_transport_get_address (AhoyTransport *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSPORT (self), NULL);

  return self->address;
}

/**
 * ahoy_transport_get_port:
 * @self: a transport
 *
 * Returns: the port, as it is bound
 *
 * Since: 0.1
 */
guint16
ahoy_transport_get_port (AhoyTransport *self)
{
  g_return_val_if_fail (AHOY_IS_TRANSPORT (self), 0);

  return self->port;
}

/* How many lines of /proc/net/tcp or tcp6 are established connections to a local port. */
static guint
count_established (const char *path, guint16 port)
{
  g_autofree char *text = NULL;
  guint count = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL)) {
    return 0;
  }
  for (const char *line = strchr (text, '\n'); line != NULL && line[1] != '\0';
       line = strchr (line + 1, '\n')) {
    unsigned int local = 0;
    unsigned int state = 0;

    if (sscanf (line + 1, " %*u: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &local, &state) == 2 &&
        local == port && state == 1) {
      count++;
    }
  }
  return count;
}

/**
 * ahoy_transport_count_connections:
 * @self: a transport
 *
 * Counts the connections that peers have made to the port, as the kernel knows them. Asking it
 * takes long where it has many sockets, so an answer holds for twenty times as long as it took.
 *
 * Returns: how many there are; 0 for UDP
 *
 * Since: 0.1
 */
guint
ahoy_transport_count_connections (AhoyTransport *self)
{
  gint64 begun;
  gint64 took;

  g_return_val_if_fail (AHOY_IS_TRANSPORT (self), 0);

  if (!self->started || self->protocol == AHOY_TRANSPORT_PROTOCOL_UDP) {
    return 0;
  }
  begun = g_get_monotonic_time ();
  if (begun >= self->count_again_at) {
    self->n_connections = count_established (
        strchr (self->address, ':') != NULL ? "/proc/net/tcp6" : "/proc/net/tcp", self->port);
    took = g_get_monotonic_time () - begun;
    self->count_again_at = begun + took + took * COUNT_REST;
  }
  return self->n_connections;
}
