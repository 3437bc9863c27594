/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message-router.h"
#include "ahoy-message-store.h"
#include "ahoy-route-program.h"

G_BEGIN_DECLS

/* @store: (nullable): where the step store keeps messages */
void ahoy_message_run_start (AhoyMessageRouter *router, AhoyMessageStore *store,
                             AhoyScheduler *scheduler, AhoyMessageReceipt *receipt,
                             AhoyRouteProgram *program);

G_END_DECLS
