/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-configuration.h"

#include "ahoy-acl-config.h"
#include "ahoy-aor-config.h"
#include "ahoy-auth-config.h"
#include "ahoy-config-reader-private.h"
#include "ahoy-core-resources.h"
#include "ahoy-core-settings.h"
#include "ahoy-domain-config.h"
#include "ahoy-endpoint-config.h"
#include "ahoy-identify-config.h"
#include "ahoy-message-route-config.h"
#include "ahoy-features-config.h"
#include "ahoy-history-config.h"
#include "ahoy-messaging-config.h"
#include "ahoy-moh-config.h"
#include "ahoy-out-route-config.h"
#include "ahoy-phone-config.h"
#include "ahoy-queue-config.h"
#include "ahoy-rewrite-config.h"
#include "ahoy-registration-config.h"
#include "ahoy-route-config.h"
#include "ahoy-store-config.h"
#include "ahoy-store-sipconf.h"
#include "ahoy-transport-config.h"
#include "ahoy-trunk-config.h"

/* Which types of objects there are in all of Ahoy, and what holds before anybody configured one. */

#define DEFAULT_RESOURCE "/org/ahoy/Ahoy1/default.conf"

/**
 * ahoy_configuration_make_schema:
 *
 * Returns: (transfer full): a schema with every type that Ahoy itself has
 *
 * Since: 0.1
 */
AhoyConfigSchema *
ahoy_configuration_make_schema (void)
{
  const GType types[] = {
    AHOY_TYPE_CORE_SETTINGS, AHOY_TYPE_TRANSPORT_CONFIG, AHOY_TYPE_ENDPOINT_CONFIG,
    AHOY_TYPE_AOR_CONFIG,    AHOY_TYPE_AUTH_CONFIG,      AHOY_TYPE_ROUTE_CONFIG,
    AHOY_TYPE_STORE_CONFIG,
    AHOY_TYPE_IDENTIFY_CONFIG, AHOY_TYPE_ACL_CONFIG,
    AHOY_TYPE_PHONE_CONFIG,    AHOY_TYPE_TRUNK_CONFIG,
    AHOY_TYPE_DOMAIN_CONFIG,   AHOY_TYPE_REWRITE_CONFIG,
    AHOY_TYPE_OUT_ROUTE_CONFIG,
    AHOY_TYPE_MESSAGING_CONFIG,
    AHOY_TYPE_FEATURES_CONFIG,
    AHOY_TYPE_HISTORY_CONFIG,
    AHOY_TYPE_MOH_CONFIG,
    AHOY_TYPE_QUEUE_CONFIG,
    AHOY_TYPE_REGISTRATION_CONFIG,
    AHOY_TYPE_MESSAGE_ROUTE_CONFIG,
  };
  AhoyConfigSchema *schema = ahoy_config_schema_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    ahoy_config_schema_add_type (schema, types[i], NULL);
  return schema;
}

/**
 * ahoy_configuration_dup_default:
 *
 * Returns: (transfer full): the configuration that holds while there is no file
 *
 * Since: 0.1
 */
char *
ahoy_configuration_dup_default (void)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (ahoy_core_get_resource (), DEFAULT_RESOURCE,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize size;
  const char *text;

  g_return_val_if_fail (bytes != NULL, NULL);

  text = g_bytes_get_data (bytes, &size);
  return g_strndup (text, size);
}

/* A key that nothing reads: whoever set it expects something that does not happen. */
static void
check_planned (AhoyConfigObject *object, GParamSpec *key, GPtrArray *problems)
{
  const char *name = ahoy_config_key_get_name (key);
  g_autofree char *label = NULL;
  const char *file = NULL;
  guint line = 0;

  if (!ahoy_config_object_get_key_origin (object, name, &file, &line))
    return;
  if (!ahoy_config_key_is_secret (key)) {
    g_autofree char *text = ahoy_config_object_dup_text (object, name);
    g_autofree char *default_text = ahoy_config_key_dup_default (key);

    if (g_strcmp0 (text, default_text) == 0)
      return;
  }
  label = ahoy_config_object_dup_label (object);
  g_ptr_array_add (problems,
                   ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_WARNING, file, line, label, name,
                                            "nothing reads it yet, so it has no effect; take it "
                                            "out until ahoy.conf(5) says otherwise"));
}

static void
add_planned (AhoyConfigSchema *schema, AhoyConfigSet *set, GPtrArray *problems)
{
  g_auto (GStrv) types = ahoy_config_schema_list_types (schema);

  for (gsize t = 0; types[t] != NULL; t++) {
    g_autoptr (GPtrArray) objects = ahoy_config_set_list (set, types[t]);
    g_autoptr (GPtrArray) keys = ahoy_config_object_class_list_keys (
        ahoy_config_schema_find_class (schema, types[t]));

    for (guint k = keys->len; k > 0; k--) {
      if (!ahoy_config_key_is_planned (keys->pdata[k - 1]))
        g_ptr_array_remove_index (keys, k - 1);
    }
    for (guint i = 0; i < objects->len; i++) {
      for (guint k = 0; k < keys->len; k++)
        check_planned (objects->pdata[i], keys->pdata[k], problems);
    }
  }
}

static gboolean
is_wanted (AhoyConfigObject *store, AhoyConfigObject *object)
{
  const char *const *types = ahoy_config_object_get_list (store, "types");

  return types[0] == NULL || g_strv_contains (types, ahoy_config_object_get_type_name (object));
}

/* Of what there is once in all files, keys that ahoy.conf does not say are taken from sip.conf. */
static void
add_keys (AhoyConfigSet *set, AhoyConfigObject *written, AhoyConfigObject *object)
{
  g_autoptr (AhoyConfigObject) both = ahoy_config_object_copy (written);
  g_autoptr (GPtrArray) keys
      = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (object));

  for (guint i = 0; i < keys->len; i++) {
    const char *key = ahoy_config_key_get_name (keys->pdata[i]);
    g_autofree char *text = NULL;
    const char *file = NULL;
    guint line = 0;

    if (!ahoy_config_object_is_set (object, key) || ahoy_config_object_is_set (written, key))
      continue;
    text = ahoy_config_object_dup_text (object, key);
    if (!ahoy_config_object_set_text (both, key, text, NULL))
      continue;
    ahoy_config_object_get_key_origin (object, key, &file, &line);
    ahoy_config_object_set_key_origin (both, key, file, line);
  }
  ahoy_config_object_seal (both);
  ahoy_config_set_replace (set, both);
}

static void
add_object (AhoyConfigSet *set, AhoyConfigObject *object, GPtrArray *problems)
{
  AhoyConfigObject *written = ahoy_config_set_lookup (
      set, ahoy_config_object_get_type_name (object), ahoy_config_object_get_name (object));
  g_autofree char *label = NULL;
  g_autofree char *message = NULL;

  if (written == NULL) {
    ahoy_config_set_add (set, object, NULL);
  } else if (AHOY_CONFIG_OBJECT_GET_CLASS (object)->singleton) {
    add_keys (set, written, object);
  } else {
    label = ahoy_config_object_dup_label (object);
    message = g_strdup_printf ("it is hidden by the one in %s:%u; remove one of them",
                               ahoy_config_object_get_file (written),
                               ahoy_config_object_get_line (written));
    g_ptr_array_add (problems, ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_WARNING,
                                                        ahoy_config_object_get_file (object),
                                                        ahoy_config_object_get_line (object), label,
                                                        NULL, message));
  }
}

typedef struct {
  AhoyConfigSchema *schema;
  const char *folder;
  GPtrArray *problems; /* AhoyConfigProblem */
} Extension;

/* What a [store NAME] reads from a sip.conf belongs to the files, too: people write it. */
static void
add_sipconf (AhoyConfigSet *set, gpointer user_data)
{
  Extension *extension = user_data;
  GPtrArray *problems = extension->problems;
  g_autoptr (GPtrArray) stores = ahoy_config_set_list (set, "store");

  for (guint s = 0; s < stores->len; s++) {
    AhoyConfigObject *store = stores->pdata[s];
    g_autofree char *path = NULL;
    g_autoptr (AhoyStoreSipconf) backend = NULL;
    g_autoptr (AhoyConfigSet) found = NULL;
    g_autoptr (GPtrArray) objects = NULL;

    if (ahoy_config_object_get_choice (store, "backend") != AHOY_STORE_KIND_SIPCONF)
      continue;
    path = g_canonicalize_filename (ahoy_config_object_get_string (store, "path"),
                                    extension->folder);
    backend = ahoy_store_sipconf_new (extension->schema, path);
    found = ahoy_store_backend_read_all (AHOY_STORE_BACKEND (backend), problems);
    objects = ahoy_config_set_list (found, NULL);
    for (guint i = 0; i < objects->len; i++) {
      if (is_wanted (store, objects->pdata[i]))
        add_object (set, objects->pdata[i], problems);
    }
  }
}

/**
 * ahoy_configuration_read_folder:
 * @schema: the types of objects that there are
 * @folder: (nullable): a folder, such as `/etc/ahoy`; %NULL for none
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what is wrong
 *
 * Reads `ahoy.conf` and `conf.d` of a folder. A key that nothing reads yet
 * (ahoy_config_key_is_planned()) is a warning, where it says something else than
 * its default. A `[store NAME]` with `backend=sipconf` adds what #AhoyStoreSipconf reads.
 * Where there is no file, the built-in default holds: this host alone, with an echo,
 * a tone and a sound to call. A file that cannot be read is one all the same.
 *
 * Returns: (transfer full): the objects without errors; all of them are sealed
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_configuration_read_folder (AhoyConfigSchema *schema, const char *folder, GPtrArray **problems)
{
  g_autoptr (AhoyConfigReader) reader = NULL;
  g_autoptr (GPtrArray) unusable
      = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *text = NULL;
  Extension extension;
  AhoyConfigSet *set;
  guint n_files = 0;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (schema), NULL);

  reader = ahoy_config_reader_new (schema);
  if (folder != NULL)
    n_files = ahoy_config_reader_add_folder (reader, folder);
  if (n_files == 0 && ahoy_config_reader_get_n_errors (reader) == 0) {
    text = ahoy_configuration_dup_default ();
    ahoy_config_reader_add_text (reader, AHOY_CONFIGURATION_DEFAULT_NAME, text, -1);
  }
  extension = (Extension){ schema, folder, unusable };
  ahoy_config_reader_set_extend (reader, add_sipconf, &extension);
  set = ahoy_config_reader_read (reader);
  found = ahoy_config_reader_list_problems (reader);
  add_planned (schema, set, found);
  g_ptr_array_extend_and_steal (found, g_steal_pointer (&unusable));
  if (problems != NULL)
    *problems = g_steal_pointer (&found);
  return set;
}
