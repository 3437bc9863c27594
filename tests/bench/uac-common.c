/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "uac-common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

gint64
uac_read_clock (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000) + time.tv_nsec / 1000;
}

int
uac_open_socket (guint *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int room = 16 << 20;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, size) < 0 ||
      getsockname (fd, (struct sockaddr *) &address, &size) < 0) {
    perror ("uac: socket");
    exit (1);
  }
  /* Beyond the system's limit for those who may. */
  if (setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0) {
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  }
  *port = ntohs (address.sin_port);
  return fd;
}

void
uac_connect_socket (int fd, const char *target)
{
  g_auto (GStrv) parts = g_strsplit (target, ":", 2);
  struct sockaddr_in address = { .sin_family = AF_INET };

  if (g_strv_length (parts) != 2 || inet_pton (AF_INET, parts[0], &address.sin_addr) != 1) {
    fprintf (stderr, "uac: write --target as 127.0.0.1:5060\n");
    exit (2);
  }
  address.sin_port = htons ((guint16) atoi (parts[1]));
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0) {
    perror ("uac: connect");
    exit (1);
  }
}

void
uac_transmit (int fd, const char *text, int length)
{
  /* The queue of loopback is full: the retransmission will do. */
  if (send (fd, text, (size_t) length, 0) < 0 && errno != EAGAIN && errno != ENOBUFS &&
      errno != ECONNREFUSED) {
    perror ("uac: send");
    exit (1);
  }
}

/* For responses of servers that write the names of headers in full, and do not fold. */
const char *
uac_find_header (const char *from, const char *name, char *value, gsize size)
{
  gsize length = strlen (name);
  const char *at = strstr (from, "\r\n");

  for (; at != NULL && at[2] != '\r' && at[2] != '\0'; at = strstr (at + 2, "\r\n")) {
    const char *end;

    if (g_ascii_strncasecmp (at + 2, name, length) != 0 || at[2 + length] != ':') {
      continue;
    }
    at += 3 + length;
    at += strspn (at, " ");
    end = strstr (at, "\r\n");
    if (end == NULL || (gsize) (end - at) >= size) {
      return NULL;
    }
    memcpy (value, at, (gsize) (end - at));
    value[end - at] = '\0';
    return end;
  }
  return NULL;
}

static int
compare_times (const void *a, const void *b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

void
uac_sort_times (GArray *times)
{
  g_array_sort (times, compare_times);
}

gint64
uac_percentile (GArray *times, double share)
{
  return times->len == 0 ? 0
                         : g_array_index (times, gint64, (guint) (share * (times->len - 1)));
}
