/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-root-source-private.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

/* Descriptors above this are not looked at: the root is made early, its descriptor is a low one. */
#define HIGHEST_DESCRIPTOR 65536

typedef struct {
  GSource source;
  su_root_t *root;
  gpointer tag;
  gint64 due;     /* monotonic time of the next Sofia timer; G_MAXINT64 for none */
  gboolean fresh; /* su_root_step() ran since anything else did in this context */
  gboolean busy;  /* inside su_root_step(): a nested main loop leaves SIP alone */
} RootSource;

/* A root of this thread is about to catch up with what other code did. The others step in the same
 * turn: else two roots would take each other's catching up for the work of other code, and turn the
 * main loop for ever. */
static __thread gboolean catching_up;

/* The root whose messages are being read at this moment. */
static __thread su_root_t *current;

static int
on_probe (void *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
  return 0;
}

/*
 * Finds the epoll descriptor behind @root without guessing: an eventfd is registered with the root,
 * and every descriptor is asked to modify it. Only the epoll instance that watches the probe can;
 * others answer ENOENT, and what is no epoll instance answers EINVAL or EBADF. Nothing is changed
 * by the question.
 */
static int
find_epoll (su_root_t *root)
{
  su_wait_t wait[1] = { SU_WAIT_INIT };
  struct rlimit limit = { 0 };
  int found = -1;
  int probe = eventfd (0, EFD_CLOEXEC);
  int index;
  int last;

  if (probe < 0) {
    return -1;
  }
  if (su_wait_create (wait, probe, SU_WAIT_IN) < 0 ||
      (index = su_root_register (root, wait, on_probe, NULL, 0)) <= 0) {
    close (probe);
    return -1;
  }

  getrlimit (RLIMIT_NOFILE, &limit);
  last = (int) MIN (limit.rlim_cur, HIGHEST_DESCRIPTOR);
  for (int fd = 0; found < 0 && fd < last; fd++) {
    struct epoll_event event = { .events = EPOLLIN, .data = { .u64 = (guint64) index } };

    if (fd != probe && epoll_ctl (fd, EPOLL_CTL_MOD, probe, &event) == 0) {
      found = fd;
    }
  }

  su_root_deregister (root, index);
  close (probe);
  return found;
}

static gboolean
root_source_prepare (GSource *source, int *timeout)
{
  RootSource *self = (RootSource *) source;
  gint64 left;

  *timeout = -1;
  if (self->busy) {
    return FALSE;
  }

  /* Timers that other code armed, and messages that the stack sent to itself, do not wake the epoll
   * descriptor: the root has to step once after anything else ran, or an INVITE sent from a timeout
   * is never retransmitted. */
  left = self->due == G_MAXINT64 ? G_MAXINT64 : self->due - g_get_monotonic_time ();
  catching_up = catching_up || !self->fresh;
  if (catching_up || left <= 0) {
    return TRUE;
  }

  self->fresh = FALSE;
  if (left != G_MAXINT64) {
    *timeout = (int) MIN ((left + 999) / 1000, G_MAXINT);
  }
  return FALSE;
}

static gboolean
root_source_check (GSource *source)
{
  RootSource *self = (RootSource *) source;

  if (self->busy) {
    return FALSE;
  }
  return g_source_query_unix_fd (source, self->tag) != 0 || self->due <= g_get_monotonic_time ();
}

static gboolean
root_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  RootSource *self = (RootSource *) source;
  su_root_t *outer = current;
  su_duration_t next;

  catching_up = FALSE;
  self->busy = TRUE;
  current = self->root;
  next = su_root_step (self->root, 0);
  if (next == 0) {
    next = su_root_step (self->root, 0); /* what it sent to itself */
  }
  self->busy = FALSE;
  current = outer;

  /* Still 0: a timer is due within the next millisecond. Asking until then would keep a processor
   * busy wherever a transaction ends each millisecond. */
  self->due =
      next < 0 ? G_MAXINT64 : g_get_monotonic_time () + (gint64) MAX (next, 1) * 1000;
  self->fresh = TRUE;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs root_source_funcs = {
  .prepare = root_source_prepare,
  .check = root_source_check,
  .dispatch = root_source_dispatch,
};

static gboolean
init_bridged (AhoyRoot *self, GMainContext *context)
{
  RootSource *source;
  int epoll_fd;

  self->root = su_root_create (NULL);
  if (self->root == NULL) {
    return FALSE;
  }
  epoll_fd = find_epoll (self->root);
  if (epoll_fd < 0) {
    su_root_destroy (g_steal_pointer (&self->root));
    return FALSE;
  }

  su_root_threading (self->root, 0);
  self->source = g_source_new (&root_source_funcs, sizeof (RootSource));
  source = (RootSource *) self->source;
  source->root = self->root;
  source->due = 0;
  source->tag = g_source_add_unix_fd (self->source, epoll_fd, G_IO_IN);
  /* A source that may not recurse is taken out of the poll set around each dispatch, and each step
   * of that wakes the context once more. The busy flag does the same without a price. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_name (self->source, "ahoy-sip");
  g_source_attach (self->source, context);
  self->bridged = TRUE;
  return TRUE;
}

static gboolean
init_fallback (AhoyRoot *self, GMainContext *context)
{
  self->root = su_glib_root_create (NULL);
  if (self->root == NULL) {
    return FALSE;
  }
  su_root_threading (self->root, 0);
  self->source = g_source_ref (su_glib_root_gsource (self->root));
  g_source_attach (self->source, context);
  self->bridged = FALSE;
  g_warning ("The epoll descriptor of Sofia-SIP was not found; each turn of the main loop now "
             "costs time in proportion to the open connections");
  return TRUE;
}

/* Makes the root and attaches it to @context. FALSE when Sofia cannot make one (no memory, no
 * descriptors). */
gboolean
ahoy_root_init (AhoyRoot *self, GMainContext *context)
{
  return init_bridged (self, context) || init_fallback (self, context);
}

su_root_t *
ahoy_root_get_current (void)
{
  return current;
}

void
ahoy_root_clear (AhoyRoot *self)
{
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_clear_pointer (&self->source, g_source_unref);
  }
  g_clear_pointer (&self->root, su_root_destroy);
}
