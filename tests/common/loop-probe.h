/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How long the main loop of the default context is away from its poll, in processor time of its
 * thread: what others take on a busy machine does not count. That is what everything else waits.
 */
void loop_probe_start (void);
/* The longest turn since the last call, in microseconds. */
gint64 loop_probe_take_longest (void);

G_END_DECLS
