/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-interceptor.h"
#include "ahoy-security-log.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

#define AHOY_TYPE_INTERCEPTION (ahoy_interception_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyInterception, ahoy_interception, AHOY, INTERCEPTION, GObject)

AHOY_API
AhoyInterception *ahoy_interception_new (AhoyStack *stack);
AHOY_API
AhoyStack *ahoy_interception_get_stack (AhoyInterception *self);
AHOY_API
AhoySecurityLog *ahoy_interception_get_security_log (AhoyInterception *self);
AHOY_API
gboolean ahoy_interception_add (AhoyInterception *self, AhoyInterceptor *interceptor,
                                const char *name, const char *const *before,
                                const char *const *after, const char *const *methods,
                                GError **error);
AHOY_API
gboolean ahoy_interception_remove (AhoyInterception *self, AhoyInterceptor *interceptor);
AHOY_API
GVariant *ahoy_interception_get_statistics (AhoyInterception *self);

G_END_DECLS
