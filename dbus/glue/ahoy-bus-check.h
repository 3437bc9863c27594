/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean ahoy_bus_check_text (const char *what, const char *text, GError **error);
gboolean ahoy_bus_check_token (const char *what, const char *text, GError **error);
gboolean ahoy_bus_check_headers (GVariant *headers, GError **error);
gboolean ahoy_bus_check_content_type (const char *content_type, GVariant *body, GError **error);

G_END_DECLS
