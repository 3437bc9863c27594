/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-step-definition-private.h"
#include "ahoy-route-step.h"
#include "ahoy-route-variable-private.h"

G_BEGIN_DECLS

#define AHOY_ROUTE_MAX_VALUES 64 /* of one step */
#define AHOY_ROUTE_MAX_NESTING 8 /* of round brackets in a value */

AhoyRouteStep *ahoy_route_step_new (AhoyRouteStepDefinition *definition, guint line, guint column);
/* While the step is parsed. */
gboolean ahoy_route_step_add_value (AhoyRouteStep *self, guint index, const char *text,
                                    GError **error);
guint ahoy_route_step_get_n_values (AhoyRouteStep *self, guint index);

/* The step with the values of variables in place of their names; NULL with the reason when a
 * variable has no value, or one that does not fit. */
AhoyRouteStep *ahoy_route_step_expand (AhoyRouteStep *self, AhoyRouteVariableFunc lookup,
                                       gpointer user_data, GError **error);

/* The steps within the step, as AhoyRouteProgram. */
GPtrArray *ahoy_route_step_list_programs (AhoyRouteStep *self);

/* Takes a value off @at: up to a comma or a closing bracket that belongs to no inner part. Returns
 * what it says, and NULL with the reason, where it ends, at a fault. */
char *ahoy_route_value_take (const char **at, const char **reason);
/* The length of “name=” at the begin of an argument, 0 where there is none. */
gsize ahoy_route_value_name_length (const char *at);
/* Appends @text so that ahoy_route_value_take() takes the same. */
void ahoy_route_value_append (GString *into, const char *text);

G_END_DECLS
