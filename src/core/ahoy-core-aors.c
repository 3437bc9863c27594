/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-location-private.h"
#include "ahoy-store-mapping-private.h"

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

/* Once, when everybody is there whose contacts are read. */
static void
open_store (AhoyCoreChange *change)
{
  AhoyCore *self = change->core;
  g_autofree char *path =
      ahoy_store_mapping_dup_records_path (change->to, self->state_folder);
  g_autoptr (AhoyRecordStore) store = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL) {
    g_info ("Contacts are kept in memory alone: there is no folder for the state, or no store "
            "that keeps them");
    return;
  }
  store = ahoy_record_store_new (self->pool, ahoy_core_get_scheduler (self), path);
  if (!ahoy_location_set_store (self->location, store, &error)) {
    g_warning ("Who was registered before is not known: %s", error->message);
  }
}

static void
finish_aors (AhoyCoreChange *change, gboolean touched)
{
  if (change->first) {
    open_store (change);
  }
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

void
ahoy_core_clear_aors (AhoyCore *self)
{
  if (self->location != NULL) {
    g_clear_pointer (&self->contact_hook, ahoy_contact_hook_free);
    ahoy_location_close (self->location);
    g_clear_object (&self->waker);
    g_clear_object (&self->location);
  }
}

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

/**
 * ahoy_core_list_endpoints_of:
 * @self: a core
 * @aor: the name of an address of record
 *
 * Returns: (transfer container) (element-type AhoyEndpoint): the endpoints that it belongs to: the
 *   one of that name, and those whose key `aors` has it
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_core_list_endpoints_of (AhoyCore *self, const char *aor)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (aor != NULL, NULL);

  return ahoy_endpoint_states_list (self->endpoint_states, aor);
}

/**
 * ahoy_core_get_waker:
 * @self: a core
 *
 * Returns: (transfer none): who has phones woken that are called and sleep
 *
 * Since: 0.1
 */
AhoyWaker *
ahoy_core_get_waker (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->waker;
}
