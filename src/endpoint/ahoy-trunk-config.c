/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-trunk-config.h"

#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"

/**
 * AhoyTrunkConfig:
 *
 * The line of a provider, or to another exchange, in one group, `[trunk NAME]`: what an endpoint,
 * an account, an identify and a registration say together. ahoy_configuration_expand() makes these
 * of it.
 *
 * Since: 0.1
 */
struct _AhoyTrunkConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyTrunkConfig, ahoy_trunk_config, AHOY_TYPE_CONFIG_OBJECT)

static void
add_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_uri_list (klass, "server", "Server",
                                               "where calls to the trunk go, such as "
                                               "<sip:sip.example.org;transport=tcp>",
                                               ahoy_endpoint_check_uri_list);
  key = ahoy_config_object_class_add_list (klass, "match", "Networks",
                                           "the addresses, networks and hosts that calls of the "
                                           "trunk come from; without them it makes calls only",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_match);
  ahoy_config_object_class_add_text (klass, "username", "User name",
                                     "the name with which challenges of the trunk are answered, "
                                     "and that stands in From",
                                     NULL);
  key = ahoy_config_object_class_add_text (klass, "password", "Password",
                                           "the password with which they are answered", NULL);
  ahoy_config_key_set_secret (key);
  ahoy_config_object_class_add_text (klass, "domain", "Domain",
                                     "the domain that stands in From; empty for the address of "
                                     "the transport",
                                     NULL);
  ahoy_config_object_class_add_boolean (klass, "register", "Register",
                                        "whether the server is told where we are, so that it sends "
                                        "us calls (RFC 3261 section 10); they are known by a "
                                        "secret line",
                                        FALSE);
  ahoy_config_object_class_add_text (klass, "context", "Context",
                                     "the context whose routes calls of the trunk may call",
                                     "default");
  ahoy_config_object_class_add_list (klass, "codecs", "Codecs",
                                     "the codecs of its calls, the best first",
                                     "opus;g722;pcma;pcmu");
  ahoy_config_object_class_add_number (klass, "call-limit", "Calls",
                                       "how many calls it may have at once; 0 for no limit", 0,
                                       100000, 0);
  ahoy_config_object_class_add_text (klass, "description", "Description",
                                     "what people call it", NULL);
}

static gboolean
ahoy_trunk_config_validate (AhoyConfigObject *object, GError **error)
{
  const char *message = NULL;
  g_autofree char *server = ahoy_config_object_dup_text (object, "server");

  if (server == NULL || *server == '\0')
    message = "a trunk needs the key server; add one such as server=<sip:sip.example.org>";
  else if (ahoy_config_object_get_string (object, "password") != NULL
           && ahoy_config_object_get_string (object, "username") == NULL)
    message = "password has no use without username; add it";
  else if (ahoy_config_object_get_boolean (object, "register")
           && ahoy_config_object_get_string (object, "username") == NULL)
    message = "register needs the name that is registered; add username";
  if (message != NULL)
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID, message);
  return message == NULL;
}

static void
ahoy_trunk_config_class_init (AhoyTrunkConfigClass *klass)
{
  static const char *const implied[] = { "endpoint", "auth", "registration", NULL };
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "trunk";
  config_class->implies = implied;
  config_class->description
      = "a line of a provider: stands for an endpoint, an auth, an identify and a registration "
        "of its name";
  config_class->validate = ahoy_trunk_config_validate;
  add_keys (config_class);
}

static void
ahoy_trunk_config_init (AhoyTrunkConfig *self)
{
}

/**
 * ahoy_trunk_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyTrunkConfig *
ahoy_trunk_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_TRUNK_CONFIG, "name", name, NULL);
}
