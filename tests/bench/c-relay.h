/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <netinet/in.h>
#include <stdint.h>

void c_relay_run (int n_calls, const int *sockets, const struct sockaddr_in *peers)
    __attribute__ ((noreturn));
