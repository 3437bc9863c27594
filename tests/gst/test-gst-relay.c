/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-g711.h"
#include "ahoy-gst-stream-private.h"
#include "goertzel.h"
#include "rtp-phone.h"
#include "watchdog.h"

#define FRAME 160

static AhoyGstEngine *
make_engine (guint n_workers)
{
  AhoyGstEngine *engine = ahoy_gst_engine_new (n_workers);

  ahoy_gst_engine_set_port_range (engine, 0, 0);
  return engine;
}

static AhoyGstStream *
make_stream (AhoyGstEngine *engine)
{
  g_autoptr (GError) error = NULL;
  AhoyGstStream *stream = ahoy_gst_engine_create_stream (engine, "127.0.0.1", TRUE, &error);

  g_assert_no_error (error);
  return stream;
}

static const AhoyGstCodec *
find_codec (const char *name)
{
  const AhoyGstCodec *codec = ahoy_gst_codec_find (name, g_str_equal (name, "opus") ? 48000 : 8000,
                                                   g_str_equal (name, "opus") ? 2 : 1);

  g_assert_nonnull (codec);
  return codec;
}

static void
configure (AhoyGstStream *stream, guint port, const char *codec, guint payload_type, guint digits)
{
  AhoyGstStreamConfig config = { .sends = TRUE, .receives = TRUE, .ptime = 20, .n_receive = 1,
                                 .dtmf_send = (int) digits, .dtmf_receive = (int) digits,
                                 .dtmf_rate = 8000 };
  g_autoptr (GError) error = NULL;

  g_assert_true (ahoy_gst_address_parse (&config.rtp, "127.0.0.1", port));
  g_assert_true (ahoy_gst_address_parse (&config.rtcp, "127.0.0.1", port + 1));
  config.receive[0] = (AhoyGstFormat){ find_codec (codec), (guint8) payload_type };
  config.send = config.receive[0];
  config.dtmf_rate = config.send.codec->clock_rate;
  g_assert_true (ahoy_gst_stream_configure (stream, &config, &error));
  g_assert_no_error (error);
}

static void
meet (AhoyGstStream *stream, RtpPhone *phone, const char *codec, guint payload_type, guint digits)
{
  rtp_phone_init (phone, "127.0.0.1");
  g_assert_true (ahoy_gst_address_parse (&phone->peer, "127.0.0.1",
                                         ahoy_gst_stream_get_port (stream)));
  configure (stream, ahoy_gst_address_get_port (&phone->address), codec, payload_type, digits);
}

static void
join (AhoyGstStream *first, AhoyGstStream *second)
{
  g_autoptr (GError) error = NULL;

  ahoy_media_stream_join (AHOY_MEDIA_STREAM (first), AHOY_MEDIA_STREAM (second), &error);
  g_assert_no_error (error);
  wait_until (!ahoy_gst_stream_is_migrating (first) && !ahoy_gst_stream_is_migrating (second));
}

static void
end_engine (AhoyGstEngine *engine)
{
  g_object_unref (engine);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstStream"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstEngine"), ==, 0);
}

/* A frame of a sine in G.711, by the sample that it begins with. */
static void
make_frame (guint8 *payload, guint payload_type, double frequency, guint at)
{
  gint16 samples[FRAME];

  for (guint i = 0; i < FRAME; i++) {
    samples[i] = (gint16) (8000 * sin (2 * G_PI * frequency * (at + i) / 8000));
  }
  ahoy_gst_g711_encode (payload_type == 8 ? AHOY_GST_G711_ALAW : AHOY_GST_G711_ULAW, samples,
                        payload, FRAME);
}

static void
send_frame (RtpPhone *phone, guint payload_type, double frequency)
{
  guint8 payload[FRAME];

  make_frame (payload, payload_type, frequency, phone->timestamp);
  rtp_phone_send (phone, payload_type, payload, FRAME, FRAME);
}

/* The next packet that comes, as it is. */
static gsize
take_packet (RtpPhone *phone, guint8 *data, gsize size, AhoyGstRtpPacket *packet)
{
  gssize n = 0;

  wait_until ((n = recv (phone->fd, data, size, MSG_DONTWAIT)) > 0);
  g_assert_true (ahoy_gst_rtp_packet_parse (packet, data, (gsize) n));
  return (gsize) n;
}

/* What one phone says comes out at the other octet by octet, under another payload type and with
 * the stream's own source, whose numbers go on. Silence stands between them when the test is slow.
 */
static void
run_relay (RtpPhone *from, guint payload_type, RtpPhone *to, guint expected)
{
  guint8 data[2048];
  AhoyGstRtpPacket packet;
  AhoyGstRtpPacket before = { 0 };
  gboolean in_order = FALSE; /* the one before was sent on too */

  for (guint i = 0; i < 50;) {
    guint8 frame[FRAME];

    make_frame (frame, 0, 700, from->timestamp);
    send_frame (from, payload_type, 700);
    for (gboolean came = FALSE; !came; in_order = came) {
      take_packet (to, data, sizeof data, &packet);
      came = packet.payload_size == FRAME && memcmp (packet.payload, frame, FRAME) == 0;
      g_assert_true (before.ssrc == 0 || packet.ssrc == before.ssrc);
      g_assert_true (before.ssrc == 0 || packet.sequence == (guint16) (before.sequence + 1));
      if (came) {
        g_assert_cmpuint (packet.payload_type, ==, expected);
        g_assert_cmpint (packet.marker, ==, !in_order);
        g_assert_true (!in_order || packet.timestamp == before.timestamp + FRAME);
        i++;
      }
      before = packet;
    }
  }
  g_assert_cmphex (before.ssrc, !=, 0xabcdef01);
}

static void
test_same_codec (void)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  RtpPhone alice;
  RtpPhone bob;

  meet (first, &alice, "PCMU", 0, 101);
  meet (second, &bob, "PCMU", 100, 96);
  g_assert_cmpuint (ahoy_gst_stream_get_worker (first), !=, ahoy_gst_stream_get_worker (second));
  join (first, second);
  g_assert_cmpuint (ahoy_gst_stream_get_worker (first), ==, ahoy_gst_stream_get_worker (second));
  run_relay (&alice, 0, &bob, 100);
  run_relay (&bob, 100, &alice, 0);

  /* Apart again, each hears silence; and nobody is in anybody's way. */
  ahoy_media_stream_part (AHOY_MEDIA_STREAM (second));
  wait_until (rtp_phone_receive (&bob) == 0 && bob.received > 10);
  g_array_set_size (bob.pcm, 0);
  bob.received = 0;
  for (guint i = 0; i < 20; i++) {
    send_frame (&alice, 0, 700);
    wait_until (rtp_phone_receive (&bob) > 0 || bob.received > i);
  }
  g_assert_cmpuint (bob.payload_type, ==, 100);
  end_engine (engine);
  rtp_phone_clear (&alice);
  rtp_phone_clear (&bob);
}

/* An event of RFC 4733: three packets while it lasts, three when it is over; all at once, for a
 * pause would be filled with silence. */
static void
send_digit (RtpPhone *phone, guint payload_type, guint event)
{
  guint8 data[6][AHOY_GST_RTP_HEADER + 4];
  struct mmsghdr headers[6] = { 0 };
  struct iovec vectors[6];

  for (guint i = 0; i < 6; i++) {
    guint duration = MIN (i + 1, 4) * FRAME * 2;
    AhoyGstRtpPacket packet = { .payload_type = (guint8) payload_type, .ssrc = 0xabcdef01,
                                .sequence = phone->sequence++, .timestamp = phone->timestamp,
                                .marker = i == 0 };
    guint8 payload[] = { (guint8) event, i >= 3 ? 0x8a : 0x0a, (guint8) (duration >> 8),
                         (guint8) duration };

    ahoy_gst_rtp_packet_write_header (&packet, data[i]);
    memcpy (data[i] + AHOY_GST_RTP_HEADER, payload, sizeof payload);
    vectors[i] = (struct iovec){ data[i], sizeof data[i] };
    headers[i].msg_hdr = (struct msghdr){ .msg_name = &phone->peer,
                                          .msg_namelen = ahoy_gst_address_get_size (&phone->peer),
                                          .msg_iov = &vectors[i], .msg_iovlen = 1 };
  }
  g_assert_cmpint (sendmmsg (phone->fd, headers, 6, 0), ==, 6);
  phone->timestamp += 4 * FRAME * 2;
}

/* Digits between phones of one clock keep their packets, under the other payload type. */
static void
test_digits (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  guint8 data[2048];
  AhoyGstRtpPacket packet;
  guint32 timestamp = 0;
  guint n = 0;
  RtpPhone alice;
  RtpPhone bob;

  meet (first, &alice, "PCMU", 0, 101);
  meet (second, &bob, "PCMU", 0, 96);
  join (first, second);
  send_frame (&alice, 0, 700);
  send_digit (&alice, 101, 5);
  while (n < 6) {
    take_packet (&bob, data, sizeof data, &packet);
    if (packet.payload_type == 96) {
      timestamp = n == 0 ? packet.timestamp : timestamp;
      g_assert_cmpuint (packet.timestamp, ==, timestamp);
      g_assert_cmpint (packet.marker, ==, n == 0);
      g_assert_cmpuint (packet.payload_size, ==, 4);
      g_assert_cmpuint (packet.payload[0], ==, 5);
      g_assert_cmpuint (packet.payload[1] >> 7, ==, n >= 3);
      n++;
    }
  }
  end_engine (engine);
  rtp_phone_clear (&alice);
  rtp_phone_clear (&bob);
}

static void
on_digit (AhoyMediaStream *media, const char *digit, guint duration, gpointer user_data)
{
  g_string_append (user_data, digit);
}

/* A tone of a phone in one codec goes through another one to a stream that sends it back, and is
 * heard again; a digit gets through too. */
static void
run_transcode (const char *near_codec, guint near_type, const char *far_codec, guint far_type)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  AhoyGstStream *far = make_stream (engine);
  g_autoptr (GString) digits = g_string_new (NULL);
  RtpPhone alice;
  double found = 0;
  guint sent = 0;

  meet (first, &alice, near_codec, near_type, 101);
  configure (second, ahoy_gst_stream_get_port (far), far_codec, far_type, 96);
  configure (far, ahoy_gst_stream_get_port (second), far_codec, far_type, 96);
  g_signal_connect (far, "dtmf-received", G_CALLBACK (on_digit), digits);
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (far), TRUE);
  join (first, second);
  /* The stream's own packets are the clock by which the phone speaks. */
  while (found < 695 || found > 705) {
    guint received = alice.received;

    send_frame (&alice, near_type, 700);
    sent++;
    wait_until (rtp_phone_receive (&alice) > 0 || alice.received > received);
    if (sent % 25 == 0 && alice.pcm->len >= 4000) {
      found = goertzel_dominant ((gint16 *) alice.pcm->data + (alice.pcm->len - 4000), 4000, 8000,
                                 NULL);
    }
  }
  g_test_message ("%s through %s and back: %.1f Hz after %u frames", near_codec, far_codec, found,
                  sent);
  g_assert_cmpuint (alice.sources, ==, 1);
  g_assert_cmpuint (alice.payload_type, ==, near_type);
  send_digit (&alice, 101, 7);
  while (digits->len == 0) {
    send_frame (&alice, near_type, 700);
    wait_until (rtp_phone_receive (&alice) > 0);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpstr (digits->str, ==, "7");
  end_engine (engine);
  rtp_phone_clear (&alice);
}

static void
test_transcode (void)
{
  run_transcode ("PCMU", 0, "PCMA", 8);
  run_transcode ("PCMU", 0, "G722", 9);
  run_transcode ("PCMA", 8, "opus", 111);
}

/* Somebody sends another codec than was expected: it is decoded from then on. */
static void
test_unexpected_codec (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  AhoyGstStreamConfig config = { .sends = TRUE, .receives = TRUE, .ptime = 20, .n_receive = 2,
                                 .dtmf_send = -1, .dtmf_receive = -1 };
  double found = 0;
  RtpPhone alice;
  RtpPhone bob;

  meet (first, &alice, "PCMU", 0, 101);
  meet (second, &bob, "PCMU", 0, 96);
  config.rtp = config.rtcp = alice.address;
  config.receive[0] = config.send = (AhoyGstFormat){ find_codec ("PCMU"), 0 };
  config.receive[1] = (AhoyGstFormat){ find_codec ("PCMA"), 8 };
  g_assert_true (ahoy_gst_stream_configure (first, &config, NULL));
  join (first, second);
  for (guint i = 1; found < 895 || found > 905; i++) {
    guint received = bob.received;

    send_frame (&alice, 8, 900);
    wait_until (rtp_phone_receive (&bob) > 0 || bob.received > received);
    if (i % 25 == 0 && bob.pcm->len >= 4000) {
      found = goertzel_dominant ((gint16 *) bob.pcm->data + (bob.pcm->len - 4000), 4000, 8000,
                                 NULL);
    }
  }
  g_assert_cmpuint (bob.payload_type, ==, 0);
  g_assert_cmpuint (bob.sources, ==, 1);
  end_engine (engine);
  rtp_phone_clear (&alice);
  rtp_phone_clear (&bob);
}

/* A pause that one side describes (RFC 3389) is heard by the other, which need not know of that. */
static void
test_comfort_noise (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  AhoyGstStreamConfig config = { .sends = TRUE, .receives = TRUE, .ptime = 20, .n_receive = 2,
                                 .dtmf_send = -1, .dtmf_receive = -1 };
  const guint8 level = 40; /* a hundredth of the loudest there is */
  double heard = 0;
  RtpPhone alice;
  RtpPhone bob;

  meet (first, &alice, "PCMU", 0, 101);
  meet (second, &bob, "PCMU", 0, 96);
  config.rtp = config.rtcp = alice.address;
  config.receive[0] = config.send = (AhoyGstFormat){ find_codec ("PCMU"), 0 };
  config.receive[1] = (AhoyGstFormat){ find_codec ("CN"), 13 };
  g_assert_true (ahoy_gst_stream_configure (first, &config, NULL));
  join (first, second);
  run_relay (&alice, 0, &bob, 0);
  rtp_phone_send (&alice, 13, &level, 1, FRAME);
  while (heard < 230 || heard > 460) {
    wait_until (rtp_phone_receive (&bob) > 0);
    if (bob.pcm->len >= 1600) {
      heard = goertzel_rms ((gint16 *) bob.pcm->data + bob.pcm->len - 1600, 1600);
    }
    if (bob.received % 25 == 0) { /* the first one finds nobody who hears it */
      rtp_phone_send (&alice, 13, &level, 1, FRAME);
    }
  }
  g_test_message ("noise of %.0f", heard);
  run_relay (&alice, 0, &bob, 0);
  end_engine (engine);
  rtp_phone_clear (&alice);
  rtp_phone_clear (&bob);
}

/* One side agrees on another codec in mid-call, and back: what it hears follows. */
static void
test_change_codec (void)
{
  static const struct {
    const char *codec;
    guint payload_type;
    double frequency;
  } changes[] = { { "PCMA", 8, 800 }, { "PCMU", 0, 600 } };
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  RtpPhone alice;
  RtpPhone bob;

  meet (first, &alice, "PCMU", 0, 101);
  meet (second, &bob, "PCMU", 0, 101);
  join (first, second);
  for (guint k = 0; k < G_N_ELEMENTS (changes); k++) {
    double found = 0;

    configure (second, ahoy_gst_address_get_port (&bob.address), changes[k].codec,
               changes[k].payload_type, 101);
    for (guint i = 1; ABS (found - changes[k].frequency) > 5; i++) {
      guint received = bob.received;

      send_frame (&alice, 0, changes[k].frequency);
      wait_until (rtp_phone_receive (&bob) > 0 || bob.received > received);
      if (i % 25 == 0 && bob.pcm->len >= 4000) {
        found = goertzel_dominant ((gint16 *) bob.pcm->data + (bob.pcm->len - 4000), 4000, 8000,
                                   NULL);
      }
    }
    g_assert_cmpuint (bob.payload_type, ==, changes[k].payload_type);
  }
  g_assert_cmpuint (bob.sources, ==, 1);
  g_assert_cmpuint (bob.gaps, ==, 0);
  end_engine (engine);
  rtp_phone_clear (&alice);
  rtp_phone_clear (&bob);
}

/* Takes what came, and counts the packets that are no silence of the stream's own. */
static guint
count_sound (RtpPhone *phone)
{
  guint8 data[2048];
  guint n = 0;
  gssize size;

  while ((size = recv (phone->fd, data, sizeof data, MSG_DONTWAIT)) > 0) {
    AhoyGstRtpPacket packet;

    if (!ahoy_gst_rtp_packet_is_rtcp (data, (gsize) size) &&
        ahoy_gst_rtp_packet_parse (&packet, data, (gsize) size)) {
      n += packet.payload[0] != 0xff || packet.payload[1] != 0xff;
    }
  }
  return n;
}

/* Joined streams go from worker to worker together, and no packet is lost on the way. */
static void
test_migrate (void)
{
  AhoyGstEngine *engine = make_engine (3);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  guint moves = 0;
  guint sent = 0;
  guint came = 0;
  RtpPhone alice;
  RtpPhone bob;

  meet (first, &alice, "PCMU", 0, 101);
  meet (second, &bob, "PCMU", 0, 101);
  join (first, second);
  while (moves < 1000) {
    if (!ahoy_gst_stream_is_migrating (first) && !ahoy_gst_stream_is_migrating (second)) {
      moves++;
      ahoy_gst_stream_migrate (moves % 2 == 0 ? first : second, moves % 3);
    }
    if (sent == came) {
      send_frame (&alice, 0, 510);
      sent++;
    }
    g_main_context_iteration (NULL, FALSE);
    came += count_sound (&bob);
  }
  wait_until ((came += count_sound (&bob)) >= sent);
  g_test_message ("%u moves, %u packets sent, %u came", moves, sent, came);
  g_assert_cmpuint (came, ==, sent);
  g_assert_cmpuint (ahoy_gst_stream_get_worker (first), ==, ahoy_gst_stream_get_worker (second));
  end_engine (engine);
  rtp_phone_clear (&alice);
  rtp_phone_clear (&bob);
}

/* Joined, parted and closed in all orders, also on the way to another worker. */
static void
test_ends (void)
{
  AhoyGstEngine *engine = make_engine (2);

  for (guint i = 0; i < 64; i++) {
    AhoyGstStream *streams[3] = { make_stream (engine), make_stream (engine),
                                  make_stream (engine) };
    AhoyMediaStream *media[3];
    RtpPhone phone;

    meet (streams[0], &phone, "PCMU", 0, 101);
    for (guint k = 0; k < 3; k++) {
      media[k] = AHOY_MEDIA_STREAM (streams[k]);
    }
    g_assert_true (ahoy_media_stream_join (media[0], media[1], NULL));
    g_assert_true (ahoy_media_stream_join (media[1], media[0], NULL));
    if ((i & 1) != 0) {
      ahoy_gst_stream_migrate (streams[0], (ahoy_gst_stream_get_worker (streams[0]) + 1) % 2);
    }
    if ((i & 2) != 0) {
      g_assert_true (ahoy_media_stream_join (media[2], media[1], NULL));
    }
    if ((i & 4) != 0) {
      wait_until (!ahoy_gst_stream_is_migrating (streams[1]));
    }
    if ((i & 8) != 0) {
      ahoy_media_stream_part (media[i % 3]);
    }
    ahoy_gst_stream_close (streams[(i & 16) != 0 ? 1 : 0]);
    if ((i & 32) != 0) {
      g_autoptr (GError) error = NULL;

      g_assert_false (ahoy_media_stream_join (media[0], media[1], &error));
      g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
    }
    ahoy_gst_stream_close (streams[2]);
    ahoy_gst_stream_close (streams[(i & 16) != 0 ? 0 : 1]);
    wait_until (ahoy_census_count ("AhoyGstStream") == 0);
    rtp_phone_clear (&phone);
  }
  end_engine (engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ahoy_gst_codec_warm_up (); /* what these tests configure was not negotiated before */
  g_test_add_func ("/gst/relay/same-codec", test_same_codec);
  g_test_add_func ("/gst/relay/digits", test_digits);
  g_test_add_func ("/gst/relay/transcode", test_transcode);
  g_test_add_func ("/gst/relay/unexpected-codec", test_unexpected_codec);
  g_test_add_func ("/gst/relay/comfort noise", test_comfort_noise);
  g_test_add_func ("/gst/relay/change-codec", test_change_codec);
  g_test_add_func ("/gst/relay/migrate", test_migrate);
  g_test_add_func ("/gst/relay/ends", test_ends);
  return g_test_run ();
}
