/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "bench-load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "ahoy-gst-rtp-packet-private.h"

#define FRAME 160
#define FRAME_NS 20000000LL
#define MAGIC 0x41686f79u
#define LAST_WAIT_MS 200

/* What stands in the payload of a frame. */
typedef struct {
  guint32 magic;
  guint32 call;
  guint32 frame;
  gint64 sent_at; /* ns */
} Mark;

gint64
bench_now (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int
bench_open_socket (AhoyGstAddress *address)
{
  socklen_t size = sizeof *address;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int room = 4 << 20;
  int on = 1;

  ahoy_gst_address_parse (address, "127.0.0.1", 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  if (fd < 0 || bind (fd, &address->any, sizeof address->v4) < 0 ||
      getsockname (fd, &address->any, &size) < 0) {
    perror ("bench: socket");
    exit (1);
  }
  return fd;
}

void
bench_load_init (BenchLoad *self, int n_calls)
{
  memset (self, 0, sizeof *self);
  self->n_calls = n_calls;
  self->peers = g_new0 (AhoyGstAddress, n_calls);
  self->delays = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (int i = 0; i < BENCH_N_SOCKETS; i++) {
    self->fds[i] = bench_open_socket (&self->own[i]);
  }
}

void
bench_load_clear (BenchLoad *self)
{
  for (int i = 0; i < BENCH_N_SOCKETS; i++) {
    close (self->fds[i]);
  }
  g_array_unref (self->delays);
  g_free (self->peers);
  g_free (self->seen);
}

static void
send_one (BenchLoad *self, guint call, guint frame)
{
  guint8 data[AHOY_GST_RTP_HEADER + FRAME];
  AhoyGstRtpPacket packet = { .ssrc = 0x1000u + call, .sequence = (guint16) frame,
                              .timestamp = frame * FRAME };
  Mark mark = { MAGIC, call, frame, 0 };

  memset (data, 0xd5, sizeof data);
  ahoy_gst_rtp_packet_write_header (&packet, data);
  mark.sent_at = bench_now (CLOCK_REALTIME);
  memcpy (data + AHOY_GST_RTP_HEADER, &mark, sizeof mark);
  self->sent += sendto (self->fds[call % BENCH_N_SOCKETS], data, sizeof data, 0,
                        &self->peers[call].any, sizeof self->peers[call].v4) > 0;
}

/* When the kernel had the packet: how late we come to look does not count. */
static gint64
arrival_of (struct msghdr *message)
{
  for (struct cmsghdr *at = CMSG_FIRSTHDR (message); at != NULL; at = CMSG_NXTHDR (message, at)) {
    if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec stamp;

      memcpy (&stamp, CMSG_DATA (at), sizeof stamp);
      return stamp.tv_sec * 1000000000LL + stamp.tv_nsec;
    }
  }
  return bench_now (CLOCK_REALTIME);
}

/* Silence of the engine's own, before it had anything to echo, has no mark. */
static void
count (BenchLoad *self, const guint8 *data, gssize size, gint64 arrival)
{
  Mark mark;
  gsize bit;
  gint64 delay;

  if (size != AHOY_GST_RTP_HEADER + FRAME) {
    return;
  }
  memcpy (&mark, data + AHOY_GST_RTP_HEADER, sizeof mark);
  if (mark.magic != MAGIC || (int) mark.call >= self->n_calls || mark.frame >= self->n_frames) {
    return;
  }
  bit = (gsize) mark.call * self->n_frames + mark.frame;
  if ((self->seen[bit / 8] >> bit % 8 & 1) != 0) {
    self->twice++;
    return;
  }
  self->seen[bit / 8] |= (guint8) (1 << bit % 8);
  self->back++;
  delay = arrival - mark.sent_at;
  g_array_append_val (self->delays, delay);
}

static void
take_all (BenchLoad *self)
{
  for (int i = 0; i < BENCH_N_SOCKETS; i++) {
    for (;;) {
      guint8 data[2048];
      char control[256];
      struct iovec vector = { data, sizeof data };
      struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                                .msg_controllen = sizeof control };
      gssize size = recvmsg (self->fds[i], &message, MSG_DONTWAIT);

      if (size < 0) {
        break;
      }
      count (self, data, size, arrival_of (&message));
    }
  }
}

static void
sleep_until (gint64 due)
{
  struct timespec until = { due / 1000000000LL, due % 1000000000LL };

  clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* Calls send their frames evenly spread over the 20 ms. */
void
bench_load_run (BenchLoad *self, double seconds)
{
  gint64 begin = bench_now (CLOCK_MONOTONIC);
  gint64 n;

  self->n_frames = (gsize) (seconds * 50);
  self->seen = g_malloc0 (self->n_frames * (gsize) self->n_calls / 8 + 1);
  n = (gint64) self->n_frames * self->n_calls;
  for (gint64 i = 0; i < n; i++) {
    gint64 due = begin + i * FRAME_NS / self->n_calls;

    while (bench_now (CLOCK_MONOTONIC) < due) {
      take_all (self);
      sleep_until (due);
    }
    send_one (self, (guint) (i % self->n_calls), (guint) (i / self->n_calls));
  }
  for (int i = 0; i < LAST_WAIT_MS / 10 && self->back < self->sent; i++) {
    sleep_until (bench_now (CLOCK_MONOTONIC) + 10000000);
    take_all (self);
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 difference = *(const gint64 *) a - *(const gint64 *) b;

  return difference < 0 ? -1 : difference > 0;
}

/* The delay that a share of the packets does not exceed. */
double
bench_load_get_delay (BenchLoad *self, double share)
{
  guint at;

  if (self->delays->len == 0) {
    return 0;
  }
  g_array_sort (self->delays, compare);
  at = MIN ((guint) (self->delays->len * share), self->delays->len - 1);
  return (double) g_array_index (self->delays, gint64, at) / 1e6;
}

void
bench_echo_in_plain_c (int poller)
{
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait (poller, events, 64, -1);

    for (int i = 0; i < n; i++) {
      guint8 data[2048];
      AhoyGstAddress from;
      socklen_t size = sizeof from;
      ssize_t length =
          recvfrom (events[i].data.fd, data, sizeof data, MSG_DONTWAIT, &from.any, &size);

      if (length > 0) {
        sendto (events[i].data.fd, data, (size_t) length, MSG_DONTWAIT, &from.any, size);
      }
    }
  }
}
