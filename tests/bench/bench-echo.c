/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ahoy-gst-rtp-packet-private.h"
#include "ahoy-gst-stream-private.h"

/*
 * What an echo of N calls costs: once with the media engine, once with a loop of plain C that sends
 * back what it reads, which is the least that this machine can do. Prints the processor time of
 * both, per call and as a ratio.
 *
 *   bench-echo [--calls N] [--seconds S]
 */
#define FRAME 160
#define N_SOCKETS 8
#define FRAME_NS 20000000LL

static int n_calls = 200;
static int n_seconds = 5;

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
    perror ("bench-echo: socket");
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

static void
run_plain (int out)
{
  int poller = epoll_create1 (EPOLL_CLOEXEC);

  for (int i = 0; i < n_calls; i++) {
    AhoyGstAddress address;
    struct epoll_event event = { .events = EPOLLIN, .data.fd = open_socket (&address) };

    epoll_ctl (poller, EPOLL_CTL_ADD, event.data.fd, &event);
    tell_port (out, ahoy_gst_address_get_port (&address));
  }
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait (poller, events, 64, -1);

    for (int i = 0; i < n; i++) {
      guint8 data[2048];
      AhoyGstAddress from;
      socklen_t size = sizeof from;
      ssize_t length =
          recvfrom (events[i].data.fd, data, sizeof data, MSG_DONTWAIT, &from.any, &size);

      if (length > 0) {
        sendto (events[i].data.fd, data, (size_t) length, MSG_DONTWAIT, &from.any, size);
      }
    }
  }
}

static void
run_engine (int out, const AhoyGstAddress *peers)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  AhoyGstEngine *engine = ahoy_gst_engine_new (1);

  ahoy_gst_engine_set_port_range (engine, 0, 0);
  for (int i = 0; i < n_calls; i++) {
    AhoyGstStream *stream = ahoy_gst_engine_create_stream (engine, "127.0.0.1", TRUE, NULL);
    AhoyGstStreamConfig config = { .rtp = peers[i % N_SOCKETS], .rtcp = peers[i % N_SOCKETS],
                                   .mux = TRUE, .sends = TRUE, .receives = TRUE, .ptime = 20,
                                   .n_receive = 1, .dtmf_send = 101, .dtmf_receive = 101,
                                   .dtmf_rate = 8000 };

    config.send = (AhoyGstFormat){ "PCMU", 0, 8000, 1 };
    config.receive[0] = config.send;
    ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (stream), TRUE);
    ahoy_gst_stream_configure (stream, &config);
    tell_port (out, ahoy_gst_stream_get_port (stream));
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
  AhoyGstAddress *peers;
  guint64 sent;
  guint64 received;
} Load;

static void
send_one (Load *load, int call, guint frame)
{
  guint8 data[AHOY_GST_RTP_HEADER + FRAME];
  AhoyGstRtpPacket packet = { .ssrc = 0x1000u + (guint) call, .sequence = (guint16) frame,
                              .timestamp = frame * FRAME };

  memset (data, 0xd5, sizeof data);
  ahoy_gst_rtp_packet_write_header (&packet, data);
  load->sent += sendto (load->fds[call % N_SOCKETS], data, sizeof data, 0, &load->peers[call].any,
                        sizeof load->peers[call].v4) > 0;
}

static void
take_all (Load *load)
{
  for (int i = 0; i < N_SOCKETS; i++) {
    guint8 data[2048];
    ssize_t size;

    while ((size = recv (load->fds[i], data, sizeof data, MSG_DONTWAIT)) > 0) {
      load->received += size == AHOY_GST_RTP_HEADER + FRAME;
    }
  }
}

/* Calls send their frames evenly spread over the 20 ms. */
static void
run_load (Load *load)
{
  gint64 begin = now_ns (CLOCK_MONOTONIC);
  gint64 n = (gint64) n_seconds * 50 * n_calls;

  for (gint64 i = 0; i < n; i++) {
    gint64 due = begin + i * FRAME_NS / n_calls;

    while (now_ns (CLOCK_MONOTONIC) < due) {
      struct timespec until = { due / 1000000000LL, due % 1000000000LL };

      take_all (load);
      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
    send_one (load, (int) (i % n_calls), (guint) (i / n_calls));
  }
  for (int i = 0; i < 20; i++) {
    struct timespec rest = { 0, 10000000 };

    take_all (load);
    clock_nanosleep (CLOCK_MONOTONIC, 0, &rest, NULL);
  }
}

/* Processor time in percent of one core, for each call. */
static double
measure (const char *name, gboolean engine)
{
  Load load = { 0 };
  clockid_t clock;
  gint64 used;
  int pipe_fds[2];
  pid_t child;
  double cost;

  load.peers = g_new0 (AhoyGstAddress, n_calls);
  for (int i = 0; i < N_SOCKETS; i++) {
    load.fds[i] = open_socket (&load.own[i]);
  }
  if (pipe (pipe_fds) < 0 || (child = fork ()) < 0) {
    perror ("bench-echo");
    exit (1);
  }
  if (child == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    engine ? run_engine (pipe_fds[1], load.own) : run_plain (pipe_fds[1]);
    _exit (0);
  }
  for (int i = 0; i < n_calls; i++) {
    guint port;

    if (read (pipe_fds[0], &port, sizeof port) != sizeof port) {
      exit (1);
    }
    ahoy_gst_address_parse (&load.peers[i], "127.0.0.1", port);
  }
  clock_getcpuclockid (child, &clock);
  used = now_ns (clock);
  run_load (&load);
  used = now_ns (clock) - used;
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  cost = 100.0 * (double) used / ((double) n_seconds * 1e9) / n_calls;
  printf ("%-8s %d calls, %d s: %.4f %% of a core per call, %" G_GUINT64_FORMAT " sent, %"
          G_GUINT64_FORMAT " back\n", name, n_calls, n_seconds, cost, load.sent, load.received);
  for (int i = 0; i < N_SOCKETS; i++) {
    close (load.fds[i]);
  }
  close (pipe_fds[0]);
  close (pipe_fds[1]);
  g_free (load.peers);
  return cost;
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "calls", 'n', 0, G_OPTION_ARG_INT, &n_calls, "how many calls", "N" },
    { "seconds", 's', 0, G_OPTION_ARG_INT, &n_seconds, "how long", "S" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  struct rlimit files = { 65536, 65536 };
  double plain;
  double engine;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, NULL) || n_calls < 1 || n_seconds < 1) {
    return 2;
  }
  setrlimit (RLIMIT_NOFILE, &files);
  plain = measure ("plain C", FALSE);
  engine = measure ("engine", TRUE);
  printf ("ratio %.2f\n", engine / plain);
  return 0;
}
