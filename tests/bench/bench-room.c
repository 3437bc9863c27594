/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ahoy-gst-g711.h"
#include "ahoy-gst-rtp-packet-private.h"
#include "ahoy-gst-stream-private.h"
#include "bench-load.h"

/*
 * What a leg of a conference costs, as a ratio to a leg of an echo in plain C, by turns: all speak
 * G.711 at once, each in a tone of its own. Prints processor time per leg and the packets that
 * somebody missed. Ends with 1 when a target is missed.
 *
 *   bench-room [--seconds S] [--rounds R] [--rooms N --parties M]
 */
#define FRAME 160
#define FRAME_NS 20000000LL
#define SECOND 8000
#define TARGET_RATIO 2.0
#define MAX_ROUNDS 21
#define MAX_LEGS 4096

static int n_rounds = 5;
static int n_rooms = 0;
static int n_parties = 0;
static double n_seconds = 4;

typedef struct {
  int fd;
  AhoyGstAddress own;
  AhoyGstAddress peer;
  guint8 tone[SECOND];
  guint16 sequence;
  guint received;
  guint missed;
} Leg;

typedef struct {
  double cost; /* percent of a core for each leg */
  guint received;
  guint missed;
} Result;

static void
say (int out, guint port)
{
  if (write (out, &port, sizeof port) != sizeof port) {
    exit (1);
  }
}

static guint
hear (int in)
{
  guint port;

  if (read (in, &port, sizeof port) != sizeof port) {
    fprintf (stderr, "bench-room: the other process is gone\n");
    exit (1);
  }
  return port;
}

static void
run_plain (int out, int n_legs)
{
  int poller = epoll_create1 (EPOLL_CLOEXEC);

  for (int i = 0; i < n_legs; i++) {
    AhoyGstAddress address;
    struct epoll_event event = { .events = EPOLLIN, .data.fd = bench_open_socket (&address) };

    epoll_ctl (poller, EPOLL_CTL_ADD, event.data.fd, &event);
    say (out, ahoy_gst_address_get_port (&address));
  }
  bench_echo_in_plain_c (poller);
}

static AhoyGstStream *
begin_leg (AhoyGstEngine *engine, const AhoyGstAddress *peer)
{
  AhoyGstStream *stream = ahoy_gst_engine_create_stream (engine, "127.0.0.1", TRUE, NULL);
  AhoyGstStreamConfig config = { .rtp = *peer, .rtcp = *peer, .mux = TRUE, .sends = TRUE,
                                 .receives = TRUE, .ptime = 20, .n_receive = 1, .dtmf_send = 101,
                                 .dtmf_receive = 101, .dtmf_rate = 8000 };

  config.send = (AhoyGstFormat){ ahoy_gst_codec_find ("PCMU", 8000, 1), 0 };
  config.receive[0] = config.send;
  ahoy_gst_stream_configure (stream, &config, NULL);
  return stream;
}

static void
run_rooms (int out, const Leg *legs, int rooms, int parties)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  AhoyGstEngine *engine = ahoy_gst_engine_new (1);

  ahoy_gst_engine_set_port_range (engine, 0, 0);
  for (int i = 0; i < rooms; i++) {
    AhoyMediaMixer *mixer = ahoy_media_engine_create_mixer (AHOY_MEDIA_ENGINE (engine), NULL);

    for (int j = 0; j < parties; j++) {
      AhoyGstStream *stream = begin_leg (engine, &legs[i * parties + j].own);

      ahoy_media_mixer_add (mixer, AHOY_MEDIA_STREAM (stream), NULL);
      say (out, ahoy_gst_stream_get_port (stream));
    }
  }
  g_main_loop_run (loop);
}

static pid_t
start (gboolean plain, const Leg *legs, int rooms, int parties, int *in)
{
  int pipe_fds[2];
  pid_t child;

  fflush (stdout);
  if (pipe (pipe_fds) < 0 || (child = fork ()) < 0) {
    perror ("bench-room");
    exit (1);
  }
  if (child == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    close (pipe_fds[0]);
    if (plain) {
      run_plain (pipe_fds[1], rooms * parties);
    } else {
      run_rooms (pipe_fds[1], legs, rooms, parties);
    }
    _exit (0);
  }
  close (pipe_fds[1]);
  *in = pipe_fds[0];
  return child;
}

static void
leg_init (Leg *self, int number)
{
  gint16 samples[SECOND];

  memset (self, 0, sizeof *self);
  self->fd = bench_open_socket (&self->own);
  for (int i = 0; i < SECOND; i++) {
    samples[i] = (gint16) (2000 * sin (2 * G_PI * (300 + 37 * number % 2500) * i / SECOND));
  }
  ahoy_gst_g711_encode (AHOY_GST_G711_ULAW, samples, self->tone, SECOND);
}

static void
send_one (Leg *self, guint number, guint frame)
{
  guint8 data[AHOY_GST_RTP_HEADER + FRAME];
  AhoyGstRtpPacket packet = { .ssrc = 0x1000u + number, .sequence = (guint16) frame,
                              .timestamp = frame * FRAME };

  ahoy_gst_rtp_packet_write_header (&packet, data);
  memcpy (data + AHOY_GST_RTP_HEADER, self->tone + frame * FRAME % SECOND, FRAME);
  if (sendto (self->fd, data, sizeof data, 0, &self->peer.any, sizeof self->peer.v4) < 0) {
    perror ("bench-room: sendto");
  }
}

static void
take_all (Leg *self)
{
  guint8 data[2048];
  AhoyGstRtpPacket packet;
  gssize size;

  while ((size = recv (self->fd, data, sizeof data, MSG_DONTWAIT)) > 0) {
    if (ahoy_gst_rtp_packet_is_rtcp (data, (gsize) size) ||
        !ahoy_gst_rtp_packet_parse (&packet, data, (gsize) size)) {
      continue;
    }
    if (self->received++ > 0) {
      self->missed += (guint16) (packet.sequence - self->sequence - 1);
    }
    self->sequence = packet.sequence;
  }
}

/* Legs send their frames evenly spread over the 20 ms. */
static void
run_legs (Leg *legs, int n_legs, guint frames, guint first)
{
  gint64 begin = bench_now (CLOCK_MONOTONIC);

  for (gint64 i = 0; i < (gint64) frames * n_legs; i++) {
    gint64 due = begin + i * FRAME_NS / n_legs;
    struct timespec until = { due / 1000000000LL, due % 1000000000LL };

    while (bench_now (CLOCK_MONOTONIC) < due) {
      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
    take_all (&legs[i % n_legs]);
    send_one (&legs[i % n_legs], (guint) (i % n_legs), first + (guint) (i / n_legs));
  }
}

static Result
measure (gboolean plain, int rooms, int parties)
{
  int n_legs = rooms * parties;
  g_autofree Leg *legs = g_new0 (Leg, n_legs);
  Result result = { 0 };
  clockid_t clock;
  gint64 used;
  pid_t child;
  int in;

  for (int i = 0; i < n_legs; i++) {
    leg_init (&legs[i], i);
  }
  child = start (plain, legs, rooms, parties, &in);
  for (int i = 0; i < n_legs; i++) {
    ahoy_gst_address_parse (&legs[i].peer, "127.0.0.1", hear (in));
  }
  clock_getcpuclockid (child, &clock);
  run_legs (legs, n_legs, 25, 0); /* until all buffers have found their place */
  for (int i = 0; i < n_legs; i++) {
    take_all (&legs[i]);
    legs[i].received = legs[i].missed = 0;
  }
  used = bench_now (clock);
  run_legs (legs, n_legs, (guint) (n_seconds * 50), 25);
  used = bench_now (clock) - used;
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  close (in);
  for (int i = 0; i < n_legs; i++) {
    take_all (&legs[i]);
    result.received += legs[i].received;
    result.missed += legs[i].missed;
    close (legs[i].fd);
  }
  result.cost = 100.0 * (double) used / (n_seconds * 1e9) / n_legs;
  return result;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

static gboolean
run_rounds (int rooms, int parties)
{
  double ratios[MAX_ROUNDS];
  guint missed = 0;
  gboolean good;

  printf ("%d of %d parties, G.711, %.1f s, %d rounds\n", rooms, parties, n_seconds, n_rounds);
  for (int i = 0; i < n_rounds; i++) {
    Result plain = measure (TRUE, rooms, parties);
    Result room = measure (FALSE, rooms, parties);

    ratios[i] = room.cost / plain.cost;
    missed += room.missed;
    printf ("  echo in plain C %.4f %% of a core per leg, room %.4f %%, ratio %.2f; "
            "%u packets came, %u were missed\n",
            plain.cost, room.cost, ratios[i], room.received, room.missed);
  }
  qsort (ratios, (size_t) n_rounds, sizeof *ratios, compare);
  good = ratios[n_rounds / 2] <= TARGET_RATIO && missed == 0;
  printf ("%s a leg costs %.2f times an echo in plain C, at most %.2f; %u packets missed\n",
          good ? "good  " : "MISSED", ratios[n_rounds / 2], TARGET_RATIO, missed);
  return good;
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &n_seconds, "how long each run is", "S" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &n_rounds, "how many runs of each", "R" },
    { "rooms", 'n', 0, G_OPTION_ARG_INT, &n_rooms, "how many rooms, in place of 1 and 10", "N" },
    { "parties", 'm', 0, G_OPTION_ARG_INT, &n_parties, "how many in each", "M" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  struct rlimit files = { 65536, 65536 };
  gboolean good;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, NULL) || n_seconds < 0.1 || n_rounds < 1 ||
      n_rounds > MAX_ROUNDS || n_rooms < 0 || n_parties < 0 || n_rooms * n_parties > MAX_LEGS) {
    return 2;
  }
  setrlimit (RLIMIT_NOFILE, &files);
  if (n_rooms > 0 && n_parties > 0) {
    return run_rounds (n_rooms, n_parties) ? 0 : 1;
  }
  good = run_rounds (1, 30);
  return run_rounds (10, 3) && good ? 0 : 1;
}
