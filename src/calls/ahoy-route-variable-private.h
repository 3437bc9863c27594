/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The value of a variable; NULL when it has none. */
typedef const char *(*AhoyRouteVariableFunc) (const char *name, gpointer user_data);

gboolean ahoy_route_variable_is_name (const char *name);
/* @text with the values of variables in place of each ${name}; with a digit where @lookup is NULL.
 * NULL with the reason when something is no variable, has no value, or one that could change the
 * meaning of what is around it. */
char *ahoy_route_variable_replace (const char *text, AhoyRouteVariableFunc lookup,
                                   gpointer user_data, GError **error);

G_END_DECLS
