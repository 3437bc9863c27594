/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <dirent.h>
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

#include "ahoy-gst-stream-private.h"
#include "ahoy-scheduler.h"
#include "bench-load.h"

/*
 * What an echo of N calls costs: with a loop of plain C that sends back what it reads, which is the
 * least that this machine can do, and with the media engine, by turns. Prints processor time per
 * call and as a ratio, packets lost, how long a packet takes, what a call holds; and whether calls
 * lose anything while they are moved from worker to worker. Ends with 1 when a target is missed.
 *
 *   bench-echo [--calls N] [--seconds S] [--rounds R] [--migrations M]
 */
#define TARGET_RATIO 1.8
#define TARGET_DELAY 1.0 /* ms that the engine adds for all but a hundredth of the packets */
#define TARGET_MEMORY 25 /* KiB of a call */
#define TARGET_FILES 3
#define MAX_ROUNDS 50

static int n_calls = 200;
static int n_rounds = 5;
static int n_migrations = 1000;
static double n_seconds = 3;

/* What the other process says when its calls are there. */
typedef struct {
  double memory; /* KiB of a call */
  double files;
  guint moved;
} Report;

typedef struct {
  double cost; /* percent of a core for each call */
  guint64 lost;
  double median;
  double slow; /* the hundredth slowest */
  Report report;
} Result;

static void
say (int out, gconstpointer data, gsize size)
{
  if (write (out, data, size) != (gssize) size) {
    exit (1);
  }
}

static void
hear (int in, gpointer data, gsize size)
{
  if (read (in, data, size) != (gssize) size) {
    fprintf (stderr, "bench-echo: the other process is gone\n");
    exit (1);
  }
}

static double
get_memory (void)
{
  g_autofree char *text = NULL;
  const char *at;

  g_file_get_contents ("/proc/self/status", &text, NULL, NULL);
  at = text != NULL ? strstr (text, "RssAnon:") : NULL;
  return at != NULL ? g_ascii_strtod (at + strlen ("RssAnon:"), NULL) : 0;
}

static double
count_files (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  double n = 0;

  while (folder != NULL && readdir (folder) != NULL) {
    n++;
  }
  if (folder != NULL) {
    closedir (folder);
  }
  return n;
}

static void
run_plain (int out)
{
  int poller = epoll_create1 (EPOLL_CLOEXEC);
  Report report = { get_memory (), count_files (), 0 };

  for (int i = 0; i < n_calls; i++) {
    AhoyGstAddress address;
    struct epoll_event event = { .events = EPOLLIN, .data.fd = bench_open_socket (&address) };
    guint port = ahoy_gst_address_get_port (&address);

    epoll_ctl (poller, EPOLL_CTL_ADD, event.data.fd, &event);
    say (out, &port, sizeof port);
  }
  report.memory = (get_memory () - report.memory) / n_calls;
  report.files = (count_files () - report.files) / n_calls;
  say (out, &report, sizeof report);
  bench_echo_in_plain_c (poller);
}

typedef struct {
  AhoyGstEngine *engine;
  AhoyGstStream **streams;
  guint n_moved;
  int out;
} Mover;

/* One call at each look goes to the other worker. */
static void
move_next (gpointer data)
{
  Mover *self = data;
  AhoyGstStream *stream = self->streams[self->n_moved % (guint) n_calls];

  if ((int) self->n_moved == n_migrations || ahoy_gst_stream_is_migrating (stream)) {
    return;
  }
  ahoy_gst_stream_migrate (stream, 1 - ahoy_gst_stream_get_worker (stream));
  if ((int) ++self->n_moved == n_migrations) {
    say (self->out, &self->n_moved, sizeof self->n_moved);
  }
}

static AhoyGstStream *
begin_call (AhoyGstEngine *engine, const AhoyGstAddress *peer)
{
  AhoyGstStream *stream = ahoy_gst_engine_create_stream (engine, "127.0.0.1", TRUE, NULL);
  AhoyGstStreamConfig config = { .rtp = *peer, .rtcp = *peer, .mux = TRUE, .sends = TRUE,
                                 .receives = TRUE, .ptime = 20, .n_receive = 1, .dtmf_send = 101,
                                 .dtmf_receive = 101, .dtmf_rate = 8000 };

  config.send = (AhoyGstFormat){ ahoy_gst_codec_find ("PCMU", 8000, 1), 0 };
  config.receive[0] = config.send;
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (stream), TRUE);
  ahoy_gst_stream_configure (stream, &config, NULL);
  return stream;
}

static void
run_engine (int out, const AhoyGstAddress *peers, gboolean moving)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (AhoyScheduler) scheduler = ahoy_scheduler_new (NULL);
  AhoyGstEngine *engine = ahoy_gst_engine_new (moving ? 2 : 1);
  Report report;
  Mover mover = { engine, g_new0 (AhoyGstStream *, n_calls), 0, out };

  ahoy_gst_engine_set_port_range (engine, 0, 0);
  report = (Report){ get_memory (), count_files (), 0 };
  for (int i = 0; i < n_calls; i++) {
    guint port;

    mover.streams[i] = begin_call (engine, &peers[i % BENCH_N_SOCKETS]);
    port = ahoy_gst_stream_get_port (mover.streams[i]);
    say (out, &port, sizeof port);
  }
  report.memory = (get_memory () - report.memory) / n_calls;
  report.files = (count_files () - report.files) / n_calls;
  say (out, &report, sizeof report);
  if (moving) {
    gint64 each = (gint64) (n_seconds * 0.9 * G_USEC_PER_SEC / n_migrations);

    ahoy_scheduler_add_repeating (scheduler, "move", MAX (each, 1000), move_next, &mover, NULL);
  }
  g_main_loop_run (loop);
}

typedef enum { PLAIN, ENGINE, MOVING } Kind;

static pid_t
start (Kind kind, const AhoyGstAddress *peers, int *in)
{
  int pipe_fds[2];
  pid_t child;

  fflush (stdout);
  if (pipe (pipe_fds) < 0 || (child = fork ()) < 0) {
    perror ("bench-echo");
    exit (1);
  }
  if (child == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    close (pipe_fds[0]);
    if (kind == PLAIN) {
      run_plain (pipe_fds[1]);
    } else {
      run_engine (pipe_fds[1], peers, kind == MOVING);
    }
    _exit (0);
  }
  close (pipe_fds[1]);
  *in = pipe_fds[0];
  return child;
}

static Result
measure (Kind kind)
{
  BenchLoad load;
  Result result = { 0 };
  clockid_t clock;
  gint64 used;
  pid_t child;
  int in;

  bench_load_init (&load, n_calls);
  child = start (kind, load.own, &in);
  for (int i = 0; i < n_calls; i++) {
    guint port;

    hear (in, &port, sizeof port);
    ahoy_gst_address_parse (&load.peers[i], "127.0.0.1", port);
  }
  hear (in, &result.report, sizeof result.report);
  clock_getcpuclockid (child, &clock);
  used = bench_now (clock);
  bench_load_run (&load, n_seconds);
  used = bench_now (clock) - used;
  if (kind == MOVING) {
    hear (in, &result.report.moved, sizeof result.report.moved);
  }
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  close (in);
  result.cost = 100.0 * (double) used / (n_seconds * 1e9) / n_calls;
  result.lost = load.sent - load.back;
  result.median = bench_load_get_delay (&load, 0.5);
  result.slow = bench_load_get_delay (&load, 0.99);
  bench_load_clear (&load);
  return result;
}

static void
print_result (const char *name, const Result *result)
{
  printf ("  %-8s %.4f %% of a core per call, %" G_GUINT64_FORMAT " lost, p50 %.3f ms, "
          "p99 %.3f ms, %.1f KiB and %.1f descriptors per call\n",
          name, result->cost, result->lost, result->median, result->slow, result->report.memory,
          result->report.files);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

static double
median (double *values, int n)
{
  qsort (values, (size_t) n, sizeof *values, compare);
  return values[n / 2];
}

static gboolean
judge (const char *what, double found, double target)
{
  gboolean good = found <= target;

  printf ("%s %s: %.2f, at most %.2f\n", good ? "good  " : "MISSED", what, found, target);
  return good;
}

static gboolean
run_rounds (void)
{
  double ratios[MAX_ROUNDS];
  double delays[MAX_ROUNDS];
  Result engine = { 0 };
  guint64 lost = 0;
  gboolean good = TRUE;

  printf ("%d calls of G.711, %.1f s, %d rounds\n", n_calls, n_seconds, n_rounds);
  for (int i = 0; i < n_rounds; i++) {
    Result plain = measure (PLAIN);

    engine = measure (ENGINE);
    print_result ("plain C", &plain);
    print_result ("engine", &engine);
    ratios[i] = engine.cost / plain.cost;
    delays[i] = engine.slow - plain.slow;
    lost += engine.lost;
    printf ("  ratio %.2f\n", ratios[i]);
  }
  good &= judge ("processor time to plain C, median", median (ratios, n_rounds), TARGET_RATIO);
  good &= judge ("packets lost", (double) lost, 0);
  good &= judge ("added latency p99 in ms, median", median (delays, n_rounds), TARGET_DELAY);
  good &= judge ("KiB per call", engine.report.memory, TARGET_MEMORY);
  good &= judge ("descriptors per call", engine.report.files, TARGET_FILES);
  return good;
}

static gboolean
run_migrations (void)
{
  Result moving = measure (MOVING);

  print_result ("moving", &moving);
  printf ("%u migrations under traffic\n", moving.report.moved);
  return judge ("packets lost in migrations", (double) moving.lost, 0);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "calls", 'n', 0, G_OPTION_ARG_INT, &n_calls, "how many calls", "N" },
    { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &n_seconds, "how long each run is", "S" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &n_rounds, "how many runs of each", "R" },
    { "migrations", 'm', 0, G_OPTION_ARG_INT, &n_migrations, "how many moves; 0 for none", "M" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  struct rlimit files = { 65536, 65536 };
  gboolean good;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, NULL) || n_calls < 1 || n_seconds < 0.1 ||
      n_rounds < 1 || n_rounds > MAX_ROUNDS) {
    return 2;
  }
  setrlimit (RLIMIT_NOFILE, &files);
  good = run_rounds ();
  if (n_migrations > 0) {
    good &= run_migrations ();
  }
  return good ? 0 : 1;
}
