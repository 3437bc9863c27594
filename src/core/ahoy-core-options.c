/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-query.h"
#include "ahoy-core-private.h"
#include "ahoy-endpoint-types.h"
#include "ahoy-method-policy.h"

/* OPTIONS about somebody who would be called (RFC 3261 §11.2): those who could call anyway hear
 * what the call would get. All others get the answer that names nobody, or they would find out
 * which numbers there are without ever calling one. */

/* Whether the request was let in without the proof that a call needs. */
static gboolean
is_unproved (AhoyConfigObject *config)
{
  return ahoy_config_object_get_choice (config, "auth") != AHOY_ENDPOINT_AUTH_NONE &&
         ahoy_config_object_list_contains (config, "auth-except", "OPTIONS") &&
         !ahoy_config_object_list_contains (config, "auth-except", "INVITE");
}

static gboolean
may_hear (AhoyEndpoint *endpoint, AhoyConfigObject *config)
{
  if (!(ahoy_config_object_get_choices (config, "allow") & AHOY_ENDPOINT_ALLOW_CALL) ||
      !ahoy_method_policy_allows (endpoint, "INVITE") || is_unproved (config) ||
      ahoy_config_object_get_choice (config, "options-answer") != AHOY_OPTIONS_ANSWER_ROUTE) {
    return FALSE;
  }
  /* Guests may be anybody. */
  return !ahoy_endpoint_is_anonymous (endpoint) ||
         ahoy_config_object_is_set (config, "options-answer");
}

static void
refuse (AhoyServerTransaction *transaction, guint status, const char *reason, const char *contact)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, status, reason);

  if (contact != NULL) {
    ahoy_message_set_header (response, "Contact", contact, NULL);
  }
  ahoy_server_transaction_respond (transaction, response, NULL);
}

/* Whether there are too many calls for one more, or none is wanted. */
static gboolean
is_refused (AhoyCore *self, AhoyServerTransaction *transaction, AhoyEndpoint *endpoint)
{
  guint calls = ahoy_endpoint_get_active_sessions (endpoint) + 1;
  g_autoptr (AhoyMessage) busy = ahoy_overload_guard_foresee (self->guard, transaction);
  const char *reason;
  guint status;

  if (busy != NULL) {
    ahoy_server_transaction_respond (transaction, busy, NULL);
    return TRUE;
  }
  status = ahoy_core_find_objection (endpoint, calls, &reason);
  if (status != 0) {
    refuse (transaction, status, reason, NULL);
  }
  return status != 0;
}

static void
set_variable (const char *name, const char *value, gpointer user_data)
{
  ahoy_call_query_set_variable (user_data, name, value);
}

/* An endpoint asks what would become of its call. TRUE: nobody else is asked. */
gboolean
ahoy_core_take_options (AhoySessionService *service, AhoyServerTransaction *transaction,
                        AhoyCore *self)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  g_autoptr (AhoyCallQuery) query = NULL;
  AhoyConfigObject *config;
  gboolean taken;

  if (endpoint == NULL) {
    return FALSE;
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  if (!may_hear (endpoint, config) || is_refused (self, transaction, endpoint)) {
    return TRUE;
  }
  query = ahoy_call_query_new (request);
  ahoy_core_list_variables (config, set_variable, query);
  taken = ahoy_call_router_foresee (self->router, query,
                                    ahoy_config_object_get_string (config, "context"));
  if (ahoy_call_query_get_status (query) != 0) {
    refuse (transaction, ahoy_call_query_get_status (query), ahoy_call_query_get_reason (query),
            ahoy_call_query_get_contact (query));
  }
  return taken;
}
