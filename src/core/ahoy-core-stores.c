/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-configuration.h"
#include "ahoy-core-change-private.h"
#include "ahoy-store-mapping-private.h"
#include "ahoy-store-config.h"

/* [store NAME]: where objects are kept. Backends are made when a program begins, by an
 * AhoyStoreMapping; afterwards there may be objects in them. */

static void
wait_for_restart (AhoyCoreChange *change, AhoyConfigObject *object, const char *message)
{
  /* A sip.conf is read with the files of the configuration. */
  if (!change->first
      && ahoy_config_object_get_choice (object, "backend") != AHOY_STORE_KIND_SIPCONF) {
    ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, NULL, message);
  }
}

static gboolean
refuse (AhoyCoreChange *change, AhoyConfigObject *object, const char *key, const char *message)
{
  if (message != NULL) {
    ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_ERROR, object, key, message);
  }
  return message != NULL;
}

static gboolean
check (AhoyCoreChange *change, AhoyConfigObject *object)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autofree char *of_types = ahoy_store_mapping_judge_types (schema, object);
  g_autofree char *of_path = ahoy_store_mapping_judge_path (object, change->core->state_folder);
  gboolean bad_types = refuse (change, object, "types", of_types);

  return !refuse (change, object, "path", of_path) && !bad_types;
}

static gboolean
add (AhoyCoreChange *change, AhoyConfigObject *object)
{
  wait_for_restart (change, object, "it is used after a restart of the daemon");
  return TRUE;
}

static void
remove_store (AhoyCoreChange *change, AhoyConfigObject *object)
{
  wait_for_restart (change, object, "it is used until the daemon is restarted");
}

const AhoyCorePart ahoy_core_store_part = {
  .type = "store",
  .check = check,
  .add = add,
  .remove = remove_store,
};

/**
 * ahoy_core_get_store:
 * @self: a core
 *
 * Returns: (transfer none): where objects are kept that are made at run time; without backends
 *   until somebody adds some, as ahoy_store_mapping_add_backends() does
 *
 * Since: 0.1
 */
AhoyStore *
ahoy_core_get_store (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->store;
}
