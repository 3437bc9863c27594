/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-hand-over-private.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * Hands functions from any thread to one: a list that grows at its head by compare and swap, taken
 * whole by the receiver, and an eventfd that wakes it. No lock is held, nobody waits.
 *
 * Waking a thread costs more than most of what is handed over. Who knows that the receiver looks
 * soon anyway adds without waking.
 *
 * Not g_main_context_invoke(): its futexes are invisible to ThreadSanitizer, and each call of it
 * makes a source.
 */

typedef struct _Item Item;

struct _Item {
  Item *next;
  AhoyGstFunc func;
  gpointer data;
};

struct _AhoyGstHandOver {
  Item *head;  /* atomic; newest first */
  int waking;  /* atomic; a Waking */
  Item *ready; /* of the receiver: taken and not run yet, oldest first */
  guint n_expected; /* of the receiver */
  int fd;
};

/* A descriptor that is written after it was read would stay readable, so the receiver reads only
 * what was written for certain. */
typedef enum {
  ASLEEP,
  BEING_WOKEN, /* somebody is about to write */
  WOKEN,       /* it is written */
} Waking;

typedef struct {
  GSource source;
  AhoyGstHandOver *hand_over;
  gpointer tag;
} HandOverSource;

#define EXPECTED_MS 20

/* Never fails: without a descriptor nothing of a media engine can work, and GLib ends then too. */
AhoyGstHandOver *
ahoy_gst_hand_over_new (void)
{
  AhoyGstHandOver *self = g_new0 (AhoyGstHandOver, 1);

  self->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->fd < 0) {
    g_critical ("No eventfd for a media worker: %s; raise the limit of open files",
                g_strerror (errno));
  }
  return self;
}

/* Runs what is left, so that nothing that was handed over is lost. */
void
ahoy_gst_hand_over_free (AhoyGstHandOver *self)
{
  ahoy_gst_hand_over_run (self);
  if (self->fd >= 0) {
    close (self->fd);
  }
  g_free (self);
}

/* From any thread: the receiver looks now. */
void
ahoy_gst_hand_over_wake (AhoyGstHandOver *self)
{
  const guint64 one = 1;

  if (!g_atomic_int_compare_and_exchange (&self->waking, ASLEEP, BEING_WOKEN)) {
    return;
  }
  /* The counter cannot be full, and a receiver that is awake looks again: nothing to do then. */
  if (write (self->fd, &one, sizeof one) < 0 && errno != EAGAIN) {
    g_warning ("A media worker cannot be woken: %s", g_strerror (errno));
  }
  g_atomic_int_set (&self->waking, WOKEN);
}

/* From any thread, to a receiver that looks soon. */
void
ahoy_gst_hand_over_add (AhoyGstHandOver *self, AhoyGstFunc func, gpointer data)
{
  Item *item = g_new (Item, 1);
  Item *head;

  item->func = func;
  item->data = data;
  do {
    head = g_atomic_pointer_get (&self->head);
    item->next = head;
  } while (!g_atomic_pointer_compare_and_exchange (&self->head, head, item));
}

/* From any thread, to a receiver that is woken, once until it takes what there is. */
void
ahoy_gst_hand_over_push (AhoyGstHandOver *self, AhoyGstFunc func, gpointer data)
{
  ahoy_gst_hand_over_add (self, func, data);
  ahoy_gst_hand_over_wake (self);
}

static Item *
reverse (Item *item)
{
  Item *reversed = NULL;

  while (item != NULL) {
    Item *next = item->next;

    item->next = reversed;
    reversed = item;
    item = next;
  }
  return reversed;
}

static void
take (AhoyGstHandOver *self)
{
  Item **end = &self->ready;

  while (*end != NULL) {
    end = &(*end)->next;
  }
  *end = reverse (g_atomic_pointer_exchange (&self->head, NULL));
}

/*
 * In the receiving thread: runs what was handed over until now, oldest first. A function that runs
 * may call this again: the rest is run there then, in order.
 */
guint
ahoy_gst_hand_over_run (AhoyGstHandOver *self)
{
  guint64 count;
  guint n = 0;

  /* The order matters: what is pushed after it is taken wakes us again. */
  if (g_atomic_int_get (&self->waking) == WOKEN) {
    if (read (self->fd, &count, sizeof count) < 0 && errno != EAGAIN) {
      g_warning ("A media worker cannot read what woke it: %s", g_strerror (errno));
    }
    g_atomic_int_set (&self->waking, ASLEEP);
  }
  for (take (self); self->ready != NULL; n++) {
    g_autofree Item *item = self->ready;

    self->ready = item->next;
    item->func (item->data);
  }
  return n;
}

int
ahoy_gst_hand_over_get_fd (AhoyGstHandOver *self)
{
  return self->fd;
}

/* In the receiving thread: so many more functions (or fewer) will be added without waking. While
 * there are any, the source looks every 20 ms at least. */
void
ahoy_gst_hand_over_expect (AhoyGstHandOver *self, int difference)
{
  self->n_expected += (guint) difference;
}

/* In the receiving thread: whether there is something to run. */
gboolean
ahoy_gst_hand_over_has_any (AhoyGstHandOver *self)
{
  return self->ready != NULL || g_atomic_pointer_get (&self->head) != NULL;
}

static gboolean
source_prepare (GSource *source, int *timeout)
{
  AhoyGstHandOver *self = ((HandOverSource *) source)->hand_over;

  *timeout = self->n_expected > 0 ? EXPECTED_MS : -1;
  return ahoy_gst_hand_over_has_any (self);
}

static gboolean
source_check (GSource *source)
{
  HandOverSource *self = (HandOverSource *) source;

  return g_source_query_unix_fd (source, self->tag) != 0 ||
         ahoy_gst_hand_over_has_any (self->hand_over);
}

static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ahoy_gst_hand_over_run (((HandOverSource *) source)->hand_over);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_check,
  .dispatch = source_dispatch,
};

/* A source that receives in a main context. */
GSource *
ahoy_gst_hand_over_create_source (AhoyGstHandOver *self)
{
  GSource *source = g_source_new (&source_funcs, sizeof (HandOverSource));

  ((HandOverSource *) source)->hand_over = self;
  ((HandOverSource *) source)->tag = g_source_add_unix_fd (source, self->fd, G_IO_IN);
  /* A source that may not recurse is taken out of the poll set around each dispatch, which wakes
   * the context once more; ahoy_gst_hand_over_run() may be called while it runs. */
  g_source_set_can_recurse (source, TRUE);
  g_source_set_static_name (source, "ahoy-gst-hand-over");
  return source;
}
