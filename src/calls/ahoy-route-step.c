/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-step.h"

#include <string.h>

#include "ahoy-route-program.h"
#include "ahoy-route-step-private.h"

struct _AhoyRouteStep {
  gatomicrefcount references;
  AhoyRouteStepDefinition *definition;
  guint line;
  guint column;
  guint n_arguments;
  GPtrArray **values; /* for each argument its values, with a NULL at the end; NULL for none */
};

G_DEFINE_BOXED_TYPE (AhoyRouteStep, ahoy_route_step, ahoy_route_step_ref, ahoy_route_step_unref)

AhoyRouteStep *
ahoy_route_step_new (AhoyRouteStepDefinition *definition, guint line, guint column)
{
  AhoyRouteStep *self = g_new0 (AhoyRouteStep, 1);

  g_atomic_ref_count_init (&self->references);
  self->definition = g_object_ref (definition);
  self->line = line;
  self->column = column;
  self->n_arguments = ahoy_route_step_definition_get_n_arguments (definition);
  self->values = g_new0 (GPtrArray *, self->n_arguments);
  return self;
}

/**
 * ahoy_route_step_ref:
 * @self: a step
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyRouteStep *
ahoy_route_step_ref (AhoyRouteStep *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * ahoy_route_step_unref:
 * @self: (transfer full): a step
 *
 * Gives a reference back; the step goes with the last one.
 *
 * Since: 0.1
 */
void
ahoy_route_step_unref (AhoyRouteStep *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < self->n_arguments; i++)
    g_clear_pointer (&self->values[i], g_ptr_array_unref);
  g_free (self->values);
  g_object_unref (self->definition);
  g_free (self);
}

gboolean
ahoy_route_step_add_value (AhoyRouteStep *self, guint index, const char *text, GError **error)
{
  AhoyRouteArgument *argument = ahoy_route_step_definition_get_argument (self->definition, index);
  guint64 number;

  if (!ahoy_route_argument_check (argument, text, &number, error))
    return FALSE;
  if (self->values[index] == NULL)
    self->values[index] = g_ptr_array_new_with_free_func (g_free);
  else
    g_ptr_array_remove_index (self->values[index], self->values[index]->len - 1);
  g_ptr_array_add (self->values[index], ahoy_route_argument_canonical (argument, text));
  g_ptr_array_add (self->values[index], NULL);
  return TRUE;
}

static gboolean
expand_values (AhoyRouteStep *self, guint index, AhoyRouteStep *into,
               AhoyRouteVariableFunc lookup, gpointer user_data, GError **error)
{
  AhoyRouteArgument *argument = ahoy_route_step_definition_get_argument (self->definition, index);
  gboolean replaced = argument->kind == AHOY_ROUTE_ARGUMENT_KIND_TEXT
                      || argument->kind == AHOY_ROUTE_ARGUMENT_KIND_TARGET;

  for (guint i = 0; i < ahoy_route_step_get_n_values (self, index); i++) {
    const char *text = self->values[index]->pdata[i];
    g_autofree char *value = replaced
                                 ? ahoy_route_variable_replace (text, lookup, user_data, error)
                                 : g_strdup (text);

    if (value == NULL || !ahoy_route_step_add_value (into, index, value, error))
      return FALSE;
  }
  return TRUE;
}

AhoyRouteStep *
ahoy_route_step_expand (AhoyRouteStep *self, AhoyRouteVariableFunc lookup, gpointer user_data,
                        GError **error)
{
  g_autoptr (AhoyRouteStep) step
      = ahoy_route_step_new (self->definition, self->line, self->column);

  for (guint i = 0; i < self->n_arguments; i++) {
    if (!expand_values (self, i, step, lookup, user_data, error))
      return NULL;
  }
  return g_steal_pointer (&step);
}

guint
ahoy_route_step_get_n_values (AhoyRouteStep *self, guint index)
{
  return self->values[index] != NULL ? self->values[index]->len - 1 : 0;
}

/**
 * ahoy_route_step_get_name:
 * @self: a step
 *
 * Returns: (transfer none): its name, such as `dial`
 *
 * Since: 0.1
 */
const char *
ahoy_route_step_get_name (AhoyRouteStep *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_route_step_definition_get_name (self->definition);
}

/**
 * ahoy_route_step_get_definition:
 * @self: a step
 *
 * Returns: (transfer none): what is known of such steps
 *
 * Since: 0.1
 */
AhoyRouteStepDefinition *
ahoy_route_step_get_definition (AhoyRouteStep *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->definition;
}

/**
 * ahoy_route_step_get_line:
 * @self: a step
 *
 * Returns: the line of the text that it was read from, from 1
 *
 * Since: 0.1
 */
guint
ahoy_route_step_get_line (AhoyRouteStep *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->line;
}

/**
 * ahoy_route_step_get_column:
 * @self: a step
 *
 * Returns: the first of its characters in its line, from 1
 *
 * Since: 0.1
 */
guint
ahoy_route_step_get_column (AhoyRouteStep *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->column;
}

static gboolean
find (AhoyRouteStep *self, const char *name, guint *index)
{
  g_return_val_if_fail (self != NULL && name != NULL, FALSE);

  return ahoy_route_step_definition_find (self->definition, name, index);
}

/**
 * ahoy_route_step_has_argument:
 * @self: a step
 * @name: the name of an argument
 *
 * Returns: %TRUE when somebody wrote it; %FALSE when it has its default, or there is none such
 *
 * Since: 0.1
 */
gboolean
ahoy_route_step_has_argument (AhoyRouteStep *self, const char *name)
{
  guint index;

  return find (self, name, &index) && self->values[index] != NULL;
}

/**
 * ahoy_route_step_get_text:
 * @self: a step
 * @name: the name of an argument of any kind
 *
 * Returns: (transfer none) (nullable): its first value, or its default; %NULL when it has neither
 *
 * Since: 0.1
 */
const char *
ahoy_route_step_get_text (AhoyRouteStep *self, const char *name)
{
  guint index;

  if (!find (self, name, &index))
    return NULL;
  if (self->values[index] != NULL)
    return self->values[index]->pdata[0];
  return ahoy_route_step_definition_get_argument (self->definition, index)->default_text;
}

/**
 * ahoy_route_step_get_texts:
 * @self: a step
 * @name: the name of an argument that may be repeated
 *
 * Returns: (transfer none) (array zero-terminated=1): all of its values that were written
 *
 * Since: 0.1
 */
const char *const *
ahoy_route_step_get_texts (AhoyRouteStep *self, const char *name)
{
  static const char *const none[] = { NULL };
  guint index;

  if (!find (self, name, &index) || self->values[index] == NULL)
    return none;
  return (const char *const *)self->values[index]->pdata;
}

static AhoyRouteProgram *
parse_steps (const char *text)
{
  return ahoy_route_program_parse (ahoy_route_step_registry_get_default (), text, NULL);
}

GPtrArray *
ahoy_route_step_list_programs (AhoyRouteStep *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_route_program_unref);

  for (guint i = 0; i < self->n_arguments; i++) {
    AhoyRouteArgument *argument = ahoy_route_step_definition_get_argument (self->definition, i);

    for (guint j = 0; argument->kind == AHOY_ROUTE_ARGUMENT_KIND_STEPS
                      && j < ahoy_route_step_get_n_values (self, i); j++) {
      AhoyRouteProgram *program = parse_steps (self->values[i]->pdata[j]);

      if (program != NULL)
        g_ptr_array_add (list, program);
    }
  }
  return list;
}

static guint64
read_number (AhoyRouteStep *self, const char *name, AhoyRouteArgumentKind kind)
{
  const char *text = ahoy_route_step_get_text (self, name);
  AhoyRouteArgument *argument;
  guint64 number = 0;
  guint index;

  if (text == NULL || !find (self, name, &index))
    return 0;
  argument = ahoy_route_step_definition_get_argument (self->definition, index);
  g_return_val_if_fail (argument->kind == kind, 0);

  return ahoy_route_argument_check (argument, text, &number, NULL) ? number : 0;
}

/**
 * ahoy_route_step_get_number:
 * @self: a step
 * @name: the name of an argument that is a number
 *
 * Returns: its value, or its default; 0 when it has neither
 *
 * Since: 0.1
 */
guint
ahoy_route_step_get_number (AhoyRouteStep *self, const char *name)
{
  return read_number (self, name, AHOY_ROUTE_ARGUMENT_KIND_NUMBER);
}

/**
 * ahoy_route_step_get_duration:
 * @self: a step
 * @name: the name of an argument that is a duration
 *
 * Returns: its value, or its default, in microseconds, as #AhoyScheduler takes it; 0 when it has
 *   neither
 *
 * Since: 0.1
 */
gint64
ahoy_route_step_get_duration (AhoyRouteStep *self, const char *name)
{
  return (gint64)read_number (self, name, AHOY_ROUTE_ARGUMENT_KIND_DURATION) * 1000;
}

/**
 * ahoy_route_step_get_boolean:
 * @self: a step
 * @name: the name of an argument that is a boolean
 *
 * Returns: its value, or its default; %FALSE when it has neither
 *
 * Since: 0.1
 */
gboolean
ahoy_route_step_get_boolean (AhoyRouteStep *self, const char *name)
{
  return read_number (self, name, AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN) != 0;
}

static void
append_values (GString *into, AhoyRouteStep *self, guint index, const char *prefix)
{
  for (guint i = 0; i < ahoy_route_step_get_n_values (self, index); i++) {
    g_string_append (into, into->str[into->len - 1] == '(' ? "" : ", ");
    g_string_append (into, prefix);
    ahoy_route_value_append (into, self->values[index]->pdata[i]);
  }
}

/* Arguments without a name come first; behind one that was left out there can be no more of them.
 */
static void
append_positional (GString *into, AhoyRouteStep *self, gboolean *done)
{
  for (guint i = 0; i < self->n_arguments; i++) {
    AhoyRouteArgument *argument = ahoy_route_step_definition_get_argument (self->definition, i);

    if ((argument->flags & AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL) == 0)
      continue;
    if (ahoy_route_step_get_n_values (self, i) == 0)
      break;
    append_values (into, self, i, "");
    done[i] = TRUE;
  }
}

/**
 * ahoy_route_step_to_string:
 * @self: a step
 *
 * Returns: (transfer full): the one way to write the step, such as `dial(bob, timeout=30s)`
 *
 * Since: 0.1
 */
char *
ahoy_route_step_to_string (AhoyRouteStep *self)
{
  g_autofree gboolean *done = NULL;
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  done = g_new0 (gboolean, self->n_arguments);
  text = g_string_new (ahoy_route_step_get_name (self));
  g_string_append_c (text, '(');
  append_positional (text, self, done);
  for (guint i = 0; i < self->n_arguments; i++) {
    AhoyRouteArgument *argument = ahoy_route_step_definition_get_argument (self->definition, i);
    g_autofree char *prefix = g_strconcat (argument->name, "=", NULL);

    if (!done[i])
      append_values (text, self, i, prefix);
  }
  if (text->str[text->len - 1] == '(')
    g_string_truncate (text, text->len - 1);
  else
    g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}
