/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib-unix.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ahoy-gst-worker-private.h"
#include "watchdog.h"

#define N_THREADS 4
#define N_ITEMS 20000

typedef struct {
  AhoyGstHandOver *hand_over;
  guint next[N_THREADS];
  guint total;
  guint disorder;
} Receiver;

typedef struct {
  Receiver *receiver;
  guint thread;
  guint number;
} Item;

static void
receive (gpointer data)
{
  Item *item = data;
  Receiver *receiver = item->receiver;

  receiver->disorder += receiver->next[item->thread] != item->number ? 1 : 0;
  receiver->next[item->thread] = item->number + 1;
  receiver->total++;
  g_free (item);
}

static gpointer
push_items (gpointer data)
{
  Item *first = data;

  for (guint i = 0; i < N_ITEMS; i++) {
    Item *item = g_memdup2 (first, sizeof *first);

    item->number = i;
    ahoy_gst_hand_over_push (first->receiver->hand_over, receive, item);
  }
  return NULL;
}

static void
test_hand_over (void)
{
  Receiver receiver = { .hand_over = ahoy_gst_hand_over_new () };
  g_autoptr (GSource) source = ahoy_gst_hand_over_create_source (receiver.hand_over);
  GThread *threads[N_THREADS];
  Item items[N_THREADS];

  g_source_attach (source, NULL);
  for (guint i = 0; i < N_THREADS; i++) {
    items[i] = (Item){ .receiver = &receiver, .thread = i };
    threads[i] = g_thread_new ("pusher", push_items, &items[i]);
  }
  wait_until (receiver.total == N_THREADS * N_ITEMS);
  for (guint i = 0; i < N_THREADS; i++) {
    g_thread_join (threads[i]);
  }
  g_assert_cmpuint (receiver.disorder, ==, 0);
  g_source_destroy (source);
  ahoy_gst_hand_over_free (receiver.hand_over);
}

#define N_ROUNDS 20000

typedef struct {
  Receiver receiver;
  guint asked;  /* atomic; rounds that may begin */
  guint pushed; /* atomic; rounds in which the push is over */
} Rounds;

static gpointer
push_when_asked (gpointer data)
{
  Rounds *rounds = data;

  for (guint i = 0; i < N_ROUNDS; i++) {
    Item *item = g_new0 (Item, 1);

    item->receiver = &rounds->receiver;
    item->number = i;
    while ((guint) g_atomic_int_get (&rounds->asked) <= i) {
      g_thread_yield ();
    }
    ahoy_gst_hand_over_push (rounds->receiver.hand_over, receive, item);
    g_atomic_int_inc (&rounds->pushed);
  }
  return NULL;
}

/* A wake is written while the receiver, which looks by itself, takes what is there: the descriptor
 * does not stay readable, which would let the receiver turn for ever. */
static void
test_rest (void)
{
  Rounds rounds = { .receiver.hand_over = ahoy_gst_hand_over_new () };
  AhoyGstHandOver *hand_over = rounds.receiver.hand_over;
  GThread *thread = g_thread_new ("pusher", push_when_asked, &rounds);
  struct pollfd look = { .fd = ahoy_gst_hand_over_get_fd (hand_over), .events = POLLIN };
  guint restless = 0;

  for (guint i = 0; i < N_ROUNDS; i++) {
    g_atomic_int_inc (&rounds.asked);
    while (rounds.receiver.total <= i || (guint) g_atomic_int_get (&rounds.pushed) <= i) {
      ahoy_gst_hand_over_run (hand_over);
    }
    ahoy_gst_hand_over_run (hand_over);
    restless += poll (&look, 1, 0) != 0 ? 1 : 0;
  }
  g_thread_join (thread);
  g_assert_cmpuint (rounds.receiver.disorder, ==, 0);
  g_assert_cmpuint (restless, ==, 0);
  ahoy_gst_hand_over_free (hand_over);
}

static void
test_left_over (void)
{
  Receiver receiver = { .hand_over = ahoy_gst_hand_over_new () };
  Item *item = g_new0 (Item, 1);

  item->receiver = &receiver;
  ahoy_gst_hand_over_push (receiver.hand_over, receive, item);
  ahoy_gst_hand_over_free (receiver.hand_over);
  g_assert_cmpuint (receiver.total, ==, 1);
}

static Item *
item_new (Receiver *receiver, guint number)
{
  Item *item = g_new0 (Item, 1);

  item->receiver = receiver;
  item->number = number;
  return item;
}

static gboolean
is_woken (AhoyGstHandOver *hand_over)
{
  GPollFD fd = { .fd = ahoy_gst_hand_over_get_fd (hand_over), .events = G_IO_IN };

  return g_poll (&fd, 1, 0) > 0;
}

/* What is added wakes nobody, and is not forgotten: by who expects it, or with what wakes. */
static void
test_add (void)
{
  Receiver receiver = { .hand_over = ahoy_gst_hand_over_new () };
  g_autoptr (GSource) source = ahoy_gst_hand_over_create_source (receiver.hand_over);

  g_source_attach (source, NULL);
  ahoy_gst_hand_over_expect (receiver.hand_over, 1);
  g_main_context_iteration (NULL, FALSE);
  ahoy_gst_hand_over_add (receiver.hand_over, receive, item_new (&receiver, 0));
  g_assert_false (is_woken (receiver.hand_over));
  wait_until (receiver.total == 1);
  ahoy_gst_hand_over_expect (receiver.hand_over, -1);

  ahoy_gst_hand_over_add (receiver.hand_over, receive, item_new (&receiver, 1));
  ahoy_gst_hand_over_push (receiver.hand_over, receive, item_new (&receiver, 2));
  ahoy_gst_hand_over_push (receiver.hand_over, receive, item_new (&receiver, 3));
  g_assert_true (is_woken (receiver.hand_over));
  g_assert_cmpuint (ahoy_gst_hand_over_run (receiver.hand_over), ==, 3);
  g_assert_false (is_woken (receiver.hand_over));
  g_assert_cmpuint (receiver.disorder, ==, 0);
  g_source_destroy (source);
  ahoy_gst_hand_over_free (receiver.hand_over);
}

/* A ball that is thrown to and fro between the test and the worker. */
typedef struct {
  AhoyGstWorker *worker;
  AhoyGstHandOver *home;
  AhoyGstWatch *tick;
  guint turns;
  gboolean done;
} Ball;

static void arrive_home (gpointer data);

static void
arrive_away (gpointer data)
{
  Ball *ball = data;

  ball->turns++;
  ahoy_gst_hand_over_push (ball->home, arrive_home, ball);
}

static void
arrive_home (gpointer data)
{
  Ball *ball = data;

  if (ball->turns < 1000) {
    ahoy_gst_worker_push (ball->worker, arrive_away, ball);
    return;
  }
  ball->done = TRUE;
}

static void
test_to_and_fro (void)
{
  g_autoptr (AhoyGstHandOver) home = ahoy_gst_hand_over_new ();
  g_autoptr (GSource) source = ahoy_gst_hand_over_create_source (home);
  Ball ball = { .worker = ahoy_gst_worker_new (0), .home = home };

  g_source_attach (source, NULL);
  arrive_home (&ball);
  wait_until (ball.done);
  g_assert_cmpuint (ball.turns, ==, 1000);
  ahoy_gst_worker_free (ball.worker);
  g_source_destroy (source);
}

static void
on_no_tick (gpointer data, gint64 now)
{
}

static void arrive_soon (gpointer data);

static void
throw_soon (gpointer data)
{
  Ball *ball = data;

  if (ball->turns < 300) {
    ahoy_gst_worker_push_soon (ball->worker, arrive_soon, ball);
    return;
  }
  ball->done = TRUE;
}

static void
arrive_soon (gpointer data)
{
  Ball *ball = data;

  ball->turns++;
  if (ball->turns % 8 == 0) {
    ball->tick = ahoy_gst_worker_add_tick (ball->worker, 4, on_no_tick, ball);
  } else if (ball->turns % 8 == 3 && ball->tick != NULL) {
    ahoy_gst_worker_remove_tick (ball->worker, g_steal_pointer (&ball->tick));
  }
  ahoy_gst_hand_over_push (ball->home, throw_soon, ball);
}

/* Where the worker looks by itself it is not woken; nothing gets lost when it begins or ends to. */
static void
test_soon (void)
{
  g_autoptr (AhoyGstHandOver) home = ahoy_gst_hand_over_new ();
  g_autoptr (GSource) source = ahoy_gst_hand_over_create_source (home);
  Ball ball = { .worker = ahoy_gst_worker_new (0), .home = home };

  g_source_attach (source, NULL);
  throw_soon (&ball);
  wait_until (ball.done);
  g_assert_cmpuint (ball.turns, ==, 300);
  ahoy_gst_worker_free (ball.worker);
  g_source_destroy (source);
}

typedef struct {
  AhoyGstWorker *worker;
  AhoyGstHandOver *home;
  int fds[2];
  AhoyGstWatch *watch;
  AhoyGstWatch *other;
  AhoyGstWatch *ticks[3];
  guint counts[3];
  gint64 began;
  gint64 ended;
  guint received;
  gboolean done;
  AhoyScheduler *guest;
} Bench;

static void
be_done (gpointer data)
{
  ((Bench *) data)->done = TRUE;
}

static void
on_tick_0 (gpointer data, gint64 now)
{
  Bench *bench = data;

  if (bench->counts[0]++ == 0) {
    bench->began = now;
  }
  if (bench->counts[0] == 26) {
    bench->ended = now;
    for (guint i = 0; i < 3; i++) {
      ahoy_gst_worker_remove_tick (bench->worker, bench->ticks[i]);
    }
    ahoy_gst_hand_over_push (bench->home, be_done, bench);
  }
}

static void
on_tick_1 (gpointer data, gint64 now)
{
  ((Bench *) data)->counts[1]++;
}

static void
on_tick_2 (gpointer data, gint64 now)
{
  ((Bench *) data)->counts[2]++;
}

static void
start_ticks (gpointer data)
{
  Bench *bench = data;

  bench->ticks[0] = ahoy_gst_worker_add_tick (bench->worker, 1, on_tick_0, bench);
  bench->ticks[1] = ahoy_gst_worker_add_tick (bench->worker, 2, on_tick_1, bench);
  bench->ticks[2] = ahoy_gst_worker_add_tick (bench->worker, 4, on_tick_2, bench);
}

static void
bench_run (Bench *bench, AhoyGstFunc start)
{
  g_autoptr (AhoyGstHandOver) home = ahoy_gst_hand_over_new ();
  g_autoptr (GSource) source = ahoy_gst_hand_over_create_source (home);

  g_source_attach (source, NULL);
  bench->home = home;
  bench->worker = ahoy_gst_worker_new (3);
  g_assert_cmpuint (ahoy_gst_worker_get_index (bench->worker), ==, 3);
  ahoy_gst_worker_push (bench->worker, start, bench);
  wait_until (bench->done);
  ahoy_gst_worker_free (bench->worker);
  g_source_destroy (source);
}

static void
test_ticks (void)
{
  Bench bench = { 0 };

  bench_run (&bench, start_ticks);
  g_test_message ("25 ticks of 20 ms took %" G_GINT64_FORMAT " µs", bench.ended - bench.began);
  /* A first tick that came late is made up for, by 100 ms at most. */
  g_assert_cmpint (bench.ended - bench.began, >=, 25 * 20000 - 120000);
  g_assert_cmpuint (bench.counts[1], >=, 2 * 25);
  g_assert_cmpuint (bench.counts[1], <=, 2 * 25 + 2);
  g_assert_cmpuint (bench.counts[2], >=, 4 * 25);
  g_assert_cmpuint (bench.counts[2], <=, 4 * 25 + 4);
}

/* Each of two watches of the same turn takes the other away: only one runs. */
static void
on_readable (gpointer data, gint64 now)
{
  Bench *bench = data;

  bench->received++;
  ahoy_gst_worker_unwatch (bench->worker, bench->watch);
  ahoy_gst_worker_unwatch (bench->worker, bench->other);
  ahoy_gst_hand_over_push (bench->home, be_done, bench);
}

static void
start_watches (gpointer data)
{
  Bench *bench = data;

  bench->watch = ahoy_gst_worker_watch (bench->worker, bench->fds[0], on_readable, bench);
  bench->other = ahoy_gst_worker_watch (bench->worker, bench->fds[1], on_readable, bench);
}

static void
test_unwatch (void)
{
  Bench bench = { 0 };

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_DGRAM, 0, bench.fds), ==, 0);
  g_assert_cmpint (write (bench.fds[0], "a", 1), ==, 1);
  g_assert_cmpint (write (bench.fds[1], "b", 1), ==, 1);
  bench_run (&bench, start_watches);
  g_assert_cmpuint (bench.received, ==, 1);
  close (bench.fds[0]);
  close (bench.fds[1]);
}

static void
on_guest_timeout (gpointer user_data)
{
  ((Bench *) user_data)->counts[1]++;
}

static gboolean
on_guest_fd (int fd, GIOCondition condition, gpointer user_data)
{
  Bench *bench = user_data;
  char byte;

  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  bench->counts[2]++;
  return G_SOURCE_REMOVE;
}

/* Ends the guests first, then goes on alone. */
static void
on_tick_with_guests (gpointer data, gint64 now)
{
  Bench *bench = data;

  bench->counts[0]++;
  if (bench->guest != NULL && bench->counts[0] >= 5 && bench->counts[1] >= 5 &&
      bench->counts[2] == 1) {
    g_clear_object (&bench->guest);
    bench->counts[0] = 0;
  }
  if (bench->guest == NULL && bench->counts[0] == 10) {
    ahoy_gst_worker_remove_tick (bench->worker, bench->ticks[0]);
    ahoy_gst_hand_over_push (bench->home, be_done, bench);
  }
}

static void
start_guests (gpointer data)
{
  Bench *bench = data;
  GMainContext *context = g_main_context_get_thread_default ();
  g_autoptr (GSource) reader = g_unix_fd_source_new (bench->fds[0], G_IO_IN);

  g_source_set_callback (reader, G_SOURCE_FUNC (on_guest_fd), bench, NULL);
  g_source_attach (reader, context);
  bench->guest = ahoy_scheduler_new (context);
  ahoy_scheduler_add_repeating (bench->guest, "guest", 10000, on_guest_timeout, bench, NULL);
  bench->ticks[0] = ahoy_gst_worker_add_tick (bench->worker, 1, on_tick_with_guests, bench);
}

/* Sources of others in the worker's context are served like its own. */
static void
test_guests (void)
{
  Bench bench = { 0 };

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_DGRAM, 0, bench.fds), ==, 0);
  g_assert_cmpint (write (bench.fds[1], "a", 1), ==, 1);
  bench_run (&bench, start_guests);
  g_assert_cmpuint (bench.counts[1], >=, 5);
  g_assert_cmpuint (bench.counts[2], ==, 1);
  close (bench.fds[0]);
  close (bench.fds[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/hand-over/four threads, each in order", test_hand_over);
  g_test_add_func ("/gst/hand-over/rests when everything is taken", test_rest);
  g_test_add_func ("/gst/hand-over/what is left runs at the end", test_left_over);
  g_test_add_func ("/gst/hand-over/without waking", test_add);
  g_test_add_func ("/gst/worker/to and fro", test_to_and_fro);
  g_test_add_func ("/gst/worker/soon", test_soon);
  g_test_add_func ("/gst/worker/ticks", test_ticks);
  g_test_add_func ("/gst/worker/a watch taken away in its turn", test_unwatch);
  g_test_add_func ("/gst/worker/sources of others", test_guests);
  return g_test_run ();
}
