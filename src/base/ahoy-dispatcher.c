/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-dispatcher.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ahoy-census.h"

/**
 * AhoyDispatcher:
 *
 * Runs functions in the thread that owns a main context, whichever thread asks for it: one source,
 * however many ask.
 *
 * It is made in the thread that it runs functions in, and its last reference is dropped there.
 *
 * Since: 0.1
 */

/*
 * Not g_main_context_invoke(): ThreadSanitizer cannot see the locks of an uninstrumented GLib, and
 * would report each hand-over. Here it is one atomic list, pushed by anybody and taken whole by the
 * owner, and an eventfd that wakes the owner when the list was empty.
 */
typedef struct _Item Item;

struct _Item {
  Item *next;
  AhoyTaskFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
};

struct _AhoyDispatcher {
  GObject parent_instance;

  GThread *thread;
  GSource *source;
  int fd;
  _Atomic (Item *) newest;
};

typedef struct {
  GSource source;
  AhoyDispatcher *dispatcher; /* not a reference: the dispatcher destroys the source */
  gpointer tag;
} DispatcherSource;

G_DEFINE_FINAL_TYPE (AhoyDispatcher, ahoy_dispatcher, G_TYPE_OBJECT)

/* All items there are, the oldest first. */
static Item *
take_items (AhoyDispatcher *self)
{
  Item *item = atomic_exchange_explicit (&self->newest, NULL, memory_order_acquire);
  Item *oldest = NULL;

  while (item != NULL) {
    Item *older = item->next;

    item->next = oldest;
    oldest = item;
    item = older;
  }
  return oldest;
}

static void
run_items (AhoyDispatcher *self, gboolean run)
{
  Item *item = take_items (self);

  while (item != NULL) {
    g_autofree Item *done = item;

    item = item->next;
    if (run) {
      done->func (done->user_data);
    }
    if (done->destroy != NULL) {
      done->destroy (done->user_data);
    }
  }
}

static void
wake (AhoyDispatcher *self)
{
  const guint64 one = 1;

  while (write (self->fd, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

static gboolean
dispatcher_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (AhoyDispatcher) self = g_object_ref (((DispatcherSource *) source)->dispatcher);
  guint64 count;

  /* First the descriptor, then the list: what comes between is woken for once more. */
  while (read (self->fd, &count, sizeof count) < 0 && errno == EINTR) {
  }
  run_items (self, TRUE);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs dispatcher_source_funcs = { .dispatch = dispatcher_source_dispatch };

static void
ahoy_dispatcher_dispose (GObject *object)
{
  AhoyDispatcher *self = AHOY_DISPATCHER (object);

  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_clear_pointer (&self->source, g_source_unref);
  }
  run_items (self, FALSE);
  G_OBJECT_CLASS (ahoy_dispatcher_parent_class)->dispose (object);
}

static void
ahoy_dispatcher_finalize (GObject *object)
{
  AhoyDispatcher *self = AHOY_DISPATCHER (object);

  run_items (self, FALSE);
  if (self->fd >= 0) {
    close (self->fd);
  }
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_dispatcher_parent_class)->finalize (object);
}

static void
ahoy_dispatcher_class_init (AhoyDispatcherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_dispatcher_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_dispatcher_finalize;
}

static void
ahoy_dispatcher_init (AhoyDispatcher *self)
{
  self->thread = g_thread_self ();
  self->fd = -1;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_dispatcher_new:
 * @context: (nullable): the context that functions run in, of the calling thread; %NULL for the
 *   default one
 *
 * Returns: (transfer full): a new dispatcher
 *
 * Since: 0.1
 */
AhoyDispatcher *
ahoy_dispatcher_new (GMainContext *context)
{
  AhoyDispatcher *self = g_object_new (AHOY_TYPE_DISPATCHER, NULL);
  DispatcherSource *source;

  self->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->source = g_source_new (&dispatcher_source_funcs, sizeof (DispatcherSource));
  source = (DispatcherSource *) self->source;
  source->dispatcher = self;
  if (self->fd < 0) {
    g_critical ("There is no descriptor left for a dispatcher; work of other threads stands still "
                "until the limit of open files is raised");
  } else {
    source->tag = g_source_add_unix_fd (self->source, self->fd, G_IO_IN);
  }
  g_source_set_name (self->source, "ahoy-dispatcher");
  g_source_attach (self->source, context);
  return self;
}

/**
 * ahoy_dispatcher_push:
 * @self: a dispatcher
 * @func: (scope notified) (closure user_data) (destroy destroy): what to run
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data in the owner's thread when @func returned, or, when
 *   the dispatcher goes before, instead of it
 *
 * Runs a function in the owner's thread, in one of the next turns of its loop, after what was
 * pushed before. Any thread may call this; it never blocks.
 *
 * Since: 0.1
 */
void
ahoy_dispatcher_push (AhoyDispatcher *self, AhoyTaskFunc func, gpointer user_data,
                      GDestroyNotify destroy)
{
  Item *item;
  Item *older;

  g_return_if_fail (AHOY_IS_DISPATCHER (self));
  g_return_if_fail (func != NULL);

  item = g_new (Item, 1);
  item->func = func;
  item->user_data = user_data;
  item->destroy = destroy;
  older = atomic_load_explicit (&self->newest, memory_order_relaxed);
  do {
    item->next = older;
  } while (!atomic_compare_exchange_weak_explicit (&self->newest, &older, item,
                                                   memory_order_release, memory_order_relaxed));
  /* From here on the item may be gone already. */
  if (older == NULL) {
    wake (self);
  }
}

/**
 * ahoy_dispatcher_is_owner:
 * @self: a dispatcher
 *
 * Returns: whether the calling thread is the one that functions run in
 *
 * Since: 0.1
 */
gboolean
ahoy_dispatcher_is_owner (AhoyDispatcher *self)
{
  g_return_val_if_fail (AHOY_IS_DISPATCHER (self), FALSE);

  return self->thread == g_thread_self ();
}
