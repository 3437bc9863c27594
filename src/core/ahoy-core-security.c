/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"

/* What keeps out who does not belong here, and what is told of it. */

static guint
seconds (AhoyConfigObject *settings, const char *key)
{
  return (guint) (ahoy_config_object_get_duration (settings, key) / G_USEC_PER_SEC);
}

/* The guard outlives a reload, and so do its bans. */
static gboolean
make_guard (AhoyCore *self, GError **error)
{
  static const char *const after[] = { "authentication", NULL };

  self->door = ahoy_guard_new (self->interception);
  return ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->door), "guard", NULL,
                                after, NULL, error);
}

void
ahoy_core_apply_security (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  AhoyCore *self = change->core;
  g_autoptr (GError) error = NULL;

  if (self->door == NULL && !make_guard (self, &error)) {
    ahoy_core_change_fail (change, settings, NULL, error);
  }
  ahoy_overload_guard_set_security_log (self->guard,
                                        ahoy_interception_get_security_log (self->interception));
  g_object_set (self->guard, "max-memory", ahoy_config_object_get_number (settings, "max-memory"),
                NULL);
  ahoy_security_log_set_logging (
      ahoy_interception_get_security_log (self->interception),
      (AhoySecurityLogging) ahoy_config_object_get_choice (settings, "security-log"));
  g_object_set (self->door, "rate", ahoy_config_object_get_number (settings, "guard-rate"), "burst",
                ahoy_config_object_get_number (settings, "guard-burst"), "ban-threshold",
                ahoy_config_object_get_number (settings, "ban-threshold"), "ban-period",
                seconds (settings, "ban-period"), "ban-time", seconds (settings, "ban-time"), NULL);
  ahoy_guard_set_blocked_user_agents (
      self->door, ahoy_config_object_get_list (settings, "blocked-user-agents"));
  if (!ahoy_guard_set_exempt (self->door, ahoy_config_object_get_list (settings, "guard-exempt"),
                              &error)) {
    ahoy_core_change_fail (change, settings, "guard-exempt", error);
  }
}

/**
 * ahoy_core_get_guard:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what bans and limits sources; %NULL before
 *   ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyGuard *
ahoy_core_get_guard (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->door;
}
