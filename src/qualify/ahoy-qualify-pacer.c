/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-qualify-pacer-private.h"

/*
 * Two queues: of those that wait for their turn, and of those whose answer is awaited. Time is cut
 * into gaps; within one no more are asked than the pace allows, and the loop is woken no more than
 * once for them. Who could not be asked in time comes first in the next gap, and counts from then.
 */
struct _AhoyQualifyPacer {
  AhoyScheduler *scheduler;
  const AhoyQualifyPacerFuncs *funcs;
  gpointer user_data;
  gint64 gap; /* in µs */
  guint peers;

  GSequence *waiting; /* AhoyQualifyItem by due */
  GSequence *asked;   /* AhoyQualifyItem by the time that the patience ends */
  guint64 timer;
  gint64 timer_due;
  gboolean running; /* the timer's function: it sets the timer at its end */
  gboolean dead;    /* freed within it */
  gint64 gate; /* when the next gap begins */
  guint left;  /* how many more may be asked before the gate */
  gint64 lag;
};

#define JITTER 20 /* an interval is longer or shorter by up to one part in so many */

static int
compare_due (gconstpointer one, gconstpointer other, gpointer user_data)
{
  const AhoyQualifyItem *a = one;
  const AhoyQualifyItem *b = other;

  return a->due < b->due ? -1 : a->due > b->due;
}

static int
compare_end (gconstpointer one, gconstpointer other, gpointer user_data)
{
  const AhoyQualifyItem *a = one;
  const AhoyQualifyItem *b = other;
  gint64 first = a->due + a->patience;
  gint64 second = b->due + b->patience;

  return first < second ? -1 : first > second;
}

static AhoyQualifyItem *
first_of (GSequence *queue)
{
  GSequenceIter *first = g_sequence_get_begin_iter (queue);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

static gint64
random_within (gint64 span)
{
  return span > 0 ? (gint64) (g_random_double () * (double) span) : 0;
}

static void on_timer (gpointer user_data);

static void
set_timer (AhoyQualifyPacer *self)
{
  const AhoyQualifyItem *next = first_of (self->waiting);
  const AhoyQualifyItem *end = first_of (self->asked);
  gint64 now = ahoy_scheduler_get_now (self->scheduler);
  gint64 due = G_MAXINT64;

  if (self->running) {
    return;
  }
  if (next != NULL) {
    due = self->left == 0 ? MAX (next->due, self->gate) : next->due;
  }
  if (end != NULL) {
    due = MIN (due, end->due + end->patience);
  }
  if (due == self->timer_due) {
    return;
  }
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
  self->timer_due = due;
  if (due != G_MAXINT64) {
    self->timer = ahoy_scheduler_add (self->scheduler, "qualify", MAX (due - now, 0), on_timer,
                                      self, NULL);
  }
}

static void
wait_for_turn (AhoyQualifyPacer *self, AhoyQualifyItem *item, gint64 due)
{
  item->asked = FALSE;
  item->due = due;
  item->place = g_sequence_insert_sorted (self->waiting, item, compare_due, NULL);
}

/* The next turn is counted from this one, so that those that are spread stay so. */
static gint64
next_turn (AhoyQualifyItem *item)
{
  gint64 jitter = item->interval / JITTER;

  return item->due + item->interval - jitter + random_within (2 * jitter);
}

static void
give_up_late (AhoyQualifyPacer *self, gint64 now)
{
  AhoyQualifyItem *item;

  while (!self->dead && (item = first_of (self->asked)) != NULL &&
         item->due + item->patience <= now) {
    g_sequence_remove (item->place);
    wait_for_turn (self, item, MAX (next_turn (item), now));
    self->funcs->give_up (item, self->user_data);
  }
}

static void
ask_due (AhoyQualifyPacer *self, gint64 now)
{
  AhoyQualifyItem *item;

  if (now >= self->gate) {
    self->gate = now + self->gap;
    self->left = self->peers;
  }
  while (!self->dead && self->left > 0 && (item = first_of (self->waiting)) != NULL &&
         item->due <= now) {
    self->left--;
    self->lag = now - item->due;
    g_sequence_remove (item->place);
    item->due = now;
    item->asked = TRUE;
    item->place = g_sequence_insert_sorted (self->asked, item, compare_end, NULL);
    self->funcs->ask (item, self->user_data);
  }
  if (now < self->gate && first_of (self->waiting) != NULL) {
    /* What comes before the gate waits for it: one wake-up for all of a gap. */
    self->left = first_of (self->waiting)->due < self->gate ? 0 : self->left;
  }
}

static void
on_timer (gpointer user_data)
{
  AhoyQualifyPacer *self = user_data;
  gint64 now = ahoy_scheduler_get_now (self->scheduler);

  self->timer = 0;
  self->timer_due = 0;
  self->running = TRUE;
  give_up_late (self, now);
  ask_due (self, now);
  self->running = FALSE;
  if (self->dead) {
    ahoy_qualify_pacer_free (self);
    return;
  }
  set_timer (self);
}

AhoyQualifyPacer *
ahoy_qualify_pacer_new (AhoyScheduler *scheduler, const AhoyQualifyPacerFuncs *funcs,
                        gpointer user_data)
{
  AhoyQualifyPacer *self = g_new0 (AhoyQualifyPacer, 1);

  self->scheduler = g_object_ref (scheduler);
  self->funcs = funcs;
  self->user_data = user_data;
  self->waiting = g_sequence_new (NULL);
  self->asked = g_sequence_new (NULL);
  self->timer_due = G_MAXINT64;
  ahoy_qualify_pacer_set_pace (self, 100 * G_TIME_SPAN_MILLISECOND, 50);
  return self;
}

/* The items are their owner's, who has removed them. */
void
ahoy_qualify_pacer_free (AhoyQualifyPacer *self)
{
  if (self->running) {
    self->dead = TRUE;
    return;
  }
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  g_sequence_free (self->waiting);
  g_sequence_free (self->asked);
  g_object_unref (self->scheduler);
  g_free (self);
}

/* At most @peers are asked in @gap µs. */
void
ahoy_qualify_pacer_set_pace (AhoyQualifyPacer *self, gint64 gap, guint peers)
{
  self->gap = MAX (gap, 1000);
  self->peers = MAX (peers, 1);
  self->left = MIN (self->left, self->peers);
  set_timer (self);
}

/* Begins to ask an item whose interval and patience are set: the first time at some moment within
 * @within µs. */
void
ahoy_qualify_pacer_add (AhoyQualifyPacer *self, AhoyQualifyItem *item, gint64 within)
{
  wait_for_turn (self, item, ahoy_scheduler_get_now (self->scheduler) + random_within (within));
  set_timer (self);
}

void
ahoy_qualify_pacer_remove (AhoyQualifyPacer *self, AhoyQualifyItem *item)
{
  g_clear_pointer (&item->place, g_sequence_remove);
  item->asked = FALSE;
  set_timer (self);
}

/* Another interval or patience: the next turn is at some moment of the new interval. */
void
ahoy_qualify_pacer_change (AhoyQualifyPacer *self, AhoyQualifyItem *item, gint64 interval,
                           gint64 patience)
{
  g_sequence_remove (item->place);
  item->patience = patience;
  if (item->asked) {
    item->interval = interval;
    item->place = g_sequence_insert_sorted (self->asked, item, compare_end, NULL);
  } else if (item->interval == interval) {
    wait_for_turn (self, item, item->due);
  } else {
    item->interval = interval;
    wait_for_turn (self, item, ahoy_scheduler_get_now (self->scheduler) + random_within (interval));
  }
  set_timer (self);
}

/* It is asked as soon as the pace allows. One that is being asked already is not asked twice. */
void
ahoy_qualify_pacer_hurry (AhoyQualifyPacer *self, AhoyQualifyItem *item)
{
  if (!item->asked) {
    g_sequence_remove (item->place);
    wait_for_turn (self, item, ahoy_scheduler_get_now (self->scheduler));
    set_timer (self);
  }
}

/* An answer came, whatever it says: it waits for its next turn. */
void
ahoy_qualify_pacer_answered (AhoyQualifyPacer *self, AhoyQualifyItem *item)
{
  if (item->asked) {
    g_sequence_remove (item->place);
    wait_for_turn (self, item,
                   MAX (next_turn (item), ahoy_scheduler_get_now (self->scheduler)));
    set_timer (self);
  }
}

guint
ahoy_qualify_pacer_get_n_items (AhoyQualifyPacer *self)
{
  return (guint) (g_sequence_get_length (self->waiting) + g_sequence_get_length (self->asked));
}

/* How late the last one was asked, in µs: more than a gap or two means that the pace is too slow
 * for all of them. */
gint64
ahoy_qualify_pacer_get_lag (AhoyQualifyPacer *self)
{
  return self->lag;
}
