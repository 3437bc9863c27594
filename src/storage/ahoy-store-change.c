/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-change.h"

struct _AhoyStoreChange {
  gatomicrefcount references;
  AhoyConfigObject *previous;
  AhoyConfigObject *object;
  guint64 revision;
  char *origin;
};

G_DEFINE_BOXED_TYPE (AhoyStoreChange, ahoy_store_change, ahoy_store_change_ref,
                     ahoy_store_change_unref)

/**
 * ahoy_store_change_new:
 * @previous: (transfer none) (nullable): what the object was; %NULL when it is new
 * @object: (transfer none) (nullable): what the object is; %NULL when it is gone
 * @revision: the revision of the store with the change
 * @origin: who made the change
 *
 * Returns: (transfer full): a change
 *
 * Since: 0.1
 */
AhoyStoreChange *
ahoy_store_change_new (AhoyConfigObject *previous, AhoyConfigObject *object, guint64 revision,
                       const char *origin)
{
  AhoyStoreChange *self;

  g_return_val_if_fail (previous != NULL || object != NULL, NULL);
  g_return_val_if_fail (origin != NULL, NULL);

  self = g_new0 (AhoyStoreChange, 1);
  g_atomic_ref_count_init (&self->references);
  g_set_object (&self->previous, previous);
  g_set_object (&self->object, object);
  self->revision = revision;
  self->origin = g_strdup (origin);
  return self;
}

/**
 * ahoy_store_change_ref:
 * @self: a change
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyStoreChange *
ahoy_store_change_ref (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * ahoy_store_change_unref:
 * @self: (transfer full): a change
 *
 * Gives a reference back; the change goes with the last one.
 *
 * Since: 0.1
 */
void
ahoy_store_change_unref (AhoyStoreChange *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->previous);
  g_clear_object (&self->object);
  g_free (self->origin);
  g_free (self);
}

/**
 * ahoy_store_change_get_operation:
 * @self: a change
 *
 * Returns: what was done
 *
 * Since: 0.1
 */
AhoyStoreOperation
ahoy_store_change_get_operation (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, AHOY_STORE_OPERATION_UPDATE);

  if (self->object == NULL)
    return AHOY_STORE_OPERATION_DELETE;
  return self->previous == NULL ? AHOY_STORE_OPERATION_CREATE : AHOY_STORE_OPERATION_UPDATE;
}

/**
 * ahoy_store_change_get_type_name:
 * @self: a change
 *
 * Returns: (transfer none): the type of the object
 *
 * Since: 0.1
 */
const char *
ahoy_store_change_get_type_name (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_config_object_get_type_name (self->object != NULL ? self->object : self->previous);
}

/**
 * ahoy_store_change_get_name:
 * @self: a change
 *
 * Returns: (transfer none): the name of the object
 *
 * Since: 0.1
 */
const char *
ahoy_store_change_get_name (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_config_object_get_name (self->object != NULL ? self->object : self->previous);
}

/**
 * ahoy_store_change_get_object:
 * @self: a change
 *
 * Returns: (transfer none) (nullable): what the object is; %NULL when it is gone
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_store_change_get_object (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->object;
}

/**
 * ahoy_store_change_get_previous:
 * @self: a change
 *
 * Returns: (transfer none) (nullable): what the object was; %NULL when it is new
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_store_change_get_previous (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->previous;
}

/**
 * ahoy_store_change_get_revision:
 * @self: a change
 *
 * Returns: the revision of the store with the change; later ones are larger
 *
 * Since: 0.1
 */
guint64
ahoy_store_change_get_revision (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->revision;
}

/**
 * ahoy_store_change_get_origin:
 * @self: a change
 *
 * Returns: (transfer none): who made the change
 *
 * Since: 0.1
 */
const char *
ahoy_store_change_get_origin (AhoyStoreChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->origin;
}
