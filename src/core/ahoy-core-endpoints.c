/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-auth-config.h"
#include "ahoy-endpoint-config.h"

/* [endpoint NAME]: who calls and is called, and what becomes of their calls. */

static gboolean
has_account (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *const *auths = ahoy_config_object_get_list (object, "auths");
  g_autoptr (AhoyAuthConfig) own = ahoy_endpoint_config_make_auth (AHOY_ENDPOINT_CONFIG (object));

  for (gsize i = 0; auths != NULL && auths[i] != NULL; i++) {
    if (ahoy_config_set_lookup (change->to, "auth", auths[i]) != NULL) {
      return TRUE;
    }
  }
  return own != NULL ||
         ahoy_config_set_lookup (change->to, "auth", ahoy_config_object_get_name (object)) != NULL;
}

/* Whether somebody wrote what only matters when the endpoint calls; others are only called. */
static gboolean
is_to_call (AhoyConfigObject *object)
{
  static const char *const keys[] = { "context", "identify", "match" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (ahoy_config_object_get_key_origin (object, keys[i], NULL, NULL)) {
      return (ahoy_config_object_get_choices (object, "allow") & AHOY_ENDPOINT_ALLOW_CALL) != 0;
    }
  }
  return FALSE;
}

/* An agent, or another program, can know the account; then auth=digest is written. */
static void
warn_without_account (AhoyCoreChange *change, AhoyConfigObject *object)
{
  if (ahoy_config_object_is_set (object, "auth") || !is_to_call (object) ||
      has_account (change, object)) {
    return;
  }
  ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, NULL,
                             "it has no account, so nobody can call as it; add password, "
                             "password-file or auths, auth=none and match for who is known by "
                             "the address, or auth=digest where an agent knows its account");
}

/* Anybody could be everybody. */
static void
warn_of_auto_names (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *const *names = ahoy_config_object_get_list (object, "auto-names");
  const char *const *match = ahoy_config_object_get_list (object, "match");

  if (names == NULL || names[0] == NULL ||
      ahoy_config_object_get_choice (object, "auth") != AHOY_ENDPOINT_AUTH_NONE ||
      (match != NULL && match[0] != NULL)) {
    return;
  }
  ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, "auto-names",
                             "whoever says such a name can register and call as it, from "
                             "anywhere; give the endpoint a password, or match");
}

static gboolean
check_endpoint (AhoyCoreChange *change, AhoyConfigObject *object)
{
  warn_without_account (change, object);
  warn_of_auto_names (change, object);
  return ahoy_core_change_check_headers (change, object);
}

static gboolean
add_endpoint (AhoyCoreChange *change, AhoyConfigObject *object)
{
  g_autoptr (AhoyEndpoint) endpoint = ahoy_endpoint_new (AHOY_ENDPOINT_CONFIG (object));
  g_autoptr (GError) error = NULL;

  ahoy_core_drop_guest (change->core, ahoy_config_object_get_name (object));
  ahoy_auto_endpoints_drop (change->core->auto_endpoints, ahoy_config_object_get_name (object));
  if (!ahoy_endpoint_registry_add (change->core->endpoints, endpoint, &error)) {
    ahoy_core_change_fail (change, object, NULL, error);
    return FALSE;
  }
  return TRUE;
}

/* The endpoint stays the same one, with its calls, its state and its contacts. */
static gboolean
change_endpoint (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (change->core->endpoints,
                                                          ahoy_config_object_get_name (object));
  g_autoptr (GError) error = NULL;

  if (endpoint == NULL) {
    return add_endpoint (change, object);
  }
  if (!ahoy_endpoint_set_config (endpoint, AHOY_ENDPOINT_CONFIG (object), &error)) {
    ahoy_core_change_fail (change, object, NULL, error);
    return FALSE;
  }
  return TRUE;
}

static void
remove_endpoint (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (change->core->endpoints,
                                                          ahoy_config_object_get_name (object));

  if (endpoint != NULL) {
    ahoy_endpoint_registry_remove (change->core->endpoints, endpoint);
  }
}

static void
finish_endpoints (AhoyCoreChange *change, gboolean touched)
{
  if (touched) {
    ahoy_auto_endpoints_update (change->core->auto_endpoints);
  }
}

const AhoyCorePart ahoy_core_endpoint_part = {
  .type = "endpoint",
  .check = check_endpoint,
  .add = add_endpoint,
  .change = change_endpoint,
  .remove = remove_endpoint,
  .finish = finish_endpoints,
};

/* What speaks against a call of an endpoint that has @calls with it: a status, and its reason; 0
 * for nothing. */
guint
ahoy_core_find_objection (AhoyEndpoint *endpoint, guint calls, const char **reason)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  guint limit = ahoy_config_object_get_number (config, "call-limit");

  *reason = NULL;
  if (!(ahoy_config_object_get_choices (config, "allow") & AHOY_ENDPOINT_ALLOW_CALL)) {
    return 403;
  }
  if (ahoy_endpoint_get_maintenance (endpoint)) {
    *reason = "In Maintenance";
    return 480;
  }
  if (limit > 0 && calls > limit) {
    *reason = "Call Limit Reached";
    return 486;
  }
  return 0;
}

void
ahoy_core_list_variables (AhoyConfigObject *config, AhoyCoreVariableFunc func, gpointer user_data)
{
  static const char *const keys[] = { "account-code", "tenant", "language", "tone-zone" };
  const char *const *variables = ahoy_config_object_get_list (config, "variables");

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *value = ahoy_config_object_get_string (config, keys[i]);

    if (value != NULL && *value != '\0') {
      func (keys[i], value, user_data);
    }
  }
  for (gsize i = 0; variables != NULL && variables[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (variables[i], "=", 2);

    func (parts[0], parts[1] != NULL ? parts[1] : "", user_data);
  }
}

static void
set_variable (const char *name, const char *value, gpointer user_data)
{
  ahoy_session_set_variable (user_data, name, value);
}

static void
report_objection (AhoyCore *self, AhoySession *session, AhoyEndpoint *endpoint, guint status)
{
  AhoyMessage *invite = ahoy_session_get_invite (session);
  const char *reason = status == 486 ? "call-limit" : "allow";

  if (self->interception == NULL || invite == NULL || (status != 403 && status != 486)) {
    return;
  }
  ahoy_security_log_report (ahoy_interception_get_security_log (self->interception),
                            status == 486 ? AHOY_SECURITY_EVENT_SESSION_LIMIT
                                          : AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED,
                            invite, ahoy_endpoint_get_name (endpoint),
                            ahoy_security_event_make_facts ("reason", reason, NULL));
}

/* Nobody takes the call of others who was not let in by name, unless the configuration says so. */
static gboolean
may_replace (AhoySession *session, AhoyConfigObject *config)
{
  const char *name = ahoy_config_object_get_name (config);
  gboolean guest = g_str_equal (name, "anonymous") || g_str_has_prefix (name, "anonymous@");

  if (ahoy_session_get_endpoint (ahoy_session_get_replaced (session)) == NULL ||
      ahoy_config_object_get_choice (config, "allow-transfer") == AHOY_TRANSFER_POLICY_NO) {
    return FALSE;
  }
  return !guest || ahoy_config_object_is_set (config, "allow-transfer");
}

static gboolean
take_replacement (AhoyCore *self, AhoySession *session, AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));

  if (!may_replace (session, config)) {
    report_objection (self, session, endpoint, 403);
    return ahoy_session_reject (session, 403, NULL, NULL);
  }
  ahoy_call_transfer_take (self->transfers, session);
  return TRUE;
}

/* A call of an endpoint goes to the routes of its context. */
gboolean
ahoy_core_take_call (AhoySessionService *service, AhoySession *session, AhoyCore *self)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  AhoyConfigObject *config;
  const char *reason;
  guint status;

  if (endpoint == NULL) {
    return FALSE;
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  status =
      ahoy_core_find_objection (endpoint, ahoy_endpoint_get_active_sessions (endpoint), &reason);
  if (status != 0) {
    report_objection (self, session, endpoint, status);
    return ahoy_session_reject (session, status, reason, NULL);
  }
  ahoy_core_list_variables (config, set_variable, session);
  if (ahoy_session_get_replaced (session) != NULL) {
    return take_replacement (self, session, endpoint);
  }
  return ahoy_call_router_take (self->router, session,
                                ahoy_config_object_get_string (config, "context"));
}
