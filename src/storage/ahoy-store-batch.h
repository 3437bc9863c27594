/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AHOY_STORE_ANY_REVISION:
 *
 * The expected revision where it does not matter.
 *
 * Since: 0.1
 */
#define AHOY_STORE_ANY_REVISION G_GUINT64_CONSTANT (0)

/**
 * AhoyStoreOperation:
 * @AHOY_STORE_OPERATION_CREATE: a new object
 * @AHOY_STORE_OPERATION_UPDATE: an object replaces that of the same type and name, or some of its
 *   keys change
 * @AHOY_STORE_OPERATION_DELETE: an object goes away
 *
 * What is done to an object of a store.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_STORE_OPERATION_CREATE,
  AHOY_STORE_OPERATION_UPDATE,
  AHOY_STORE_OPERATION_DELETE,
} AhoyStoreOperation;

#define AHOY_TYPE_STORE_OPERATION (ahoy_store_operation_get_type ())
AHOY_API
GType ahoy_store_operation_get_type (void);

#define AHOY_TYPE_STORE_BATCH (ahoy_store_batch_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreBatch, ahoy_store_batch, AHOY, STORE_BATCH, GObject)

AHOY_API
AhoyStoreBatch *ahoy_store_batch_new (const char *origin);
AHOY_API
void ahoy_store_batch_create (AhoyStoreBatch *self, AhoyConfigObject *object);
AHOY_API
void ahoy_store_batch_update (AhoyStoreBatch *self, AhoyConfigObject *object,
                              guint64 expected_revision);
AHOY_API
void ahoy_store_batch_change (AhoyStoreBatch *self, const char *type_name, const char *name,
                              GVariant *keys, guint64 expected_revision);
AHOY_API
void ahoy_store_batch_delete (AhoyStoreBatch *self, const char *type_name, const char *name,
                              guint64 expected_revision);
AHOY_API
const char *ahoy_store_batch_get_origin (AhoyStoreBatch *self);
AHOY_API
guint ahoy_store_batch_get_length (AhoyStoreBatch *self);
AHOY_API
AhoyStoreOperation ahoy_store_batch_get_operation (AhoyStoreBatch *self, guint index);
AHOY_API
AhoyConfigObject *ahoy_store_batch_get_object (AhoyStoreBatch *self, guint index);
AHOY_API
GVariant *ahoy_store_batch_get_keys (AhoyStoreBatch *self, guint index);
AHOY_API
gboolean ahoy_store_batch_make_object (AhoyStoreBatch *self, guint index, AhoyConfigObject *present,
                                       AhoyConfigObject **object, GError **error);
AHOY_API
const char *ahoy_store_batch_get_type_name (AhoyStoreBatch *self, guint index);
AHOY_API
const char *ahoy_store_batch_get_name (AhoyStoreBatch *self, guint index);
AHOY_API
guint64 ahoy_store_batch_get_expected_revision (AhoyStoreBatch *self, guint index);

G_END_DECLS
