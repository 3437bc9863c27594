/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-address-private.h"

G_BEGIN_DECLS

#define BENCH_N_SOCKETS 8

/* Sends frames of G.711 for many calls and takes what comes back. */
typedef struct {
  int n_calls;
  int fds[BENCH_N_SOCKETS];
  AhoyGstAddress own[BENCH_N_SOCKETS];
  AhoyGstAddress *peers; /* of each call */
  guint64 sent;
  guint64 back;     /* that were sent, each counted once */
  guint64 twice;
  GArray *delays;   /* ns, gint64: from sendto() until the kernel had the echo */
  guint8 *seen;     /* a bit for each frame of each call */
  gsize n_frames;
} BenchLoad;

void bench_load_init (BenchLoad *self, int n_calls);
void bench_load_clear (BenchLoad *self);
void bench_load_run (BenchLoad *self, double seconds);
double bench_load_get_delay (BenchLoad *self, double share); /* in ms */
int bench_open_socket (AhoyGstAddress *address);
gint64 bench_now (clockid_t clock);
/* Sends back what comes on the sockets of an epoll descriptor: the least that an echo can cost. */
void bench_echo_in_plain_c (int poller) G_GNUC_NORETURN;

G_END_DECLS
