/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-message.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SERVER_TRANSACTION (ahoy_server_transaction_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyServerTransaction, ahoy_server_transaction, AHOY, SERVER_TRANSACTION,
                      GObject)

AHOY_API
AhoyMessage *ahoy_server_transaction_get_request (AhoyServerTransaction *self);
AHOY_API
guint ahoy_server_transaction_get_status (AhoyServerTransaction *self);
AHOY_API
AhoyMessage *ahoy_server_transaction_create_response (AhoyServerTransaction *self, guint status,
                                                      const char *reason);
AHOY_API
gboolean ahoy_server_transaction_respond (AhoyServerTransaction *self, AhoyMessage *response,
                                          GError **error);
AHOY_API
gboolean ahoy_server_transaction_reject (AhoyServerTransaction *self, guint status,
                                         const char *reason);
AHOY_API
gboolean ahoy_server_transaction_challenge (AhoyServerTransaction *self, guint status,
                                            GPtrArray *challenges, GError **error);

G_END_DECLS
