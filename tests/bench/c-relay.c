/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "c-relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* One way: what comes on @from goes out by @to, with another header. */
typedef struct Leg {
  int fd;
  struct Leg *to;
  struct sockaddr_in peer;
  uint32_t ssrc;
  uint16_t sequence;
  uint32_t timestamp_offset;
} Leg;

static void
pass_on (Leg *leg)
{
  uint8_t data[2048];
  Leg *to = leg->to;
  ssize_t size = recv (leg->fd, data, sizeof data, MSG_DONTWAIT);
  uint32_t timestamp;

  if (size < 12) {
    return;
  }
  memcpy (&timestamp, data + 4, 4);
  timestamp = htonl (ntohl (timestamp) + to->timestamp_offset);
  data[2] = (uint8_t) (to->sequence >> 8);
  data[3] = (uint8_t) to->sequence;
  to->sequence++;
  memcpy (data + 4, &timestamp, 4);
  memcpy (data + 8, &to->ssrc, 4);
  sendto (to->fd, data, (size_t) size, MSG_DONTWAIT, (struct sockaddr *) &to->peer,
          sizeof to->peer);
}

/* The least that relaying of @n_calls can cost: two sockets of each in one epoll. */
void
c_relay_run (int n_calls, const int *sockets, const struct sockaddr_in *peers)
{
  Leg *legs = calloc ((size_t) n_calls * 2, sizeof *legs);
  int poller = epoll_create1 (EPOLL_CLOEXEC);

  for (int i = 0; i < n_calls * 2; i++) {
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = &legs[i] };

    legs[i] = (Leg){ .fd = sockets[i], .to = &legs[i ^ 1], .peer = peers[i],
                     .ssrc = (uint32_t) rand (), .timestamp_offset = (uint32_t) rand () };
    epoll_ctl (poller, EPOLL_CTL_ADD, sockets[i], &event);
  }
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait (poller, events, 64, -1);

    for (int i = 0; i < n; i++) {
      pass_on (events[i].data.ptr);
    }
  }
}
