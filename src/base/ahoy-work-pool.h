/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-dispatcher.h"

G_BEGIN_DECLS

#define AHOY_TYPE_WORK_POOL (ahoy_work_pool_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyWorkPool, ahoy_work_pool, AHOY, WORK_POOL, GObject)

AHOY_API
AhoyWorkPool *ahoy_work_pool_new (AhoyDispatcher *dispatcher, guint size);
AHOY_API
guint ahoy_work_pool_get_size (AhoyWorkPool *self);
AHOY_API
void ahoy_work_pool_set_size (AhoyWorkPool *self, guint size);
AHOY_API
gboolean ahoy_work_pool_is_worker (AhoyWorkPool *self);
AHOY_API
GVariant *ahoy_work_pool_get_statistics (AhoyWorkPool *self);
AHOY_API
void ahoy_work_pool_stop (AhoyWorkPool *self);

G_END_DECLS
