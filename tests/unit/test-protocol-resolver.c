/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib/gstdio.h>
#include <unistd.h>

#include "ahoy-error.h"
#include "ahoy-resolver-private.h"
#include "ahoy-resolver.h"
#include "ahoy-test-dns.h"

#define UNKNOWN AHOY_TRANSPORT_PROTOCOL_UNKNOWN
#define UDP AHOY_TRANSPORT_PROTOCOL_UDP
#define TCP AHOY_TRANSPORT_PROTOCOL_TCP
#define TLS AHOY_TRANSPORT_PROTOCOL_TLS

#define WATCHDOG_SECONDS 60

typedef struct {
  AhoyTestDns *dns;
  AhoyResolver *resolver;
  gint64 now;
} Fixture;

static const AhoyTestDnsRecord zone[] = {
  /* The example of RFC 3263, section 4.1, with all three transports. */
  { "example.com", "NAPTR", 60, "50 50 s SIPS+D2T _sips._tcp.example.com" },
  { "example.com", "NAPTR", 60, "90 50 s SIP+D2T _sip._tcp.example.com" },
  { "example.com", "NAPTR", 60, "100 50 S sip+d2u _sip._udp.example.com" },
  { "example.com", "NAPTR", 60, "10 50 s SIPS+D2W _sips._ws.example.com" },
  { "example.com", "NAPTR", 60, "10 50 s SMTP+D2T _smtp._tcp.example.com" },
  { "example.com", "NAPTR", 60, "10 50 u E2U+sip wrong.example.com" },
  { "_sips._tcp.example.com", "SRV", 60, "10 0 5071 one.example.com" },
  { "_sip._tcp.example.com", "SRV", 60, "20 0 5062 two.example.com" },
  { "_sip._tcp.example.com", "SRV", 60, "10 0 5060 one.example.com" },
  { "_sip._udp.example.com", "SRV", 60, "10 0 5060 one.example.com" },
  { "_sips._ws.example.com", "SRV", 60, "10 0 443 web.example.com" },
  { "one.example.com", "A", 60, "192.0.2.1" },
  { "one.example.com", "AAAA", 60, "2001:db8::1" },
  { "two.example.com", "A", 60, "192.0.2.2" },
  { "web.example.com", "A", 60, "192.0.2.9" },
  { "example.com", "A", 60, "192.0.2.77" },

  /* SRV only. */
  { "_sip._udp.srv.test", "SRV", 60, "10 0 5064 a.srv.test" },
  { "_sip._tcp.srv.test", "SRV", 60, "10 0 5065 a.srv.test" },
  { "_sips._tcp.srv.test", "SRV", 60, "10 0 5066 a.srv.test" },
  { "a.srv.test", "A", 60, "192.0.2.10" },
  { "srv.test", "A", 60, "192.0.2.78" },

  /* Addresses only. */
  { "plain.test", "A", 60, "192.0.2.20" },
  { "plain.test", "A", 60, "192.0.2.21" },
  { "plain.test", "AAAA", 60, "2001:db8::20" },
  { "plain.test", "AAAA", 60, "2001:db8::21" },

  /* NAPTR for UDP and TCP, nothing for TLS. */
  { "insecure.test", "NAPTR", 60, "10 10 s SIP+D2U _sip._udp.insecure.test" },
  { "insecure.test", "NAPTR", 60, "10 20 s SIP+D2T _sip._tcp.insecure.test" },
  { "_sip._udp.insecure.test", "SRV", 60, "10 0 5060 plain.test" },
  { "_sip._tcp.insecure.test", "SRV", 60, "10 0 5060 plain.test" },

  /* "No such service" (RFC 2782). */
  { "_sip._udp.none.test", "SRV", 60, "0 0 0 ." },
  { "_sip._tcp.none.test", "SRV", 60, "0 0 0 ." },
  { "_sips._tcp.none.test", "SRV", 60, "0 0 0 ." },
  { "none.test", "A", 60, "192.0.2.30" },
  { "_sip._udp.notudp.test", "SRV", 60, "0 0 0 ." },
  { "_sip._tcp.notudp.test", "SRV", 60, "0 0 5060 plain.test" },

  /* Weights. */
  { "_sip._udp.heavy.test", "SRV", 3600, "10 60 5060 h1.heavy.test" },
  { "_sip._udp.heavy.test", "SRV", 3600, "10 30 5060 h2.heavy.test" },
  { "_sip._udp.heavy.test", "SRV", 3600, "10 10 5060 h3.heavy.test" },
  { "_sip._udp.heavy.test", "SRV", 3600, "10 0 5060 h4.heavy.test" },
  { "_sip._udp.heavy.test", "SRV", 3600, "20 100 5060 h5.heavy.test" },
  { "_sip._udp.even.test", "SRV", 3600, "10 0 5060 h1.heavy.test" },
  { "_sip._udp.even.test", "SRV", 3600, "10 0 5060 h2.heavy.test" },
  { "h1.heavy.test", "A", 3600, "192.0.2.101" },
  { "h2.heavy.test", "A", 3600, "192.0.2.102" },
  { "h3.heavy.test", "A", 3600, "192.0.2.103" },
  { "h4.heavy.test", "A", 3600, "192.0.2.104" },
  { "h5.heavy.test", "A", 3600, "192.0.2.105" },

  /* Aliases. */
  { "alias.test", "CNAME", 60, "alias2.test" },
  { "alias2.test", "CNAME", 60, "plain.test" },
  { "loop.test", "CNAME", 60, "loop2.test" },
  { "loop2.test", "CNAME", 60, "loop.test" },
  { "self.test", "CNAME", 60, "self.test" },

  /* Life times. */
  { "short.test", "A", 10, "192.0.2.40" },
  { "zero.test", "A", 0, "192.0.2.41" },
  { "test", "SOA", 3600, "20" },
  { NULL },
};

/* Any test may be stuck only for so long, whatever happens to the main loop. */
static void
start_watchdog (void)
{
  alarm (WATCHDOG_SECONDS);
}

static gint64
fixture_clock (gpointer data)
{
  return ((Fixture *) data)->now;
}

static void
fixture_use (Fixture *f, const char *first, const char *second)
{
  const char *servers[] = { first, second, NULL };
  g_autoptr (GError) error = NULL;

  ahoy_resolver_set_nameservers (f->resolver, servers, &error);
  g_assert_no_error (error);
}

static void
fixture_set_up (Fixture *f, gconstpointer data)
{
  start_watchdog ();
  f->now = G_USEC_PER_SEC;
  f->dns = ahoy_test_dns_new (zone);
  f->resolver = ahoy_resolver_new (NULL);
  g_object_set (f->resolver, "hosts-file", NULL, NULL);
  ahoy_resolver_set_clock (f->resolver, fixture_clock, f);
  ahoy_resolver_set_seed (f->resolver, 42);
  fixture_use (f, ahoy_test_dns_get_address (f->dns), NULL);
}

static void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (ahoy_resolver_get_n_lookups (f->resolver), ==, 0);
  g_assert_finalize_object (f->resolver);
  ahoy_test_dns_free (f->dns);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

static char *
hops_to_string (GPtrArray *hops)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < hops->len; i++) {
    g_autofree char *hop = ahoy_next_hop_to_string (g_ptr_array_index (hops, i));

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", hop);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GPtrArray *
wait_for (Fixture *f, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) taken = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  taken = g_steal_pointer (result);

  return ahoy_resolver_resolve_finish (f->resolver, taken, error);
}

static GPtrArray *
resolve (Fixture *f,
         const char *host,
         guint16 port,
         AhoyTransportProtocol transport,
         gboolean secure,
         GError **error)
{
  GAsyncResult *result = NULL;

  ahoy_resolver_resolve_async (f->resolver, host, port, transport, secure, NULL, on_result,
                               &result);

  return wait_for (f, &result, error);
}

static void
assert_hops (Fixture *f,
             const char *host,
             guint16 port,
             AhoyTransportProtocol transport,
             gboolean secure,
             const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hops = resolve (f, host, port, transport, secure, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = hops_to_string (hops);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_unreachable (Fixture *f,
                    const char *host,
                    AhoyTransportProtocol transport,
                    gboolean secure,
                    const char *explanation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hops = resolve (f, host, 0, transport, secure, &error);

  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_UNREACHABLE);
  g_assert_null (hops);
  g_assert_nonnull (strstr (error->message, host));
  g_test_message ("“%s” is to say “%s”", error->message, explanation);
  g_assert_nonnull (strstr (error->message, explanation));
}

static void
test_numeric (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *host;
    guint16 port;
    AhoyTransportProtocol transport;
    gboolean secure;
    const char *hop;
  } cases[] = {
    { "192.0.2.7", 0, UNKNOWN, FALSE, "udp:192.0.2.7:5060" },
    { "192.0.2.7", 5080, UNKNOWN, FALSE, "udp:192.0.2.7:5080" },
    { "192.0.2.7", 0, TCP, FALSE, "tcp:192.0.2.7:5060" },
    { "192.0.2.7", 0, TLS, FALSE, "tls:192.0.2.7:5061" },
    { "192.0.2.7", 0, UNKNOWN, TRUE, "tls:192.0.2.7:5061" },
    { "192.0.2.7", 0, TCP, TRUE, "tls:192.0.2.7:5061" },
    { "192.0.2.7", 0, AHOY_TRANSPORT_PROTOCOL_WS, FALSE, "ws:192.0.2.7:80" },
    { "192.0.2.7", 0, AHOY_TRANSPORT_PROTOCOL_WS, TRUE, "wss:192.0.2.7:443" },
    { "2001:db8::7", 0, UNKNOWN, FALSE, "udp:[2001:db8::7]:5060" },
    { "[2001:DB8:0::7]", 5070, TCP, FALSE, "tcp:[2001:db8::7]:5070" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) hops = ahoy_resolver_try_numeric (
      f->resolver, cases[i].host, cases[i].port, cases[i].transport, cases[i].secure);
    g_autofree char *text = NULL;

    g_assert_nonnull (hops);
    text = hops_to_string (hops);
    g_assert_cmpstr (text, ==, cases[i].hop);
    g_assert_cmpint (ahoy_next_hop_get_expires (g_ptr_array_index (hops, 0)), ==, G_MAXINT64);
    assert_hops (f, cases[i].host, cases[i].port, cases[i].transport, cases[i].secure,
                 cases[i].hop);
  }

  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, NULL), ==, 0);
}

static void
test_bad_hosts (Fixture *f, gconstpointer data)
{
  static const char *const hosts[] = {
    "", ".", "..", "a..b", "-.", "a b", "a\r\nb", "[::1", "::1]", "[192.0.2.1]", "[name.test]",
    "192.0.2", "192.0.2.256", "1.2.3.4.5", "fe80::1%eth0", "sip:x", "\xff\xfe", "a/b", "a\\b",
    "x123456789012345678901234567890123456789012345678901234567890123.test",
  };
  g_autofree char *long_name = g_strnfill (3000, 'a');

  for (guint i = 0; i <= G_N_ELEMENTS (hosts); i++) {
    const char *host = i < G_N_ELEMENTS (hosts) ? hosts[i] : long_name;
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) hops = NULL;

    if (g_str_equal (host, "-."))
      continue;
    hops = resolve (f, host, 0, UNKNOWN, FALSE, &error);
    g_assert_null (hops);
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }

  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, NULL), ==, 0);
}

static void
test_naptr_chain (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) hops = NULL;
  const char *all = "tls:192.0.2.1:5071 tls:[2001:db8::1]:5071 "
                    "tcp:192.0.2.1:5060 tcp:[2001:db8::1]:5060 tcp:192.0.2.2:5062 "
                    "udp:192.0.2.1:5060 udp:[2001:db8::1]:5060";

  g_assert_null (ahoy_resolver_try_numeric (f->resolver, "example.com", 0, UNKNOWN, FALSE));
  assert_hops (f, "Example.COM.", 0, UNKNOWN, FALSE, all);

  /* The domain of the URI is what a certificate must prove. */
  hops = ahoy_resolver_try_numeric (f->resolver, "example.com", 0, UNKNOWN, FALSE);
  g_assert_nonnull (hops);
  g_assert_cmpuint (hops->len, ==, 7);
  g_assert_cmpstr (ahoy_next_hop_get_name (g_ptr_array_index (hops, 0)), ==, "example.com");
  g_assert_cmpint (ahoy_next_hop_get_expires (g_ptr_array_index (hops, 0)), ==,
                   f->now + 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "wrong.example.com", NULL), ==, 0);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "_sips._ws.example.com", NULL), ==, 0);

  ahoy_resolver_set_transport_enabled (f->resolver, AHOY_TRANSPORT_PROTOCOL_WSS, TRUE);
  ahoy_resolver_set_transport_enabled (f->resolver, TCP, FALSE);
  ahoy_resolver_set_transport_enabled (f->resolver, TLS, FALSE);
  assert_hops (f, "example.com", 0, UNKNOWN, FALSE,
               "wss:192.0.2.9:443 udp:192.0.2.1:5060 udp:[2001:db8::1]:5060");
}

static void
test_no_naptr (Fixture *f, gconstpointer data)
{
  assert_hops (f, "srv.test", 0, UNKNOWN, FALSE,
               "udp:192.0.2.10:5064 tcp:192.0.2.10:5065 tls:192.0.2.10:5066");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "srv.test", "NAPTR"), ==, 1);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "srv.test", "A"), ==, 0);

  assert_hops (f, "plain.test", 0, UNKNOWN, FALSE,
               "udp:192.0.2.20:5060 udp:192.0.2.21:5060 "
               "udp:[2001:db8::20]:5060 udp:[2001:db8::21]:5060");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "_sip._udp.plain.test", "SRV"), ==, 1);
}

static void
test_family_preference (Fixture *f, gconstpointer data)
{
  g_object_set (f->resolver, "family-preference", AHOY_FAMILY_PREFERENCE_IPV6, NULL);
  assert_hops (f, "plain.test", 5080, UNKNOWN, FALSE,
               "udp:[2001:db8::20]:5080 udp:[2001:db8::21]:5080 "
               "udp:192.0.2.20:5080 udp:192.0.2.21:5080");
  g_object_set (f->resolver, "family-preference", AHOY_FAMILY_PREFERENCE_ANY, NULL);
  assert_hops (f, "plain.test", 5080, UNKNOWN, FALSE,
               "udp:[2001:db8::20]:5080 udp:192.0.2.20:5080 "
               "udp:[2001:db8::21]:5080 udp:192.0.2.21:5080");
}

static void
test_explicit_port (Fixture *f, gconstpointer data)
{
  assert_hops (f, "example.com", 5099, UNKNOWN, FALSE, "udp:192.0.2.77:5099");
  assert_hops (f, "example.com", 5099, TCP, FALSE, "tcp:192.0.2.77:5099");
  assert_hops (f, "example.com", 5099, UNKNOWN, TRUE, "tls:192.0.2.77:5099");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, "NAPTR"), ==, 0);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, "SRV"), ==, 0);
}

static void
test_explicit_transport (Fixture *f, gconstpointer data)
{
  assert_hops (f, "example.com", 0, UDP, FALSE, "udp:192.0.2.1:5060 udp:[2001:db8::1]:5060");
  assert_hops (f, "example.com", 0, TLS, FALSE, "tls:192.0.2.1:5071 tls:[2001:db8::1]:5071");
  assert_hops (f, "plain.test", 0, TCP, FALSE,
               "tcp:192.0.2.20:5060 tcp:192.0.2.21:5060 "
               "tcp:[2001:db8::20]:5060 tcp:[2001:db8::21]:5060");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, "NAPTR"), ==, 0);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "_sip._tcp.example.com", NULL), ==, 0);
}

static void
test_sips (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_hops (f, "example.com", 0, UNKNOWN, TRUE,
               "tls:192.0.2.1:5071 tls:[2001:db8::1]:5071");
  assert_hops (f, "srv.test", 0, UNKNOWN, TRUE, "tls:192.0.2.10:5066");
  assert_hops (f, "srv.test", 0, TCP, TRUE, "tls:192.0.2.10:5066");

  /* NAPTR without SIPS, no SRV: TLS at the default port, never UDP. */
  assert_unreachable (f, "insecure.test", UNKNOWN, TRUE, "_sips._tcp.insecure.test");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "_sip._udp.insecure.test", NULL), ==, 0);

  g_assert_null (resolve (f, "example.com", 0, UDP, TRUE, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

static void
test_service_refused (Fixture *f, gconstpointer data)
{
  assert_unreachable (f, "none.test", UNKNOWN, FALSE, "no such service");
  assert_unreachable (f, "none.test", TCP, FALSE, "no such service");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "none.test", "A"), ==, 0);

  assert_hops (f, "notudp.test", 0, UNKNOWN, FALSE,
               "tcp:192.0.2.20:5060 tcp:192.0.2.21:5060 "
               "tcp:[2001:db8::20]:5060 tcp:[2001:db8::21]:5060");
}

static void
test_weights (Fixture *f, gconstpointer data)
{
  guint first[6] = { 0 };
  guint even[6] = { 0 };

  g_ptr_array_unref (resolve (f, "heavy.test", 0, UDP, FALSE, NULL));
  g_ptr_array_unref (resolve (f, "even.test", 0, UDP, FALSE, NULL));

  for (guint i = 0; i < 10000; i++) {
    g_autoptr (GPtrArray) hops =
      ahoy_resolver_try_numeric (f->resolver, "heavy.test", 0, UDP, FALSE);
    const char *address = ahoy_next_hop_get_address (g_ptr_array_index (hops, 0));

    g_assert_cmpuint (hops->len, ==, 5);
    first[address[strlen (address) - 1] - '0']++;
    /* Another priority is never before. */
    g_assert_cmpstr (ahoy_next_hop_get_address (g_ptr_array_index (hops, 4)), ==, "192.0.2.105");
    g_ptr_array_unref (g_steal_pointer (&hops));

    hops = ahoy_resolver_try_numeric (f->resolver, "even.test", 0, UDP, FALSE);
    address = ahoy_next_hop_get_address (g_ptr_array_index (hops, 0));
    even[address[strlen (address) - 1] - '0']++;
  }

  /* 60 : 30 : 10, and "a very small chance" for weight 0 (RFC 2782). */
  g_assert_cmpuint (first[1], >, 5700);
  g_assert_cmpuint (first[1], <, 6200);
  g_assert_cmpuint (first[2], >, 2750);
  g_assert_cmpuint (first[2], <, 3250);
  g_assert_cmpuint (first[3], >, 850);
  g_assert_cmpuint (first[3], <, 1150);
  g_assert_cmpuint (first[4], >, 0);
  g_assert_cmpuint (first[4], <, 200);
  g_assert_cmpuint (even[1], >, 4700);
  g_assert_cmpuint (even[2], >, 4700);
}

static void
test_failed_hop_last (Fixture *f, gconstpointer data)
{
  g_autoptr (AhoyNextHop) first = ahoy_next_hop_new (UDP, "192.0.2.20", 5080, NULL, 0);
  g_autoptr (AhoyNextHop) second = ahoy_next_hop_new (UDP, "192.0.2.21", 5080, NULL, 0);

  ahoy_resolver_report_failure (f->resolver, first);
  assert_hops (f, "plain.test", 5080, UNKNOWN, FALSE,
               "udp:192.0.2.21:5080 udp:[2001:db8::20]:5080 udp:[2001:db8::21]:5080 "
               "udp:192.0.2.20:5080");
  /* Another port of the same host has not failed. */
  assert_hops (f, "plain.test", 5081, UNKNOWN, FALSE,
               "udp:192.0.2.20:5081 udp:192.0.2.21:5081 "
               "udp:[2001:db8::20]:5081 udp:[2001:db8::21]:5081");

  f->now += 20 * G_USEC_PER_SEC;
  ahoy_resolver_report_failure (f->resolver, second);
  assert_hops (f, "plain.test", 5080, UNKNOWN, FALSE,
               "udp:[2001:db8::20]:5080 udp:[2001:db8::21]:5080 "
               "udp:192.0.2.20:5080 udp:192.0.2.21:5080");

  f->now += 11 * G_USEC_PER_SEC;
  g_assert_false (ahoy_resolver_has_failed (f->resolver, first));
  g_assert_true (ahoy_resolver_has_failed (f->resolver, second));
  assert_hops (f, "plain.test", 5080, UNKNOWN, FALSE,
               "udp:192.0.2.20:5080 udp:[2001:db8::20]:5080 udp:[2001:db8::21]:5080 "
               "udp:192.0.2.21:5080");

  ahoy_resolver_flush (f->resolver);
  g_assert_false (ahoy_resolver_has_failed (f->resolver, second));
}

static void
test_unknown_name (Fixture *f, gconstpointer data)
{
  guint asked;

  assert_unreachable (f, "nobody.test", UNKNOWN, FALSE, "NAPTR nobody.test: no such name");
  asked = ahoy_test_dns_count (f->dns, NULL, NULL);
  g_assert_cmpuint (asked, ==, 6);

  /* "No" is remembered for as long as the zone says: 20 s. */
  f->now += 19 * G_USEC_PER_SEC;
  assert_unreachable (f, "nobody.test", UNKNOWN, FALSE, "A nobody.test: no such name");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, NULL), ==, asked);
  f->now += 2 * G_USEC_PER_SEC;
  assert_unreachable (f, "nobody.test", UNKNOWN, FALSE, "A nobody.test: no such name");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, NULL), ==, 2 * asked);
}

static void
test_second_server (Fixture *f, gconstpointer data)
{
  static const AhoyTestDnsMode modes[] = {
    AHOY_TEST_DNS_SERVFAIL, AHOY_TEST_DNS_REFUSED, AHOY_TEST_DNS_SILENT, AHOY_TEST_DNS_NOISE,
  };
  g_autoptr (AhoyTestDns) bad = ahoy_test_dns_new (zone);

  g_object_set (f->resolver, "timeout", 2000, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    ahoy_test_dns_set_mode (bad, modes[i]);
    fixture_use (f, ahoy_test_dns_get_address (bad), ahoy_test_dns_get_address (f->dns));
    assert_hops (f, "example.com", 0, UDP, FALSE,
                 "udp:192.0.2.1:5060 udp:[2001:db8::1]:5060");
    g_assert_cmpuint (ahoy_test_dns_count (bad, NULL, NULL), >, 0);
  }
}

static void
test_all_servers_fail (Fixture *f, gconstpointer data)
{
  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_SERVFAIL);
  assert_unreachable (f, "example.com", UNKNOWN, FALSE, "no DNS server gave an answer");
}

static void
test_truncated (Fixture *f, gconstpointer data)
{
  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_TRUNCATED);
  assert_hops (f, "example.com", 0, UDP, FALSE, "udp:192.0.2.1:5060 udp:[2001:db8::1]:5060");
  g_assert_cmpuint (ahoy_test_dns_count_tcp (f->dns), ==, 3);
}

static void
test_silent_server (Fixture *f, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();
  gint64 elapsed;

  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_SILENT);
  g_object_set (f->resolver, "timeout", 400, NULL);
  assert_unreachable (f, "example.com", UNKNOWN, FALSE, "no answer came");
  elapsed = g_get_monotonic_time () - start;
  g_assert_cmpint (elapsed, >=, 100 * 1000);
  g_assert_cmpint (elapsed, <, 4 * G_USEC_PER_SEC);
}

static void
test_no_server (Fixture *f, gconstpointer data)
{
  g_autoptr (AhoyTestDns) gone = ahoy_test_dns_new (zone);
  g_autofree char *address = g_strdup (ahoy_test_dns_get_address (gone));

  ahoy_test_dns_free (g_steal_pointer (&gone));
  g_object_set (f->resolver, "timeout", 1000, NULL);
  fixture_use (f, address, NULL);
  assert_unreachable (f, "example.com", UNKNOWN, FALSE, "NAPTR example.com");
}

static void
test_garbage (Fixture *f, gconstpointer data)
{
  static const AhoyTestDnsMode modes[] = {
    AHOY_TEST_DNS_NOISE, AHOY_TEST_DNS_POINTER_LOOP, AHOY_TEST_DNS_CUT,
  };

  g_object_set (f->resolver, "timeout", 400, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    ahoy_resolver_flush (f->resolver);
    ahoy_test_dns_set_mode (f->dns, modes[i]);
    assert_unreachable (f, "example.com", UDP, FALSE, "SRV _sip._udp.example.com");
  }

  /* Random records behind a proper question: whatever comes out, it ends and nothing breaks. */
  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_GARBLED);
  for (guint i = 0; i < 100; i++) {
    g_autoptr (GPtrArray) hops = NULL;
    g_autofree char *name = g_strdup_printf ("n%u.garbled.test", i);

    hops = resolve (f, name, 0, UNKNOWN, FALSE, NULL);
    g_assert_true (hops == NULL || hops->len <= 64);
  }

  /* And all is well with the next good answer. */
  ahoy_resolver_flush (f->resolver);
  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_NORMAL);
  assert_hops (f, "example.com", 0, UDP, FALSE, "udp:192.0.2.1:5060 udp:[2001:db8::1]:5060");
}

static void
test_forged (Fixture *f, gconstpointer data)
{
  static const AhoyTestDnsMode modes[] = {
    AHOY_TEST_DNS_WRONG_ID, AHOY_TEST_DNS_WRONG_SOURCE, AHOY_TEST_DNS_WRONG_QUESTION,
  };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    ahoy_resolver_flush (f->resolver);
    ahoy_test_dns_set_mode (f->dns, modes[i]);
    assert_hops (f, "short.test", 5060, UNKNOWN, FALSE, "udp:192.0.2.40:5060");
  }
}

static void
test_aliases (Fixture *f, gconstpointer data)
{
  const char *hops = "udp:192.0.2.20:5060 udp:192.0.2.21:5060 "
                     "udp:[2001:db8::20]:5060 udp:[2001:db8::21]:5060";

  assert_hops (f, "alias.test", 5060, UNKNOWN, FALSE, hops);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "plain.test", NULL), ==, 0);

  /* A server that does not follow: we ask on. */
  ahoy_resolver_flush (f->resolver);
  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_NO_CHASE);
  assert_hops (f, "alias.test", 5060, UNKNOWN, FALSE, hops);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "plain.test", "A"), ==, 1);
}

static void
test_alias_loops (Fixture *f, gconstpointer data)
{
  assert_unreachable (f, "loop.test", UNKNOWN, FALSE, "lead nowhere");
  assert_unreachable (f, "self.test", UNKNOWN, FALSE, "lead nowhere");

  ahoy_resolver_flush (f->resolver);
  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_NO_CHASE);
  assert_unreachable (f, "loop.test", UNKNOWN, FALSE, "an alias");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, NULL), <, 60);
}

static void
test_time_to_live (Fixture *f, gconstpointer data)
{
  assert_hops (f, "short.test", 5060, UNKNOWN, FALSE, "udp:192.0.2.40:5060");
  f->now += 9 * G_USEC_PER_SEC;
  assert_hops (f, "short.test", 5060, UNKNOWN, FALSE, "udp:192.0.2.40:5060");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "short.test", "A"), ==, 1);
  f->now += 2 * G_USEC_PER_SEC;
  g_assert_null (ahoy_resolver_try_numeric (f->resolver, "short.test", 5060, UNKNOWN, FALSE));
  assert_hops (f, "short.test", 5060, UNKNOWN, FALSE, "udp:192.0.2.40:5060");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "short.test", "A"), ==, 2);

  /* A TTL of 0 still serves the lookup that asked. */
  g_object_set (f->resolver, "min-ttl", 0, NULL);
  assert_hops (f, "zero.test", 5060, UNKNOWN, FALSE, "udp:192.0.2.41:5060");
  assert_hops (f, "zero.test", 5060, UNKNOWN, FALSE, "udp:192.0.2.41:5060");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "zero.test", "A"), ==, 2);

  g_object_set (f->resolver, "max-ttl", 5, NULL);
  assert_hops (f, "plain.test", 5060, TLS, FALSE,
               "tls:192.0.2.20:5060 tls:192.0.2.21:5060 "
               "tls:[2001:db8::20]:5060 tls:[2001:db8::21]:5060");
  f->now += 6 * G_USEC_PER_SEC;
  g_assert_null (ahoy_resolver_try_numeric (f->resolver, "plain.test", 5060, TLS, FALSE));
}

static void
test_cache_size (Fixture *f, gconstpointer data)
{
  g_object_set (f->resolver, "cache-size", 10, NULL);
  for (guint i = 0; i < 20; i++) {
    g_autofree char *name = g_strdup_printf ("nobody%u.test", i);
    g_autoptr (GPtrArray) hops = resolve (f, name, 5060, UNKNOWN, FALSE, NULL);

    g_assert_null (hops);
    g_assert_cmpuint (ahoy_resolver_get_cache_size (f->resolver), <=, 10);
  }
  g_assert_cmpuint (ahoy_resolver_get_cache_size (f->resolver), ==, 10);
  ahoy_resolver_flush (f->resolver);
  g_assert_cmpuint (ahoy_resolver_get_cache_size (f->resolver), ==, 0);
}

static void
test_equal_lookups_share (Fixture *f, gconstpointer data)
{
  GAsyncResult *results[3] = { NULL };

  ahoy_resolver_resolve_async (f->resolver, "srv.test", 0, UDP, FALSE, NULL, on_result,
                               &results[0]);
  ahoy_resolver_resolve_async (f->resolver, "srv.test", 0, UDP, FALSE, NULL, on_result,
                               &results[1]);
  /* Another lookup, which needs the same question. */
  ahoy_resolver_resolve_async (f->resolver, "srv.test", 0, UNKNOWN, FALSE, NULL, on_result,
                               &results[2]);
  g_assert_cmpuint (ahoy_resolver_get_n_lookups (f->resolver), ==, 2);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) hops = wait_for (f, &results[i], &error);

    g_assert_no_error (error);
    g_assert_cmpuint (hops->len, ==, i < 2 ? 1 : 3);
  }
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "_sip._udp.srv.test", "SRV"), ==, 1);
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, "a.srv.test", "A"), ==, 1);
}

static gpointer
cancel_in_thread (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  GAsyncResult *results[4] = { NULL };
  g_autoptr (GCancellable) here = g_cancellable_new ();
  g_autoptr (GCancellable) elsewhere = g_cancellable_new ();
  gint64 start = g_get_monotonic_time ();
  GThread *thread;

  ahoy_test_dns_set_mode (f->dns, AHOY_TEST_DNS_SILENT);
  ahoy_resolver_resolve_async (f->resolver, "srv.test", 0, UDP, FALSE, here, on_result,
                               &results[0]);
  ahoy_resolver_resolve_async (f->resolver, "srv.test", 0, UDP, FALSE, elsewhere, on_result,
                               &results[1]);
  ahoy_resolver_resolve_async (f->resolver, "srv.test", 0, TCP, FALSE, elsewhere, on_result,
                               &results[2]);
  g_cancellable_cancel (here);
  ahoy_resolver_resolve_async (f->resolver, "srv.test", 0, TLS, FALSE, here, on_result,
                               &results[3]);
  g_assert_cmpuint (ahoy_resolver_get_n_lookups (f->resolver), ==, 2);
  thread = g_thread_new ("cancel", cancel_in_thread, elsewhere);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (wait_for (f, &results[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
  g_thread_join (thread);
  g_assert_cmpuint (ahoy_resolver_get_n_lookups (f->resolver), ==, 0);
  /* At once, not after the time-out of 5 s. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 4 * G_USEC_PER_SEC);
}

static void
test_change_of_servers (Fixture *f, gconstpointer data)
{
  g_autoptr (AhoyTestDns) silent = ahoy_test_dns_new (zone);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hops = NULL;
  GAsyncResult *result = NULL;
  const char *wrong[] = { "127.0.0.1:53", "localhost", NULL };
  const char *right[] = { "127.0.0.1", "::1", "[::1]:5353", NULL };

  ahoy_test_dns_set_mode (silent, AHOY_TEST_DNS_SILENT);
  fixture_use (f, ahoy_test_dns_get_address (silent), NULL);
  ahoy_resolver_resolve_async (f->resolver, "short.test", 5060, UNKNOWN, FALSE, NULL, on_result,
                               &result);
  while (ahoy_test_dns_count (silent, NULL, NULL) < 2)
    g_main_context_iteration (NULL, FALSE);

  fixture_use (f, ahoy_test_dns_get_address (f->dns), NULL);
  hops = wait_for (f, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hops->len, ==, 1);

  g_assert_false (ahoy_resolver_set_nameservers (f->resolver, wrong, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (error->message, "localhost"));
  g_clear_error (&error);
  g_assert_true (ahoy_resolver_set_nameservers (f->resolver, right, &error));
  g_assert_true (ahoy_resolver_set_nameservers (f->resolver, NULL, &error));
}

static void
test_hosts_file (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("ahoy-hosts-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path,
                       "# comment\n"
                       "192.0.2.50\tPBX pbx.example.net # the office\n"
                       "2001:db8::50 pbx\r\n"
                       "nonsense pbx\n"
                       "192.0.2.51 plain.test one.example.com",
                       -1, &error);
  g_assert_no_error (error);
  g_object_set (f->resolver, "hosts-file", path, NULL);

  assert_hops (f, "pbx", 0, UNKNOWN, FALSE, "udp:192.0.2.50:5060 udp:[2001:db8::50]:5060");
  assert_hops (f, "localhost", 0, TCP, FALSE, "tcp:127.0.0.1:5060 tcp:[::1]:5060");
  assert_hops (f, "plain.test", 5070, UNKNOWN, FALSE, "udp:192.0.2.51:5070");
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, NULL), ==, 0);
  /* SRV comes from DNS, the target's address from the file. */
  assert_hops (f, "example.com", 0, UDP, FALSE, "udp:192.0.2.51:5060");

  g_file_set_contents (path, "192.0.2.52 pbx\n", -1, &error);
  g_assert_no_error (error);
  assert_hops (f, "pbx", 0, UNKNOWN, FALSE, "udp:192.0.2.52:5060");
  g_unlink (path);
}

static AhoyTestDnsRecord *
hostile_zone (GPtrArray *strings)
{
  g_autoptr (GArray) records = g_array_new (TRUE, TRUE, sizeof (AhoyTestDnsRecord));

  for (guint i = 0; i < 100; i++) {
    AhoyTestDnsRecord naptr = { "many.test", "NAPTR", 60, NULL };
    AhoyTestDnsRecord address = { "wide.test", "A", 60, NULL };
    char *service = g_strdup_printf ("_sip._udp.s%u.test", i);

    naptr.data = g_strdup_printf ("10 %u s SIP+D2U %s", i, service);
    address.data = g_strdup_printf ("192.0.2.%u", i + 1);
    g_ptr_array_add (strings, service);
    g_ptr_array_add (strings, (char *) naptr.data);
    g_ptr_array_add (strings, (char *) address.data);
    g_array_append_val (records, naptr);
    g_array_append_val (records, address);

    for (guint j = 0; i < 40 && j < 20; j++) {
      AhoyTestDnsRecord srv = { service, "SRV", 60, NULL };

      srv.data = g_strdup_printf ("%u 1 %u t%u-%u.test", j, 5000 + j, i, j);
      g_ptr_array_add (strings, (char *) srv.data);
      g_array_append_val (records, srv);
    }
  }

  return (AhoyTestDnsRecord *) g_array_free (g_steal_pointer (&records), FALSE);
}

static void
test_hostile_zone (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  g_autofree AhoyTestDnsRecord *hostile = hostile_zone (strings);
  g_autoptr (GPtrArray) hops = NULL;

  ahoy_test_dns_set_zone (f->dns, hostile);
  hops = resolve (f, "wide.test", 5060, UNKNOWN, FALSE, NULL);
  g_assert_nonnull (hops);
  g_assert_cmpuint (hops->len, ==, AHOY_DNS_MAX_HOPS);

  /* One name of the caller's choice costs a bounded number of questions. */
  g_assert_null (resolve (f, "many.test", 0, UNKNOWN, FALSE, NULL));
  g_assert_cmpuint (ahoy_test_dns_count (f->dns, NULL, NULL), <, 2 * AHOY_DNS_MAX_FETCHES);

  ahoy_test_dns_set_zone (f->dns, zone);
}

static void
on_last_result (GObject *source, GAsyncResult *result, gpointer data)
{
  AhoyResolver **resolver = data;
  g_autoptr (GPtrArray) hops = ahoy_resolver_resolve_finish (*resolver, result, NULL);

  g_assert_nonnull (hops);
  /* The task's own reference is the last one now. */
  g_clear_object (resolver);
}

static void
test_drop_in_callback (Fixture *f, gconstpointer data)
{
  AhoyResolver *resolver = ahoy_resolver_new (NULL);
  const char *servers[] = { ahoy_test_dns_get_address (f->dns), NULL };
  gpointer watched = resolver;

  g_object_add_weak_pointer (G_OBJECT (resolver), &watched);
  ahoy_resolver_set_nameservers (resolver, servers, NULL);
  ahoy_resolver_resolve_async (resolver, "srv.test", 0, UDP, FALSE, NULL, on_last_result,
                               &resolver);
  while (watched != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Any flipped, cut or copied byte of an answer: read under ASan, nothing may be over-read. */
static void
test_mutated_answers (void)
{
  static const guint8 answer[] =
    "\0\1\x81\x80\0\1\0\3\0\1\0\0\1a\0\0\x23\0\1"
    "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\3\1b\0"
    "\1b\0\0\x23\0\1\0\0\0\x3c\0\x15\0\1\0\1\1s\7SIP+D2U\0\4_udp\0"
    "\1b\0\0\x21\0\1\0\0\0\x3c\0\x0a\0\1\0\1\x13\xc4\1c\xc0\x0c"
    "\0\0\6\0\1\0\0\0\x3c\0\x16\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\5";
  static const AhoyDnsType types[] = { AHOY_DNS_TYPE_NAPTR, AHOY_DNS_TYPE_SRV, AHOY_DNS_TYPE_A };
  g_autoptr (AhoyDnsRecordSet) good =
    ahoy_dns_record_set_parse ("a", AHOY_DNS_TYPE_NAPTR, answer, sizeof answer - 1);
  AhoyDnsRecord *record;

  g_assert_cmpint (good->status, ==, AHOY_DNS_STATUS_FOUND);
  g_assert_cmpuint (good->records->len, ==, 1);
  record = g_ptr_array_index (good->records, 0);
  g_assert_cmpstr (record->service, ==, "SIP+D2U");
  g_assert_cmpstr (record->name, ==, "_udp");
  g_assert_cmpuint (good->ttl, ==, 60);

  for (guint i = 0; i < 20000; i++) {
    gsize size = g_test_rand_int_range (0, 4) == 0
                   ? (gsize) g_test_rand_int_range (0, sizeof answer)
                   : sizeof answer - 1;
    /* A copy of the exact size, so that one byte too many is seen. */
    g_autofree guint8 *copy = g_memdup2 (answer, size);
    g_autoptr (AhoyDnsRecordSet) set = NULL;

    for (gint32 n = g_test_rand_int_range (1, 6); n > 0 && size > 0; n--)
      copy[g_test_rand_int_range (0, (gint32) size)] = (guint8) g_test_rand_int_range (0, 256);

    set = ahoy_dns_record_set_parse ("a", types[i % 3], copy, size);
    g_assert_nonnull (set);
    g_assert_cmpuint (set->records->len, <=, 64);
  }
}

static void
test_transport_names (void)
{
  g_assert_cmpint (ahoy_transport_protocol_from_string ("TLS"), ==, TLS);
  g_assert_cmpint (ahoy_transport_protocol_from_string ("sctp"), ==, UNKNOWN);
  g_assert_cmpint (ahoy_transport_protocol_from_string ("unknown"), ==, UNKNOWN);
  g_assert_cmpint (ahoy_transport_protocol_from_string (NULL), ==, UNKNOWN);
  g_assert_cmpstr (ahoy_transport_protocol_to_string (UDP), ==, "udp");
  g_assert_cmpstr (ahoy_transport_protocol_to_string (99), ==, "unknown");
  g_assert_false (ahoy_transport_protocol_is_reliable (UDP));
  g_assert_true (ahoy_transport_protocol_is_reliable (TLS));
  g_assert_false (ahoy_transport_protocol_is_secure (TCP));
  g_assert_true (ahoy_transport_protocol_is_secure (AHOY_TRANSPORT_PROTOCOL_WSS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/transport-protocol/names", test_transport_names);
  g_test_add_func ("/protocol/resolver/mutated-answers-do-no-harm", test_mutated_answers);

#define ADD(path, function)                                                                       \
  g_test_add ("/protocol/resolver/" path, Fixture, NULL, fixture_set_up, function,                \
              fixture_tear_down)
  ADD ("numeric-hosts-need-no-dns", test_numeric);
  ADD ("impossible-hosts-are-refused", test_bad_hosts);
  ADD ("naptr-srv-and-addresses-in-order", test_naptr_chain);
  ADD ("without-naptr-srv-then-addresses", test_no_naptr);
  ADD ("family-preference-orders-addresses", test_family_preference);
  ADD ("explicit-port-asks-addresses-only", test_explicit_port);
  ADD ("explicit-transport-asks-its-srv-only", test_explicit_transport);
  ADD ("sips-goes-by-tls-only", test_sips);
  ADD ("srv-dot-means-no-service", test_service_refused);
  ADD ("srv-weights-share-the-load", test_weights);
  ADD ("failed-hop-comes-last-for-a-while", test_failed_hop_last);
  ADD ("unknown-name-says-what-was-asked", test_unknown_name);
  ADD ("second-server-helps", test_second_server);
  ADD ("failing-servers-end-the-lookup", test_all_servers_fail);
  ADD ("truncated-answer-comes-by-tcp", test_truncated);
  ADD ("silent-server-ends-in-time", test_silent_server);
  ADD ("no-server-at-all", test_no_server);
  ADD ("garbage-does-no-harm", test_garbage);
  ADD ("forged-answers-are-ignored", test_forged);
  ADD ("aliases-are-followed", test_aliases);
  ADD ("alias-loops-end", test_alias_loops);
  ADD ("answers-live-as-long-as-they-say", test_time_to_live);
  ADD ("cache-is-capped", test_cache_size);
  ADD ("equal-lookups-share-questions", test_equal_lookups_share);
  ADD ("cancelled-lookup-ends-at-once", test_cancel);
  ADD ("lookup-survives-change-of-servers", test_change_of_servers);
  ADD ("hosts-file-goes-first", test_hosts_file);
  ADD ("hostile-zone-is-bounded", test_hostile_zone);
  ADD ("resolver-may-be-dropped-in-callback", test_drop_in_callback);

  return g_test_run ();
}
