/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-core-settings.h"

/* Who is let in: [acl NAME], and acl of [core]. */

static gboolean
add_acl (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_acl_registry_set (change->core->acls, AHOY_ACL_CONFIG (object));
  return TRUE;
}

static gboolean
change_acl (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  return add_acl (change, object);
}

static void
remove_acl (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_acl_registry_remove (change->core->acls, ahoy_config_object_get_name (object));
}

const AhoyCorePart ahoy_core_acl_part = {
  .type = "acl",
  .add = add_acl,
  .change = change_acl,
  .remove = remove_acl,
};

void
ahoy_core_apply_acl (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  static const char *const first[] = { "overload", "guard", "identification", NULL };
  AhoyCore *self = change->core;
  int answer = ahoy_config_object_get_choice (settings, "refused-source");
  g_autoptr (GError) error = NULL;

  if (self->acl_interceptor == NULL) {
    self->acl_interceptor = ahoy_acl_interceptor_new (self->interception, self->acls);
    if (!ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->acl_interceptor),
                                "acl", first, NULL, NULL, &error)) {
      ahoy_core_change_fail (change, settings, "acl", error);
    }
    ahoy_identification_set_acls (self->identification, self->endpoints, self->acls);
  }
  g_object_set (self->acl_interceptor, "status", answer == AHOY_REFUSED_SOURCE_403 ? 403 : 0,
                NULL);
  ahoy_acl_interceptor_set_names (self->acl_interceptor,
                                  ahoy_config_object_get_list (settings, "acl"));
}

/**
 * ahoy_core_get_acls:
 * @self: a core
 *
 * Returns: (transfer none): the objects `[acl]`
 *
 * Since: 0.1
 */
AhoyAclRegistry *
ahoy_core_get_acls (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->acls;
}
