/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-queue-config.h"

#include <string.h>

#include "ahoy-error.h"

/**
 * AhoyQueueConfig:
 *
 * A queue of callers for a group of people: a group `[queue NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyQueueConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyQueueConfig, ahoy_queue_config, AHOY_TYPE_CONFIG_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyQueueStrategy, ahoy_queue_strategy,
                    G_DEFINE_ENUM_VALUE (AHOY_QUEUE_STRATEGY_ALL, "all"),
                    G_DEFINE_ENUM_VALUE (AHOY_QUEUE_STRATEGY_ORDER, "order"),
                    G_DEFINE_ENUM_VALUE (AHOY_QUEUE_STRATEGY_LEAST_RECENT, "least-recent"))

G_DEFINE_ENUM_TYPE (AhoyQueueWhenEmpty, ahoy_queue_when_empty,
                    G_DEFINE_ENUM_VALUE (AHOY_QUEUE_WHEN_EMPTY_WAIT, "wait"),
                    G_DEFINE_ENUM_VALUE (AHOY_QUEUE_WHEN_EMPTY_LEAVE, "leave"))

#define DAY 86400

static gboolean
check_member (const char *text, GError **error)
{
  if (strchr (text, ',') != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no member; write alice;bob for two of them", text);
    return FALSE;
  }
  if (*text != '\0' && *text != '/' && !g_str_has_suffix (text, "/") &&
      strpbrk (text, ":@<>\" ") == NULL) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no member: a queue has to know whether somebody is free; write the name "
               "of an endpoint, or alice/office for one of its addresses of record, and for a "
               "number outside an endpoint with the key contact", text);
  return FALSE;
}

/* An endpoint is free or not as a whole, and has one place in a queue. */
static gboolean
check_twice (const char *const *members, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; members[i] != NULL; i++) {
    char *name = g_strndup (members[i], strcspn (members[i], "/"));

    if (!g_hash_table_add (names, name)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                   "the endpoint of “%s” is a member already; write each one once", members[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
ahoy_queue_config_validate (AhoyConfigObject *object, GError **error)
{
  const char *const *members = ahoy_config_object_get_list (object, "members");
  const char *announce = ahoy_config_object_get_string (object, "announce");

  if (members == NULL || members[0] == NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "a queue needs the key members, with the endpoints that ring; add it");
    return FALSE;
  }
  if (ahoy_config_object_get_duration (object, "announce-every") > 0 &&
      (announce == NULL || *announce == '\0')) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "announce-every needs something to play; add the key announce, or take "
                         "announce-every out");
    return FALSE;
  }
  return check_twice (members, error);
}

static void
add_durations (AhoyConfigObjectClass *klass)
{
  static const struct {
    const char *name;
    const char *nick;
    const char *blurb;
    guint least;
    guint most;
    guint usual;
  } keys[] = {
    { "ring-time", "Ringing", "how long members ring before the next try", 1, 3600, 15 },
    { "retry", "Pause", "how long a member who did not answer is left alone", 1, 3600, 5 },
    { "wrap-up", "Wrap-up", "how long a member has no call after one from the queue", 0, 3600, 0 },
    { "timeout", "Longest wait",
      "after which time a caller goes on with the next step; 0 for never", 0, DAY, 0 },
    { "announce-every", "Pause between announcements",
      "after which time announce is played again; 0 for only once", 0, DAY, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    ahoy_config_object_class_add_duration (klass, keys[i].name, keys[i].nick, keys[i].blurb, "s",
                                           keys[i].least, keys[i].most, keys[i].usual);
  }
}

static void
ahoy_queue_config_class_init (AhoyQueueConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);
  GParamSpec *key;

  config_class->type_name = "queue";
  config_class->description = "callers who wait until one of several people is free";
  config_class->validate = ahoy_queue_config_validate;
  key = ahoy_config_object_class_add_list (config_class, "members", "Members",
                                           "the endpoints that ring, such as alice or "
                                           "alice/office, in their order",
                                           NULL);
  ahoy_config_key_set_check (key, check_member);
  ahoy_config_object_class_add_choice (config_class, "strategy", "Strategy",
                                       "who rings for a caller: all that are free, one after the "
                                       "other from the first, or from the one whose last call is "
                                       "the longest ago",
                                       AHOY_TYPE_QUEUE_STRATEGY, AHOY_QUEUE_STRATEGY_ALL);
  add_durations (config_class);
  ahoy_config_object_class_add_number (config_class, "max-length", "Most callers",
                                       "how many may wait; who is one more goes on with the next "
                                       "step; 0 for any number",
                                       0, 10000, 0);
  ahoy_config_object_class_add_text (config_class, "moh", "Music",
                                     "what those who wait hear: the name of a group moh",
                                     "default");
  ahoy_config_object_class_add_text (config_class, "announce", "Announcement",
                                     "a sound that a caller hears first, in sounds-directory or "
                                     "with all of its path",
                                     NULL);
  ahoy_config_object_class_add_choice (config_class, "when-empty", "Nobody there",
                                       "while no member is registered or can be reached: callers "
                                       "wait, or leave for the next step",
                                       AHOY_TYPE_QUEUE_WHEN_EMPTY, AHOY_QUEUE_WHEN_EMPTY_WAIT);
}

static void
ahoy_queue_config_init (AhoyQueueConfig *self)
{
}

/**
 * ahoy_queue_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyQueueConfig *
ahoy_queue_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_QUEUE_CONFIG, "name", name, NULL);
}
