/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-method-policy.h"

#include "ahoy-endpoint-config.h"
#include "ahoy-server-transaction.h"

/* What an endpoint may ask for, and over which transports: asked behind the authentication, so that
 * nobody learns from a refusal which endpoints there are. */

static AhoyConfigObject *
config_of (AhoyEndpoint *endpoint)
{
  return AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
}

static gboolean
has_word (const char *const *words, const char *word)
{
  for (gsize i = 0; words != NULL && words[i] != NULL; i++) {
    if (g_ascii_strcasecmp (words[i], word) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Without these, calls that are there could not end. */
static gboolean
is_always_allowed (const char *method)
{
  static const char *const always[] = { "ACK", "BYE", "CANCEL", "PRACK", NULL };

  return has_word (always, method);
}

static gboolean
is_allowed (AhoyConfigObject *config, const char *method)
{
  const char *const *allowed = ahoy_config_object_get_list (config, "allowed-methods");
  const char *const *disallowed = ahoy_config_object_get_list (config, "disallowed-methods");

  if (is_always_allowed (method)) {
    return TRUE;
  }
  return !has_word (disallowed, method) &&
         (allowed == NULL || allowed[0] == NULL || has_word (allowed, method));
}

/* The Allow of this endpoint (RFC 3261 §20.5). */
static char *
make_allow (AhoyStack *stack, AhoyConfigObject *config)
{
  g_autofree char *all = ahoy_stack_dup_allow (stack);
  g_auto (GStrv) methods = g_strsplit (all, ", ", -1);
  g_autoptr (GPtrArray) left = g_ptr_array_new ();

  for (gsize i = 0; methods[i] != NULL; i++) {
    if (is_allowed (config, methods[i])) {
      g_ptr_array_add (left, methods[i]);
    }
  }
  g_ptr_array_add (left, NULL);
  return g_strjoinv (", ", (char **) left->pdata);
}

static gboolean
check_transport (AhoySecurityLog *log, AhoyServerTransaction *transaction, AhoyEndpoint *endpoint)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  const char *const *allowed =
      ahoy_config_object_get_list (config_of (endpoint), "allowed-transports");
  const char *transport = ahoy_message_get_transport (request);

  if (allowed == NULL || allowed[0] == NULL || transport == NULL ||
      has_word (allowed, transport)) {
    return TRUE;
  }
  ahoy_security_log_report (log, AHOY_SECURITY_EVENT_INVALID_TRANSPORT, request,
                            ahoy_endpoint_get_name (endpoint), NULL);
  ahoy_server_transaction_reject (transaction, 403, "Wrong Transport");
  return FALSE;
}

static gboolean
check_method (AhoySecurityLog *log, AhoyStack *stack, AhoyServerTransaction *transaction,
              AhoyEndpoint *endpoint)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyConfigObject *config = config_of (endpoint);
  g_autoptr (AhoyMessage) response = NULL;
  g_autofree char *allow = NULL;

  if (is_allowed (config, ahoy_message_get_method (request))) {
    return TRUE;
  }
  ahoy_security_log_report (log, AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED, request,
                            ahoy_endpoint_get_name (endpoint),
                            ahoy_security_event_make_facts ("reason", "method", NULL));
  response = ahoy_server_transaction_create_response (transaction, 405, NULL);
  allow = make_allow (stack, config);
  ahoy_message_set_header (response, "Allow", allow, NULL);
  ahoy_server_transaction_respond (transaction, response, NULL);
  return FALSE;
}

/* Whether the endpoint could use the method, without anybody hearing of the question. */
gboolean
ahoy_method_policy_allows (AhoyEndpoint *endpoint, const char *method)
{
  return is_allowed (config_of (endpoint), method);
}

/* FALSE: it was refused, and reported. */
gboolean
ahoy_method_policy_check (AhoySecurityLog *log, AhoyStack *stack,
                          AhoyServerTransaction *transaction, AhoyEndpoint *endpoint)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);

  if (is_always_allowed (ahoy_message_get_method (request))) {
    return TRUE;
  }
  return check_transport (log, transaction, endpoint) &&
         check_method (log, stack, transaction, endpoint);
}
