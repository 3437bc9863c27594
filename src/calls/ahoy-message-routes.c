/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-routes.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-message-run-private.h"
#include "ahoy-route-pattern-private.h"
#include "ahoy-uri.h"

/**
 * AhoyMessageRoutes:
 *
 * Decides about messages by the routes of the configuration: of those of the sender's context, that
 * are for its endpoint, the first that matches the user part. Names themselves come before
 * patterns, and those before regular expressions. In a context without any route, endpoints of ours
 * get their messages, and all else is for who listens at this host.
 *
 * Since: 0.1
 */
struct _AhoyMessageRoutes {
  GObject parent_instance;

  AhoyMessageRouter *router;
  AhoyEndpointRegistry *endpoints;
  AhoyDomainRegistry *domains;
  AhoyMessageStore *store;
  AhoyScheduler *scheduler;
  GHashTable *contexts; /* name → GPtrArray of Route */
};

typedef struct {
  AhoyConfigObject *config;
  AhoyRoutePattern *pattern;
  AhoyRouteProgram *program;
} Route;

static void handler_iface_init (AhoyMessageHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyMessageRoutes, ahoy_message_routes, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MESSAGE_HANDLER,
                                                      handler_iface_init))

static void
route_free (gpointer data)
{
  Route *route = data;

  g_clear_object (&route->config);
  g_clear_pointer (&route->pattern, ahoy_route_pattern_free);
  g_clear_pointer (&route->program, ahoy_route_program_unref);
  g_free (route);
}

static gboolean
fits (Route *route, AhoyRoutePatternKind kind, const char *endpoint, const char *user)
{
  const char *const *from = ahoy_config_object_get_list (route->config, "from");

  return ahoy_route_pattern_get_kind (route->pattern) == kind &&
         (from[0] == NULL || (endpoint != NULL && g_strv_contains (from, endpoint))) &&
         ahoy_route_pattern_matches (route->pattern, user);
}

static Route *
find_route (GPtrArray *routes, const char *endpoint, const char *user)
{
  for (int kind = 0; kind < AHOY_ROUTE_N_PATTERNS; kind++) {
    for (guint i = 0; i < routes->len; i++) {
      if (fits (routes->pdata[i], (AhoyRoutePatternKind) kind, endpoint, user)) {
        return routes->pdata[i];
      }
    }
  }
  return NULL;
}

/* The endpoint of ours that a message is for; NULL where it is for none. */
static AhoyEndpoint *
find_own (AhoyMessageRoutes *self, AhoyTextMessage *message)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (ahoy_text_message_get_to (message), NULL);
  const char *user = uri != NULL ? ahoy_uri_get_user_without_options (uri) : NULL;

  if (user == NULL || !ahoy_domain_registry_is_local (self->domains, ahoy_uri_get_host (uri))) {
    return NULL;
  }
  if (ahoy_endpoint_registry_lookup (self->endpoints, user) != NULL) {
    return ahoy_endpoint_registry_lookup (self->endpoints, user);
  }
  return ahoy_endpoint_registry_lookup_by_username (self->endpoints, user);
}

/* What an endpoint sends to its own name came over the line of a provider: it is not sent back, but
 * for who listens here, unless phones registered under that name. */
static const char *
find_default (AhoyEndpoint *endpoint, AhoyTextMessage *message)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  g_autofree char *contact = ahoy_config_object_dup_text (config, "contact");

  if (g_strcmp0 (ahoy_text_message_get_endpoint (message), ahoy_endpoint_get_name (endpoint)) ==
      0) {
    return contact != NULL && *contact != '\0' ? "receive" : "deliver(\"%s\"), receive";
  }
  return ahoy_config_object_get_boolean (config, "store-messages")
             ? "deliver(\"%s\"), store(\"%s\")"
             : "deliver(\"%s\")";
}

static AhoyRouteProgram *
make_default (AhoyEndpoint *endpoint, AhoyTextMessage *message)
{
  g_autoptr (GString) name = g_string_new (ahoy_endpoint_get_name (endpoint));
  g_autoptr (GString) text = g_string_new (find_default (endpoint, message));

  g_string_replace (name, "\\", "\\\\", 0);
  g_string_replace (name, "\"", "\\\"", 0);
  g_string_replace (text, "%s", name->str, 0);

  return ahoy_route_program_parse (ahoy_message_route_config_get_steps (), text->str, NULL);
}

static AhoyMessageVerdict
ahoy_message_routes_handle (AhoyMessageHandler *handler, AhoyMessageReceipt *receipt)
{
  AhoyMessageRoutes *self = AHOY_MESSAGE_ROUTES (handler);
  AhoyTextMessage *message = ahoy_message_receipt_get_message (receipt);
  const char *context = ahoy_text_message_get_context (message);
  g_autofree char *user = ahoy_text_message_dup_to_user (message);
  GPtrArray *routes =
      context != NULL ? g_hash_table_lookup (self->contexts, context) : NULL;
  AhoyEndpoint *own;
  g_autoptr (AhoyRouteProgram) program = NULL;
  Route *route;

  if (routes != NULL) {
    route = find_route (routes, ahoy_text_message_get_endpoint (message), user);
    if (route == NULL) {
      ahoy_message_receipt_settle (receipt, 404, NULL);
      return AHOY_MESSAGE_TAKEN;
    }
    program = ahoy_route_program_ref (route->program);
  } else {
    own = find_own (self, message);
    program = own != NULL ? make_default (own, message) : NULL;
  }
  if (program == NULL) {
    return AHOY_MESSAGE_NOT_MINE;
  }
  ahoy_message_run_start (self->router, self->store, self->scheduler, receipt, program);
  return AHOY_MESSAGE_TAKEN;
}

static void
handler_iface_init (AhoyMessageHandlerInterface *iface)
{
  iface->handle = ahoy_message_routes_handle;
}

static void
ahoy_message_routes_finalize (GObject *object)
{
  AhoyMessageRoutes *self = AHOY_MESSAGE_ROUTES (object);

  g_clear_object (&self->router);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->domains);
  g_clear_object (&self->store);
  g_clear_object (&self->scheduler);
  g_hash_table_unref (self->contexts);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_message_routes_parent_class)->finalize (object);
}

static void
ahoy_message_routes_class_init (AhoyMessageRoutesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_message_routes_finalize;
}

static GHashTable *
contexts_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) g_ptr_array_unref);
}

static void
ahoy_message_routes_init (AhoyMessageRoutes *self)
{
  self->contexts = contexts_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_message_routes_new:
 * @router: the router that it is added to as a handler
 * @endpoints: the endpoints that messages can be for
 * @domains: the domains that are ours
 * @scheduler: the scheduler of timers
 *
 * Returns: (transfer full): a handler without routes
 *
 * Since: 0.1
 */
AhoyMessageRoutes *
ahoy_message_routes_new (AhoyMessageRouter *router, AhoyEndpointRegistry *endpoints,
                         AhoyDomainRegistry *domains, AhoyScheduler *scheduler)
{
  AhoyMessageRoutes *self;

  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (router), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);
  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (domains), NULL);
  g_return_val_if_fail (AHOY_IS_SCHEDULER (scheduler), NULL);

  self = g_object_new (AHOY_TYPE_MESSAGE_ROUTES, NULL);
  self->router = g_object_ref (router);
  self->endpoints = g_object_ref (endpoints);
  self->domains = g_object_ref (domains);
  self->scheduler = g_object_ref (scheduler);
  return self;
}

/**
 * ahoy_message_routes_set_store:
 * @self: routes
 * @store: (nullable): where the step `store` keeps messages; %NULL where nothing is kept
 *
 * Says where messages wait.
 *
 * Since: 0.1
 */
void
ahoy_message_routes_set_store (AhoyMessageRoutes *self, AhoyMessageStore *store)
{
  g_return_if_fail (AHOY_IS_MESSAGE_ROUTES (self));
  g_return_if_fail (store == NULL || AHOY_IS_MESSAGE_STORE (store));

  g_set_object (&self->store, store);
}

static gboolean
add_route (GHashTable *contexts, AhoyConfigObject *config, GError **error)
{
  const char *context = ahoy_config_object_get_string (config, "context");
  g_autoptr (AhoyRoutePattern) pattern =
      ahoy_route_pattern_parse (ahoy_config_object_get_string (config, "match"), error);
  g_autoptr (AhoyRouteProgram) program =
      pattern != NULL ? ahoy_route_program_parse (ahoy_message_route_config_get_steps (),
                                                  ahoy_config_object_get_string (config, "do"),
                                                  error)
                      : NULL;
  GPtrArray *routes = g_hash_table_lookup (contexts, context != NULL ? context : "");
  Route *route;

  if (program == NULL) {
    return FALSE;
  }
  if (routes == NULL) {
    routes = g_ptr_array_new_with_free_func (route_free);
    g_hash_table_insert (contexts, g_strdup (context != NULL ? context : ""), routes);
  }
  route = g_new0 (Route, 1);
  route->config = g_object_ref (config);
  route->pattern = g_steal_pointer (&pattern);
  route->program = g_steal_pointer (&program);
  g_ptr_array_add (routes, route);
  return TRUE;
}

/**
 * ahoy_message_routes_set:
 * @self: routes
 * @routes: (element-type AhoyMessageRouteConfig): all routes that hold from now on, in order
 * @error: return location for an error of %AHOY_ERROR_CONFIGURATION_INVALID
 *
 * Replaces all routes. Messages that are on their way keep their steps.
 *
 * Returns: %TRUE when all of them hold; %FALSE when one cannot be read, and all stay as they were
 *
 * Since: 0.1
 */
gboolean
ahoy_message_routes_set (AhoyMessageRoutes *self, GPtrArray *routes, GError **error)
{
  g_autoptr (GHashTable) contexts = contexts_new ();

  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTES (self), FALSE);
  g_return_val_if_fail (routes != NULL, FALSE);

  for (guint i = 0; i < routes->len; i++) {
    if (!add_route (contexts, routes->pdata[i], error)) {
      return FALSE;
    }
  }
  g_hash_table_unref (self->contexts);
  self->contexts = g_steal_pointer (&contexts);
  return TRUE;
}
