/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define AUDIO HEAD "m=audio 4000 RTP/AVP 0\r\n"

static AhoySdpSession *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  AhoySdpSession *session = ahoy_sdp_session_parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (session);

  return session;
}

/* The text of a stream in a session of 192.0.2.1. */
static AhoySdpSession *
parse_stream (const char *lines)
{
  g_autofree char *text = g_strconcat (HEAD, lines, NULL);

  return parse (text);
}

static char *
repeat (const char *text, guint times)
{
  GString *repeated = g_string_new (NULL);

  for (guint i = 0; i < times; i++)
    g_string_append (repeated, text);

  return g_string_free (repeated, FALSE);
}

static void
test_round_trip (void)
{
  static const char text[] = "v=0\r\n"
                             "o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5\r\n"
                             "s=SDP Seminar\r\n"
                             "i=A Seminar on the session description protocol\r\n"
                             "u=http://www.example.com/seminars/sdp.pdf\r\n"
                             "e=j.doe@example.com (Jane Doe)\r\n"
                             "p=+1 617 555-6011\r\n"
                             "c=IN IP4 224.2.17.12/127\r\n"
                             "b=AS:128\r\n"
                             "t=2873397496 2873404696\r\n"
                             "k=prompt\r\n"
                             "a=recvonly\r\n"
                             "m=audio 49170 RTP/AVP 0\r\n"
                             "i=The voices\r\n"
                             "b=TIAS:64000\r\n"
                             "k=clear:secret\r\n"
                             "m=video 51372/2 RTP/AVP 99\r\n"
                             "c=IN IP6 FF15::101/3\r\n"
                             "a=rtpmap:99 h263-1998/90000\r\n";
  g_autoptr (AhoySdpSession) session = parse (text);
  g_autoptr (AhoySdpSession) copy = ahoy_sdp_session_copy (session);
  g_autofree char *written = ahoy_sdp_session_to_string (session);
  g_autofree char *copied = ahoy_sdp_session_to_string (copy);

  g_assert_cmpstr (written, ==, text);
  g_assert_cmpstr (copied, ==, text);
  g_assert_true (ahoy_sdp_session_equal (session, copy));

  ahoy_sdp_media_set_port (ahoy_sdp_session_get_media (copy, 0), 2);
  g_assert_false (ahoy_sdp_session_equal (session, copy));
  g_assert_cmpuint (ahoy_sdp_media_get_port (ahoy_sdp_session_get_media (session, 0)), ==, 49170);
}

static void
test_lines_in_any_order_are_put_in_order (void)
{
  g_autoptr (AhoySdpSession) session = parse ("v=0\no=- 1 2 IN IP6 2001:db8::1\ns= \na=sendonly\n"
                                              "z=1 2\nx=what is this\nr=1 2 3\n"
                                              "t=0 0\nc=IN  IP4 host.example.com \n"
                                              "m=audio  4000  RTP/AVP 0 8  \na=ptime:20\n\n\n");
  g_autofree char *written = ahoy_sdp_session_to_string (session);

  g_assert_cmpstr (written, ==,
                   "v=0\r\no=- 1 2 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP4 host.example.com\r\n"
                   "t=0 0\r\na=sendonly\r\nm=audio 4000 RTP/AVP 0 8\r\na=ptime:20\r\n");
}

static void
test_origin (void)
{
  g_autoptr (AhoySdpSession) session = parse (AUDIO);
  g_autoptr (AhoySdpSession) made = ahoy_sdp_session_new ();
  g_autoptr (AhoySdpSession) other = ahoy_sdp_session_new ();

  g_assert_cmpstr (ahoy_sdp_session_get_username (session), ==, "-");
  g_assert_cmpuint (ahoy_sdp_session_get_id (session), ==, 1);
  g_assert_cmpstr (ahoy_sdp_session_get_origin_network_type (session), ==, "IN");
  g_assert_cmpstr (ahoy_sdp_session_get_origin_address_type (session), ==, "IP4");
  g_assert_cmpstr (ahoy_sdp_session_get_origin_address (session), ==, "192.0.2.1");
  ahoy_sdp_session_bump_version (session);
  g_assert_cmpuint (ahoy_sdp_session_get_version (session), ==, 2);

  ahoy_sdp_session_set_origin_address (session, "2001:db8::1");
  g_assert_cmpstr (ahoy_sdp_session_get_origin_address_type (session), ==, "IP6");
  ahoy_sdp_session_set_username (session, "alice");
  ahoy_sdp_session_set_name (session, "A call");
  g_assert_cmpstr (ahoy_sdp_session_get_username (session), ==, "alice");
  g_assert_cmpstr (ahoy_sdp_session_get_name (session), ==, "A call");

  g_assert_cmpuint (ahoy_sdp_session_get_id (made), <, G_GUINT64_CONSTANT (1) << 62);
  g_assert_cmpuint (ahoy_sdp_session_get_id (made), !=, ahoy_sdp_session_get_id (other));
}

static const struct {
  const char *name;
  const char *text;
  int code;
  const char *message;
} refused[] = {
  { "empty", "", AHOY_ERROR_INVALID_ARGUMENTS, "*line 0*no line \"v=\"*" },
  { "version", "v=1\r\n", AHOY_ERROR_NOT_SUPPORTED, "*line 1*version 0*" },
  { "no-version", "o=- 1 1 IN IP4 1.2.3.4\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 1*v=0*" },
  { "no-origin", "v=0\r\ns=-\r\nt=0 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*no line \"o=\"*" },
  { "no-name", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\nt=0 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*no line \"s=\"*" },
  { "no-time", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*no line \"t=\"*" },
  { "two-origins", HEAD "o=- 1 1 IN IP4 192.0.2.1\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*line 6*o= stands here a second time*" },
  { "short-origin", "v=0\r\no=- 1 1 IN IP4\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 2*six*" },
  { "origin-id", "v=0\r\no=- x 1 IN IP4 1.2.3.4\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 2*64*" },
  { "origin-huge", "v=0\r\no=- 1 18446744073709551616 IN IP4 1.2.3.4\r\n",
    AHOY_ERROR_INVALID_ARGUMENTS, "*line 2*64*" },
  { "origin-atm", "v=0\r\no=- 1 1 ATM NSAP 1\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 2*IP4*" },
  { "origin-address", "v=0\r\no=- 1 1 IN IP6 1.2.3.4\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*line 2*address*" },
  { "time", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*line 4*t=*" },
  { "killer-paren", HEAD "m=image 4002 udptl (\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*line 6*format 1 of m= is not a token*" },
  { "killer-later", HEAD "m=image 4002 udptl t38 \"\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*line 6*format 2*" },
  { "no-formats", HEAD "m=audio 4000 RTP/AVP\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*" },
  { "bare-media", HEAD "m=\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*" },
  { "media-type", HEAD "m=au/dio 4000 RTP/AVP 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*type*" },
  { "port-big", HEAD "m=audio 65536 RTP/AVP 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*port*" },
  { "port-minus", HEAD "m=audio -1 RTP/AVP 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*port*" },
  { "port-text", HEAD "m=audio x RTP/AVP 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*port*" },
  { "ports-zero", HEAD "m=audio 4/0 RTP/AVP 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*ports*" },
  { "ports-none", HEAD "m=audio 4/ RTP/AVP 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*ports*" },
  { "proto", HEAD "m=audio 4 RTP//AVP 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*protocol*" },
  { "type-128", HEAD "m=audio 4 RTP/AVP 128\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*0 to 127*" },
  { "type-word", HEAD "m=audio 4 RTP/SAVP x\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*0 to 127*" },
  { "type-leading-zero", HEAD "m=audio 4 RTP/AVP 00\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*0 to 127*" },
  { "type-twice", HEAD "m=audio 4 UDP/TLS/RTP/SAVPF 0 8 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*payload type 0 twice*" },
  { "no-address", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\nm=audio 4 RTP/AVP 0\r\na=x\r\n",
    AHOY_ERROR_INVALID_ARGUMENTS, "*line 5*no c= line*" },
  { "address-4", HEAD "m=audio 4 RTP/AVP 0\r\nc=IN IP4 1.2.3.256\r\n",
    AHOY_ERROR_INVALID_ARGUMENTS, "*line 7*c=*" },
  { "address-6", HEAD "m=audio 4 RTP/AVP 0\r\nc=IN IP6 ::g\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*line 7*c=*" },
  { "address-ttl", HEAD "m=audio 4 RTP/AVP 0\r\nc=IN IP4 224.0.0.1/256\r\n",
    AHOY_ERROR_INVALID_ARGUMENTS, "*line 7*TTL*" },
  { "address-host", HEAD "m=audio 4 RTP/AVP 0\r\nc=IN IP4 a..b\r\n",
    AHOY_ERROR_INVALID_ARGUMENTS, "*line 7*c=*" },
  { "address-twice", HEAD "c=IN IP4 1.2.3.4\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*second time*" },
  { "bandwidth", HEAD "b=AS\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*b=*" },
  { "bandwidth-huge", HEAD "b=AS:4294967296\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*b=*" },
  { "attribute-empty", HEAD "a=\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*a=*" },
  { "attribute-name", HEAD "a=b c:d\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*a=*" },
  { "session-line-in-media", AUDIO "t=0 0\r\n", AHOY_ERROR_INVALID_ARGUMENTS,
    "*line 7*before the first m=*" },
  { "no-equals", HEAD "hello\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*equals*" },
  { "capital", HEAD "A=x\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*small letter*" },
  { "space-first", HEAD " a=x\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*small letter*" },
  { "after-empty-line", HEAD "\r\na=x\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 7*empty*" },
  { "lone-cr", HEAD "a=x\ra=y\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*0x0d*" },
  { "bell", HEAD "a=x:\a\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*byte 5*0x07*" },
  { "delete", HEAD "a=x:\x7f\r\n", AHOY_ERROR_INVALID_ARGUMENTS, "*line 6*0x7f*" },
};

static void
test_refused (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoySdpSession) session = ahoy_sdp_session_parse (refused[i].text, -1, &error);

  g_assert_null (session);
  g_assert_error (error, AHOY_ERROR, refused[i].code);
  g_test_message ("%s", error->message);
  g_assert_true (g_pattern_match_simple (refused[i].message, error->message));
  g_assert_true (g_str_has_prefix (error->message, "The session description cannot be used: line"));
}

static void
test_nul_is_refused (void)
{
  static const char text[] = AUDIO "a=x:\0y\r\n";
  g_autoptr (GError) error = NULL;

  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);

  g_assert_null (ahoy_sdp_session_parse_bytes (bytes, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (error->message, "line 7: byte 5 is the control character 0x00"));
  g_assert_null (ahoy_sdp_session_parse_bytes (empty, NULL));
}

static void
assert_limit (const char *unit, guint allowed, gboolean in_line)
{
  for (guint n = allowed; n <= allowed + 1; n++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *repeated = repeat (unit, n);
    const char *before = in_line ? HEAD "m=x 4 udp" : AUDIO;
    g_autofree char *text = g_strconcat (before, repeated, "\r\n", NULL);
    g_autoptr (AhoySdpSession) session = ahoy_sdp_session_parse (text, -1, &error);

    if (n == allowed)
      g_assert_no_error (error);
    else
      g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
    g_assert_true ((session != NULL) == (n == allowed));
  }
}

static void
test_limits (void)
{
  g_autofree char *long_line = repeat ("x", 2048 - 4);
  g_autofree char *attribute = g_strconcat ("a=x:", long_line, "\n", NULL);
  g_autofree char *too_long = g_strconcat (AUDIO "a=x:", long_line, "x\n", NULL);
  g_autofree char *whole = NULL;
  g_autofree char *huge = NULL;
  g_autoptr (GError) error = NULL;

  assert_limit (" f", 64, TRUE);
  assert_limit ("a=x\r\n", 256, FALSE);
  assert_limit ("m=audio 4 RTP/AVP 0\r\n", 31, FALSE);
  assert_limit ("b=AS:1\r\n", 16, FALSE);
  assert_limit (attribute, 31, FALSE);

  whole = g_strconcat (AUDIO, attribute, NULL);
  g_object_unref (parse (whole));
  g_assert_null (ahoy_sdp_session_parse (too_long, -1, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);

  huge = repeat ("x", 1024 * 1024);
  g_assert_null (ahoy_sdp_session_parse (huge, -1, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
}

static void
test_text_is_made_valid_utf8 (void)
{
  g_autoptr (AhoySdpSession) session = parse ("v=0\r\no=J\xf6rg 1 1 IN IP4 192.0.2.1\r\n"
                                              "s=Gr\xc3\xbc\xc3\x9f Gott\r\nt=0 0\r\n");
  g_autofree char *text = ahoy_sdp_session_to_string (session);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpstr (ahoy_sdp_session_get_username (session), ==, "J\xef\xbf\xbdrg");
  g_assert_cmpstr (ahoy_sdp_session_get_name (session), ==, "Gr\xc3\xbc\xc3\x9f Gott");
}

static void
test_rejected_stream_needs_no_address (void)
{
  g_autoptr (AhoySdpSession) session = parse ("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
                                              "m=audio 0 RTP/AVP 0\r\nm=video 5 RTP/AVP 31\r\n"
                                              "c=IN IP6 2001:db8::9\r\n");
  AhoySdpMedia *audio = ahoy_sdp_session_get_media (session, 0);
  AhoySdpMedia *video = ahoy_sdp_session_get_media (session, 1);

  g_assert_true (ahoy_sdp_media_is_rejected (audio));
  g_assert_null (ahoy_sdp_media_get_address (audio));
  g_assert_false (ahoy_sdp_media_is_rejected (video));
  g_assert_cmpstr (ahoy_sdp_media_get_address (video), ==, "2001:db8::9");
  g_assert_cmpstr (ahoy_sdp_media_get_address_type (video), ==, "IP6");
  g_assert_null (ahoy_sdp_session_get_media (session, 2));
}

static void
test_stream_inherits_and_outlives_its_session (void)
{
  g_autoptr (AhoySdpSession) session = parse (HEAD "a=fingerprint:sha-256 AB\r\na=sendonly\r\n"
                                                   "m=audio 4 RTP/AVP 0\r\na=ptime:20\r\n");
  g_autoptr (AhoySdpMedia) media = g_object_ref (ahoy_sdp_session_get_media (session, 0));
  g_autoptr (AhoySdpMedia) copy = ahoy_sdp_media_copy (media);
  g_autofree char *connection = NULL;

  ahoy_sdp_session_set_address (session, "192.0.2.77");
  g_clear_object (&session);

  connection = ahoy_sdp_media_get_connection (media);
  g_assert_cmpstr (connection, ==, "IN IP4 192.0.2.77");
  g_assert_cmpstr (ahoy_sdp_media_lookup_attribute (media, "fingerprint"), ==, "sha-256 AB");
  g_assert_null (ahoy_sdp_media_get_attribute (media, "fingerprint"));
  g_assert_cmpint (ahoy_sdp_media_get_direction (media), ==, AHOY_SDP_DIRECTION_SENDONLY);

  g_assert_true (ahoy_sdp_media_equal (media, copy));
  g_assert_null (ahoy_sdp_media_get_address (copy));
  g_assert_cmpint (ahoy_sdp_media_get_direction (copy), ==, AHOY_SDP_DIRECTION_SENDRECV);
}

static void
test_stream_of_another_session_is_copied (void)
{
  g_autoptr (AhoySdpSession) first = parse (AUDIO);
  g_autoptr (AhoySdpSession) second = ahoy_sdp_session_new ();
  AhoySdpMedia *original = ahoy_sdp_session_get_media (first, 0);
  AhoySdpMedia *copied = ahoy_sdp_session_add_media (second, original);
  g_autoptr (AhoySdpMedia) fresh = ahoy_sdp_media_new ("video", 6, "RTP/AVP");

  g_assert_true (copied != original);
  g_assert_true (ahoy_sdp_media_equal (copied, original));
  g_assert_cmpstr (ahoy_sdp_media_get_address (original), ==, "192.0.2.1");
  g_assert_null (ahoy_sdp_media_get_address (copied));

  g_assert_true (ahoy_sdp_session_replace_media (second, 0, fresh) == fresh);
  g_assert_true (ahoy_sdp_session_replace_media (second, 0, fresh) == fresh);
  g_assert_true (ahoy_sdp_session_get_media (second, 0) == fresh);
  g_assert_cmpuint (ahoy_sdp_session_get_n_media (second), ==, 1);
}

static void
test_directions (void)
{
  static const struct {
    const char *lines;
    AhoySdpDirection direction;
    gboolean held;
  } table[] = {
    { "m=audio 4 RTP/AVP 0\r\n", AHOY_SDP_DIRECTION_SENDRECV, FALSE },
    { "m=audio 4 RTP/AVP 0\r\na=sendonly\r\n", AHOY_SDP_DIRECTION_SENDONLY, FALSE },
    { "a=inactive\r\nm=audio 4 RTP/AVP 0\r\n", AHOY_SDP_DIRECTION_INACTIVE, FALSE },
    { "a=inactive\r\nm=audio 4 RTP/AVP 0\r\na=recvonly\r\n", AHOY_SDP_DIRECTION_RECVONLY, FALSE },
    { "m=audio 4 RTP/AVP 0\r\na=SendOnly\r\n", AHOY_SDP_DIRECTION_SENDRECV, FALSE },
    { "m=audio 4 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", AHOY_SDP_DIRECTION_SENDONLY, TRUE },
    { "m=audio 4 RTP/AVP 0\r\nc=IN IP6 ::\r\na=recvonly\r\n", AHOY_SDP_DIRECTION_INACTIVE, TRUE },
    { "a=ice-ufrag:x\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", AHOY_SDP_DIRECTION_SENDRECV,
      FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AhoySdpSession) session = parse_stream (table[i].lines);
    AhoySdpMedia *media = ahoy_sdp_session_get_media (session, 0);

    g_assert_cmpint (ahoy_sdp_media_get_direction (media), ==, table[i].direction);
    g_assert_cmpint (ahoy_sdp_media_is_held_2543 (media), ==, table[i].held);
  }
}

static void
test_direction_of_an_answer (void)
{
  static const AhoySdpDirection wide = AHOY_SDP_DIRECTION_SENDRECV;
  g_autoptr (AhoySdpMedia) media = ahoy_sdp_media_new ("audio", 4, "RTP/AVP");

  g_assert_cmpint (ahoy_sdp_direction_answer (AHOY_SDP_DIRECTION_SENDRECV, wide), ==, wide);
  g_assert_cmpint (ahoy_sdp_direction_answer (AHOY_SDP_DIRECTION_SENDONLY, wide), ==,
                   AHOY_SDP_DIRECTION_RECVONLY);
  g_assert_cmpint (ahoy_sdp_direction_answer (AHOY_SDP_DIRECTION_RECVONLY, wide), ==,
                   AHOY_SDP_DIRECTION_SENDONLY);
  g_assert_cmpint (ahoy_sdp_direction_answer (AHOY_SDP_DIRECTION_INACTIVE, wide), ==,
                   AHOY_SDP_DIRECTION_INACTIVE);
  g_assert_cmpint (ahoy_sdp_direction_answer (AHOY_SDP_DIRECTION_SENDONLY,
                                              AHOY_SDP_DIRECTION_SENDONLY),
                   ==, AHOY_SDP_DIRECTION_INACTIVE);
  g_assert_cmpint (ahoy_sdp_direction_reverse (AHOY_SDP_DIRECTION_SENDONLY), ==,
                   AHOY_SDP_DIRECTION_RECVONLY);

  ahoy_sdp_media_set_direction (media, AHOY_SDP_DIRECTION_SENDONLY);
  ahoy_sdp_media_set_direction (media, AHOY_SDP_DIRECTION_RECVONLY);
  g_assert_cmpuint (ahoy_sdp_media_get_n_attributes (media), ==, 1);
  g_assert_cmpint (ahoy_sdp_media_get_direction (media), ==, AHOY_SDP_DIRECTION_RECVONLY);
}

static void
assert_format (AhoySdpMedia *media,
               guint payload_type,
               const char *encoding,
               guint clock_rate,
               guint channels,
               const char *fmtp)
{
  g_autoptr (AhoySdpFormat) format = ahoy_sdp_media_get_rtp_format (media, payload_type);

  g_assert_nonnull (format);
  g_assert_cmpuint (ahoy_sdp_format_get_payload_type (format), ==, payload_type);
  g_assert_cmpstr (ahoy_sdp_format_get_encoding (format), ==, encoding);
  g_assert_cmpuint (ahoy_sdp_format_get_clock_rate (format), ==, clock_rate);
  g_assert_cmpuint (ahoy_sdp_format_get_channels (format), ==, channels);
  g_assert_cmpstr (ahoy_sdp_format_get_fmtp (format), ==, fmtp);
}

static void
test_formats (void)
{
  g_autoptr (AhoySdpSession) session =
      parse_stream ("m=audio 4 RTP/AVP 0 9 18 96 101 97 98 99\r\n"
                    "a=rtpmap:96 opus/48000/2\r\n"
                    "a=fmtp:96 minptime=10;useinbandfec=1; stereo = 1\r\n"
                    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
                    "a=fmtp:18 annexb=no\r\na=rtpmap:98 broken\r\na=rtpmap:99 x/0\r\n"
                    "a=rtpmap:9 G722/8000 \r\na=rtcp-fb:96 nack\r\n");
  AhoySdpMedia *media = ahoy_sdp_session_get_media (session, 0);
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);
  g_autofree char *fec = NULL;
  g_autofree char *stereo = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpuint (formats->len, ==, 5);
  assert_format (media, 0, "PCMU", 8000, 1, NULL);
  assert_format (media, 9, "G722", 8000, 1, NULL);
  assert_format (media, 18, "G729", 8000, 1, "annexb=no");
  assert_format (media, 96, "opus", 48000, 2, "minptime=10;useinbandfec=1; stereo = 1");
  assert_format (media, 101, "telephone-event", 8000, 1, "0-16");
  g_assert_null (ahoy_sdp_media_get_rtp_format (media, 8));
  g_assert_null (ahoy_sdp_media_get_rtp_format (media, 97));

  fec = ahoy_sdp_format_get_parameter (formats->pdata[3], "UseInbandFec");
  stereo = ahoy_sdp_format_get_parameter (formats->pdata[3], "stereo");
  g_assert_cmpstr (fec, ==, "1");
  g_assert_cmpstr (stereo, ==, "1");
  g_assert_null (ahoy_sdp_format_get_parameter (formats->pdata[3], "nothing"));

  g_assert_true (ahoy_sdp_media_remove_format (media, "96"));
  g_assert_false (ahoy_sdp_media_remove_format (media, "96"));
  g_assert_true (ahoy_sdp_media_remove_format (media, "9"));
  text = ahoy_sdp_media_to_string (media);
  g_assert_cmpstr (text, ==,
                   "m=audio 4 RTP/AVP 0 18 101 97 98 99\r\na=rtpmap:101 telephone-event/8000\r\n"
                   "a=fmtp:101 0-16\r\na=fmtp:18 annexb=no\r\na=rtpmap:98 broken\r\n"
                   "a=rtpmap:99 x/0\r\n");
}

static void
test_static_formats (void)
{
  static const struct {
    guint payload_type;
    const char *encoding;
    guint clock_rate;
  } table[] = {
    { 0, "PCMU", 8000 },   { 3, "GSM", 8000 },    { 4, "G723", 8000 },   { 8, "PCMA", 8000 },
    { 9, "G722", 8000 },   { 13, "CN", 8000 },    { 15, "G728", 8000 },  { 18, "G729", 8000 },
    { 26, "JPEG", 90000 }, { 31, "H261", 90000 }, { 34, "H263", 90000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AhoySdpFormat) format = ahoy_sdp_format_new_static (table[i].payload_type);

    g_assert_cmpstr (ahoy_sdp_format_get_encoding (format), ==, table[i].encoding);
    g_assert_cmpuint (ahoy_sdp_format_get_clock_rate (format), ==, table[i].clock_rate);
  }
  g_assert_null (ahoy_sdp_format_new_static (1));
  g_assert_null (ahoy_sdp_format_new_static (96));
}

static void
test_building_a_stream (void)
{
  g_autoptr (AhoySdpMedia) media = ahoy_sdp_media_new ("audio", 4000, "RTP/AVP");
  g_autoptr (AhoySdpFormat) pcma = ahoy_sdp_format_new_static (8);
  g_autoptr (AhoySdpFormat) opus = ahoy_sdp_format_new (96, "opus", 48000, 2, "useinbandfec=1");
  g_autofree char *text = NULL;

  ahoy_sdp_media_add_rtp_format (media, opus);
  ahoy_sdp_media_add_rtp_format (media, pcma);
  ahoy_sdp_media_set_address (media, "2001:db8::1");
  ahoy_sdp_media_set_ptime (media, 20);
  ahoy_sdp_media_set_maxptime (media, 120);
  ahoy_sdp_media_set_bandwidth (media, "AS", 64);
  ahoy_sdp_media_add_attribute (media, "x", "1");
  ahoy_sdp_media_add_attribute (media, "x", "2");
  ahoy_sdp_media_set_attribute (media, "x", "3");
  ahoy_sdp_media_add_attribute (media, "rtcp-mux", NULL);

  g_assert_cmpuint (ahoy_sdp_media_get_ptime (media), ==, 20);
  g_assert_cmpuint (ahoy_sdp_media_get_maxptime (media), ==, 120);
  g_assert_cmpint (ahoy_sdp_media_get_bandwidth (media, "AS"), ==, 64);
  g_assert_cmpint (ahoy_sdp_media_get_bandwidth (media, "TIAS"), ==, -1);

  text = ahoy_sdp_media_to_string (media);
  g_assert_cmpstr (text, ==,
                   "m=audio 4000 RTP/AVP 96 8\r\nc=IN IP6 2001:db8::1\r\nb=AS:64\r\n"
                   "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
                   "a=rtpmap:8 PCMA/8000\r\n"
                   "a=ptime:20\r\na=maxptime:120\r\na=x:3\r\na=rtcp-mux\r\n");
}

static void
test_attributes_cannot_break_out_of_their_line (void)
{
  g_autoptr (AhoySdpMedia) media = ahoy_sdp_media_new ("audio", 4000, "RTP/AVP");

  g_test_expect_message ("ahoy", G_LOG_LEVEL_CRITICAL, "*ahoy_sdp_attribute_is_valid*");
  ahoy_sdp_media_add_attribute (media, "x", "1\r\na=sendonly");
  g_test_assert_expected_messages ();
  g_test_expect_message ("ahoy", G_LOG_LEVEL_CRITICAL, "*ahoy_sdp_attribute_is_valid*");
  ahoy_sdp_media_set_attribute (media, "x:y", "1");
  g_test_assert_expected_messages ();

  g_assert_cmpuint (ahoy_sdp_media_get_n_attributes (media), ==, 0);
}

static void
test_rtcp_mid_and_label (void)
{
  g_autoptr (AhoySdpSession) session =
      parse_stream ("m=audio 4000 RTP/AVP 0\r\na=rtcp:53020 IN IP4 126.16.64.4\r\na=mid:a1\r\n"
                    "a=label:main\r\na=rtcp-mux\r\na=crypto:1 A\r\na=crypto:2 B\r\n"
                    "m=audio 65535 RTP/AVP 0\r\na=rtcp:x\r\na=ptime:20.5\r\n");
  AhoySdpMedia *first = ahoy_sdp_session_get_media (session, 0);
  AhoySdpMedia *second = ahoy_sdp_session_get_media (session, 1);
  g_autofree char *address = ahoy_sdp_media_get_rtcp_address (first);
  g_autofree char *other_address = ahoy_sdp_media_get_rtcp_address (second);
  g_auto (GStrv) crypto = ahoy_sdp_media_get_attribute_values (first, "crypto");
  const char *name = NULL;
  const char *value = NULL;

  g_assert_cmpuint (ahoy_sdp_media_get_rtcp_port (first), ==, 53020);
  g_assert_cmpstr (address, ==, "126.16.64.4");
  g_assert_cmpuint (ahoy_sdp_media_get_rtcp_port (second), ==, 0);
  g_assert_cmpstr (other_address, ==, "192.0.2.1");
  g_assert_true (ahoy_sdp_media_has_rtcp_mux (first));
  g_assert_false (ahoy_sdp_media_has_rtcp_mux (second));
  g_assert_cmpstr (ahoy_sdp_media_get_mid (first), ==, "a1");
  g_assert_cmpstr (ahoy_sdp_media_get_label (first), ==, "main");
  g_assert_cmpuint (ahoy_sdp_media_get_ptime (second), ==, 20);
  g_assert_cmpuint (g_strv_length (crypto), ==, 2);
  g_assert_cmpstr (crypto[1], ==, "2 B");
  g_assert_true (ahoy_sdp_media_get_nth_attribute (first, 1, &name, &value));
  g_assert_cmpstr (name, ==, "mid");
  g_assert_cmpstr (value, ==, "a1");
  g_assert_false (ahoy_sdp_media_get_nth_attribute (first, 6, &name, &value));
  g_assert_cmpuint (ahoy_sdp_media_remove_attribute (first, "crypto"), ==, 2);
  g_assert_cmpuint (ahoy_sdp_media_get_n_attributes (first), ==, 4);
}

static void
test_which_protocols_are_rtp (void)
{
  static const char *const rtp[] = { "RTP/AVP",           "RTP/AVPF",           "RTP/SAVP",
                                     "RTP/SAVPF",         "UDP/TLS/RTP/SAVP",   "UDP/TLS/RTP/SAVPF",
                                     "TCP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF", NULL };
  static const char *const other[] = { "udptl",    "RTP",          "AVP", "XRTP/AVP",
                                       "TCP/MSRP", "RTP/AVP/EXTRA", "UDP/DTLS/SCTP", NULL };

  for (gsize i = 0; rtp[i] != NULL; i++) {
    g_autoptr (AhoySdpMedia) media = ahoy_sdp_media_new ("audio", 4, rtp[i]);
    g_assert_true (ahoy_sdp_media_is_rtp (media));
  }
  for (gsize i = 0; other[i] != NULL; i++) {
    g_autoptr (AhoySdpMedia) media = ahoy_sdp_media_new ("audio", 4, other[i]);
    g_assert_false (ahoy_sdp_media_is_rtp (media));
  }
}

/* Offers and answers of RFC 4317, streams only, and answers that no offerer can use. */
static const struct {
  const char *name;
  const char *offer;
  const char *answer;
  const char *message; /* NULL: a good answer */
} answers[] = {
  { "rfc4317-2.1",
    "m=audio 49170 RTP/AVP 0 8 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:97 iLBC/8000\r\nm=video 51372 RTP/AVP 31 32\r\na=rtpmap:31 H261/90000\r\n"
    "a=rtpmap:32 MPV/90000\r\n",
    "m=audio 49174 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=video 49170 RTP/AVP 32\r\n"
    "a=rtpmap:32 MPV/90000\r\n",
    NULL },
  { "rfc4317-2.3-telephone-event",
    "m=audio 49172 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\nm=audio 49170 RTP/AVP 98\r\n"
    "a=rtpmap:98 telephone-event/8000\r\na=recvonly\r\n",
    "m=audio 49172 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\nm=audio 49174 RTP/AVP 98\r\n"
    "a=rtpmap:98 telephone-event/8000\r\na=sendonly\r\n",
    NULL },
  { "rfc4317-2.5-rejected",
    "m=audio 49170 RTP/AVP 99\r\na=rtpmap:99 iLBC/8000\r\nm=video 51372 RTP/AVP 31\r\n"
    "a=rtpmap:31 H261/90000\r\n",
    "m=audio 49174 RTP/AVP 99\r\na=rtpmap:99 iLBC/8000\r\nm=video 0 RTP/AVP 31\r\n", NULL },
  { "other-number-same-codec", "m=audio 4 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n",
    "m=audio 4 RTP/AVP 111\r\na=rtpmap:111 OPUS/48000/2\r\n", NULL },
  { "additional-format", "m=audio 4 RTP/AVP 0\r\n", "m=audio 4 RTP/AVP 0 8\r\n", NULL },
  { "fax", "m=image 4 udptl t38\r\n", "m=image 6 UDPTL t38\r\n", NULL },
  { "fewer-streams", "m=audio 4 RTP/AVP 0\r\nm=video 4 RTP/AVP 31\r\n", "m=audio 4 RTP/AVP 0\r\n",
    "*1 streams where the offer has 2*" },
  { "other-type", "m=audio 4 RTP/AVP 0\r\n", "m=video 4 RTP/AVP 0\r\n", "*stream 1 is \"video\"*" },
  { "swapped", "m=audio 4 RTP/AVP 0\r\nm=video 4 RTP/AVP 31\r\n",
    "m=video 4 RTP/AVP 31\r\nm=audio 4 RTP/AVP 0\r\n", "*stream 1*" },
  { "other-proto", "m=audio 4 RTP/AVP 0\r\n", "m=audio 4 RTP/SAVP 0\r\n", "*speaks \"RTP/SAVP\"*" },
  { "no-common", "m=audio 4 RTP/AVP 0\r\n", "m=audio 4 RTP/AVP 8\r\n", "*no format of the offer*" },
  { "same-number-other-codec", "m=audio 4 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n",
    "m=audio 4 RTP/AVP 96\r\na=rtpmap:96 iLBC/8000\r\n", "*no format of the offer*" },
  { "revived", "m=audio 0 RTP/AVP 0\r\n", "m=audio 4 RTP/AVP 0\r\n", "*port 0 in the offer*" },
};

static void
test_answer (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (AhoySdpSession) offer = parse_stream (answers[i].offer);
  g_autoptr (AhoySdpSession) answer = parse_stream (answers[i].answer);
  g_autoptr (GError) error = NULL;

  if (answers[i].message == NULL) {
    g_assert_true (ahoy_sdp_session_check_answer (offer, answer, &error));
    g_assert_no_error (error);
    return;
  }

  g_assert_false (ahoy_sdp_session_check_answer (offer, answer, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_test_message ("%s", error->message);
  g_assert_true (g_pattern_match_simple (answers[i].message, error->message));
}

static void
test_answer_skeleton (void)
{
  g_autoptr (AhoySdpSession) offer = parse ("v=0\r\no=- 5 6 IN IP4 192.0.2.1\r\ns=x\r\n"
                                            "c=IN IP4 192.0.2.1\r\nt=7 8\r\na=recvonly\r\n"
                                            "m=audio 4 RTP/AVP 0 8\r\na=mid:one\r\na=ptime:20\r\n"
                                            "m=image 6 udptl t38\r\n");
  g_autoptr (AhoySdpSession) answer = ahoy_sdp_session_new_answer_skeleton (offer);
  g_autofree char *text = ahoy_sdp_session_to_string (answer);
  g_autoptr (AhoySdpSession) again = parse (text);

  g_assert_true (ahoy_sdp_session_equal (answer, again));
  g_assert_true (g_str_has_suffix (text, "t=7 8\r\nm=audio 0 RTP/AVP 0 8\r\na=mid:one\r\n"
                                         "m=image 0 udptl t38\r\n"));
  g_assert_cmpuint (ahoy_sdp_session_get_id (answer), !=, 5);
  g_assert_true (ahoy_sdp_session_check_answer (offer, answer, NULL));
}

static void
add_tables (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *path = g_strdup_printf ("/sdp/refused/%s", refused[i].name);
    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_refused);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *path = g_strdup_printf ("/sdp/answer/%s", answers[i].name);
    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_answer);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sdp/round-trip", test_round_trip);
  g_test_add_func ("/sdp/lines-in-any-order-are-put-in-order",
                   test_lines_in_any_order_are_put_in_order);
  g_test_add_func ("/sdp/origin", test_origin);
  g_test_add_func ("/sdp/nul-is-refused", test_nul_is_refused);
  g_test_add_func ("/sdp/limits", test_limits);
  g_test_add_func ("/sdp/text-is-made-valid-utf8", test_text_is_made_valid_utf8);
  g_test_add_func ("/sdp/rejected-stream-needs-no-address", test_rejected_stream_needs_no_address);
  g_test_add_func ("/sdp/stream-inherits-and-outlives-its-session",
                   test_stream_inherits_and_outlives_its_session);
  g_test_add_func ("/sdp/stream-of-another-session-is-copied",
                   test_stream_of_another_session_is_copied);
  g_test_add_func ("/sdp/directions", test_directions);
  g_test_add_func ("/sdp/direction-of-an-answer", test_direction_of_an_answer);
  g_test_add_func ("/sdp/formats", test_formats);
  g_test_add_func ("/sdp/static-formats", test_static_formats);
  g_test_add_func ("/sdp/building-a-stream", test_building_a_stream);
  g_test_add_func ("/sdp/attributes-cannot-break-out-of-their-line",
                   test_attributes_cannot_break_out_of_their_line);
  g_test_add_func ("/sdp/rtcp-mid-and-label", test_rtcp_mid_and_label);
  g_test_add_func ("/sdp/which-protocols-are-rtp", test_which_protocols_are_rtp);
  g_test_add_func ("/sdp/answer-skeleton", test_answer_skeleton);
  add_tables ();

  return g_test_run ();
}
