/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-pcap-packet.h"
#include "ahoy-trace-history.h"
#include "ahoy-trace-ladder.h"
#include "ahoy-trace-mask.h"
#include "ahoy-trace-message-private.h"
#include "ahoy.h"
#include "fuzz.h"

/* The trace reads whatever comes, before and beside the parser of the stack. */

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

static void
assert_one_line (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strpbrk (text, "\r\n\033"));
}

/* Masking keeps the length and all line ends, and changes nothing that it masked already. */
static GBytes *
check_mask (GBytes *bytes)
{
  GBytes *masked = ahoy_trace_mask (bytes);
  g_autoptr (GBytes) again = ahoy_trace_mask (masked);
  gsize length;
  const char *before = g_bytes_get_data (bytes, &length);
  const char *after = g_bytes_get_data (masked, NULL);

  g_assert_cmpuint (g_bytes_get_size (masked), ==, length);
  g_assert_true (g_bytes_equal (masked, again));
  for (gsize i = 0; i < length; i++) {
    g_assert_true (before[i] == after[i] || (after[i] == '*' && before[i] != '\n'));
  }
  return masked;
}

static AhoyTraceMessage *
make_message (GBytes *bytes, gboolean incoming, gboolean tcp)
{
  g_autoptr (GSocketAddress) peer =
      g_inet_socket_address_new_from_string (tcp ? "2001:db8::7" : "192.0.2.7", 5070);
  g_autoptr (GSocketAddress) us =
      g_inet_socket_address_new_from_string (tcp ? "2001:db8::1" : "192.0.2.1", 5060);
  g_autoptr (GBytes) masked = check_mask (bytes);
  AhoyTraceMessage *message;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  AhoyWireMessage wire = {
    .time = 1000000,
    .incoming = incoming,
    .protocol = tcp ? AHOY_TRANSPORT_PROTOCOL_TCP : AHOY_TRANSPORT_PROTOCOL_UDP,
    .kind = ahoy_wire_kind_of (data, length),
    .source = incoming ? peer : us,
    .destination = incoming ? us : peer,
    .bytes = bytes,
  };

  message = ahoy_trace_message_new (&wire, TRUE);
  g_assert_true (g_bytes_equal (ahoy_trace_message_get_bytes (message), masked));
  return message;
}

static void
check_ladder (AhoyTraceMessage *message)
{
  AhoyTraceHistory *history = ahoy_trace_history_new ();
  AhoyTraceLimits limits = { .calls = 2, .messages = 2, .bytes = 1 << 20 };
  const char *call_id = ahoy_trace_message_get_call_id (message);
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *ladder = NULL;

  ahoy_trace_history_set_limits (history, &limits);
  ahoy_trace_history_add (history, message);
  list = ahoy_trace_history_list (history, call_id != NULL ? call_id : "", NULL);
  g_assert_cmpuint (list->len, ==, call_id != NULL ? 1 : 0);
  ladder = ahoy_trace_make_ladder (list, 0);
  for (const char *at = ladder; *at != '\0'; at++) {
    g_assert_true (g_ascii_isprint (*at) || *at == '\n');
  }
  ahoy_trace_history_free (history);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (AhoyTraceMessage) message = make_message (bytes, size % 2 == 0, size % 3 == 0);
  g_autoptr (GHashTable) sequences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  const char *call_id = ahoy_trace_message_get_call_id (message);
  const char *method = ahoy_trace_message_get_method (message);

  assert_one_line (ahoy_trace_message_get_summary (message));
  if (method != NULL) {
    assert_one_line (method);
  }
  g_assert_true (call_id == NULL || g_utf8_validate (call_id, -1, NULL));
  g_assert_true (call_id == NULL || strchr (call_id, '\n') == NULL);
  g_assert_cmpuint (ahoy_trace_message_get_status (message), <=, 1000);
  check_ladder (message);
  ahoy_pcap_append_message (file, message, sequences);
  g_assert_true (size == 0 || file->len > size);
  return 0;
}
