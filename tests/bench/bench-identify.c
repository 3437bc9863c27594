/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <stdio.h>

#include "ahoy.h"

/*
 * What it costs to find out who a request comes from, with 10 endpoints and with 100 000: each
 * identifier is asked about the same request, which came in over UDP, by turns in both. Each
 * endpoint has a user name, a network, a line, and an [identify] with a header, a Request-URI and a
 * transport.
 */

#define SMALL 10
#define LARGE 100000
#define N_ROUNDS 150
#define N_QUESTIONS 1000
#define LIMIT 1.2
#define TOKEN "00112233445566778899aabbccddeeff"

typedef enum { USERNAME, IP, HEADER, REQUEST_URI, LINE, AUTH, TRANSPORT, N_KINDS } Kind;

static const char *const kinds[N_KINDS] = { "username", "ip",   "header",   "request-uri",
                                            "line",     "auth", "transport" };

typedef struct {
  AhoyEndpointRegistry *endpoints;
  AhoyIdentifyRules *rules;
  AhoyEndpointIdentifier *identifiers[N_KINDS];
} Party;

/* -- a request ------------------------------------------------------------------------------ */

#define CATCHER_TYPE (catcher_get_type ())
G_DECLARE_FINAL_TYPE (Catcher, catcher, BENCH, CATCHER, GObject)

struct _Catcher {
  GObject parent_instance;

  AhoyMessage *request;
};

static AhoyInterceptorVerdict
catch_request (AhoyInterceptor *interceptor, AhoyMessage *request,
               AhoyServerTransaction *transaction)
{
  g_set_object (&BENCH_CATCHER (interceptor)->request, request);
  return AHOY_INTERCEPTOR_DROP;
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = catch_request;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (Catcher, catcher, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR,
                                                      interceptor_iface_init))

static void
catcher_class_init (CatcherClass *klass)
{
}

static void
catcher_init (Catcher *self)
{
}

static const char text[] =
    "OPTIONS sip:u-target@example.org;line=" TOKEN " SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKbench;rport\r\n"
    "From: <sip:u-target@example.org>;tag=1\r\n"
    "To: <sip:u-target@example.org>\r\n"
    "Call-ID: bench\r\n"
    "CSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\n"
    "X-Trunk: target\r\n"
    "Authorization: Digest username=\"u-target\", realm=\"ahoy\", nonce=\"n\", uri=\"sip:x\", "
    "response=\"00112233445566778899aabbccddeeff\"\r\n"
    "Content-Length: 0\r\n\r\n";

/* The request as the stack receives it. */
static AhoyMessage *
receive (AhoyStack *stack, GError **error)
{
  g_autoptr (AhoyInterception) chain = ahoy_interception_new (stack);
  g_autoptr (Catcher) catcher = g_object_new (CATCHER_TYPE, NULL);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  g_autoptr (GSocketAddress) target = NULL;

  if (socket == NULL ||
      !ahoy_interception_add (chain, AHOY_INTERCEPTOR (catcher), "catcher", NULL, NULL, NULL,
                              error)) {
    return NULL;
  }
  target = g_inet_socket_address_new_from_string ("127.0.0.1",
                                                  ahoy_stack_get_listener_port (stack, "udp"));
  if (g_socket_send_to (socket, target, text, sizeof text - 1, NULL, error) < 0) {
    return NULL;
  }
  while (catcher->request == NULL) {
    g_main_context_iteration (NULL, TRUE);
  }
  ahoy_interception_remove (chain, AHOY_INTERCEPTOR (catcher));
  return g_steal_pointer (&catcher->request);
}

/* -- endpoints ------------------------------------------------------------------------------ */

static void
set (gpointer object, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (object), key, value, &error);
  g_assert_no_error (error);
}

static void
add_endpoint (Party *party, const char *name, const char *network, const char *transport,
              const char *token)
{
  g_autoptr (AhoyEndpointConfig) config = ahoy_endpoint_config_new (name);
  g_autoptr (AhoyIdentifyConfig) rule = ahoy_identify_config_new (name);
  g_autofree char *username = g_strconcat ("u-", name, NULL);
  g_autofree char *header = g_strconcat ("X-Trunk: ", name, NULL);
  g_autofree char *uri = g_strconcat ("sip:", username, "@example.org", NULL);
  g_autoptr (AhoyEndpoint) endpoint = NULL;

  set (config, "username", username);
  set (config, "match", network);
  set (rule, "endpoint", name);
  set (rule, "header", header);
  set (rule, "request-uri", uri);
  set (rule, "transport", transport);
  endpoint = ahoy_endpoint_new (config);
  ahoy_endpoint_registry_add (party->endpoints, endpoint, NULL);
  ahoy_identify_rules_set (party->rules, rule);
  ahoy_line_identifier_restore_line (AHOY_LINE_IDENTIFIER (party->identifiers[LINE]), token, name,
                                     NULL);
}

static void
party_init (Party *party, guint n)
{
  gint64 begin = g_get_monotonic_time ();

  party->endpoints = ahoy_endpoint_registry_new ();
  party->rules = ahoy_identify_rules_new (party->endpoints);
  party->identifiers[USERNAME] = ahoy_username_identifier_new (party->endpoints);
  party->identifiers[IP] = ahoy_address_identifier_new (party->endpoints);
  ahoy_address_identifier_set_rules (AHOY_ADDRESS_IDENTIFIER (party->identifiers[IP]),
                                     party->rules);
  party->identifiers[HEADER] = ahoy_rule_identifier_new (party->rules, AHOY_IDENTIFY_MEANS_HEADER);
  party->identifiers[REQUEST_URI] =
      ahoy_rule_identifier_new (party->rules, AHOY_IDENTIFY_MEANS_REQUEST_URI);
  party->identifiers[LINE] = ahoy_line_identifier_new (party->endpoints);
  party->identifiers[AUTH] = ahoy_auth_identifier_new (party->endpoints);
  party->identifiers[TRANSPORT] =
      ahoy_rule_identifier_new (party->rules, AHOY_IDENTIFY_MEANS_TRANSPORT);
  for (guint i = 1; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("e%06u", i);
    g_autofree char *token = g_strdup_printf ("%032x", i);
    /* Networks of as many lengths with few endpoints as with many. */
    g_autofree char *network = g_strdup_printf ("10.%u.%u.%u/%u", i >> 13, i >> 5 & 255,
                                                (i & 31) << 3, i % 3 + 29);

    add_endpoint (party, name, network, name, token);
  }
  add_endpoint (party, "target", "127.0.0.1", "udp", TOKEN);
  printf ("%6u endpoints were added at %.1f µs each\n", n,
          (double) (g_get_monotonic_time () - begin) / n);
}

static void
party_clear (Party *party)
{
  for (guint i = 0; i < N_KINDS; i++) {
    g_object_unref (party->identifiers[i]);
  }
  g_object_unref (party->rules);
  g_object_unref (party->endpoints);
}

/* -- questions ------------------------------------------------------------------------------ */

/* Nanoseconds for a question. */
static double
ask (Party *party, Kind kind, AhoyMessage *request)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < N_QUESTIONS; i++) {
    g_autoptr (AhoyEndpoint) endpoint =
        ahoy_endpoint_identifier_identify (party->identifiers[kind], request);

    g_assert_nonnull (endpoint);
    g_assert_cmpstr (ahoy_endpoint_get_name (endpoint), ==, "target");
  }
  return (double) (g_get_monotonic_time () - begin) * 1000 / N_QUESTIONS;
}

/* The fastest of many rounds, by turns: what else the machine does slows down both. */
static gboolean
compare (Party *small, Party *large, Kind kind, AhoyMessage *request)
{
  double few = G_MAXDOUBLE;
  double many = G_MAXDOUBLE;

  for (guint i = 0; i < N_ROUNDS; i++) {
    double took = ask (small, kind, request);

    few = MIN (few, took);
    took = ask (large, kind, request);
    many = MIN (many, took);
  }
  printf ("%-12s %8.0f ns with %d, %8.0f ns with %d: %.2f\n", kinds[kind], few, SMALL, many, LARGE,
          many / few);
  return many <= few * LIMIT;
}

int
main (int argc, char **argv)
{
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  gboolean good = TRUE;
  Party small;
  Party large;

  if (!ahoy_stack_start (stack, &error) ||
      !ahoy_stack_listen (stack, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, "127.0.0.1", 0, NULL,
                          &error) ||
      (request = receive (stack, &error)) == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  party_init (&small, SMALL);
  party_init (&large, LARGE);
  for (guint kind = 0; kind < N_KINDS; kind++) {
    good = compare (&small, &large, kind, request) && good;
  }
  party_clear (&small);
  party_clear (&large);
  g_clear_object (&request);
  ahoy_stack_stop (stack);
  if (!good) {
    fprintf (stderr, "with %d endpoints something takes more than %.1f times as long\n", LARGE,
             LIMIT);
  }
  return good ? 0 : 1;
}
