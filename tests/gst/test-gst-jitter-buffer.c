/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <string.h>

#include "ahoy-gst-jitter-buffer.h"

#define RATE 8000
#define INTERVAL 160
#define TICK (20 * G_TIME_SPAN_MILLISECOND)
#define MS G_TIME_SPAN_MILLISECOND
#define SSRC 0x1234

static AhoyGstJitterBuffer *
buffer_new (void)
{
  return ahoy_gst_jitter_buffer_new (RATE, 64, 200, 20, 200);
}

/* The payload holds the number of the packet. */
static AhoyGstJitterPush
push_from (AhoyGstJitterBuffer *buffer, guint32 ssrc, guint32 number, guint32 first_timestamp,
           gint64 arrival)
{
  guint8 payload[160];
  AhoyGstJitterPacket packet = {
    .ssrc = ssrc,
    .sequence = (guint16)number,
    .timestamp = first_timestamp + number * INTERVAL,
    .duration = INTERVAL,
    .arrival = arrival,
    .payload = payload,
    .size = sizeof payload,
  };

  memset (payload, (int)number, sizeof payload);
  memcpy (payload, &number, sizeof number);
  return ahoy_gst_jitter_buffer_push (buffer, &packet);
}

static AhoyGstJitterPush
push (AhoyGstJitterBuffer *buffer, guint32 number, gint64 arrival)
{
  return push_from (buffer, SSRC, number, 0, arrival);
}

static guint32
number_of (const AhoyGstJitterPacket *packet)
{
  guint32 number;

  g_assert_cmpuint (packet->size, ==, 160);
  memcpy (&number, packet->payload, sizeof number);
  g_assert_cmpuint (packet->payload[159], ==, (guint8)number);
  return number;
}

static void
assert_pops (AhoyGstJitterBuffer *buffer, gint64 now, guint32 number)
{
  AhoyGstJitterPacket packet;

  g_assert_true (ahoy_gst_jitter_buffer_pop (buffer, now, &packet));
  g_assert_cmpuint (number_of (&packet), ==, number);
}

static void
assert_pops_nothing (AhoyGstJitterBuffer *buffer, gint64 now)
{
  AhoyGstJitterPacket packet;

  g_assert_false (ahoy_gst_jitter_buffer_pop (buffer, now, &packet));
}

static AhoyGstJitterStats
stats_of (AhoyGstJitterBuffer *buffer)
{
  AhoyGstJitterStats stats;

  ahoy_gst_jitter_buffer_get_stats (buffer, &stats);
  return stats;
}

/* Numbers begin below 65536, so that sequence numbers wrap. */
static void
test_in_order_without_delay (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();

  for (guint32 i = 65000; i < 67000; i++) {
    g_assert_cmpint (push (buffer, i, i * TICK), ==, AHOY_GST_JITTER_TAKEN);
    assert_pops (buffer, i * TICK, i);
    assert_pops_nothing (buffer, i * TICK);
    g_assert_cmpint (ahoy_gst_jitter_buffer_get_deadline (buffer), ==, -1);
  }
  g_assert_cmpuint (stats_of (buffer).lost, ==, 0);
  g_assert_cmpuint (stats_of (buffer).received, ==, 2000);
}

static void
test_reordered_are_put_in_order (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();

  for (guint32 i = 65530; i < 65600; i += 2) {
    push (buffer, i, i * TICK);
    assert_pops (buffer, i * TICK, i);
    i++;
    push (buffer, i + 1, (i + 1) * TICK);
    assert_pops_nothing (buffer, (i + 1) * TICK);
    push (buffer, i, (i + 1) * TICK + 1 * MS);
    assert_pops (buffer, (i + 1) * TICK + 1 * MS, i);
    assert_pops (buffer, (i + 1) * TICK + 1 * MS, i + 1);
  }
  g_assert_cmpuint (stats_of (buffer).lost, ==, 0);
  g_assert_cmpuint (stats_of (buffer).late, ==, 0);
  g_assert_cmpuint (stats_of (buffer).reordered, ==, 24);
}

/* The packet after the gap waits until the missing one could not be expected any more. */
static void
test_gap_is_released_at_the_expected_time (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  guint32 i;
  gint64 deadline;

  for (i = 0; i < 100; i++) {
    push (buffer, i, i * TICK);
    assert_pops (buffer, i * TICK, i);
  }
  /* 100 is lost; 101 comes in time, and as long again is waited. */
  push (buffer, 101, 101 * TICK);
  assert_pops_nothing (buffer, 101 * TICK + 19 * MS);
  deadline = ahoy_gst_jitter_buffer_get_deadline (buffer);
  g_assert_cmpint (deadline, ==, 101 * TICK + 20 * MS);
  assert_pops (buffer, deadline, 101);
  g_assert_cmpuint (stats_of (buffer).lost, ==, 1);

  /* And it does come, too late, twice. */
  g_assert_cmpint (push (buffer, 100, 102 * TICK), ==, AHOY_GST_JITTER_LATE);
  assert_pops_nothing (buffer, 102 * TICK);
  g_assert_cmpuint (stats_of (buffer).late, ==, 1);
  push (buffer, 102, 102 * TICK);
  assert_pops (buffer, 102 * TICK, 102);
}

static void
test_duplicates (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();

  g_assert_cmpint (push (buffer, 1, 0), ==, AHOY_GST_JITTER_TAKEN);
  g_assert_cmpint (push (buffer, 1, 0), ==, AHOY_GST_JITTER_DUPLICATE);
  assert_pops (buffer, 0, 1);
  assert_pops_nothing (buffer, 0);
  g_assert_cmpint (push (buffer, 1, 0), ==, AHOY_GST_JITTER_DUPLICATE);
  assert_pops_nothing (buffer, 0);
  g_assert_cmpuint (stats_of (buffer).duplicates, ==, 2);
}

static void
test_new_source (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();

  for (guint32 i = 0; i < 10; i++) {
    push (buffer, i, i * TICK);
    assert_pops (buffer, i * TICK, i);
  }
  g_assert_cmpint (push_from (buffer, 99, 40000, 7, 10 * TICK), ==, AHOY_GST_JITTER_TAKEN);
  assert_pops (buffer, 10 * TICK, 40000);
  g_assert_cmpint (push_from (buffer, 99, 40001, 7, 11 * TICK), ==, AHOY_GST_JITTER_TAKEN);
  assert_pops (buffer, 11 * TICK, 40001);
  g_assert_cmpuint (stats_of (buffer).restarts, ==, 1);
}

/* RFC 3550 A.1: one stray packet is no new beginning, two in a row are. */
static void
test_sequence_jump (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();

  for (guint32 i = 0; i < 10; i++) {
    push (buffer, i, i * TICK);
    assert_pops (buffer, i * TICK, i);
  }
  g_assert_cmpint (push (buffer, 30000, 10 * TICK), ==, AHOY_GST_JITTER_REFUSED);
  g_assert_cmpint (push (buffer, 10, 10 * TICK), ==, AHOY_GST_JITTER_TAKEN);
  assert_pops (buffer, 10 * TICK, 10);
  g_assert_cmpint (push (buffer, 30000, 11 * TICK), ==, AHOY_GST_JITTER_REFUSED);
  g_assert_cmpint (push (buffer, 30001, 12 * TICK), ==, AHOY_GST_JITTER_TAKEN);
  assert_pops (buffer, 12 * TICK, 30001);
  g_assert_cmpint (push (buffer, 30002, 13 * TICK), ==, AHOY_GST_JITTER_TAKEN);
  assert_pops (buffer, 13 * TICK, 30002);
}

static void
test_too_large (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  guint8 payload[201] = { 0 };
  AhoyGstJitterPacket packet = { .payload = payload, .size = sizeof payload };

  g_assert_cmpint (ahoy_gst_jitter_buffer_push (buffer, &packet), ==, AHOY_GST_JITTER_REFUSED);
  packet.size = 0;
  packet.payload = NULL;
  g_assert_cmpint (ahoy_gst_jitter_buffer_push (buffer, &packet), ==, AHOY_GST_JITTER_TAKEN);
}

/* A call over a network that is made up: packets of 20 ms arrive when they do, and are pulled by
 * another clock. */
typedef struct {
  guint n_packets;
  double loss;
  double duplicate;
  double jitter_ms;  /* mean of an exponential delay on top of 30 ms */
  double drift;      /* the sender's clock against ours */
  guint stall_every; /* packets; 0 never */
  double stall_ms;   /* then this much more */
  guint seed;
} Network;

typedef struct {
  gint64 arrival;
  guint32 number;
} Arrival;

typedef struct {
  guint n_packets, n_concealed, n_silent, n_disordered;
  guint n_arrived;
  double worst_delay, sum_delay;
  AhoyGstJitterStats stats;
} Outcome;

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const Arrival *one = a, *other = b;

  return (one->arrival > other->arrival) - (one->arrival < other->arrival);
}

static double
exponential (GRand *rand, double mean)
{
  return -mean * log (1 - g_rand_double (rand));
}

static gint64
sent_at (const Network *network, guint32 number)
{
  return (gint64)(1000 * MS + number * (double)TICK * (1 - network->drift));
}

static GArray *
send_packets (const Network *network, Outcome *outcome)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (network->seed);
  GArray *arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));

  for (guint32 i = 0; i < network->n_packets; i++) {
    double delay = 30 + (network->jitter_ms > 0 ? exponential (rand, network->jitter_ms) : 0);
    Arrival arrival = { .number = i };

    if (network->stall_every > 0 && i % network->stall_every > network->stall_every - 5) {
      delay += network->stall_ms;
    }
    arrival.arrival = sent_at (network, i) + (gint64)(delay * MS);
    if (g_rand_double (rand) < network->loss) {
      continue;
    }
    outcome->n_arrived++;
    g_array_append_val (arrivals, arrival);
    if (g_rand_double (rand) < network->duplicate) {
      arrival.arrival += 5 * MS;
      g_array_append_val (arrivals, arrival);
    }
  }
  g_array_sort (arrivals, compare_arrivals);
  return arrivals;
}

static void
pull_once (AhoyGstJitterBuffer *buffer, const Network *network, gint64 now, gint64 *last,
           Outcome *outcome)
{
  AhoyGstJitterPacket packet;
  double delay;

  switch (ahoy_gst_jitter_buffer_pull (buffer, now, INTERVAL, &packet)) {
  case AHOY_GST_JITTER_SILENCE:
    outcome->n_silent++;
    return;
  case AHOY_GST_JITTER_CONCEAL:
    outcome->n_concealed++;
    g_assert_cmpuint (packet.duration, >, 0);
    g_assert_cmpuint (packet.duration, <=, INTERVAL);
    return;
  case AHOY_GST_JITTER_PACKET:
    outcome->n_disordered += (gint64)number_of (&packet) <= *last;
    *last = number_of (&packet);
    delay = (double)(now - sent_at (network, number_of (&packet))) / MS;
    outcome->n_packets++;
    outcome->sum_delay += delay;
    if (outcome->n_packets > 200) {
      outcome->worst_delay = MAX (outcome->worst_delay, delay);
    }
    return;
  }
}

static Outcome
call (const Network *network)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  Outcome outcome = { 0 };
  g_autoptr (GArray) arrivals = send_packets (network, &outcome);
  gint64 end = sent_at (network, network->n_packets) + 500 * MS, last = -1;
  guint n = 0;

  for (gint64 now = 1003 * MS; now < end; now += TICK) {
    for (; n < arrivals->len && g_array_index (arrivals, Arrival, n).arrival <= now; n++) {
      Arrival *arrival = &g_array_index (arrivals, Arrival, n);

      push (buffer, arrival->number, arrival->arrival);
    }
    pull_once (buffer, network, now, &last, &outcome);
  }
  outcome.stats = stats_of (buffer);
  g_assert_cmpuint (outcome.n_disordered, ==, 0);
  g_test_message ("%u of %u played, %u concealed; lost %" G_GUINT64_FORMAT
                  " late %" G_GUINT64_FORMAT " expanded %" G_GUINT64_FORMAT
                  " skipped %" G_GUINT64_FORMAT "; delay mean %.0f worst %.0f target %u ms",
                  outcome.n_packets, network->n_packets, outcome.n_concealed, outcome.stats.lost,
                  outcome.stats.late, outcome.stats.expanded, outcome.stats.skipped,
                  outcome.sum_delay / outcome.n_packets, outcome.worst_delay,
                  outcome.stats.target_ms);
  return outcome;
}

static void
test_perfect_network (void)
{
  Network network = { .n_packets = 3000, .seed = 1 };
  Outcome outcome = call (&network);

  g_assert_cmpuint (outcome.n_packets, ==, 3000);
  /* The end of the call cannot be told from loss at first. */
  g_assert_cmpuint (outcome.n_concealed, <=, 10);
  g_assert_cmpuint (outcome.stats.expanded + outcome.stats.skipped, ==, 0);
  g_assert_cmpfloat (outcome.worst_delay, <=, 30 + 20 + 20);
}

static void
test_loss (void)
{
  Network network = { .n_packets = 10000, .loss = 0.05, .seed = 2 };
  Outcome outcome = call (&network);

  g_assert_cmpuint (outcome.n_packets, ==, outcome.n_arrived);
  g_assert_cmpuint (outcome.stats.lost + outcome.n_arrived, >=, 10000 - 5);
  g_assert_cmpuint (outcome.stats.late, ==, 0);
  g_assert_cmpuint (outcome.n_concealed, <=, outcome.stats.lost + 10);
  g_assert_cmpfloat (outcome.worst_delay, <=, 30 + 20 + 20);
}

static void
test_jitter (void)
{
  static const double means[] = { 3, 8, 15, 25 };

  for (guint i = 0; i < G_N_ELEMENTS (means); i++) {
    Network network = { .n_packets = 10000, .jitter_ms = means[i], .seed = 3 + i };
    Outcome outcome = call (&network);

    /* At most one packet in 25 does not make it, at a delay of a few means. */
    g_assert_cmpuint (outcome.n_packets, >=, 9600);
    g_assert_cmpfloat (outcome.sum_delay / outcome.n_packets, <=, 30 + 5 * means[i] + 40);
    g_assert_cmpuint (outcome.n_concealed, <=, 600);
  }
}

static void
test_everything_at_once (void)
{
  for (guint seed = 0; seed < 20; seed++) {
    Network network = {
      .n_packets = 5000,
      .loss = 0.03,
      .duplicate = 0.02,
      .jitter_ms = 10,
      .drift = 0.0002 * ((int)(seed % 3) - 1),
      .stall_every = 700,
      .stall_ms = 150,
      .seed = 100 + seed,
    };
    Outcome outcome = call (&network);

    g_assert_cmpuint (outcome.n_packets, >=, outcome.n_arrived * 93 / 100);
    g_assert_cmpuint (outcome.stats.duplicates, >, 0);
    g_assert_cmpuint (outcome.stats.reordered, >, 0);
    g_assert_cmpfloat (outcome.worst_delay, <=, 30 + 200 + 60);
  }
}

/* 0.5 % is more than any sound card is off; in ten minutes that is three seconds. */
static void
test_drift (void)
{
  static const double drifts[] = { 0.005, -0.005, 0.0001, -0.0001 };

  for (guint i = 0; i < G_N_ELEMENTS (drifts); i++) {
    Network network = { .n_packets = 30000, .drift = drifts[i], .jitter_ms = 2, .seed = 30 + i };
    Outcome outcome = call (&network);

    g_assert_cmpfloat (outcome.worst_delay, <=, 30 + 110);
    g_assert_cmpuint (outcome.n_packets, >=, 29600);
    g_assert_cmpuint (outcome.n_concealed, <=, 450);
  }
}

/* After a while without packets there is silence, and then the call goes on as before. */
static void
test_pause (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  Network network = { 0 };
  Outcome outcome = { 0 };
  gint64 now = 1000 * MS, last = -1;
  guint32 number = 0;

  for (guint part = 0; part < 5; part++) {
    for (guint i = 0; i < 100; i++, now += TICK, number++) {
      push (buffer, number + part * 1000, now);
      pull_once (buffer, &network, now + 1 * MS, &last, &outcome);
    }
    /* Five seconds on hold: sequence goes on, timestamps too, as do we. */
    for (guint i = 0; i < 250; i++, now += TICK) {
      pull_once (buffer, &network, now + 1 * MS, &last, &outcome);
    }
    ahoy_gst_jitter_buffer_reset (buffer);
  }
  g_assert_cmpuint (outcome.n_disordered, ==, 0);
  g_assert_cmpuint (outcome.n_packets, ==, 500);
  g_assert_cmpuint (outcome.n_concealed, <=, 5 * 10);
  g_assert_cmpuint (outcome.n_silent, >=, 5 * 238);
}

static void
push_at (AhoyGstJitterBuffer *buffer, guint16 sequence, guint32 timestamp, gint64 arrival)
{
  guint8 payload[160] = { 0 };
  guint32 number = sequence;
  AhoyGstJitterPacket packet = { .ssrc = SSRC,
                                 .sequence = sequence,
                                 .timestamp = timestamp,
                                 .duration = INTERVAL,
                                 .arrival = arrival,
                                 .payload = payload,
                                 .size = sizeof payload };

  memset (payload, (int)number, sizeof payload);
  memcpy (payload, &number, sizeof number);
  g_assert_cmpint (ahoy_gst_jitter_buffer_push (buffer, &packet), ==, AHOY_GST_JITTER_TAKEN);
}

/* Silence suppression: sequence numbers go on, timestamps leave out the silence. Nothing is
 * concealed for it but the first moment. */
static void
test_silence_suppression (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  gint64 now = 1000 * MS;
  guint n_concealed = 0, n_packets = 0;
  guint16 sequence = 0;

  for (guint tick = 0; tick < 5000; tick++, now += TICK) {
    AhoyGstJitterPacket packet;
    AhoyGstJitterPull pulled;

    if (tick % 100 < 40) {
      push_at (buffer, sequence++, tick * INTERVAL, now);
    }
    pulled = ahoy_gst_jitter_buffer_pull (buffer, now + 1 * MS, INTERVAL, &packet);
    n_packets += pulled == AHOY_GST_JITTER_PACKET;
    n_concealed += pulled == AHOY_GST_JITTER_CONCEAL;
  }
  g_assert_cmpuint (n_packets, ==, sequence);
  g_assert_cmpuint (n_concealed, <=, 50 * 10);
  g_assert_cmpuint (stats_of (buffer).lost, ==, 0);
  g_assert_cmpuint (stats_of (buffer).skipped, ==, 0);
}

/* The sender's timestamps jump, forth and back, in the middle of a stream. */
static void
test_timestamp_jump (void)
{
  static const guint32 jumps[] = { 0, 1000000, 0x7ffffff0, 0xf0000000, 5 };
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  gint64 now = 1000 * MS;
  guint n_packets = 0;
  guint16 sequence = 65500;

  for (guint part = 0; part < G_N_ELEMENTS (jumps); part++) {
    for (guint i = 0; i < 200; i++, now += TICK) {
      AhoyGstJitterPacket packet;

      push_at (buffer, sequence++, jumps[part] + i * INTERVAL, now);
      n_packets += ahoy_gst_jitter_buffer_pull (buffer, now + 1 * MS, INTERVAL, &packet)
                   == AHOY_GST_JITTER_PACKET;
    }
  }
  g_assert_cmpuint (n_packets, >=, G_N_ELEMENTS (jumps) * 200 - 10);
  g_assert_cmpuint (stats_of (buffer).restarts + stats_of (buffer).skipped, <=, 10);
  g_assert_cmpuint (stats_of (buffer).delay_ms, <=, 60);
}

static void
test_long_packets (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = ahoy_gst_jitter_buffer_new (RATE, 64, 500, 20, 200);
  gint64 now = 1000 * MS;
  int left = 0;
  guint n_packets = 0, n_concealed = 0;

  for (guint tick = 0; tick < 3000; tick++, now += TICK) {
    guint8 payload[480] = { 0 };

    if (tick % 3 == 0) {
      AhoyGstJitterPacket packet = { .sequence = (guint16)(tick / 3),
                                     .timestamp = tick * INTERVAL,
                                     .duration = 3 * INTERVAL,
                                     .arrival = now,
                                     .payload = payload,
                                     .size = sizeof payload };

      ahoy_gst_jitter_buffer_push (buffer, &packet);
    }
    while (left < INTERVAL) {
      AhoyGstJitterPacket packet;
      AhoyGstJitterPull pulled
          = ahoy_gst_jitter_buffer_pull (buffer, now + 1 * MS, INTERVAL, &packet);

      n_packets += pulled == AHOY_GST_JITTER_PACKET;
      n_concealed += pulled == AHOY_GST_JITTER_CONCEAL;
      left += (int)packet.duration;
    }
    left -= INTERVAL;
  }
  g_assert_cmpuint (n_packets, >=, 999);
  g_assert_cmpuint (n_concealed, <=, 2);
}

/* How often the delay is put right in a minute, for one who pulls so little at a time. */
static guint
count_corrections (guint chunk)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (17);
  guint ready = 0;

  for (guint32 i = 0; i < 3000; i++) {
    gint32 late = g_rand_int_range (chance, 0, 50) == 0 ? 30 : 4;

    push (buffer, i, i * TICK + g_rand_int_range (chance, 0, late * MS));
    for (guint n = 0; n < INTERVAL; n += chunk) {
      while (ready < chunk) {
        AhoyGstJitterPacket packet;

        ahoy_gst_jitter_buffer_pull (buffer, i * TICK + TICK / 2, chunk - ready, &packet);
        ready += packet.duration;
      }
      ready -= chunk;
    }
  }
  return stats_of (buffer).skipped + stats_of (buffer).expanded;
}

/* As a resampler does. Packets are not skipped and played twice in turns. */
static void
test_small_pulls (void)
{
  for (guint chunk = 1; chunk <= INTERVAL; chunk++) {
    if (INTERVAL % chunk == 0) {
      g_test_message ("%u at a time: %u corrections", chunk, count_corrections (chunk));
      g_assert_cmpuint (count_corrections (chunk), <=, 20);
    }
  }
}

static void
assert_drains (AhoyGstJitterBuffer *buffer, guint32 number)
{
  AhoyGstJitterPacket packet;

  g_assert_cmpint (ahoy_gst_jitter_buffer_drain (buffer, INTERVAL, &packet), ==,
                   AHOY_GST_JITTER_PACKET);
  g_assert_cmpuint (number_of (&packet), ==, number);
}

/* What waits comes out before its time, once and in order, with what is missing made up. */
static void
test_drain (void)
{
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  AhoyGstJitterPacket packet;

  g_assert_true (ahoy_gst_jitter_buffer_is_empty (buffer));
  push (buffer, 0, 0);
  g_assert_true (ahoy_gst_jitter_buffer_is_filling (buffer, 5 * MS, INTERVAL));
  g_assert_false (ahoy_gst_jitter_buffer_is_filling (buffer, 15 * MS, INTERVAL));
  push (buffer, 1, TICK);
  push (buffer, 3, 3 * TICK);
  g_assert_cmpint (ahoy_gst_jitter_buffer_pull (buffer, TICK, INTERVAL, &packet), ==,
                   AHOY_GST_JITTER_PACKET);
  g_assert_false (ahoy_gst_jitter_buffer_is_filling (buffer, TICK, INTERVAL));
  assert_drains (buffer, 1);
  g_assert_cmpint (ahoy_gst_jitter_buffer_drain (buffer, INTERVAL, &packet), ==,
                   AHOY_GST_JITTER_CONCEAL);
  g_assert_cmpuint (packet.duration, ==, INTERVAL);
  g_assert_false (ahoy_gst_jitter_buffer_is_empty (buffer));
  assert_drains (buffer, 3);
  g_assert_true (ahoy_gst_jitter_buffer_is_empty (buffer));
  g_assert_cmpint (ahoy_gst_jitter_buffer_drain (buffer, INTERVAL, &packet), ==,
                   AHOY_GST_JITTER_CONCEAL);
  /* Nothing was played yet: all that is there comes out. */
  ahoy_gst_jitter_buffer_reset (buffer);
  push (buffer, 5, 5 * TICK);
  push (buffer, 6, 6 * TICK);
  assert_drains (buffer, 5);
  assert_drains (buffer, 6);
  g_assert_true (ahoy_gst_jitter_buffer_is_empty (buffer));
}

/* A first packet that was late makes no delay when it is known that others came sooner. */
static void
test_late_beginning (void)
{
  for (int known = 0; known < 2; known++) {
    g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
    Network network = { 0 };
    Outcome outcome = { 0 };
    gint64 last = -1;

    push (buffer, 1, TICK + 19 * MS);
    if (known) {
      ahoy_gst_jitter_buffer_note (buffer, (guint32) -INTERVAL * 1000, 0); /* does not fit */
      ahoy_gst_jitter_buffer_note (buffer, 0, 0);
    }
    g_assert_true (ahoy_gst_jitter_buffer_is_filling (buffer, TICK + 20 * MS, INTERVAL) != known);
    pull_once (buffer, &network, TICK + 25 * MS, &last, &outcome);
    for (guint32 i = 2; i < 100; i++) {
      push (buffer, i, i * TICK);
      pull_once (buffer, &network, i * TICK + 25 * MS, &last, &outcome);
    }
    g_test_message ("%s: %" G_GUINT64_FORMAT " skipped", known ? "known" : "not known",
                    stats_of (buffer).skipped);
    g_assert_cmpuint (stats_of (buffer).skipped, ==, known ? 0 : 1);
  }
}

static void
test_hostile_stream (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3550);
  g_autoptr (AhoyGstJitterBuffer) buffer = buffer_new ();
  Network network = { 0 };
  Outcome outcome = { 0 };
  gint64 now = 0, last = -1;

  for (guint i = 0; i < 300000; i++) {
    guint8 payload[220] = { 0 };
    guint kind = g_rand_int_range (rand, 0, 4);
    AhoyGstJitterPacket packet = {
      .ssrc = kind == 0 ? g_rand_int (rand) : 1,
      .sequence = (guint16)(kind == 1 ? g_rand_int (rand) : i),
      .timestamp = kind == 2 ? g_rand_int (rand) : i * 0x7fffffff,
      .duration = kind == 3 ? g_rand_int (rand) : INTERVAL,
      .arrival = now,
      .payload = payload,
      .size = (gsize)g_rand_int_range (rand, 0, sizeof payload),
    };
    AhoyGstJitterPacket out;

    ahoy_gst_jitter_buffer_push (buffer, &packet);
    if (g_rand_boolean (rand)) {
      ahoy_gst_jitter_buffer_pull (buffer, now, INTERVAL, &out);
    } else if (g_rand_boolean (rand)) {
      ahoy_gst_jitter_buffer_drain (buffer, INTERVAL, &out);
      ahoy_gst_jitter_buffer_note (buffer, g_rand_int (rand), now);
    } else {
      ahoy_gst_jitter_buffer_pop (buffer, now, &out);
      ahoy_gst_jitter_buffer_get_deadline (buffer);
    }
    now += g_rand_int_range (rand, 0, 40000);
  }

  /* And then a good sender is heard. */
  for (guint32 i = 0; i < 500; i++, now += TICK) {
    push_from (buffer, 77, i, 0, now);
    pull_once (buffer, &network, now + 1 * MS, &last, &outcome);
  }
  g_assert_cmpuint (outcome.n_packets, >=, 450);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jitter-buffer/order-costs-no-delay", test_in_order_without_delay);
  g_test_add_func ("/jitter-buffer/disorder-is-put-right", test_reordered_are_put_in_order);
  g_test_add_func ("/jitter-buffer/gap-ends-at-the-expected-time",
                   test_gap_is_released_at_the_expected_time);
  g_test_add_func ("/jitter-buffer/duplicates-come-out-once", test_duplicates);
  g_test_add_func ("/jitter-buffer/new-source-starts-afresh", test_new_source);
  g_test_add_func ("/jitter-buffer/sequence-may-jump", test_sequence_jump);
  g_test_add_func ("/jitter-buffer/too-large-is-refused", test_too_large);
  g_test_add_func ("/jitter-buffer/perfect-network-is-played-perfectly", test_perfect_network);
  g_test_add_func ("/jitter-buffer/loss-is-concealed", test_loss);
  g_test_add_func ("/jitter-buffer/jitter-is-waited-for", test_jitter);
  g_test_add_func ("/jitter-buffer/bad-network-is-survived", test_everything_at_once);
  g_test_add_func ("/jitter-buffer/drift-is-followed", test_drift);
  g_test_add_func ("/jitter-buffer/pause-is-silence", test_pause);
  g_test_add_func ("/jitter-buffer/suppressed-silence-is-no-loss", test_silence_suppression);
  g_test_add_func ("/jitter-buffer/timestamps-may-jump", test_timestamp_jump);
  g_test_add_func ("/jitter-buffer/packets-may-be-long", test_long_packets);
  g_test_add_func ("/jitter-buffer/small-pulls-change-no-delay", test_small_pulls);
  g_test_add_func ("/jitter-buffer/drained-before-its-time", test_drain);
  g_test_add_func ("/jitter-buffer/late-beginning-makes-no-delay", test_late_beginning);
  g_test_add_func ("/jitter-buffer/hostile-stream-does-no-harm", test_hostile_stream);
  return g_test_run ();
}
