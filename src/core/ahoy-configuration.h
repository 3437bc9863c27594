/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-schema.h"
#include "ahoy-config-set.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AHOY_CONFIGURATION_DEFAULT_NAME:
 *
 * What stands in the place of a file with objects of the built-in default.
 *
 * Since: 0.1
 */
#define AHOY_CONFIGURATION_DEFAULT_NAME "built-in default"

AHOY_API
AhoyConfigSchema *ahoy_configuration_make_schema (void);
AHOY_API
AhoyConfigSet *ahoy_configuration_read_folder (AhoyConfigSchema *schema, const char *folder,
                                               GPtrArray **problems);
AHOY_API
void ahoy_configuration_expand (AhoyConfigSet *set, GPtrArray *problems);
AHOY_API
char *ahoy_configuration_dup_text (AhoyConfigSet *set);
AHOY_API
char *ahoy_configuration_dup_default (void);

G_END_DECLS
