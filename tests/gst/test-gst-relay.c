/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <sys/resource.h>
#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-g711.h"
#include "ahoy-gst-stream-private.h"
#include "goertzel.h"
#include "rtp-phone.h"
#include "watchdog.h"

#define FRAME 160
#define SNR_WINDOW 800

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

/* How far a tone of 700 Hz stands above all else, in dB; 0 when it is not as loud as it was made.
 * 800 samples hold whole periods of it. */
static double
snr_of (const gint16 *samples)
{
  double power = 0;
  double sine = 0;
  double cosine = 0;

  for (guint i = 0; i < SNR_WINDOW; i++) {
    double phase = 2 * G_PI * 700 * i / 8000;

    power += (double) samples[i] * samples[i] / SNR_WINDOW;
    sine += samples[i] * sin (phase) * 2 / SNR_WINDOW;
    cosine += samples[i] * cos (phase) * 2 / SNR_WINDOW;
  }
  sine = (sine * sine + cosine * cosine) / 2;
  return sine > 4000 * 4000 / 2 && sine < 16000. * 16000 / 2
             ? 10 * log10 (sine / MAX (power - sine, 1))
             : 0;
}

/* What the codecs on the way left of it where nothing was lost: the best tenth of a second. */
static double
measure_snr (RtpPhone *phone)
{
  const gint16 *samples = (const gint16 *) phone->pcm->data;
  double best = 0;

  for (gsize at = 0; at + SNR_WINDOW <= phone->pcm->len; at += SNR_WINDOW / 4) {
    best = MAX (best, snr_of (samples + at));
  }
  return best;
}

/* A tone of a phone in one codec goes through another one to a stream that sends it back, and is
 * heard again; a digit gets through too. */
static void
run_transcode (const char *near_codec, guint near_type, const char *far_codec, guint far_type,
               double snr_wanted)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *first = make_stream (engine);
  AhoyGstStream *second = make_stream (engine);
  AhoyGstStream *far = make_stream (engine);
  g_autoptr (GString) digits = g_string_new (NULL);
  RtpPhone alice;
  double found = 0;
  double snr = 0;
  guint sent = 0;

  meet (first, &alice, near_codec, near_type, 101);
  configure (second, ahoy_gst_stream_get_port (far), far_codec, far_type, 96);
  configure (far, ahoy_gst_stream_get_port (second), far_codec, far_type, 96);
  g_signal_connect (far, "dtmf-received", G_CALLBACK (on_digit), digits);
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (far), TRUE);
  join (first, second);
  /* The stream's own packets are the clock by which the phone speaks. */
  while (found < 695 || found > 705 || (snr < snr_wanted && sent < 500)) {
    guint received = alice.received;

    send_frame (&alice, near_type, 700);
    sent++;
    wait_until (rtp_phone_receive (&alice) > 0 || alice.received > received);
    if (sent % 25 == 0 && alice.pcm->len >= 4000) {
      found = goertzel_dominant ((gint16 *) alice.pcm->data + (alice.pcm->len - 4000), 4000, 8000,
                                 NULL);
      snr = measure_snr (&alice);
    }
  }
  g_test_message ("%s through %s and back: %.1f Hz, %.1f dB above the rest, after %u frames",
                  near_codec, far_codec, found, snr, sent);
  g_assert_cmpfloat (snr, >=, snr_wanted);
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
  run_transcode ("PCMU", 0, "PCMA", 8, 36);
  run_transcode ("PCMU", 0, "G722", 9, 35);
  run_transcode ("PCMA", 8, "opus", 111, 28);
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

/* Each frame has a level of its own, so that what is not heard is missed among those that are. */
static const gint16 levels[] = { -24000, -16000, -8000, -2000, 2000, 8000, 16000, 24000 };

static void
send_level (RtpPhone *phone, guint payload_type, guint number)
{
  gint16 samples[FRAME];
  guint8 payload[FRAME];

  for (guint i = 0; i < FRAME; i++) {
    samples[i] = levels[number % G_N_ELEMENTS (levels)];
  }
  ahoy_gst_g711_encode (payload_type == 8 ? AHOY_GST_G711_ALAW : AHOY_GST_G711_ULAW, samples,
                        payload, FRAME);
  rtp_phone_send (phone, payload_type, payload, FRAME, FRAME);
}

/* -1 for what is none: silence, and what was made up, which fades. */
static int
level_of (gint16 sample)
{
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    if (ABS (sample - levels[i]) <= ABS (levels[i]) / 25) {
      return (int) i;
    }
  }
  return -1;
}

/* Whether all that is heard is one frame after the other. */
static gboolean
is_whole (RtpPhone *phone)
{
  const gint16 *pcm = (gint16 *) phone->pcm->data;

  for (guint i = FRAME + FRAME / 2; i < phone->pcm->len; i += FRAME) {
    int before = level_of (pcm[i - FRAME]);

    if (before < 0 || level_of (pcm[i]) != (before + 1) % (int) G_N_ELEMENTS (levels)) {
      return FALSE;
    }
  }
  return TRUE;
}

#define LATE_US 8000
#define N_WHOLE 4
#define MAX_ROUNDS 24

typedef struct {
  AhoyGstStream *streams[2];
  RtpPhone phones[2];
  guint payload_types[2];
  guint sent;
  guint late; /* how often the test had to wait for the processor */
} Talk;

/* Both say that many frames, one each 20 ms, and hear what comes. */
static void
talk (Talk *self, guint n)
{
  gint64 due = g_get_monotonic_time ();

  for (guint i = 0; i < n; i++) {
    for (guint k = 0; k < 2; k++) {
      send_level (&self->phones[k], self->payload_types[k], self->sent);
    }
    self->sent++;
    due += 20 * 1000;
    wait_until (g_get_monotonic_time () >= due);
    self->late += g_get_monotonic_time () > due + LATE_US;
    for (guint k = 0; k < 2; k++) {
      rtp_phone_receive (&self->phones[k]);
    }
  }
}

/* One of them agrees on PCMA, and on PCMU again, and sends what was before for a while. Whether
 * both hear all of it and nothing else. */
static gboolean
change_and_back (Talk *self, guint who)
{
  static const struct {
    const char *codec;
    guint payload_type;
  } changes[] = { { "PCMA", 8 }, { "PCMU", 0 } };

  self->late = 0;
  for (guint k = 0; k < 2; k++) {
    g_array_set_size (self->phones[k].pcm, 0);
  }
  talk (self, 4);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    configure (self->streams[who], ahoy_gst_address_get_port (&self->phones[who].address),
               changes[i].codec, changes[i].payload_type, 101);
    talk (self, 2);
    self->payload_types[who] = changes[i].payload_type;
    talk (self, 8);
  }
  return is_whole (&self->phones[0]) && is_whole (&self->phones[1]);
}

/* Where packets pass first, then are decoded, and then pass again, all of them are heard, and
 * nothing besides. Jitter of a busy machine is made up for, which is heard: one more round
 * follows. */
static void
test_change_loses_nothing (void)
{
  AhoyGstEngine *engine = make_engine (1);
  Talk self = { { make_stream (engine), make_stream (engine) } };
  guint judged = 0;
  guint whole = 0;

  for (guint i = 0; i < 2; i++) {
    meet (self.streams[i], &self.phones[i], "PCMU", 0, 101);
  }
  join (self.streams[0], self.streams[1]);
  talk (&self, 5);
  for (guint i = 0; i < MAX_ROUNDS && whole < N_WHOLE; i++) {
    gboolean is_good = change_and_back (&self, i % 2);

    judged += is_good || self.late == 0;
    whole += is_good;
  }
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (self.phones[i].payload_type, ==, 0);
    g_assert_cmpuint (self.phones[i].sources, ==, 1);
    g_assert_cmpuint (self.phones[i].gaps, ==, 0);
  }
  g_test_message ("%u of %u rounds were whole", whole, judged);
  if (whole < N_WHOLE && judged < MAX_ROUNDS / 2) {
    g_test_skip ("this machine is too busy to send a packet each 20 ms");
  } else {
    g_assert_cmpuint (whole, ==, N_WHOLE);
  }
  end_engine (engine);
  rtp_phone_clear (&self.phones[0]);
  rtp_phone_clear (&self.phones[1]);
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

/* Streams of two workers are joined while their owner has other things to do: what comes until both
 * are on one worker is not lost. */
static void
test_busy_owner (void)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *streams[2] = { make_stream (engine), make_stream (engine) };
  g_autoptr (GError) error = NULL;
  guint came[2] = { 0, 0 };
  RtpPhone phones[2];

  for (guint i = 0; i < 2; i++) {
    meet (streams[i], &phones[i], "PCMU", 0, 101);
    ahoy_gst_stream_migrate (streams[i], i);
  }
  wait_until (!ahoy_gst_stream_is_migrating (streams[0]) &&
              !ahoy_gst_stream_is_migrating (streams[1]));
  ahoy_media_stream_join (AHOY_MEDIA_STREAM (streams[0]), AHOY_MEDIA_STREAM (streams[1]), &error);
  g_assert_no_error (error);
  for (guint n = 0; n < 5; n++) {
    send_frame (&phones[0], 0, 510);
    send_frame (&phones[1], 0, 510);
  }
  g_usleep (20 * 1000); /* the owner is busy, and the workers are not */
  wait_until ((came[0] += count_sound (&phones[0])) >= 5 &&
              (came[1] += count_sound (&phones[1])) >= 5);
  g_assert_cmpuint (came[0], ==, 5);
  g_assert_cmpuint (came[1], ==, 5);
  /* Parted before they meet, they hear again what comes. */
  ahoy_media_stream_part (AHOY_MEDIA_STREAM (streams[0]));
  ahoy_gst_stream_migrate (streams[1], 1 - ahoy_gst_stream_get_worker (streams[0]));
  wait_until (!ahoy_gst_stream_is_migrating (streams[1]));
  ahoy_media_stream_join (AHOY_MEDIA_STREAM (streams[0]), AHOY_MEDIA_STREAM (streams[1]), &error);
  g_assert_no_error (error);
  ahoy_media_stream_part (AHOY_MEDIA_STREAM (streams[1]));
  join (streams[0], streams[1]);
  send_frame (&phones[0], 0, 510);
  wait_until (count_sound (&phones[1]) > 0);
  end_engine (engine);
  rtp_phone_clear (&phones[0]);
  rtp_phone_clear (&phones[1]);
}

#define N_CALLS 100

typedef struct {
  AhoyGstStream *streams[3];
  RtpPhone phones[3];
  guint came[3]; /* of what the first one says */
} Transfer;

static void
take_all (Transfer *calls)
{
  for (guint i = 0; i < N_CALLS; i++) {
    calls[i].came[1] += count_sound (&calls[i].phones[1]);
    calls[i].came[2] += count_sound (&calls[i].phones[2]);
  }
}

/* Each of the callers says a frame, and it reaches the party that it talks to. */
static void
say_all (Transfer *calls, guint party)
{
  for (guint i = 0; i < N_CALLS; i++) {
    guint before = calls[i].came[party];

    send_frame (&calls[i].phones[0], 0, 510);
    wait_until ((take_all (calls), calls[i].came[party]) > before);
  }
}

static void
transfer_all (Transfer *calls)
{
  for (guint i = 0; i < N_CALLS; i++) {
    g_autoptr (GError) error = NULL;

    send_frame (&calls[i].phones[0], 0, 510);
    ahoy_media_stream_join (AHOY_MEDIA_STREAM (calls[i].streams[0]),
                            AHOY_MEDIA_STREAM (calls[i].streams[2]), &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; i < N_CALLS; i++) {
    wait_until (!ahoy_gst_stream_is_migrating (calls[i].streams[0]) &&
                !ahoy_gst_stream_is_migrating (calls[i].streams[2]));
  }
}

/* A hundred live calls, in each of which another one takes the place of the second party, as an
 * attended transfer does: no call loses more than the packet that came meanwhile. */
static void
test_transfers (void)
{
  AhoyGstEngine *engine = make_engine (2);
  g_autofree Transfer *calls = g_new0 (Transfer, N_CALLS);
  struct rlimit files = { 4096, 4096 };
  guint lost = 0;

  setrlimit (RLIMIT_NOFILE, &files);
  for (guint i = 0; i < N_CALLS; i++) {
    for (guint j = 0; j < 3; j++) {
      calls[i].streams[j] = make_stream (engine);
      meet (calls[i].streams[j], &calls[i].phones[j], "PCMU", 0, 101);
    }
    join (calls[i].streams[0], calls[i].streams[1]);
  }
  for (guint n = 0; n < 10; n++) {
    say_all (calls, 1);
  }
  transfer_all (calls);
  for (guint n = 0; n < 10; n++) {
    say_all (calls, 2);
  }
  take_all (calls);
  for (guint i = 0; i < N_CALLS; i++) {
    guint came = calls[i].came[1] + calls[i].came[2];

    g_assert_cmpuint (came, >=, 20);
    g_assert_cmpuint (came, <=, 21);
    lost += 21 - came;
  }
  g_test_message ("%u of %d calls lost a packet", lost, N_CALLS);
  end_engine (engine);
  for (guint i = 0; i < N_CALLS * 3; i++) {
    rtp_phone_clear (&calls[i / 3].phones[i % 3]);
  }
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
  g_test_add_func ("/gst/relay/change-loses-nothing", test_change_loses_nothing);
  g_test_add_func ("/gst/relay/migrate", test_migrate);
  g_test_add_func ("/gst/relay/busy-owner", test_busy_owner);
  g_test_add_func ("/gst/relay/transfers", test_transfers);
  g_test_add_func ("/gst/relay/ends", test_ends);
  return g_test_run ();
}
