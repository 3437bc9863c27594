/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-problem-private.h"
#include "ahoy-configurator-private.h"

#include "ahoy-census.h"
#include "ahoy-configuration.h"
#include "ahoy-error.h"
#include "ahoy-store-mapping.h"

/**
 * AhoyConfigurator:
 *
 * Keeps a core at what its configuration says: the files of a folder, at the start and each time
 * somebody asks for it. Files are read by a thread, so that calls do not wait for them.
 *
 * An object that the files hold with a fault stays as it was, and so does everything that they hold
 * no more while one of them cannot be read at all.
 *
 * Beside them there are objects that are put at run time, which are kept in the core's store. What
 * the files hold is not theirs to change: a file holds before an object of the same name that was
 * put.
 *
 * Since: 0.1
 */
enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyConfigurator, ahoy_configurator, G_TYPE_OBJECT)

static void
ahoy_configurator_finalize (GObject *object)
{
  AhoyConfigurator *self = AHOY_CONFIGURATOR (object);

  g_clear_object (&self->files);
  g_clear_object (&self->stored);
  g_clear_object (&self->queue);
  g_clear_object (&self->schema);
  g_clear_object (&self->core);
  g_free (self->folder);
  g_free (self->state_folder);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_configurator_parent_class)->finalize (object);
}

static void
ahoy_configurator_class_init (AhoyConfiguratorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_configurator_finalize;

  /**
   * AhoyConfigurator::changed:
   * @self: the configurator
   * @type_name: the type of an object, such as `endpoint`
   * @name: its name; empty where there is only one of the type
   * @what: what became of it: `added`, `changed` or `removed`
   *
   * Another form of an object holds.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] = g_signal_new (
      "changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
ahoy_configurator_init (AhoyConfigurator *self)
{
  self->schema = ahoy_configuration_make_schema ();
  ahoy_census_enter (G_OBJECT (self));
}

static void
on_object_changed (AhoyCore *core, const char *type_name, const char *name, const char *what,
                   gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0, type_name, name, what);
}

/**
 * ahoy_configurator_new:
 * @core: (transfer none): a core that was not configured
 * @folder: (nullable): the folder with `ahoy.conf` and `conf.d`; %NULL for the built-in default
 * @state_folder: (nullable): where what is put at run time is kept, as AhoyStoreMapping does; %NULL
 *   where only `[store NAME]` objects with a whole path keep something
 *
 * Returns: (transfer full): a configurator that has read nothing yet
 *
 * Since: 0.1
 */
AhoyConfigurator *
ahoy_configurator_new (AhoyCore *core, const char *folder, const char *state_folder)
{
  AhoyConfigurator *self;

  g_return_val_if_fail (AHOY_IS_CORE (core), NULL);

  self = g_object_new (AHOY_TYPE_CONFIGURATOR, NULL);
  self->core = g_object_ref (core);
  self->folder = g_strdup (folder);
  self->state_folder = g_strdup (state_folder);
  self->queue = ahoy_work_queue_new (ahoy_core_get_work_pool (core), "configuration");
  g_signal_connect_object (core, "object-changed", G_CALLBACK (on_object_changed), self, 0);
  return self;
}

/**
 * ahoy_configurator_get_core:
 * @self: a configurator
 *
 * Returns: (transfer none): whose configuration it is
 *
 * Since: 0.1
 */
AhoyCore *
ahoy_configurator_get_core (AhoyConfigurator *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIGURATOR (self), NULL);

  return self->core;
}

/**
 * ahoy_configurator_get_schema:
 * @self: a configurator
 *
 * Returns: (transfer none): the types of objects that there are
 *
 * Since: 0.1
 */
AhoyConfigSchema *
ahoy_configurator_get_schema (AhoyConfigurator *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIGURATOR (self), NULL);

  return self->schema;
}

gboolean
ahoy_configurator_is_written (AhoyConfigObject *object)
{
  const char *file = ahoy_config_object_get_file (object);

  return file != NULL && !g_str_equal (file, AHOY_CONFIGURATION_DEFAULT_NAME);
}

static void
merge_object (AhoyConfigSet *merged, AhoyConfigObject *object, GPtrArray *problems)
{
  AhoyConfigObject *written =
      ahoy_config_set_lookup (merged, ahoy_config_object_get_type_name (object),
                              ahoy_config_object_get_name (object));
  g_autofree char *label = NULL;
  g_autofree char *message = NULL;

  if (written == NULL || !ahoy_configurator_is_written (written)) {
    ahoy_config_set_replace (merged, object);
    return;
  }
  if (problems == NULL) {
    return;
  }
  label = ahoy_config_object_dup_label (object);
  message = g_strdup_printf ("one that was put at run time is hidden by it; delete that one by "
                             "ahoyctl config delete %s, or remove this one",
                             label);
  g_ptr_array_add (problems,
                   ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_WARNING,
                                            ahoy_config_object_get_file (written),
                                            ahoy_config_object_get_line (written), label, NULL,
                                            message));
}

AhoyConfigSet *
ahoy_configurator_merge (AhoyConfigurator *self, GPtrArray *problems)
{
  AhoyConfigSet *merged = ahoy_config_set_copy (self->files);
  g_autoptr (GPtrArray) stored = ahoy_config_set_list (self->stored, NULL);

  for (guint i = 0; i < stored->len; i++) {
    merge_object (merged, stored->pdata[i], problems);
  }
  if (problems != NULL) {
    ahoy_config_problem_drop_found (problems, self->schema, merged);
  }
  ahoy_configuration_expand (merged, problems);
  return merged;
}

static void
load_store (AhoyConfigurator *self, GPtrArray *problems)
{
  AhoyStore *store = ahoy_core_get_store (self->core);
  g_autoptr (AhoyStoreMapping) mapping = ahoy_store_mapping_new (
      self->schema, ahoy_core_get_work_pool (self->core), ahoy_core_get_scheduler (self->core),
      self->state_folder);
  g_autoptr (GPtrArray) unusable =
      ahoy_store_mapping_add_backends (mapping, self->files, store);
  g_autoptr (GPtrArray) unreadable = NULL;

  self->stored = ahoy_store_load (store, &unreadable);
  g_ptr_array_extend_and_steal (problems, g_steal_pointer (&unusable));
  g_ptr_array_extend_and_steal (problems, g_steal_pointer (&unreadable));
  ahoy_configurator_watch_store (self);
}

/* What is wrong with a store is found when it is made, and by the core as well. */
static void
drop_told (GPtrArray *problems, GPtrArray *told)
{
  for (guint i = problems->len; i > 0; i--) {
    g_autofree char *text = ahoy_config_problem_to_string (problems->pdata[i - 1]);

    for (guint k = 0; k < told->len; k++) {
      g_autofree char *other = ahoy_config_problem_to_string (told->pdata[k]);

      if (g_str_equal (text, other)) {
        g_ptr_array_remove_index (problems, i - 1);
        break;
      }
    }
  }
}

/**
 * ahoy_configurator_start:
 * @self: a configurator
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what of the
 *   configuration cannot be used
 *
 * Reads the files and what was put at run time, in the calling thread, and gives it to the core,
 * which must not have a configuration yet.
 *
 * Returns: whether there was no problem
 *
 * Since: 0.1
 */
gboolean
ahoy_configurator_start (AhoyConfigurator *self, GPtrArray **problems)
{
  g_autoptr (AhoyConfigSet) merged = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) unusable = NULL;
  gboolean good;

  g_return_val_if_fail (AHOY_IS_CONFIGURATOR (self), FALSE);
  g_return_val_if_fail (self->files == NULL, FALSE);

  self->files = ahoy_configuration_read_folder (self->schema, self->folder, &found);
  load_store (self, found);
  merged = ahoy_configurator_merge (self, found);
  ahoy_core_configure (self->core, merged, &unusable);
  drop_told (unusable, found);
  g_ptr_array_extend_and_steal (found, g_steal_pointer (&unusable));
  good = found->len == 0;
  if (problems != NULL) {
    *problems = g_steal_pointer (&found);
  }
  return good;
}

/* -- reading in a thread -------------------------------------------------------------------- */

typedef struct {
  char *folder;
  AhoyConfigSet *set;
  GPtrArray *problems;
  GTask *task; /* of the owner's thread only */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  if (reading->task != NULL) {
    g_task_return_new_error (reading->task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "The configuration was not read: the daemon ends");
  }
  g_clear_object (&reading->task);
  g_clear_object (&reading->set);
  g_clear_pointer (&reading->problems, g_ptr_array_unref);
  g_free (reading->folder);
  g_free (reading);
}

static void
read_files (gpointer data)
{
  Reading *reading = data;
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();

  reading->set = ahoy_configuration_read_folder (schema, reading->folder, &reading->problems);
}

static void
begin_reading (AhoyConfigurator *self, AhoyTaskFunc done, GTask *task)
{
  Reading *reading = g_new0 (Reading, 1);
  g_autoptr (GError) error = NULL;

  reading->folder = g_strdup (self->folder);
  reading->task = task;
  /* When it cannot be pushed, destroying it ends the task. */
  if (ahoy_work_queue_push (self->queue, read_files, done, reading, reading_free, &error) == 0) {
    g_message ("The configuration cannot be read now: %s", error->message);
  }
}

static gboolean
is_error (AhoyConfigProblem *problem)
{
  return ahoy_config_problem_get_severity (problem) == AHOY_CONFIG_SEVERITY_ERROR;
}

/* What the files hold with a fault stays as it is; while a file cannot be read, nothing goes. */
static void
keep_faulty (AhoyConfigurator *self, Reading *reading)
{
  g_autoptr (GHashTable) faulty = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) running = ahoy_config_set_list (self->files, NULL);
  gboolean all = FALSE;

  for (guint i = 0; i < reading->problems->len; i++) {
    AhoyConfigProblem *problem = reading->problems->pdata[i];
    const char *label = ahoy_config_problem_get_object (problem);

    if (is_error (problem) && label != NULL) {
      g_hash_table_add (faulty, (char *) label);
    }
    all = all || (is_error (problem) && label == NULL);
  }
  for (guint i = 0; i < running->len; i++) {
    AhoyConfigObject *object = running->pdata[i];
    g_autofree char *label = ahoy_config_object_dup_label (object);

    /* Of one that stands twice nobody knows which is meant. */
    if (g_hash_table_contains (faulty, label)) {
      ahoy_config_set_replace (reading->set, object);
    } else if (all) {
      ahoy_config_set_add (reading->set, object, NULL); /* unless it is there */
    }
  }
}

static void
on_check_read (gpointer data)
{
  Reading *reading = data;
  g_autoptr (GTask) task = g_steal_pointer (&reading->task);
  AhoyConfigurator *self = g_task_get_source_object (task);
  g_autoptr (AhoyCore) other = ahoy_core_new (NULL); /* as if nothing ran */
  g_autoptr (GPtrArray) stored = ahoy_config_set_list (self->stored, NULL);
  g_autoptr (GPtrArray) unusable = NULL;

  if (self->state_folder != NULL) {
    ahoy_core_set_state_folder (other, self->state_folder);
  }
  for (guint i = 0; i < stored->len; i++) {
    merge_object (reading->set, stored->pdata[i], reading->problems);
  }
  ahoy_config_problem_drop_found (reading->problems, self->schema, reading->set);
  ahoy_configuration_expand (reading->set, reading->problems);
  ahoy_core_check (other, reading->set, &unusable);
  g_ptr_array_extend_and_steal (reading->problems, g_steal_pointer (&unusable));
  g_task_return_pointer (task, g_steal_pointer (&reading->problems),
                         (GDestroyNotify) g_ptr_array_unref);
}

/**
 * ahoy_configurator_check_async:
 * @self: a configurator
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the files were looked at
 * @user_data: for @callback
 *
 * Reads the files as they are now, and says what is wrong with them. What runs does not change.
 *
 * Since: 0.1
 */
void
ahoy_configurator_check_async (AhoyConfigurator *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (AHOY_IS_CONFIGURATOR (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_configurator_check_async);
  begin_reading (self, on_check_read, task);
}

/**
 * ahoy_configurator_check_finish:
 * @self: a configurator
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type AhoyConfigProblem): what is wrong; %NULL with
 *   %AHOY_ERROR_INVALID_STATE when the core ended meanwhile
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_configurator_check_finish (AhoyConfigurator *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CONFIGURATOR (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -- reload --------------------------------------------------------------------------------- */

typedef struct {
  char **changed;
  GPtrArray *problems;
} Outcome;

static void
outcome_free (gpointer data)
{
  Outcome *outcome = data;

  g_strfreev (outcome->changed);
  g_clear_pointer (&outcome->problems, g_ptr_array_unref);
  g_free (outcome);
}

static void
on_reload_read (gpointer data)
{
  Reading *reading = data;
  g_autoptr (GTask) task = g_steal_pointer (&reading->task);
  AhoyConfigurator *self = g_task_get_source_object (task);
  g_autoptr (AhoyConfigSet) merged = NULL;
  g_autoptr (GPtrArray) unusable = NULL;
  Outcome *outcome = g_new0 (Outcome, 1);

  keep_faulty (self, reading);
  g_set_object (&self->files, reading->set);
  merged = ahoy_configurator_merge (self, reading->problems);
  ahoy_store_reload (ahoy_core_get_store (self->core));
  ahoy_core_reload (self->core, merged, &outcome->changed, &unusable);
  outcome->problems = g_steal_pointer (&reading->problems);
  g_ptr_array_extend_and_steal (outcome->problems, g_steal_pointer (&unusable));
  g_task_return_pointer (task, outcome, outcome_free);
}

/**
 * ahoy_configurator_reload_async:
 * @self: a configurator that was started
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the configuration holds
 * @user_data: for @callback
 *
 * Reads the files again and makes the core what they say, as ahoy_core_reload() does: what did not
 * change is not touched, and calls go on.
 *
 * Since: 0.1
 */
void
ahoy_configurator_reload_async (AhoyConfigurator *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (AHOY_IS_CONFIGURATOR (self));
  g_return_if_fail (ahoy_core_get_configuration (self->core) != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_configurator_reload_async);
  begin_reading (self, on_reload_read, task);
}

/**
 * ahoy_configurator_reload_finish:
 * @self: a configurator
 * @result: the result
 * @changed: (out) (optional) (transfer full) (array zero-terminated=1): what was done, as
 *   ahoy_core_reload() tells it
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what of the
 *   configuration cannot be used, and keys that wait for a restart
 * @error: return location for an error
 *
 * Returns: %TRUE when the files were read, whatever stands in them; %FALSE with
 *   %AHOY_ERROR_INVALID_STATE when the core ended meanwhile
 *
 * Since: 0.1
 */
gboolean
ahoy_configurator_reload_finish (AhoyConfigurator *self, GAsyncResult *result, char ***changed,
                                 GPtrArray **problems, GError **error)
{
  Outcome *outcome;

  g_return_val_if_fail (AHOY_IS_CONFIGURATOR (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  outcome = g_task_propagate_pointer (G_TASK (result), error);
  if (outcome == NULL) {
    return FALSE;
  }
  if (changed != NULL) {
    *changed = g_steal_pointer (&outcome->changed);
  }
  if (problems != NULL) {
    *problems = g_steal_pointer (&outcome->problems);
  }
  outcome_free (outcome);
  return TRUE;
}
