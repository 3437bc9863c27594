/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session.h"
#include "ahoy-transfer.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

AHOY_API
void ahoy_session_transfer_async (AhoySession *self, const char *target, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
void ahoy_session_transfer_to_async (AhoySession *self, AhoySession *other,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
AHOY_API
AhoyTransfer *ahoy_session_transfer_finish (AhoySession *self, GAsyncResult *result,
                                            GError **error);
AHOY_API
AhoyTransferState ahoy_session_get_transfer_state (AhoySession *self);
AHOY_API
AhoySession *ahoy_session_get_replaced (AhoySession *self);
AHOY_API
AhoyMessage *ahoy_session_get_refer (AhoySession *self);

G_END_DECLS
