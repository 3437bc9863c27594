/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean ahoy_offline_check (const char *folder, gboolean json);
gboolean ahoy_offline_expand (const char *folder);
gboolean ahoy_offline_print_schema (const char *type, gboolean json);

G_END_DECLS
