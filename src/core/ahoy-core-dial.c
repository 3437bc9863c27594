/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-core-private.h"
#include "ahoy-endpoint-config.h"
#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-uri.h"

/* Calls that an endpoint makes: what is called, and what stands in From. */

/* Whoever calls @target: the endpoint of that name, or the one that out-routes choose. */
static AhoyEndpoint *
find_endpoint (AhoyCore *self, const char *name, const char *target, GError **error)
{
  gboolean chosen = *name == '\0';
  g_autofree char *choice =
      chosen ? ahoy_core_choose_endpoint (self, target, NULL, error) : g_strdup (name);
  AhoyEndpoint *endpoint;

  if (choice == NULL) {
    return NULL;
  }
  endpoint = ahoy_endpoint_registry_lookup (self->endpoints, choice);
  if (endpoint == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 chosen ? "The default endpoint “%s” does not exist; add it, or change "
                          "default-endpoint"
                        : "There is no endpoint “%s”",
                 choice);
  }
  return endpoint;
}

/* The domain of an endpoint: what its configuration says, else where we listen. */
char *
ahoy_core_find_domain (AhoyCore *self, AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config =
      endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;
  const char *domain =
      config != NULL ? ahoy_config_object_get_string (config, "from-domain") : NULL;
  AhoyTransport *first;
  const char *address;

  if (domain != NULL && *domain != '\0') {
    return g_strdup (domain);
  }
  if (self->transports->len == 0) {
    return g_strdup ("anonymous.invalid");
  }
  first = self->transports->pdata[0];
  address = ahoy_transport_get_address (first);
  return g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address,
                          ahoy_transport_get_port (first));
}

/* RFC 3261 §19.1.1: a user part, with what it may not hold escaped. */
static char *
escape_user (const char *user)
{
  return g_uri_escape_string (user, "!$&'()*+,;=-_.~?/", FALSE);
}

/* A URI that can be called or written to; NULL with an error for any other. */
static AhoyUri *
parse_uri (const char *text, GError **error)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (text, error);

  if (uri == NULL) {
    return NULL;
  }
  if (ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_OTHER) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” cannot be called; write a sip, sips or tel URI", text);
    return NULL;
  }
  if (ahoy_uri_get_port (uri) > G_MAXUINT16) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” has the port %u; write one of 1 to 65535", text, ahoy_uri_get_port (uri));
    return NULL;
  }
  return g_steal_pointer (&uri);
}

/* Where the numbers that an endpoint calls are reached: its contact, its proxy, its domain. */
static AhoyUri *
find_gateway (AhoyEndpoint *endpoint)
{
  static const char *const keys[] = { "contact", "outbound-proxy" };
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  const char *domain = ahoy_config_object_get_string (config, "from-domain");

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *text = ahoy_config_object_dup_text (config, keys[i]);
    g_autoptr (GPtrArray) list =
        text != NULL && *text != '\0' ? ahoy_name_addr_parse_list (text, NULL) : NULL;

    if (list != NULL && list->len > 0) {
      return ahoy_uri_ref (ahoy_name_addr_get_uri (list->pdata[0]));
    }
  }
  if (domain != NULL && *domain != '\0') {
    g_autofree char *text = g_strconcat ("sip:", domain, NULL);

    return ahoy_uri_parse (text, NULL);
  }
  return NULL;
}

/* RFC 3261 §19.1.6: a tel URI says nobody's host, so somebody else has to. */
static char *
complete_number (AhoyEndpoint *endpoint, AhoyUri *number, GError **error)
{
  g_autofree char *shown = ahoy_uri_to_string (number);
  g_autoptr (AhoyUri) gateway = NULL;
  g_autoptr (AhoyUri) uri = NULL;

  if (endpoint == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” says no host, and there is no endpoint that would; name one, or write a URI "
                 "such as sip:%s@example.org;user=phone",
                 shown, ahoy_uri_get_number (number));
    return NULL;
  }
  gateway = find_gateway (endpoint);
  if (gateway == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” says no host, and neither does the endpoint “%s”; add contact, "
                 "outbound-proxy or from-domain to it",
                 shown, ahoy_endpoint_get_name (endpoint));
    return NULL;
  }
  uri = ahoy_uri_with_number (gateway, number);
  return uri != NULL ? ahoy_uri_to_string (uri) : NULL;
}

/* What of a target rules may rewrite: a number or a user name, or the number of a tel URI, but not
 * an address that names its host. */
static char *
rewrite_target (AhoyCore *self, AhoyEndpoint *endpoint, const char *target)
{
  const char *name = endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL;
  gboolean tel = g_ascii_strncasecmp (target, "tel:", 4) == 0;
  g_autofree char *number = NULL;

  if (tel && strpbrk (target, ";<>\"@ ") == NULL) {
    number = ahoy_number_rewriter_rewrite (self->rewriter, name, target + 4, NULL);
    return g_strconcat ("tel:", number, NULL);
  }
  return strpbrk (target, ":@<>\"") == NULL
             ? ahoy_number_rewriter_rewrite (self->rewriter, name, target, NULL)
             : g_strdup (target);
}

/* A URI stays; a number gets the host of the endpoint, and a user name its domain. */
static char *
complete_target (AhoyCore *self, AhoyEndpoint *endpoint, const char *given, GError **error)
{
  g_autofree char *target = rewrite_target (self, endpoint, given);
  g_autofree char *domain = NULL;
  g_autofree char *user = NULL;
  g_autoptr (AhoyUri) uri = NULL;

  if (strchr (target, ':') != NULL || strchr (target, '@') != NULL || *target == '\0' ||
      strpbrk (target, " <>\"") != NULL) {
    uri = parse_uri (target, error);
    if (uri != NULL && ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL) {
      return complete_number (endpoint, uri, error);
    }
    return uri != NULL ? g_steal_pointer (&target) : NULL;
  }
  if (endpoint == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is a user name, and there is no endpoint to complete it; write a URI such "
                 "as sip:%s@example.org",
                 target, target);
    return NULL;
  }
  domain = ahoy_core_find_domain (self, endpoint);
  user = escape_user (target);
  return g_strdup_printf ("sip:%s@%s", user, domain);
}

/* Only what an out-route says: the default endpoint is for what people write, not for steps whose
 * target is a mistake. */
char *
ahoy_core_resolve_number (const char *number, gpointer user_data)
{
  AhoyCore *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *route = NULL;
  g_autofree char *name = ahoy_core_choose_endpoint (self, number, &route, &error);
  g_autofree char *uri = NULL;

  if (name != NULL && route != NULL) {
    uri = complete_target (self, ahoy_endpoint_registry_lookup (self->endpoints, name), number,
                           &error);
  }
  if (error != NULL) {
    g_message ("A route cannot call “%s”: %s", number, error->message);
  }
  return uri != NULL ? g_strconcat (name, "/", uri, NULL) : NULL;
}

/* The user part of From: from-user, the number in caller-id, the account, the endpoint's name. */
static char *
find_user (AhoyEndpoint *endpoint, char **name)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  const char *user = ahoy_config_object_get_string (config, "from-user");
  const char *caller = ahoy_config_object_get_string (config, "caller-id");
  const char *open = caller != NULL ? strrchr (caller, '<') : NULL;
  const char *close = open != NULL ? strchr (open, '>') : NULL;

  *name = ahoy_endpoint_dup_display_name (endpoint);
  if (user != NULL && *user != '\0') {
    return g_strdup (user);
  }
  if (close != NULL && close > open + 1) {
    return g_strndup (open + 1, (gsize) (close - open - 1));
  }
  user = ahoy_config_object_get_string (config, "username");
  return g_strdup (user != NULL && *user != '\0' ? user : ahoy_endpoint_get_name (endpoint));
}

static char *
make_from (AhoyCore *self, AhoyEndpoint *endpoint, GError **error)
{
  g_autofree char *domain = NULL;
  g_autofree char *name = NULL;
  g_autofree char *user = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *text = NULL;
  g_autoptr (AhoyUri) uri = NULL;
  g_autoptr (AhoyNameAddr) address = NULL;

  if (endpoint == NULL) {
    return g_strdup ("sip:anonymous@anonymous.invalid"); /* RFC 3323 §4.1.1.3 */
  }
  domain = ahoy_core_find_domain (self, endpoint);
  user = find_user (endpoint, &name);
  escaped = escape_user (user);
  text = g_strdup_printf ("sip:%s@%s", escaped, domain);
  uri = ahoy_uri_parse (text, error);
  if (uri == NULL) {
    return NULL;
  }
  address = ahoy_name_addr_new (name != NULL && *name != '\0' ? name : NULL, uri);
  return ahoy_name_addr_to_string (address);
}

/* RFC 3608 §5: the way that the server of the endpoint's registration told us; NULL for none. */
static char *
find_service_route (AhoyCore *self, AhoyConfigObject *config)
{
  AhoyRegistration *registration =
      config != NULL ? ahoy_registration_service_lookup_for (self->registrations,
                                                             ahoy_config_object_get_name (config))
                     : NULL;
  const char *const *route =
      registration != NULL ? ahoy_registration_get_service_route (registration) : NULL;

  return route != NULL && route[0] != NULL ? g_strjoinv (", ", (char **) route) : NULL;
}

/* The way of the registration, or the proxies that the endpoint names, if there is one, or else its
 * address of record, or else core. */
static char *
find_proxies (AhoyCore *self, AhoyConfigObject *config, const char *aor)
{
  g_autofree char *service_route = find_service_route (self, config);
  AhoyConfigObject *const places[] = {
    config,
    aor != NULL ? ahoy_location_get_aor_config (self->location, aor) : NULL,
    self->settings,
  };

  if (service_route != NULL) {
    return g_steal_pointer (&service_route);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    const char *text =
        places[i] != NULL ? ahoy_config_object_get_string (places[i], "outbound-proxy") : NULL;

    if (text != NULL && *text != '\0') {
      return g_strdup (text);
    }
  }
  return NULL;
}

/* Proxies, each a loose router (RFC 3261 §16.12.1.1). */
static void
add_route (AhoyCore *self, GVariantDict *dict, AhoyConfigObject *config)
{
  const char *aor = config != NULL ? ahoy_config_object_get_name (config) : NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) proxies = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) route = NULL;

  g_variant_dict_lookup (dict, "aor", "&s", &aor);
  text = find_proxies (self, config, aor);
  if (text == NULL || g_variant_dict_contains (dict, "route")) {
    return;
  }
  proxies = ahoy_name_addr_parse_list (text, NULL); /* the configuration was checked */
  for (guint i = 0; proxies != NULL && i < proxies->len; i++) {
    g_autoptr (AhoyUri) loose =
        ahoy_uri_with_param (ahoy_name_addr_get_uri (proxies->pdata[i]), "lr", NULL);
    g_autofree char *uri = ahoy_uri_to_string (loose);

    g_strv_builder_add (builder, uri);
  }
  route = g_strv_builder_end (builder);
  g_variant_dict_insert (dict, "route", "^as", route);
}

static void
add_way_out (AhoyCore *self, GVariantDict *dict, AhoyConfigObject *config)
{
  const char *transport = ahoy_config_object_get_string (config, "transport");

  if (transport != NULL && *transport != '\0' && !g_variant_dict_contains (dict, "transport")) {
    g_variant_dict_insert (dict, "transport", "s", transport);
  }
  add_route (self, dict, config);
}

/* Timer B of the configuration, where it is shorter than the transaction's own. */
static void
add_patience (AhoyCore *self, GVariantDict *dict)
{
  if (self->settings != NULL && ahoy_config_object_is_set (self->settings, "timer-b") &&
      !g_variant_dict_contains (dict, "patience")) {
    g_variant_dict_insert (
        dict, "patience", "u",
        (guint) (ahoy_config_object_get_duration (self->settings, "timer-b") / 1000));
  }
}

static void
add_variable (const char *name, const char *value, gpointer user_data)
{
  g_variant_builder_add (user_data, "{ss}", name, value);
}

/* What the configuration adds to the options of a call. */
static GVariant *
complete_options (AhoyCore *self, AhoyEndpoint *endpoint, GVariant *options)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (options);
  g_autoptr (GVariant) given = NULL;
  AhoyConfigObject *config;
  GVariantBuilder variables;

  add_patience (self, dict);
  if (endpoint == NULL) {
    add_route (self, dict, NULL);
    return g_variant_ref_sink (g_variant_dict_end (dict));
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  g_variant_builder_init (&variables, G_VARIANT_TYPE ("a{ss}"));
  ahoy_core_list_variables (config, add_variable, &variables);
  /* What the caller gives comes last, and wins. */
  given = g_variant_dict_lookup_value (dict, "variables", G_VARIANT_TYPE ("a{ss}"));
  for (gsize i = 0; given != NULL && i < g_variant_n_children (given); i++) {
    g_autoptr (GVariant) entry = g_variant_get_child_value (given, i);

    g_variant_builder_add_value (&variables, entry);
  }
  g_variant_dict_insert_value (dict, "variables", g_variant_builder_end (&variables));
  add_way_out (self, dict, config);
  return g_variant_ref_sink (g_variant_dict_end (dict));
}

/* The same for the calls of routes. */
GVariant *
ahoy_core_complete_options (AhoyEndpoint *endpoint, GVariant *options, gpointer user_data)
{
  return complete_options (user_data, endpoint, options);
}

/* Whether the endpoint calls over a server or gateway, which knows names of its own. */
static gboolean
has_server (AhoyEndpoint *endpoint)
{
  g_autoptr (AhoyUri) gateway = find_gateway (endpoint);

  return gateway != NULL;
}

/* Calls an endpoint of ours at all its contacts. The session is with it, whoever calls. */
static AhoySession *
call_callee (AhoyCore *self, AhoyDialTarget *callee, const char *from, GVariant *options,
             GError **error)
{
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  g_autoptr (GVariant) completed = complete_options (self, callee->endpoint, options);
  g_autofree char *domain = ahoy_core_find_domain (self, callee->endpoint);
  g_autofree char *user = escape_user (ahoy_endpoint_get_name (callee->endpoint));
  g_autofree char *target = g_strdup_printf ("sip:%s@%s", user, domain);

  for (guint i = 0; i < callee->places->len; i++) {
    g_ptr_array_add (contacts, ((AhoyDialPlace *) callee->places->pdata[i])->contact);
  }
  if (callee->status != 0) {
    g_message ("“%s” is not called: %s", ahoy_endpoint_get_name (callee->endpoint),
               callee->reason);
  }
  return ahoy_session_service_dial_contacts (self->sessions, callee->endpoint, contacts, from,
                                             target, completed, error);
}

/**
 * ahoy_core_dial:
 * @self: a core
 * @endpoint: the name of the endpoint that calls; empty for the one that
 *   ahoy_core_choose_endpoint() names
 * @target: a SIP or tel URI, or a user name that the endpoint completes
 * @options: (nullable): as for ahoy_session_service_dial(), and `caller-id` s, what stands in From
 * @error: return location for an error
 *
 * Calls somebody as an endpoint. An endpoint of ours, by its name or at a domain of ours, is called
 * at all its contacts, and the session is with it; a name means one of ours unless the endpoint
 * that calls has a contact, an outbound proxy or a domain of its own. When nobody is registered the
 * session is over at once, with the status 480.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_NOT_FOUND when there is no
 *   such endpoint, %AHOY_ERROR_INVALID_STATE when it is in maintenance,
 *   %AHOY_ERROR_LIMIT_EXCEEDED when it has as many calls as it may,
 *   %AHOY_ERROR_UNREACHABLE when no endpoint of an `[out-route]` can call now,
 *   %AHOY_ERROR_INVALID_ARGUMENTS when an address cannot be used, or what a supplement says that
 *   forbids the call
 *
 * Since: 0.1
 */
AhoySession *
ahoy_core_dial (AhoyCore *self, const char *endpoint, const char *target, GVariant *options,
                GError **error)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GVariant) completed = NULL;
  g_autoptr (AhoyDialTarget) callee = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *from = NULL;
  AhoyEndpoint *found;
  guint limit;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (endpoint != NULL && target != NULL, NULL);

  if (!ahoy_core_require_module (self, "sessions", error)) {
    return NULL;
  }
  found = find_endpoint (self, endpoint, target, &missing);
  if (missing != NULL) {
    g_propagate_error (error, g_steal_pointer (&missing));
    return NULL;
  }
  if (found != NULL && ahoy_endpoint_get_maintenance (found)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The endpoint “%s” is in maintenance", ahoy_endpoint_get_name (found));
    return NULL;
  }
  limit = found != NULL ? ahoy_config_object_get_number (
                              AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (found)), "call-limit")
                        : 0;
  if (limit > 0 && ahoy_endpoint_get_active_sessions (found) >= limit) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "The endpoint “%s” has %u calls; more are not allowed (call-limit)",
                 ahoy_endpoint_get_name (found), limit);
    return NULL;
  }
  callee = ahoy_core_find_callee (self, target, found != NULL && has_server (found));
  if (callee == NULL) {
    uri = complete_target (self, found, target, error);
    if (uri == NULL) {
      return NULL;
    }
  }
  if (options == NULL || !g_variant_lookup (options, "caller-id", "s", &from)) {
    from = make_from (self, found, error);
  }
  if (from == NULL) {
    return NULL;
  }
  if (callee != NULL) {
    return call_callee (self, callee, from, options, error);
  }
  completed = complete_options (self, found, options);
  return ahoy_session_service_dial_as (self->sessions, found, from, uri, completed, error);
}

/**
 * ahoy_core_create_request:
 * @self: a core
 * @endpoint: the name of the endpoint that sends; empty for the default one
 * @method: the method
 * @target: a SIP or tel URI, or a user name that the endpoint completes
 * @error: return location for an error
 *
 * Makes a request outside of a dialog, as an endpoint sends it: with its From, and with its
 * proxies as Route. To be sent with ahoy_stack_send_request_async().
 *
 * Returns: (transfer full): a new request, or %NULL with %AHOY_ERROR_NOT_FOUND when there is no
 *   such endpoint, or %AHOY_ERROR_INVALID_ARGUMENTS when the method or an address cannot be used
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_core_create_request (AhoyCore *self, const char *endpoint, const char *method,
                          const char *target, GError **error)
{
  g_autoptr (GError) missing = NULL;
  g_autofree char *uri = NULL;
  AhoyEndpoint *found;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (endpoint != NULL && method != NULL && target != NULL, NULL);

  found = find_endpoint (self, endpoint, target, &missing);
  if (missing != NULL) {
    g_propagate_error (error, g_steal_pointer (&missing));
    return NULL;
  }
  uri = complete_target (self, found, target, error);
  return uri != NULL ? ahoy_core_make_request (self, found, method, uri, NULL, NULL, error) : NULL;
}

/*
 * A message's sender, whom it is for, and its From as a URI. The name of an endpoint of ours stays
 * one, and so does what is no SIP: a channel knows it.
 */
gboolean
ahoy_core_read_parties (AhoyCore *self, const char *endpoint, const char *target,
                        AhoyEndpoint **sender, char **completed, char **from, GError **error)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (AhoyNameAddr) address = NULL;
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (target, NULL);
  g_autofree char *text = NULL;

  *sender = find_endpoint (self, endpoint, target, &missing);
  if (missing != NULL) {
    g_propagate_error (error, g_steal_pointer (&missing));
    return FALSE;
  }
  if (ahoy_endpoint_registry_lookup (self->endpoints, target) != NULL ||
      (uri != NULL && ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_OTHER)) {
    *completed = g_strdup (target);
  } else {
    *completed = complete_target (self, *sender, target, error);
  }
  text = *completed != NULL ? make_from (self, *sender, error) : NULL;
  address = text != NULL ? ahoy_name_addr_parse (text, error) : NULL;
  *from = address != NULL ? ahoy_uri_to_string (ahoy_name_addr_get_uri (address)) : NULL;
  return *from != NULL;
}

/* A request with somebody: an endpoint's headers, its proxies as Route, its accounts. */
AhoyMessage *
ahoy_core_make_request (AhoyCore *self, AhoyEndpoint *endpoint, const char *method,
                        const char *uri, const char *from, const char *to, GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autoptr (AhoyMessage) request = NULL;
  g_autofree const char **route = NULL;
  AhoyConfigObject *config = NULL;
  g_autofree char *own = from == NULL ? make_from (self, endpoint, error) : NULL;

  if (from == NULL && own == NULL) {
    return NULL;
  }
  request = ahoy_stack_create_request (self->stack, method, uri, from != NULL ? from : own, to,
                                       error);
  if (request == NULL) {
    return NULL;
  }
  if (endpoint != NULL) {
    config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
    ahoy_message_set_endpoint (request, endpoint);
    ahoy_endpoint_add_headers (endpoint, request);
  }
  add_route (self, dict, config);
  g_variant_dict_lookup (dict, "route", "^a&s", &route);
  for (gsize i = 0; route != NULL && route[i] != NULL; i++) {
    g_autofree char *value = g_strdup_printf ("<%s>", route[i]);

    if (!ahoy_message_add_header (request, "Route", value, error)) {
      return NULL;
    }
  }
  return g_steal_pointer (&request);
}
