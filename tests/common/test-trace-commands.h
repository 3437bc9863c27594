/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <json-glib/json-glib.h>

#include "ahoy.h"

/* The “trace-” commands of the test agent; the answer is an event to print. */
JsonBuilder *test_trace_command (AhoyTrace *trace, const char *name, JsonObject *command);
void test_trace_forget (void);
