/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

/* What uac and uac-digest share: one UDP socket, the heads of responses, and times. In µs. */

gint64 uac_read_clock (void);
/* A socket on a port of loopback that the kernel chooses, with much room for what comes. */
int uac_open_socket (guint *port);
/* @target: 127.0.0.1:5060. It ends the program when that cannot be used. */
void uac_connect_socket (int fd, const char *target);
void uac_transmit (int fd, const char *text, int length);
/* The value of the header at @from or after it, and where it ends; NULL: there is none. */
const char *uac_find_header (const char *from, const char *name, char *value, gsize size);
void uac_sort_times (GArray *times);
gint64 uac_percentile (GArray *times, double share);
