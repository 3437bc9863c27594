/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* One challenge or one proof: a scheme and its parameters (RFC 7235 section 2.1). */
typedef struct _AhoyAuthFields AhoyAuthFields;

GPtrArray *ahoy_auth_fields_parse_list (const char *text, GError **error);
void ahoy_auth_fields_free (AhoyAuthFields *self);
gboolean ahoy_auth_fields_is_digest (AhoyAuthFields *self);
const char *ahoy_auth_fields_get (AhoyAuthFields *self, const char *name);
gboolean ahoy_auth_fields_require (AhoyAuthFields *self, const char *const *names,
                                   GError **error);

void ahoy_auth_fields_append (GString *text, const char *name, const char *value);
void ahoy_auth_fields_append_quoted (GString *text, const char *name, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyAuthFields, ahoy_auth_fields_free)

G_END_DECLS
