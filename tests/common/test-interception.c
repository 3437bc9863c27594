/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "test-interception.h"

/*
 * Extensions of all kinds in one object, with a mood: a word that says what it does when it is
 * asked. What it was asked stands in a log.
 */
#define TEST_TYPE_EXTENSION (test_extension_get_type ())
G_DECLARE_FINAL_TYPE (TestExtension, test_extension, TEST, EXTENSION, GObject)

struct _TestInterception {
  AhoyStack *stack;
  AhoyInterception *chain;
  AhoyIdentification *identification;
  AhoyAuthentication *authentication;
  AhoyEndpointRegistry *endpoints;
  AhoyOverloadGuard *guard;
  GHashTable *extensions; /* name → GObject */
  GString *log;
};

struct _TestExtension {
  GObject parent_instance;

  TestInterception *room;
  char *name;
  char *mood;
  char *endpoint;
  AhoyIdentifyDeferral *identify_deferral;
  AhoyAuthDeferral *auth_deferral;
};

static void interceptor_iface_init (AhoyInterceptorInterface *iface);
static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);
static void authenticator_iface_init (AhoyAuthenticatorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    TestExtension, test_extension, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR, interceptor_iface_init)
        G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER, identifier_iface_init)
            G_IMPLEMENT_INTERFACE (AHOY_TYPE_AUTHENTICATOR, authenticator_iface_init))

static gboolean
feels (TestExtension *self, const char *mood)
{
  return g_str_equal (self->mood, mood);
}

static void
note (TestExtension *self, const char *what, AhoyMessage *message)
{
  g_string_append_printf (self->room->log, "%s %s %s\n", self->name, what,
                          ahoy_message_get_method (message));
}

static AhoyInterceptorVerdict
incoming_request (AhoyInterceptor *interceptor, AhoyMessage *request,
                  AhoyServerTransaction *transaction)
{
  TestExtension *self = TEST_EXTENSION (interceptor);
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  g_autofree char *what =
      g_strdup_printf ("request%s%s", endpoint != NULL ? " of " : "",
                       endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : "");

  note (self, what, request);
  if (feels (self, "answer") && transaction != NULL) {
    ahoy_server_transaction_reject (transaction, 486, NULL);
    return AHOY_INTERCEPTOR_ANSWERED;
  }
  if (feels (self, "slow")) {
    gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_MILLISECOND;

    while (g_get_monotonic_time () < end) {
    }
  }
  return feels (self, "fail")   ? AHOY_INTERCEPTOR_FAILED
         : feels (self, "lie")  ? AHOY_INTERCEPTOR_ANSWERED
         : feels (self, "drop") ? AHOY_INTERCEPTOR_DROP
                                : AHOY_INTERCEPTOR_CONTINUE;
}

static AhoyInterceptorVerdict
see (TestExtension *self, const char *what, AhoyMessage *message)
{
  note (self, what, message);
  if (!ahoy_message_is_incoming (message)) {
    ahoy_message_add_header (message, "X-Passed", self->name, NULL);
  }
  return feels (self, "fail-seeing")   ? AHOY_INTERCEPTOR_FAILED
         : feels (self, "drop-seeing") ? AHOY_INTERCEPTOR_DROP
                                       : AHOY_INTERCEPTOR_CONTINUE;
}

static AhoyInterceptorVerdict
incoming_response (AhoyInterceptor *interceptor, AhoyMessage *message)
{
  return see (TEST_EXTENSION (interceptor), "response", message);
}

static AhoyInterceptorVerdict
outgoing_request (AhoyInterceptor *interceptor, AhoyMessage *message)
{
  return see (TEST_EXTENSION (interceptor), "sent-request", message);
}

static AhoyInterceptorVerdict
outgoing_response (AhoyInterceptor *interceptor, AhoyMessage *message)
{
  return see (TEST_EXTENSION (interceptor), "sent-response", message);
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = incoming_request;
  iface->incoming_response = incoming_response;
  iface->outgoing_request = outgoing_request;
  iface->outgoing_response = outgoing_response;
}

static AhoyEndpoint *
find_endpoint (TestExtension *self)
{
  return self->endpoint != NULL
             ? ahoy_endpoint_registry_lookup (self->room->endpoints, self->endpoint)
             : NULL;
}

static AhoyEndpoint *
identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  TestExtension *self = TEST_EXTENSION (identifier);
  AhoyEndpoint *endpoint = find_endpoint (self);

  note (self, "identify", request);
  if (feels (self, "defer")) {
    g_clear_object (&self->identify_deferral);
    self->identify_deferral =
        ahoy_identification_defer (self->room->identification, request, 400, NULL);
    return NULL;
  }
  return endpoint != NULL ? g_object_ref (endpoint) : NULL;
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = identify;
}

static AhoyAuthRequirement
requires_authentication (AhoyAuthenticator *authenticator, AhoyMessage *request,
                         AhoyEndpoint *endpoint)
{
  return feels (TEST_EXTENSION (authenticator), "not-required") ? AHOY_AUTH_NOT_REQUIRED
                                                                : AHOY_AUTH_REQUIRED;
}

static AhoyAuthResult
authenticate_request (AhoyAuthenticator *authenticator, AhoyServerTransaction *transaction,
                      AhoyEndpoint *endpoint)
{
  TestExtension *self = TEST_EXTENSION (authenticator);

  note (self, endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : "nobody",
        ahoy_server_transaction_get_request (transaction));
  if (feels (self, "defer")) {
    g_clear_object (&self->auth_deferral);
    self->auth_deferral =
        ahoy_authentication_defer (self->room->authentication, transaction, 400, NULL);
    return AHOY_AUTH_SUCCESS; /* does not count */
  }
  if (feels (self, "challenge")) {
    g_autoptr (AhoyMessage) response =
        ahoy_server_transaction_create_response (transaction, 401, NULL);

    ahoy_message_set_header (response, "WWW-Authenticate",
                             "Digest realm=\"test\", nonce=\"once\"", NULL);
    ahoy_server_transaction_respond (transaction, response, NULL);
  }
  return feels (self, "challenge") || feels (self, "lie") ? AHOY_AUTH_CHALLENGE_SENT
         : feels (self, "success")                        ? AHOY_AUTH_SUCCESS
         : feels (self, "no-need")                        ? AHOY_AUTH_NO_NEED
                                                          : AHOY_AUTH_FAILED;
}

static void
authenticator_iface_init (AhoyAuthenticatorInterface *iface)
{
  iface->requires_authentication = requires_authentication;
  iface->authenticate_request = authenticate_request;
}

static void
test_extension_finalize (GObject *object)
{
  TestExtension *self = TEST_EXTENSION (object);

  g_clear_object (&self->identify_deferral);
  g_clear_object (&self->auth_deferral);
  g_free (self->name);
  g_free (self->mood);
  g_free (self->endpoint);
  G_OBJECT_CLASS (test_extension_parent_class)->finalize (object);
}

static void
test_extension_class_init (TestExtensionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_extension_finalize;
}

static void
test_extension_init (TestExtension *self)
{
  self->mood = g_strdup ("");
}

/* -- the room ------------------------------------------------------------------------------- */

static void
on_session_added (AhoySessionService *sessions, AhoySession *session, gpointer user_data)
{
  ahoy_overload_guard_begin_session (((TestInterception *) user_data)->guard);
}

static void
on_session_removed (AhoySessionService *sessions, AhoySession *session, gpointer user_data)
{
  ahoy_overload_guard_end_session (((TestInterception *) user_data)->guard);
}

TestInterception *
test_interception_new (AhoyStack *stack, AhoySessionService *sessions)
{
  TestInterception *self = g_new0 (TestInterception, 1);

  self->stack = stack;
  self->chain = ahoy_interception_new (stack);
  self->identification = ahoy_identification_new (self->chain);
  self->authentication = ahoy_authentication_new (self->chain);
  self->endpoints = ahoy_endpoint_registry_new ();
  self->guard = ahoy_overload_guard_new (stack);
  self->extensions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->log = g_string_new (NULL);
  g_signal_connect (sessions, "session-added", G_CALLBACK (on_session_added), self);
  g_signal_connect (sessions, "session-removed", G_CALLBACK (on_session_removed), self);
  return self;
}

void
test_interception_free (TestInterception *self)
{
  g_object_unref (self->chain);
  g_object_unref (self->identification);
  g_object_unref (self->authentication);
  g_object_unref (self->endpoints);
  g_object_unref (self->guard);
  g_hash_table_unref (self->extensions);
  g_string_free (self->log, TRUE);
  g_free (self);
}

static GObject *
make_extension (TestInterception *self, const char *kind, const char *name)
{
  TestExtension *extension;

  if (g_str_equal (kind, "username")) {
    return G_OBJECT (ahoy_username_identifier_new (self->endpoints));
  }
  if (g_str_equal (kind, "ip")) {
    return G_OBJECT (ahoy_address_identifier_new (self->endpoints));
  }
  if (g_str_equal (kind, "anonymous")) {
    return G_OBJECT (ahoy_anonymous_identifier_new (self->endpoints));
  }
  extension = g_object_new (TEST_TYPE_EXTENSION, NULL);
  extension->room = self;
  extension->name = g_strdup (name);
  return G_OBJECT (extension);
}

/* “add”: role, name, kind, before, after */
static void
add (TestInterception *self, JsonObject *command, GError **error)
{
  const char *role = json_object_get_string_member (command, "role");
  const char *name = json_object_get_string_member (command, "name");
  const char *before[] = { json_object_get_string_member_with_default (command, "before", NULL),
                           NULL };
  GObject *extension = make_extension (
      self, json_object_get_string_member_with_default (command, "kind", ""), name);

  g_hash_table_insert (self->extensions, g_strdup (name), extension);
  if (g_str_equal (role, "interceptor")) {
    ahoy_interception_add (self->chain, AHOY_INTERCEPTOR (extension), name, before, NULL, NULL,
                           error);
  } else if (g_str_equal (role, "identifier")) {
    ahoy_identification_add_identifier (self->identification, AHOY_ENDPOINT_IDENTIFIER (extension),
                                        name, before, NULL, error);
  } else {
    ahoy_authentication_add_authenticator (self->authentication, AHOY_AUTHENTICATOR (extension),
                                           name, before, NULL, error);
  }
}

static void
remove_extension (TestInterception *self, const char *name)
{
  GObject *extension = g_hash_table_lookup (self->extensions, name);

  if (extension == NULL) {
    return;
  }
  if (!(AHOY_IS_INTERCEPTOR (extension) &&
        ahoy_interception_remove (self->chain, AHOY_INTERCEPTOR (extension))) &&
      !(AHOY_IS_AUTHENTICATOR (extension) &&
        ahoy_authentication_remove_authenticator (self->authentication,
                                                  AHOY_AUTHENTICATOR (extension)))) {
    ahoy_identification_remove_identifier (self->identification,
                                           AHOY_ENDPOINT_IDENTIFIER (extension));
  }
  g_hash_table_remove (self->extensions, name);
}

/* “stage”: puts the built-in interceptor of that name into the chain */
static void
add_stage (TestInterception *self, const char *name, GError **error)
{
  static const char *const all[] = { "identify", "authenticate", NULL };
  static const char *const after[] = { "identify", NULL };

  if (g_str_equal (name, "overload")) {
    ahoy_interception_add (self->chain, AHOY_INTERCEPTOR (self->guard), name, all, NULL, NULL,
                           error);
  } else if (g_str_equal (name, "identify")) {
    ahoy_interception_add (self->chain, AHOY_INTERCEPTOR (self->identification), name, NULL, NULL,
                           NULL, error);
  } else {
    ahoy_interception_add (self->chain, AHOY_INTERCEPTOR (self->authentication), name, NULL, after,
                           NULL, error);
  }
}

/* “endpoint”: name, keys (an object of texts) */
static void
add_endpoint (TestInterception *self, JsonObject *command, GError **error)
{
  g_autoptr (AhoyEndpointConfig) config =
      ahoy_endpoint_config_new (json_object_get_string_member (command, "name"));
  JsonObject *keys = json_object_get_object_member (command, "keys");
  g_autoptr (GList) names = json_object_get_members (keys);
  g_autoptr (AhoyEndpoint) endpoint = NULL;

  for (GList *at = names; at != NULL; at = at->next) {
    if (!ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), at->data,
                                      json_object_get_string_member (keys, at->data), error)) {
      return;
    }
  }
  endpoint = ahoy_endpoint_new (config);
  ahoy_endpoint_registry_add (self->endpoints, endpoint, error);
}

/* “mood”: name, mood, endpoint */
static void
set_mood (TestInterception *self, JsonObject *command)
{
  TestExtension *extension =
      g_hash_table_lookup (self->extensions, json_object_get_string_member (command, "name"));

  g_free (extension->mood);
  g_free (extension->endpoint);
  extension->mood =
      g_strdup (json_object_get_string_member_with_default (command, "mood", ""));
  extension->endpoint =
      g_strdup (json_object_get_string_member_with_default (command, "endpoint", NULL));
}

/* “resolve”: name, endpoint or result; whether anything waited */
static gboolean
resolve (TestInterception *self, JsonObject *command)
{
  TestExtension *extension =
      g_hash_table_lookup (self->extensions, json_object_get_string_member (command, "name"));
  const char *name = json_object_get_string_member_with_default (command, "endpoint", NULL);
  gint64 result = json_object_get_int_member_with_default (command, "result", 0);

  if (extension->auth_deferral != NULL) {
    return ahoy_auth_deferral_resolve (extension->auth_deferral, (AhoyAuthResult) result);
  }
  return extension->identify_deferral != NULL &&
         ahoy_identify_deferral_resolve (
             extension->identify_deferral,
             name != NULL ? ahoy_endpoint_registry_lookup (self->endpoints, name) : NULL);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text != NULL ? text : "");
}

static void
add_variant (JsonBuilder *builder, const char *name, GVariant *variant)
{
  g_autoptr (GVariant) hold = variant;
  g_autofree char *text = g_variant_print (hold, FALSE);

  add_text (builder, name, text);
}

static void
report (TestInterception *self, JsonBuilder *builder)
{
  gboolean unguarded;

  g_object_get (self->authentication, "unguarded", &unguarded, NULL);
  add_variant (builder, "chain", ahoy_interception_get_statistics (self->chain));
  add_variant (builder, "auth", ahoy_authentication_get_statistics (self->authentication));
  add_variant (builder, "guard", ahoy_overload_guard_get_statistics (self->guard));
  add_variant (builder, "unidentified",
               ahoy_identification_list_unidentified (self->identification));
  add_text (builder, "log", self->log->str);
  json_builder_set_member_name (builder, "slow");
  json_builder_add_int_value (builder, (gint64) ahoy_extension_registry_get_slow_calls (
                                           ahoy_stack_get_extensions (self->stack)));
  json_builder_set_member_name (builder, "overloaded");
  json_builder_add_boolean_value (builder, ahoy_overload_guard_is_overloaded (self->guard));
  json_builder_set_member_name (builder, "unguarded");
  json_builder_add_boolean_value (builder, unguarded);
  g_string_truncate (self->log, 0);
}

static void
run (TestInterception *self, const char *what, JsonObject *command, JsonBuilder *builder,
     GError **error)
{
  const char *name = json_object_get_string_member_with_default (command, "name", "");

  if (g_str_equal (what, "add")) {
    add (self, command, error);
  } else if (g_str_equal (what, "remove")) {
    remove_extension (self, name);
  } else if (g_str_equal (what, "stage")) {
    add_stage (self, name, error);
  } else if (g_str_equal (what, "endpoint")) {
    add_endpoint (self, command, error);
  } else if (g_str_equal (what, "endpoint-state")) {
    AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (self->endpoints, name);

    json_builder_set_member_name (builder, "sessions");
    json_builder_add_int_value (builder, ahoy_endpoint_get_active_sessions (endpoint));
  } else if (g_str_equal (what, "mood")) {
    set_mood (self, command);
  } else if (g_str_equal (what, "resolve")) {
    json_builder_set_member_name (builder, "waited");
    json_builder_add_boolean_value (builder, resolve (self, command));
  } else if (g_str_equal (what, "unknown")) {
    g_object_set (self->identification, "unknown-status",
                  (guint) json_object_get_int_member (command, "status"), NULL);
  } else if (g_str_equal (what, "guard")) {
    g_object_set (self->guard, name, (guint) json_object_get_int_member (command, "value"), NULL);
  } else {
    report (self, builder);
  }
}

JsonBuilder *
test_interception_command (TestInterception *self, const char *name, JsonObject *command)
{
  JsonBuilder *builder = json_builder_new ();
  g_autoptr (GError) error = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "event", name);
  run (self, name + strlen ("chain-"), command, builder, &error);
  add_text (builder, "error", error != NULL ? error->message : NULL);
  json_builder_end_object (builder);
  return builder;
}
