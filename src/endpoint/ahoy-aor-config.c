/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-aor-config.h"

#include "ahoy-aor-config-private.h"
#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"

/**
 * AhoyAorConfig:
 *
 * An address of record: a name under which contacts are registered (RFC 3261 section 10). A group
 * `[aor NAME]`; each endpoint implies one of its own name, whose keys may stand in the endpoint.
 *
 * Since: 0.1
 */
struct _AhoyAorConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyAorConfig, ahoy_aor_config, AHOY_TYPE_CONFIG_OBJECT)

/* Endpoints have these keys too. */
void
ahoy_aor_config_add_keys (AhoyConfigObjectClass *klass)
{
  ahoy_config_object_class_add_number (klass, "max-contacts", "Contacts",
                                       "how many contacts may be registered at once; 0 for none", 0,
                                       1000, 5);
  ahoy_config_object_class_add_boolean (klass, "remove-existing", "Replace contacts",
                                        "whether a new contact pushes out the oldest one when "
                                        "there are too many",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "remove-unavailable", "Replace silent contacts",
                                        "whether contacts that do not answer when they are asked "
                                        "are removed first when there are too many",
                                        FALSE);
  ahoy_config_object_class_add_duration (klass, "minimum-expiration", "Shortest expiration",
                                         "the shortest time that a contact may be registered "
                                         "for; a shorter one is raised, see reject-brief",
                                         "s", 1, 2592000, 60);
  ahoy_config_object_class_add_duration (klass, "maximum-expiration", "Longest expiration",
                                         "the longest time that a contact may be registered for; "
                                         "a longer one is cut",
                                         "s", 1, 2592000, 7200);
  ahoy_config_object_class_add_duration (klass, "default-expiration", "Default expiration",
                                         "how long a contact is registered that does not ask for "
                                         "a time",
                                         "s", 1, 2592000, 3600);
  ahoy_config_object_class_add_boolean (klass, "reject-brief", "Refuse what is too brief",
                                        "whether a registration for less than minimum-expiration "
                                        "is answered with 423, instead of being raised",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "rewrite-contact", "Phones behind NAT",
                                        "whether what is sent to a contact goes to the address "
                                        "and port that it was registered from, whatever it says",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "remove-on-close", "Drop with the connection",
                                        "whether a contact that was registered over a connection "
                                        "goes when that is closed; one that only the connection "
                                        "leads to always does",
                                        FALSE);
  ahoy_config_object_class_add_uri_list (klass, "service-route", "Service route",
                                         "the proxies that registered phones are told to pass "
                                         "first with what they send (RFC 3608)",
                                         ahoy_endpoint_check_uri_list);
  ahoy_config_object_class_add_duration (klass, "qualify-frequency", "Interval of qualifying",
                                         "how often each contact is asked whether it is there; 0 "
                                         "for never",
                                         "s", 0, 86400, 0);
  ahoy_config_object_class_add_duration (klass, "qualify-timeout", "Patience of qualifying",
                                         "how long the answer may take", "ms", 100, 32000, 3000);
  ahoy_config_object_class_add_boolean (klass, "qualify-2xx-only", "Answers that count",
                                        "whether only an answer of 2xx shows that a contact is "
                                        "there; else any does",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "qualify-authenticate", "Proof in qualifying",
                                        "whether a contact that asks for credentials gets those "
                                        "of outbound-username, and is asked again",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "support-path", "Path",
                                        "whether registrations may come through proxies that "
                                        "want to stay in the path (RFC 3327)",
                                        FALSE);
}

/* Times that contradict each other. */
gboolean
ahoy_aor_config_validate_keys (AhoyConfigObject *object, GError **error)
{
  gint64 minimum = ahoy_config_object_get_duration (object, "minimum-expiration");
  gint64 maximum = ahoy_config_object_get_duration (object, "maximum-expiration");
  gint64 expiration = ahoy_config_object_get_duration (object, "default-expiration");

  if (minimum <= expiration && expiration <= maximum)
    return TRUE;

  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                       "default-expiration is not between minimum-expiration and "
                       "maximum-expiration; change one of the three");
  return FALSE;
}

static void
ahoy_aor_config_class_init (AhoyAorConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "aor";
  config_class->description
      = "a name under which contacts are registered; each endpoint implies one of its own name";
  config_class->validate = ahoy_aor_config_validate_keys;
  ahoy_config_object_class_add_uri_list (config_class, "contact", "Contact",
                                         "where somebody is who does not register",
                                         ahoy_endpoint_check_uri_list);
  ahoy_aor_config_add_keys (config_class);
  ahoy_config_object_class_add_uri_list (config_class, "outbound-proxy", "Outbound proxy",
                                         "the proxies that requests to contacts pass first, where "
                                         "the endpoint names none",
                                         ahoy_endpoint_check_uri_list);
}

static void
ahoy_aor_config_init (AhoyAorConfig *self)
{
}

/**
 * ahoy_aor_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyAorConfig *
ahoy_aor_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_AOR_CONFIG, "name", name, NULL);
}
