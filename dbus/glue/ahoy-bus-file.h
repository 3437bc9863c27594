/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

int ahoy_bus_file_open_below (const char *folder, const char *name, int flags, GError **error);
gboolean ahoy_bus_file_check_descriptor (int descriptor, gboolean trusting, gboolean writing,
                                         GError **error);

G_END_DECLS
