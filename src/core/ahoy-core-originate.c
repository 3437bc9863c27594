/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-private.h"
#include "ahoy-error.h"
#include "ahoy-origination.h"
#include "ahoy-route-step-private.h"

/* Calls between two others that we set up. */

#define RING_TIME 30 /* s */
#define MOST_RING_TIME 3600

/* What is left to the first when it answers, as the steps of a route are written. */
static char *
write_steps (const char *second, GVariant *options)
{
  GString *text = g_string_new ("dial(");
  gboolean late = FALSE;
  guint timeout = RING_TIME;

  ahoy_route_value_append (text, second);
  if (options != NULL) {
    g_variant_lookup (options, "timeout", "u", &timeout);
    g_variant_lookup (options, "late-offer", "b", &late);
  }
  g_string_append_printf (text, ", timeout=%us%s)", CLAMP (timeout, 1, MOST_RING_TIME),
                          late ? ", late-offer=yes" : "");
  return g_string_free (text, FALSE);
}

/* The steps of the route that @number has in a context. */
static AhoyRouteProgram *
find_route (AhoyCore *self, const char *context, const char *number, GError **error)
{
  g_autoptr (AhoyRouteProgram) program =
      ahoy_call_router_find_program (self->router, context, NULL, number);

  if (program == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "No route of the context “%s” is for “%s”; add one, or leave the context out",
                 context, number);
  }
  return g_steal_pointer (&program);
}

static AhoyRouteProgram *
make_program (AhoyCore *self, const char *second, GVariant *options, GError **error)
{
  AhoyRouteStepRegistry *registry = ahoy_route_step_registry_get_default ();
  const char *application = NULL;
  const char *context = NULL;
  g_autofree char *steps = NULL;

  if (options != NULL) {
    g_variant_lookup (options, "application", "&s", &application);
    g_variant_lookup (options, "context", "&s", &context);
  }
  if ((*second == '\0') == (application == NULL) || (application != NULL && context != NULL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The first is joined with somebody, or goes through steps: write whom to call "
                 "second, or the option application, and not both");
    return NULL;
  }
  if (context != NULL) {
    return find_route (self, context, second, error);
  }
  steps = application != NULL ? g_strdup (application) : write_steps (second, options);
  return ahoy_route_program_parse (registry, steps, error);
}

/* Options of its own are for both; the rest is for the call to the first. */
static GVariant *
first_options (GVariant *options)
{
  static const char *const own[] = { "endpoint", "application", "context" };
  g_autoptr (GVariantDict) dict = g_variant_dict_new (options);

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++) {
    g_variant_dict_remove (dict, own[i]);
  }
  if (!g_variant_dict_contains (dict, "timeout")) {
    g_variant_dict_insert (dict, "timeout", "u", (guint) RING_TIME);
  }
  return g_variant_ref_sink (g_variant_dict_end (dict));
}

/* Steps write it as ${number}, as those of an incoming call do. */
static void
name_number (AhoySession *first, const char *second)
{
  if (*second != '\0' && ahoy_session_get_variable (first, "number") == NULL) {
    ahoy_session_set_variable (first, "number", second);
  }
}

/**
 * ahoy_core_originate:
 * @self: a core
 * @first: who is called first, as for ahoy_core_dial()
 * @second: who is called when the first answers, as in a step `dial`: the name of an endpoint, a
 *   URI, or a number that an `[out-route]` is for; empty with the option `application`
 * @options: (nullable): a dictionary `a{sv}`: `endpoint` s, the endpoint that calls the first;
 *   `timeout` u, seconds that each of them may ring (30); `late-offer` b, leave the offer to those
 *   who are called; `context` s, where @second is a number that the routes of this context know;
 *   `application` s, the steps for the first instead of a call to the second; and all that
 *   ahoy_core_dial() knows, for the call to the first
 * @error: return location for an error
 *
 * Joins two others: calls the first, and when it answers the second. They meet in a bridge, of
 * which the first is a member at once. What becomes of the calls is told by the sessions, and by
 * the bridge, which ends with them.
 *
 * Returns: (transfer full): the bridge, or %NULL with an error of ahoy_core_dial();
 *   %AHOY_ERROR_INVALID_ARGUMENTS when @second or the steps cannot be used;
 *   %AHOY_ERROR_NOT_SUPPORTED when a step is done by nobody; %AHOY_ERROR_NOT_FOUND when no route of
 *   the context is for @second; %AHOY_ERROR_UNREACHABLE when the first cannot be called at all
 *
 * Since: 0.1
 */
AhoyBridge *
ahoy_core_originate (AhoyCore *self, const char *first, const char *second, GVariant *options,
                     GError **error)
{
  g_autoptr (AhoyRouteProgram) program = NULL;
  g_autoptr (AhoySession) session = NULL;
  g_autoptr (AhoyOrigination) origination = NULL;
  g_autoptr (GVariant) dialled = NULL;
  const char *endpoint = "";
  const char *context = NULL;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (first != NULL && second != NULL, NULL);

  if (!ahoy_core_require_module (self, "sessions", error)) {
    return NULL;
  }
  program = make_program (self, second, options, error);
  if (program == NULL || !ahoy_call_router_check_program (self->router, program, error)) {
    return NULL;
  }
  if (options != NULL) {
    g_variant_lookup (options, "endpoint", "&s", &endpoint);
    g_variant_lookup (options, "context", "&s", &context);
  }
  dialled = first_options (options);
  session = ahoy_core_dial (self, endpoint, first, dialled, error);
  if (session == NULL) {
    return NULL;
  }
  if (ahoy_session_get_state (session) >= AHOY_SESSION_ENDING) {
    const char *reason = ahoy_session_get_end_reason (session);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_UNREACHABLE,
                 "“%s” cannot be called (%u%s%s), so “%s” is not called either", first,
                 ahoy_session_get_end_status (session), reason != NULL ? " " : "",
                 reason != NULL ? reason : "", second);
    return NULL;
  }
  name_number (session, second);
  origination = ahoy_origination_new (self->router, session, program, context, error);
  if (origination == NULL) {
    ahoy_session_hangup (session);
    return NULL;
  }
  return g_object_ref (ahoy_origination_get_bridge (origination));
}
