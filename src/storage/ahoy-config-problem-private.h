/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-problem.h"
#include "ahoy-config-schema.h"
#include "ahoy-config-set.h"

G_BEGIN_DECLS

/* That the problem is an object that is not there; nobody else may know the problem yet. */
void ahoy_config_problem_set_missing (AhoyConfigProblem *self, const char *type_name,
                                      const char *name);
/* Takes away the problems whose missing objects are in @set, as those put at run time are. */
void ahoy_config_problem_drop_found (GPtrArray *problems, AhoyConfigSchema *schema,
                                     AhoyConfigSet *set);

/* Whether @set has the object, or another one that implies it. */
gboolean ahoy_config_set_implies (AhoyConfigSet *set, AhoyConfigSchema *schema,
                                  const char *type_name, const char *name);

G_END_DECLS
