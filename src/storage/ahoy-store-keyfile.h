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

#define AHOY_TYPE_STORE_KEYFILE (ahoy_store_keyfile_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreKeyfile, ahoy_store_keyfile, AHOY, STORE_KEYFILE, GObject)

AHOY_API
AhoyStoreKeyfile *ahoy_store_keyfile_new (AhoyConfigSchema *schema, const char *folder,
                                          const char *writable_name);
AHOY_API
void ahoy_store_keyfile_set_work_pool (AhoyStoreKeyfile *self, AhoyWorkPool *pool);
AHOY_API
void ahoy_store_keyfile_set_default (AhoyStoreKeyfile *self, const char *name, const char *text);
AHOY_API
GPtrArray *ahoy_store_keyfile_load (AhoyStoreKeyfile *self);
AHOY_API
guint ahoy_store_keyfile_get_n_files (AhoyStoreKeyfile *self);
AHOY_API
AhoyConfigSet *ahoy_store_keyfile_get_objects (AhoyStoreKeyfile *self);

G_END_DECLS
