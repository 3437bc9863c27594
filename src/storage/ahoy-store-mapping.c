/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-mapping-private.h"

#include <string.h>
#include <unistd.h>

#include "ahoy-config-problem.h"
#include "ahoy-error.h"
#include "ahoy-store-cache.h"
#include "ahoy-store-config.h"
#include "ahoy-store-keyfile.h"
#include "ahoy-store-memory.h"
#include "ahoy-store-sqlite.h"

/**
 * AhoyStoreMapping:
 *
 * Which objects are kept where: makes the backends of a store from the `[store NAME]` objects of a
 * configuration. What no `[store NAME]` wants goes to a database in the folder of the state.
 *
 * Since: 0.1
 */
struct _AhoyStoreMapping {
  GObject parent_instance;
  AhoyConfigSchema *schema;
  AhoyWorkPool *pool;
  AhoyScheduler *scheduler;
  char *state_folder;
};

#define DEFAULT_NAME "state"
#define DEFAULT_FILE "ahoy.db"
#define RECORDS_FILE "location.db"
#define OWN_FILE "90-ahoyd.conf"

G_DEFINE_FINAL_TYPE (AhoyStoreMapping, ahoy_store_mapping, G_TYPE_OBJECT)

static void
ahoy_store_mapping_finalize (GObject *object)
{
  AhoyStoreMapping *self = AHOY_STORE_MAPPING (object);

  g_clear_object (&self->schema);
  g_clear_object (&self->pool);
  g_clear_object (&self->scheduler);
  g_free (self->state_folder);
  G_OBJECT_CLASS (ahoy_store_mapping_parent_class)->finalize (object);
}

static void
ahoy_store_mapping_class_init (AhoyStoreMappingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_mapping_finalize;
}

static void
ahoy_store_mapping_init (AhoyStoreMapping *self)
{
}

/**
 * ahoy_store_mapping_new:
 * @schema: (transfer none): the types of objects that there are
 * @pool: (transfer none): whose threads read and write
 * @scheduler: (transfer none): the clock of caches
 * @state_folder: (nullable): where relative paths begin, and where `ahoy.db` is; %NULL where
 *   nothing is kept by default
 *
 * Returns: (transfer full): a mapping
 *
 * Since: 0.1
 */
AhoyStoreMapping *
ahoy_store_mapping_new (AhoyConfigSchema *schema, AhoyWorkPool *pool, AhoyScheduler *scheduler,
                        const char *state_folder)
{
  AhoyStoreMapping *self;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (schema), NULL);
  g_return_val_if_fail (AHOY_IS_WORK_POOL (pool), NULL);
  g_return_val_if_fail (AHOY_IS_SCHEDULER (scheduler), NULL);

  self = g_object_new (AHOY_TYPE_STORE_MAPPING, NULL);
  self->schema = g_object_ref (schema);
  self->pool = g_object_ref (pool);
  self->scheduler = g_object_ref (scheduler);
  self->state_folder = g_strdup (state_folder);
  return self;
}

static void
complain (GPtrArray *problems, AhoyConfigObject *object, const char *key, const char *message)
{
  const char *file = ahoy_config_object_get_file (object);
  guint line = ahoy_config_object_get_line (object);
  g_autofree char *label = ahoy_config_object_dup_label (object);

  ahoy_config_object_get_key_origin (object, key, &file, &line);
  g_ptr_array_add (problems, ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_ERROR, file, line,
                                                      label, key, message));
}

/* Records of bytes, which are no objects: see ahoy-record-store.c. */
static gboolean
keeps_records (AhoyConfigObject *object)
{
  const char *const *types = ahoy_config_object_get_list (object, "types");

  return types != NULL && g_strv_contains (types, AHOY_STORE_MAPPING_RECORDS);
}

static char *
judge_records (AhoyConfigObject *object)
{
  int kind = ahoy_config_object_get_choice (object, "backend");

  if (g_strv_length ((char **)ahoy_config_object_get_list (object, "types")) > 1)
    return g_strdup (AHOY_STORE_MAPPING_RECORDS " needs a store of its own; move the other types "
                     "to another one");
  if (kind != AHOY_STORE_KIND_SQLITE && kind != AHOY_STORE_KIND_MEMORY)
    return g_strdup ("contacts change too often for such files; write backend=sqlite, or "
                     "backend=memory where they need not outlive a restart");
  return NULL;
}

/* Stores are told where stores are: their objects stand in the files of people alone. */
char *
ahoy_store_mapping_judge_types (AhoyConfigSchema *schema, AhoyConfigObject *object)
{
  const char *const *types = ahoy_config_object_get_list (object, "types");

  if (keeps_records (object))
    return judge_records (object);
  for (gsize i = 0; types != NULL && types[i] != NULL; i++) {
    if (ahoy_config_schema_find_class (schema, types[i]) == NULL)
      return g_strdup_printf ("there is no type “%s” of objects; write one such as endpoint",
                              types[i]);
    if (strcmp (types[i], "store") == 0)
      return g_strdup ("a store cannot keep stores; write them to the configuration");
  }
  return NULL;
}

/* Folders that are not there are made, in the nearest one that is. */
static char *
judge_ancestor (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  while (!g_file_test (folder, G_FILE_TEST_EXISTS) && strcmp (folder, "/") != 0) {
    char *next = g_path_get_dirname (folder);

    g_free (folder);
    folder = next;
  }
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return g_strdup_printf ("“%s” cannot be made, as “%s” is no folder; choose another path", path,
                            folder);
  if (access (folder, W_OK | X_OK) != 0)
    return g_strdup_printf ("“%s” cannot be made, as “%s” may not be written; allow it, or choose "
                            "another path",
                            path, folder);
  return NULL;
}

char *
ahoy_store_mapping_judge_path (AhoyConfigObject *object, const char *state_folder)
{
  const char *given = ahoy_config_object_get_string (object, "path");
  gboolean is_folder = ahoy_config_object_get_choice (object, "backend") == AHOY_STORE_KIND_FILE;
  g_autofree char *path = NULL;

  /* Who reads a sip.conf says what is wrong with it. */
  if (given == NULL || (state_folder == NULL && !g_path_is_absolute (given))
      || ahoy_config_object_get_choice (object, "backend") == AHOY_STORE_KIND_SIPCONF)
    return NULL;
  path = g_canonicalize_filename (given, state_folder);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return judge_ancestor (path);
  if (!g_file_test (path, is_folder ? G_FILE_TEST_IS_DIR : G_FILE_TEST_IS_REGULAR))
    return g_strdup_printf (is_folder ? "“%s” is no folder; choose another path"
                                      : "“%s” is no plain file; choose another path",
                            path);
  if (access (path, is_folder ? R_OK | X_OK : R_OK | W_OK) != 0)
    return g_strdup_printf ("“%s” may not be read or written; allow it to whom the daemon runs as, "
                            "or choose another path",
                            path);
  return NULL;
}

static gboolean
check_types (AhoyStoreMapping *self, AhoyConfigObject *object, GPtrArray *problems)
{
  g_autofree char *message = ahoy_store_mapping_judge_types (self->schema, object);

  if (message != NULL)
    complain (problems, object, "types", message);
  return message == NULL;
}

/* Two stores of one file would not know of each other's changes. */
static char *
find_path (AhoyStoreMapping *self, AhoyConfigObject *object, GHashTable *paths,
           GPtrArray *problems)
{
  const char *given = ahoy_config_object_get_string (object, "path");
  g_autofree char *path = NULL;
  g_autofree char *message = NULL;
  const char *other;

  if (given == NULL)
    return g_strdup ("");
  if (self->state_folder == NULL && !g_path_is_absolute (given)) {
    complain (problems, object, "path", "there is no folder for the state; write the whole path");
    return NULL;
  }
  path = g_canonicalize_filename (given, self->state_folder);
  other = g_hash_table_lookup (paths, path);
  if (other == NULL) {
    g_hash_table_insert (paths, g_strdup (path), ahoy_config_object_dup_label (object));
    return g_steal_pointer (&path);
  }
  message = g_strdup_printf ("“%s” belongs to %s; choose another path", path, other);
  complain (problems, object, "path", message);
  return NULL;
}

static AhoyStoreBackend *
make_backend (AhoyStoreMapping *self, AhoyConfigObject *object, const char *path)
{
  AhoyStoreKeyfile *keyfile;

  switch (ahoy_config_object_get_choice (object, "backend")) {
  case AHOY_STORE_KIND_MEMORY:
    return AHOY_STORE_BACKEND (ahoy_store_memory_new ());
  case AHOY_STORE_KIND_FILE:
    keyfile = ahoy_store_keyfile_new (self->schema, path, OWN_FILE);
    ahoy_store_keyfile_set_work_pool (keyfile, self->pool);
    return AHOY_STORE_BACKEND (keyfile);
  case AHOY_STORE_KIND_SQLITE:
  default:
    return AHOY_STORE_BACKEND (ahoy_store_sqlite_new (self->schema, self->pool, path));
  }
}

static AhoyStoreBackend *
make_cache (AhoyStoreMapping *self, AhoyConfigObject *object, AhoyStoreBackend *backend)
{
  AhoyStoreCache *cache = ahoy_store_cache_new (backend, self->scheduler);

  g_object_set (cache, "maximum-objects", ahoy_config_object_get_number (object, "maximum-objects"),
                "lifetime-maximum", ahoy_config_object_get_duration (object, "lifetime-maximum"),
                "lifetime-stale", ahoy_config_object_get_duration (object, "lifetime-stale"),
                "expire-on-reload", ahoy_config_object_get_boolean (object, "expire-on-reload"),
                "full-backend-cache", ahoy_config_object_get_boolean (object, "full-backend-cache"),
                NULL);
  return AHOY_STORE_BACKEND (cache);
}

/* All types that are kept in stores, without those of @without. */
static char **
list_types (AhoyStoreMapping *self, GHashTable *without)
{
  g_auto (GStrv) all = ahoy_config_schema_list_types (self->schema);
  g_autoptr (GStrvBuilder) types = g_strv_builder_new ();

  for (gsize i = 0; all[i] != NULL; i++) {
    if (strcmp (all[i], "store") != 0
        && (without == NULL || !g_hash_table_contains (without, all[i])))
      g_strv_builder_add (types, all[i]);
  }
  return g_strv_builder_end (types);
}

static void
add_backend (AhoyStoreMapping *self, AhoyStore *store, AhoyConfigObject *object,
             GHashTable *paths, GHashTable *wanted, GPtrArray *problems)
{
  g_autofree char *path = NULL;
  g_autoptr (AhoyStoreBackend) backend = NULL;
  g_auto (GStrv) types = g_strdupv ((char **)ahoy_config_object_get_list (object, "types"));
  g_autoptr (GError) error = NULL;

  /* It belongs to the files that people write, and is read with them. */
  if (ahoy_config_object_get_choice (object, "backend") == AHOY_STORE_KIND_SIPCONF) {
    check_types (self, object, problems);
    return;
  }
  if (keeps_records (object)) {
    if (check_types (self, object, problems))
      path = find_path (self, object, paths, problems);
    return;
  }
  if (types == NULL || types[0] == NULL) {
    g_strfreev (types);
    types = list_types (self, NULL);
  }
  for (gsize i = 0; types[i] != NULL; i++)
    g_hash_table_add (wanted, g_strdup (types[i]));
  if (!check_types (self, object, problems)
      || (path = find_path (self, object, paths, problems)) == NULL)
    return;
  backend = make_backend (self, object, path);
  if (ahoy_config_object_get_boolean (object, "cache")) {
    g_autoptr (AhoyStoreBackend) behind = g_steal_pointer (&backend);

    backend = make_cache (self, object, behind);
  }
  if (!ahoy_store_add_backend (store, backend, ahoy_config_object_get_name (object),
                               (const char *const *)types, &error))
    complain (problems, object, "backend", error->message);
}

/**
 * ahoy_store_mapping_add_backends:
 * @self: a mapping
 * @configuration: the `[store NAME]` objects; others do not matter
 * @store: a store, which may have backends already
 *
 * Adds the backend of each `[store NAME]`, in their order, and then a database `ahoy.db` in the
 * folder of the state, for those types that none of them wants. A `[store NAME]` that cannot be
 * used is left out, and its types are kept nowhere else, for their objects would be looked for in
 * vain later.
 *
 * Returns: (transfer container) (element-type AhoyConfigProblem): what is wrong with them
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_store_mapping_add_backends (AhoyStoreMapping *self, AhoyConfigSet *configuration,
                                 AhoyStore *store)
{
  g_autoptr (GHashTable) paths = NULL;
  g_autoptr (GHashTable) wanted = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (AhoyStoreSqlite) rest = NULL;
  g_autofree char *path = NULL;
  g_auto (GStrv) types = NULL;
  GPtrArray *problems;

  g_return_val_if_fail (AHOY_IS_STORE_MAPPING (self), NULL);
  g_return_val_if_fail (AHOY_IS_CONFIG_SET (configuration), NULL);
  g_return_val_if_fail (AHOY_IS_STORE (store), NULL);

  problems = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
  paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  objects = ahoy_config_set_list (configuration, "store");
  if (self->state_folder != NULL) {
    path = g_build_filename (self->state_folder, DEFAULT_FILE, NULL);
    g_hash_table_insert (paths, g_canonicalize_filename (path, NULL),
                         g_strdup ("the store of everything else"));
  }
  for (guint i = 0; i < objects->len; i++)
    add_backend (self, store, objects->pdata[i], paths, wanted, problems);
  types = list_types (self, wanted);
  if (types[0] != NULL && path != NULL) {
    rest = ahoy_store_sqlite_new (self->schema, self->pool, path);
    ahoy_store_add_backend (store, AHOY_STORE_BACKEND (rest), DEFAULT_NAME,
                            (const char *const *)types, NULL);
  }
  return problems;
}

char *
ahoy_store_mapping_dup_records_path (AhoyConfigSet *configuration, const char *state_folder)
{
  g_autoptr (GPtrArray) objects = ahoy_config_set_list (configuration, "store");

  for (guint i = 0; i < objects->len; i++) {
    const char *given = ahoy_config_object_get_string (objects->pdata[i], "path");

    if (!keeps_records (objects->pdata[i]))
      continue;
    if (ahoy_config_object_get_choice (objects->pdata[i], "backend") != AHOY_STORE_KIND_SQLITE
        || given == NULL || (state_folder == NULL && !g_path_is_absolute (given)))
      return NULL;
    return g_canonicalize_filename (given, state_folder);
  }
  return state_folder != NULL ? g_build_filename (state_folder, RECORDS_FILE, NULL) : NULL;
}
