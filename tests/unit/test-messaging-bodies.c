/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy.h"

/* MESG-08: message/cpim with IMDN, and what tells that somebody is writing. */

static AhoyCpim *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return ahoy_cpim_parse (bytes, NULL);
}

/* The example of RFC 5438 §5.3, with another prefix. */
#define ENVELOPE                                                                                   \
  "From: Alice <im:alice@example.com>\r\nTo: Bob <im:bob@example.com>\r\n"                         \
  "NS: x <urn:ietf:params:imdn>\r\nx.Message-ID: 34jk324j\r\n"                                     \
  "DateTime: 2006-04-04T12:16:49-05:00\r\n"                                                        \
  "x.Disposition-Notification: positive-delivery, negative-delivery\r\n\r\n"                       \
  "Content-type: text/plain;charset=utf-8\r\nContent-length: 12\r\n\r\nHello World\n"

static void
test_cpim (void)
{
  g_autoptr (AhoyCpim) cpim = parse (ENVELOPE);
  g_autoptr (AhoyCpim) plain = parse ("From: <sip:a@b>\n\nX: y\n\nbody");
  gsize size = 0;

  g_assert_nonnull (cpim);
  g_assert_cmpstr (ahoy_cpim_get_header (cpim, "from"), ==, "Alice <im:alice@example.com>");
  g_assert_cmpstr (ahoy_cpim_get_header (cpim, "imdn.message-id"), ==, "34jk324j");
  g_assert_cmpstr (ahoy_cpim_get_content_type (cpim), ==, "text/plain;charset=utf-8");
  g_assert_cmpmem (g_bytes_get_data (ahoy_cpim_get_body (cpim), &size), 12, "Hello World\n", 12);
  g_assert_cmpuint (size, ==, 12);
  g_assert_true (ahoy_cpim_wants (cpim, "positive-delivery"));
  g_assert_true (ahoy_cpim_wants (cpim, "negative-delivery"));
  g_assert_false (ahoy_cpim_wants (cpim, "display"));

  g_assert_nonnull (plain);
  g_assert_cmpstr (ahoy_cpim_get_content_type (plain), ==, "text/plain");
  g_assert_false (ahoy_cpim_wants (plain, "positive-delivery"));
}

static void
test_broken_cpim (void)
{
  static const char *const broken[] = { "", "x", "From: a", "From: a\n\nno header\n\nx",
                                        ": x\n\n\nx", "From: a\n\nContent-Type: x" };
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GBytes) nul = g_bytes_new_static ("A: b\n\n\0\n\n", 9);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_assert_null (parse (broken[i]));
  }
  for (guint i = 0; i < 100; i++) {
    g_string_append (many, "A: b\n");
  }
  g_string_append (many, "\nB: c\n\nx");
  g_assert_null (parse (many->str));
  g_assert_null (ahoy_cpim_parse (nul, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

static void
test_notification (void)
{
  g_autoptr (AhoyCpim) cpim = parse (ENVELOPE);
  g_autoptr (GBytes) bytes = ahoy_cpim_make_notification (cpim, "delivered");
  g_autoptr (AhoyCpim) answer = ahoy_cpim_parse (bytes, NULL);
  g_autofree char *xml = NULL;
  gsize size = 0;
  const char *data;

  g_assert_nonnull (answer);
  g_assert_cmpstr (ahoy_cpim_get_header (answer, "To"), ==, "Alice <im:alice@example.com>");
  g_assert_cmpstr (ahoy_cpim_get_header (answer, "From"), ==, "Bob <im:bob@example.com>");
  g_assert_cmpstr (ahoy_cpim_get_content_type (answer), ==, "message/imdn+xml");
  g_assert_false (ahoy_cpim_wants (answer, "positive-delivery"));
  data = g_bytes_get_data (ahoy_cpim_get_body (answer), &size);
  xml = g_strndup (data, size);
  g_assert_nonnull (strstr (xml, "<message-id>34jk324j</message-id>"));
  g_assert_nonnull (strstr (xml, "<datetime>2006-04-04T12:16:49-05:00</datetime>"));
  g_assert_nonnull (strstr (xml, "<recipient-uri>im:bob@example.com</recipient-uri>"));
  g_assert_nonnull (strstr (xml, "<status><delivered/></status>"));
}

static gboolean
read_composing (const char *text, gboolean *active, guint *refresh)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return ahoy_is_composing_parse (bytes, active, refresh, NULL);
}

static void
test_composing (void)
{
  g_autoptr (GBytes) made = ahoy_is_composing_make (TRUE, 90);
  g_autoptr (GString) deep = g_string_new (NULL);
  gboolean active = FALSE;
  guint refresh = 0;

  g_assert_true (ahoy_is_composing_parse (made, &active, &refresh, NULL));
  g_assert_true (active);
  g_assert_cmpuint (refresh, ==, 90);
  /* RFC 3994 §5 */
  g_assert_true (read_composing ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                                 "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
                                 "<state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive>"
                                 "<contenttype>audio</contenttype></isComposing>",
                                 &active, &refresh));
  g_assert_false (active);
  g_assert_cmpuint (refresh, ==, 120);
  g_assert_true (read_composing ("<a:isComposing xmlns:a=\"x\"><a:state> active\n</a:state>"
                                 "<a:refresh>-1</a:refresh></a:isComposing>",
                                 &active, &refresh));
  g_assert_true (active);
  g_assert_false (read_composing ("", &active, &refresh));
  g_assert_false (read_composing ("<isComposing/>", &active, &refresh));
  g_assert_false (read_composing ("<isComposing><state>active", &active, &refresh));
  for (guint i = 0; i < 20000; i++) {
    g_string_append (deep, "<x>");
  }
  g_assert_false (read_composing (deep->str, &active, &refresh));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messaging/bodies/cpim", test_cpim);
  g_test_add_func ("/messaging/bodies/broken-cpim", test_broken_cpim);
  g_test_add_func ("/messaging/bodies/notification", test_notification);
  g_test_add_func ("/messaging/bodies/composing", test_composing);
  return g_test_run ();
}
