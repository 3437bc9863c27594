/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-gst-dtmf.h"

#define INTERVAL_MS 20

typedef struct {
  AhoyGstDtmfSender *sender;
  AhoyGstDtmfReceiver *receiver;
  guint clock_rate;
  guint interval;
  guint32 timestamp;
  gint64 now;
  GString *heard;
  GArray *events;
} Line;

static const guint clock_rates[] = { 8000, 16000, 48000 };

static void
line_init (Line *line, guint clock_rate)
{
  line->sender = ahoy_gst_dtmf_sender_new (clock_rate);
  line->receiver = ahoy_gst_dtmf_receiver_new (clock_rate);
  line->clock_rate = clock_rate;
  line->interval = clock_rate * INTERVAL_MS / 1000;
  line->timestamp = 0xffffff00u; /* wraps soon */
  line->now = 1000000;
  line->heard = g_string_new (NULL);
  line->events = g_array_new (FALSE, FALSE, sizeof (AhoyGstDtmfEvent));
}

static void
line_clear (Line *line)
{
  ahoy_gst_dtmf_sender_free (line->sender);
  ahoy_gst_dtmf_receiver_free (line->receiver);
  g_string_free (line->heard, TRUE);
  g_array_unref (line->events);
}

static void
line_listen (Line *line)
{
  AhoyGstDtmfEvent event;

  while (ahoy_gst_dtmf_receiver_pop (line->receiver, line->now, &event)) {
    g_string_append_c (line->heard, event.digit);
    g_array_append_val (line->events, event);
  }
}

static gboolean
line_pull (Line *line, AhoyGstDtmfPacket *packet)
{
  gboolean pulled
      = ahoy_gst_dtmf_sender_pull (line->sender, line->timestamp, line->interval, packet);

  line->timestamp += line->interval;
  line->now += INTERVAL_MS * G_TIME_SPAN_MILLISECOND;
  return pulled;
}

static void
line_deliver (Line *line, const AhoyGstDtmfPacket *packet)
{
  ahoy_gst_dtmf_receiver_push (line->receiver, packet->timestamp, packet->marker, packet->payload,
                               sizeof packet->payload, line->now);
  line_listen (line);
}

static void
line_wait (Line *line, gint64 duration)
{
  line->now += duration;
  line_listen (line);
}

static void
queue (Line *line, const char *digits, guint duration_ms, guint gap_ms)
{
  g_autoptr (GError) error = NULL;

  ahoy_gst_dtmf_sender_queue (line->sender, digits, duration_ms, gap_ms, 10, &error);
  g_assert_no_error (error);
}

static void
run (Line *line)
{
  AhoyGstDtmfPacket packet;

  while (ahoy_gst_dtmf_sender_is_busy (line->sender)) {
    if (line_pull (line, &packet)) {
      line_deliver (line, &packet);
    }
  }
}

/* RFC 4733 §2.5.1: one timestamp, growing duration, marker on the first, the end three times. */
static void
test_packets_of_a_digit (void)
{
  static const guint durations[] = { 160, 320, 480, 640, 800, 800, 800 };
  Line line;
  AhoyGstDtmfPacket packet;
  guint32 start;

  line_init (&line, 8000);
  start = line.timestamp;
  queue (&line, "5", 100, 60);
  for (guint i = 0; i < G_N_ELEMENTS (durations); i++) {
    AhoyGstDtmfPayload payload;

    g_assert_true (line_pull (&line, &packet));
    g_assert_true (ahoy_gst_dtmf_payload_read (&payload, packet.payload, 4));
    g_assert_cmpuint (packet.timestamp, ==, start);
    g_assert_cmpint (packet.marker, ==, i == 0);
    g_assert_cmpuint (payload.event, ==, 5);
    g_assert_cmpuint (payload.volume, ==, 10);
    g_assert_cmpuint (payload.duration, ==, durations[i]);
    g_assert_cmpint (payload.end, ==, i >= 4);
  }
  g_assert_true (ahoy_gst_dtmf_sender_is_busy (line.sender));
  g_assert_false (line_pull (&line, &packet));
  g_assert_false (line_pull (&line, &packet));
  g_assert_false (ahoy_gst_dtmf_sender_is_busy (line.sender));
  line_clear (&line);
}

static void
test_gap_and_pause (void)
{
  Line line;
  AhoyGstDtmfPacket packet;
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (guint32));

  line_init (&line, 8000);
  queue (&line, "1w2,3", 100, 100);
  while (ahoy_gst_dtmf_sender_is_busy (line.sender)) {
    if (line_pull (&line, &packet) && packet.marker) {
      g_array_append_val (starts, packet.timestamp);
    }
  }
  g_assert_cmpuint (starts->len, ==, 3);
  g_assert_cmpuint (g_array_index (starts, guint32, 1) - g_array_index (starts, guint32, 0), ==,
                    (100 + 100 + 500) * 8);
  g_assert_cmpuint (g_array_index (starts, guint32, 2) - g_array_index (starts, guint32, 1), ==,
                    (100 + 100 + 2000) * 8);
  g_array_unref (starts);
  line_clear (&line);
}

static void
test_all_digits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (clock_rates); i++) {
    Line line;

    line_init (&line, clock_rates[i]);
    queue (&line, "0123456789*#abcdABCD!55", 80, 40);
    run (&line);
    g_assert_cmpstr (line.heard->str, ==, "0123456789*#ABCDABCD!55");
    for (guint n = 0; n < line.events->len; n++) {
      AhoyGstDtmfEvent *event = &g_array_index (line.events, AhoyGstDtmfEvent, n);

      g_assert_cmpuint (event->duration_ms, ==, 80);
      g_assert_cmpuint (event->volume, ==, 10);
      g_assert_true (event->complete);
    }
    line_clear (&line);
  }
}

static void
test_long_event (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (clock_rates); i++) {
    Line line;
    AhoyGstDtmfEvent *event;

    line_init (&line, clock_rates[i]);
    queue (&line, "7", 20000, 40);
    run (&line);
    g_assert_cmpstr (line.heard->str, ==, "7");
    event = &g_array_index (line.events, AhoyGstDtmfEvent, 0);
    g_assert_cmpuint (event->duration_ms, ==, 20000);
    line_clear (&line);
  }
}

static void
test_segments (void)
{
  Line line;
  AhoyGstDtmfPacket packet;
  guint32 start, segment;
  guint n_markers = 0, n_full = 0;

  line_init (&line, 48000);
  start = segment = line.timestamp;
  queue (&line, "7", 5000, 40);
  while (line_pull (&line, &packet)) {
    AhoyGstDtmfPayload payload;

    ahoy_gst_dtmf_payload_read (&payload, packet.payload, 4);
    n_markers += packet.marker;
    if (packet.timestamp != segment) {
      g_assert_cmpuint (packet.timestamp - segment, ==, 0xffff);
      segment = packet.timestamp;
    }
    if (payload.duration == 0xffff) {
      g_assert_false (payload.end);
      n_full++;
    }
    if (payload.end) {
      g_assert_cmpuint (packet.timestamp - start + payload.duration, ==, 5000 * 48);
    }
  }
  g_assert_cmpuint (n_markers, ==, 1);
  g_assert_cmpuint (n_full, ==, 3);
  line_clear (&line);
}

static void
test_press_and_release (void)
{
  g_autoptr (GError) error = NULL;
  Line line;
  AhoyGstDtmfPacket packet;

  line_init (&line, 8000);
  g_assert_true (ahoy_gst_dtmf_sender_press (line.sender, '9', 6, &error));
  for (guint i = 0; i < 50; i++) {
    g_assert_true (line_pull (&line, &packet));
    line_deliver (&line, &packet);
    g_assert_cmpint (ahoy_gst_dtmf_receiver_get_pressed (line.receiver), ==, '9');
  }
  g_assert_cmpuint (line.heard->len, ==, 0);
  ahoy_gst_dtmf_sender_release (line.sender);
  run (&line);
  g_assert_cmpstr (line.heard->str, ==, "9");
  g_assert_cmpint (ahoy_gst_dtmf_receiver_get_pressed (line.receiver), ==, 0);
  g_assert_cmpuint (g_array_index (line.events, AhoyGstDtmfEvent, 0).duration_ms, ==, 1020);

  /* Released before it began: the shortest digit there is. */
  g_assert_true (ahoy_gst_dtmf_sender_press (line.sender, '8', 6, &error));
  ahoy_gst_dtmf_sender_release (line.sender);
  run (&line);
  g_assert_cmpstr (line.heard->str, ==, "98");
  g_assert_cmpuint (g_array_index (line.events, AhoyGstDtmfEvent, 1).duration_ms, ==, 40);
  line_clear (&line);
}

static void
test_clear_ends_the_digit (void)
{
  Line line;
  AhoyGstDtmfPacket packet;

  line_init (&line, 16000);
  queue (&line, "123", 1000, 40);
  for (guint i = 0; i < 5; i++) {
    g_assert_true (line_pull (&line, &packet));
    line_deliver (&line, &packet);
  }
  ahoy_gst_dtmf_sender_clear (line.sender);
  run (&line);
  g_assert_cmpstr (line.heard->str, ==, "1");
  g_assert_true (g_array_index (line.events, AhoyGstDtmfEvent, 0).complete);
  g_assert_cmpuint (g_array_index (line.events, AhoyGstDtmfEvent, 0).duration_ms, ==, 120);
  line_clear (&line);
}

static void
test_refused_digits (void)
{
  static const struct {
    const char *digits;
    guint duration, gap, volume;
  } refused[] = { { "12x", 100, 50, 10 }, { "", 100, 50, 10 },        { "1 2", 100, 50, 10 },
                  { "1", 39, 50, 10 },    { "1", 60001, 50, 10 },     { "1", 100, 60001, 10 },
                  { "1", 100, 50, 64 },   { "\xc3\xa4", 100, 50, 10 } };
  Line line;

  line_init (&line, 8000);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (ahoy_gst_dtmf_sender_queue (line.sender, refused[i].digits, refused[i].duration,
                                                refused[i].gap, refused[i].volume, &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    g_assert_false (ahoy_gst_dtmf_sender_is_busy (line.sender));
  }
  line_clear (&line);
}

static void
test_full_queue (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *digits = g_strnfill (AHOY_GST_DTMF_QUEUE_SIZE, '1');
  Line line;

  line_init (&line, 8000);
  queue (&line, digits, 40, 40);
  g_assert_false (ahoy_gst_dtmf_sender_queue (line.sender, "2", 40, 40, 10, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED);
  run (&line);
  g_assert_cmpstr (line.heard->str, ==, digits);
  line_clear (&line);
}

static void
test_lost_end (void)
{
  Line line;
  AhoyGstDtmfPacket packet;

  line_init (&line, 8000);
  queue (&line, "4", 100, 40);
  for (guint i = 0; ahoy_gst_dtmf_sender_is_busy (line.sender); i++) {
    if (line_pull (&line, &packet) && i < 3) {
      line_deliver (&line, &packet);
    }
  }
  g_assert_cmpuint (line.heard->len, ==, 0);
  line_wait (&line, 260 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpstr (line.heard->str, ==, "4");
  g_assert_false (g_array_index (line.events, AhoyGstDtmfEvent, 0).complete);
  g_assert_cmpuint (g_array_index (line.events, AhoyGstDtmfEvent, 0).duration_ms, ==, 60);

  /* It comes late after all. */
  line_deliver (&line, &packet);
  line_wait (&line, G_TIME_SPAN_SECOND);
  g_assert_cmpstr (line.heard->str, ==, "4");
  line_clear (&line);
}

/* The thread that reads stood for a while, and finds what came meanwhile. */
static void
test_read_late (void)
{
  Line line;
  AhoyGstDtmfPacket packet;

  line_init (&line, 8000);
  queue (&line, "7", 100, 40);
  for (guint i = 0; ahoy_gst_dtmf_sender_is_busy (line.sender); i++) {
    if (line_pull (&line, &packet)) {
      line.now += i == 2 ? G_TIME_SPAN_SECOND : 0;
      line_deliver (&line, &packet);
    }
  }
  g_assert_cmpstr (line.heard->str, ==, "7");
  g_assert_true (g_array_index (line.events, AhoyGstDtmfEvent, 0).complete);
  g_assert_cmpuint (g_array_index (line.events, AhoyGstDtmfEvent, 0).duration_ms, ==, 100);
  line_clear (&line);
}

static void
test_only_the_end_arrives (void)
{
  Line line;
  AhoyGstDtmfPacket packet;

  line_init (&line, 8000);
  queue (&line, "44", 100, 40);
  for (guint i = 0; ahoy_gst_dtmf_sender_is_busy (line.sender); i++) {
    AhoyGstDtmfPayload payload;

    if (line_pull (&line, &packet) && ahoy_gst_dtmf_payload_read (&payload, packet.payload, 4)
        && payload.end) {
      line_deliver (&line, &packet);
    }
  }
  g_assert_cmpstr (line.heard->str, ==, "44");
  line_clear (&line);
}

/* Each digit is heard once as long as one of its packets arrives before the next digit's. */
static void
test_random_loss_and_order (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4733);

  for (guint round = 0; round < 300; round++) {
    Line line;
    AhoyGstDtmfPacket window[2];
    guint n_window = 0, arrived = 0, expected = 0;
    gboolean kept = FALSE;

    line_init (&line, clock_rates[round % G_N_ELEMENTS (clock_rates)]);
    queue (&line, "1234567890", 100, 60);
    while (ahoy_gst_dtmf_sender_is_busy (line.sender)) {
      AhoyGstDtmfPacket packet;

      if (!line_pull (&line, &packet)) {
        /* The gap: what was held back arrives. */
        for (; n_window > 0; n_window--) {
          line_deliver (&line, &window[n_window - 1]);
        }
        expected += kept;
        kept = FALSE;
        continue;
      }
      if (g_rand_double (rand) < 0.4) {
        continue;
      }
      kept = TRUE;
      arrived++;
      if (n_window < 2 && g_rand_boolean (rand)) {
        window[n_window++] = packet;
        continue;
      }
      line_deliver (&line, &packet);
      if (g_rand_double (rand) < 0.2) {
        line_deliver (&line, &packet);
      }
    }
    line_wait (&line, G_TIME_SPAN_SECOND);
    g_assert_cmpuint (arrived, >, 0);
    g_assert_cmpuint (line.heard->len, ==, expected);
    line_clear (&line);
  }
}

static void
push (Line *line, guint32 timestamp, gboolean marker, const char *payload, gsize size)
{
  ahoy_gst_dtmf_receiver_push (line->receiver, timestamp, marker, (const guint8 *)payload, size,
                               line->now);
  line_listen (line);
}

static void
test_packed_events (void)
{
  Line line;

  line_init (&line, 8000);
  push (&line, 1000, TRUE, "\x01\x8a\x01\x90\x02\x8a\x01\x90\x03\x8a\x01\x90", 12);
  g_assert_cmpstr (line.heard->str, ==, "123");
  push (&line, 1000, FALSE, "\x01\x8a\x01\x90\x02\x8a\x01\x90\x03\x8a\x01\x90", 12);
  g_assert_cmpstr (line.heard->str, ==, "123");
  line_clear (&line);
}

/* Some gateways move the timestamp on with each packet of one event. */
static void
test_moving_timestamp (void)
{
  Line line;

  line_init (&line, 8000);
  push (&line, 1000, TRUE, "\x06\x0a\x00\xa0", 4);
  push (&line, 1160, FALSE, "\x06\x0a\x00\xa0", 4);
  push (&line, 1320, FALSE, "\x06\x0a\x00\xa0", 4);
  push (&line, 1480, FALSE, "\x06\x8a\x00\xa0", 4);
  push (&line, 1480, FALSE, "\x06\x8a\x00\xa0", 4);
  g_assert_cmpstr (line.heard->str, ==, "6");
  g_assert_cmpuint (g_array_index (line.events, AhoyGstDtmfEvent, 0).duration_ms, ==, 80);
  line_clear (&line);
}

static void
test_hostile_payloads (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2833);
  const AhoyGstDtmfReceiverStats *stats;
  Line line;

  line_init (&line, 8000);
  stats = ahoy_gst_dtmf_receiver_get_stats (line.receiver);
  push (&line, 0, FALSE, "", 0);
  push (&line, 0, FALSE, "\x01\x02\x03", 3);
  g_assert_cmpuint (stats->malformed, ==, 2);
  push (&line, 0, FALSE, "\xff\x80\x03\x20", 4);
  g_assert_cmpuint (stats->unknown, ==, 1);
  g_assert_cmpuint (line.heard->len, ==, 0);

  for (guint i = 0; i < 200000; i++) {
    guint8 payload[40];
    gsize size = (gsize)g_rand_int_range (rand, 0, sizeof payload);

    for (gsize n = 0; n < size; n++) {
      payload[n] = (guint8)g_rand_int (rand) & (n % 4 == 0 ? 0x1f : 0xff);
    }
    ahoy_gst_dtmf_receiver_push (line.receiver, g_rand_int (rand), g_rand_boolean (rand), payload,
                                 size, line.now);
    line.now += g_rand_int_range (rand, 0, 20000);
    if (i % 7 == 0) {
      line_listen (&line);
    }
  }

  /* And then it still hears. */
  line_wait (&line, 3 * G_TIME_SPAN_SECOND);
  line_listen (&line);
  g_string_truncate (line.heard, 0);
  queue (&line, "31", 100, 40);
  run (&line);
  g_assert_cmpstr (line.heard->str, ==, "31");
  line_clear (&line);
}

static void
test_flood_is_bounded (void)
{
  Line line;

  line_init (&line, 8000);
  for (guint32 i = 0; i < 1000; i++) {
    ahoy_gst_dtmf_receiver_push (line.receiver, i * 1000, TRUE, (const guint8 *)"\x01\x8a\x00\xa0",
                                 4, line.now);
  }
  line_listen (&line);
  g_assert_cmpuint (line.heard->len, ==, 16);
  g_assert_cmpuint (ahoy_gst_dtmf_receiver_get_stats (line.receiver)->overflow, ==, 984);
  line_clear (&line);
}

static void
test_new_source (void)
{
  Line line;

  line_init (&line, 8000);
  push (&line, 900000, TRUE, "\x01\x8a\x01\x90", 4);
  push (&line, 800000, TRUE, "\x02\x8a\x01\x90", 4);
  g_assert_cmpstr (line.heard->str, ==, "1");
  ahoy_gst_dtmf_receiver_reset (line.receiver);
  push (&line, 100, TRUE, "\x02\x0a\x01\x90", 4);
  ahoy_gst_dtmf_receiver_reset (line.receiver);
  line_listen (&line);
  g_assert_cmpstr (line.heard->str, ==, "12");
  line_clear (&line);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtmf/digit-is-sent-as-rfc-4733-says", test_packets_of_a_digit);
  g_test_add_func ("/dtmf/gap-and-pause-are-kept", test_gap_and_pause);
  g_test_add_func ("/dtmf/all-digits-arrive-once-at-every-rate", test_all_digits);
  g_test_add_func ("/dtmf/long-digit-has-its-whole-duration", test_long_event);
  g_test_add_func ("/dtmf/long-digit-is-sent-in-segments", test_segments);
  g_test_add_func ("/dtmf/key-sounds-until-released", test_press_and_release);
  g_test_add_func ("/dtmf/clear-ends-the-digit-properly", test_clear_ends_the_digit);
  g_test_add_func ("/dtmf/wrong-digits-are-refused", test_refused_digits);
  g_test_add_func ("/dtmf/too-many-digits-are-refused", test_full_queue);
  g_test_add_func ("/dtmf/lost-end-is-found-by-time", test_lost_end);
  g_test_add_func ("/dtmf/read-late-goes-on", test_read_late);
  g_test_add_func ("/dtmf/end-alone-is-a-digit", test_only_the_end_arrives);
  g_test_add_func ("/dtmf/loss-and-disorder-change-nothing", test_random_loss_and_order);
  g_test_add_func ("/dtmf/several-digits-in-a-packet", test_packed_events);
  g_test_add_func ("/dtmf/moving-timestamp-is-one-digit", test_moving_timestamp);
  g_test_add_func ("/dtmf/hostile-payloads-do-no-harm", test_hostile_payloads);
  g_test_add_func ("/dtmf/flood-is-bounded", test_flood_is_bounded);
  g_test_add_func ("/dtmf/new-source-starts-afresh", test_new_source);
  return g_test_run ();
}
