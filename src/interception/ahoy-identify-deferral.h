/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-deferral.h"
#include "ahoy-endpoint.h"

G_BEGIN_DECLS

#define AHOY_TYPE_IDENTIFY_DEFERRAL (ahoy_identify_deferral_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyIdentifyDeferral, ahoy_identify_deferral, AHOY, IDENTIFY_DEFERRAL,
                      AhoyDeferral)

AHOY_API
gboolean ahoy_identify_deferral_resolve (AhoyIdentifyDeferral *self, AhoyEndpoint *endpoint);
AHOY_API
gboolean ahoy_identify_deferral_refuse (AhoyIdentifyDeferral *self);

G_END_DECLS
