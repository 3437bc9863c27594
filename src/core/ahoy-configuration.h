/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-schema.h"
#include "ahoy-config-set.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

AHOY_API
AhoyConfigSchema *ahoy_configuration_make_schema (void);
AHOY_API
AhoyConfigSet *ahoy_configuration_read_folder (AhoyConfigSchema *schema, const char *folder,
                                               GPtrArray **problems);
AHOY_API
char *ahoy_configuration_dup_default (void);

G_END_DECLS
