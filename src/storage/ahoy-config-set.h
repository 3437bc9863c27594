/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CONFIG_SET (ahoy_config_set_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyConfigSet, ahoy_config_set, AHOY, CONFIG_SET, GObject)

AHOY_API
AhoyConfigSet *ahoy_config_set_new (void);
AHOY_API
gboolean ahoy_config_set_add (AhoyConfigSet *self, AhoyConfigObject *object, GError **error);
AHOY_API
gboolean ahoy_config_set_remove (AhoyConfigSet *self, const char *type_name, const char *name);
AHOY_API
AhoyConfigObject *ahoy_config_set_lookup (AhoyConfigSet *self, const char *type_name,
                                          const char *name);
AHOY_API
GPtrArray *ahoy_config_set_list (AhoyConfigSet *self, const char *type_name);
AHOY_API
guint ahoy_config_set_get_length (AhoyConfigSet *self);

G_END_DECLS
