/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-worker-private.h"

#include <glib-unix.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

/*
 * A thread that carries media. It runs a GMainContext with one source: an epoll descriptor on which
 * all sockets, the tick and the hand-over hang. A source per socket would cost a walk over all of
 * them at each turn.
 *
 * While there is no other source in the context, what the context waits with is the loop over the
 * epoll descriptor itself, on which then hangs what wakes the context too. A turn of the context
 * for each packet would cost half as much again as the packet.
 *
 * Nothing that runs here may block.
 */

#define MAX_EVENTS 64
#define MAX_CATCH_UP 20 /* slots that are made up for after a stall: 100 ms */
#define STALL 4         /* slots after which sound may have suffered: 20 ms */
#define LINGER 4        /* slots that the timer goes on for without a tick: 20 ms */

struct _AhoyGstWatch {
  AhoyGstWatchFunc func; /* NULL: taken away while a turn runs */
  gpointer data;
  int fd;
  guint slots; /* of a tick: bit i is slot i */
};

struct _AhoyGstWorker {
  guint index;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  AhoyGstHandOver *inbox;
  int epoll;
  int timer;
  int waker;      /* what wakes the context; -1 before it is known */
  gboolean woken; /* while the context waits */
  guint stalls;   /* atomic; how often a tick came so late that sound may have suffered */
  int ticking;    /* atomic; the timer runs: the inbox is looked into at each slot */

  /* of the worker's thread */
  gint64 now;
  guint slot;
  guint n_ticks;
  guint idle_slots; /* since there was a tick */
  GPtrArray *ticks[AHOY_GST_TICK_SLOTS]; /* AhoyGstWatch, not owned */
  GPtrArray *dead;                       /* AhoyGstWatch, to be freed after the turn */
  AhoyGstWatch inbox_watch;
  AhoyGstWatch timer_watch;
  AhoyGstWatch waker_watch;
};

/* The worker of this thread: what a context waits with gets no data of its own. */
static _Thread_local AhoyGstWorker *current;

static void
add_to_epoll (AhoyGstWorker *self, AhoyGstWatch *watch)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

  if (epoll_ctl (self->epoll, EPOLL_CTL_ADD, watch->fd, &event) < 0) {
    g_warning ("Media worker %u cannot watch descriptor %d: %s", self->index, watch->fd,
               g_strerror (errno));
  }
}

static void
on_inbox (gpointer data, gint64 now)
{
  AhoyGstWorker *self = data;

  ahoy_gst_hand_over_run (self->inbox);
}

static void
run_slot (AhoyGstWorker *self, guint slot)
{
  GPtrArray *ticks = self->ticks[slot];

  /* A tick may add ticks, behind it, and take away any: that leaves a hole. */
  for (guint i = 0; i < ticks->len; i++) {
    AhoyGstWatch *tick = ticks->pdata[i];

    if (tick != NULL && tick->func != NULL) {
      tick->func (tick->data, self->now);
    }
  }
  for (guint i = ticks->len; i > 0; i--) {
    if (ticks->pdata[i - 1] == NULL) {
      g_ptr_array_remove_index_fast (ticks, i - 1);
    }
  }
}

static void
set_timer (AhoyGstWorker *self, gboolean on)
{
  const long slot = on ? AHOY_GST_TICK_SLOT_US * 1000 : 0;
  struct itimerspec spec = { .it_interval.tv_nsec = slot, .it_value.tv_nsec = slot };

  self->idle_slots = 0;
  timerfd_settime (self->timer, 0, &spec, NULL);
  g_atomic_int_set (&self->ticking, on);
}

/* Where calls come and go, the next tick is not far. */
static void
rest (AhoyGstWorker *self)
{
  if (self->n_ticks > 0) {
    self->idle_slots = 0;
  } else if (++self->idle_slots >= LINGER) {
    set_timer (self, FALSE);
    /* Who pushed until now may have counted on the timer. */
    ahoy_gst_hand_over_run (self->inbox);
  }
}

static void
on_timer (gpointer data, gint64 now)
{
  AhoyGstWorker *self = data;
  guint64 expirations = 0;

  if (read (self->timer, &expirations, sizeof expirations) < 0) {
    return;
  }
  if (expirations > STALL) {
    g_atomic_int_inc (&self->stalls);
  }
  for (guint64 i = 0; i < MIN (expirations, MAX_CATCH_UP); i++) {
    self->slot = (self->slot + 1) % AHOY_GST_TICK_SLOTS;
    run_slot (self, self->slot);
  }
  rest (self);
}

/* One look at all sockets; how many had something, or -1. */
static int
turn (AhoyGstWorker *self, int timeout)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->epoll, events, MAX_EVENTS, timeout);

  self->now = g_get_monotonic_time ();
  /* What was asked for before a packet came holds for that packet. */
  if (n > 0 && ahoy_gst_hand_over_has_any (self->inbox)) {
    ahoy_gst_hand_over_run (self->inbox);
  }
  for (int i = 0; i < n; i++) {
    AhoyGstWatch *watch = events[i].data.ptr;

    if (watch->func != NULL) {
      watch->func (watch->data, self->now);
    }
  }
  g_ptr_array_set_size (self->dead, 0);
  return n;
}

static gboolean
on_epoll (int fd, GIOCondition condition, gpointer user_data)
{
  turn (user_data, 0);
  return G_SOURCE_CONTINUE;
}

static void
on_woken (gpointer data, gint64 now)
{
  AhoyGstWorker *self = data;

  self->woken = TRUE;
}

/* The descriptor besides ours, when there are two; NULL when there are other sources. */
static GPollFD *
find_waker (AhoyGstWorker *self, GPollFD *fds, guint n_fds)
{
  if (n_fds != 2) {
    return NULL;
  }
  return fds[0].fd == self->epoll ? &fds[1] : fds[1].fd == self->epoll ? &fds[0] : NULL;
}

static void
watch_waker (AhoyGstWorker *self, int fd)
{
  if (self->waker == fd) {
    return;
  }
  if (self->waker >= 0) {
    epoll_ctl (self->epoll, EPOLL_CTL_DEL, self->waker, NULL);
  }
  self->waker = fd;
  self->waker_watch = (AhoyGstWatch){ .func = on_woken, .data = self, .fd = fd };
  add_to_epoll (self, &self->waker_watch);
}

/* What the context waits with: returns when the context has something to do. */
static int
wait_turns (GPollFD *fds, guint n_fds, int timeout)
{
  AhoyGstWorker *self = current;
  GPollFD *waker = find_waker (self, fds, n_fds);
  int n;

  if (waker == NULL) {
    return g_poll (fds, n_fds, timeout);
  }
  watch_waker (self, waker->fd);
  self->woken = FALSE;
  do {
    n = turn (self, timeout);
  } while (timeout < 0 && !self->woken && (n >= 0 || errno == EINTR));
  fds[0].revents = fds[1].revents = 0;
  if (self->woken) {
    waker->revents = G_IO_IN;
  }
  return self->woken ? 1 : 0;
}

static gpointer
run (gpointer data)
{
  AhoyGstWorker *self = data;

  current = self;
  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

AhoyGstWorker *
ahoy_gst_worker_new (guint index)
{
  AhoyGstWorker *self = g_new0 (AhoyGstWorker, 1);
  g_autofree char *name = g_strdup_printf ("ahoy-media-%u", index);
  g_autoptr (GSource) source = NULL;

  self->index = index;
  self->waker = -1;
  self->context = g_main_context_new ();
  g_main_context_set_poll_func (self->context, wait_turns);
  self->loop = g_main_loop_new (self->context, FALSE);
  self->inbox = ahoy_gst_hand_over_new ();
  self->dead = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < AHOY_GST_TICK_SLOTS; i++) {
    self->ticks[i] = g_ptr_array_new ();
  }
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->timer = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->epoll < 0 || self->timer < 0) {
    g_critical ("Media worker %u has no descriptors: %s; raise the limit of open files", index,
                g_strerror (errno));
  }
  self->inbox_watch = (AhoyGstWatch){ .func = on_inbox, .data = self,
                                      .fd = ahoy_gst_hand_over_get_fd (self->inbox) };
  self->timer_watch = (AhoyGstWatch){ .func = on_timer, .data = self, .fd = self->timer };
  add_to_epoll (self, &self->inbox_watch);
  add_to_epoll (self, &self->timer_watch);
  source = g_unix_fd_source_new (self->epoll, G_IO_IN);
  g_source_set_static_name (source, "ahoy-gst-worker");
  g_source_set_callback (source, G_SOURCE_FUNC (on_epoll), self, NULL);
  g_source_attach (source, self->context);
  self->thread = g_thread_new (name, run, self);
  return self;
}

static void
quit (gpointer data)
{
  AhoyGstWorker *self = data;

  g_main_loop_quit (self->loop);
}

/* Waits for the thread; what was handed over before still runs in it. Workers that hand over to
 * each other are all stopped before the first one is freed. */
void
ahoy_gst_worker_stop (AhoyGstWorker *self)
{
  if (self->thread != NULL) {
    ahoy_gst_worker_push (self, quit, self);
    g_thread_join (g_steal_pointer (&self->thread));
  }
}

void
ahoy_gst_worker_free (AhoyGstWorker *self)
{
  ahoy_gst_worker_stop (self);
  ahoy_gst_hand_over_free (self->inbox);
  for (guint i = 0; i < AHOY_GST_TICK_SLOTS; i++) {
    g_ptr_array_unref (self->ticks[i]);
  }
  g_ptr_array_unref (self->dead);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  close (self->timer);
  close (self->epoll);
  g_free (self);
}

guint
ahoy_gst_worker_get_index (AhoyGstWorker *self)
{
  return self->index;
}

/* How often the machine was so busy with others that a tick came late. */
guint
ahoy_gst_worker_get_stalls (AhoyGstWorker *self)
{
  return (guint) g_atomic_int_get (&self->stalls);
}

/* Runs a function in the worker's thread, after what was pushed before. */
void
ahoy_gst_worker_push (AhoyGstWorker *self, AhoyGstFunc func, gpointer data)
{
  ahoy_gst_hand_over_push (self->inbox, func, data);
}

/* The same, which may wait for the next slot of 5 ms where the worker looks then anyway. */
void
ahoy_gst_worker_push_soon (AhoyGstWorker *self, AhoyGstFunc func, gpointer data)
{
  ahoy_gst_hand_over_add (self->inbox, func, data);
  if (!g_atomic_int_get (&self->ticking)) {
    ahoy_gst_hand_over_wake (self->inbox);
  }
}

/* The time of this turn, in µs of the monotonic clock. */
gint64
ahoy_gst_worker_get_now (AhoyGstWorker *self)
{
  return self->now;
}

/* Calls @func whenever @fd can be read, until it is unwatched; @fd stays the caller's. */
AhoyGstWatch *
ahoy_gst_worker_watch (AhoyGstWorker *self, int fd, AhoyGstWatchFunc func, gpointer data)
{
  AhoyGstWatch *watch = g_new0 (AhoyGstWatch, 1);

  watch->func = func;
  watch->data = data;
  watch->fd = fd;
  add_to_epoll (self, watch);
  return watch;
}

/* An event of this turn may still name the watch: it is freed after the turn. */
static void
bury (AhoyGstWorker *self, AhoyGstWatch *watch)
{
  watch->func = NULL;
  g_ptr_array_add (self->dead, watch);
}

void
ahoy_gst_worker_unwatch (AhoyGstWorker *self, AhoyGstWatch *watch)
{
  epoll_ctl (self->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  bury (self, watch);
}

static guint
emptiest_slot (AhoyGstWorker *self)
{
  guint best = 0;

  for (guint i = 1; i < AHOY_GST_TICK_SLOTS; i++) {
    if (self->ticks[i]->len < self->ticks[best]->len) {
      best = i;
    }
  }
  return best;
}

/* Calls @func 1, 2 or 4 times in a turn of 20 ms. Ticks are spread over the slots of the turn, so
 * that not all streams send at once. The timer runs while there is a tick, and a while longer. */
AhoyGstWatch *
ahoy_gst_worker_add_tick (AhoyGstWorker *self, guint per_turn, AhoyGstWatchFunc func, gpointer data)
{
  AhoyGstWatch *tick = g_new0 (AhoyGstWatch, 1);
  guint step = AHOY_GST_TICK_SLOTS / CLAMP (per_turn, 1, AHOY_GST_TICK_SLOTS);

  tick->func = func;
  tick->data = data;
  tick->fd = -1;
  for (guint i = emptiest_slot (self) % step; i < AHOY_GST_TICK_SLOTS; i += step) {
    tick->slots |= 1u << i;
    g_ptr_array_add (self->ticks[i], tick);
  }
  if (self->n_ticks++ == 0 && !g_atomic_int_get (&self->ticking)) {
    set_timer (self, TRUE);
  }
  return tick;
}

void
ahoy_gst_worker_remove_tick (AhoyGstWorker *self, AhoyGstWatch *tick)
{
  for (guint i = 0; i < AHOY_GST_TICK_SLOTS; i++) {
    guint at;

    if ((tick->slots & (1u << i)) != 0 && g_ptr_array_find (self->ticks[i], tick, &at)) {
      self->ticks[i]->pdata[at] = NULL;
    }
  }
  bury (self, tick);
  self->n_ticks--;
}
