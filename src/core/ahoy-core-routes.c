/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-route-config.h"
#include "ahoy-route-step-private.h"

/* [route NAME]: what happens to calls. Their order counts, so a table is made anew as a whole;
 * calls that run keep the steps that they have. */

/* -- conditions ----------------------------------------------------------------------------- */

/* Whether somebody registered there; who is where the configuration says did not. */
static gboolean
has_registered (AhoyLocation *location, const char *aor)
{
  g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (location, aor);

  for (guint i = 0; i < contacts->len; i++) {
    if (!ahoy_contact_is_static (contacts->pdata[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

/* registered:NAME, of an endpoint with any of its addresses of record, or of one of those. */
static gboolean
judge (const char *condition, gpointer user_data)
{
  AhoyCore *self = user_data;
  const char *name = condition + strlen ("registered:"); /* the key was checked */
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (self->endpoints, name);
  g_auto (GStrv) aors = NULL;

  if (endpoint == NULL) {
    return has_registered (self->location, name);
  }
  aors = ahoy_location_list_aors_for (self->location, endpoint);
  for (gsize i = 0; aors[i] != NULL; i++) {
    if (has_registered (self->location, aors[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
check_conditions (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *const *conditions = ahoy_config_object_get_list (object, "only-when");

  for (gsize i = 0; conditions[i] != NULL; i++) {
    const char *name = conditions[i] + strlen ("registered:");
    g_autofree char *message = NULL;

    if (ahoy_config_set_lookup (change->to, "endpoint", name) == NULL &&
        ahoy_config_set_lookup (change->to, "aor", name) == NULL) {
      message = g_strdup_printf ("There is no endpoint and no address of record “%s”, so the route "
                                 "is never there; add one, or change the name",
                                 name);
      ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, "only-when",
                                 message);
    }
  }
}

/* -- routes --------------------------------------------------------------------------------- */

/* Whoever a step calls by name has to be there. */
static void
check_targets (AhoyCoreChange *change, AhoyConfigObject *object, AhoyRouteStep *step)
{
  const char *const *targets = g_str_equal (ahoy_route_step_get_name (step), "dial")
                                   ? ahoy_route_step_get_texts (step, "target")
                                   : NULL;

  for (gsize i = 0; targets != NULL && targets[i] != NULL; i++) {
    g_autofree char *name = g_strndup (targets[i], strcspn (targets[i], "/"));
    g_autofree char *message = NULL;

    if (strpbrk (name, ":@<$") == NULL &&
        ahoy_config_set_lookup (change->to, "endpoint", name) == NULL) {
      message = g_strdup_printf ("%u:%u: There is no endpoint “%s” to dial; add it, or write a URI "
                                 "such as <sip:%s@example.org>",
                                 ahoy_route_step_get_line (step),
                                 ahoy_route_step_get_column (step), name, name);
      ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, "do", message);
    }
  }
}

/* A queue that a step names has to be there as well. */
static void
check_queue (AhoyCoreChange *change, AhoyConfigObject *object, AhoyRouteStep *step)
{
  const char *name = g_str_equal (ahoy_route_step_get_name (step), "queue")
                         ? ahoy_route_step_get_text (step, "name")
                         : NULL;
  g_autofree char *message = NULL;

  if (name == NULL || strchr (name, '$') != NULL ||
      ahoy_config_set_lookup (change->to, "queue", name) != NULL) {
    return;
  }
  message = g_strdup_printf ("%u:%u: There is no queue “%s”; add [queue %s], or correct its error "
                             "if it was left out",
                             ahoy_route_step_get_line (step), ahoy_route_step_get_column (step),
                             name, name);
  ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, "do", message);
}

/* Those of choices in menus too. */
static void
check_program (AhoyCoreChange *change, AhoyConfigObject *object, AhoyRouteProgram *program)
{
  for (guint i = 0; i < ahoy_route_program_get_length (program); i++) {
    AhoyRouteStep *step = ahoy_route_program_get_step (program, i);
    g_autoptr (GPtrArray) inner = ahoy_route_step_list_programs (step);

    check_targets (change, object, step);
    check_queue (change, object, step);
    for (guint j = 0; j < inner->len; j++) {
      check_program (change, object, inner->pdata[j]);
    }
  }
}

static gboolean
check_route (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyRouteStepRegistry *registry = ahoy_route_step_registry_get_default ();
  const char *steps = ahoy_config_object_get_string (object, "do");
  g_autoptr (AhoyRouteTable) table = ahoy_route_table_new (registry);
  g_autoptr (AhoyRouteProgram) program = NULL;
  g_autoptr (GError) error = NULL;

  program = ahoy_route_program_parse (registry, steps != NULL ? steps : "", &error);
  if (program == NULL ||
      !ahoy_call_router_check_program (change->core->router, program, &error) ||
      !ahoy_route_table_add (table, AHOY_ROUTE_CONFIG (object), &error)) {
    ahoy_core_change_fail (change, object, "do", error);
    return FALSE;
  }
  check_conditions (change, object);
  check_program (change, object, program);
  return TRUE;
}

static void
finish_routes (AhoyCoreChange *change, gboolean touched)
{
  g_autoptr (AhoyRouteTable) table = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (!touched && !change->first) {
    return;
  }
  table = ahoy_route_table_new (ahoy_route_step_registry_get_default ());
  ahoy_route_table_set_condition_func (table, judge, change->core, NULL);
  list = ahoy_config_set_list (change->to, "route");
  for (guint i = 0; i < list->len; i++) {
    ahoy_route_table_add (table, AHOY_ROUTE_CONFIG (list->pdata[i]), NULL); /* was checked */
  }
  ahoy_call_router_set_table (change->core->router, table);
}

const AhoyCorePart ahoy_core_route_part = {
  .type = "route",
  .check = check_route,
  .finish = finish_routes,
};
