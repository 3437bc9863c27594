/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *ahoy_trace_mask (GBytes *bytes);

G_END_DECLS
