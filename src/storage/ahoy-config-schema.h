/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CONFIG_SCHEMA (ahoy_config_schema_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyConfigSchema, ahoy_config_schema, AHOY, CONFIG_SCHEMA, GObject)

AHOY_API
AhoyConfigSchema *ahoy_config_schema_new (void);
AHOY_API
gboolean ahoy_config_schema_add_type (AhoyConfigSchema *self, GType type, GError **error);
AHOY_API
char **ahoy_config_schema_list_types (AhoyConfigSchema *self);
AHOY_API
GType ahoy_config_schema_find_type (AhoyConfigSchema *self, const char *type_name);
AHOY_API
AhoyConfigObjectClass *ahoy_config_schema_find_class (AhoyConfigSchema *self,
                                                      const char *type_name);
AHOY_API
AhoyConfigObject *ahoy_config_schema_make_object (AhoyConfigSchema *self, const char *type_name,
                                                  const char *name, GError **error);
AHOY_API
GVariant *ahoy_config_schema_describe (AhoyConfigSchema *self, const char *type_name,
                                       GError **error);
AHOY_API
char *ahoy_config_schema_write_sample (AhoyConfigSchema *self);

G_END_DECLS
