/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ahoy-gst-rtp-packet-private.h"
#include "ahoy-gst-stream-private.h"
#include "c-relay.h"

/*
 * What it costs to relay N calls, 50 packets a second in both directions of each: with streams of
 * the media engine that are joined, and with a loop of plain C. Both in turn, several times; prints
 * the processor time of each, and the median of the ratios. Fails when it misses what is aimed at,
 * unless even plain C lost packets: then the machine has too much to do to be a judge.
 *
 *   bench-relay [--calls N] [--seconds S] [--rounds R]
 */
#define FRAME 160
#define N_SOCKETS 8
#define FRAME_NS 20000000LL
#define MAX_ROUNDS 21
#define TARGET_RATIO 1.5

static int n_calls = 200;
static int n_seconds = 5;
static int n_rounds = 3;

static int
open_socket (AhoyGstAddress *address)
{
  socklen_t size = sizeof *address;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int room = 4 << 20;

  ahoy_gst_address_parse (address, "127.0.0.1", 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (fd < 0 || bind (fd, &address->any, sizeof address->v4) < 0 ||
      getsockname (fd, &address->any, &size) < 0) {
    perror ("bench-relay: socket");
    exit (1);
  }
  return fd;
}

static void
tell_port (int out, guint port)
{
  if (write (out, &port, sizeof port) != sizeof port) {
    exit (1);
  }
}

/* A leg sends back to the socket of the load that sends to it. */
static const AhoyGstAddress *
peer_of (const AhoyGstAddress *peers, int leg)
{
  return &peers[leg % N_SOCKETS];
}

static void
run_plain (int out, const AhoyGstAddress *peers)
{
  g_autofree int *sockets = g_new (int, n_calls * 2);
  g_autofree struct sockaddr_in *targets = g_new (struct sockaddr_in, n_calls * 2);

  for (int i = 0; i < n_calls * 2; i++) {
    AhoyGstAddress address;

    sockets[i] = open_socket (&address);
    targets[i] = peer_of (peers, i)->v4;
    tell_port (out, ahoy_gst_address_get_port (&address));
  }
  c_relay_run (n_calls, sockets, targets);
}

static AhoyGstStream *
make_stream (AhoyGstEngine *engine, const AhoyGstAddress *peer)
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
run_engine (int out, const AhoyGstAddress *peers)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  AhoyGstEngine *engine = ahoy_gst_engine_new (1);

  ahoy_gst_engine_set_port_range (engine, 0, 0);
  for (int i = 0; i < n_calls; i++) {
    AhoyGstStream *legs[2] = { make_stream (engine, peer_of (peers, 2 * i)),
                               make_stream (engine, peer_of (peers, 2 * i + 1)) };

    ahoy_media_stream_join (AHOY_MEDIA_STREAM (legs[0]), AHOY_MEDIA_STREAM (legs[1]), NULL);
    tell_port (out, ahoy_gst_stream_get_port (legs[0]));
    tell_port (out, ahoy_gst_stream_get_port (legs[1]));
  }
  g_main_loop_run (loop);
}

static gint64
now_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

typedef struct {
  int fds[N_SOCKETS];
  AhoyGstAddress own[N_SOCKETS];
  AhoyGstAddress *legs;
  guint64 sent;
  guint64 received;
} Load;

static void
send_one (Load *load, int leg, guint frame)
{
  guint8 data[AHOY_GST_RTP_HEADER + FRAME];
  AhoyGstRtpPacket packet = { .ssrc = 0x1000u + (guint) leg, .sequence = (guint16) frame,
                              .timestamp = frame * FRAME };

  memset (data, 0xd5, sizeof data);
  ahoy_gst_rtp_packet_write_header (&packet, data);
  load->sent += sendto (load->fds[leg % N_SOCKETS], data, sizeof data, 0, &load->legs[leg].any,
                        sizeof load->legs[leg].v4) > 0;
}

static void
take_all (Load *load)
{
  for (int i = 0; i < N_SOCKETS; i++) {
    guint8 data[2048];
    ssize_t size;

    while ((size = recv (load->fds[i], data, sizeof data, MSG_DONTWAIT)) > 0) {
      /* What is relayed is no silence of a stream's own. */
      load->received += size == AHOY_GST_RTP_HEADER + FRAME && data[AHOY_GST_RTP_HEADER] == 0xd5;
    }
  }
}

/* All legs send their frames evenly spread over the 20 ms. */
static void
run_load (Load *load)
{
  gint64 begin = now_ns (CLOCK_MONOTONIC);
  gint64 n_legs = n_calls * 2;
  gint64 n = (gint64) n_seconds * 50 * n_legs;

  for (gint64 i = 0; i < n; i++) {
    gint64 due = begin + i * FRAME_NS / n_legs;

    while (now_ns (CLOCK_MONOTONIC) < due) {
      struct timespec until = { due / 1000000000LL, due % 1000000000LL };

      take_all (load);
      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
    send_one (load, (int) (i % n_legs), (guint) (i / n_legs));
  }
  for (int i = 0; i < 20; i++) {
    struct timespec rest = { 0, 10000000 };

    take_all (load);
    clock_nanosleep (CLOCK_MONOTONIC, 0, &rest, NULL);
  }
}

static pid_t
start (Load *load, gboolean engine)
{
  int pipe_fds[2];
  pid_t child;

  if (pipe (pipe_fds) < 0 || (child = fork ()) < 0) {
    perror ("bench-relay");
    exit (1);
  }
  if (child == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    if (engine) {
      run_engine (pipe_fds[1], load->own);
    } else {
      run_plain (pipe_fds[1], load->own);
    }
    _exit (0);
  }
  for (int i = 0; i < n_calls * 2; i++) {
    guint port;

    if (read (pipe_fds[0], &port, sizeof port) != sizeof port) {
      exit (1);
    }
    ahoy_gst_address_parse (&load->legs[i], "127.0.0.1", port);
  }
  close (pipe_fds[0]);
  close (pipe_fds[1]);
  return child;
}

/* What it costs to join streams, in µs of processor time a pair: those of two workers go to one
 * before they are joined. */
static void
measure_joins (guint n_workers)
{
  AhoyGstEngine *engine = ahoy_gst_engine_new (n_workers);
  g_autoptr (GPtrArray) streams = g_ptr_array_new ();
  guint n_apart = 0;
  gint64 used;

  ahoy_gst_engine_set_port_range (engine, 0, 0);
  for (int i = 0; i < n_calls * 2; i++) {
    g_ptr_array_add (streams, ahoy_gst_engine_create_stream (engine, "127.0.0.1", FALSE, NULL));
  }
  used = now_ns (CLOCK_PROCESS_CPUTIME_ID);
  for (guint i = 0; i < streams->len; i += 2) {
    n_apart += ahoy_gst_stream_get_worker (streams->pdata[i]) !=
               ahoy_gst_stream_get_worker (streams->pdata[i + 1]);
    ahoy_media_stream_join (streams->pdata[i], streams->pdata[i + 1], NULL);
  }
  for (guint i = 0; i < streams->len; i++) {
    while (ahoy_gst_stream_is_migrating (streams->pdata[i])) {
      g_main_context_iteration (NULL, TRUE);
    }
  }
  used = now_ns (CLOCK_PROCESS_CPUTIME_ID) - used;
  printf ("joins    %d pairs, %u of them on two workers: %.1f µs a pair\n", n_calls, n_apart,
          (double) used / 1000 / n_calls);
  g_object_unref (engine);
}

/* Processor time in percent of one core, for each call. */
static double
measure (const char *name, gboolean engine, guint64 *lost)
{
  Load load = { .legs = g_new0 (AhoyGstAddress, n_calls * 2) };
  clockid_t clock;
  gint64 used;
  pid_t child;
  double cost;

  for (int i = 0; i < N_SOCKETS; i++) {
    load.fds[i] = open_socket (&load.own[i]);
  }
  child = start (&load, engine);
  clock_getcpuclockid (child, &clock);
  used = now_ns (clock);
  run_load (&load);
  used = now_ns (clock) - used;
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  cost = 100.0 * (double) used / ((double) n_seconds * 1e9) / n_calls;
  *lost += load.sent - load.received;
  printf ("%-8s %d calls, %d s: %.4f %% of a core per call, %" G_GUINT64_FORMAT " sent, %"
          G_GUINT64_FORMAT " came\n", name, n_calls, n_seconds, cost, load.sent, load.received);
  for (int i = 0; i < N_SOCKETS; i++) {
    close (load.fds[i]);
  }
  g_free (load.legs);
  return cost;
}

static int
compare (const void *a, const void *b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

static double
median (double *values)
{
  qsort (values, (size_t) n_rounds, sizeof *values, compare);
  return values[n_rounds / 2];
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "calls", 'n', 0, G_OPTION_ARG_INT, &n_calls, "how many calls", "N" },
    { "seconds", 's', 0, G_OPTION_ARG_INT, &n_seconds, "how long", "S" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &n_rounds, "how often", "R" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  struct rlimit files = { 65536, 65536 };
  double ratios[MAX_ROUNDS];
  guint64 lost[2] = { 0 };
  double ratio;
  gboolean good;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, NULL) || n_calls < 1 || n_seconds < 1 ||
      n_rounds < 1 || n_rounds > MAX_ROUNDS) {
    return 2;
  }
  setrlimit (RLIMIT_NOFILE, &files);
  measure_joins (1);
  measure_joins (2);
  for (int i = 0; i < n_rounds; i++) {
    double plain = measure ("plain C", FALSE, &lost[0]);

    ratios[i] = measure ("engine", TRUE, &lost[1]) / plain;
  }
  ratio = median (ratios);
  good = ratio <= TARGET_RATIO && lost[1] == 0;
  printf ("%s relay, processor time to plain C, median: %.2f, at most %.2f; packets lost %"
          G_GUINT64_FORMAT ", by plain C %" G_GUINT64_FORMAT "\n",
          good ? "good  " : "MISSED", ratio, TARGET_RATIO, lost[1], lost[0]);
  return good || lost[0] > 0 ? 0 : 1;
}
