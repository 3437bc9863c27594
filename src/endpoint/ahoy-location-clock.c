/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <time.h>

#include "ahoy-location-private.h"

/* One timer for all contacts, however many there are: a heap of addresses of record by when their
 * first contact expires. */

#define NOT_THERE G_MAXUINT
/* The clocks are looked at this often, in µs, also when no contact expires. */
#define INTERVAL (60 * G_USEC_PER_SEC)
/* And not more often than this. */
#define SHORTEST_INTERVAL G_USEC_PER_SEC
/* What two readings of clocks may differ by, and what daemons of the network make of a clock. */
#define TOLERANCE (2 * G_USEC_PER_SEC)

static gint64
get_boot_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_BOOTTIME, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static const AhoyLocationTimes machine = { g_get_real_time, get_boot_time, g_get_monotonic_time };

void
ahoy_location_clock_set_times (AhoyLocationClock *self, const AhoyLocationTimes *times)
{
  self->times = times;
  self->real_offset = times->get_real () - times->get_boot ();
  self->sleep = times->get_boot () - times->get_monotonic ();
}

gint64
ahoy_location_clock_get_real (AhoyLocationClock *self)
{
  return self->times->get_real ();
}

gboolean
ahoy_location_clock_check (AhoyLocationClock *self, gint64 *slept, gint64 *stepped)
{
  gint64 boot = self->times->get_boot ();

  if (boot - self->checked < SHORTEST_INTERVAL) {
    return FALSE;
  }
  self->checked = boot;
  *stepped = self->times->get_real () - boot - self->real_offset;
  *slept = boot - self->times->get_monotonic () - self->sleep;
  if (ABS (*stepped) < TOLERANCE) {
    *stepped = 0;
  }
  if (*slept < TOLERANCE) {
    *slept = 0;
  }
  self->real_offset += *stepped;
  self->sleep += *slept;
  return *stepped != 0 || *slept != 0;
}

void
ahoy_location_clock_init (AhoyLocationClock *self, AhoyScheduler *scheduler,
                          AhoySchedulerFunc expire, gpointer user_data)
{
  self->scheduler = g_object_ref (scheduler);
  self->heap = g_ptr_array_new ();
  self->expire = expire;
  self->user_data = user_data;
  ahoy_location_clock_set_times (self, &machine);
}

void
ahoy_location_clock_clear (AhoyLocationClock *self)
{
  if (self->job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->job);
    self->job = 0;
  }
  g_clear_pointer (&self->heap, g_ptr_array_unref);
  g_clear_object (&self->scheduler);
}

gint64
ahoy_location_clock_get_now (AhoyLocationClock *self)
{
  return ahoy_scheduler_get_now (self->scheduler);
}

static gint64
get_due (AhoyLocationClock *self, guint index)
{
  return ((AhoyLocationEntry *) self->heap->pdata[index])->due;
}

static void
place (AhoyLocationClock *self, guint index, AhoyLocationEntry *entry)
{
  self->heap->pdata[index] = entry;
  entry->heap_index = index;
}

static void
sift_up (AhoyLocationClock *self, guint index)
{
  AhoyLocationEntry *entry = self->heap->pdata[index];

  while (index > 0 && entry->due < get_due (self, (index - 1) / 2)) {
    place (self, index, self->heap->pdata[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  place (self, index, entry);
}

static void
sift_down (AhoyLocationClock *self, guint index)
{
  AhoyLocationEntry *entry = self->heap->pdata[index];

  for (;;) {
    guint child = 2 * index + 1;

    if (child + 1 < self->heap->len && get_due (self, child + 1) < get_due (self, child)) {
      child++;
    }
    if (child >= self->heap->len || get_due (self, child) >= entry->due) {
      break;
    }
    place (self, index, self->heap->pdata[child]);
    index = child;
  }
  place (self, index, entry);
}

static void
take_out (AhoyLocationClock *self, AhoyLocationEntry *entry)
{
  guint index = entry->heap_index;
  AhoyLocationEntry *last = g_ptr_array_steal_index (self->heap, self->heap->len - 1);

  entry->heap_index = NOT_THERE;
  if (last != entry) {
    place (self, index, last);
    sift_up (self, index);
    sift_down (self, last->heap_index);
  }
}

static void
on_due (gpointer user_data)
{
  AhoyLocationClock *self = user_data;

  self->job = 0;
  self->expire (self->user_data);
}

/* The job of the first entry; one that comes too early is left, as it does not hurt. */
void
ahoy_location_clock_plan (AhoyLocationClock *self)
{
  gint64 now = ahoy_scheduler_get_now (self->scheduler);
  gint64 due = self->heap->len > 0 ? MIN (get_due (self, 0), now + INTERVAL) : G_MAXINT64;

  if (self->job != 0 && self->job_due <= due && self->heap->len > 0) {
    return;
  }
  if (self->job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->job);
    self->job = 0;
  }
  if (self->heap->len > 0) {
    self->job_due = due;
    self->job = ahoy_scheduler_add (self->scheduler, "contacts", due - now, on_due, self, NULL);
  }
}

void
ahoy_location_clock_update (AhoyLocationClock *self, AhoyLocationEntry *entry)
{
  gint64 due = G_MAXINT64;

  /* What is under way looks at the clock when it is over. */
  for (guint i = 0; i < entry->n_slots && !entry->busy; i++) {
    due = MIN (due, entry->slots[i].due);
  }
  entry->due = due;
  if (due == G_MAXINT64) {
    if (entry->heap_index != NOT_THERE) {
      take_out (self, entry);
    }
  } else if (entry->heap_index == NOT_THERE) {
    g_ptr_array_add (self->heap, entry);
    sift_up (self, self->heap->len - 1);
  } else {
    sift_up (self, entry->heap_index);
    sift_down (self, entry->heap_index);
  }
  ahoy_location_clock_plan (self);
}

AhoyLocationEntry *
ahoy_location_clock_peek_due (AhoyLocationClock *self)
{
  return self->heap->len > 0 && get_due (self, 0) <= ahoy_scheduler_get_now (self->scheduler)
             ? self->heap->pdata[0]
             : NULL;
}
