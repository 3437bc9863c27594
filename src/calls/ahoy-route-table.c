/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-table.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-route-pattern-private.h"

/**
 * AhoyRouteTable:
 *
 * Finds the route of a call: of those of its context, that are for its endpoint, the first that
 * matches the user part that was called. Numbers themselves come before patterns, and those before
 * regular expressions; otherwise the order of the files counts.
 *
 * Since: 0.1
 */
struct _AhoyRouteTable {
  GObject parent_instance;
  AhoyRouteStepRegistry *registry;
  GHashTable *contexts; /* name to Context */
  AhoyRouteConditionFunc condition_func;
  gpointer condition_data;
  GDestroyNotify condition_destroy;
  guint length;
};

typedef struct {
  AhoyRouteConfig *config;
  AhoyRouteProgram *program;
  AhoyRoutePattern *pattern;
} Route;

typedef struct {
  GHashTable *literals;                       /* user part to GPtrArray of Route */
  GPtrArray *patterns[AHOY_ROUTE_N_PATTERNS]; /* Route; that of literals owns them */
} Context;

G_DEFINE_FINAL_TYPE (AhoyRouteTable, ahoy_route_table, G_TYPE_OBJECT)

static void
route_free (gpointer data)
{
  Route *route = data;

  g_clear_object (&route->config);
  g_clear_pointer (&route->program, ahoy_route_program_unref);
  g_clear_pointer (&route->pattern, ahoy_route_pattern_free);
  g_free (route);
}

static void
context_free (gpointer data)
{
  Context *context = data;

  g_hash_table_unref (context->literals);
  for (gsize i = 0; i < AHOY_ROUTE_N_PATTERNS; i++)
    g_ptr_array_unref (context->patterns[i]);
  g_free (context);
}

static Context *
context_new (void)
{
  Context *context = g_new0 (Context, 1);

  context->literals
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  for (gsize i = 0; i < AHOY_ROUTE_N_PATTERNS; i++)
    context->patterns[i] = g_ptr_array_new_with_free_func (route_free);
  return context;
}

static void
ahoy_route_table_finalize (GObject *object)
{
  AhoyRouteTable *self = AHOY_ROUTE_TABLE (object);

  ahoy_route_table_set_condition_func (self, NULL, NULL, NULL);
  g_clear_object (&self->registry);
  g_hash_table_unref (self->contexts);
  G_OBJECT_CLASS (ahoy_route_table_parent_class)->finalize (object);
}

static void
ahoy_route_table_class_init (AhoyRouteTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_route_table_finalize;
}

static void
ahoy_route_table_init (AhoyRouteTable *self)
{
  self->contexts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, context_free);
}

/**
 * ahoy_route_table_new:
 * @registry: (transfer none): the steps that there are
 *
 * Returns: (transfer full): a table without routes
 *
 * Since: 0.1
 */
AhoyRouteTable *
ahoy_route_table_new (AhoyRouteStepRegistry *registry)
{
  AhoyRouteTable *self;

  g_return_val_if_fail (AHOY_IS_ROUTE_STEP_REGISTRY (registry), NULL);

  self = g_object_new (AHOY_TYPE_ROUTE_TABLE, NULL);
  self->registry = g_object_ref (registry);
  return self;
}

static void
index_literal (Context *context, Route *route)
{
  const char *literal = ahoy_route_pattern_get_literal (route->pattern);
  GPtrArray *same = g_hash_table_lookup (context->literals, literal);

  if (same == NULL) {
    same = g_ptr_array_new ();
    g_hash_table_insert (context->literals, g_strdup (literal), same);
  }
  g_ptr_array_add (same, route);
}

static void
take_route (AhoyRouteTable *self, const char *name, Route *route)
{
  Context *context = g_hash_table_lookup (self->contexts, name);
  AhoyRoutePatternKind kind = ahoy_route_pattern_get_kind (route->pattern);

  if (context == NULL) {
    context = context_new ();
    g_hash_table_insert (self->contexts, g_strdup (name), context);
  }
  g_ptr_array_add (context->patterns[kind], route);
  if (kind == AHOY_ROUTE_PATTERN_LITERAL)
    index_literal (context, route);
  self->length++;
}

static gboolean
refuse (AhoyConfigObject *object, const char *key, GError *reason, GError **error)
{
  g_autofree char *label = ahoy_config_object_dup_label (object);

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID, "%s: %s: %s", label, key,
               reason->message);
  return FALSE;
}

/**
 * ahoy_route_table_add:
 * @self: a table
 * @route: (transfer none): a route, behind those that are there
 * @error: return location for an error of %AHOY_ERROR_CONFIGURATION_INVALID
 *
 * Returns: %TRUE when the route was added; %FALSE when its steps or what it matches cannot be read
 *
 * Since: 0.1
 */
gboolean
ahoy_route_table_add (AhoyRouteTable *self, AhoyRouteConfig *route, GError **error)
{
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (route);
  g_autoptr (AhoyRoutePattern) pattern = NULL;
  g_autoptr (AhoyRouteProgram) program = NULL;
  g_autoptr (GError) reason = NULL;
  const char *match, *steps, *context;
  Route *entry;

  g_return_val_if_fail (AHOY_IS_ROUTE_TABLE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ROUTE_CONFIG (route), FALSE);

  match = ahoy_config_object_get_string (object, "match");
  steps = ahoy_config_object_get_string (object, "do");
  context = ahoy_config_object_get_string (object, "context");
  pattern = ahoy_route_pattern_parse (match != NULL ? match : "", &reason);
  if (pattern == NULL)
    return refuse (object, "match", reason, error);
  program = ahoy_route_program_parse (self->registry, steps != NULL ? steps : "", &reason);
  if (program == NULL)
    return refuse (object, "do", reason, error);

  entry = g_new0 (Route, 1);
  entry->config = g_object_ref (route);
  entry->pattern = g_steal_pointer (&pattern);
  entry->program = g_steal_pointer (&program);
  take_route (self, context != NULL ? context : "", entry);
  return TRUE;
}

static gboolean
is_for (Route *route, const char *endpoint)
{
  const char *const *from
      = ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (route->config), "from");

  return from[0] == NULL || (endpoint != NULL && g_strv_contains (from, endpoint));
}

/* The last question, as it is the dearest. */
static gboolean
holds (AhoyRouteTable *self, Route *route)
{
  const char *const *conditions
      = ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (route->config), "only-when");

  for (gsize i = 0; conditions[i] != NULL; i++) {
    if (self->condition_func == NULL
        || !self->condition_func (conditions[i], self->condition_data))
      return FALSE;
  }
  return TRUE;
}

static Route *
find_literal (AhoyRouteTable *self, Context *context, const char *endpoint, const char *user)
{
  GPtrArray *same = g_hash_table_lookup (context->literals, user);

  for (guint i = 0; same != NULL && i < same->len; i++) {
    if (is_for (same->pdata[i], endpoint) && holds (self, same->pdata[i]))
      return same->pdata[i];
  }
  return NULL;
}

static Route *
find_pattern (AhoyRouteTable *self, GPtrArray *routes, const char *endpoint, const char *user)
{
  for (guint i = 0; i < routes->len; i++) {
    Route *route = routes->pdata[i];

    if (is_for (route, endpoint) && ahoy_route_pattern_matches (route->pattern, user)
        && holds (self, route))
      return route;
  }
  return NULL;
}

/**
 * ahoy_route_table_set_condition_func:
 * @self: a table
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): who judges the
 *   conditions of routes; without it none holds
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when @func is not needed any more
 *
 * Sets who knows whether what the key `only-when` of a route says is so. It is asked each time that
 * the route would be found.
 *
 * Since: 0.1
 */
void
ahoy_route_table_set_condition_func (AhoyRouteTable *self, AhoyRouteConditionFunc func,
                                     gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AHOY_IS_ROUTE_TABLE (self));

  if (self->condition_destroy != NULL)
    self->condition_destroy (self->condition_data);
  self->condition_func = func;
  self->condition_data = user_data;
  self->condition_destroy = destroy;
}

/**
 * ahoy_route_table_find:
 * @self: a table
 * @context: the context of the caller
 * @endpoint: (nullable): the name of the endpoint that calls; %NULL for a guest
 * @user: the user part that is called, without escapes; as it comes from the network
 * @program: (out) (optional) (transfer full) (nullable): its steps
 *
 * Returns: (transfer none) (nullable): the route; %NULL when there is none
 *
 * Since: 0.1
 */
AhoyRouteConfig *
ahoy_route_table_find (AhoyRouteTable *self, const char *context, const char *endpoint,
                       const char *user, AhoyRouteProgram **program)
{
  Context *found;
  Route *route = NULL;

  g_return_val_if_fail (AHOY_IS_ROUTE_TABLE (self), NULL);
  g_return_val_if_fail (context != NULL && user != NULL, NULL);

  if (program != NULL)
    *program = NULL;
  found = g_hash_table_lookup (self->contexts, context);
  if (found == NULL)
    return NULL;

  route = find_literal (self, found, endpoint, user);
  if (route == NULL)
    route = find_pattern (self, found->patterns[AHOY_ROUTE_PATTERN_GLOB], endpoint, user);
  if (route == NULL)
    route = find_pattern (self, found->patterns[AHOY_ROUTE_PATTERN_REGEX], endpoint, user);
  if (route == NULL)
    return NULL;
  if (program != NULL)
    *program = ahoy_route_program_ref (route->program);
  return route->config;
}

static gboolean
begins (AhoyRouteTable *self, GPtrArray *routes, const char *endpoint, const char *user)
{
  for (guint i = 0; i < routes->len; i++) {
    Route *route = routes->pdata[i];

    if (is_for (route, endpoint) && ahoy_route_pattern_begins_with (route->pattern, user)
        && holds (self, route))
      return TRUE;
  }
  return FALSE;
}

/**
 * ahoy_route_table_may_follow:
 * @self: a table
 * @context: the context of the caller
 * @endpoint: (nullable): the name of the endpoint that calls; %NULL for a guest
 * @user: the user part that is called so far; as it comes from the network
 *
 * For overlap dialling (RFC 3578): a number of which only the first digits are known.
 *
 * Returns: whether there is a route for numbers that begin with @user and have more digits
 *
 * Since: 0.1
 */
gboolean
ahoy_route_table_may_follow (AhoyRouteTable *self, const char *context, const char *endpoint,
                             const char *user)
{
  Context *found;
  GHashTableIter iter;
  gpointer same;

  g_return_val_if_fail (AHOY_IS_ROUTE_TABLE (self), FALSE);
  g_return_val_if_fail (context != NULL && user != NULL, FALSE);

  found = g_hash_table_lookup (self->contexts, context);
  if (found == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, found->literals);
  while (g_hash_table_iter_next (&iter, NULL, &same)) {
    if (begins (self, same, endpoint, user))
      return TRUE;
  }
  return begins (self, found->patterns[AHOY_ROUTE_PATTERN_GLOB], endpoint, user)
         || begins (self, found->patterns[AHOY_ROUTE_PATTERN_REGEX], endpoint, user);
}

/**
 * ahoy_route_table_has_context:
 * @self: a table
 * @context: the name of a context
 *
 * Returns: %TRUE when some route is of that context
 *
 * Since: 0.1
 */
gboolean
ahoy_route_table_has_context (AhoyRouteTable *self, const char *context)
{
  g_return_val_if_fail (AHOY_IS_ROUTE_TABLE (self), FALSE);
  g_return_val_if_fail (context != NULL, FALSE);

  return g_hash_table_contains (self->contexts, context);
}

/**
 * ahoy_route_table_get_length:
 * @self: a table
 *
 * Returns: the number of routes
 *
 * Since: 0.1
 */
guint
ahoy_route_table_get_length (AhoyRouteTable *self)
{
  g_return_val_if_fail (AHOY_IS_ROUTE_TABLE (self), 0);

  return self->length;
}
