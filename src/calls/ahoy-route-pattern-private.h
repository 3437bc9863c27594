/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The order is that in which routes are tried. */
typedef enum {
  AHOY_ROUTE_PATTERN_LITERAL,
  AHOY_ROUTE_PATTERN_GLOB,
  AHOY_ROUTE_PATTERN_REGEX,
  AHOY_ROUTE_N_PATTERNS,
} AhoyRoutePatternKind;

typedef struct _AhoyRoutePattern AhoyRoutePattern;

AhoyRoutePattern *ahoy_route_pattern_parse (const char *text, GError **error);
void ahoy_route_pattern_free (AhoyRoutePattern *self);
AhoyRoutePatternKind ahoy_route_pattern_get_kind (AhoyRoutePattern *self);
const char *ahoy_route_pattern_get_literal (AhoyRoutePattern *self);
gboolean ahoy_route_pattern_matches (AhoyRoutePattern *self, const char *user);
/* Whether something longer that begins with @user may match. */
gboolean ahoy_route_pattern_begins_with (AhoyRoutePattern *self, const char *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyRoutePattern, ahoy_route_pattern_free)

G_END_DECLS
