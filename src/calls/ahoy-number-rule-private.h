/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-rewrite-config.h"

G_BEGIN_DECLS

/* One [rewrite] group, ready to be applied. */
typedef struct _AhoyNumberRule AhoyNumberRule;

AhoyNumberRule *ahoy_number_rule_new (AhoyConfigObject *config, GError **error);
void ahoy_number_rule_free (AhoyNumberRule *self);
const char *ahoy_number_rule_get_name (AhoyNumberRule *self);
gboolean ahoy_number_rule_is_last (AhoyNumberRule *self);
gboolean ahoy_number_rule_is_for (AhoyNumberRule *self, AhoyNumberUse use, const char *endpoint);
char *ahoy_number_rule_apply (AhoyNumberRule *self, const char *number);

/* What people write into numbers, taken out; NULL where the text is no number. */
char *ahoy_number_strip_separators (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyNumberRule, ahoy_number_rule_free)

G_END_DECLS
