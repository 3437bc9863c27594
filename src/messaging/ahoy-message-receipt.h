/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-text-message.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE_RECEIPT (ahoy_message_receipt_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessageReceipt, ahoy_message_receipt, AHOY, MESSAGE_RECEIPT, GObject)

AHOY_API
AhoyTextMessage *ahoy_message_receipt_get_message (AhoyMessageReceipt *self);
AHOY_API
gboolean ahoy_message_receipt_is_settled (AhoyMessageReceipt *self);
AHOY_API
gboolean ahoy_message_receipt_settle (AhoyMessageReceipt *self, guint status, const char *reason);
AHOY_API
gboolean ahoy_message_receipt_redirect (AhoyMessageReceipt *self, const char *target);
AHOY_API
void ahoy_message_receipt_pass (AhoyMessageReceipt *self);
AHOY_API
guint ahoy_message_receipt_get_status (AhoyMessageReceipt *self);
AHOY_API
const char *ahoy_message_receipt_get_reason (AhoyMessageReceipt *self);
AHOY_API
const char *ahoy_message_receipt_get_target (AhoyMessageReceipt *self);

G_END_DECLS
