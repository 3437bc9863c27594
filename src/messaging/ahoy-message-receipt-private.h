/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message-receipt.h"

G_BEGIN_DECLS

/* @pass: the handler that had it does not want it; the next one is asked. */
AhoyMessageReceipt *ahoy_message_receipt_new (AhoyTextMessage *message,
                                              void (*pass) (AhoyMessageReceipt *self,
                                                            gpointer user_data),
                                              gpointer user_data);

G_END_DECLS
