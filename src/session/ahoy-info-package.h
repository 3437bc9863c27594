/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_INFO_PACKAGE (ahoy_info_package_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyInfoPackage, ahoy_info_package, AHOY, INFO_PACKAGE, GObject)

AHOY_API
AhoyInfoPackage *ahoy_info_package_new (const char *name, const char *const *content_types,
                                        GError **error);
AHOY_API
const char *ahoy_info_package_get_name (AhoyInfoPackage *self);
AHOY_API
const char *const *ahoy_info_package_get_content_types (AhoyInfoPackage *self);

G_END_DECLS
