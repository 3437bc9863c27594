/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-gst-audio-formats-private.h"
#include "ahoy-sdp-session.h"

static const char *const all[] = { "opus", "G722", "PCMA", "PCMU", NULL };
static const char *const narrow[] = { "PCMU", "PCMA", NULL };

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"

static AhoySdpMedia *
parse (const char *lines)
{
  g_autofree char *text = g_strconcat (HEAD, lines, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoySdpSession) session = ahoy_sdp_session_parse (text, -1, &error);

  g_assert_no_error (error);
  return g_object_ref (ahoy_sdp_session_get_media (session, 0));
}

static char *
formats_of (AhoySdpMedia *media)
{
  return g_strjoinv (" ", (char **) ahoy_sdp_media_get_formats (media));
}

static gboolean
has_all (void)
{
  const char *const *known = ahoy_gst_audio_formats_get_known ();

  return g_strv_contains (known, "opus") && g_strv_contains (known, "G722");
}

static void
test_offer (void)
{
  g_autoptr (AhoySdpMedia) local = ahoy_sdp_media_new ("audio", 4000, "RTP/AVP");
  g_autofree char *formats = NULL;
  g_autofree char *text = NULL;

  ahoy_gst_audio_formats_offer (local, narrow, TRUE);
  formats = formats_of (local);
  g_assert_cmpstr (formats, ==, "0 8 101");
  text = ahoy_sdp_media_to_string (local);
  g_assert_nonnull (strstr (text, "a=rtpmap:101 telephone-event/8000"));
  g_assert_nonnull (strstr (text, "a=fmtp:101 0-16"));
}

static void
test_offer_wide (void)
{
  g_autoptr (AhoySdpMedia) local = ahoy_sdp_media_new ("audio", 4000, "RTP/AVP");
  g_autofree char *formats = NULL;
  g_autofree char *text = NULL;

  if (!has_all ()) {
    g_test_skip ("Opus or G.722 is not installed");
    return;
  }
  ahoy_gst_audio_formats_offer (local, all, TRUE);
  formats = formats_of (local);
  g_assert_cmpstr (formats, ==, "96 9 8 0 110 101");
  text = ahoy_sdp_media_to_string (local);
  g_assert_nonnull (strstr (text, "a=rtpmap:96 opus/48000/2"));
  g_assert_nonnull (strstr (text, "a=rtpmap:110 telephone-event/48000"));
}

/* In a later offer no payload type means something else than before (RFC 3264 §8.3.2). */
static void
test_offer_again (void)
{
  g_autoptr (AhoySdpMedia) local =
      parse ("m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n");
  g_autofree char *formats = NULL;

  ahoy_gst_audio_formats_offer (local, has_all () ? all : narrow, TRUE);
  formats = formats_of (local);
  g_assert_cmpstr (formats, ==, has_all () ? "8 96 97 9 0 110" : "8 96 0");
}

static void
check_answer (const char *offer, const char *const *codecs, const char *wanted)
{
  g_autoptr (AhoySdpMedia) remote = parse (offer);
  g_autoptr (AhoySdpMedia) local = ahoy_sdp_media_new_rejected (remote);
  g_autofree char *formats = NULL;

  g_assert_cmpint (ahoy_gst_audio_formats_have_common (remote, codecs), ==, wanted != NULL);
  g_assert_cmpint (ahoy_gst_audio_formats_answer (local, remote, codecs, TRUE), ==,
                   wanted != NULL);
  formats = formats_of (local);
  g_assert_cmpstr (formats, ==, wanted != NULL ? wanted : "");
}

/* Order and payload types are those of the offer; what is unknown goes. */
static void
test_answer (void)
{
  check_answer ("m=audio 4000 RTP/AVP 18 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n", narrow,
                "8 0 101");
  check_answer ("m=audio 4000 RTP/AVP 120 99\r\na=rtpmap:120 pcmu/8000\r\n"
                "a=rtpmap:99 TELEPHONE-EVENT/8000\r\n", narrow, "120 99");
  check_answer ("m=audio 4000 RTP/AVP 8 97\r\na=rtpmap:97 telephone-event/48000\r\n", narrow, "8");
  check_answer ("m=audio 4000 RTP/AVP 18\r\n", narrow, NULL);
  check_answer ("m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", narrow, NULL);
  check_answer ("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 PCMU/16000\r\n", narrow, NULL);
  check_answer ("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 PCMU/8000/2\r\n", narrow, NULL);
  /* Comfort noise stands among sound of its clock, once, and is nothing without sound. */
  check_answer ("m=audio 4000 RTP/AVP 0 13 101\r\na=rtpmap:101 telephone-event/8000\r\n", narrow,
                "0 13 101");
  check_answer ("m=audio 4000 RTP/AVP 13 8\r\na=rtpmap:13 CN/8000\r\n", narrow, "8 13");
  check_answer ("m=audio 4000 RTP/AVP 8 13 98\r\na=rtpmap:98 CN/8000\r\n", narrow, "8 13");
  check_answer ("m=audio 4000 RTP/AVP 8 98\r\na=rtpmap:98 CN/16000\r\n", narrow, "8");
  check_answer ("m=audio 4000 RTP/AVP 13\r\n", narrow, NULL);
  if (has_all ()) {
    check_answer ("m=audio 4000 RTP/AVP 107 13\r\na=rtpmap:107 opus/48000/2\r\n", all, "107");
    check_answer ("m=audio 4000 RTP/AVP 107 9 108 109\r\na=rtpmap:107 opus/48000/2\r\n"
                  "a=rtpmap:108 telephone-event/48000\r\na=rtpmap:109 telephone-event/8000\r\n",
                  all, "107 9 108 109");
  }
}

static gboolean
read_both (AhoyGstStreamConfig *config, const char *local, const char *remote)
{
  g_autoptr (AhoySdpMedia) ours = parse (local);
  g_autoptr (AhoySdpMedia) theirs = parse (remote);

  return ahoy_gst_audio_formats_read (config, ours, theirs, 20);
}

static void
test_read (void)
{
  AhoyGstStreamConfig config;
  g_autofree char *rtp = NULL;
  g_autofree char *rtcp = NULL;

  g_assert_true (read_both (
      &config,
      "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp-mux\r\n",
      "m=audio 5000 RTP/AVP 118 100 8\r\na=rtpmap:118 G729/8000\r\n"
      "a=rtpmap:100 telephone-event/8000\r\na=ptime:40\r\na=rtcp:5555 IN IP4 192.0.2.7\r\n"));
  rtp = ahoy_gst_address_to_string (&config.rtp);
  rtcp = ahoy_gst_address_to_string (&config.rtcp);
  g_assert_cmpstr (rtp, ==, "192.0.2.1:5000");
  g_assert_cmpstr (rtcp, ==, "192.0.2.7:5555");
  g_assert_false (config.mux); /* both have to say so */
  g_assert_cmpstr (config.send.codec->name, ==, "PCMA");
  g_assert_cmpuint (config.n_receive, ==, 2);
  g_assert_cmpuint (config.ptime, ==, 40);
  g_assert_cmpint (config.dtmf_send, ==, 100);
  g_assert_cmpint (config.dtmf_receive, ==, 101);
  g_assert_false (read_both (&config, "m=audio 4000 RTP/AVP 8\r\n", "m=audio 5000 RTP/AVP 0\r\n"));
  g_assert_true (read_both (&config, "m=audio 4000 RTP/AVP 13 8\r\n",
                            "m=audio 5000 RTP/AVP 13 8\r\n"));
  g_assert_cmpstr (config.send.codec->name, ==, "PCMA");
  g_assert_cmpuint (config.n_receive, ==, 2);
  g_assert_cmpstr (config.receive[0].codec->name, ==, "PCMA");
  g_assert_cmpstr (config.receive[1].codec->name, ==, "CN");
  g_assert_cmpuint (config.receive[1].payload_type, ==, 13);
  g_assert_false (read_both (&config, "m=audio 4000 RTP/AVP 13\r\n",
                             "m=audio 5000 RTP/AVP 13\r\n"));
}

static void
check_direction (const char *local, const char *remote, gboolean sends, gboolean receives)
{
  g_autofree char *ours = g_strdup_printf ("m=audio 4000 RTP/AVP 0\r\na=%s\r\n", local);
  g_autofree char *theirs = g_strdup_printf ("m=audio 4000 RTP/AVP 0\r\n%s\r\n", remote);
  AhoyGstStreamConfig config;

  g_assert_true (read_both (&config, ours, theirs));
  g_assert_cmpint (config.sends, ==, sends);
  g_assert_cmpint (config.receives, ==, receives);
}

static void
test_directions (void)
{
  check_direction ("sendrecv", "a=sendrecv", TRUE, TRUE);
  check_direction ("sendonly", "a=recvonly", TRUE, FALSE);
  check_direction ("recvonly", "a=sendonly", FALSE, TRUE);
  check_direction ("sendrecv", "a=recvonly", TRUE, FALSE);
  check_direction ("sendrecv", "a=inactive", FALSE, FALSE);
  check_direction ("inactive", "a=sendrecv", FALSE, FALSE);
  check_direction ("sendrecv", "c=IN IP4 0.0.0.0", FALSE, TRUE); /* hold of RFC 2543 */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/audio-formats/offer", test_offer);
  g_test_add_func ("/gst/audio-formats/offer of wide band", test_offer_wide);
  g_test_add_func ("/gst/audio-formats/offer again", test_offer_again);
  g_test_add_func ("/gst/audio-formats/answer", test_answer);
  g_test_add_func ("/gst/audio-formats/what both say", test_read);
  g_test_add_func ("/gst/audio-formats/directions", test_directions);
  return g_test_run ();
}
