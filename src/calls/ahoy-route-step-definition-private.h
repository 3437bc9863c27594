/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-step-definition.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  AhoyRouteArgumentKind kind;
  AhoyRouteArgumentFlags flags;
  char *default_text; /* NULL for none */
  char *description;
  guint minimum;
  guint maximum;
  char **choices;
} AhoyRouteArgument;

guint ahoy_route_step_definition_get_n_arguments (AhoyRouteStepDefinition *self);
AhoyRouteArgument *ahoy_route_step_definition_get_argument (AhoyRouteStepDefinition *self,
                                                            guint index);
gboolean ahoy_route_step_definition_find (AhoyRouteStepDefinition *self, const char *name,
                                          guint *index);
char **ahoy_route_step_definition_list_names (AhoyRouteStepDefinition *self);

/* Whether @text can be the value, and its number: of a duration milliseconds, of a boolean 0 or 1,
 * of a choice its place. */
gboolean ahoy_route_argument_check (AhoyRouteArgument *self, const char *text, guint64 *number,
                                    GError **error);
/* The one way to write @text. */
char *ahoy_route_argument_canonical (AhoyRouteArgument *self, const char *text);

G_END_DECLS
