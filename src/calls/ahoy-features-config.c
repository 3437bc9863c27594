/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-features-config.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-media-recording.h"

#define MOST_DIGITS 8

/**
 * AhoyFeaturesConfig:
 *
 * Which digits do something in a call that is joined: the group `[features]`.
 *
 * Since: 0.1
 */
struct _AhoyFeaturesConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyFeaturesConfig, ahoy_features_config, AHOY_TYPE_CONFIG_OBJECT)

static gboolean
check_digits (const char *text, GError **error)
{
  gsize length = strlen (text);

  if (length <= MOST_DIGITS && strspn (text, "0123456789*#ABCD") == length) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” cannot be dialled in a call; write up to %d of 0-9 * # A-D, such as *0", text,
               MOST_DIGITS);
  return FALSE;
}

static const struct {
  const char *name;
  const char *nick;
  const char *blurb;
  const char *digits;
} codes[] = {
  { "disconnect", "Hang up", "the digits that end the call; empty for none", "*0" },
  { "record", "Record", "the digits that begin to record the call, and end that; empty for none",
    "*1" },
  { "blind-transfer", "Blind transfer",
    "the digits after which the number follows that the other one is sent to; empty for none",
    "#1" },
  { "attended-transfer", "Attended transfer",
    "the digits after which the number follows that is asked first, while the other one waits; "
    "empty for none",
    "#2" },
  { "park", "Park",
    "the digits that leave the other one in a slot, whose number is said to who dials; empty for "
    "none",
    "#7" },
};

static void
ahoy_features_config_class_init (AhoyFeaturesConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "features";
  config_class->description = "digits that do something in a call, for who has the key features";
  config_class->singleton = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    GParamSpec *key = ahoy_config_object_class_add_text (config_class, codes[i].name,
                                                         codes[i].nick, codes[i].blurb,
                                                         codes[i].digits);

    ahoy_config_key_set_check (key, check_digits);
  }
  ahoy_config_object_class_add_duration (config_class, "feature-timeout", "Between digits",
                                         "how long digits that may become some of these are kept "
                                         "from the other one",
                                         "ms", 100, 10000, 1000);
  ahoy_config_object_class_add_choice (config_class, "record-layout", "Layout of recordings",
                                       "what stands in the file of a call that is recorded by "
                                       "digits or by INFO: both in one channel, both in two, or "
                                       "only who began it",
                                       AHOY_TYPE_MEDIA_RECORDING_LAYOUT,
                                       AHOY_MEDIA_RECORDING_MIXED);
  ahoy_config_object_class_add_duration (config_class, "record-beep", "Beeps of recordings",
                                         "how often both hear a beep while they are recorded; 0 "
                                         "for never",
                                         "s", 0, AHOY_MEDIA_RECORDING_MAX_BEEP, 0);
  ahoy_config_object_class_add_duration (config_class, "transfer-digit-timeout",
                                         "Between digits of a number",
                                         "how long to wait for one more digit of the number of a "
                                         "transfer",
                                         "ms", 500, 60000, 3000);
  ahoy_config_object_class_add_duration (config_class, "transfer-timeout", "Answer",
                                         "how long who is asked before an attended transfer may "
                                         "ring",
                                         "s", 1, 3600, 15);
  ahoy_config_object_class_add_duration (config_class, "park-timeout", "Parked",
                                         "after which time who parked somebody is called back",
                                         "s", 1, 86400, 45);
}

static void
ahoy_features_config_init (AhoyFeaturesConfig *self)
{
}

/**
 * ahoy_features_config_new:
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyFeaturesConfig *
ahoy_features_config_new (void)
{
  return g_object_new (AHOY_TYPE_FEATURES_CONFIG, NULL);
}
