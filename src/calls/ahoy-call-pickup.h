/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-endpoint.h"
#include "ahoy-session.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

AHOY_API
AhoySession *ahoy_call_router_find_ringing (AhoyCallRouter *self, AhoyEndpoint *by,
                                            const char *whose);
AHOY_API
gboolean ahoy_call_router_pick_up (AhoyCallRouter *self, AhoySession *session,
                                   AhoySession *ringing, GError **error);

G_END_DECLS
