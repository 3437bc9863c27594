/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ahoy-trace-filter.h"
#include "ahoy-trace-history.h"
#include "ahoy-trace-ladder.h"
#include "ahoy-trace-mask.h"
#include "ahoy-trace-message-private.h"
#include "ahoy.h"

#define OPTIONS                                                                                    \
  "OPTIONS sip:us@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n"                     \
  "i: %s\r\nCSeq: %u OPTIONS\r\n\r\n"

static AhoyTraceMessage *
make_message (const char *text, gssize length, gboolean incoming)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string ("192.0.2.7", 5070);
  g_autoptr (GSocketAddress) us = g_inet_socket_address_new_from_string ("192.0.2.1", 5060);
  AhoyWireMessage wire = {
    .time = 1000000,
    .incoming = incoming,
    .protocol = AHOY_TRANSPORT_PROTOCOL_UDP,
    .kind = ahoy_wire_kind_of (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)),
    .source = incoming ? peer : us,
    .destination = incoming ? us : peer,
    .bytes = bytes,
  };

  return ahoy_trace_message_new (&wire, FALSE);
}

static AhoyTraceMessage *
make_options (const char *call_id, guint cseq)
{
  g_autofree char *text = g_strdup_printf (OPTIONS, call_id, cseq);

  return make_message (text, -1, TRUE);
}

static void
assert_masked (const char *text, const char *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) masked = ahoy_trace_mask (bytes);

  g_assert_cmpmem (g_bytes_get_data (masked, NULL), g_bytes_get_size (masked), expected,
                   strlen (expected));
}

static void
test_mask (void)
{
  assert_masked ("", "");
  assert_masked ("\r\n\r\n", "\r\n\r\n");
  assert_masked ("R x\r\nAuthorization: Digest response=abc,realm=\"r\"\r\n\r\n",
                 "R x\r\nAuthorization: Digest response=***,realm=\"r\"\r\n\r\n");
  assert_masked ("R x\nAUTHORIZATION\t:Digest a=b,\n\tresponse = \"a\\\"c\"\n\n",
                 "R x\nAUTHORIZATION\t:Digest a=b,\n\tresponse = \"****\"\n\n");
  assert_masked ("R x\r\nProxy-Authorization: Basic YWxh ZGRpbg==\r\nFrom: x\r\n\r\n",
                 "R x\r\nProxy-Authorization: Basic **** ********\r\nFrom: x\r\n\r\n");
  assert_masked ("R x\r\nAuthentication-Info: nextnonce=\"n\", rspauth=\"s\"\r\n\r\n",
                 "R x\r\nAuthentication-Info: nextnonce=\"n\", rspauth=\"*\"\r\n\r\n");
  assert_masked ("R x\r\n\r\na=crypto:1 S inline:abc|2^20;inline:de\r\nk=clear:pw\r\na=x",
                 "R x\r\n\r\na=crypto:1 S inline:***|2^20;inline:**\r\nk=clear:**\r\na=x");
  /* what only looks like it stays */
  assert_masked ("R x\r\nX-Authorization: Digest response=abc\r\n\r\nAuthorization: Basic x",
                 "R x\r\nX-Authorization: Digest response=abc\r\n\r\nAuthorization: Basic x");
  assert_masked ("R x\r\nAuthorization: Digest xresponse=abc\r\n\r\n",
                 "R x\r\nAuthorization: Digest xresponse=abc\r\n\r\n");
}

/* Whatever is cut off wherever: nothing is read outside of the bytes (ASan says), and no byte is
 * added. */
static void
test_mask_header (void)
{
  static const struct {
    const char *name;
    const char *value;
    const char *shown;
  } cases[] = {
    { "authorization", "Digest realm=\"r\", response=\"abc\", nc=1",
      "Digest realm=\"r\", response=\"***\", nc=1" },
    { "Proxy-Authorization", "Basic YWxh", "Basic ****" },
    { "Authentication-Info", "rspauth=\"s\"", "rspauth=\"*\"" },
    { "WWW-Authenticate", "Digest nonce=\"n\", response=1", "Digest nonce=\"n\", response=1" },
    { "Subject", "response=1", "response=1" },
    { "Authorization", "", "" },
    { "", "x", "x" },
    { "A:", ":", ":" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *shown = ahoy_trace_mask_header (cases[i].name, cases[i].value);

    g_assert_cmpstr (shown, ==, cases[i].shown);
  }
}

static void
test_mask_cut (void)
{
  const char *text = "R x\r\nAuthorization: Digest response=\"a\\\"bc\",\r\n response=\"d\"\r\n\r\n"
                     "a=crypto:1 S inline:abc|2^20\r\nk=clear:pw\r\n";

  for (gsize length = 0; length <= strlen (text); length++) {
    g_autofree char *exact = g_memdup2 (text, length);
    g_autoptr (GBytes) bytes = g_bytes_new_static (exact, length);
    g_autoptr (GBytes) masked = ahoy_trace_mask (bytes);
    g_autoptr (AhoyTraceMessage) message = make_message (text, (gssize) length, TRUE);

    g_assert_cmpuint (g_bytes_get_size (masked), ==, length);
    g_assert_nonnull (ahoy_trace_message_get_summary (message));
  }
}

static void
test_kinds (void)
{
  const struct {
    const char *text;
    AhoyTraceKind kind;
    const char *summary;
  } cases[] = {
    { "INVITE sip:a@b SIP/2.0\r\n\r\n", AHOY_TRACE_REQUEST, "INVITE sip:a@b" },
    { "\r\nSIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n", AHOY_TRACE_RESPONSE, "200 OK (BYE)" },
    { "SIP/2.0 200 \r\n\r\n", AHOY_TRACE_RESPONSE, "200  (?)" },
    { "sip/2.0 99999999999 X\r\n", AHOY_TRACE_RESPONSE, "99999999999 X (?)" },
    { "\r\n\r\n", AHOY_TRACE_KEEP_ALIVE, "keep-alive" },
    { "", AHOY_TRACE_KEEP_ALIVE, "keep-alive" },
    { "GET / HTTP/1.1\r\n\r\n", AHOY_TRACE_MALFORMED, "malformed" },
    { "IN(ITE sip:a@b SIP/2.0\r\n", AHOY_TRACE_MALFORMED, "malformed" },
    { "X \033[31m\xff SIP/2.0\r\n", AHOY_TRACE_REQUEST, "X ?[31m\xef\xbf\xbd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AhoyTraceMessage) message = make_message (cases[i].text, -1, TRUE);

    g_assert_cmpint (ahoy_trace_message_get_kind (message), ==, cases[i].kind);
    g_assert_cmpstr (ahoy_trace_message_get_summary (message), ==, cases[i].summary);
  }
}

/* A busy registrar does not make us forget the calls. */
static void
test_history_of_calls (void)
{
  static const char invite[] = "INVITE sip:x@h SIP/2.0\r\nCall-ID: call\r\nCSeq: 1 INVITE\r\n\r\n";
  AhoyTraceHistory *history = ahoy_trace_history_new ();
  AhoyTraceLimits limits = { .calls = 1000, .messages = 4, .bytes = 1 << 20 };
  g_autoptr (AhoyTraceMessage) call = make_message (invite, -1, TRUE);
  g_autoptr (AhoyTraceMessage) bye = make_options ("call", 2);
  g_autoptr (GPtrArray) list = NULL;
  g_auto (GStrv) ids = NULL;

  ahoy_trace_history_set_limits (history, &limits);
  ahoy_trace_history_add (history, call);
  for (guint i = 0; i < 3000; i++) {
    g_autofree char *name = g_strdup_printf ("other%u", i);
    g_autoptr (AhoyTraceMessage) message = make_options (name, 1);

    ahoy_trace_history_add (history, message);
    if (i == 2990) {
      ahoy_trace_history_add (history, bye);
    }
  }
  list = ahoy_trace_history_list (history, "call", NULL);
  g_assert_cmpuint (list->len, ==, 2);
  ids = ahoy_trace_history_list_calls (history);
  g_assert_cmpuint (g_strv_length (ids), ==, 257);
  g_assert_cmpstr (ids[256], ==, "other2999");
  g_assert_cmpstr (ids[256 - 9], ==, "call");
  ahoy_trace_history_free (history);
}

static void
add (AhoyTraceHistory *history, const char *first_line, const char *call_id, const char *headers)
{
  g_autofree char *text =
      g_strdup_printf ("%s\r\nCall-ID: %s\r\n%s\r\n", first_line, call_id, headers);
  g_autoptr (AhoyTraceMessage) message = make_message (text, -1, FALSE);

  ahoy_trace_history_add (history, message);
}

static guint
count (AhoyTraceHistory *history, const char *call_id)
{
  g_autoptr (GPtrArray) list = ahoy_trace_history_list (history, call_id, NULL);

  return list->len;
}

/* A REFER outside of the dialog of a call is seen with the call, and all that follows on it. */
static void
test_history_of_related (void)
{
  AhoyTraceHistory *history = ahoy_trace_history_new ();
  AhoyTraceLimits limits = { .calls = 2, .messages = 64, .bytes = 1 << 20 };
  const char *target = "Target-Dialog: call ;local-tag=a;remote-tag=b\r\n";

  ahoy_trace_history_set_limits (history, &limits);
  add (history, "INVITE sip:x@h SIP/2.0", "call", "CSeq: 1 INVITE\r\n");
  add (history, "REFER sip:x@h SIP/2.0", "refer", target);
  add (history, "SIP/2.0 202 Accepted", "refer", "CSeq: 1 REFER\r\n");
  add (history, "NOTIFY sip:y@h SIP/2.0", "refer", "");
  add (history, "REFER sip:x@h SIP/2.0", "elsewhere", "Target-Dialog: none;local-tag=a\r\n");
  add (history, "OPTIONS sip:x@h SIP/2.0", "options", "Target-Dialog: elsewhere\r\n");
  add (history, "INVITE sip:x@h SIP/2.0", "other", target);
  g_assert_cmpuint (count (history, "call"), ==, 4);
  g_assert_cmpuint (count (history, "refer"), ==, 4);
  g_assert_cmpuint (count (history, "elsewhere"), ==, 1);
  g_assert_cmpuint (count (history, "options"), ==, 1);
  g_assert_cmpuint (count (history, "other"), ==, 1);
  for (guint i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("refer%u", i);

    add (history, "REFER sip:x@h SIP/2.0", name, target);
  }
  g_assert_cmpuint (count (history, "call"), ==, 4 + 15);
  g_assert_cmpuint (count (history, "refer39"), ==, 1);

  add (history, "INVITE sip:x@h SIP/2.0", "third", "");
  add (history, "INVITE sip:x@h SIP/2.0", "fourth", "");
  g_assert_cmpuint (count (history, "call"), ==, 0);
  add (history, "NOTIFY sip:y@h SIP/2.0", "refer", "");
  g_assert_cmpuint (count (history, "refer"), ==, 1);
  ahoy_trace_history_free (history);
}

static AhoyTraceMessage *
make_register (const char *call_id, gboolean incoming, gint64 time)
{
  g_autofree char *text = g_strconcat (
      incoming ? "REGISTER sip:ahoy.test SIP/2.0\r\n" : "SIP/2.0 200 OK\r\n", "Call-ID: ", call_id,
      "\r\nCSeq: 1 REGISTER\r\nAuthorization: Digest username=\"u\", "
      "response=\"0123456789abcdef\"\r\n\r\n",
      NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string ("192.0.2.7", 5070);
  g_autoptr (GSocketAddress) us = g_inet_socket_address_new_from_string ("192.0.2.1", 5060);
  AhoyWireMessage wire = {
    .time = time,
    .incoming = incoming,
    .protocol = AHOY_TRANSPORT_PROTOCOL_UDP,
    .kind = incoming ? AHOY_WIRE_REQUEST : AHOY_WIRE_RESPONSE,
    .source = incoming ? peer : us,
    .destination = incoming ? us : peer,
    .bytes = bytes,
  };

  return ahoy_trace_message_new (&wire, TRUE);
}

/* What waits to be sorted in is there when somebody asks, in its order, and never shows a proof. */
static void
test_history_of_registrations (void)
{
  AhoyTraceHistory *history = ahoy_trace_history_new ();
  AhoyTraceLimits limits = { .calls = 1000, .messages = 128, .bytes = 1 << 26 };
  g_autoptr (GPtrArray) list = NULL;
  g_auto (GStrv) ids = NULL;
  const char *text;
  gsize length;

  ahoy_trace_history_set_limits (history, &limits);
  for (guint i = 0; i < 3000; i++) {
    g_autofree char *name = g_strdup_printf ("phone%u", i);
    g_autofree char *ping = g_strdup_printf ("ping%u", i);
    g_autoptr (AhoyTraceMessage) asked = make_register (name, TRUE, i);
    g_autoptr (AhoyTraceMessage) again = make_register (name, TRUE, i);
    g_autoptr (AhoyTraceMessage) answered = make_register (name, FALSE, i);
    g_autoptr (AhoyTraceMessage) options = make_options (ping, 1);

    ahoy_trace_history_add_later (history, asked);
    ahoy_trace_history_add_later (history, again);
    ahoy_trace_history_add_later (history, answered);
    if (i == 2990) {
      ahoy_trace_history_add_later (history, options);
    }
  }
  ids = ahoy_trace_history_list_calls (history);
  g_assert_cmpuint (g_strv_length (ids), ==, 256);
  g_assert_cmpstr (ids[255], ==, "phone2999");
  g_assert_cmpstr (ids[255 - 9], ==, "ping2990");
  list = ahoy_trace_history_list (history, "phone2999", NULL);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (ahoy_trace_message_get_summary (list->pdata[0]), ==,
                   "REGISTER sip:ahoy.test");
  g_assert_true (ahoy_trace_message_is_repetition (list->pdata[1]));
  g_assert_cmpuint (ahoy_trace_message_get_status (list->pdata[2]), ==, 200);
  g_assert_cmpstr (ahoy_trace_message_get_method (list->pdata[2]), ==, "REGISTER");
  text = g_bytes_get_data (ahoy_trace_message_get_bytes (list->pdata[0]), &length);
  g_assert_nonnull (g_strstr_len (text, (gssize) length, "****************"));
  g_assert_null (g_strstr_len (text, (gssize) length, "0123456789abcdef"));
  ahoy_trace_history_free (history);
}

/* Where they come slowly, none is forgotten for another one's sake. */
static void
test_history_of_slow_registrations (void)
{
  AhoyTraceHistory *history = ahoy_trace_history_new ();
  AhoyTraceLimits limits = { .calls = 1000, .messages = 5000, .bytes = 1 << 26 };
  g_autoptr (GPtrArray) list = NULL;

  ahoy_trace_history_set_limits (history, &limits);
  for (guint i = 0; i < 3000; i++) {
    g_autoptr (AhoyTraceMessage) message =
        make_register (i == 0 ? "first" : "phone", TRUE, (gint64) i * G_USEC_PER_SEC);

    ahoy_trace_history_add_later (history, message);
  }
  list = ahoy_trace_history_list (history, "first", NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_clear_pointer (&list, g_ptr_array_unref);
  list = ahoy_trace_history_list (history, "phone", NULL);
  g_assert_cmpuint (list->len, ==, 2999);
  limits.bytes = 5000;
  ahoy_trace_history_set_limits (history, &limits);
  g_assert_cmpuint (ahoy_trace_history_get_bytes (history), <=, 5000);
  ahoy_trace_history_free (history);
}

static void
test_history_limits (void)
{
  AhoyTraceHistory *history = ahoy_trace_history_new ();
  AhoyTraceLimits limits = { .calls = 3, .messages = 4, .bytes = 1 << 20 };
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) busy = NULL;
  g_auto (GStrv) calls = NULL;
  guint forgotten;

  ahoy_trace_history_set_limits (history, &limits);
  for (guint i = 0; i < 10; i++) {
    g_autofree char *name = g_strdup_printf ("call%u", i);
    g_autoptr (AhoyTraceMessage) message = make_options (name, 1);
    g_autoptr (AhoyTraceMessage) other = make_options ("busy", i);

    ahoy_trace_history_add (history, message);
    ahoy_trace_history_add (history, other);
  }
  calls = ahoy_trace_history_list_calls (history);
  g_assert_cmpuint (g_strv_length (calls), ==, 3);
  g_assert_cmpstr (calls[2], ==, "busy");
  first = ahoy_trace_history_list (history, "call0", &forgotten);
  g_assert_cmpuint (first->len, ==, 0);
  busy = ahoy_trace_history_list (history, "busy", &forgotten);
  g_assert_cmpuint (busy->len, ==, 4);
  g_assert_cmpuint (forgotten, ==, 6);

  limits.bytes = 1500;
  ahoy_trace_history_set_limits (history, &limits);
  g_assert_cmpuint (ahoy_trace_history_get_bytes (history), <=, 1500);
  limits.calls = 0;
  ahoy_trace_history_set_limits (history, &limits);
  g_assert_cmpuint (ahoy_trace_history_get_bytes (history), ==, 0);
  ahoy_trace_history_free (history);
}

static void
test_repetition (void)
{
  AhoyTraceHistory *history = ahoy_trace_history_new ();
  AhoyTraceLimits limits = { .calls = 3, .messages = 4, .bytes = 1 << 20 };
  g_autoptr (AhoyTraceMessage) one = make_options ("x", 1);
  g_autoptr (AhoyTraceMessage) again = make_options ("x", 1);
  g_autoptr (AhoyTraceMessage) next = make_options ("x", 2);
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *ladder = NULL;

  ahoy_trace_history_set_limits (history, &limits);
  ahoy_trace_history_add (history, one);
  ahoy_trace_history_add (history, again);
  ahoy_trace_history_add (history, next);
  g_assert_false (ahoy_trace_message_is_repetition (one));
  g_assert_true (ahoy_trace_message_is_repetition (again));
  g_assert_false (ahoy_trace_message_is_repetition (next));
  list = ahoy_trace_history_list (history, "x", NULL);
  ladder = ahoy_trace_make_ladder (list, 7);
  g_assert_nonnull (strstr (ladder, "|---------- OPTIONS again --------->|"));
  g_assert_nonnull (strstr (ladder, "(7 earlier messages are forgotten)"));
  ahoy_trace_history_free (history);
}

/* What we send to ourselves passes twice; it is drawn once, at the time it was sent. */
static void
test_own_ladder (void)
{
  g_autoptr (GSocketAddress) us = g_inet_socket_address_new_from_string ("192.0.2.1", 5060);
  g_autoptr (GSocketAddress) other = g_inet_socket_address_new_from_string ("192.0.2.1", 5062);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *text = g_strdup_printf (OPTIONS, "x", 1);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autofree char *ladder = NULL;
  g_auto (GStrv) lines = NULL;
  AhoyWireMessage wire = {
    .protocol = AHOY_TRANSPORT_PROTOCOL_UDP,
    .kind = AHOY_WIRE_REQUEST,
    .source = us,
    .bytes = bytes,
  };

  for (guint i = 0; i < 4; i++) {
    wire.time = 1000000 + i * 1500;
    wire.incoming = i % 2 == 1;
    wire.destination = i < 2 ? us : other;
    g_ptr_array_add (list, ahoy_trace_message_new (&wire, FALSE));
  }
  wire.source = other;
  wire.destination = us;
  g_ptr_array_add (list, ahoy_trace_message_new (&wire, FALSE));
  ladder = ahoy_trace_make_ladder (list, 0);
  lines = g_strsplit (ladder, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_true (g_str_has_prefix (lines[1], "       0.0 "));
  g_assert_nonnull (strstr (lines[1], "(to itself) OPTIONS"));
  g_assert_true (g_str_has_prefix (lines[2], "       3.0 "));
  g_assert_nonnull (strstr (lines[2], "OPTIONS ------------>|"));
  g_assert_nonnull (strstr (lines[3], "|<------------ OPTIONS"));
}

/* A peer's text cannot draw into the ladder. */
static void
test_hostile_ladder (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *ladder = NULL;
  g_auto (GStrv) lines = NULL;

  g_ptr_array_add (list, make_message ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
                                       "x SIP/2.0\r\n\r\n", -1, TRUE));
  g_ptr_array_add (list, make_message ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
                                       "goes on and on\r\n\r\n", -1, FALSE));
  ladder = ahoy_trace_make_ladder (list, 0);
  lines = g_strsplit (ladder, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_cmpuint (strlen (lines[1]), ==, strlen (lines[2]));
  for (const char *at = ladder; *at != '\0'; at++) {
    g_assert_true (g_ascii_isprint (*at) || *at == '\n');
  }
}

static void
test_filters (void)
{
  const struct {
    const char *filter;
    gboolean matches;
  } cases[] = {
    { "{}", TRUE },
    { "{'call-id': <'x'>}", TRUE },
    { "{'call-id': <'y'>}", FALSE },
    { "{'method': <'OPTIONS'>, 'direction': <'in'>}", TRUE },
    { "{'method': <'OPTIONS'>, 'direction': <'out'>}", FALSE },
    { "{'method': <'INVITE'>}", FALSE },
    { "{'peer': <'192.0.2.7'>}", TRUE },
    { "{'peer': <'192.0.2.0/24'>}", TRUE },
    { "{'peer': <'192.0.2.1'>}", FALSE },
    { "{'peer': <'192.0.2.7:5070'>}", TRUE },
    { "{'peer': <'192.0.2.7:5071'>}", FALSE },
    { "{'peer': <'2001:db8::/32'>}", FALSE },
    { "{'session-id': <'1'>}", FALSE },
  };
  g_autoptr (AhoyTraceMessage) message = make_options ("x", 1);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GVariant) options = g_variant_parse (NULL, cases[i].filter, NULL, NULL, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (AhoyTraceFilter) filter =
        ahoy_trace_filter_new (i == 0 ? NULL : options, &error);

    g_assert_no_error (error);
    g_assert_cmpint (ahoy_trace_filter_matches (filter, message), ==, cases[i].matches);
  }
}

static void
test_slow_reader (void)
{
  g_autoptr (AhoyTraceMessage) message = make_options ("x", 1);
  g_autoptr (AhoyPcapWriter) writer = NULL;
  g_autoptr (GError) error = NULL;
  gsize packet = 16 + 28 + g_bytes_get_size (ahoy_trace_message_get_bytes (message));
  gsize total = 0;
  char buffer[65536];
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  writer = ahoy_pcap_writer_new_for_fd (ends[1], NULL, &error);
  g_assert_no_error (error);
  while (ahoy_pcap_writer_get_n_lost (writer) == 0) {
    g_assert_true (ahoy_pcap_writer_write (writer, message, &error));
  }
  while (total < 24 + packet * ahoy_pcap_writer_get_n_written (writer)) {
    ssize_t n = read (ends[0], buffer, sizeof buffer);

    g_assert_cmpint (n, >, 0);
    total += (gsize) n;
    while (g_main_context_iteration (NULL, FALSE)) {
    }
  }
  g_assert_cmpuint (total, ==, 24 + packet * ahoy_pcap_writer_get_n_written (writer));
  g_assert_true (ahoy_pcap_writer_write (writer, message, &error));
  close (ends[0]);
  g_assert_false (ahoy_pcap_writer_write (writer, message, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_FAILED);
  g_assert_nonnull (ahoy_pcap_writer_get_error (writer));
}

int
main (int argc, char **argv)
{
  g_autoptr (AhoyStack) stack = NULL;

  g_test_init (&argc, &argv, NULL);
  stack = ahoy_stack_new (NULL, NULL); /* as in a real process: Sofia ignores SIGPIPE */
  g_test_add_func ("/trace/mask", test_mask);
  g_test_add_func ("/trace/mask/cut", test_mask_cut);
  g_test_add_func ("/trace/mask/header", test_mask_header);
  g_test_add_func ("/trace/kinds", test_kinds);
  g_test_add_func ("/trace/history/calls", test_history_of_calls);
  g_test_add_func ("/trace/history/related", test_history_of_related);
  g_test_add_func ("/trace/history/limits", test_history_limits);
  g_test_add_func ("/trace/history/registrations", test_history_of_registrations);
  g_test_add_func ("/trace/history/registrations/slow", test_history_of_slow_registrations);
  g_test_add_func ("/trace/history/repetition", test_repetition);
  g_test_add_func ("/trace/ladder/own", test_own_ladder);
  g_test_add_func ("/trace/ladder/hostile", test_hostile_ladder);
  g_test_add_func ("/trace/filters", test_filters);
  g_test_add_func ("/trace/pcap/slow-reader", test_slow_reader);
  return g_test_run ();
}
