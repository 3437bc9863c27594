/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-config-object.h"

G_BEGIN_DECLS

/* Programs that are started when a call is made, answered and over: what the keys on-dial,
 * on-answer and on-end of its endpoint and of its route say. */
typedef struct _AhoyCallHooks AhoyCallHooks;

AhoyCallHooks *ahoy_call_hooks_new (AhoyCallRouter *router);
void ahoy_call_hooks_free (AhoyCallHooks *self);

/* The route that a call goes by. */
void ahoy_call_hooks_set_route (AhoySession *session, AhoyConfigObject *route);

/* What programs are told of a call: “NAME=value”. */
char **ahoy_call_hooks_describe (AhoySession *session, const char *event);

G_END_DECLS
