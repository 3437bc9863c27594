/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-config-object.h"
#include "ahoy-route-step.h"

G_BEGIN_DECLS

/* What is over when the time is. */
typedef enum {
  AHOY_CALL_TIMER_CALL,   /* the call, and those that it is joined with */
  AHOY_CALL_TIMER_OTHERS, /* those that it is joined with; it goes on */
} AhoyCallTimerEnd;

typedef enum {
  AHOY_CALL_TIMER_HEARS_CALLER, /* the call itself */
  AHOY_CALL_TIMER_HEARS_CALLEE, /* whom it is joined with */
  AHOY_CALL_TIMER_HEARS_BOTH,
} AhoyCallTimerHears;

/* How long a call may last. Texts are copied; times are in µs. */
typedef struct {
  gint64 limit;
  gint64 warn_at;    /* before the end; 0: no warning */
  gint64 warn_every; /* after the first warning; 0: one warning only */
  const char *sound; /* a file, or a tone */
  const char *text;  /* said in place of it; NULL for nothing */
  AhoyCallTimerHears hears;
  AhoyCallTimerEnd end;
} AhoyCallTimerSpec;

typedef struct _AhoyCallTimer AhoyCallTimer;

/* Counts from now if @session is answered, or from its answer. It ends with @session, or when it
 * is freed. */
AhoyCallTimer *ahoy_call_timer_new (AhoyCallRouter *router, AhoySession *session,
                                    const AhoyCallTimerSpec *spec);
void ahoy_call_timer_free (AhoyCallTimer *self);

/* As a step or an object says; FALSE when that sets no limit. */
gboolean ahoy_call_timer_spec_read_step (AhoyCallTimerSpec *spec, AhoyRouteStep *step);
gboolean ahoy_call_timer_spec_read_config (AhoyCallTimerSpec *spec, AhoyConfigObject *config);

/* The step limit(…) of a call, which takes the place of an earlier one. */
void ahoy_call_timer_limit (AhoyCallRouter *router, AhoySession *session,
                            const AhoyCallTimerSpec *spec);
/* Each call of an endpoint that has the key max-duration gets a timer. */
void ahoy_call_timer_watch (AhoyCallRouter *router);
void ahoy_call_timer_unwatch (AhoyCallRouter *router);

/* router */
void ahoy_call_router_tell_time_left (AhoyCallRouter *self, AhoySession *session, guint seconds);

G_END_DECLS
