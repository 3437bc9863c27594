/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-history-config.h"

/**
 * AhoyHistoryConfig:
 *
 * Whether calls are recorded, and for how long: the group `[history]`.
 *
 * Since: 0.1
 */
struct _AhoyHistoryConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyHistoryConfig, ahoy_history_config, AHOY_TYPE_CONFIG_OBJECT)

static void
ahoy_history_config_class_init (AhoyHistoryConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "history";
  config_class->description = "the history of calls, in the file history.db beside the state";
  config_class->singleton = TRUE;
  ahoy_config_object_class_add_boolean (config_class, "enabled", "Recorded",
                                        "whether a record is kept of each call: who called whom, "
                                        "when, and how it ended",
                                        TRUE);
  ahoy_config_object_class_add_number (config_class, "keep", "Days",
                                       "after how many days a record is deleted; 0 for never", 0,
                                       36500, 90);
  ahoy_config_object_class_add_number (config_class, "max-records", "Records",
                                       "how many records are kept, of which the oldest go; 0 for "
                                       "no limit",
                                       0, 100000000, 100000);
}

static void
ahoy_history_config_init (AhoyHistoryConfig *self)
{
}

/**
 * ahoy_history_config_new:
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyHistoryConfig *
ahoy_history_config_new (void)
{
  return g_object_new (AHOY_TYPE_HISTORY_CONFIG, NULL);
}
