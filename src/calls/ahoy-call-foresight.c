/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 *
 * What the built-in steps would do with a call that nobody answered yet, without one: those that
 * refuse it, and those that change nothing. All others answer the call, or leave it to somebody.
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-call-pickup.h"
#include "ahoy-call-query-private.h"
#include "ahoy-cause.h"

static gboolean
refuse (AhoyCallQuery *query, guint status, const char *reason)
{
  ahoy_call_query_refuse (query, status, reason, NULL);
  return FALSE;
}

static gboolean
foresee_next (AhoyCallRouter *router, AhoyCallQuery *query)
{
  return TRUE;
}

static gboolean
foresee_reject (AhoyCallRouter *router, AhoyCallQuery *query)
{
  AhoyRouteStep *step = ahoy_call_query_get_step (query);

  return refuse (query, ahoy_route_step_get_number (step, "status"),
                 ahoy_route_step_get_text (step, "reason"));
}

static gboolean
foresee_redirect (AhoyCallRouter *router, AhoyCallQuery *query)
{
  const char *const *targets =
      ahoy_route_step_get_texts (ahoy_call_query_get_step (query), "target");

  for (gsize i = 0; targets[i] != NULL; i++) {
    if (strpbrk (targets[i], ":<") == NULL) {
      return refuse (query, 500, NULL);
    }
  }
  return !ahoy_call_query_redirect (query, targets, NULL) && refuse (query, 500, NULL);
}

static gboolean
foresee_busy (AhoyCallRouter *router, AhoyCallQuery *query)
{
  return refuse (query, 486, NULL);
}

static gboolean
foresee_congestion (AhoyCallRouter *router, AhoyCallQuery *query)
{
  return refuse (query, 503, NULL);
}

static gboolean
foresee_hangup (AhoyCallRouter *router, AhoyCallQuery *query)
{
  guint cause = ahoy_route_step_get_number (ahoy_call_query_get_step (query), "cause");
  guint status = ahoy_cause_to_status ((AhoyCause) cause);

  return refuse (query, status >= 300 ? status : 480, NULL);
}

static gboolean
foresee_goto (AhoyCallRouter *router, AhoyCallQuery *query)
{
  AhoyRouteStep *step = ahoy_call_query_get_step (query);
  AhoyEndpoint *caller = ahoy_call_query_get_endpoint (query);
  const char *number = ahoy_route_step_get_text (step, "number");
  const char *context = ahoy_route_step_get_text (step, "context");
  g_autoptr (AhoyRouteProgram) program = NULL;

  context = context != NULL ? context : ahoy_call_query_get_context (query);
  program = ahoy_call_router_find_program (
      router, context, caller != NULL ? ahoy_endpoint_get_name (caller) : NULL, number);
  if (program == NULL || !ahoy_call_router_check_program (router, program, NULL) ||
      !ahoy_call_query_jump (query, program, context)) {
    return refuse (query, 500, NULL);
  }
  ahoy_call_query_set_variable (query, "number", number);
  return TRUE;
}

static gboolean
foresee_pickup (AhoyCallRouter *router, AhoyCallQuery *query)
{
  const char *const *names =
      ahoy_route_step_get_texts (ahoy_call_query_get_step (query), "whose");
  AhoyEndpoint *by = ahoy_call_query_get_endpoint (query);
  g_autoptr (AhoySession) ringing = NULL;

  for (gsize i = 0; names != NULL && names[i] != NULL && ringing == NULL; i++) {
    ringing = ahoy_call_router_find_ringing (router, by, names[i]);
  }
  if (names == NULL || names[0] == NULL) {
    ringing = ahoy_call_router_find_ringing (router, by, NULL);
  }
  if (ringing != NULL) {
    return FALSE;
  }
  return ahoy_call_query_has_next (query) || refuse (query, 480, NULL);
}

static const struct {
  const char *step;
  gboolean (*foresee) (AhoyCallRouter *router, AhoyCallQuery *query);
} steps[] = {
  { "ring", foresee_next },         { "progress", foresee_next },
  { "wait", foresee_next },         { "limit", foresee_next },
  { "reject", foresee_reject },     { "redirect", foresee_redirect },
  { "busy", foresee_busy },         { "congestion", foresee_congestion },
  { "hangup", foresee_hangup },     { "goto", foresee_goto },
  { "pickup", foresee_pickup },
};

gboolean
ahoy_builtin_foresee (AhoyCallRouter *router, AhoyCallQuery *query)
{
  const char *name = ahoy_route_step_get_name (ahoy_call_query_get_step (query));

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (g_str_equal (steps[i].step, name)) {
      return steps[i].foresee (router, query);
    }
  }
  return FALSE;
}
