/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-supplement.h"

G_BEGIN_DECLS

#define AHOY_TYPE_REASON_SUPPLEMENT (ahoy_reason_supplement_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyReasonSupplement, ahoy_reason_supplement, AHOY, REASON_SUPPLEMENT,
                      GObject)

AHOY_API
AhoySessionSupplement *ahoy_reason_supplement_new (void);

G_END_DECLS
