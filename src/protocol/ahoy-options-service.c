/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-options-service.h"

/**
 * AhoyOptionsService:
 *
 * Answers OPTIONS outside of a dialog (RFC 3261 §11.2) with what the stack and its services can do.
 *
 * Since: 0.1
 */
struct _AhoyOptionsService {
  GObject parent_instance;

  GWeakRef stack;
};

enum {
  SIGNAL_ANSWERING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void service_iface_init (AhoyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyOptionsService, ahoy_options_service, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SERVICE, service_iface_init))

static AhoyServiceVerdict
ahoy_options_service_handle_request (AhoyService *service, AhoyServerTransaction *transaction)
{
  AhoyOptionsService *self = AHOY_OPTIONS_SERVICE (service);
  g_autoptr (AhoyStack) stack = g_weak_ref_get (&self->stack);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autoptr (AhoyMessage) response = NULL;
  g_autofree char *allow = NULL;
  g_autofree char *supported = NULL;
  const char *accept;

  if (stack == NULL || !g_str_equal (ahoy_message_get_method (request), "OPTIONS")) {
    return AHOY_SERVICE_NOT_MINE;
  }
  response = ahoy_server_transaction_create_response (transaction, 200, NULL);
  allow = ahoy_stack_dup_allow (stack);
  supported = ahoy_stack_dup_supported (stack);
  /* Without anybody who takes calls there is no body to understand (RFC 3261 §20.1). */
  accept = strstr (allow, "INVITE") != NULL ? "application/sdp" : "";
  if (!ahoy_message_add_header (response, "Allow", allow, NULL) ||
      !ahoy_message_add_header (response, "Supported", supported, NULL) ||
      !ahoy_message_add_header (response, "Accept", accept, NULL) ||
      !ahoy_message_add_header (response, "Accept-Encoding", "identity", NULL) ||
      !ahoy_message_add_header (response, "Accept-Language", "en", NULL)) {
    return AHOY_SERVICE_FAILED;
  }
  g_signal_emit (self, signals[SIGNAL_ANSWERING], 0, request, response);
  if (!ahoy_server_transaction_respond (transaction, response, NULL)) {
    return AHOY_SERVICE_FAILED;
  }
  return AHOY_SERVICE_TAKEN;
}

static void
service_iface_init (AhoyServiceInterface *iface)
{
  iface->handle_request = ahoy_options_service_handle_request;
}

static void
ahoy_options_service_finalize (GObject *object)
{
  g_weak_ref_clear (&AHOY_OPTIONS_SERVICE (object)->stack);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_options_service_parent_class)->finalize (object);
}

static void
ahoy_options_service_class_init (AhoyOptionsServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_options_service_finalize;

  /**
   * AhoyOptionsService::answering:
   * @self: the service
   * @request: an OPTIONS outside of a dialog
   * @response: the 200 to it
   *
   * The answer is about to be sent, and can be added to.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ANSWERING] =
      g_signal_new ("answering", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, AHOY_TYPE_MESSAGE, AHOY_TYPE_MESSAGE);
}

static void
ahoy_options_service_init (AhoyOptionsService *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_options_service_new:
 * @stack: the stack that the answers speak for
 *
 * Returns: (transfer full): a service, to be added to @stack for the method OPTIONS
 *
 * Since: 0.1
 */
AhoyOptionsService *
ahoy_options_service_new (AhoyStack *stack)
{
  AhoyOptionsService *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);

  self = g_object_new (AHOY_TYPE_OPTIONS_SERVICE, NULL);
  g_weak_ref_init (&self->stack, stack);
  return self;
}
