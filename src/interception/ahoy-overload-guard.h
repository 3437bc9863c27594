/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-interceptor.h"
#include "ahoy-security-log.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

#define AHOY_TYPE_OVERLOAD_GUARD (ahoy_overload_guard_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyOverloadGuard, ahoy_overload_guard, AHOY, OVERLOAD_GUARD, GObject)

AHOY_API
AhoyOverloadGuard *ahoy_overload_guard_new (AhoyStack *stack);
AHOY_API
void ahoy_overload_guard_set_security_log (AhoyOverloadGuard *self, AhoySecurityLog *log);
AHOY_API
gboolean ahoy_overload_guard_is_overloaded (AhoyOverloadGuard *self);
AHOY_API
AhoyMessage *ahoy_overload_guard_foresee (AhoyOverloadGuard *self,
                                          AhoyServerTransaction *transaction);
AHOY_API
void ahoy_overload_guard_begin_session (AhoyOverloadGuard *self);
AHOY_API
void ahoy_overload_guard_end_session (AhoyOverloadGuard *self);
AHOY_API
GVariant *ahoy_overload_guard_get_statistics (AhoyOverloadGuard *self);

G_END_DECLS
