/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-moh-config.h"

#include "ahoy-error.h"

/**
 * AhoyMohConfig:
 *
 * A class of music for those who are on hold or parked: a group `[moh NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyMohConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyMohConfig, ahoy_moh_config, AHOY_TYPE_CONFIG_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyMohOrder, ahoy_moh_order,
                    G_DEFINE_ENUM_VALUE (AHOY_MOH_ORDER_LISTED, "listed"),
                    G_DEFINE_ENUM_VALUE (AHOY_MOH_ORDER_RANDOM, "random"))

static gboolean
is_set (AhoyConfigObject *object, const char *key)
{
  g_autofree char *text = ahoy_config_object_dup_text (object, key);

  return text != NULL && *text != '\0';
}

static gboolean
ahoy_moh_config_validate (AhoyConfigObject *object, GError **error)
{
  if (is_set (object, "directory") + is_set (object, "files") + is_set (object, "tone") > 1) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "music is a directory, or files, or a tone; write one of the three");
    return FALSE;
  }
  return TRUE;
}

static void
ahoy_moh_config_class_init (AhoyMohConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "moh";
  config_class->description = "music for those who are on hold or parked";
  config_class->validate = ahoy_moh_config_validate;
  ahoy_config_object_class_add_text (config_class, "directory", "Directory",
                                     "a folder whose WAV files play, in sounds-directory or with "
                                     "all of its path",
                                     NULL);
  ahoy_config_object_class_add_list (config_class, "files", "Files",
                                     "WAV files that play one after the other, and again from the "
                                     "first, in sounds-directory or with all of their path",
                                     NULL);
  ahoy_config_object_class_add_text (config_class, "tone", "Tone",
                                     "a tone that plays, as the step tone has it; with none of "
                                     "the three a few notes of our own play",
                                     NULL);
  ahoy_config_object_class_add_choice (config_class, "order", "Order", "the order of the files",
                                       AHOY_TYPE_MOH_ORDER, AHOY_MOH_ORDER_LISTED);
}

static void
ahoy_moh_config_init (AhoyMohConfig *self)
{
}

/**
 * ahoy_moh_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyMohConfig *
ahoy_moh_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_MOH_CONFIG, "name", name, NULL);
}
