/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-location.h"
#include "ahoy-session-transfer.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_TRANSFER (ahoy_call_transfer_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallTransfer, ahoy_call_transfer, AHOY, CALL_TRANSFER, GObject)

AHOY_API
AhoyCallTransfer *ahoy_call_transfer_new (AhoyCallRouter *router, AhoyEndpointRegistry *endpoints,
                                          AhoyLocation *location);
AHOY_API
void ahoy_call_transfer_allow (AhoyCallTransfer *self, AhoyTransfer *transfer);
AHOY_API
gboolean ahoy_call_transfer_join (AhoyCallTransfer *self, AhoySession *first,
                                  AhoySession *second);
AHOY_API
void ahoy_call_transfer_take (AhoyCallTransfer *self, AhoySession *session);

G_END_DECLS
