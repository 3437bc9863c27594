/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-registrar.h"

/* The module “registrar”: takes REGISTER requests. It needs no other one. */

static void
set_up (AhoyRegistrar *registrar, AhoyConfigObject *settings)
{
  if (registrar != NULL && settings != NULL) {
    ahoy_registrar_set_max_rate (
        registrar, ahoy_config_object_get_number (settings, "max-registration-rate"));
  }
}

void
ahoy_core_apply_registrar (AhoyCoreChange *change, AhoyConfigObject *settings,
                           AhoyConfigObject *old)
{
  set_up (change->core->registrar, settings);
}

static gboolean
start (AhoyCore *self, GError **error)
{
  AhoySecurityLog *log = self->interception != NULL
                             ? ahoy_interception_get_security_log (self->interception)
                             : NULL;
  g_autoptr (AhoyRegistrar) registrar =
      ahoy_registrar_new (self->stack, self->location, self->acls, log);

  set_up (registrar, self->settings);
  if (!ahoy_registrar_start (registrar, error)) {
    return FALSE;
  }
  self->auto_endpoints = ahoy_auto_endpoints_new (registrar, self->location, self->endpoints,
                                                  ahoy_core_get_scheduler (self));
  self->registrar = g_steal_pointer (&registrar);
  return TRUE;
}

static void
stop (AhoyCore *self)
{
  ahoy_registrar_stop (self->registrar);
  g_clear_pointer (&self->auto_endpoints, ahoy_auto_endpoints_free);
  g_clear_object (&self->registrar);
}

/**
 * ahoy_core_get_registrar:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what takes REGISTER requests; %NULL as long as the module
 *   `registrar` is not loaded
 *
 * Since: 0.1
 */
AhoyRegistrar *
ahoy_core_get_registrar (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->registrar;
}

const AhoyCoreModule ahoy_core_registrar_module = {
  .name = "registrar",
  .summary = "phones register where they are",
  .start = start,
  .stop = stop,
};
