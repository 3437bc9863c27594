/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-out-route-config.h"

#include "ahoy-error.h"
#include "ahoy-opening-hours-private.h"
#include "ahoy-route-pattern-private.h"

/**
 * AhoyOutRouteConfig:
 *
 * As which endpoint a number is called when nobody says it: a group `[out-route NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyOutRouteConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyOutRouteConfig, ahoy_out_route_config, AHOY_TYPE_CONFIG_OBJECT)

static gboolean
check_match (const char *text, GError **error)
{
  g_autoptr (AhoyRoutePattern) pattern = ahoy_route_pattern_parse (text, error);

  return pattern != NULL;
}

static gboolean
check_times (const char *text, GError **error)
{
  AhoyOpeningHours hours;

  return ahoy_opening_hours_parse (text, &hours, error);
}

static gboolean
ahoy_out_route_config_validate (AhoyConfigObject *object, GError **error)
{
  const char *const *endpoints = ahoy_config_object_get_list (object, "endpoints");

  if (ahoy_config_object_get_string (object, "match") == NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "an out-route needs the key match; add it");
    return FALSE;
  }
  if (endpoints == NULL || endpoints[0] == NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "an out-route names nobody who calls; add endpoints");
    return FALSE;
  }
  return TRUE;
}

static void
ahoy_out_route_config_class_init (AhoyOutRouteConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);
  GParamSpec *key;

  config_class->type_name = "out-route";
  config_class->description = "as which endpoint a number is called when nobody says it";
  config_class->validate = ahoy_out_route_config_validate;
  key = ahoy_config_object_class_add_text (
      config_class, "match", "Number",
      "the number that is called, as it is after rewrite for all endpoints: itself, a pattern such "
      "as +49*, or re: and a regular expression",
      NULL);
  ahoy_config_key_set_check (key, check_match);
  key = ahoy_config_object_class_add_list (config_class, "endpoints", "Endpoints",
                                           "as whom it is called: the first one that can call now",
                                           NULL);
  ahoy_config_key_set_reference (key, "endpoint");
  key = ahoy_config_object_class_add_list (config_class, "times", "Times",
                                           "when it holds, in local time, such as mon-fri "
                                           "08:00-18:00; empty for always",
                                           NULL);
  ahoy_config_key_set_check (key, check_times);
}

static void
ahoy_out_route_config_init (AhoyOutRouteConfig *self)
{
}

/**
 * ahoy_out_route_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyOutRouteConfig *
ahoy_out_route_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_OUT_ROUTE_CONFIG, "name", name, NULL);
}
