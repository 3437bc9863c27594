/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-stack.h"

G_BEGIN_DECLS

#define AHOY_TYPE_OPTIONS_SERVICE (ahoy_options_service_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyOptionsService, ahoy_options_service, AHOY, OPTIONS_SERVICE, GObject)

AHOY_API
AhoyOptionsService *ahoy_options_service_new (AhoyStack *stack);

G_END_DECLS
