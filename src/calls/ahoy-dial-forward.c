/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-run-private.h"
#include "ahoy-dial-private.h"
#include "ahoy-error.h"

/* A callee sent the call elsewhere, by a user part that our routes know (redirect=core): the caller
 * goes on there. Where it has been already it does not go again. */

#define MAX_FORWARDS 10
#define VISITED "ahoy-dial-visited" /* of a caller: GPtrArray of numbers */

struct _AhoyDialForward {
  AhoyRouteProgram *program;
  char *number;
};

/* The first of the numbers that the routes know which the caller came by; NULL for none. */
AhoyDialForward *
ahoy_dial_forward_new (AhoyCallRouter *router, AhoyCallRun *run, char **numbers)
{
  AhoyEndpoint *caller = ahoy_session_get_endpoint (ahoy_call_run_get_session (run));
  const char *name = caller != NULL ? ahoy_endpoint_get_name (caller) : NULL;
  const char *context = ahoy_call_run_get_context (run);

  for (gsize i = 0; context != NULL && numbers[i] != NULL; i++) {
    AhoyRouteProgram *program = ahoy_call_router_find_program (router, context, name, numbers[i]);

    if (program != NULL) {
      AhoyDialForward *self = g_new0 (AhoyDialForward, 1);

      self->program = program;
      self->number = g_strdup (numbers[i]);
      return self;
    }
  }
  return NULL;
}

void
ahoy_dial_forward_free (AhoyDialForward *self)
{
  ahoy_route_program_unref (self->program);
  g_free (self->number);
  g_free (self);
}

static GPtrArray *
get_visited (AhoySession *caller)
{
  GPtrArray *visited = g_object_get_data (G_OBJECT (caller), VISITED);
  const char *first = ahoy_session_get_variable (caller, "number");

  if (visited == NULL) {
    visited = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (visited, g_strdup (first != NULL ? first : ""));
    g_object_set_data_full (G_OBJECT (caller), VISITED, visited,
                            (GDestroyNotify) g_ptr_array_unref);
  }
  return visited;
}

static gboolean
check_visited (AhoyDialForward *self, GPtrArray *visited, GError **error)
{
  if (g_ptr_array_find_with_equal_func (visited, self->number, g_str_equal, NULL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED, "the call was there before");
    return FALSE;
  }
  if (visited->len > MAX_FORWARDS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "the call was sent elsewhere %d times", MAX_FORWARDS);
    return FALSE;
  }
  return TRUE;
}

/* The steps of the number come when the step to do is finished. FALSE: the call goes in circles. */
gboolean
ahoy_dial_forward_jump (AhoyDialForward *self, AhoyCallRun *run)
{
  AhoySession *caller = ahoy_call_run_get_session (run);
  GPtrArray *visited = get_visited (caller);
  g_autoptr (GError) error = NULL;

  if (!check_visited (self, visited, &error) ||
      !ahoy_call_run_jump (run, self->program, NULL, TRUE, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not forwarded to “%s”: %s",
               ahoy_session_get_id (caller), self->number, error->message);
    return FALSE;
  }
  g_ptr_array_add (visited, g_strdup (self->number));
  ahoy_session_set_variable (caller, "number", self->number);
  return TRUE;
}
