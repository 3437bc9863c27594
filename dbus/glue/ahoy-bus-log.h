/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void ahoy_bus_log_install (void);
gboolean ahoy_bus_log_set_level (const char *domain, const char *level, GError **error);

G_END_DECLS
