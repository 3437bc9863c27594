/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean ahoy_endpoint_check_uri_list (const char *text, GError **error);
gboolean ahoy_endpoint_check_md5 (const char *text, GError **error);
gboolean ahoy_endpoint_check_sha256 (const char *text, GError **error);
gboolean ahoy_endpoint_check_host (const char *text, GError **error);
gboolean ahoy_endpoint_check_language (const char *text, GError **error);
gboolean ahoy_endpoint_check_tone_zone (const char *text, GError **error);
gboolean ahoy_endpoint_check_country (const char *text, GError **error);
gboolean ahoy_endpoint_check_command (const char *text, GError **error);
gboolean ahoy_endpoint_is_host_name (const char *text);
gboolean ahoy_endpoint_check_match (const char *text, GError **error);

gboolean ahoy_endpoint_check_method (const char *text, GError **error);
gboolean ahoy_endpoint_check_passed (const char *text, GError **error);
gboolean ahoy_endpoint_check_transport (const char *text, GError **error);
gboolean ahoy_endpoint_check_content_type (const char *text, GError **error);

G_END_DECLS
