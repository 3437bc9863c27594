/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-config.h"

#include <string.h>

#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"
#include "ahoy-name-addr.h"

/**
 * AhoyRegistrationConfig:
 *
 * A registration of ours with a server of somebody else (RFC 3261 section 10.2): a group
 * `[registration NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyRegistrationConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyRegistrationConfig, ahoy_registration_config, AHOY_TYPE_CONFIG_OBJECT)

static gboolean
check_client (const char *text, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  if (!ahoy_endpoint_check_uri_list (text, error)) {
    return FALSE;
  }
  list = ahoy_name_addr_parse_list (text, NULL);
  if (list != NULL && list->len == 1) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is more than one address; write one such as <sip:alice@example.org>", text);
  return FALSE;
}

/* NAME or NAME=VALUE, as it may stand behind a Contact (RFC 3261 §25.1, contact-extension). */
static gboolean
check_param (const char *text, GError **error)
{
  static const char *const ours[] = { "expires", "reg-id", "+sip.instance" };
  gsize length = strcspn (text, "=");
  g_autofree char *name = g_strndup (text, length);
  g_autofree char *whole = g_strconcat ("<sip:a@example.org>;", text, NULL);
  g_autoptr (AhoyNameAddr) address = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++) {
    if (g_ascii_strcasecmp (name, ours[i]) == 0) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "%s is written by the registration itself; take it out", ours[i]);
      return FALSE;
    }
  }
  if (strpbrk (text, ",;\r\n") == NULL) {
    address = ahoy_name_addr_parse (whole, NULL);
  }
  if (address != NULL && length > 0) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no parameter; write one such as q=0.5", text);
  return FALSE;
}

static void
add_account_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_boolean (klass, "enabled", "Enabled",
                                        "whether it registers; what is not enabled unregisters",
                                        TRUE);
  key = ahoy_config_object_class_add_text (klass, "endpoint", "Endpoint",
                                           "the endpoint that it is for: whose account and proxies "
                                           "it uses, and who gets its calls by the line",
                                           NULL);
  ahoy_config_key_set_reference (key, "endpoint");
  ahoy_config_object_class_add_uri_list (klass, "server", "Servers",
                                         "the servers, the best first, such as "
                                         "<sip:example.org>; the next one is used while the ones "
                                         "before it do not answer",
                                         ahoy_endpoint_check_uri_list);
  ahoy_config_object_class_add_uri_list (klass, "client", "Address",
                                         "what is registered, such as <sip:alice@example.org>; "
                                         "empty for from-user or outbound-username of the "
                                         "endpoint, at its from-domain or the server",
                                         check_client);
  ahoy_config_object_class_add_text (klass, "outbound-username", "User name",
                                     "the name with which challenges are answered; empty for what "
                                     "the endpoint has",
                                     NULL);
  key = ahoy_config_object_class_add_text (klass, "outbound-password", "Password",
                                           "the password with which challenges are answered", NULL);
  ahoy_config_key_set_secret (key);
  key = ahoy_config_object_class_add_list (klass, "outbound-auths", "Accounts",
                                           "accounts with which challenges are answered, each for "
                                           "its realm",
                                           NULL);
  ahoy_config_key_set_reference (key, "auth");
}

static void
add_contact_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (klass, "contact-user", "User of Contact",
                                     "the user part of Contact, which calls of the server are for; "
                                     "empty for that of client",
                                     NULL);
  key = ahoy_config_object_class_add_list (klass, "contact-params", "Parameters of Contact",
                                           "parameters that stand behind Contact, such as q=0.5",
                                           NULL);
  ahoy_config_key_set_check (key, check_param);
  key = ahoy_config_object_class_add_text (klass, "transport", "Transport",
                                           "the transport to register by, and to be reached by; "
                                           "empty for one that fits",
                                           NULL);
  ahoy_config_key_set_reference (key, "transport");
  ahoy_config_object_class_add_uri_list (klass, "outbound-proxy", "Outbound proxy",
                                         "the proxies that REGISTER passes first; empty for those "
                                         "of the endpoint",
                                         ahoy_endpoint_check_uri_list);
  ahoy_config_object_class_add_boolean (klass, "line", "Line",
                                        "whether Contact has a secret parameter line, by which "
                                        "calls of the server are known to be for the endpoint, "
                                        "wherever they come from",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "learn-address", "Learn the address",
                                        "whether Contact shows the address that the server sees, "
                                        "once it told it, instead of that of the transport",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "support-path", "Path",
                                        "whether the server is told that proxies may stay in the "
                                        "path (RFC 3327)",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "support-outbound", "Outbound",
                                        "whether Contact says which device it is, so that the "
                                        "server calls back over the connection of REGISTER "
                                        "(RFC 5626)",
                                        FALSE);
  ahoy_config_object_class_add_text (klass, "user-agent", "Program",
                                     "what REGISTER says in User-Agent; empty for that of core",
                                     NULL);
}

static void
add_time_keys (AhoyConfigObjectClass *klass)
{
  ahoy_config_object_class_add_duration (klass, "expiration", "Expiration",
                                         "how long the server is asked to keep the registration",
                                         "s", 10, 2592000, 3600);
  ahoy_config_object_class_add_duration (klass, "max-random-initial-delay", "Delay at the start",
                                         "the longest time that the first REGISTER waits; how long "
                                         "is left to chance, so that many do not come at once",
                                         "ms", 0, 3600000, 0);
  ahoy_config_object_class_add_duration (klass, "timeout", "Patience",
                                         "how long a server may take to answer", "ms", 100, 64000,
                                         20000);
  ahoy_config_object_class_add_duration (klass, "retry-interval", "Interval of trying again",
                                         "after which time it is tried again when no server "
                                         "answered; twice as long each time",
                                         "ms", 100, 86400000, 30000);
  ahoy_config_object_class_add_duration (klass, "max-retry-interval", "Longest interval",
                                         "the longest time between two attempts", "ms", 100,
                                         86400000, 1800000);
  ahoy_config_object_class_add_number (klass, "max-retries", "Attempts",
                                       "how often it is tried again before it is given up; 0 for "
                                       "always",
                                       0, 100000, 0);
  ahoy_config_object_class_add_duration (klass, "forbidden-retry-interval", "Interval after 403",
                                         "after which time it is tried again when the server "
                                         "forbids it; 0 for never",
                                         "ms", 0, 86400000, 0);
  ahoy_config_object_class_add_duration (klass, "fatal-retry-interval", "Interval after others",
                                         "after which time it is tried again when the server "
                                         "answers with anything else that will hardly change, such "
                                         "as 404; 0 for never",
                                         "ms", 0, 86400000, 0);
  ahoy_config_object_class_add_boolean (klass, "auth-rejection-permanent", "Wrong password",
                                        "whether a refused account is not tried again before "
                                        "somebody changes it; no: after retry-interval",
                                        TRUE);
  ahoy_config_object_class_add_duration (klass, "keep-alive", "Keep-alive",
                                         "how long the way to the server may be silent until it is "
                                         "asked whether it is still open: a connection by double "
                                         "CRLF (RFC 5626), otherwise by OPTIONS; 0 for as the "
                                         "transport has it, or as the server wants it",
                                         "s", 0, 86400, 0);
  ahoy_config_object_class_add_duration (klass, "return-interval", "Interval of going back",
                                         "after which time a better server is tried again, while "
                                         "another one is used; 0 for not before that one fails",
                                         "ms", 0, 86400000, 300000);
  ahoy_config_object_class_add_boolean (klass, "keep-bindings", "Keep at the end",
                                        "whether it stays registered when the daemon ends", FALSE);
}

static gboolean
ahoy_registration_config_validate (AhoyConfigObject *object, GError **error)
{
  const char *message = NULL;
  g_autofree char *server = ahoy_config_object_dup_text (object, "server");
  g_autofree char *client = ahoy_config_object_dup_text (object, "client");
  const char *endpoint = ahoy_config_object_get_string (object, "endpoint");

  if (server == NULL || *server == '\0') {
    message = "a registration needs the key server; add one such as server=<sip:example.org>";
  } else if ((client == NULL || *client == '\0') && endpoint == NULL &&
             ahoy_config_object_get_string (object, "outbound-username") == NULL) {
    message = "a registration needs client, outbound-username or endpoint to know what to "
              "register; add one such as client=<sip:alice@example.org>";
  } else if (ahoy_config_object_get_string (object, "outbound-password") != NULL &&
             ahoy_config_object_get_string (object, "outbound-username") == NULL) {
    message = "outbound-password has no use without outbound-username; add it";
  } else if (ahoy_config_object_get_boolean (object, "line") && endpoint == NULL) {
    message = "line needs the endpoint that calls are for; add endpoint";
  } else if (ahoy_config_object_get_duration (object, "max-retry-interval") <
             ahoy_config_object_get_duration (object, "retry-interval")) {
    message = "max-retry-interval is shorter than retry-interval; change one of them";
  }
  if (message != NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID, message);
  }
  return message == NULL;
}

static void
ahoy_registration_config_class_init (AhoyRegistrationConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "registration";
  config_class->description = "a registration of ours with the server of a provider";
  config_class->validate = ahoy_registration_config_validate;
  add_account_keys (config_class);
  add_contact_keys (config_class);
  add_time_keys (config_class);
}

static void
ahoy_registration_config_init (AhoyRegistrationConfig *self)
{
}

/**
 * ahoy_registration_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyRegistrationConfig *
ahoy_registration_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_REGISTRATION_CONFIG, "name", name, NULL);
}
