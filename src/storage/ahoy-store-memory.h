/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-store-backend.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STORE_MEMORY (ahoy_store_memory_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreMemory, ahoy_store_memory, AHOY, STORE_MEMORY, GObject)

AHOY_API
AhoyStoreMemory *ahoy_store_memory_new (void);

G_END_DECLS
