/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-identify-config.h"

#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"
#include "ahoy-identify-pattern.h"

/**
 * AhoyIdentifyConfig:
 *
 * By what requests of an endpoint are known: a group `[identify NAME]`. All that it says has to
 * hold of a request; where one of several things is enough, an endpoint has several of these.
 *
 * Since: 0.1
 */
struct _AhoyIdentifyConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyIdentifyConfig, ahoy_identify_config, AHOY_TYPE_CONFIG_OBJECT)

static gboolean
check_header (const char *text, GError **error)
{
  g_autofree char *name = NULL;
  const char *value;
  g_autoptr (AhoyIdentifyPattern) pattern = NULL;

  if (!ahoy_identify_split_header (text, &name, &value)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no header; write its name, a colon and its value, such as X-Trunk: 7 or "
                 "X-Trunk: re:[78]",
                 text);
    return FALSE;
  }
  pattern = ahoy_identify_pattern_parse (value, error);
  return pattern != NULL;
}

static gboolean
check_uri (const char *text, GError **error)
{
  g_autoptr (AhoyIdentifyPattern) pattern = ahoy_identify_pattern_parse (text, error);
  g_autofree char *key = NULL;

  if (pattern == NULL) {
    return FALSE;
  }
  key = ahoy_identify_make_uri_key (text);
  if (ahoy_identify_pattern_get_literal (pattern) != NULL && key == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no URI; write one such as sip:100@example.org, or re: and a regular "
                 "expression",
                 text);
    return FALSE;
  }
  return TRUE;
}

static void
add_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_text (klass, "endpoint", "Endpoint",
                                           "the endpoint that such requests are of", NULL);
  ahoy_config_key_set_reference (key, "endpoint");
  key = ahoy_config_object_class_add_list (klass, "match", "Networks",
                                           "the addresses, networks and hosts, one of which the "
                                           "requests come from",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_match);
  ahoy_config_object_class_add_boolean (klass, "srv-lookups", "SRV lookups",
                                        "whether SRV records are asked what a host in match "
                                        "stands for (RFC 3263), and not its addresses alone",
                                        TRUE);
  key = ahoy_config_object_class_add_text (klass, "header", "Header",
                                           "a header that the requests have, such as X-Trunk: 7, "
                                           "or with re: and a regular expression for its whole "
                                           "value",
                                           NULL);
  ahoy_config_key_set_check (key, check_header);
  key = ahoy_config_object_class_add_text (klass, "request-uri", "Request-URI",
                                           "whom the requests are for: a URI, of which user, host "
                                           "and port count, or re: and a regular expression for "
                                           "the whole of it",
                                           NULL);
  ahoy_config_key_set_check (key, check_uri);
  key = ahoy_config_object_class_add_text (klass, "transport", "Transport",
                                           "the transport that the requests come by", NULL);
  ahoy_config_key_set_reference (key, "transport");
}

static gboolean
ahoy_identify_config_validate (AhoyConfigObject *object, GError **error)
{
  static const char *const conditions[] = { "match", "header", "request-uri", "transport" };

  if (ahoy_config_object_get_string (object, "endpoint") == NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "it says not whose the requests are; add the key endpoint");
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++) {
    g_autofree char *text = ahoy_config_object_dup_text (object, conditions[i]);

    if (text != NULL && *text != '\0') {
      return TRUE;
    }
  }
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                       "every request would be of the endpoint; add one of the keys match, header, "
                       "request-uri and transport");
  return FALSE;
}

static void
ahoy_identify_config_class_init (AhoyIdentifyConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "identify";
  config_class->description = "by what requests of an endpoint are known; all of it has to hold";
  config_class->validate = ahoy_identify_config_validate;
  add_keys (config_class);
}

static void
ahoy_identify_config_init (AhoyIdentifyConfig *self)
{
}

/**
 * ahoy_identify_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyIdentifyConfig *
ahoy_identify_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_IDENTIFY_CONFIG, "name", name, NULL);
}
