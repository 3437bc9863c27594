/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-supplement.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALLER_ID_SUPPLEMENT (ahoy_caller_id_supplement_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallerIdSupplement, ahoy_caller_id_supplement, AHOY, CALLER_ID_SUPPLEMENT,
                      GObject)

AHOY_API
AhoySessionSupplement *ahoy_caller_id_supplement_new (void);

G_END_DECLS
