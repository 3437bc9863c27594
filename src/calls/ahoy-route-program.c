/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-program.h"

#include <string.h>

#include "ahoy-config-value-private.h"
#include "ahoy-error.h"
#include "ahoy-route-step-private.h"

/* The grammar, where blanks may stand between any two parts:
 *
 *   program  = step *("," step)
 *   step     = name ["(" [argument *("," argument)] ")"]
 *   argument = [name "="] value
 *
 * with values as in ahoy-route-value.c. Arguments without a name come before those with one. */

#define MAX_LENGTH 8192
#define MAX_STEPS 64
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define MAX_NAME 64

struct _AhoyRouteProgram {
  gatomicrefcount references;
  GPtrArray *steps; /* AhoyRouteStep */
};

G_DEFINE_BOXED_TYPE (AhoyRouteProgram, ahoy_route_program, ahoy_route_program_ref,
                     ahoy_route_program_unref)

typedef struct {
  const char *text;
  const char *at;
  AhoyRouteStepRegistry *registry;
  GError **error;
} Parser;

static void
get_position (Parser *parser, const char *at, guint *line, guint *column)
{
  *line = 1;
  *column = 1;
  for (const char *p = parser->text; p < at; p = g_utf8_next_char (p)) {
    *column = *p == '\n' ? 1 : *column + 1;
    *line += *p == '\n' ? 1 : 0;
  }
}

static gboolean refuse (Parser *parser, const char *at, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (Parser *parser, const char *at, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;
  guint line, column;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  get_position (parser, at, &line, &column);
  g_set_error (parser->error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS, "%u:%u: %s", line, column,
               reason);
  return FALSE;
}

static void
skip_blanks (Parser *parser)
{
  parser->at += strspn (parser->at, " \t\r\n");
}

/* What stands at the place, for messages. */
static char *
dup_found (const char *at)
{
  if (*at == '\0')
    return g_strdup ("the end");
  if (g_ascii_iscntrl (*at))
    return g_strdup ("a control character");
  return g_strdup_printf ("“%.*s”", (int)(g_utf8_next_char (at) - at), at);
}

static char *
take_name (Parser *parser)
{
  gsize length = g_ascii_islower (*parser->at) ? strspn (parser->at, NAME_LETTERS) : 0;
  char *name;

  if (length == 0 || length > MAX_NAME)
    return NULL;
  name = g_strndup (parser->at, length);
  parser->at += length;
  return name;
}

/* -- arguments ------------------------------------------------------------------------------ */

static gboolean
find_named (Parser *parser, AhoyRouteStepDefinition *definition, const char *at, const char *name,
            guint *index)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *suggestion = NULL;
  g_autofree char *list = NULL;

  if (ahoy_route_step_definition_find (definition, name, index))
    return TRUE;

  names = ahoy_route_step_definition_list_names (definition);
  if (names[0] == NULL)
    return refuse (parser, at, "%s has no arguments; remove what is in the brackets",
                   ahoy_route_step_definition_get_name (definition));
  suggestion = ahoy_config_suggest (name, (const char *const *)names);
  list = g_strjoinv (", ", names);
  return refuse (parser, at,
                 "%s has no argument “%s”%s; its arguments are %s, and a value that "
                 "has an = is put in quotes",
                 ahoy_route_step_definition_get_name (definition), name, suggestion, list);
}

static gboolean
find_positional (Parser *parser, AhoyRouteStep *step, const char *at, guint *index)
{
  AhoyRouteStepDefinition *definition = ahoy_route_step_get_definition (step);
  const char *name = ahoy_route_step_definition_get_name (definition);

  for (guint i = 0; i < ahoy_route_step_definition_get_n_arguments (definition); i++) {
    AhoyRouteArgument *argument = ahoy_route_step_definition_get_argument (definition, i);

    if ((argument->flags & AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL) != 0
        && (ahoy_route_step_get_n_values (step, i) == 0
            || (argument->flags & AHOY_ROUTE_ARGUMENT_FLAGS_REPEATED) != 0)) {
      *index = i;
      return TRUE;
    }
  }
  if (ahoy_route_step_definition_get_n_arguments (definition) == 0)
    return refuse (parser, at, "%s has no arguments; remove what is in the brackets", name);
  return refuse (parser, at,
                 "%s has too many arguments without a name; remove some, or write "
                 "name=value",
                 name);
}

static gboolean
find_argument (Parser *parser, AhoyRouteStep *step, gboolean *named, guint *index)
{
  AhoyRouteStepDefinition *definition = ahoy_route_step_get_definition (step);
  const char *start = parser->at;
  gsize length = ahoy_route_value_name_length (start);
  g_autofree char *name = g_strndup (start, length);

  if (length == 0) {
    if (*named)
      return refuse (parser, start,
                     "an argument without a name stands behind one with a name; "
                     "put it first, or in quotes with its name");
    return find_positional (parser, step, start, index);
  }
  *named = TRUE;
  if (!find_named (parser, definition, start, name, index))
    return FALSE;
  if (ahoy_route_step_get_n_values (step, *index) > 0
      && (ahoy_route_step_definition_get_argument (definition, *index)->flags
          & AHOY_ROUTE_ARGUMENT_FLAGS_REPEATED)
             == 0)
    return refuse (parser, start, "%s is given twice; remove one", name);
  parser->at = strchr (start + length, '=') + 1;
  return TRUE;
}

static gboolean
parse_argument (Parser *parser, AhoyRouteStep *step, gboolean *named)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = NULL;
  const char *reason = NULL;
  const char *start;
  guint index;

  skip_blanks (parser);
  if (!find_argument (parser, step, named, &index))
    return FALSE;
  skip_blanks (parser);
  start = parser->at;
  value = ahoy_route_value_take (&parser->at, &reason);
  if (value == NULL)
    return refuse (parser, parser->at, "%s", reason);
  if (ahoy_route_step_get_n_values (step, index) >= AHOY_ROUTE_MAX_VALUES)
    return refuse (parser, start, "there are more than %d values; remove some",
                   AHOY_ROUTE_MAX_VALUES);
  if (!ahoy_route_step_add_value (step, index, value, &error))
    return refuse (parser, start, "%s", error->message);
  return TRUE;
}

static gboolean
parse_arguments (Parser *parser, AhoyRouteStep *step)
{
  gboolean named = FALSE;
  const char *opening = parser->at;

  parser->at++;
  skip_blanks (parser);
  if (*parser->at == ')') {
    parser->at++;
    return TRUE;
  }
  for (;;) {
    if (!parse_argument (parser, step, &named))
      return FALSE;
    skip_blanks (parser);
    if (*parser->at == ')')
      break;
    if (*parser->at != ',')
      return refuse (parser, opening, "the bracket of %s has no end; add )",
                     ahoy_route_step_get_name (step));
    parser->at++;
  }
  parser->at++;
  return TRUE;
}

static gboolean
check_required (Parser *parser, AhoyRouteStep *step, const char *at)
{
  AhoyRouteStepDefinition *definition = ahoy_route_step_get_definition (step);

  for (guint i = 0; i < ahoy_route_step_definition_get_n_arguments (definition); i++) {
    AhoyRouteArgument *argument = ahoy_route_step_definition_get_argument (definition, i);

    if ((argument->flags & AHOY_ROUTE_ARGUMENT_FLAGS_REQUIRED) != 0
        && ahoy_route_step_get_n_values (step, i) == 0)
      return refuse (parser, at, "%s needs %s (%s); write %s(…)", ahoy_route_step_get_name (step),
                     argument->name, argument->description, ahoy_route_step_get_name (step));
  }
  return TRUE;
}

/* -- steps ---------------------------------------------------------------------------------- */

static AhoyRouteStepDefinition *
take_definition (Parser *parser)
{
  const char *start = parser->at;
  g_autofree char *name = take_name (parser);
  g_autofree char *found = NULL;
  g_autofree char *suggestion = NULL;
  g_autofree char *list = NULL;
  g_auto (GStrv) names = NULL;
  AhoyRouteStepDefinition *definition;

  if (name == NULL) {
    found = dup_found (start);
    refuse (parser, start, "%s stands where a step should; write one such as dial(bob)", found);
    return NULL;
  }
  definition = ahoy_route_step_registry_lookup (parser->registry, name);
  if (definition != NULL)
    return definition;

  names = ahoy_route_step_registry_list_names (parser->registry);
  suggestion = ahoy_config_suggest (name, (const char *const *)names);
  list = g_strjoinv (", ", names);
  if (*suggestion != '\0')
    refuse (parser, start, "“%s” is no step%s", name, suggestion);
  else
    refuse (parser, start, "“%s” is no step; the steps are %s", name, list);
  return NULL;
}

static AhoyRouteStep *
parse_step (Parser *parser)
{
  AhoyRouteStepDefinition *definition;
  g_autoptr (AhoyRouteStep) step = NULL;
  const char *start;
  guint line, column;

  skip_blanks (parser);
  start = parser->at;
  definition = take_definition (parser);
  if (definition == NULL)
    return NULL;

  get_position (parser, start, &line, &column);
  step = ahoy_route_step_new (definition, line, column);
  skip_blanks (parser);
  if (*parser->at == '(' && !parse_arguments (parser, step))
    return NULL;
  if (!check_required (parser, step, start))
    return NULL;
  return g_steal_pointer (&step);
}

static gboolean
parse_steps (Parser *parser, GPtrArray *steps)
{
  g_autofree char *found = NULL;

  for (;;) {
    AhoyRouteStep *step = parse_step (parser);

    if (step == NULL)
      return FALSE;
    g_ptr_array_add (steps, step);
    skip_blanks (parser);
    if (*parser->at == '\0')
      return TRUE;
    if (*parser->at != ',') {
      found = dup_found (parser->at);
      return refuse (parser, parser->at, "%s stands behind a step; write a comma between two steps",
                     found);
    }
    if (steps->len >= MAX_STEPS)
      return refuse (parser, parser->at, "there are more than %d steps; remove some", MAX_STEPS);
    parser->at++;
  }
}

/**
 * ahoy_route_program_parse:
 * @registry: the steps that there are
 * @text: steps, such as `ring, dial(bob, timeout=30), voicemail(bob)`
 * @error: return location for an error of %AHOY_ERROR_INVALID_ARGUMENTS; its message begins with
 *   line and column, from 1, counted in characters
 *
 * Reads the `do` of a route. A step has arguments without a name first, then those with one. A
 * value may stand in quotes, with `\"` and `\\` in it; in angle brackets, other brackets and quotes
 * a comma is nothing special.
 *
 * Returns: (transfer full) (nullable): the steps; there is one at least
 *
 * Since: 0.1
 */
AhoyRouteProgram *
ahoy_route_program_parse (AhoyRouteStepRegistry *registry, const char *text, GError **error)
{
  Parser parser = { .text = text, .at = text, .registry = registry, .error = error };
  g_autoptr (GPtrArray) steps = NULL;
  AhoyRouteProgram *self;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_REGISTRY (registry), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  if (strlen (text) > MAX_LENGTH || !g_utf8_validate (text, -1, NULL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "1:1: the steps are longer than %d bytes, or no valid UTF-8; shorten them",
                 MAX_LENGTH);
    return NULL;
  }
  steps = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_route_step_unref);
  if (!parse_steps (&parser, steps))
    return NULL;

  self = g_new0 (AhoyRouteProgram, 1);
  g_atomic_ref_count_init (&self->references);
  self->steps = g_steal_pointer (&steps);
  return self;
}

/**
 * ahoy_route_program_ref:
 * @self: a program
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyRouteProgram *
ahoy_route_program_ref (AhoyRouteProgram *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * ahoy_route_program_unref:
 * @self: (transfer full): a program
 *
 * Gives a reference back; the program goes with the last one.
 *
 * Since: 0.1
 */
void
ahoy_route_program_unref (AhoyRouteProgram *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->steps);
  g_free (self);
}

/**
 * ahoy_route_program_get_length:
 * @self: a program
 *
 * Returns: the number of steps
 *
 * Since: 0.1
 */
guint
ahoy_route_program_get_length (AhoyRouteProgram *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->steps->len;
}

/**
 * ahoy_route_program_get_step:
 * @self: a program
 * @index: the place of a step, from 0
 *
 * Returns: (transfer none): the step
 *
 * Since: 0.1
 */
AhoyRouteStep *
ahoy_route_program_get_step (AhoyRouteProgram *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->steps->len, NULL);

  return self->steps->pdata[index];
}

/**
 * ahoy_route_program_to_string:
 * @self: a program
 *
 * Returns: (transfer full): the one way to write the steps; it is read as the same steps
 *
 * Since: 0.1
 */
char *
ahoy_route_program_to_string (AhoyRouteProgram *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < self->steps->len; i++) {
    g_autofree char *step = ahoy_route_step_to_string (self->steps->pdata[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", step);
  }
  return g_string_free (text, FALSE);
}
