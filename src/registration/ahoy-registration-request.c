/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-private.h"

#include "ahoy-endpoint-config.h"
#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-request-private.h"

/* The REGISTER of a registration: who asks whom, and where we are. */

static AhoyConfigObject *
config_of (AhoyRegistration *self)
{
  return AHOY_CONFIG_OBJECT (self->config);
}

static const char *
text_of (AhoyConfigObject *config, const char *key)
{
  const char *text = config != NULL ? ahoy_config_object_get_string (config, key) : NULL;

  return text != NULL && *text != '\0' ? text : NULL;
}

/* The endpoint that the configuration names, with what it says; NULL when there is none. */
static AhoyEndpoint *
find_endpoint (AhoyRegistration *self)
{
  const char *name = text_of (config_of (self), "endpoint");

  return name != NULL && self->service != NULL
             ? ahoy_registration_service_find_endpoint (self->service, name)
             : NULL;
}

static AhoyConfigObject *
find_endpoint_config (AhoyRegistration *self)
{
  AhoyEndpoint *endpoint = find_endpoint (self);

  return endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;
}

static GPtrArray *
read_uris (AhoyConfigObject *config, const char *key)
{
  g_autofree char *text = config != NULL ? ahoy_config_object_dup_text (config, key) : NULL;

  return text != NULL && *text != '\0' ? ahoy_name_addr_parse_list (text, NULL) : NULL;
}

static void
server_free (gpointer data)
{
  AhoyRegistrationServer *server = data;

  g_free (server->uri);
  g_free (server);
}

/* The accounts of the registration itself, as those of an endpoint that nobody sees. */
static AhoyEndpoint *
make_account (AhoyRegistration *self)
{
  AhoyConfigObject *config = config_of (self);
  const char *const *auths = ahoy_config_object_get_list (config, "outbound-auths");
  g_autoptr (AhoyEndpointConfig) account = NULL;

  if (text_of (config, "outbound-username") == NULL && (auths == NULL || auths[0] == NULL)) {
    return NULL;
  }
  account = ahoy_endpoint_config_new (ahoy_config_object_get_name (config));
  g_object_set (account, "outbound-username", text_of (config, "outbound-username"),
                "outbound-password", text_of (config, "outbound-password"), "outbound-auths", auths,
                NULL);
  ahoy_config_object_seal (AHOY_CONFIG_OBJECT (account));
  return ahoy_endpoint_new (account);
}

/* The first account with a password becomes one of the registration itself: where that came from
 * may be gone when the server asks. */
void
ahoy_registration_keep_account (AhoyRegistration *self, AhoyAuthRegistry *accounts)
{
  AhoyEndpoint *owner = self->account != NULL ? self->account : find_endpoint (self);
  g_autoptr (GPtrArray) list =
      owner != NULL ? ahoy_auth_registry_list_outbound_for (accounts, owner) : NULL;

  for (guint i = 0; list != NULL && i < list->len; i++) {
    AhoyConfigObject *auth = AHOY_CONFIG_OBJECT (list->pdata[i]);
    g_autoptr (AhoyEndpointConfig) config = NULL;

    if (text_of (auth, "password") == NULL || text_of (auth, "username") == NULL) {
      continue;
    }
    config = ahoy_endpoint_config_new (ahoy_registration_get_name (self));
    g_object_set (config, "outbound-username", text_of (auth, "username"), "outbound-password",
                  text_of (auth, "password"), NULL);
    ahoy_config_object_seal (AHOY_CONFIG_OBJECT (config));
    g_clear_object (&self->account);
    self->account = ahoy_endpoint_new (config);
    return;
  }
}

/* The servers of another configuration, where nothing is registered with those of this one. */
void
ahoy_registration_read_servers (AhoyRegistration *self)
{
  g_autoptr (GPtrArray) list = read_uris (config_of (self), "server");

  g_clear_pointer (&self->servers, g_ptr_array_unref);
  self->servers = g_ptr_array_new_with_free_func (server_free);
  for (guint i = 0; list != NULL && i < list->len; i++) {
    AhoyRegistrationServer *server = g_new0 (AhoyRegistrationServer, 1);

    server->uri = ahoy_uri_to_string (ahoy_name_addr_get_uri (list->pdata[i]));
    g_ptr_array_add (self->servers, server);
  }
  self->server = 0;
  self->origin = -1;
  g_clear_pointer (&self->moved, g_free);
}

/* What else follows from another configuration. */
void
ahoy_registration_read_config (AhoyRegistration *self)
{
  AhoyConfigObject *config = config_of (self);

  g_clear_object (&self->account);
  self->account = make_account (self);
  g_clear_pointer (&self->line, g_free);
  if (ahoy_config_object_get_boolean (config, "line") && self->service != NULL) {
    self->line = ahoy_registration_service_get_line (self->service,
                                                     ahoy_config_object_get_name (config),
                                                     text_of (config, "endpoint"));
  }
}

/* The address of record. */
static char *
make_client (AhoyRegistration *self)
{
  AhoyRegistrationServer *server = self->servers->pdata[0];
  AhoyConfigObject *config = config_of (self);
  AhoyConfigObject *endpoint = find_endpoint_config (self);
  g_autoptr (GPtrArray) given = read_uris (config, "client");
  const char *user = text_of (endpoint, "from-user");
  const char *domain = text_of (endpoint, "from-domain");
  g_autoptr (AhoyUri) uri = NULL;
  g_autoptr (AhoyNameAddr) address = NULL;

  if (given != NULL && given->len > 0) {
    return ahoy_name_addr_to_string (given->pdata[0]);
  }
  user = user != NULL ? user : text_of (config, "outbound-username");
  user = user != NULL ? user : text_of (endpoint, "outbound-username");
  user = user != NULL ? user : text_of (config, "endpoint");
  if (domain != NULL) {
    g_autofree char *text = g_strconcat ("sip:", domain, NULL);

    uri = ahoy_uri_parse (text, NULL);
  }
  if (uri == NULL) {
    g_autoptr (AhoyUri) first = ahoy_uri_parse (server->uri, NULL);

    uri = first != NULL ? ahoy_uri_new_sip (NULL, ahoy_uri_get_host (first), 0) : NULL;
  }
  if (uri != NULL && user != NULL) {
    g_autoptr (AhoyUri) with_user = ahoy_uri_with_user (uri, user);

    address = ahoy_name_addr_new (NULL, with_user);
  }
  return address != NULL ? ahoy_name_addr_to_string (address) : NULL;
}

/* RFC 3261 §10.2: the Request-URI is the domain of the server, without a user. */
static AhoyUri *
make_target (AhoyRegistration *self, GError **error)
{
  AhoyRegistrationServer *server = self->servers->pdata[self->server];
  g_autoptr (AhoyUri) given =
      ahoy_uri_parse (self->moved != NULL ? self->moved : server->uri, error);
  g_autoptr (AhoyUri) bare = given != NULL ? ahoy_uri_without_headers (given) : NULL;

  return bare != NULL ? ahoy_uri_with_user (bare, NULL) : NULL;
}

static gboolean
add_route (AhoyRegistration *self, AhoyMessage *request, GError **error)
{
  g_autoptr (GPtrArray) proxies = read_uris (config_of (self), "outbound-proxy");

  if (proxies == NULL) {
    proxies = read_uris (find_endpoint_config (self), "outbound-proxy");
  }
  for (guint i = 0; proxies != NULL && i < proxies->len; i++) {
    g_autoptr (AhoyUri) loose =
        ahoy_uri_with_param (ahoy_name_addr_get_uri (proxies->pdata[i]), "lr", NULL);
    g_autofree char *uri = ahoy_uri_to_string (loose);
    g_autofree char *value = g_strconcat ("<", uri, ">", NULL);

    if (!ahoy_message_add_header (request, "Route", value, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
add_headers (AhoyRegistration *self, AhoyMessage *request, gint64 expires, GError **error)
{
  AhoyConfigObject *config = config_of (self);
  gboolean path = ahoy_config_object_get_boolean (config, "support-path");
  gboolean outbound = ahoy_config_object_get_boolean (config, "support-outbound");
  const char *program = text_of (config, "user-agent");
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, expires);

  if (!ahoy_message_set_header (request, "Expires", time, error)) {
    return FALSE;
  }
  /* RFC 5626 §4.2.1: who does outbound does Path. */
  if ((path || outbound) &&
      !ahoy_message_add_header (request, "Supported", outbound ? "path, outbound" : "path",
                                error)) {
    return FALSE;
  }
  return program == NULL || ahoy_message_set_header (request, "User-Agent", program, error);
}

static AhoyMessage *
make_message (AhoyRegistration *self, const char *method, GError **error)
{
  g_autoptr (AhoyUri) target = make_target (self, error);
  g_autofree char *uri = target != NULL ? ahoy_uri_to_string (target) : NULL;
  g_autofree char *client = target != NULL ? make_client (self) : NULL;
  g_autoptr (AhoyMessage) request = NULL;
  AhoyEndpoint *account;

  if (target == NULL) {
    return NULL;
  }
  if (client == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "Registration “%s”: it is not known what to register; add client",
                 ahoy_registration_get_name (self));
    return NULL;
  }
  request = ahoy_stack_create_request (self->stack, method, uri, client, client, error);
  if (request == NULL || !add_route (self, request, error)) {
    return NULL;
  }
  account = self->account != NULL ? self->account : find_endpoint (self);
  if (account != NULL) {
    ahoy_message_set_endpoint (request, account);
  }
  return g_steal_pointer (&request);
}

/* Everything but Contact, which depends on the way that the request takes. */
AhoyMessage *
ahoy_registration_make_request (AhoyRegistration *self, gint64 expires, GError **error)
{
  g_autoptr (AhoyMessage) request = make_message (self, "REGISTER", error);

  if (request == NULL || !add_headers (self, request, expires, error)) {
    return NULL;
  }
  ahoy_request_set_number (request, self->call_id, ++self->cseq);
  return g_steal_pointer (&request);
}

/* Asks the server whether the way to it is still open. */
AhoyMessage *
ahoy_registration_make_ping (AhoyRegistration *self, GError **error)
{
  return make_message (self, "OPTIONS", error);
}

static char *
find_contact_user (AhoyRegistration *self, AhoyMessage *request)
{
  const char *user = text_of (config_of (self), "contact-user");
  g_autofree char *client = ahoy_message_dup_to_uri (request);
  g_autoptr (AhoyUri) uri = client != NULL ? ahoy_uri_parse (client, NULL) : NULL;

  if (user != NULL || uri == NULL) {
    return g_strdup (user);
  }
  return g_strdup (ahoy_uri_get_user (uri));
}

static AhoyUri *
take_uri (AhoyUri *old, AhoyUri *new)
{
  ahoy_uri_unref (old);
  return new;
}

/* Where the server reaches us, by the listener that the request leaves by. */
static AhoyUri *
make_contact_uri (AhoyRegistration *self, AhoyMessage *request, const char *listener)
{
  g_autofree char *user = find_contact_user (self, request);
  g_autofree char *target = ahoy_message_dup_request_uri (request);
  gboolean secure = g_ascii_strncasecmp (target, "sips:", 5) == 0; /* RFC 3261 §8.1.1.8 */
  g_autofree char *text = ahoy_stack_make_contact (self->stack, listener, user, secure);
  g_autoptr (AhoyNameAddr) address = text != NULL ? ahoy_name_addr_parse (text, NULL) : NULL;
  AhoyUri *uri;

  if (address == NULL) {
    return NULL;
  }
  uri = ahoy_uri_ref (ahoy_name_addr_get_uri (address));
  if (self->learned != NULL) {
    guint port = self->learned_port != 0 ? self->learned_port : ahoy_uri_get_port (uri);

    uri = take_uri (uri, ahoy_uri_with_host (uri, self->learned, port));
  }
  if (self->line != NULL) {
    uri = take_uri (uri, ahoy_uri_with_param (uri, "line", self->line));
  }
  if (ahoy_config_object_get_boolean (config_of (self), "support-outbound")) {
    uri = take_uri (uri, ahoy_uri_with_param (uri, "ob", NULL));
  }
  return uri;
}

/* RFC 5626 §4.2.1: the device and the flow; one flow for each registration. */
static void
append_instance (AhoyRegistration *self, GString *contact)
{
  g_autofree char *instance = NULL;

  if (!ahoy_config_object_get_boolean (config_of (self), "support-outbound") ||
      self->service == NULL) {
    return;
  }
  instance = ahoy_registration_service_get_instance (self->service);
  g_string_append_printf (contact, ";+sip.instance=\"<%s>\";reg-id=1", instance);
}

void
ahoy_registration_add_contact (AhoyRegistration *self, AhoyMessage *request, const char *listener)
{
  const char *const *params = ahoy_config_object_get_list (config_of (self), "contact-params");
  g_autoptr (AhoyUri) uri = make_contact_uri (self, request, listener);
  g_autoptr (GString) contact = NULL;

  if (uri == NULL) {
    return;
  }
  g_free (self->contact);
  self->contact = ahoy_uri_to_string (uri);
  contact = g_string_new (NULL);
  g_string_append_printf (contact, "<%s>", self->contact);
  for (gsize i = 0; params != NULL && params[i] != NULL; i++) {
    g_string_append_printf (contact, ";%s", params[i]);
  }
  append_instance (self, contact);
  ahoy_message_set_header (request, "Contact", contact->str, NULL);
}

/*
 * Whether the server sees us elsewhere than Contact said, and we want Contact to say that. The port
 * of a stream is that of one connection, and nobody can be called there; that of a datagram is the
 * one that a NAT keeps open.
 */
gboolean
ahoy_registration_learn (AhoyRegistration *self, const AhoyRegistrationAnswer *answer)
{
  g_autoptr (AhoyUri) contact = self->contact != NULL ? ahoy_uri_parse (self->contact, NULL) : NULL;
  const char *transport = contact != NULL ? ahoy_uri_get_transport (contact) : NULL;
  gboolean stream = g_strcmp0 (transport, "tcp") == 0;
  guint port = stream ? 0 : answer->received_port;
  const char *host = contact != NULL ? ahoy_uri_get_host (contact) : NULL;

  if (!ahoy_config_object_get_boolean (config_of (self), "learn-address") || host == NULL ||
      (answer->received == NULL && port == 0)) {
    return FALSE;
  }
  if ((answer->received == NULL || g_ascii_strcasecmp (answer->received, host) == 0) &&
      (port == 0 || port == ahoy_uri_get_port (contact))) {
    return FALSE;
  }
  g_free (self->learned);
  self->learned = g_strdup (answer->received != NULL ? answer->received : host);
  self->learned_port = port;
  return TRUE;
}
