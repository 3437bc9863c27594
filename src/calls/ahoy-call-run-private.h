/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-application.h"
#include "ahoy-call-router.h"
#include "ahoy-call-run.h"
#include "ahoy-route-program.h"

G_BEGIN_DECLS

AhoyCallRun *ahoy_call_run_new (AhoyCallRouter *router, AhoySession *session,
                                AhoyRouteProgram *program);
void ahoy_call_run_go_on (AhoyCallRun *self);
void ahoy_call_run_stop (AhoyCallRun *self);
/* The sound of the call: answers it first, unless it is answered or has early media. */
AhoyMediaStream *ahoy_call_run_prepare_media (AhoyCallRun *self, GError **error);
const char *ahoy_call_run_peek_step_name (AhoyCallRun *self);

/* router */
AhoyCallApplication *ahoy_call_router_lookup (AhoyCallRouter *self, const char *step);
void ahoy_call_router_step_changed (AhoyCallRouter *self, AhoyCallRun *run);
void ahoy_call_router_forget (AhoyCallRouter *self, AhoyCallRun *run);

G_END_DECLS
