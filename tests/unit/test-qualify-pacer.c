/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#include <time.h>

#include "ahoy-qualify-pacer-private.h"

/* How many are asked when, on a clock that is turned by hand. */

#define SECOND G_TIME_SPAN_SECOND
#define GAP (100 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  AhoyScheduler *scheduler;
  AhoyQualifyPacer *pacer;
  gboolean silent;   /* nobody answers */
  guint n_asked;
  guint n_given_up;
} Room;

typedef struct {
  AhoyQualifyItem item;
  guint n_asked;
  guint n_given_up;
  gint64 asked_at;
  gint64 shortest; /* between two turns */
  gint64 longest;
} Peer;

static void
ask (AhoyQualifyItem *item, gpointer user_data)
{
  Room *room = user_data;
  Peer *peer = (Peer *) item;
  gint64 now = ahoy_scheduler_get_now (room->scheduler);

  g_assert_true (item->asked);
  if (peer->n_asked > 0) {
    gint64 distance = now - peer->asked_at;

    peer->shortest = peer->shortest == 0 ? distance : MIN (peer->shortest, distance);
    peer->longest = MAX (peer->longest, distance);
  }
  peer->n_asked++;
  peer->asked_at = now;
  room->n_asked++;
  if (!room->silent) {
    ahoy_qualify_pacer_answered (room->pacer, item);
    g_assert_false (item->asked);
  }
}

static void
give_up (AhoyQualifyItem *item, gpointer user_data)
{
  Room *room = user_data;
  Peer *peer = (Peer *) item;

  g_assert_false (item->asked);
  g_assert_cmpint (ahoy_scheduler_get_now (room->scheduler) - peer->asked_at, >=, item->patience);
  peer->n_given_up++;
  room->n_given_up++;
}

static const AhoyQualifyPacerFuncs funcs = { .ask = ask, .give_up = give_up };

static void
room_init (Room *room)
{
  *room = (Room){ .scheduler = ahoy_scheduler_new_virtual () };
  room->pacer = ahoy_qualify_pacer_new (room->scheduler, &funcs, room);
}

static void
room_clear (Room *room)
{
  ahoy_qualify_pacer_free (room->pacer);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (room->scheduler), ==, 0);
  g_object_unref (room->scheduler);
}

static Peer *
make_peers (Room *room, guint n, gint64 interval, gint64 patience, gint64 within)
{
  Peer *peers = g_new0 (Peer, n);

  for (guint i = 0; i < n; i++) {
    peers[i].item.interval = interval;
    peers[i].item.patience = patience;
    ahoy_qualify_pacer_add (room->pacer, &peers[i].item, within);
  }
  return peers;
}

static void
remove_peers (Room *room, Peer *peers, guint n)
{
  for (guint i = 0; i < n; i++) {
    ahoy_qualify_pacer_remove (room->pacer, &peers[i].item);
  }
  g_assert_cmpuint (ahoy_qualify_pacer_get_n_items (room->pacer), ==, 0);
  g_free (peers);
}

/* 10 000 contacts each minute: 167 per second, evenly, never more than the pace allows. */
static void
test_spread (void)
{
  const guint n = 10000;
  clock_t before = clock ();
  guint most = 0;
  guint busy = 0;
  Room room;
  Peer *peers;

  room_init (&room);
  ahoy_qualify_pacer_set_pace (room.pacer, GAP, 50);
  peers = make_peers (&room, n, 60 * SECOND, 3 * SECOND, 60 * SECOND);
  g_assert_cmpuint (room.n_asked, ==, 0);
  g_assert_cmpuint (ahoy_scheduler_get_n_jobs (room.scheduler), ==, 1);
  for (guint i = 0; i < 601; i++) {
    guint asked = room.n_asked;

    ahoy_scheduler_advance (room.scheduler, GAP);
    most = MAX (most, room.n_asked - asked);
    busy += room.n_asked - asked >= 5;
  }
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (peers[i].n_asked, >=, 1);
    g_assert_cmpuint (peers[i].n_asked, <=, 2);
  }
  /* 16.7 are due per gap: a crowd of 50 or a row of empty gaps is no spread. */
  g_assert_cmpuint (most, <=, 50);
  g_assert_cmpuint (busy, >, 570);
  g_assert_cmpint (ahoy_qualify_pacer_get_lag (room.pacer), <=, 2 * GAP);

  /* Ten more minutes: the distance stays what it is, within its jitter. */
  ahoy_scheduler_advance (room.scheduler, 600 * SECOND);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (peers[i].n_asked, >=, 10);
    g_assert_cmpint (peers[i].shortest, >=, 57 * SECOND - GAP);
    g_assert_cmpint (peers[i].longest, <=, 63 * SECOND + 2 * GAP);
  }
  g_test_message ("%u turns of %u contacts cost %.0f ns each", room.n_asked, n,
                  (double) (clock () - before) * (1e9 / CLOCKS_PER_SEC) / room.n_asked);
  remove_peers (&room, peers, n);
  room_clear (&room);
}

/* All at once, as after a restart without a spread: the pace holds, and each gets its turn. */
static void
test_pace (void)
{
  Room room;
  Peer *peers;

  room_init (&room);
  ahoy_qualify_pacer_set_pace (room.pacer, GAP, 3);
  peers = make_peers (&room, 100, 60 * SECOND, 3 * SECOND, 0);
  ahoy_scheduler_advance (room.scheduler, 0);
  g_assert_cmpuint (room.n_asked, ==, 3);
  for (guint i = 1; i <= 33; i++) {
    ahoy_scheduler_advance (room.scheduler, GAP - 1);
    g_assert_cmpuint (room.n_asked, ==, 3 * i);
    ahoy_scheduler_advance (room.scheduler, 1);
    g_assert_cmpuint (room.n_asked, ==, MIN (3 * (i + 1), 100));
  }
  for (guint i = 0; i < 100; i++) {
    g_assert_cmpuint (peers[i].n_asked, ==, 1);
  }
  remove_peers (&room, peers, 100);
  room_clear (&room);
}

/* More contacts than the pace can serve: none is forgotten, and the lag tells it. */
static void
test_too_many (void)
{
  Room room;
  Peer *peers;

  room_init (&room);
  ahoy_qualify_pacer_set_pace (room.pacer, GAP, 1);
  peers = make_peers (&room, 100, 5 * SECOND, 3 * SECOND, 5 * SECOND);
  ahoy_scheduler_advance (room.scheduler, 60 * SECOND);
  g_assert_cmpuint (room.n_asked, >=, 590);
  g_assert_cmpuint (room.n_asked, <=, 601);
  for (guint i = 0; i < 100; i++) {
    g_assert_cmpuint (peers[i].n_asked, >=, 5);
  }
  g_assert_cmpint (ahoy_qualify_pacer_get_lag (room.pacer), >, SECOND);
  remove_peers (&room, peers, 100);
  room_clear (&room);
}

/* Nobody answers: each is given up after its own patience, and asked again at its interval. */
static void
test_patience (void)
{
  Room room;
  Peer *slow;
  Peer *fast;

  room_init (&room);
  room.silent = TRUE;
  slow = make_peers (&room, 1, 10 * SECOND, 3 * SECOND, 0);
  fast = make_peers (&room, 1, 10 * SECOND, SECOND, 0);
  ahoy_scheduler_advance (room.scheduler, GAP);
  g_assert_true (slow->item.asked && fast->item.asked);
  ahoy_scheduler_advance (room.scheduler, SECOND);
  g_assert_cmpuint (fast->n_given_up, ==, 1);
  g_assert_cmpuint (slow->n_given_up, ==, 0);
  ahoy_scheduler_advance (room.scheduler, 2 * SECOND);
  g_assert_cmpuint (slow->n_given_up, ==, 1);
  ahoy_scheduler_advance (room.scheduler, 8 * SECOND);
  g_assert_cmpuint (slow->n_asked, ==, 2);
  g_assert_cmpuint (fast->n_asked, ==, 2);
  /* A patience longer than the interval: one question at a time. */
  ahoy_qualify_pacer_change (room.pacer, &slow->item, SECOND, 5 * SECOND);
  ahoy_scheduler_advance (room.scheduler, 60 * SECOND);
  g_assert_cmpuint (slow->n_asked, <=, 2 + 60 / 5 + 1);
  g_assert_cmpuint (slow->n_asked, >=, 2 + 60 / 5 - 2);
  ahoy_qualify_pacer_remove (room.pacer, &slow->item);
  g_assert_cmpuint (ahoy_qualify_pacer_get_n_items (room.pacer), ==, 1);
  ahoy_scheduler_advance (room.scheduler, 60 * SECOND);
  g_assert_cmpuint (slow->n_asked, <=, 2 + 60 / 5 + 1);
  remove_peers (&room, fast, 1);
  g_free (slow);
  room_clear (&room);
}

/* On demand: soon, but once, and within the pace. */
static void
test_hurry (void)
{
  Room room;
  Peer *peers;

  room_init (&room);
  room.silent = TRUE;
  peers = make_peers (&room, 2, 3600 * SECOND, 3 * SECOND, 0);
  ahoy_scheduler_advance (room.scheduler, 0);
  g_assert_cmpuint (room.n_asked, ==, 2);
  ahoy_qualify_pacer_hurry (room.pacer, &peers[0].item);
  ahoy_scheduler_advance (room.scheduler, GAP);
  g_assert_cmpuint (room.n_asked, ==, 2); /* it is being asked */
  ahoy_qualify_pacer_answered (room.pacer, &peers[0].item);
  ahoy_qualify_pacer_answered (room.pacer, &peers[0].item); /* a second answer changes nothing */
  ahoy_qualify_pacer_hurry (room.pacer, &peers[0].item);
  ahoy_scheduler_advance (room.scheduler, GAP);
  g_assert_cmpuint (room.n_asked, ==, 3);
  remove_peers (&room, peers, 2);
  room_clear (&room);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qualify/pacer/contacts-are-spread-over-the-interval", test_spread);
  g_test_add_func ("/qualify/pacer/no-more-are-asked-than-the-pace-allows", test_pace);
  g_test_add_func ("/qualify/pacer/too-many-are-late-and-none-is-forgotten", test_too_many);
  g_test_add_func ("/qualify/pacer/silence-ends-with-the-patience", test_patience);
  g_test_add_func ("/qualify/pacer/one-can-be-asked-now", test_hurry);
  return g_test_run ();
}
