/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-decimal-private.h"
#include "ahoy-error.h"
#include "ahoy-listener-private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A burst of calls must not be lost while the main loop is busy elsewhere. */
#define UDP_RECEIVE_BUFFER (4 * 1024 * 1024)
#define TCP_BACKLOG 1024
#define CLOSED "closed" /* the name and protocol of what is left of a transport */

void
ahoy_listener_free (AhoyListener *self)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self->advertised);
  g_free (self);
}

static const char *
protocol_name (AhoyTransportProtocol protocol)
{
  return protocol == AHOY_TRANSPORT_PROTOCOL_TCP ? "tcp" : "udp";
}

static char *
bracketed (const char *host)
{
  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]", host) : g_strdup (host);
}

static tport_t *
find_tport (nta_agent_t *agent, const char *name)
{
  tport_t *tport = tport_primaries (nta_agent_tports (agent));

  while (tport != NULL && g_strcmp0 (tport_name (tport)->tpn_ident, name) != 0) {
    tport = tport_next (tport);
  }
  return tport;
}

/* The port that the kernel chose. */
static gboolean
find_port (nta_agent_t *agent, const char *name, guint16 *port)
{
  tport_t *tport = find_tport (agent, name);
  guint64 number;

  if (tport == NULL || !g_ascii_string_to_unsigned (tport_name (tport)->tpn_port, 10, 1,
                                                    G_MAXUINT16, &number, NULL)) {
    return FALSE;
  }
  *port = (guint16) number;
  return TRUE;
}

/* RFC 5626 §4.4.1: the pong has 10 s. Sofia copies this to each connection when it begins. */
void
ahoy_listener_keep_alive (AhoyListener *self, nta_agent_t *agent, guint seconds)
{
  tport_t *tport = find_tport (agent, self->name);

  if (tport != NULL) {
    tport_set_params (tport, TPTAG_KEEPALIVE (seconds > 0 ? seconds * 1000 : UINT_MAX),
                      TPTAG_PINGPONG (seconds > 0 ? AHOY_PONG_TIMEOUT : 0), TAG_END ());
  }
}

/*
 * Sofia makes the Via of every transport anew when one is added, and frees the old ones, to which
 * the connections that there are still point. So it gets copies to free, and afterwards each
 * transport has its own one again.
 */
static GPtrArray *
protect_vias (nta_agent_t *agent)
{
  GPtrArray *vias = g_ptr_array_new ();
  su_home_t *home = (su_home_t *) agent; /* which it begins with */

  for (tport_t *tport = tport_primaries (nta_agent_tports (agent)); tport != NULL;
       tport = tport_next (tport)) {
    sip_via_t *via = (sip_via_t *) tport_magic (tport);

    g_ptr_array_add (vias, via);
    tport_set_magic (tport, (tp_magic_t *) sip_via_dup (home, via));
  }
  return vias;
}

static void
restore_vias (nta_agent_t *agent, GPtrArray *vias)
{
  tport_t *tport = tport_primaries (nta_agent_tports (agent));

  for (guint i = 0; i < vias->len && tport != NULL; i++, tport = tport_next (tport)) {
    sip_via_t *copy = (sip_via_t *) tport_magic (tport);

    tport_set_magic (tport, vias->pdata[i]);
    msg_header_free ((su_home_t *) agent, (msg_header_t *) copy);
  }
}

static int
add_tport (nta_agent_t *agent, const char *name, const char *url)
{
  g_autoptr (GPtrArray) vias = protect_vias (agent);
  int result = nta_agent_add_tport (agent, URL_STRING_MAKE (url), TPTAG_IDENT (name),
                                    TPTAG_QUEUESIZE (TCP_BACKLOG), TPTAG_PONG2PING (1),
                                    TPTAG_UDP_RMEM (UDP_RECEIVE_BUFFER), TAG_END ());
  int saved_errno = errno;

  restore_vias (agent, vias);
  errno = saved_errno;
  return result;
}

/*
 * Binds @address, a numeric one, and @port (0: the kernel chooses). @external_address, when not
 * NULL, is what Via and Contact show instead of @address. One transport per call: a list in the URL
 * crashes Sofia.
 */
AhoyListener *
ahoy_listener_open (nta_agent_t *agent, const char *name, AhoyTransportProtocol protocol,
                    const char *address, guint16 port, const char *external_address, GError **error)
{
  g_autoptr (AhoyListener) self = NULL;
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  g_autofree char *bind_host = NULL;
  g_autofree char *shown_host = NULL;
  g_autofree char *port_text = NULL;
  g_autofree char *url = NULL;
  guint n_calls = ahoy_name_guard_get_n_calls ();

  if (inet == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "Transport “%s” cannot bind “%s”: give a numeric IPv4 or IPv6 address", name,
                 address);
    return NULL;
  }
  if (protocol != AHOY_TRANSPORT_PROTOCOL_UDP && protocol != AHOY_TRANSPORT_PROTOCOL_TCP) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "Transport “%s” cannot listen: only udp and tcp are served by the stack itself",
                 name);
    return NULL;
  }

  bind_host = bracketed (address);
  shown_host = bracketed (external_address != NULL ? external_address : address);
  port_text = port == 0 ? g_strdup ("*") : g_strdup_printf ("%u", port);
  url = g_strdup_printf ("sip:%s:%s;maddr=%s;transport=%s", shown_host, port_text, bind_host,
                         protocol_name (protocol));
  if (add_tport (agent, name, url) < 0) {
    int saved_errno = errno;

    g_set_error (error, AHOY_ERROR,
                 saved_errno == EADDRINUSE ? AHOY_ERROR_EXISTS : AHOY_ERROR_FAILED,
                 "Transport “%s” cannot bind %s port %u over %s: %s", name, address, port,
                 protocol_name (protocol), g_strerror (saved_errno));
    return NULL;
  }

  if (ahoy_name_guard_get_n_calls () == n_calls) {
    g_warning ("Sofia-SIP was loaded before libahoy and looks up host names by itself: a packet "
               "from anywhere can make the process wait. Load libahoy first");
  }

  self = g_new0 (AhoyListener, 1);
  self->name = g_strdup (name);
  self->protocol = protocol;
  self->family = g_inet_address_get_family (inet);
  self->address = g_strdup (address);
  self->advertised = g_strdup (external_address != NULL ? external_address : address);
  self->port = port;
  if (port == 0 && !find_port (agent, name, &self->port)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "The port that the kernel chose for transport “%s” is not known", name);
    return NULL;
  }
  return g_steal_pointer (&self);
}

static gboolean
is_ours (int fd, const struct sockaddr_storage *address, socklen_t length, gboolean stream)
{
  struct sockaddr_storage bound = { 0 };
  socklen_t size = sizeof bound;
  int number = 0;
  socklen_t number_size = sizeof number;

  if (getsockname (fd, (struct sockaddr *) &bound, &size) != 0 || size != length ||
      memcmp (&bound, address, length) != 0) {
    return FALSE;
  }
  /* Connections have the address of the socket that listens. */
  if (getsockopt (fd, SOL_SOCKET, stream ? SO_ACCEPTCONN : SO_TYPE, &number, &number_size) != 0) {
    return FALSE;
  }
  return stream ? number != 0 : number == SOCK_DGRAM;
}

/* Sofia does not tell the descriptor of a transport; the kernel knows which one has the address. */
static int
find_socket (AhoyListener *self)
{
  g_autoptr (GSocketAddress) inet =
      g_inet_socket_address_new_from_string (self->address, self->port);
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  struct sockaddr_storage address = { 0 };
  socklen_t length = (socklen_t) g_socket_address_get_native_size (inet);
  const char *name;

  if (dir == NULL || !g_socket_address_to_native (inet, &address, sizeof address, NULL)) {
    return -1;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    int fd = atoi (name);

    if (is_ours (fd, &address, length, self->protocol != AHOY_TRANSPORT_PROTOCOL_UDP)) {
      return fd;
    }
  }
  return -1;
}

/*
 * Closes the socket and the connections. Sofia has no way to take a transport from an agent that
 * runs: what is left of it gets a name that nothing asks for, and in the place of its socket one
 * that is bound nowhere. Answers to requests that are still open leave by that one.
 */
void
ahoy_listener_close (AhoyListener *self, nta_agent_t *agent)
{
  tport_t *tport = find_tport (agent, self->name);
  tport_t *last = NULL;
  tport_t *connection;
  tp_name_t *name;
  int fd = find_socket (self);
  int instead;

  if (tport == NULL) {
    return;
  }
  name = (tp_name_t *) tport_name (tport);
  name->tpn_ident = CLOSED;
  name->tpn_proto = CLOSED;
  instead = socket (self->family == G_SOCKET_FAMILY_IPV6 ? AF_INET6 : AF_INET,
                    SOCK_CLOEXEC | SOCK_NONBLOCK |
                        (self->protocol == AHOY_TRANSPORT_PROTOCOL_UDP ? SOCK_DGRAM : SOCK_STREAM),
                    0);
  if (fd < 0 || instead < 0 || dup3 (instead, fd, O_CLOEXEC) < 0) {
    g_warning ("The socket of transport “%s” (%s port %u) stays open until the daemon ends: %s",
               self->name, self->address, self->port, g_strerror (errno));
  }
  if (instead >= 0) {
    close (instead);
  }
  while ((connection = tport_secondary (tport)) != NULL && connection != last) {
    last = connection;
    tport_shutdown (connection, 2);
  }
}

/* The value of a Contact that leads back to this listener (RFC 3261 §8.1.1.8). Who is asked for by
 * a SIPS URI answers with one, whatever lies in between: @secure. */
char *
ahoy_listener_make_contact (AhoyListener *self, const char *user, gboolean secure)
{
  char digits[AHOY_DECIMAL_SIZE];
  g_autofree char *host = bracketed (self->advertised);
  g_autofree char *escaped = NULL;

  if (user != NULL && *user != '\0') {
    escaped = g_uri_escape_string (user, "!$&'()*+,;=-_.~?/:", TRUE);
  }
  return g_strconcat (secure ? "<sips:" : "<sip:", escaped != NULL ? escaped : "",
                      escaped != NULL ? "@" : "", host, ":", ahoy_decimal (self->port, digits),
                      self->protocol == AHOY_TRANSPORT_PROTOCOL_TCP ? ";transport=tcp>" : ">",
                      NULL);
}

/* The address that the kernel would send from; NULL when there is no route. No packet is sent. */
static char *
route_source (GSocketFamily family, const char *destination, guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (destination, port);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) local = NULL;

  socket = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  if (address == NULL || socket == NULL || !g_socket_connect (socket, address, NULL, NULL)) {
    return NULL;
  }
  local = g_socket_get_local_address (socket, NULL);
  if (local == NULL) {
    return NULL;
  }
  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
}

/*
 * The listener that a request to @destination leaves by. Sofia ignores the kernel's routes, so
 * where several fit, the one whose address the kernel would choose is taken; without one, the
 * first.
 */
AhoyListener *
ahoy_listener_pick (GPtrArray *listeners, AhoyTransportProtocol protocol, const char *destination,
                    guint16 port, const char *preferred)
{
  GSocketFamily family =
      strchr (destination, ':') != NULL ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4;
  g_autofree char *source = NULL;
  AhoyListener *first = NULL;
  guint fitting = 0;

  for (guint i = 0; i < listeners->len; i++) {
    AhoyListener *listener = listeners->pdata[i];

    if (listener->protocol != protocol || listener->family != family) {
      continue;
    }
    if (preferred != NULL && g_str_equal (listener->name, preferred)) {
      return listener;
    }
    first = first != NULL ? first : listener;
    fitting++;
  }
  if (fitting < 2) {
    return first;
  }
  source = route_source (family, destination, port);
  for (guint i = 0; source != NULL && i < listeners->len; i++) {
    AhoyListener *listener = listeners->pdata[i];

    if (listener->protocol == protocol && g_str_equal (listener->address, source)) {
      return listener;
    }
  }
  return first;
}
