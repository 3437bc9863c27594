/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-schema.h"
#include "ahoy-config-set.h"
#include "ahoy-store-backend.h"
#include "ahoy-visibility.h"
#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STORE_SQLITE (ahoy_store_sqlite_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreSqlite, ahoy_store_sqlite, AHOY, STORE_SQLITE, GObject)

AHOY_API
AhoyStoreSqlite *ahoy_store_sqlite_new (AhoyConfigSchema *schema, AhoyWorkPool *pool,
                                        const char *path);
AHOY_API
const char *ahoy_store_sqlite_get_path (AhoyStoreSqlite *self);
AHOY_API
AhoyConfigSet *ahoy_store_sqlite_load (AhoyStoreSqlite *self, GError **error);

G_END_DECLS
