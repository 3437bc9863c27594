/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 *
 * Calls that begin here, with what their options say.
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"

static void
on_no_answer (gpointer user_data)
{
  AhoySession *session = user_data;

  session->answer_timer = 0;
  if (session->state < AHOY_SESSION_ACTIVE) {
    ahoy_session_set_end (session, AHOY_SESSION_PARTY_LOCAL, 408, "No answer in time");
    ahoy_session_hangup (session);
  }
}

/* Timer B of RFC 3261 §17.1.1.2, where it is to be shorter than 64 times T1. */
static void
on_silence (gpointer user_data)
{
  AhoySession *session = user_data;

  session->silence_timer = 0;
  ahoy_session_set_end (session, AHOY_SESSION_PARTY_NETWORK, 408, "Nobody answers");
  ahoy_session_end (session);
}

static void
add_timers (AhoySession *session, GVariant *options)
{
  AhoyScheduler *scheduler = ahoy_stack_get_scheduler (session->stack);
  guint timeout = 0;
  guint patience = 0;

  if (g_variant_lookup (options, "timeout", "u", &timeout) && timeout > 0) {
    session->answer_timer =
        ahoy_scheduler_add (scheduler, "dial timeout", (gint64) timeout * G_USEC_PER_SEC,
                            on_no_answer, session, NULL);
  }
  if (g_variant_lookup (options, "patience", "u", &patience) && patience > 0) {
    session->silence_timer = ahoy_scheduler_add (scheduler, "timer B", (gint64) patience * 1000,
                                                 on_silence, session, NULL);
  }
}

static void
apply_options (AhoySession *session, GVariant *options)
{
  g_autoptr (GVariantIter) headers = NULL;
  g_autoptr (GVariantIter) variables = NULL;
  const char *name;
  const char *value;
  guint hops;

  if (options == NULL) {
    return;
  }
  if (g_variant_lookup (options, "max-forwards", "u", &hops)) {
    session->max_forwards = (int) MIN (hops, 255);
  }
  g_variant_lookup (options, "parent", "t", &session->parent_id);
  g_variant_lookup (options, "late-offer", "b", &session->late_offer);
  if (g_variant_lookup (options, "headers", "a(ss)", &headers)) {
    while (g_variant_iter_next (headers, "(&s&s)", &name, &value)) {
      g_ptr_array_add (session->headers, g_strdup (name));
      g_ptr_array_add (session->headers, g_strdup (value));
    }
  }
  if (g_variant_lookup (options, "variables", "a{ss}", &variables)) {
    while (g_variant_iter_next (variables, "{&s&s}", &name, &value)) {
      ahoy_session_set_variable (session, name, value);
    }
  }
  g_variant_lookup (options, "transport", "s", &session->listener);
  ahoy_session_read_identity (session, options);
  ahoy_session_read_session_id (session, options);
  g_variant_lookup (options, "route", "^as", &session->route);
}

static AhoySession *
dial (AhoySessionService *self, AhoyEndpoint *endpoint, GPtrArray *contacts, const char *from,
      const char *target, GVariant *options, GError **error)
{
  g_autoptr (AhoySession) session = NULL;
  g_autoptr (AhoyMessage) probe = NULL;
  g_autoptr (GError) veto = NULL;

  /* The same checks that the INVITE will pass, before anybody sees a session. */
  probe = ahoy_stack_create_request (ahoy_session_service_get_stack (self), "INVITE", target, from,
                                     NULL, error);
  if (probe == NULL) {
    return NULL;
  }
  session = ahoy_session_new (self, AHOY_SESSION_OUTGOING);
  ahoy_session_set_endpoint (session, endpoint);
  session->target = g_strdup (target);
  session->contacts = contacts != NULL ? g_ptr_array_ref (contacts) : NULL;
  session->from = g_strdup (from);
  session->local_uri = ahoy_message_dup_from_uri (probe);
  session->remote_uri = g_strdup (target);
  apply_options (session, options);
  if (!ahoy_session_ask_to_create (session, self, &veto)) {
    ahoy_session_give_up (session, veto->message);
    g_propagate_error (error, g_steal_pointer (&veto));
    return NULL;
  }
  ahoy_session_join_service (session, self);
  if (options != NULL) {
    add_timers (session, options);
  }
  ahoy_session_call (session);
  return g_steal_pointer (&session);
}

/**
 * ahoy_session_service_dial:
 * @self: a service
 * @from: a URI or name-addr: who calls
 * @target: a URI: who is called
 * @options: (nullable): a dictionary `a{sv}`: `timeout` u, seconds without an answer until the call
 *   is given up; `patience` u, milliseconds without any response until it is given up, where that
 *   is to be shorter than timer B; `headers` a(ss), what to add to the INVITE; `late-offer` b,
 *   leave the offer to the callee; `variables` a{ss}; `transport` s, the name of the transport to
 *   leave by; `route` as, URIs of the proxies to pass first (RFC 3261 section 8.1.2);
 *   `max-forwards` u, how many hops the INVITE may go; `identity` a{sv}, who the callee is told
 *   that calls where the endpoint's key `send-identity` says how, as of ahoy_identity_to_variant();
 *   `session-id` s, the UUID of who calls (RFC 7989), 32 hexadecimal digits; `parent` t, the number
 *   of the session on whose behalf the call is made
 * @error: return location for an error
 *
 * Calls somebody. The session is held by the service until it is over; what happens is told by its
 * signals. When the INVITE cannot be sent the session is over at once.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial (AhoySessionService *self, const char *from, const char *target,
                           GVariant *options, GError **error)
{
  return ahoy_session_service_dial_as (self, NULL, from, target, options, error);
}

/**
 * ahoy_session_service_dial_as:
 * @self: a service
 * @endpoint: (nullable): the endpoint that the session belongs to
 * @from: a URI or name-addr: who calls
 * @target: a URI: who is called
 * @options: (nullable): as for ahoy_session_service_dial()
 * @error: return location for an error
 *
 * Calls somebody, as ahoy_session_service_dial() does, for an endpoint.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial_as (AhoySessionService *self, AhoyEndpoint *endpoint, const char *from,
                              const char *target, GVariant *options, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);
  g_return_val_if_fail (from != NULL && target != NULL, NULL);

  return dial (self, endpoint, NULL, from, target, options, error);
}

/**
 * ahoy_session_service_dial_contact:
 * @self: a service
 * @endpoint: (nullable): the endpoint that the session belongs to
 * @contact: who is called
 * @from: a URI or name-addr: who calls
 * @options: (nullable): as for ahoy_session_service_dial()
 * @error: return location for an error
 *
 * Calls somebody where he is registered, or where the configuration says that he is. The whole call
 * goes the way that ahoy_contact_route_request() chooses.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial_contact (AhoySessionService *self, AhoyEndpoint *endpoint,
                                   AhoyContact *contact, const char *from, GVariant *options,
                                   GError **error)
{
  g_autoptr (GPtrArray) contacts = NULL;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);
  g_return_val_if_fail (contact != NULL && from != NULL, NULL);

  contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  g_ptr_array_add (contacts, ahoy_contact_ref (contact));
  return dial (self, endpoint, contacts, from, ahoy_contact_get_uri (contact), options, error);
}

/**
 * ahoy_session_service_dial_contacts:
 * @self: a service
 * @endpoint: (nullable): the endpoint that the session belongs to
 * @contacts: (element-type AhoyContact): where to call it, at most 16 of them
 * @from: a URI or name-addr: who calls
 * @target: a URI: who is called
 * @options: (nullable): as for ahoy_session_service_dial()
 * @error: return location for an error
 *
 * Calls somebody at all places where he is, with a branch of one session to each: the first to
 * answer has the call, and the others are cancelled (RFC 3261 section 16.7). Without any contact
 * the session is over at once, with the status 480.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial_contacts (AhoySessionService *self, AhoyEndpoint *endpoint,
                                    GPtrArray *contacts, const char *from, const char *target,
                                    GVariant *options, GError **error)
{
  g_autoptr (GPtrArray) copy = NULL;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);
  g_return_val_if_fail (contacts != NULL && from != NULL && target != NULL, NULL);

  copy = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  for (guint i = 0; i < contacts->len; i++) {
    g_ptr_array_add (copy, ahoy_contact_ref (contacts->pdata[i]));
  }
  return dial (self, endpoint, copy, from, target, options, error);
}
