/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-message.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CLIENT_TRANSACTION (ahoy_client_transaction_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyClientTransaction, ahoy_client_transaction, AHOY, CLIENT_TRANSACTION,
                      GObject)

AHOY_API
AhoyMessage *ahoy_client_transaction_get_request (AhoyClientTransaction *self);
AHOY_API
guint ahoy_client_transaction_get_status (AhoyClientTransaction *self);
AHOY_API
void ahoy_client_transaction_cancel (AhoyClientTransaction *self, const char *reason_header);

G_END_DECLS
