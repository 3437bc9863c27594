/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-builtin-application.h"
#include "ahoy-census.h"
#include "ahoy-core-private.h"
#include "ahoy-session-direct-private.h"
#include "ahoy-error.h"

/**
 * AhoyCore:
 *
 * Builds and owns all parts: the stack, its services, the built-in supplements, the transports. A
 * program that wants calls begins here.
 *
 * ```c
 * g_autoptr (AhoyCore) core = ahoy_core_new (NULL);
 *
 * ahoy_core_add_transport (core, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, "127.0.0.1", 5060, NULL,
 *                          &error);
 * ahoy_core_start (core, &error);
 * ```
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (AhoyCore, ahoy_core, G_TYPE_OBJECT)

/* How long sessions may take to say good-bye, in µs. */
#define FAREWELL (2 * G_USEC_PER_SEC)

enum {
  SIGNAL_TRANSPORT_ADDED,
  SIGNAL_TRANSPORT_REMOVED,
  SIGNAL_OBJECT_CHANGED,
  SIGNAL_RECONFIGURED,
  SIGNAL_MODULE_LOADED,
  SIGNAL_MODULE_UNLOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
ahoy_core_dispose (GObject *object)
{
  AhoyCore *self = AHOY_CORE (object);

  if (self->stack != NULL && ahoy_stack_is_running (self->stack)) {
    ahoy_stack_stop (self->stack);
  }
  if (self->stack != NULL && self->started) {
    ahoy_core_stop_modules (self);
    ahoy_stack_remove_service (self->stack, AHOY_SERVICE (self->options));
    self->started = FALSE;
  }
  g_ptr_array_set_size (self->transports, 0);
  if (self->sessions != NULL) {
    g_signal_handlers_disconnect_by_data (self->sessions, self);
    ahoy_session_service_set_number_func (self->sessions, NULL, NULL, NULL);
  }
  if (self->router != NULL) {
    g_signal_handlers_disconnect_by_data (self->router, self);
  }
  g_clear_object (&self->history);
  g_clear_object (&self->transfers);
  g_clear_pointer (&self->features, ahoy_bridge_features_free);
  g_clear_pointer (&self->hooks, ahoy_call_hooks_free);
  g_clear_object (&self->router);
  ahoy_core_clear_queues (self);
  if (self->dial != NULL) {
    ahoy_dial_application_set_options_func (self->dial, NULL, NULL, NULL);
    ahoy_dial_application_set_number_func (self->dial, NULL, NULL, NULL);
  }
  g_clear_object (&self->dial);
  g_clear_object (&self->rewriter);
  g_clear_object (&self->formatter);
  g_clear_object (&self->out_routes);
  g_clear_object (&self->door);
  g_clear_object (&self->guard);
  g_clear_object (&self->digest);
  g_clear_object (&self->authentication);
  ahoy_core_clear_messaging (self);
  ahoy_core_clear_identify (self);
  ahoy_core_clear_domains (self);
  g_clear_object (&self->identification);
  g_clear_object (&self->interception);
  g_clear_object (&self->settings);
  g_clear_object (&self->configuration);
  ahoy_core_clear_registrations (self);
  g_clear_object (&self->digest_client);
  g_clear_pointer (&self->device_states, ahoy_device_states_free);
  g_clear_pointer (&self->endpoint_states, ahoy_endpoint_states_free);
  g_clear_object (&self->events);
  ahoy_core_clear_aors (self);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->auths);
  g_clear_object (&self->trace);
  g_clear_object (&self->sessions);
  g_clear_object (&self->options);
  g_clear_object (&self->stack);
  g_clear_object (&self->store);
  if (self->pool != NULL) {
    ahoy_work_pool_stop (self->pool);
    g_clear_object (&self->pool);
  }
  G_OBJECT_CLASS (ahoy_core_parent_class)->dispose (object);
}

static void
ahoy_core_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_CORE (object)->transports);
  g_ptr_array_unref (AHOY_CORE (object)->supplements);
  g_free (AHOY_CORE (object)->state_folder);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_core_parent_class)->finalize (object);
}

static void
ahoy_core_class_init (AhoyCoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_core_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_core_finalize;

  /**
   * AhoyCore::transport-added:
   * @self: the core
   * @transport: a transport that is bound
   *
   * SIP is spoken on one more address.
   *
   * Since: 0.1
   */
  signals[SIGNAL_TRANSPORT_ADDED] =
      g_signal_new ("transport-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, AHOY_TYPE_TRANSPORT);
  /**
   * AhoyCore::transport-removed:
   * @self: the core
   * @transport: a transport that is not bound any more
   *
   * SIP is spoken on one address less.
   *
   * Since: 0.1
   */
  signals[SIGNAL_TRANSPORT_REMOVED] =
      g_signal_new ("transport-removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_TRANSPORT);
  /**
   * AhoyCore::object-changed:
   * @self: the core
   * @type_name: the type of an object of the configuration, such as `endpoint`
   * @name: its name; empty where there is only one of the type
   * @what: what became of it: `added`, `changed` or `removed`
   *
   * Another form of an object of the configuration holds, after ahoy_core_reload().
   *
   * Since: 0.1
   */
  signals[SIGNAL_OBJECT_CHANGED] = g_signal_new (
      "object-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 3, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * AhoyCore::reconfigured:
   * @self: the core
   *
   * Another configuration holds: see ahoy_core_get_settings() and ahoy_core_get_configuration().
   *
   * Since: 0.1
   */
  signals[SIGNAL_RECONFIGURED] =
      g_signal_new ("reconfigured", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  /**
   * AhoyCore::module-loaded:
   * @self: the core
   * @name: the name of a module, such as `sessions`
   *
   * A module works from now on. At the start that is before the transports are bound.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MODULE_LOADED] =
      g_signal_new ("module-loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * AhoyCore::module-unloaded:
   * @self: the core
   * @name: the name of a module
   *
   * A module takes nothing more.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MODULE_UNLOADED] =
      g_signal_new ("module-unloaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

void
ahoy_core_emit_module (AhoyCore *self, const char *name, gboolean loaded)
{
  if (g_str_equal (name, "registrar") && self->endpoint_states != NULL) {
    ahoy_endpoint_states_set_registrar (self->endpoint_states, loaded);
  }
  g_signal_emit (self, signals[loaded ? SIGNAL_MODULE_LOADED : SIGNAL_MODULE_UNLOADED], 0, name);
}

void
ahoy_core_emit_object_changed (AhoyCore *self, AhoyConfigObject *object, const char *what)
{
  const char *type = ahoy_config_object_get_type_name (object);

  if (g_str_equal (type, "endpoint") || g_str_equal (type, "aor")) {
    ahoy_endpoint_states_update (self->endpoint_states, ahoy_config_object_get_name (object));
  }
  g_signal_emit (self, signals[SIGNAL_OBJECT_CHANGED], 0, type,
                 ahoy_config_object_get_name (object), what);
}

void
ahoy_core_emit_reconfigured (AhoyCore *self)
{
  g_signal_emit (self, signals[SIGNAL_RECONFIGURED], 0);
}

static void
ahoy_core_init (AhoyCore *self)
{
  self->transports = g_ptr_array_new_with_free_func (g_object_unref);
  self->supplements = g_ptr_array_new_with_free_func (g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/* The trace knows calls by their Call-ID, people by the number of the session. */
static gboolean
name_in_trace (AhoyCore *self, AhoySession *session)
{
  g_autofree char *id = NULL;

  if (ahoy_session_get_call_id (session) == NULL || self->trace == NULL) {
    return FALSE;
  }
  id = g_strdup_printf ("%" G_GUINT64_FORMAT, ahoy_session_get_id (session));
  ahoy_trace_set_session_id (self->trace, ahoy_session_get_call_id (session), id);
  return TRUE;
}

static void
on_session_state (AhoySession *session, AhoySessionState old, AhoySessionState new, guint status,
                  const char *reason, gpointer user_data)
{
  if (name_in_trace (user_data, session)) {
    g_signal_handlers_disconnect_by_func (session, on_session_state, user_data);
  }
}

/* One that comes in has its Call-ID, one that goes out gets it. */
static void
on_session_added (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  ahoy_core_watch_timeout (user_data, session);
  if (!name_in_trace (user_data, session)) {
    g_signal_connect_object (session, "state-changed", G_CALLBACK (on_session_state),
                             AHOY_CORE (user_data), 0);
  }
}

/* Who may call hears what a call could have. */
static void
on_options (AhoySessionService *sessions, AhoyMessage *request, AhoyMessage *response)
{
  g_autofree char *accept = ahoy_message_get_header (response, "Accept");

  if (accept != NULL && *accept != '\0') {
    ahoy_session_service_describe_to (sessions, request, response);
  }
}

/**
 * ahoy_core_new:
 * @context: (nullable): the context that everything runs in; %NULL for the default one
 *
 * Returns: (transfer full): a core that is not started
 *
 * Since: 0.1
 */
AhoyCore *
ahoy_core_new (GMainContext *context)
{
  AhoyCore *self = g_object_new (AHOY_TYPE_CORE, NULL);
  g_autoptr (AhoyDispatcher) dispatcher = ahoy_dispatcher_new (context);

  /* The threads first, then what may need them; ports come last, in ahoy_core_start(). */
  self->pool = ahoy_work_pool_new (dispatcher, 0);
  self->store = ahoy_store_new ();
  self->stack = ahoy_stack_new (context, NULL);
  self->options = ahoy_options_service_new (self->stack);
  self->sessions = ahoy_session_service_new (self->stack);
  g_signal_connect_object (self->options, "answering", G_CALLBACK (on_options), self->sessions,
                           G_CONNECT_SWAPPED);
  self->trace = ahoy_trace_new (self->stack);
  self->endpoints = ahoy_endpoint_registry_new ();
  self->auths = ahoy_auth_registry_new ();
  self->location = ahoy_location_new (self->endpoints, ahoy_stack_get_scheduler (self->stack));
  self->waker = ahoy_waker_new (self->location);
  self->endpoint_states = ahoy_endpoint_states_new (self->location, self->endpoints);
  ahoy_core_init_identify (self);
  ahoy_session_service_set_acls (self->sessions, self->acls);
  ahoy_core_init_domains (self);
  ahoy_core_init_registrations (self);
  self->digest_client = ahoy_digest_client_new (self->stack, self->auths);
  self->events = ahoy_event_bus_new ();
  self->device_states =
      ahoy_device_states_new (self->events, self->sessions, self->endpoints);
  ahoy_core_init_messaging (self);
  self->router = ahoy_call_router_new (self->sessions);
  ahoy_builtin_application_add (self->router, NULL);
  ahoy_core_init_rewrite (self);
  self->out_routes = ahoy_out_route_table_new ();
  self->dial = ahoy_dial_application_new (self->router, self->endpoints, self->location);
  ahoy_dial_application_set_options_func (self->dial, ahoy_core_complete_options, self, NULL);
  ahoy_dial_application_set_number_func (self->dial, ahoy_core_resolve_number, self, NULL);
  ahoy_dial_application_set_waker (self->dial, self->waker);
  ahoy_call_router_add_application (self->router, "dial", AHOY_CALL_APPLICATION (self->dial),
                                    NULL);
  ahoy_core_init_calls (self);
  ahoy_core_init_queues (self);
  self->transfers = ahoy_call_transfer_new (self->router, self->endpoints, self->location);
  self->features = ahoy_bridge_features_new (self->router);
  self->hooks = ahoy_call_hooks_new (self->router);
  self->history = ahoy_call_history_new (self->router, self->pool);
  g_signal_connect (self->sessions, "session-added", G_CALLBACK (on_session_added), self);
  return self;
}

/* Callees see callers at the address where we are. */
void
ahoy_core_update_domain (AhoyCore *self)
{
  g_autofree char *domain = ahoy_core_find_domain (self, NULL);

  ahoy_dial_application_set_domain (self->dial, domain);
  ahoy_core_set_message_domain (self, domain);
  ahoy_core_update_own_hosts (self, self->configuration);
}

static gboolean
start_transports (AhoyCore *self, GError **error)
{
  for (guint i = 0; i < self->transports->len; i++) {
    if (!ahoy_transport_start (self->transports->pdata[i], error)) {
      return FALSE;
    }
    g_signal_emit (self, signals[SIGNAL_TRANSPORT_ADDED], 0, self->transports->pdata[i]);
  }
  ahoy_core_update_domain (self);
  return TRUE;
}

/**
 * ahoy_core_start:
 * @self: a core
 * @error: return location for an error
 *
 * Starts the stack, loads the modules that the configuration names, all of them without one, then
 * binds the transports, so that the first request finds somebody.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE when it was started before, or
 *   with the error of the part that failed
 *
 * Since: 0.1
 */
gboolean
ahoy_core_start (AhoyCore *self, GError **error)
{
  static const char *const options[] = { "OPTIONS", NULL };

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);

  if (self->started) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE, "The core was started before");
    return FALSE;
  }
  if (!ahoy_stack_start (self->stack, error)) {
    return FALSE;
  }
  self->started = TRUE;
  if (!ahoy_stack_add_service (self->stack, AHOY_SERVICE (self->options), "options", NULL, NULL,
                               options, error) ||
      !ahoy_core_start_modules (self, error)) {
    return FALSE;
  }
  ahoy_endpoint_states_update (self->endpoint_states, NULL);
  return start_transports (self, error);
}

static void
finish_stop (AhoyCore *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stopping);

  if (task == NULL) {
    return;
  }
  g_clear_signal_handler (&self->removed_handler, self->sessions);
  g_clear_signal_handler (&self->idle_handler, self->registrations);
  if (self->stop_timer != 0) {
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self), self->stop_timer);
    self->stop_timer = 0;
  }
  ahoy_stack_stop (self->stack);
  g_task_return_boolean (task, TRUE);
}

static void
on_farewell_over (gpointer user_data)
{
  AhoyCore *self = user_data;

  self->stop_timer = 0;
  finish_stop (self);
}

static gboolean
has_sessions (AhoyCore *self)
{
  g_autoptr (GPtrArray) sessions = ahoy_session_service_list_sessions (self->sessions);

  return sessions->len > 0;
}

static void
stop_when_quiet (AhoyCore *self)
{
  if (!has_sessions (self) && !ahoy_registration_service_is_busy (self->registrations) &&
      self->stop_timer != 0) {
    /* Not from inside the session's end: the stack it stands on is about to go. */
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self), self->stop_timer);
    self->stop_timer = ahoy_scheduler_add (ahoy_core_get_scheduler (self), "stop", 0,
                                           on_farewell_over, self, NULL);
  }
}

static void
on_session_removed (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  stop_when_quiet (user_data);
}

/**
 * ahoy_core_stop_async:
 * @self: a core that was started
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when everything is over
 * @user_data: for @callback
 *
 * Hangs up all sessions and unregisters with all servers, waits up to two seconds for the farewells
 * to be answered, and stops the stack.
 *
 * Since: 0.1
 */
void
ahoy_core_stop_async (AhoyCore *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) sessions = NULL;

  g_return_if_fail (AHOY_IS_CORE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_core_stop_async);
  if (self->stopping != NULL || !ahoy_stack_is_running (self->stack)) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "The core is not running, or stops already");
    return;
  }
  self->stopping = g_steal_pointer (&task);
  self->removed_handler = g_signal_connect (self->sessions, "session-removed",
                                            G_CALLBACK (on_session_removed), self);
  self->stop_timer = ahoy_scheduler_add (ahoy_core_get_scheduler (self), "farewell", FAREWELL,
                                         on_farewell_over, self, NULL);
  sessions = ahoy_session_service_list_sessions (self->sessions);
  for (guint i = 0; i < sessions->len; i++) {
    ahoy_session_hangup (sessions->pdata[i]);
  }
  self->idle_handler = g_signal_connect_swapped (self->registrations, "idle",
                                                 G_CALLBACK (stop_when_quiet), self);
  ahoy_registration_service_stop (self->registrations);
  stop_when_quiet (self);
}

/**
 * ahoy_core_stop_finish:
 * @self: a core
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when everything is over; %FALSE with %AHOY_ERROR_INVALID_STATE when it did not run
 *
 * Since: 0.1
 */
gboolean
ahoy_core_stop_finish (AhoyCore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * ahoy_core_get_stack:
 * @self: a core
 *
 * Returns: (transfer none): the SIP stack
 *
 * Since: 0.1
 */
AhoyStack *
ahoy_core_get_stack (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->stack;
}

/**
 * ahoy_core_get_scheduler:
 * @self: a core
 *
 * Returns: (transfer none): the scheduler of all timers
 *
 * Since: 0.1
 */
AhoyScheduler *
ahoy_core_get_scheduler (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return ahoy_stack_get_scheduler (self->stack);
}

/**
 * ahoy_core_get_digest_client:
 * @self: a core
 *
 * Returns: (transfer none): what answers challenges to requests of ours
 *
 * Since: 0.1
 */
AhoyDigestClient *
ahoy_core_get_digest_client (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->digest_client;
}

/**
 * ahoy_core_get_sessions:
 * @self: a core
 *
 * Returns: (transfer none): the service that makes and takes calls
 *
 * Since: 0.1
 */
AhoySessionService *
ahoy_core_get_sessions (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->sessions;
}

/**
 * ahoy_core_get_trace:
 * @self: a core
 *
 * Returns: (transfer none): what remembers the messages of the last calls
 *
 * Since: 0.1
 */
AhoyTrace *
ahoy_core_get_trace (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->trace;
}

/**
 * ahoy_core_get_endpoints:
 * @self: a core
 *
 * Returns: (transfer none): the endpoints that are configured
 *
 * Since: 0.1
 */
AhoyEndpointRegistry *
ahoy_core_get_endpoints (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->endpoints;
}

/**
 * ahoy_core_get_work_pool:
 * @self: a core
 *
 * Returns: (transfer none): the threads for work that may block, as many as the key `workers` of
 *   core says. They stop when the core is gone
 *
 * Since: 0.1
 */
AhoyWorkPool *
ahoy_core_get_work_pool (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->pool;
}

/**
 * ahoy_core_get_event_bus:
 * @self: a core
 *
 * Where parts tell one another of states. The topic `device-state` has for each endpoint, by its
 * name, one of the strings `not-in-use`, `in-use`, `ringing`, `ringing-in-use` and `unavailable`.
 *
 * Returns: (transfer none): the event bus
 *
 * Since: 0.1
 */
AhoyEventBus *
ahoy_core_get_event_bus (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->events;
}

/**
 * ahoy_core_get_transfers:
 * @self: a core
 *
 * Returns: (transfer none): what transfers calls
 *
 * Since: 0.1
 */
AhoyCallTransfer *
ahoy_core_get_transfers (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->transfers;
}

/**
 * ahoy_core_get_router:
 * @self: a core
 *
 * Returns: (transfer none): what hands calls to the steps of routes
 *
 * Since: 0.1
 */
AhoyCallRouter *
ahoy_core_get_router (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->router;
}

gboolean
ahoy_core_take_transport (AhoyCore *self, AhoyTransport *transport, GError **error)
{
  if (self->started && !ahoy_transport_start (transport, error)) {
    return FALSE;
  }
  g_ptr_array_add (self->transports, g_object_ref (transport));
  if (self->started) {
    ahoy_core_update_domain (self);
    g_signal_emit (self, signals[SIGNAL_TRANSPORT_ADDED], 0, transport);
  }
  return TRUE;
}

/**
 * ahoy_core_add_transport:
 * @self: a core
 * @name: a name that no other transport has
 * @protocol: the transport protocol
 * @address: a numeric address of this machine, IPv6 without brackets
 * @port: the port; 0 lets the kernel choose one
 * @external_address: (nullable): the host that peers shall see in Via and Contact
 * @error: return location for an error
 *
 * Adds an address to speak SIP on. It is bound at once when the core runs, else when it starts.
 *
 * Returns: (transfer none): the transport, or %NULL with %AHOY_ERROR_EXISTS for a name that is
 *   taken, or an error of ahoy_stack_listen()
 *
 * Since: 0.1
 */
AhoyTransport *
ahoy_core_add_transport (AhoyCore *self, const char *name, AhoyTransportProtocol protocol,
                         const char *address, guint16 port, const char *external_address,
                         GError **error)
{
  g_autoptr (AhoyTransport) transport = NULL;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (name != NULL && address != NULL, NULL);

  if (ahoy_core_lookup_transport (self, name) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "There is a transport “%s” already", name);
    return NULL;
  }
  transport =
      ahoy_transport_new (self->stack, name, protocol, address, port, external_address);
  return ahoy_core_take_transport (self, transport, error) ? transport : NULL;
}

/**
 * ahoy_core_remove_transport:
 * @self: a core
 * @transport: a transport that it has
 *
 * Speaks SIP on one address less: its socket and its connections are closed. Calls that came over
 * it go on; what they still have to say leaves by another transport that fits.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_core_remove_transport (AhoyCore *self, AhoyTransport *transport)
{
  g_autoptr (AhoyTransport) hold = NULL;

  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_TRANSPORT (transport), FALSE);

  hold = g_object_ref (transport);
  if (!g_ptr_array_remove (self->transports, transport)) {
    return FALSE;
  }
  ahoy_transport_stop (transport);
  if (self->started) {
    ahoy_core_update_domain (self);
    g_signal_emit (self, signals[SIGNAL_TRANSPORT_REMOVED], 0, transport);
  }
  return TRUE;
}

/**
 * ahoy_core_list_transports:
 * @self: a core
 *
 * Returns: (transfer container) (element-type AhoyTransport): the transports
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_core_list_transports (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return g_ptr_array_copy (self->transports, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
}

/**
 * ahoy_core_lookup_transport:
 * @self: a core
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the transport of that name
 *
 * Since: 0.1
 */
AhoyTransport *
ahoy_core_lookup_transport (AhoyCore *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->transports->len; i++) {
    if (g_str_equal (ahoy_transport_get_name (self->transports->pdata[i]), name)) {
      return self->transports->pdata[i];
    }
  }
  return NULL;
}

/**
 * ahoy_core_add_extension:
 * @self: a core
 * @type: the interface that the extension is asked by, such as %AHOY_TYPE_SESSION_SUPPLEMENT
 * @extension: an object that implements @type
 * @name: a name that no other extension of @type has
 * @before: (nullable) (array zero-terminated=1): names of extensions that are asked later
 * @after: (nullable) (array zero-terminated=1): names of extensions that are asked first
 * @methods: (nullable) (array zero-terminated=1): the methods, or for an SDP handler the media
 *   types, it wants to see; %NULL for all
 * @error: return location for an error
 *
 * Adds an extension of any kind.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_core_add_extension (AhoyCore *self, GType type, GObject *extension, const char *name,
                         const char *const *before, const char *const *after,
                         const char *const *methods, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (extension), FALSE);

  return ahoy_extension_registry_add (ahoy_stack_get_extensions (self->stack), type, extension,
                                      name, before, after, methods, error);
}

/**
 * ahoy_core_remove_extension:
 * @self: a core
 * @type: the interface that it was added for
 * @extension: the extension
 *
 * Removes an extension.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_core_remove_extension (AhoyCore *self, GType type, GObject *extension)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (extension), FALSE);

  return ahoy_extension_registry_remove (ahoy_stack_get_extensions (self->stack), type, extension);
}
