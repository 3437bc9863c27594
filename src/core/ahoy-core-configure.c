/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-address-identifier.h"
#include "ahoy-anonymous-identifier.h"
#include "ahoy-core-private.h"
#include "ahoy-core-settings.h"
#include "ahoy-endpoint-config.h"
#include "ahoy-error.h"
#include "ahoy-route-config.h"
#include "ahoy-stack-gate-private.h"
#include "ahoy-transport-config.h"
#include "ahoy-username-identifier.h"

/* What a configuration makes of the parts. */

static void
add_finding (GPtrArray *problems, AhoyConfigSeverity severity, AhoyConfigObject *object,
             const char *key, const char *message)
{
  const char *file = ahoy_config_object_get_file (object);
  guint line = ahoy_config_object_get_line (object);
  g_autofree char *label = ahoy_config_object_dup_label (object);

  if (key != NULL) {
    const char *key_file = NULL;
    guint key_line = 0;

    if (ahoy_config_object_get_key_origin (object, key, &key_file, &key_line)) {
      file = key_file;
      line = key_line;
    }
  }
  g_ptr_array_add (problems, ahoy_config_problem_new (severity, file, line, label, key, message));
}

static void
add_problem (GPtrArray *problems, AhoyConfigObject *object, const char *key, const GError *error)
{
  add_finding (problems, AHOY_CONFIG_SEVERITY_ERROR, object, key, error->message);
}

/* 127.0.0.1:5060, [::1]:5060, 0.0.0.0 (port 5060) */
static char *
split_bind (const char *bind, guint16 *port, GError **error)
{
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;
  const char *colon = *bind == '[' ? strstr (bind, "]:") : strrchr (bind, ':');
  guint64 number = 5060;

  if (*bind == '[') {
    const char *close = strchr (bind, ']');

    host = close != NULL ? g_strndup (bind + 1, (gsize) (close - bind - 1)) : g_strdup ("");
    colon = colon != NULL ? colon + 1 : NULL;
  } else {
    host = colon != NULL ? g_strndup (bind, (gsize) (colon - bind)) : g_strdup (bind);
  }
  address = g_inet_address_new_from_string (host);
  if (address == NULL ||
      (colon != NULL &&
       !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "“%s” is no address to listen on; write one such as 0.0.0.0:5060 or [::]:5060",
                 bind);
    return NULL;
  }
  *port = (guint16) number;
  return g_steal_pointer (&host);
}

/* Where a transport is to listen; NULL when it says nothing that can be used. */
static char *
read_transport (AhoyConfigObject *object, AhoyTransportProtocol *protocol, guint16 *port,
                GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  *protocol = (AhoyTransportProtocol) ahoy_config_object_get_choice (object, "protocol");
  if (*protocol != AHOY_TRANSPORT_PROTOCOL_UDP && *protocol != AHOY_TRANSPORT_PROTOCOL_TCP) {
    error = g_error_new (AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                         "%s is not there yet; write udp or tcp",
                         ahoy_transport_protocol_to_string (*protocol));
    add_problem (problems, object, "protocol", error);
    return NULL;
  }
  address = split_bind (ahoy_config_object_get_string (object, "bind"), port, &error);
  if (address == NULL) {
    add_problem (problems, object, "bind", error);
  }
  return g_steal_pointer (&address);
}

static void
add_transports (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray *problems)
{
  g_autoptr (GPtrArray) list = ahoy_config_set_list (configuration, "transport");

  for (guint i = 0; i < list->len; i++) {
    AhoyConfigObject *object = list->pdata[i];
    AhoyTransportProtocol protocol;
    g_autoptr (GError) error = NULL;
    guint16 port = 0;
    g_autofree char *address = read_transport (object, &protocol, &port, problems);
    AhoyTransport *transport;

    if (address == NULL) {
      continue;
    }
    transport = ahoy_core_add_transport (
        self, ahoy_config_object_get_name (object), protocol, address, port,
        ahoy_config_object_get_string (object, "external-address"), &error);
    if (transport == NULL) {
      add_problem (problems, object, "bind", error);
      continue;
    }
    ahoy_transport_set_keep_alive (
        transport,
        (guint) (ahoy_config_object_get_duration (object, "keep-alive") / G_USEC_PER_SEC));
  }
}

/* Headers that cannot stand in a message; those of core, and those of endpoints. */
static gboolean
check_headers (AhoyCore *self, AhoyConfigObject *object, GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;

  if (ahoy_stack_check_headers (self->stack, ahoy_config_object_get_list (object, "headers"),
                                &error)) {
    return TRUE;
  }
  add_problem (problems, object, "headers", error);
  return FALSE;
}

static void
check_all_headers (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray *problems)
{
  static const char *const types[] = { "core", "endpoint" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GPtrArray) list = ahoy_config_set_list (configuration, types[i]);

    for (guint k = 0; k < list->len; k++) {
      check_headers (self, list->pdata[k], problems);
    }
  }
}

static void
add_endpoints (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray *problems)
{
  g_autoptr (GPtrArray) list = ahoy_config_set_list (configuration, "endpoint");

  check_all_headers (self, configuration, problems);
  for (guint i = 0; i < list->len; i++) {
    g_autoptr (AhoyEndpoint) endpoint = ahoy_endpoint_new (AHOY_ENDPOINT_CONFIG (list->pdata[i]));
    g_autoptr (GError) error = NULL;

    if (!ahoy_endpoint_registry_add (self->endpoints, endpoint, &error)) {
      add_problem (problems, list->pdata[i], NULL, error);
    }
  }
}

static gboolean
has_endpoint (AhoyConfigSet *configuration, const char *name)
{
  g_autoptr (GPtrArray) list = ahoy_config_set_list (configuration, "endpoint");

  for (guint i = 0; i < list->len; i++) {
    if (g_str_equal (ahoy_config_object_get_name (list->pdata[i]), name)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Whoever a step calls by name has to be there. */
static void
check_targets (AhoyConfigSet *configuration, AhoyConfigObject *object, AhoyRouteStep *step,
               GPtrArray *problems)
{
  const char *const *targets = g_str_equal (ahoy_route_step_get_name (step), "dial")
                                   ? ahoy_route_step_get_texts (step, "target")
                                   : NULL;

  for (gsize i = 0; targets != NULL && targets[i] != NULL; i++) {
    g_autofree char *message = NULL;

    if (strpbrk (targets[i], ":@<$") == NULL && !has_endpoint (configuration, targets[i])) {
      message = g_strdup_printf ("%u:%u: There is no endpoint “%s” to dial; add it, or write a URI "
                                 "such as <sip:%s@example.org>",
                                 ahoy_route_step_get_line (step),
                                 ahoy_route_step_get_column (step), targets[i], targets[i]);
      add_finding (problems, AHOY_CONFIG_SEVERITY_WARNING, object, "do", message);
    }
  }
}

static AhoyRouteTable *
make_table (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray *problems)
{
  AhoyRouteStepRegistry *registry = ahoy_route_step_registry_get_default ();
  g_autoptr (AhoyRouteTable) table = ahoy_route_table_new (registry);
  g_autoptr (GPtrArray) list = ahoy_config_set_list (configuration, "route");

  for (guint i = 0; i < list->len; i++) {
    AhoyConfigObject *object = list->pdata[i];
    const char *steps = ahoy_config_object_get_string (object, "do");
    g_autoptr (AhoyRouteProgram) program = NULL;
    g_autoptr (GError) error = NULL;

    program = ahoy_route_program_parse (registry, steps != NULL ? steps : "", &error);
    if (program == NULL || !ahoy_call_router_check_program (self->router, program, &error) ||
        !ahoy_route_table_add (table, AHOY_ROUTE_CONFIG (object), &error)) {
      add_problem (problems, object, "do", error);
      continue;
    }
    for (guint k = 0; k < ahoy_route_program_get_length (program); k++) {
      check_targets (configuration, object, ahoy_route_program_get_step (program, k), problems);
    }
  }
  return g_steal_pointer (&table);
}

static gboolean
add_identifier (AhoyCore *self, const char *name, const char *after, GError **error)
{
  const char *const order[] = { after, NULL };
  g_autoptr (AhoyEndpointIdentifier) identifier = NULL;

  if (g_str_equal (name, "username")) {
    identifier = ahoy_username_identifier_new (self->endpoints);
    ahoy_username_identifier_set_ignore_options (
        AHOY_USERNAME_IDENTIFIER (identifier),
        ahoy_config_object_get_boolean (self->settings, "ignore-uri-user-options"));
  } else if (g_str_equal (name, "ip")) {
    identifier = ahoy_address_identifier_new (self->endpoints);
  } else {
    return TRUE; /* the schema knows it, nothing does it yet: see docs/features.md */
  }
  return ahoy_identification_add_identifier (self->identification, identifier, name, NULL,
                                             after != NULL ? order : NULL, error);
}

/**
 * ahoy_core_check:
 * @self: a core that is not started
 * @configuration: configuration objects, as ahoy_configuration_read_folder() gives them
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what of it
 *   could not be used
 *
 * Says what ahoy_core_configure() would say, without doing it: no port is opened, and the core is
 * as before.
 *
 * Returns: whether there is no problem
 *
 * Since: 0.1
 */
gboolean
ahoy_core_check (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray **problems)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) transports = NULL;
  g_autoptr (AhoyRouteTable) table = NULL;
  gboolean good;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_SET (configuration), FALSE);

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_config_problem_unref);
  transports = ahoy_config_set_list (configuration, "transport");
  for (guint i = 0; i < transports->len; i++) {
    AhoyTransportProtocol protocol;
    guint16 port;

    g_free (read_transport (transports->pdata[i], &protocol, &port, found));
  }
  check_all_headers (self, configuration, found);
  table = make_table (self, configuration, found);
  good = found->len == 0;
  if (problems != NULL) {
    *problems = g_steal_pointer (&found);
  }
  return good;
}

/* The chain in front of the applications: who is it, may they. */
static gboolean
build_chain (AhoyCore *self, GError **error)
{
  const char *const *order = ahoy_config_object_get_list (self->settings, "identify-order");
  const char *const last[] = { "username", "ip", NULL };
  int unknown = ahoy_config_object_get_choice (self->settings, "unknown-source");
  g_autoptr (AhoyEndpointIdentifier) anonymous =
      ahoy_anonymous_identifier_new (self->endpoints);

  self->interception = ahoy_interception_new (self->stack);
  self->identification = ahoy_identification_new (self->interception);
  g_object_set (self->identification, "unknown-status",
                unknown == AHOY_UNKNOWN_SOURCE_403 ? 403 : 401, NULL);
  for (guint i = 0; order != NULL && order[i] != NULL; i++) {
    if (!add_identifier (self, order[i], i > 0 ? order[i - 1] : NULL, error)) {
      return FALSE;
    }
  }
  if (!ahoy_identification_add_identifier (self->identification, anonymous, "anonymous", NULL,
                                           last, error)) {
    return FALSE;
  }
  self->authentication = ahoy_authentication_new (self->interception);
  self->guard = ahoy_overload_guard_new (self->stack);
  g_object_set (self->guard, "max-sessions",
                ahoy_config_object_get_number (self->settings, "max-sessions"), "max-delay",
                (guint) (ahoy_config_object_get_duration (self->settings, "overload-delay") / 1000),
                NULL);
  if (ahoy_config_object_is_set (self->settings, "overload-queue")) {
    g_object_set (self->guard, "max-transactions",
                  ahoy_config_object_get_number (self->settings, "overload-queue"), NULL);
  }
  return ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->guard), "overload",
                                NULL, NULL, NULL, error) &&
         ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->identification),
                                "identification", NULL, NULL, NULL, error) &&
         ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->authentication),
                                "authentication", NULL, NULL, NULL, error);
}

static void
apply_settings (AhoyCore *self)
{
  const char *user_agent = ahoy_config_object_get_string (self->settings, "user-agent");
  const char *const *servers = ahoy_config_object_get_list (self->settings, "nameservers");
  g_autoptr (GError) error = NULL;

  g_object_set (self->stack, "t1",
                (guint) (ahoy_config_object_get_duration (self->settings, "t1") / 1000),
                "max-forwards",
                ahoy_config_object_get_number (self->settings, "max-forwards"), "tcp-switch-size",
                ahoy_config_object_get_number (self->settings, "tcp-switch-size"),
                "compact-headers",
                ahoy_config_object_get_boolean (self->settings, "compact-headers"), NULL);
  /* What is wrong with them was reported with the rest. */
  ahoy_stack_set_headers (self->stack, ahoy_config_object_get_list (self->settings, "headers"),
                          NULL);
  if (ahoy_config_object_is_set (self->settings, "t1x64")) {
    g_object_set (self->stack, "t1x64",
                  (guint) (ahoy_config_object_get_duration (self->settings, "t1x64") / 1000),
                  NULL);
  }
  ahoy_work_pool_set_size (self->pool, ahoy_config_object_get_number (self->settings, "workers"));
  if (user_agent != NULL && *user_agent != '\0') {
    g_object_set (self->stack, "user-agent", user_agent, NULL);
  }
  if (servers != NULL && servers[0] != NULL &&
      !ahoy_resolver_set_nameservers (ahoy_stack_get_resolver (self->stack), servers, &error)) {
    g_warning ("The name servers of the configuration are not used: %s", error->message);
  }
}

static void
on_guarded_session_added (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  ahoy_overload_guard_begin_session (((AhoyCore *) user_data)->guard);
}

static void
on_guarded_session_removed (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  ahoy_overload_guard_end_session (((AhoyCore *) user_data)->guard);
}

/* What speaks against a call of an endpoint: a status, and its reason; 0 for nothing. */
static guint
find_objection (AhoyEndpoint *endpoint, AhoyConfigObject *config, const char **reason)
{
  guint limit = ahoy_config_object_get_number (config, "call-limit");

  *reason = NULL;
  if (!(ahoy_config_object_get_choices (config, "allow") & AHOY_ENDPOINT_ALLOW_CALL)) {
    return 403;
  }
  if (ahoy_endpoint_get_maintenance (endpoint)) {
    *reason = "In Maintenance";
    return 480;
  }
  /* The call counts itself. */
  if (limit > 0 && ahoy_endpoint_get_active_sessions (endpoint) > limit) {
    *reason = "Call Limit Reached";
    return 486;
  }
  return 0;
}

static void
set_variables (AhoySession *session, AhoyConfigObject *config)
{
  const char *const *variables = ahoy_config_object_get_list (config, "variables");

  for (gsize i = 0; variables != NULL && variables[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (variables[i], "=", 2);

    ahoy_session_set_variable (session, parts[0], parts[1] != NULL ? parts[1] : "");
  }
}

/* A call of an endpoint goes to the routes of its context. */
static gboolean
on_incoming (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  AhoyCore *self = user_data;
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  AhoyConfigObject *config;
  const char *reason;
  guint status;

  if (endpoint == NULL) {
    return FALSE;
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  status = find_objection (endpoint, config, &reason);
  if (status != 0) {
    return ahoy_session_reject (session, status, reason, NULL);
  }
  set_variables (session, config);
  return ahoy_call_router_take (self->router, session,
                                ahoy_config_object_get_string (config, "context"));
}

/**
 * ahoy_core_configure:
 * @self: a core that is not started
 * @configuration: configuration objects, as ahoy_configuration_read_folder() gives them
 * @problems: (out) (optional) (transfer container) (element-type AhoyConfigProblem): what of it
 *   cannot be used
 *
 * Builds transports, endpoints and routes, and puts the chain that identifies callers in front of
 * the applications: from now on nobody is served who is no endpoint. One bad object does not hurt
 * the others.
 *
 * Returns: whether there was no problem
 *
 * Since: 0.1
 */
gboolean
ahoy_core_configure (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray **problems)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cores = NULL;
  g_autoptr (AhoyRouteTable) table = NULL;
  gboolean good;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_SET (configuration), FALSE);
  g_return_val_if_fail (!self->started && self->settings == NULL, FALSE);

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_config_problem_unref);
  cores = ahoy_config_set_list (configuration, "core");
  self->settings = cores->len > 0 ? g_object_ref (cores->pdata[0])
                                  : AHOY_CONFIG_OBJECT (ahoy_core_settings_new ());
  apply_settings (self);
  ahoy_call_router_set_folders (
      self->router, ahoy_config_object_get_string (self->settings, "sounds-directory"),
      ahoy_config_object_get_string (self->settings, "recordings-directory"));
  ahoy_call_router_set_ignore_user_options (
      self->router, ahoy_config_object_get_boolean (self->settings, "ignore-uri-user-options"));
  add_transports (self, configuration, found);
  add_endpoints (self, configuration, found);
  table = make_table (self, configuration, found);
  ahoy_call_router_set_table (self->router, table);
  if (!build_chain (self, &error)) {
    add_problem (found, self->settings, "identify-order", error);
  }
  g_signal_connect_object (self->sessions, "session-added", G_CALLBACK (on_guarded_session_added),
                           self, 0);
  g_signal_connect_object (self->sessions, "session-removed",
                           G_CALLBACK (on_guarded_session_removed), self, 0);
  g_signal_connect_object (self->sessions, "incoming", G_CALLBACK (on_incoming), self, 0);
  good = found->len == 0;
  if (problems != NULL) {
    *problems = g_steal_pointer (&found);
  }
  return good;
}

/**
 * ahoy_core_get_settings:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what the configuration says of the whole; %NULL before
 *   ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_core_get_settings (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->settings;
}

/**
 * ahoy_core_get_overload_guard:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what refuses requests when there is too much to do; %NULL
 *   before ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyOverloadGuard *
ahoy_core_get_overload_guard (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->guard;
}

/**
 * ahoy_core_list_unidentified:
 * @self: a core
 *
 * Returns: (transfer full): who sent requests and is no endpoint, as
 *   ahoy_identification_list_unidentified() tells it; nobody before ahoy_core_configure()
 *
 * Since: 0.1
 */
GVariant *
ahoy_core_list_unidentified (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  if (self->identification == NULL) {
    return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(sut)"), NULL, 0));
  }
  return ahoy_identification_list_unidentified (self->identification);
}
