/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy.h"

static AhoyUri *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  AhoyUri *uri = ahoy_uri_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (uri);

  return uri;
}

static AhoyNameAddr *
parse_address (const char *text)
{
  g_autoptr (GError) error = NULL;
  AhoyNameAddr *address = ahoy_name_addr_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (address);

  return address;
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

/* From RFC 3261 sections 19.1.3 and 19.1.6, RFC 4475, RFC 5954, RFC 3966, and life. */
static const struct {
  const char *text;
  AhoyUriScheme scheme;
  const char *user;
  const char *password;
  const char *host;
  guint port;
} accepted[] = {
  { "sip:alice@atlanta.com", AHOY_URI_SCHEME_SIP, "alice", NULL, "atlanta.com", 0 },
  { "sip:alice:secretword@atlanta.com;transport=tcp", AHOY_URI_SCHEME_SIP, "alice", "secretword",
    "atlanta.com", 0 },
  { "sips:alice@atlanta.com?subject=project%20x&priority=urgent", AHOY_URI_SCHEME_SIPS, "alice",
    NULL, "atlanta.com", 0 },
  { "sip:+1-212-555-1212:1234@gateway.com;user=phone", AHOY_URI_SCHEME_SIP, "+1-212-555-1212",
    "1234", "gateway.com", 0 },
  { "sips:1212@gateway.com", AHOY_URI_SCHEME_SIPS, "1212", NULL, "gateway.com", 0 },
  { "sip:alice@192.0.2.4", AHOY_URI_SCHEME_SIP, "alice", NULL, "192.0.2.4", 0 },
  { "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", AHOY_URI_SCHEME_SIP, NULL, NULL,
    "atlanta.com", 0 },
  { "sip:alice;day=tuesday@atlanta.com", AHOY_URI_SCHEME_SIP, "alice;day=tuesday", NULL,
    "atlanta.com", 0 },
  { "sip:vivekg@chair-dnrc.example.com;unknownparam", AHOY_URI_SCHEME_SIP, "vivekg", NULL,
    "chair-dnrc.example.com", 0 },
  { "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too."
    "(doesn't-it)@example.com",
    AHOY_URI_SCHEME_SIP, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
    "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)", "example.com", 0 },
  { "sip:sips%3Auser%40example.com@example.net", AHOY_URI_SCHEME_SIP, "sips:user@example.com",
    NULL, "example.net", 0 },
  { "sip:I%20have%20spaces@example.net", AHOY_URI_SCHEME_SIP, "I have spaces", NULL,
    "example.net", 0 },
  { "sip:null-%00-null@example.com", AHOY_URI_SCHEME_SIP, "null-%00-null", NULL, "example.com", 0 },
  { "sip:x%0d%0aVia:y@example.com", AHOY_URI_SCHEME_SIP, "x%0d%0aVia", "y", "example.com", 0 },
  { "sip:j%C3%B6rg@example.com", AHOY_URI_SCHEME_SIP, "j\xc3\xb6rg", NULL, "example.com", 0 },
  { "sip:j%F6rg@example.com", AHOY_URI_SCHEME_SIP, "j\xef\xbf\xbdrg", NULL, "example.com", 0 },
  { "sip:user;par=u%40example.net@example.com", AHOY_URI_SCHEME_SIP, "user;par=u@example.net",
    NULL, "example.com", 0 },
  { "sip:[2001:db8::10]", AHOY_URI_SCHEME_SIP, NULL, NULL, "2001:db8::10", 0 },
  { "sip:[2001:db8::10]:5070", AHOY_URI_SCHEME_SIP, NULL, NULL, "2001:db8::10", 5070 },
  { "sip:user@[::ffff:192.0.2.10]:1", AHOY_URI_SCHEME_SIP, "user", NULL, "::ffff:192.0.2.10", 1 },
  { "sip:alice:@h", AHOY_URI_SCHEME_SIP, "alice", "", "h", 0 },
  { "sip:h.:65535", AHOY_URI_SCHEME_SIP, NULL, NULL, "h.", 65535 },
  { "sip:a@media_relay;lr", AHOY_URI_SCHEME_SIP, "a", NULL, "media_relay", 0 },
  { "sip:%2A72%23@h", AHOY_URI_SCHEME_SIP, "*72#", NULL, "h", 0 },
  { "tel:+1-201-555-0123", AHOY_URI_SCHEME_TEL, "+1-201-555-0123", NULL, NULL, 0 },
  { "tel:7042;phone-context=example.com", AHOY_URI_SCHEME_TEL, "7042", NULL, NULL, 0 },
  { "tel:*72#", AHOY_URI_SCHEME_TEL, "*72#", NULL, NULL, 0 },
  { "urn:service:sos", AHOY_URI_SCHEME_OTHER, NULL, NULL, NULL, 0 },
  { "http://www.example.com/a?b=c#d", AHOY_URI_SCHEME_OTHER, NULL, NULL, NULL, 0 },
  { "nobodyKnowsThisScheme:totallyopaquecontent", AHOY_URI_SCHEME_OTHER, NULL, NULL, NULL, 0 },
};

static void
test_accepted (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (AhoyUri) uri = parse (accepted[i].text);
  g_autofree char *text = ahoy_uri_to_string (uri);

  g_assert_cmpint (g_ascii_strcasecmp (text, accepted[i].text), ==, 0);
  g_assert_cmpint (ahoy_uri_get_scheme (uri), ==, accepted[i].scheme);
  g_assert_cmpstr (ahoy_uri_get_user (uri), ==, accepted[i].user);
  g_assert_cmpstr (ahoy_uri_get_password (uri), ==, accepted[i].password);
  g_assert_cmpstr (ahoy_uri_get_host (uri), ==, accepted[i].host);
  g_assert_cmpuint (ahoy_uri_get_port (uri), ==, accepted[i].port);
}

static const struct {
  const char *text;
  guint position;
} refused[] = {
  { "", 1 },
  { "alice@example.com", 6 },
  { ":x", 1 },
  { "1sip:x", 5 },
  { "sip", 4 },
  { "sip:", 5 },
  { "sip:@example.com", 5 },
  { "sip::pw@example.com", 5 },
  { "sip:alice@", 11 },
  { "sip:alice@bob@example.com", 14 },
  { "sip:a lice@example.com", 6 },
  { "sip:alice @example.com", 10 },
  { "sip:a%zz@example.com", 6 },
  { "sip:a%4@example.com", 6 },
  { "sip:a%", 6 },
  { "sip:a:b:c@example.com", 8 },
  { "sip:a[@example.com", 6 },
  { "sip:a#b@example.com", 6 },
  { "sip:\"a\"@example.com", 5 },
  { "sip:j\xc3\xb6rg@example.com", 6 },
  { "sip:a\r\nb@example.com", 6 },
  { "sip:example.com\r\n", 16 },
  { " sip:example.com", 1 },
  { "sip:a@-example.com", 7 },
  { "sip:a@example-.com", 7 },
  { "sip:a@example..com", 7 },
  { "sip:a@.com", 7 },
  { "sip:a@1.2.3", 7 },
  { "sip:a@256.1.1.1", 7 },
  { "sip:a@100", 7 },
  { "sip:a@example.1com", 7 },
  { "sip:a@[::1", 7 },
  { "sip:a@[192.0.2.1]", 7 },
  { "sip:a@[::g]", 7 },
  { "sip:a@[fe80::1%25eth0]", 7 },
  { "sip:a@::1", 7 },
  { "sip:a@[::1]x", 12 },
  { "sip:h:", 7 },
  { "sip:h:0", 7 },
  { "sip:h:65536", 7 },
  { "sip:h:99999999999999999999", 7 },
  { "sip:h:50x", 9 },
  { "sip:h;", 7 },
  { "sip:h;;lr", 7 },
  { "sip:h;=x", 7 },
  { "sip:h;lr=", 10 },
  { "sip:h;a b", 8 },
  { "sip:h;lr;LR=1", 10 },
  { "sip:h;a=b;%61=c", 11 },
  { "sip:h?", 7 },
  { "sip:h?subject", 14 },
  { "sip:h?=x", 7 },
  { "sip:h?a=b&", 11 },
  { "sip:h?a=b?a b=c", 12 },
  { "sip:h>", 6 },
  { "tel:", 5 },
  { "tel:+", 5 },
  { "tel:---", 5 },
  { "tel:alice", 5 },
  { "tel:+12ab", 5 },
  { "tel:+1 201", 5 },
  { "tel:123;a_b=1", 8 },
  { "tel:123;", 9 },
  { "urn:", 5 },
  { "urn:a b", 6 },
  { "http://<script>", 8 },
};

static void
test_refused (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *position = g_strdup_printf ("at position %u:", refused[i].position);

  g_assert_null (ahoy_uri_parse (refused[i].text, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, position));
  g_assert_true (g_str_is_ascii (error->message));
}

static void
test_part_of_a_text (void)
{
  static const char text[] = "sip:h\0;lr";
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyUri) uri = ahoy_uri_parse_length ("sip:alice@host:50601", 19, NULL);

  g_assert_cmpuint (ahoy_uri_get_port (uri), ==, 5060);
  g_assert_null (ahoy_uri_parse_length (text, sizeof text - 1, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (error->message, "\"sip:h\\x00;lr\""));
}

static void
test_limits (void)
{
  g_autoptr (GString) params = g_string_new ("sip:h");
  g_autofree char *huge = g_strnfill (64 * 1024 + 1, 'a');
  g_autofree char *long_user = g_strnfill (10000, 'a');
  g_autofree char *long_text = g_strdup_printf ("sip:%s@h", long_user);
  g_autoptr (AhoyUri) long_uri = parse (long_text);
  g_autoptr (AhoyUri) most = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (ahoy_uri_get_user (long_uri), ==, long_user);

  for (guint i = 0; i < 64; i++)
    g_string_append_printf (params, ";p%u", i);
  most = parse (params->str);
  g_string_append (params, ";p64");
  g_assert_null (ahoy_uri_parse (params->str, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);

  g_assert_null (ahoy_uri_parse (huge, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_assert_cmpuint (strlen (error->message), <, 200);
  g_clear_error (&error);
  g_assert_null (ahoy_name_addr_parse (huge, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
}

static void
test_parameters_and_headers (void)
{
  g_autoptr (AhoyUri) uri = parse ("sip:a@h:5061;Transport=TCP;lr;x%20y=%22z%22;maddr=[::1]"
                                   "?subject=a%20b&Route=&subject=second");
  g_auto (GStrv) params = ahoy_uri_list_params (uri);
  g_auto (GStrv) headers = ahoy_uri_list_headers (uri);

  g_assert_cmpuint (g_strv_length (params), ==, 4);
  g_assert_cmpstr (params[2], ==, "x y");
  g_assert_cmpstr (ahoy_uri_get_transport (uri), ==, "TCP");
  g_assert_true (ahoy_uri_has_lr (uri));
  g_assert_cmpstr (ahoy_uri_get_param (uri, "LR"), ==, "");
  g_assert_cmpstr (ahoy_uri_get_param (uri, "x y"), ==, "\"z\"");
  g_assert_cmpstr (ahoy_uri_get_param (uri, "maddr"), ==, "[::1]");
  g_assert_false (ahoy_uri_has_param (uri, "ttl"));
  g_assert_null (ahoy_uri_get_param (uri, "subject"));

  g_assert_cmpuint (g_strv_length (headers), ==, 3);
  g_assert_cmpstr (ahoy_uri_get_header (uri, "Subject"), ==, "a b");
  g_assert_cmpstr (ahoy_uri_get_header (uri, "route"), ==, "");
  g_assert_null (ahoy_uri_get_header (uri, "lr"));
}

static void
test_user_without_options (void)
{
  g_autoptr (AhoyUri) uri = parse ("sip:+358-555-1234567;postd=pp22;isub=1411@foo.com;user=phone");
  g_autoptr (AhoyUri) escaped = parse ("sip:a%3Bb;c@foo.com");
  g_autoptr (AhoyUri) none = parse ("sip:foo.com");

  g_assert_cmpstr (ahoy_uri_get_user (uri), ==, "+358-555-1234567;postd=pp22;isub=1411");
  g_assert_cmpstr (ahoy_uri_get_user_without_options (uri), ==, "+358-555-1234567");
  g_assert_cmpstr (ahoy_uri_get_raw_user (escaped), ==, "a%3Bb;c");
  g_assert_cmpstr (ahoy_uri_get_user_without_options (escaped), ==, "a;b");
  g_assert_null (ahoy_uri_get_user_without_options (none));
}

/* RFC 3261 section 19.1.6, its examples among them. */
static void
test_numbers_at_hosts (void)
{
  static const struct {
    const char *where;
    const char *number;
    const char *result;
  } table[] = {
    { "sip:foo.com", "tel:+358-555-1234567;postd=pp22",
      "sip:+3585551234567;postd=pp22@foo.com;user=phone" },
    { "sip:foo.com", "tel:+358-555-1234567;POSTD=PP22;isub=1411",
      "sip:+3585551234567;isub=1411;postd=pp22@foo.com;user=phone" },
    { "sips:trunk:secret@[::1]:5061;lr;transport=tcp;user=ip?Subject=x",
      "tel:7042;phone-context=Example.com;a=1",
      "sips:7042;a=1;phone-context=example.com@[::1]:5061;transport=tcp;user=phone" },
    { "sip:gw", "tel:*72#", "sip:*72%23@gw;user=phone" },
    { "sip:gw", "tel:112;x=a%40b:c", "sip:112;x=a%40b%3Ac@gw;user=phone" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AhoyUri) where = parse (table[i].where);
    g_autoptr (AhoyUri) number = parse (table[i].number);
    g_autoptr (AhoyUri) uri = ahoy_uri_with_number (where, number);
    g_autofree char *text = ahoy_uri_to_string (uri);
    g_autoptr (AhoyUri) again = parse (text);

    g_assert_cmpstr (text, ==, table[i].result);
    g_assert_cmpstr (ahoy_uri_get_number (again), ==, ahoy_uri_get_number (number));
  }
}

static void
test_telephone_numbers (void)
{
  static const struct {
    const char *text;
    const char *number;
  } table[] = {
    { "tel:+1-201-555-0123", "+12015550123" },
    { "tel:+1(201)555.0123;ext=5", "+12015550123" },
    { "tel:*72#;phone-context=example.com", "*72#" },
    { "tel:112", "112" },
    { "sip:+1-212-555-1212:1234@gateway.com;user=phone", "+12125551212" },
    { "sip:+358-555-1234567;postd=pp22@foo.com;user=PHONE", "+3585551234567" },
    { "sip:%2A72@foo.com;user=phone", "*72" },
    { "sip:+1-212-555-1212@gateway.com", NULL },
    { "sip:1212@gateway.com;user=ip", NULL },
    { "sip:alice@gateway.com;user=phone", NULL },
    { "sip:gateway.com;user=phone", NULL },
    { "urn:12", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AhoyUri) uri = parse (table[i].text);

    g_assert_cmpstr (ahoy_uri_get_number (uri), ==, table[i].number);
    g_assert_cmpint (ahoy_uri_is_phone_number (uri), ==, table[i].number != NULL);
  }
}

/* The first ones are the examples of RFC 3261 section 19.1.4. */
static const struct {
  const char *a;
  const char *b;
  gboolean equal;
} comparisons[] = {
  { "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", TRUE },
  { "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", TRUE },
  { "sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", TRUE },
  { "sip:carol@chicago.com", "sip:carol@chicago.com;security=on", TRUE },
  { "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", FALSE },
  { "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
    "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", TRUE },
  { "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
    "sip:alice@atlanta.com?priority=urgent&subject=project%20x", TRUE },
  { "SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", FALSE },
  { "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", FALSE },
  { "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", FALSE },
  { "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", FALSE },
  { "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", FALSE },
  { "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", FALSE },
  { "sip:alice@h", "sips:alice@h", FALSE },
  { "SIP:alice@H", "sip:alice@h", TRUE },
  { "sip:h", "sip:alice@h", FALSE },
  { "sip:alice@h", "sip:alice:pw@h", FALSE },
  { "sip:alice:pw@h", "sip:alice:PW@h", FALSE },
  { "sip:a%3ab@h", "sip:a%3Ab@h", TRUE },
  { "sip:a%2Cb@h", "sip:a,b@h", FALSE },
  { "sip:a@h;user=phone", "sip:a@h", FALSE },
  { "sip:a@h", "sip:a@h;ttl=1", FALSE },
  { "sip:a@h;maddr=1.2.3.4", "sip:a@h", FALSE },
  { "sip:a@h;method=INVITE", "sip:a@h", FALSE },
  { "sip:a@h;lr", "sip:a@h;lr=on", FALSE },
  { "sip:a@h;%6Cr", "sip:a@h;lr", TRUE },
  { "sip:a@h;transport=udp;lr;Transport=udp;lr", "sip:a@h;transport=udp;lr", TRUE },
  { "sip:a@h?x=1&x=1&x=2", "sip:a@h?x=1&x=2&x=2", FALSE },
  { "sip:[2001:DB8::0:1]", "sip:[2001:db8:0::1]", TRUE },
  { "sip:[::1]", "sip:[::2]", FALSE },
  { "tel:+1-201-555-0123", "tel:+1(201)5550123", TRUE },
  { "tel:+12015550123", "tel:12015550123", FALSE },
  { "tel:863-1234;phone-context=+1-914-555", "tel:8631234;Phone-Context=+1914555", TRUE },
  { "tel:863-1234;phone-context=+1-914-555", "tel:8631234", FALSE },
  { "tel:7042;phone-context=Example.com;a=1", "tel:7042;a=1;phone-context=example.COM", TRUE },
  { "tel:+1201;ext=1-2", "tel:+1201;ext=12", TRUE },
  { "tel:+1201;ext=1-2", "tel:+1201;ext=13", FALSE },
  { "tel:+1201;isub=1", "tel:+1201;isub=2", FALSE },
  { "urn:service:sos", "URN:service:sos", TRUE },
  { "urn:service:sos", "urn:service:SOS", FALSE },
};

static void
test_comparison (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (AhoyUri) a = parse (comparisons[i].a);
  g_autoptr (AhoyUri) b = parse (comparisons[i].b);

  g_test_message ("%s and %s", comparisons[i].a, comparisons[i].b);
  g_assert_true (ahoy_uri_equal (a, a));
  g_assert_cmpint (ahoy_uri_equal (a, b), ==, comparisons[i].equal);
  g_assert_cmpint (ahoy_uri_equal (b, a), ==, comparisons[i].equal);
  if (comparisons[i].equal)
    g_assert_cmpuint (ahoy_uri_hash (a), ==, ahoy_uri_hash (b));
}

static void
test_building (void)
{
  g_autoptr (AhoyUri) uri = parse ("sip:alice:pw@h:5061;lr;Transport=tcp?x=y");
  g_autoptr (AhoyUri) user = ahoy_uri_with_user (uri, "j\xc3\xb6rg @#\r\n");
  g_autoptr (AhoyUri) nobody = ahoy_uri_with_user (uri, NULL);
  g_autoptr (AhoyUri) host = ahoy_uri_with_host (uri, "2001:db8::1", 0);
  g_autoptr (AhoyUri) param = ahoy_uri_with_param (uri, "transport", "a b;c");
  g_autoptr (AhoyUri) flag = ahoy_uri_with_param (uri, "ob", NULL);
  g_autoptr (AhoyUri) without = ahoy_uri_without_param (uri, "TRANSPORT");
  g_autoptr (AhoyUri) same = ahoy_uri_without_param (uri, "nothing");
  g_autoptr (AhoyUri) bare = ahoy_uri_without_params (uri);
  g_autoptr (AhoyUri) request = ahoy_uri_without_headers (uri);
  g_autoptr (AhoyUri) fresh = ahoy_uri_new_sip ("bob", "::1", 5060);

  assert_text (ahoy_uri_to_string (user),
               "sip:j%C3%B6rg%20%40%23%0D%0A@h:5061;lr;Transport=tcp?x=y");
  assert_text (ahoy_uri_to_string (nobody), "sip:h:5061;lr;Transport=tcp?x=y");
  assert_text (ahoy_uri_to_string (host), "sip:alice:pw@[2001:db8::1];lr;Transport=tcp?x=y");
  assert_text (ahoy_uri_to_string (param), "sip:alice:pw@h:5061;lr;transport=a%20b%3Bc?x=y");
  g_assert_cmpstr (ahoy_uri_get_transport (param), ==, "a b;c");
  assert_text (ahoy_uri_to_string (flag), "sip:alice:pw@h:5061;lr;Transport=tcp;ob?x=y");
  assert_text (ahoy_uri_to_string (without), "sip:alice:pw@h:5061;lr?x=y");
  g_assert_true (same == uri);
  assert_text (ahoy_uri_to_string (bare), "sip:alice:pw@h:5061");
  assert_text (ahoy_uri_to_string (request), "sip:alice:pw@h:5061;lr;Transport=tcp");
  assert_text (ahoy_uri_to_string (fresh), "sip:bob@[::1]:5060");
  assert_text (ahoy_uri_to_string (uri), "sip:alice:pw@h:5061;lr;Transport=tcp?x=y");
}

static const struct {
  const char *text;
  const char *display_name;
  const char *uri;
  const char *written;
} addresses[] = {
  { "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>;q=0.7; expires=3600", "Mr. Watson",
    "sip:watson@worcester.bell-telephone.com",
    "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>;q=0.7;expires=3600" },
  { "sip:+12125551212@server.phone2net.com;tag=887s", NULL, "sip:+12125551212@server.phone2net.com",
    "<sip:+12125551212@server.phone2net.com>;tag=887s" },
  { "Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous", "sip:c8oqz84zk7z@privacy.org",
    "\"Anonymous\" <sip:c8oqz84zk7z@privacy.org>;tag=hyh8" },
  { " <sip:h;lr> ", NULL, "sip:h;lr", "<sip:h;lr>" },
  { "Bob J.  Smith\t<sip:h> ; a = b ;c", "Bob J.  Smith", "sip:h",
    "\"Bob J.  Smith\" <sip:h>;a=b;c" },
  { "\"\" <sip:h>", "", "sip:h", "\"\" <sip:h>" },
  { "token~1'+*_-.!%`<sip:h>", "token~1'+*_-.!%`", "sip:h", "\"token~1'+*_-.!%`\" <sip:h>" },
  { "\"a \\\"b\\\\ <c>, d\"<sip:h>;x=\"y;\\\"z\\\",\"", "a \"b\\ <c>, d", "sip:h",
    "\"a \\\"b\\\\ <c>, d\" <sip:h>;x=\"y;\\\"z\\\",\"" },
  { "\"BEL:\\\a DEL:\\\x7f\" <sip:h>", "BEL:\a DEL:\x7f", "sip:h",
    "\"BEL:\\\a DEL:\\\x7f\" <sip:h>" },
  { "J\xc3\xb6rg <sip:h>", "J\xc3\xb6rg", "sip:h", "\"J\xc3\xb6rg\" <sip:h>" },
  { "\"J\xf6rg\" <sip:h>", "J\xef\xbf\xbdrg", "sip:h", "\"J\xef\xbf\xbdrg\" <sip:h>" },
  { "<sip:h>;received=[::1];x=\"\"", NULL, "sip:h", "<sip:h>;received=[::1];x=\"\"" },
  { "tel:+1-201;tag=x", NULL, "tel:+1-201", "<tel:+1-201>;tag=x" },
  { "<sip:a;b?c,d@h?x=y>", NULL, "sip:a;b?c,d@h?x=y", "<sip:a;b?c,d@h?x=y>" },
};

static void
test_address (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (AhoyNameAddr) address = parse_address (addresses[i].text);
  g_autoptr (AhoyNameAddr) again = parse_address (addresses[i].written);

  g_assert_cmpstr (ahoy_name_addr_get_display_name (address), ==, addresses[i].display_name);
  assert_text (ahoy_uri_to_string (ahoy_name_addr_get_uri (address)), addresses[i].uri);
  assert_text (ahoy_name_addr_to_string (address), addresses[i].written);
  assert_text (ahoy_name_addr_to_string (again), addresses[i].written);
}

static const char *const refused_addresses[] = {
  "",
  "   ",
  "*",
  "Bob",
  "\"Mr. J. User <sip:j.user@example.com>",
  "Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
  "\"Bob\" sip:bob@h",
  "\"Bob\"",
  "\"Bob\\",
  "\"a\r\nb\" <sip:h>",
  "\"a\\\r\" <sip:h>",
  "\"a\ab\" <sip:h>",
  "<sip:h",
  "<sip:h>>",
  "<>",
  "< sip:h>",
  "<sip:h >",
  "<sip:h>;",
  "<sip:h>;;a",
  "<sip:h>;=a",
  "<sip:h>;a=",
  "<sip:h>;a=b c",
  "<sip:h>;tag=1;TAG=2",
  "<sip:h>;a=\"b",
  "<sip:h>\r\nVia: x",
  "<sip:h> x",
  "<sip:h>, <sip:i>",
  "sip:a@h?subject=x",
  "sip:a;x=y@h",
  "sip:a@h>",
  "(Bob) <sip:h>",
};

static void
test_refused_addresses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused_addresses); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ahoy_name_addr_parse (refused_addresses[i], &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, "The address \""));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_null (strpbrk (error->message, "\r\n"));
  }
}

static void
test_address_parameters (void)
{
  g_autoptr (AhoyNameAddr) address = parse_address ("\"A\" <sip:h;lr>;Tag=x;lr;q=\"0,5\"");
  g_autoptr (AhoyNameAddr) tagged = ahoy_name_addr_with_param (address, "tag", "y z\"");
  g_autoptr (AhoyNameAddr) flag = ahoy_name_addr_with_param (address, "ob", NULL);
  g_autoptr (AhoyNameAddr) bare = ahoy_name_addr_without_params (address);
  g_autoptr (AhoyNameAddr) fresh =
      ahoy_name_addr_new ("\\ \"", ahoy_name_addr_get_uri (address));
  g_auto (GStrv) names = ahoy_name_addr_list_params (address);

  g_assert_cmpuint (g_strv_length (names), ==, 3);
  g_assert_cmpstr (names[0], ==, "Tag");
  g_assert_cmpstr (ahoy_name_addr_get_param (address, "tag"), ==, "x");
  g_assert_cmpstr (ahoy_name_addr_get_param (address, "lr"), ==, "");
  g_assert_cmpstr (ahoy_name_addr_get_param (address, "q"), ==, "0,5");
  g_assert_null (ahoy_name_addr_get_param (address, "x"));
  g_assert_false (ahoy_name_addr_has_param (address, "x"));

  assert_text (ahoy_name_addr_to_string (tagged), "\"A\" <sip:h;lr>;lr;q=\"0,5\";tag=\"y z\\\"\"");
  assert_text (ahoy_name_addr_to_string (flag), "\"A\" <sip:h;lr>;Tag=x;lr;q=\"0,5\";ob");
  assert_text (ahoy_name_addr_to_string (bare), "\"A\" <sip:h;lr>");
  assert_text (ahoy_name_addr_to_string (fresh), "\"\\\\ \\\"\" <sip:h;lr>");
}

static void
test_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list =
      ahoy_name_addr_parse_list ("<sip:a@h;transport=tcp>, <sip:b,b@h>,"
                                 "\"C, c\" <sip:c@h>;x=\"1,2\" ,sip:d@h;q=1",
                                 &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 4);
  assert_text (ahoy_name_addr_to_string (list->pdata[0]), "<sip:a@h;transport=tcp>");
  assert_text (ahoy_name_addr_to_string (list->pdata[1]), "<sip:b,b@h>");
  assert_text (ahoy_name_addr_to_string (list->pdata[2]), "\"C, c\" <sip:c@h>;x=\"1,2\"");
  assert_text (ahoy_name_addr_to_string (list->pdata[3]), "<sip:d@h>;q=1");
}

static void
test_refused_lists (void)
{
  static const char *const lists[] = { "",          ",",          "<sip:a>,",
                                       ",<sip:a>",  "<sip:a>,,<sip:b>", "<sip:a> <sip:b>",
                                       "<sip:a>;b c, <sip:d>" };
  g_autoptr (GString) many = g_string_new ("<sip:a>");
  g_autoptr (GError) too_many = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ahoy_name_addr_parse_list (lists[i], &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  }

  for (guint i = 0; i < 256; i++)
    g_string_append (many, ",<sip:a>");
  g_assert_null (ahoy_name_addr_parse_list (many->str, &too_many));
  g_assert_error (too_many, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
}

static void
add_table (const char *name, gsize length, GTestDataFunc func)
{
  for (gsize i = 0; i < length; i++) {
    g_autofree char *path = g_strdup_printf ("/uri/%s/%" G_GSIZE_FORMAT, name, i);
    g_test_add_data_func (path, GSIZE_TO_POINTER (i), func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_table ("accepted", G_N_ELEMENTS (accepted), test_accepted);
  add_table ("refused", G_N_ELEMENTS (refused), test_refused);
  add_table ("comparison", G_N_ELEMENTS (comparisons), test_comparison);
  add_table ("address", G_N_ELEMENTS (addresses), test_address);
  g_test_add_func ("/uri/part-of-a-text", test_part_of_a_text);
  g_test_add_func ("/uri/limits", test_limits);
  g_test_add_func ("/uri/parameters-and-headers", test_parameters_and_headers);
  g_test_add_func ("/uri/user-without-options", test_user_without_options);
  g_test_add_func ("/uri/telephone-numbers", test_telephone_numbers);
  g_test_add_func ("/uri/numbers-at-hosts", test_numbers_at_hosts);
  g_test_add_func ("/uri/building", test_building);
  g_test_add_func ("/uri/refused-addresses", test_refused_addresses);
  g_test_add_func ("/uri/address-parameters", test_address_parameters);
  g_test_add_func ("/uri/list", test_list);
  g_test_add_func ("/uri/refused-lists", test_refused_lists);

  return g_test_run ();
}
