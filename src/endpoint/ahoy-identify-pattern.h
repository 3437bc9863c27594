/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a value of a request has to be: itself, or `re:` and a regular expression for the whole. */
typedef struct _AhoyIdentifyPattern AhoyIdentifyPattern;

AhoyIdentifyPattern *ahoy_identify_pattern_parse (const char *text, GError **error);
void ahoy_identify_pattern_free (AhoyIdentifyPattern *self);
const char *ahoy_identify_pattern_get_literal (const AhoyIdentifyPattern *self);
gboolean ahoy_identify_pattern_matches (const AhoyIdentifyPattern *self, const char *value);
gboolean ahoy_identify_split_header (const char *text, char **name, const char **value);
char *ahoy_identify_make_uri_key (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyIdentifyPattern, ahoy_identify_pattern_free)

G_END_DECLS
