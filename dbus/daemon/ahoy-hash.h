/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean ahoy_hash_print (const char *username, const char *realm, gboolean json);

G_END_DECLS
