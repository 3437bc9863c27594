/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-query.h"
#include "ahoy-call-router.h"
#include "ahoy-dial-application.h"

G_BEGIN_DECLS

/* Looks at the steps of a route, one after the other, until one of them decides. */
void ahoy_call_query_walk (AhoyCallQuery *self, AhoyCallRouter *router, AhoyRouteProgram *program,
                           const char *context);
/* These steps come in place of all others. FALSE: they go in circles. */
gboolean ahoy_call_query_jump (AhoyCallQuery *self, AhoyRouteProgram *program,
                               const char *context);

/* What the built-in steps say to ahoy_call_application_foresee(). */
gboolean ahoy_builtin_foresee (AhoyCallRouter *router, AhoyCallQuery *query);
gboolean ahoy_dial_foresee (AhoyDialApplication *application, AhoyCallQuery *query);

G_END_DECLS
