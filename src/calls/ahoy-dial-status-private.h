/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which of two refusals tells the caller more (RFC 3261 §16.7), and what it is told. */
gboolean ahoy_dial_status_is_better (guint status, guint than);
guint ahoy_dial_status_for_caller (guint status);

G_END_DECLS
