/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-object-private.h"
#include "ahoy-configuration.h"
#include "ahoy-configurator-private.h"
#include "ahoy-error.h"

/* Objects that are put at run time: judged, kept, and then applied as a reload is. */

#define ORIGIN "configurator"
#define MAX_VALUE 65536 /* as long as a line of a file may be */
#define MAX_NAME 128

typedef struct {
  char *type_name;
  char *name;
  GVariant *keys;             /* NULL when it is to go */
  AhoyConfigObject *object;   /* made of them */
  AhoyConfigObject *previous; /* NULL when it is new */
  GError *error;              /* why it could not be made */
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->type_name);
  g_free (order->name);
  g_clear_pointer (&order->keys, g_variant_unref);
  g_clear_error (&order->error);
  g_clear_object (&order->object);
  g_clear_object (&order->previous);
  g_free (order);
}

/* -- making an object ----------------------------------------------------------------------- */

static gboolean
check_value (const char *value, GError **error)
{
  if (strlen (value) > MAX_VALUE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "the value has %" G_GSIZE_FORMAT " bytes; at most %d are allowed",
                 strlen (value), MAX_VALUE);
    return FALSE;
  }
  for (const char *at = value; *at != '\0'; at++) {
    if (g_ascii_iscntrl (*at) && *at != '\t') {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "the value holds the byte 0x%02x; a line break is written as \\n, and other "
                   "bytes like it cannot stand there",
                   (guint) (guchar) *at);
      return FALSE;
    }
  }
  return TRUE;
}

/* As the head of a group may have it. */
static gboolean
check_name (const char *type_name, const char *name, GError **error)
{
  if (g_str_equal (type_name, "store")) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                         "A store cannot be put into a store; write [store NAME] to a file");
    return FALSE;
  }
  for (const char *at = name; *at != '\0'; at++) {
    if (at - name >= MAX_NAME || g_ascii_iscntrl (*at) || strchr (" [](),;=#!\"\\", *at) != NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The name of the %s cannot be that of an object; use at most %d bytes, and no "
                   "blank and none of [](),;=#!\"\\",
                   type_name, MAX_NAME);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
set_key (AhoyConfigObject *object, const char *key, const char *value, GError **error)
{
  GParamSpec *pspec =
      ahoy_config_object_class_resolve_key (AHOY_CONFIG_OBJECT_GET_CLASS (object), key);

  if (pspec != NULL && ahoy_config_object_is_set (object, ahoy_config_key_get_name (pspec))) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "the key %s is given twice; give it once", ahoy_config_key_get_name (pspec));
    return FALSE;
  }
  return check_value (value, error) &&
         ahoy_config_object_take_text (object, key, value, NULL, error);
}

static AhoyConfigObject *
make_object (AhoyConfigSchema *schema, const char *type_name, const char *name, GVariant *keys,
             GError **error)
{
  g_autoptr (AhoyConfigObject) object = NULL;
  g_autofree char *label = NULL;
  GVariantIter iter;
  const char *key;
  const char *value;

  if (!check_name (type_name, name, error)) {
    return NULL;
  }
  object = ahoy_config_schema_make_object (schema, type_name, name, error);
  if (object == NULL) {
    return NULL;
  }
  label = ahoy_config_object_dup_label (object);
  g_variant_iter_init (&iter, keys);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &value)) {
    if (!set_key (object, key, value, error)) {
      g_autofree char *shown = g_utf8_substring (key, 0, MIN (g_utf8_strlen (key, -1), 100));

      g_prefix_error (error, "%s: %s: ", label, shown);
      return NULL;
    }
  }
  if (!ahoy_config_object_validate (object, error)) {
    g_prefix_error (error, "%s: ", label);
    return NULL;
  }
  ahoy_config_object_seal (object);
  return g_steal_pointer (&object);
}

/* What people wrote is changed by people. */
static gboolean
check_files (AhoyConfigurator *self, const char *type_name, const char *name, GError **error)
{
  AhoyConfigObject *written = ahoy_config_set_lookup (self->files, type_name, name);
  g_autofree char *label = NULL;

  if (written == NULL || !ahoy_configurator_is_written (written)) {
    return TRUE;
  }
  label = ahoy_config_object_dup_label (written);
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
               "%s stands in %s:%u, which holds; change it there and reload", label,
               ahoy_config_object_get_file (written), ahoy_config_object_get_line (written));
  return FALSE;
}

static gboolean
find_error (GPtrArray *problems, const char *type_name, const char *name, GError **error)
{
  g_autofree char *label =
      *name != '\0' ? g_strdup_printf ("%s %s", type_name, name) : g_strdup (type_name);

  for (guint i = 0; problems != NULL && i < problems->len; i++) {
    AhoyConfigProblem *problem = problems->pdata[i];

    if (ahoy_config_problem_get_severity (problem) == AHOY_CONFIG_SEVERITY_ERROR &&
        g_strcmp0 (ahoy_config_problem_get_object (problem), label) == 0) {
      g_autofree char *text = ahoy_config_problem_to_string (problem);

      g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID, "%s", text);
      return TRUE;
    }
  }
  return FALSE;
}

/* Whether the core could use the object, beside all the others. */
static gboolean
check_use (AhoyConfigurator *self, AhoyConfigObject *object, GError **error)
{
  g_autoptr (AhoyConfigSet) wanted = ahoy_configurator_merge (self, NULL);
  g_autoptr (GPtrArray) problems = NULL;

  ahoy_config_set_replace (wanted, object);
  ahoy_configuration_expand (wanted, NULL);
  ahoy_core_check (self->core, wanted, &problems);
  return !find_error (problems, ahoy_config_object_get_type_name (object),
                      ahoy_config_object_get_name (object), error);
}

/* -- keeping and applying it ---------------------------------------------------------------- */

static void
apply (AhoyConfigurator *self, GPtrArray **problems)
{
  g_autoptr (AhoyConfigSet) wanted = ahoy_configurator_merge (self, NULL);

  ahoy_core_reload (self->core, wanted, NULL, problems);
}

static void
write_order (AhoyConfigurator *self, AhoyConfigObject *object, AhoyConfigObject *previous,
             const char *type_name, const char *name, GAsyncReadyCallback callback,
             gpointer user_data)
{
  AhoyStore *store = ahoy_core_get_store (self->core);

  if (object == NULL) {
    ahoy_store_delete_async (store, type_name, name, ahoy_config_object_get_revision (previous),
                             ORIGIN, NULL, callback, user_data);
  } else if (previous == NULL) {
    ahoy_store_create_async (store, object, ORIGIN, NULL, callback, user_data);
  } else {
    ahoy_store_update_async (store, object, ahoy_config_object_get_revision (previous), ORIGIN,
                             NULL, callback, user_data);
  }
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!ahoy_store_apply_finish (AHOY_STORE (source), result, &error)) {
    g_warning ("What could not be used is kept all the same: %s", error->message);
  }
}

/* It was kept and cannot be used, as with a port that is taken: then it was never there. */
static void
take_back (AhoyConfigurator *self, Order *order)
{
  AhoyConfigObject *kept = ahoy_config_set_lookup (self->stored, order->type_name, order->name);

  if (kept != NULL) {
    write_order (self, order->previous, kept, order->type_name, order->name, on_taken_back, NULL);
  }
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AhoyConfigurator *self = g_task_get_source_object (task);
  Order *order = g_task_get_task_data (task);
  g_autoptr (GPtrArray) problems = NULL;
  GError *error = NULL;

  if (!ahoy_store_apply_finish (AHOY_STORE (source), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  apply (self, &problems);
  if (order->object != NULL && find_error (problems, order->type_name, order->name, &error)) {
    take_back (self, order);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_boolean (task, TRUE);
}

/* Keeps what the store says; changes of others are applied as well. */
static void
on_store_changed (AhoyStore *store, AhoyStoreChange *change, gpointer user_data)
{
  AhoyConfigurator *self = user_data;
  AhoyConfigObject *object = ahoy_store_change_get_object (change);

  if (object != NULL) {
    ahoy_config_set_replace (self->stored, object);
  } else {
    ahoy_config_set_remove (self->stored, ahoy_store_change_get_type_name (change),
                            ahoy_store_change_get_name (change));
  }
  if (g_strcmp0 (ahoy_store_change_get_origin (change), ORIGIN) != 0) {
    apply (self, NULL);
  }
}

void
ahoy_configurator_watch_store (AhoyConfigurator *self)
{
  g_signal_connect_object (ahoy_core_get_store (self->core), "changed",
                           G_CALLBACK (on_store_changed), self, 0);
}

static gboolean
check_order (AhoyConfigurator *self, Order *order, GError **error)
{
  if (order->keys != NULL) {
    if (order->object == NULL) {
      g_propagate_error (error, g_steal_pointer (&order->error));
    }
    return order->object != NULL && check_files (self, order->type_name, order->name, error) &&
           check_use (self, order->object, error);
  }
  if (order->previous == NULL && check_files (self, order->type_name, order->name, error)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "There is no %s “%s” that was put at run time", order->type_name, order->name);
  }
  return order->previous != NULL;
}

static void
go_on (AhoyConfigurator *self, Order *order, GTask *task)
{
  AhoyConfigObject *previous =
      ahoy_config_set_lookup (self->stored, order->type_name, order->name);
  GError *error = NULL;

  g_set_object (&order->previous, previous);
  if (!check_order (self, order, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  write_order (self, order->object, order->previous, order->type_name, order->name, on_kept, task);
}

/* -- making it in a thread, where it waits for a secret ------------------------------------- */

typedef struct {
  Order *order;
  GTask *task; /* of the owner's thread only; it keeps the order */
} Making;

static void
making_free (gpointer data)
{
  Making *making = data;

  if (making->task != NULL) {
    g_task_return_new_error (making->task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "%s %s was not put: the daemon ends, or has too much to do",
                             making->order->type_name, making->order->name);
  }
  g_clear_object (&making->task);
  g_free (making);
}

static void
make_in_thread (gpointer data)
{
  Order *order = ((Making *) data)->order;
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();

  order->object = make_object (schema, order->type_name, order->name, order->keys, &order->error);
}

static void
on_made (gpointer data)
{
  Making *making = data;
  GTask *task = g_steal_pointer (&making->task);

  go_on (g_task_get_source_object (task), making->order, task);
}

/* The Secret Service may take its time, or ask D-Bus to start it. */
static gboolean
takes_time (GVariant *keys)
{
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, keys);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, NULL)) {
    if (g_str_has_suffix (key, "-secret")) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
begin (AhoyConfigurator *self, const char *type_name, const char *name, GVariant *keys,
       GTask *task)
{
  Order *order = g_new0 (Order, 1);
  Making *making;

  order->type_name = g_strdup (type_name);
  order->name = g_strdup (name);
  order->keys = keys != NULL ? g_variant_ref_sink (keys) : NULL;
  g_task_set_task_data (task, order, order_free);
  if (keys == NULL || !takes_time (keys)) {
    if (keys != NULL) {
      order->object = make_object (self->schema, type_name, name, keys, &order->error);
    }
    go_on (self, order, task);
    return;
  }
  making = g_new0 (Making, 1);
  making->order = order;
  making->task = task;
  /* When it cannot be pushed, destroying it ends the task. */
  ahoy_work_queue_push (self->queue, make_in_thread, on_made, making, making_free, NULL);
}

/**
 * ahoy_configurator_put_async:
 * @self: a configurator that was started
 * @type_name: the type of the object, such as `endpoint`
 * @name: its name; empty where there is only one of the type
 * @keys: the keys and their values as they would stand in a file, of type `a{ss}`; the others have
 *   their defaults
 * @cancellable: (nullable): a cancellable; what was begun is done all the same
 * @callback: (scope async): called when the object holds
 * @user_data: for @callback
 *
 * Makes an object at run time, or makes one that was put before another one. It is judged, kept in
 * the core's store, and then used. It holds after a restart, too; the files that people write are
 * not touched, and what stands in them holds before it.
 *
 * Since: 0.1
 */
void
ahoy_configurator_put_async (AhoyConfigurator *self, const char *type_name, const char *name,
                             GVariant *keys, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (AHOY_IS_CONFIGURATOR (self) && self->stored != NULL);
  g_return_if_fail (type_name != NULL && name != NULL);
  g_return_if_fail (keys != NULL && g_variant_is_of_type (keys, G_VARIANT_TYPE ("a{ss}")));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_configurator_put_async);
  begin (self, type_name, name, keys, task);
}

/**
 * ahoy_configurator_put_finish:
 * @self: a configurator
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when the object is kept and holds; %FALSE with %AHOY_ERROR_NOT_FOUND for an
 *   unknown type or key, %AHOY_ERROR_INVALID_ARGUMENTS or %AHOY_ERROR_CONFIGURATION_INVALID for
 *   what cannot be, %AHOY_ERROR_EXISTS when a file has the object, %AHOY_ERROR_CONFLICT when
 *   somebody else changed it meanwhile, or with an error of the store; all is as before then
 *
 * Since: 0.1
 */
gboolean
ahoy_configurator_put_finish (AhoyConfigurator *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CONFIGURATOR (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * ahoy_configurator_delete_async:
 * @self: a configurator that was started
 * @type_name: the type of an object that was put at run time
 * @name: its name; empty where there is only one of the type
 * @cancellable: (nullable): a cancellable; what was begun is done all the same
 * @callback: (scope async): called when the object is gone
 * @user_data: for @callback
 *
 * Takes an object away that was put at run time.
 *
 * Since: 0.1
 */
void
ahoy_configurator_delete_async (AhoyConfigurator *self, const char *type_name, const char *name,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task;

  g_return_if_fail (AHOY_IS_CONFIGURATOR (self) && self->stored != NULL);
  g_return_if_fail (type_name != NULL && name != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_configurator_delete_async);
  begin (self, type_name, name, NULL, task);
}

/**
 * ahoy_configurator_delete_finish:
 * @self: a configurator
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when the object is gone; %FALSE with %AHOY_ERROR_NOT_FOUND when nobody put it,
 *   %AHOY_ERROR_EXISTS when it stands in a file, or with an error of the store
 *
 * Since: 0.1
 */
gboolean
ahoy_configurator_delete_finish (AhoyConfigurator *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CONFIGURATOR (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
