/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An option of an `a{sv}`, and its type. */
typedef struct {
  const char *name;
  const char *type;
} AhoyBusOption;

gboolean ahoy_bus_check_options (GVariant *options, const AhoyBusOption *known, GError **error);
gboolean ahoy_bus_check_variable (const char *name, const char *value, GError **error);
gboolean ahoy_bus_check_variables (GVariant *variables, GError **error);
gboolean ahoy_bus_check_target (const char *target, GError **error);
gboolean ahoy_bus_check_text (const char *what, const char *text, GError **error);
gboolean ahoy_bus_check_token (const char *what, const char *text, GError **error);
gboolean ahoy_bus_check_headers (GVariant *headers, GError **error);
gboolean ahoy_bus_check_content_type (const char *content_type, GVariant *body, GError **error);

G_END_DECLS
