/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-step-definition.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyRouteStep:
 *
 * A step of a route with its arguments, as somebody wrote it. Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyRouteStep AhoyRouteStep;

#define AHOY_TYPE_ROUTE_STEP (ahoy_route_step_get_type ())
AHOY_API
GType ahoy_route_step_get_type (void);

AHOY_API
AhoyRouteStep *ahoy_route_step_ref (AhoyRouteStep *self);
AHOY_API
void ahoy_route_step_unref (AhoyRouteStep *self);
AHOY_API
const char *ahoy_route_step_get_name (AhoyRouteStep *self);
AHOY_API
AhoyRouteStepDefinition *ahoy_route_step_get_definition (AhoyRouteStep *self);
AHOY_API
guint ahoy_route_step_get_line (AhoyRouteStep *self);
AHOY_API
guint ahoy_route_step_get_column (AhoyRouteStep *self);
AHOY_API
gboolean ahoy_route_step_has_argument (AhoyRouteStep *self, const char *name);
AHOY_API
const char *ahoy_route_step_get_text (AhoyRouteStep *self, const char *name);
AHOY_API
const char *const *ahoy_route_step_get_texts (AhoyRouteStep *self, const char *name);
AHOY_API
guint ahoy_route_step_get_number (AhoyRouteStep *self, const char *name);
AHOY_API
gint64 ahoy_route_step_get_duration (AhoyRouteStep *self, const char *name);
AHOY_API
gboolean ahoy_route_step_get_boolean (AhoyRouteStep *self, const char *name);
AHOY_API
char *ahoy_route_step_to_string (AhoyRouteStep *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyRouteStep, ahoy_route_step_unref)

G_END_DECLS
