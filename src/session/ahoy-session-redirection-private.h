/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The Contact of a redirection to @targets, and its status; NULL with the reason for none. */
char *ahoy_session_make_redirection (const char *const *targets, guint *status, GError **error);
/* Whether a call can be refused with that. */
gboolean ahoy_session_check_refusal (guint status, const char *reason, GError **error);

G_END_DECLS
