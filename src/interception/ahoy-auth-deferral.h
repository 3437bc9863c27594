/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-authenticator.h"
#include "ahoy-deferral.h"

G_BEGIN_DECLS

#define AHOY_TYPE_AUTH_DEFERRAL (ahoy_auth_deferral_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAuthDeferral, ahoy_auth_deferral, AHOY, AUTH_DEFERRAL, AhoyDeferral)

AHOY_API
gboolean ahoy_auth_deferral_resolve (AhoyAuthDeferral *self, AhoyAuthResult result);

G_END_DECLS
