/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-manager.h"

#include "ahoy-bus-agents.h"
#include "ahoy-bus-bridges.h"
#include "ahoy-bus-check.h"
#include "ahoy-bus-dial.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"
#include "ahoy-bus-listing.h"
#include "ahoy-bus-log.h"

/* The daemon as a whole on the bus. */
struct _AhoyBusManager {
  GObject parent_instance;

  AhoyCore *core;
  AhoyConfigurator *configurator;
  AhoyBusDial *dial; /* from the time when calls come */
  const char *state;
  /* not references: they hold this object */
  AhoyBusHub *hub;
  AhoyBusObject *root;
  AhoyBusSessions *sessions;
  AhoyBusAgents *agents;
  AhoyBusMessages *messages;
};

enum { SIGNAL_QUIT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyBusManager, ahoy_bus_manager, G_TYPE_OBJECT)

static GVariant *
get_version (gpointer target)
{
  return g_variant_new_string (AHOY_VERSION_STRING);
}

static GVariant *
get_state (gpointer target)
{
  return g_variant_new_string (((AhoyBusManager *) target)->state);
}

static GVariant *
get_session_count (gpointer target)
{
  g_autoptr (GPtrArray) sessions = ahoy_session_service_list_sessions (
      ahoy_core_get_sessions (((AhoyBusManager *) target)->core));
  guint count = 0;

  for (guint i = 0; i < sessions->len; i++) {
    count += ahoy_session_get_state (sessions->pdata[i]) != AHOY_SESSION_ENDED;
  }
  return g_variant_new_uint32 (count);
}

static GVariant *
get_overloaded (gpointer target)
{
  AhoyOverloadGuard *guard =
      ahoy_core_get_overload_guard (((AhoyBusManager *) target)->core);

  return g_variant_new_boolean (guard != NULL && ahoy_overload_guard_is_overloaded (guard));
}

static GVariant *
get_modules (gpointer target)
{
  g_auto (GStrv) names = ahoy_core_list_modules (((AhoyBusManager *) target)->core, FALSE);

  return g_variant_new_strv ((const char *const *) names, -1);
}

enum {
  MANAGER_VERSION,
  MANAGER_STATE,
  MANAGER_SESSION_COUNT,
  MANAGER_OVERLOADED,
  MANAGER_MODULES
};

static const AhoyBusProperty properties[] = {
  { "Version", get_version },
  { "State", get_state },
  { "SessionCount", get_session_count },
  { "Overloaded", get_overloaded },
  { "Modules", get_modules },
  { NULL, NULL },
};

static void
handle_dial (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_dial_handle_dial (((AhoyBusManager *) target)->dial, arguments, call);
}

static void
handle_dial_with_options (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_dial_handle_dial_with_options (((AhoyBusManager *) target)->dial, arguments, call);
}

static void
handle_originate (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_dial_handle_originate (((AhoyBusManager *) target)->dial, arguments, call);
}

static void
handle_create_bridge (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusManager *self = target;
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 0);
  g_autoptr (AhoyBridge) bridge = NULL;
  g_autofree char *path = NULL;
  GError *error = NULL;

  if (!ahoy_core_require_module (self->core, "sessions", &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  if (g_variant_n_children (options) > 0) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "A bridge has no options yet; give none");
    return;
  }
  bridge = ahoy_bridge_new ();
  path = ahoy_bus_bridges_make_path (bridge);
  ahoy_call_router_announce_bridge (ahoy_core_get_router (self->core), bridge);
  ahoy_bus_hub_flush (self->hub);
  ahoy_bus_call_return (call, g_variant_new ("(o)", path));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_stack_send_request_finish (AHOY_STACK (source), result, &error);

  if (response != NULL) {
    ahoy_bus_pending_return (pending, ahoy_bus_reply_response (response));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

static AhoyMessage *
make_request (AhoyBusManager *self, const char *endpoint, const char *method, const char *target,
              GVariant *headers, const char *type, GVariant *body, GError **error)
{
  static const char *const own[] = { "INVITE", "ACK", "CANCEL", "BYE", "PRACK", "UPDATE", NULL };
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GVariantIter iter;
  const char *name;
  const char *value;
  gsize size = 0;
  const void *data = g_variant_get_fixed_array (body, &size, 1);

  if (!ahoy_bus_check_token ("The method", method, error) ||
      !ahoy_bus_check_target (target, error) ||
      !ahoy_bus_check_headers (headers, error) ||
      !ahoy_bus_check_content_type (type, body, error)) {
    return NULL;
  }
  if (g_strv_contains (own, method)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "%s belongs to a session; see Dial and the methods of Session", method);
    return NULL;
  }
  request = ahoy_core_create_request (self->core, endpoint, method, target, error);
  if (request == NULL) {
    return NULL;
  }
  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
    if (!ahoy_message_add_header (request, name, value, error)) {
      return NULL;
    }
  }
  bytes = g_bytes_new (data, size);
  if (size > 0 && !ahoy_message_set_body (request, type, bytes, error)) {
    return NULL;
  }
  return g_steal_pointer (&request);
}

static const AhoyBusOption request_options[] = { { "timeout", "u" }, { NULL, NULL } };

static void
handle_send_request (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusManager *self = target;
  g_autoptr (GVariant) headers = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  GError *error = NULL;
  const char *endpoint;
  const char *method;
  const char *uri;
  const char *type;
  guint timeout = AHOY_BUS_PATIENCE;

  g_variant_get (arguments, "(&s&s&s@a(ss)&s@ay@a{sv})", &endpoint, &method, &uri, &headers,
                 &type, &body, &options);
  if (!ahoy_bus_check_options (options, request_options, &error) ||
      (request = make_request (self, endpoint, method, uri, headers, type, body, &error)) ==
          NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  g_variant_lookup (options, "timeout", "u", &timeout);
  ahoy_stack_send_request_async (ahoy_core_get_stack (self->core), request, NULL, NULL, on_answered,
                                 ahoy_bus_pending_new (call, ahoy_core_get_scheduler (self->core),
                                                       CLAMP (timeout, 1, AHOY_BUS_PATIENCE) * 1000,
                                                       ahoy_bus_late_response, NULL, NULL));
}

static void
handle_send_message (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_messages_send (((AhoyBusManager *) target)->messages, arguments, call);
}

static void
handle_set_receive_messages (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_messages_set_receive (((AhoyBusManager *) target)->messages, arguments, call);
}

static void
handle_list_objects (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) census = ahoy_census_snapshot ();

  ahoy_bus_call_return (call, g_variant_new ("(@a{su})", census));
}

static void
handle_list_jobs (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusManager *self = target;
  g_autoptr (GVariant) jobs =
      ahoy_scheduler_list_jobs (ahoy_core_get_scheduler (self->core));

  ahoy_bus_call_return (call, g_variant_new ("(@a(sts))", jobs));
}

static void
handle_list_unidentified (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) list = ahoy_core_list_unidentified (((AhoyBusManager *) target)->core);

  ahoy_bus_call_return (call, g_variant_new ("(@a(sut))", list));
}

static void
handle_choose_endpoint (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autofree char *endpoint = NULL;
  g_autofree char *route = NULL;
  GError *error = NULL;
  const char *number;

  g_variant_get (arguments, "(&s)", &number);
  if (ahoy_bus_check_text ("The number", number, &error)) {
    endpoint = ahoy_core_choose_endpoint (((AhoyBusManager *) target)->core, number, &route,
                                          &error);
  }
  if (error != NULL) {
    ahoy_bus_return_error (call, error);
  } else if (endpoint == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "No out-route is for “%s”, and there is no default-endpoint",
                               number);
  } else {
    ahoy_bus_call_return (call, g_variant_new ("(ss)", endpoint, route != NULL ? route : ""));
  }
}

typedef char *(*RewriteFunc) (AhoyCore *core, const char *endpoint, const char *number,
                              char ***rules, GError **error);

static void
rewrite (gpointer target, GVariant *arguments, AhoyBusCall *call, RewriteFunc func)
{
  g_autofree char *rewritten = NULL;
  g_auto (GStrv) rules = NULL;
  GError *error = NULL;
  const char *endpoint;
  const char *number;

  g_variant_get (arguments, "(&s&s)", &endpoint, &number);
  if (ahoy_bus_check_text ("The number", number, &error)) {
    rewritten = func (((AhoyBusManager *) target)->core, endpoint, number, &rules, &error);
  }
  if (rewritten == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_bus_call_return (call, g_variant_new ("(s^as)", rewritten, rules));
}

static void
handle_rewrite_number (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  rewrite (target, arguments, call, ahoy_core_rewrite_number);
}

static void
handle_rewrite_caller (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  rewrite (target, arguments, call, ahoy_core_rewrite_caller);
}

static void
handle_check_domain (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyCore *core = ((AhoyBusManager *) target)->core;
  const char *host;
  g_autofree char *context = NULL;

  g_variant_get (arguments, "(&s)", &host);
  context = ahoy_core_dup_guest_context (core, host);
  ahoy_bus_call_return (
      call, g_variant_new ("(bs)",
                           ahoy_domain_registry_is_local (ahoy_core_get_domains (core), host),
                           context != NULL ? context : ""));
}

static void
add_domain (GVariantBuilder *builder, AhoyCore *core, AhoyConfigObject *domain)
{
  const char *name = ahoy_config_object_get_name (domain);
  const char *const *aliases = ahoy_config_object_get_list (domain, "aliases");
  g_autofree char *context = ahoy_core_dup_guest_context (core, name);

  g_variant_builder_add (builder, "(sss)", name, "domain", context != NULL ? context : "");
  for (gsize i = 0; aliases != NULL && aliases[i] != NULL; i++) {
    g_variant_builder_add (builder, "(sss)", aliases[i], "alias", name);
  }
}

static void
handle_list_domains (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyCore *core = ((AhoyBusManager *) target)->core;
  AhoyDomainRegistry *registry = ahoy_core_get_domains (core);
  g_autoptr (GPtrArray) domains = ahoy_domain_registry_list (registry);
  g_auto (GStrv) hosts = ahoy_domain_registry_list_own_hosts (registry);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sss)"));
  for (guint i = 0; i < domains->len; i++) {
    add_domain (&builder, core, domains->pdata[i]);
  }
  for (gsize i = 0; hosts[i] != NULL; i++) {
    g_variant_builder_add (&builder, "(sss)", hosts[i], "host", "");
  }
  ahoy_bus_call_return (call, g_variant_new ("(a(sss))", &builder));
}

static void
handle_get_statistics (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusManager *self = target;
  g_autoptr (GVariant) statistics = ahoy_stack_get_statistics (ahoy_core_get_stack (self->core));
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, statistics);
  while (g_variant_iter_next (&iter, "{&s@t}", &name, &value)) {
    g_variant_builder_add (&builder, "{sv}", name, value);
    g_variant_unref (value);
  }
  ahoy_bus_call_return (call, g_variant_new ("(a{sv})", &builder));
}

static void
handle_set_log_level (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  GError *error = NULL;
  const char *domain;
  const char *level;

  g_variant_get (arguments, "(&s&s)", &domain, &level);
  if (!ahoy_bus_log_set_level (domain, level, &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_bus_call_return (call, NULL);
}

static void
handle_list_modules (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyCore *core = ((AhoyBusManager *) target)->core;
  g_auto (GStrv) names = ahoy_core_list_modules (core, TRUE);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sbs)"));
  for (gsize i = 0; names[i] != NULL; i++) {
    g_variant_builder_add (&builder, "(sbs)", names[i], ahoy_core_has_module (core, names[i]),
                           ahoy_core_get_module_summary (core, names[i]));
  }
  ahoy_bus_call_return (call, g_variant_new ("(a(sbs))", &builder));
}

static void
handle_list_managed_objects (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  const char *interface;
  const char *after;
  guint most;

  g_variant_get (arguments, "(&s&su)", &interface, &after, &most);
  ahoy_bus_listing_return_page (((AhoyBusManager *) target)->hub, interface, after, most, call);
}

typedef gboolean (*ModuleFunc) (AhoyCore *core, const char *name, GError **error);

static void
change_module (AhoyBusManager *self, GVariant *arguments, AhoyBusCall *call, ModuleFunc func)
{
  GError *error = NULL;
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  if (func (self->core, name, &error)) {
    ahoy_bus_call_return (call, NULL);
  } else {
    ahoy_bus_return_error (call, error);
  }
}

static void
handle_load_module (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  change_module (target, arguments, call, ahoy_core_load_module);
}

static void
handle_unload_module (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  change_module (target, arguments, call, ahoy_core_unload_module);
}

static GVariant *
describe_problems (GPtrArray *problems)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (problems->pdata[i]);

    g_variant_builder_add (&builder, "s", text);
  }
  return g_variant_builder_end (&builder);
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_auto (GStrv) changed = NULL;
  GError *error = NULL;

  if (!ahoy_configurator_reload_finish (AHOY_CONFIGURATOR (source), result, &changed, &problems,
                                        &error)) {
    ahoy_bus_return_error (user_data, error);
    return;
  }
  ahoy_bus_call_return (user_data,
                        g_variant_new ("(^as@as)", changed, describe_problems (problems)));
}

static void
handle_reload (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_configurator_reload_async (((AhoyBusManager *) target)->configurator, NULL, on_reloaded,
                                  call);
}

static void
handle_register_agent (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusManager *self = target;
  g_autofree const char **kinds = NULL;
  GError *error = NULL;
  const char *path;

  g_variant_get (arguments, "(&o^a&s)", &path, &kinds);
  if (ahoy_bus_agents_register (self->agents, ahoy_bus_call_get_sender (call), path, kinds,
                                &error)) {
    ahoy_bus_call_return (call, NULL);
  } else {
    ahoy_bus_return_error (call, error);
  }
}

static void
handle_unregister_agent (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusManager *self = target;
  GError *error = NULL;
  const char *path;

  g_variant_get (arguments, "(&o)", &path);
  if (ahoy_bus_agents_unregister (self->agents, ahoy_bus_call_get_sender (call), path, &error)) {
    ahoy_bus_call_return (call, NULL);
  } else {
    ahoy_bus_return_error (call, error);
  }
}

static void
handle_quit (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_call_return (call, NULL);
  g_signal_emit (target, signals[SIGNAL_QUIT], 0);
}

static const AhoyBusMethod methods[] = {
  { "Dial", handle_dial },
  { "DialWithOptions", handle_dial_with_options },
  { "Originate", handle_originate },
  { "CreateBridge", handle_create_bridge },
  { "Reload", handle_reload },
  { "SendRequest", handle_send_request },
  { "SendMessage", handle_send_message },
  { "SetReceiveMessages", handle_set_receive_messages },
  { "ListObjects", handle_list_objects },
  { "ListJobs", handle_list_jobs },
  { "ListUnidentified", handle_list_unidentified },
  { "CheckDomain", handle_check_domain },
  { "ListDomains", handle_list_domains },
  { "ChooseEndpoint", handle_choose_endpoint },
  { "RewriteNumber", handle_rewrite_number },
  { "RewriteCaller", handle_rewrite_caller },
  { "GetStatistics", handle_get_statistics },
  { "SetLogLevel", handle_set_log_level },
  { "ListManagedObjects", handle_list_managed_objects },
  { "ListModules", handle_list_modules },
  { "LoadModule", handle_load_module },
  { "UnloadModule", handle_unload_module },
  { "RegisterAgent", handle_register_agent },
  { "UnregisterAgent", handle_unregister_agent },
  { "Quit", handle_quit },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_manager_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_manager_get_interface (void)
{
  return &interface;
}

static void
ahoy_bus_manager_dispose (GObject *object)
{
  g_clear_pointer (&AHOY_BUS_MANAGER (object)->dial, ahoy_bus_dial_free);
  g_clear_object (&AHOY_BUS_MANAGER (object)->configurator);
  g_clear_object (&AHOY_BUS_MANAGER (object)->core);
  G_OBJECT_CLASS (ahoy_bus_manager_parent_class)->dispose (object);
}

static void
ahoy_bus_manager_class_init (AhoyBusManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_manager_dispose;

  signals[SIGNAL_QUIT] = g_signal_new ("quit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ahoy_bus_manager_init (AhoyBusManager *self)
{
  self->state = "starting";
}

AhoyBusManager *
ahoy_bus_manager_new (AhoyConfigurator *configurator)
{
  AhoyBusManager *self = g_object_new (AHOY_BUS_TYPE_MANAGER, NULL);

  self->configurator = g_object_ref (configurator);
  self->core = g_object_ref (ahoy_configurator_get_core (configurator));
  return self;
}

static void
on_overloaded (AhoyOverloadGuard *guard, GParamSpec *pspec, gpointer user_data)
{
  AhoyBusManager *self = user_data;

  ahoy_bus_object_changed (self->root, &interface, MANAGER_OVERLOADED);
}

static void
on_module_changed (AhoyCore *core, const char *name, gpointer user_data)
{
  AhoyBusManager *self = user_data;

  ahoy_bus_object_changed (self->root, &interface, MANAGER_MODULES);
}

/* Before the first call comes. What is given outlives the calls. */
void
ahoy_bus_manager_attach (AhoyBusManager *self, AhoyBusHub *hub, AhoyBusObject *root,
                         AhoyBusSessions *sessions, AhoyBusAgents *agents,
                         AhoyBusMessages *messages)
{
  self->hub = hub;
  self->root = root;
  self->sessions = sessions;
  self->dial = ahoy_bus_dial_new (self->core, hub, sessions);
  self->agents = agents;
  self->messages = messages;
  g_signal_connect_object (self->core, "module-loaded", G_CALLBACK (on_module_changed), self, 0);
  g_signal_connect_object (self->core, "module-unloaded", G_CALLBACK (on_module_changed), self, 0);
  if (ahoy_core_get_overload_guard (self->core) != NULL) {
    g_signal_connect_object (ahoy_core_get_overload_guard (self->core), "notify::overloaded",
                             G_CALLBACK (on_overloaded), self, 0);
  }
}

/* @state is static. */
void
ahoy_bus_manager_set_state (AhoyBusManager *self, const char *state)
{
  self->state = state;
  if (self->root != NULL) {
    ahoy_bus_object_changed (self->root, &interface, MANAGER_STATE);
  }
}
