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
                                AhoyRouteProgram *program, const char *context);
void ahoy_call_run_go_on (AhoyCallRun *self);
void ahoy_call_run_stop (AhoyCallRun *self);
/* Which steps come when the one to do is done: before those that follow, or instead of them, in
 * another context if it is not NULL. */
gboolean ahoy_call_run_jump (AhoyCallRun *self, AhoyRouteProgram *program, const char *context,
                             gboolean instead, GError **error);
/* Whose routes the call went by; NULL when no route led here. */
const char *ahoy_call_run_get_context (AhoyCallRun *self);
/* The steps go on with another call, at the one that runs now. */
void ahoy_call_run_set_session (AhoyCallRun *self, AhoySession *session);
void ahoy_call_run_repeat_step (AhoyCallRun *self);
const char *ahoy_call_run_peek_step_name (AhoyCallRun *self);
/* Whether the step to do is written with ${variable}. */
/* Where it is, for messages: “step 2 (record) of its route”. */
char *ahoy_call_run_dup_place (AhoyCallRun *self);
gboolean ahoy_call_run_uses_variable (AhoyCallRun *self, const char *variable);

/* router */
AhoyCallApplication *ahoy_call_router_lookup (AhoyCallRouter *self, const char *step);
void ahoy_call_router_step_changed (AhoyCallRouter *self, AhoyCallRun *run);
/* How far a call got that somebody transferred here: 180, 200. */
void ahoy_call_router_tell_dialling (AhoyCallRouter *self, AhoySession *session);
void ahoy_call_router_report (AhoyCallRouter *self, AhoySession *session, guint status,
                              const char *reason);
/* The call gets nowhere. FALSE: nobody takes it back, and it is to be ended. */
gboolean ahoy_call_router_give_back (AhoyCallRouter *self, AhoySession *session, guint status,
                                     const char *reason);
/* Another call takes the place of one in its steps; FALSE: that one is in none. */
gboolean ahoy_call_router_move (AhoyCallRouter *self, AhoySession *from, AhoySession *to);
/* As ahoy_call_router_run(), where goto finds the routes of a context. */
gboolean ahoy_call_router_run_in (AhoyCallRouter *self, AhoySession *session,
                                  AhoyRouteProgram *program, const char *context, GError **error);
AhoyCallRun *ahoy_call_router_find_run (AhoyCallRouter *self, AhoySession *session);
void ahoy_call_router_forget (AhoyCallRouter *self, AhoyCallRun *run);

G_END_DECLS
