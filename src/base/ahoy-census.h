/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

AHOY_API
void ahoy_census_enter (GObject *object);
AHOY_API
void ahoy_census_leave (GObject *object);
AHOY_API
guint ahoy_census_count (const char *type_name);
AHOY_API
GVariant *ahoy_census_snapshot (void);

G_END_DECLS
