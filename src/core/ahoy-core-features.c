/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-features-private.h"
#include "ahoy-core-change-private.h"

/* [features]: which digits do something in calls. */

static void
finish_features (AhoyCoreChange *change, gboolean touched)
{
  AhoyConfigObject *given = ahoy_config_set_lookup (change->to, "features", "");
  g_autoptr (AhoyConfigObject) config =
      given != NULL ? g_object_ref (given) : AHOY_CONFIG_OBJECT (ahoy_features_config_new ());

  if (touched || change->first) {
    ahoy_bridge_features_set_config (change->core->features, config);
  }
}

const AhoyCorePart ahoy_core_features_part = {
  .type = "features",
  .finish = finish_features,
};
