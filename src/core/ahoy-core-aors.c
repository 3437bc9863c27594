/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"

/* [aor NAME]: where contacts are registered. Endpoints imply those of their own names. */

static gboolean
add_aor (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_location_add_aor (change->core->location, object);
  return TRUE;
}

static gboolean
change_aor (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  ahoy_location_change_aor (change->core->location, object);
  return TRUE;
}

static void
remove_aor (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_location_remove_aor (change->core->location, ahoy_config_object_get_name (object));
}

static void
finish_aors (AhoyCoreChange *change, gboolean touched)
{
  ahoy_location_update_aors (change->core->location);
}

/* Behind endpoints, as some of them imply one. */
const AhoyCorePart ahoy_core_aor_part = {
  .type = "aor",
  .add = add_aor,
  .change = change_aor,
  .remove = remove_aor,
  .finish = finish_aors,
};

/**
 * ahoy_core_get_location:
 * @self: a core
 *
 * Returns: (transfer none): where everybody is
 *
 * Since: 0.1
 */
AhoyLocation *
ahoy_core_get_location (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->location;
}
