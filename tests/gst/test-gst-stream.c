/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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
make_stream (AhoyGstEngine *engine, const char *host)
{
  g_autoptr (GError) error = NULL;
  AhoyGstStream *stream = ahoy_gst_engine_create_stream (engine, host, TRUE, &error);

  g_assert_no_error (error);
  return stream;
}

static void
add_format (AhoyGstStreamConfig *config, const char *name, guint payload_type)
{
  AhoyGstFormat *format = &config->receive[config->n_receive++];

  format->codec = ahoy_gst_codec_find (name, 8000, 1);
  format->payload_type = (guint8) payload_type;
  g_assert_nonnull (format->codec);
}

static AhoyGstStreamConfig
make_config (const char *host, guint port, const char *codec)
{
  AhoyGstStreamConfig config = { .sends = TRUE, .receives = TRUE, .ptime = 20, .dtmf_send = 101,
                                 .dtmf_receive = 101, .dtmf_rate = 8000 };

  g_assert_true (ahoy_gst_address_parse (&config.rtp, host, port));
  g_assert_true (ahoy_gst_address_parse (&config.rtcp, host, port + 1));
  add_format (&config, codec, g_str_equal (codec, "PCMA") ? 8 : 0);
  config.send = config.receive[0];
  return config;
}

static void
connect_to (AhoyGstStream *stream, const AhoyGstAddress *peer, const char *codec)
{
  g_autofree char *host = ahoy_gst_address_get_host (peer);
  AhoyGstStreamConfig config = make_config (host, ahoy_gst_address_get_port (peer), codec);

  ahoy_gst_stream_configure (stream, &config, NULL);
}

static void
meet (AhoyGstStream *stream, RtpPhone *phone, const char *host)
{
  rtp_phone_init (phone, host);
  g_assert_true (ahoy_gst_address_parse (&phone->peer, ahoy_gst_stream_get_address (stream),
                                         ahoy_gst_stream_get_port (stream)));
}

static guint64
count_sent (AhoyGstStream *stream)
{
  g_autoptr (AhoyMediaStatistics) statistics =
      ahoy_media_stream_get_statistics (AHOY_MEDIA_STREAM (stream));

  return statistics->packets_sent;
}

static guint64
count_received (AhoyGstStream *stream)
{
  g_autoptr (AhoyMediaStatistics) statistics =
      ahoy_media_stream_get_statistics (AHOY_MEDIA_STREAM (stream));

  return statistics->packets_received;
}

static void
end_engine (AhoyGstEngine *engine)
{
  g_object_unref (engine);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstStream"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstEngine"), ==, 0);
}

/* A tone is heard at its frequency, in frames of 20 ms without a gap. */
static void
run_tone (const char *host, const char *codec, const char *tone, double frequency)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, host);
  g_autoptr (GError) error = NULL;
  RtpPhone phone;
  double found;

  meet (stream, &phone, host);
  connect_to (stream, &phone.address, codec);
  ahoy_media_stream_play_tone (AHOY_MEDIA_STREAM (stream), tone, &error);
  g_assert_no_error (error);
  wait_until (rtp_phone_receive (&phone) == 0 && phone.pcm->len >= 8000);
  found = goertzel_dominant ((gint16 *) phone.pcm->data + 1600, 4000, 8000, NULL);
  g_test_message ("%s by %s: %.1f Hz", tone, codec, found);
  g_assert_cmpfloat_with_epsilon (found, frequency, 5);
  g_assert_cmpuint (phone.gaps, ==, 0);
  g_assert_cmpuint (phone.sources, ==, 1);
  g_assert_cmpstr (ahoy_media_stream_get_codec (AHOY_MEDIA_STREAM (stream)), ==, codec);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

static void
test_tone (void)
{
  run_tone ("127.0.0.1", "PCMU", "440", 440);
  run_tone ("::1", "PCMA", "1000", 1000);
}

static void
send_sine (RtpPhone *phone, guint n, double frequency)
{
  static guint at;
  gint16 samples[FRAME];
  guint8 payload[FRAME];

  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < FRAME; j++) {
      samples[j] = (gint16) (8000 * sin (2 * G_PI * frequency * at++ / 8000));
    }
    ahoy_gst_g711_encode (AHOY_GST_G711_ULAW, samples, payload, FRAME);
    rtp_phone_send (phone, 0, payload, FRAME, FRAME);
  }
}

/* What is sent comes back bit by bit, with the stream's own source. */
static void
test_echo (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  RtpPhone phone;

  meet (stream, &phone, "127.0.0.1");
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (stream), TRUE);
  connect_to (stream, &phone.address, "PCMU");
  wait_until (count_sent (stream) > 0); /* silence, until there is something to echo */
  wait_until (rtp_phone_receive (&phone) == 0 && phone.received > 0);
  g_array_set_size (phone.pcm, 0);
  phone.received = phone.sources = 0;
  for (guint i = 0; i < 100; i++) {
    guint before = phone.received;

    send_sine (&phone, 1, 700);
    wait_until (rtp_phone_receive (&phone) > 0 || phone.received > before);
  }
  g_assert_cmpuint (phone.received, >=, 100);
  g_assert_cmpuint (phone.gaps, ==, 0);
  g_assert_cmpuint (phone.sources, ==, 1);
  g_assert_cmphex (phone.ssrc, !=, 0xabcdef01);
  g_assert_cmpfloat_with_epsilon (
      goertzel_dominant ((gint16 *) phone.pcm->data + (phone.pcm->len - 4000), 4000, 8000,
                         NULL),
      700, 5);
  wait_until (count_received (stream) == 100);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

/* Two streams on two workers hear each other; reports go to and fro. */
static void
test_two_streams (void)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *streams[2];
  g_autoptr (AhoyMediaStatistics) statistics = NULL;

  ahoy_gst_engine_set_report_interval (engine, 200000);
  for (guint i = 0; i < 2; i++) {
    streams[i] = make_stream (engine, "::1");
  }
  g_assert_cmpuint (ahoy_gst_stream_get_worker (streams[0]), !=,
                    ahoy_gst_stream_get_worker (streams[1]));
  for (guint i = 0; i < 2; i++) {
    AhoyGstStreamConfig config =
        make_config ("::1", ahoy_gst_stream_get_port (streams[!i]), "PCMA");

    ahoy_gst_stream_configure (streams[i], &config, NULL);
  }
  do {
    g_clear_pointer (&statistics, ahoy_media_statistics_free);
    g_main_context_iteration (NULL, FALSE);
    statistics = ahoy_media_stream_get_statistics (AHOY_MEDIA_STREAM (streams[0]));
  } while (statistics->round_trip == 0 || statistics->packets_received < 20);
  g_test_message ("round trip %u µs, jitter %u µs, MOS %.2f, %s from %s", statistics->round_trip,
                  statistics->jitter, statistics->mos, statistics->local_address,
                  statistics->remote_address);
  g_assert_cmpint (statistics->packets_lost, ==, 0);
  g_assert_cmpfloat (statistics->mos, >, 4);
  g_assert_cmpstr (statistics->codec, ==, "PCMA");
  g_assert_cmpuint (statistics->clock_rate, ==, 8000);
  g_assert_true (g_str_has_prefix (statistics->local_address, "[::1]:"));
  g_assert_true (g_str_has_prefix (statistics->remote_address, "[::1]:"));
  g_assert_false (statistics->latched);
  end_engine (engine);
}

/* Every tenth packet never comes: what is counted says so. */
static void
test_loss (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  g_autoptr (AhoyMediaStatistics) statistics = NULL;
  RtpPhone phone;
  double clean;

  meet (stream, &phone, "127.0.0.1");
  connect_to (stream, &phone.address, "PCMU");
  send_sine (&phone, 1, 300);
  wait_until (count_received (stream) == 1);
  statistics = ahoy_media_stream_get_statistics (AHOY_MEDIA_STREAM (stream));
  clean = statistics->mos;
  for (guint i = 1; i <= 200; i++) {
    if (i % 10 == 5) {
      phone.sequence++;
      phone.timestamp += FRAME;
    } else {
      send_sine (&phone, 1, 300);
    }
    if (i % 20 == 0) { /* as fast as they are taken, so that no buffer is full */
      guint64 so_far = 1 + i - i / 10;

      wait_until (count_received (stream) == so_far);
    }
  }
  g_clear_pointer (&statistics, ahoy_media_statistics_free);
  statistics = ahoy_media_stream_get_statistics (AHOY_MEDIA_STREAM (stream));
  g_assert_cmpint (statistics->packets_lost, ==, 20);
  g_assert_cmpuint (statistics->packets_received, ==, 181);
  g_assert_cmpuint (statistics->octets_received, ==, 181 * FRAME);
  g_test_message ("MOS %.2f without loss, %.2f with a tenth lost", clean, statistics->mos);
  g_assert_cmpfloat (statistics->mos, <, clean - 0.5);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

static gboolean
on_wake (int fd, GIOCondition condition, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* A stream that moves to and fro between workers a thousand times answers every packet. */
static void
test_migrate (void)
{
  AhoyGstEngine *engine = make_engine (3);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  RtpPhone phone;
  guint moves = 0;
  guint sent = 0;
  guint wake;

  meet (stream, &phone, "127.0.0.1");
  wake = g_unix_fd_add (phone.fd, G_IO_IN, on_wake, NULL); /* not only when the watchdog looks */
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (stream), TRUE);
  connect_to (stream, &phone.address, "PCMU");
  wait_until (rtp_phone_receive (&phone) > 0);
  phone.received = 0;
  while (moves < 1000 || sent < 2000) {
    guint received = phone.received;

    if (!ahoy_gst_stream_is_migrating (stream) && moves < 1000) {
      ahoy_gst_stream_migrate (stream, ++moves % 3);
    }
    if (sent < 2000) {
      send_sine (&phone, 1, 500);
      sent++;
    }
    wait_until (rtp_phone_receive (&phone) > 0 || phone.received > received);
    g_main_context_iteration (NULL, FALSE);
  }
  g_source_remove (wake);
  wait_until (count_received (stream) == sent);
  rtp_phone_receive (&phone);
  g_test_message ("%u moves, %u packets sent, %u came back", moves, sent, phone.received);
  g_assert_cmpuint (phone.received, >=, sent); /* silence may have come besides */
  g_assert_cmpuint (phone.gaps, ==, 0);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

/* What is asked of a stream on its way happens when it has arrived, in order. */
static void
test_migrate_and_close (void)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  guint here = ahoy_gst_stream_get_worker (stream);

  g_object_ref (stream);
  for (guint i = 0; i < 10; i++) {
    ahoy_gst_stream_migrate (stream, (here + i + 1) % 2);
    ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (stream), i % 2);
  }
  ahoy_gst_stream_close (stream);
  ahoy_gst_stream_close (stream);
  wait_until (ahoy_census_count ("AhoyGstStream") == 1 && G_OBJECT (stream)->ref_count == 1);
  g_assert_false (ahoy_media_stream_play_tone (AHOY_MEDIA_STREAM (stream), "440", NULL));
  g_object_unref (stream);
  end_engine (engine);
}

/* Another codec in mid-stream: not a packet is lost, and the source goes on. */
static void
test_change_codec (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  RtpPhone phone;
  guint ulaw = 0;
  guint alaw = 0;

  meet (stream, &phone, "127.0.0.1");
  connect_to (stream, &phone.address, "PCMU");
  ahoy_media_stream_play_tone (AHOY_MEDIA_STREAM (stream), "440", NULL);
  for (guint i = 0; i < 20; i++) {
    guint before = phone.received;

    connect_to (stream, &phone.address, i % 2 ? "PCMU" : "PCMA");
    /* packets of the codec before are still under way */
    send_sine (&phone, 1, 300);
    wait_until (rtp_phone_receive (&phone) == 0 && phone.received >= before + 3 &&
                phone.payload_type == (i % 2 ? 0 : 8));
    *(phone.payload_type == 8 ? &alaw : &ulaw) += 1;
    g_assert_cmpuint (phone.payload_type, ==, i % 2 ? 0 : 8);
  }
  g_assert_cmpuint (alaw, ==, 10);
  g_assert_cmpuint (ulaw, ==, 10);
  g_assert_cmpuint (phone.gaps, ==, 0);
  g_assert_cmpuint (phone.sources, ==, 1);
  g_assert_cmpfloat_with_epsilon (
      goertzel_dominant ((gint16 *) phone.pcm->data + 1600, 4000, 8000, NULL), 440, 5);
  wait_until (count_received (stream) == 20);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

/* Hold: nothing is sent, and afterwards source and numbers go on. */
static void
test_hold (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  AhoyGstStreamConfig config;
  RtpPhone phone;
  guint64 sent;
  guint32 timestamp;

  meet (stream, &phone, "127.0.0.1");
  config = make_config ("127.0.0.1", ahoy_gst_address_get_port (&phone.address), "PCMU");
  ahoy_gst_stream_configure (stream, &config, NULL);
  wait_until (rtp_phone_receive (&phone) == 0 && phone.received > 10);
  config.sends = FALSE;
  ahoy_gst_stream_configure (stream, &config, NULL);
  send_sine (&phone, 1, 300); /* when this is counted, the hold holds */
  wait_until (count_received (stream) == 1);
  rtp_phone_receive (&phone);
  sent = count_sent (stream);
  timestamp = phone.last_timestamp;
  for (guint i = 2; i < 6; i++) {
    send_sine (&phone, 1, 300);
    wait_until (count_received (stream) == i);
  }
  g_assert_cmpuint (count_sent (stream), ==, sent);
  config.sends = TRUE;
  ahoy_gst_stream_configure (stream, &config, NULL);
  wait_until (rtp_phone_receive (&phone) > 0);
  g_assert_cmpuint (phone.gaps, ==, 0);
  g_assert_cmpuint (phone.sources, ==, 1);
  g_assert_cmpuint (phone.last_timestamp - timestamp, >=, 1600); /* the clock went on */
  end_engine (engine);
  rtp_phone_clear (&phone);
}

typedef struct {
  GString *digits;
  guint duration;
} Heard;

static void
on_digit (AhoyMediaStream *stream, const char *digit, guint duration_ms, Heard *heard)
{
  g_string_append (heard->digits, digit);
  heard->duration = duration_ms;
}

static void
test_digits (void)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *streams[2] = { make_stream (engine, "127.0.0.1"),
                                make_stream (engine, "127.0.0.1") };
  g_autoptr (GError) error = NULL;
  Heard heard = { .digits = g_string_new (NULL) };

  g_assert_false (ahoy_media_stream_send_dtmf (AHOY_MEDIA_STREAM (streams[0]), "1", 0, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  for (guint i = 0; i < 2; i++) {
    AhoyGstStreamConfig config =
        make_config ("127.0.0.1", ahoy_gst_stream_get_port (streams[!i]), "PCMU");

    ahoy_gst_stream_configure (streams[i], &config, NULL);
  }
  g_signal_connect (streams[1], "dtmf-received", G_CALLBACK (on_digit), &heard);
  g_assert_false (ahoy_media_stream_send_dtmf (AHOY_MEDIA_STREAM (streams[0]), "1x", 0, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  g_assert_true (ahoy_media_stream_send_dtmf (AHOY_MEDIA_STREAM (streams[0]), "12#", 80, &error));
  ahoy_gst_stream_migrate (streams[0], ahoy_gst_stream_get_worker (streams[1]));
  g_assert_true (ahoy_media_stream_send_dtmf (AHOY_MEDIA_STREAM (streams[0]), "A*9", 80, &error));
  wait_until (heard.digits->len >= 6);
  g_assert_cmpstr (heard.digits->str, ==, "12#A*9");
  g_assert_cmpuint (heard.duration, ==, 80);
  end_engine (engine);
  g_string_free (heard.digits, TRUE);
}

static void
on_played (AhoyMediaStream *stream, gboolean complete, int *ended)
{
  ended[complete ? 1 : 0]++;
}

static void
test_playing_ends (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  AhoyMediaStream *media = AHOY_MEDIA_STREAM (stream);
  g_autoptr (GError) error = NULL;
  int ended[2] = { 0, 0 };
  RtpPhone phone;

  meet (stream, &phone, "127.0.0.1");
  connect_to (stream, &phone.address, "PCMU");
  g_signal_connect (stream, "playing-ended", G_CALLBACK (on_played), ended);
  g_assert_false (ahoy_media_stream_play_tone (media, "no such tone", &error));
  g_assert_nonnull (error);
  g_assert_true (ahoy_media_stream_play_tone (media, "440", NULL));
  g_assert_true (ahoy_media_stream_play_tone (media, "dial", NULL)); /* ends the first */
  wait_until (ended[0] == 1);
  ahoy_media_stream_stop_playing (media);
  wait_until (ended[0] == 2);
  ahoy_media_stream_stop_playing (media);
  g_assert_true (ahoy_media_stream_play_tone (media, "350", NULL));
  ahoy_gst_stream_close (stream); /* ends it too */
  wait_until (ended[0] == 3);
  g_assert_cmpint (ended[1], ==, 0);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

static void
test_mute (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  RtpPhone phone;
  const gint16 *last;

  meet (stream, &phone, "127.0.0.1");
  connect_to (stream, &phone.address, "PCMA");
  ahoy_media_stream_play_tone (AHOY_MEDIA_STREAM (stream), "440", NULL);
  wait_until (rtp_phone_receive (&phone) == 0 && phone.received > 5);
  g_assert_cmpint (ABS (((gint16 *) phone.pcm->data)[phone.pcm->len - 60]) +
                       ABS (((gint16 *) phone.pcm->data)[phone.pcm->len - 55]), >, 100);
  ahoy_media_stream_set_muted (AHOY_MEDIA_STREAM (stream), TRUE);
  phone.received = 0;
  wait_until (rtp_phone_receive (&phone) == 0 && phone.received > 10);
  last = (gint16 *) phone.pcm->data + phone.pcm->len - FRAME;
  for (guint i = 0; i < FRAME; i++) {
    g_assert_cmpint (ABS (last[i]), <=, 8);
  }
  g_assert_cmpuint (phone.gaps, ==, 0);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

static void
on_recorded (AhoyMediaStream *stream, const char *path, const GError *error, guint *ended)
{
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  ++*ended;
}

/* The samples of a WAV file that was recorded here: they follow 44 octets of header. */
static GArray *
read_recording (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  const char *begin;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, >, 44);
  begin = memmem (data, size, "data", 4);
  g_assert_nonnull (begin);
  g_array_append_vals (samples, begin + 8, (guint) (data + size - begin - 8) / 2);
  return samples;
}

/* What sounds where a frequency is clearest. */
static double
find_frequency (GArray *samples, double frequency)
{
  const gint16 *best =
      goertzel_find_clearest ((gint16 *) samples->data, samples->len, 8000, frequency, 1600);

  return goertzel_dominant (best, 1600, 8000, NULL);
}

/* A tone goes out, comes back by the echo of another stream, and stands in the recording; then the
 * recording is played, and heard again. */
static void
test_record_and_play (void)
{
  AhoyGstEngine *engine = make_engine (2);
  AhoyGstStream *streams[2] = { make_stream (engine, "127.0.0.1"),
                                make_stream (engine, "127.0.0.1") };
  AhoyMediaStream *media = AHOY_MEDIA_STREAM (streams[0]);
  g_autofree char *folder = g_dir_make_tmp ("ahoy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "tone.wav", NULL);
  g_autofree char *second = g_build_filename (folder, "again.wav", NULL);
  g_autoptr (GArray) heard = NULL;
  g_autoptr (GArray) again = NULL;
  g_autoptr (GError) error = NULL;
  guint recorded = 0;
  int played[2] = { 0, 0 };

  for (guint i = 0; i < 2; i++) {
    AhoyGstStreamConfig config =
        make_config ("127.0.0.1", ahoy_gst_stream_get_port (streams[!i]), "PCMA");

    ahoy_gst_stream_configure (streams[i], &config, NULL);
  }
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (streams[1]), TRUE);
  g_signal_connect (media, "recording-ended", G_CALLBACK (on_recorded), &recorded);
  g_signal_connect (media, "playing-ended", G_CALLBACK (on_played), played);
  g_assert_false (ahoy_media_stream_record (media, "/nowhere/at/all.wav", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (ahoy_media_stream_play_file (media, path, FALSE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  ahoy_media_stream_play_tone (media, "523", NULL);
  wait_until (count_received (streams[0]) > 10);
  ahoy_media_stream_record (media, path, &error);
  g_assert_no_error (error);
  g_assert_false (ahoy_media_stream_record (media, second, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  {
    guint64 before = count_received (streams[0]);

    wait_until (count_received (streams[0]) > before + 60);
  }
  ahoy_gst_stream_migrate (streams[0], ahoy_gst_stream_get_worker (streams[1]));
  ahoy_media_stream_stop_recording (media);
  wait_until (recorded == 1);
  heard = read_recording (path);
  g_assert_cmpuint (heard->len, >=, 10 * FRAME);
  g_assert_cmpfloat_with_epsilon (find_frequency (heard, 523), 523, 5);
  ahoy_media_stream_record (media, second, &error);
  g_assert_no_error (error);
  ahoy_media_stream_play_file (media, path, FALSE, &error);
  g_assert_no_error (error);
  wait_until (played[1] == 1); /* to its end */
  ahoy_gst_stream_close (streams[0]);
  wait_until (recorded == 2);
  again = read_recording (second);
  g_assert_cmpfloat_with_epsilon (find_frequency (again, 523), 523, 5);
  end_engine (engine);
  unlink (path);
  unlink (second);
  rmdir (folder);
}

/* The peer says nothing for a while, and from time to time what the pause sounds like. */
static void
pause_with_noise (RtpPhone *phone, guint8 level, guint n_frames)
{
  for (guint i = 0; i < n_frames; i++) {
    if (i % 20 == 0) {
      rtp_phone_send (phone, 13, &level, 1, 0);
    }
    wait_until (rtp_phone_receive (phone) > 0);
    phone->timestamp += FRAME;
  }
}

/* Each frame when one comes from the other side: that is a clock. */
static void
speak (RtpPhone *phone, guint n_frames)
{
  for (guint i = 0; i < n_frames; i++) {
    wait_until (rtp_phone_receive (phone) > 0);
    send_sine (phone, 1, 1000);
  }
}

/* How many pieces of 20 ms are about as loud as noise of that level. */
static guint
count_noise (GArray *samples, double rms)
{
  const gint16 *begin = (gint16 *) samples->data;
  guint n = 0;

  for (guint at = 0; at + FRAME <= samples->len; at += FRAME) {
    double found = goertzel_rms (begin + at, FRAME);

    n += found > rms * 0.7 && found < rms * 1.4;
  }
  return n;
}

/* RFC 3389: a pause is heard as its sender described it, and costs no packet in the statistics. */
static void
test_comfort_noise (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  AhoyMediaStream *media = AHOY_MEDIA_STREAM (stream);
  g_autofree char *folder = g_dir_make_tmp ("ahoy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "noise.wav", NULL);
  g_autoptr (AhoyMediaStatistics) statistics = NULL;
  g_autoptr (GArray) heard = NULL;
  AhoyGstStreamConfig config;
  guint recorded = 0;
  RtpPhone phone;

  meet (stream, &phone, "127.0.0.1");
  config = make_config ("127.0.0.1", ahoy_gst_address_get_port (&phone.address), "PCMU");
  add_format (&config, "CN", 13);
  g_assert_true (ahoy_gst_stream_configure (stream, &config, NULL));
  g_signal_connect (media, "recording-ended", G_CALLBACK (on_recorded), &recorded);
  ahoy_media_stream_record (media, path, NULL);
  speak (&phone, 25);
  pause_with_noise (&phone, 40, 60);
  speak (&phone, 25);
  wait_until (count_received (stream) == 53);
  ahoy_media_stream_stop_recording (media);
  wait_until (recorded == 1);
  statistics = ahoy_media_stream_get_statistics (media);
  g_assert_cmpint (statistics->packets_lost, ==, 0);
  heard = read_recording (path);
  /* -40 dBov is a hundredth of the loudest there is. */
  g_assert_cmpuint (count_noise (heard, G_MAXINT16 / 100.0), >=, 25);
  g_assert_cmpfloat_with_epsilon (find_frequency (heard, 1000), 1000, 5);
  end_engine (engine);
  rtp_phone_clear (&phone);
  unlink (path);
  rmdir (folder);
}

/* Files may grow to so many octets and no further, as on a disk that fills up. */
static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
keep_error (AhoyMediaStream *stream, const char *path, const GError *error, GError **kept)
{
  g_assert_nonnull (error);
  g_assert_null (*kept);
  g_assert_nonnull (strstr (error->message, path));
  *kept = g_error_copy (error);
}

/* A disk that fills up ends the recording, says why, and keeps what was written; the next recording
 * begins anew. */
static void
test_full_disk (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  AhoyMediaStream *media = AHOY_MEDIA_STREAM (stream);
  g_autofree char *folder = g_dir_make_tmp ("ahoy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "full.wav", NULL);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) kept = NULL;
  guint recorded = 0;
  gulong handler = g_signal_connect (media, "recording-ended", G_CALLBACK (keep_error), &failure);
  GLogLevelFlags fatal;

  signal (SIGXFSZ, SIG_IGN);
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it warns */
  ahoy_media_stream_record (media, path, &error);
  g_assert_no_error (error);
  limit_files (4096);
  wait_until (failure != NULL);
  limit_files (RLIM_INFINITY);
  g_log_set_always_fatal (fatal);
  g_assert_error (failure, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  kept = read_recording (path);
  g_assert_cmpuint (kept->len, ==, (4096 - 44) / 2);

  g_signal_handler_disconnect (media, handler);
  g_signal_connect (media, "recording-ended", G_CALLBACK (on_recorded), &recorded);
  ahoy_media_stream_record (media, path, &error);
  g_assert_no_error (error);
  ahoy_media_stream_stop_recording (media);
  wait_until (recorded == 1);
  end_engine (engine);
  unlink (path);
  rmdir (folder);
}

/* Strangers and garbage change nothing. */
static void
test_garbage (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  RtpPhone phone;
  RtpPhone stranger;
  guint8 data[300];

  meet (stream, &phone, "127.0.0.1");
  meet (stream, &stranger, "127.0.0.1");
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (stream), TRUE);
  connect_to (stream, &phone.address, "PCMU");
  wait_until (rtp_phone_receive (&phone) > 0);
  for (guint i = 0; i < 100; i++) {
    gsize size = (gsize) g_test_rand_int_range (1, sizeof data);
    guint before = phone.received;

    send_sine (&phone, 1, 600);
    for (gsize j = 0; j < size; j++) {
      data[j] = (guint8) g_test_rand_int ();
    }
    if (i % 2 == 0) {
      data[0] = 0x80 | (data[0] & 0x3f);
      data[1] = (guint8) (i % 4 == 0 ? 0 : 200 + i % 4);
    }
    rtp_phone_send_raw (&stranger, data, size);
    send_sine (&stranger, 1, 600);
    wait_until (rtp_phone_receive (&phone) > 0 || phone.received > before);
  }
  wait_until (count_received (stream) >= 100);
  g_assert_cmpuint (count_received (stream), ==, 100);
  g_assert_cmpuint (rtp_phone_receive (&stranger), ==, 0);
  g_assert_cmpuint (phone.gaps, ==, 0);
  end_engine (engine);
  rtp_phone_clear (&phone);
  rtp_phone_clear (&stranger);
}

/* A peer behind a NAT: it names one address and sends from another. */
static void
test_symmetric (void)
{
  AhoyGstEngine *engine = make_engine (1);
  AhoyGstStream *stream = make_stream (engine, "127.0.0.1");
  g_autoptr (AhoyMediaStatistics) statistics = NULL;
  g_autofree char *real = NULL;
  AhoyGstAddress named;
  RtpPhone phone;

  meet (stream, &phone, "127.0.0.1");
  g_assert_true (ahoy_gst_address_parse (&named, "127.0.0.9", 9));
  connect_to (stream, &named, "PCMU");
  send_sine (&phone, 2, 300);
  wait_until (rtp_phone_receive (&phone) > 0);
  wait_until (count_received (stream) == 2);
  statistics = ahoy_media_stream_get_statistics (AHOY_MEDIA_STREAM (stream));
  real = ahoy_gst_address_to_string (&phone.address);
  g_assert_true (statistics->latched);
  g_assert_cmpstr (statistics->remote_address, ==, real);
  end_engine (engine);
  rtp_phone_clear (&phone);
}

static void
test_engine (void)
{
  AhoyGstEngine *engine = make_engine (0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) streams = NULL;

  g_assert_cmpuint (ahoy_media_engine_get_n_workers (AHOY_MEDIA_ENGINE (engine)), ==,
                    g_get_num_processors ());
  for (guint i = 0; i < 10; i++) {
    make_stream (engine, i % 2 ? "127.0.0.1" : "::1");
  }
  streams = ahoy_media_engine_list_streams (AHOY_MEDIA_ENGINE (engine));
  g_assert_cmpuint (streams->len, ==, 10);
  ahoy_media_engine_stop (AHOY_MEDIA_ENGINE (engine));
  g_assert_cmpuint (ahoy_census_count ("AhoyGstStream"), ==, 0);
  g_assert_null (ahoy_gst_engine_create_stream (engine, "127.0.0.1", TRUE, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  end_engine (engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/stream/tone", test_tone);
  g_test_add_func ("/gst/stream/echo", test_echo);
  g_test_add_func ("/gst/stream/two streams", test_two_streams);
  g_test_add_func ("/gst/stream/loss", test_loss);
  g_test_add_func ("/gst/stream/migrate", test_migrate);
  g_test_add_func ("/gst/stream/migrate and close", test_migrate_and_close);
  g_test_add_func ("/gst/stream/change codec", test_change_codec);
  g_test_add_func ("/gst/stream/hold", test_hold);
  g_test_add_func ("/gst/stream/digits", test_digits);
  g_test_add_func ("/gst/stream/playing ends", test_playing_ends);
  g_test_add_func ("/gst/stream/mute", test_mute);
  g_test_add_func ("/gst/stream/record and play", test_record_and_play);
  g_test_add_func ("/gst/stream/comfort noise", test_comfort_noise);
  g_test_add_func ("/gst/stream/full disk", test_full_disk);
  g_test_add_func ("/gst/stream/garbage", test_garbage);
  g_test_add_func ("/gst/stream/symmetric", test_symmetric);
  g_test_add_func ("/gst/stream/engine", test_engine);
  return g_test_run ();
}
