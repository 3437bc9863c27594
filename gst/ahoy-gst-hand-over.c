/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-hand-over-private.h"

#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * Hands functions from any thread to one: a list that grows at its head by compare and swap, taken
 * whole by the receiver, and an eventfd that wakes it. No lock is held, nobody waits.
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
  Item *ready; /* of the receiver: taken and not run yet, oldest first */
  int fd;
};

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

static void
wake (AhoyGstHandOver *self)
{
  const guint64 one = 1;

  /* The counter cannot be full, and a receiver that is awake looks again: nothing to do then. */
  if (write (self->fd, &one, sizeof one) < 0 && errno != EAGAIN) {
    g_warning ("A media worker cannot be woken: %s", g_strerror (errno));
  }
}

/* From any thread. Only who finds the list empty wakes the receiver. */
void
ahoy_gst_hand_over_push (AhoyGstHandOver *self, AhoyGstFunc func, gpointer data)
{
  Item *item = g_new (Item, 1);
  Item *head;

  item->func = func;
  item->data = data;
  do {
    head = g_atomic_pointer_get (&self->head);
    item->next = head;
  } while (!g_atomic_pointer_compare_and_exchange (&self->head, head, item));
  if (head == NULL) {
    wake (self);
  }
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
  if (read (self->fd, &count, sizeof count) < 0 && errno != EAGAIN) {
    g_warning ("A media worker cannot read what woke it: %s", g_strerror (errno));
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

static gboolean
on_ready (int fd, GIOCondition condition, gpointer user_data)
{
  ahoy_gst_hand_over_run (user_data);
  return G_SOURCE_CONTINUE;
}

/* A source that receives in a main context. */
GSource *
ahoy_gst_hand_over_create_source (AhoyGstHandOver *self)
{
  GSource *source = g_unix_fd_source_new (self->fd, G_IO_IN);

  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), self, NULL);
  /* A source that may not recurse is taken out of the poll set around each dispatch, which wakes
   * the context once more; ahoy_gst_hand_over_run() may be called while it runs. */
  g_source_set_can_recurse (source, TRUE);
  g_source_set_static_name (source, "ahoy-gst-hand-over");
  return source;
}
