/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <json-glib/json-glib.h>

#include "ahoy.h"

/* A chain with all that stands in it, driven by the “chain-” commands of the test agent. */
typedef struct _TestInterception TestInterception;

TestInterception *test_interception_new (AhoyStack *stack, AhoySessionService *sessions);
void test_interception_free (TestInterception *self);
JsonBuilder *test_interception_command (TestInterception *self, const char *name,
                                        JsonObject *command);
