/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-acl-config.h"

#include "ahoy-acl-config-private.h"
#include "ahoy-error.h"

/**
 * AhoyAclConfig:
 *
 * Networks that are let in or not, for several endpoints or for all: a group `[acl NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyAclConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyAclConfig, ahoy_acl_config, AHOY_TYPE_CONFIG_OBJECT)

static void
add_networks (AhoyConfigObjectClass *klass, const char *name, const char *nick, const char *blurb)
{
  ahoy_config_key_set_check (ahoy_config_object_class_add_list (klass, name, nick, blurb, NULL),
                             ahoy_config_check_network);
}

/* Endpoints have these keys too. */
void
ahoy_acl_config_add_keys (AhoyConfigObjectClass *klass)
{
  add_networks (klass, "permit", "Permitted",
                "the addresses and networks that requests may come from; where some are named, "
                "from nowhere else");
  add_networks (klass, "deny", "Denied",
                "the addresses and networks that requests may not come from; of all networks that "
                "hold an address the narrowest decides");
  add_networks (klass, "contact-permit", "Permitted contacts",
                "the addresses and networks that contacts may have");
  add_networks (klass, "contact-deny", "Denied contacts",
                "the addresses and networks that contacts may not have");
}

/* What only endpoints have. */
void
ahoy_acl_config_add_endpoint_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_list (klass, "acl", "Lists of networks",
                                           "objects [acl], all of which have to let in where "
                                           "requests of the endpoint come from",
                                           NULL);
  ahoy_config_key_set_reference (key, "acl");
  ahoy_acl_config_add_keys (klass);
  key = ahoy_config_object_class_add_list (klass, "contact-acl", "Lists for contacts",
                                           "objects [acl] whose permit and deny hold for the "
                                           "addresses of contacts",
                                           NULL);
  ahoy_config_key_set_reference (key, "acl");
  key = ahoy_config_object_class_add_list (klass, "direct-media-acl", "Lists for direct media",
                                           "objects [acl], all of which have to let in where media "
                                           "may go past this host",
                                           NULL);
  ahoy_config_key_set_reference (key, "acl");
  add_networks (klass, "direct-media-permit", "Permitted direct media",
                "the addresses and networks that media may go to past this host");
  add_networks (klass, "direct-media-deny", "Denied direct media",
                "the addresses and networks that media may not go to past this host");
}

static gboolean
ahoy_acl_config_validate (AhoyConfigObject *object, GError **error)
{
  static const char *const keys[] = { "permit", "deny", "contact-permit", "contact-deny" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *const *list = ahoy_config_object_get_list (object, keys[i]);

    if (list != NULL && list[0] != NULL) {
      return TRUE;
    }
  }
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                       "it lets in everybody; add permit or deny");
  return FALSE;
}

static void
ahoy_acl_config_class_init (AhoyAclConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "acl";
  config_class->description = "networks that are let in or not, for several endpoints or for all";
  config_class->validate = ahoy_acl_config_validate;
  ahoy_acl_config_add_keys (config_class);
}

static void
ahoy_acl_config_init (AhoyAclConfig *self)
{
}

/**
 * ahoy_acl_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyAclConfig *
ahoy_acl_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_ACL_CONFIG, "name", name, NULL);
}
