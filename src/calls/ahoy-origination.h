/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge.h"
#include "ahoy-call-router.h"
#include "ahoy-route-program.h"
#include "ahoy-session.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ORIGINATION (ahoy_origination_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyOrigination, ahoy_origination, AHOY, ORIGINATION, GObject)

AHOY_API
AhoyOrigination *ahoy_origination_new (AhoyCallRouter *router, AhoySession *first,
                                       AhoyRouteProgram *program, const char *context,
                                       GError **error);
AHOY_API
AhoyBridge *ahoy_origination_get_bridge (AhoyOrigination *self);
AHOY_API
AhoySession *ahoy_origination_get_first (AhoyOrigination *self);

G_END_DECLS
