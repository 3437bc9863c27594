/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-query-private.h"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-route-step-private.h"
#include "ahoy-session-redirection-private.h"

#define MAX_JUMPS 100 /* as many as a call may make */

/**
 * AhoyCallQuery:
 *
 * Asks what would become of a call, without one: for the answer to OPTIONS (RFC 3261 section 11.2).
 *
 * ahoy_call_router_foresee() finds the route and asks the application of each step, with
 * ahoy_call_application_foresee(), until one knows that the call would be refused or redirected, or
 * cannot tell. Nothing is begun for it.
 *
 * Since: 0.1
 */
struct _AhoyCallQuery {
  GObject parent_instance;

  AhoyMessage *request;
  GHashTable *variables; /* name → value */
  char *context;
  AhoyRouteProgram *program;
  guint next;
  guint jumps;
  AhoyRouteStep *step;
  gboolean incomplete; /* a variable is asked for that only a call has */
  guint status;        /* 0: it would not be refused, or nobody can tell */
  char *reason;
  char *contact;
};

G_DEFINE_FINAL_TYPE (AhoyCallQuery, ahoy_call_query, G_TYPE_OBJECT)

static void
ahoy_call_query_finalize (GObject *object)
{
  AhoyCallQuery *self = AHOY_CALL_QUERY (object);

  g_clear_object (&self->request);
  g_hash_table_unref (self->variables);
  g_free (self->context);
  g_clear_pointer (&self->program, ahoy_route_program_unref);
  g_clear_pointer (&self->step, ahoy_route_step_unref);
  g_free (self->reason);
  g_free (self->contact);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_query_parent_class)->finalize (object);
}

static void
ahoy_call_query_class_init (AhoyCallQueryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_call_query_finalize;
}

static void
ahoy_call_query_init (AhoyCallQuery *self)
{
  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_call_query_new:
 * @request: an OPTIONS, whose Request-URI names who would be called
 *
 * Returns: (transfer full): a query of which nothing is known yet
 *
 * Since: 0.1
 */
AhoyCallQuery *
ahoy_call_query_new (AhoyMessage *request)
{
  AhoyCallQuery *self;

  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);

  self = g_object_new (AHOY_TYPE_CALL_QUERY, NULL);
  self->request = g_object_ref (request);
  return self;
}

/* -- the steps ------------------------------------------------------------------------------ */

static const char *
lookup_variable (const char *name, gpointer user_data)
{
  AhoyCallQuery *self = user_data;
  const char *value = g_hash_table_lookup (self->variables, name);

  if (value == NULL) {
    self->incomplete = TRUE;
  }
  return value;
}

/* FALSE: the step cannot be done, or what it says depends on the call itself. */
static gboolean
take_step (AhoyCallQuery *self)
{
  AhoyRouteStep *step = ahoy_route_program_get_step (self->program, self->next++);

  g_clear_pointer (&self->step, ahoy_route_step_unref);
  self->step = ahoy_route_step_expand (step, lookup_variable, self, NULL);
  if (self->step == NULL && !self->incomplete) {
    ahoy_call_query_refuse (self, 500, NULL, NULL);
  }
  return self->step != NULL;
}

/* Whether the step leads to another one. */
static gboolean
look_at_step (AhoyCallQuery *self, AhoyCallRouter *router)
{
  AhoyCallApplication *application;

  if (!ahoy_call_query_has_next (self)) {
    ahoy_call_query_refuse (self, 480, NULL, NULL); /* as ahoy_session_hangup() does */
    return FALSE;
  }
  if (!take_step (self)) {
    return FALSE;
  }
  application = ahoy_call_router_lookup (router, ahoy_route_step_get_name (self->step));
  return application != NULL && ahoy_call_application_foresee (application, self) &&
         self->status == 0;
}

void
ahoy_call_query_walk (AhoyCallQuery *self, AhoyCallRouter *router, AhoyRouteProgram *program,
                      const char *context)
{
  ahoy_call_query_jump (self, program, context);
  self->jumps = 0;
  while (look_at_step (self, router)) {
  }
}

gboolean
ahoy_call_query_jump (AhoyCallQuery *self, AhoyRouteProgram *program, const char *context)
{
  g_autoptr (AhoyRouteProgram) old = g_steal_pointer (&self->program);

  self->program = ahoy_route_program_ref (program);
  self->next = 0;
  if (g_strcmp0 (self->context, context) != 0) {
    g_free (self->context);
    self->context = g_strdup (context);
  }
  return ++self->jumps <= MAX_JUMPS;
}

/* -- for applications ----------------------------------------------------------------------- */

/**
 * ahoy_call_query_get_request:
 * @self: a query
 *
 * Returns: (transfer none): the OPTIONS
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_call_query_get_request (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), NULL);

  return self->request;
}

/**
 * ahoy_call_query_get_endpoint:
 * @self: a query
 *
 * Returns: (transfer none) (nullable): who would call; %NULL for nobody whom we know
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_call_query_get_endpoint (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), NULL);

  return ahoy_message_get_endpoint (self->request);
}

/**
 * ahoy_call_query_set_variable:
 * @self: a query
 * @name: a name
 * @value: the value that the variable of a call would have
 *
 * Says what a step writes as `${name}`.
 *
 * Since: 0.1
 */
void
ahoy_call_query_set_variable (AhoyCallQuery *self, const char *name, const char *value)
{
  g_return_if_fail (AHOY_IS_CALL_QUERY (self));
  g_return_if_fail (name != NULL && value != NULL);

  g_hash_table_insert (self->variables, g_strdup (name), g_strdup (value));
}

/**
 * ahoy_call_query_get_variable:
 * @self: a query
 * @name: a name, such as `number`, which is what would be called
 *
 * Returns: (transfer none) (nullable): the value; %NULL when it is not known without a call
 *
 * Since: 0.1
 */
const char *
ahoy_call_query_get_variable (AhoyCallQuery *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->variables, name);
}

/**
 * ahoy_call_query_get_context:
 * @self: a query
 *
 * Returns: (transfer none) (nullable): the context whose routes are looked at; %NULL before
 *   ahoy_call_router_foresee()
 *
 * Since: 0.1
 */
const char *
ahoy_call_query_get_context (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), NULL);

  return self->context;
}

/**
 * ahoy_call_query_get_step:
 * @self: a query
 *
 * Returns: (transfer none) (nullable): the step that would be done, with its arguments; %NULL
 *   before ahoy_call_application_foresee()
 *
 * Since: 0.1
 */
AhoyRouteStep *
ahoy_call_query_get_step (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), NULL);

  return self->step;
}

/**
 * ahoy_call_query_has_next:
 * @self: a query
 *
 * Returns: whether another step follows the one that is looked at
 *
 * Since: 0.1
 */
gboolean
ahoy_call_query_has_next (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), FALSE);

  return self->program != NULL && self->next < ahoy_route_program_get_length (self->program);
}

/**
 * ahoy_call_query_refuse:
 * @self: a query
 * @status: the status code that the caller would get, 300 to 699
 * @reason: (nullable): the reason phrase; %NULL for the usual one
 * @error: return location for an error
 *
 * Says that the call would be refused.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS for a status that refuses
 *   nothing, or a reason of several lines
 *
 * Since: 0.1
 */
gboolean
ahoy_call_query_refuse (AhoyCallQuery *self, guint status, const char *reason, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), FALSE);

  if (!ahoy_session_check_refusal (status, reason, error)) {
    return FALSE;
  }
  self->status = status;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  g_clear_pointer (&self->contact, g_free);
  return TRUE;
}

/**
 * ahoy_call_query_redirect:
 * @self: a query
 * @targets: (array zero-terminated=1): URIs or name-addrs, the best first; 1 to 10 of them
 * @error: return location for an error
 *
 * Says that the caller would be told to call somewhere else, as ahoy_session_redirect_to() does it.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when one of @targets is no
 *   address, or when there are none or too many
 *
 * Since: 0.1
 */
gboolean
ahoy_call_query_redirect (AhoyCallQuery *self, const char *const *targets, GError **error)
{
  g_autofree char *contact = NULL;
  guint status;

  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), FALSE);
  g_return_val_if_fail (targets != NULL, FALSE);

  contact = ahoy_session_make_redirection (targets, &status, error);
  if (contact == NULL || !ahoy_call_query_refuse (self, status, NULL, error)) {
    return FALSE;
  }
  self->contact = g_steal_pointer (&contact);
  return TRUE;
}

/* -- what came of it ------------------------------------------------------------------------ */

/**
 * ahoy_call_query_get_status:
 * @self: a query
 *
 * Returns: the status code that the caller would get; 0 when the call would not be refused at once,
 *   or when nobody can tell
 *
 * Since: 0.1
 */
guint
ahoy_call_query_get_status (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), 0);

  return self->status;
}

/**
 * ahoy_call_query_get_reason:
 * @self: a query
 *
 * Returns: (transfer none) (nullable): the reason phrase; %NULL for the usual one of the status
 *
 * Since: 0.1
 */
const char *
ahoy_call_query_get_reason (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), NULL);

  return self->reason;
}

/**
 * ahoy_call_query_get_contact:
 * @self: a query
 *
 * Returns: (transfer none) (nullable): the value of Contact of a redirection; %NULL for none
 *
 * Since: 0.1
 */
const char *
ahoy_call_query_get_contact (AhoyCallQuery *self)
{
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (self), NULL);

  return self->contact;
}
