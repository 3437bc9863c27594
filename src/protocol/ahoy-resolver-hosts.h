/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The hosts file, read again when it changes. */
typedef struct _AhoyHostsFile AhoyHostsFile;

AhoyHostsFile *ahoy_hosts_file_new (const char *path);
void ahoy_hosts_file_free (AhoyHostsFile *self);
const char *ahoy_hosts_file_get_path (AhoyHostsFile *self);
GPtrArray *ahoy_hosts_file_lookup (AhoyHostsFile *self, const char *name);

G_END_DECLS
