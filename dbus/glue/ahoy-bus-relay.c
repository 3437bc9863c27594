/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-relay.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Carries the messages of a GDBusConnection to the bus and back, whole ones with their descriptors,
 * in a thread of its own; and lets others send whole messages in between.
 *
 * The authentication in front of the first message is passed on byte by byte.
 */
#define HEAD_SIZE 16
#define MAX_MESSAGE (128u << 20) /* D-Bus specification, “Message Format” */
#define MAX_FDS 253              /* Linux: SCM_MAX_FD */
#define PATIENCE 2000            /* ms, for a bus that does not read what is left at the end */

typedef enum { READ_MORE, READ_MESSAGE, READ_CLOSED } ReadResult;

typedef struct {
  int from;
  GByteArray *bytes; /* of the message that is read */
  GArray *fds;
} Pump;

struct _AhoyBusRelay {
  GThread *thread;
  int bus;
  int local;
  int wake;
  Pump out;
  Pump in;
  char last[8]; /* the end of what the client said while it authenticates */
  gboolean authenticated;

  GMutex lock;
  gboolean over;       /* guarded by the lock */
  GByteArray *waiting; /* guarded by the lock: what the bus did not take yet */
};

static void
close_fds (GArray *fds)
{
  for (guint i = 0; i < fds->len; i++) {
    close (g_array_index (fds, int, i));
  }
  g_array_set_size (fds, 0);
}

static void
pump_init (Pump *self, int from)
{
  self->from = from;
  self->bytes = g_byte_array_new ();
  self->fds = g_array_new (FALSE, FALSE, sizeof (int));
}

static void
pump_clear (Pump *self)
{
  close_fds (self->fds);
  g_array_unref (self->fds);
  g_byte_array_unref (self->bytes);
}

static void
pump_reset (Pump *self)
{
  g_byte_array_set_size (self->bytes, 0);
  close_fds (self->fds);
}

static guint32
read_number (const guint8 *data, guint at, gboolean little)
{
  guint32 number;

  memcpy (&number, data + at, sizeof number);
  return little ? GUINT32_FROM_LE (number) : GUINT32_FROM_BE (number);
}

/* How long the message is, of which the head is there; 0 when it is none. */
static guint64
measure_message (const guint8 *head)
{
  gboolean little = head[0] == 'l';
  guint64 size = HEAD_SIZE + (((guint64) read_number (head, 12, little) + 7) & ~(guint64) 7) +
                 read_number (head, 4, little);

  return (little || head[0] == 'B') && size <= MAX_MESSAGE ? size : 0;
}

static void
take_fds (Pump *self, struct msghdr *message)
{
  for (struct cmsghdr *at = CMSG_FIRSTHDR (message); at != NULL; at = CMSG_NXTHDR (message, at)) {
    if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS) {
      g_array_append_vals (self->fds, CMSG_DATA (at),
                           (guint) ((at->cmsg_len - CMSG_LEN (0)) / sizeof (int)));
    }
  }
}

/* Never reads beyond the end of a message, so that descriptors stay with theirs. */
static ReadResult
pump_read (Pump *self, gboolean authenticated)
{
  union {
    struct cmsghdr align;
    char room[CMSG_SPACE (MAX_FDS * sizeof (int))];
  } control;
  gsize have = self->bytes->len;
  gsize wanted = !authenticated ? 1 : have < HEAD_SIZE ? HEAD_SIZE
                                                       : measure_message (self->bytes->data);
  struct iovec vector;
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.room,
                            .msg_controllen = sizeof control.room };
  ssize_t size;

  if (wanted < have || wanted == 0) {
    return READ_CLOSED;
  }
  g_byte_array_set_size (self->bytes, (guint) wanted);
  vector.iov_base = self->bytes->data + have;
  vector.iov_len = wanted - have;
  size = recvmsg (self->from, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  g_byte_array_set_size (self->bytes, (guint) (have + (gsize) MAX (size, 0)));
  if (size < 0) {
    return errno == EAGAIN || errno == EINTR ? READ_MORE : READ_CLOSED;
  }
  take_fds (self, &message);
  if (size == 0) {
    return READ_CLOSED;
  }
  if (!authenticated) {
    return READ_MESSAGE;
  }
  return self->bytes->len >= HEAD_SIZE &&
                 self->bytes->len == measure_message (self->bytes->data)
             ? READ_MESSAGE
             : READ_MORE;
}

/* Returns how much was taken, -1 when the other end is gone. */
static gssize
transmit (int to, gconstpointer data, gsize size, GArray *fds, int flags)
{
  union {
    struct cmsghdr align;
    char room[CMSG_SPACE (MAX_FDS * sizeof (int))];
  } control = { 0 };
  struct iovec vector = { (void *) data, size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  ssize_t sent;

  if (fds != NULL && fds->len > 0) {
    gsize length = MIN (fds->len, MAX_FDS) * sizeof (int);
    struct cmsghdr *head;

    message.msg_control = control.room;
    message.msg_controllen = CMSG_SPACE (length);
    head = CMSG_FIRSTHDR (&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN (length);
    memcpy (CMSG_DATA (head), fds->data, length);
  }
  do {
    sent = sendmsg (to, &message, flags | MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    return errno == EAGAIN ? 0 : -1;
  }
  if (fds != NULL) {
    close_fds (fds);
  }
  return sent;
}

/* With the lock held. FALSE when the bus is gone. */
static gboolean
flush_waiting (AhoyBusRelay *self)
{
  gssize sent;

  if (self->waiting->len == 0) {
    return TRUE;
  }
  sent = transmit (self->bus, self->waiting->data, self->waiting->len, NULL, MSG_DONTWAIT);
  if (sent < 0) {
    return FALSE;
  }
  if (sent > 0) {
    g_byte_array_remove_range (self->waiting, 0, (guint) sent);
  }
  return TRUE;
}

/* With the lock held: what the bus does not take now waits. */
static gboolean
send_locked (AhoyBusRelay *self, gconstpointer data, gsize size, GArray *fds)
{
  gssize sent = 0;

  if (self->waiting->len == 0) {
    sent = transmit (self->bus, data, size, fds, MSG_DONTWAIT);
  }
  if (sent >= 0 && (gsize) sent < size) {
    g_byte_array_append (self->waiting, (const guint8 *) data + sent,
                         (guint) (size - (gsize) sent));
  }
  return sent >= 0;
}

/* Waits until the bus has taken what waits. */
static gboolean
drain (AhoyBusRelay *self, int patience)
{
  struct pollfd ready = { .fd = self->bus, .events = POLLOUT };

  for (;;) {
    gboolean alive;
    gboolean empty;

    g_mutex_lock (&self->lock);
    alive = flush_waiting (self);
    empty = self->waiting->len == 0;
    g_mutex_unlock (&self->lock);
    if (!alive || empty) {
      return alive;
    }
    if (poll (&ready, 1, patience) == 0) {
      return FALSE;
    }
  }
}

/* Descriptors travel with the first byte of their message: it has to be sent by itself. */
static gboolean
forward_out (AhoyBusRelay *self)
{
  gboolean alive;

  for (;;) {
    g_mutex_lock (&self->lock);
    if (self->waiting->len == 0 || self->out.fds->len == 0) {
      alive = send_locked (self, self->out.bytes->data, self->out.bytes->len, self->out.fds);
      if (!alive || self->out.fds->len == 0) {
        g_mutex_unlock (&self->lock);
        return alive;
      }
      /* The bus took nothing: not even the first byte left. */
      g_byte_array_set_size (self->waiting, 0);
    }
    g_mutex_unlock (&self->lock);
    if (poll (&(struct pollfd){ .fd = self->bus, .events = POLLOUT }, 1, -1) < 0 ||
        !drain (self, -1)) {
      return FALSE;
    }
  }
}

static gboolean
pump_out (AhoyBusRelay *self)
{
  ReadResult result = pump_read (&self->out, self->authenticated);

  if (result != READ_MESSAGE) {
    return result == READ_MORE;
  }
  if (!self->authenticated) {
    memmove (self->last, self->last + 1, sizeof self->last - 1);
    self->last[sizeof self->last - 2] = (char) self->out.bytes->data[0];
    self->authenticated = memcmp (self->last, "BEGIN\r\n", 7) == 0;
  }
  if (!forward_out (self)) {
    return FALSE;
  }
  pump_reset (&self->out);
  return TRUE;
}

/* GDBus always reads; to wait for it is to wait for its thread. */
static gboolean
pump_in (AhoyBusRelay *self)
{
  ReadResult result = pump_read (&self->in, self->authenticated);
  gsize done = 0;

  if (result != READ_MESSAGE) {
    return result == READ_MORE;
  }
  while (done < self->in.bytes->len) {
    gssize sent = transmit (self->local, self->in.bytes->data + done, self->in.bytes->len - done,
                            self->in.fds, 0);

    if (sent < 0) {
      return FALSE;
    }
    done += (gsize) sent;
  }
  pump_reset (&self->in);
  return TRUE;
}

static gboolean
turn (AhoyBusRelay *self)
{
  struct pollfd ready[3] = { { .fd = self->bus, .events = POLLIN },
                             { .fd = self->local, .events = POLLIN },
                             { .fd = self->wake, .events = POLLIN } };
  guint64 count;
  gboolean alive;

  g_mutex_lock (&self->lock);
  alive = !self->over && flush_waiting (self);
  if (self->waiting->len > 0) {
    /* What GDBus wants to send has to wait too. */
    ready[0].events |= POLLOUT;
    ready[1].fd = -1;
  }
  g_mutex_unlock (&self->lock);
  if (!alive) {
    return FALSE;
  }
  if (poll (ready, G_N_ELEMENTS (ready), -1) < 0) {
    return errno == EINTR;
  }
  if (ready[2].revents != 0 && read (self->wake, &count, sizeof count) < 0 && errno != EAGAIN) {
    return FALSE;
  }
  return ((ready[0].revents & ~POLLOUT) == 0 || pump_in (self)) &&
         (ready[1].revents == 0 || pump_out (self));
}

static gpointer
run (gpointer user_data)
{
  AhoyBusRelay *self = user_data;

  while (turn (self)) {
  }
  drain (self, PATIENCE);
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_mutex_unlock (&self->lock);
  shutdown (self->bus, SHUT_RDWR);
  shutdown (self->local, SHUT_RDWR);
  return NULL;
}

/* Takes the descriptors: @bus of the connection to the bus, @local of the one to GDBus. */
AhoyBusRelay *
ahoy_bus_relay_new (int bus, int local)
{
  AhoyBusRelay *self = g_new0 (AhoyBusRelay, 1);

  self->bus = bus;
  self->local = local;
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->waiting = g_byte_array_new ();
  pump_init (&self->out, local);
  pump_init (&self->in, bus);
  g_mutex_init (&self->lock);
  self->thread = g_thread_new ("ahoy-bus", run, self);
  return self;
}

static void
wake_up (AhoyBusRelay *self)
{
  const guint64 one = 1;

  if (write (self->wake, &one, sizeof one) < 0) {
    g_debug ("The thread of the bus is awake already");
  }
}

/* Sends whole messages, after what was sent before. Any thread may do that. */
void
ahoy_bus_relay_send (AhoyBusRelay *self, gconstpointer data, gsize size)
{
  gboolean left = FALSE;

  g_mutex_lock (&self->lock);
  if (!self->over) {
    left = !send_locked (self, data, size, NULL) || self->waiting->len > 0;
  }
  g_mutex_unlock (&self->lock);
  if (left) {
    wake_up (self);
  }
}

/* Waits until everything that GDBus sent has left; its end of the connection is closed before. */
void
ahoy_bus_relay_free (AhoyBusRelay *self)
{
  g_thread_join (self->thread);
  pump_clear (&self->out);
  pump_clear (&self->in);
  g_byte_array_unref (self->waiting);
  g_mutex_clear (&self->lock);
  close (self->bus);
  close (self->local);
  close (self->wake);
  g_free (self);
}
