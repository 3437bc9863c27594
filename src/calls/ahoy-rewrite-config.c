/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-rewrite-config.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-number-rule-private.h"
#include "ahoy-route-pattern-private.h"

/**
 * AhoyRewriteConfig:
 *
 * How numbers that people write become numbers that are called, and those of callers become what
 * is shown of them: a group `[rewrite NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyRewriteConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyRewriteConfig, ahoy_rewrite_config, AHOY_TYPE_CONFIG_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyNumberFormat, ahoy_number_format,
                    G_DEFINE_ENUM_VALUE (AHOY_NUMBER_FORMAT_KEEP, "keep"),
                    G_DEFINE_ENUM_VALUE (AHOY_NUMBER_FORMAT_E164, "e164"),
                    G_DEFINE_ENUM_VALUE (AHOY_NUMBER_FORMAT_INTERNATIONAL, "international"),
                    G_DEFINE_ENUM_VALUE (AHOY_NUMBER_FORMAT_NATIONAL, "national"))

G_DEFINE_ENUM_TYPE (AhoyNumberUse, ahoy_number_use,
                    G_DEFINE_ENUM_VALUE (AHOY_NUMBER_USE_CALLED, "called"),
                    G_DEFINE_ENUM_VALUE (AHOY_NUMBER_USE_CALLER, "caller"),
                    G_DEFINE_ENUM_VALUE (AHOY_NUMBER_USE_BOTH, "both"))

static gboolean
check_match (const char *text, GError **error)
{
  g_autoptr (AhoyRoutePattern) pattern = ahoy_route_pattern_parse (text, error);

  return pattern != NULL;
}

static gboolean
check_digits (const char *text, GError **error)
{
  if (strspn (text, "0123456789") == strlen (text) && strlen (text) <= 8) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no code of up to 8 digits; write it without + and spaces, such as 49",
               text);
  return FALSE;
}

static void
add_number_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_choice (klass, "format", "Format",
                                       "how the number is written in the end; needs country-code "
                                       "for all but keep and international",
                                       AHOY_TYPE_NUMBER_FORMAT, AHOY_NUMBER_FORMAT_KEEP);
  key = ahoy_config_object_class_add_text (klass, "country-code", "Country code",
                                           "the code of the country that numbers without one "
                                           "belong to, such as 49",
                                           NULL);
  ahoy_config_key_set_check (key, check_digits);
  key = ahoy_config_object_class_add_text (klass, "area-code", "Area code",
                                           "the code of the place that numbers without the "
                                           "national prefix belong to, such as 30; empty where "
                                           "they are extensions and stay",
                                           NULL);
  ahoy_config_key_set_check (key, check_digits);
  key = ahoy_config_object_class_add_text (klass, "national-prefix", "National prefix",
                                           "what is dialed before the area code; empty in "
                                           "countries that have none",
                                           "0");
  ahoy_config_key_set_check (key, check_digits);
  key = ahoy_config_object_class_add_text (klass, "international-prefix", "International prefix",
                                           "what is dialed before the code of another country",
                                           "00");
  ahoy_config_key_set_check (key, check_digits);
  ahoy_config_object_class_add_number (klass, "shortest", "Shortest number",
                                       "a number with fewer digits, such as 112, is never given a "
                                       "format",
                                       1, 15, 5);
}

static void
add_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_text (
      klass, "match", "Number",
      "which numbers: the number itself, a pattern such as 0[1-9]*, or re: and a regular "
      "expression; empty for all that have digits only, with or without +",
      NULL);
  ahoy_config_key_set_check (key, check_match);
  key = ahoy_config_object_class_add_list (klass, "endpoints", "Endpoints",
                                           "whose calls; empty for all", NULL);
  ahoy_config_key_set_reference (key, "endpoint");
  ahoy_config_object_class_add_choice (klass, "for", "Numbers",
                                       "whether those that are called, those of who calls or "
                                       "answers, or both",
                                       AHOY_TYPE_NUMBER_USE, AHOY_NUMBER_USE_CALLED);
  ahoy_config_object_class_add_text (klass, "replace", "Replacement",
                                     "what all of the number becomes; with re: \\1, which "
                                     "files write \\\\1, is what the first group matched",
                                     NULL);
  ahoy_config_object_class_add_number (klass, "strip", "Strip",
                                       "how many characters are taken from the front", 0, 64, 0);
  ahoy_config_object_class_add_text (klass, "prefix", "Prefix",
                                     "what is put in front, after strip", NULL);
  add_number_keys (klass);
  ahoy_config_object_class_add_boolean (klass, "continue", "Continue",
                                        "whether the rules behind this one see what it made; else "
                                        "it is the last one",
                                        FALSE);
}

static gboolean
ahoy_rewrite_config_validate (AhoyConfigObject *object, GError **error)
{
  g_autoptr (AhoyNumberRule) rule = ahoy_number_rule_new (object, error);

  return rule != NULL;
}

static void
ahoy_rewrite_config_class_init (AhoyRewriteConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "rewrite";
  config_class->description = "how numbers are rewritten before they are called or shown";
  config_class->validate = ahoy_rewrite_config_validate;
  add_keys (config_class);
}

static void
ahoy_rewrite_config_init (AhoyRewriteConfig *self)
{
}

/**
 * ahoy_rewrite_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyRewriteConfig *
ahoy_rewrite_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_REWRITE_CONFIG, "name", name, NULL);
}
