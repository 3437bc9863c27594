/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <unistd.h>

#include "ahoy.h"

#define WATCHDOG 30

/* What a reload touches, and what it leaves alone. */

static AhoyConfigSet *
read_text (const char *text)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  AhoyConfigSet *set;

  ahoy_config_reader_add_text (reader, "test", text, -1);
  set = ahoy_config_reader_read (reader);
  g_assert_cmpuint (ahoy_config_reader_get_n_errors (reader), ==, 0);
  return set;
}

static AhoyCore *
start (const char *text)
{
  g_autoptr (AhoyConfigSet) set = read_text (text);
  g_autoptr (GError) error = NULL;
  AhoyCore *core = ahoy_core_new (NULL);

  g_assert_true (ahoy_core_configure (core, set, NULL));
  g_assert_true (ahoy_core_start (core, &error));
  g_assert_no_error (error);
  return core;
}

/* What was done, a line each, and “! ” and what could not be done. */
static char *
reload (AhoyCore *core, const char *text)
{
  g_autoptr (AhoyConfigSet) set = read_text (text);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  g_auto (GStrv) changed = NULL;
  gboolean good = ahoy_core_reload (core, set, &changed, &problems);

  g_assert_cmpint (good, ==, problems->len == 0);
  for (gsize i = 0; changed[i] != NULL; i++) {
    g_string_append_printf (lines, "%s\n", changed[i]);
  }
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *problem = ahoy_config_problem_to_string (problems->pdata[i]);

    g_string_append_printf (lines, "! %s\n", problem);
  }
  return g_string_free (g_steal_pointer (&lines), FALSE);
}

static GSocket *
bind_port (guint16 *port, GError **error)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", *port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, error);

  if (!g_socket_bind (socket, address, FALSE, error)) {
    return NULL;
  }
  bound = g_socket_get_local_address (socket, error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_steal_pointer (&socket);
}

static guint16
free_port (void)
{
  guint16 port = 0;
  g_autoptr (GSocket) socket = bind_port (&port, NULL);

  g_assert_nonnull (socket);
  return port;
}

static void
assert_bound (guint16 port, gboolean wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = bind_port (&port, &error);

  if (wanted) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  } else {
    g_assert_no_error (error);
  }
}

/* Sends OPTIONS from a socket of its own; FALSE when the port is closed. */
static gboolean
is_served (guint16 port)
{
  g_autofree char *request = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, NULL);
  char answer[2000] = "";
  static guint number;

  g_assert_true (g_socket_connect (socket, address, NULL, NULL));
  g_socket_set_blocking (socket, FALSE);
  number++;
  request = g_strdup_printf ("OPTIONS sip:x@127.0.0.1 SIP/2.0\r\n"
                             "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-reload-%u;rport\r\n"
                             "From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\n"
                             "Call-ID: reload-%u\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 9\r\n"
                             "Content-Length: 0\r\n\r\n",
                             number, number);
  g_assert_cmpint (g_socket_send (socket, request, strlen (request), NULL, NULL), >, 0);
  for (;;) {
    g_autoptr (GError) error = NULL;
    gssize n = g_socket_receive (socket, answer, sizeof answer - 1, NULL, &error);

    if (n > 0) {
      return g_str_has_prefix (answer, "SIP/2.0 ");
    }
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      return FALSE;
    }
    while (g_main_context_iteration (NULL, FALSE)) {
    }
  }
}

static guint16
port_of (AhoyCore *core, const char *name)
{
  AhoyTransport *transport = ahoy_core_lookup_transport (core, name);

  return transport != NULL ? ahoy_transport_get_port (transport) : 0;
}

static void
on_transport (AhoyCore *core, AhoyTransport *transport, gpointer user_data)
{
  g_string_append (user_data, ahoy_transport_get_name (transport));
}

/* A double CRLF over a connection is answered by one (RFC 5626 §3.5.1). */
static void
assert_alive (GSocket *socket)
{
  char pong[8] = "";
  gssize n;

  g_assert_cmpint (g_socket_send (socket, "\r\n\r\n", 4, NULL, NULL), ==, 4);
  g_socket_set_blocking (socket, FALSE);
  while ((n = g_socket_receive (socket, pong, sizeof pong, NULL, NULL)) < 0) {
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpint (n, ==, 2);
}

static GSocket *
connect_to (guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_connect (socket, address, NULL, NULL));
  return socket;
}

static void
wait_for_end (GSocket *socket)
{
  char byte;

  g_socket_set_blocking (socket, FALSE);
  while (g_socket_receive (socket, &byte, 1, NULL, NULL) < 0) {
    g_main_context_iteration (NULL, FALSE);
    if (g_socket_condition_check (socket, G_IO_HUP) & G_IO_HUP) {
      return;
    }
  }
}

#define TWO "[transport a]\nbind=127.0.0.1:%u\n[transport b]\nprotocol=tcp\nbind=127.0.0.1:0\n"

static void
test_bind (void)
{
  guint16 first = free_port ();
  guint16 second;
  g_autofree char *text = g_strdup_printf (TWO, first);
  g_autoptr (AhoyCore) core = start (text);
  g_autoptr (GSocket) connection = connect_to (port_of (core, "b"));
  g_autoptr (GString) added = g_string_new (NULL);
  g_autoptr (GString) removed = g_string_new (NULL);
  g_autofree char *lines = NULL;
  guint16 tcp_port = port_of (core, "b");

  assert_alive (connection);
  g_assert_true (is_served (first));
  g_signal_connect (core, "transport-added", G_CALLBACK (on_transport), added);
  g_signal_connect (core, "transport-removed", G_CALLBACK (on_transport), removed);
  lines = reload (core, text);
  g_assert_cmpstr (lines, ==, "");

  /* Often, for what is left of the old ones must not get into the way. */
  for (guint i = 0; i < 20; i++) {
    second = free_port ();
    g_free (text);
    text = g_strdup_printf (TWO, second);
    g_free (lines);
    lines = reload (core, text);
    g_assert_cmpstr (lines, ==, "transport a: made anew (bind)\n");
    g_assert_cmpuint (port_of (core, "a"), ==, second);
    g_assert_true (is_served (second));
    g_assert_false (is_served (first));
    assert_bound (first, FALSE);
    assert_bound (second, TRUE);
    assert_alive (connection);
    first = second;
  }
  g_assert_cmpuint (port_of (core, "b"), ==, tcp_port);
  g_assert_cmpuint (added->len, ==, 20);
  g_assert_cmpstr (added->str, ==, removed->str);

  /* Without the one over TCP its connections end, and UDP goes on. */
  g_free (text);
  text = g_strdup_printf ("[transport a]\nbind=127.0.0.1:%u\n", first);
  g_free (lines);
  lines = reload (core, text);
  g_assert_cmpstr (lines, ==, "transport b: removed\n");
  wait_for_end (connection);
  g_assert_true (is_served (first));
}

static void
test_swap (void)
{
  guint16 one = free_port ();
  guint16 other = free_port ();
  const char *const format = "[transport a]\nbind=127.0.0.1:%u\n[transport b]\nbind=127.0.0.1:%u\n";
  g_autofree char *text = g_strdup_printf (format, one, other);
  g_autofree char *swapped = g_strdup_printf (format, other, one);
  g_autoptr (AhoyCore) core = start (text);
  g_autofree char *lines = reload (core, swapped);

  g_assert_cmpstr (lines, ==, "transport a: made anew (bind)\ntransport b: made anew (bind)\n");
  g_assert_cmpuint (port_of (core, "a"), ==, other);
  g_assert_cmpuint (port_of (core, "b"), ==, one);
  g_assert_true (is_served (one));
  g_assert_true (is_served (other));
}

/* A port that somebody else has: the transport stays where it was. */
static void
test_taken (void)
{
  guint16 port = free_port ();
  guint16 taken = 0;
  g_autoptr (GSocket) socket = bind_port (&taken, NULL);
  g_autofree char *text = g_strdup_printf ("[transport a]\nbind=127.0.0.1:%u\n", port);
  g_autofree char *bad = g_strdup_printf ("[transport a]\nbind=127.0.0.1:%u\n[endpoint bob]\n",
                                          taken);
  g_autoptr (AhoyCore) core = start (text);

  for (guint i = 0; i < 2; i++) {
    g_autofree char *lines = reload (core, bad);

    g_assert_nonnull (strstr (lines, "! test:2: transport a: bind: "));
    g_assert_nonnull (strstr (lines, "Address already in use"));
    g_assert_null (strstr (lines, "made anew"));
    g_assert_cmpint (strstr (lines, "endpoint bob: added\n") != NULL, ==, i == 0);
    g_assert_cmpuint (port_of (core, "a"), ==, port);
    g_assert_true (is_served (port));
  }
  g_assert_nonnull (ahoy_endpoint_registry_lookup (ahoy_core_get_endpoints (core), "bob"));
}

static void
test_endpoints (void)
{
  g_autoptr (AhoyCore) core = start ("[endpoint bob]\nauth=none\ncontext=a\n[endpoint carol]\n");
  AhoyEndpointRegistry *registry = ahoy_core_get_endpoints (core);
  AhoyEndpoint *bob = ahoy_endpoint_registry_lookup (registry, "bob");
  g_autofree char *lines = NULL;

  ahoy_endpoint_set_maintenance (bob, TRUE);
  lines = reload (core, "[endpoint dave]\n[endpoint bob]\nauth=none\ncontext=b\nptime=30\n");
  g_assert_cmpstr (lines, ==,
                   "endpoint dave: added\nendpoint bob: changed (ptime, context)\n"
                   "endpoint carol: removed\n");
  g_assert_true (ahoy_endpoint_registry_lookup (registry, "bob") == bob);
  g_assert_true (ahoy_endpoint_get_maintenance (bob));
  g_assert_cmpstr (ahoy_config_object_get_string (
                       AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (bob)), "context"),
                   ==, "b");
  g_assert_null (ahoy_endpoint_registry_lookup (registry, "carol"));
  g_assert_nonnull (ahoy_endpoint_registry_lookup (registry, "dave"));
}

/* One bad object keeps its previous form, or is not there; the others are not hurt. */
static void
test_bad (void)
{
  g_autoptr (AhoyCore) core = start ("[endpoint bob]\nheaders=X-A: 1\n"
                                     "[route r]\nmatch=1\ndo=answer\n");
  g_autofree char *lines = NULL;
  AhoyConfigObject *bob;
  AhoyConfigSet *set;

  lines = reload (core, "[endpoint bob]\nheaders=Date: never\n"
                        "[endpoint carol]\nheaders=Date: never\n[endpoint dave]\n"
                        "[route r]\nmatch=1\ndo=voicemail(x)\n"
                        "[route s]\nmatch=1\ndo=hangup\n");
  g_assert_nonnull (strstr (lines, "endpoint dave: added\nroute s: added\n! test:2: endpoint bob"));
  g_assert_nonnull (strstr (lines, "! test:4: endpoint carol: headers: "));
  g_assert_nonnull (strstr (lines, "! test:8: route r: do: "));
  set = ahoy_core_get_configuration (core);
  bob = ahoy_config_set_lookup (set, "endpoint", "bob");
  g_assert_true (ahoy_config_object_list_contains (bob, "headers", "X-A: 1"));
  g_assert_cmpstr (ahoy_config_object_get_string (ahoy_config_set_lookup (set, "route", "r"),
                                                  "do"),
                   ==, "answer");
  g_assert_null (ahoy_config_set_lookup (set, "endpoint", "carol"));
  g_assert_null (
      ahoy_endpoint_registry_lookup (ahoy_core_get_endpoints (core), "carol"));
  g_assert_true (ahoy_config_object_list_contains (
      AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (
          ahoy_endpoint_registry_lookup (ahoy_core_get_endpoints (core), "bob"))),
      "headers", "X-A: 1"));
}

static void
on_reconfigured (AhoyCore *core, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_core (void)
{
  g_autoptr (AhoyCore) core = start ("[core]\nt1=200ms\nmax-sessions=7\nuser-agent=Boat\n");
  AhoyStack *stack = ahoy_core_get_stack (core);
  g_autofree char *lines = NULL;
  g_autofree char *user_agent = NULL;
  guint limit = 0;
  guint count = 0;

  g_signal_connect (core, "reconfigured", G_CALLBACK (on_reconfigured), &count);
  lines = reload (core, "[core]\nt1=300ms\nmax-sessions=8\nidentify-order=ip;username\n");
  g_assert_cmpstr (lines, ==,
                   "core: changed (user-agent, identify-order, t1, max-sessions)\n"
                   "! test:2: warning: core: t1: takes effect after a restart of the daemon\n");
  g_object_get (stack, "user-agent", &user_agent, NULL);
  g_assert_cmpstr (user_agent, ==, "Ahoy/" AHOY_VERSION_STRING);
  g_object_get (ahoy_core_get_overload_guard (core), "max-sessions", &limit, NULL);
  g_assert_cmpuint (limit, ==, 8);
  g_free (lines);
  lines = reload (core, "[route x]\nmatch=1\ndo=dial(nobody)\n");
  g_assert_nonnull (strstr (lines, "core: removed\nroute x: added\n"));
  g_assert_nonnull (strstr (lines, "There is no endpoint “nobody” to dial"));
  g_object_get (ahoy_core_get_overload_guard (core), "max-sessions", &limit, NULL);
  g_assert_cmpuint (limit, ==, 1000);
  g_assert_cmpuint (count, ==, 2);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* nobody proves anything */
  alarm (WATCHDOG);
  g_test_add_func ("/core/reload/bind", test_bind);
  g_test_add_func ("/core/reload/swap", test_swap);
  g_test_add_func ("/core/reload/taken", test_taken);
  g_test_add_func ("/core/reload/endpoints", test_endpoints);
  g_test_add_func ("/core/reload/bad-objects", test_bad);
  g_test_add_func ("/core/reload/core", test_core);
  status = g_test_run ();
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpuint (ahoy_census_count ("AhoyCore"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyTransport"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyEndpoint"), ==, 0);
  return status;
}
