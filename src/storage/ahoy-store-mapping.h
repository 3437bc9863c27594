/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-schema.h"
#include "ahoy-config-set.h"
#include "ahoy-scheduler.h"
#include "ahoy-store.h"
#include "ahoy-visibility.h"
#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STORE_MAPPING (ahoy_store_mapping_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreMapping, ahoy_store_mapping, AHOY, STORE_MAPPING, GObject)

AHOY_API
AhoyStoreMapping *ahoy_store_mapping_new (AhoyConfigSchema *schema, AhoyWorkPool *pool,
                                          AhoyScheduler *scheduler, const char *state_folder);
AHOY_API
GPtrArray *ahoy_store_mapping_add_backends (AhoyStoreMapping *self, AhoyConfigSet *configuration,
                                            AhoyStore *store);

G_END_DECLS
