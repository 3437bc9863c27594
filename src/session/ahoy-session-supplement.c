/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-supplement.h"
#include "ahoy-session.h"

/**
 * AhoySessionSupplement:
 *
 * Looks at the SIP messages of sessions: reads a header, adds one, refuses a call.
 *
 * A supplement is added with ahoy_session_service_add_supplement(), with the methods it wants to
 * see. It sees each message of every session, in the order of the registry.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoySessionSupplement, ahoy_session_supplement, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoySupplementVerdict, ahoy_supplement_verdict,
                    G_DEFINE_ENUM_VALUE (AHOY_SUPPLEMENT_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (AHOY_SUPPLEMENT_CONTINUE, "continue"),
                    G_DEFINE_ENUM_VALUE (AHOY_SUPPLEMENT_ANSWERED, "answered"),
                    G_DEFINE_ENUM_VALUE (AHOY_SUPPLEMENT_DEFERRED, "deferred"))

static AhoySupplementVerdict
real_incoming_request (AhoySessionSupplement *self, AhoySession *session, AhoyMessage *request)
{
  return AHOY_SUPPLEMENT_CONTINUE;
}

static gboolean
real_session_create (AhoySessionSupplement *self, AhoySession *session, GError **error)
{
  return TRUE;
}

static void
ahoy_session_supplement_default_init (AhoySessionSupplementInterface *iface)
{
  iface->session_create = real_session_create;
  iface->incoming_request = real_incoming_request;
}

/**
 * ahoy_session_supplement_incoming_request: (virtual incoming_request)
 * @self: a supplement
 * @session: the session
 * @request: the request
 *
 * Shows the supplement a request that came. The verdict on ACK, BYE and CANCEL is ignored: they do
 * what they do.
 *
 * Returns: how to go on
 *
 * Since: 0.1
 */
AhoySupplementVerdict
ahoy_session_supplement_incoming_request (AhoySessionSupplement *self, AhoySession *session,
                                          AhoyMessage *request)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SUPPLEMENT (self), AHOY_SUPPLEMENT_FAILED);

  return AHOY_SESSION_SUPPLEMENT_GET_IFACE (self)->incoming_request (self, session, request);
}

/**
 * ahoy_session_supplement_session_create: (virtual session_create)
 * @self: a supplement
 * @session: the session that is to be: it has its endpoint, addresses and variables, and is not
 *   among those of the service yet
 * @error: return location for an error
 *
 * Asks the supplement whether an outgoing session may be made, before anybody else sees it and
 * before anything leaves. The first supplement that says no ends it: ahoy_session_service_dial()
 * gives its error, and the session neither begins nor ends for any supplement. Who does not
 * implement this says yes; what raises or fails in it says no.
 *
 * Returns: %TRUE to go on; %FALSE to forbid the call, with an error that tells who dialled why
 *
 * Since: 0.1
 */
gboolean
ahoy_session_supplement_session_create (AhoySessionSupplement *self, AhoySession *session,
                                        GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SUPPLEMENT (self), FALSE);

  return AHOY_SESSION_SUPPLEMENT_GET_IFACE (self)->session_create (self, session, error);
}

/**
 * ahoy_session_supplement_session_begin: (virtual session_begin)
 * @self: a supplement
 * @session: the session
 *
 * Tells the supplement that a session begins. For each session, once.
 *
 * Since: 0.1
 */
void
ahoy_session_supplement_session_begin (AhoySessionSupplement *self, AhoySession *session)
{
  AhoySessionSupplementInterface *iface;

  g_return_if_fail (AHOY_IS_SESSION_SUPPLEMENT (self));

  iface = AHOY_SESSION_SUPPLEMENT_GET_IFACE (self);
  if (iface->session_begin != NULL) {
    iface->session_begin (self, session);
  }
}

/**
 * ahoy_session_supplement_session_end: (virtual session_end)
 * @self: a supplement
 * @session: the session
 *
 * Tells the supplement that a session is over. Once for each that it saw begin.
 *
 * Since: 0.1
 */
void
ahoy_session_supplement_session_end (AhoySessionSupplement *self, AhoySession *session)
{
  AhoySessionSupplementInterface *iface;

  g_return_if_fail (AHOY_IS_SESSION_SUPPLEMENT (self));

  iface = AHOY_SESSION_SUPPLEMENT_GET_IFACE (self);
  if (iface->session_end != NULL) {
    iface->session_end (self, session);
  }
}

/**
 * ahoy_session_supplement_incoming_response: (virtual incoming_response)
 * @self: a supplement
 * @session: the session
 * @response: the response
 *
 * Shows the supplement a response that came.
 *
 * Since: 0.1
 */
void
ahoy_session_supplement_incoming_response (AhoySessionSupplement *self, AhoySession *session,
                                           AhoyMessage *response)
{
  AhoySessionSupplementInterface *iface;

  g_return_if_fail (AHOY_IS_SESSION_SUPPLEMENT (self));

  iface = AHOY_SESSION_SUPPLEMENT_GET_IFACE (self);
  if (iface->incoming_response != NULL) {
    iface->incoming_response (self, session, response);
  }
}

/**
 * ahoy_session_supplement_outgoing_request: (virtual outgoing_request)
 * @self: a supplement
 * @session: the session
 * @request: the request
 *
 * Shows the supplement a request that is about to leave; it may change it.
 *
 * Since: 0.1
 */
void
ahoy_session_supplement_outgoing_request (AhoySessionSupplement *self, AhoySession *session,
                                          AhoyMessage *request)
{
  AhoySessionSupplementInterface *iface;

  g_return_if_fail (AHOY_IS_SESSION_SUPPLEMENT (self));

  iface = AHOY_SESSION_SUPPLEMENT_GET_IFACE (self);
  if (iface->outgoing_request != NULL) {
    iface->outgoing_request (self, session, request);
  }
}

/**
 * ahoy_session_supplement_outgoing_response: (virtual outgoing_response)
 * @self: a supplement
 * @session: the session
 * @response: the response
 *
 * Shows the supplement a response that is about to leave; it may change it.
 *
 * Since: 0.1
 */
void
ahoy_session_supplement_outgoing_response (AhoySessionSupplement *self, AhoySession *session,
                                           AhoyMessage *response)
{
  AhoySessionSupplementInterface *iface;

  g_return_if_fail (AHOY_IS_SESSION_SUPPLEMENT (self));

  iface = AHOY_SESSION_SUPPLEMENT_GET_IFACE (self);
  if (iface->outgoing_response != NULL) {
    iface->outgoing_response (self, session, response);
  }
}
