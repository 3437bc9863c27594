/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-deferral.h"
#include "ahoy-session-supplement.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SUPPLEMENT_DEFERRAL (ahoy_supplement_deferral_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySupplementDeferral, ahoy_supplement_deferral, AHOY, SUPPLEMENT_DEFERRAL,
                      AhoyDeferral)

AHOY_API
gboolean ahoy_supplement_deferral_resolve (AhoySupplementDeferral *self,
                                           AhoySupplementVerdict verdict);

G_END_DECLS
