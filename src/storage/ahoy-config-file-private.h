/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *ahoy_config_file_read (const char *path, gsize maximum, gsize *length, GError **error);
gboolean ahoy_config_file_write (const char *path, const char *text, GError **error);

G_END_DECLS
