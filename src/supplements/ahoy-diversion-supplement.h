/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-supplement.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DIVERSION_SUPPLEMENT (ahoy_diversion_supplement_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDiversionSupplement, ahoy_diversion_supplement, AHOY,
                      DIVERSION_SUPPLEMENT, GObject)

AHOY_API
AhoySessionSupplement *ahoy_diversion_supplement_new (void);

G_END_DECLS
