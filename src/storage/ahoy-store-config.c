/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-config.h"

#include "ahoy-error.h"

/**
 * AhoyStoreConfig:
 *
 * A place for objects that are not written by people: a group `[store NAME]`. Each type may have
 * several, which are asked in the order of the configuration.
 *
 * Since: 0.1
 */
struct _AhoyStoreConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyStoreConfig, ahoy_store_config, AHOY_TYPE_CONFIG_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyStoreKind, ahoy_store_kind,
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_KIND_MEMORY, "memory"),
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_KIND_FILE, "file"),
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_KIND_SQLITE, "sqlite"),
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_KIND_SIPCONF, "sipconf"))

static gboolean
validate (AhoyConfigObject *object, GError **error)
{
  const char *path = ahoy_config_object_get_string (object, "path");
  gboolean needs_path
      = ahoy_config_object_get_choice (object, "backend") != AHOY_STORE_KIND_MEMORY;

  if (needs_path && path == NULL)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "a store in files or in a database needs a path; write one, such as "
                 "path=other.db");
  else if (!needs_path && path != NULL)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "a store in memory has no path; remove it, or write backend=sqlite");
  else if (ahoy_config_object_get_choice (object, "backend") == AHOY_STORE_KIND_SIPCONF
           && ahoy_config_object_get_boolean (object, "cache"))
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "a sip.conf is in memory as a whole, and needs no cache; remove cache");
  else if (ahoy_config_object_get_boolean (object, "full-backend-cache")
           && ahoy_config_object_get_number (object, "maximum-objects") > 0)
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "a full cache keeps all objects, and has no maximum; remove maximum-objects, or "
                 "full-backend-cache");
  else
    return TRUE;
  return FALSE;
}

static void
add_cache_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *keys[6];

  keys[0] = ahoy_config_object_class_add_boolean (klass, "cache", "Cache",
                                                  "whether objects are kept in memory too", FALSE);
  keys[1] = ahoy_config_object_class_add_number (klass, "maximum-objects", "Objects in the cache",
                                                 "how many objects the cache keeps at most, the "
                                                 "oldest goes for another one; 0 for no limit",
                                                 0, G_MAXINT, 0);
  keys[2] = ahoy_config_object_class_add_duration (klass, "lifetime-maximum", "Lifetime",
                                                   "for how long the cache keeps an object; 0 for "
                                                   "ever",
                                                   "s", 0, 31536000, 0);
  keys[3] = ahoy_config_object_class_add_duration (klass, "lifetime-stale", "Lifetime until stale",
                                                   "from which age on the backend is asked again "
                                                   "behind an answer of the cache; 0 for never",
                                                   "s", 0, 31536000, 0);
  keys[4] = ahoy_config_object_class_add_boolean (klass, "expire-on-reload", "Expire on reload",
                                                  "whether a reload of the configuration empties "
                                                  "the cache",
                                                  FALSE);
  keys[5] = ahoy_config_object_class_add_boolean (klass, "full-backend-cache", "Full cache",
                                                  "whether the cache keeps all objects of a type, "
                                                  "from the first question on",
                                                  FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    ahoy_config_key_set_reload (keys[i], AHOY_CONFIG_RELOAD_RESTART);
}

static void
ahoy_store_config_class_init (AhoyStoreConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);
  GParamSpec *key;

  config_class->type_name = "store";
  config_class->description = "a place for objects that are made while the daemon runs";
  config_class->validate = validate;

  key = ahoy_config_object_class_add_choice (config_class, "backend", "Backend",
                                             "how the objects are kept: in memory, which is empty "
                                             "after a restart; in key files of a folder; in a "
                                             "database; or in a sip.conf of chan_sip, which is "
                                             "read with the configuration and never written",
                                             AHOY_TYPE_STORE_KIND, AHOY_STORE_KIND_SQLITE);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  key = ahoy_config_object_class_add_text (config_class, "path", "Path",
                                           "the file of the database, or the folder of the key "
                                           "files, relative to the folder of the daemon's state; "
                                           "or a sip.conf, relative to the folder of the "
                                           "configuration",
                                           NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  key = ahoy_config_object_class_add_list (config_class, "types", "Types",
                                           "the types of objects that are kept here, such as "
                                           "endpoint;aor; empty for all of them. Who is "
                                           "registered where is location, alone in its store",
                                           NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  add_cache_keys (config_class);
}

static void
ahoy_store_config_init (AhoyStoreConfig *self)
{
}

/**
 * ahoy_store_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyStoreConfig *
ahoy_store_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_STORE_CONFIG, "name", name, NULL);
}
