/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-problem.h"
#include "ahoy-config-schema.h"
#include "ahoy-config-set.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CONFIG_READER (ahoy_config_reader_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyConfigReader, ahoy_config_reader, AHOY, CONFIG_READER, GObject)

AHOY_API
AhoyConfigReader *ahoy_config_reader_new (AhoyConfigSchema *schema);
AHOY_API
guint ahoy_config_reader_add_folder (AhoyConfigReader *self, const char *folder);
AHOY_API
gboolean ahoy_config_reader_add_file (AhoyConfigReader *self, const char *path);
AHOY_API
void ahoy_config_reader_add_text (AhoyConfigReader *self, const char *name, const char *text,
                                  gssize length);
AHOY_API
AhoyConfigSet *ahoy_config_reader_read (AhoyConfigReader *self);
AHOY_API
GPtrArray *ahoy_config_reader_list_problems (AhoyConfigReader *self);
AHOY_API
guint ahoy_config_reader_get_n_errors (AhoyConfigReader *self);
AHOY_API
char **ahoy_config_reader_list_files (AhoyConfigReader *self);

G_END_DECLS
