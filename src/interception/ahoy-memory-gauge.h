/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _AhoyMemoryGauge AhoyMemoryGauge;

AhoyMemoryGauge *ahoy_memory_gauge_new (void);
void ahoy_memory_gauge_free (AhoyMemoryGauge *self);
gboolean ahoy_memory_gauge_is_short (AhoyMemoryGauge *self, guint64 max_resident, gint64 now,
                                     const char **reason);
guint64 ahoy_memory_gauge_get_resident (AhoyMemoryGauge *self);

/* for tests */
guint64 ahoy_memory_gauge_parse_limit (const char *text);
guint64 ahoy_memory_gauge_parse_anonymous (const char *statistics);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyMemoryGauge, ahoy_memory_gauge_free)

G_END_DECLS
