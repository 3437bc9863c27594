/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-domain-config.h"

#include <gio/gio.h>

#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"

/**
 * AhoyDomainConfig:
 *
 * A domain that is ours: a group `[domain example.org]`.
 *
 * Since: 0.1
 */
struct _AhoyDomainConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyDomainConfig, ahoy_domain_config, AHOY_TYPE_CONFIG_OBJECT)

static gboolean
check_domain (const char *text, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (address != NULL || ahoy_endpoint_is_host_name (text)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no domain; write one such as example.org, or an address such as 192.0.2.7",
               text);
  return FALSE;
}

static void
add_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_list (klass, "aliases", "Aliases",
                                           "other names of the domain, such as sip.example.org",
                                           NULL);
  ahoy_config_key_set_check (key, check_domain);
  ahoy_config_object_class_add_boolean (klass, "allow-guest", "Guests",
                                        "whether calls of no endpoint to the domain are taken, "
                                        "without authentication",
                                        FALSE);
  ahoy_config_object_class_add_text (klass, "context", "Context of guests",
                                     "the context whose routes guests of the domain may call; "
                                     "empty for guest-context of [core]",
                                     NULL);
}

static gboolean
ahoy_domain_config_validate (AhoyConfigObject *object, GError **error)
{
  return check_domain (ahoy_config_object_get_name (object), error);
}

static void
ahoy_domain_config_class_init (AhoyDomainConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "domain";
  config_class->description = "a domain that is ours, such as [domain example.org]";
  config_class->validate = ahoy_domain_config_validate;
  add_keys (config_class);
}

static void
ahoy_domain_config_init (AhoyDomainConfig *self)
{
}

/**
 * ahoy_domain_config_new:
 * @name: the domain
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyDomainConfig *
ahoy_domain_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_DOMAIN_CONFIG, "name", name, NULL);
}
