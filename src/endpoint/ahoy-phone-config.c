/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-phone-config.h"

#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"

/**
 * AhoyPhoneConfig:
 *
 * A telephone in one group, `[phone NAME]`: what an endpoint, an address of record and an account
 * say together. ahoy_configuration_expand() makes these three of it.
 *
 * Since: 0.1
 */
struct _AhoyPhoneConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyPhoneConfig, ahoy_phone_config, AHOY_TYPE_CONFIG_OBJECT)

static void
add_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (klass, "username", "User name",
                                     "the name that the phone registers and proves itself with; "
                                     "empty for that of the group",
                                     NULL);
  key = ahoy_config_object_class_add_text (klass, "password", "Password", "its password", NULL);
  ahoy_config_key_set_secret (key);
  ahoy_config_object_class_add_text (klass, "caller-id", "Caller",
                                     "the name and number that its calls show, such as Bob <100>",
                                     NULL);
  ahoy_config_object_class_add_text (klass, "context", "Context",
                                     "the context whose routes it may call", "default");
  ahoy_config_object_class_add_list (klass, "codecs", "Codecs",
                                     "the codecs of its calls, the best first",
                                     "opus;g722;pcma;pcmu");
  ahoy_config_object_class_add_number (klass, "max-contacts", "Contacts",
                                       "at how many places it may be at once", 1, 1000, 1);
  ahoy_config_object_class_add_text (klass, "description", "Description",
                                     "what people call it, and where it is", NULL);
  key = ahoy_config_object_class_add_text (klass, "language", "Language",
                                           "the language of sounds in its calls, such as de", NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_language);
}

static gboolean
ahoy_phone_config_validate (AhoyConfigObject *object, GError **error)
{
  if (ahoy_config_object_get_string (object, "password") != NULL)
    return TRUE;
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                       "a phone needs a password; add password, password-file, "
                       "password-credential or password-secret");
  return FALSE;
}

static void
ahoy_phone_config_class_init (AhoyPhoneConfigClass *klass)
{
  static const char *const implied[] = { "endpoint", "aor", "auth", NULL };
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "phone";
  config_class->implies = implied;
  config_class->description = "a telephone: stands for an endpoint, an aor and an auth of its name";
  config_class->validate = ahoy_phone_config_validate;
  add_keys (config_class);
}

static void
ahoy_phone_config_init (AhoyPhoneConfig *self)
{
}

/**
 * ahoy_phone_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyPhoneConfig *
ahoy_phone_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_PHONE_CONFIG, "name", name, NULL);
}
