/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auth-config.h"

#include "ahoy-auth-config-private.h"
#include "ahoy-endpoint-checks-private.h"

/**
 * AhoyAuthConfig:
 *
 * A name and a password (RFC 7616): a group `[auth NAME]`. Each endpoint implies one of its own
 * name, whose keys stand in the endpoint.
 *
 * Since: 0.1
 */
struct _AhoyAuthConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyAuthConfig, ahoy_auth_config, AHOY_TYPE_CONFIG_OBJECT)

/* Endpoints have these keys too. */
void
ahoy_auth_config_add_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (klass, "realm", "Realm",
                                     "the realm that the account is for; empty for the one of "
                                     "[core]",
                                     NULL);
  ahoy_config_object_class_add_text (klass, "username", "User name", "the name of the account",
                                     NULL);
  key = ahoy_config_object_class_add_text (klass, "password", "Password",
                                           "the password of the account", NULL);
  ahoy_config_key_set_secret (key);
  key = ahoy_config_object_class_add_text (klass, "password-md5", "Password, hashed with MD5",
                                           "32 hexadecimal digits: the MD5 of "
                                           "username:realm:password (RFC 7616 section 3.4.2)",
                                           NULL);
  ahoy_config_key_set_secret (key);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_md5);
  key = ahoy_config_object_class_add_text (klass, "password-sha256",
                                           "Password, hashed with SHA-256",
                                           "64 hexadecimal digits: the SHA-256 of "
                                           "username:realm:password (RFC 7616 section 3.4.2)",
                                           NULL);
  ahoy_config_key_set_secret (key);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_sha256);
  key = ahoy_config_object_class_add_text (klass, "password-sha512-256",
                                           "Password, hashed with SHA-512/256",
                                           "64 hexadecimal digits: the SHA-512/256 of "
                                           "username:realm:password (RFC 7616 section 3.4.2)",
                                           NULL);
  ahoy_config_key_set_secret (key);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_sha256);
}

static void
ahoy_auth_config_class_init (AhoyAuthConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "auth";
  config_class->description = "a name and a password, for endpoints that need more than their own";
  ahoy_auth_config_add_keys (config_class);
}

static void
ahoy_auth_config_init (AhoyAuthConfig *self)
{
}

/**
 * ahoy_auth_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyAuthConfig *
ahoy_auth_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_AUTH_CONFIG, "name", name, NULL);
}
