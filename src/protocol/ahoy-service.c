/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-service.h"

/**
 * AhoyService:
 *
 * Takes requests that belong to no dialog (RFC 3261 §8.2): the sessions take INVITE, a registrar
 * REGISTER.
 *
 * A service is added with ahoy_stack_add_service(), with the methods it wants to see. Services are
 * asked in their order until one takes the request. When none does, the stack answers 501 for a
 * method that no service names, and else 405 (RFC 3261 §21.5.2 and §21.4.6).
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyService, ahoy_service, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyServiceVerdict, ahoy_service_verdict,
                    G_DEFINE_ENUM_VALUE (AHOY_SERVICE_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (AHOY_SERVICE_NOT_MINE, "not-mine"),
                    G_DEFINE_ENUM_VALUE (AHOY_SERVICE_TAKEN, "taken"))

static AhoyServiceVerdict
real_handle_request (AhoyService *self, AhoyServerTransaction *transaction)
{
  return AHOY_SERVICE_NOT_MINE;
}

static void
ahoy_service_default_init (AhoyServiceInterface *iface)
{
  iface->handle_request = real_handle_request;
}

/**
 * ahoy_service_handle_request: (virtual handle_request)
 * @self: a service
 * @transaction: the request, waiting for an answer
 *
 * Offers a request to the service. A service that takes it answers with
 * ahoy_server_transaction_respond(), at once or later; until then it holds a reference to
 * @transaction.
 *
 * Returns: what the service says
 *
 * Since: 0.1
 */
AhoyServiceVerdict
ahoy_service_handle_request (AhoyService *self, AhoyServerTransaction *transaction)
{
  g_return_val_if_fail (AHOY_IS_SERVICE (self), AHOY_SERVICE_FAILED);
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (transaction), AHOY_SERVICE_FAILED);

  return AHOY_SERVICE_GET_IFACE (self)->handle_request (self, transaction);
}
