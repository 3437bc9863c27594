/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-messaging-config.h"

#include <string.h>

#include "ahoy-error.h"

/**
 * AhoyMessagingConfig:
 *
 * What holds for text messages: the group `[messaging]`.
 *
 * Since: 0.1
 */
struct _AhoyMessagingConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyMessagingConfig, ahoy_messaging_config, AHOY_TYPE_CONFIG_OBJECT)

static gboolean
check_type (const char *text, GError **error)
{
  const char *slash = strchr (text, '/');

  if (slash != NULL && slash != text && slash[1] != '\0' &&
      strpbrk (text, " \t;,\"<>()@:\\[]?=") == NULL && strchr (slash + 1, '/') == NULL) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no content type; write one such as text/plain, or text/* for all of text",
               text);
  return FALSE;
}

static void
add_store_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_number (klass, "store-limit", "Kept for one",
                                       "how many messages are kept for one endpoint", 1, 10000,
                                       100);
  ahoy_config_object_class_add_number (klass, "store-total", "Kept in all",
                                       "how many messages are kept for all endpoints together", 1,
                                       1000000, 5000);
  ahoy_config_object_class_add_duration (klass, "store-expiry", "Kept for",
                                         "for how long a message is kept; one that says itself "
                                         "for how long it is of use may be kept shorter",
                                         "s", 1, 31536000, 604800);
  key = ahoy_config_object_class_add_duration (klass, "store-retry", "Tried again after",
                                               "after how long it is tried again to deliver "
                                               "messages that are kept, besides when somebody "
                                               "registers",
                                               "s", 1, 86400, 60);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
}

static void
ahoy_messaging_config_class_init (AhoyMessagingConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);
  GParamSpec *key;

  config_class->type_name = "messaging";
  config_class->description = "what holds for text messages (RFC 3428)";
  config_class->singleton = TRUE;
  key = ahoy_config_object_class_add_number (config_class, "maximum-size", "Size",
                                             "how long a message may be; a longer one is refused "
                                             "with 413",
                                             1, 60000, 16384);
  ahoy_config_key_set_unit (key, "bytes");
  key = ahoy_config_object_class_add_list (config_class, "content-types", "Content types",
                                           "the only types of messages that are taken, such as "
                                           "text/plain;message/*; others are refused with 415. "
                                           "Empty for all",
                                           NULL);
  ahoy_config_key_set_check (key, check_type);
  ahoy_config_object_class_add_number (config_class, "rate", "Rate",
                                       "how many messages an endpoint may send in a minute; more "
                                       "are refused with 480 and Retry-After. 0 for no limit",
                                       0, 1000000, 120);
  ahoy_config_object_class_add_number (config_class, "burst", "Burst",
                                       "how many messages an endpoint may send at once before "
                                       "its rate counts",
                                       1, 1000000, 30);
  ahoy_config_object_class_add_duration (config_class, "duplicate-time", "Duplicates",
                                         "for how long a message that is sent once more, with the "
                                         "same Call-ID, CSeq and From tag, is answered as before "
                                         "and not delivered again",
                                         "s", 0, 86400, 300);
  add_store_keys (config_class);
}

static void
ahoy_messaging_config_init (AhoyMessagingConfig *self)
{
}

/**
 * ahoy_messaging_config_new:
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyMessagingConfig *
ahoy_messaging_config_new (void)
{
  return g_object_new (AHOY_TYPE_MESSAGING_CONFIG, NULL);
}
