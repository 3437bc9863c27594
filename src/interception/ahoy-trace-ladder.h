/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *ahoy_trace_make_ladder (GPtrArray *messages, guint forgotten);

G_END_DECLS
