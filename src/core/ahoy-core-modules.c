/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"

/* Which applications there are: modules and disabled-modules of [core], and what is loaded and
 * unloaded at run time (docs/modules.md). */

/* In the order in which they start; they stop the other way round. */
static const AhoyCoreModule *const modules[] = {
  &ahoy_core_sessions_module,
  &ahoy_core_messaging_module,
  &ahoy_core_registrar_module,
  &ahoy_core_registration_module,
  &ahoy_core_qualify_module,
};

static char *
dup_names (void)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++) {
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", modules[i]->name);
  }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static gboolean
find (const char *name, gsize *index)
{
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++) {
    if (g_str_equal (modules[i]->name, name)) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
find_or_fail (const char *name, gsize *index, GError **error)
{
  g_autofree char *names = NULL;

  if (find (name, index)) {
    return TRUE;
  }
  names = dup_names ();
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
               "There is no module “%s”; the modules are: %s", name, names);
  return FALSE;
}

static gboolean
is_running (AhoyCore *self, gsize index)
{
  return (self->modules & (1u << index)) != 0;
}

static gboolean
start_module (AhoyCore *self, gsize index, GError **error)
{
  if (is_running (self, index)) {
    return TRUE;
  }
  if (!modules[index]->start (self, error)) {
    g_prefix_error (error, "The module “%s” does not start: ", modules[index]->name);
    return FALSE;
  }
  self->modules |= 1u << index;
  ahoy_core_emit_module (self, modules[index]->name, TRUE);
  return TRUE;
}

static void
stop_module (AhoyCore *self, gsize index)
{
  if (is_running (self, index)) {
    self->modules &= ~(1u << index);
    modules[index]->stop (self);
    ahoy_core_emit_module (self, modules[index]->name, FALSE);
  }
}

/* -- the configuration ---------------------------------------------------------------------- */

static const char *const *
get_list (AhoyConfigObject *settings, const char *key)
{
  const char *const *list =
      settings != NULL ? ahoy_config_object_get_list (settings, key) : NULL;

  return list != NULL && list[0] != NULL ? list : NULL;
}

/* Without a configuration there are all. */
static guint
find_wanted (AhoyConfigObject *settings)
{
  const char *const *names = get_list (settings, "modules");
  const char *const *disabled = get_list (settings, "disabled-modules");
  guint wanted = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++) {
    if ((names == NULL || g_strv_contains (names, modules[i]->name)) &&
        (disabled == NULL || !g_strv_contains (disabled, modules[i]->name))) {
      wanted |= 1u << i;
    }
  }
  return wanted;
}

static void
check_key (AhoyCoreChange *change, AhoyConfigObject *settings, const char *key)
{
  const char *const *names = get_list (settings, key);
  gsize index;

  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;

    if (!find_or_fail (names[i], &index, &error)) {
      ahoy_core_change_fail (change, settings, key, error);
    }
  }
}

/* The other names of the lists hold, and so does the rest of [core]. */
void
ahoy_core_check_modules (AhoyCoreChange *change, AhoyConfigObject *settings)
{
  check_key (change, settings, "modules");
  check_key (change, settings, "disabled-modules");
}

/* What was loaded or unloaded at run time stays so until the configuration says something else of
 * that very module. */
void
ahoy_core_follow_modules (AhoyCoreChange *change)
{
  AhoyCore *self = change->core;
  guint wanted = find_wanted (self->settings);
  guint differ = wanted ^ self->wanted;

  if (!self->started) {
    return;
  }
  self->wanted = wanted;
  for (gsize i = G_N_ELEMENTS (modules); i > 0; i--) {
    if ((differ & ~wanted & (1u << (i - 1))) != 0) {
      stop_module (self, i - 1);
    }
  }
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++) {
    g_autoptr (GError) error = NULL;

    if ((differ & wanted & (1u << i)) != 0 && !start_module (self, i, &error)) {
      ahoy_core_change_fail (change, self->settings, "modules", error);
    }
  }
}

gboolean
ahoy_core_start_modules (AhoyCore *self, GError **error)
{
  self->wanted = find_wanted (self->settings);
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++) {
    if ((self->wanted & (1u << i)) != 0 && !start_module (self, i, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

void
ahoy_core_stop_modules (AhoyCore *self)
{
  for (gsize i = G_N_ELEMENTS (modules); i > 0; i--) {
    stop_module (self, i - 1);
  }
}

/* -- at run time ---------------------------------------------------------------------------- */

/**
 * ahoy_core_list_modules:
 * @self: a core
 * @all: whether to list those too that are not loaded
 *
 * Lists the applications of the core. Each can be left out: `sessions` makes and takes calls.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of modules
 *
 * Since: 0.1
 */
char **
ahoy_core_list_modules (AhoyCore *self, gboolean all)
{
  g_autoptr (GStrvBuilder) names = NULL;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  names = g_strv_builder_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++) {
    if (all || is_running (self, i)) {
      g_strv_builder_add (names, modules[i]->name);
    }
  }
  return g_strv_builder_end (names);
}

/**
 * ahoy_core_get_module_summary:
 * @self: a core
 * @name: the name of a module
 *
 * Returns: (nullable): what the module is for, in a few words; %NULL when there is none of that
 *   name
 *
 * Since: 0.1
 */
const char *
ahoy_core_get_module_summary (AhoyCore *self, const char *name)
{
  gsize index;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return find (name, &index) ? modules[index]->summary : NULL;
}

/**
 * ahoy_core_has_module:
 * @self: a core
 * @name: the name of a module
 *
 * Returns: whether the module is loaded; no module is before ahoy_core_start()
 *
 * Since: 0.1
 */
gboolean
ahoy_core_has_module (AhoyCore *self, const char *name)
{
  gsize index;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return find (name, &index) && is_running (self, index);
}

/**
 * ahoy_core_require_module:
 * @self: a core
 * @name: the name of a module
 * @error: return location for an error
 *
 * For what works only with a module.
 *
 * Returns: %TRUE when the module is loaded; %FALSE with %AHOY_ERROR_NOT_SUPPORTED and a message
 *   that says how to load it, when it is not, or with %AHOY_ERROR_INVALID_STATE when the core was
 *   not started
 *
 * Since: 0.1
 */
gboolean
ahoy_core_require_module (AhoyCore *self, const char *name, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (ahoy_core_has_module (self, name)) {
    return TRUE;
  }
  if (!self->started) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The module “%s” does not run yet; start the core first", name);
    return FALSE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
               "The module “%s” is not loaded; load it (ahoyctl modules load %s), or look at "
               "modules and disabled-modules in [core]",
               name, name);
  return FALSE;
}

/**
 * ahoy_core_load_module:
 * @self: a core that was started
 * @name: the name of a module
 * @error: return location for an error
 *
 * Loads a module while everything else works; one that is loaded already stays as it is. It is
 * there until it is unloaded, or until another configuration is told of that does not want it.
 *
 * Returns: %TRUE when it is loaded; %FALSE with %AHOY_ERROR_NOT_FOUND when there is no module of
 *   that name, with %AHOY_ERROR_INVALID_STATE when the core was not started, or with what keeps the
 *   module from starting
 *
 * Since: 0.1
 */
gboolean
ahoy_core_load_module (AhoyCore *self, const char *name, GError **error)
{
  gsize index;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!find_or_fail (name, &index, error)) {
    return FALSE;
  }
  if (!self->started) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The module “%s” cannot be loaded: the core was not started", name);
    return FALSE;
  }
  return start_module (self, index, error);
}

/**
 * ahoy_core_unload_module:
 * @self: a core
 * @name: the name of a module
 * @error: return location for an error
 *
 * Unloads a module while everything else works. New requests that only it would take are answered
 * with 501; what it began, such as calls, goes on to its end.
 *
 * Returns: %TRUE when it is not loaded any more; %FALSE with %AHOY_ERROR_NOT_FOUND when there is no
 *   module of that name
 *
 * Since: 0.1
 */
gboolean
ahoy_core_unload_module (AhoyCore *self, const char *name, GError **error)
{
  gsize index;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!find_or_fail (name, &index, error)) {
    return FALSE;
  }
  stop_module (self, index);
  return TRUE;
}
