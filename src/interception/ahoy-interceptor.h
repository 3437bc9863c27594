/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-message.h"
#include "ahoy-server-transaction.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyInterceptorVerdict:
 * @AHOY_INTERCEPTOR_FAILED: the interceptor could not cope; a request gets 500
 * @AHOY_INTERCEPTOR_CONTINUE: the message goes on
 * @AHOY_INTERCEPTOR_ANSWERED: the interceptor answered the request, and nobody else sees it
 * @AHOY_INTERCEPTOR_DROP: nobody else sees the message, and nothing is answered
 *
 * What an interceptor says to a message. The value 0, which a broken extension yields, is the safe
 * one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_INTERCEPTOR_FAILED = 0,
  AHOY_INTERCEPTOR_CONTINUE,
  AHOY_INTERCEPTOR_ANSWERED,
  AHOY_INTERCEPTOR_DROP,
} AhoyInterceptorVerdict;

#define AHOY_TYPE_INTERCEPTOR_VERDICT (ahoy_interceptor_verdict_get_type ())
AHOY_API
GType ahoy_interceptor_verdict_get_type (void);

#define AHOY_TYPE_INTERCEPTOR (ahoy_interceptor_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyInterceptor, ahoy_interceptor, AHOY, INTERCEPTOR, GObject)

/**
 * AhoyInterceptorInterface:
 * @incoming_request: look at a request before any application does
 * @incoming_response: look at a response before who sent the request does
 * @outgoing_request: look at a request of ours that is about to leave
 * @outgoing_response: look at a response of ours that is about to leave
 *
 * What is not implemented lets everything go on.
 *
 * Since: 0.1
 */
struct _AhoyInterceptorInterface {
  GTypeInterface parent_iface;

  AhoyInterceptorVerdict (*incoming_request) (AhoyInterceptor *self, AhoyMessage *request,
                                              AhoyServerTransaction *transaction);
  AhoyInterceptorVerdict (*incoming_response) (AhoyInterceptor *self, AhoyMessage *response);
  AhoyInterceptorVerdict (*outgoing_request) (AhoyInterceptor *self, AhoyMessage *request);
  AhoyInterceptorVerdict (*outgoing_response) (AhoyInterceptor *self, AhoyMessage *response);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
AhoyInterceptorVerdict ahoy_interceptor_incoming_request (AhoyInterceptor *self,
                                                          AhoyMessage *request,
                                                          AhoyServerTransaction *transaction);
AHOY_API
AhoyInterceptorVerdict ahoy_interceptor_incoming_response (AhoyInterceptor *self,
                                                           AhoyMessage *response);
AHOY_API
AhoyInterceptorVerdict ahoy_interceptor_outgoing_request (AhoyInterceptor *self,
                                                          AhoyMessage *request);
AHOY_API
AhoyInterceptorVerdict ahoy_interceptor_outgoing_response (AhoyInterceptor *self,
                                                           AhoyMessage *response);

G_END_DECLS
