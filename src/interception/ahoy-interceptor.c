/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-interceptor.h"

/**
 * AhoyInterceptor:
 *
 * Sees every message between the stack and the applications, in both directions, in dialogs and
 * outside of them. Identification, authentication and the overload guard are interceptors.
 *
 * An interceptor is added with ahoy_interception_add(). Interceptors are asked in their order about
 * what comes in, and in the opposite order about what goes out.
 *
 * Verdicts on ACK, CANCEL and PRACK are ignored, as they answer something that is there already,
 * and a BYE always ends its session. A final response always reaches who sent the request, and what
 * leaves always leaves: there only the difference between %AHOY_INTERCEPTOR_FAILED and the rest
 * counts, which is logged.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyInterceptor, ahoy_interceptor, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyInterceptorVerdict, ahoy_interceptor_verdict,
                    G_DEFINE_ENUM_VALUE (AHOY_INTERCEPTOR_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (AHOY_INTERCEPTOR_CONTINUE, "continue"),
                    G_DEFINE_ENUM_VALUE (AHOY_INTERCEPTOR_ANSWERED, "answered"),
                    G_DEFINE_ENUM_VALUE (AHOY_INTERCEPTOR_DROP, "drop"))

static AhoyInterceptorVerdict
real_incoming_request (AhoyInterceptor *self, AhoyMessage *request,
                       AhoyServerTransaction *transaction)
{
  return AHOY_INTERCEPTOR_CONTINUE;
}

static AhoyInterceptorVerdict
real_see (AhoyInterceptor *self, AhoyMessage *message)
{
  return AHOY_INTERCEPTOR_CONTINUE;
}

static void
ahoy_interceptor_default_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = real_incoming_request;
  iface->incoming_response = real_see;
  iface->outgoing_request = real_see;
  iface->outgoing_response = real_see;
}

/**
 * ahoy_interceptor_incoming_request: (virtual incoming_request)
 * @self: an interceptor
 * @request: a request
 * @transaction: (nullable): to answer it with; %NULL for ACK, CANCEL and PRACK
 *
 * Shows a request to the interceptor, before any application sees it.
 *
 * Returns: what the interceptor says
 *
 * Since: 0.1
 */
AhoyInterceptorVerdict
ahoy_interceptor_incoming_request (AhoyInterceptor *self, AhoyMessage *request,
                                   AhoyServerTransaction *transaction)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTOR (self), AHOY_INTERCEPTOR_FAILED);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), AHOY_INTERCEPTOR_FAILED);

  return AHOY_INTERCEPTOR_GET_IFACE (self)->incoming_request (self, request, transaction);
}

/**
 * ahoy_interceptor_incoming_response: (virtual incoming_response)
 * @self: an interceptor
 * @response: a response
 *
 * Shows a response to the interceptor, before who sent the request sees it.
 * %AHOY_INTERCEPTOR_DROP hides a provisional response.
 *
 * Returns: what the interceptor says
 *
 * Since: 0.1
 */
AhoyInterceptorVerdict
ahoy_interceptor_incoming_response (AhoyInterceptor *self, AhoyMessage *response)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTOR (self), AHOY_INTERCEPTOR_FAILED);
  g_return_val_if_fail (AHOY_IS_MESSAGE (response), AHOY_INTERCEPTOR_FAILED);

  return AHOY_INTERCEPTOR_GET_IFACE (self)->incoming_response (self, response);
}

/**
 * ahoy_interceptor_outgoing_request: (virtual outgoing_request)
 * @self: an interceptor
 * @request: a request of ours
 *
 * Shows a request that is about to leave. Its headers can be changed.
 *
 * Returns: what the interceptor says
 *
 * Since: 0.1
 */
AhoyInterceptorVerdict
ahoy_interceptor_outgoing_request (AhoyInterceptor *self, AhoyMessage *request)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTOR (self), AHOY_INTERCEPTOR_FAILED);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), AHOY_INTERCEPTOR_FAILED);

  return AHOY_INTERCEPTOR_GET_IFACE (self)->outgoing_request (self, request);
}

/**
 * ahoy_interceptor_outgoing_response: (virtual outgoing_response)
 * @self: an interceptor
 * @response: a response of ours
 *
 * Shows a response that is about to leave. Its headers can be changed.
 *
 * Returns: what the interceptor says
 *
 * Since: 0.1
 */
AhoyInterceptorVerdict
ahoy_interceptor_outgoing_response (AhoyInterceptor *self, AhoyMessage *response)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTOR (self), AHOY_INTERCEPTOR_FAILED);
  g_return_val_if_fail (AHOY_IS_MESSAGE (response), AHOY_INTERCEPTOR_FAILED);

  return AHOY_INTERCEPTOR_GET_IFACE (self)->outgoing_response (self, response);
}
