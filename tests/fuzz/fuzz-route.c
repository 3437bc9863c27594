/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-route-pattern-private.h"
#include "ahoy.h"
#include "fuzz.h"

/* The first line is what a route matches, the second what is called, the rest are steps. */

static AhoyRouteStepRegistry *registry;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  registry = ahoy_route_step_registry_new ();

  return 0;
}

static void
check_error (GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == AHOY_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* What is written of the steps is read as the same steps, and written as the same text. */
static void
check_program (AhoyRouteProgram *program)
{
  g_autofree char *text = ahoy_route_program_to_string (program);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyRouteProgram) again = NULL;
  g_autofree char *text_again = NULL;

  /* Quotes and units may make it longer than what may be read. */
  if (strlen (text) > 8192)
    return;
  again = ahoy_route_program_parse (registry, text, &error);
  g_assert_no_error (error);
  text_again = ahoy_route_program_to_string (again);
  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpuint (ahoy_route_program_get_length (program), ==,
                    ahoy_route_program_get_length (again));
  for (guint i = 0; i < ahoy_route_program_get_length (program); i++) {
    AhoyRouteStep *step = ahoy_route_program_get_step (program, i);
    AhoyRouteStep *twin = ahoy_route_program_get_step (again, i);

    g_assert_cmpstr (ahoy_route_step_get_name (step), ==, ahoy_route_step_get_name (twin));
    g_assert_true (g_strv_equal (ahoy_route_step_get_texts (step, "target"),
                                 ahoy_route_step_get_texts (twin, "target")));
    g_assert_true (g_strv_equal (ahoy_route_step_get_texts (step, "file"),
                                 ahoy_route_step_get_texts (twin, "file")));
    g_assert_cmpstr (ahoy_route_step_get_text (step, "reason"), ==,
                     ahoy_route_step_get_text (twin, "reason"));
  }
}

static void
check_pattern (const char *text, const char *user)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyRoutePattern) pattern = ahoy_route_pattern_parse (text, &error);

  if (pattern == NULL) {
    check_error (error);
    return;
  }
  ahoy_route_pattern_matches (pattern, user);
  if (ahoy_route_pattern_get_literal (pattern) != NULL)
    g_assert_true (ahoy_route_pattern_matches (pattern, ahoy_route_pattern_get_literal (pattern)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup (data != NULL ? (const char *)data : "", size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyRouteProgram) program = NULL;

  if (lines[0] == NULL || lines[1] == NULL || lines[2] == NULL)
    return 0;

  check_pattern (lines[0], lines[1]);
  program = ahoy_route_program_parse (registry, lines[2], &error);
  if (program != NULL)
    check_program (program);
  else
    check_error (error);

  return 0;
}
