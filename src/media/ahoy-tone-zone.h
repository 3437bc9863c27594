/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

AHOY_API
char **ahoy_tone_zone_list (void);
AHOY_API
gboolean ahoy_tone_zone_exists (const char *zone);
AHOY_API
const char *ahoy_tone_zone_get_country (const char *zone);
AHOY_API
const char *ahoy_tone_zone_find (const char *zone, const char *tone);

G_END_DECLS
