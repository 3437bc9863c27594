/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-step-registry.h"
#include "ahoy-route-step.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyRouteProgram:
 *
 * What happens with a call: steps, one after the other. Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyRouteProgram AhoyRouteProgram;

#define AHOY_TYPE_ROUTE_PROGRAM (ahoy_route_program_get_type ())
AHOY_API
GType ahoy_route_program_get_type (void);

AHOY_API
AhoyRouteProgram *ahoy_route_program_parse (AhoyRouteStepRegistry *registry, const char *text,
                                            GError **error);
AHOY_API
AhoyRouteProgram *ahoy_route_program_ref (AhoyRouteProgram *self);
AHOY_API
void ahoy_route_program_unref (AhoyRouteProgram *self);
AHOY_API
guint ahoy_route_program_get_length (AhoyRouteProgram *self);
AHOY_API
AhoyRouteStep *ahoy_route_program_get_step (AhoyRouteProgram *self, guint index);
AHOY_API
char *ahoy_route_program_to_string (AhoyRouteProgram *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyRouteProgram, ahoy_route_program_unref)

G_END_DECLS
