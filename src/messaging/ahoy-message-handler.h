/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message-receipt.h"

G_BEGIN_DECLS

/**
 * AhoyMessageVerdict:
 * @AHOY_MESSAGE_FAILED: the handler could not cope; the sender gets 500
 * @AHOY_MESSAGE_NOT_MINE: the next handler is asked
 * @AHOY_MESSAGE_TAKEN: the handler settles the receipt, now or later
 *
 * What a handler says to a message. The value 0, which a broken extension yields, is the safe one.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_MESSAGE_FAILED = 0,
  AHOY_MESSAGE_NOT_MINE,
  AHOY_MESSAGE_TAKEN,
} AhoyMessageVerdict;

#define AHOY_TYPE_MESSAGE_VERDICT (ahoy_message_verdict_get_type ())
AHOY_API
GType ahoy_message_verdict_get_type (void);

#define AHOY_TYPE_MESSAGE_HANDLER (ahoy_message_handler_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyMessageHandler, ahoy_message_handler, AHOY, MESSAGE_HANDLER, GObject)

/**
 * AhoyMessageHandlerInterface:
 * @handle: look at a message that came
 *
 * Since: 0.1
 */
struct _AhoyMessageHandlerInterface {
  GTypeInterface parent_iface;

  AhoyMessageVerdict (*handle) (AhoyMessageHandler *self, AhoyMessageReceipt *receipt);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
AhoyMessageVerdict ahoy_message_handler_handle (AhoyMessageHandler *self,
                                                AhoyMessageReceipt *receipt);

G_END_DECLS
