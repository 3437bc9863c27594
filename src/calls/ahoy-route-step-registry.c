/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-step-registry.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-route-builtin-steps-private.h"

/**
 * AhoyRouteStepRegistry:
 *
 * The steps that routes may have. Ahoy's own are there from the start; a plugin adds its own before
 * routes with them are read.
 *
 * Since: 0.1
 */
struct _AhoyRouteStepRegistry {
  GObject parent_instance;
  GPtrArray *definitions;
};

G_DEFINE_FINAL_TYPE (AhoyRouteStepRegistry, ahoy_route_step_registry, G_TYPE_OBJECT)

static void
ahoy_route_step_registry_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_ROUTE_STEP_REGISTRY (object)->definitions);
  G_OBJECT_CLASS (ahoy_route_step_registry_parent_class)->finalize (object);
}

static void
ahoy_route_step_registry_class_init (AhoyRouteStepRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_route_step_registry_finalize;
}

static void
ahoy_route_step_registry_init (AhoyRouteStepRegistry *self)
{
  self->definitions = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * ahoy_route_step_registry_new:
 *
 * Returns: (transfer full): a registry with the steps of Ahoy itself
 *
 * Since: 0.1
 */
AhoyRouteStepRegistry *
ahoy_route_step_registry_new (void)
{
  AhoyRouteStepRegistry *self = g_object_new (AHOY_TYPE_ROUTE_STEP_REGISTRY, NULL);

  ahoy_route_builtin_steps_add (self);
  return self;
}

/**
 * ahoy_route_step_registry_get_default:
 *
 * The registry by which the configuration is judged. Like the types of GObject there is one in a
 * process; it belongs to the thread that reads the configuration.
 *
 * Returns: (transfer none): the registry
 *
 * Since: 0.1
 */
AhoyRouteStepRegistry *
ahoy_route_step_registry_get_default (void)
{
  static AhoyRouteStepRegistry *registry;

  if (registry == NULL)
    registry = ahoy_route_step_registry_new ();
  return registry;
}

static gboolean
is_name (const char *text)
{
  return g_ascii_islower (*text)
         && text[strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/**
 * ahoy_route_step_registry_add:
 * @self: a registry
 * @definition: (transfer none): a step, which must not change any more
 * @error: return location for an error: %AHOY_ERROR_EXISTS when there is a step of that name,
 *   %AHOY_ERROR_INVALID_ARGUMENTS when the name cannot be written in a route
 *
 * Returns: %TRUE when the step was added
 *
 * Since: 0.1
 */
gboolean
ahoy_route_step_registry_add (AhoyRouteStepRegistry *self, AhoyRouteStepDefinition *definition,
                              GError **error)
{
  const char *name;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_DEFINITION (definition), FALSE);

  name = ahoy_route_step_definition_get_name (definition);
  if (!is_name (name)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no name of a step; use small letters, digits and -", name);
    return FALSE;
  }
  if (ahoy_route_step_registry_lookup (self, name) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "there is a step “%s” already; choose another name", name);
    return FALSE;
  }
  g_ptr_array_add (self->definitions, g_object_ref (definition));
  return TRUE;
}

/**
 * ahoy_route_step_registry_remove:
 * @self: a registry
 * @name: the name of a step
 *
 * Removes a step; routes that were read keep what they know of it.
 *
 * Returns: %TRUE when there was such a step
 *
 * Since: 0.1
 */
gboolean
ahoy_route_step_registry_remove (AhoyRouteStepRegistry *self, const char *name)
{
  AhoyRouteStepDefinition *definition;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_REGISTRY (self), FALSE);

  definition = ahoy_route_step_registry_lookup (self, name);
  return definition != NULL && g_ptr_array_remove (self->definitions, definition);
}

/**
 * ahoy_route_step_registry_lookup:
 * @self: a registry
 * @name: the name of a step, such as `dial`
 *
 * Returns: (transfer none) (nullable): the step; %NULL when there is none of that name
 *
 * Since: 0.1
 */
AhoyRouteStepDefinition *
ahoy_route_step_registry_lookup (AhoyRouteStepRegistry *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->definitions->len; i++) {
    AhoyRouteStepDefinition *definition = self->definitions->pdata[i];

    if (strcmp (ahoy_route_step_definition_get_name (definition), name) == 0)
      return definition;
  }
  return NULL;
}

/**
 * ahoy_route_step_registry_list_names:
 * @self: a registry
 *
 * Returns: (transfer full): the names of the steps, in the order in which they were added
 *
 * Since: 0.1
 */
char **
ahoy_route_step_registry_list_names (AhoyRouteStepRegistry *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_REGISTRY (self), NULL);

  for (guint i = 0; i < self->definitions->len; i++)
    g_strv_builder_add (names, ahoy_route_step_definition_get_name (self->definitions->pdata[i]));
  return g_strv_builder_end (names);
}
