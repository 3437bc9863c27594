/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-handler.h"

/**
 * AhoyMessageHandler:
 *
 * Decides what becomes of messages: routes, an agent, a bot. Handlers are asked one after the other
 * until one takes the message.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyMessageHandler, ahoy_message_handler, G_TYPE_OBJECT)

GType
ahoy_message_verdict_get_type (void)
{
  static const GEnumValue values[] = {
    { AHOY_MESSAGE_FAILED, "AHOY_MESSAGE_FAILED", "failed" },
    { AHOY_MESSAGE_NOT_MINE, "AHOY_MESSAGE_NOT_MINE", "not-mine" },
    { AHOY_MESSAGE_TAKEN, "AHOY_MESSAGE_TAKEN", "taken" },
    { 0, NULL, NULL },
  };
  static gsize type;

  if (g_once_init_enter (&type)) {
    g_once_init_leave (&type, g_enum_register_static ("AhoyMessageVerdict", values));
  }
  return type;
}

static void
ahoy_message_handler_default_init (AhoyMessageHandlerInterface *iface)
{
}

/**
 * ahoy_message_handler_handle:
 * @self: a handler
 * @receipt: a message that came, and waits for its fate
 *
 * Shows a message to a handler. One that takes it calls ahoy_message_receipt_settle() and its
 * relatives, now or later; until then the sender waits.
 *
 * Returns: the verdict; %AHOY_MESSAGE_FAILED also when @self has no method for it
 *
 * Since: 0.1
 */
AhoyMessageVerdict
ahoy_message_handler_handle (AhoyMessageHandler *self, AhoyMessageReceipt *receipt)
{
  AhoyMessageHandlerInterface *iface;

  g_return_val_if_fail (AHOY_IS_MESSAGE_HANDLER (self), AHOY_MESSAGE_FAILED);
  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (receipt), AHOY_MESSAGE_FAILED);

  iface = AHOY_MESSAGE_HANDLER_GET_IFACE (self);
  return iface->handle != NULL ? iface->handle (self, receipt) : AHOY_MESSAGE_FAILED;
}
