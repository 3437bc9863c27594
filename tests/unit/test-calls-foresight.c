/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

/* What a router foresees, with a step in C. */

#define DOOR_TYPE (door_get_type ())
G_DECLARE_FINAL_TYPE (Door, door, TEST, DOOR, GObject)

struct _Door {
  GObject parent_instance;

  guint runs;
  guint asked;
};

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (Door, door, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static AhoyCallVerdict
door_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  TEST_DOOR (application)->runs++;
  return AHOY_CALL_FAILED;
}

/* The step door(STATUS): 0 lets through, others refuse. */
static gboolean
door_foresee (AhoyCallApplication *application, AhoyCallQuery *query)
{
  guint status = ahoy_route_step_get_number (ahoy_call_query_get_step (query), "status");

  TEST_DOOR (application)->asked++;
  return status == 0 || !ahoy_call_query_refuse (query, status, "The door", NULL);
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = door_run;
  iface->foresee = door_foresee;
}

static void
door_class_init (DoorClass *klass)
{
}

static void
door_init (Door *self)
{
}

typedef struct {
  AhoyStack *stack;
  AhoySessionService *sessions;
  AhoyCallRouter *router;
  AhoyRouteTable *table;
  Door *door;
} Fixture;

static AhoyRouteStepRegistry *
get_registry (void)
{
  AhoyRouteStepRegistry *registry = ahoy_route_step_registry_get_default ();
  g_autoptr (AhoyRouteStepDefinition) door = NULL;

  if (ahoy_route_step_registry_lookup (registry, "door") == NULL) {
    door = ahoy_route_step_definition_new ("door", "is open or shut");
    ahoy_route_step_definition_add_argument (door, "status", AHOY_ROUTE_ARGUMENT_KIND_NUMBER,
                                             AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL, "0", "how it is",
                                             NULL);
    ahoy_route_step_definition_set_range (door, "status", 0, 699);
    ahoy_route_step_registry_add (registry, door, NULL);
  }
  return registry;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->stack = ahoy_stack_new (NULL, NULL);
  g_assert_true (ahoy_stack_start (fixture->stack, &error));
  g_assert_no_error (error);
  fixture->sessions = ahoy_session_service_new (fixture->stack);
  fixture->router = ahoy_call_router_new (fixture->sessions);
  fixture->table = ahoy_route_table_new (get_registry ());
  fixture->door = g_object_new (DOOR_TYPE, NULL);
  ahoy_builtin_application_add (fixture->router, &error);
  g_assert_no_error (error);
  ahoy_call_router_add_application (fixture->router, "door",
                                    AHOY_CALL_APPLICATION (fixture->door), &error);
  g_assert_no_error (error);
  ahoy_call_router_set_table (fixture->router, fixture->table);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (fixture->door->runs, ==, 0);
  g_clear_object (&fixture->door);
  g_clear_object (&fixture->table);
  g_clear_object (&fixture->router);
  g_clear_object (&fixture->sessions);
  ahoy_stack_stop (fixture->stack);
  g_clear_object (&fixture->stack);
}

static void
add_route (Fixture *fixture, const char *match, const char *steps)
{
  g_autoptr (AhoyRouteConfig) route = ahoy_route_config_new (match);
  g_autoptr (GError) error = NULL;

  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (route), "context", "office", &error);
  g_assert_no_error (error);
  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (route), "match", match, &error);
  g_assert_no_error (error);
  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (route), "do", steps, &error);
  g_assert_no_error (error);
  ahoy_route_table_add (fixture->table, route, &error);
  g_assert_no_error (error);
}

/* What becomes of a call to @user; -1 for nothing that the router takes care of. */
static AhoyCallQuery *
foresee (Fixture *fixture, const char *user, const char *context, gboolean taken)
{
  g_autofree char *uri = g_strdup_printf ("sip:%s@example.org", user);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) request = ahoy_stack_create_request (
      fixture->stack, "OPTIONS", uri, "sip:alice@example.org", NULL, &error);
  g_autoptr (AhoyCallQuery) query = NULL;

  g_assert_no_error (error);
  query = ahoy_call_query_new (request);
  g_assert_true (ahoy_call_router_foresee (fixture->router, query, context) == taken);
  return g_steal_pointer (&query);
}

static void
assert_status (Fixture *fixture, const char *user, guint status, guint asked)
{
  g_autoptr (AhoyCallQuery) query = NULL;

  fixture->door->asked = 0;
  query = foresee (fixture, user, "office", TRUE);
  g_assert_cmpuint (ahoy_call_query_get_status (query), ==, status);
  g_assert_cmpuint (fixture->door->asked, ==, asked);
}

static void
test_steps (Fixture *fixture, gconstpointer data)
{
  add_route (fixture, "1", "door(433)");
  add_route (fixture, "2", "door, door, reject(606)");
  add_route (fixture, "3", "door, answer, door(433)");
  add_route (fixture, "4", "door");
  add_route (fixture, "5", "goto(1)");
  add_route (fixture, "6", "door, goto(6)");
  add_route (fixture, "7", "read(pin), reject");
  add_route (fixture, "8", "redirect(<sip:${pin}@example.net>)");
  add_route (fixture, "9", "dial(bob)"); /* nobody here dials */
  assert_status (fixture, "1", 433, 1);
  assert_status (fixture, "2", 606, 2);
  assert_status (fixture, "3", 0, 1);
  assert_status (fixture, "4", 480, 1);
  assert_status (fixture, "5", 433, 1);
  assert_status (fixture, "6", 500, 101);
  assert_status (fixture, "7", 0, 0);
  assert_status (fixture, "8", 0, 0);
  assert_status (fixture, "9", 501, 0);
  assert_status (fixture, "0", 404, 0);
}

static void
test_other_context (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyCallQuery) query = NULL;

  add_route (fixture, "1", "door(433)");
  query = foresee (fixture, "1", "cellar", FALSE);
  g_assert_cmpuint (ahoy_call_query_get_status (query), ==, 0);
  g_assert_null (ahoy_call_query_get_context (query));
}

static void
test_variables (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyCallQuery) query = NULL;

  add_route (fixture, "4*", "redirect(<sip:${number}@example.net>)");
  query = foresee (fixture, "4711", "office", TRUE);
  g_assert_cmpuint (ahoy_call_query_get_status (query), ==, 302);
  g_assert_cmpstr (ahoy_call_query_get_contact (query), ==, "<sip:4711@example.net>");
  g_assert_cmpstr (ahoy_call_query_get_variable (query, "number"), ==, "4711");
  g_assert_cmpstr (ahoy_call_query_get_context (query), ==, "office");
  g_assert_cmpstr (ahoy_route_step_get_name (ahoy_call_query_get_step (query)), ==, "redirect");
  g_assert_null (ahoy_call_query_get_endpoint (query));
  g_assert_null (ahoy_call_query_get_reason (query));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/calls/foresight/the-first-step-that-decides-counts", Fixture, NULL, set_up,
              test_steps, tear_down);
  g_test_add ("/calls/foresight/a-context-without-routes-is-somebody-elses", Fixture, NULL, set_up,
              test_other_context, tear_down);
  g_test_add ("/calls/foresight/steps-know-the-number", Fixture, NULL, set_up, test_variables,
              tear_down);
  return g_test_run ();
}
