/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-problem-private.h"

#include <string.h>

#define MAX_MESSAGE 600

struct _AhoyConfigProblem {
  gatomicrefcount references;
  AhoyConfigSeverity severity;
  char *file;
  guint line;
  char *object;
  char *key;
  char *message;
  char *missing_type; /* NULL unless it is about an object that is not there */
  char *missing_name;
};

G_DEFINE_BOXED_TYPE (AhoyConfigProblem, ahoy_config_problem, ahoy_config_problem_ref,
                     ahoy_config_problem_unref)

G_DEFINE_ENUM_TYPE (AhoyConfigSeverity, ahoy_config_severity,
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_SEVERITY_ERROR, "error"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_SEVERITY_WARNING, "warning"))

/* The name of a file may have a line break, and a problem is one line. */
static void
flatten (char *message)
{
  for (; *message != '\0'; message++) {
    if (g_ascii_iscntrl (*message))
      *message = ' ';
  }
}

/* A value of 60 kB that is no number makes no message of 60 kB: its middle is left out. */
static char *
shorten (const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  gsize length = strlen (valid);
  const char *tail;

  flatten (valid);
  if (length <= MAX_MESSAGE)
    return g_steal_pointer (&valid);

  tail = g_utf8_find_prev_char (valid, valid + length - MAX_MESSAGE / 2);
  *g_utf8_find_prev_char (valid, valid + MAX_MESSAGE / 2) = '\0';
  return g_strconcat (valid, "…", tail, NULL);
}

/**
 * ahoy_config_problem_new:
 * @severity: how bad it is
 * @file: (nullable): the file; %NULL where the configuration comes from elsewhere
 * @line: the line, from 1; 0 where there is none
 * @object: (nullable): type and name of the object, such as `endpoint bob`
 * @key: (nullable): the key
 * @message: a sentence that says what is wrong and what to do
 *
 * Returns: (transfer full): a problem
 *
 * Since: 0.1
 */
AhoyConfigProblem *
ahoy_config_problem_new (AhoyConfigSeverity severity, const char *file, guint line,
                         const char *object, const char *key, const char *message)
{
  AhoyConfigProblem *self;

  g_return_val_if_fail (message != NULL, NULL);

  self = g_new0 (AhoyConfigProblem, 1);
  g_atomic_ref_count_init (&self->references);
  self->severity = severity;
  self->file = g_strdup (file);
  self->line = line;
  self->object = g_strdup (object);
  self->key = g_strdup (key);
  self->message = shorten (message);
  return self;
}

/**
 * ahoy_config_problem_ref:
 * @self: a problem
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyConfigProblem *
ahoy_config_problem_ref (AhoyConfigProblem *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * ahoy_config_problem_unref:
 * @self: (transfer full): a problem
 *
 * Gives a reference back; the problem goes with the last one.
 *
 * Since: 0.1
 */
void
ahoy_config_problem_unref (AhoyConfigProblem *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->file);
  g_free (self->object);
  g_free (self->key);
  g_free (self->message);
  g_free (self->missing_type);
  g_free (self->missing_name);
  g_free (self);
}

/**
 * ahoy_config_problem_get_severity:
 * @self: a problem
 *
 * Returns: how bad it is
 *
 * Since: 0.1
 */
AhoyConfigSeverity
ahoy_config_problem_get_severity (AhoyConfigProblem *self)
{
  g_return_val_if_fail (self != NULL, AHOY_CONFIG_SEVERITY_ERROR);

  return self->severity;
}

/**
 * ahoy_config_problem_get_file:
 * @self: a problem
 *
 * Returns: (transfer none) (nullable): the file
 *
 * Since: 0.1
 */
const char *
ahoy_config_problem_get_file (AhoyConfigProblem *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->file;
}

/**
 * ahoy_config_problem_get_line:
 * @self: a problem
 *
 * Returns: the line, from 1; 0 where there is none
 *
 * Since: 0.1
 */
guint
ahoy_config_problem_get_line (AhoyConfigProblem *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->line;
}

/**
 * ahoy_config_problem_get_object:
 * @self: a problem
 *
 * Returns: (transfer none) (nullable): type and name of the object, such as `endpoint bob`
 *
 * Since: 0.1
 */
const char *
ahoy_config_problem_get_object (AhoyConfigProblem *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->object;
}

/**
 * ahoy_config_problem_get_key:
 * @self: a problem
 *
 * Returns: (transfer none) (nullable): the key
 *
 * Since: 0.1
 */
const char *
ahoy_config_problem_get_key (AhoyConfigProblem *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key;
}

/**
 * ahoy_config_problem_get_message:
 * @self: a problem
 *
 * Returns: (transfer none): a sentence that says what is wrong and what to do
 *
 * Since: 0.1
 */
const char *
ahoy_config_problem_get_message (AhoyConfigProblem *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->message;
}

/**
 * ahoy_config_problem_to_string:
 * @self: a problem
 *
 * Returns: (transfer full): all of it in one line, as compilers write it, such as
 *   `/etc/ahoy/ahoy.conf:7: endpoint bob: ptime: “x” is no number that fits; write 10 to 200`
 *
 * Since: 0.1
 */
char *
ahoy_config_problem_to_string (AhoyConfigProblem *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  if (self->file != NULL)
    g_string_append_printf (text, "%s:", self->file);
  if (self->file != NULL && self->line > 0)
    g_string_append_printf (text, "%u:", self->line);
  if (self->file != NULL)
    g_string_append_c (text, ' ');
  if (self->severity == AHOY_CONFIG_SEVERITY_WARNING)
    g_string_append (text, "warning: ");
  if (self->object != NULL)
    g_string_append_printf (text, "%s: ", self->object);
  if (self->key != NULL)
    g_string_append_printf (text, "%s: ", self->key);
  g_string_append (text, self->message);
  return g_string_free (text, FALSE);
}

void
ahoy_config_problem_set_missing (AhoyConfigProblem *self, const char *type_name, const char *name)
{
  self->missing_type = g_strdup (type_name);
  self->missing_name = g_strdup (name);
}

void
ahoy_config_problem_drop_found (GPtrArray *problems, AhoyConfigSchema *schema, AhoyConfigSet *set)
{
  for (guint i = problems->len; i > 0; i--) {
    AhoyConfigProblem *self = problems->pdata[i - 1];

    if (self->missing_type != NULL
        && ahoy_config_set_implies (set, schema, self->missing_type, self->missing_name))
      g_ptr_array_remove_index (problems, i - 1);
  }
}
