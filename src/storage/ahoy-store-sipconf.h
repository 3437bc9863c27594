/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-schema.h"
#include "ahoy-store-backend.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STORE_SIPCONF (ahoy_store_sipconf_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreSipconf, ahoy_store_sipconf, AHOY, STORE_SIPCONF, GObject)

AHOY_API
AhoyStoreSipconf *ahoy_store_sipconf_new (AhoyConfigSchema *schema, const char *path);

G_END_DECLS
