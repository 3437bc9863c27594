/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include <sys/resource.h>

#include "ahoy-memory-gauge.h"
#include "ahoy-security-line.h"
#include "ahoy-security-quota.h"
#include "ahoy-source-table.h"
#include "ahoy.h"

/* What the log wrote since the last look: lines, and the fields of the last one. */
static GPtrArray *lines;
static GHashTable *fields;

static GLogWriterOutput
keep_line (GLogLevelFlags level, const GLogField *given, gsize n_given, gpointer user_data)
{
  g_hash_table_remove_all (fields);
  for (gsize i = 0; i < n_given; i++) {
    g_assert_cmpint (given[i].length, ==, -1);
    g_hash_table_insert (fields, g_strdup (given[i].key), g_strdup (given[i].value));
  }
  if (g_hash_table_contains (fields, "AHOY_SECURITY_EVENT")) {
    g_ptr_array_add (lines, g_strdup (g_hash_table_lookup (fields, "MESSAGE")));
    return G_LOG_WRITER_HANDLED;
  }
  return g_log_writer_default (level, given, n_given, NULL);
}

static guint
take_lines (void)
{
  guint count = lines->len;

  g_ptr_array_set_size (lines, 0);
  return count;
}

static GSocketAddress *
make_source (const char *address, guint port)
{
  return g_inet_socket_address_new_from_string (address, port);
}

static void
assert_escaped (const char *text, const char *expected)
{
  g_autofree char *escaped = ahoy_security_line_escape (text, 128);

  g_assert_cmpstr (escaped, ==, expected);
}

static void
test_escape (void)
{
  g_autofree char *cut = ahoy_security_line_escape ("abcdef", 4);
  g_autofree char *exact = ahoy_security_line_escape ("abcd", 4);

  assert_escaped ("", "");
  assert_escaped ("alice", "alice");
  assert_escaped ("a b", "a b");
  assert_escaped ("a\"b\\c", "a\\\"b\\\\c");
  assert_escaped ("a\r\nb\tc\x7f", "a\\x0d\\x0ab\\x09c\\x7f");
  assert_escaped ("ünï", "ünï");
  assert_escaped ("\xff\xfe", "\\xff\\xfe");
  assert_escaped ("\xe2\x82", "\\xe2\\x82");                 /* half a character */
  assert_escaped ("a\xe2\x80\xae" "b", "a\\xe2\\x80\\xae" "b");  /* writes from the right */
  assert_escaped ("a\xe2\x80\xa8" "b", "a\\xe2\\x80\\xa8" "b");  /* another line end */
  assert_escaped ("a\xc2\xa0" "b", "a\\xc2\\xa0" "b");          /* another space */
  g_assert_cmpstr (cut, ==, "abcd...");
  g_assert_cmpstr (exact, ==, "abcd");
}

static void
test_line (void)
{
  g_autoptr (GSocketAddress) source = make_source ("192.0.2.7", 5070);
  g_autoptr (AhoySecurityEvent) event = ahoy_security_event_new (
      AHOY_SECURITY_EVENT_INVALID_PASSWORD, source, "udp", "alice", "REGISTER", "c1@x",
      ahoy_security_event_make_facts ("reason", "wrong response", "empty", NULL, "realm", "ahoy",
                                      NULL));
  g_autofree char *line = ahoy_security_event_to_string (event);

  g_assert_cmpstr (line, ==,
                   "Security event=invalid-password severity=error source=192.0.2.7 port=5070 "
                   "transport=udp account=\"alice\" method=\"REGISTER\" call-id=\"c1@x\" "
                   "reason=\"wrong response\" realm=\"ahoy\"");
}

static void
assert_source (const char *address, const char *expected)
{
  g_autoptr (GSocketAddress) source = address != NULL ? make_source (address, 1) : NULL;
  g_autoptr (AhoySecurityEvent) event = ahoy_security_event_new (
      AHOY_SECURITY_EVENT_LOAD_AVERAGE, source, NULL, NULL, NULL, NULL, NULL);
  g_autofree char *line = ahoy_security_event_to_string (event);
  g_autofree char *start = g_strdup_printf (
      "Security event=load-average severity=error source=%s port=%u transport=- account=\"\" ",
      expected, address != NULL ? 1 : 0);

  g_assert_true (g_str_has_prefix (line, start));
}

static void
test_sources (void)
{
  assert_source ("192.0.2.7", "192.0.2.7");
  assert_source ("::ffff:192.0.2.7", "192.0.2.7");
  assert_source ("2001:db8::1", "2001:db8::1");
  assert_source (NULL, "-");
}

/* No peer can write a field, a line or an address. */
static void
test_forging (void)
{
  static const char *const evil[] = {
    "x\" source=198.51.100.1 port=1 account=\"y",
    "x\nSecurity event=invalid-password severity=error source=198.51.100.1 port=5060",
    "x\r\nSecurity event=invalid-password severity=error source=198.51.100.1",
    "\\\" source=198.51.100.1",
    "\\",
    "\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (evil); i++) {
    g_autoptr (GSocketAddress) source = make_source ("192.0.2.7", 5070);
    g_autoptr (AhoySecurityEvent) event = ahoy_security_event_new (
        AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID, source, evil[i], evil[i], evil[i], evil[i],
        ahoy_security_event_make_facts (evil[i], evil[i], "agent", evil[i], NULL));
    g_autofree char *line = ahoy_security_event_to_string (event);
    g_autofree char *outside = NULL;
    g_autoptr (GRegex) quoted = g_regex_new ("\"([^\"\\\\]|\\\\.)*\"", 0, 0, NULL);

    g_assert_null (strpbrk (line, "\r\n"));
    g_assert_true (g_str_has_prefix (
        line, "Security event=invalid-account-id severity=error source=192.0.2.7 port=5070 "));
    outside = g_regex_replace_literal (quoted, line, -1, 0, "", 0, NULL);
    g_assert_null (strchr (outside, '"'));
    g_assert_null (strstr (outside, "198.51.100.1"));
  }
}

static void
test_bounds (void)
{
  g_autofree char *long_text = g_strnfill (100000, '\xff');
  g_autofree char *odd = g_strnfill (300, 'a');
  GVariantBuilder builder;
  g_autoptr (AhoySecurityEvent) event = NULL;
  g_autofree char *line = NULL;

  memcpy (odd + 255, "\xc3\xbc", 2); /* ü, where the text is cut */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < 1000; i++) {
    g_variant_builder_add (&builder, "{ss}", odd, odd);
  }
  event = ahoy_security_event_new (AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT, NULL, long_text,
                                   long_text, odd, long_text, g_variant_builder_end (&builder));
  line = ahoy_security_event_to_string (event);
  g_assert_cmpuint (strlen (line), <, 6000);
  g_assert_cmpuint (strlen (ahoy_security_event_get_account (event)), <=, 256);
  g_assert_true (g_utf8_validate (ahoy_security_event_get_account (event), -1, NULL));
  g_assert_true (g_utf8_validate (ahoy_security_event_get_method (event), -1, NULL));
  g_assert_cmpuint (g_variant_n_children (ahoy_security_event_get_facts (event)), ==, 16);
}

/* -- memory --------------------------------------------------------------------------------- */

static void
test_memory_parsing (void)
{
  g_assert_cmpuint (ahoy_memory_gauge_parse_limit ("max\n"), ==, G_MAXUINT64);
  g_assert_cmpuint (ahoy_memory_gauge_parse_limit ("1048576\n"), ==, 1048576);
  g_assert_cmpuint (ahoy_memory_gauge_parse_limit (""), ==, G_MAXUINT64);
  g_assert_cmpuint (ahoy_memory_gauge_parse_anonymous ("anon 4096\nfile 9\n"), ==, 4096);
  g_assert_cmpuint (ahoy_memory_gauge_parse_anonymous ("file 9\nanon 4096\nshmem 1\n"), ==, 4096);
  g_assert_cmpuint (ahoy_memory_gauge_parse_anonymous ("file 9\nanon_thp 4096\n"), ==, 0);
  g_assert_cmpuint (ahoy_memory_gauge_parse_anonymous (""), ==, 0);
}

static void
test_memory_limits (void)
{
  g_autoptr (AhoyMemoryGauge) gauge = ahoy_memory_gauge_new ();
  struct rlimit before;
  struct rlimit tight;
  const char *reason = NULL;
  guint64 resident;

  g_assert_false (ahoy_memory_gauge_is_short (gauge, 0, 0, &reason));
  resident = ahoy_memory_gauge_get_resident (gauge);
  g_assert_cmpuint (resident, >, 1024 * 1024);
  g_assert_false (ahoy_memory_gauge_is_short (gauge, 1, 1, &reason)); /* not measured again */
  g_assert_true (ahoy_memory_gauge_is_short (gauge, 1024 * 1024, G_TIME_SPAN_SECOND, &reason));
  g_assert_cmpstr (reason, ==, "max-memory");
  g_assert_false (ahoy_memory_gauge_is_short (gauge, 100 * resident, 2 * G_TIME_SPAN_SECOND,
                                              &reason));

  g_assert_cmpint (getrlimit (RLIMIT_AS, &before), ==, 0);
  tight = before;
  tight.rlim_cur = 100 * (rlim_t) G_MAXUINT32 * 1024; /* far away, under sanitizers too */
  g_assert_cmpint (setrlimit (RLIMIT_AS, &tight), ==, 0);
  g_assert_false (ahoy_memory_gauge_is_short (gauge, 0, 3 * G_TIME_SPAN_SECOND, &reason));
  tight.rlim_cur = 1024 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &tight), ==, 0);
  g_assert_true (ahoy_memory_gauge_is_short (gauge, 0, 4 * G_TIME_SPAN_SECOND, &reason));
  g_assert_cmpint (setrlimit (RLIMIT_AS, &before), ==, 0);
  g_assert_cmpstr (reason, ==, "RLIMIT_AS");
}

/* -- sources -------------------------------------------------------------------------------- */

static AhoySourceKey
make_key (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  AhoySourceKey key;

  g_assert_true (ahoy_source_key_from_address (address, &key));
  return key;
}

static void
assert_key (const char *text, const char *expected)
{
  AhoySourceKey key = make_key (text);
  g_autofree char *name = ahoy_source_key_to_string (&key);

  g_assert_cmpstr (name, ==, expected);
}

static void
test_source_keys (void)
{
  assert_key ("192.0.2.7", "192.0.2.7");
  assert_key ("::ffff:192.0.2.7", "192.0.2.7");
  assert_key ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
  assert_key ("::1", "::/64");
}

static void
count_source (AhoySource *source, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* A flood of forged addresses makes nobody forget who is banned or trusted. */
static void
test_source_table (void)
{
  g_autoptr (AhoySourceTable) table = ahoy_source_table_new (100, 10);
  AhoySourceKey kept = make_key ("192.0.2.7");
  AhoySourceKey last = make_key ("10.0.255.255");
  guint count = 0;

  ahoy_source_table_keep (table, ahoy_source_table_add (table, &kept));
  for (guint i = 0; i < 65536; i++) {
    g_autofree char *text = g_strdup_printf ("10.0.%u.%u", i >> 8, i & 255);
    AhoySourceKey key = make_key (text);

    g_assert_nonnull (ahoy_source_table_add (table, &key));
  }
  g_assert_cmpuint (ahoy_source_table_get_size (table), ==, 101);
  g_assert_nonnull (ahoy_source_table_find (table, &kept));
  g_assert_nonnull (ahoy_source_table_find (table, &last));
  ahoy_source_table_let_go (table, ahoy_source_table_find (table, &kept));
  g_assert_cmpuint (ahoy_source_table_get_size (table), ==, 100);
  for (guint i = 0; i < 50; i++) {
    g_autofree char *text = g_strdup_printf ("10.1.0.%u", i);
    AhoySourceKey key = make_key (text);

    ahoy_source_table_keep (table, ahoy_source_table_add (table, &key));
  }
  ahoy_source_table_foreach_kept (table, count_source, &count);
  g_assert_cmpuint (count, ==, 10);
}

/* -- the log -------------------------------------------------------------------------------- */

typedef struct {
  AhoyScheduler *scheduler;
  AhoySecurityLog *log;
  guint heard;
  guint heard_passwords;
} Fixture;

static void
on_event (AhoySecurityLog *log, AhoySecurityEvent *event, guint *heard)
{
  g_assert_true (AHOY_IS_SECURITY_EVENT (event));
  (*heard)++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->scheduler = ahoy_scheduler_new_virtual ();
  fixture->log = ahoy_security_log_new (fixture->scheduler);
  take_lines ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->log);
  g_object_unref (fixture->scheduler);
  g_assert_cmpuint (ahoy_census_count ("AhoySecurityLog"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoySecurityEvent"), ==, 0);
}

static void
report (Fixture *fixture, AhoySecurityEventType type, const char *address)
{
  g_autoptr (GSocketAddress) source = make_source (address, 5060);

  ahoy_security_log_report_source (fixture->log, type, source, "udp", "bob\n",
                                   ahoy_security_event_make_facts ("reason", "test", NULL));
}

static void
test_fields (Fixture *fixture, gconstpointer data)
{
  static const char *const expected[][2] = {
    { "AHOY_SECURITY_EVENT", "failed-acl" },
    { "AHOY_SECURITY_SEVERITY", "error" },
    { "AHOY_SECURITY_SOURCE_ADDRESS", "2001:db8::7" },
    { "AHOY_SECURITY_SOURCE_PORT", "5060" },
    { "AHOY_SECURITY_TRANSPORT", "udp" },
    { "AHOY_SECURITY_ACCOUNT", "bob\\x0a" },
    { "AHOY_SECURITY_METHOD", "" },
    { "AHOY_SECURITY_CALL_ID", "" },
    { "PRIORITY", "5" },
    { "MESSAGE_ID", "e05a690290114e0fb42eb4e05da8e6d4" },
  };

  report (fixture, AHOY_SECURITY_EVENT_FAILED_ACL, "2001:db8::7");
  g_assert_cmpuint (lines->len, ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_cmpstr (g_hash_table_lookup (fields, expected[i][0]), ==, expected[i][1]);
  }
}

static void
test_listeners (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) counts = NULL;
  guint64 count = 0;

  g_signal_connect (fixture->log, "event", G_CALLBACK (on_event), &fixture->heard);
  g_signal_connect (fixture->log, "event::invalid-password", G_CALLBACK (on_event),
                    &fixture->heard_passwords);
  report (fixture, AHOY_SECURITY_EVENT_INVALID_PASSWORD, "192.0.2.1");
  report (fixture, AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH, "192.0.2.1");
  g_assert_cmpuint (fixture->heard, ==, 2);
  g_assert_cmpuint (fixture->heard_passwords, ==, 1);
  g_assert_cmpuint (take_lines (), ==, 1); /* who logs in is not written by default */

  ahoy_security_log_set_logging (fixture->log, AHOY_SECURITY_LOGGING_ALL);
  report (fixture, AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH, "192.0.2.1");
  g_assert_cmpuint (take_lines (), ==, 1);
  ahoy_security_log_set_logging (fixture->log, AHOY_SECURITY_LOGGING_NONE);
  report (fixture, AHOY_SECURITY_EVENT_INVALID_PASSWORD, "192.0.2.2");
  g_assert_cmpuint (take_lines (), ==, 0);
  g_assert_cmpuint (fixture->heard, ==, 4);

  counts = ahoy_security_log_get_statistics (fixture->log);
  g_assert_true (g_variant_lookup (counts, "invalid-password", "t", &count));
  g_assert_cmpuint (count, ==, 2);
  g_assert_cmpuint (g_variant_n_children (counts), ==, 15);
}

static void
test_flood_of_one (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10000; i++) {
    report (fixture, AHOY_SECURITY_EVENT_INVALID_PASSWORD, "192.0.2.1");
  }
  g_assert_cmpuint (take_lines (), ==, 5);
  report (fixture, AHOY_SECURITY_EVENT_INVALID_PASSWORD, "192.0.2.2");
  g_assert_cmpuint (take_lines (), ==, 1); /* another source comes at once */
  report (fixture, AHOY_SECURITY_EVENT_FAILED_ACL, "192.0.2.1");
  g_assert_cmpuint (take_lines (), ==, 1); /* and something else of the same one */

  ahoy_scheduler_advance (fixture->scheduler, 10 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_true (g_str_has_prefix (lines->pdata[0],
                                   "Security event=invalid-password severity=error "
                                   "source=192.0.2.1 port=5060 "));
  g_assert_true (g_str_has_suffix (lines->pdata[0], " repeated=\"9995\""));
  take_lines ();
  report (fixture, AHOY_SECURITY_EVENT_INVALID_PASSWORD, "192.0.2.1");
  g_assert_cmpuint (take_lines (), ==, 0); /* the flood may go on */
  ahoy_scheduler_advance (fixture->scheduler, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (take_lines (), ==, 1);
  ahoy_scheduler_advance (fixture->scheduler, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (take_lines (), ==, 0);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (fixture->scheduler), ==, 0);
  report (fixture, AHOY_SECURITY_EVENT_INVALID_PASSWORD, "192.0.2.1");
  g_assert_cmpuint (take_lines (), ==, 1);
}

/* Each packet from another forged address: neither the table nor the log grows with them. */
static void
test_flood_of_many (Fixture *fixture, gconstpointer data)
{
  guint total = 0;

  for (guint i = 0; i < 60000; i++) {
    g_autofree char *address =
        g_strdup_printf ("10.%u.%u.%u", (i >> 16) & 255, (i >> 8) & 255, i & 255);

    report (fixture, AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID, address);
  }
  g_assert_cmpuint (take_lines (), ==, 200);
  for (guint i = 0; i < 60; i++) {
    ahoy_scheduler_advance (fixture->scheduler, G_TIME_SPAN_SECOND);
    total += take_lines ();
  }
  g_assert_cmpuint (total, >, 1);
  g_assert_cmpuint (total, <, 20 * 60);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (fixture->scheduler), ==, 0);
}

static void
test_last_words (Fixture *fixture, gconstpointer data)
{
  AhoySecurityLog *other = ahoy_security_log_new (fixture->scheduler);
  g_autoptr (GSocketAddress) source = make_source ("192.0.2.9", 1);

  for (guint i = 0; i < 8; i++) {
    ahoy_security_log_report_source (other, AHOY_SECURITY_EVENT_SESSION_LIMIT, source, "tcp", NULL,
                                     NULL);
  }
  g_assert_cmpuint (take_lines (), ==, 5);
  g_object_unref (other);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_true (g_str_has_suffix (lines->pdata[0], " repeated=\"3\""));
  take_lines ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  lines = g_ptr_array_new_with_free_func (g_free);
  fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_log_set_writer_func (keep_line, NULL, NULL);

  g_test_add_func ("/security/line/escape", test_escape);
  g_test_add_func ("/security/line/fields-in-order", test_line);
  g_test_add_func ("/security/line/sources", test_sources);
  g_test_add_func ("/security/line/nothing-is-forged", test_forging);
  g_test_add_func ("/security/event/bounds", test_bounds);
  g_test_add_func ("/security/sources/keys", test_source_keys);
  g_test_add_func ("/security/sources/table-is-bounded", test_source_table);
  g_test_add_func ("/security/memory/files-of-the-kernel", test_memory_parsing);
  g_test_add_func ("/security/memory/limits", test_memory_limits);
#define ADD(name, function)                                                                        \
  g_test_add ("/security/log/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("fields-of-the-journal", test_fields);
  ADD ("listeners", test_listeners);
  ADD ("flood-of-one-source", test_flood_of_one);
  ADD ("flood-of-many-sources", test_flood_of_many);
  ADD ("last-words", test_last_words);
  return g_test_run ();
}
