/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-history-config.h"

/* [history]: what is kept of calls that are over. */

static void
finish_history (AhoyCoreChange *change, gboolean touched)
{
  AhoyCore *self = change->core;
  AhoyConfigObject *given = ahoy_config_set_lookup (change->to, "history", "");
  g_autoptr (AhoyConfigObject) config =
      given != NULL ? g_object_ref (given) : AHOY_CONFIG_OBJECT (ahoy_history_config_new ());
  g_autofree char *path = NULL;

  if (!touched && !change->first) {
    return;
  }
  ahoy_call_history_set_enabled (self->history,
                                 ahoy_config_object_get_boolean (config, "enabled"));
  ahoy_call_history_set_limits (self->history, ahoy_config_object_get_number (config, "keep"),
                                ahoy_config_object_get_number (config, "max-records"));
  if (change->first && self->state_folder != NULL) {
    path = g_build_filename (self->state_folder, "history.db", NULL);
    ahoy_call_history_set_file (self->history, path);
  }
}

const AhoyCorePart ahoy_core_history_part = {
  .type = "history",
  .finish = finish_history,
};

/**
 * ahoy_core_get_history:
 * @self: a core
 *
 * Returns: (transfer none): the history of calls
 *
 * Since: 0.1
 */
AhoyCallHistory *
ahoy_core_get_history (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->history;
}
