/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint.h"
#include "ahoy-security-log.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

gboolean ahoy_method_policy_check (AhoySecurityLog *log, AhoyStack *stack,
                                   AhoyServerTransaction *transaction, AhoyEndpoint *endpoint);
gboolean ahoy_method_policy_allows (AhoyEndpoint *endpoint, const char *method);

G_END_DECLS
