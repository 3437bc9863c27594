/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint64 ahoy_sip_hash (const guint64 key[2], gconstpointer data, gsize size);

G_END_DECLS
