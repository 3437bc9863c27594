/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auth-config.h"
#include "ahoy-core-change-private.h"

/* [auth NAME]: the accounts that endpoints have besides their own. */

static gboolean
add_auth (AhoyCoreChange *change, AhoyConfigObject *object)
{
  g_autoptr (GError) error = NULL;

  if (!ahoy_auth_registry_add (change->core->auths, AHOY_AUTH_CONFIG (object), &error)) {
    ahoy_core_change_fail (change, object, NULL, error);
    return FALSE;
  }
  return TRUE;
}

static void
remove_auth (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_auth_registry_remove (change->core->auths, ahoy_config_object_get_name (object));
}

static gboolean
change_auth (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  remove_auth (change, old);
  return add_auth (change, object);
}

const AhoyCorePart ahoy_core_auth_part = {
  .type = "auth",
  .add = add_auth,
  .change = change_auth,
  .remove = remove_auth,
};

/**
 * ahoy_core_get_auths:
 * @self: a core
 *
 * Returns: (transfer none): the accounts of the configuration
 *
 * Since: 0.1
 */
AhoyAuthRegistry *
ahoy_core_get_auths (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->auths;
}
