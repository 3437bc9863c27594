/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-store-batch.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyStoreChange:
 *
 * What became of one object of a store, and through whom. Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyStoreChange AhoyStoreChange;

#define AHOY_TYPE_STORE_CHANGE (ahoy_store_change_get_type ())
AHOY_API
GType ahoy_store_change_get_type (void);

AHOY_API
AhoyStoreChange *ahoy_store_change_new (AhoyConfigObject *previous, AhoyConfigObject *object,
                                        guint64 revision, const char *origin);
AHOY_API
AhoyStoreChange *ahoy_store_change_ref (AhoyStoreChange *self);
AHOY_API
void ahoy_store_change_unref (AhoyStoreChange *self);
AHOY_API
AhoyStoreOperation ahoy_store_change_get_operation (AhoyStoreChange *self);
AHOY_API
const char *ahoy_store_change_get_type_name (AhoyStoreChange *self);
AHOY_API
const char *ahoy_store_change_get_name (AhoyStoreChange *self);
AHOY_API
AhoyConfigObject *ahoy_store_change_get_object (AhoyStoreChange *self);
AHOY_API
AhoyConfigObject *ahoy_store_change_get_previous (AhoyStoreChange *self);
AHOY_API
guint64 ahoy_store_change_get_revision (AhoyStoreChange *self);
AHOY_API
const char *ahoy_store_change_get_origin (AhoyStoreChange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyStoreChange, ahoy_store_change_unref)

G_END_DECLS
