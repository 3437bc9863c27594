/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-step-definition.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-route-step-definition-private.h"

#define MAX_ARGUMENTS 32
#define MAX_DURATION (24 * 3600 * 1000) /* a day, in milliseconds */

/**
 * AhoyRouteStepDefinition:
 *
 * What a step of a route is: its name, and which arguments it has. It says nothing of what the step
 * does.
 *
 * Since: 0.1
 */
struct _AhoyRouteStepDefinition {
  GObject parent_instance;
  char *name;
  char *description;
  GPtrArray *arguments; /* AhoyRouteArgument */
};

G_DEFINE_FINAL_TYPE (AhoyRouteStepDefinition, ahoy_route_step_definition, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyRouteArgumentKind, ahoy_route_argument_kind,
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_TEXT, "text"),
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_TARGET, "target"),
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, "boolean"),
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_NUMBER, "number"),
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_DURATION, "duration"),
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_CHOICE, "choice"),
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_VARIABLE, "variable"),
                    G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_KIND_STEPS, "steps"))

G_DEFINE_FLAGS_TYPE (AhoyRouteArgumentFlags, ahoy_route_argument_flags,
                     G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_FLAGS_NONE, "none"),
                     G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL, "positional"),
                     G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_FLAGS_REQUIRED, "required"),
                     G_DEFINE_ENUM_VALUE (AHOY_ROUTE_ARGUMENT_FLAGS_REPEATED, "repeated"))

static void
argument_free (gpointer data)
{
  AhoyRouteArgument *argument = data;

  g_free (argument->name);
  g_free (argument->default_text);
  g_free (argument->description);
  g_strfreev (argument->choices);
  g_free (argument);
}

static void
ahoy_route_step_definition_finalize (GObject *object)
{
  AhoyRouteStepDefinition *self = AHOY_ROUTE_STEP_DEFINITION (object);

  g_free (self->name);
  g_free (self->description);
  g_ptr_array_unref (self->arguments);
  G_OBJECT_CLASS (ahoy_route_step_definition_parent_class)->finalize (object);
}

static void
ahoy_route_step_definition_class_init (AhoyRouteStepDefinitionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_route_step_definition_finalize;
}

static void
ahoy_route_step_definition_init (AhoyRouteStepDefinition *self)
{
  self->arguments = g_ptr_array_new_with_free_func (argument_free);
}

/**
 * ahoy_route_step_definition_new:
 * @name: the name of the step: small letters, digits and `-`
 * @description: what the step does, for people
 *
 * Returns: (transfer full): a definition without arguments
 *
 * Since: 0.1
 */
AhoyRouteStepDefinition *
ahoy_route_step_definition_new (const char *name, const char *description)
{
  AhoyRouteStepDefinition *self;

  g_return_val_if_fail (name != NULL && description != NULL, NULL);

  self = g_object_new (AHOY_TYPE_ROUTE_STEP_DEFINITION, NULL);
  self->name = g_strdup (name);
  self->description = g_strdup (description);
  return self;
}

static gboolean
check_new_argument (AhoyRouteStepDefinition *self, const char *name, GError **error)
{
  if (*name == '\0' || name[strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0'
      || *name == '-') {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no name of an argument of %s; use small letters, digits and -", name,
                 self->name);
    return FALSE;
  }
  if (ahoy_route_step_definition_find (self, name, NULL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "%s has an argument %s already", self->name,
                 name);
    return FALSE;
  }
  if (self->arguments->len >= MAX_ARGUMENTS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%s cannot have more than %d arguments", self->name, MAX_ARGUMENTS);
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_route_step_definition_add_argument:
 * @self: a definition that is in no registry yet
 * @name: the name of the argument: small letters, digits and `-`
 * @kind: how it is read
 * @flags: what holds for it
 * @default_text: (nullable): its value when nobody writes it
 * @description: what it is for, for people
 * @error: return location for an error: %AHOY_ERROR_EXISTS when there is an argument of that name
 *
 * Adds an argument. The positional ones are written in the order in which they were added.
 *
 * Returns: %TRUE when it was added
 *
 * Since: 0.1
 */
gboolean
ahoy_route_step_definition_add_argument (AhoyRouteStepDefinition *self, const char *name,
                                         AhoyRouteArgumentKind kind, AhoyRouteArgumentFlags flags,
                                         const char *default_text, const char *description,
                                         GError **error)
{
  AhoyRouteArgument *argument;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_DEFINITION (self), FALSE);
  g_return_val_if_fail (name != NULL && description != NULL, FALSE);

  if (!check_new_argument (self, name, error))
    return FALSE;

  argument = g_new0 (AhoyRouteArgument, 1);
  argument->name = g_strdup (name);
  argument->kind = kind;
  argument->flags = flags;
  argument->default_text = g_strdup (default_text);
  argument->description = g_strdup (description);
  argument->maximum = kind == AHOY_ROUTE_ARGUMENT_KIND_DURATION ? MAX_DURATION : G_MAXUINT;
  argument->choices = g_new0 (char *, 1);
  g_ptr_array_add (self->arguments, argument);
  return TRUE;
}

static AhoyRouteArgument *
lookup (AhoyRouteStepDefinition *self, const char *name)
{
  guint index;

  return ahoy_route_step_definition_find (self, name, &index) ? self->arguments->pdata[index]
                                                              : NULL;
}

/**
 * ahoy_route_step_definition_set_range:
 * @self: a definition that is in no registry yet
 * @name: the name of an argument that is a number or a duration
 * @minimum: the smallest value; of a duration in milliseconds
 * @maximum: the largest value; of a duration in milliseconds
 *
 * Returns: %TRUE when there is such an argument
 *
 * Since: 0.1
 */
gboolean
ahoy_route_step_definition_set_range (AhoyRouteStepDefinition *self, const char *name,
                                      guint minimum, guint maximum)
{
  AhoyRouteArgument *argument;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_DEFINITION (self), FALSE);
  g_return_val_if_fail (name != NULL && minimum <= maximum, FALSE);

  argument = lookup (self, name);
  if (argument == NULL)
    return FALSE;
  argument->minimum = minimum;
  argument->maximum = maximum;
  return TRUE;
}

/**
 * ahoy_route_step_definition_set_choices:
 * @self: a definition that is in no registry yet
 * @name: the name of an argument that is a choice
 * @choices: (array zero-terminated=1): the words that may be written
 *
 * Returns: %TRUE when there is such an argument
 *
 * Since: 0.1
 */
gboolean
ahoy_route_step_definition_set_choices (AhoyRouteStepDefinition *self, const char *name,
                                        const char *const *choices)
{
  AhoyRouteArgument *argument;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_DEFINITION (self), FALSE);
  g_return_val_if_fail (name != NULL && choices != NULL, FALSE);

  argument = lookup (self, name);
  if (argument == NULL)
    return FALSE;
  g_strfreev (argument->choices);
  argument->choices = g_strdupv ((char **)choices);
  return TRUE;
}

/**
 * ahoy_route_step_definition_get_name:
 * @self: a definition
 *
 * Returns: (transfer none): the name of the step, such as `dial`
 *
 * Since: 0.1
 */
const char *
ahoy_route_step_definition_get_name (AhoyRouteStepDefinition *self)
{
  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_DEFINITION (self), NULL);

  return self->name;
}

/**
 * ahoy_route_step_definition_get_description:
 * @self: a definition
 *
 * Returns: (transfer none): what the step does, for people
 *
 * Since: 0.1
 */
const char *
ahoy_route_step_definition_get_description (AhoyRouteStepDefinition *self)
{
  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_DEFINITION (self), NULL);

  return self->description;
}

/**
 * ahoy_route_step_definition_describe:
 * @self: a definition
 *
 * Returns: (transfer full): the arguments, of type `a(ssss)`: name, kind, default and what it is
 * for
 *
 * Since: 0.1
 */
GVariant *
ahoy_route_step_definition_describe (AhoyRouteStepDefinition *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_DEFINITION (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssss)"));
  for (guint i = 0; i < self->arguments->len; i++) {
    AhoyRouteArgument *argument = self->arguments->pdata[i];
    g_autoptr (GEnumClass) kinds = g_type_class_ref (AHOY_TYPE_ROUTE_ARGUMENT_KIND);
    GEnumValue *kind = g_enum_get_value (kinds, argument->kind);

    g_variant_builder_add (
        &builder, "(ssss)", argument->name, kind != NULL ? kind->value_nick : "text",
        argument->default_text != NULL ? argument->default_text : "", argument->description);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

guint
ahoy_route_step_definition_get_n_arguments (AhoyRouteStepDefinition *self)
{
  return self->arguments->len;
}

AhoyRouteArgument *
ahoy_route_step_definition_get_argument (AhoyRouteStepDefinition *self, guint index)
{
  return self->arguments->pdata[index];
}

gboolean
ahoy_route_step_definition_find (AhoyRouteStepDefinition *self, const char *name, guint *index)
{
  for (guint i = 0; i < self->arguments->len; i++) {
    if (strcmp (((AhoyRouteArgument *)self->arguments->pdata[i])->name, name) == 0) {
      if (index != NULL)
        *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Returns (transfer full): the names of the arguments, for “did you mean”. */
char **
ahoy_route_step_definition_list_names (AhoyRouteStepDefinition *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->arguments->len; i++)
    g_strv_builder_add (names, ((AhoyRouteArgument *)self->arguments->pdata[i])->name);
  return g_strv_builder_end (names);
}
